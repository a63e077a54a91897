"""Two change the same at once, or the event takes it no more: the slower one sees it, decides, and loses nothing."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.accounts import signed_up
from tests.e2e.browser.event_page import (
    NOT_SENT,
    add,
    delete,
    invite,
    join,
    kinds,
    open_event,
    open_form,
    rename,
    row,
)
from tests.e2e.browser.expense_form import ExpenseForm
from tests.e2e.browser.looking import axe


@pytest.fixture
def account(service):
    yield from signed_up(service, "Asha")


@pytest.fixture
def other(service):
    yield from signed_up(service, "Ben")


@pytest.fixture
def event(account, other):
    event = account.make_event("Trip", "Ben")
    join(other, invite(account, event), 2)
    account.add_expense(event, description="Hotel", amount="90.00", notes="Two nights")
    return event


@pytest.fixture
def asha(people, account):
    asha = people("Asha", storage_state=account.state)
    asha.expect(r"^409 (POST|PUT|DELETE) /v1/events/")
    return asha


def revise(account, event, **changed):
    """Change an expense by the API, as somebody else's browser would."""
    hotel = account.expenses(event)["Hotel"]
    body = {key: hotel[key] for key in ("description", "amount", "date", "split", "notes")} | {"paid_by": 1}
    path, match = f"{event}/expenses/{hotel['id']}", {"If-Match": f'"{hotel["version"]}"'}
    answer = account.client.put(path, json={**body, **changed}, headers=match)
    assert answer.status_code == 200, answer.text


def remove(account, event):
    hotel = account.expenses(event)["Hotel"]
    match = {"If-Match": f'"{hotel["version"]}"'}
    assert account.client.delete(f"{event}/expenses/{hotel['id']}", headers=match).status_code == 204


def settle(account, event):
    assert account.client.put(f"{event}/settle").status_code == 200


def reopen(account, event):
    assert account.client.post(f"{event}/reopen").status_code == 200


def compare(page: Page) -> Locator:
    page.get_by_role("status").filter(has_text="Somebody else changed").get_by_role("button", name="Compare").click()
    return page.get_by_role("dialog", name="Two changes at once")


def side(dialog: Locator, part: str, whose: str) -> Locator:
    return dialog.get_by_role("group", name=part).get_by_role("radio", name=whose)


def test_two_changes_at_once_are_brought_together_and_both_are_there(people, account, other, asha, event):
    ben = people("Ben", storage_state=other.state)
    slow, fast = open_event(asha, event), open_event(ben, event)
    mine, theirs = open_form(slow, "Hotel"), open_form(fast, "Hotel")
    theirs.amount.fill("99")
    theirs.save()
    account.awaits(event, "Hotel", 2)
    mine.title.fill("Hotel by the sea")
    mine.save()
    dialog = compare(slow)
    expect(side(dialog, "What it was for", "Yours Hotel by the sea")).to_be_checked()
    expect(side(dialog, "Amount, payers and shares", "Theirs €99.00")).to_be_checked()
    axe(slow)
    dialog.get_by_role("button", name="Save this choice").click()
    found = account.awaits(event, "Hotel by the sea", 3)
    assert (found["amount"], found["notes"]) == ("99.00", "Two nights")
    for page in (slow, fast):
        expect(row(page, "Hotel by the sea")).to_contain_text("€99.00")
    expect(slow.get_by_text("Somebody else changed")).to_have_count(0)
    assert kinds(account, event) == ["expense.recorded", "expense.revised", "expense.revised"]


def conflict(asha, other, event, **changed) -> Page:
    """Let Asha rename what somebody else changed while she had no network."""
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_be_visible()
    asha.go_offline()
    rename(page, "Hotel", "Hotel by the sea")
    revise(other, event, **changed)
    asha.come_back()
    return page


def test_who_keeps_theirs_lets_go_of_ones_own(account, other, asha, event):
    page = conflict(asha, other, event, description="Hostel")
    dialog = compare(page)
    expect(side(dialog, "What it was for", "Theirs Hostel")).not_to_be_checked()
    dialog.get_by_role("button", name="Keep theirs").click()
    expect(row(page, "Hostel")).to_be_visible()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)
    assert [(each["description"], each["version"]) for each in account.expenses(event).values()] == [("Hostel", 2)]


