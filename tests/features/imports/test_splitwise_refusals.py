"""Refuse exports that cannot be read, each with a code, a place and what was found there."""

import pytest

from allsquare.core.errors import InvalidInput
from allsquare.features.imports import splitwise, splitwise_errors, splitwise_rows
from allsquare.features.imports.splitwise import parse_splitwise

HEADER = "Date,Description,Category,Cost,Currency"
GOOD = "2026-01-02,Tea,General,4.00,EUR,2.00,-2.00,0.00"


def refusal(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        parse_splitwise(data)
    return caught.value


def refused_row(line: str) -> InvalidInput:
    return refusal(f"{HEADER},Ana,Ben,Cleo\n{GOOD}\n\n{line}\n{GOOD}\n".encode())


def test_a_file_that_is_not_utf8_is_refused_with_line_and_byte() -> None:
    error = refusal(f"{HEADER},Ana,Ben\n2026-01-02,Café".encode("latin-1"))
    assert (error.code, error.field, error.actual) == ("splitwise.not_utf8", "line 2", "0xE9")
    assert "Line 2" in error.detail


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b" \n,,,\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data).code == "splitwise.empty"


def test_an_unknown_header_is_refused_by_the_header_found() -> None:
    error = refusal(
        b"A note\n\nDate,Description,Category,Currency,Cost,Ana,Ben\n2026-01-02,Tea,General,EUR,4.00,2,-2\n"
    )
    assert (error.code, error.field) == ("splitwise.unknown_header", "line 3")
    assert error.actual == "Date,Description,Category,Currency,Cost,Ana,Ben"
    assert error.actual in error.detail


def test_a_header_with_semicolons_is_refused_by_its_first_line() -> None:
    error = refusal(b"Date;Description;Category;Cost;Currency;Ana;Ben\n")
    assert (error.code, error.actual) == (
        "splitwise.unknown_header",
        "Date;Description;Category;Cost;Currency;Ana;Ben",
    )


def test_a_header_too_far_down_is_not_searched_for() -> None:
    lines = "note\n" * 11
    assert refusal(f"{lines}{HEADER},Ana\n".encode()).code == "splitwise.unknown_header"
    assert parse_splitwise(f"{lines[5:]}{HEADER},Ana\n".encode()).kind == "friend"


def test_a_header_without_members_is_refused() -> None:
    assert refusal(f"{HEADER}\n".encode()).code == "splitwise.no_members"


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ("Ana,Ben,ana", "splitwise.duplicate_member", "line 1, column 8"),
        ("Zoe\u0308,Zoë", "splitwise.duplicate_member", "line 1, column 7"),
        ("Ana,,Ben", "splitwise.bad_member", "line 1, column 7"),
        ("Ana, ", "splitwise.bad_member", "line 1, column 7"),
        ("A" * 101, "splitwise.bad_member", "line 1, column 6"),
        ("A\x07na", "splitwise.bad_member", "line 1, column 6"),
    ],
)
def test_members_that_cannot_be_told_apart_or_named_are_refused(members: str, code: str, field: str) -> None:
    error = refusal(f"{HEADER},{members}\n".encode())
    assert (error.code, error.field) == (code, field)


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("2026-01-02,Tea,General,4.00,EUR,2.00,-2.00", "splitwise.wrong_columns", "line 4"),
        ("2026-01-02,Tea,General,4.00,EUR,2.00,-2.00,0.00,1.00", "splitwise.wrong_columns", "line 4"),
        ("02.01.2026,Tea,General,4.00,EUR,2.00,-2.00,0.00", "splitwise.bad_date", "line 4, column Date"),
        ("2026-02-30,Tea,General,4.00,EUR,2.00,-2.00,0.00", "splitwise.bad_date", "line 4, column Date"),
        ("20260102,Tea,General,4.00,EUR,2.00,-2.00,0.00", "splitwise.bad_date", "line 4, column Date"),
        ("2026-01-02,Tea,General,4.00,EURO,2.00,-2.00,0.00", "splitwise.bad_currency", "line 4, column Currency"),
        ("2026-01-02,Tea,General,4.00,,2.00,-2.00,0.00", "splitwise.bad_currency", "line 4, column Currency"),
        ("2026-01-02,Tea,General, ,EUR,2.00,-2.00,0.00", "splitwise.bad_number", "line 4, column Cost"),
        ('2026-01-02,Tea,General,"4,00",EUR,2.00,-2.00,0.00', "splitwise.bad_number", "line 4, column Cost"),
        ('2026-01-02,Tea,General,"1,000.00",EUR,2.00,-2.00,0.00', "splitwise.bad_number", "line 4, column Cost"),
        ("2026-01-02,Tea,General,4e2,EUR,2.00,-2.00,0.00", "splitwise.bad_number", "line 4, column Cost"),
        ("2026-01-02,Tea,General,99999999999999.00,EUR,2.00,-2.00,0", "splitwise.bad_number", "line 4, column Cost"),
        ("2026-01-02,Tea,General,4.00,EUR,2.00,NaN,0.00", "splitwise.bad_number", "line 4, column Ben"),
        ("2026-01-02,Tea,General,4.00,EUR,2.00,-2.00,", "splitwise.bad_number", "line 4, column Cleo"),
        ("2026-01-02,Tea,General,4.00,EUR,2.001,-2.001,0", "splitwise.bad_number", "line 4, column Ana"),
        ("2026-01-02,Tea,General,4,JPY,2.50,-2.50,0", "splitwise.bad_number", "line 4, column Ana"),
        ("2026-01-02, ,General,4.00,EUR,2.00,-2.00,0.00", "splitwise.bad_text", "line 4, column Description"),
        ("2026-01-02,T\x07a,General,4.00,EUR,2.00,-2.00,0", "splitwise.bad_text", "line 4, column Description"),
        (f"2026-01-02,Tea,{'c' * 61},4.00,EUR,2.00,-2.00,0", "splitwise.bad_text", "line 4, column Category"),
    ],
)
def test_a_bad_row_is_refused_by_its_line_and_column(line: str, code: str, field: str) -> None:
    error = refused_row(line)
    assert (error.code, error.field) == (code, field)
    assert error.detail.startswith("Line 4")


