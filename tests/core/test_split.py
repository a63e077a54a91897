"""Hold `core.split` to its worked examples, to its laws, and to a second, slower implementation."""

import importlib.util
import json
from collections.abc import Sequence
from fractions import Fraction
from math import floor
from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

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
    participants,
    split_total,
    with_members,
)

LARGEST = 10**15
VECTORS = Path(__file__).parent.parent / "vectors"
Bill = tuple[int, SplitRule]


# --- the second implementation: every share as an exact fraction, then the written rule, word by word


def exact_shares(total: int, rule: SplitRule) -> dict[int, Fraction]:
    """Return each one's exact share of a total >= 0."""
    match rule:
        case Equal():
            return {member: Fraction(total, len(rule.among)) for member in rule.among}
        case Exact():
            return {member: Fraction(amount) for member, amount in rule.shares}
        case Percentage():
            return {member: Fraction(total * each, 10000) for member, each in rule.shares}
        case Shares():
            whole = sum(each for _, each in rule.shares)
            return {member: Fraction(total * each, whole) for member, each in rule.shares}
        case Adjustment():
            extra = dict(rule.adjustments)
            rest = Fraction(total - sum(extra.values()), len(rule.among))
            return {member: rest + extra.get(member, 0) for member in rule.among}
        case Itemized():
            costs: dict[int, Fraction] = {}
            for item in rule.items:
                for member in item.among:
                    costs[member] = costs.get(member, Fraction(0)) + Fraction(item.amount_minor, len(item.among))
            extras = rule.tax_minor + rule.tip_minor - rule.discount_minor
            bill = sum(costs.values(), Fraction(0))
            return {member: cost + (extras * cost / bill if bill else 0) for member, cost in costs.items()}


