"""Read Splitwise exports: worked examples, and nets that survive the way through a CSV."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allsquare.core.money import format_amount
from allsquare.core.split import Part
from allsquare.features.imports.splitwise import (
    SplitwiseFile,
    SplitwiseRow,
    TotalMismatch,
    check_totals,
    currencies_without_total,
    drifting,
    parse_splitwise,
)
from allsquare.features.imports.splitwise_headers import LANGUAGES, header_of, normal_text

DATA = Path(__file__).parent / "data"
HEADER = "Date,Description,Category,Cost,Currency"


def read(name: str) -> SplitwiseFile:
    return parse_splitwise((DATA / name).read_bytes())


def parse(*lines: str, members: str = "Ana,Ben,Cleo") -> SplitwiseFile:
    return parse_splitwise("\n".join([f"{HEADER},{members}", *lines]).encode())


def row_of(line: str, members: str = "Ana,Ben,Cleo") -> SplitwiseRow:
    (row,) = parse(line, members=members).rows
    return row


def nets(row: SplitwiseRow, count: int) -> tuple[int, ...]:
    net = [0] * count
    for part in row.paid:
        net[part.member - 1] += part.amount_minor
    for part in row.shares:
        net[part.member - 1] -= part.amount_minor
    return tuple(net)


def assert_exact(file: SplitwiseFile) -> None:
    for row in file.rows:
        count = len(file.members)
        expected = (*row.cells, -row.drift_minor)
        assert nets(row, count + 1) == expected
        assert sum(part.amount_minor for part in row.shares) == row.amount_minor
        assert all((part.amount_minor < 0) == (row.amount_minor < 0) for part in (*row.paid, *row.shares))
        assert all(part.amount_minor for part in (*row.paid, *row.shares))


def test_the_real_export_sums_to_its_footer_to_the_cent() -> None:
    file = read("splitwise-flat-2026.csv")
    assert file.members == ("John Doe", "Jane Doe")
    assert (file.language, file.kind, file.skipped) == ("en", "group", ())
    assert file.total_balances == {"MKD": (149_850, -149_850)}
    assert (sum(row.cells[0] for row in file.rows), sum(row.cells[1] for row in file.rows)) == (149_850, -149_850)
    assert check_totals(file) == ()
    assert currencies_without_total(file) == ()
    assert not file.needs_rounding_member
    assert file.rows[0].description == "Паркинг рента 01.2026"
    assert file.rows[0].paid == (Part(1, 300_000),)
    assert file.rows[0].shares == (Part(1, 150_000), Part(2, 150_000))
    assert_exact(file)


def test_a_trip_is_read_row_by_row() -> None:
    file = read("splitwise-trip.csv")
    ferry, tavern, deposit, noodles, payment = file.rows
    assert (ferry.line, ferry.on, ferry.description) == (3, date(2026, 5, 1), "Ferry, two cars")
    assert (ferry.paid, ferry.inferred) == ((Part(1, 10_000),), False)
    assert ferry.shares == (Part(1, 3_333), Part(2, 3_333), Part(3, 3_334))
    assert (tavern.description, tavern.inferred) == ('The "Blue" tavern', True)
    assert tavern.paid == (Part(1, 10_000), Part(2, 10_000))
    assert tavern.shares == (Part(1, 6_667), Part(2, 6_667), Part(3, 6_666))
    assert (deposit.line, deposit.kind, deposit.amount_minor) == (5, "expense", -9_000)
    assert deposit.paid == (Part(1, -9_000),)
    assert deposit.shares == (Part(1, -3_000), Part(2, -3_000), Part(3, -3_000))
    assert (noodles.currency, noodles.cost_minor, noodles.cells) == ("JPY", 1_000, (-500, 1_000, -500))
    assert noodles.shares == (Part(1, 500), Part(3, 500))
    assert (payment.kind, payment.paid, payment.shares) == ("settlement", (Part(2, 3_333),), (Part(3, 3_333),))
    assert [(skipped.line, skipped.description) for skipped in file.skipped] == [(9, "Bike"), (10, "Old note")]
    assert file.total_balances == {"EUR": (4_000, 6_333, -10_333), "JPY": (-500, 1_000, -500)}
    assert check_totals(file) == ()
    assert_exact(file)


def test_a_german_friend_export_is_read() -> None:
    file = read("splitwise-friend-de.csv")
    assert (file.language, file.kind, file.members) == ("de", "friend", ("Jörg", "Zoë"))
    assert [(row.line, row.kind) for row in file.rows] == [(5, "expense"), (6, "settlement")]
    assert file.rows[1].paid == (Part(2, 210),)
    assert file.total_balances == {"EUR": (0, 0)}
    assert check_totals(file) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_language_is_read(language: str) -> None:
    text = ",".join((*header_of(language), "Ana", "Ben")) + "\n2026-01-02,Tea,X,4.00,EUR,2.00,-2.00\n"
    file = parse_splitwise(text.encode())
    assert (file.language, file.members, file.rows[0].cells) == (language, ("Ana", "Ben"), (200, -200))


def test_there_are_twelve_languages() -> None:
    assert len(LANGUAGES) == 12


@pytest.mark.parametrize("label", ["Total balance", "TOTAL BALANCE", "Saldo total", "合計残高", "Całkowite saldo"])
def test_total_lines_are_known_in_other_languages(label: str) -> None:
    file = parse("2026-01-02,Tea,X,4.00,EUR,2.00,-2.00,0.00", f'2026-02-01,{label}," "," ",EUR,2.00,-2.00,0.00')
    assert file.total_balances == {"EUR": (200, -200, 0)}


def test_an_expense_called_total_balance_is_an_expense() -> None:
    assert row_of("2026-01-02,Total balance,General,4.00,EUR,2.00,-2.00,0.00").cost_minor == 400


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = (DATA / "splitwise-trip.csv").read_bytes()
    other = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")
    assert replace(parse_splitwise(other), sha256="") == replace(parse_splitwise(plain), sha256="")
    assert parse_splitwise(other).sha256 != parse_splitwise(plain).sha256


def test_blank_lines_made_of_commas_are_blank() -> None:
    file = parse(",,,,,,,", "2026-01-02,Tea,General,4.00,EUR,2.00,-2.00,0.00,", ",,,,,,,")
    assert [row.line for row in file.rows] == [3]


def test_lines_are_counted_through_a_description_of_several_lines() -> None:
    file = parse('2026-01-02,"Tea\nand ""cake""",General,4.00,EUR,2.00,-2.00,0.00', "2026-01-03,Ice,X,4.00,EUR,2,-2,0")
    assert [(row.line, row.description) for row in file.rows] == [(2, 'Tea and "cake"'), (4, "Ice")]


