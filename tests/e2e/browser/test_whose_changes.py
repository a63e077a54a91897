"""What waits on a device belongs to whoever made it, whatever happens to who is in."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.accounts import PASSWORD, Account, page_of, signed_up
from tests.e2e.browser.event_page import NOT_SENT, add, invite, open_event, row, sign_in
from tests.e2e.browser.people import Person

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


def lose_expenses(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def come_as_guest(guest: Person, account: Account, event: str) -> Page:
    """Take the seat of Ben by a link, without an account."""
    page = guest.open(f"/join#link={invite(account, event)}")
    page.get_by_text("Ben", exact=True).click()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("navigation", name="Parts of the event")).to_be_visible()
    return page


def test_what_a_guest_adds_offline_is_the_guests(people, account, event):
    guest = people("Ben")
    come_as_guest(guest, account, event)
    page = open_event(guest, event)
    guest.go_offline()
    add(page, "Tea", "3.50")
    guest.come_back()
    assert account.awaits(event, "Tea")["created_by"]["name"] == "Ben"
    expect(page.get_by_text(NOT_SENT)).to_have_count(0)


def test_what_a_guest_could_not_send_goes_once_their_account_takes_the_seat_over(people, account, other, event):
    guest = people("Ben")
    guest.expect(r"failed POST .*/expenses net::ERR_FAILED")
    come_as_guest(guest, account, event)
    page = open_event(guest, event)
    guest.context.route("**/v1/events/*/expenses", lose_expenses)
    add(page, "Tea", "3.50")
    expect(row(page, "Tea")).to_contain_text(NOT_SENT)
    page.goto("/sign-in")
    sign_in(page, other.email, PASSWORD)
    expect(page.get_by_role("button", name="Take over")).to_be_visible()
    guest.context.unroute("**/v1/events/*/expenses")
    page.reload()
    page.goto("/")
    # Not as the account, which is not in the event and is not known to be the same person.
    expect(page.get_by_text(WAITS)).to_be_visible()
    assert account.expenses(event) == {}
    page.goto("/account")
    page.get_by_role("button", name="Take over").click()
    found = account.awaits(event, "Tea")
    assert found["created_by"] == {"user_id": other.get("/v1/users/me")["id"], "name": "Ben"}


def test_a_page_left_open_follows_who_signs_in_beside_it(people, account, other, event):
    asha = people("Asha", storage_state=account.state)
    asha.expect(r"^40[14] ")
    left = open_event(asha, event)
    beside = asha.context.new_page()
    beside.goto("/account")
    beside.get_by_role("button", name="Sign out on this device").click()
    expect(left.get_by_role("heading", name="There is nothing here")).to_be_visible()
    beside.goto("/sign-in")
    sign_in(beside, other.email, PASSWORD)
    expect(beside.get_by_label("Password", exact=True)).to_have_count(0)
    expect(left.get_by_role("heading", name="There is nothing here")).to_be_visible()
    left.goto("/account")
    expect(left.get_by_role("heading", name="Ben", exact=True)).to_be_visible()
    mine = other.make_event("Ben's", "Asha")
    left.goto(page_of(mine))
    add(left, "Rice", "12.00")
    assert other.awaits(mine, "Rice")["created_by"]["name"] == "Ben"
