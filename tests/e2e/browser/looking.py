"""Look at pages: as somebody who cannot see them well, and as somebody who wants a picture."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.browser.chromium import PACKAGES

SHOTS = Path(__file__).parents[1] / "shots"
WIDTHS = {360: 740, 768: 1024, 1280: 800}
"""The widths at which every page is looked at, with their heights."""

THEMES = ("light", "dark")
SETTLES_MS = (200, 400, 800)


def axe(page: Page, within: str | None = None) -> None:
    """Find nothing that keeps anybody from using the page, or the part of it that a selector names.

    Shape: what fades from one theme to the other, or is about to be there, has a moment to settle.
    """
    # Evaluated from outside, where the policy of the page has no say; a script tag would be refused.
    page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text())
    for wait_ms in (*SETTLES_MS, None):
        found = page.evaluate("place => axe.run(place ?? document, { resultTypes: ['violations'] })", within)
        if not found["violations"]:
            return
        if wait_ms is not None:
            page.wait_for_timeout(wait_ms)
    raise AssertionError("\n".join(_told(each) for each in found["violations"]))


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(f"{' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in violation["nodes"])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}: {places}"


def shot(page: Page, name: str, *, whole: bool = True) -> Path:
    """Write a picture of the page into tests/e2e/shots/; not committed, but looked at."""
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


def shots(page: Page, name: str) -> None:
    """Write a picture of the page at every width and in both themes; at none does it go beyond the edge."""
    before = page.viewport_size
    # A dialog is as tall as what is seen of the page.
    whole = page.locator("dialog[open]").count() == 0
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            shot(page, f"{name}-{width}-{theme}", whole=whole)
    page.emulate_media(color_scheme="null")
    if before is not None:
        page.set_viewport_size(before)


def fits(page: Page) -> None:
    """Hold the page to its width: nobody scrolls sideways."""
    wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= there, f"the page is {wide} px wide, there are {there}"
