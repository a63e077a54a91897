"""Find parts: people whose nets sum to zero and who are connected over allowed pairs.

A part settles by itself with one payment less than it has people, so as many parts as possible are wanted, and a proof
of how many there can be at most.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from allsquare.core.settle.pairs.graph import Budget, list_bits, reach

EXACT_PEOPLE = 16
"""So many people are divided in the best of all ways; there are 2^16 groups of them to look at."""


class Field(msgspec.Struct, frozen=True):
    """Who may pay whom, and who is next to whom when one looks for parts, as bits by person."""

    nets: Sequence[int]
    ways: Sequence[int]
    near: Sequence[int]


def narrow(field: Field, who: Sequence[int]) -> Field:
    """Narrow a field to few people, numbered anew."""
    return Field(
        [field.nets[person] for person in who],
        [sum([1 << place for place, other in enumerate(who) if field.ways[person] >> other & 1]) for person in who],
        [sum([1 << place for place, other in enumerate(who) if field.near[person] >> other & 1]) for person in who],
    )


def people_by_net(nets: Sequence[int], people: int) -> dict[int, int]:
    """Give the bits of all people who have the same net, leaving out those who have none."""
    by_net: dict[int, int] = {}
    for person in list_bits(people):
        if nets[person]:
            by_net[nets[person]] = by_net.get(nets[person], 0) | 1 << person
    return by_net


def can_divide(people: int, budget: Budget) -> bool:
    """Tell whether people are few enough, for the steps that are left, to be divided in the best of all ways."""
    return people.bit_count() <= EXACT_PEOPLE and budget.left >= _steps_todivide(people)


def _steps_todivide(people: int) -> int:
    return 1 + (1 << people.bit_count()) // 8


def divide(field: Field, price: Callable[[int], int | None], budget: Budget) -> list[int]:
    """Divide few people into as many parts as there can be that settle among themselves, each connected.

    Shape: `price` says what a connected zero-sum part costs to settle, or None where it cannot; of divisions into
        equally many parts the cheapest is taken. All together must be divisible.
    """
    everybody = (1 << len(field.nets)) - 1
    sums = [0]
    for net in field.nets:
        sums += [each + net for each in sums]
    # Groups come after all groups they contain, so a group that is divisible is found to be before it is tried whole.
    best: dict[int, tuple[int, int, int]] = {0: (0, 0, 0)}
    indivisible: dict[int, list[int]] = {1 << person: [] for person in range(len(field.nets))}
    groups = [mask for mask, total in enumerate(sums) if not total and mask]
    budget.left -= _steps_todivide(everybody) + 5 * len(groups)
    for group in groups:
        low = group & -group
        ways = [
            (best[group ^ part][0] + 1, best[group ^ part][1] + best[part][1], part)
            for part in indivisible[low]
            if part & group == part and group ^ part in best
        ]
        if ways:
            best[group] = max(ways)
        elif reach(low, field.near, group) == group:
            moved = price(group)
            if moved is not None:
                indivisible[low].append(group)
                best[group] = (1, -moved, group)
    parts = []
    while everybody:
        parts.append(best[everybody][2])
        everybody ^= parts[-1]
    return parts


class PartSearch:
    """A look for small zero-sum parts that are connected."""

    def __init__(self, field: Field, by_net: Mapping[int, int], budget: Budget) -> None:
        self.field, self.by_net, self.budget = field, by_net, budget

    def list_parts(self, chosen: int, border: int, total: int, missing: int, rest: int) -> Iterator[int]:
        """List the parts that consist of those chosen and of so many more of the rest, until the budget ends."""
        near, nets, by_net = self.field.near, self.field.nets, self.by_net
        if missing == 1:
            for last in list_bits(border & rest & by_net.get(-total, 0)):
                yield chosen | 1 << last
            return
        self.budget.left -= 1 + (border & rest).bit_count() // 3
        for other in list_bits(border & rest):
            if self.budget.left <= 0:
                return
            # Every part with `other` is listed now, so the parts after it are without.
            rest ^= 1 << other
            reached, with_other = border | near[other], total + nets[other]
            if missing > 2 or reached & rest & by_net.get(-with_other, 0):
                yield from self.list_parts(chosen | 1 << other, reached, with_other, missing - 1, rest)


def fewest_payments(known: Field, group: int, budget: Budget) -> int:
    """Give a lower bound of payments that settle a group whose nets sum to zero.

    Ensures: exact for few people. Among more, debtors and creditors each take part in a payment of their own; and as
        every part that settles by itself saves one payment, no more can be saved than there can be parts.
    """
    people = list(list_bits(group))
    if can_divide(group, budget):
        return len(people) - len(divide(narrow(known, people), lambda _: 0, budget))
    debtors = sum([1 for person in people if known.nets[person] < 0])
    creditors = sum([1 for person in people if known.nets[person] > 0])
    return max(debtors, creditors, debtors + creditors - _most_parts(known, group, budget))


def _most_parts(known: Field, group: int, budget: Budget) -> int:
    """Count how many parts there can be at most.

    Whoever lies in no part smaller than s counts 1/s, so that all of a part count 1 at most and all people count at
    least as much as there are parts. Where steps run short, a part of three is taken for granted.
    """
    by_net = people_by_net(known.nets, group)
    someone = sum(by_net.values())
    in_pairs = sum(
        [
            1 << person
            for net, each in by_net.items()
            for person in list_bits(each)
            if known.near[person] & by_net.get(-net, 0)
        ]
    )
    in_threes = 0
    floor = budget.left - budget.left // 4
    for person in list_bits(someone & ~in_pairs):
        if in_threes >> person & 1:
            continue
        if budget.left < floor:
            in_threes |= 1 << person
            continue
        near = known.near[person] & someone
        budget.left -= 1 + near.bit_count() // 3
        for other in list_bits(near):
            both = 1 << person | 1 << other
            thirds = (near | known.near[other]) & by_net.get(-known.nets[person] - known.nets[other], 0) & ~both
            if thirds:
                in_threes |= both | (thirds & -thirds)
                break
    in_threes &= ~in_pairs
    in_more = someone & ~in_pairs & ~in_threes
    return (6 * in_pairs.bit_count() + 4 * in_threes.bit_count() + 3 * in_more.bit_count()) // 12
