"""Hold `plan_familiar` to its laws, to worked examples, and to all forests of payments among a few people."""

import random
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allsquare.core.settle.pairs.familiar import Familiar, plan_familiar
from allsquare.core.settle.pairs.graph import cut_to_forest

STEPS = 200_000
Pairs = list[tuple[int, int]]
Nets = dict[int, int]


@st.composite
def groups(draw: st.DrawFn, most: int, largest: int = 4, *, balanced: bool = False) -> tuple[Nets, Pairs]:
    """Draw nets that sum to zero, and pairs; `balanced` links all people."""
    people = draw(st.lists(st.integers(1, 99), min_size=2, max_size=most, unique=True))
    nets = {person: draw(st.integers(-largest, largest)) for person in people}
    nets[people[-1]] -= sum(nets.values())
    pairs = [pair for pair in combinations(people, 2) if draw(st.booleans())]
    if balanced:
        pairs += [(people[draw(st.integers(0, place))], people[place + 1]) for place in range(len(people) - 1)]
    return nets, pairs


def components(people: set[int], pairs: Pairs) -> list[set[int]]:
    boss = {person: {person} for person in people}
    for one, other in pairs:
        if boss[one] is not boss[other]:
            boss[one] |= boss[other]
            for person in boss[other]:
                boss[person] = boss[one]
    return list({id(each): each for each in boss.values()}.values())


def can_pay_straight(nets: Nets, pairs: Pairs) -> bool:
    """Check Hall's condition: no debtors owe more than all they may pay are owed."""
    debtors = [person for person, net in nets.items() if net < 0]
    may_pay = {person: {a + b - person for a, b in pairs if person in {a, b}} for person in debtors}
    for size in range(1, len(debtors) + 1):
        for some in combinations(debtors, size):
            creditors = {person for debtor in some for person in may_pay[debtor] if nets.get(person, 0) > 0}
            if -sum(nets[debtor] for debtor in some) > sum(nets[person] for person in creditors):
                return False
    return True


def fewest_by_trying(nets: Nets, pairs: Pairs) -> int:
    """Try all forests of pairs, smallest first: one settles all when each of its trees sums to zero."""
    people = set(nets) | {person for pair in pairs for person in pair}
    distinct = sorted({(min(pair), max(pair)) for pair in pairs})
    for size in range(len(people)):
        for forest in combinations(distinct, size):
            if all(not sum(nets.get(person, 0) for person in tree) for tree in components(people, list(forest))):
                return size
    raise AssertionError


def left_by(found: Familiar) -> Nets:
    given: Nets = dict(found.stuck)
    for payer, payee, amount in found.payments:
        given[payer] = given.get(payer, 0) - amount
        given[payee] = given.get(payee, 0) + amount
    return {person: net for person, net in given.items() if net}


def check(nets: Nets, pairs: Pairs, found: Familiar) -> None:
    assert left_by(found) == {person: net for person, net in nets.items() if net}
    assert all(found.stuck.values())
    assert list(found.payments) == sorted(found.payments)
    paid = [tuple(sorted(payment[:2])) for payment in found.payments]
    assert len(set(paid)) == len(paid)
    assert set(paid) <= {tuple(sorted(pair)) for pair in pairs}
    assert all(amount > 0 for _, _, amount in found.payments)
    assert found.fewest_possible <= len(found.payments)
    # Each payment links two that were not linked: payments form a forest.
    people = set(nets) | {person for pair in pairs for person in pair}
    assert len(components(people, [payment[:2] for payment in found.payments])) == len(people) - len(paid)
    for group in components(people, pairs):
        check_group(nets, pairs, found, group)


def check_group(nets: Nets, pairs: Pairs, found: Familiar, group: set[int]) -> None:
    surplus = sum(nets.get(person, 0) for person in group)
    stuck = {person: net for person, net in found.stuck.items() if person in group}
    assert sum(stuck.values()) == surplus
    assert all(net * surplus > 0 and abs(net) <= abs(nets[person]) for person, net in stuck.items())
    sizes = sorted((abs(nets.get(person, 0)) for person in group if nets.get(person, 0) * surplus > 0), reverse=True)
    assert sum(sizes[: len(stuck) - 1]) < abs(surplus) if stuck else not surplus
    rest = {person: nets.get(person, 0) - stuck.get(person, 0) for person in group}
    if can_pay_straight(rest, [pair for pair in pairs if pair[0] in group]):
        assert all(rest[payer] < 0 < rest[payee] for payer, payee, _ in found.payments if payer in group)


