"""Read the records below the header of a Splitwise export: expenses, payments, total lines, and what is wrong."""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from allsquare.core.errors import InvalidInput
from allsquare.core.money import exponent, parse_amount
from allsquare.core.split import Part
from allsquare.core.text import MAX_CATEGORY, MAX_DESCRIPTION, MAX_NOTES, check_optional_text, check_text
from allsquare.features.imports.splitwise_cells import decode_cells
from allsquare.features.imports.splitwise_errors import (
    BadCurrency,
    BadDate,
    BadNumber,
    BadText,
    RepeatedTotal,
    RowError,
    TooLarge,
    WrongColumns,
)
from allsquare.features.imports.splitwise_headers import FIXED_COLUMNS, is_payment_category, is_total_label

MAX_ROWS = 200_000

_match_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_LINE_BREAKS = re.compile(r"[\t\n\v\f\r]+")


@dataclass(frozen=True, slots=True)
class SplitwiseRow:
    """One expense or payment, with amounts that give each member exactly the cell of the file.

    Units: minor units of `currency`.
    Shape: `cells` (paid − owed) in member order; `paid` and `shares` number members from 1 in column order, and number
    one more than there are members when `drift_minor`, the sum of the cells, is not zero; `notes` holds the whole
    description where it is longer than an expense takes; `key` is the same in every export that holds this row.
    """

    line: int
    on: date
    description: str
    notes: str | None
    category: str | None
    currency: str
    cost_minor: int
    cells: tuple[int, ...]
    kind: Literal["expense", "settlement"]
    paid: tuple[Part, ...]
    shares: tuple[Part, ...]
    inferred: bool
    drift_minor: int
    key: str

    @property
    def amount_minor(self) -> int:
        """Return what `paid` and `shares` each sum to: the cost, unless the cells say that more must have been paid."""
        return sum(part.amount_minor for part in self.paid)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is not imported because it moves no money."""

    line: int
    on: date
    description: str
    currency: str
    reason: str


class _Place(NamedTuple):
    """Where a row stands and what its columns are called, for errors."""

    line: int
    columns: tuple[str, ...]

    def field(self, index: int) -> str:
        return f"line {self.line}, column {self.columns[index]}"


class _Texts(NamedTuple):
    description: str
    notes: str | None
    category: str | None


class RowReader:
    """Take the records below the header one by one and sort them into rows, total lines, skipped and bad ones."""

    def __init__(self, columns: tuple[str, ...], members: tuple[str, ...]) -> None:
        self.columns = (*columns, *members)
        self.members = members
        self.rows: list[SplitwiseRow] = []
        self.skipped: list[SkippedRow] = []
        self.totals: dict[str, tuple[int, ...]] = {}
        self.problems: list[RowError] = []
        self._seen: Counter[str] = Counter()
        self._taken = 0

    def take(self, line: int, record: list[str]) -> None:
        """Sort one record in; a bad one is remembered, so that all of them can be told at once.

        Raises: TooLarge.
        """
        self._taken += 1
        if self._taken > MAX_ROWS:
            detail = f"The file has more than {MAX_ROWS} rows."
            raise TooLarge(detail, field=f"line {line}", expected=f"at most {MAX_ROWS} rows", actual="more")
        try:
            self._sort(_Place(line, self.columns), record)
        except RowError as error:
            self.problems.append(error)

    def _sort(self, place: _Place, record: list[str]) -> None:
        width = len(self.columns)
        # A spreadsheet that saved the file again may have added empty cells at the end, as it does in blank lines.
        if len(record) < width or any(cell.strip() for cell in record[width:]):
            detail = f"Line {place.line} has {len(record)} columns, the header has {width}."
            raise WrongColumns(detail, field=f"line {place.line}", expected=str(width), actual=str(len(record)))
        day, description, category, cost, code = (cell.strip() for cell in record[:FIXED_COLUMNS])
        on = _date(day, place)
        currency = _currency(code, place)
        cells = tuple(_number(record[index], currency, place, index) for index in range(FIXED_COLUMNS, width))
        if not cost and is_total_label(description):
            self._take_total(place, currency, cells)
        elif any(cells):
            texts = _texts(description, category, place)
            cost_minor = _number(cost, currency, place, 3)
            self.rows.append(self._row(place.line, on, texts, currency, cost_minor, cells))
        else:
            reason = "it moves no money: every member's cell is zero"
            self.skipped.append(SkippedRow(place.line, on, description, currency, reason))

    def _take_total(self, place: _Place, currency: str, cells: tuple[int, ...]) -> None:
        if currency in self.totals:
            detail = f"Line {place.line} is a second total line for {currency}."
            raise RepeatedTotal(detail, field=f"line {place.line}", actual=currency)
        self.totals[currency] = cells

    def _row(
        self, line: int, on: date, texts: _Texts, currency: str, cost_minor: int, cells: tuple[int, ...]
    ) -> SplitwiseRow:
        decoded = decode_cells(cells, cost_minor=cost_minor)
        return SplitwiseRow(
            line=line,
            on=on,
            description=texts.description,
            notes=texts.notes,
            category=texts.category,
            currency=currency,
            cost_minor=cost_minor,
            cells=cells,
            kind="settlement" if _settles(texts.category, cells, cost_minor=cost_minor) else "expense",
            paid=decoded.paid,
            shares=decoded.shares,
            inferred=decoded.inferred,
            drift_minor=sum(cells),
            key=self._key(on, texts, currency, cost_minor, cells),
        )

    def _key(self, on: date, texts: _Texts, currency: str, cost_minor: int, cells: tuple[int, ...]) -> str:
        # Only names that take part count, sorted: a later export may have more members, or list them in another order.
        moved = sorted([name, cell] for name, cell in zip(self.members, cells, strict=True) if cell)
        description = texts.notes or texts.description
        identity = json.dumps([on.isoformat(), description, texts.category, cost_minor, currency, moved])
        self._seen[identity] += 1
        return hashlib.sha256(f"{identity}#{self._seen[identity]}".encode()).hexdigest()


def _settles(category: str | None, cells: tuple[int, ...], *, cost_minor: int) -> bool:
    """Tell whether a row is a payment of its whole cost from one member to another.

    Anything else in that category stays an expense, whose nets are right whatever it was.
    """
    if category is None or not is_payment_category(category):
        return False
    # The sorted pair starts with the negative cell, so a negative cost never matches: a refund is no payment.
    return sorted(cell for cell in cells if cell) == [-cost_minor, cost_minor]


def _date(text: str, place: _Place) -> date:
    try:
        if _match_date(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    detail = f"Line {place.line}: {text!r} in column {place.columns[0]} is not a day written YYYY-MM-DD."
    raise BadDate(detail, field=place.field(0), expected="YYYY-MM-DD", actual=text)


def _currency(code: str, place: _Place) -> str:
    try:
        exponent(code)
    except InvalidInput as error:
        detail = f"Line {place.line}: {code!r} in column {place.columns[4]} is not a currency of ISO 4217."
        raise BadCurrency(detail, field=place.field(4), expected="an ISO 4217 code", actual=code) from error
    return code


def _number(text: str, currency: str, place: _Place, index: int) -> int:
    """Read a cell, dropping zeros the currency has no decimals for (Chilean pesos are exported as 19500.00)."""
    stripped = text.strip()
    whole, point, fraction = stripped.partition(".")
    decimals = exponent(currency)
    if point and len(fraction) > decimals and not fraction[decimals:].strip("0"):
        stripped = f"{whole}.{fraction[:decimals]}" if decimals else whole
    try:
        return parse_amount(stripped, currency, field=place.field(index))
    except InvalidInput as error:
        detail = f"Line {place.line}: {text!r} in column {place.columns[index]} is not an amount of {currency}."
        raise BadNumber(detail, field=place.field(index), expected=f"an amount of {currency}", actual=text) from error


def _texts(description: str, category: str, place: _Place) -> _Texts:
    """Fit a row's texts into what an expense takes: a description of one line, the whole of it in the notes if long."""
    try:
        whole = check_text(_LINE_BREAKS.sub(" ", description), field=place.columns[1], limit=MAX_NOTES)
        kind = check_optional_text(category, field=place.columns[2], limit=MAX_CATEGORY)
    except InvalidInput as error:
        detail = f"Line {place.line}: {error.detail}"
        raise BadText(detail, field=f"line {place.line}, column {error.field}", actual=error.actual) from error
    if len(whole) <= MAX_DESCRIPTION:
        return _Texts(whole, None, kind)
    return _Texts(whole[: MAX_DESCRIPTION - 1] + "…", whole, kind)
