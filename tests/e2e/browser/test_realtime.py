"""What others do appears by itself, whatever becomes of the connection, and takes nothing from whoever is typing."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.accounts import page_of, signed_up
from tests.e2e.browser.event_page import (
    add,
    delete,
    fill_in,
    go_to,
    invite,
    join,
    open_event,
    open_form,
    rename,
    row,
)
from tests.e2e.cli_helpers import looks

POLLED_WITHIN_MS = 30_000
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
KEPT = """eventId => new Promise((resolve, reject) => {
    const opening = indexedDB.open("allsquare");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const reading = opening.result.transaction("kept").objectStore("kept").getAllKeys();
        reading.onsuccess = () => resolve(reading.result.filter((key) => key.includes(eventId)).length);
    };
})"""


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
    account.add_expense(event, description="Hotel", amount="90.00")
    return event


@pytest.fixture
def ben(people, other):
    return people("Ben", storage_state=other.state)


def post(account, path, body=None, method="POST"):
    answer = account.client.request(method, path, json=body)
    assert answer.is_success, answer.text
    return answer


def was_not_loaded_again(page: Page) -> bool:
    return page.evaluate("window.marked === true")


def behind(page: Page, description: str):
    """Find a row of the list while a dialog is in front of it."""
    return page.locator("main li").filter(has_text=description)


def test_what_one_does_appears_with_the_other(people, account, ben, event):
    asha = people("Asha", storage_state=account.state)
    here, there = open_event(asha, event), open_event(ben, event)
    expect(row(there, "Hotel")).to_be_visible()
    there.evaluate("window.marked = true")
    add(here, "Tea", "3.50")
    expect(row(there, "Tea")).to_contain_text("€3.50")
    rename(here, "Tea", "Coffee")
    expect(row(there, "Coffee")).to_be_visible()
    delete(here, "Coffee")
    expect(row(there, "Coffee")).to_have_count(0)
    go_to(there, "Settings")
    post(account, f"{event}/members", {"name": "Chen"})
    expect(there.get_by_text("Chen", exact=True).first).to_be_visible()
    go_to(there, "Settle")
    expect(there.get_by_text("€45.00").first).to_be_visible()
    post(account, f"{event}/settlements", {"from": 2, "to": 1, "amount": "15.00"})
    expect(there.get_by_role("list", name="What was paid back")).to_contain_text("€15.00")
    expect(there.get_by_text("€30.00").first).to_be_visible()
    post(account, f"{event}/settle", method="PUT")
    expect(there.get_by_text("Settling", exact=True)).to_be_visible()
    go_to(there, "Expenses")
    expect(there.get_by_role("link", name="Add expense")).to_have_count(0)
    post(account, f"{event}/reopen")
    expect(there.get_by_role("link", name="Add expense")).to_be_visible()
    assert was_not_loaded_again(there)


def test_what_one_types_is_not_lost_when_others_change_things(account, ben, event):
    page = open_event(ben, event)
    form = fill_in(page, "Rice", "12.40")
    account.add_expense(event, description="Tea", amount="3.50")
    post(account, f"{event}/members", {"name": "Chen"})
    expect(behind(page, "Tea")).to_have_count(1)
    expect(form.amount).to_have_value("12.40")
    expect(form.title).to_have_value("Rice")
    form.save()
    account.awaits(event, "Rice")
    edited = open_form(page, "Hotel")
    edited.title.fill("Hotel by the")
    account.add_expense(event, description="Bus", amount="4.20")
    expect(behind(page, "Bus")).to_have_count(1)
    edited.title.press_sequentially(" sea")
    edited.save()
    account.awaits(event, "Hotel by the sea", 2)


def test_what_was_missed_without_a_network_is_there_when_it_is_back(account, ben, event):
    page = open_event(ben, event)
    expect(row(page, "Hotel")).to_be_visible()
    page.evaluate("window.marked = true")
    ben.go_offline()
    account.add_expense(event, description="Tea", amount="3.50")
    expect(page.get_by_text("You are offline.")).to_be_visible()
    ben.come_back()
    expect(row(page, "Tea")).to_be_visible()
    account.add_expense(event, description="Bus", amount="4.20")
    expect(row(page, "Bus")).to_be_visible()
    assert was_not_loaded_again(page)


def test_a_server_that_was_killed_is_listened_to_again(service, account, ben, event):
    page = open_event(ben, event)
    expect(row(page, "Hotel")).to_be_visible()
    page.evaluate("window.marked = true")
    ben.expect(r"net::ERR_")
    service.kill()
    add(page, "Rice", "12.00")
    service.start()
    account.add_expense(event, description="Tea", amount="3.50")
    expect(row(page, "Tea")).to_be_visible(timeout=POLLED_WITHIN_MS)
    account.awaits(event, "Rice")
    account.add_expense(event, description="Bus", amount="4.20")
    expect(row(page, "Bus")).to_be_visible(timeout=POLLED_WITHIN_MS)
    assert was_not_loaded_again(page)


def block_streams(route: Route) -> None:
    if "text/event-stream" in route.request.headers.get("accept", ""):
        route.abort()
    else:
        route.continue_()


def test_where_no_stream_can_be_had_the_page_asks(account, ben, event):
    ben.expect(r"failed GET /v1/events/.*/journal.* net::ERR_FAILED")
    ben.page.route("**/journal?*", block_streams)
    page = open_event(ben, event)
    expect(row(page, "Hotel")).to_be_visible()
    account.add_expense(event, description="Tea", amount="3.50")
    expect(row(page, "Tea")).to_be_visible(timeout=POLLED_WITHIN_MS)


def test_a_guest_who_was_removed_is_told_and_nothing_is_kept(people, service, account, event):
    link = invite(account, event)
    post(account, f"{event}/members", {"name": "Chen"})
    chen = people("Chen")
    chen.expect(r"^40[134] ")
    page = chen.open(f"/join#link={link}")
    page.get_by_text("Chen", exact=True).click()
    page.get_by_role("button", name="Join").click()
    expect(row(page, "Hotel")).to_be_visible()
    event_id = event.rpartition("/")[2]
    for _ in looks("the event is kept"):
        if page.evaluate(KEPT, event_id):
            break
    post(account, f"{event}/members/3", method="DELETE")
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible(timeout=POLLED_WITHIN_MS)
    expect(page.get_by_text("Hotel")).to_have_count(0)
    for _ in looks("the event is forgotten"):
        if page.evaluate(KEPT, event_id) == 0:
            break
    page.goto("/")
    expect(page.get_by_role("heading", name="Shared money, all square.")).to_be_visible()


def test_pages_that_are_not_looked_at_leave_the_connections_to_those_that_are(account, ben, event):
    pages = [ben.page, *(ben.context.new_page() for _ in range(7))]
    for page in pages:
        page.goto(page_of(event))
        expect(row(page, "Hotel")).to_be_visible()
        page.evaluate(HIDE, True)
    pages[-1].evaluate(HIDE, False)
    add(pages[-1], "Tea", "3.50")
    account.awaits(event, "Tea")
    expect(row(pages[0], "Tea")).to_have_count(0)
    pages[0].evaluate(HIDE, False)
    expect(row(pages[0], "Tea")).to_be_visible()
    expect(row(pages[0], "Tea")).not_to_contain_text(re.compile("Not sent"))
