"""Plans as a whole: every strategy keeps every net, stays calm, and says what is proven."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allsquare.core.settle.amounts import Amount, nets_of
from allsquare.core.settle.asking import STRATEGIES, check_asked, complete
from allsquare.core.settle.calm import FormerPlan, amounts_in
from allsquare.core.settle.fees.cheapest import CostTable, Fee, Profile
from allsquare.core.settle.plan import CurrencyCosts, CurrencyPlan, Plan, PlannedPayment, PlanRequest
from allsquare.core.settle.plans import Basis, plan_payments
from allsquare.core.settle.rounding import UnitNegative, round_nets

EUR = "EUR"
BY_NETS_ALONE = ("fewest", "cheapest")
COSTS = (CurrencyCosts(EUR, CostTable(Fee(50, 100), Fee(200, 0), Fee(0, 500))),)
PROFILES = {
    number: Profile(f"B{number % 3}", ("DE", "FR", None)[number % 3], ("EUR", "USD")[number % 2])
    for number in range(1, 12)
}


@st.composite
def debts(draw, most=9, largest=60):
    """Draw who owes whom among a few people: few enough amounts for coincidences to be common."""
    people = range(1, draw(st.integers(2, most)) + 1)
    some = draw(st.lists(st.sampled_from(list(combinations(people, 2))), max_size=16, unique=True))
    return {(*pair, EUR): draw(st.integers(-largest, largest).filter(bool)) for pair in some}


def basis_of(pairs):
    owed = [Amount(low, high, amount) for (low, high, _), amount in pairs.items()]
    return Basis(nets={EUR: nets_of(owed)}, pairs=pairs, profiles=PROFILES, treasurer=1)


def asked(strategy, **fields):
    return PlanRequest(strategy=strategy, costs=COSTS, **fields)


def settled_by(plan):
    """Give the nets that a plan accounts for: payments, odd units, and what is stuck."""
    (found,) = plan.currencies
    nets = nets_of([*amounts_in(EUR, plan.payments), *amounts_in(EUR, found.rounding)])
    for person, net in found.stuck:
        nets[person] = nets.get(person, 0) + net
    return {person: net for person, net in nets.items() if net}


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(pairs=debts(), unit=st.sampled_from([None, "0.05", "0.10", "1"]), lock=st.booleans())
def test_every_net_is_kept_and_every_payment_is_one(strategy, pairs, unit, lock):
    locked = (PlannedPayment(2, 1, EUR, 7),) if lock else ()
    basis = basis_of(pairs)
    plan = plan_payments(asked(strategy, round_to=unit, locked=locked), basis)
    if not pairs and not lock:
        assert plan.payments == ()
        return
    assert settled_by(plan) == basis.nets[EUR]
    assert all(payment.amount_minor > 0 and payment.payer != payment.payee for payment in plan.payments)
    ends = [payment[:2] for payment in plan.payments]
    assert ends == sorted(set(ends))
    assert {payment for payment in locked if payment[:2] not in ends} == set()
    assert plan.fewest_possible <= len(plan.payments)
    assert not plan.currencies[0].stuck


@pytest.mark.parametrize("strategy", BY_NETS_ALONE)
@given(pairs=debts(most=11))
def test_only_debtors_pay_only_creditors_are_paid_and_the_least_money_moves(strategy, pairs):
    basis = basis_of(pairs)
    plan = plan_payments(asked(strategy), basis)
    nets = basis.nets[EUR]
    assert all(nets[payment.payer] < 0 < nets[payment.payee] for payment in plan.payments)
    assert len(plan.payments) <= max(len(nets) - 1, 0)
    assert 2 * sum(payment.amount_minor for payment in plan.payments) == sum(map(abs, nets.values()))


@given(pairs=debts(most=8, largest=9))
def test_the_fewest_payments_are_as_few_as_trying_everything_finds(pairs):
    basis = basis_of(pairs)
    plan = plan_payments(asked("fewest"), basis)
    assert len(plan.payments) == plan.fewest_possible == fewest_by_trying(tuple(basis.nets[EUR].values()))
    assert plan.optimal


def fewest_by_trying(nets):
    """Count people less the most zero-sum parts, looking at every subset."""
    full = (1 << len(nets)) - 1
    sums = [sum(net for place, net in enumerate(nets) if people >> place & 1) for people in range(full + 1)]
    most = [0] * (full + 1)
    for people in range(1, full + 1):
        without = max(most[people & ~(1 << place)] for place in range(len(nets)) if people >> place & 1)
        most[people] = without + (sums[people] == 0)
    return len(nets) - most[full]


@pytest.mark.parametrize("strategy", STRATEGIES)
@settings(deadline=None)
@given(pairs=debts(), unit=st.sampled_from([None, "0.10"]), data=st.data())
def test_once_one_proposed_payment_is_made_the_rest_of_the_plan_stays(strategy, pairs, unit, data):
    request = asked(strategy, round_to=unit)
    plan = plan_payments(request, basis_of(pairs))
    if not plan.payments:
        return
    paid = data.draw(st.sampled_from(plan.payments))
    after = plan_payments(request, basis_of(pay(pairs, paid)), former=FormerPlan(plan, (paid,)))
    assert list(after.payments) == [payment for payment in plan.payments if payment != paid]
    if strategy == "fewest" and after.payments:
        assert after.optimal == plan.optimal


def pay(pairs, payment):
    payer, payee, currency, amount = payment
    low, high, sign = (payer, payee, 1) if payer < payee else (payee, payer, -1)
    left = dict(pairs)
    left[low, high, currency] = left.get((low, high, currency), 0) - sign * amount
    return {pair: owed for pair, owed in left.items() if owed}


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(pairs=debts(), seed=st.randoms(use_true_random=False))
def test_the_order_in_which_people_are_listed_changes_nothing(strategy, pairs, seed):
    shuffled = list(pairs.items())
    seed.shuffle(shuffled)
    basis = basis_of(dict(shuffled))
    nets = list(basis.nets[EUR].items())
    seed.shuffle(nets)
    again = Basis(nets={EUR: dict(nets)}, pairs=basis.pairs, profiles=PROFILES, treasurer=1)
    assert plan_payments(asked(strategy), again) == plan_payments(asked(strategy), basis_of(pairs))


@given(pairs=debts(), extra=st.integers(1, 50))
def test_a_new_expense_never_costs_a_payment_for_the_sake_of_calm(pairs, extra):
    plan = plan_payments(asked("fewest"), basis_of(pairs))
    changed = {**pairs, (1, 2, EUR): pairs.get((1, 2, EUR), 0) + extra}
    changed = {pair: owed for pair, owed in changed.items() if owed}
    calm = plan_payments(asked("fewest"), basis_of(changed), former=FormerPlan(plan, ()))
    anew = plan_payments(asked("fewest"), basis_of(changed))
    assert len(calm.payments) == len(anew.payments)
    kept = set(plan.payments)
    assert len(kept & set(calm.payments)) >= len(kept & set(anew.payments))


def test_a_new_expense_leaves_those_alone_whom_it_does_not_concern():
    nets = {1: 10, 2: 20, 3: -30, 4: 5, 5: 25, 6: -30}
    former = plan_payments(asked("fewest"), Basis(nets={EUR: nets}))
    crossed = FormerPlan(former, ())
    # 3 and 6 are alike, so either may pay either pair; whoever did, still does when 7 and 8 come to owe.
    more = {**nets, 7: 1, 8: -1}
    after = plan_payments(asked("fewest"), Basis(nets={EUR: more}), former=crossed)
    assert set(former.payments) < set(after.payments)
    assert len(after.payments) == 5


def test_who_settled_with_whom_stays_where_others_would_do_as_well():
    crossed = (PlannedPayment(2, 3, EUR, 10), PlannedPayment(4, 1, EUR, 10))
    former = FormerPlan(Plan("fewest", crossed, (CurrencyPlan(EUR, optimal=True, fewest_possible=2),)), ())
    nets = {1: 10, 2: -10, 3: 10, 4: -10, 5: 7, 6: -7}
    anew = plan_payments(asked("fewest"), Basis(nets={EUR: nets}))
    assert set(crossed).isdisjoint(anew.payments)
    calm = plan_payments(asked("fewest"), Basis(nets={EUR: nets}), former=former)
    assert calm.payments == (*crossed, PlannedPayment(6, 5, EUR, 7))
    assert calm.optimal


def test_a_payment_made_in_part_leaves_the_rest_of_it_where_that_is_not_worse():
    plan = plan_payments(asked("fewest"), Basis(nets={EUR: {1: 50, 2: -30, 3: -20}}))
    half = PlannedPayment(2, 1, EUR, 10)
    after = plan_payments(asked("fewest"), Basis(nets={EUR: {1: 40, 2: -20, 3: -20}}), former=FormerPlan(plan, (half,)))
    assert after.payments == (PlannedPayment(2, 1, EUR, 20), PlannedPayment(3, 1, EUR, 20))


def test_whole_units_leave_the_cents_aside_by_name():
    nets = {1: 1_234, 2: -617, 3: -617}
    plan = plan_payments(asked("fewest", round_to="1"), Basis(nets={EUR: nets}))
    assert plan.payments == (PlannedPayment(2, 1, EUR, 600), PlannedPayment(3, 1, EUR, 600))
    # 12.34 → 12, −6.17 → −6 each: the odd cents are 0.34 less 0.17 twice.
    assert plan.currencies[0].rounding == (PlannedPayment(2, 1, EUR, 17), PlannedPayment(3, 1, EUR, 17))


@given(st.lists(st.integers(-999, 999), min_size=1, max_size=12), st.sampled_from([1, 5, 100]))
def test_rounding_keeps_the_sum_and_moves_nobody_by_a_unit(amounts, unit):
    nets = dict(enumerate([*amounts, -sum(amounts)], 1))
    rounded = round_nets(nets, unit)
    assert sum(rounded.values()) == 0
    assert all(net % unit == 0 for net in rounded.values())
    assert all(abs(rounded[person] - net) < unit for person, net in nets.items())


def test_nothing_is_rounded_where_rounding_would_leave_nothing_to_pay():
    plan = plan_payments(asked("fewest", round_to="100"), Basis(nets={EUR: {1: 30, 2: -30}}))
    assert plan.payments == (PlannedPayment(2, 1, EUR, 30),)
    assert plan.currencies[0].rounding == ()


def test_a_unit_below_zero_or_finer_than_the_currency_is_refused():
    with pytest.raises(UnitNegative):
        check_asked(asked("fewest", round_to="-1"), EUR)
    with pytest.raises(Exception, match="JPY has 0"):
        check_asked(asked("fewest", round_to="0.05"), "JPY")


def test_a_locked_payment_stays_and_the_others_make_up_for_it():
    nets = {1: 30, 2: -10, 3: -20}
    locked = (PlannedPayment(2, 3, EUR, 5),)
    plan = plan_payments(asked("fewest", locked=locked), Basis(nets={EUR: nets}))
    assert plan.payments == (
        PlannedPayment(2, 1, EUR, 5),
        PlannedPayment(2, 3, EUR, 5),
        PlannedPayment(3, 1, EUR, 25),
    )


def test_the_hub_takes_from_everybody_and_gives_to_everybody():
    nets = {1: 30, 2: -10, 3: -25, 4: 5}
    plan = plan_payments(asked("hub", hub=3), Basis(nets={EUR: nets}))
    assert plan.payments == (
        PlannedPayment(2, 3, EUR, 10),
        PlannedPayment(3, 1, EUR, 30),
        PlannedPayment(3, 4, EUR, 5),
    )


def test_those_whom_no_pair_reaches_are_stuck_with_their_numbers():
    nets = {1: 30, 2: -10, 3: -20}
    plan = plan_payments(asked("familiar", pairs=((1, 2),)), Basis(nets={EUR: nets}))
    assert plan.payments == (PlannedPayment(2, 1, EUR, 10),)
    assert plan.currencies[0].stuck == ((1, 20), (3, -20))


def test_currencies_are_planned_apart_and_their_bounds_add_up():
    plan = plan_payments(asked("fewest"), Basis(nets={EUR: {1: 5, 2: -5}, "JPY": {1: -7, 3: 7}}))
    assert plan.payments == (PlannedPayment(2, 1, EUR, 5), PlannedPayment(1, 3, "JPY", 7))
    assert (plan.fewest_possible, plan.optimal) == (2, True)


def test_what_is_not_asked_is_as_the_event_settles():
    setting = PlanRequest(strategy="hub", hub=3, round_to="1")
    assert complete(PlanRequest(), setting, simplify=True) == setting
    assert complete(PlanRequest(round_to="0"), setting, simplify=True).round_to == "0"
    assert complete(PlanRequest(strategy="direct"), setting, simplify=True).strategy == "direct"
    assert complete(PlanRequest(), None, simplify=False).strategy == "direct"
    assert complete(PlanRequest(), None, simplify=True).strategy == "fewest"
