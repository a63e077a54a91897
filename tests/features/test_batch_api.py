"""Batches of expenses over HTTP: each line gets its own answer, and a bad one never stops the others."""

import json
from uuid import uuid4

import pytest

from tests.features.api_client import NOBODY, dinner, refused, without

NDJSON = {"Content-Type": "application/x-ndjson"}


def batch(api, event, lines, **more):
    return api.do("POST", f"{event}/expenses/batch", lines, **more)["results"]


def told(results):
    return [result["status"] if "expense" in result else result["problem"]["code"] for result in results]


def test_every_line_is_answered_in_its_order(api):
    event = api.event()
    lines = [dinner(description=str(number), amount=f"{number}.00") for number in range(1, 11)]
    results = batch(api, event, lines)
    assert [result["status"] for result in results] == [201] * 10
    assert [result["expense"]["seq"] for result in results] == list(range(2, 12))
    assert [result["expense"]["description"] for result in results] == [line["description"] for line in lines]
    for result in results:
        assert result["expense"] == api.get(f"{event}/expenses/{result['expense']['id']}")
    assert api.nets(event)[1] == "36.66"


def test_an_expense_of_a_batch_looks_as_one_recorded_alone(api):
    event = api.event()
    alone = api.expense(event)
    [result] = batch(api, event, [dinner()])
    own = ("id", "seq", "created_at", "updated_at")
    assert without(result["expense"], *own) == without(alone, *own)


BAD = [
    (dinner(amount="33.333"), "money.too_many_decimals", "amount"),
    (dinner(paid_by=9), "member.unknown", "paid_by"),
    (dinner(amount="0"), "expense.amount_zero", "amount"),
    (dinner(surprise=1), "validation.failed", "surprise"),
    ({"description": "half of one"}, "validation.failed", "amount"),
    (dinner(idempotency_key=""), "validation.failed", "idempotency_key"),
    (dinner(idempotency_key="a b"), "validation.failed", "idempotency_key"),
    (dinner(id="x"), "validation.failed", "id"),
    (dinner(description="a\ud800"), "validation.failed", "description"),
    ({"\ud800": 1}, "validation.failed", ""),
    (None, "validation.failed", ""),
    (1, "validation.failed", ""),
    (1.5, "validation.failed", ""),
    ("x", "validation.failed", ""),
    ([], "validation.failed", ""),
    (True, "validation.failed", ""),
]


def test_one_bad_line_never_stops_the_others(api):
    event = api.event()
    lines = [each for bad, _, _ in BAD for each in (bad, dinner())]
    results = batch(api, event, lines)
    assert told(results) == [each for _, code, _ in BAD for each in (code, 201)]
    for result, (_, code, field) in zip(results[::2], BAD, strict=True):
        problem = result["problem"]
        assert problem["status"] == result["status"]
        assert problem["type"] == f"/problems/{code}"
        assert field in [entry["field"] for entry in problem["errors"]]
    assert len(api.items(f"{event}/expenses")) == len(BAD)


def test_a_batch_of_bad_lines_alone_changes_nothing(api):
    event = api.event()
    before = api.snapshot(event)
    assert told(batch(api, event, [bad for bad, _, _ in BAD])) == [code for _, code, _ in BAD]
    assert api.snapshot(event) == before


def test_a_batch_may_come_as_a_line_of_json_each(api):
    event = api.event()
    lines = [json.dumps(dinner(description=str(number))).encode() for number in range(3)]
    body = b"\n" + lines[0] + b"\r\n" + lines[1] + b"\n\n  \n" + lines[2]
    results = batch(api, event, body, headers=NDJSON)
    assert [result["expense"]["description"] for result in results] == ["0", "1", "2"]


def test_a_line_that_is_no_json_never_stops_the_others(api):
    event = api.event()
    good = json.dumps(dinner()).encode()
    lines = [good, b"{", b"\xff", b'{"amount": NaN}', b"[" * 100_000, b"1" * 5_000, good]
    results = batch(api, event, b"\n".join(lines), headers={"Content-Type": "application/x-ndjson; charset=utf-8"})
    assert told(results) == [201, *["http.malformed_json"] * 5, 201]
    assert [result["status"] for result in results] == [201, 400, 400, 400, 400, 400, 201]
    assert len(api.items(f"{event}/expenses")) == 2


def test_a_thousand_lines_are_taken_and_one_more_is_not(api):
    event = api.event(["Asha", "Ben"])
    line = json.dumps(dinner(amount="1.00")).encode()
    before = api.snapshot(event)
    array, lines = b"[" + b",".join([line] * 1001) + b"]", b"\n".join([line] * 1001)
    for body, headers in ((array, {}), (lines, NDJSON)):
        response = api.send("POST", f"{event}/expenses/batch", body, headers=headers)
        problem = refused(response, 422, "validation.failed")
        assert "1001" in problem["detail"]
        assert problem["errors"] != []
    assert api.snapshot(event) == before
    results = batch(api, event, b"\n".join([line] * 1000), headers=NDJSON)
    assert told(results) == [201] * 1000
    assert [result["expense"]["seq"] for result in results] == list(range(2, 1002))
    assert api.nets(event) == {1: "500.00", 2: "-500.00"}


