"""What every route has in common over HTTP: who may ask, bodies, methods, limits, request ids, health, documents."""

import json
import re
import socket
from urllib.parse import urlsplit

import httpx2
import pytest
import structlog

from allsquare.edges.http.front import Front
from tests.features.api_client import NOBODY, dinner, refused

MIB = 1024 * 1024


FOR_ANYBODY = {
    ("GET", "/v1/instance"),
    ("POST", "/v1/users"),
    ("POST", "/v1/email/verify"),
    ("POST", "/v1/password/forgot"),
    ("POST", "/v1/password/reset"),
    ("POST", "/v1/sessions"),
    ("POST", "/v1/sessions/passkey"),
    ("POST", "/v1/sessions/passkey/options"),
    ("POST", "/v1/token"),
    ("POST", "/v1/tickets/look"),
    ("POST", "/v1/links/look"),
    ("POST", "/v1/links/join"),
}
"""How one comes to be known, and what one has to know before."""


@pytest.fixture(scope="module")
def routes(running):
    """Give every path of the document with the methods it takes."""
    document = httpx2.get(f"{running.url}/openapi.json").json()
    return {path: {method.upper() for method in methods} for path, methods in document["paths"].items()}


def filled(path):
    """Fill the places of a path; nothing is there."""
    return re.sub(r"\{(\w+)\}", lambda place: "1" if place[1] == "member" else str(NOBODY), path)


def test_every_route_but_those_for_anybody_asks_who_one_is(running, routes):
    ours = [(method, path) for path, methods in routes.items() for method in methods if path.startswith("/v1")]
    asked = [(method, filled(path)) for method, path in ours if (method, path) not in FOR_ANYBODY]
    assert len(asked) >= 29
    with httpx2.Client(base_url=running.url) as client:
        for method, path in asked:
            problem = refused(client.request(method, path), 401, "http.unauthenticated", field="Authorization")
            assert "allsquare token" in problem["detail"], path


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer nonsense", "Basic {token}", "{token}", "Bearer {token}x", "Bearer x {token}"],
)
@pytest.mark.parametrize("way", ["short", "long"])
def test_without_a_good_token_nothing_is_told_and_nothing_changes(api, running, authorization, way):
    event = api.event()
    before = api.snapshot(event)
    headers = {"Authorization": authorization.format(token=running.token)}
    if way == "short":
        response = api.send("POST", f"{event}/expenses", dinner(), headers=headers)
    else:
        response = api.send("POST", f"{event}/members", {"name": "Dia"}, headers=headers)
    code = response.json()["code"]
    assert code in {"http.unauthenticated", "token.unknown"}
    refused(response, 401, code, field="Authorization")
    assert response.headers["www-authenticate"] == "Bearer"
    assert api.snapshot(event) == before


def test_the_scheme_of_the_token_is_read_whatever_its_case(api, running):
    for scheme in ("bearer", "BEARER"):
        response = api.send("GET", "/v1/events", headers={"Authorization": f"{scheme} {running.token}"})
        assert response.status_code == 200


@pytest.mark.parametrize("way", ["expenses", "expenses/batch", "members"])
def test_strangers_are_turned_away_before_their_body_is_read(api, way):
    event = api.event()
    response = api.send("POST", f"{event}/{way}", b"{", headers={"Authorization": "Bearer nonsense"})
    refused(response, 401, "token.unknown")


