"""Everything that matters is done without a mouse, and the focus never gets lost."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.accounts import PASSWORD, page_of, signed_up

MOST_TABS = 60
WHERE = "document.activeElement?.outerHTML.slice(0, 200)"


@pytest.fixture(scope="module")
def account(service):
    yield from signed_up(service, "Asha")


@pytest.fixture
def page(people):
    """Return a page that nobody but the keyboard reaches."""
    asha = people("Asha", width=1280, height=800)
    asha.context.add_init_script("addEventListener('pointerdown', () => { throw new Error('a mouse'); }, true);")
    return asha.page


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Go on from where the focus is until it is there; whatever takes it on the way can be seen to have it."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail(f"{target} is not reached; the focus is on {page.evaluate(WHERE)}")


def press(page: Page, role: str, name: str, key: str = "Enter") -> None:
    tab_to(page, page.get_by_role(role, name=name, exact=True))
    page.keyboard.press(key)


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_role("textbox", name=label, exact=True))
    page.keyboard.type(text)


def keeps_focus(page: Page, on: Locator | None = None) -> None:
    """Hold a page to having no dialog open and the focus somewhere in it."""
    expect(page.get_by_role("dialog")).to_have_count(0)
    if on is not None:
        expect(on).to_be_focused()
    assert page.evaluate("document.activeElement !== document.body"), "the focus is lost"


def create_event(page: Page) -> None:
    press(page, "link", "New event")

    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Lunch")
    press(page, "radio", "Trip", "ArrowRight")
    expect(page.get_by_role("radio", name="Dinner")).to_be_checked()
    tab_to(page, page.get_by_role("combobox", name="Currency"))
    page.keyboard.press("ArrowDown")
    page.keyboard.type("rupee")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Currency")).to_have_value("INR · Indian Rupee")
    type_into(page, "Who else takes part?", "Ben")
    page.keyboard.press("Enter")
    page.keyboard.type("Chen")
    page.keyboard.press("Enter")
    press(page, "button", "Create event")
    expect(page.get_by_role("heading", name="Lunch")).to_be_visible()
    keeps_focus(page)


def add_expense(page: Page) -> None:
    add = page.get_by_role("link", name="Add expense")
    tab_to(page, add)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount", exact=True)).to_be_focused()
    page.keyboard.type("90")
    page.keyboard.press("Enter")
    page.keyboard.type("Thali")
    press(page, "radio", "Equally", "ArrowRight")
    expect(page.get_by_role("radio", name="Amounts")).to_be_checked()
    type_into(page, "Amount of Ben", "50")
    type_into(page, "Amount of Chen", "40")
    press(page, "button", "Save", "Space")
    keeps_focus(page, add)


def settle(page: Page) -> None:
    tab_to(page, page.get_by_role("link", name="Settle", exact=True), "Shift+Tab")
    page.keyboard.press("Enter")
    press(page, "button", "Mark as paid: Ben pays you ₹50.00")
    expect(page.get_by_role("dialog").get_by_label("Amount", exact=True)).to_be_focused()
    tab_to(page, page.get_by_role("combobox", name="How?"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    press(page, "button", "Save")
    expect(page.get_by_text("Ben paid you ₹50.00")).to_be_visible()
    expect(page.get_by_role("button", name="Mark as paid: Ben pays you ₹50.00")).to_have_count(0)
    keeps_focus(page)
    press(page, "button", "Mark as paid: Chen pays you ₹40.00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All square")).to_be_visible()
    keeps_focus(page)


def test_the_keyboard_alone_signs_in_creates_adds_and_settles(page, account):
    page.goto("/")
    press(page, "link", "Sign in")
    type_into(page, "E-mail", account.email)
    type_into(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    create_event(page)
    add_expense(page)
    shares = account.awaits(f"/v1{urlsplit(page.url).path}", "Thali")["shares"]
    assert shares == [{"member": 2, "amount": "50.00"}, {"member": 3, "amount": "40.00"}]
    settle(page)


@pytest.fixture
def event(account):
    event = account.make_event("Goa", "Ben", "Chen", currency="INR")
    account.add_expense(event, description="Villa", amount="3000.00")
    return page_of(event)


DIALOGS = {
    "add": ("", "link", "Add expense"),
    "one": ("", "link", "Villa"),
    "why": ("/balances", "button", "Why? Ben"),
    "why pay": ("/settle", "button", "Why does Ben pay you?"),
    "pay": ("/settle", "button", "Mark as paid: Ben pays you ₹1,000.00"),
    "other": ("/settle", "button", "Record another payment"),
    "start": ("/settle", "button", "Start settling"),
    "link": ("/settings", "button", "New link"),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_escape_closes_a_dialog_and_gives_the_focus_back(page, account, event, name):
    page.context.add_cookies(account.state["cookies"])
    path, role, label = DIALOGS[name]
    page.goto(f"{event}{path}")
    opener = page.get_by_role(role, name=label).first
    tab_to(page, opener)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("element => element.contains(document.activeElement)")
    page.keyboard.press("Escape")
    keeps_focus(page, opener)


def test_the_focus_goes_on_where_a_deed_takes_away_what_led_to_it(page, account, event):
    page.context.add_cookies(account.state["cookies"])
    page.goto(event)
    tab_to(page, page.get_by_role("link", name="Villa"))
    page.keyboard.press("Enter")
    press(page, "link", "Edit")
    expect(page.get_by_label("Amount", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    keeps_focus(page)
    tab_to(page, page.get_by_role("link", name="Villa"))
    page.keyboard.press("Enter")
    press(page, "button", "Delete")
    expect(page.get_by_text("No expenses yet")).to_be_visible()
    keeps_focus(page)
    press(page, "button", "Undo")
    expect(page.get_by_role("link", name="Villa")).to_be_visible()
    keeps_focus(page)
