"""Take the circles out of the debts there are: the gentle step before anybody pays whom they never owed.

Only existing debts are paid, in their own direction, none more than it is; everybody ends where they would have ended.
`docs/algorithms/settling.md` has the proofs and worked numbers.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from allsquare.core.settle.pairs.graph import ENOUGH, Budget, Network, list_bits, reach


class Untangled(msgspec.Struct, frozen=True):
    """The debts that are left when circles are taken out.

    Units: minor units. Shape: `payments` are (payer, payee, amount), sorted, each at most the debt it pays.
    Ensures: `least` is only said when no such plan moves less money.
    """

    payments: tuple[tuple[int, int, int], ...]
    least: bool


def remove_circles(debts: Mapping[tuple[int, int], int], *, steps: int) -> Untangled:
    """Make debts smaller, never larger, so that every net stays and the least money is moved.

    Units: minor units, all above zero; `steps` of work, after which the rest is untangled in a simpler way.
    Shape: `debts[a, b]` is what a owes b, and then b owes a nothing.
    Ensures: every net is kept, no amount exceeds its debt, no directed circle is left. Debts on no circle stay whole.
    """
    members = sorted({member for pair in debts for member in pair})
    index = {member: place for place, member in enumerate(members)}
    limits: list[dict[int, int]] = [{} for _ in members]
    for (debtor, creditor), amount in sorted(debts.items()):
        limits[index[debtor]][index[creditor]] = amount
    ways = _ways_on_circles(limits)
    network = Network(ways, _nets_over(ways, limits), limits)
    least = network.settle(Budget(steps))
    if not least:
        # All debts on circles, paid in full, would settle their nets: a search that minds no money always ends well.
        network.forget_prices()
        network.settle(Budget(ENOUGH))
        _open_circles(network)
    payments = [
        (members[debtor], members[creditor], paid)
        for debtor, owed in enumerate(limits)
        for creditor, amount in owed.items()
        if (paid := network.paid[debtor].get(creditor, 0) if ways[debtor] >> creditor & 1 else amount)
    ]
    _check_nets(debts, payments)
    return Untangled(tuple(payments), least)


def _ways_on_circles(limits: Sequence[dict[int, int]]) -> list[int]:
    out = [sum([1 << creditor for creditor in owed]) for owed in limits]
    ways = [0] * len(out)
    for knot in _find_knots(out):
        for person in list_bits(knot):
            ways[person] = out[person] & knot
    return ways


def _nets_over(ways: Sequence[int], limits: Sequence[dict[int, int]]) -> list[int]:
    nets = [0] * len(ways)
    for debtor, way in enumerate(ways):
        for creditor in list_bits(way):
            nets[debtor] -= limits[debtor][creditor]
            nets[creditor] += limits[debtor][creditor]
    return nets


def _find_knots(out: Sequence[int]) -> Iterator[int]:
    """Find the strongly connected components: in each, everybody lies on a circle with everybody, outside nobody does.

    Source: Kosaraju (Sharir 1981): in the order in which a depth-first search leaves them, last first, each one's
        component is who still reaches them.
    """
    everybody = unseen = (1 << len(out)) - 1
    into = [0] * len(out)
    for debtor, way in enumerate(out):
        for creditor in list_bits(way):
            into[creditor] |= 1 << debtor
    left: list[int] = []
    path: list[int] = []
    while unseen or path:
        onward = out[path[-1]] & unseen if path else unseen
        if onward:
            low = onward & -onward
            unseen ^= low
            path.append(low.bit_length() - 1)
        else:
            left.append(path.pop())
    for person in reversed(left):
        if everybody >> person & 1:
            knot = reach(1 << person, into, everybody)
            everybody ^= knot
            yield knot


def _open_circles(network: Network) -> None:
    """Take out of what is paid every directed circle, each by its smallest payment."""
    paid = network.paid
    onto = [sum([1 << payee for payee in each]) for each in paid]
    unsure = network.people
    path: list[int] = []
    while unsure:
        onward = onto[path[-1]] & unsure if path else unsure
        if not onward:
            unsure ^= 1 << path.pop()
            continue
        there = (onward & -onward).bit_length() - 1
        if there not in path:
            path.append(there)
            continue
        circle = path[path.index(there) :]
        del path[path.index(there) + 1 :]
        hops = list(zip(circle, [*circle[1:], there], strict=True))
        smallest = min([paid[payer][payee] for payer, payee in hops])
        for payer, payee in hops:
            paid[payer][payee] -= smallest
            if not paid[payer][payee]:
                del paid[payer][payee]
                onto[payer] ^= 1 << payee


def _check_nets(debts: Mapping[tuple[int, int], int], payments: Sequence[tuple[int, int, int]]) -> None:
    nets: dict[int, int] = {}
    for (debtor, creditor), amount in debts.items():
        nets[debtor] = nets.get(debtor, 0) - amount
        nets[creditor] = nets.get(creditor, 0) + amount
    for payer, payee, amount in payments:
        nets[payer] += amount
        nets[payee] -= amount
    if any(nets.values()):
        message = f"taking out circles leaves {nets} unsettled"
        raise AssertionError(message)
