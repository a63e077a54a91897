"""Bad input over HTTP: each row breaks one rule, is refused by the rule's name, and changes nothing.

What is bad in a new expense is as bad in a revision and in a line of a batch, so each row is sent all three ways.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.features.api_client import Api, dinner, refused
from tests.features.conftest import Running, assert_clean

SHAPE = "validation.failed"


@dataclass(frozen=True)
class Stage:
    """An event in which every kind of refusal can happen: member 4 has left, one expense of two is deleted."""

    api: Api
    event: str
    expense: str
    """Stands at version 2."""
    deleted: str
    """Deleted, at version 2."""
    settlement: str
    reversed: str
    before: dict[str, Any]

    def assert_unchanged(self) -> None:
        assert self.api.snapshot(self.event) == self.before


@pytest.fixture(scope="module")
def stage(running: Running):
    """Give one stage to all rows: none of them changes it."""
    api = Api(running.server)
    yield made(api)
    assert_clean(running, api.events)


def made(api: Api) -> Stage:
    event = api.event(["Asha", "Ben", "Chen", "Dia"])
    api.do("DELETE", f"{event}/members/4", status=204)
    expense = f"{event}/expenses/{api.expense(event, '30.00')['id']}"
    api.do("PUT", expense, dinner(notes="second version"), version=1)
    deleted = f"{event}/expenses/{api.expense(event, '9.00')['id']}"
    api.do("DELETE", deleted, version=1, status=204)
    settlement = f"{event}/settlements/{api.settlement(event, 2, 1, '1.00')['id']}"
    taken_back = f"{event}/settlements/{api.settlement(event, 3, 1, '1.00')['id']}"
    api.do("POST", f"{taken_back}/reverse", {"reason": "x"}, status=201)
    return Stage(api, event, expense, deleted, settlement, taken_back, api.snapshot(event))


def written(body: object) -> bytes:
    """Write JSON in which "@1e3" stands for the number 1e3 as it is."""
    return re.sub(r'"@([^"]+)"', r"\1", json.dumps(body)).encode()


def shares(*amounts: object, members=(1, 2, 3), name: str = "amount") -> list[dict[str, Any]]:
    return [{"member": member, name: amount} for member, amount in zip(members, amounts, strict=False)]


def exact(*amounts: object, **more: Any) -> dict[str, Any]:
    return {"split": {"type": "exact", "shares": shares(*amounts, **more)}}


def percentage(*percents: object) -> dict[str, Any]:
    return {"split": {"type": "percentage", "shares": shares(*percents, name="percent")}}


def weights(*each: object) -> dict[str, Any]:
    return {"split": {"type": "shares", "shares": shares(*each, name="weight")}}


def adjusted(*amounts: object, **more: Any) -> dict[str, Any]:
    return {"split": {"type": "adjustment", "adjustments": shares(*amounts, **more)}}


def bill(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"split": {"type": "itemized", "items": list(items), **more}}


def item(amount: object = "30.00", among: object = (1, 2), **more: Any) -> dict[str, Any]:
    return {"name": "Wine", "amount": amount, "among": among, **more}


def payers(*amounts: object, members=(1, 2, 3)) -> dict[str, Any]:
    return {"paid_by": shares(*amounts, members=members)}


def equal(*among: object) -> dict[str, Any]:
    return {"split": {"type": "equal", "among": list(among)}}


NOT_NUMBERS = [
    "", " ", " 1", "1 ", "1\n", "+1", "1e3", "1E3", "@1e3", "@1E-2", "@1e400", "12,50", "1,000.00", "1_000", "1'000",
    "0x10", ".5", "5.", "-", "--1", "1.2.3", "1.-2", "NaN", "nan", "Infinity", "-Infinity", "inf", "१२", "１２", "½",
    "12.50 EUR", "€12",
]  # fmt: skip
NO_TEXT_NOR_NUMBER = [True, False, None, [], {}, ["1"], {"amount": "1"}]
TOO_LONG = ["1" * 41, "0" * 40 + "1", "@" + "9" * 41, "@" + "9" * 4_000, "9" * 5_000]
OUT_OF_BOUNDS = [
    "10000000000000.01", "-10000000000000.01", "@10000000000000.01", "9" * 40, "-" + "9" * 39, "@" + "9" * 40,
    "@9223372036854775807", "@18446744073709551616",
]  # fmt: skip
NO_MEMBERS = [0, -1, "1", "@1.0", "@1e0", True, None, 1_000_001, 2**63, "@" + "9" * 4_000, [], {}]
UNPRINTABLE = ["a\x00b", "a\x07", "\x1b[31m", "a\x7f", "a\x85b", "a\u009f"]
NO_DAYS = [
    "2026-02-30", "2026-13-01", "2026-00-10", "2026-11-00", "2025-02-29", "0000-01-01", "10000-01-01", "26-11-20",
    "2026-1-1", "2026/11/20", "20.11.2026", "20261120", "2026-W47-5", "2026-11-20T00:00:00", "2026-11-20T00:00:00Z",
    "2026-11-20 ", " 2026-11-20", "today", "", "0", "1700000000", "２０２６-11-20", 0, 20261120, "@1.7e9", True, [], {},
]  # fmt: skip
NO_UUIDS = ["", "x", "0199", "0199aa00-0000-7000-8000-00000000000g", "0" * 33, 1, True, [], {}]

# Each row: what differs from a good expense, the code, the field.
EXPENSES: list[tuple[dict[str, Any], str, str]] = [
    # Amounts
    *[({"amount": value}, "money.not_a_number", "amount") for value in NOT_NUMBERS],
    *[({"amount": value}, SHAPE, "amount") for value in NO_TEXT_NOR_NUMBER + TOO_LONG],
    *[({"amount": value}, "money.out_of_bounds", "amount") for value in OUT_OF_BOUNDS],
    *[({"amount": value}, "money.too_many_decimals", "amount") for value in ("33.333", "@33.333", "30.000", "0.001")],
    ({"amount": "12.5", "currency": "JPY"}, "money.too_many_decimals", "amount"),
    ({"amount": "12.0", "currency": "JPY"}, "money.too_many_decimals", "amount"),
    ({"amount": "1.0001", "currency": "KWD"}, "money.too_many_decimals", "amount"),
    ({"amount": "1000000000000001", "currency": "JPY"}, "money.out_of_bounds", "amount"),
    *[({"amount": value}, "expense.amount_zero", "amount") for value in ("0", "0.00", "-0", "-0.00", 0, "@0.0")],
    # Currencies
    *[({"currency": value}, "money.currency_unknown", "currency") for value in ("ABC", "XXX", "XAU", "DEM")],
    *[({"currency": value}, SHAPE, "currency") for value in ("", "eur", "EURO", "EU", "€", "EUR\n", 978, True, [])],
    # Payers
    *[({"paid_by": value}, SHAPE, "paid_by") for value in NO_MEMBERS if value != []],
    *[({"paid_by": shares("30.00", members=[value])}, SHAPE, "paid_by.0.member") for value in NO_MEMBERS],
    *[({"paid_by": value}, "member.unknown", "paid_by") for value in (5, 1_000_000)],
    ({"paid_by": 4}, "member.inactive", "paid_by"),
    ({"paid_by": []}, "payers.nobody", "paid_by"),
    (payers("29.99"), "payers.sum_mismatch", "paid_by"),
    (payers("15.00", "14.99"), "payers.sum_mismatch", "paid_by"),
    (payers("15.00", "15.01"), "payers.sum_mismatch", "paid_by"),
    (payers("15.00", "15.00", members=(1, 1)), "payers.duplicate_member", "paid_by"),
    (payers("31.00", "-1.00"), "payers.wrong_sign", "paid_by"),
    ({**payers("-31.00", "1.00"), "amount": "-30.00"}, "payers.wrong_sign", "paid_by"),
    (payers("15.00", "15.00", members=(1, 5)), "member.unknown", "paid_by"),
    (payers("15.00", "15.00", members=(1, 4)), "member.inactive", "paid_by"),
    (payers("15.00", "15.001"), "money.too_many_decimals", "paid_by.1.amount"),
    (payers("15.00", "1e1"), "money.not_a_number", "paid_by.1.amount"),
    (payers("15.00", None), SHAPE, "paid_by.1.amount"),
    ({"paid_by": [{"member": 1}]}, SHAPE, "paid_by.0.amount"),
    ({"paid_by": [{"member": 1, "amount": "30.00", "tip": 1}]}, SHAPE, "paid_by.0.tip"),
    # The split as a whole
    *[({"split": value}, SHAPE, "split") for value in (None, "equal", 1, "@1.5", True, [], {}, {"type": "evenly"})],
    *[({"split": {"type": value}}, SHAPE, "split") for value in (None, 1, "Equal", "", "\ud800", [], {})],
    *[({"split": {"type": value}}, SHAPE, "split.shares") for value in ("exact", "percentage", "shares")],
    ({"split": {"type": "itemized"}}, SHAPE, "split.items"),
    ({"split": {"type": "equal", "shares": []}}, SHAPE, "split.shares"),
    ({"split": {"type": "exact", "shares": [], "among": [1]}}, SHAPE, "split.among"),
    # Among whom
    *[(equal(value), SHAPE, "split.among.0") for value in NO_MEMBERS],
    ({"split": {"type": "equal", "among": 1}}, SHAPE, "split.among"),
    ({"split": {"type": "equal", "among": None}}, SHAPE, "split.among"),
    (equal(1, 5), "member.unknown", "split"),
    (equal(1, 4), "member.inactive", "split"),
    (equal(1, 2, 1), "split.duplicate_member", "split.among"),
    (equal(*range(1, 1_002)), "split.too_many_participants", "split.among"),
    (exact(*["0.03"] * 1_001, members=range(1, 1_002)), "split.too_many_participants", "split.shares"),
    # Exact
    (exact("10.00", "10.00", "9.99"), "split.sum_mismatch", "split.shares"),
    (exact("10.00", "10.00", "10.01"), "split.sum_mismatch", "split.shares"),
    (exact("31.00", "-1.00"), "split.wrong_sign", "split.shares"),
    ({"amount": "-30.00", **exact("-31.00", "1.00")}, "split.wrong_sign", "split.shares"),
    (exact(), "split.nobody", "split.shares"),
    (exact("15.00", "15.00", members=(2, 2)), "split.duplicate_member", "split.shares"),
    (exact("15.00", "15.00", members=(1, 5)), "member.unknown", "split"),
    (exact("15.00", "15.00", members=(1, 4)), "member.inactive", "split"),
    (exact("15.00", "15.001"), "money.too_many_decimals", "split.shares.1.amount"),
    (exact("15.00", "12,50"), "money.not_a_number", "split.shares.1.amount"),
    (exact("15.00", "10000000000000.01"), "money.out_of_bounds", "split.shares.1.amount"),
    (exact("15.00", True), SHAPE, "split.shares.1.amount"),
    *[(exact("30.00", members=[value]), SHAPE, "split.shares.0.member") for value in NO_MEMBERS],
    ({"split": {"type": "exact", "shares": [1]}}, SHAPE, "split.shares.0"),
    ({"split": {"type": "exact", "shares": {}}}, SHAPE, "split.shares"),
    ({"split": {"type": "exact", "shares": [{"member": 1, "percent": "100"}]}}, SHAPE, "split.shares.0.percent"),
    # Percentage
    (percentage("33.33", "33.33", "33.33"), "split.percent_mismatch", "split.shares"),
    (percentage("50", "50.01"), "split.percent_mismatch", "split.shares"),
    (percentage("101", "-1"), "split.negative_weight", "split.shares"),
    (percentage(), "split.nobody", "split.shares"),
    *[(percentage(value), "split.decimal_invalid", "split.shares.0.percent") for value in ["99.999", *NOT_NUMBERS]],
    *[(percentage(value), SHAPE, "split.shares.0.percent") for value in NO_TEXT_NOR_NUMBER + TOO_LONG],
    # Weights
    (weights("0", "0.0"), "split.weights_all_zero", "split.shares"),
    (weights("2", "-1"), "split.negative_weight", "split.shares"),
    (weights("1000000.0001"), "split.too_large", "split.shares"),
    (weights(), "split.nobody", "split.shares"),
    *[(weights(value), "split.decimal_invalid", "split.shares.0.weight") for value in ["1.00001", *NOT_NUMBERS]],
    (weights("9" * 40), "split.decimal_invalid", "split.shares.0.weight"),
    *[(weights(value), SHAPE, "split.shares.0.weight") for value in NO_TEXT_NOR_NUMBER + TOO_LONG],
    # Adjustments
    (adjusted("1.00", members=[9]), "split.adjustment_stranger", "split.adjustments"),
    (adjusted("1.00", "2.00", members=(1, 1)), "split.duplicate_member", "split.adjustments"),
    (adjusted("-20.00"), "split.negative_share", "split.adjustments"),
    (adjusted("30.01"), "split.negative_share", "split.adjustments"),
    (adjusted("0.001"), "money.too_many_decimals", "split.adjustments.0.amount"),
    (adjusted("1e0"), "money.not_a_number", "split.adjustments.0.amount"),
    ({"split": {"type": "adjustment", "among": [1, 1]}}, "split.duplicate_member", "split.among"),
    ({"split": {"type": "adjustment", "adjustments": None}}, SHAPE, "split.adjustments"),
    # Bills
    (bill(), "split.no_items", "split.items"),
    (bill(item("29.99")), "split.items_mismatch", "split.items"),
    (bill(item("30.00"), tax="0.01"), "split.items_mismatch", "split.items"),
    (bill(item("30.00"), discount="0.01"), "split.items_mismatch", "split.items"),
    (bill(item("0.00"), tip="30.00"), "split.no_items", "split.items"),
    (bill(item("31.00"), item("-1.00")), "split.wrong_sign", "split.items.1.amount"),
    (bill(item("31.00"), tax="-1.00"), "split.wrong_sign", "split.tax"),
    (bill(item("31.00"), tip="-1.00"), "split.wrong_sign", "split.tip"),
    (bill(item("29.00"), discount="-1.00"), "split.wrong_sign", "split.discount"),
    (bill(item(among=[])), "split.nobody", "split.items.0.among"),
    (bill(item(among=[1, 1])), "split.duplicate_member", "split.items.0.among"),
    (bill(item(among=[1, 5])), "member.unknown", "split"),
    (bill(item(among=[1, 4])), "member.inactive", "split"),
    (bill(item("30.001")), "money.too_many_decimals", "split.items.0.amount"),
    (bill(item("@3e1")), "money.not_a_number", "split.items.0.amount"),
    (bill(item(), tip="1e0"), "money.not_a_number", "split.tip"),
    (bill(item(), tip=None), SHAPE, "split.tip"),
    (bill(item(among=None)), SHAPE, "split.items.0.among"),
    (bill(item(price=1)), SHAPE, "split.items.0.price"),
    (bill({"name": "Wine", "among": [1]}), SHAPE, "split.items.0.amount"),
    (bill(item(name="x" * 201)), SHAPE, "split.items.0.name"),
    (bill(item(name="a\ud800")), SHAPE, "split.items.0.name"),
    *[(bill(item(name=value)), "text.unprintable", "split.items.0.name") for value in UNPRINTABLE],
    (bill(*[item("0.01")] * 1_001), "split.too_large", "split.items"),
    # Texts
    *[({"description": value}, SHAPE, "description") for value in ("", "x" * 201, None, 1, True, [], "\ud800")],
    *[({"description": value}, "text.empty", "description") for value in (" ", "\t\n", "\u3000")],
    *[({"description": value}, "text.unprintable", "description") for value in [*UNPRINTABLE, "a\nb", "a\tb"]],
    *[({"category": value}, SHAPE, "category") for value in ("x" * 61, 1, [], "\ud800")],
    *[({"category": value}, "text.unprintable", "category") for value in [*UNPRINTABLE, "a\nb"]],
    *[({"notes": value}, SHAPE, "notes") for value in ("x" * 4_001, 1, {}, "\ud800")],
    *[({"notes": value}, "text.unprintable", "notes") for value in UNPRINTABLE],
    # Days, ids, fields
    *[({"date": value}, SHAPE, "date") for value in NO_DAYS],
    *[({"id": value}, SHAPE, "id") for value in NO_UUIDS],
    *[({name: 1}, SHAPE, name) for name in ("surprise", "interest", "function-x", "list[int]", "equal")],
    ({"shares": []}, SHAPE, "shares"),
    ({"version": 1}, SHAPE, "version"),
    ({"Amount": "1.00"}, SHAPE, "Amount"),
    ({"": 1}, SHAPE, ""),
    ({"\ud800": 1}, SHAPE, ""),
]  # fmt: skip


def short(value: object) -> str:
    return ascii(value)[:60]


@pytest.mark.parametrize(("change", "code", "field"), EXPENSES, ids=short)
def test_a_bad_expense_is_refused_by_its_rule_whichever_way_it_comes(stage, change, code, field):
    api, body = stage.api, {**dinner(), **change}
    for response in (
        api.send("POST", f"{stage.event}/expenses", written(body)),
        api.send("PUT", stage.expense, written(body), version=2),
    ):
        problem = refused(response, 422, code, field=field)
    response = api.send("POST", f"{stage.event}/expenses/batch", written([body]))
    [result] = response.json()["results"]
    assert result["status"] == 422
    named = ("code", "title", "detail", "errors")
    assert {name: result["problem"][name] for name in named} == {name: problem[name] for name in named}
    stage.assert_unchanged()


@pytest.mark.parametrize("missing", ["description", "amount", "paid_by"])
def test_an_expense_without_what_it_needs_is_refused(stage, missing):
    body = {name: value for name, value in dinner().items() if name != missing}
    problem = refused(stage.api.send("POST", f"{stage.event}/expenses", body), 422, SHAPE, field=missing)
    assert problem["errors"] == [{"field": missing, "code": "validation.missing", "message": "Field required"}]
    stage.assert_unchanged()


def test_every_broken_field_is_named_at_once(stage):
    body = {"description": "", "amount": True, "paid_by": "x", "date": "x", "surprise": 1}
    problem = refused(stage.api.send("POST", f"{stage.event}/expenses", body), 422, SHAPE)
    assert {entry["field"] for entry in problem["errors"]} == set(body)


# What the refusals say, word by word, where numbers are involved.
NUMBERS = [
    (exact("10.00", "10.00", "9.99"), "30.00", "29.99", "The shares sum to 29.99, the total is 30.00."),
    (payers("15.00", "15.01"), "30.00", "30.01", "The payers' amounts sum to 30.01, the total is 30.00."),
    (percentage("33.33", "33.33", "33.33"), "100", "99.99", "The percentages sum to 99.99, they must sum to 100."),
    ({"amount": "33.333"}, "at most 2", "3", "33.333 has 3 decimals, INR has 2."),
    (
        {"amount": "10000000000000.01"},
        "10000000000000.00",
        "10000000000000.01",
        "The amount is 10000000000000.01, at most 10000000000000.00 is allowed.",
    ),
    ({"paid_by": 9}, "1 to 4", "9", "There is no member 9 in this event; its members are numbered 1 to 4."),
]


@pytest.mark.parametrize(("change", "expected", "actual", "detail"), NUMBERS, ids=short)
def test_a_refusal_says_the_numbers_involved(stage, change, expected, actual, detail):
    response = stage.api.send("POST", f"{stage.event}/expenses", {**dinner(), **change})
    problem = refused(response, 422, response.json()["code"])
    [entry] = problem["errors"]
    assert (entry["expected"], entry["actual"], problem["detail"]) == (expected, actual, detail)


def test_more_than_ten_thousand_payers_times_participants_are_refused(api):
    event = api.event([f"Member {number}" for number in range(1, 1_001)])
    before = api.snapshot(event)
    body = dinner(amount="11.00", paid_by=[{"member": number, "amount": "1.00"} for number in range(1, 12)])
    refused(api.send("POST", f"{event}/expenses", body), 422, "expense.too_many_payers", field="paid_by")
    assert api.snapshot(event) == before


def test_more_than_the_counters_hold_is_refused_before_it_is_posted(api):
    event = api.event(["Asha", "Ben"])
    line = dinner(amount="10000000000000.00")
    for _ in range(4):
        assert {each["status"] for each in api.do("POST", f"{event}/expenses/batch", [line] * 1000)["results"]} == {201}
    before = api.get(f"{event}/positions")
    refused(api.send("POST", f"{event}/expenses", dinner(amount="0.01")), 409, "ledger.overflow", field="amount")
    assert api.get(f"{event}/positions") == before
