"""List every small zero-sum part."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, compress
from math import comb

from allsquare.core.settle.fewest.chain import Amounts
from allsquare.core.settle.fewest.steps import Steps

SMALLEST_DIVISIBLE = 6
"""Fewer people cannot be two zero-sum parts, once opposite pairs are gone."""


def list_parts(amounts: Iterable[int], size: int, steps: Steps) -> list[Amounts]:
    """List all zero-sum parts of exactly `size` people that do not contain a smaller one.

    Shape: equal amounts are interchangeable, so each part is listed once, by its amounts. No two are opposite.
    Raises: OutOfSteps.
    """
    ordered = sorted(amounts)
    counts = Counter(ordered)
    lower, upper = size >> 1, size - (size >> 1)
    steps.spend(cost_of_listing(len(ordered), size))
    # The lowest of a part are joined to the highest of it by their sum, so that each part is met once.
    lows: dict[int, list[Amounts]] = {}
    for low in _choose(ordered, lower, counts):
        lows.setdefault(-sum(low), []).append(low)
    meets = map(lows.__contains__, map(sum, _choose(ordered, upper, counts)))
    highs = list(compress(_choose(ordered, upper, counts), meets))
    steps.spend(sum([len(lows[sum(high)]) for high in highs]) >> 2)
    parts = dict.fromkeys([low + high for high in highs for low in lows[sum(high)] if low[-1] <= high[0]])
    return [part for part in parts if _is_there(part, lower, counts) and not _is_divisible(part)]


def cost_of_listing(people: int, size: int) -> int:
    """Give the steps that listing the parts of this size takes, before any sums meet."""
    return (comb(people, size >> 1) >> 1) + (comb(people, size - (size >> 1)) >> 3)


def _choose(ordered: Sequence[int], size: int, counts: Counter[int]) -> Iterable[Amounts]:
    """Give all choices of so many people; where many have equal amounts, each choice of amounts once."""
    chosen = combinations(ordered, size)
    return chosen if len(counts) * 4 > len(ordered) * 3 else dict.fromkeys(chosen)


def _is_there(part: Amounts, cut: int, counts: Counter[int]) -> bool:
    """Tell whether there are as many people with the amount on either side of the cut as the part needs."""
    return part[cut - 1] != part[cut] or part.count(part[cut]) <= counts[part[cut]]


def _is_divisible(part: Amounts) -> bool:
    if len(part) < SMALLEST_DIVISIBLE:
        return False
    return any(sum(some) == 0 for size in range(3, (len(part) >> 1) + 1) for some in combinations(part, size))
