"""Settle with few payments where only some pairs may pay each other, such as those who owe each other already.

People who reach each other over allowed pairs settle among themselves. Where debtors can pay creditors straight, they
do; otherwise money is passed on. Then parts as small as can be found settle by themselves, as each part saves a
payment. `docs/algorithms/settling.md` has the proofs and worked numbers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from allsquare.core.settle.pairs.graph import ENOUGH, Budget, Network, cut_to_forest, list_bits, reach
from allsquare.core.settle.pairs.parts import (
    Field,
    PartSearch,
    can_divide,
    divide,
    fewest_payments,
    narrow,
    people_by_net,
)

LARGEST_CARVED = 6
"""Among more people, only parts up to this size are looked for: larger ones are too many to try, and save less."""

SMALLEST_SPLIT = 3
"""Three people never make two parts, unless one of them has nothing to settle."""

Payment = tuple[int, int, int]


class Familiar(msgspec.Struct, frozen=True):
    """Payments over allowed pairs, and what these pairs cannot settle.

    Units: minor units. Shape: `payments` are (payer, payee, amount), sorted, at most one a pair; `stuck` is the net
        that stays with each member who is not settled in full.
    Ensures: no plan over these pairs that leaves as little stuck has fewer payments than `fewest_possible`.
    """

    payments: tuple[Payment, ...]
    stuck: dict[int, int]
    fewest_possible: int


def plan_familiar(nets: Mapping[int, int], pairs: Collection[tuple[int, int]], *, steps: int) -> Familiar:
    """Settle nets by payments between allowed pairs, with as few as can be found in so many steps.

    Units: minor units, above zero is owed. Shape: a pair may pay in both directions, in whatever order it is given.
    Ensures: payments and `stuck` give every net exactly; only who has no way to be settled is stuck. Nobody passes
        money on where all who reach each other can be settled without. Payments form no circle, directed or not.
    """
    members = sorted({member for pair in pairs for member in pair} | {member for member, net in nets.items() if net})
    known = _ways_between(members, pairs)
    open_nets = [nets.get(member, 0) for member in members]
    stuck: dict[int, int] = {}
    fewest = 0
    forced: list[Payment] = []
    groups = []
    for group in _list_groups((1 << len(members)) - 1, known):
        surplus = sum([open_nets[person] for person in list_bits(group)])
        if surplus:
            fewest += _fewest_of_some([open_nets[person] for person in list_bits(group)], surplus)
        for person, net in _leave_stuck(group, open_nets, surplus):
            stuck[members[person]] = net
            open_nets[person] -= net
        only = _pay_only_friends(group, open_nets, known)
        forced += only
        fewest += 0 if surplus else len(only)
        groups.append((sum([1 << person for person in list_bits(group) if known[person]]), not surplus))
    groups.sort(key=lambda each: each[0].bit_count())
    found, bound = _plan_groups(Field(open_nets, known, known), groups, Budget(steps))
    payments = sorted([(members[payer], members[payee], amount) for payer, payee, amount in forced + found])
    _check_nets(nets, payments, stuck)
    return Familiar(tuple(payments), dict(sorted(stuck.items())), fewest + bound)


def _ways_between(members: Sequence[int], pairs: Collection[tuple[int, int]]) -> list[int]:
    place = {member: index for index, member in enumerate(members)}
    bits = {member: 1 << index for member, index in place.items()}
    ways = [0] * len(members)
    for one, other in pairs:
        ways[place[one]] |= bits[other]
        ways[place[other]] |= bits[one]
    return [way & ~(1 << index) for index, way in enumerate(ways)]


def _list_groups(people: int, near: Sequence[int]) -> Iterator[int]:
    """List the connected groups of people, by the lowest of each."""
    while people:
        group = reach(people & -people, near, people)
        people ^= group
        yield group


def _leave_stuck(group: int, nets: Sequence[int], surplus: int) -> Iterator[tuple[int, int]]:
    """Choose who of a group keeps its surplus, so that as few as possible do.

    Ensures: one whose net is just the surplus, else those on its side with the largest nets; ties to the lower number.
    """
    same_side = [person for person in list_bits(group) if nets[person] * surplus > 0]
    for person in sorted(same_side, key=lambda each: (nets[each] != surplus, -abs(nets[each]))):
        kept = nets[person] if abs(nets[person]) <= abs(surplus) else surplus
        if kept:
            yield person, kept
        surplus -= kept


def _pay_only_friends(group: int, nets: list[int], known: list[int]) -> list[Payment]:
    """Settle whoever has a single pair over it, as no plan can do otherwise, and so on with who has a single one left.

    Shape: changes the nets and pairs to those that are left.
    """
    payments = []
    ends = [person for person in list_bits(group) if known[person].bit_count() == 1]
    while ends:
        person = ends.pop()
        if not known[person]:
            continue
        friend, net = known[person].bit_length() - 1, nets[person]
        if net:
            payments.append((person, friend, -net) if net < 0 else (friend, person, net))
        nets[friend] += net
        nets[person] = known[person] = 0
        known[friend] ^= 1 << person
        if known[friend].bit_count() == 1:
            ends.append(friend)
    return payments


def _fewest_of_some(nets: Sequence[int], surplus: int) -> int:
    """Give a lower bound for a group that keeps a surplus, whoever keeps it.

    Everybody on the other side takes part in a payment of their own, and so does everybody on the surplus side who is
    not left with all of their net; at most as many are as have the smallest nets that fit into the surplus.
    """
    same_side = sorted([abs(net) for net in nets if net * surplus > 0])
    other_side = sum([1 for net in nets if net * surplus < 0])
    room = abs(surplus)
    for unpaid, net in enumerate(same_side):
        room -= net
        if room < 0:
            return max(other_side, len(same_side) - unpaid)
    return other_side


def _plan_groups(known: Field, groups: Sequence[tuple[int, bool]], budget: Budget) -> tuple[list[Payment], int]:
    """Settle all groups, small ones first, and add up what is proven of those that keep no surplus."""
    straight, paying = _straight(known)
    passing = Network(known.ways, known.nets)
    payments: list[Payment] = []
    bound = 0
    passing_on = sum([group for group, _ in groups if group & paying.owing])
    passing.release(passing.people & ~passing_on)
    paying.release(passing_on)
    search = Budget(budget.left // 2)
    budget.left -= search.left
    least = passing.settle(search)
    budget.left += search.left
    if not least:
        passing.forget_prices()
        passing.settle(Budget(ENOUGH))
    for group, balanced in groups:
        if not any(known.nets[person] for person in list_bits(group)):
            continue
        if balanced:
            bound += fewest_payments(known, group, budget)
        if group & passing_on:
            payments += _settle_piece(known, passing, group, budget)
            continue
        for piece in _list_groups(group, straight.near):
            payments += _settle_piece(straight, paying, piece, budget)
    return payments, bound


def _straight(known: Field) -> tuple[Field, Network]:
    """Let debtors pay creditors and nobody else, as far as that goes."""
    nets = known.nets
    owing = sum([1 << person for person, net in enumerate(nets) if net < 0])
    owed = sum([1 << person for person, net in enumerate(nets) if net > 0])
    other_side = [owed if net < 0 else owing if net > 0 else 0 for net in nets]
    near = [way & other for way, other in zip(known.ways, other_side, strict=True)]
    field = Field(nets, [way if net < 0 else 0 for way, net in zip(near, nets, strict=True)], near)
    network = Network(field.ways, nets)
    # All that is paid straight moves equally much, so there is no price to care for.
    network.forget_prices()
    network.settle(Budget(ENOUGH))
    return field, network


def _settle_piece(field: Field, network: Network, piece: int, budget: Budget) -> list[Payment]:
    """Settle people whom the network settles, in as many parts as can be found."""
    if not any(field.nets[person] for person in list_bits(piece)):
        return []
    if can_divide(piece, budget):
        return _settle_exactly(field, piece, budget)
    network, payments, rest = _carve(field, network, piece, budget)
    onto = cut_to_forest(network.paid, rest)
    for tree in _list_groups(rest, onto):
        if tree.bit_count() > SMALLEST_SPLIT and can_divide(tree, budget):
            payments += _settle_exactly(field, tree, budget)
        else:
            payments += _list_paid(network, tree)
    return payments


def _list_paid(network: Network, people: int) -> list[Payment]:
    return [
        (payer, payee, amount) for payer in list_bits(people) for payee, amount in sorted(network.paid[payer].items())
    ]


def _settle_exactly(field: Field, people: int, budget: Budget) -> list[Payment]:
    """Settle few people with as few payments as there can be, and among such plans with the least money moved."""
    who = list(list_bits(people))
    few = narrow(field, who)

    def price(part: int) -> int | None:
        budget.left -= 10 * part.bit_count()
        paid = _settle_alone(few, part)
        return None if paid is None else sum([amount for _, _, amount in paid])

    parts = divide(few, price, budget)
    paid = [payment for part in parts for payment in _settle_alone(few, part) or ()]
    return [(who[payer], who[payee], amount) for payer, payee, amount in paid]


def _settle_alone(field: Field, people: int) -> list[Payment] | None:
    """Settle people among themselves by a forest of payments that moves the least money; None if that cannot be."""
    who = list(list_bits(people))
    few = narrow(field, who)
    network = Network(few.ways, few.nets)
    if not network.settle(Budget(ENOUGH)):
        return None
    cut_to_forest(network.paid, network.people)
    return [(who[payer], who[payee], amount) for payer, payee, amount in _list_paid(network, network.people)]


def _carve(field: Field, network: Network, piece: int, budget: Budget) -> tuple[Network, list[Payment], int]:
    """Take small parts out of many people, as long as the others can still be settled without them.

    Shape: the network of the others, the payments within the parts, and who the others are.
    """
    rest = sum([1 << person for person in list_bits(piece) if field.nets[person]])
    search = PartSearch(field, people_by_net(field.nets, rest), budget)
    payments: list[Payment] = []
    for size in range(2, LARGEST_CARVED + 1):
        for person in list_bits(rest):
            if budget.left <= 0 or not rest >> person & 1:
                continue
            others = rest >> person + 1 << person + 1
            for part in search.list_parts(1 << person, field.near[person], field.nets[person], size - 1, others):
                paid = _settle_alone(field, part)
                if paid is None or budget.left <= 0:
                    continue
                trial = network.copy()
                trial.release(part)
                budget.left -= len(trial.left) // 4
                if trial.settle(budget):
                    network, rest, piece = trial, rest & ~part, piece & ~part
                    payments += paid
                    break
    return network, payments, piece


def _check_nets(nets: Mapping[int, int], payments: Sequence[Payment], stuck: Mapping[int, int]) -> None:
    open_nets = dict(nets)
    for member, net in stuck.items():
        open_nets[member] -= net
    for payer, payee, amount in payments:
        open_nets[payer] = open_nets.get(payer, 0) + amount
        open_nets[payee] = open_nets.get(payee, 0) - amount
    if any(open_nets.values()):
        message = f"the payments and {stuck} leave {open_nets}"
        raise AssertionError(message)
