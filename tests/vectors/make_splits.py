"""Write `splits.json`: totals, rules and the shares they give, for every client that previews a split.

Run it from anywhere: `python tests/vectors/make_splits.py`. Amounts are minor units; rules stand in the journal's own
format; a share is [member, amount]. A case with `refused` names the code of the refusal instead of shares, its field,
and what was expected and given. The shares are what `core.split` answers; `tests/core/test_split.py` holds them against
a second, slower implementation.
"""

import json
from pathlib import Path

import msgspec

from allsquare.core.errors import InvalidInput
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
    split_total,
)

PATH = Path(__file__).with_name("splits.json")


def exact(*amounts: int) -> Exact:
    """Return an exact split among members 1, 2, …."""
    return Exact(tuple(Part(member, each) for member, each in enumerate(amounts, 1)))


def percentage(*hundredths: int) -> Percentage:
    """Return percentages of members 1, 2, …."""
    return Percentage(tuple(PercentPart(member, each) for member, each in enumerate(hundredths, 1)))


def weights(*ten_thousandths: int) -> Shares:
    """Return weights of members 1, 2, …."""
    return Shares(tuple(WeightPart(member, each) for member, each in enumerate(ten_thousandths, 1)))


DINNER = (Item("Wine", 3000, (1, 2)), Item("Steak", 2450, (3,)), Item("Bread", 500, (1, 2, 3)))
REFUND = (Item("Wine", -3000, (1, 2)), Item("Bread", -500, (1, 2, 3)))
CROWD = tuple(range(1, 1001))
PLATES = (Item("a", 33333, CROWD[:7]), Item("b", 33333, CROWD[:11]), Item("c", 33334, CROWD[:13]))
LARGEST = 10**15

