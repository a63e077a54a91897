"""The web app is served from the folder that was built, and nothing else is: quickly, and under a strict policy."""

import gzip
import re
from pathlib import Path

import httpx2
import pytest

from allsquare.edges.http.app import build_app
from allsquare.edges.http.guard import PAGE
from tests.features.test_security_headers import ALWAYS, guarded, once

INDEX = b"<!DOCTYPE html><html lang='en'><title>Allsquare</title><div id='app'></div></html>"
SCRIPT = b"console.log('what a long script this is');" * 50
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br, zstd"}
OTHERS = ["/v1", "/v1/nope", "/v2/events", "/docs/nope", "/healthz/nope", "/.well-known/nope", "/assets/", "/a/nope.js"]


@pytest.fixture
def built(tmp_path) -> Path:
    folder = tmp_path / "webapp"
    (folder / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("a secret")
    (folder / "index.html").write_bytes(INDEX)
    (folder / "sw.js").write_bytes(b"self.skipWaiting()")
    for name in ("manifest.webmanifest", "icon.svg", "icon.png", "assets/text-0.woff2", "assets/style-0.css"):
        (folder / name).write_bytes(name.encode())
    (folder / "assets/main-0.js").write_bytes(SCRIPT)
    (folder / "assets/main-0.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets/main-0.js.br").write_bytes(b"brotli, as far as a server knows")
    return folder


@pytest.fixture
async def http(built):
    transport = httpx2.ASGITransport(build_app(lambda: None, web_app=built))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=BROWSER) as client:
        yield client


async def exchange(http: httpx2.AsyncClient, path: str, **headers: str) -> httpx2.Response:
    """Get a path, and leave the body as it came."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.stream("GET", path, headers=named) as response:
        response._content = b"".join([part async for part in response.aiter_raw()])
    return response


@pytest.mark.parametrize("path", ["/", "/join", "/events/0190", "/reset", "/vienna", "/index.html"])
async def test_every_page_of_the_app_is_its_first_page(http, path):
    for headers in (BROWSER, {"Accept": "*/*"}, {"Accept": ""}):
        page = await http.get(path, headers=headers)
        assert (page.status_code, page.content) == (200, INDEX)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"
        assert guarded(page) == once({**ALWAYS, "content-security-policy": PAGE})
    head = await http.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(INDEX)))


@pytest.mark.parametrize("path", OTHERS)
async def test_what_is_no_page_of_the_app_stays_a_problem(http, path):
    for method in ("GET", "HEAD", "POST", "DELETE"):
        response = await http.request(method, path)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


async def test_a_program_that_has_lost_its_way_is_told_so_and_gets_no_page(http):
    response = await http.get("/events", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (404, "http.not_found")


@pytest.mark.parametrize("path", ["/", "/join", "/sw.js"])
async def test_nothing_can_be_sent_to_a_page(http, path):
    response = await http.post(path, json={})
    assert (response.status_code, response.json()["code"]) == (405, "http.method_not_allowed")


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
        ("/icon.png", "image/png", "no-cache"),
        ("/assets/text-0.woff2", "font/woff2", "public, max-age=31536000, immutable"),
        ("/assets/style-0.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/main-0.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    ],
)
async def test_each_file_says_what_it_is_and_how_long_it_stays_true(http, built, path, kind, cache):
    response = await exchange(http, path, Accept_Encoding="identity")
    assert response.content == (built / path[1:]).read_bytes()
    assert (response.headers["content-type"], response.headers["cache-control"]) == (kind, cache)
    policy = PAGE if path.endswith(".js") else ALWAYS["content-security-policy"]
    assert guarded(response) == once({**ALWAYS, "content-security-policy": policy})


def test_the_policy_of_pages_lets_workers_and_fonts_of_ours_in_and_nothing_inline_or_from_elsewhere():
    policy = dict(part.strip().split(" ", 1) for part in PAGE.split(";"))
    assert policy.pop("default-src") == "'none'"
    for kind in ("script", "style", "font", "connect", "worker", "manifest"):
        assert policy.pop(f"{kind}-src") == "'self'"
    assert policy == {
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", None),
        ("br;q=1.0", "br"),
        ("identity", None),
        ("", None),
    ],
)
async def test_a_file_comes_in_the_smallest_form_that_is_accepted(http, built, accepted, chosen):
    response = await exchange(http, "/assets/main-0.js", Accept_Encoding=accepted)
    suffix = {"br": ".br", "gzip": ".gz", None: ""}[chosen]
    assert response.content == (built / f"assets/main-0.js{suffix}").read_bytes()
    assert response.headers.get("content-encoding") == chosen
    assert response.headers["vary"] == "Accept-Encoding"


async def test_the_packed_forms_are_no_files_of_their_own(http):
    for path in ("/assets/main-0.js.gz", "/assets/main-0.js.br"):
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/", "/assets/main-0.js"])
async def test_what_a_browser_has_is_not_sent_again_and_keeps_its_policy(http, path):
    first = await exchange(http, path)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await exchange(http, path, If_None_Match=known)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary", "content-security-policy"):
            assert again.headers[name] == first.headers[name]
        assert "content-length" not in again.headers
    assert (await exchange(http, path, If_None_Match='"other"')).status_code == 200


async def test_each_form_of_a_file_has_a_tag_of_its_own(http):
    packed, plain = [
        (await exchange(http, "/assets/main-0.js", Accept_Encoding=each)).headers["etag"] for each in ("br", "")
    ]
    assert packed != plain
    assert (await exchange(http, "/assets/main-0.js", Accept_Encoding="", If_None_Match=packed)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/assets/../../secret.txt", "/assets/..\\..\\secret.txt", "//etc/hosts.txt", "/./secret.txt\0"],
)
async def test_no_path_leads_out_of_the_folder(built, path):
    sent = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": path, "scheme": "http", "headers": [], "query_string": b""}
    await build_app(lambda: None, web_app=built)(scope, receive, send)
    assert sent[0]["status"] == 404
    assert b"a secret" not in sent[1]["body"]


async def test_where_nothing_was_built_a_page_says_how_to_build_it(tmp_path):
    transport = httpx2.ASGITransport(build_app(lambda: None, web_app=tmp_path / "nowhere"))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=BROWSER) as client:
        page = await client.get("/join", headers={"If-None-Match": "*"})
        assert (page.status_code, page.headers["cache-control"]) == (503, "no-cache")
        assert "make web" in page.text
        assert not re.search(r"<style|<script|\sstyle=|\son\w+=|https?:", page.text)
        assert guarded(page) == once({**ALWAYS, "content-security-policy": PAGE})
        assert (await client.get("/sw.js")).status_code == 404
        assert (await client.get("/docs")).status_code == 200


async def test_no_operation_of_the_api_is_a_page(built):
    assert {path.split("/")[1] for path in build_app(lambda: None, web_app=built)._application.openapi()["paths"]} == {
        "v1",
        "healthz",
        "readyz",
        ".well-known",
    }
