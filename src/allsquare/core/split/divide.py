"""Check a split rule against its total and divide the total by it."""

import math
from collections.abc import Sequence
from typing import NoReturn, assert_never

from allsquare.core.money import MAX_AMOUNT_MINOR, format_amount
from allsquare.core.split.errors import (
    AdjustmentStranger,
    DuplicateMember,
    ItemsMismatch,
    NegativeShare,
    NegativeWeight,
    NobodyShares,
    NoItems,
    PercentMismatch,
    SplitTooLarge,
    SumMismatch,
    TooManyParticipants,
    WeightsAllZero,
    WrongSign,
)
from allsquare.core.split.rounding import divide_by_weight, divide_equally
from allsquare.core.split.rules import (
    Adjustment,
    Equal,
    Exact,
    Itemized,
    Part,
    Percentage,
    Shares,
    SplitRule,
    participants,
)

MAX_PARTICIPANTS = 1_000
MAX_ITEMS = 1_000
MAX_ITEM_PLACES = 100_000
"""The most items × participants one bill may have, which bounds the time it takes to about 20 ms."""
MAX_WEIGHT = 10**10
"""The largest weight, in ten-thousandths: a million."""
WHOLE_PERCENT = 10_000
"""A hundred percent, in hundredths of a percent."""

_SHOWN = 40
"""How many digits of an offending number are repeated in an error."""

_new = tuple.__new__
"""Builds a named tuple in half the time of its own constructor; a part is built per participant and expense."""


def split_total(total_minor: int, rule: SplitRule, *, currency: str) -> tuple[Part, ...]:
    """Return what each participant consumed of a total.

    Units: minor units of `currency`, which is only named in errors.
    Shape: one part per participant in listed order, those whose share is zero included. A negative total is a refund:
        the amounts in its rule are negative too (adjustments point the other way), and so are its shares.
    Ensures: the parts sum to the total, and each is less than one minor unit from its exact value.
    Raises: the errors of `core.split.errors`.
    """
    if not -MAX_AMOUNT_MINOR <= total_minor <= MAX_AMOUNT_MINOR:
        _refuse_large(total_minor, field="amount", currency=currency)
    members: Sequence[int]
    match rule:
        case Equal():
            members = rule.among
            _check_members(members, field="split.among")
            amounts = divide_equally(abs(total_minor), len(members))
        case Exact():
            _check_exact(total_minor, rule, currency)
            return rule.shares
        case Percentage():
            members, amounts = _split_percentage(abs(total_minor), rule)
        case Shares():
            members, amounts = _split_shares(abs(total_minor), rule)
        case Adjustment():
            members, amounts = rule.among, _split_adjustment(total_minor, rule, currency)
        case Itemized():
            members, amounts = _split_itemized(total_minor, rule, currency)
        case _:
            assert_never(rule)
    if total_minor < 0:
        amounts = [-amount for amount in amounts]
    if sum(amounts) != total_minor:
        message = f"the shares {amounts} do not sum to {total_minor}"
        raise AssertionError(message)
    return tuple([_new(Part, pair) for pair in zip(members, amounts, strict=True)])


def _check_exact(total: int, rule: Exact, currency: str) -> None:
    _check_members([part[0] for part in rule.shares], field="split.shares")
    amounts = [part[1] for part in rule.shares]
    _check_amounts(amounts, total=total, field="split.shares", currency=currency)
    if sum(amounts) != total:
        actual, expected = format_amount(sum(amounts), currency), format_amount(total, currency)
        detail = f"The shares sum to {actual}, the total is {expected}."
        raise SumMismatch(detail, field="split.shares", expected=expected, actual=actual)


def _split_percentage(total: int, rule: Percentage) -> tuple[list[int], list[int]]:
    members = [part[0] for part in rule.shares]
    _check_members(members, field="split.shares")
    weights = [part[1] for part in rule.shares]
    _check_weights(members, weights, word="percentage", decimals=2)
    if sum(weights) != WHOLE_PERCENT:
        actual = _decimal(sum(weights), decimals=2)
        detail = f"The percentages sum to {actual}, they must sum to 100."
        raise PercentMismatch(detail, field="split.shares", expected="100", actual=actual)
    return members, divide_by_weight(total, weights)


