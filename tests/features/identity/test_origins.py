"""A cookie counts only in a page of this instance: of its host, and over HTTPS where it is reached so."""

import json
import socket

import httpx2
import pytest

from allsquare.features.identity.sight import CrossOrigin, origin_of, sight_of
from tests.features.conftest import TIMEOUT_S
from tests.features.identity.accounts_helpers import browser

HOST = "allsquare.example.org"


def allowed(origin: str, *, scheme: str = "https", host: str = HOST, public_url: str | None = None) -> bool:
    headers = {"cookie": "allsquare=x", "origin": origin, "host": host}
    sight = sight_of(headers, method="POST", scheme=scheme, client=None, event_id=None)
    try:
        sight.require_same_origin(public_url)
    except CrossOrigin:
        return False
    return True


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        (f"https://{HOST}", True),
        (f"HTTPS://{HOST.upper()}:443", True),
        (f"http://{HOST}", False),
        (f"https://{HOST}:8443", False),
        (f"https://{HOST}.evil.example", False),
        (f"ftp://{HOST}", False),
        (HOST, False),
        ("null", False),
        ("", False),
        ("http://[", False),
        (f"https://{HOST}:x", False),
    ],
)
def test_a_page_over_https_is_one_of_that_very_scheme_and_host(origin, good):
    assert allowed(origin) is good
    assert allowed(origin, host=f"{HOST}:443") is good


def test_behind_a_proxy_that_ends_https_both_its_address_and_ours_are_good():
    public_url = f"https://{HOST}"
    assert allowed(public_url, scheme="http", host="10.0.0.7:8000", public_url=public_url)
    assert not allowed(f"http://{HOST}", scheme="http", host="10.0.0.7:8000", public_url=public_url)
    assert not allowed(f"http://{HOST}", scheme="https", public_url=public_url)
    # One that was not named in the settings, and lets Host pass.
    assert allowed(public_url, scheme="http")
    assert allowed(f"http://{HOST}", scheme="http")


def test_a_host_that_is_none_is_no_origin():
    assert not allowed("null", host="[")
    assert not allowed("http://[", host="[")
    assert origin_of("https://[::1]:8000/x?y") == "https://[::1]:8000"


def send_raw(running, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict]:
    """Send headers that no client would; gives the status and the problem."""
    host, port = running.url.removeprefix("http://").split(":")
    content = b"" if body is None else json.dumps(body).encode()
    given = {"Host": f"{host}:{port}", "Content-Type": "application/json", "Connection": "close", **headers}
    lines = [f"{name}: {value}" for name, value in given.items()]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, f"Content-Length: {len(content)}", "", ""])
    with socket.create_connection((host, int(port)), timeout=TIMEOUT_S) as connection:
        connection.sendall(head.encode("latin-1") + content)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, head
    return int(head.split()[1]), json.loads(content)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Origin": "http://["}, 403, "session.cross_origin"),
        ({"Origin": "http://localhost:x"}, 403, "session.cross_origin"),
        ({"Origin": "http://localhost", "Host": "["}, 403, "session.cross_origin"),
        ({"Origin": "http://[", "Host": "["}, 403, "session.cross_origin"),
        ({"Origin": "\xff"}, 403, "session.cross_origin"),
    ],
)
def test_nonsense_beside_a_cookie_is_refused_and_changes_nothing(running, headers, status, code):
    with browser(running) as asha:
        asha.sign_up()
        cookie = f"allsquare={asha.http.cookies['allsquare']}"
        for path in ("/v1/users/me", "/v1/sessions/current"):
            method, body = ("PATCH", {"name": "Eve"}) if path.endswith("me") else ("DELETE", None)
            found, problem = send_raw(running, method, path, body, Cookie=cookie, **headers)
            assert (found, problem["code"]) == (status, code)
        assert asha.me["name"] == "Asha"


def test_a_passkey_is_asked_for_at_a_host_that_is_one(running):
    found, problem = send_raw(running, "POST", "/v1/sessions/passkey/options", Host="[")
    assert (found, problem["code"]) == (422, "http.header_invalid")
    answer = httpx2.post(f"{running.url}/v1/sessions/passkey/options")
    assert answer.status_code == 200
