"""Read and write amounts of money as integers of minor units.

How many decimals a currency has comes from ISO 4217 (the SIX table inside the `iso4217` package), never from a locale:
CLDR, and so Babel, differs from it for a dozen currencies. A code without an exponent (XAU, XXX, XDR) is no currency
one can owe, and is refused.
"""

import re
from typing import NoReturn

from iso4217 import Currency

from allsquare.core.errors import InvalidInput

MAX_AMOUNT_MINOR = 10**15
"""The largest amount, in minor units: far above any shared bill, far below what a 64-bit sum of many holds."""

_SHOWN = 40
"""How much of an offending text is repeated in an error."""


class CurrencyUnknown(InvalidInput):
    """A code that is no active ISO 4217 currency with an exponent."""

    code = "money.currency_unknown"
    title = "There is no such currency"


class AmountNotANumber(InvalidInput):
    """A text that is no plain decimal number."""

    code = "money.not_a_number"
    title = "The amount is not a number"


class TooManyDecimals(InvalidInput):
    """An amount with more decimals than its currency has, be they zeros."""

    code = "money.too_many_decimals"
    title = "The amount has more decimals than the currency"


class AmountOutOfBounds(InvalidInput):
    """An amount beyond what the ledger takes."""

    code = "money.out_of_bounds"
    title = "The amount is too large"


EXPONENTS: dict[str, int] = {each.code: each.exponent for each in Currency if each.exponent is not None}
"""The decimals of every currency one can owe, by its ISO 4217 code."""

# Formatting is a single step with the scale and the pattern at hand; both follow from the exponent alone.
_SCALES: dict[str, tuple[int, str]] = {
    code: (10**decimals, f"%d.%0{decimals}d" if decimals else "%d") for code, decimals in EXPONENTS.items()
}

_match_amount = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?").fullmatch


def exponent(currency: str, *, field: str = "currency") -> int:
    """Return how many decimals a currency has.

    Raises: CurrencyUnknown.
    Source: ISO 4217.
    """
    decimals = EXPONENTS.get(currency)
    if decimals is None:
        _refuse_currency(currency, field=field)
    return decimals


def _refuse_currency(currency: str, *, field: str = "currency") -> NoReturn:
    shown = repr(currency[:_SHOWN])
    detail = f"There is no currency {shown}: three capital letters of ISO 4217 are expected, such as EUR."
    raise CurrencyUnknown(detail, field=field, expected="an active ISO 4217 code", actual=shown)


def parse_amount(text: str, currency: str, *, field: str) -> int:
    """Return the amount a text says, in minor units.

    Shape: `-?digits[.digits]` in ASCII and nothing else: no sign +, exponent, blank, comma or thousands mark.
    Ensures: the absolute value is at most MAX_AMOUNT_MINOR.
    Raises: AmountNotANumber, TooManyDecimals, AmountOutOfBounds, CurrencyUnknown.
    """
    decimals = EXPONENTS.get(currency)
    if decimals is None:
        _refuse_currency(currency)
    matched = _match_amount(text)
    if matched is None:
        shown = repr(text[:_SHOWN])
        detail = f"{shown} is not an amount: digits are expected, with a point before decimals."
        raise AmountNotANumber(detail, field=field, expected="a decimal number", actual=shown)
    whole, fraction = matched.groups("")
    missing = decimals - len(fraction)
    if missing < 0:
        detail = f"{text[:_SHOWN]} has {len(fraction)} decimals, {currency} has {decimals}."
        raise TooManyDecimals(detail, field=field, expected=f"at most {decimals}", actual=str(len(fraction)))
    # A longer text is out of bounds or zero-padded; Python refuses to read thousands of digits, so it never may try.
    minor = int(whole + fraction + "0" * missing) if len(whole) <= _SHOWN else _read_long(whole, fraction, missing)
    if not -MAX_AMOUNT_MINOR <= minor <= MAX_AMOUNT_MINOR:
        limit, shown = format_amount(MAX_AMOUNT_MINOR, currency), text[:_SHOWN]
        detail = f"The amount is {shown}, at most {limit} is allowed."
        raise AmountOutOfBounds(detail, field=field, expected=limit, actual=shown)
    return minor


def _read_long(whole: str, fraction: str, missing: int) -> int:
    digits = whole.lstrip("-").lstrip("0")[:_SHOWN]
    minor = int(digits + fraction + "0" * missing or "0")
    return -minor if whole.startswith("-") else minor


def format_amount(minor: int, currency: str) -> str:
    """Return an amount with exactly the decimals of its currency: "-0.05", JPY "1250", KWD "1.250".

    Units: `minor` in minor units, of any size.
    Raises: CurrencyUnknown.
    """
    scale, pattern = _SCALES.get(currency) or _refuse_currency(currency)
    if scale == 1:
        return str(minor)
    # divmod floors, so the sign is taken off first: -5 cents are -0.05, not -1.95.
    if minor < 0:
        return "-" + pattern % divmod(-minor, scale)
    return pattern % divmod(minor, scale)
