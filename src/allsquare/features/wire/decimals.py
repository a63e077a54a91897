"""Read and write plain decimals that are no money: percentages, weights, rates."""

from decimal import Decimal

from allsquare.core.errors import InvalidInput


class DecimalInvalid(InvalidInput):
    """A percentage, weight or rate is no plain decimal number, or has too many decimals."""

    code = "split.decimal_invalid"
    title = "The number cannot be used"


def parse_decimal(text: str, decimals: int, *, field: str) -> int:
    """Read a plain decimal as a whole number of its last decimal place.

    Units: 10^-decimals. Raises: DecimalInvalid.
    """
    whole, point, fraction = text.removeprefix("-").partition(".")
    plain = whole.isascii() and whole.isdigit() and (not point or (fraction.isascii() and fraction.isdigit()))
    if not plain or len(fraction) > decimals or len(whole) > 12:
        detail = f"{field} is {text[:40]!r}: a plain number with at most {decimals} decimals is expected."
        raise DecimalInvalid(detail, field=field, expected=f"at most {decimals} decimals", actual=text[:40])
    value = int(whole + fraction.ljust(decimals, "0"))
    return -value if text.startswith("-") else value


def show_decimal(value: int, decimals: int) -> str:
    """Write such a number back, without trailing zeros."""
    return format(Decimal(value).scaleb(-decimals).normalize(), "f")
