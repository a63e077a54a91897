"""A new version of the app comes when whoever looks is ready for it; until then the one that is open goes on whole."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import page_of, signed_up
from tests.e2e.browser.event_page import fill_in, go_to, open_event
from tests.e2e.browser.people import Person
from tests.e2e.browser.releases import Releases

SETTINGS = "Members"
READY = "A new version is ready."
UPDATE = "navigator.serviceWorker.getRegistration().then(registration => registration.update()).then(() => true)"
SHELLS = "caches.keys().then(names => names.length)"


@pytest.fixture(scope="module")
def account(service):
    yield from signed_up(service, "Asha")


@pytest.fixture(scope="module")
def event(account):
    return account.make_event("Trip", "Ben")


@pytest.fixture
def releases(service):
    releases = Releases(service)
    yield releases
    releases.close()


@pytest.fixture
def asha(browser, releases, account):
    asha = Person("Asha", browser, releases, storage_state=account.state)
    yield asha
    asha.leave()
    assert asha.unexpected() == []


def test_the_page_that_is_open_goes_on_until_somebody_wants_the_new_version(asha, releases, account, event):
    page = open_event(asha, event)
    second = asha.context.new_page()
    second.goto(page_of(event))
    expect(page.get_by_text(READY)).to_have_count(0)
    releases.number = 1
    page.evaluate(UPDATE)
    for each in (page, second):
        expect(each.get_by_text(READY)).to_be_visible()
    # What the new version does not have any more still comes from what is kept.
    go_to(page, "Settings")
    expect(page.get_by_role("heading", name=SETTINGS, exact=True)).to_be_visible()
    form = fill_in(second, "Tea", "3.50")
    with page.expect_navigation():
        page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", name="Trip", exact=True)).to_be_visible()
    expect(page.get_by_text(READY)).to_have_count(0)
    # The other page was not taken away from whoever types there, and loads what it needs.
    expect(form.title).to_have_value("Tea")
    form.save()
    account.awaits(event, "Tea")
    go_to(second, "Settings")
    expect(second.get_by_role("heading", name=SETTINGS, exact=True)).to_be_visible()
    expect(second.get_by_text(READY)).to_be_visible()
    second.get_by_role("button", name="Reload").click()
    expect(second.get_by_text(READY)).to_have_count(0)


def test_no_more_than_the_version_before_is_kept(asha, releases, account, event):
    page = open_event(asha, event)
    for number in (1, 2, 3):
        releases.number = number
        page.evaluate(UPDATE)
        with page.expect_navigation():
            page.get_by_role("button", name="Reload").click()
        expect(page.get_by_text(READY)).to_have_count(0)
        assert page.evaluate(SHELLS) == 2
