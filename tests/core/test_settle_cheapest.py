"""Hold the cheapest plans to their laws, to worked examples, and to every plan there is in small groups."""

from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allsquare.core.settle.fees.cheapest import RATE_SCALE, Cheapest, CostTable, Fee, Profile, cost_of, plan_cheapest

STEPS = 20_000
UNKNOWN = Profile(None, None, None)
Nets = Mapping[int, int]
Profiles = Mapping[int, Profile]
RATES = st.builds(Fee, st.just(0), st.integers(0, 300))
FEES = st.builds(Fee, st.integers(0, 4), st.integers(0, 300)) | st.builds(Fee, st.integers(0, 4), st.just(0))
PROFILES = st.builds(
    Profile,
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from([None, "x", "y"]),
    st.sampled_from([None, "EUR", "USD"]),
)


def tables(fees: st.SearchStrategy[Fee]) -> st.SearchStrategy[CostTable]:
    return st.builds(CostTable, fees, fees, fees)


@st.composite
def groups(draw: st.DrawFn, *, people: int, largest: int) -> tuple[Nets, Profiles]:
    """Draw nets that sum to zero, some of them zero, in any order, and profiles of most."""
    nets = draw(st.lists(st.integers(-largest, largest), min_size=1, max_size=people - 1))
    nets.append(-sum(nets))
    names = draw(st.permutations(range(1, len(nets) + 1)))
    profiles = draw(st.dictionaries(st.sampled_from(names), PROFILES))
    return dict(zip(names, nets, strict=True)), profiles


def check(nets: Nets, profiles: Profiles, table: CostTable, plan: Cheapest) -> None:
    """Check what holds of every plan, whatever the fees."""
    left = dict(nets)
    for payer, payee, amount in plan.payments:
        assert amount > 0
        assert nets[payer] < 0 < nets[payee]
        left[payer] += amount
        left[payee] -= amount
    assert not any(left.values())
    assert 2 * sum(amount for _, _, amount in plan.payments) == sum(map(abs, nets.values()))
    assert len({payment[:2] for payment in plan.payments}) == len(plan.payments)
    assert len(plan.payments) <= max(0, sum(net != 0 for net in nets.values()) - 1)
    assert plan.payments == tuple(sorted(plan.payments))
    assert 0 <= plan.least_cost <= plan.cost == cost_of(plan.payments, profiles, table)


