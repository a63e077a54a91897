"""Every kind of split: what the form shows is what the server makes of it, and what cannot be split is not lost."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import minor, page_of, signed_up
from tests.e2e.browser.expense_form import ENGLISH, GERMAN, ExpenseForm

MEMBERS = {1: "Asha", 2: "Ben", 3: "Chen"}


@pytest.fixture(scope="module")
def account(service):
    yield from signed_up(service, "Asha")


@pytest.fixture(scope="module")
def event(account):
    return account.make_event("Splits", "Ben", "Chen")


def leave_out_chen(form: ExpenseForm) -> None:
    form.dialog.get_by_role("checkbox", name="Chen").uncheck()


def exactly(form: ExpenseForm) -> None:
    form.choose("Amounts")
    form.say(Amount_of_Asha="5", Amount_of_Ben="3.50", Amount_of_Chen="1.5")


def by_percent(form: ExpenseForm) -> None:
    form.choose("Percent")
    expect(form.field("Percent of Asha")).to_have_value("33.34")
    form.say(Percent_of_Asha="50", Percent_of_Ben="33.33", Percent_of_Chen="16.67")


def by_shares(form: ExpenseForm) -> None:
    form.dialog.get_by_text("Shares", exact=True).click()
    form.say(Shares_of_Asha="2", Shares_of_Ben="1", Shares_of_Chen="0.5")


def adjusted(form: ExpenseForm) -> None:
    form.choose("Adjusted")
    form.say(More_or_less_for_Ben="5", More_or_less_for_Chen="-3.01")


def by_item(form: ExpenseForm) -> None:
    form.choose("By item")
    form.field("Price of item 1").fill("12.50")
    pizza = form.dialog.get_by_role("group", name="Item 1", exact=True)
    pizza.get_by_label("What?").fill("Pizza")
    pizza.get_by_text("Chen", exact=True).click()
    form.dialog.get_by_role("button", name="Add item").click()
    form.field("Price of item 2").fill("18")
    form.say(Tax="3.05", Tip="4", Discount="2")


def by_two(form: ExpenseForm) -> None:
    form.payer.select_option(form.words["several"])
    form.say(Paid_by_Asha="30", Paid_by_Ben="10.01")


def in_yen(form: ExpenseForm) -> None:
    form.change_currency("JPY")


def in_dinars(form: ExpenseForm) -> None:
    form.change_currency("KWD")


def exactly_in_german(form: ExpenseForm) -> None:
    form.choose("Beträge")
    form.say(Betrag_von_Asha="1.000,00", Betrag_von_Ben="234,5")


def as_it_begins(form: ExpenseForm) -> None:
    expect(form.dialog.get_by_role("radio", name=form.words["equally"])).to_be_checked()


@dataclass(frozen=True)
class Case:
    amount: str
    fill: Callable[[ExpenseForm], None]
    shares: dict[str, int]
    total: int = 0
    locale: str = "en-GB"
    odd: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, str]:
        return GERMAN if self.locale.startswith("de") else ENGLISH


CASES = {
    "equally": Case("10", as_it_begins, {"Asha": 334, "Ben": 333, "Chen": 333}, odd=("Asha",)),
    "without one": Case("25.01", leave_out_chen, {"Asha": 1251, "Ben": 1250}, odd=("Asha",)),
    "amounts": Case("10", exactly, {"Asha": 500, "Ben": 350, "Chen": 150}),
    "percent": Case("100.01", by_percent, {"Asha": 5001, "Ben": 3333, "Chen": 1667}, odd=("Asha",)),
    "shares": Case("10", by_shares, {"Asha": 571, "Ben": 286, "Chen": 143}, odd=("Ben", "Chen")),
    "adjusted": Case("60", adjusted, {"Asha": 1934, "Ben": 2433, "Chen": 1633}, odd=("Asha", "Chen")),
    "by item": Case("35.55", by_item, {"Asha": 1428, "Ben": 1428, "Chen": 699}),
    "two paid": Case("40.01", by_two, {"Asha": 1333, "Ben": 1334, "Chen": 1334}, odd=("Ben", "Chen")),
    "refund": Case("-10", as_it_begins, {"Asha": -334, "Ben": -333, "Chen": -333}, odd=("Asha",)),
    "yen": Case("1000", in_yen, {"Asha": 334, "Ben": 333, "Chen": 333}, odd=("Asha",)),
    "dinars": Case("10.001", in_dinars, {"Asha": 3334, "Ben": 3334, "Chen": 3333}, odd=("Asha", "Ben")),
    "reckoned": Case("12.5+3*2", as_it_begins, {"Asha": 616, "Ben": 617, "Chen": 617}, total=1850),
    "comma": Case("12,50", as_it_begins, {"Asha": 417, "Ben": 416, "Chen": 417}, total=1250, locale="de-DE"),
    "thousands": Case("1.234,50", exactly_in_german, {"Asha": 100_000, "Ben": 23_450}, total=123_450, locale="de-DE"),
    "a dot": Case("12.50", as_it_begins, {"Asha": 417, "Ben": 416, "Chen": 417}, total=1250, locale="de-DE"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_form_shows_what_the_server_makes_of_a_split_and_saving_it_unchanged_changes_nothing(
    people, account, event, name
):
    case = CASES[name]
    page = people(storage_state=account.state, locale=case.locale).open(f"{page_of(event)}/new")
    form = ExpenseForm(page, case.words).is_open()
    form.amount.fill(case.amount)
    form.title.fill(name)
    case.fill(form)
    assert form.preview() == case.shares
    if case.odd:
        assert tuple(form.odd()) == case.odd
    answer = form.send()
    assert answer.status == 201, answer.text()
    made = answer.json()
    assert {MEMBERS[each["member"]]: minor(each["amount"]) for each in made["shares"]} == case.shares
    assert minor(made["amount"]) == (case.total or sum(case.shares.values()))

    page.get_by_role("link", name=name).click()
    edit = page.get_by_role("dialog").get_by_role("link", name=case.words["edit"], exact=True)
    edit.click()
    form.is_open()
    assert form.preview() == case.shares
    form.save()
    # What is sent goes in order: had the save above sent anything, this would be the third version.
    page.get_by_role("link", name=name).click()
    edit.click()
    form.is_open()
    form.field(case.words["notes"]).fill("And so it was")
    answer = form.send("PUT")
    history = account.get(f"{event}/expenses/{made['id']}/history")["items"]
    assert [each["version"] for each in history] == [1, 2]
    assert [each["field"] for each in history[1]["diff"]] == ["notes"]
    assert answer.json()["shares"] == made["shares"]


@pytest.fixture
def blank(people, account):
    """Return an empty form of an event without expenses, and what tells that nothing was recorded in it."""
    event = account.make_event("Refused", "Ben", "Chen")
    page = people(storage_state=account.state).open(f"{page_of(event)}/new")
    form = ExpenseForm(page).is_open()
    yield form
    assert account.expenses(event) == {}


def refused(form: ExpenseForm, text: str) -> None:
    form.press_save()
    expect(form.dialog.get_by_text(text, exact=True).first).to_be_in_viewport()


def led_to(form: ExpenseForm, text: str) -> None:
    refused(form, text)
    expect(form.dialog.get_by_text(text, exact=True)).to_be_focused()


def test_what_is_no_amount_is_refused_with_a_reason_and_stays_to_be_mended(blank):
    blank.title.fill("Tea")
    refused(blank, "Please fill this in.")
    expect(blank.amount).to_be_focused()
    for typed, why in {
        "0": "The amount is zero.",
        "5-5": "The amount is zero.",
        "1.234": "At most 2 decimal places.",
        "12.5+": "Please fill this in.",
        "1.2.3": "This is no amount.",
        "5/0": "Nothing can be divided by zero.",
        "€5 USD": "This says USD, but the amount is in EUR.",
        "99999999999999999": "At most €10,000,000,000,000.00.",
    }.items():
        blank.amount.fill(typed)
        refused(blank, why)
        expect(blank.amount).to_have_value(typed)
        expect(blank.amount).to_be_focused()
        expect(blank.title).to_have_value("Tea")


def test_an_expense_must_be_for_something(blank):
    blank.amount.fill("12")
    blank.title.fill("  ")
    refused(blank, "Please fill this in.")
    expect(blank.title).to_be_focused()
    expect(blank.amount).to_have_value("12")


def test_an_amount_with_two_meanings_is_asked_about(blank):
    blank.title.fill("Tea")
    blank.change_currency("KWD")
    blank.amount.fill("1,234")
    refused(blank, "Which of these do you mean?")
    blank.dialog.get_by_role("button", name="KWD 1,234.000").click()
    expect(blank.amount).to_have_value("1234.000")
    blank.change_currency("JPY")
    refused(blank, "JPY has no decimals.")


def test_what_does_not_add_up_says_by_how_much_and_loses_nothing(blank):
    blank.amount.fill("10")
    blank.title.fill("Tea")
    blank.choose("Amounts")
    blank.say(Amount_of_Asha="5", Amount_of_Ben="4.01")
    led_to(blank, "€9.01 of €10.00: €0.99 left to share out.")
    blank.say(Amount_of_Chen="1")
    led_to(blank, "€10.01 of €10.00: €0.01 too much.")
    blank.choose("Percent")
    blank.say(Percent_of_Asha="50")
    led_to(blank, "116.66 % of 100.00 %: 16.66 % too much.")
    blank.say(Percent_of_Asha="50.123")
    refused(blank, "At most 2 decimal places.")
    blank.dialog.get_by_text("Shares", exact=True).click()
    blank.say(Shares_of_Asha="0", Shares_of_Ben="0", Shares_of_Chen="0")
    led_to(blank, "Somebody must have a share.")
    blank.choose("Adjusted")
    blank.say(More_or_less_for_Ben="-20")
    led_to(blank, "Ben would come to less than nothing.")
    blank.choose("Equally")
    for name in MEMBERS.values():
        blank.dialog.get_by_role("checkbox", name=name).uncheck()
    led_to(blank, "Somebody must take part.")
    blank.choose("Amounts")
    expect(blank.field("Amount of Ben")).to_have_value("4.01")
    blank.payer.select_option("Several people…")
    blank.say(Paid_by_Asha="3")
    led_to(blank, "€3.00 of €10.00: €7.00 left to share out.")


def test_a_bill_by_item_says_what_it_lacks(blank):
    blank.amount.fill("10")
    blank.title.fill("Tea")
    blank.choose("By item")
    expect(blank.field("Price of item 1")).to_have_value("10")
    blank.dialog.get_by_role("button", name="Add item").click()
    refused(blank, "Please fill this in.")
    expect(blank.field("Price of item 2")).to_be_focused()
    blank.field("Price of item 2").fill("1.5")
    led_to(blank, "€11.50 of €10.00: €1.50 too much.")
    blank.field("Price of item 2").fill("0")
    bill = blank.dialog.get_by_role("group", name="Item 1", exact=True)
    for name in MEMBERS.values():
        bill.get_by_text(name, exact=True).click()
    led_to(blank, "Somebody must take part.")
    blank.dialog.get_by_role("button", name="Remove item 1").click()
    blank.dialog.get_by_role("button", name="Remove item 1").click()
    led_to(blank, "Add what was bought.")
