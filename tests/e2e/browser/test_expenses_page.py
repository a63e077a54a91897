"""What becomes of an expense once it is there: found, copied, changed, looked back at, deleted and brought back."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.browser.accounts import page_of, signed_up
from tests.e2e.browser.expense_form import ExpenseForm


@pytest.fixture(scope="module")
def account(service):
    yield from signed_up(service, "Asha")


@pytest.fixture
def event(account):
    return account.make_event("Flat", "Ben", "Chen")


@pytest.fixture
def come(people, account, event):
    """Return what opens the event's page."""
    return lambda **options: people(storage_state=account.state, **options).open(page_of(event))


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Expenses").get_by_role("listitem")


def opened(page: Page, title: str) -> Locator:
    rows(page).filter(has_text=title).get_by_role("link").click()
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog.get_by_text("Paid by")).to_be_visible()
    return dialog


def test_category_date_and_notes_are_kept_and_shown(come, account, event):
    page = come()
    page.get_by_role("link", name="Add expense").click()
    form = ExpenseForm(page).is_open()
    form.amount.fill("42.50")
    form.title.fill("Lamp")
    form.field("Date").fill("2026-02-03")
    form.field("Category (optional)").fill("Home")
    form.field("Notes (optional)").fill("From the market\nNo bill")
    form.save()
    made = account.awaits(event, "Lamp")
    assert (made["date"], made["category"], made["notes"]) == ("2026-02-03", "Home", "From the market\nNo bill")
    expect(rows(page)).to_contain_text("Asha · 3 Feb")
    dialog = opened(page, "Lamp")
    for text in ("Tuesday", "Home", "From the market", "€42.50", "€14.17"):
        expect(dialog.get_by_text(text).first).to_be_visible()
    dialog.get_by_role("link", name="Edit").click()
    form.is_open()
    expect(form.field("Date")).to_have_value("2026-02-03")
    form.field("Category (optional)").fill("")
    form.field("Notes (optional)").fill("")
    form.save()
    changed = account.awaits(event, "Lamp", version=2)
    assert (changed["date"], changed["category"], changed["notes"]) == ("2026-02-03", None, None)


def test_a_duplicate_begins_like_the_other_but_today(come, account, event):
    split = {"type": "exact", "shares": [{"member": 2, "amount": "3.00"}, {"member": 3, "amount": "6.00"}]}
    first = account.add_expense(
        event, description="Bread", amount="9.00", date="2026-01-02", category="Groceries", paid_by=2, split=split
    )
    page = come()
    opened(page, "Bread").get_by_role("link", name="Duplicate").click()
    form = ExpenseForm(page).is_open()
    expect(form.amount).to_have_value("9.00")
    expect(form.field("Date")).not_to_have_value("2026-01-02")
    form.title.fill("More bread")
    form.save()
    copy = account.awaits(event, "More bread")
    assert copy["id"] != first["id"]
    for field in ("amount", "paid_by", "split", "category"):
        assert copy[field] == first[field]
    expect(rows(page)).to_have_count(2)
    assert account.expenses(event)["Bread"]["version"] == 1


def test_a_deletion_is_undone_with_one_tap(come, account, event):
    made = account.add_expense(event, description="Soap", amount="3.00")
    page = come()
    opened(page, "Soap").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Deleted: Soap")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Deleted: Soap")).to_have_count(0)
    restored = account.awaits(event, "Soap", version=3)
    assert (restored["deleted"], restored["amount"], restored["shares"]) == (False, "3.00", made["shares"])
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).not_to_contain_text("Not sent yet")


def test_what_was_deleted_can_be_brought_back_later(come, account, event):
    account.add_expense(event, description="Soap", amount="3.00")
    page = come()
    opened(page, "Soap").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No expenses yet")).to_be_visible()
    page.get_by_role("link", name="Activity").click()
    deleted = page.get_by_role("listitem").filter(has_text="deleted Soap")
    deleted.get_by_role("link", name="Soap").click()
    dialog = page.get_by_role("dialog", name="Soap")
    expect(dialog.get_by_text("This expense was deleted.")).to_be_visible()
    expect(dialog.get_by_role("link", name="Edit")).to_have_count(0)
    dialog.get_by_role("button", name="Bring back").click()
    expect(dialog).to_have_count(0)
    expect(rows(page)).to_have_count(1)
    assert account.awaits(event, "Soap", version=3)["deleted"] is False


