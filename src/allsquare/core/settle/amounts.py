"""Count with payments of one currency: what nets they settle, and how people pay in order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Amount(NamedTuple):
    """One payment in a currency that is known from where it stands."""

    payer: int
    payee: int
    amount_minor: int


def nets_of(payments: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Give the nets that these payments settle: + is owed, − owes; nobody at zero is listed."""
    nets: dict[int, int] = {}
    for payer, payee, amount in payments:
        nets[payer] = nets.get(payer, 0) - amount
        nets[payee] = nets.get(payee, 0) + amount
    return {person: net for person, net in nets.items() if net}


def merge(payments: Iterable[tuple[int, int, int]]) -> tuple[Amount, ...]:
    """Make one payment of all that one person pays another, sorted by payer and payee."""
    merged: dict[tuple[int, int], int] = {}
    for payer, payee, amount in payments:
        merged[payer, payee] = merged.get((payer, payee), 0) + amount
    return tuple([Amount(*pair, amount) for pair, amount in sorted(merged.items())])


def pay_in_order(nets: Mapping[int, int]) -> list[Amount]:
    """Let debtors pay creditors in the order of their numbers.

    Ensures: every net is settled; at most one payment less than there are people with a net.
    Source: the north-west corner rule of transportation problems.
    """
    creditors = [[person, nets[person]] for person in sorted(nets) if nets[person] > 0]
    payments: list[Amount] = []
    place = 0
    for debtor in sorted(nets):
        owes = -nets[debtor]
        while owes > 0:
            creditor = creditors[place]
            amount = min(owes, creditor[1])
            payments.append(Amount(debtor, creditor[0], amount))
            owes -= amount
            creditor[1] -= amount
            place += creditor[1] == 0
    return payments


def components(payments: Sequence[Amount]) -> list[list[Amount]]:
    """Divide payments into those that hang together, in the order of their first."""
    root: dict[int, int] = {}

    def find(person: int) -> int:
        while (above := root.setdefault(person, person)) != person:
            root[person] = root[above]
            person = above
        return person

    for payer, payee, _ in payments:
        root[find(payer)] = find(payee)
    together: dict[int, list[Amount]] = {}
    for payment in payments:
        together.setdefault(find(payment.payer), []).append(payment)
    return list(together.values())
