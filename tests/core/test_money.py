"""Hold `core.money` to its grammar, its bounds and the exponents of ISO 4217."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allsquare.core.errors import InvalidInput
from allsquare.core.money import (
    EXPONENTS,
    MAX_AMOUNT_MINOR,
    AmountNotANumber,
    AmountOutOfBounds,
    CurrencyUnknown,
    TooManyDecimals,
    exponent,
    format_amount,
    parse_amount,
)

currencies = st.sampled_from(sorted(EXPONENTS))
amounts = st.integers(-MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR)


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("INR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("IQD", 3), ("CLF", 4), ("UYW", 4), ("XCG", 2)],
)
def test_exponents_are_those_of_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("currency", ["XAU", "XXX", "XDR", "XTS", "DEM", "eur", "EURO", "EU", "", "€", "EUR "])
def test_a_code_without_an_exponent_or_none_at_all_is_refused(currency: str) -> None:
    for call in (
        lambda: exponent(currency),
        lambda: parse_amount("1", currency, field="amount"),
        lambda: format_amount(1, currency),
    ):
        with pytest.raises(CurrencyUnknown) as refused:
            call()
        assert refused.value.code == "money.currency_unknown"
        assert refused.value.field == "currency"
        assert refused.value.actual == repr(currency)


def test_the_field_of_an_unknown_currency_can_be_named() -> None:
    with pytest.raises(CurrencyUnknown) as refused:
        exponent("?" * 100, field="expenses.3.currency")
    assert refused.value.field == "expenses.3.currency"
    assert refused.value.actual == repr("?" * 40)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("-0.05", "EUR", -5),
        ("-0", "EUR", 0),
        ("-0.00", "EUR", 0),
        ("007.10", "EUR", 710),
        ("1250", "JPY", 1250),
        ("-1250", "JPY", -1250),
        ("1.250", "KWD", 1250),
        ("1.2", "KWD", 1200),
        ("0.0001", "CLF", 1),
        ("10000000000000.00", "EUR", 10**15),
        ("-10000000000000", "EUR", -(10**15)),
        ("1000000000000000", "JPY", 10**15),
        ("0" * 5000 + "1.05", "EUR", 105),
        ("-" + "0" * 5000 + "1.05", "EUR", -105),
        ("0" * 5000, "EUR", 0),
        ("0" * 5000, "JPY", 0),
    ],
)
def test_plain_decimal_numbers_are_read(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency, field="amount") == minor


# fmt: off
GARBAGE = [
    "", " ", "-", ".", "-.", ".5", "5.", "-.5", "+1", "--1", "1-", "1 ", " 1", "1\n", "1e3", "1E3", "1,50", "1,000.00",
    "1_000", "1.2.3", "NaN", "nan", "inf", "-Infinity", "0x10", "١٢", "１２", "1.٥", "½", "²", "1\u00a0000", "−5", "€5",
    "5€", "None", "\x00", "1\x00",
]
# fmt: on


@pytest.mark.parametrize("text", GARBAGE)
def test_anything_else_is_not_a_number(text: str) -> None:
    with pytest.raises(AmountNotANumber) as refused:
        parse_amount(text, "EUR", field="paid_by.0.amount")
    assert refused.value.code == "money.not_a_number"
    assert refused.value.field == "paid_by.0.amount"
    assert refused.value.actual == repr(text)


def test_an_offending_text_is_repeated_only_in_part_and_escaped() -> None:
    with pytest.raises(AmountNotANumber) as refused:
        parse_amount("x" * 10_000, "EUR", field="amount")
    assert refused.value.actual == repr("x" * 40)
    assert len(refused.value.detail) < 150
    with pytest.raises(AmountNotANumber) as refused:
        parse_amount("\u202e1", "EUR", field="amount")
    assert refused.value.actual == r"'\u202e1'"


@pytest.mark.parametrize(
    ("text", "currency", "given_decimals", "allowed"),
    [("12.500", "EUR", 3, 2), ("0.001", "EUR", 3, 2), ("1.0", "JPY", 1, 0), ("1.0000", "KWD", 4, 3)],
)
def test_more_decimals_than_the_currency_has_are_refused_even_zeros(
    text: str, currency: str, given_decimals: int, allowed: int
) -> None:
    with pytest.raises(TooManyDecimals) as refused:
        parse_amount(text, currency, field="amount")
    assert refused.value.code == "money.too_many_decimals"
    assert refused.value.field == "amount"
    assert refused.value.expected == f"at most {allowed}"
    assert refused.value.actual == str(given_decimals)
    assert refused.value.detail == f"{text} has {given_decimals} decimals, {currency} has {allowed}."


@pytest.mark.parametrize(
    "text", ["10000000000000.01", "-10000000000000.01", "9" * 39, "9" * 40, "9" * 41, "9" * 5000, "-" + "9" * 5000]
)
def test_an_amount_beyond_the_bound_is_refused(text: str) -> None:
    with pytest.raises(AmountOutOfBounds) as refused:
        parse_amount(text, "EUR", field="amount")
    assert refused.value.code == "money.out_of_bounds"
    assert refused.value.field == "amount"
    assert refused.value.expected == "10000000000000.00"
    assert refused.value.actual == text[:40]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1250, "EUR", "12.50"),
        (-5, "EUR", "-0.05"),
        (-105, "EUR", "-1.05"),
        (-100, "EUR", "-1.00"),
        (0, "EUR", "0.00"),
        (1250, "JPY", "1250"),
        (-1, "JPY", "-1"),
        (0, "JPY", "0"),
        (1250, "KWD", "1.250"),
        (-1, "KWD", "-0.001"),
        (1, "CLF", "0.0001"),
        (4 * 10**18, "EUR", "40000000000000000.00"),
    ],
)
def test_amounts_are_written_with_exactly_the_decimals_of_the_currency(minor: int, currency: str, text: str) -> None:
    assert format_amount(minor, currency) == text


@given(currencies, amounts)
def test_what_was_written_is_read_back(currency: str, minor: int) -> None:
    assert parse_amount(format_amount(minor, currency), currency, field="amount") == minor


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_every_currency_reads_back_its_bounds_and_its_smallest_amounts(currency: str) -> None:
    for minor in (0, 1, -1, 9, 10, -99, 100, 12345, MAX_AMOUNT_MINOR, -MAX_AMOUNT_MINOR):
        text = format_amount(minor, currency)
        assert parse_amount(text, currency, field="amount") == minor
        assert len(text.partition(".")[2]) == EXPONENTS[currency]


@given(st.text(alphabet="0123456789.-+eE, \nN٣", max_size=12) | st.text(max_size=50), currencies)
def test_any_text_is_read_or_refused_and_nothing_else(text: str, currency: str) -> None:
    try:
        minor = parse_amount(text, currency, field="amount")
    except InvalidInput as refused:
        assert refused.field == "amount"
        assert refused.code in {"money.not_a_number", "money.too_many_decimals", "money.out_of_bounds"}
    else:
        assert set(text) <= set("0123456789.-")
        assert -MAX_AMOUNT_MINOR <= minor <= MAX_AMOUNT_MINOR