def _split_shares(total: int, rule: Shares) -> tuple[list[int], list[int]]:
    members = [part[0] for part in rule.shares]
    _check_members(members, field="split.shares")
    weights = [part[1] for part in rule.shares]
    _check_weights(members, weights, word="weight", decimals=4)
    if not any(weights):
        detail = "All weights are zero, so nobody would bear the total."
        raise WeightsAllZero(detail, field="split.shares", expected="more than 0", actual="0")
    return members, divide_by_weight(total, weights)


def _split_adjustment(total: int, rule: Adjustment, currency: str) -> list[int]:
    among, adjustments = rule.among, dict(rule.adjustments)
    _check_members(among, field="split.among")
    _check_distinct([part[0] for part in rule.adjustments], field="split.adjustments")
    strangers = adjustments.keys() - set(among)
    if strangers:
        detail = f"Member {min(strangers)} is adjusted but does not take part."
        raise AdjustmentStranger(detail, field="split.adjustments", actual=str(min(strangers)))
    for amount in adjustments.values():
        if abs(amount) > MAX_AMOUNT_MINOR:
            _refuse_large(amount, field="split.adjustments", currency=currency)
    direction = -1 if total < 0 else 1
    count, adjusted = len(among), [adjustments.get(member, 0) * direction for member in among]
    # Adjustments are whole minor units, so every exact share has the same remainder: that of the equal part. The table
    # still starts where the total says, not the rest, so that one rule holds for all splits.
    floor, odd_units = divmod(abs(total) - sum(adjusted), count)
    amounts = [floor + each for each in adjusted]
    for member, amount in zip(among, amounts, strict=True):
        if amount < 0:
            actual = format_amount(amount * direction, currency)
            detail = f"The share of member {member} would be {actual} after the adjustments."
            raise NegativeShare(detail, field="split.adjustments", expected=format_amount(0, currency), actual=actual)
    start = abs(total) // count % count
    for index in range(start, start + odd_units):
        amounts[index % count] += 1
    return amounts


