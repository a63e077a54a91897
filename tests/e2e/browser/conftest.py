"""Give tests the real service, a real Chromium, and people with devices of their own.

Everything of Playwright lives as long as one file of tests: its synchronous interface keeps a loop running in this
thread, in which no test or fixture elsewhere could run a loop of its own.
"""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.browser.chromium import FLAGS, PACKAGES, Chromium, find_chromium
from tests.e2e.browser.looking import shot
from tests.e2e.browser.people import TIMEOUT_MS, Person
from tests.e2e.browser.rich import Rich, make_rich
from tests.e2e.browser.service import Service
from tests.pg.embedded_helpers import remove_data_dir
from tools import web

FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=TIMEOUT_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Remember whether a test failed, so that its people can show what they saw."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Return a Chromium; the first call of all may have to fetch and unpack it."""
    web.install(PACKAGES.parent)
    return find_chromium()


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    """Return a running browser, in which everybody has a context of their own."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium.program, args=[*FLAGS], env={**chromium.environment}
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def service(run_folder: Path) -> Iterator[Service]:
    """Return the running service, which the tests of one file share; whoever kills it starts it again."""
    folder = run_folder / f"web-{secrets.token_hex(4)}"
    running = Service(folder)
    try:
        running.start()
        yield running
        assert running.was_calm()
    finally:
        running.close()
        remove_data_dir(folder)


@pytest.fixture(scope="module")
def rich(service: Service) -> Rich:
    """Return a service that is lived in."""
    return make_rich(service)


@pytest.fixture
def people(browser: Browser, service: Service, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Return what brings people: `people("Asha", width=1280, locale="de-DE", color_scheme="dark")`."""
    there: list[Person] = []

    def bring(name: str = "Asha", **options: object) -> Person:
        there.append(Person(name, browser, service, **options))
        return there[-1]

    yield bring
    for person in there:
        if request.node.stash.get(FAILED, False):
            shot(person.page, f"failed/{request.node.name}-{person.name}".replace("/", "-"), whole=False)
        person.leave()
    assert {person.name: person.unexpected() for person in there if person.unexpected()} == {}
