"""Calm over HTTP: what a look at plans must not change, and what a frozen plan keeps to while it is paid."""

import pytest

from tests.features.api_client import refused
from tests.features.test_plans_api import owes, payment


@pytest.fixture
def three(api):
    """Give an event of three in which one expense of 30.00 is shared."""
    event = api.event(["Asha", "Ben", "Chen"])
    api.expense(event, "30.00")
    return event


def test_a_look_at_a_plan_lets_nobody_pay_more_than_is_owed(api, three):
    assert payment(2, 3, "1000000.00") in api.get(f"{three}/plan", locked="2-3:1000000")["payments"]
    answer = api.send("POST", f"{three}/settlements", {"from": 2, "to": 3, "amount": "1000000"})
    refused(answer, 409, "settlement.overpayment", field="amount")


def test_a_locked_payment_that_was_made_is_not_proposed_again(api):
    event = api.event(["Asha", "Ben", "Chen", "Dia"])
    owes(api, event, 1, 2, "10.00")
    owes(api, event, 3, 4, "20.00")
    locked = [{"from": 1, "to": 2, "amount": "10.00"}]
    api.do("PUT", f"{event}/settle", {"strategy": "fewest", "locked": locked})
    api.settlement(event, 1, 2, "10.00")
    api.settlement(event, 3, 4, "5.00")
    assert api.get(f"{event}/plan")["payments"] == [payment(3, 4, "15.00")]
    again = api.send("POST", f"{event}/settlements", {"from": 1, "to": 2, "amount": "10.00"})
    refused(again, 409, "settlement.overpayment", field="amount")


def test_payments_there_and_back_that_stand_for_no_debt_are_explained_as_that(api, three):
    api.expense(three, "11.11", 2, split={"type": "equal", "among": [3]})
    shown = api.get(f"{three}/plan/explain", from_=1, to=2, locked="1-2:500")
    assert any("they cancel each other" in piece["text"] for piece in shown["pieces"])


@pytest.mark.parametrize("strategy", ["direct", "hub", "cycle_free"])
def test_a_plan_in_whole_units_is_paid_in_its_order_and_clears(api, strategy):
    event = api.event(["Asha", "Ben", "Chen"])
    owes(api, event, 2, 1, "23.50")
    owes(api, event, 2, 3, "7.20")
    api.do("PUT", f"{event}/settle", {"strategy": strategy, "round_to": "1"})
    for _ in range(4):
        payments = api.get(f"{event}/plan")["payments"]
        if not payments:
            break
        first = payments[0]
        api.settlement(event, first["from"], first["to"], first["amount"])
        assert api.get(f"{event}/plan")["payments"] == payments[1:]
    assert api.get(event)["status"] == "cleared"


def test_looking_in_other_ways_does_not_disturb_the_plan(api):
    event = api.event([f"P{number}" for number in range(12)])
    for number in range(1, 13):
        owes(api, event, number, number % 12 + 1, f"{number * 7 % 5 + 1}.{number:02}")
        owes(api, event, number, (number + 4) % 12 + 1, f"{number * 5 % 7 + 1}.{number * 3:02}")
    plan = api.get(f"{event}/plan")["payments"]
    while plan:
        for other in ({"round_to": "1"}, {"budget_ms": 1}, {"strategy": "hub"}):
            api.get(f"{event}/plan", **other)
        first, *plan = plan
        api.settlement(event, first["from"], first["to"], first["amount"])
        assert api.get(f"{event}/plan")["payments"] == plan


def test_a_familiar_plan_is_kept_only_between_those_who_still_know_each_other(api):
    event = api.event(["Asha", "Ben", "Chen"])
    gone = owes(api, event, 1, 3, "10.00")
    assert api.get(f"{event}/plan", strategy="familiar")["payments"] == [payment(1, 3, "10.00")]
    api.do("DELETE", f"{event}/expenses/{gone['id']}", version=1, status=204)
    owes(api, event, 1, 2, "10.00")
    owes(api, event, 2, 3, "10.00")
    plan = api.get(f"{event}/plan", strategy="familiar")["payments"]
    assert plan == [payment(1, 2, "10.00"), payment(2, 3, "10.00")]


def test_a_unit_that_a_currency_cannot_hold_leaves_that_currency_exact(api, three):
    api.expense(three, "3001", 2, currency="JPY")
    api.do("PATCH", three, {"settle_by": {"round_to": "0.05"}})
    plan = api.do("PUT", f"{three}/settle")["plan"]
    assert {each["currency"] for each in plan["payments"]} == {"INR", "JPY"}
    assert {each["currency"] for each in plan["rounding"]} <= {"INR"}
