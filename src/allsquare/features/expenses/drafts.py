"""Turn what a request says of an expense into a draft in minor units."""

from decimal import Decimal

from allsquare.core.commands.expenses import ExpenseDraft
from allsquare.core.errors import InvalidInput
from allsquare.core.money import exponent, parse_amount
from allsquare.core.split import (
    Adjustment,
    Equal,
    Exact,
    Item,
    Itemized,
    Part,
    Percentage,
    PercentPart,
    Shares,
    SplitRule,
    WeightPart,
)
from allsquare.features.expenses.schemas import (
    AdjustmentIn,
    AmountOf,
    EqualIn,
    ExactIn,
    ExpenseIn,
    ItemizedIn,
    PercentageIn,
    SharesIn,
    SplitIn,
)

__all__ = ["draft_of"]


class DecimalInvalid(InvalidInput):
    """A percentage or weight is no plain decimal number, or has too many decimals."""

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


def draft_of(body: ExpenseIn, event_currency: str) -> ExpenseDraft:
    """Read an expense in the event's currency, unless it names its own.

    Raises: the errors of `core.money`, each with the field it is about; DecimalInvalid.
    """
    currency = body.currency or event_currency
    exponent(currency)
    amount = parse_amount(body.amount, currency, field="amount")
    paid_by = body.paid_by
    paid = (Part(paid_by, amount),) if isinstance(paid_by, int) else _parts(paid_by, currency, "paid_by")
    return ExpenseDraft(
        description=body.description,
        amount_minor=amount,
        currency=currency,
        paid=paid,
        split=rule_of(body.split, currency),
        on=body.date,
        category=body.category,
        notes=body.notes,
    )


def _parts(given: list[AmountOf], currency: str, field: str) -> tuple[Part, ...]:
    return tuple(
        [
            Part(part.member, parse_amount(part.amount, currency, field=f"{field}.{index}.amount"))
            for index, part in enumerate(given)
        ]
    )


def rule_of(split: SplitIn, currency: str) -> SplitRule:
    """Read a split rule."""
    match split:
        case EqualIn():
            return Equal(tuple(split.among))
        case ExactIn():
            return Exact(_parts(split.shares, currency, "split.shares"))
        case PercentageIn():
            return Percentage(
                tuple(
                    [
                        PercentPart(part.member, parse_decimal(part.percent, 2, field=f"split.shares.{index}.percent"))
                        for index, part in enumerate(split.shares)
                    ]
                )
            )
        case SharesIn():
            return Shares(
                tuple(
                    [
                        WeightPart(part.member, parse_decimal(part.weight, 4, field=f"split.shares.{index}.weight"))
                        for index, part in enumerate(split.shares)
                    ]
                )
            )
        case AdjustmentIn():
            return Adjustment(tuple(split.among), _parts(split.adjustments, currency, "split.adjustments"))
        case ItemizedIn():
            return _itemized(split, currency)


def _itemized(split: ItemizedIn, currency: str) -> Itemized:
    items = [
        Item(
            item.name,
            parse_amount(item.amount, currency, field=f"split.items.{index}.amount"),
            tuple(item.among),
        )
        for index, item in enumerate(split.items)
    ]
    return Itemized(
        tuple(items),
        parse_amount(split.tax, currency, field="split.tax"),
        parse_amount(split.tip, currency, field="split.tip"),
        parse_amount(split.discount, currency, field="split.discount"),
    )
