"""Every part of an event, and every dialog in it, is fit for everybody; what `look` finds is in scrutiny.py."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.people import Person
from tests.e2e.browser.rich import BEN, LONG_NAME, Api
from tests.e2e.browser.scrutiny import look

SPLITS = ("Equally", "Amounts", "Percent", "Shares", "Adjusted", "By item")


@pytest.fixture
def asha(people, rich) -> Person:
    """Return an admin of the event."""
    person = people("Asha", reduced_motion="reduce")
    rich.sign_in(person, rich.asha)
    return person


def opened(page: Page, name: str | re.Pattern[str]) -> Page:
    """Wait until the dialog with this title is there."""
    expect(page.get_by_role("dialog").get_by_role("heading", name=name, level=2)).to_be_visible()
    return page


def look_to_the_end(page: Page, name: str) -> None:
    """Look at a dialog that is longer than the page: as it opens, and at its end."""
    look(page, name)
    inside = page.get_by_role("dialog").last.locator("> div > .overflow-y-auto")
    inside.evaluate("each => each.scrollTo(0, each.scrollHeight)")
    look(page, f"{name}-end")


def test_expenses_are_listed_and_told(asha, rich):
    page = asha.open(f"/events/{rich.trip}")
    expect(page.get_by_role("link", name="Train home")).to_be_visible()
    look(page, "expenses")
    page.get_by_label("Search").fill("nothing like it")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    look(page, "expenses-none-found")
    asha.open(f"/events/{rich.trip}/expenses/{rich.expenses['Dinner at the pier']}")
    page.get_by_text("History").click()
    expect(page.get_by_role("button", name="Restore this version")).to_be_visible()
    look_to_the_end(opened(page, "Dinner at the pier"), "expense")
    asha.open(f"/events/{rich.trip}/expenses/{rich.expenses['Counted twice']}")
    look(opened(page, "Counted twice"), "expense-deleted")


def test_an_event_without_expenses_says_how_to_begin(asha, rich):
    page = asha.open(f"/events/{rich.empty}")
    expect(page.get_by_text("No expenses yet")).to_be_visible()
    look(page, "expenses-empty")
    for tab, text in (("balances", "Nobody owes anybody yet"), ("settle", "Nothing to settle yet")):
        asha.open(f"/events/{rich.empty}/{tab}")
        expect(page.get_by_text(text)).to_be_visible()
        look(page, f"{tab}-empty")


@pytest.mark.parametrize("kind", SPLITS)
def test_an_expense_is_split_in_each_way(asha, rich, kind):
    page = asha.open(f"/events/{rich.trip}/new")
    opened(page, "Add expense")
    page.get_by_label("Amount", exact=True).fill("100")
    page.get_by_label("What was it for?").fill("Dinner")
    page.locator("label", has_text=re.compile(f"^{kind}$")).click()
    if kind == "Equally":
        page.get_by_label("Paid by", exact=True).select_option("Several people…")
    look_to_the_end(page, f"expense-form-{kind.lower().replace(' ', '-')}")


def test_an_expense_form_says_what_is_wrong(asha, rich):
    page = asha.open(f"/events/{rich.trip}/new")
    opened(page, "Add expense")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_count(2)
    look(page, "expense-form-missing")
    page.get_by_label("Amount", exact=True).fill("1.234")
    look(page, "expense-form-ambiguous")
    page.get_by_role("combobox", name="Currency").click()
    look(page, "expense-form-currency")
    page.keyboard.press("Escape")


def test_balances_say_who_owes_whom_and_why(asha, rich):
    page = asha.open(f"/events/{rich.trip}/balances")
    expect(page.get_by_text("Where everybody stands").first).to_be_visible()
    page.get_by_text("Where the money went").click()
    expect(page.get_by_role("table").first).to_be_visible()
    look(page, "balances")
    page.get_by_role("button", name=re.compile(f"Why.*{LONG_NAME}")).first.click()
    opened(page, re.compile("stands here"))
    expect(page.get_by_role("dialog").get_by_text("Flights")).to_be_visible()
    look(page, "statement")


def test_settling_says_what_to_pay_and_why(asha, rich):
    page = asha.open(f"/events/{rich.trip}/settle")
    expect(page.get_by_role("button", name=re.compile("Mark as paid")).first).to_be_visible()
    page.locator("summary", has_text="How to settle:").click()
    look(page, "settle")
    page.get_by_role("button", name=re.compile("^Why do")).first.click()
    opened(page, re.compile("^Why do"))
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()
    look(page, "settle-why")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("Mark as paid")).first.click()
    opened(page, "Record a payment")
    page.get_by_label("Amount").fill("99999")
    page.get_by_role("button", name="Save").click()
    look(page, "payment-planned")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Record another payment").click()
    look_to_the_end(opened(page, "Record a payment"), "payment")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Take back")).first.click()
    look(opened(page, "Take this payment back?"), "reverse")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Start settling").click()
    look(opened(page, "Start settling"), "settle-start")


def test_the_end_of_an_event_is_told(asha, rich):
    for event, name, text in (
        (rich.settling, "settling", "The event is settling"),
        (rich.square, "square", "Everybody has what is theirs"),
        (rich.archived, "archived", "This event is archived"),
    ):
        page = asha.open(f"/events/{event}/settle")
        expect(page.get_by_text(text).first).to_be_visible()
        look(page, f"settle-{name}")
        asha.open(f"/events/{event}/settings")
        expect(page.get_by_role("heading", name="Members")).to_be_visible()
        look(page, f"settings-{name}")
    page = asha.open(f"/events/{rich.square}/settings")
    for button in ("Archive event", "Delete event"):
        page.get_by_role("button", name=button).click()
        look(opened(page, button), button.lower().replace(" ", "-"))
        page.keyboard.press("Escape")


def test_activity_tells_who_did_what(asha, rich):
    page = asha.open(f"/events/{rich.trip}/activity")
    expect(page.get_by_text("Train home").first).to_be_visible()
    page.get_by_text("What changed").last.click()
    look(page, "activity")


def test_settings_have_everything_in_reach(asha, rich):
    page = asha.open(f"/events/{rich.trip}/settings")
    expect(page.get_by_role("button", name=re.compile("^Take part")).first).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Goa trip with everybody")
    look(page, "settings")
    page.get_by_role("button", name=re.compile("^Take part.*Open")).last.click()
    expect(page.get_by_role("img", name=re.compile("QR"))).to_be_visible()
    look_to_the_end(opened(page, "Take part"), "link")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New link").click()
    look(opened(page, "New link"), "link-new")
    page.keyboard.press("Escape")


def test_members_are_changed_merged_and_let_go(asha, rich):
    page = asha.open(f"/events/{rich.trip}/settings")
    page.get_by_role("button", name=re.compile(f"^.?{LONG_NAME}")).click()
    opened(page, LONG_NAME)
    page.get_by_text("Payment details").click()
    look_to_the_end(page, "member")
    page.get_by_role("button", name="Same person as …").click()
    page.get_by_label("Who is the same person, and stays?").select_option("Dia")
    look(page, "member-merge")
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Remove …").click()
    expect(page.get_by_role("heading", name=re.compile("^Remove"))).to_be_visible()
    look(page, "member-remove")


def test_what_waits_or_was_refused_is_told(people, rich):
    ben = people("Ben", reduced_motion="reduce")
    rich.sign_in(ben, rich.ben)
    boat = rich.expenses["Boat"]
    page = ben.open(f"/events/{rich.trip}/expenses/{boat}/edit")
    opened(page, "Edit expense")
    ben.go_offline()
    page.get_by_label("What was it for?").fill("Sailing boat")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    look(page, "expenses-offline")
    owner = Api(rich.service, rich.service.served.token)
    other = {"description": "Motor boat", "amount": "120.00", "currency": "EUR", "paid_by": BEN, "category": "Fun"}
    owner("PUT", f"/events/{rich.trip}/expenses/{boat}", other, **{"If-Match": '"1"'})
    ben.expect(rf"^(409|412) PUT /v1/events/{rich.trip}/expenses/{boat}$")
    ben.come_back()
    expect(page.get_by_text("Somebody else changed")).to_be_visible()
    look(page, "expenses-conflict")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("dialog").get_by_text("Motor boat")).to_be_visible()
    look_to_the_end(opened(page, "Two changes at once"), "conflict")


def test_a_service_that_is_away_is_told(people, rich):
    ben = people("Ben", reduced_motion="reduce")
    rich.sign_in(ben, rich.ben)
    page = ben.open(f"/events/{rich.trip}")
    expect(page.get_by_role("link", name="Train home")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(worker => worker.scope)")
    ben.go_offline()
    page.get_by_role("link", name="Settle", exact=True).click()
    expect(page.get_by_text("You are offline")).to_be_visible()
    expect(page.get_by_role("button", name="Try again").first).to_be_visible()
    look(page, "settle-offline")
