"""Bad input over HTTP for everything but expenses: each row breaks one rule and changes nothing."""

import base64
import json
from uuid import uuid4

import pytest

from tests.features.api_client import NOBODY, dinner, refused
from tests.features.test_bad_input import (
    NO_DAYS,
    NO_MEMBERS,
    NO_TEXT_NOR_NUMBER,
    NO_UUIDS,
    NOT_NUMBERS,
    OUT_OF_BOUNDS,
    SHAPE,
    TOO_LONG,
    UNPRINTABLE,
    short,
    stage,
    written,
)

__all__ = ["stage"]  # a fixture is used by its name

BAD_NAMES = [
    *[(value, SHAPE) for value in ("", "x" * 101, None, 1, True, [], {}, "a\ud800")],
    *[(value, "text.empty") for value in (" ", "\t", "\u3000")],
    *[(value, "text.unprintable") for value in [*UNPRINTABLE, "a\nb"]],
]

EVENTS = [
    *[({"name": value}, code, "name") for value, code in BAD_NAMES],
    *[({"members": [{"name": "A"}, {"name": value}]}, code, "members") for value, code in BAD_NAMES],
    *[({"currency": value}, SHAPE, "currency") for value in (None, "", "inr", "RUPEE", 356, [], {})],
    *[({"currency": value}, "money.currency_unknown", "currency") for value in ("ABC", "XXX", "XDR")],
    *[({"kind": value}, SHAPE, "kind") for value in ("party", "", "Trip", None, 1, [])],
    *[({"members": value}, SHAPE, "members") for value in (None, "Asha", 1, {}, ["Asha"], [None], [{}])],
    ({"members": [{"name": "Asha", "role": "king"}]}, SHAPE, "members.0.role"),
    ({"members": [{"name": f"m{number}"} for number in range(1_001)]}, SHAPE, "members"),
    ({"members": [{"name": "Asha"}, {"name": "ASHA"}]}, "member.duplicate_name", "members"),
    ({"members": [{"name": "Straße"}, {"name": "STRASSE"}]}, "member.duplicate_name", "members"),
    ({"members": [{"name": "Asha", "member": 7}]}, SHAPE, "members.0.member"),
    *[({"id": value}, SHAPE, "id") for value in NO_UUIDS],
    *[({name: 1}, SHAPE, name) for name in ("surprise", "status", "version", "simplify", "group_id")],
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "field"), EVENTS, ids=short)
def test_a_bad_event_is_refused_by_its_rule_and_not_made(api, change, code, field):
    word = uuid4().hex
    body = {"name": f"{word} trip", "currency": "INR", "members": [{"name": "Asha"}], **change}
    problem = refused(api.send("POST", "/v1/events", body), 422, code)
    assert [entry for entry in problem["errors"] if entry["field"].startswith(field)], problem
    assert api.items("/v1/events", search=word) == []


@pytest.mark.parametrize("missing", ["name", "currency"])
def test_an_event_without_what_it_needs_is_refused(api, missing):
    body = {name: value for name, value in {"name": "x", "currency": "INR"}.items() if name != missing}
    refused(api.send("POST", "/v1/events", body), 422, SHAPE, field=missing)


PATCHES = [
    *[({"name": value}, code, "name") for value, code in BAD_NAMES if value is not None],
    *[({"kind": value}, SHAPE, "kind") for value in ("party", 1, [])],
    *[({"simplify": value}, SHAPE, "simplify") for value in ("maybe", 2, [], "@0.5")],
    *[({name: 1}, SHAPE, name) for name in ("surprise", "currency", "status", "members", "version", "id")],
]


@pytest.mark.parametrize(("body", "code", "field"), PATCHES, ids=short)
def test_a_bad_change_of_an_event_is_refused_by_its_rule(stage, body, code, field):
    refused(stage.api.send("PATCH", stage.event, written(body)), 422, code, field=field)
    stage.assert_unchanged()


@pytest.mark.parametrize(("name", "code"), BAD_NAMES, ids=short)
def test_a_bad_name_of_a_member_is_refused_by_its_rule(stage, name, code):
    for method, path in (("POST", f"{stage.event}/members"), ("PATCH", f"{stage.event}/members/1")):
        refused(stage.api.send(method, path, {"name": name}), 422, code, field="name")
    stage.assert_unchanged()