def _split_itemized(total: int, rule: Itemized, currency: str) -> tuple[tuple[int, ...], list[int]]:
    """Divide a bill in proportion to what each one's items cost.

    With tax, tip and discount in proportion to those costs, the exact share is `cost × total / all items`. Counting
    costs in a unit fine enough for every item to divide evenly makes them whole numbers, so that rounding happens once,
    over exact shares.
    """
    _check_items(total, rule, currency)
    members = participants(rule)
    if len(members) > MAX_PARTICIPANTS:
        _refuse_crowd(len(members), field="split.items")
    unit = math.lcm(*{len(item.among) for item in rule.items})
    costs = dict.fromkeys(members, 0)
    for item in rule.items:
        cost = abs(item.amount_minor) * (unit // len(item.among))
        for member in item.among:
            costs[member] += cost
    if total == 0:
        return members, [0] * len(members)
    return members, divide_by_weight(abs(total), list(costs.values()))


def _check_items(total: int, rule: Itemized, currency: str) -> None:
    items = rule.items
    if not items:
        detail = "An itemized split needs at least one item."
        raise NoItems(detail, field="split.items", expected="at least 1", actual="0")
    places = sum([len(item.among) for item in items])
    for given, most, word in ((len(items), MAX_ITEMS, "items"), (places, MAX_ITEM_PLACES, "places at items")):
        if given > most:
            detail = f"The bill has {given} {word}, at most {most} are allowed."
            raise SplitTooLarge(detail, field="split.items", expected=f"at most {most}", actual=str(given))
    for index, item in enumerate(items):
        _check_members(item.among, field=f"split.items.{index}.among")
        _check_amounts([item.amount_minor], total=total, field=f"split.items.{index}.amount", currency=currency)
    _check_amounts([rule.tax_minor], total=total, field="split.tax", currency=currency)
    _check_amounts([rule.tip_minor], total=total, field="split.tip", currency=currency)
    _check_amounts([rule.discount_minor], total=total, field="split.discount", currency=currency)
    items_total = sum([item.amount_minor for item in items])
    summed = items_total + rule.tax_minor + rule.tip_minor - rule.discount_minor
    if summed != total:
        actual, expected = format_amount(summed, currency), format_amount(total, currency)
        detail = f"Items, tax and tip less the discount sum to {actual}, the total is {expected}."
        raise ItemsMismatch(detail, field="split.items", expected=expected, actual=actual)
    if items_total == 0 and total != 0:
        detail = "No item costs anything, so tax, tip and discount have nothing to follow."
        raise NoItems(detail, field="split.items", expected="more than 0", actual="0")


def _check_members(members: Sequence[int], *, field: str) -> None:
    count = len(members)
    if count == 0:
        detail = "Nobody takes part: at least one member is needed."
        raise NobodyShares(detail, field=field, expected="at least 1", actual="0")
    if count > MAX_PARTICIPANTS:
        _refuse_crowd(count, field=field)
    if len(set(members)) != count:
        _check_distinct(members, field=field)


def _check_distinct(members: Sequence[int], *, field: str) -> None:
    seen: set[int] = set()
    for member in members:
        if member in seen:
            detail = f"Member {member} is listed more than once."
            raise DuplicateMember(detail, field=field, actual=str(member))
        seen.add(member)


def _check_amounts(amounts: Sequence[int], *, total: int, field: str, currency: str) -> None:
    low, high = min(amounts), max(amounts)
    if not -MAX_AMOUNT_MINOR <= low <= high <= MAX_AMOUNT_MINOR:
        _refuse_large(high if high > MAX_AMOUNT_MINOR else low, field=field, currency=currency)
    wrong = high if total < 0 else -low
    if wrong > 0:
        actual, whole = format_amount(high if total < 0 else low, currency), format_amount(total, currency)
        detail = f"The amount {actual} points the other way than the total {whole}."
        raise WrongSign(detail, field=field, expected="at most 0" if total < 0 else "at least 0", actual=actual)


def _check_weights(members: Sequence[int], weights: Sequence[int], *, word: str, decimals: int) -> None:
    if min(weights) >= 0 and max(weights) <= MAX_WEIGHT:
        return
    limit = _decimal(MAX_WEIGHT, decimals=decimals)
    for member, weight in zip(members, weights, strict=True):
        actual = _decimal(weight, decimals=decimals)[:_SHOWN]
        if weight < 0:
            detail = f"Member {member} has the {word} {actual}, at least 0 is needed."
            raise NegativeWeight(detail, field="split.shares", expected="at least 0", actual=actual)
        if weight > MAX_WEIGHT:
            detail = f"Member {member} has the {word} {actual}, at most {limit} is allowed."
            raise SplitTooLarge(detail, field="split.shares", expected=f"at most {limit}", actual=actual)


def _refuse_crowd(count: int, *, field: str) -> NoReturn:
    detail = f"{count} members take part, at most {MAX_PARTICIPANTS} may."
    raise TooManyParticipants(detail, field=field, expected=f"at most {MAX_PARTICIPANTS}", actual=str(count))


def _refuse_large(amount: int, *, field: str, currency: str) -> NoReturn:
    limit, actual = format_amount(MAX_AMOUNT_MINOR, currency), format_amount(amount, currency)[:_SHOWN]
    detail = f"The amount {actual} is too large, at most {limit} is allowed."
    raise SplitTooLarge(detail, field=field, expected=f"at most {limit}", actual=actual)


def _decimal(scaled: int, *, decimals: int) -> str:
    whole, fraction = divmod(abs(scaled), 10**decimals)
    return f"{'-' if scaled < 0 else ''}{whole}.{fraction:0{decimals}d}"