def spreads(owes: int, credit: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """List every way to spread a debt over the creditors."""
    if len(credit) == 1:
        if owes <= credit[0]:
            yield (owes,)
        return
    for first in range(min(owes, credit[0]) + 1):
        yield from ((first, *rest) for rest in spreads(owes - first, credit[1:]))


def try_all(nets: Nets, profiles: Profiles, table: CostTable) -> int:
    """Find the least cost by trying every plan, unit by unit, debtor after debtor."""
    debtors = [member for member in nets if nets[member] < 0]
    creditors = [member for member in nets if nets[member] > 0]

    @cache
    def least(place: int, credit: tuple[int, ...]) -> int:
        if place == len(debtors):
            return 0
        costs = []
        for spread in spreads(-nets[debtors[place]], credit):
            paid = [(debtors[place], payee, each) for payee, each in zip(creditors, spread, strict=True) if each]
            left = tuple(owed - each for owed, each in zip(credit, spread, strict=True))
            costs.append(cost_of(paid, profiles, table) + least(place + 1, left))
        return min(costs)

    return least(0, tuple(nets[member] for member in creditors)) if debtors else 0


@given(groups(people=25, largest=10**6) | groups(people=40, largest=9), tables(FEES))
@settings(max_examples=60, deadline=None)
def test_every_net_is_settled_with_the_least_money_and_fewer_payments_than_people(
    group: tuple[Nets, Profiles], table: CostTable
) -> None:
    check(*group, table, plan_cheapest(*group, table, steps=STEPS))


@given(groups(people=6, largest=6), tables(RATES))
@settings(deadline=None)
def test_without_fixed_fees_the_plan_is_the_cheapest_there_is_and_proven(
    group: tuple[Nets, Profiles], table: CostTable
) -> None:
    plan = plan_cheapest(*group, table, steps=0)
    check(*group, table, plan)
    assert plan.cost == plan.least_cost == try_all(*group, table)


@given(groups(people=30, largest=10**6), tables(RATES))
@settings(max_examples=40, deadline=None)
def test_without_fixed_fees_larger_groups_are_proven_too(group: tuple[Nets, Profiles], table: CostTable) -> None:
    plan = plan_cheapest(*group, table, steps=STEPS)
    assert plan.cost == plan.least_cost


@given(groups(people=6, largest=6), tables(FEES))
@settings(max_examples=200, deadline=None)
def test_with_fixed_fees_small_groups_have_the_cheapest_plan_and_it_is_proven(
    group: tuple[Nets, Profiles], table: CostTable
) -> None:
    plan = plan_cheapest(*group, table, steps=STEPS)
    check(*group, table, plan)
    assert plan.cost == plan.least_cost == try_all(*group, table)


@given(groups(people=7, largest=5), tables(FEES), st.sampled_from([0, 1, 50, 500]))
@settings(max_examples=200, deadline=None)
def test_the_bound_is_never_above_what_is_possible_however_few_the_steps(
    group: tuple[Nets, Profiles], table: CostTable, steps: int
) -> None:
    plan = plan_cheapest(*group, table, steps=steps)
    check(*group, table, plan)
    assert plan.least_cost <= try_all(*group, table) <= plan.cost


@given(groups(people=12, largest=100), tables(FEES), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_members_does_not_matter(group, table, chance) -> None:
    nets, profiles = group
    listed, told = list(nets.items()), list(profiles.items())
    chance.shuffle(listed)
    chance.shuffle(told)
    assert plan_cheapest(nets, profiles, table, steps=STEPS) == plan_cheapest(
        dict(listed), dict(told), table, steps=STEPS
    )


def banks(**names: str) -> Profiles:
    """Return profiles from m1="bank of member 1", …."""
    return {int(member[1:]): Profile(name, None, None) for member, name in names.items()}


def test_the_cheapest_plan_may_need_more_payments_than_the_fewest() -> None:
    # 1 and 3 bank at a, 2 and 4 at b. Two payments of 50 would both cross; three cross nowhere but once.
    nets = {1: -50, 2: -40, 3: 40, 4: 50}
    profiles = banks(m1="a", m2="b", m3="a", m4="b")
    plan = plan_cheapest(nets, profiles, CostTable(bank=Fee(25, 0)), steps=STEPS)
    assert plan.payments == ((1, 3, 40), (1, 4, 10), (2, 4, 40))
    assert plan.cost == plan.least_cost == 25 * RATE_SCALE
    assert cost_of([(1, 4, 50), (2, 3, 40)], profiles, CostTable(bank=Fee(25, 0))) == 2 * 25 * RATE_SCALE


def test_a_payment_that_crosses_a_country_and_a_currency_pays_for_both() -> None:
    table = CostTable(country=Fee(100, 20), currency=Fee(0, 150))
    here, there = Profile("a", "DE", "EUR"), Profile("a", "CH", "CHF")
    assert table.fee(here, there) == Fee(100, 170)
    assert table.fee(here, Profile("b", "FR", "EUR")) == Fee(100, 20)
    # 40.00 at 1.70 per mille and 1.00 once: 1.068.
    plan = plan_cheapest({1: -4000, 2: 4000}, {1: here, 2: there}, table, steps=STEPS)
    assert plan == Cheapest(((1, 2, 4000),), cost=106_80000, least_cost=106_80000)


def test_what_is_not_told_costs_nothing() -> None:
    table = CostTable(Fee(25, 100), Fee(100, 20), Fee(0, 150))
    told = Profile("a", "DE", "EUR")
    assert table.fee(told, UNKNOWN) == table.fee(UNKNOWN, told) == table.fee(UNKNOWN, UNKNOWN) == Fee(0, 0)
    # 3 told nothing: everybody can pay 3 for nothing, so 1 does, and 2 pays within the bank.
    profiles = {1: Profile("a", None, None), 2: Profile("b", None, None), 4: Profile("b", None, None)}
    plan = plan_cheapest({1: -30, 2: -30, 3: 30, 4: 30}, profiles, table, steps=STEPS)
    assert plan == Cheapest(((1, 3, 30), (2, 4, 30)), 0, 0)


def test_rates_alone_keep_money_within_the_banks() -> None:
    # 70 is owed at a and 50 is due there: 20 must cross, at 1 per cent.
    profiles = banks(m1="a", m2="b", m3="a", m4="b")
    plan = plan_cheapest({1: -70, 2: -30, 3: 50, 4: 50}, profiles, CostTable(bank=Fee(0, 1000)), steps=STEPS)
    assert plan.payments == ((1, 3, 50), (1, 4, 20), (2, 4, 30))
    assert plan.cost == plan.least_cost == 20 * 1000


def test_a_fixed_fee_for_every_payment_asks_for_the_fewest() -> None:
    # Everybody banks elsewhere. 1 pays 5 and 6, 2 and 3 pay 4: four payments where north-west corners would need five.
    nets = {1: -30, 2: -15, 3: -26, 4: 41, 5: 13, 6: 17}
    profiles = {member: Profile(f"bank {member}", None, None) for member in nets}
    plan = plan_cheapest(nets, profiles, CostTable(bank=Fee(25, 0)), steps=STEPS)
    assert plan.payments == ((1, 5, 13), (1, 6, 17), (2, 4, 15), (3, 4, 26))
    assert plan.cost == plan.least_cost == 4 * 25 * RATE_SCALE


def test_without_fees_those_who_match_exactly_pay_each_other() -> None:
    plan = plan_cheapest({1: -30, 2: -20, 3: 20, 4: 30}, {}, CostTable(), steps=STEPS)
    assert plan == Cheapest(((1, 4, 30), (2, 3, 20)), 0, 0)


def test_nobody_pays_where_all_are_square() -> None:
    assert plan_cheapest({}, {}, CostTable(), steps=STEPS) == Cheapest((), 0, 0)
    assert plan_cheapest({1: 0, 2: 0}, {}, CostTable(bank=Fee(5, 5)), steps=STEPS) == Cheapest((), 0, 0)


def test_nets_that_do_not_sum_to_zero_are_a_defect_of_the_caller() -> None:
    with pytest.raises(AssertionError, match="the nets sum to 1"):
        plan_cheapest({1: -4, 2: 5}, {}, CostTable(), steps=STEPS)


@pytest.mark.parametrize("mix", ["one bank", "five banks", "a bank each", "thirty countries"])
@pytest.mark.parametrize("fixed", [0, 25])
def test_a_thousand_members_with_the_largest_amounts_are_settled(mix: str, fixed: int) -> None:
    profiles = {
        member: {
            "one bank": Profile("a", None, None),
            "five banks": Profile(f"{member % 5}", None, None),
            "a bank each": Profile(f"{member}", None, None),
            "thirty countries": Profile(f"{member * 7 % 40}", f"{member * 11 % 30}", f"{member % 3}"),
        }[mix]
        for member in range(1, 1001)
    }
    nets = {member: (member * 7919**3 % (2 * 10**12) - 10**12) for member in range(1, 1000)}
    nets[1000] = -sum(nets.values())
    table = CostTable(Fee(fixed, 100), Fee(4 * fixed, 20), Fee(0, 150))
    plan = plan_cheapest(nets, profiles, table, steps=50_000)
    check(nets, profiles, table, plan)
    if not fixed:
        assert plan.cost == plan.least_cost