@pytest.mark.parametrize(
    ("body", "field"), [({}, "name"), ({"name": "X", "role": "king"}, "role"), ({"name": "X", "member": 9}, "member")]
)
def test_a_member_has_a_name_and_what_the_rules_know(stage, body, field):
    refused(stage.api.send("POST", f"{stage.event}/members", body), 422, SHAPE, field=field)
    if body:  # a change that changes nothing is one
        refused(stage.api.send("PATCH", f"{stage.event}/members/1", body), 422, SHAPE, field=field)
    stage.assert_unchanged()


SETTLEMENTS = [
    *[({"amount": value}, 422, "money.not_a_number", "amount") for value in NOT_NUMBERS],
    *[({"amount": value}, 422, SHAPE, "amount") for value in NO_TEXT_NOR_NUMBER + TOO_LONG],
    *[({"amount": value}, 422, "money.out_of_bounds", "amount") for value in OUT_OF_BOUNDS],
    *[({"amount": value}, 422, "settlement.not_positive", "amount") for value in ("0", "0.00", "-0", "-0.01", -1, 0)],
    ({"amount": "1.001"}, 422, "money.too_many_decimals", "amount"),
    ({"amount": "1.5", "currency": "JPY"}, 422, "money.too_many_decimals", "amount"),
    ({"amount": "10000.00"}, 409, "settlement.overpayment", "amount"),
    ({"currency": "USD"}, 409, "settlement.overpayment", "amount"),
    ({"currency": "ABC"}, 422, "money.currency_unknown", "currency"),
    *[({"currency": value}, 422, SHAPE, "currency") for value in ("", "usd", 840, [])],
    *[({side: value}, 422, SHAPE, side) for side in ("from", "to") for value in NO_MEMBERS],
    *[({side: 5}, 422, "member.unknown", side) for side in ("from", "to")],
    ({"from": 1, "to": 1}, 422, "settlement.same_member", "to"),
    ({"from": 5, "to": 5}, 422, "settlement.same_member", "to"),
    *[({"method": value}, 422, SHAPE, "method") for value in ("", "paypal", "Cash", None, 1)],
    *[({"date": value}, 422, SHAPE, "date") for value in NO_DAYS],
    *[({"note": value}, 422, SHAPE, "note") for value in ("x" * 4_001, 1, "\ud800")],
    *[({"note": value}, 422, "text.unprintable", "note") for value in UNPRINTABLE],
    *[({"id": value}, 422, SHAPE, "id") for value in NO_UUIDS],
    *[({"allow_overpayment": value}, 422, SHAPE, "allow_overpayment") for value in ("maybe", None, 2, [])],
    *[({name: 1}, 422, SHAPE, name) for name in ("surprise", "payer", "reversed", "from_")],
]


@pytest.mark.parametrize(("change", "status", "code", "field"), SETTLEMENTS, ids=short)
def test_a_bad_settlement_is_refused_by_its_rule(stage, change, status, code, field):
    body = {"from": 2, "to": 1, "amount": "1.00", **change}
    refused(stage.api.send("POST", f"{stage.event}/settlements", written(body)), status, code, field=field)
    stage.assert_unchanged()


@pytest.mark.parametrize("missing", ["from", "to", "amount"])
def test_a_settlement_without_what_it_needs_is_refused(stage, missing):
    body = {name: value for name, value in {"from": 2, "to": 1, "amount": "1.00"}.items() if name != missing}
    refused(stage.api.send("POST", f"{stage.event}/settlements", body), 422, SHAPE, field=missing)
    stage.assert_unchanged()


REASONS = [
    ({}, SHAPE, "reason"),
    *[({"reason": value}, SHAPE, "reason") for value in ("", "x" * 4_001, None, 1, [], "\ud800")],
    *[({"reason": value}, "text.empty", "reason") for value in (" ", "\n")],
    *[({"reason": value}, "text.unprintable", "reason") for value in UNPRINTABLE],
    ({"reason": "x", "surprise": 1}, SHAPE, "surprise"),
]