def rounded(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Return the shares rounded by the rule of DESIGN section 5."""
    count = len(shares)
    amounts = [floor(share) for share in shares]
    while sum(amounts) < total:
        chosen, largest = -1, Fraction(-1)
        for step in range(count):  # round the table, from where the total says; only a larger remainder displaces
            seat = (total // count % count + step) % count
            remainder = shares[seat] - amounts[seat]
            if amounts[seat] == floor(shares[seat]) and remainder > largest:
                chosen, largest = seat, remainder
        amounts[chosen] += 1
    return amounts


def mirrored(rule: SplitRule) -> SplitRule:
    """Return the rule of the refund of an expense."""
    match rule:
        case Exact():
            return Exact(tuple(Part(member, -amount) for member, amount in rule.shares))
        case Adjustment():
            return Adjustment(rule.among, tuple(Part(member, -amount) for member, amount in rule.adjustments))
        case Itemized():
            items = tuple(Item(item.name, -item.amount_minor, item.among) for item in rule.items)
            return Itemized(items, -rule.tax_minor, -rule.tip_minor, -rule.discount_minor)
        case _:
            return rule


def slow_split(total: int, rule: SplitRule) -> tuple[Part, ...]:
    """Return what `split_total` must return."""
    if total < 0:
        return tuple(Part(member, -amount) for member, amount in slow_split(-total, mirrored(rule)))
    shares = exact_shares(total, rule)
    return tuple(map(Part, shares, rounded(total, list(shares.values()))))


# --- bills to try

members = st.lists(st.integers(1, 10**6), min_size=1, max_size=9, unique=True)
totals = st.integers(0, 200) | st.integers(0, LARGEST)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """Draw a total >= 0 with a rule that fits it."""
    who, total = tuple(draw(members)), draw(totals)
    count = len(who)
    kind = draw(st.sampled_from(["equal", "exact", "percentage", "shares", "adjustment", "itemized"]))
    if kind == "equal":
        return total, Equal(who)
    if kind in {"exact", "percentage"}:
        whole = total if kind == "exact" else 10000
        cuts = sorted(draw(st.lists(st.integers(0, whole), min_size=count - 1, max_size=count - 1)))
        pieces = [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]
        if kind == "exact":
            return total, Exact(tuple(map(Part, who, pieces)))
        return total, Percentage(tuple(map(PercentPart, who, pieces)))
    if kind == "shares":
        few = st.integers(0, 5).map(lambda weight: weight * 10000)
        weights = draw(st.lists(few | st.integers(0, MAX_WEIGHT), min_size=count, max_size=count).filter(any))
        return total, Shares(tuple(map(WeightPart, who, weights)))
    if kind == "adjustment":
        # With half the total left to share equally, nobody is adjusted by more than their part of that half.
        most = total // (2 * count)
        adjusted = draw(st.lists(st.sampled_from(who), unique=True))
        return total, Adjustment(who, tuple(Part(each, draw(st.integers(-most, most))) for each in adjusted))
    return draw(itemized(who))


@st.composite
def itemized(draw: st.DrawFn, who: tuple[int, ...]) -> Bill:
    """Draw a bill by its lines."""
    amount = st.integers(0, 100) | st.integers(0, 10**12)
    among = st.lists(st.sampled_from(who), min_size=1, unique=True).map(tuple)
    items = draw(st.lists(st.builds(Item, st.just("x"), amount, among), min_size=1, max_size=6))
    whole = sum(item.amount_minor for item in items)
    tax, tip = (draw(amount), draw(amount)) if whole else (0, 0)
    discount = draw(st.integers(0, whole + tax + tip))
    return whole + tax + tip - discount, Itemized(tuple(items), tax, tip, discount)


# --- laws


@given(bills())
def test_every_split_agrees_with_the_slow_one(bill: Bill) -> None:
    assert split_total(*bill, currency="EUR") == slow_split(*bill)


@given(bills())
def test_shares_sum_to_the_total_within_a_minor_unit_of_their_exact_value(bill: Bill) -> None:
    total, rule = bill
    parts = split_total(total, rule, currency="EUR")
    exact = exact_shares(total, rule)
    assert sum(part.amount_minor for part in parts) == total
    assert [part.member for part in parts] == list(exact) == list(participants(rule))
    assert all(abs(amount - exact[member]) < 1 and amount >= 0 for member, amount in parts)


@given(bills())
def test_a_refund_is_the_mirrored_expense(bill: Bill) -> None:
    total, rule = bill
    assume(total != 0)  # zero has no other sign, and no expense is of zero
    expense = split_total(total, rule, currency="EUR")
    refund = split_total(-total, mirrored(rule), currency="EUR")
    assert refund == tuple(Part(member, -amount) for member, amount in expense)


@given(bills())
def test_a_stored_rule_reads_back_as_itself(bill: Bill) -> None:
    rule = bill[1]
    assert msgspec.json.decode(msgspec.json.encode(rule), type=SplitRule) == rule


@given(st.integers(1, 12), st.integers(0, 10**12))
def test_over_consecutive_totals_everybody_bears_the_odd_unit_equally_often(count: int, first: int) -> None:
    # n² totals from any multiple of n: each start of the table once, with each number of odd units.
    borne = [0] * count
    for total in range(first * count, first * count + count * count):
        for seat, (_, amount) in enumerate(split_total(total, Equal(tuple(range(count))), currency="EUR")):
            borne[seat] += amount - total // count
    assert len(set(borne)) == 1


# --- worked examples


def amounts(total: int, rule: SplitRule) -> list[int]:
    return [amount for _, amount in split_total(total, rule, currency="EUR")]


@pytest.mark.parametrize(
    ("total", "count", "expected"),
    [
        (10000, 3, [3334, 3333, 3333]),
        (10001, 3, [3334, 3334, 3333]),
        (1, 2, [1, 0]),
        (4, 3, [1, 2, 1]),
        (7, 3, [2, 2, 3]),
        (8, 3, [3, 2, 3]),
        (11, 4, [3, 2, 3, 3]),
        (0, 3, [0, 0, 0]),
        (-10000, 3, [-3334, -3333, -3333]),
        (LARGEST, 3, [LARGEST // 3 + 1, LARGEST // 3, LARGEST // 3]),
    ],
)
def test_the_odd_units_go_round_the_table(total: int, count: int, expected: list[int]) -> None:
    assert amounts(total, Equal(tuple(range(1, count + 1)))) == expected


def test_the_listed_order_decides_and_is_kept() -> None:
    assert split_total(10000, Equal((9, 4, 7)), currency="EUR") == (Part(9, 3334), Part(4, 3333), Part(7, 3333))


def test_the_largest_remainder_comes_before_the_table() -> None:
    # Exact shares 6.67, 13.33, 20.00, 26.67, 33.33: the two odd units go to the remainders of two thirds.
    rule = Shares(tuple(WeightPart(member, member * 10000) for member in range(1, 6)))
    assert amounts(100, rule) == [7, 13, 20, 27, 33]


def test_equal_remainders_start_where_the_total_says() -> None:
    half = Percentage((PercentPart(1, 5000), PercentPart(2, 5000)))
    assert amounts(1, half) == [1, 0]  # floor(1 / 2) mod 2 = 0
    assert amounts(3, half) == [1, 2]  # floor(3 / 2) mod 2 = 1


def test_adjustments_come_on_top_of_the_equal_rest() -> None:
    assert amounts(3500, Adjustment((1, 2, 3), (Part(1, 500),))) == [1500, 1000, 1000]
    assert amounts(10000, Adjustment((1, 2, 3), (Part(1, 1000), Part(3, -500)))) == [4167, 3167, 2666]
    assert amounts(300, Adjustment((1, 2, 3), (Part(2, -150),))) == [150, 0, 150]
    # The table starts at 1001 // 3 % 3 = 0 by the total; the rest of 8.98 would have started it at 898 // 3 % 3 = 2.
    assert amounts(1001, Adjustment((1, 2, 3), (Part(2, 103),))) == [300, 402, 299]


def test_a_bill_is_rounded_once_over_all_its_lines() -> None:
    # Line by line the first would pay 34 + 34 and the others 33 + 33; the exact share of the whole is 66.67 each.
    assert amounts(200, Itemized((Item("a", 100, (1, 2, 3)), Item("b", 100, (1, 2, 3))))) == [67, 67, 66]


def test_tax_tip_and_discount_follow_what_the_items_cost() -> None:
    items = (Item("Wine", 3000, (1, 2)), Item("Steak", 2450, (3,)), Item("Bread", 500, (1, 2, 3)))
    # Costs 16.67, 16.67, 26.17 of 59.50; each exact share is cost x 69.51 / 59.50: 19.4706, 19.4706, 30.5688.
    assert amounts(6951, Itemized(items, 500, 1000, 499)) == [1947, 1947, 3057]


def test_participants_of_a_bill_stand_in_order_of_first_appearance() -> None:
    rule = Itemized((Item("a", 2, (3, 1)), Item("b", 2, (2, 3))))
    assert participants(rule) == (3, 1, 2)
    assert split_total(4, rule, currency="EUR") == (Part(3, 2), Part(1, 1), Part(2, 1))


def test_whoever_is_listed_is_returned_also_with_nothing() -> None:
    assert split_total(99, Shares((WeightPart(1, 0), WeightPart(2, 1))), currency="EUR") == (Part(1, 0), Part(2, 99))


def test_members_replace_only_a_list_that_is_empty() -> None:
    assert with_members(Equal(), (1, 2)) == Equal((1, 2))
    assert with_members(Equal((3,)), (1, 2)) == Equal((3,))
    adjusted = (Part(1, 5),)
    assert with_members(Adjustment((), adjusted), (1, 2)) == Adjustment((1, 2), adjusted)
    assert with_members(Adjustment((1,), adjusted), (1, 2)) == Adjustment((1,), adjusted)
    for rule in (Exact((Part(1, 5),)), Shares((WeightPart(1, 5),)), Itemized((Item("a", 1, (1,)),))):
        assert with_members(rule, (8, 9)) is rule
    assert participants(Equal((2, 1))) == participants(Adjustment((2, 1))) == (2, 1)
    assert participants(Exact((Part(2, 5), Part(1, 0)))) == (2, 1)


@pytest.mark.parametrize("total", [LARGEST, LARGEST - 1, -LARGEST, 1, 999])
def test_a_thousand_participants_share_to_the_last_unit(total: int) -> None:
    who = tuple(range(1, 1001))
    rules: list[SplitRule] = [
        Equal(who),
        Percentage(tuple(PercentPart(member, 10) for member in who)),
        Shares(tuple(WeightPart(member, MAX_WEIGHT - member) for member in who)),
        Adjustment(who),
    ]
    for rule in rules:
        parts = split_total(total, rule, currency="EUR")
        assert len(parts) == 1000
        assert sum(part.amount_minor for part in parts) == total


def test_a_thousand_items_of_every_size_stay_exact() -> None:
    items = tuple(Item("x", 101 + size, tuple(range(size, size + size % 197 + 1))) for size in range(700))
    total = sum(item.amount_minor for item in items) + 7
    rule = Itemized(items, tax_minor=7)
    assert split_total(total, rule, currency="EUR") == slow_split(total, rule)


# --- the stored format and the vectors shared with other clients


@pytest.mark.parametrize(
    ("rule", "stored"),
    [
        (Equal((1, 2)), b'{"type":"equal","among":[1,2]}'),
        (Equal(), b'{"type":"equal"}'),
        (Exact((Part(1, 5),)), b'{"type":"exact","shares":[[1,5]]}'),
        (Percentage((PercentPart(1, 10000),)), b'{"type":"percentage","shares":[[1,10000]]}'),
        (Shares((WeightPart(1, 15000),)), b'{"type":"shares","shares":[[1,15000]]}'),
        (Adjustment((1,), (Part(1, 5),)), b'{"type":"adjustment","among":[1],"adjustments":[[1,5]]}'),
        (
            Itemized((Item("Tea", 5, (1,)),), tip_minor=1),
            b'{"type":"itemized","items":[{"name":"Tea","amount_minor":5,"among":[1]}],"tip_minor":1}',
        ),
    ],
)
def test_the_stored_format_of_a_rule_never_changes(rule: SplitRule, stored: bytes) -> None:
    assert msgspec.json.encode(rule) == stored
    assert msgspec.json.decode(stored, type=SplitRule) == rule


def test_an_unknown_field_or_type_of_rule_is_refused() -> None:
    for stored in (b'{"type":"equal","amogn":[1]}', b'{"type":"even"}', b'{"among":[1]}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(stored, type=SplitRule)


VECTOR_CASES = json.loads((VECTORS / "splits.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTOR_CASES, ids=[case["name"] for case in VECTOR_CASES])
def test_the_shared_vectors_hold(case: dict[str, object]) -> None:
    total, rule = msgspec.convert(case["total"], int), msgspec.convert(case["rule"], SplitRule)
    if "refused" in case:
        with pytest.raises(InvalidInput) as refused:
            split_total(total, rule, currency=str(case["currency"]))
        assert refused.value.code == case["refused"]
        return
    expected = msgspec.convert(case["shares"], tuple[Part, ...])
    assert split_total(total, rule, currency=str(case["currency"])) == expected
    assert slow_split(total, rule) == expected


def test_the_shared_vectors_are_what_their_script_writes() -> None:
    spec = importlib.util.spec_from_file_location("make_splits", VECTORS / "make_splits.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (VECTORS / "splits.json").read_text(encoding="utf-8") == script.vectors()
    assert len(VECTOR_CASES) >= 60
