"""Plans for anybody over HTTP: names and nets in, payments out, and others are answered meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest

from tests.features.api_client import refused


def test_anybody_gets_a_plan_for_names_and_nets(api):
    body = {"currency": "EUR", "nets": {"Ann": "12.50", "Bob": "-10.00", "Cid": -2.5}}
    assert api.do("POST", "/v1/plans", body) == {
        "currency": "EUR",
        "strategy": "fewest",
        "optimal": True,
        "fewest_possible": 2,
        "payments": [
            {"from": "Bob", "to": "Ann", "amount": "10.00", "currency": "EUR"},
            {"from": "Cid", "to": "Ann", "amount": "2.50", "currency": "EUR"},
        ],
        "rounding": [],
        "stuck": [],
        "fees": [],
    }


@pytest.mark.parametrize(
    ("strategy", "count"),
    [("fewest", 1), ("cheapest", 1), ("familiar", 1), ("cycle_free", 2), ("hub", 2), ("direct", 3)],
)
def test_anybody_may_choose_any_strategy(api, strategy, count):
    # Ann owes Cid 4.00 in the end; of what goes round, Cid still owes Ann 6.00 when the two are netted.
    debts = [{"from": a, "to": b, "amount": "10.00"} for a, b in (("Ann", "Bob"), ("Bob", "Cid"), ("Cid", "Ann"))]
    debts.append({"from": "Ann", "to": "Cid", "amount": "4.00"})
    shown = api.do("POST", "/v1/plans", {"currency": "EUR", "debts": debts, "strategy": strategy, "hub": "Bob"})
    assert (shown["strategy"], len(shown["payments"])) == (strategy, count)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b'{"currency": "EUR", "nets": {"Ann": "1.00", "Bob": "-2.00"}}', 422, "plan.nets_unbalanced", "nets"),
        (b'{"currency": "EUR", "nets": {"Ann": "1", "Ann": "-1"}}', 422, "json.name_twice", "Ann"),
        (b'{"currency": "EUR", "nets": {"Ann": "1", " Ann": "-1"}}', 422, "plan.name_repeated", "nets"),
        (b'{"currency": "EUR", "nets": {"Ann": "1.001", "Bob": "-1.001"}}', 422, "money.too_many_decimals", "nets.Ann"),
        (b'{"currency": "EUR", "nets": {"Ann": "x", "Bob": "-1"}}', 422, "money.not_a_number", "nets.Ann"),
        (b'{"currency": "XXX", "nets": {}}', 422, "money.currency_unknown", "currency"),
        (b'{"currency": "EUR"}', 422, "plan.nets_missing", "nets"),
        (b'{"currency": "EUR", "nets": {}, "strategy": "direct"}', 422, "plan.nets_missing", "debts"),
        (b'{"currency": "EUR", "nets": {}, "strategy": "magic"}', 422, "plan.strategy_unknown", "strategy"),
        (b'{"currency": "EUR", "nets": {"Ann": 0}, "hub": "Zoe"}', 422, "plan.name_unknown", "hub"),
    ],
)
def test_nets_nobody_could_settle_are_refused_by_their_rule(api, body, status, code, field):
    headers = {"Content-Type": "application/json"}
    refused(api.send("POST", "/v1/plans", body, headers=headers), status, code, field=field)


def test_a_thousand_people_are_planned_for_and_one_more_is_refused(api):
    nets = {f"P{number:04}": number * 37 % 1_000 for number in range(999)}
    nets["P0999"] = -sum(nets.values())
    shown = api.do("POST", "/v1/plans", {"currency": "JPY", "nets": nets})
    assert shown["optimal"]
    nets["P1000"] = 0
    problem = refused(api.send("POST", "/v1/plans", {"currency": "JPY", "nets": nets}), 422, "plan.too_many_people")
    assert "1001" in problem["detail"]


def test_others_are_answered_while_a_large_plan_is_made(api):
    nets = {f"P{number:04}": number * 7_919 % 50_000 - 25_000 for number in range(999)}
    nets["P0999"] = -sum(nets.values())
    with ThreadPoolExecutor(1) as thread:
        planning = thread.submit(api.do, "POST", "/v1/plans", {"currency": "EUR", "nets": nets})
        waited = []
        while not planning.done():
            begun = time.perf_counter()
            assert api.http.get("/healthz").status_code == 200
            waited.append(time.perf_counter() - begun)
        assert planning.result()["payments"]
    # Not how long each took, which the machine decides, but that they were answered while the plan was being made.
    assert len(waited) > 3, median(waited)