MALFORMED = {
    "half": b'{"name": ',
    "a comma too many": b'{"name": "x",}',
    "single quotes": b"{'name': 'x'}",
    "no quotes": b"{name: 1}",
    "two values": b"{} {}",
    "a control character": b'{"name": "a\x01b"}',
    "nothing but blanks": b"   ",
    "invalid UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "NaN": b'{"amount": NaN}',
    "Infinity": b'{"amount": Infinity}',
    "minus Infinity": b'{"amount": -Infinity}',
    "a number of 5,000 digits": b'{"amount": ' + b"1" * 5_000 + b"}",
    "deep lists": b"[" * 100_000,
    "deep lists that end": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"split":' * 100_000,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_no_json_is_refused_everywhere_and_changes_nothing(api, name):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    before = api.snapshot(event)
    for method, place in (
        ("POST", f"{event}/expenses"),
        ("PUT", path),
        ("POST", "/v1/events"),
        ("PATCH", event),
        ("POST", f"{event}/members"),
        ("POST", f"{event}/settlements"),
        ("PUT", f"{event}/settle"),
    ):
        response = api.send(method, place, MALFORMED[name], version=1 if method == "PUT" else None)
        refused(response, 400, "http.malformed_json")
    assert api.snapshot(event) == before


def test_nesting_that_can_be_read_is_refused_by_its_shape(api):
    event = api.event()
    before = api.snapshot(event)
    for opening, closing in ((b"[", b"]"), (b'{"type":', b"}")):
        nested = opening * 500 + b"1" + closing * 500
        for field in (b"split", b"paid_by", b"amount", b"description", b"notes"):
            refused(api.send("POST", f"{event}/expenses", b'{"%s":%s}' % (field, nested)), 422, "validation.failed")
            refused(api.send("POST", f"{event}/expenses", nested), 422, "validation.failed")
    assert api.snapshot(event) == before


@pytest.mark.parametrize("way", ["expenses", "members"])
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
def test_a_body_must_say_that_it_is_json(api, way, content_type):
    event = api.event()
    before = api.snapshot(event)
    body = dinner() if way == "expenses" else {"name": "Dia"}
    response = api.send("POST", f"{event}/{way}", body, headers={"Content-Type": content_type})
    refused(response, 415, "http.unsupported_media_type", field="Content-Type")
    assert api.snapshot(event) == before


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/vnd.allsquare+json"],
)
def test_json_may_be_called_by_each_of_its_names(api, content_type):
    event = api.event()
    headers = {"Content-Type": content_type}
    api.do("POST", f"{event}/expenses", dinner(), headers=headers, status=201)
    api.do("POST", f"{event}/members", {"name": "Dia"}, headers=headers, status=201)


@pytest.mark.parametrize("way", ["expenses", "members", "expenses/batch"])
def test_a_missing_body_is_named(api, way):
    event = api.event()
    before = api.snapshot(event)
    for headers in ({"Content-Type": "application/json"}, {}):
        response = api.send("POST", f"{event}/{way}", headers=headers)
        assert response.status_code in {400, 415, 422}
        refused(response, response.status_code, response.json()["code"])
    assert api.snapshot(event) == before


def padded(size, body):
    text = json.dumps(body).encode()
    return text + b" " * (size - len(text))


def in_pieces(body):
    """Send a body without saying its length."""
    return (body[start : start + 65_536] for start in range(0, len(body), 65_536))


WAYS_OF_LIMITS = {
    "short": ("expenses", MIB, dinner()),
    "long": ("members", MIB, {"name": "Dia"}),
    "batch": ("expenses/batch", 8 * MIB, [dinner()]),
}


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("way", WAYS_OF_LIMITS)
def test_a_body_of_just_the_limit_is_read_and_one_byte_more_is_refused(api, way, chunked):
    event = api.event()
    place, limit, body = WAYS_OF_LIMITS[way]
    before = api.snapshot(event)
    for size in (limit + 1, 10 * MIB):
        sent = padded(size, body)
        content = in_pieces(sent) if chunked else sent
        headers = {"Content-Type": "application/json"}
        response = api.send("POST", f"{event}/{place}", content=content, headers=headers)
        problem = refused(response, 413, "http.too_large", field="body")
        assert problem["errors"][0]["expected"] == f"at most {limit} bytes"
    assert api.snapshot(event) == before
    sent = padded(limit, body)
    content = in_pieces(sent) if chunked else sent
    response = api.send("POST", f"{event}/{place}", content=content, headers={"Content-Type": "application/json"})
    assert response.is_success, response.text


