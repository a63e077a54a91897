"""Turn who paid and who consumed into who owes whom.

Inside one expense each person is netted first, so an expense never makes two people owe each other. Then every debtor
spreads what they owe over the creditors. `docs/algorithms/transfers.md` works the numbers.
"""

from collections.abc import Sequence
from typing import NamedTuple

from allsquare.core.split import Part

_new = tuple.__new__
"""Builds a named tuple in half the time of its own constructor; a line is built per participant and expense."""


class Line(NamedTuple):
    """The debit member owes the credit member `amount_minor` > 0."""

    debit: int
    credit: int
    amount_minor: int


def transfers_of(paid: tuple[Part, ...], shares: tuple[Part, ...]) -> tuple[Line, ...]:
    """Return the lines that make up for what each one paid and consumed.

    Units: minor units; `paid` and `shares` sum to the same total, and no amount points the other way than it.
    Shape: debtors in listed order (that of `shares`, then payers who consumed nothing), their creditors likewise.
    Ensures: the credits less the debits of a member are what they paid less their share; each amount is positive; at
        most one line per debtor and creditor. A refund gives the mirrored lines of the expense it takes back.
    """
    if len(paid) == 1:
        return _repay_one(paid[0][0], paid[0][1], shares)
    total = sum([part[1] for part in paid])
    direction = -1 if total < 0 else 1
    nets = dict.fromkeys([part[0] for part in shares], 0)
    for member, amount in paid:
        nets[member] = nets.get(member, 0) + amount * direction
    for member, amount in shares:
        nets[member] -= amount * direction
    if sum(nets.values()) != 0:
        message = f"payers paid {total}, which is {sum(nets.values()) * direction} away from the shares"
        raise AssertionError(message)
    lines = _spread(
        [(member, -net) for member, net in nets.items() if net < 0],
        [(member, net) for member, net in nets.items() if net > 0],
    )
    return lines if direction == 1 else mirror(lines)


def _repay_one(payer: int, total: int, shares: tuple[Part, ...]) -> tuple[Line, ...]:
    # One payer is the usual case and needs no netting: everybody else owes the payer what they consumed.
    if total >= 0:
        lines = [_new(Line, (member, payer, amount)) for member, amount in shares if amount != 0 and member != payer]
        bounds = (0, total)
    else:
        lines = [_new(Line, (payer, member, -amount)) for member, amount in shares if amount != 0 and member != payer]
        bounds = (total, 0)
    consumed = [part[1] for part in shares]
    if sum(consumed) != total or (consumed and not bounds[0] <= min(consumed) <= max(consumed) <= bounds[1]):
        message = f"the shares sum to {sum(consumed)} or point both ways, the payer paid {total}"
        raise AssertionError(message)
    return tuple(lines)


def _spread(debtors: Sequence[tuple[int, int]], creditors: Sequence[tuple[int, int]]) -> tuple[Line, ...]:
    """Let every debtor owe the creditors in proportion to what each is still owed.

    Units: minor units, all positive; both sides sum to the same.
    Source: the largest remainder method (Hamilton), ties to the earlier listed creditor.
    """
    names = [member for member, _ in creditors]
    left = [owed for _, owed in creditors]
    lines: list[Line] = []
    for debtor, owes in debtors:
        for index, quota in enumerate(_quotas(owes, left)):
            if quota:
                left[index] -= quota
                lines.append(Line(debtor, names[index], quota))
    if any(left):
        message = f"creditors {names} are left with {left}"
        raise AssertionError(message)
    return tuple(lines)


def _quotas(owes: int, left: Sequence[int]) -> list[int]:
    """Divide what one debtor owes in proportion to what is left to each creditor.

    Ensures: the quotas sum to `owes`, and none exceeds what is left: a quota below it is a whole unit below it or more
        before its odd unit is added, and when the debtor owes all that remains nothing is odd.
    """
    remaining = sum(left)
    divided = [divmod(owes * each, remaining) for each in left]
    quotas = [quota for quota, _ in divided]
    odd_units = owes - sum(quotas)
    if odd_units:
        order = sorted(range(len(left)), key=lambda index: divided[index][1], reverse=True)
        for index in order[:odd_units]:
            quotas[index] += 1
    if any(quota > most for quota, most in zip(quotas, left, strict=True)):
        message = f"{owes} among {list(left)} gives {quotas}, more than is left"
        raise AssertionError(message)
    return quotas


def mirror(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines with debtor and creditor swapped."""
    return tuple([Line(credit, debit, amount) for debit, credit, amount in lines])
