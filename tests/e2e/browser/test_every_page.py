"""Every page is fit for everybody: with a screen reader, one thumb, large text, little room, in the light and the dark.

What `look` finds on a page is in scrutiny.py. Pictures of all of them are written into tests/e2e/shots/.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.people import Person
from tests.e2e.browser.scrutiny import look


@pytest.fixture
def asha(people, rich) -> Person:
    """Return who owns the instance and has all there is."""
    person = people("Asha", reduced_motion="reduce")
    rich.sign_in(person, rich.asha)
    return person


def headed(page: Page, name: str | re.Pattern[str], level: int = 1) -> Page:
    """Wait until a page has this heading."""
    expect(page.get_by_role("heading", name=name, level=level, exact=True)).to_be_visible()
    return page


def test_a_stranger_finds_the_way_in(people, service):
    person = people(reduced_motion="reduce")
    first = service.served.printed.partition("/reset#")[2].split()[0]
    for path, heading, name in (
        ("/", "Shared money, all square.", "welcome"),
        ("/sign-in", "Sign in", "sign-in"),
        ("/sign-up", "Make an account", "sign-up"),
        ("/forgot", "Forgotten your password?", "forgot"),
        ("/new", "New event", "new-event-stranger"),
        ("/groups", "Groups", "groups-stranger"),
        ("/account", "Account", "account-stranger"),
        ("/nowhere/at/all", "There is nothing here", "not-found"),
        (f"/reset#{first}", "Choose a new password", "reset-owner"),
    ):
        look(headed(person.open(path), heading), name)


def test_a_form_at_the_door_says_what_is_wrong(people):
    person = people(reduced_motion="reduce")
    page = headed(person.open("/sign-in"), "Sign in")
    person.expect(r"^401 POST /v1/sessions$", r"^422 POST /v1/users$")
    button = page.get_by_role("button", name="Sign in", exact=True)
    button.click()
    expect(page.get_by_text("Please fill this in.")).to_have_count(2)
    look(page, "sign-in-missing")
    page.get_by_label("E-mail").fill("asha@example.org")
    page.get_by_role("textbox", name="Password").fill("not the password of hers")
    button.click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "sign-in-refused")
    headed(person.open("/sign-up"), "Make an account")
    page.get_by_label("Name").fill("Eve")
    page.get_by_label("E-mail").fill("nowhere")
    page.get_by_role("textbox", name="Password").fill("short")
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page, "sign-up-refused")


def test_a_letter_is_asked_for_where_letters_are_sent(people):
    person = people(reduced_motion="reduce")
    instance = {"sign_up": "open", "mail": True}
    person.context.route("**/v1/instance", lambda route: route.fulfill(json=instance))
    page = headed(person.open("/forgot"), "Forgotten your password?")
    look(page, "forgot-by-letter")
    page.get_by_label("E-mail").fill("asha@example.org")
    page.get_by_role("button", name="Send the link").click()
    look(headed(page, "Look into your mail"), "forgot-asked")


def test_a_link_leads_somewhere_or_says_why_not(people, rich):
    person = people(reduced_motion="reduce")
    person.expect(r"^(401|404|410|422) POST /v1/(email/verify|links/look|tickets/look)$")
    for path, heading, name in (
        ("/reset", "Choose a new password", "reset-without-link"),
        ("/verify", "Your e-mail address", "verify-without-link"),
        ("/join", "Join an event", "join-without-link"),
        (f"/join#invite={rich.tickets['invite']}", "Make an account", "sign-up-invited"),
        (f"/join#link={rich.links['viewer']}", "Goa trip", "join-viewer"),
    ):
        look(headed(person.open(path), heading), name)
    page = headed(person.open(f"/reset#ticket={rich.tickets['reset']}"), "Choose a new password")
    expect(page.get_by_label("New password")).to_be_visible()
    look(page, "reset")
    person.open("/reset#ticket=ast_nothing")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "reset-refused")
    person.open("/verify#ticket=ast_nothing")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "verify-refused")
    person.open("/join#link=asl_nothing")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "join-refused")


def test_a_guest_joins_and_finds_their_event_again(people, rich):
    person = people("Dia", reduced_motion="reduce")
    page = headed(person.open(f"/join#link={rich.links['contributor']}"), "Goa trip")
    look(page, "join")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Say who you are.")).to_be_visible()
    look(page, "join-missing")
    page.get_by_role("radio", name="Dia", exact=True).check()
    page.get_by_role("button", name="Join").click()
    look(headed(page, "Goa trip"), "event-guest")
    person.open("/")
    expect(page.get_by_role("link", name="Goa trip")).to_be_visible()
    look(page, "home-guest")
    look(headed(person.open("/account"), "Account"), "account-guest")
    look(headed(person.open(f"/events/{rich.trip}/settings"), "Members", 2), "event-settings-guest")
    headed(person.open(f"/join#link={rich.links['contributor']}"), "Goa trip")
    expect(page.get_by_text("You are in this event already.")).to_be_visible()
    look(page, "join-again")


def test_somebody_new_is_told_how_to_begin(people, rich):
    person = people("Newman", reduced_motion="reduce")
    rich.sign_in(person, rich.newcomer)
    page = headed(person.open("/"), "Begin with an event", 2)
    look(page, "home-empty")
    look(headed(person.open("/groups"), "You have no group yet", 2), "groups-empty")
    look(headed(person.open("/account"), "Newman"), "account-user")
    page.get_by_role("button", name="Delete account").click()
    look(headed(page, "Delete account", 2), "account-delete")
    person.expect(r"^404 GET /v1/events/")
    look(headed(person.open(f"/events/{rich.trip}"), "There is nothing here"), "event-of-others")


def test_home_tells_what_is_owed_and_where(asha, rich):
    page = headed(asha.open("/"), "Events", 2)
    page.get_by_text("By person").click()
    page.get_by_text("Archived events").click()
    expect(page.get_by_role("link", name="Concert")).to_be_visible()
    look(page, "home")
    page.set_viewport_size({"width": 1280, "height": 800})
    look(page, "home-wide")


def test_an_account_is_one_s_own_to_change(asha, rich):
    page = headed(asha.open("/account"), "Asha")
    expect(page.get_by_text("Telegram bot")).to_be_visible()
    expect(page.get_by_text("fred@example.org")).to_be_visible()
    look(page, "account")
    for button, name in (
        ("Add a passkey", "account-passkey"),
        ("Invite somebody", "account-invite"),
        ("Make a token", "account-token"),
        ("Revoke Telegram bot", "account-revoke"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        look(headed(page, button, 2), name)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Invite somebody", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Invite somebody").click()
    look(headed(page, "The invitation", 2), "account-invited")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Make a token", exact=True).click()
    page.get_by_label("What it is for").fill("Spreadsheet")
    page.get_by_role("dialog").get_by_role("button", name="Make a token").click()
    look(headed(page, "Your new token", 2), "account-token-made")


def test_groups_are_kept(asha, rich):
    page = headed(asha.open("/groups"), "Groups")
    expect(page.get_by_role("link", name="Flat in the Sonnenallee")).to_be_visible()
    look(page, "groups")
    page.get_by_role("button", name="New group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make the group").click()
    dialog.get_by_label("Who else is in it?").fill("Ben, Chen, ")
    look(headed(page, "New group", 2), "group-new")
    page = headed(asha.open(f"/groups/{rich.group}"), "Flat in the Sonnenallee")
    expect(page.get_by_role("button", name="Edit Ben")).to_be_visible()
    look(page, "group")
    for button, name in (
        ("Edit the group", "group-edit"),
        ("Edit Ben", "group-member"),
        ("Add people", "group-add"),
        ("Leave the group", "group-leave"),
        ("Delete the group", "group-delete"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        look(headed(page, button, 2), name)
        page.keyboard.press("Escape")


def test_an_event_is_begun_on_one_page(asha, rich):
    page = headed(asha.open("/new"), "New event")
    page.get_by_label("Who else takes part?").fill("Ben, Chen, ")
    page.get_by_label("Take people from a group").select_option("Flat in the Sonnenallee")
    look(page, "new-event")
    page.get_by_role("combobox", name="Currency").click()
    page.get_by_role("combobox", name="Currency").fill("rup")
    expect(page.get_by_role("option").first).to_be_visible()
    look(page, "new-event-currency")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Create event").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page, "new-event-missing")