def test_who_keeps_all_of_ones_own_takes_nothing_of_theirs(account, other, asha, event):
    page = conflict(asha, other, event, description="Hostel", amount="45.00", paid_by=2, notes=None)
    dialog = compare(page)
    dialog.get_by_role("button", name="All yours").click()
    dialog.get_by_role("button", name="Save this choice").click()
    found = account.awaits(event, "Hotel by the sea", 3)
    assert (found["amount"], found["paid_by"][0]["member"], found["notes"]) == ("90.00", 1, "Two nights")


def test_an_expense_that_they_deleted_is_brought_back_with_ones_change(account, other, asha, event):
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_be_visible()
    asha.go_offline()
    rename(page, "Hotel", "Hotel by the sea")
    remove(other, event)
    asha.come_back()
    dialog = compare(page)
    expect(dialog).to_contain_text("It was deleted meanwhile.")
    dialog.get_by_role("button", name="Bring it back with your change").click()
    account.awaits(event, "Hotel by the sea", 4)
    assert kinds(account, event)[1:] == ["expense.deleted", "expense.restored", "expense.revised"]
    expect(row(page, "Hotel by the sea")).not_to_contain_text(NOT_SENT)


def test_an_expense_that_they_deleted_stays_so_where_one_keeps_theirs(account, other, asha, event):
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_be_visible()
    asha.go_offline()
    rename(page, "Hotel", "Hotel by the sea")
    remove(other, event)
    asha.come_back()
    compare(page).get_by_role("button", name="Keep theirs").click()
    expect(page.get_by_role("list", name="Expenses")).to_have_count(0)
    assert account.expenses(event) == {}


@pytest.mark.parametrize("insist", [True, False])
def test_to_delete_what_they_changed_is_asked_once_more(account, other, asha, event, insist):
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_be_visible()
    asha.go_offline()
    delete(page, "Hotel")
    revise(other, event, description="Hostel", amount="45.00")
    asha.come_back()
    dialog = compare(page)
    expect(dialog).to_contain_text("It is “Hostel” for €45.00 now.")
    dialog.get_by_role("button", name="Delete all the same" if insist else "Keep theirs").click()
    expect(page.get_by_text("Somebody else changed")).to_have_count(0)
    if insist:
        expect(page.get_by_role("list", name="Expenses")).to_have_count(0)
        assert kinds(account, event)[1:] == ["expense.revised", "expense.deleted"]
    else:
        expect(row(page, "Hostel")).to_be_visible()
        assert list(account.expenses(event)) == ["Hostel"]


def test_to_delete_what_they_deleted_already_is_no_trouble(account, other, asha, event):
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_be_visible()
    asha.go_offline()
    delete(page, "Hotel")
    remove(other, event)
    asha.come_back()
    expect(page.get_by_role("list", name="Expenses")).to_have_count(0)
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)


@pytest.fixture
def refused(asha, other, event):
    """Give Asha's page after her expense was refused, for the event was settling by then."""
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_be_visible()
    asha.go_offline()
    add(page, "Tea", "3.50")
    settle(other, event)
    asha.come_back()
    notice = page.get_by_role("status").filter(has_text="“Tea” could not be recorded.")
    expect(notice).to_contain_text("settl")
    expect(row(page, "Tea")).to_contain_text("Could not be sent")
    return page


def test_a_refused_expense_is_kept_and_sent_again_once_the_event_takes_it(account, other, event, refused):
    refused.reload()
    reopen(other, event)
    refused.get_by_role("button", name="Try again").click()
    account.awaits(event, "Tea")
    expect(row(refused, "Tea")).not_to_contain_text(NOT_SENT)
    expect(refused.get_by_text("could not be recorded")).to_have_count(0)


def test_a_refused_expense_can_be_mended(account, other, event, refused):
    reopen(other, event)
    refused.get_by_role("link", name="Change it").click()
    form = ExpenseForm(refused)
    expect(form.title).to_have_value("Tea")
    form.amount.fill("4")
    form.save()
    assert account.awaits(event, "Tea")["amount"] == "4.00"
    expect(refused.get_by_text("could not be recorded")).to_have_count(0)


def test_a_refused_expense_can_be_let_go(account, event, refused):
    refused.get_by_role("button", name="Discard").click()
    expect(row(refused, "Tea")).to_have_count(0)
    assert list(account.expenses(event)) == ["Hotel"]