def test_the_history_tells_what_changed_and_leads_back(come, account, event):
    made = account.add_expense(event, description="Rent", amount="900.00", date="2026-02-01", notes="February")
    page = come()
    dialog = opened(page, "Rent")
    dialog.get_by_role("link", name="Edit").click()
    form = ExpenseForm(page).is_open()
    form.amount.fill("930")
    form.dialog.get_by_role("checkbox", name="Chen").uncheck()
    form.field("Date").fill("2026-02-28")
    form.save()
    account.awaits(event, "Rent", version=2)
    dialog = opened(page, "Rent")
    dialog.get_by_text("History").click()
    versions = dialog.get_by_role("list").filter(has_text="recorded it").get_by_role("listitem")
    newest = versions.filter(has_text="changed it").first
    for text in (
        "Amount: €900.00 → €930.00",
        "Date: 1 Feb 2026 → 28 Feb 2026",
        "Shares: You €300.00 → €465.00, Ben €300.00 → €465.00, Chen €300.00 → nothing",
    ):
        expect(newest.get_by_text(text)).to_be_visible()
    expect(newest.get_by_text("How it is split")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Restore this version")).to_have_count(1)
    dialog.get_by_role("button", name="Restore this version").click()
    expect(dialog.get_by_text("Sunday, 1 February 2026")).to_be_visible()
    back = account.awaits(event, "Rent", version=3)
    for field in ("amount", "date", "notes", "paid_by", "split", "shares"):
        assert back[field] == made[field]
    expect(versions.filter(has_text="changed it")).to_have_count(2)
    expect(versions.filter(has_text="recorded it")).to_have_count(1)


def test_the_history_tells_of_another_currency_and_another_kind_of_split(come, account, event):
    made = account.add_expense(event, description="Tea", amount="10.00")
    split = {"type": "exact", "shares": [{"member": 2, "amount": "1000"}]}
    answer = account.client.put(
        f"{event}/expenses/{made['id']}",
        json={"description": "Tea", "amount": "1000", "currency": "JPY", "paid_by": 1, "split": split},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 200
    dialog = opened(come(), "Tea")
    dialog.get_by_text("History").click()
    for text in ("Amount: €10.00 → JP¥1,000", "Currency: EUR → JPY", "How it is split: Equally → Amounts"):
        expect(dialog.get_by_text(text)).to_be_visible()


def test_who_may_only_look_is_offered_no_change(come, people, account, event):
    made = account.add_expense(event, description="Tea", amount="10.00")
    path = f"{event}/expenses/{made['id']}"
    content = {"description": "Tea", "amount": "12.00", "paid_by": 1}
    assert account.client.put(path, json=content, headers={"If-Match": '"1"'}).status_code == 200
    link = account.client.post(f"{event}/links", json={"role": "viewer"}).json()["url"]
    page = people("Ben").open(link)
    page.get_by_role("radio", name="Ben").check()
    page.get_by_role("button", name="Join").click()
    dialog = opened(page, "Tea")
    expect(page.get_by_role("link", name="Add expense")).to_have_count(0)
    dialog.get_by_text("History").click()
    expect(dialog.get_by_text("Amount: €10.00 → €12.00")).to_be_visible()
    for deed in ("Edit", "Duplicate", "Delete", "Restore this version"):
        expect(dialog.get_by_text(deed, exact=True)).to_have_count(0)


def test_expenses_are_found_by_what_is_typed(come, account, event):
    for number in range(12):
        account.add_expense(event, description=f"Tea {number}", amount="2.00")
    account.add_expense(event, description="Coffee", amount="2.00", notes="with Lina", category="Treats")
    page = come()
    search = page.get_by_role("searchbox", name="Search")
    search.fill("coff")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Coffee")
    search.fill("lina")
    expect(rows(page)).to_contain_text("Coffee")
    search.fill("wine")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    search.fill("")
    expect(rows(page)).to_have_count(13)


def test_who_opens_the_form_at_once_is_who_paid(people, account, service):
    members = [{"name": "Ben"}, {"name": "Asha", "me": True}]
    answer = account.client.post("/v1/events", json={"name": "Late", "currency": "EUR", "members": members})
    page = people(storage_state=account.state).page
    held = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/v1/users/me", hold)
    with page.expect_response(lambda each: "/assets/expense-form-" in each.url) as form:
        page.goto(f"{page_of(answer.headers['location'])}/new")
    form.value.finished()
    expect(page.get_by_role("heading", name="Late")).to_be_visible()
    for route in held:
        route.continue_()
    expect(page.get_by_label("Paid by")).to_have_value("2")
