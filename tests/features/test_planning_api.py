"""Plans over HTTP: each strategy, its setting, whole units, locked payments, calm, explanations, and nets by name."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise

import pytest

from allsquare.core.settle.asking import STRATEGIES
from tests.features.api_client import dinner, refused
from tests.features.test_plans_api import owes, payment

NAMES = ["Asha", "Ben", "Chen", "Dia", "Emre"]


@pytest.fixture
def trip(api):
    """Give an event of five in three currencies, with debts that go round and some that hang together."""
    event = api.event(NAMES)
    api.expense(event, "100.01", 1, description="Rooms")
    api.expense(event, "33.33", 2, description="Taxi", split={"type": "equal", "among": [1, 2, 3]})
    api.expense(event, "60.00", 3, description="Boat", split={"type": "equal", "among": [3, 4]})
    api.expense(event, "12345", 4, currency="JPY", description="Sushi")
    api.expense(event, "9.999", 5, currency="KWD", description="Tea", split={"type": "equal", "among": [1, 5]})
    return event


def nets_of(api, event):
    found = api.get(f"{event}/positions")["positions"]
    return {(each["currency"], each["member"]): Decimal(each["net"]) for each in found if Decimal(each["net"])}


def settled_by(plan):
    nets = {}
    for each in (*plan["payments"], *plan["rounding"]):
        for member, sign in ((each["from"], -1), (each["to"], 1)):
            key = (each["currency"], member)
            nets[key] = nets.get(key, 0) + sign * Decimal(each["amount"])
    return {key: net for key, net in nets.items() if net}


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("round_to", ["0", "5"])
def test_every_strategy_settles_three_currencies_exactly(api, trip, strategy, round_to):
    plan = api.get(f"{trip}/plan", strategy=strategy, round_to=round_to)
    assert settled_by(plan) == nets_of(api, trip)
    assert {each["currency"] for each in plan["payments"]} == {"INR", "JPY", "KWD"}
    assert plan["stuck"] == []
    if round_to == "5":
        whole = [each for each in plan["payments"] if each["currency"] != "KWD"]
        assert all(Decimal(each["amount"]) % 5 == 0 for each in whole)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_whatever_a_frozen_plan_proposes_can_be_paid_and_clears_the_event(api, trip, strategy):
    api.do("PUT", f"{trip}/settle", {"strategy": strategy, "round_to": "1"})
    while payments := api.get(f"{trip}/plan")["payments"]:
        first, rest = payments[0], payments[1:]
        api.settlement(trip, first["from"], first["to"], first["amount"], currency=first["currency"])
        assert api.get(f"{trip}/plan")["payments"] == rest
    assert api.get(trip)["status"] == "cleared"
    assert nets_of(api, trip) == {}


def test_the_odd_units_are_booked_by_name_with_the_last_payment_and_taken_back_with_it(api):
    event = api.event(["Asha", "Ben", "Chen"])
    api.expense(event, "37.00")
    plan = api.do("PUT", f"{event}/settle", {"round_to": "1"})["plan"]
    # 24.66 is owed, 12.33 owe two: floored to 24, −13 and −13, the two units missing go to the larger remainders.
    assert plan["payments"] == [payment(2, 1, "12.00"), payment(3, 1, "12.00")]
    assert plan["rounding"] == [payment(2, 1, "0.33"), payment(3, 1, "0.33")]
    assert api.settlement(event, 3, 1, "12.00")["rounding"] == []
    last = api.settlement(event, 2, 1, "12.00")
    assert last["rounding"] == plan["rounding"]
    assert api.get(event)["status"] == "cleared"
    lines = api.get(f"{event}/statement", member=2)["lines"]
    assert [(each["kind"], each["description"], each["net"]) for each in lines][-1] == ("rounding", "Rounding", "0.00")
    pages = [api.get(f"{event}/statement", member=2, limit=1)]
    while pages[-1]["next_cursor"]:
        pages.append(api.get(f"{event}/statement", member=2, limit=1, cursor=pages[-1]["next_cursor"]))
    assert [line for page in pages for line in page["lines"]] == lines
    api.do("POST", f"{event}/settlements/{last['id']}/reverse", {"reason": "it bounced"}, status=201)
    assert api.get(event)["status"] == "settlement"
    assert api.get(f"{event}/plan")["payments"] == [payment(2, 1, "12.00")]


def test_a_frozen_plan_stays_whatever_the_event_is_told_to_settle_by_later(api, trip):
    frozen = api.do("PUT", f"{trip}/settle", {"round_to": "1"})["plan"]
    api.do("PATCH", trip, {"settle_by": {"strategy": "hub", "hub": 3, "pairs": [[1, 2]]}})
    shown = api.get(f"{trip}/plan")
    assert (shown["strategy"], shown["payments"]) == ("fewest", frozen["payments"])


def test_settling_again_is_by_what_the_event_settles_by_and_not_by_the_frozen_plan(api, trip):
    api.do("PUT", f"{trip}/settle", {"strategy": "hub", "hub": 3})
    again = api.do("PUT", f"{trip}/settle")["plan"]
    assert again["strategy"] == "fewest"
    assert api.get(f"{trip}/plan")["payments"] == again["payments"]


def test_more_than_the_plan_proposes_is_still_too_much(api):
    event = api.event(["Asha", "Ben", "Chen"])
    api.expense(event, "38.00")
    api.do("PUT", f"{event}/settle", {"round_to": "1"})
    pay = {"from": 2, "to": 1, "amount": "13.01"}
    refused(api.send("POST", f"{event}/settlements", pay), 409, "settlement.overpayment", field="amount")
    api.settlement(event, 2, 1, "13.00")  # 12.67 is owed
    again = api.send("POST", f"{event}/settlements", {**pay, "amount": "13.00"})
    refused(again, 409, "settlement.overpayment", field="amount")


def test_an_event_settles_as_its_setting_says_until_it_says_otherwise(api, trip):
    setting = {"strategy": "hub", "hub": 2, "round_to": "1", "pairs": [[2, 1]]}
    shown = api.do("PATCH", trip, {"settle_by": setting})["settle_by"]
    assert shown == {**setting, "pairs": [[1, 2]], "costs": []}
    plan = api.get(f"{trip}/plan")
    assert plan["strategy"] == "hub"
    assert all(2 in (each["from"], each["to"]) for each in plan["payments"])
    assert api.get(f"{trip}/plan", strategy="fewest", round_to="0")["rounding"] == []
    assert api.do("PUT", f"{trip}/settle")["plan"]["payments"] == plan["payments"]
    api.do("POST", f"{trip}/reopen")
    assert api.do("PATCH", trip, {"settle_by": None})["settle_by"] is None
    assert api.get(f"{trip}/plan")["strategy"] == "fewest"


@pytest.mark.parametrize(
    ("setting", "code", "field"),
    [
        ({"strategy": "greedy"}, "plan.strategy_unknown", "strategy"),
        ({"hub": 9}, "member.unknown", "hub"),
        ({"pairs": [[1, 1]]}, "plan.pair_invalid", "pairs"),
        ({"pairs": [[1, 7]]}, "member.unknown", "pairs"),
        ({"round_to": "0.001"}, "money.too_many_decimals", "round_to"),
        ({"round_to": "-1"}, "plan.unit_negative", "round_to"),
        ({"costs": [{"bank": {"fixed": "-1"}}]}, "plan.fee_invalid", "costs"),
        ({"costs": [{"bank": {"per_mille": "1000.01"}}]}, "plan.fee_invalid", "costs"),
        ({"costs": [{"bank": {"per_mille": "1.001"}}]}, "split.decimal_invalid", "settle_by.costs.0.bank.per_mille"),
        ({"costs": [{}, {}]}, "plan.fee_invalid", "costs"),
        ({"surprise": 1}, "validation.failed", "settle_by.surprise"),
    ],
)
def test_a_setting_nobody_could_settle_by_is_refused(api, trip, setting, code, field):
    before = api.snapshot(trip)
    refused(api.send("PATCH", trip, {"settle_by": setting}), 422, code, field=field)
    assert api.snapshot(trip) == before


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"hub": 9}, "member.unknown", "hub"),
        ({"locked": [{"from": 1, "to": 1, "amount": "1.00"}]}, "plan.locked_invalid", "locked"),
        ({"locked": [{"from": 1, "to": 2, "amount": "0"}]}, "plan.locked_invalid", "locked"),
        ({"locked": [{"from": 1, "to": 8, "amount": "1"}]}, "member.unknown", "locked"),
        ({"locked": [{"from": 1, "to": 2, "amount": "1.001"}]}, "money.too_many_decimals", "locked.0.amount"),
        ({"strategy": "familiar", "pairs": []}, "plan.stuck", "pairs"),
    ],
)
def test_a_plan_that_cannot_be_is_not_frozen(api, trip, asked, code, field):
    before = api.snapshot(trip)
    refused(api.send("PUT", f"{trip}/settle", asked), 409 if code == "plan.stuck" else 422, code, field=field)
    assert api.snapshot(trip) == before


def test_who_is_stuck_is_said_with_the_amount(api):
    event = api.event(["Asha", "Ben", "Chen"])
    api.expense(event, "30.00")
    plan = api.get(f"{event}/plan", strategy="familiar", pairs="1-2")
    assert plan["payments"] == [payment(2, 1, "10.00")]
    assert plan["stuck"] == [
        {"member": 1, "amount": "10.00", "currency": "INR"},
        {"member": 3, "amount": "-10.00", "currency": "INR"},
    ]


def test_a_locked_payment_stays_in_the_plan(api):
    event = api.event(["Asha", "Ben", "Chen"])
    api.expense(event, "30.00")
    plan = api.get(f"{event}/plan", locked=["3-2:4.00", "2-1:1:JPY"])
    assert plan["payments"] == [
        payment(2, 1, "14.00"),
        payment(3, 1, "6.00"),
        payment(3, 2, "4.00"),
        payment(1, 2, "1", "JPY"),
        payment(2, 1, "1", "JPY"),
    ]
    refused(api.send("GET", f"{event}/plan?locked=x"), 422, "validation.failed", field="locked.0")


def test_the_cheapest_plan_stays_within_a_bank_where_crossing_costs(api):
    event = api.event(["Asha", "Ben", "Chen", "Dia"])
    for debtor, creditor in ((1, 2), (3, 4)):
        owes(api, event, debtor, creditor, "10.00")
    for member, bank in ((1, "North"), (2, "South"), (3, "South"), (4, "North")):
        told = api.do("PATCH", f"{event}/members/{member}", {"payment": {"bank": bank, "country": "IN"}})
        assert told["payment"] == {"bank": bank, "country": "IN", "currency": None}
    api.do("PATCH", event, {"settle_by": {"strategy": "cheapest", "costs": [{"bank": {"fixed": "1.50"}}]}})
    plan = api.get(f"{event}/plan")
    assert plan["payments"] == [payment(1, 4, "10.00"), payment(3, 2, "10.00")]
    assert (plan["fees"], plan["optimal"]) == ([{"currency": "INR", "cost": "0.00", "least_possible": "0.00"}], True)
    direct = api.get(f"{event}/plan", strategy="direct")
    assert direct["payments"] == [payment(1, 2, "10.00"), payment(3, 4, "10.00")]


@pytest.mark.parametrize(
    ("told", "code"),
    [({"country": "India"}, "member.country_unknown"), ({"currency": "XXX"}, "money.currency_unknown"),
     ({"bank": "a\x07"}, "text.unprintable"), ({"iban": "x"}, "validation.failed")],
)  # fmt: skip
def test_payment_details_that_say_nothing_sensible_are_refused(api, trip, told, code):
    before = api.snapshot(trip)
    refused(api.send("PATCH", f"{trip}/members/1", {"payment": told}), 422, code)
    assert api.snapshot(trip) == before


def test_payment_details_never_enter_the_journal(api, trip):
    api.do("PATCH", f"{trip}/members/2", {"name": "Benjamin", "payment": {"bank": "Sparkasse"}})
    last = api.get(f"{trip}/journal", after=6)["items"][-1]
    assert (last["kind"], last["data"]["member"]) == ("member.changed", 2)
    assert "Sparkasse" not in str(last)
    assert "Benjamin" not in str(last)


def test_once_a_proposed_payment_is_recorded_the_others_stay(api):
    event = api.event([f"P{number}" for number in range(12)])
    for number in range(1, 12):
        owes(api, event, number, number % 12 + 1, f"{number * 7 % 5 + 1}.{number:02}")
    plan = api.get(f"{event}/plan")["payments"]
    for paid in (plan[-1], plan[0], plan[len(plan) // 2]):
        api.settlement(event, paid["from"], paid["to"], paid["amount"])
        plan = [each for each in plan if each != paid]
        shown = api.get(f"{event}/plan")
        assert shown["payments"] == plan
        assert shown["optimal"]


def test_a_retry_of_settle_gets_the_first_plan_whatever_happened_since(api, trip):
    body = {"strategy": "fewest"}
    first = api.send("PUT", f"{trip}/settle", body, key="settle-once")
    paid = first.json()["plan"]["payments"][0]
    api.settlement(trip, paid["from"], paid["to"], paid["amount"], currency=paid["currency"])
    again = api.send("PUT", f"{trip}/settle", body, key="settle-once")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_a_payment_is_explained_by_the_shortest_chain_of_expenses(api):
    event = api.event(["Asha", "Ben", "Chen"])
    owes(api, event, 1, 2, "40.00", description="Dinner")
    owes(api, event, 1, 2, "20.00", description="Taxi")
    owes(api, event, 2, 3, "60.00", description="Hotel")
    shown = api.get(f"{event}/plan/explain", from_=1, to=3)
    assert shown["text"] == (
        "Asha pays Chen 60.00 INR: 60.00 because Asha owes Ben 60.00 for Dinner and Taxi"
        " and Ben owes Chen 60.00 for Hotel."
    )
    (piece,) = shown["pieces"]
    assert [(link["from"], link["to"], link["amount"]) for link in piece["links"]] == [(1, 2, "60.00"), (2, 3, "60.00")]
    assert [(each["description"], each["amount"]) for each in piece["links"][0]["because"]] == [
        ("Dinner", "40.00"),
        ("Taxi", "20.00"),
    ]
    assert shown["circles"] == []


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("round_to", ["0", "1"])
def test_all_explanations_of_a_plan_add_up_and_use_no_expense_twice(api, trip, strategy, round_to):
    api.settlement(trip, 5, 1, "5.00")
    plan = api.get(f"{trip}/plan", strategy=strategy, round_to=round_to)
    used, shares = {}, {}
    for each in plan["payments"]:
        asked = {"strategy": strategy, "round_to": round_to, "currency": each["currency"]}
        shown = api.get(f"{trip}/plan/explain", from_=each["from"], to=each["to"], **asked)
        assert shown["payment"] == each
        assert sum(Decimal(piece["amount"]) for piece in shown["pieces"]) == Decimal(each["amount"])
        for piece in shown["pieces"]:
            first = (piece["payments"][0]["from"], piece["payments"][0]["to"])
            if piece["kind"] == "chain":
                assert all(a["to"] == b["from"] for a, b in pairwise(piece["links"]))
            if first != (each["from"], each["to"]):
                continue  # a swap is told by each of its payments, and counted with the first
            for link in piece["links"]:
                assert sum(Decimal(reason["amount"]) for reason in link["because"]) == Decimal(link["amount"])
                for reason in link["because"]:
                    key = (link["from"], link["to"], reason["expense_id"] or reason["settlement_id"] or "left")
                    used[key] = used.get(key, 0) + Decimal(reason["amount"])
    entries = {entry["seq"]: entry for entry in api.items(f"{trip}/journal")}
    for expense in api.items(f"{trip}/expenses"):
        for transfer in entries[expense["seq"]]["transfers"]:
            shares[transfer["debit"], transfer["credit"], expense["id"]] = Decimal(transfer["amount"])
    (back,) = api.items(f"{trip}/settlements")
    shares[1, 5, back["id"]] = Decimal("5.00")
    assert used
    for key, amount in used.items():
        assert key[2] == "left" or amount <= shares[key]


def test_a_payment_that_is_not_in_the_plan_is_not_found(api, trip):
    refused(api.send("GET", f"{trip}/plan/explain?from=1&to=1"), 404, "plan.payment_not_found")
    refused(api.send("GET", f"{trip}/plan/explain?from=1"), 422, "validation.failed", field="to")


def test_of_two_who_record_the_same_proposed_payment_one_is_told_that_it_is_paid(api):
    event = api.event(NAMES)
    for debtor in (2, 3, 4, 5):
        owes(api, event, debtor, 1, f"{debtor}0.40")
    plan = api.do("PUT", f"{event}/settle", {"round_to": "1"})["plan"]
    bodies = [{"from": e["from"], "to": e["to"], "amount": e["amount"]} for e in plan["payments"]] * 2
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda body: api.send("POST", f"{event}/settlements", body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [409] * 4
    assert api.get(event)["status"] == "cleared"
    booked = [answer.json()["rounding"] for answer in answers if answer.status_code == 201]
    assert sorted(map(bool, booked)) == [False, False, False, True]


def test_a_plan_that_was_overtaken_by_an_expense_is_made_anew(api):
    event = api.event(["Asha", "Ben", "Chen"])
    with ThreadPoolExecutor(4) as threads:
        spending = [threads.submit(api.send, "POST", f"{event}/expenses", dinner()) for _ in range(20)]
        settled = threads.submit(api.send, "PUT", f"{event}/settle")
        recorded = [each.result().status_code for each in spending]
    plan = settled.result().json()["plan"]
    assert set(recorded) <= {201, 409}
    nets = nets_of(api, event)
    assert settled_by(plan or {"payments": [], "rounding": []}) == nets
