"""Hold `core.transfers` to its worked examples, to its laws, and to a second, slower implementation."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allsquare.core.split import Equal, Part, split_total
from allsquare.core.transfers import Line, mirror, transfers_of

LARGEST = 10**15
Parts = tuple[Part, ...]


def parts(**amounts: int) -> Parts:
    """Return parts from m1=…, m2=…."""
    return tuple(Part(int(name[1:]), amount) for name, amount in amounts.items())


def slow_transfers(paid: Parts, shares: Parts) -> list[Line]:
    """Return the lines of an expense >= 0, word by word from DESIGN section 5, with fractions."""
    listed = list(dict.fromkeys([part.member for part in shares + paid]))
    net = {member: dict(paid).get(member, 0) - dict(shares).get(member, 0) for member in listed}
    still = {member: net[member] for member in listed if net[member] > 0}
    lines: list[Line] = []
    for debtor in [member for member in listed if net[member] < 0]:
        owes, whole = -net[debtor], sum(still.values())
        quota = {member: Fraction(owes * left, whole) for member, left in still.items()}
        given_out = {member: floor(each) for member, each in quota.items()}
        while sum(given_out.values()) < owes:
            # max() keeps the first of equals: ties go to the earlier listed creditor.
            chosen = max(quota, key=lambda member: quota[member] - given_out[member])
            given_out[chosen] += 1
        for member, amount in given_out.items():
            still[member] -= amount
            if amount:
                lines.append(Line(debtor, member, amount))
    return lines


@st.composite
def expenses(draw: st.DrawFn) -> tuple[Parts, Parts]:
    """Draw who paid and who consumed the same total >= 0."""
    total = draw(st.integers(0, 60) | st.integers(0, LARGEST))
    members = st.lists(st.integers(1, 12), min_size=1, max_size=9, unique=True)

    def divided(who: list[int]) -> Parts:
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=len(who) - 1, max_size=len(who) - 1)))
        return tuple(Part(each, high - low) for each, low, high in zip(who, [0, *cuts], [*cuts, total], strict=True))

    return divided(draw(members)), divided(draw(members))


def negated(amounts: Parts) -> Parts:
    return tuple(Part(member, -amount) for member, amount in amounts)


@given(expenses(), st.booleans())
def test_each_one_is_credited_what_they_paid_less_their_share(expense: tuple[Parts, Parts], refund: bool) -> None:
    paid, shares = map(negated, expense) if refund else expense
    lines = transfers_of(paid, shares)
    net: dict[int, int] = {}
    for debit, credit, amount in lines:
        net[debit] = net.get(debit, 0) - amount
        net[credit] = net.get(credit, 0) + amount
    for member in {part.member for part in paid + shares} | net.keys():
        assert net.get(member, 0) == dict(paid).get(member, 0) - dict(shares).get(member, 0)


@given(expenses())
def test_lines_are_positive_and_one_per_pair_and_nobody_owes_and_is_owed(expense: tuple[Parts, Parts]) -> None:
    lines = transfers_of(*expense)
    assert all(line.amount_minor > 0 for line in lines)
    assert len({(line.debit, line.credit) for line in lines}) == len(lines)
    assert {line.debit for line in lines}.isdisjoint({line.credit for line in lines})


@given(expenses())
def test_every_expense_agrees_with_the_slow_one(expense: tuple[Parts, Parts]) -> None:
    assert list(transfers_of(*expense)) == slow_transfers(*expense)


@given(expenses())
def test_a_refund_gives_the_mirrored_lines(expense: tuple[Parts, Parts]) -> None:
    paid, shares = expense
    assert transfers_of(negated(paid), negated(shares)) == mirror(transfers_of(paid, shares))


@given(expenses())
def test_a_single_payer_takes_the_same_way_as_several(expense: tuple[Parts, Parts]) -> None:
    _, shares = expense
    payer = shares[-1].member
    single = (Part(payer, sum(part.amount_minor for part in shares)),)
    with_an_idle_payer = (*single, Part(99, 0))
    assert transfers_of(single, shares) == transfers_of(with_an_idle_payer, shares)


def test_everybody_owes_the_one_who_paid() -> None:
    lines = transfers_of(parts(m2=10000), parts(m1=3334, m2=3333, m3=3333))
    assert lines == (Line(1, 2, 3334), Line(3, 2, 3333))


def test_a_payer_who_consumed_nothing_is_owed_all() -> None:
    assert transfers_of(parts(m9=100), parts(m1=50, m2=50)) == (Line(1, 9, 50), Line(2, 9, 50))


def test_a_share_of_zero_posts_no_line_and_so_does_paying_for_oneself() -> None:
    assert transfers_of(parts(m1=100), parts(m2=0, m1=50, m3=50)) == (Line(3, 1, 50),)
    assert transfers_of(parts(m1=100), parts(m1=100)) == ()
    assert transfers_of(parts(m1=60, m2=40), parts(m1=60, m2=40)) == ()
    assert transfers_of(parts(m1=0, m2=0), parts(m1=0)) == ()


def test_two_payers_are_netted_before_anybody_owes() -> None:
    # 1 paid 60 and consumed 50, 2 paid 40 and consumed 50: one line of 10, not 25 one way and 15 the other.
    assert transfers_of(parts(m1=6000, m2=4000), parts(m1=5000, m2=5000)) == (Line(2, 1, 1000),)


def test_debtors_spread_what_they_owe_over_what_is_still_owed() -> None:
    # The example of docs/algorithms/transfers.md. 1 is owed 40.00, 2 is owed 20.00; 3, 4 and 5 owe 20.00 each.
    lines = transfers_of(parts(m1=6000, m2=4000), parts(m1=2000, m2=2000, m3=2000, m4=2000, m5=2000))
    assert lines == (
        Line(3, 1, 1333),  # 1333.33 and 666.67: the odd cent goes to the larger remainder
        Line(3, 2, 667),
        Line(4, 1, 1334),  # 2667 : 1333 are left, so 1333.5 and 666.5: a tie, to the earlier listed creditor
        Line(4, 2, 666),
        Line(5, 1, 1333),  # just what remains
        Line(5, 2, 667),
    )


def test_creditors_and_debtors_stand_in_the_order_of_the_shares_then_of_the_payers() -> None:
    lines = transfers_of(parts(m8=50, m7=51, m2=200), parts(m4=100, m2=100, m3=101))
    assert [line.debit for line in lines] == [4, 4, 4, 3, 3, 3]
    assert [line.credit for line in lines] == [2, 8, 7, 2, 8, 7]


def test_a_refund_points_the_other_way() -> None:
    assert transfers_of(parts(m1=-90), parts(m1=-30, m2=-30, m3=-30)) == (Line(1, 2, 30), Line(1, 3, 30))
    assert transfers_of(parts(m1=-60, m2=-40), parts(m1=-50, m2=-50)) == (Line(1, 2, 10),)


def test_a_thousand_participants_and_the_largest_amount_come_out_exact() -> None:
    shares = split_total(LARGEST, Equal(tuple(range(1, 1001))), currency="EUR")
    lines = transfers_of((Part(500, LARGEST),), shares)
    assert len(lines) == 999
    assert sum(line.amount_minor for line in lines) == LARGEST - shares[499].amount_minor
    several = transfers_of(tuple(Part(payer, LARGEST // 10) for payer in range(1, 11)), shares)
    assert len(several) == 990 * 10
    assert sum(line.amount_minor for line in several) == LARGEST - sum(part.amount_minor for part in shares[:10])


@pytest.mark.parametrize(
    ("paid", "shares"),
    [
        (parts(m1=100), parts(m1=50, m2=49)),
        (parts(m1=100), parts(m1=150, m2=-50)),
        (parts(m1=100), parts(m2=-50, m3=150)),
        (parts(m1=100), parts(m2=60, m3=60, m4=-20)),
        (parts(m1=-100), parts(m2=50, m3=-150)),
        (parts(m1=100), ()),
        (parts(m1=60, m2=40), parts(m1=50, m2=49)),
        (parts(m1=-60, m2=-40), parts(m1=-50, m2=-49)),
    ],
)
def test_amounts_that_do_not_fit_are_a_defect_of_the_caller(paid: Parts, shares: Parts) -> None:
    with pytest.raises(AssertionError, match=r"the shares sum to|away from the shares"):
        transfers_of(paid, shares)


def test_mirrored_lines_swap_debtor_and_creditor() -> None:
    assert mirror((Line(1, 2, 5), Line(3, 2, 7))) == (Line(2, 1, 5), Line(2, 3, 7))
    assert mirror(()) == ()