def test_a_long_description_is_kept_whole_in_the_notes() -> None:
    row = row_of(f"2026-01-02,{'long ' * 60},General,4.00,EUR,2.00,-2.00,0.00")
    assert row.description == ("long " * 60)[:199] + "…"
    assert row.notes == ("long " * 60).strip()


def test_a_blank_category_is_none() -> None:
    assert row_of('2026-01-02,Tea," ",4.00,EUR,2.00,-2.00,0.00').category is None


def test_names_are_trimmed_and_their_accents_composed() -> None:
    assert parse(members=" Ana ,Zoe\u0308,\tBen").members == ("Ana", "Zoë", "Ben")


# --- what the cells say -----------------------------------------------------------------------------------------------


def test_what_several_payers_paid_is_spread_in_proportion_with_ties_to_the_earlier_column() -> None:
    row = row_of("2026-01-02,Tea,General,10.00,EUR,1.00,1.00,-2.00")
    assert row.inferred
    assert row.paid == (Part(1, 500), Part(2, 500))
    row = row_of("2026-01-02,Tea,General,2.05,EUR,0.01,0.01,-0.02")
    assert row.paid == (Part(1, 103), Part(2, 102))
    assert row.shares == (Part(1, 102), Part(2, 101), Part(3, 2))


def test_a_cost_below_what_the_cells_say_was_paid_gives_way_to_the_cells() -> None:
    row = row_of("2026-01-02,Tea,General,3.00,EUR,5.00,-5.00,0.00")
    assert (row.cost_minor, row.amount_minor, row.inferred) == (300, 500, True)
    assert (row.paid, row.shares) == ((Part(1, 500),), (Part(2, 500),))


def test_a_refund_of_several_is_mirrored() -> None:
    row = row_of("2026-01-02,Refund,General,-10.00,EUR,-1.00,-1.00,2.00")
    assert row.inferred
    assert row.paid == (Part(1, -500), Part(2, -500))
    assert row.shares == (Part(1, -400), Part(2, -400), Part(3, -200))


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-02,One to two,Payment,4.00,EUR,4.00,-2.00,-2.00",
        "2026-01-02,Half of the cost,Payment,4.00,EUR,2.00,-2.00,0.00",
        "2026-01-02,A negative payment,Payment,-4.00,EUR,4.00,-4.00,0.00",
        "2026-01-02,Lent,General,4.00,EUR,4.00,-4.00,0.00",
        "2026-01-02,A cent is missing,Payment,4.00,EUR,4.00,-3.99,0.00",
    ],
)
def test_what_is_not_a_payment_of_its_cost_between_two_stays_an_expense(line: str) -> None:
    file = parse(line)
    assert file.rows[0].kind == "expense"
    assert_exact(file)


