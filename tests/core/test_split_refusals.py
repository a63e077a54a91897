"""Hold every refusal of `core.split` to its code, its field and its numbers."""

from typing import NamedTuple

import pytest

from allsquare.core.errors import InvalidInput
from allsquare.core.split import (
    MAX_WEIGHT,
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
    split_total,
)
from allsquare.core.split import errors as split_errors

CROWD = tuple(range(1, 1002))


class Refusal(NamedTuple):
    """A total and a rule, and how they are refused."""

    total: int
    rule: SplitRule
    code: str
    field: str
    expected: str
    actual: str
    detail: str


def exact(*amounts: int) -> Exact:
    return Exact(tuple(Part(member, amount) for member, amount in enumerate(amounts, 1)))


def percentage(*hundredths: int) -> Percentage:
    return Percentage(tuple(PercentPart(member, each) for member, each in enumerate(hundredths, 1)))


def weights(*ten_thousandths: int) -> Shares:
    return Shares(tuple(WeightPart(member, each) for member, each in enumerate(ten_thousandths, 1)))


BILL = (Item("Wine", 3000, (1, 2)), Item("Bread", 600, (1, 2, 3)))
ONE_TOO_MANY = tuple(Item("x", 1, (1,)) for _ in range(1001))
TOO_BUSY = tuple(Item("x", 1, tuple(range(1, 1001))) for _ in range(101))
SPREAD_CROWD = (Item("a", 5, CROWD[:600]), Item("b", 5, CROWD[600:]))

