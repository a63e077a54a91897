"""Hold each bound and each way to parts against others that share no code with it."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest

from allsquare.core.settle.fewest.chain import layers_by_comparing, layers_by_spreading, list_zero_sets, pack_exactly
from allsquare.core.settle.fewest.few import FewSide
from allsquare.core.settle.fewest.improve import Improver, balance
from allsquare.core.settle.fewest.listing import list_parts
from allsquare.core.settle.fewest.prices import HEAD, PricedParts, Undecided
from allsquare.core.settle.fewest.steps import Chance, OutOfSteps, Steps

PLENTY = 10**9


def draw_amounts(seed: int) -> list[int]:
    """Draw the amounts of 14 to 20 people without opposite pairs, with many coincidences or few."""
    chance = Random(seed)
    while True:
        most, people = chance.choice([9, 14, 25, 60, 300, 5_000]), chance.randint(14, 20)
        amounts = Counter([chance.choice([-1, 1]) * chance.randint(1, most) for _ in range(people)])
        for amount in list(amounts):
            amounts[amount] -= min(amounts[amount], amounts[-amount]) if amount > 0 else 0
        left = [each for each in amounts.elements() if each > 0 or amounts[-each] == 0]
        total = sum(left)
        if total and -total not in left and total not in left:
            left.append(-total)
        if len(left) >= 10 and sum(left) == 0 and not any(-each in left for each in left):
            return sorted(left)


def most_parts(amounts: list[int]) -> int:
    packed = pack_exactly(amounts[1:], Steps(PLENTY))
    assert packed is not None
    return len(packed) + 1


def all_listed(amounts: list[int], size: int) -> list[tuple[int, ...]]:
    return [part for each in range(3, size + 1) for part in list_parts(amounts, each, Steps(PLENTY))]


@pytest.mark.parametrize("seed", range(60))
def test_prices_never_bound_below_what_the_chain_finds_and_the_search_agrees_with_it(seed: int) -> None:
    amounts = draw_amounts(seed)
    most = most_parts(amounts)
    for size in (3, 4, 5, 6):
        priced = PricedParts(Counter(amounts), all_listed(amounts, size), size, most, Steps(PLENTY))
        bound = priced.most_parts()
        assert bound >= most
        # From the bound down, a search finds no division until there is one.
        for wanted in range(min(bound, len(amounts) // 3), most - 1, -1):
            try:
                found = priced.search(wanted)
            except Undecided:
                break
            assert (found is not None) == (wanted == most)
            if found is not None:
                left = Counter(amounts)
                left.subtract([each for part in found for each in part])
                assert min(left.values()) >= 0
                assert len(found) + 1 == most
                assert sum(left.elements()) == 0


@pytest.mark.parametrize("seed", range(60))
def test_prices_stand_up_to_being_checked_from_outside(seed: int) -> None:
    amounts = draw_amounts(seed)
    priced = PricedParts(Counter(amounts), all_listed(amounts, 4), 4, 0, Steps(PLENTY))
    assert all(price >= 0 for price in priced.prices.values())
    for size in (3, 4):
        for part in combinations(amounts, size):
            if sum(part) == 0:
                assert sum(priced.prices[each] + HEAD for each in part) >= 5 * HEAD
    collected = sum(priced.prices[each] + HEAD for each in amounts)
    assert priced.most_parts() == collected // (5 * HEAD)


@pytest.mark.parametrize("seed", range(40))
def test_the_listing_is_what_looking_at_every_choice_gives(seed: int) -> None:
    amounts = draw_amounts(seed)[:14]
    for size in (3, 4, 5, 6, 7):
        plain = {
            part
            for part in combinations(amounts, size)
            if sum(part) == 0
            and not any(sum(some) == 0 for fewer in range(1, size) for some in combinations(part, fewer))
        }
        listed = list_parts(amounts, size, Steps(PLENTY))
        assert len(listed) == len(set(listed))
        assert set(listed) == plain


@pytest.mark.parametrize("seed", range(60))
def test_what_a_few_can_be_matched_with_never_bounds_below_what_the_chain_finds(seed: int) -> None:
    amounts = draw_amounts(seed)
    few, many = [each for each in amounts if each > 0], [-each for each in amounts if each < 0]
    few, many = sorted([few, many], key=len)
    if len(few) <= 8:
        side = FewSide(few, many, Steps(PLENTY))
        assert side.most_parts() >= most_parts(amounts)
        parts = side.find_parts(Chance())
        assert all(sum(part) == 0 for part in parts)
        used = Counter([abs(each) for part in parts for each in part])
        assert not used - Counter([*few, *many])
        assert len(parts) + 1 <= most_parts(amounts)


def test_every_group_of_the_few_must_be_met_and_so_must_what_is_left() -> None:
    # 2, 5, 7, 16, 18 and 21 are sums of the many, 3 is not: 2 | 3 | 8 + 10 is no division, 2 + 3 | 8 + 10 may be one.
    assert FewSide([2, 3, 8, 10], [2, 5, 16], Steps(PLENTY)).most_parts() == 2


def plain_most_packed(amounts: list[int]) -> int:
    most = [0] * (1 << len(amounts))
    for code in range(1, len(most)):
        members = [bit for bit in range(len(amounts)) if code >> bit & 1]
        most[code] = max(most[code ^ 1 << bit] for bit in members) + (sum(amounts[bit] for bit in members) == 0)
    return most[-1]


@pytest.mark.parametrize("seed", range(150))
def test_the_chain_packs_as_many_parts_as_trying_all_orders(seed: int) -> None:
    chance = Random(seed)
    amounts = [chance.randint(-9, 9) or 1 for _ in range(chance.randint(0, 11))]
    packed = pack_exactly(amounts, Steps(PLENTY))
    assert packed is not None
    assert all(part and sum(part) == 0 for part in packed)
    assert not Counter([each for part in packed for each in part]) - Counter(amounts)
    assert len(packed) == plain_most_packed(amounts)


@pytest.mark.parametrize("seed", range(30))
def test_both_ways_to_sort_sets_into_layers_agree(seed: int) -> None:
    amounts = draw_amounts(seed)[:15]
    sets = list_zero_sets(amounts, Steps(PLENTY))
    assert sets is not None
    compared = layers_by_comparing(sets)
    spread = layers_by_spreading(sets, len(amounts), Steps(PLENTY))
    # A set's layer by comparing is the last of those, one inside the other, that spreading gives.
    assert [set(layer) for layer in spread] == [
        {code for layer in compared[level:] for code in layer} for level in range(len(compared))
    ] or not sets


def test_improving_never_loses_a_part_or_a_person() -> None:
    chance = Random(1)
    amounts = [chance.randint(-300, 300) or 1 for _ in range(80)]
    amounts.append(-sum(amounts))
    improver = Improver(amounts, balance(amounts)[:-1], Chance(), Steps(PLENTY))
    count = len(improver.parts)
    for _ in range(60):
        improver.turn()
        assert len(improver.parts) >= count
        count = len(improver.parts)
        assert all(sum(part) == 0 for part in improver.parts)
        assert improver.spare
        assert sorted([*improver.spare, *[each for part in improver.parts for each in part]]) == sorted(amounts)
    assert count > 15


def test_a_budget_refuses_what_it_cannot_bear() -> None:
    steps = Steps(3)
    steps.spend(3)
    with pytest.raises(OutOfSteps):
        steps.spend(1)


def test_draws_are_within_their_range_and_reach_all_of_it() -> None:
    chance = Chance()
    assert {chance.below(7) for _ in range(200)} == set(range(7))
    items = list(range(20))
    chance.shuffle(items)
    assert sorted(items) == list(range(20)) != items
