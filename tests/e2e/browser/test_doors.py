"""Who opens a link knows at once what it is good for; who adds a passkey is asked first who they are."""

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.accounts import PASSWORD, sign_up
from tests.e2e.browser.looking import axe, fits, shot

SPENT = "This link was used, has expired, or was revoked. Ask for a new one."
OTHER_PASSWORD = "marble canyon fifteen owls"


@pytest.fixture
def ben(service):
    account = sign_up(service, "Ben")
    yield account
    account.client.close()


def looks(person) -> list[str]:
    """Note each time that the page asks what a ticket is good for."""
    seen: list[str] = []
    person.page.on("request", lambda sent: seen.append(sent.url) if sent.url.endswith("/v1/tickets/look") else None)
    return seen


def good(page: Page, name: str) -> None:
    axe(page)
    fits(page)
    shot(page, name)


def invite(service, **fields) -> dict:
    headers = {"Authorization": f"Bearer {service.served.token}"}
    answer = httpx2.post(f"{service.url}/v1/invitations", json=fields, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_an_invitation_says_who_invites_and_what_one_becomes(people, service):
    ticket = invite(service, role="admin", email="dia@example.org")["ticket"]
    dia = people("Dia")
    asked = looks(dia)
    page = dia.open(f"/join#invite={ticket}")
    expect(page.get_by_text("Owner invites you.")).to_contain_text("You become an admin of this instance.")
    good(page, "doors-invited")
    page.get_by_label("Name").fill("Dia")
    page.get_by_label("E-mail").fill("dia@example.org")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()
    expect(page).to_have_url(f"{service.url}/")
    assert len(asked) == 1


def test_an_invitation_that_is_not_good_says_so_before_anything_is_typed(people, service):
    made = invite(service)
    headers = {"Authorization": f"Bearer {service.served.token}"}
    assert httpx2.delete(f"{service.url}/v1/invitations/{made['id']}", headers=headers).status_code == 204
    eve = people("Eve")
    eve.expect(r"^404 POST /v1/tickets/look$")
    page = eve.open(f"/join#invite={made['ticket']}")
    expect(page.get_by_role("alert")).to_have_text(SPENT)
    expect(page.get_by_label("Name")).to_have_count(0)
    good(page, "doors-invitation-spent")


def test_the_owners_first_link_asks_for_name_and_address_and_says_when_it_is_spent(people, service):
    ticket = re.search(r"/reset#ticket=(\S+)", service.served.printed)
    assert ticket is not None
    asha = people("Asha")
    asked = looks(asha)
    page = asha.open(f"/reset#ticket={ticket[1]}")
    expect(page.get_by_text("You become the owner of this instance")).to_be_visible()
    good(page, "doors-owner")
    page.get_by_label("Name").fill("Asha")
    page.get_by_label("E-mail").fill("asha@example.org")
    page.get_by_role("textbox", name="New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page).to_have_url(f"{service.url}/")
    assert len(asked) == 1
    eve = people("Eve")
    eve.expect(r"^404 POST /v1/tickets/look$")
    page = eve.open(f"/reset#ticket={ticket[1]}")
    expect(page.get_by_role("alert")).to_have_text(SPENT)
    expect(page.get_by_role("textbox")).to_have_count(0)
    good(page, "doors-reset-spent")


def test_where_no_letters_are_sent_nobody_waits_for_one(people):
    page = people().open("/forgot")
    expect(page.get_by_text("This instance sends no e-mail.")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    good(page, "doors-no-letters")


def test_no_device_makes_a_passkey_before_the_password_was_right(people, ben):
    person = people("Ben", storage_state=ben.state)
    person.expect(r"^403 POST /v1/users/me/passkeys/options$")
    device = person.get_passkeys()
    page = person.open("/account")
    page.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("textbox", name="Current password")
    field.fill(OTHER_PASSWORD)
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(dialog.get_by_text("The current password is another one.")).to_be_visible()
    assert ben.get("/v1/users/me")["passkeys"] == 0
    field.fill(PASSWORD)
    dialog.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    assert ben.get("/v1/users/me")["passkeys"] == 1
    device.detach()


def test_signing_out_elsewhere_revokes_tokens_if_one_says_so(people, ben):
    for name in ("Backup", "Script"):
        answer = ben.client.post("/v1/tokens", json={"name": name, "scope": "read"})
        assert answer.status_code == 201, answer.text
    person = people("Ben", storage_state=ben.state)
    page = person.open("/account")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("2 personal tokens are still good.")).to_be_visible()
    too = page.get_by_label("Revoke personal tokens too")
    too.check()
    good(page, "doors-devices")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("2 personal tokens are revoked.")).to_be_visible()
    expect(page.get_by_text("You have no token.")).to_be_visible()
    expect(too).not_to_be_checked()
    assert ben.get("/v1/tokens")["items"] == []
