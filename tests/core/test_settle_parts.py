"""Hold `core.settle.fewest.parts` to its laws, to worked examples, and to a slow solver that is plainly right."""

from collections.abc import Mapping
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allsquare.core.settle.fewest.parts import Division, divide_into_parts

LARGEST = 10**15
PLENTY = 10**6
Nets = dict[int, int]


def people(*amounts: int) -> Nets:
    """Number people from 1; the last one makes the sum zero."""
    return dict(enumerate([*amounts, -sum(amounts)], start=1))


def slow_most_parts(nets: Mapping[int, int]) -> int:
    """Give the most parts there are: people join one by one, in every order; a sum of zero ends a part."""
    amounts = [net for net in nets.values() if net]
    most = [0] * (1 << len(amounts))
    for code in range(1, len(most)):
        members = [bit for bit in range(len(amounts)) if code >> bit & 1]
        ends = sum(amounts[bit] for bit in members) == 0
        most[code] = max(most[code ^ 1 << bit] for bit in members) + ends
    return most[-1]


def assert_is_division(division: Division, nets: Mapping[int, int]) -> None:
    placed = [person for part in division.parts for person in part]
    assert sorted(placed) == sorted(person for person, net in nets.items() if net)
    assert all(part and sum(nets[person] for person in part) == 0 for part in division.parts)
    assert all(first < second for part in division.parts for first, second in pairwise(part))
    assert [part[0] for part in division.parts] == sorted(part[0] for part in division.parts)
    assert len(division.parts) <= division.most_parts


amounts = st.one_of(
    *[st.lists(st.integers(-most, most), max_size=9) for most in (2, 6, 20, 100, LARGEST)],
    # Nobody is the opposite of anybody: creditors have odd amounts, debtors even ones.
    st.lists(st.integers(0, 12).map(lambda each: 2 * each + 1) | st.integers(-12, -1).map(lambda each: 2 * each)),
).map(lambda listed: listed[:9])
groups = amounts.map(lambda listed: people(*listed))
budgets = st.sampled_from([0, 1, 10, 100, 1_000, 10_000, PLENTY])


@given(groups, budgets)
def test_everybody_who_owes_or_is_owed_is_in_one_part_and_each_part_sums_to_zero(nets: Nets, steps: int) -> None:
    assert_is_division(divide_into_parts(nets, steps=steps), nets)


@settings(max_examples=200)
@given(groups)
def test_up_to_ten_people_get_as_many_parts_as_there_are_and_the_proof(nets: Nets) -> None:
    division = divide_into_parts(nets, steps=PLENTY)
    assert len(division.parts) == division.most_parts == slow_most_parts(nets)


@given(groups, budgets)
def test_the_bound_holds_whatever_the_steps(nets: Nets, steps: int) -> None:
    assert divide_into_parts(nets, steps=steps).most_parts >= slow_most_parts(nets)


@st.composite
def crowds(draw: st.DrawFn) -> Nets:
    """Draw people too many to be looked at all at once, so that every stage has its turn."""
    chance = draw(st.randoms(use_true_random=False))
    most = draw(st.sampled_from([20, 60, 300, 50_000]))
    return people(*[chance.choice([-1, 1]) * chance.randint(1, most) for _ in range(draw(st.integers(24, 60)))])


@settings(max_examples=25, deadline=None)
@given(crowds(), st.lists(st.integers(0, 60_000), min_size=2, max_size=4).map(sorted))
def test_more_steps_never_give_fewer_parts_or_a_looser_bound(nets: Nets, budgets: list[int]) -> None:
    divisions = [divide_into_parts(nets, steps=steps) for steps in budgets]
    for less, more in pairwise(divisions):
        assert len(less.parts) <= len(more.parts) <= more.most_parts <= less.most_parts
    for division in divisions:
        assert_is_division(division, nets)


@settings(max_examples=25, deadline=None)
@given(crowds() | groups, st.randoms(use_true_random=False))
def test_the_order_of_the_mapping_does_not_matter(nets: Nets, chance) -> None:
    items = list(nets.items())
    chance.shuffle(items)
    assert divide_into_parts(dict(items), steps=20_000) == divide_into_parts(nets, steps=20_000)


@settings(max_examples=25, deadline=None)
@given(crowds() | groups, st.randoms(use_true_random=False))
def test_what_people_are_called_does_not_matter(nets: Nets, chance) -> None:
    names = dict(zip(nets, chance.sample(range(1, 10_000), len(nets)), strict=True))
    division = divide_into_parts(nets, steps=20_000)
    renamed = divide_into_parts({names[person]: net for person, net in nets.items()}, steps=20_000)
    assert (len(renamed.parts), renamed.most_parts) == (len(division.parts), division.most_parts)
    if len(set(nets.values())) == len(nets):
        assert {frozenset(part) for part in renamed.parts} == {
            frozenset(names[person] for person in part) for part in division.parts
        }