def test_unknown_routes_are_problems(api):
    event = api.event()
    for path in ("/v1", "/v1/", "/v2/events", "/v1/event", "/v1/events/", f"{event}/", f"{event}/nope", "/nope.x"):
        for method in ("GET", "POST"):
            response = api.send(method, path)
            problem = refused(response, 404, "http.not_found")
            assert "location" not in response.headers
            assert problem["errors"] == []


def test_a_path_with_an_id_that_is_no_uuid_is_refused_by_its_name(api):
    event = api.event()
    refused(api.send("GET", "/v1/events/nope"), 422, "validation.failed", field="event_id")
    refused(api.send("POST", "/v1/events/nope/expenses", dinner()), 422, "validation.failed", field="event_id")
    refused(api.send("GET", f"{event}/expenses/nope"), 422, "validation.failed", field="expense_id")
    refused(api.send("GET", f"{event}/settlements/nope"), 422, "validation.failed", field="settlement_id")
    refused(api.send("PATCH", f"{event}/members/nope", {"name": "x"}), 422, "validation.failed", field="member")


def test_every_path_names_all_its_methods_where_asked_for_another(api, routes):
    asked = 0
    for path in routes:
        # A path may fit several templates: …/expenses/batch is also read as …/expenses/{expense_id}.
        fitting = [template for template in routes if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), filled(path))]
        methods = set().union(*(routes[template] for template in fitting))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - methods:
            response = api.send(method, filled(path))
            refused(response, 405, "http.method_not_allowed")
            assert response.headers["allow"] == ", ".join(sorted(methods)), (method, path)
            asked += 1
    assert asked >= 60


def test_pages_beside_the_api_take_no_other_methods_either(api):
    for path in ("/docs", "/openapi.json", "/docs/assets/swagger-ui.css"):
        response = api.send("POST", path)
        refused(response, 405, "http.method_not_allowed")
        assert "GET" in response.headers["allow"]
        assert "POST" not in response.headers["allow"]
    refused(api.send("GET", "/docs/assets/nothing.js"), 404, "http.not_found")


def test_every_answer_carries_a_request_id_of_its_own(api):
    event = api.event()
    responses = [
        api.send("GET", event),
        api.send("GET", event),
        api.send("POST", f"{event}/expenses", dinner()),
        api.send("GET", "/nope"),
        api.send("GET", "/healthz", headers={"X-Request-ID": "mine"}),
        api.send("GET", "/docs"),
    ]
    ids = [response.headers.get_list("x-request-id") for response in responses]
    assert all(len(each) == 1 and re.fullmatch(r"[0-9a-f]{32}", each[0]) for each in ids)
    assert len({each[0] for each in ids}) == len(ids)


def raw(running, method, path, headers, body=b""):
    """Send header lines as they are; gives the status and the problem, if it is one."""
    parts = urlsplit(running.url)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", *headers]
    lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        with connection.makefile("rb") as answer:
            head, _, content = answer.read().partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content or b"null")


ONCE = {
    "Authorization": ("Bearer {token}", "Bearer other"),
    "Idempotency-Key": ("one", "two"),
    "If-Match": ('"1"', '"2"'),
    "Content-Type": ("application/json", "text/plain"),
}


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("way", ["short", "long"])
def test_a_header_that_decides_something_may_come_only_once(api, running, name, turned, way):
    event = api.event()
    expense = api.expense(event)
    before = api.snapshot(event)
    usual = {
        "Authorization": f"Bearer {running.token}",
        "Content-Type": "application/json",
        "If-Match": '"1"',
        "Idempotency-Key": "k",
    }
    values = [value.format(token=running.token) for value in ONCE[name]]
    headers = [f"{other}: {value}" for other, value in usual.items() if other != name]
    headers += [f"{name}: {value}" for value in (reversed(values) if turned else values)]
    method, path = ("POST", f"{event}/expenses") if way == "short" else ("PUT", f"{event}/expenses/{expense['id']}")
    status, problem = raw(running, method, path, headers, json.dumps(dinner()).encode())
    assert (status, problem["code"], problem["errors"][0]["field"]) == (422, "http.header_invalid", name)
    assert api.snapshot(event) == before


