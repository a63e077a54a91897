"""Round plans to whole units: people hand over 12 instead of 12.34, and the odd cents are left aside by name."""

from collections.abc import Iterable, Mapping

from allsquare.core.errors import InvalidInput
from allsquare.core.money import parse_amount
from allsquare.core.settle.amounts import Amount, nets_of, pay_in_order


class UnitNegative(InvalidInput):
    """Payments are rounded to a unit above zero; zero asks for exact amounts."""

    code = "plan.unit_negative"
    title = "The unit to round to is below zero"


def parse_unit(round_to: str | None, currency: str) -> int:
    """Return the unit that payments are rounded to, in minor units; 0 where amounts stay exact.

    Raises: UnitNegative, the errors of `money.parse_amount`.
    """
    unit_minor = parse_amount(round_to or "0", currency, field="round_to")
    if unit_minor < 0:
        detail = (
            f"Payments cannot be rounded to {round_to} {currency}: the unit must be above zero, or 0 for exact amounts."
        )
        raise UnitNegative(detail, field="round_to", expected="0 or more", actual=round_to or "")
    return unit_minor


def round_nets(nets: Mapping[int, int], unit_minor: int) -> dict[int, int]:
    """Round every net to whole units, so that they still sum to zero.

    Units: minor units; `unit_minor` > 0.
    Ensures: the rounded nets are multiples of the unit and sum to zero; nobody is off by a whole unit or more.
    Source: the largest remainder method (Hamilton): each net is floored, and the units that are missing go one each to
        the largest remainders, ties to the lower member number.
    """
    floored = {person: net // unit_minor for person, net in nets.items()}
    missing = -sum(floored.values())
    order = sorted(nets, key=lambda person: (-(nets[person] % unit_minor), person))
    for person in order[:missing]:
        floored[person] += 1
    rounded = {person: units * unit_minor for person, units in floored.items()}
    assert sum(rounded.values()) == 0, f"{rounded} does not sum to zero"
    return rounded


def odd_units(nets: Mapping[int, int], rounded: Mapping[int, int]) -> list[Amount]:
    """Propose payments that would settle what rounding left aside."""
    return pay_in_order({person: net - rounded[person] for person, net in nets.items() if net != rounded[person]})


def round_amounts(payments: Iterable[Amount], unit_minor: int) -> tuple[list[Amount], list[Amount]]:
    """Round each payment by itself, halves up, and give what was left aside between the same two.

    Shape: a payment that rounds to nothing goes; the second list holds the odd units, the other way round where the
        payment was rounded up.
    """
    rounded: list[Amount] = []
    odd: list[Amount] = []
    for payer, payee, amount in payments:
        whole = (2 * amount + unit_minor) // (2 * unit_minor) * unit_minor
        if whole:
            rounded.append(Amount(payer, payee, whole))
        if whole < amount:
            odd.append(Amount(payer, payee, amount - whole))
        elif whole > amount:
            odd.append(Amount(payee, payer, whole - amount))
    assert nets_of([*rounded, *odd]) == nets_of(payments), "rounding moved a net"
    return rounded, odd
