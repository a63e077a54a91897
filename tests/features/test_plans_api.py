"""Who owes whom over HTTP: balances, positions, plans, statements."""

from decimal import Decimal

import pytest

from allsquare.core.settle.asking import STRATEGIES
from tests.features.api_client import NOBODY, NOTHING_LEFT, refused

ME_AND_YOU = {"type": "equal", "among": [1, 2]}


def owes(api, event, debtor, creditor, amount, **fields):
    """Record that the creditor paid something only the debtor consumed."""
    split = {"type": "exact", "shares": [{"member": debtor, "amount": amount}]}
    return api.expense(event, amount, creditor, split=split, **fields)


@pytest.fixture
def chain(api):
    """Give an event in which 1 owes 2, 2 owes 3, and 3 owes 4, 10.00 each."""
    event = api.event(["Asha", "Ben", "Chen", "Dia"])
    for debtor in (1, 2, 3):
        owes(api, event, debtor, debtor + 1, "10.00")
    return event


def payment(payer, payee, amount, currency="INR"):
    return {"from": payer, "to": payee, "amount": amount, "currency": currency}


def test_balances_are_netted_between_each_two(api):
    event = api.event()
    owes(api, event, 1, 2, "10.00")
    owes(api, event, 2, 1, "4.00")
    owes(api, event, 3, 1, "7.00")
    owes(api, event, 1, 3, "7.00")
    assert api.get(f"{event}/balances") == {
        "event_id": event.rpartition("/")[2],
        "seq": 5,
        "balances": [payment(1, 2, "6.00")],
    }


def test_positions_show_every_member_with_all_that_moved(api):
    event = api.event()
    api.expense(event, "30.00")
    api.settlement(event, 2, 1, "4.00")
    assert api.get(f"{event}/positions") == {
        "event_id": event.rpartition("/")[2],
        "seq": 3,
        "positions": [
            position(1, paid="30.00", share="10.00", sent="0.00", received="4.00", net="16.00"),
            position(2, paid="0.00", share="10.00", sent="4.00", received="0.00", net="-6.00"),
            position(3, paid="0.00", share="10.00", sent="0.00", received="0.00", net="-10.00"),
        ],
    }


def test_a_new_event_has_everybody_at_zero(api):
    event = api.event(["Asha"], currency="JPY")
    zero = position(1, "JPY", paid="0", share="0", sent="0", received="0", net="0")
    assert api.get(f"{event}/positions")["positions"] == [zero]
    assert api.get(f"{event}/balances")["balances"] == []
    plan = api.get(f"{event}/plan")
    assert (plan["payments"], plan["optimal"], plan["fewest_possible"]) == ([], True, 0)


def position(member, currency="INR", **amounts):
    return {"member": member, "currency": currency, **amounts}


def test_nets_are_paid_less_share_plus_sent_less_received_and_sum_to_zero(api):
    event = api.event()
    api.expense(event, "100.01", 2)
    api.expense(event, "-7.00", 3, split=ME_AND_YOU)
    api.expense(event, "1001", 1, currency="JPY")
    api.settlement(event, 1, 2, "5.00", allow_overpayment=True)
    sums = {}
    for each in api.get(f"{event}/positions")["positions"]:
        paid, share, sent, received, net = (
            Decimal(each[name]) for name in ("paid", "share", "sent", "received", "net")
        )
        assert net == paid - share + sent - received
        sums[each["currency"]] = sums.get(each["currency"], 0) + net
    assert sums == {"INR": 0, "JPY": 0}


def test_the_fewest_plan_goes_past_the_chain_of_debts(api, chain):
    assert api.get(f"{chain}/plan") == {
        "event_id": chain.rpartition("/")[2],
        "seq": 4,
        "strategy": "fewest",
        "optimal": True,
        "fewest_possible": 1,
        "payments": [payment(1, 4, "10.00")],
        **NOTHING_LEFT,
    }