@pytest.mark.parametrize(("body", "code", "field"), REASONS, ids=short)
def test_a_bad_reversal_is_refused_by_its_rule(stage, body, code, field):
    refused(stage.api.send("POST", f"{stage.settlement}/reverse", body), 422, code, field=field)
    stage.assert_unchanged()


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        *[({"strategy": value}, "plan.strategy_unknown", "strategy") for value in ("Fewest", "cheapestest", "\x00")],
        *[({"strategy": value}, SHAPE, "strategy") for value in ("", 1, [], "x" * 41, "\ud800")],
        ({"surprise": 1}, SHAPE, "surprise"),
        ([], SHAPE, ""),
        ("fewest", SHAPE, ""),
        (1, SHAPE, ""),
    ],
    ids=short,
)
def test_a_bad_way_to_settle_is_refused_by_its_rule(stage, body, code, field):
    refused(stage.api.send("PUT", f"{stage.event}/settle", body), 422, code, field=field)
    stage.assert_unchanged()


def test_what_is_gone_or_done_is_not_done_again(stage):
    api, before = stage.api, stage.before
    refused(api.send("PUT", stage.deleted, dinner(), version=2), 409, "expense.deleted")
    refused(api.send("DELETE", stage.deleted, version=2), 409, "expense.deleted")
    refused(api.send("POST", f"{stage.expense}/restore"), 409, "expense.not_deleted")
    refused(api.send("POST", f"{stage.reversed}/reverse", {"reason": "x"}), 409, "settlement.reversed")
    refused(api.send("DELETE", f"{stage.event}/members/4"), 409, "member.gone", field="member")
    refused(api.send("DELETE", f"{stage.event}/members/1"), 409, "member.not_square", field="member")
    refused(api.send("DELETE", stage.event, version=before["event"]["version"]), 409, "event.in_use", field="status")
    refused(api.send("POST", f"{stage.event}/archive"), 409, "event.not_cleared", field="status")
    refused(api.send("POST", f"{stage.event}/reopen"), 409, "event.not_reopenable", field="status")
    stage.assert_unchanged()


@pytest.mark.parametrize(
    "seen", ["", "*", "x", '""', '"x"', "-1", '"1", "2"', '"1.0"', "1e0", '"' + "1" * 10 + '"', "²"]
)
def test_a_version_that_is_none_is_refused(stage, seen):
    headers = {"If-Match": seen.encode("latin-1")}
    for method, path, body in (
        ("PUT", stage.expense, dinner()),
        ("DELETE", stage.expense, None),
        ("POST", f"{stage.deleted}/restore", None),
        ("PATCH", stage.event, {"kind": "trip"}),
        ("DELETE", stage.event, None),
    ):
        refused(stage.api.send(method, path, body, headers=headers), 422, "http.header_invalid", field="If-Match")
    stage.assert_unchanged()


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "a\tb", "ключ", "é"], ids=ascii)
def test_a_key_that_is_none_is_refused_by_every_write(stage, key):
    headers = {"Idempotency-Key": key.encode()}
    for method, path, body, version in (
        ("POST", f"{stage.event}/expenses", dinner(), None),
        ("POST", f"{stage.event}/expenses/batch", [dinner()], None),
        ("PUT", stage.expense, dinner(), 2),
        ("DELETE", stage.expense, None, 2),
        ("POST", f"{stage.deleted}/restore", None, None),
        ("POST", f"{stage.event}/members", {"name": "X"}, None),
        ("POST", f"{stage.event}/settlements", {"from": 2, "to": 1, "amount": "1.00"}, None),
        ("PATCH", stage.event, {"kind": "trip"}, None),
        ("PUT", f"{stage.event}/settle", None, None),
        ("POST", "/v1/events", {"name": "x", "currency": "INR"}, None),
    ):
        response = stage.api.send(method, path, body, version=version, headers=headers)
        refused(response, 422, "http.header_invalid", field="Idempotency-Key")
    stage.assert_unchanged()


