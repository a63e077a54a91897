"""Every answer tells browsers how little it may be used for, and no other origin reads one unless it is let."""

import re
from dataclasses import replace

import httpx2
import pytest

from allsquare.edges.http.app import build_app
from allsquare.edges.http.guard import guard, guards_of
from tests.features.api_client import dinner
from tests.features.conftest import PEOPLE, served

ALWAYS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PAGES = "https://pages.example"


def guarded(response: httpx2.Response) -> dict[str, list[str]]:
    return {name: response.headers.get_list(name) for name in ALWAYS}


def once(headers: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


def test_every_answer_is_guarded_whatever_it_is(api, running):
    event = api.event()
    answers = {
        200: [api.send("GET", event), api.send("GET", "/healthz"), api.send("GET", "/openapi.json")],
        201: [api.send("POST", f"{event}/expenses", dinner()), api.send("POST", f"{event}/members", {"name": "Dia"})],
        401: [httpx2.get(f"{running.url}{event}"), httpx2.post(f"{running.url}{event}/expenses", content=b"{}")],
        404: [api.send("GET", "/nope.js"), api.send("GET", "/v1/nope"), api.send("GET", "/docs/assets/nothing.js")],
        405: [api.send("POST", "/docs")],
        413: [api.send("POST", f"{event}/expenses", b"x" * (1024 * 1024 + 1))],
        422: [api.send("POST", f"{event}/expenses", {}), api.send("POST", "/v1/events", {})],
    }
    for status, responses in answers.items():
        for response in responses:
            assert response.status_code == status, response.text
            assert guarded(response) == once(ALWAYS), response.url
            assert "strict-transport-security" not in response.headers
            assert "access-control-allow-origin" not in response.headers
            private = ["no-store"] if response.url.path.startswith("/v1/") else []
            assert response.headers.get_list("cache-control") == private, response.url


def test_what_an_answer_says_itself_stays_and_is_said_once():
    own = [(b"content-type", b"text/html"), (b"cache-control", b"max-age=60"), (b"content-security-policy", b"x")]
    headers = guard(own, guards_of("/v1/events", "http"))
    assert headers[:3] == own
    assert sorted(name.decode() for name, _ in headers[3:]) == sorted(ALWAYS.keys() - {"content-security-policy"})


def test_a_stream_is_kept_nowhere_either(api):
    event = api.event()
    with api.http.stream("GET", f"{event}/journal", headers={"Accept": "text/event-stream"}) as response:
        assert response.headers.get_list("cache-control") == ["no-store"]
        assert guarded(response) == once(ALWAYS)


@pytest.mark.parametrize("path", ["/v1/events", "/docs"])
def test_only_https_is_held_to_itself(path):
    assert (b"strict-transport-security", b"max-age=31536000") in guards_of(path, "https")
    assert b"strict-transport-security" not in dict(guards_of(path, "http"))


async def test_an_answer_over_https_says_so():
    sent = []

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/healthz", "scheme": "https", "headers": [], "query_string": b""}
    await build_app(lambda: None)(scope, receive, send)
    assert dict(sent[0]["headers"])[b"strict-transport-security"] == b"max-age=31536000"


# The page about the API -----------------------------------------------------------------------------------------------


def test_the_page_about_the_api_has_nothing_inline_and_a_policy_that_would_not_let_it(running):
    page = httpx2.get(f"{running.url}/docs")
    [policy] = page.headers.get_list("content-security-policy")
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert guarded(page) == once({**ALWAYS, "content-security-policy": policy})
    for attributes, content in re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL):
        assert "src=" in attributes
        assert content == ""
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.text)


# Other origins --------------------------------------------------------------------------------------------------------

ASKED = {
    "Origin": PAGES,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match,last-event-id",
}


def shared(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control")}


def test_no_other_origin_is_let_in_by_default(api):
    assert shared(api.send("GET", "/v1/events", headers={"Origin": PAGES})) == {}
    preflight = api.send("OPTIONS", "/v1/events", headers=ASKED)
    assert (preflight.status_code, shared(preflight)) == (405, {})


@pytest.fixture(scope="module")
def sharing(api_database, tmp_path_factory):
    people = replace(PEOPLE, cors_origins=(PAGES,))
    with served(api_database.app_url, tmp_path_factory.mktemp("owner"), people=people) as started:
        yield started


def test_an_origin_that_is_let_in_may_ask_with_a_token_and_read(sharing):
    preflight = httpx2.options(f"{sharing.url}/v1/events", headers=ASKED)
    assert preflight.status_code == 200
    told = shared(preflight)
    assert told["access-control-allow-origin"] == PAGES
    assert {"PUT", "PATCH", "DELETE"} <= set(told["access-control-allow-methods"].split(", "))
    allowed = {name.lower() for name in told["access-control-allow-headers"].split(", ")}
    assert set(ASKED["Access-Control-Request-Headers"].split(",")) <= allowed
    assert "access-control-allow-credentials" not in told
    headers = {"Authorization": f"Bearer {sharing.token}", "Origin": PAGES}
    with httpx2.Client(base_url=sharing.url, headers=headers) as client:
        event = client.post("/v1/events", json={"name": "Trip", "currency": "INR", "members": [{"name": "Asha"}]})
        assert event.status_code == 201, event.text
        place = event.headers["location"]
        for answer in (
            client.get(place),
            client.post(f"{place}/expenses", json=dinner()),  # the short way
            client.post(f"{place}/expenses", json={}),
            client.post(f"{place}/expenses", content=b"x" * (1024 * 1024 + 1)),
        ):
            assert shared(answer) == {
                "access-control-allow-origin": PAGES,
                "access-control-expose-headers": "ETag, Location, Idempotency-Replayed, Retry-After, X-Request-ID, "
                "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
            }, answer.text
            assert answer.headers["vary"] == "Origin"
            assert guarded(answer) == once(ALWAYS)


@pytest.mark.parametrize("origin", ["https://other.example", f"{PAGES}.other.example", PAGES.upper(), "null"])
def test_an_origin_that_is_not_on_the_list_is_not_let_in(sharing, origin):
    headers = {**ASKED, "Origin": origin}
    preflight = httpx2.options(f"{sharing.url}/v1/events", headers=headers)
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    answer = httpx2.get(f"{sharing.url}/healthz", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