def test_rows_that_do_not_sum_to_zero_name_one_member_more() -> None:
    file = read("splitwise-drift.csv")
    taxi, soap, edited = file.rows
    assert file.needs_rounding_member
    assert [row.drift_minor for row in file.rows] == [-1, 1, 100]
    assert taxi.paid == (Part(1, 999), Part(4, 1))
    assert taxi.shares == (Part(1, 333), Part(2, 333), Part(3, 334))
    assert soap.paid == (Part(1, 1_000),)
    assert soap.shares == (Part(1, 333), Part(2, 333), Part(3, 333), Part(4, 1))
    assert drifting(file.rows) == (edited,)
    assert drifting(file.rows, over_minor=0) == file.rows
    assert drifting(file.rows, over_minor=100) == ()
    assert check_totals(file) == ()
    assert_exact(file)


def test_the_member_more_consumes_nothing_while_somebody_real_paid() -> None:
    row = row_of("2026-01-02,Odd,General,10.00,EUR,1.00,-1.00,-1.00")
    assert row.paid == (Part(1, 900), Part(4, 100))
    assert row.shares == (Part(1, 800), Part(2, 100), Part(3, 100))
    assert row.inferred


def test_a_row_nobody_real_is_owed_by_is_carried_by_the_member_more() -> None:
    row = row_of("2026-01-02,Odd,General,5.00,EUR,0.00,-3.00,0.00")
    assert (row.paid, row.shares) == ((Part(4, 500),), (Part(2, 300), Part(4, 200)))


# --- totals -----------------------------------------------------------------------------------------------------------


def test_a_total_that_differs_is_told_with_member_and_both_amounts() -> None:
    file = parse(
        "2026-01-02,Tea,General,4.00,EUR,2.00,-2.00,0.00",
        "2026-01-31,Total balance, , ,EUR,2.00,-2.01,0.01",
        "2026-01-31,Total balance, , ,USD,0.00,0.00,0.00",
    )
    assert check_totals(file) == (TotalMismatch("EUR", "Ben", -201, -200), TotalMismatch("EUR", "Cleo", 1, 0))


def test_a_total_of_a_currency_without_rows_must_be_zero() -> None:
    file = parse("2026-01-31,Total balance, , ,USD,1.00,-1.00,0.00")
    assert check_totals(file) == (TotalMismatch("USD", "Ana", 100, 0), TotalMismatch("USD", "Ben", -100, 0))


def test_currencies_without_a_total_line_are_told_apart() -> None:
    file = parse(
        "2026-01-02,Tea,General,4.00,USD,2.00,-2.00,0.00",
        "2026-01-02,Tea,General,4.00,CHF,2.00,-2.00,0.00",
        "2026-01-02,Tea,General,4.00,EUR,2.00,-2.00,0.00",
        "2026-01-31,Total balance, , ,EUR,2.00,-2.00,0.00",
    )
    assert (check_totals(file), currencies_without_total(file)) == ((), ("USD", "CHF"))


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_later_export_with_more_rows_members_and_another_order_has_the_same_keys() -> None:
    early = parse("2026-01-02,Tea,General,4.00,EUR,2.00,-2.00", members="Ana,Ben")
    late = parse(
        "2026-01-01,Before,General,4.00,EUR,2.00,0.00,-2.00",
        "",
        "2026-01-02,Tea ,General,4.0,EUR,-2.00,0.00,2.00",
        members="Ben,Cleo,Ana",
    )
    assert late.rows[1].key == early.rows[0].key


def test_identical_rows_have_keys_of_their_own_that_stay() -> None:
    line = "2026-01-02,Bus,General,4.00,EUR,2.00,-2.00,0.00"
    once, twice = parse(line), parse(line, line)
    assert twice.rows[0].key == once.rows[0].key
    assert twice.rows[1].key != once.rows[0].key


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-03,Bus,General,4.00,EUR,2.00,-2.00,0.00",
        "2026-01-02,bus,General,4.00,EUR,2.00,-2.00,0.00",
        "2026-01-02,Bus,Taxi,4.00,EUR,2.00,-2.00,0.00",
        "2026-01-02,Bus,General,4.01,EUR,2.00,-2.00,0.00",
        "2026-01-02,Bus,General,4.00,USD,2.00,-2.00,0.00",
        "2026-01-02,Bus,General,4.00,EUR,2.00,0.00,-2.00",
    ],
)
def test_a_row_that_differs_in_anything_has_another_key(line: str) -> None:
    assert row_of(line).key != row_of("2026-01-02,Bus,General,4.00,EUR,2.00,-2.00,0.00").key


