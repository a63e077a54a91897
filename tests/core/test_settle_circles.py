"""Hold `remove_circles` to its laws, to worked figures, and to a slow reference that turns every cheaper circle."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allsquare.core.settle.pairs.circles import Untangled, remove_circles

STEPS = 200_000
Debts = dict[tuple[int, int], int]

amounts = st.integers(1, 6) | st.integers(1, 10**15)


@st.composite
def debts_among(draw: st.DrawFn, most: int = 7) -> Debts:
    """Draw debts among a few people, at most one a pair."""
    people = draw(st.lists(st.integers(1, 99), min_size=2, max_size=most, unique=True))
    debts: Debts = {}
    for place, one in enumerate(people):
        for other in people[:place]:
            direction = draw(st.sampled_from([0, 1, 1, 2, 2]))
            if direction:
                debts[(one, other) if direction == 1 else (other, one)] = draw(amounts)
    return debts


def nets_of(debts: Debts) -> dict[int, int]:
    nets: dict[int, int] = {}
    for (debtor, creditor), amount in debts.items():
        nets[debtor] = nets.get(debtor, 0) - amount
        nets[creditor] = nets.get(creditor, 0) + amount
    return {member: net for member, net in nets.items() if net}


def as_debts(found: Untangled) -> Debts:
    return {(payer, payee): amount for payer, payee, amount in found.payments}


def find_cheaper_circle(debts: Debts, paid: Debts) -> list[tuple[int, int, int]] | None:
    """Find changes round a circle that move less: 1 pays more of a debt, -1 pays less (Bellman and Ford)."""
    arcs = [(a, b, 1) for (a, b), amount in debts.items() if paid[a, b] < amount]
    arcs += [(b, a, -1) for (a, b), amount in paid.items() if amount]
    cost = {person: 0 for pair in debts for person in pair}
    came: dict[int, tuple[int, int, int]] = {}
    last = 0
    for _ in range(len(cost) + 1):
        last = 0
        for arc in arcs:
            start, end, price = arc
            if cost[start] + price < cost[end]:
                cost[end], came[end], last = cost[start] + price, arc, end
    if not last:
        return None
    for _ in cost:
        last = came[last][0]
    circle = [came[last]]
    while circle[-1][0] != last:
        circle.append(came[circle[-1][0]])
    return circle


def least_money(debts: Debts) -> int:
    """Turn circles that move less until there is none."""
    paid = dict(debts)
    while circle := find_cheaper_circle(debts, paid):
        room = [debts[a, b] - paid[a, b] if price == 1 else paid[b, a] for a, b, price in circle]
        for a, b, price in circle:
            paid[(a, b) if price == 1 else (b, a)] += price * min(room)
    return sum(paid.values())


def has_directed_circle(debts: Debts) -> bool:
    left = set(debts)
    while left:
        payers = {payer for payer, _ in left}
        onward = {(payer, payee) for payer, payee in left if payee in payers}
        if onward == left:
            return True
        left = onward
    return False


def check(debts: Debts, found: Untangled) -> None:
    paid = as_debts(found)
    assert list(found.payments) == sorted(found.payments)
    assert len(paid) == len(found.payments)
    assert all(0 < amount <= debts[pair] for pair, amount in paid.items())
    assert nets_of(paid) == nets_of(debts)
    assert not has_directed_circle(paid)


@given(debts_among())
def test_nets_stay_no_debt_grows_no_circle_is_left_and_the_least_money_moves(debts: Debts) -> None:
    found = remove_circles(debts, steps=STEPS)
    check(debts, found)
    assert found.least
    assert sum(as_debts(found).values()) == least_money(debts)


@given(debts_among(), st.integers(0, 20))
def test_when_steps_run_out_the_plan_holds_and_only_says_least_when_it_is(debts: Debts, steps: int) -> None:
    found = remove_circles(debts, steps=steps)
    check(debts, found)
    if found.least:
        assert sum(as_debts(found).values()) == least_money(debts)


@given(debts_among())
def test_a_plan_without_circles_stays_as_it_is(debts: Debts) -> None:
    once = remove_circles(debts, steps=STEPS)
    again = remove_circles(as_debts(once), steps=0)
    assert again == Untangled(once.payments, least=True)


@given(debts_among(), st.randoms(use_true_random=False))
def test_the_order_of_the_debts_does_not_matter(debts: Debts, shuffled: random.Random) -> None:
    items = list(debts.items())
    shuffled.shuffle(items)
    assert remove_circles(dict(items), steps=STEPS) == remove_circles(debts, steps=STEPS)


@given(debts_among())
def test_a_debt_on_no_circle_stays_whole(debts: Debts) -> None:
    paid = as_debts(remove_circles(debts, steps=STEPS))
    for (debtor, creditor), amount in debts.items():
        reached, frontier = {creditor}, [creditor]
        while frontier:
            person = frontier.pop()
            onward = {b for a, b in debts if a == person} - reached
            reached |= onward
            frontier += onward
        if debtor not in reached:
            assert paid[debtor, creditor] == amount


def test_a_circle_of_equal_debts_vanishes() -> None:
    assert remove_circles({(1, 2): 10, (2, 3): 10, (3, 1): 10}, steps=STEPS) == Untangled((), least=True)


def test_a_circle_is_turned_back_by_its_smallest_debt() -> None:
    found = remove_circles({(1, 2): 10, (2, 3): 7, (3, 1): 4, (4, 1): 25}, steps=STEPS)
    assert found == Untangled(((1, 2, 6), (2, 3, 3), (4, 1, 25)), least=True)


CROSSED = {(1, 2): 10, (2, 3): 10, (3, 1): 10, (2, 4): 10, (4, 5): 10, (5, 1): 10, (5, 6): 10, (6, 2): 10}
"""Circles 1 2 3, 1 2 4 5 and 2 4 5 6: the second shares a debt with each of the others, which share none."""


def test_the_circles_that_move_most_are_taken_out_together() -> None:
    # Taking 1 2 4 5 first leaves 40 of 80 and no circle. Taking 1 2 3 and 2 4 5 6 leaves just 5 pays 1.
    after_the_wrong_one = {(2, 3): 10, (3, 1): 10, (5, 6): 10, (6, 2): 10}
    assert not has_directed_circle(after_the_wrong_one)
    assert nets_of(after_the_wrong_one) == nets_of(CROSSED)
    assert remove_circles(CROSSED, steps=STEPS) == Untangled(((5, 1, 10),), least=True)


HASTY = {
    (1, 2): 3,
    (1, 3): 2,
    (1, 4): 2,
    (2, 5): 3,
    (3, 4): 4,
    (4, 5): 1,
    (5, 1): 2,
    (5, 3): 4,
    (5, 6): 1,
    (6, 2): 2,
    (6, 3): 1,
}
"""Debts among which a search that does not care for money sends some of it round."""


def test_without_any_steps_no_circle_is_left_either() -> None:
    found = remove_circles(HASTY, steps=0)
    check(HASTY, found)
    assert not found.least


def test_no_debts_are_no_payments() -> None:
    assert remove_circles({}, steps=0) == Untangled((), least=True)


@pytest.mark.parametrize(("people", "count"), [(200, 3_000), (1_000, 3_000), (1_000, 60_000)])
def test_ordinary_and_large_tangles_are_exact(people: int, count: int) -> None:
    chance = random.Random(people + count)
    debts: Debts = {}
    while len(debts) < count:
        debtor, creditor = chance.sample(range(people), 2)
        if (creditor, debtor) not in debts:
            debts[debtor, creditor] = chance.randint(1, 10_000)
    found = remove_circles(debts, steps=STEPS)
    check(debts, found)
    assert found.least
    hasty = remove_circles(debts, steps=0)
    check(debts, hasty)
    assert not hasty.least
    assert sum(as_debts(hasty).values()) >= sum(as_debts(found).values())
