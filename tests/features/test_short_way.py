"""New expenses have two ways in, the Front's short one and FastAPI's route behind it: nobody can tell them apart.

Each request goes both ways, to two events that are alike; status, headers and body must be the same, but for ids,
moments and the id of the request.
"""

import json
import re
from uuid import uuid4

import httpx2
import pytest

from allsquare.edges.http.front import Front
from allsquare.edges.http.guard import guards_of
from tests.features.api_client import NOBODY, Api, dinner
from tests.features.test_bad_input import EXPENSES, short, written
from tests.features.test_http_api import MALFORMED
from tests.features.test_splits_api import SPLITS

FRONT_TELLS = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
# What the Front puts before every answer is not there behind it.
OWN = {"date", "content-length", "x-request-id", *FRONT_TELLS} | {
    name.decode() for name, _ in guards_of("/v1/", "http")
}
OWN_TEXTS = [
    (re.compile(r'"request_id":"[0-9a-f]*"'), '"request_id":"…"'),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "AT"),
]


def alike(text: str) -> str:
    for pattern, shown in OWN_TEXTS:
        text = pattern.sub(shown, text)
    return text


def told(response: httpx2.Response) -> tuple:
    headers = {name: alike(value) for name, value in response.headers.items() if name not in OWN}
    return response.status_code, headers, alike(response.text)


class Ways:
    """The same request both ways, each to an event of its own."""

    def __init__(self, short_way: Api, long_way: Api, **event) -> None:
        self.both = [(api, api.event(["Asha", "Ben", "Chen"], **event)) for api in (short_way, long_way)]

    def send(self, body: object = None, *, place: str = "{event}/expenses", **more) -> list[tuple]:
        return [told(api.send("POST", place.format(event=event), body, **more)) for api, event in self.both]

    def same(self, status: int, body: object = None, **more) -> None:
        by_short_way, by_long_way = self.send(body, **more)
        assert by_short_way == by_long_way
        assert by_short_way[0] == status


@pytest.fixture
def ways(api, plain_api):
    return Ways(api, plain_api)


GOOD = {
    **{name: dinner(amount=total, split=sent) for name, (total, sent, _, _) in SPLITS.items()},
    "everything said": dinner(
        id=str(uuid4()),
        currency="KWD",
        amount="1.001",
        category=" food ",
        notes="a\nb",
        description=" Dinner ",
        paid_by=3,
    ),
    "several payers": dinner(paid_by=[{"member": 2, "amount": "20"}, {"member": 1, "amount": 10}]),
    "a number": dinner(amount=30.5),
    "a refund": dinner(amount="-30.00"),
    "nulls where they may be": dinner(id=None, currency=None, date=None, category=None, notes=None),
    "blanks where they may be": dinner(category=" ", notes=" "),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_expense_is_answered_alike(ways, name):
    ways.same(201, GOOD[name])


# What is bad changes nothing, so one pair of events serves all rows.
@pytest.fixture(scope="module")
def bad_ways(running, running_without_front):
    ways = Ways(Api(running.server), Api(running_without_front.server))
    for api, event in ways.both:
        api.do("POST", f"{event}/members", {"name": "Dia"}, status=201)
        api.do("DELETE", f"{event}/members/4", status=204)
    yield ways
    for api, event in ways.both:
        assert api.items(f"{event}/expenses", include_deleted=True) == []


@pytest.mark.parametrize(("change", "code"), [row[:2] for row in EXPENSES], ids=short)
def test_a_bad_expense_is_refused_alike(bad_ways, change, code):
    bad_ways.same(422, written({**dinner(), **change}))


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_no_json_is_refused_alike(bad_ways, name):
    bad_ways.same(400, MALFORMED[name])


@pytest.mark.parametrize("body", [b"null", b"1", b"1.5", b"true", b'"x"', b"[]", b"[{}]", b"{}", b'{"amount": 1.5}'])
def test_a_body_of_another_shape_is_refused_alike(bad_ways, body):
    bad_ways.same(422, body)


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}])
def test_no_body_is_refused_alike(bad_ways, headers):
    bad_ways.same(422, headers=headers)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-ndjson", "json", "application/json2"])
def test_another_content_type_is_refused_alike(bad_ways, content_type):
    bad_ways.same(415, dinner(), headers={"Content-Type": content_type})