# fmt: off
REFUSALS = [
    Refusal(10000, exact(3333, 3333, 3333), "split.sum_mismatch", "split.shares", "100.00", "99.99",
            "The shares sum to 99.99, the total is 100.00."),
    Refusal(-10000, exact(-3333, -3333, -3335), "split.sum_mismatch", "split.shares", "-100.00", "-100.01",
            "The shares sum to -100.01, the total is -100.00."),
    Refusal(0, exact(0, 1), "split.sum_mismatch", "split.shares", "0.00", "0.01",
            "The shares sum to 0.01, the total is 0.00."),
    Refusal(10000, percentage(3333, 3333, 3333), "split.percent_mismatch", "split.shares", "100", "99.99",
            "The percentages sum to 99.99, they must sum to 100."),
    Refusal(10000, percentage(10000, 1), "split.percent_mismatch", "split.shares", "100", "100.01",
            "The percentages sum to 100.01, they must sum to 100."),
    Refusal(100, Equal(), "split.nobody", "split.among", "at least 1", "0",
            "Nobody takes part: at least one member is needed."),
    Refusal(100, Adjustment(), "split.nobody", "split.among", "at least 1", "0",
            "Nobody takes part: at least one member is needed."),
    Refusal(100, Exact(()), "split.nobody", "split.shares", "at least 1", "0",
            "Nobody takes part: at least one member is needed."),
    Refusal(100, Percentage(()), "split.nobody", "split.shares", "at least 1", "0",
            "Nobody takes part: at least one member is needed."),
    Refusal(100, Shares(()), "split.nobody", "split.shares", "at least 1", "0",
            "Nobody takes part: at least one member is needed."),
    Refusal(5, Itemized((Item("a", 5, (1,)), Item("b", 0, ()))), "split.nobody", "split.items.1.among", "at least 1",
            "0", "Nobody takes part: at least one member is needed."),
    Refusal(100, Equal((1, 2, 3, 2)), "split.duplicate_member", "split.among", "", "2",
            "Member 2 is listed more than once."),
    Refusal(100, Exact((Part(7, 50), Part(7, 50))), "split.duplicate_member", "split.shares", "", "7",
            "Member 7 is listed more than once."),
    Refusal(100, Percentage((PercentPart(7, 5000), PercentPart(7, 5000))), "split.duplicate_member", "split.shares",
            "", "7", "Member 7 is listed more than once."),
    Refusal(100, Shares((WeightPart(7, 1), WeightPart(7, 1))), "split.duplicate_member", "split.shares", "", "7",
            "Member 7 is listed more than once."),
    Refusal(100, Adjustment((1, 1)), "split.duplicate_member", "split.among", "", "1",
            "Member 1 is listed more than once."),
    Refusal(100, Adjustment((1, 2), (Part(2, 5), Part(2, 5))), "split.duplicate_member", "split.adjustments", "", "2",
            "Member 2 is listed more than once."),
    Refusal(5, Itemized((Item("a", 5, (4, 4)),)), "split.duplicate_member", "split.items.0.among", "", "4",
            "Member 4 is listed more than once."),
    Refusal(100, Equal(CROWD), "split.too_many_participants", "split.among", "at most 1000", "1001",
            "1001 members take part, at most 1000 may."),
    Refusal(10, Itemized(SPREAD_CROWD), "split.too_many_participants", "split.items", "at most 1000", "1001",
            "1001 members take part, at most 1000 may."),
    Refusal(300, Adjustment((1, 2, 3), (Part(1, -200),)), "split.negative_share", "split.adjustments", "0.00", "-0.34",
            "The share of member 1 would be -0.34 after the adjustments."),
    Refusal(-300, Adjustment((1, 2, 3), (Part(1, 200),)), "split.negative_share", "split.adjustments", "0.00", "0.34",
            "The share of member 1 would be 0.34 after the adjustments."),
    Refusal(100, weights(0, 0), "split.weights_all_zero", "split.shares", "more than 0", "0",
            "All weights are zero, so nobody would bear the total."),
    Refusal(100, weights(20000, -5000), "split.negative_weight", "split.shares", "at least 0", "-0.5000",
            "Member 2 has the weight -0.5000, at least 0 is needed."),
    Refusal(100, percentage(10001, -1), "split.negative_weight", "split.shares", "at least 0", "-0.01",
            "Member 2 has the percentage -0.01, at least 0 is needed."),
    Refusal(100, Adjustment((1, 2), (Part(9, 1), Part(8, 1))), "split.adjustment_stranger", "split.adjustments", "",
            "8", "Member 8 is adjusted but does not take part."),
    Refusal(4000, Itemized(BILL, 200, 300, 50), "split.items_mismatch", "split.items", "40.00", "40.50",
            "Items, tax and tip less the discount sum to 40.50, the total is 40.00."),
    Refusal(4000, Itemized(()), "split.no_items", "split.items", "at least 1", "0",
            "An itemized split needs at least one item."),
    Refusal(40, Itemized((Item("a", 0, (1, 2)),), 40), "split.no_items", "split.items", "more than 0", "0",
            "No item costs anything, so tax, tip and discount have nothing to follow."),
    Refusal(100, exact(110, -10), "split.wrong_sign", "split.shares", "at least 0", "-0.10",
            "The amount -0.10 points the other way than the total 1.00."),
    Refusal(-100, exact(-110, 10), "split.wrong_sign", "split.shares", "at most 0", "0.10",
            "The amount 0.10 points the other way than the total -1.00."),
    Refusal(-3600, Itemized(BILL), "split.wrong_sign", "split.items.0.amount", "at most 0", "30.00",
            "The amount 30.00 points the other way than the total -36.00."),
    Refusal(3500, Itemized(BILL, tax_minor=-100), "split.wrong_sign", "split.tax", "at least 0", "-1.00",
            "The amount -1.00 points the other way than the total 35.00."),
    Refusal(3500, Itemized(BILL, tip_minor=-100), "split.wrong_sign", "split.tip", "at least 0", "-1.00",
            "The amount -1.00 points the other way than the total 35.00."),
    Refusal(3700, Itemized(BILL, discount_minor=-100), "split.wrong_sign", "split.discount", "at least 0", "-1.00",
            "The amount -1.00 points the other way than the total 37.00."),
    Refusal(10**15 + 1, Equal((1,)), "split.too_large", "amount", "at most 10000000000000.00", "10000000000000.01",
            "The amount 10000000000000.01 is too large, at most 10000000000000.00 is allowed."),
    Refusal(-(10**15) - 1, Equal((1,)), "split.too_large", "amount", "at most 10000000000000.00", "-10000000000000.01",
            "The amount -10000000000000.01 is too large, at most 10000000000000.00 is allowed."),
    Refusal(5, exact(10**15 + 1, -(10**15) - 1), "split.too_large", "split.shares", "at most 10000000000000.00",
            "10000000000000.01", "The amount 10000000000000.01 is too large, at most 10000000000000.00 is allowed."),
    Refusal(-5, exact(-(10**15) - 1, -1), "split.too_large", "split.shares", "at most 10000000000000.00",
            "-10000000000000.01", "The amount -10000000000000.01 is too large, at most 10000000000000.00 is allowed."),
    Refusal(5, Adjustment((1, 2), (Part(2, -(10**15) - 1),)), "split.too_large", "split.adjustments",
            "at most 10000000000000.00", "-10000000000000.01",
            "The amount -10000000000000.01 is too large, at most 10000000000000.00 is allowed."),
    Refusal(5, Itemized((Item("a", 10**15 + 1, (1,)),)), "split.too_large", "split.items.0.amount",
            "at most 10000000000000.00", "10000000000000.01",
            "The amount 10000000000000.01 is too large, at most 10000000000000.00 is allowed."),
    Refusal(100, weights(MAX_WEIGHT + 1), "split.too_large", "split.shares", "at most 1000000.0000", "1000000.0001",
            "Member 1 has the weight 1000000.0001, at most 1000000.0000 is allowed."),
    Refusal(1001, Itemized(ONE_TOO_MANY), "split.too_large", "split.items", "at most 1000", "1001",
            "The bill has 1001 items, at most 1000 are allowed."),
    Refusal(101, Itemized(TOO_BUSY), "split.too_large", "split.items", "at most 100000", "101000",
            "The bill has 101000 places at items, at most 100000 are allowed."),
]
# fmt: on


