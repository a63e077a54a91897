"""Turn what a request says of an expense into a draft in minor units."""

from allsquare.core.commands.expenses import ExpenseDraft
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
from allsquare.features.wire.decimals import parse_decimal

__all__ = ["draft_of"]


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
        split=rule_of(body.split, currency) if "split" in body.model_fields_set else None,
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
