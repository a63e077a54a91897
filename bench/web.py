"""Measure the web app in Chromium as on a cheap telephone: a processor four times slower, and fast 3G.

It says how much JavaScript the first page takes, how long the shell takes to be usable, cold and again, how long an
event with many expenses takes once its data is there, and how it scrolls.
"""

import argparse
import gzip
import re
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.instance import own_service, remove_data
from tests.e2e.browser.chromium import FLAGS, find_chromium
from tools import web

SLOWER = 4
FAST_3G = {"offline": False, "latency": 562.5, "downloadThroughput": 1_440_000 // 8, "uploadThroughput": 675_000 // 8}
ASHA = {"name": "Asha", "email": "asha@example.org", "password": "lantern orbit velvet seven"}
MEMBERS = [{"name": "Asha", "me": True}, *[{"name": name} for name in ("Ben", "Chen", "Dia", "Eli")]]
BATCH = 1_000

# Usable: the heading of home stands there, and the main thread answers within a frame or two.
USABLE = """() => new Promise((resolve) => {
    const look = () => {
        if (document.querySelector("main h1, main h2") === null) return requestAnimationFrame(look);
        requestIdleCallback(() => resolve(performance.now()), { timeout: 10000 });
    };
    look();
})"""
# From the last byte of the list to the first row on the page.
OPENED = """() => new Promise((resolve) => {
    const look = () => {
        if (document.querySelector("main li[data-index]") === null) return requestAnimationFrame(look);
        const list = performance.getEntriesByType("resource").filter((each) => each.name.includes("/expenses?"));
        requestAnimationFrame(() => resolve(performance.now() - list[0].responseEnd));
    };
    look();
})"""
# As a thumb does: 40 flicks down; how long each frame took meanwhile.
SCROLLED = """() => new Promise((resolve) => {
    const frames = [];
    let before = performance.now();
    let flicks = 0;
    const step = (now) => {
        frames.push(now - before);
        before = now;
        window.scrollBy(0, 120);
        flicks += 1;
        if (flicks < 240) requestAnimationFrame(step);
        else resolve(frames.slice(1));
    };
    requestAnimationFrame(step);
})"""


def main() -> None:
    """Measure, and print medians."""
    words = argparse.ArgumentParser(prog="bench.web", description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--expenses", type=int, default=10_000)
    told = words.parse_args()
    web.build()
    print(f"JavaScript of the first page   {initial_javascript() / 1024:8.1f} KiB gzip")
    with ExitStack() as running:
        folder = Path(tempfile.mkdtemp(prefix="allsquare-bench-"))
        running.callback(remove_data, folder)
        service = running.enter_context(own_service(folder, ALLSQUARE_SIGN_UP="open"))
        url = f"http://localhost:{service.port}"
        cookie, event = _make_event(url, told.expenses)
        browser = running.enter_context(_browser())
        _show("usable, cold", [_cold(browser, url, cookie)[0] for _ in range(told.rounds)], "ms")
        _show("usable, again", [_cold(browser, url, cookie)[1] for _ in range(told.rounds)], "ms")
        found = [_event(browser, f"{url}/events/{event}", url, cookie) for _ in range(told.rounds)]
        _show(f"{told.expenses:,} expenses, after the data", [each[0] for each in found], "ms")
        frames = [frame for each in found for frame in each[1]]
        ordered = sorted(frames)
        share = 100 * sum(1 for frame in frames if frame > 50) / len(frames)
        print(
            f"scrolling, a frame             {statistics.median(frames):8.1f} ms at the median, "
            f"{ordered[int(len(ordered) * 0.95)]:.1f} at the 95th percentile; {share:.1f} % of them over 50 ms"
        )


def initial_javascript() -> int:
    """Give the size of the scripts that the first page needs: those it names, and a language; compressed."""
    page = (web.APP / "index.html").read_text()
    named = [web.APP / name for name in re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', page)]
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in (*named, *web.APP.glob("assets/en-*.js")))


def _make_event(url: str, expenses: int) -> tuple[str, str]:
    with httpx2.Client(base_url=url, headers={"Origin": url}, timeout=120) as client:
        client.post("/v1/users", json=ASHA).raise_for_status()
        body = {"name": "Long trip", "currency": "EUR", "members": MEMBERS}
        event = client.post("/v1/events", json=body).raise_for_status().json()["id"]
        for begin in range(0, expenses, BATCH):
            lines = [_expense(number) for number in range(begin, min(begin + BATCH, expenses))]
            client.post(f"/v1/events/{event}/expenses/batch", json=lines).raise_for_status()
        return client.cookies["allsquare"], event


def _expense(number: int) -> dict[str, Any]:
    day = f"2026-{1 + number % 12:02}-{1 + number % 28:02}"
    amount = f"{1 + number % 90}.{number % 100:02}"
    return {"description": f"Expense {number}", "amount": amount, "date": day, "paid_by": 1 + number % 5}


@contextmanager
def _browser() -> Iterator[Browser]:
    chromium = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.program, args=[*FLAGS], env={**chromium.environment}
        )
        yield browser
        browser.close()


def _telephone(browser: Browser, url: str, cookie: str) -> BrowserContext:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, locale="en-GB")
    context.add_cookies([{"name": "allsquare", "value": cookie, "url": url, "httpOnly": True, "sameSite": "Lax"}])
    return context


def _slow(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", FAST_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _cold(browser: Browser, url: str, cookie: str) -> tuple[float, float]:
    """Open home for the first time and again, in milliseconds."""
    context = _telephone(browser, url, cookie)
    page = context.new_page()
    _slow(page)
    page.goto(url, wait_until="commit")
    cold = page.evaluate(USABLE)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.close()
    page = context.new_page()
    _slow(page)
    page.goto(url, wait_until="commit")
    again = page.evaluate(USABLE)
    context.close()
    return cold, again


def _event(browser: Browser, page_url: str, url: str, cookie: str) -> tuple[float, list[float]]:
    """Open an event and scroll through it; give how long it took after its data was there, and each frame."""
    context = _telephone(browser, url, cookie)
    page = context.new_page()
    _slow(page)
    page.goto(page_url, wait_until="commit")
    opened = page.evaluate(OPENED)
    frames = page.evaluate(SCROLLED)
    context.close()
    return opened, frames


def _show(what: str, found: list[float], unit: str) -> None:
    print(f"{what:30} {statistics.median(found):8.0f} {unit}  (of {min(found):,.0f} to {max(found):,.0f})")


if __name__ == "__main__":
    main()
