"""The first page is small enough for a slow line: what it asks for is counted, and there is a most."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tools import web

MOST_KIB = 130


def test_the_first_page_takes_no_more_javascript_than_it_may(people):
    asha = people()
    asked: set[str] = set()
    asha.context.on("request", lambda request: asked.add(request.url))
    page = asha.context.new_page()
    # The worker fetches everything for later; what a stranger waits for is what the page itself asks for.
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.goto("/")
    expect(page.get_by_role("heading").first).to_be_visible()
    names = {found[1] for url in asked if (found := re.search(r"/(assets/[^/]+\.js)$", url))}
    assert names
    size = sum(_size(web.APP / name) for name in names)
    assert size <= MOST_KIB * 1024, sorted(names)
    print(f"{size / 1024:.1f} KiB")


def _size(path: Path) -> int:
    """Give what is sent: what would not be smaller is not packed."""
    packed = path.with_name(f"{path.name}.gz")
    return (packed if packed.exists() else path).stat().st_size