def test_headers_that_decide_nothing_may_come_twice(running):
    authorization = f"Authorization: Bearer {running.token}"
    status, _ = raw(running, "GET", "/v1/events", [authorization, "Accept: a/b", "Accept: c/d", "X-A: 1", "X-A: 2"])
    assert status == 200


def test_the_process_tells_that_it_lives_and_is_ready(running):
    with httpx2.Client(base_url=running.url) as stranger:
        lives, ready = stranger.get("/healthz"), stranger.get("/readyz")
    assert (lives.status_code, lives.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_an_unforeseen_failure_is_a_problem_that_gives_nothing_away():
    async def failing(scope, receive, send):
        message = "secret"
        raise KeyError(message)

    with structlog.testing.capture_logs() as logs:
        transport = httpx2.ASGITransport(Front(failing, lambda: None))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            response = await client.get("/v1/events")
    problem = refused(response, 500, "internal.fault")
    assert "secret" not in response.text
    failed = next(entry for entry in logs if entry["event"] == "request failed")
    assert (failed["request_id"], failed["error"]) == (problem["request_id"], "KeyError")
    assert failed["exc_info"]


async def test_a_failure_inside_a_route_is_the_same_problem_and_logged_once(running):
    app = running.front._application
    routes = list(app.router.routes)

    @app.get("/fails")
    async def fails() -> None:
        message = "secret"
        raise KeyError(message)

    try:
        with structlog.testing.capture_logs() as logs:
            async with httpx2.AsyncClient(base_url=running.url) as client:
                response = await client.get("/fails")
    finally:
        app.router.routes[:] = routes
    refused(response, 500, "internal.fault")
    assert "secret" not in response.text
    assert len([entry for entry in logs if entry["event"] == "request failed"]) == 1


def test_the_log_tells_each_request_without_amounts_or_names(api):
    with structlog.testing.capture_logs() as logs:
        event = api.event(["Somebody-Very-Private"], name="Secret trip")
        api.expense(event, "98765.43", description="A private thing", notes="unspeakable")
        api.get(f"{event}/expenses", search="private")
        refused(api.send("POST", f"{event}/expenses", dinner(amount="98765.432")), 422, "money.too_many_decimals")
        refused(api.send("GET", "/v1/nope?token=asq_x"), 404, "http.not_found")
    told = json.dumps(logs)
    for secret in ("rivate", "Secret", "unspeakable", "98765", "asq_", api.server.token):
        assert secret not in told
    requests = [(entry["method"], entry["path"], entry["status"]) for entry in logs if entry["event"] == "request"]
    assert requests == [
        ("POST", "/v1/events", 201),
        ("POST", f"{event}/expenses", 201),
        ("GET", f"{event}/expenses", 200),
        ("POST", f"{event}/expenses", 422),
        ("GET", "/v1/nope", 404),
    ]
    assert all(entry["ms"] >= 0 and len(entry["request_id"]) == 32 for entry in logs)


def test_the_pages_about_the_api_work_without_the_net(running):
    with httpx2.Client(base_url=running.url) as stranger:
        page = stranger.get("/docs")
        assert page.status_code == 200
        named = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""", page.text)
        assert "/openapi.json" in named
        assert len(named) >= 4
        for place in named:
            assert place.startswith("/"), place
            assert not place.startswith("//"), place
            assert stranger.get(place).status_code == 200, place
        # Nothing else in the page may reach out either.
        assert not re.findall(r"https?://", page.text)