def test_the_direct_plan_pays_each_balance_and_knows_how_few_would_do(api, chain):
    assert api.get(f"{chain}/plan", strategy="direct") == {
        "event_id": chain.rpartition("/")[2],
        "seq": 4,
        "strategy": "direct",
        "optimal": False,
        "fewest_possible": 1,
        "payments": [payment(1, 2, "10.00"), payment(2, 3, "10.00"), payment(3, 4, "10.00")],
        **NOTHING_LEFT,
    }


def test_a_plan_looked_at_and_a_plan_frozen_are_the_same(api, chain):
    for strategy in STRATEGIES:
        looked_at = api.get(f"{chain}/plan", strategy=strategy)
        frozen = api.do("PUT", f"{chain}/settle", {"strategy": strategy})["plan"]
        for name in ("strategy", "optimal", "fewest_possible", "payments"):
            assert frozen[name] == looked_at[name], name
        api.do("POST", f"{chain}/reopen")


def test_an_event_that_is_not_simplified_plans_directly_unless_asked_otherwise(api, chain):
    assert api.get(f"{chain}/plan")["strategy"] == "fewest"
    api.do("PATCH", chain, {"simplify": False})
    assert api.get(f"{chain}/plan")["strategy"] == "direct"
    assert api.get(f"{chain}/plan", strategy="fewest")["strategy"] == "fewest"
    assert api.do("PUT", f"{chain}/settle")["plan"]["strategy"] == "direct"


def test_a_debt_between_two_is_one_payment_by_either_strategy(api):
    event = api.event(["Asha", "Ben"])
    api.expense(event, "30.00")
    for strategy in STRATEGIES:
        plan = api.get(f"{event}/plan", strategy=strategy)
        assert (plan["payments"], plan["optimal"], plan["fewest_possible"]) == ([payment(2, 1, "15.00")], True, 1)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_paying_a_plan_brings_everybody_to_zero_in_every_currency(api, strategy):
    event = api.event(["Asha", "Ben", "Chen", "Dia"])
    api.expense(event, "100.01", 1)
    api.expense(event, "77.77", 2, split={"type": "equal", "among": [1, 3]})
    api.expense(event, "-12.34", 3)
    api.expense(event, "1001", 4, currency="JPY", split={"type": "equal", "among": [1, 2, 3]})
    api.expense(event, "9.999", 2, currency="KWD")
    for each in api.get(f"{event}/plan", strategy=strategy)["payments"]:
        # Whoever settles by a treasurer without saying so pays more than is owed to that member.
        how = {"allow_overpayment": strategy == "hub", "currency": each["currency"]}
        api.settlement(event, each["from"], each["to"], each["amount"], **how)
    for currency in ("INR", "JPY", "KWD"):
        assert {Decimal(net) for net in api.nets(event, currency).values()} == {0}, currency
    assert api.get(f"{event}/plan", strategy=strategy)["payments"] == []


def test_a_plan_is_no_debt_until_it_is_paid(api, chain):
    before = api.snapshot(chain)
    api.get(f"{chain}/plan")
    api.get(f"{chain}/plan", strategy="direct")
    assert api.snapshot(chain) == before


def test_an_unknown_strategy_is_refused_by_its_name(api, chain):
    before = api.snapshot(chain)
    for response in (
        api.send("GET", f"{chain}/plan?strategy=cheapestest"),
        api.send("PUT", f"{chain}/settle", {"strategy": "cheapestest"}),
    ):
        problem = refused(response, 422, "plan.strategy_unknown", field="strategy")
        assert problem["errors"][0]["actual"] == "cheapestest"
    assert api.snapshot(chain) == before


