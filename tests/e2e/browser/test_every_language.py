"""Every language is whole, and its numbers and dates are its own; pages can be mirrored, and need not move."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.looking import THEMES, axe, fits, shot
from tests.e2e.browser.scrutiny import lost_where_narrow, unfinished

CATALOGUES = Path(__file__).parents[3] / "web" / "src" / "i18n"
LANGUAGES = {"en": "en-GB", "de": "de-DE", "es": "es-ES", "hi": "hi-IN"}
_TEXT = re.compile(r'^ +"([\w.]+)":\s+"((?:[^"\\]|\\.)*)",$', re.MULTILINE)
# Shorter ones may be a part of something else, or a word of both languages.
LONG = 12
HOUSE = """() => new Intl.NumberFormat(navigator.language, { style: "currency", currency: "EUR" }).format(2480.5)"""
FIRST_OF_JULY = """() =>
    new Intl.DateTimeFormat(navigator.language, { day: "numeric", month: "short", timeZone: "UTC" })
        .format(new Date("2025-07-01T00:00Z"))"""


def catalogue(language: str) -> dict[str, str]:
    """Read the texts of a language."""
    return dict(_TEXT.findall("".join(path.read_text() for path in sorted((CATALOGUES / language).glob("*.ts")))))


def written(page: Page) -> str:
    """Give all that is written on a page; spaces are spaces, whether a line may break there or not."""
    return re.sub(r"\s+", " ", page.locator("body").inner_text())


def arrived(page: Page) -> None:
    """Wait until a page is there, with the form that it opens."""
    expect(page.locator("main").get_by_role("heading").first).to_be_attached()
    expect(page.get_by_role("dialog")).to_have_count(int(page.url.endswith("/new") and "/events/" in page.url))
    expect(page.locator(".animate-pulse")).to_have_count(0)


def left_in_english(page: Page, language: str) -> list[str]:
    """Find texts of ours that are in English where they should not be."""
    own, text = catalogue(language), written(page)
    foreign = [english for key, english in catalogue("en").items() if own.get(key) != english]
    return [each for each in foreign if len(each) >= LONG and "{" not in each and each in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_one_language(people, rich, language):
    person = people("Asha", locale=LANGUAGES[language], reduced_motion="reduce")
    rich.sign_in(person, rich.asha)
    for path, name in (
        ("/", "home"),
        (f"/events/{rich.trip}", "expenses"),
        (f"/events/{rich.trip}/new", "form"),
        (f"/events/{rich.trip}/balances", "balances"),
        (f"/events/{rich.trip}/settle", "settle"),
        (f"/events/{rich.trip}/activity", "activity"),
        (f"/events/{rich.trip}/settings", "settings"),
        ("/account", "account"),
        ("/groups", "groups"),
        ("/new", "new-event"),
    ):
        page = person.open(path)
        arrived(page)
        assert page.evaluate("document.documentElement.lang") == language
        assert unfinished(page) == [], path
        assert language == "en" or left_in_english(page, language) == [], path
        assert lost_where_narrow(page) == [], path
        fits(page)
        shot(page, f"{language}-{name}", whole=False)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        axe(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_dates_are_written_as_the_language_does(people, rich, language):
    person = people("Asha", locale=LANGUAGES[language], reduced_motion="reduce")
    rich.sign_in(person, rich.asha)
    page = person.open(f"/events/{rich.trip}")
    expect(page.get_by_role("link", name="Beach house")).to_be_visible()
    text = written(page)
    for expected in (page.evaluate(HOUSE), page.evaluate(FIRST_OF_JULY)):
        assert re.sub(r"\s+", " ", expected) in text


def test_pages_can_be_mirrored(people, rich):
    person = people("Asha", reduced_motion="reduce")
    rich.sign_in(person, rich.asha)
    for path, name in (
        ("/", "home"),
        (f"/events/{rich.trip}", "expenses"),
        (f"/events/{rich.trip}/new", "form"),
        (f"/events/{rich.trip}/balances", "balances"),
        (f"/events/{rich.trip}/settle", "settle"),
        (f"/events/{rich.trip}/settings", "settings"),
    ):
        page = person.open(path)
        arrived(page)
        page.evaluate("document.documentElement.dir = 'rtl'")
        fits(page)
        assert lost_where_narrow(page) == [], path
        shot(page, f"mirrored-{name}", whole=False)


def test_nothing_moves_where_that_is_not_wanted(people, rich):
    person = people("Asha", reduced_motion="reduce")
    rich.sign_in(person, rich.asha)
    page = person.open(f"/events/{rich.square}/settle")
    expect(page.get_by_text("Everybody has what is theirs")).to_be_visible()
    page.get_by_role("link", name="Expenses", exact=True).hover()
    ends = page.evaluate("document.getAnimations().map((each) => each.effect.getComputedTiming().endTime)")
    assert [end for end in ends if end > 1] == []
