"""Look closely: is a page fit for everybody, whatever they see, press, read, and have room for?"""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browser.looking import THEMES, axe, fits, shots

NARROW = ((320, 480), (640, 400))
"""What is left of a small telephone where everything is larger, and of a laptop's window at 200 %."""

NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SCRUTINY = Path(__file__).with_name("scrutiny.js").read_text()
NAMES = {"owner.token"}
# A key of the catalogue, or a value that was not put in.
_NO_LANGUAGE = re.compile(
    r"\{\w+\}|\bundefined\b|\bnull\b|\bNaN\b|\[object|(?<![\w@./-])[a-z]{3,}(?:\.[a-z_]+)+(?![\w@/-])"
)


def look(page: Page, name: str) -> None:
    """Find a page fit for everybody as it is now, and write pictures of it."""
    expect(page.locator(".animate-pulse")).to_have_count(0)
    found = [*unfinished(page), *(f"too small for a finger: {each}" for each in page.evaluate(SCRUTINY, "small"))]
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.evaluate(NEXT_FRAME)
        axe(page)
    shots(page, name)
    found += lost_where_narrow(page)
    # Last, for a field that is left closes what hangs on it.
    found += page.evaluate(SCRUTINY, "ringless")
    assert not found, "\n".join([name, *found])


def unfinished(page: Page) -> list[str]:
    """Find what a page says that is no language."""
    found = _NO_LANGUAGE.findall("\n".join(page.evaluate(SCRUTINY, "words")))
    return [f"unfinished: {each}" for each in found if each not in NAMES]


def lost_where_narrow(page: Page) -> list[str]:
    """Find what is cut or out of reach where there is little room."""
    before, found = page.viewport_size, []
    for width, height in NARROW:
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        for what in ("cut", "covered"):
            found += [f"{what} at {width} × {height} px: {each}" for each in page.evaluate(SCRUTINY, what)]
    if before is not None:
        page.set_viewport_size(before)
    return found
