"""Divide people into as many zero-sum parts as possible, with a proven bound of how many there can be.

The fewest payments that settle the people are one less in each part than it has people. Which theorems this rests on,
and how far it reaches, is told in `docs/algorithms/settling.md`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import gcd

import msgspec

from allsquare.core.settle.fewest.chain import Amounts, pack_exactly
from allsquare.core.settle.fewest.few import MOST_BITS, MOST_FEW, FewSide
from allsquare.core.settle.fewest.improve import Improver, balance, pick_in_slices, pick_small
from allsquare.core.settle.fewest.listing import cost_of_listing, list_parts
from allsquare.core.settle.fewest.prices import PricedParts, Undecided
from allsquare.core.settle.fewest.steps import Chance, OutOfSteps, Steps

LARGEST_LISTED = 8
MOST_LISTING = 70_000
"""The most steps that listing the parts of one size may take."""
MOST_LISTED = 6_000
"""The most parts that are priced."""
TURNS = 12
"""How often a division is improved after each size listed, before a larger size is."""


class Division(msgspec.Struct, frozen=True):
    """People divided into zero-sum parts.

    Shape: parts are ascending, and in order of their first person; whoever has a net other than zero is in one of them.
    Ensures: no division has more than `most_parts` parts.
    """

    parts: tuple[tuple[int, ...], ...]
    most_parts: int


def divide_into_parts(nets: Mapping[int, int], *, steps: int) -> Division:
    """Divide people into as many zero-sum parts as the steps suffice to find, and bound how many there can be.

    Units: `nets` in minor units of one currency, + is owed, - owes; they sum to zero. A step is about a microsecond.
    Ensures: the same parts whatever the order of the mapping, and as many whatever the people are called and whichever
        way the nets are turned. More steps never give fewer parts or a looser bound.
    """
    assert sum(nets.values()) == 0, "the nets do not sum to zero"
    pairs, rest = _pair_opposites(nets)
    if not rest:
        return Division(tuple(sorted(pairs)), len(pairs))
    unit = gcd(*rest.values())
    amounts = sorted([net // unit for net in rest.values()])
    # A group and the same group with all signs turned take the same way.
    sign = 1 if amounts <= sorted([-amount for amount in amounts]) else -1
    solver = _Solver([amount * sign for amount in amounts], steps)
    solver.run()
    people: dict[int, list[int]] = {}
    for person in sorted(rest, reverse=True):
        people.setdefault(rest[person] // unit * sign, []).append(person)
    parts = [tuple(sorted([people[amount].pop() for amount in part])) for part in sorted(solver.parts)]
    return Division(tuple(sorted(pairs + parts)), len(pairs) + solver.most_parts)


def _pair_opposites(nets: Mapping[int, int]) -> tuple[list[tuple[int, ...]], dict[int, int]]:
    """Take out pairs that settle each other, which never costs a part."""
    waiting: dict[int, list[int]] = {}
    pairs: list[tuple[int, ...]] = []
    for person in sorted(nets):
        net = nets[person]
        if net and waiting.get(-net):
            pairs.append((waiting[-net].pop(0), person))
        elif net:
            waiting.setdefault(net, []).append(person)
    return pairs, {person: net for net, people in waiting.items() for person in people}


class _Solver:
    """The way from cheap to dear: each stage finds parts or lowers the bound, until they meet or the steps are spent.

    What the stages do depends on the amounts alone and never on the budget, which only ends them.
    """

    def __init__(self, amounts: Sequence[int], steps: int) -> None:
        self._amounts = sorted(amounts)
        self._few = [amount for amount in self._amounts if amount > 0]
        self._many = [-amount for amount in self._amounts if amount < 0]
        self._is_turned = len(self._few) > len(self._many)
        if self._is_turned:
            self._few, self._many = self._many, self._few
        self._steps, self._chance = Steps(steps), Chance()
        self.most_parts = min(len(self._few), len(amounts) // 3)
        self.parts = balance(self._amounts)
        self._triples: list[Amounts] = []

    def run(self) -> None:
        try:
            for stage in (self._divide_exactly, self._divide_few, self._pick, self._list_and_improve):
                if len(self.parts) == self.most_parts:
                    return
                stage()
        except OutOfSteps:
            return

    def _offer(self, parts: Sequence[Amounts]) -> None:
        """Take disjoint parts and whoever is left if they are more parts than before."""
        left = Counter(self._amounts) - Counter([amount for part in parts for amount in part])
        last = tuple(sorted(left.elements()))
        if len(parts) + bool(last) > len(self.parts):
            self.parts = [*parts, last] if last else list(parts)
            assert not any(map(sum, self.parts)), "a part does not sum to zero"
            assert len(self.parts) <= self.most_parts, "more parts than the bound allows"

    def _limit(self, most_parts: int) -> None:
        self.most_parts = min(self.most_parts, most_parts)
        assert len(self.parts) <= self.most_parts, "the bound is below what was found"

    def _divide_exactly(self) -> None:
        """Try all people at once; one of them may be left out, since whoever is left over is the last part."""
        packed = pack_exactly(self._amounts[1:], self._steps)
        if packed is not None:
            self._offer(packed)
            self._limit(len(packed) + 1)

    def _divide_few(self) -> None:
        if len(self._few) > MOST_FEW or len(self._many) * sum(self._few) > MOST_BITS:
            return
        side = FewSide(self._few, self._many, self._steps)
        self._limit(side.most_parts())
        if len(self.parts) < self.most_parts:
            sign = -1 if self._is_turned else 1
            self._offer([tuple([amount * sign for amount in part]) for part in side.find_parts(self._chance)])

    def _pick(self) -> None:
        picked: list[Amounts] = []
        for some in pick_in_slices(self._amounts, self._steps):
            picked += some
            self._offer(picked)
        picked = []
        self._triples = list_parts(self._amounts, 3, self._steps)
        for some in pick_small(self._amounts, self._triples, self._steps):
            picked += some
            self._offer(picked)

    def _list_and_improve(self) -> None:
        improver = Improver(self._amounts, self.parts[:-1], self._chance, self._steps)
        for listed, size in self._list_sizes():
            self._bound(listed, size)
            improver.replace(self.parts[:-1])
            for _ in range(TURNS):
                self._improve(improver)
            if len(self.parts) == self.most_parts:
                return
        while len(self.parts) < self.most_parts:
            self._improve(improver)

    def _list_sizes(self) -> Iterator[tuple[list[Amounts], int]]:
        listed: list[Amounts] = []
        for size in range(3, LARGEST_LISTED + 1):
            if cost_of_listing(len(self._amounts), size) > MOST_LISTING:
                return
            listed += self._triples if size == 3 else list_parts(self._amounts, size, self._steps)
            if len(listed) > MOST_LISTED:
                return
            yield listed, size

    def _improve(self, improver: Improver) -> None:
        if len(self.parts) < self.most_parts:
            improver.turn()
            self._offer(improver.parts)

    def _bound(self, listed: Sequence[Amounts], size: int) -> None:
        priced = PricedParts(Counter(self._amounts), listed, size, len(self.parts), self._steps)
        self._limit(priced.most_parts())
        while len(self.parts) < self.most_parts:
            try:
                found = priced.search(self.most_parts)
            except Undecided:
                return
            if found is None:
                self._limit(self.most_parts - 1)
            else:
                self._offer(found)
