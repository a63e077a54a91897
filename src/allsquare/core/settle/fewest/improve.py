"""Find good divisions where the best is out of reach: pick small parts, then divide a few of them anew, many times."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from allsquare.core.settle.fewest.chain import Amounts, pack_exactly
from allsquare.core.settle.fewest.listing import cost_of_listing, list_parts
from allsquare.core.settle.fewest.steps import Chance, Steps

LARGEST_PICKED = 6
SLICE = 200
MOST_TO_PICK = 60_000
"""The most steps that listing the parts of one size may take to pick from."""
SMALLEST_CROWD, FIRST_CROWD = 10, 18
"""How many people are divided anew at a time; fewer where sets abound."""


def balance(amounts: Iterable[int]) -> list[Amounts]:
    """Divide people into parts by letting the largest debts and credits take turns; a part ends where they meet."""
    ordered = sorted(amounts)
    parts: list[Amounts] = []
    first, last, total = 0, len(ordered) - 1, 0
    part: list[int] = []
    while first <= last:
        if total > 0 or (total == 0 and -ordered[first] > ordered[last]):
            part.append(ordered[first])
            first += 1
        else:
            part.append(ordered[last])
            last -= 1
        total += part[-1]
        if total == 0:
            parts.append(tuple(sorted(part)))
            part = []
    return parts


def pick_in_slices(amounts: Sequence[int], steps: Steps) -> Iterator[list[Amounts]]:
    """Pick small parts among every so-manieth of many people: quickly done, where few steps are to be had.

    Shape, raises: as in `pick_small`, with at least one person of each slice left over.
    """
    slices = len(amounts) // SLICE
    for start in range(slices if slices > 1 else 0):
        people = amounts[start::slices]
        yield from pick_small(people, list_parts(people, 3, steps), steps, largest=3)


def pick_small(
    amounts: Iterable[int], triples: Iterable[Amounts], steps: Steps, *, largest: int = LARGEST_PICKED
) -> Iterator[list[Amounts]]:
    """Pick disjoint parts of three people, then of four among whoever is left, and so on.

    Shape: `triples` are all parts of three people. Gives the parts of each size picked; at least one person is left
        over.
    Raises: OutOfSteps.
    """
    left = Counter(amounts)
    for size in range(3, largest + 1):
        people = sorted(left.elements())
        if size > 3 and cost_of_listing(len(people), size) > MOST_TO_PICK:
            return
        listed = list_parts(people, size, steps) if size > 3 else sorted(triples)
        places = Counter([amount for part in listed for amount in part])
        # Whom fewer parts want is placed first, which leaves the others their choice.
        listed.sort(key=lambda part: (sum([places[amount] for amount in part]), part))
        picked = []
        for part in listed:
            while left.total() > size and all(left[amount] >= part.count(amount) for amount in part):
                left.subtract(part)
                picked.append(part)
        yield picked


class Improver:
    """A division of some people that gets better and never worse, turn by turn.

    Shape: `parts` leave at least one person over; `spare` are those left, who are one more part.
    """

    def __init__(self, amounts: Iterable[int], parts: Iterable[Amounts], chance: Chance, steps: Steps) -> None:
        """Begin with disjoint parts that leave somebody over."""
        self.parts, self._chance, self._steps = list(parts), chance, steps
        self.spare = sorted((Counter(amounts) - Counter([each for part in self.parts for each in part])).elements())
        self._crowd = FIRST_CROWD

    def replace(self, parts: Iterable[Amounts]) -> None:
        """Go on with other parts of the same people."""
        people = [*self.spare, *[each for part in self.parts for each in part]]
        self.parts = list(parts)
        self.spare = sorted((Counter(people) - Counter([each for part in self.parts for each in part])).elements())

    def turn(self) -> None:
        """Divide a drawn crowd anew: some parts and some of those left over.

        Raises: OutOfSteps, and then nothing has changed.
        """
        drawn = self._draw_parts()
        kept = [part for index, part in enumerate(self.parts) if index not in drawn]
        crowd = [each for index in drawn for each in self.parts[index]]
        spare = list(self.spare)
        self._chance.shuffle(spare)
        taken = max(0, min(self._crowd - len(crowd), len(spare) - 1))
        crowd += spare[:taken]
        packed = pack_exactly(crowd, self._steps)
        if packed is None:
            self._crowd = max(SMALLEST_CROWD, self._crowd - 2)
            return
        # The drawn parts themselves are one packing, so the best one has no fewer.
        self.parts = kept + packed
        used = Counter([each for part in packed for each in part])
        self.spare = spare[taken:] + sorted((Counter(crowd) - used).elements())

    def _draw_parts(self) -> list[int]:
        """Draw parts until the crowd is full, rather the larger ones, which have more to give."""
        room = self._crowd - min(len(self.spare) - 1, self._crowd >> 1)
        drawn: list[int] = []
        for _ in range(self._crowd):
            if len(drawn) == len(self.parts):
                break
            index, other = self._chance.below(len(self.parts)), self._chance.below(len(self.parts))
            if len(self.parts[other]) > len(self.parts[index]):
                index = other
            if index not in drawn and len(self.parts[index]) <= room:
                drawn.append(index)
                room -= len(self.parts[index])
        return drawn
