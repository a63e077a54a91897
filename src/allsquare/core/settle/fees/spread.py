"""Spread what classes of people pay each other over their members with few payments, and take circles out."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from allsquare.core.settle.fees.flow import Marks

Pair = tuple[int, int]
"""A payer and a payee."""
Payments = Mapping[Pair, int]
"""What payers pay payees, in minor units."""


def spread_over_members(
    amounts: Sequence[tuple[Marks, Marks, int]], nets: Mapping[int, int], members: Mapping[Marks, Sequence[int]]
) -> dict[Pair, int]:
    """Let the members of classes pay what the classes pay each other.

    Units: minor units. Shape: `amounts` in the order in which they are served; the members of a class likewise.
    Ensures: who owes and is owed exactly as much as somebody in the other class is matched with them first; each
        further payment uses up a payer, a payee or an amount between two classes (the north-west corner).
    """
    left = {member: abs(net) for member, net in nets.items()}
    debtors = {each: [member for member in listed if nets[member] < 0] for each, listed in members.items()}
    creditors = {each: [member for member in listed if nets[member] > 0] for each, listed in members.items()}
    payments: dict[Pair, int] = {}
    still: list[tuple[Marks, Marks, int]] = []
    for payers, payees, amount in amounts:
        matched = _match(debtors[payers], creditors[payees], left, amount)
        payments |= matched
        still.append((payers, payees, amount - sum(matched.values())))
        for payer, payee in matched:
            left[payer] = left[payee] = 0
    for payers, payees, unmatched in still:
        rest = unmatched
        from_, to = debtors[payers], creditors[payees]
        while rest:
            while not left[from_[0]]:
                del from_[0]
            while not left[to[0]]:
                del to[0]
            payer, payee = from_[0], to[0]
            amount = min(rest, left[payer], left[payee])
            payments[payer, payee] = payments.get((payer, payee), 0) + amount
            left[payer] -= amount
            left[payee] -= amount
            rest -= amount
    return payments


def _match(debtors: Sequence[int], creditors: Sequence[int], left: Mapping[int, int], most: int) -> dict[Pair, int]:
    """Pair those who owe with those who are owed just as much, in listed order, up to a sum."""
    owed: dict[int, list[int]] = {}
    for member in reversed(creditors):
        owed.setdefault(left[member], []).append(member)
    matched: dict[Pair, int] = {}
    for member in debtors:
        amount = left[member]
        if 0 < amount <= most and owed.get(amount):
            matched[member, owed[amount].pop()] = amount
            most -= amount
    return matched


def remove_circles(payments: Payments, cost: Callable[[int, int, int], int]) -> dict[Pair, int]:
    """Shift payments round every circle they make, whichever way is cheaper, until one of them is gone.

    Units: `cost` of a payer, a payee and an amount; it grows the less, the more is paid already.
    Ensures: every net stays; the cost does not grow (a cost of that kind cannot grow both ways); fewer payments than
        people.
    """
    forest: dict[Pair, int] = {}
    near: dict[int, dict[int, None]] = {}
    for (payer, payee), amount in payments.items():
        circle = _find_way(near, payer, payee)
        forest[payer, payee] = amount
        near.setdefault(payer, {})[payee] = near.setdefault(payee, {})[payer] = None
        if not circle:
            continue
        # The way leads from the payer to the payee by turns along a payment and against one.
        along = [pair if pair in forest else (pair[1], pair[0]) for pair in pairwise(circle)]
        falling, rising = along[::2], [*along[1::2], (payer, payee)]
        options: list[tuple[int, int, dict[Pair, int]]] = []
        for less, more in ((falling, rising), (rising, falling)):
            shift = min([forest[pair] for pair in less])
            changed = {pair: forest[pair] - shift for pair in less} | {pair: forest[pair] + shift for pair in more}
            options.append((sum([cost(*pair, each) for pair, each in changed.items()]), len(options), changed))
        for pair, each in min(options)[2].items():
            forest[pair] = each
            if not each:
                del forest[pair], near[pair[0]][pair[1]], near[pair[1]][pair[0]]
    return forest


def _find_way(near: Mapping[int, Mapping[int, None]], start: int, end: int) -> list[int]:
    """Find the people on the way between two in a forest; nobody where there is none."""
    if start not in near or end not in near:
        return []
    came_from = {start: start}
    people = [start]
    for person in people:
        for other in near[person]:
            if other not in came_from:
                came_from[other] = person
                people.append(other)
        if end in came_from:
            way = [end]
            while way[-1] != start:
                way.append(came_from[way[-1]])
            return way[::-1]
    return []
