"""What is done without a network is kept, looks as if it waited, and is there exactly once when the network is back."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import PASSWORD, page_of, signed_up
from tests.e2e.browser.event_page import (
    NOT_SENT,
    add,
    delete,
    go_to,
    kinds,
    open_event,
    rename,
    row,
    settles,
    sign_in,
)
from tests.e2e.cli_helpers import looks

FIVE = {"Tea": "3.50", "Rice": "12.00", "Bus": "4.20", "Museum": "27.00", "Ice cream": "9.99"}
WAITS = "1 change waits here until whoever made it signs in again."


@pytest.fixture
def account(service):
    yield from signed_up(service, "Asha")


@pytest.fixture
def other(service):
    yield from signed_up(service, "Ben")


@pytest.fixture
def event(account):
    return account.make_event("Trip", "Ben", "Chen")


def test_without_a_network_the_app_opens_with_what_was_seen_last(people, account, event):
    account.add_expense(event, description="Hotel", amount="90.00")
    asha = people("Asha", storage_state=account.state)
    expect(asha.open("/").get_by_role("link", name="Trip")).to_be_visible()
    page = open_event(asha, event)
    expect(row(page, "Hotel")).to_contain_text("€90.00")
    go_to(page, "Balances")
    expect(page.get_by_text("€30.00").first).to_be_visible()
    asha.go_offline()
    page.reload()
    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.get_by_text("€30.00").first).to_be_visible()
    go_to(page, "Expenses")
    expect(row(page, "Hotel")).to_contain_text("€90.00")
    row(page, "Hotel").click()
    expect(page.get_by_role("dialog", name="Hotel")).to_contain_text("€30.00")
    page.goto("/")
    expect(page.get_by_role("link", name="Trip")).to_be_visible()


def test_five_expenses_an_edit_and_a_deletion_offline_are_there_once_and_in_order(people, account, event):
    account.add_expense(event, description="Hotel", amount="90.00")
    account.add_expense(event, description="Taxi", amount="30.00")
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)
    expect(row(page, "Taxi")).to_be_visible()
    asha.go_offline()
    for description, amount in FIVE.items():
        add(page, description, amount)
    rename(page, "Hotel", "Hotel with breakfast")
    delete(page, "Taxi")
    expect(page.get_by_text(NOT_SENT)).to_have_count(7)
    page.reload()
    expect(page.get_by_text(NOT_SENT)).to_have_count(7)
    assert kinds(account, event) == ["expense.recorded"] * 2
    asha.come_back()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)
    expect(row(page, "Taxi")).to_have_count(0)
    assert kinds(account, event) == ["expense.recorded"] * 7 + ["expense.revised", "expense.deleted"]
    found = sorted(account.get(f"{event}/expenses?limit=200")["items"], key=lambda each: each["created_at"])
    assert [each["description"] for each in found] == ["Hotel with breakfast", *FIVE]
    assert {each["description"]: each["amount"] for each in found[1:]} == FIVE


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_there_twice(people, account, event):
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)

    lost: list[str] = []

    def lose(route):
        asha.lose_answers()
        route.continue_()
        lost.append(route.request.method)

    page.route("**/v1/events/*/expenses", lose, times=1)
    add(page, "Tea", "3.50")
    for _ in looks("the expense is on its way"):
        # What is done about a request is done while the browser is spoken with, and only then.
        page.evaluate("0")
        if lost:
            break
    account.awaits(event, "Tea")
    expect(row(page, "Tea")).to_contain_text(NOT_SENT)
    asha.come_back()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)
    assert kinds(account, event) == ["expense.recorded"]


def test_what_waits_when_the_page_is_closed_is_sent_when_it_is_opened_again(people, account, event):
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)
    asha.go_offline()
    add(page, "Tea", "3.50")
    page.close()
    asha.come_back()
    asha.page = asha.context.new_page()
    asha.open("/")
    account.awaits(event, "Tea")
    expect(asha.page.get_by_text("waits to be sent")).to_have_count(0)
    assert kinds(account, event) == ["expense.recorded"]


def test_a_payment_recorded_offline_is_there_once(people, account, event):
    account.add_expense(event, description="Hotel", amount="90.00")
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)
    go_to(page, "Settle")
    expect(page.get_by_role("button", name="Record another payment")).to_be_visible()
    asha.go_offline()
    page.get_by_role("button", name="Record another payment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Who paid?").select_option(label="Ben")
    dialog.get_by_label("Who got it?").select_option(value="1")
    dialog.get_by_label("Amount", exact=True).fill("30")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text(NOT_SENT).first).to_be_visible()
    asha.come_back()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)
    expect(page.get_by_role("list", name="What was paid back").get_by_role("listitem")).to_have_count(1)
    found = account.get(f"{event}/settlements")["items"]
    assert [(each["from"], each["to"], each["amount"]) for each in found] == [(2, 1, "30.00")]


def test_an_expense_that_still_waits_takes_its_edit_along(people, account, event):
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)
    asha.go_offline()
    add(page, "Tea", "3.50")
    rename(page, "Tea", "Coffee")
    expect(page.get_by_text(NOT_SENT)).to_have_count(1)
    asha.come_back()
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)
    assert kinds(account, event) == ["expense.recorded"]
    assert list(account.expenses(event)) == ["Coffee"]


def test_an_edit_that_waits_comes_back_where_its_deletion_is_undone(people, account, event):
    account.add_expense(event, description="Tea", amount="3.50")
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)
    expect(row(page, "Tea")).to_be_visible()
    asha.go_offline()
    rename(page, "Tea", "Coffee")
    delete(page, "Coffee")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Coffee")).to_contain_text(NOT_SENT)
    asha.come_back()
    account.awaits(event, "Coffee", 2)
    assert kinds(account, event) == ["expense.recorded", "expense.revised"]


def test_what_waits_when_the_sign_in_ends_is_sent_by_its_maker_and_nobody_else(people, account, other, event):
    asha = people("Asha", storage_state=account.state)
    asha.expect(r"^401 ")
    page = open_event(asha, event)
    asha.go_offline()
    add(page, "Tea", "3.50")
    assert account.client.delete("/v1/sessions", params={"everywhere": "true"}).status_code == 200
    asha.come_back()
    # What was kept of the event is gone from the page and from the device; what waits is not.
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(page.get_by_text(WAITS)).to_be_visible()
    page.goto("/")
    expect(page.get_by_text(WAITS)).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, other.email, PASSWORD)
    expect(page.get_by_text(WAITS)).to_be_visible()
    expect(page.get_by_role("link", name="Trip")).to_have_count(0)
    mine = other.make_event("Ben's", "Asha")
    page.goto(page_of(mine))
    add(page, "Rice", "12.00")
    other.awaits(mine, "Rice")
    page.goto("/account")
    page.get_by_role("button", name="Sign out on this device").click()
    answer = account.client.post("/v1/sessions", json={"email": account.email, "password": PASSWORD})
    assert answer.status_code == 201
    assert kinds(account, event) == []
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, account.email, PASSWORD)
    assert account.awaits(event, "Tea")["created_by"]["name"] == "Asha"
    expect(page.get_by_text(WAITS)).to_have_count(0)
    assert settles(account, event, 1) == ["expense.recorded"]


def test_who_signs_out_is_told_of_what_is_not_sent(people, account, event):
    asha = people("Asha", storage_state=account.state)
    page = open_event(asha, event)
    asha.go_offline()
    add(page, "Tea", "3.50")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text("1 change is not sent yet. It stays on this device if you sign out.")).to_be_visible()


def test_where_the_browser_keeps_nothing_the_app_works_while_there_is_a_network(people, account, event):
    asha = people("Asha", storage_state=account.state)
    asha.context.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('not here', 'SecurityError') }"
    )
    page = open_event(asha, event)
    add(page, "Tea", "3.50")
    account.awaits(event, "Tea")
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)
    rename(page, "Tea", "Coffee")
    account.awaits(event, "Coffee", 2)
    assert kinds(account, event) == ["expense.recorded", "expense.revised"]