def cursor(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


LISTS = ["expenses", "settlements", "statement?member=1"]
GARBAGE = [
    "x", "====", "%00", "%ff", "null", "🙂", "A" * 501, cursor(), cursor(1), cursor("2026-11-20"), cursor("x", 1),
    cursor("2026-02-30", 1, 1), cursor("2026-11-20", "1", "1"), cursor("2026-11-20", -1, 0),
    cursor("2026-11-20", 1.5, 0), cursor("2026-11-20", 2**63, 0), cursor("2026-11-20", 10**40, 0),
    cursor("2026-11-20", 1, 10**40), cursor(None, None, None), cursor("2026-11-20", 1, 0, 0, 0),
    cursor(["2026-11-20"], [1], [0]),
]  # fmt: skip


@pytest.mark.parametrize("place", LISTS)
@pytest.mark.parametrize("given", GARBAGE, ids=short)
def test_a_cursor_no_list_gave_out_is_refused(stage, place, given):
    sign = "&" if "?" in place else "?"
    response = stage.api.send("GET", f"{stage.event}/{place}{sign}cursor={given}")
    assert response.json()["code"] in {"page.cursor_invalid", SHAPE}
    refused(response, 422, response.json()["code"], field="cursor")


@pytest.mark.parametrize(
    "given",
    [
        *GARBAGE,
        cursor("2026-11-20T00:00:00Z"),
        cursor("2026-11-20T00:00:00Z", "x"),
        cursor("2026-11-20T00:00:00", str(NOBODY)),
        cursor("0001-01-01T00:00:00+23:59", str(NOBODY)),
        cursor("9999-12-31T23:59:59-23:59", str(NOBODY)),
    ],
    ids=short,
)
def test_a_cursor_the_list_of_events_never_gave_out_is_refused(api, given):
    response = api.send("GET", f"/v1/events?cursor={given}")
    assert response.json()["code"] in {"page.cursor_invalid", SHAPE}
    refused(response, 422, response.json()["code"], field="cursor")


@pytest.mark.parametrize("place", ["", *LISTS])
@pytest.mark.parametrize("limit", ["0", "-1", "201", "9" * 30, "x", "1.5", "1e1", "", "null", "%00"])
def test_a_limit_that_is_none_is_refused(stage, place, limit):
    sign = "&" if "?" in place else "?"
    path = f"{stage.event}/{place}" if place else "/v1/events"
    refused(stage.api.send("GET", f"{path}{sign}limit={limit}"), 422, SHAPE, field="limit")


QUERIES = [
    *[("expenses", name, value) for name in ("from", "to") for value in NO_DAYS if isinstance(value, str)],
    *[("expenses", "member", value) for value in ("0", "-1", "x", "1000001", "9" * 30, "1.5", "")],
    *[("expenses", "include_deleted", value) for value in ("maybe", "2", "")],
    *[("expenses", name, value) for name in ("search", "category") for value in ("x" * 101, "a\x00b", "\x00")],
    *[("statement", "member", value) for value in ("0", "-1", "x", "1000001", "9" * 30, "")],
    *[("statement", "currency", value) for value in ("", "inr", "INDIAN", "\x00\x00\x00")],
    *[("plan", "strategy", value) for value in ("", "x" * 41)],
    ("", "include", "members"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "name", "value"), QUERIES, ids=short)
def test_a_bad_question_is_refused_by_its_name(stage, place, name, value):
    response = stage.api.send("GET", f"{stage.event}/{place}".rstrip("/"), params={name: value})
    refused(response, 422, SHAPE, field=name)


@pytest.mark.parametrize(
    ("name", "value"), [("status", "deleted"), ("status", ""), ("search", "\x00"), ("search", "x" * 101)]
)
def test_a_bad_question_for_events_is_refused_by_its_name(api, name, value):
    refused(api.send("GET", "/v1/events", params={name: value}), 422, SHAPE, field=name)


def test_unknown_currencies_and_strategies_are_refused_by_their_own_rules(stage):
    get = stage.api.send
    refused(
        get("GET", f"{stage.event}/statement?member=1&currency=ABC"), 422, "money.currency_unknown", field="currency"
    )
    refused(get("GET", f"{stage.event}/plan?strategy=x"), 422, "plan.strategy_unknown", field="strategy")
    refused(get("GET", f"{stage.event}/statement?member=5"), 422, "member.unknown", field="member")