# --- laws -------------------------------------------------------------------------------------------------------------

CURRENCIES = ("EUR", "JPY", "KWD", "MKD")
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30).filter(str.strip)
Entry = tuple[date, str, str, tuple[int, ...], tuple[int, ...]]


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[tuple[str, ...], list[Entry]]:
    """Draw members and entries of who paid and who owed, in equal sums."""
    size = draw(st.integers(1, 6))
    names = draw(st.lists(TEXTS, min_size=size, max_size=size, unique_by=lambda name: normal_text(name).casefold()))
    entries = []
    for _ in range(draw(st.integers(0, 8))):
        paid = draw(st.lists(st.integers(0, 10**9), min_size=size, max_size=size))
        weights = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any))
        owed = [sum(paid) * weight // sum(weights) for weight in weights]
        owed[draw(st.integers(0, size - 1))] += sum(paid) - sum(owed)
        sign = draw(st.sampled_from([1, 1, -1]))
        on = draw(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
        entries.append(
            (
                on,
                draw(TEXTS),
                draw(st.sampled_from(CURRENCIES)),
                tuple(sign * amount for amount in paid),
                tuple(sign * amount for amount in owed),
            )
        )
    return tuple(names), entries


def render(names: tuple[str, ...], entries: list[Entry]) -> bytes:
    """Write a ledger the way Splitwise does."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*HEADER.split(","), *names])
    out.write("\n")
    totals: dict[str, list[int]] = {}
    for on, description, currency, paid, owed in entries:
        cells = [one - other for one, other in zip(paid, owed, strict=True)]
        total = totals.setdefault(currency, [0] * len(names))
        for index, cell in enumerate(cells):
            total[index] += cell
        amounts = [format_amount(amount, currency) for amount in (sum(paid), *cells)]
        writer.writerow([on.isoformat(), description, "General", amounts[0], currency, *amounts[1:]])
    out.write("\n")
    for currency, total in totals.items():
        cells_of_total = [format_amount(amount, currency) for amount in total]
        writer.writerow(["2099-12-31", "Total balance", " ", " ", currency, *cells_of_total])
    return out.getvalue().encode()


@given(ledgers())
def test_any_ledger_comes_back_with_the_same_nets(ledger: tuple[tuple[str, ...], list[Entry]]) -> None:
    names, entries = ledger
    file = parse_splitwise(render(names, entries))
    moving = [
        (currency, tuple(one - other for one, other in zip(paid, owed, strict=True)))
        for _, _, currency, paid, owed in entries
        if paid != owed
    ]
    assert [(row.currency, row.cells) for row in file.rows] == moving
    assert len(file.rows) + len(file.skipped) == len(entries)
    assert check_totals(file) == ()
    assert currencies_without_total(file) == ()
    assert not file.needs_rounding_member
    assert len({row.key for row in file.rows}) == len(file.rows)
    assert_exact(file)
    assert all(row.amount_minor == row.cost_minor for row in file.rows)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3).filter(any), st.integers(-(10**6), 10**6))
def test_any_cells_and_any_cost_are_kept_exactly(cells: list[int], cost: int) -> None:
    amounts = ",".join(format_amount(cell, "EUR") for cell in cells)
    file = parse(f"2026-01-02,Tea,General,{format_amount(cost, 'EUR')},EUR,{amounts}")
    (row,) = file.rows
    assert row.cells == tuple(cells)
    assert row.drift_minor == sum(cells)
    assert_exact(file)
    assert row.inferred or row.amount_minor == row.cost_minor


@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_the_columns_changes_no_key(
    ledger: tuple[tuple[str, ...], list[Entry]],
    random: Random,
) -> None:
    names, entries = ledger
    order = list(range(len(names)))
    random.shuffle(order)
    other = [
        (on, text, currency, tuple(paid[index] for index in order), tuple(owed[index] for index in order))
        for on, text, currency, paid, owed in entries
    ]
    shuffled = parse_splitwise(render(tuple(names[index] for index in order), other))
    assert [row.key for row in shuffled.rows] == [row.key for row in parse_splitwise(render(names, entries)).rows]