def test_a_second_total_line_for_a_currency_is_refused() -> None:
    total = "2026-01-31,Total balance, , ,EUR,2.00,-2.00,0.00"
    assert refusal(f"{HEADER},Ana,Ben,Cleo\n{total}\n{total}\n".encode()).code == "splitwise.repeated_total"


def test_all_bad_rows_are_told_twenty_of_them_in_words() -> None:
    bad = "\n".join(f"2026-13-{day:02d},Tea,General,4.00,EUR,2.00,-2.00,0.00" for day in range(1, 24))
    error = refusal(f"{HEADER},Ana,Ben,Cleo\n{GOOD}\n{bad}\n2026-01-02,Tea\n".encode())
    assert isinstance(error, splitwise_errors.BadRows)
    assert (error.code, error.actual) == ("splitwise.bad_rows", "24")
    assert [problem.code for problem in error.problems] == ["splitwise.bad_date"] * 23 + ["splitwise.wrong_columns"]
    told = error.detail.splitlines()
    assert told[0] == "24 rows cannot be read:"
    assert told[1] == "- Line 3: '2026-13-01' in column Date is not a day written YYYY-MM-DD."
    assert told[21:] == ["- and 4 more"]


@pytest.mark.parametrize(
    "line", ['2026-01-02,"Tea,General,4.00,EUR,2.00,-2.00,0.00', '2026-01-02,"Tea"x,G,4,EUR,2,-2,0']
)
def test_quotes_that_do_not_match_are_refused(line: str) -> None:
    error = refused_row(line)
    assert (error.code, error.field) == ("splitwise.malformed", "line 4")


def test_too_many_members_are_refused() -> None:
    names = [f"M{number}" for number in range(splitwise.MAX_MEMBERS + 1)]
    assert refusal(f"{HEADER},{','.join(names)}\n".encode()).code == "splitwise.too_large"
    assert len(parse_splitwise(f"{HEADER},{','.join(names[1:])}\n".encode()).members) == 1_000


def test_too_many_rows_are_refused() -> None:
    # Skipped rows count too, and are the quickest to read.
    line = "2026-01-02,Tea,,,EUR,0\n"
    fits = f"{HEADER},Ana\n{line * splitwise_rows.MAX_ROWS}"
    assert len(parse_splitwise(fits.encode()).skipped) == 200_000
    error = refusal(f"{fits}{line}".encode())
    assert (error.code, error.field) == ("splitwise.too_large", "line 200002")