@pytest.mark.parametrize("refusal", REFUSALS, ids=[f"{r.code}-{r.field}-{r.total}" for r in REFUSALS])
def test_a_broken_rule_is_refused_with_its_code_field_and_numbers(refusal: Refusal) -> None:
    with pytest.raises(InvalidInput) as refused:
        split_total(refusal.total, refusal.rule, currency="EUR")
    error = refused.value
    told = Refusal(refusal.total, refusal.rule, error.code, error.field, error.expected, error.actual, error.detail)
    assert told == refusal


def test_every_code_has_its_refusal_above() -> None:
    codes = {each.code for each in vars(split_errors).values() if isinstance(each, type) and hasattr(each, "code")}
    assert codes == {refusal.code for refusal in REFUSALS}
    assert len(codes) == 13


def test_numbers_in_errors_have_the_decimals_of_the_currency() -> None:
    with pytest.raises(InvalidInput) as refused:
        split_total(1000, exact(500, 499), currency="JPY")
    assert (refused.value.expected, refused.value.actual) == ("1000", "999")
    with pytest.raises(InvalidInput) as refused:
        split_total(1000, exact(500, 499), currency="KWD")
    assert (refused.value.expected, refused.value.actual) == ("1.000", "0.999")


def test_an_absurd_number_is_refused_without_repeating_all_of_it() -> None:
    for rule in (exact(10**4000), weights(10**4000), percentage(10**4000), Adjustment((1,), (Part(1, 10**4000),))):
        with pytest.raises(InvalidInput) as refused:
            split_total(100, rule, currency="EUR")
        assert refused.value.code == "split.too_large"
        assert len(refused.value.detail) < 150