@settings(max_examples=25, deadline=None)
@given(crowds() | groups, st.sampled_from([-1, 2, -3, 1_000]))
def test_turning_all_signs_or_counting_in_other_units_changes_no_count(nets: Nets, factor: int) -> None:
    division = divide_into_parts(nets, steps=20_000)
    scaled = divide_into_parts({person: net * factor for person, net in nets.items()}, steps=20_000)
    assert (len(scaled.parts), scaled.most_parts) == (len(division.parts), division.most_parts)


@pytest.mark.parametrize("seed", range(6))
def test_a_crowd_too_large_to_be_proven_gets_as_many_parts_with_all_signs_turned(seed: int) -> None:
    chance = Random(seed)
    nets = people(*[chance.randint(-50_000, 50_000) for _ in range(120)])
    division = divide_into_parts(nets, steps=40_000)
    turned = divide_into_parts({person: -net for person, net in nets.items()}, steps=40_000)
    assert turned == division


@pytest.mark.parametrize("most", [5, 20, 50, 50_000])
@pytest.mark.parametrize("seed", range(5))
def test_twenty_people_are_always_proven_within_the_usual_steps(seed: int, most: int) -> None:
    chance = Random(seed)
    # Creditors have odd amounts and debtors even ones, so that nobody is anybody's opposite.
    listed = [(2 * chance.randint(0, most) + 1) if index & 1 else -2 * chance.randint(1, most) for index in range(19)]
    division = divide_into_parts(people(*listed), steps=200_000)
    assert len(division.parts) == division.most_parts


@settings(max_examples=25, deadline=None)
@given(crowds() | groups, st.integers(1, 100))
def test_a_pair_that_settles_each_other_is_one_part_more(nets: Nets, amount: int) -> None:
    division = divide_into_parts(nets, steps=20_000)
    larger = divide_into_parts(nets | {0: amount, 10_000: -amount}, steps=PLENTY)
    assert larger.most_parts <= division.most_parts + 1
    if len(division.parts) == division.most_parts:
        assert len(larger.parts) == larger.most_parts == division.most_parts + 1


@pytest.mark.parametrize(
    ("nets", "parts"),
    [
        ({}, ()),
        ({1: 0, 2: 0}, ()),
        ({7: 5, 3: -5, 4: 0}, ((3, 7),)),
        ({1: 5, 2: 5, 3: -10}, ((1, 2, 3),)),
        ({1: 5, 2: 5, 3: -10, 4: 10, 5: -5, 6: -5}, ((1, 5), (2, 6), (3, 4))),
        # Largest to largest pays 9 from 8, and ends in one part.
        (people(9, 8, -6, -5, -3), ((1, 3, 5), (2, 4, 6))),
        (people(LARGEST, LARGEST - 1, -LARGEST + 2, -2, 5 - LARGEST, -4), ((1, 3, 4), (2, 5, 6))),
    ],
)
def test_worked_examples(nets: Nets, parts: tuple[tuple[int, ...], ...] | None) -> None:
    division = divide_into_parts(nets, steps=PLENTY)
    assert_is_division(division, nets)
    assert len(division.parts) == division.most_parts == slow_most_parts({k: v for k, v in nets.items() if v})
    assert parts is None or division.parts == parts


def test_a_triple_that_costs_a_part_is_not_taken() -> None:
    # 1 + 5 − 6 is a part, and then the other six are one. But each of the three completes another triple.
    nets = dict(enumerate([1, 5, -6, 20, -21, 30, -35, -40, 46], start=1))
    division = divide_into_parts(nets, steps=PLENTY)
    assert division.parts == ((1, 4, 5), (2, 6, 7), (3, 8, 9))
    assert division.most_parts == 3


def test_without_any_steps_pairs_are_found_and_the_trivial_bound() -> None:
    nets = people(100, -100, 7, 8, -4, -3, -6)
    division = divide_into_parts(nets, steps=0)
    assert (1, 2) in division.parts
    assert division.most_parts == 1 + 2


@pytest.mark.parametrize("most", [30, 50_000, LARGEST])
def test_a_thousand_people_are_divided(most: int) -> None:
    chance = Random(7)
    nets = people(*[chance.randint(-most, most) for _ in range(999)])
    division = divide_into_parts(nets, steps=100_000)
    assert_is_division(division, nets)
    if most < LARGEST:
        assert len(division.parts) > 250