@pytest.mark.parametrize(("body", "headers"), [(b"[]", {}), (b"", NDJSON), (b"\n\n", NDJSON)])
def test_a_batch_of_nothing_answers_nothing(api, body, headers):
    event = api.event()
    before = api.snapshot(event)
    assert batch(api, event, body, headers=headers) == []
    assert api.snapshot(event) == before


@pytest.mark.parametrize("body", [b"{}", b"1", b"1.5", b"null", b'"x"', b"true"])
def test_a_batch_that_is_no_list_is_refused(api, body):
    event = api.event()
    before = api.snapshot(event)
    refused(api.send("POST", f"{event}/expenses/batch", body), 422, "validation.failed")
    assert api.snapshot(event) == before


@pytest.mark.parametrize("body", [b"", b"[", b"[1,]", b"\xff", b"[NaN]", b"[" * 100_000])
def test_a_batch_that_is_no_json_is_refused(api, body):
    event = api.event()
    before = api.snapshot(event)
    refused(api.send("POST", f"{event}/expenses/batch", body), 400, "http.malformed_json")
    assert api.snapshot(event) == before


@pytest.mark.parametrize("content_type", ["text/plain", "text/csv", "application/x-ndjsonx", ""])
def test_a_batch_in_another_form_is_refused(api, content_type):
    event = api.event()
    response = api.send("POST", f"{event}/expenses/batch", [dinner()], headers={"Content-Type": content_type})
    refused(response, 415, "http.unsupported_media_type", field="Content-Type")


def test_a_batch_for_an_event_nobody_made_is_not_found(api):
    refused(api.send("POST", f"/v1/events/{NOBODY}/expenses/batch", [dinner()]), 404, "event.not_found")
    refused(api.send("POST", f"/v1/events/{NOBODY}/expenses/batch", []), 404, "event.not_found")


def test_lines_with_ids_or_keys_of_their_own_are_recorded_once(api):
    event = api.event()
    lines = [dinner(id=str(uuid4())), dinner(idempotency_key=uuid4().hex), dinner()]
    first = batch(api, event, lines)
    again = batch(api, event, lines)
    assert [result["replayed"] for result in first] == [False, False, False]
    assert [result["replayed"] for result in again] == [True, True, False]
    assert [result["expense"] for result in again[:2]] == [result["expense"] for result in first[:2]]
    assert first[0]["expense"]["id"] == lines[0]["id"]
    assert len(api.items(f"{event}/expenses")) == 4


def test_a_key_of_a_line_is_the_same_key_as_in_the_header(api):
    event, key = api.event(), uuid4().hex
    alone = api.do("POST", f"{event}/expenses", dinner(), key=key, status=201)
    [result] = batch(api, event, [dinner(idempotency_key=key)])
    assert (result["expense"], result["replayed"]) == (alone, True)


def test_a_line_with_a_used_key_and_other_content_is_refused_alone(api):
    event, key = api.event(), uuid4().hex
    batch(api, event, [dinner(idempotency_key=key)])
    before = api.snapshot(event)
    assert told(batch(api, event, [dinner(idempotency_key=key, amount="1.00")])) == ["idempotency.mismatch"]
    assert api.snapshot(event) == before


def test_a_key_twice_in_one_batch_is_one_expense_or_a_mismatch(api):
    event, key, other = api.event(), uuid4().hex, str(uuid4())
    lines = [dinner(idempotency_key=key)] * 2 + [dinner(id=other), dinner(id=other, amount="1.00")]
    results = batch(api, event, lines)
    assert told(results) == [201, 201, 201, "idempotency.mismatch"]
    assert results[0]["expense"] == results[1]["expense"]
    assert len(api.items(f"{event}/expenses")) == 2


def test_a_batch_sent_again_under_one_key_is_recorded_once(api):
    event, key = api.event(), uuid4().hex
    lines = [dinner(), dinner(), dinner(paid_by=9), dinner(amount="x"), dinner(idempotency_key=uuid4().hex)]
    first = api.send("POST", f"{event}/expenses/batch", lines, key=key)
    assert "idempotency-replayed" not in first.headers
    assert told(first.json()["results"]) == [201, 201, "member.unknown", "money.not_a_number", 201]
    before = api.snapshot(event)
    again = api.send("POST", f"{event}/expenses/batch", lines, key=key)
    assert again.headers["idempotency-replayed"] == "true"
    assert unnamed(again.json()["results"]) == unnamed(first.json()["results"])
    assert api.snapshot(event) == before


def unnamed(results):
    """Give results without the ids of the requests that got them."""
    return [
        {**result, "problem": without(result["problem"], "request_id")} if "problem" in result else result
        for result in results
    ]


def test_a_batch_with_other_lines_under_a_used_key_has_those_lines_refused(api):
    event, key = api.event(), uuid4().hex
    batch(api, event, [dinner(), dinner(amount="1.00")], key=key)
    before = api.snapshot(event)
    results = batch(api, event, [dinner(), dinner(amount="2.00")], key=key)
    assert told(results) == [201, "idempotency.mismatch"]
    assert api.snapshot(event) == before


def test_a_batch_with_a_key_that_cannot_be_read_is_refused(api):
    event = api.event()
    before = api.snapshot(event)
    response = api.send("POST", f"{event}/expenses/batch", [dinner()], key="a b")
    refused(response, 422, "http.header_invalid", field="Idempotency-Key")
    assert api.snapshot(event) == before
