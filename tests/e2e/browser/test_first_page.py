"""What everybody sees first is there, whole and quiet; and what goes wrong in a browser does not go unnoticed."""

import json
import re

import httpx2
import pytest
from playwright.sync_api import expect

from tests.e2e.browser.looking import axe, fits, shots
from tests.e2e.cli_helpers import looks


def test_the_first_page_loads_quietly_and_keeps_nobody_out(people, service):
    page = people().open()
    expect(page).to_have_title(re.compile("Allsquare"))
    expect(page.get_by_role("heading").first).to_be_visible()
    axe(page)
    shots(page, "first")
    policy = httpx2.get(service.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_app_opens_again_without_a_network(people):
    asha = people()
    page = asha.open()
    expect(page.get_by_role("heading").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(worker => worker.scope)")
    asha.go_offline()
    page.reload()
    expect(page.get_by_role("heading").first).to_be_visible()


def test_the_page_about_the_api_is_shown_and_minds_nothing(people):
    page = people(width=1280).open("/docs")
    expect(page.get_by_text("/v1/events/{event_id}/balances", exact=False).first).to_be_visible()


HEAR = """async ([path, headers]) => {
    const answer = await fetch(path, { headers: { ...headers, Accept: "text/event-stream" } });
    const reader = answer.body.getReader();
    await reader.read();
    const hear = async () => { while (!(await reader.read()).done); return "ended"; };
    window.heard = hear().catch(() => "cut");
}"""
SEND = """([path, headers, body]) => {
    const sent = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body };
    window.answer = fetch(path, sent).then((answer) => answer.status, () => "lost");
}"""
BY_THEN = "Promise.race([window.{}, new Promise((done) => setTimeout(done, 10_000, 'nothing yet'))])"
TRIP = {"name": "Trip", "currency": "EUR", "members": [{"name": "Asha"}]}


def test_a_device_that_goes_offline_hears_no_stream_any_longer(people, service):
    owner = {"Authorization": f"Bearer {service.served.token}"}
    event = httpx2.post(f"{service.url}/v1/events", json=TRIP, headers=owner).headers["location"]
    asha = people()
    page = asha.open("/docs")
    page.evaluate(HEAR, [f"{event}/journal", owner])
    asha.go_offline()
    assert page.evaluate(BY_THEN.format("heard")) == "cut"
    assert page.evaluate("fetch('/healthz').then(() => 'heard', () => navigator.onLine)") is False
    asha.come_back()
    assert page.evaluate("fetch('/healthz').then(answer => answer.status)") == 200


def test_an_answer_can_be_lost_after_the_service_did_what_was_asked(people, service):
    owner = {"Authorization": f"Bearer {service.served.token}"}
    asha = people()
    page = asha.open("/docs")
    asha.lose_answers()
    page.evaluate(SEND, ["/v1/events", owner, json.dumps({**TRIP, "name": "Lost"})])
    for _ in looks("what was sent arrives"):
        if "Lost" in httpx2.get(f"{service.url}/v1/events", headers=owner).text:
            break
    asha.come_back()
    assert page.evaluate(BY_THEN.format("answer")) == "lost"


def test_a_service_that_was_killed_comes_back_under_the_same_address(people, service):
    asha = people()
    expect(asha.open().get_by_role("heading").first).to_be_visible()
    asha.expect(r"net::ERR_")
    service.kill()
    service.start()
    page = asha.open("/docs")
    expect(page).to_have_title("Allsquare API")


def test_whatever_goes_wrong_on_a_page_is_noticed(people):
    ben = people("Ben")
    page = ben.open()
    assert ben.unexpected() == []
    page.evaluate("console.error('loud')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("document.head.append(Object.assign(document.createElement('style'), { textContent: 'p {}' }))")
    page.evaluate("fetch('https://elsewhere.example/').catch(() => 0)")
    page.evaluate("fetch('/v1/nope')")
    for pattern in (
        r"^console error: loud",
        r"^uncaught: .*thrown",
        r"^console error: .*inline style.*Content Security Policy",
        r"^console error: .*elsewhere\.example.*Content Security Policy",
        r"^404 GET /v1/nope$",
    ):
        assert [each for each in ben.unexpected() if re.search(pattern, each)], (pattern, ben.troubles)
    ben.expect(".")


def test_what_keeps_somebody_from_using_a_page_is_found(people):
    page = people().open()
    expect(page.get_by_role("heading").first).to_be_visible()
    axe(page)
    fits(page)
    page.evaluate("document.querySelector('main').append(new Image())")
    with pytest.raises(AssertionError, match=r"image-alt \(critical\)"):
        axe(page)
    axe(page, "header")
    page.evaluate("document.querySelector('main').style.setProperty('width', '500px')")
    with pytest.raises(AssertionError, match=r"the page is 5\d\d px wide, there are 360"):
        fits(page)
