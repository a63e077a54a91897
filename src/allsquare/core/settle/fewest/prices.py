"""Bound the number of parts by prices on people, checked in whole numbers, and search what the prices leave open.

All zero-sum parts of up to `size` people are listed, so any other part has at least `size + 1`. Let everybody pay one
head's worth, 1 / (size + 1), into their part: a part that is not listed collects 1 or more, a listed one lacks
something. Prices make up for it. Then parts are at most what all people pay together.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from allsquare.core.settle.fewest.chain import Amounts, pack_exactly
from allsquare.core.settle.fewest.steps import Steps

HEAD = 5_040
"""What each pays for their head. A listed part of k people lacks (size + 1 - k) heads."""
ROUNDS, MENDED_EVERY, PATIENCE, HASTE = 160, 8, 6, 16
"""How often prices are adjusted, and mended; after how many rounds in vain steps are halved, from HASTE / HASTE."""
MOST_NODES, MOST_AT_LEAF = 400, 24
"""How many choices a search may look at, and how many people in no listed part it divides."""


class PricedParts:
    """The listed parts of some people, with prices that make up for what each part lacks.

    Units: prices in parts of which HEAD are a head.
    Ensures: in each listed part prices and heads together reach `size + 1` heads.
    """

    def __init__(
        self, counts: Mapping[int, int], listed: Sequence[Amounts], size: int, goal: int, steps: Steps
    ) -> None:
        """Find prices for all zero-sum parts of up to `size` people, which must all be listed.

        Shape: `counts` says how many people have each amount; parts that contain a smaller one need not be listed.
            Prices need be no better than it takes to prove that there are no more than `goal` parts.
        Raises: OutOfSteps.
        """
        self.counts, self.size, self._steps = counts, size, steps
        self.listed = sorted(listed, key=lambda part: (len(part), part))
        self.people = sum(counts.values())
        self.prices = self._find_prices((goal + 1) * HEAD * (size + 1) - HEAD * self.people)
        self.spare = [sum([self.prices[amount] for amount in part]) - self._lacks(part) for part in self.listed]
        assert min(self.spare, default=0) >= 0, "a listed part lacks something"
        assert min(self.prices.values(), default=0) >= 0, "a price is below zero"

    def most_parts(self) -> int:
        """Give a number of parts that no division exceeds."""
        return self._collected() // (HEAD * (self.size + 1))

    def _collected(self) -> int:
        return HEAD * self.people + sum([self.prices[amount] * count for amount, count in self.counts.items()])

    def _lacks(self, part: Amounts) -> int:
        return HEAD * (self.size + 1 - len(part))

    def _find_prices(self, goal: int) -> dict[int, int]:
        """Raise the prices in parts that lack something and lower the others, as far as it seems to be to the goal.

        Source: Polyak's subgradient steps on the linear program that packs the listed parts. Whatever they end in is
            mended by `_mend`, so they decide how good the bound is, never whether it holds.
        """
        lacking = [(part, self._lacks(part)) for part in self.listed]
        prices = dict.fromkeys(sorted({amount for part in self.listed for amount in part}), 0)
        best = self._mend(prices)
        least, lowest, stale, haste = self._worth(best), 0, 0, HASTE
        for turn in range(ROUNDS):
            if least < goal:
                break
            self._steps.spend(len(self.listed) * (self.size + 4) >> 4)
            slope, worth = {amount: self.counts[amount] for amount in prices}, self._worth(prices)
            for part, lack in lacking:
                missing = lack - sum([prices[amount] for amount in part])
                if missing > 0:
                    worth += missing
                    for amount in part:
                        slope[amount] -= 1
            if turn == 0 or worth < lowest:
                lowest, stale = worth, 0
            elif (stale := stale + 1) % PATIENCE == 0:
                haste = max(1, haste >> 1)
            stride = max(worth - goal, HEAD) * haste
            length = sum([each * each for each in slope.values()]) * HASTE + 1
            prices = {amount: max(0, price - stride * slope[amount] // length) for amount, price in prices.items()}
            if turn % MENDED_EVERY == MENDED_EVERY - 1:
                mended = self._mend(prices)
                if (worth := self._worth(mended)) < least:
                    best, least = mended, worth
        return dict.fromkeys(self.counts, 0) | best

    def _worth(self, prices: Mapping[int, int]) -> int:
        return sum([price * self.counts[amount] for amount, price in prices.items()])

    def _mend(self, prices: Mapping[int, int]) -> dict[int, int]:
        """Raise prices until no listed part lacks anything, then lower each as far as its parts allow."""
        self._steps.spend(len(self.listed) * self.size >> 1)
        mended = dict(prices)
        among: dict[int, list[int]] = {amount: [] for amount in mended}
        for index, part in enumerate(self.listed):
            for amount in dict.fromkeys(part):
                among[amount].append(index)
        spare = [sum([mended[amount] for amount in part]) - self._lacks(part) for part in self.listed]
        for index, part in enumerate(self.listed):
            if spare[index] < 0:
                # One price that many parts share mends them all.
                amount = max(part, key=lambda each: (len(among[each]), -self.counts[each], each))
                self._change(amount, -(spare[index] // part.count(amount)), mended, spare, among)
        for amount in sorted(mended, key=lambda each: (-self.counts[each], len(among[each]), each)):
            room = min([spare[index] // self.listed[index].count(amount) for index in among[amount]])
            self._change(amount, -min(room, mended[amount]), mended, spare, among)
        return mended

    def _change(
        self, amount: int, change: int, prices: dict[int, int], spare: list[int], among: Mapping[int, list[int]]
    ) -> None:
        prices[amount] += change
        for index in among[amount]:
            spare[index] += change * self.listed[index].count(amount)

    def search(self, wanted: int) -> list[Amounts] | None:
        """Look for a division into so many parts, which must be proven to be the most there can be.

        Ensures: gives the parts, but for the last one, which is whoever is left; None where there is no such division.
        Raises: Undecided where the search grows too large, OutOfSteps.
        """
        return _Search(self, self._collected() - wanted * HEAD * (self.size + 1), wanted, self._steps).run()


class Undecided(Exception):
    """The search ended without an answer."""


class _Search:
    """A depth-first search: for one person after the other, which listed part they are in, or none of them.

    A division into the wanted parts spends exactly `slack`: what its listed parts have to spare, the prices of those
    in no listed part, and what its other parts have above one. None of these is negative, so a branch that has spent
    more is dead.
    """

    def __init__(self, priced: PricedParts, slack: int, wanted: int, steps: Steps) -> None:
        self._priced, self._slack, self._wanted, self._steps = priced, slack, wanted, steps
        self._left = dict(priced.counts)
        self._chosen: list[Amounts] = []
        self._nodes, self._is_open = 0, False

    def run(self) -> list[Amounts] | None:
        priced = self._priced
        usable = [pair for pair in zip(priced.listed, priced.spare, strict=True) if pair[1] <= self._slack]
        found = self._descend(self._slack, usable, dict(priced.counts)) if self._slack >= 0 else None
        if found is None and self._is_open:
            raise Undecided
        return found

    def _descend(
        self, slack: int, usable: list[tuple[Amounts, int]], open_people: dict[int, int]
    ) -> list[Amounts] | None:
        """Decide about one more person; `open_people` are undecided, the rest of those left are in no listed part."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise Undecided
        self._steps.spend(len(usable) + len(open_people) >> 1)
        usable = [(part, spare) for part, spare in usable if spare <= slack and self._fits(part, open_people)]
        if not usable:
            return self._finish(slack, open_people)
        prices, places = self._priced.prices, Counter([amount for part, _ in usable for amount in part])
        # Whoever must be in a part leaves the fewest choices; else, whoever is dearest to leave out.
        amount = min(places, key=lambda each: (prices[each] <= slack, places[each], -prices[each], each))
        for part, spare in [pair for pair in usable if amount in pair[0]]:
            rest = dict(open_people)
            for each in part:
                rest[each] -= 1
                self._left[each] -= 1
            self._chosen.append(part)
            found = self._descend(slack - spare, usable, rest)
            if found is not None:
                return found
            self._chosen.pop()
            for each in part:
                self._left[each] += 1
            # What has this part is done with.
            usable = [pair for pair in usable if pair[0] != part]
        if prices[amount] * open_people[amount] > slack:
            return None
        # No listed part takes any more of this amount.
        spent = prices[amount] * open_people[amount]
        return self._descend(slack - spent, usable, open_people | {amount: 0})

    @staticmethod
    def _fits(part: Amounts, open_people: Mapping[int, int]) -> bool:
        return all(open_people[amount] >= part.count(amount) for amount in part)

    def _finish(self, slack: int, open_people: Mapping[int, int]) -> list[Amounts] | None:
        """Divide whoever is in no listed part into the parts that are still wanted, all of them larger."""
        prices = self._priced.prices
        if sum([prices[amount] * count for amount, count in open_people.items()]) > slack:
            return None
        wanted = self._wanted - len(self._chosen)
        rest = [amount for amount, count in self._left.items() for _ in range(count)]
        if wanted <= 0:
            return self._chosen[: self._wanted - 1]
        if wanted == 1 and rest:
            return list(self._chosen)
        if len(rest) < wanted * 3:
            return None
        packed = pack_exactly(sorted(rest)[1:], self._steps) if len(rest) <= MOST_AT_LEAF else None
        if packed is None:
            self._is_open = True
            return None
        return [*self._chosen, *packed[: wanted - 1]] if len(packed) >= wanted - 1 else None
