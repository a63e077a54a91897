"""Prove how low the fees of a group can be, where payments have fixed fees: by prices, and by counting dear payments.

`docs/algorithms/settling.md` proves the bounds.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from allsquare.core.settle.fees.flow import Flow, Marks, list_hubs, weigh
from allsquare.core.settle.fees.group import Group
from allsquare.core.settle.fewest.parts import divide_into_parts

Parts = tuple[tuple[int, ...], ...]
"""People, together with others."""


class Level(msgspec.Struct, frozen=True):
    """What is known of the payments that cost at least some fixed fee.

    Shape: `parts` are people whose nets sum to zero, as many parts as were found that need no such payment between
        them. Ensures: `payments` of the kind are needed at least.
    """

    fixed: int
    payments: int
    parts: Parts


def find_bound(group: Group, flow: Flow, levels: Sequence[Level]) -> int:
    """Give a lower bound of the cost, from the cheapest flow at the rates alone and from the levels of fixed fees.

    Ensures: a multiple of the group's grain.
    """
    debtor_prices = {marks: -price for marks, price in flow.debtor_prices.items()}
    beyond = [
        _sum_beyond(group, -1, debtor_prices, flow.creditor_prices),
        _sum_beyond(group, 1, flow.creditor_prices, debtor_prices),
        _sum_levels(levels),
    ]
    return -(-(flow.cost + max(beyond)) // group.grain) * group.grain


def _sum_levels(levels: Sequence[Level]) -> int:
    # A payment's fixed fee is the sum of the steps up to it, so each level counts with what it is above the one before.
    total = below = 0
    for level in levels:
        total += (level.fixed - below) * level.payments
        below = level.fixed
    return total


def list_levels(group: Group, *, steps: int) -> list[Level]:
    """Count, for each fixed fee there may be, how many payments of at least that fee are needed.

    Those whom cheaper payments join are together as one; of m such with a net, as many as k parts of them may settle
    among themselves, and m − k dear payments are needed.
    """
    fees = sorted({weigh(crossed, group.fixed) for crossed in range(1 << len(group.fixed))} - {0})
    joined = {fixed: _join_below(group, fixed) for fixed in fees}
    different = dict.fromkeys(joined.values())
    levels = {together: _find_level(group, together, steps=steps // len(different)) for together in different}
    return [Level(fixed, *levels[joined[fixed]]) for fixed in fees]


def _find_level(group: Group, together: Parts, *, steps: int) -> tuple[int, Parts]:
    """Count the payments needed between people who are together as one, and find the parts that settle alone."""
    nets = {people[0]: sum([group.nets[person] for person in people]) for people in together}
    division = divide_into_parts(nets, steps=steps)
    of_first = {people[0]: people for people in together}
    parts = [tuple(sorted([person for first in part for person in of_first[first]])) for part in division.parts]
    parts += [people for people in together if nets[people[0]] == 0]
    joining = sum(map(bool, nets.values())) - division.most_parts
    return max(joining, _count_crossing(group, together, -1), _count_crossing(group, together, 1)), tuple(parts)


def _count_crossing(group: Group, together: Parts, sign: int) -> int:
    """Count the payments that must leave those who owe together, or reach those who are owed.

    So many payments move no more than the as many largest debts; the rest of the net needs another.
    """
    count = 0
    for people in together:
        nets = [group.nets[person] * sign for person in people]
        left = sum(nets)
        for amount in sorted(nets, reverse=True):
            if left <= 0:
                break
            left -= amount
            count += 1
    return count


def _join_below(group: Group, fixed: int) -> Parts:
    """List together whom payments below a fixed fee can join, directly or through others."""
    leads: dict[Marks, Marks] = {}

    def lead(marks: Marks) -> Marks:
        while leads[marks] != marks:
            leads[marks] = marks = leads[leads[marks]]
        return marks

    for debtors, creditors in _list_meetings(group, fixed):
        for marks in (*debtors, *creditors):
            leads.setdefault(marks, marks)
            leads[lead(marks)] = lead(debtors[0])
    joined: dict[Marks, list[int]] = {}
    alone: list[tuple[int, ...]] = []
    for member in group.nets:
        marks = group.marks[member]
        if marks in leads:
            joined.setdefault(lead(marks), []).append(member)
        else:
            alone.append((member,))
    return (*map(tuple, joined.values()), *alone)


def _list_meetings(group: Group, fixed: int) -> Iterator[tuple[list[Marks], list[Marks]]]:
    """List classes of debtors and creditors of whom each can pay each below a fixed fee; none that can is missing."""
    entries: dict[Marks, dict[int, list[Marks]]] = {}
    exits: dict[Marks, dict[int, list[Marks]]] = {}
    for hubs, side in ((entries, group.debts), (exits, group.credits)):
        for marks in side:
            for shared, known in list_hubs(marks, group.fixed):
                hubs.setdefault(shared, {}).setdefault(known, []).append(marks)
    for shared, by_known in entries.items():
        for known, debtors in by_known.items():
            for also_known, creditors in exits.get(shared, {}).items():
                if weigh(known & also_known, group.fixed) < fixed:
                    yield debtors, creditors


def _sum_beyond(group: Group, sign: int, prices: Mapping[Marks, int], others: Mapping[Marks, int]) -> int:
    """Sum what each on one side pays at least beyond the prices of both sides, each on their own best terms.

    Shape: prices are signed so that those of a debtor and a creditor sum to no more than the rate between them.
    """
    either = [rate + fixed for rate, fixed in zip(group.rates, group.fixed, strict=True)]
    best: dict[Marks, dict[int, tuple[int, int]]] = {}
    for member, net in group.nets.items():
        if net * sign < 0:
            price = others[group.marks[member]]
            for shared, known in list_hubs(group.marks[member], either):
                dearest, most = best.setdefault(shared, {}).get(known, (price, 0))
                best[shared][known] = (max(dearest, price), max(most, abs(net)))
    beyond = 0
    for marks, price in prices.items():
        terms = [
            (weigh(known & there, group.rates) - price - dearest, weigh(known & there, group.fixed), most)
            for shared, known in list_hubs(marks, either)
            for there, (dearest, most) in best.get(shared, {}).items()
        ]
        for amount in [abs(group.nets[member]) for member in group.members[marks] if group.nets[member] * sign > 0]:
            beyond += min([slack * amount + fixed * amount // min(amount, most) for slack, fixed, most in terms])
    return beyond