@given(groups(most=9))
def test_all_rules_hold_for_any_pairs(group: tuple[Nets, Pairs]) -> None:
    check(*group, plan_familiar(*group, steps=STEPS))


@given(groups(most=9), st.integers(0, 60))
def test_all_rules_hold_when_steps_run_out(group: tuple[Nets, Pairs], steps: int) -> None:
    check(*group, plan_familiar(*group, steps=steps))


@given(groups(most=5, balanced=True))
def test_few_people_get_the_fewest_payments_and_a_bound_that_is_exact(group: tuple[Nets, Pairs]) -> None:
    nets, pairs = group
    found = plan_familiar(nets, pairs, steps=STEPS)
    fewest = fewest_by_trying(nets, pairs)
    assert not found.stuck
    assert found.fewest_possible == fewest
    assert len(found.payments) >= fewest
    if not can_pay_straight(nets, pairs):
        assert len(found.payments) == fewest


@given(groups(most=5, balanced=True))
def test_where_nobody_passes_on_there_are_as_few_payments_as_that_allows(group: tuple[Nets, Pairs]) -> None:
    nets, pairs = group
    assume(can_pay_straight(nets, pairs))
    straight = [(a, b) for a, b in pairs if nets[a] * nets[b] < 0]
    assert len(plan_familiar(nets, pairs, steps=STEPS).payments) == fewest_straight(nets, straight)


def fewest_straight(nets: Nets, straight: Pairs) -> int:
    """Try all sets of debtor and creditor pairs, smallest first: one does when money fits over it."""
    distinct = sorted({(min(pair), max(pair)) for pair in straight})
    for size in range(len(nets)):
        for some in combinations(distinct, size):
            if can_pay_straight(nets, list(some)):
                return size
    raise AssertionError


@given(groups(most=5), st.integers(0, 40))
def test_the_bound_never_exceeds_the_fewest_there_are(group: tuple[Nets, Pairs], steps: int) -> None:
    nets, pairs = group
    found = plan_familiar(nets, pairs, steps=steps)
    surplus = sum(abs(net) for net in found.stuck.values())
    least = min(
        fewest_by_trying({person: net - kept.get(person, 0) for person, net in nets.items()}, pairs)
        for kept in keepings(nets, pairs)
    )
    assert sum(abs(net) for kept in keepings(nets, pairs)[:1] for net in kept.values()) == surplus
    assert found.fewest_possible <= least <= len(found.payments)


def keepings(nets: Nets, pairs: Pairs) -> list[Nets]:
    """List all ways in which members can keep just what their group cannot settle."""
    ways: list[Nets] = [{}]
    for group in components(set(nets), pairs):
        surplus = sum(nets[person] for person in group)
        side = sorted(person for person in group if nets[person] * surplus > 0)
        shares: list[Nets] = [{}]
        for person in side:
            most = abs(nets[person])
            shares = [{**share, person: kept} for share in shares for kept in range(most + 1)]
        sign = 1 if surplus > 0 else -1
        fitting = [share for share in shares if sum(share.values()) == abs(surplus)]
        ways = [{**way, **{person: sign * kept for person, kept in share.items()}} for way in ways for share in fitting]
    return ways


@given(groups(most=9), st.randoms(use_true_random=False))
def test_neither_order_nor_direction_nor_repetition_of_pairs_matters(
    group: tuple[Nets, Pairs], shuffled: random.Random
) -> None:
    nets, pairs = group
    others = [(b, a) for a, b in pairs] + pairs[:2]
    shuffled.shuffle(others)
    items = list(nets.items())
    shuffled.shuffle(items)
    assert plan_familiar(dict(items), others, steps=STEPS) == plan_familiar(nets, pairs, steps=STEPS)


def test_money_is_passed_on_where_two_do_not_know_each_other() -> None:
    found = plan_familiar({1: -50, 2: 0, 3: 50}, [(1, 2), (2, 3)], steps=STEPS)
    assert found == Familiar(((1, 2, 50), (2, 3, 50)), {}, fewest_possible=2)


def test_no_money_is_passed_on_where_it_need_not_be_even_if_that_saved_a_payment() -> None:
    # 1 pays 2, who pays 3, and 5 pays 4 would be three payments; but 1 can pay 4, whom 5 then owes less.
    nets = {1: -5, 2: -1, 3: 6, 4: 9, 5: -9}
    found = plan_familiar(nets, [(1, 2), (2, 3), (1, 4), (4, 5), (3, 5)], steps=STEPS)
    assert found == Familiar(((1, 4, 5), (2, 3, 1), (5, 3, 5), (5, 4, 4)), {}, fewest_possible=3)