def test_a_statement_tells_line_by_line_how_the_net_came_about(api):
    event = api.event()
    lunch = api.expense(event, "30.00", 1, description="Lunch", date="2026-11-20")
    taxi = api.expense(event, "9.00", 2, description="Taxi", date="2026-11-19")
    api.expense(event, "5.00", 1, description="Not Ben's", split={"type": "equal", "among": [1, 3]})
    paid = api.settlement(event, 2, 1, "4.00", date="2026-11-21", note="first part")
    statement = api.get(f"{event}/statement", member=2)
    assert statement == {
        "member": 2,
        "currency": "INR",
        "seq": 5,
        "lines": [
            line(3, "2026-11-19", "Taxi", paid="9.00", share="3.00", amount="6.00", net="6.00", expense_id=taxi["id"]),
            line(2, "2026-11-20", "Lunch", share="10.00", amount="-10.00", net="-4.00", expense_id=lunch["id"]),
            line(
                5,
                "2026-11-21",
                "Paid to member 1: first part",
                kind="settlement",
                amount="4.00",
                net="0.00",
                settlement_id=paid["id"],
            ),
        ],
        "net": "0.00",
        "next_cursor": None,
    }
    assert api.nets(event)[2] == "0.00"
    other_side = api.get(f"{event}/statement", member=1)["lines"][-1]
    assert (other_side["description"], other_side["amount"]) == ("Received from member 2: first part", "-4.00")


def line(seq, day, description, *, amount, net, **fields):
    usual = {"kind": "expense", "paid": "0.00", "share": "0.00", "expense_id": None, "settlement_id": None}
    return {**usual, "seq": seq, "date": day, "description": description, "amount": amount, "net": net, **fields}


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_a_statement_runs_on_over_its_pages_to_the_net_of_the_position(api, limit):
    event = api.event()
    api.expense(event, "100.00", 1)
    api.expense(event, "10.01", 2)
    api.expense(event, "-3.00", 3)
    gone = api.expense(event, "55.00", 3)
    api.do("DELETE", f"{event}/expenses/{gone['id']}", version=1, status=204)
    back = api.settlement(event, 2, 1, "1.00")
    api.do("POST", f"{event}/settlements/{back['id']}/reverse", {"reason": "x"}, status=201)
    api.settlement(event, 3, 1, "2.50")
    for member, net in api.nets(event).items():
        lines, running, query = [], Decimal(0), {}
        while True:
            page = api.get(f"{event}/statement", member=member, limit=limit, **query)
            assert len(page["lines"]) <= limit
            assert page["net"] == net
            lines += page["lines"]
            if page["next_cursor"] is None:
                break
            query = {"cursor": page["next_cursor"]}
        for each in lines:
            running += Decimal(each["amount"])
            assert Decimal(each["net"]) == running
        assert running == Decimal(net)
        assert len(lines) == (3 if member == 2 else 4)


def test_a_statement_is_of_one_currency(api):
    event = api.event()
    api.expense(event, "30.00")
    api.expense(event, "3001", 2, currency="JPY")
    yen = api.get(f"{event}/statement", member=1, currency="JPY")
    # 3001 among three: 1000 each, the odd yen goes to index 1000 mod 3 = 1, which is member 2.
    assert [(each["amount"], each["net"]) for each in yen["lines"]] == [("-1000", "-1000")]
    assert (yen["net"], yen["currency"]) == ("-1000", "JPY")
    nothing = api.get(f"{event}/statement", member=1, currency="KWD")
    assert (nothing["lines"], nothing["net"]) == ([], "0.000")


def test_a_statement_needs_a_member_who_is_there(api):
    event = api.event()
    refused(api.send("GET", f"{event}/statement"), 422, "validation.failed", field="member")
    problem = refused(api.send("GET", f"{event}/statement?member=4"), 422, "member.unknown", field="member")
    assert problem["errors"][0]["expected"] == "1 to 3"


def test_who_owes_whom_in_an_event_nobody_made_is_not_found(api):
    for path in ("balances", "positions", "plan", "plan?strategy=direct", "statement?member=1"):
        refused(api.send("GET", f"/v1/events/{NOBODY}/{path}"), 404, "event.not_found")