@pytest.mark.parametrize("content_type", ["application/json;charset=latin-1", "APPLICATION/JSON", "application/a+json"])
def test_each_name_of_json_is_taken_alike(ways, content_type):
    ways.same(201, dinner(), headers={"Content-Type": content_type})


# Who is asked for first decides which refusal is given where several rules are broken at once.
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic x", "bearer  x"])
@pytest.mark.parametrize("body", [dinner(), dinner(amount="x"), b"{", b""])
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, {"Idempotency-Key": "a b"}])
def test_strangers_are_refused_alike_whatever_they_send(bad_ways, authorization, body, headers):
    bad_ways.same(401, body, headers={"Authorization": authorization, **headers})


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"], ids=ascii)
@pytest.mark.parametrize(("body", "status"), [(dinner(), 422), (dinner(amount="x"), 422), (b"{", 400), (b"", 422)])
def test_a_bad_key_is_refused_alike_whatever_comes_with_it(bad_ways, key, body, status):
    bad_ways.same(status, body, headers={"Idempotency-Key": key.encode()})


@pytest.mark.parametrize("place", [f"/v1/events/{NOBODY}/expenses", "/v1/events/x/expenses", "{event}/expenses/"])
def test_another_place_is_refused_alike(bad_ways, place):
    by_short_way, by_long_way = bad_ways.send(dinner(), place=place)
    assert by_short_way == by_long_way
    assert by_short_way[0] in {404, 422}


def test_an_unknown_event_is_refused_before_anything_is_told_of_the_body(bad_ways):
    nowhere = f"/v1/events/{NOBODY}/expenses"
    bad_ways.same(404, dinner(amount=None), place=nowhere)
    bad_ways.same(404, dinner(amount="12,50"), place=nowhere)


def test_a_question_behind_the_path_is_passed_over_alike(ways):
    ways.same(201, dinner(), place="{event}/expenses?x=1")


def test_an_id_in_capitals_is_the_same_event(ways):
    for api, event in ways.both:
        path = event.replace(event[11:], event[11:].upper())
        assert api.do("POST", f"{path}/expenses", dinner(), status=201)["event_id"] == event[11:]


def test_retries_are_answered_alike(ways):
    key, other = uuid4().hex, uuid4().hex
    ways.same(201, dinner(), key=key)
    ways.same(201, dinner(), key=key)
    ways.same(422, dinner(amount="1.00"), key=key)
    ways.same(422, dinner(paid_by=9), key=other)
    ways.same(422, dinner(paid_by=9), key=other)
    chosen = str(uuid4())
    ways.same(201, dinner(id=chosen))
    ways.same(201, dinner(id=chosen))
    ways.same(422, dinner(id=chosen, amount="1.00"))
    ways.same(409, dinner(id=chosen), key=uuid4().hex)


def test_a_retry_may_take_the_other_way(ways):
    (short_way, event), (long_way, _) = ways.both
    key = uuid4().hex
    first = short_way.send("POST", f"{event}/expenses", dinner(), key=key)
    again = long_way.send("POST", f"{event}/expenses", dinner(), key=key)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


def test_a_closed_event_refuses_alike(ways):
    for api, event in ways.both:
        api.expense(event)
        api.do("PUT", f"{event}/settle")
    ways.same(409, dinner())


def test_a_deleted_event_refuses_alike(ways):
    for api, event in ways.both:
        api.do("DELETE", event, version=1, status=204)
    ways.same(404, dinner())


def test_bodies_in_pieces_are_read_alike(ways):
    body = json.dumps(dinner()).encode()
    for api, event in ways.both:
        pieces = (body[start : start + 7] for start in range(0, len(body), 7))
        headers = {"Content-Type": "application/json"}
        response = api.send("POST", f"{event}/expenses", content=pieces, headers=headers)
        assert response.status_code == 201


def test_new_expenses_do_take_the_short_way(api, running):
    event = api.event()

    async def nowhere(scope, receive, send):
        message = "the application behind the Front was asked"
        raise AssertionError(message)

    async def record(services):
        front = httpx2.ASGITransport(Front(nowhere, lambda: services))
        headers = {"Authorization": f"Bearer {running.token}"}
        async with httpx2.AsyncClient(transport=front, base_url="http://front", headers=headers) as client:
            return await client.post(f"{event}/expenses", json=dinner()), await client.get(event)

    recorded, asked = running.run(record)
    assert (recorded.status_code, asked.status_code) == (201, 500)
    assert api.get(recorded.headers["location"]) == recorded.json()