CASES: list[tuple[str, int, str, SplitRule]] = [
    ("100.00 among three: the odd cent starts at index 0", 10000, "EUR", Equal((1, 2, 3))),
    ("100.01 among three: two odd cents", 10001, "EUR", Equal((1, 2, 3))),
    ("0.01 between two", 1, "EUR", Equal((1, 2))),
    ("0.02 among three", 2, "EUR", Equal((1, 2, 3))),
    ("0.04 among three starts at index 1", 4, "EUR", Equal((1, 2, 3))),
    ("0.07 among three starts at index 2", 7, "EUR", Equal((1, 2, 3))),
    ("0.08 among three wraps round the table", 8, "EUR", Equal((1, 2, 3))),
    ("the listed order counts, not the number", 10000, "EUR", Equal((3, 1, 2))),
    ("one alone", 999, "EUR", Equal((7,))),
    ("2400.00 among three is even", 240000, "INR", Equal((1, 2, 3))),
    ("yen have no decimals", 1000, "JPY", Equal((1, 2, 3))),
    ("fils have three", 1000, "KWD", Equal((1, 2, 3))),
    ("seven at a table", 12345, "USD", Equal((11, 12, 13, 14, 15, 16, 17))),
    ("nothing at all", 0, "EUR", Equal((1, 2, 3))),
    ("the largest amount", 10**15, "EUR", Equal((1, 2, 3))),
    ("the largest amount among seven", 10**15, "EUR", Equal((1, 2, 3, 4, 5, 6, 7))),
    ("a refund of 100.00", -10000, "EUR", Equal((1, 2, 3))),
    ("a refund of 0.08", -8, "EUR", Equal((1, 2, 3))),
    ("the largest refund", -(10**15), "EUR", Equal((1, 2, 3))),
    ("exact", 10000, "EUR", exact(5000, 3000, 2000)),
    ("exact with a zero", 10000, "EUR", exact(0, 10000)),
    ("an exact refund", -10000, "EUR", exact(-2500, -7500)),
    ("exact nothing", 0, "EUR", exact(0, 0)),
    ("70 and 30 percent", 10000, "EUR", percentage(7000, 3000)),
    ("a third each, in hundredths", 10000, "EUR", percentage(3334, 3333, 3333)),
    ("33.33, 33.33, 33.34 of 1.00", 100, "EUR", percentage(3333, 3333, 3334)),
    ("33.33, 33.33, 33.34 of 0.10", 10, "EUR", percentage(3333, 3333, 3334)),
    ("half and half of an odd cent", 101, "EUR", percentage(5000, 5000)),
    ("half and half of three cents starts at index 1", 3, "EUR", percentage(5000, 5000)),
    ("nothing for a member with 0 percent", 99, "EUR", percentage(5000, 0, 5000)),
    ("0.01 percent of a large amount", 10**15, "EUR", percentage(1, 9999)),
    ("a refund by percentage", -101, "EUR", percentage(5000, 5000)),
    ("a third of nothing", 0, "EUR", percentage(3333, 3333, 3334)),
    ("two shares to one", 10000, "EUR", weights(20000, 10000)),
    ("2 : 1 : 1 of 0.10", 10, "EUR", weights(20000, 10000, 10000)),
    ("decimal weights 1.5 : 1 : 0.5", 1000, "EUR", weights(15000, 10000, 5000)),
    ("the remainders decide before the table", 100, "EUR", weights(10000, 20000, 30000, 40000, 50000)),
    ("a weight of zero never gets the odd cent", 7, "EUR", weights(0, 10000, 10000)),
    ("equal weights tie like an equal split", 8, "EUR", weights(10000, 10000, 10000)),
    ("the smallest weight against the largest", 10**15, "EUR", weights(1, 10**10)),
    ("a refund by weight", -1000, "EUR", weights(10000, 20000, 40000)),
    ("yen by weight", 1000, "JPY", weights(10000, 20000, 40000)),
    ("adjusted by 5.00", 3500, "EUR", Adjustment((1, 2, 3), (Part(1, 500),))),
    ("adjusted both ways", 10000, "EUR", Adjustment((1, 2, 3), (Part(1, 1000), Part(3, -500)))),
    ("the total starts the table, not the rest", 1001, "EUR", Adjustment((1, 2, 3), (Part(2, 103),))),
    ("adjusted down to zero", 300, "EUR", Adjustment((1, 2, 3), (Part(2, -150),))),
    ("the adjustments exceed the total", 1000, "EUR", Adjustment((1, 2), (Part(1, 1000), Part(2, 1000)))),
    (
        "the adjustments exceed the total by an odd cent",
        1000,
        "EUR",
        Adjustment((1, 2), (Part(1, 1000), Part(2, 1001))),
    ),
    ("no adjustments", 10000, "EUR", Adjustment((1, 2, 3))),
    ("a refund, adjusted", -3500, "EUR", Adjustment((1, 2, 3), (Part(1, -500),))),
    ("a dinner", 5950, "EUR", Itemized(DINNER)),
    ("a dinner with tax and tip", 7450, "EUR", Itemized(DINNER, 500, 1000)),
    ("a dinner with a discount", 5355, "EUR", Itemized(DINNER, discount_minor=595)),
    ("a dinner with all of them", 6951, "EUR", Itemized(DINNER, 500, 1000, 499)),
    ("items that do not divide are rounded once", 200, "EUR", Itemized((Item("a", 100, (1, 2, 3)),) * 2)),
    ("first appearance sets the order", 4, "EUR", Itemized((Item("a", 2, (3, 1)), Item("b", 2, (2, 3))))),
    ("an item for nothing", 500, "EUR", Itemized((Item("Water", 0, (1, 2)), Item("Tea", 500, (2,))))),
    ("everything discounted", 0, "EUR", Itemized(DINNER, discount_minor=5950)),
    ("an itemized refund", -3850, "EUR", Itemized(REFUND, tax_minor=-400, discount_minor=-50)),
    ("the largest amount in yen", LARGEST, "JPY", Equal((1, 2, 3, 4, 5, 6, 7))),
    ("a refund in fils wraps round the table", -1003, "KWD", Equal((5, 2, 9, 4))),
    ("four decimals", 12345, "CLF", Equal((1, 2, 3, 4, 5, 6, 7))),
    ("a thousand at a table", 100_999, "EUR", Equal(CROWD)),
    ("a thousand share the largest refund less one", 1 - LARGEST, "EUR", Equal(CROWD)),
    ("yen, exact", 1000, "JPY", exact(999, 1, 0)),
    ("the largest amount, exact", LARGEST, "KWD", exact(LARGEST - 1, 1)),
    ("fils by percentage", 1001, "KWD", percentage(2500, 2500, 5000)),
    ("yen by percentage, some with none", 5, "JPY", percentage(0, 3333, 0, 3333, 3334)),
    ("all of it to one", -12345, "EUR", percentage(0, 10000)),
    ("a refund of the largest amount by percentage", -LARGEST, "EUR", percentage(3333, 3333, 3334)),
    ("a thousand by a tenth of a percent", 123_456, "EUR", percentage(*[10] * 1000)),
    ("only one has a weight", 1001, "EUR", weights(0, 0, 10000, 0)),
    ("fils by weight, some with none", -1000, "KWD", weights(0, 15000, 0, 25000, 30000)),
    ("the largest amount by the largest weights", LARGEST - 1, "EUR", weights(10**10, 10**10 - 1, 10**10 - 2)),
    ("a thousand different weights", 987_654_321, "INR", weights(*range(1, 1001))),
    ("equal remainders start where the total says", 11, "EUR", weights(10000, 10000, 10000, 10000)),
    ("yen, adjusted", 1000, "JPY", Adjustment((3, 1, 2), (Part(1, 101), Part(2, -7)))),
    ("one alone, adjusted", 1000, "EUR", Adjustment((4,), (Part(4, 300),))),
    ("nothing, adjusted both ways", 0, "EUR", Adjustment((1, 2), (Part(1, 0), Part(2, 0)))),
    ("the largest amount, adjusted", LARGEST, "EUR", Adjustment((1, 2, 3), (Part(3, LARGEST - 5),))),
    ("a refund, adjusted both ways", -1001, "EUR", Adjustment((1, 2, 3), (Part(1, -150), Part(2, 103)))),
    ("a thousand, one of them adjusted", 500_500, "EUR", Adjustment(CROWD, (Part(500, 777),))),
    ("yen by items", 3001, "JPY", Itemized((Item("Ramen", 2000, (1, 2, 3)), Item("Tea", 701, (2, 4))), 200, 100)),
    ("fils by items, discounted", 2500, "KWD", Itemized((Item("a", 1999, (1, 2)), Item("b", 601, (3,))), 0, 0, 100)),
    ("items for seven, eleven and thirteen", 100_000, "EUR", Itemized(PLATES)),
    ("a bill for nothing", 0, "EUR", Itemized((Item("Water", 0, (1, 2)),))),
    ("the largest bill", LARGEST, "EUR", Itemized((Item("a", LARGEST - 7, (1, 2, 3)), Item("b", 2, (4, 1))), 5)),
    ("refused: 99.99 of 100.00", 10000, "EUR", exact(3333, 3333, 3333)),
    ("refused: 99.99 percent", 10000, "EUR", percentage(3333, 3333, 3333)),
    ("refused: nobody", 10000, "EUR", Equal()),
    ("refused: all weights zero", 10000, "EUR", weights(0, 0)),
    ("refused: adjusted below zero", 300, "EUR", Adjustment((1, 2, 3), (Part(1, -200),))),
    ("refused: items that do not add up", 4000, "EUR", Itemized(DINNER)),
    ("refused: one points the other way", 100, "EUR", exact(110, -10)),
    ("refused: a refund that is given back to", -100, "EUR", exact(-130, 20, 10)),
    ("refused: -99.99 of -100.00", -10000, "EUR", exact(-5000, -4999)),
    ("refused: yen that do not add up", 1000, "JPY", exact(333, 333, 333)),
    ("refused: fils that do not add up", 1000, "KWD", exact(333, 333, 333)),
    ("refused: exactly nobody", 100, "EUR", exact()),
    ("refused: one listed twice", 100, "EUR", Equal((1, 2, 1))),
    ("refused: one listed twice with amounts", 100, "EUR", Exact((Part(4, 50), Part(4, 50)))),
    ("refused: a thousand and one", 100, "EUR", Equal((*CROWD, 1001))),
    ("refused: a negative percentage", 100, "EUR", percentage(11000, -1000)),
    ("refused: 100.01 percent", 100, "EUR", percentage(10001)),
    ("refused: a negative weight", 100, "EUR", weights(10000, -1)),
    ("refused: a weight above a million", 100, "EUR", weights(10000, 10**10 + 1)),
    ("refused: nobody to adjust", 100, "EUR", Adjustment()),
    ("refused: a stranger is adjusted", 100, "EUR", Adjustment((1, 2), (Part(9, 5), Part(7, 5)))),
    ("refused: one adjusted twice", 100, "EUR", Adjustment((1, 2), (Part(1, 5), Part(1, 5)))),
    ("refused: a refund adjusted beyond zero", -300, "EUR", Adjustment((1, 2, 3), (Part(3, 200),))),
    ("refused: no items", 100, "EUR", Itemized(())),
    ("refused: an item for nobody", 100, "EUR", Itemized((Item("a", 50, (1,)), Item("b", 50, ())))),
    ("refused: an item twice for one", 100, "EUR", Itemized((Item("a", 100, (1, 1)),))),
    ("refused: an item that points the other way", 100, "EUR", Itemized((Item("a", 150, (1,)), Item("b", -50, (2,))))),
    ("refused: a tip that points the other way", 100, "EUR", Itemized((Item("a", 110, (1,)),), tip_minor=-10)),
    ("refused: a discount on a refund that is none", -90, "EUR", Itemized((Item("a", -100, (1,)),), discount_minor=10)),
    ("refused: tax on nothing", 100, "EUR", Itemized((Item("a", 0, (1, 2)),), tax_minor=100)),
]


def vectors() -> str:
    """Return the whole file, one case a line."""
    lines: list[str] = []
    for name, total, currency, rule in CASES:
        case = {"name": name, "total": total, "currency": currency, "rule": msgspec.to_builtins(rule)}
        try:
            case["shares"] = msgspec.to_builtins(split_total(total, rule, currency=currency))
        except InvalidInput as refused:
            case |= {"refused": refused.code, "field": refused.field}
            case |= {"expected": refused.expected, "actual": refused.actual}
        lines.append(json.dumps(case, ensure_ascii=False))
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    PATH.write_text(vectors(), encoding="utf-8")
