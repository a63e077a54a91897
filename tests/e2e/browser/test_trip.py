"""A trip: three people on three devices, from the invitation to all square, over a server that dies in between."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.accounts import PASSWORD, signed_up
from tests.e2e.browser.expense_form import ExpenseForm
from tests.e2e.browser.people import Person
from tests.e2e.browser.service import Service
from tests.e2e.cli_helpers import done

COUNT_TAPS = "addEventListener('pointerdown', () => { window.taps = (window.taps ?? 0) + 1; }, true);"


@pytest.fixture(scope="module")
def account(service):
    yield from signed_up(service, "Asha")


def test_three_taps_and_typing_make_an_expense_that_is_shared_equally(people, account):
    event = account.make_event("Dinner", "Ben", "Chen")
    asha = people("Asha", storage_state=account.state)
    asha.context.add_init_script(COUNT_TAPS)
    page = asha.open()
    page.get_by_role("link", name="Dinner").tap()
    page.get_by_role("link", name="Add expense").tap()
    expect(page.get_by_label("Amount", exact=True)).to_be_focused()
    page.keyboard.type("64.50")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was it for?")).to_be_focused()
    expect(page.get_by_text("Please fill this in.")).to_have_count(0)
    page.keyboard.type("Dinner at Lina's")
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("link", name="Dinner at Lina's")).to_be_visible()
    assert page.evaluate("window.taps") == 3
    found = account.awaits(event, "Dinner at Lina's")
    assert [each["amount"] for each in found["shares"]] == ["21.50", "21.50", "21.50"]
    assert found["paid_by"] == [{"member": 1, "amount": "64.50"}]


def add(page: Page, amount: str, title: str, *, leave_out: str | None = None) -> None:
    page.get_by_role("link", name="Add expense").click()
    form = ExpenseForm(page).is_open()
    form.amount.fill(amount)
    form.title.fill(title)
    if leave_out is not None:
        form.dialog.get_by_role("checkbox", name=leave_out).uncheck()
    form.save()


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("list", name="Expenses").get_by_role("listitem").filter(has_text=title)


def go(page: Page, tab: str) -> None:
    page.get_by_role("navigation", name="Parts of the event").get_by_role("link", name=tab).click()


def join(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name="Goa")).to_be_visible()
    page.get_by_role("radio", name=name).check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("link", name="Add expense")).to_be_visible()


NAMES = {1: "Asha", 2: "Ben", 3: "Chen"}


def owed(page: Page, event: str, viewer: str) -> list[str]:
    """Ask the server who owes whom, and write it as the pages do for one of them."""
    found = ask(page, f"{event}/balances")["balances"]
    return sorted(_sentence(NAMES[each["from"]], NAMES[each["to"]], each["amount"], viewer) for each in found)


def ask(page: Page, path: str) -> Any:
    return page.evaluate("path => fetch(path).then((answer) => answer.json())", path)


def _sentence(giver: str, taker: str, amount: str, viewer: str) -> str:
    pays = "You pay" if giver == viewer else f"{giver} pays"
    return f"{pays} {'you' if taker == viewer else taker} ₹{Decimal(amount):,.2f}"


def shown(page: Page) -> list[str]:
    """Give who owes whom as the page shows it."""
    return sorted(page.get_by_role("listitem").filter(has_text=re.compile(r"^.* pays? .* ₹")).all_inner_texts())


def sign_up(page: Page, name: str) -> None:
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(f"{name.lower()}@trip.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make an account").click()


def make_event(page: Page) -> None:
    page.get_by_role("link", name="New event").click()
    page.get_by_label("Name", exact=True).fill("Goa")
    currency = page.get_by_role("combobox", name="Currency")
    currency.fill("INR")
    currency.press("Enter")
    page.get_by_label("Who else takes part?").press_sequentially("Ben, Chen,")
    page.get_by_role("button", name="Create event").click()
    expect(page.get_by_role("heading", name="Goa")).to_be_visible()


def make_link(page: Page) -> str:
    go(page, "Settings")
    page.get_by_role("button", name="New link").click()
    page.get_by_role("button", name="Make link").click()
    link = page.get_by_role("dialog", name="Take part").get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    go(page, "Expenses")
    return link


def look_why(page: Page) -> None:
    """Follow "why?" to the statement, and from there to an expense."""
    page.get_by_role("button", name="Why? Ben").click()
    statement = page.get_by_role("dialog", name="Why Ben stands here")
    expect(statement.get_by_role("listitem")).to_have_count(3)
    statement.get_by_role("link", name="Taxi").click()
    taxi = page.get_by_role("dialog", name="Taxi")
    expect(taxi.get_by_text("₹1,001.00").first).to_be_visible()
    taxi.get_by_role("button", name="Close").click()


def pay(page: Page, payment: str, amount: str | None = None) -> None:
    """Mark a payment of the plan as paid, all of it or a part."""
    page.get_by_role("button", name=f"Mark as paid: {payment}").click()
    dialog = page.get_by_role("dialog", name="Record a payment")
    if amount is not None:
        dialog.get_by_label("Amount", exact=True).fill(amount)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)


def claim(ben: Person, event: str) -> None:
    """Sign up on the device of a guest, and take over what the guest was."""
    page = ben.page
    (guest,) = [each for each in ben.context.cookies() if "guest" in each["name"]]
    page.get_by_role("link", name="Allsquare", exact=True).click()
    sign_up(page, "Ben")
    expect(page.get_by_role("heading", name="Welcome, Ben")).to_be_visible()
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("“Goa” is in your account now.")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    assert [each["name"] for each in ben.context.cookies() if "guest" in each["name"]] == []
    stale = httpx2.get(f"{page.url.rstrip('/')}{event}", headers={"Cookie": f"{guest['name']}={guest['value']}"})
    assert stale.status_code == 401
    page.get_by_role("link", name="Goa").click()
    go(page, "Activity")
    for deed in ("added Villa for ₹3,000.00", "added Taxi for ₹1,001.00", "added Prawns for ₹600.00"):
        expect(page.get_by_text(deed)).to_be_visible()


def come_together(asha: Person, ben: Person, chen: Person) -> str:
    """Let Asha sign up, make the event and a link to it, and the others come in as guests; return its path."""
    sign_up(asha.open(), "Asha")
    make_event(asha.page)
    path = urlsplit(asha.page.url).path
    link = make_link(asha.page)
    for guest in (ben, chen):
        guest.page.goto(link)
        join(guest.page, guest.name)
    return f"/v1{path}"


def spend(asha: Person, ben: Person, chen: Person, service: Service) -> None:
    """Let each add an expense and see those of the others come, also one that was added while the server was dead."""
    add(asha.page, "3000", "Villa")
    for each in (ben, chen):
        expect(row(each.page, "Villa")).to_contain_text("you borrowed ₹1,000.00")
    add(ben.page, "500.5*2", "Taxi", leave_out="Chen")
    for each in (asha, chen):
        expect(row(each.page, "Taxi")).to_contain_text("₹1,001.00")
    service.kill()
    add(chen.page, "600", "Prawns")
    expect(row(chen.page, "Prawns")).to_contain_text("Not sent yet")
    service.start()
    for each in (asha, ben, chen):
        expect(row(each.page, "Prawns")).to_have_count(1, timeout=60_000)
        expect(row(each.page, "Prawns")).not_to_contain_text("Not sent yet", timeout=60_000)
        expect(each.page.get_by_role("list", name="Expenses").get_by_role("listitem")).to_have_count(3)


def settle(asha: Person, ben: Person, chen: Person, event: str) -> None:
    """Let them settle by the plan, each on their own device: Chen in two parts, Ben as whom he has become meanwhile."""
    for each in (asha, ben, chen):
        go(each.page, "Settle")
        expect(each.page.get_by_role("list", name="Payments that settle it").get_by_role("listitem")).to_have_count(2)
    asha.page.get_by_role("button", name="Start settling").click()
    asha.page.get_by_role("dialog").get_by_role("button", name="Start settling").click()
    expect(chen.page.get_by_text("The event is settling")).to_be_visible()
    pay(chen.page, "You pay Asha ₹600.00", "400")
    expect(asha.page.get_by_text("Chen paid you ₹400.00")).to_be_visible()
    expect(asha.page.get_by_text("Chen pays you ₹200.00")).to_be_visible()
    claim(ben, event)
    go(ben.page, "Settle")
    pay(ben.page, "You pay Asha ₹699.50")
    pay(chen.page, "You pay Asha ₹200.00")


def test_a_trip_from_the_invitation_to_all_square(people, service):
    asha, ben, chen = everybody = people("Asha"), people("Ben"), people("Chen")
    for each in everybody:
        each.expect(r"net::ERR_")
    event = come_together(asha, ben, chen)
    spend(asha, ben, chen, service)
    for each in everybody:
        go(each.page, "Balances")
        expect(each.page.get_by_role("heading", name="Who owes whom")).to_be_visible()
        assert shown(each.page) == owed(asha.page, event, each.name)
    assert shown(ben.page) == ["Chen pays Asha ₹800.00", "You pay Asha ₹499.50", "You pay Chen ₹200.00"]
    look_why(asha.page)
    settle(asha, ben, chen, event)
    for each in everybody:
        expect(each.page.get_by_role("heading", name="All square")).to_be_visible()
        expect(each.page.get_by_role("main")).to_contain_text(re.compile(r"Goa\s*All square"))
        go(each.page, "Balances")
        expect(each.page.get_by_role("heading", name="All square")).to_be_visible()
        # Between pairs something is left, but it goes round in a circle.
        assert shown(each.page) == []
    assert [each["net"] for each in ask(asha.page, f"{event}/positions")["positions"]] == ["0.00"] * 3
    assert ask(asha.page, event)["status"] == "cleared"
    assert done(service.data_dir, "verify").out.endswith("Nothing is wrong.\n")