def test_what_pairs_cannot_settle_stays_with_few() -> None:
    # 1 and 2 owe 70 and know only 3, who is owed 50; 4 knows nobody.
    found = plan_familiar({1: -40, 2: -30, 3: 50, 4: 20}, [(1, 3), (2, 3)], steps=STEPS)
    assert found == Familiar(((1, 3, 20), (2, 3, 30)), {1: -20, 4: 20}, fewest_possible=2)


def test_one_whose_net_is_just_the_surplus_keeps_it() -> None:
    found = plan_familiar({1: -40, 2: -30, 3: 40, 4: 30}, [(1, 3), (2, 3)], steps=STEPS)
    assert found == Familiar(((1, 3, 40),), {2: -30, 4: 30}, fewest_possible=1)


def test_those_who_know_only_one_pay_that_one() -> None:
    found = plan_familiar({1: -1, 2: -2, 3: -3, 4: 6, 5: 0}, [(1, 5), (2, 5), (3, 5), (4, 5)], steps=0)
    assert found == Familiar(((1, 5, 1), (2, 5, 2), (3, 5, 3), (5, 4, 6)), {}, fewest_possible=4)


def test_where_everybody_knows_everybody_opposite_nets_meet() -> None:
    nets = {1: -7, 2: 5, 3: 7, 4: -5, 5: -4, 6: 3, 7: 1}
    found = plan_familiar(nets, list(combinations(nets, 2)), steps=STEPS)
    assert found == Familiar(((1, 3, 7), (4, 2, 5), (5, 6, 3), (5, 7, 1)), {}, fewest_possible=4)


def test_circles_of_payments_are_cut_where_that_moves_less() -> None:
    paid: list[dict[int, int]] = [{1: 5, 2: 2}, {2: 5}, {}]
    assert cut_to_forest(paid, 0b111) == [0b100, 0, 0b001]
    assert paid == [{2: 7}, {}, {}]


def large(count: int, pairs_wanted: int, most: int) -> tuple[Nets, Pairs]:
    """Make a large group in which everybody is linked."""
    chance = random.Random(count + pairs_wanted)
    nets = dict.fromkeys(range(1, count + 1), 0)
    for _ in range(count):
        debtor, creditor = chance.sample(range(1, count + 1), 2)
        amount = chance.randint(1, most)
        nets[debtor] -= amount
        nets[creditor] += amount
    pairs = {(chance.randint(1, person - 1), person) for person in range(2, count + 1)}
    while len(pairs) < pairs_wanted:
        one, other = sorted(chance.sample(range(1, count + 1), 2))
        pairs.add((one, other))
    return nets, sorted(pairs)


def check_large(nets: Nets, found: Familiar) -> None:
    assert left_by(found) == {person: net for person, net in nets.items() if net}
    assert found.fewest_possible <= len(found.payments) < len(nets)
    assert len({frozenset(payment[:2]) for payment in found.payments}) == len(found.payments)


@pytest.mark.parametrize(
    ("count", "pairs_wanted", "most"),
    [(40, 60, 3), (40, 300, 9), (200, 600, 20), (1_000, 1_500, 50_000), (1_000, 50_000, 50_000), (1_000, 200_000, 9)],
)
def test_large_groups_are_settled(count: int, pairs_wanted: int, most: int) -> None:
    nets, pairs = large(count, pairs_wanted, most)
    found = plan_familiar(nets, pairs, steps=STEPS)
    check_large(nets, found)
    hasty = plan_familiar(nets, pairs, steps=0)
    check_large(nets, hasty)
    assert not found.stuck
    assert len(found.payments) <= len(hasty.payments)
    if pairs_wanted >= 50_000:
        assert all(nets[payer] < 0 < nets[payee] for payer, payee, _ in found.payments)


def test_a_long_chain_has_only_one_plan() -> None:
    found = plan_familiar({1: -5, 1_000: 5}, [(each, each + 1) for each in range(1, 1_000)], steps=STEPS)
    assert found == Familiar(tuple((each, each + 1, 5) for each in range(1, 1_000)), {}, fewest_possible=999)


def test_a_thousand_pairs_of_equal_amounts_all_find_each_other() -> None:
    nets = {person: -5 if person % 2 else 5 for person in range(1, 1_001)}
    pairs = [(person, person + apart) for person in range(1, 998) for apart in (1, 3)] + [(998, 999), (999, 1_000)]
    found = plan_familiar(nets, pairs, steps=STEPS)
    assert found.fewest_possible == len(found.payments) == 500
