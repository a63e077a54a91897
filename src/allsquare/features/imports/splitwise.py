"""Read a Splitwise CSV export: rows, who paid and owed in each, and the balances Splitwise itself printed.

Nothing is posted here. `docs/guides/importing-splitwise.md` tells users what the rules below mean for them.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from allsquare.core.errors import InvalidInput
from allsquare.core.text import MAX_DESCRIPTION, MAX_NAME, check_text
from allsquare.features.imports.splitwise_errors import (
    BadMember,
    DuplicateMember,
    EmptyFile,
    Malformed,
    NoMembers,
    NotUtf8,
    TooLarge,
    UnknownHeader,
    refuse_rows,
)
from allsquare.features.imports.splitwise_headers import (
    FIXED_COLUMNS,
    LANGUAGES,
    find_language,
    header_of,
    normal_text,
)
from allsquare.features.imports.splitwise_rows import RowReader, SkippedRow, SplitwiseRow

__all__ = [
    "SkippedRow",
    "SplitwiseFile",
    "SplitwiseRow",
    "TotalMismatch",
    "check_totals",
    "currencies_without_total",
    "drifting",
    "parse_splitwise",
]

MAX_MEMBERS = 1_000
MAX_PREAMBLE = 10
"""How many lines that are not blank may stand above the header: Splitwise writes one, a spreadsheet may add its own."""

Record = tuple[int, list[str]]
"""A line number and the fields that start there."""


@dataclass(frozen=True, slots=True)
class SplitwiseFile:
    """Everything an export says; `total_balances` has what Splitwise printed for each currency, in member order."""

    members: tuple[str, ...]
    rows: tuple[SplitwiseRow, ...]
    skipped: tuple[SkippedRow, ...]
    total_balances: dict[str, tuple[int, ...]]
    language: str
    kind: Literal["group", "friend"]
    sha256: str

    @property
    def needs_rounding_member(self) -> bool:
        """Tell whether some row's cells do not sum to zero, so that one more member must carry the difference."""
        return any(row.drift_minor for row in self.rows)


@dataclass(frozen=True, slots=True)
class TotalMismatch:
    """A member whose rows sum to another balance (`actual_minor`) than the total line says (`expected_minor`)."""

    currency: str
    member: str
    expected_minor: int
    actual_minor: int


def parse_splitwise(data: bytes) -> SplitwiseFile:
    """Read the bytes of an export, all of it or nothing.

    Raises: NotUtf8, EmptyFile, UnknownHeader, NoMembers, DuplicateMember, Malformed, TooLarge; for rows the one
    RowError there is, or BadRows with all of them.
    """
    records = _records(_decode(data))
    header = _find_header(records)
    members = _members(header)
    reader = RowReader(header_of(header.language), members)
    for line, record in records:
        reader.take(line, record)
    refuse_rows(reader.problems)
    return SplitwiseFile(
        members=members,
        rows=tuple(reader.rows),
        skipped=tuple(reader.skipped),
        total_balances=reader.totals,
        language=header.language,
        kind="friend" if header.has_preamble else "group",
        sha256=hashlib.sha256(data).hexdigest(),
    )


def drifting(rows: Iterable[SplitwiseRow], *, over_minor: int = 1) -> tuple[SplitwiseRow, ...]:
    """Return the rows whose cells miss zero by more than `over_minor`."""
    return tuple(row for row in rows if abs(row.drift_minor) > over_minor)


def check_totals(file: SplitwiseFile) -> tuple[TotalMismatch, ...]:
    """Compare the sum of each member's cells with the file's total line, for every currency that has one."""
    sums = {currency: [0] * len(file.members) for currency in file.total_balances}
    for row in file.rows:
        if row.currency in sums:
            balance = sums[row.currency]
            for index, cell in enumerate(row.cells):
                balance[index] += cell
    return tuple(
        TotalMismatch(currency, member, expected, actual)
        for currency, balances in file.total_balances.items()
        for member, expected, actual in zip(file.members, balances, sums[currency], strict=True)
        if expected != actual
    )


def currencies_without_total(file: SplitwiseFile) -> tuple[str, ...]:
    """Return the currencies of rows that no total line confirms, in the order of the file."""
    return tuple(dict.fromkeys(row.currency for row in file.rows if row.currency not in file.total_balances))


class _Header(NamedTuple):
    line: int
    columns: list[str]
    language: str
    has_preamble: bool


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        detail = (
            f"Line {line} is not UTF-8: byte {byte} at position {error.start}. Export the file again as CSV in UTF-8."
        )
        raise NotUtf8(detail, field=f"line {line}", expected="UTF-8", actual=byte) from error


def _records(text: str) -> Iterator[Record]:
    """Yield the records that hold anything, each with the line it starts on (a quoted field may span several).

    Raises: Malformed.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            if any(not cell.isspace() for cell in record if cell):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        detail = f"The record that starts on line {line} is not CSV: {error}."
        raise Malformed(detail, field=f"line {line}", actual=str(error)) from error


def _find_header(records: Iterator[Record]) -> _Header:
    """Return the first line that starts with the columns of a known language, leaving the records below it.

    Raises: EmptyFile, UnknownHeader.
    """
    seen: list[Record] = []
    for line, record in islice(records, MAX_PREAMBLE + 1):
        language = find_language(record)
        if language:
            return _Header(line, record, language, has_preamble=bool(seen))
        seen.append((line, record))
    if not seen:
        detail = "The file is empty."
        raise EmptyFile(detail)
    line, found = next((entry for entry in seen if len(entry[1]) > FIXED_COLUMNS), seen[0])
    actual = ",".join(found)[:MAX_DESCRIPTION]
    expected = ",".join(header_of(LANGUAGES[0]))
    detail = (
        f"Line {line} is not the header of a Splitwise export in a known language: {actual!r}."
        f" Expected {expected}, or its words in one of: {', '.join(LANGUAGES[1:])}."
    )
    raise UnknownHeader(detail, field=f"line {line}", expected=expected, actual=actual)


def _members(header: _Header) -> tuple[str, ...]:
    """Return the names in the member columns, in order.

    Raises: NoMembers, TooLarge, BadMember, DuplicateMember.
    """
    names = [normal_text(name) for name in header.columns[FIXED_COLUMNS:]]
    field = f"line {header.line}"
    if not names:
        detail = f"Line {header.line} names no members after the five fixed columns."
        raise NoMembers(detail, field=field, expected="at least 1 member", actual="0")
    if len(names) > MAX_MEMBERS:
        detail = f"The file has {len(names)} members, at most {MAX_MEMBERS} are allowed."
        raise TooLarge(detail, field=field, expected=f"at most {MAX_MEMBERS} members", actual=str(len(names)))
    seen: set[str] = set()
    for column, name in enumerate(names, start=FIXED_COLUMNS + 1):
        try:
            check_text(name, field=f"The member in column {column}", limit=MAX_NAME)
        except InvalidInput as error:
            raise BadMember(error.detail, field=f"{field}, column {column}", actual=name) from error
        if name.casefold() in seen:
            detail = f"Two columns are named {name!r}; the cells could not be told apart."
            raise DuplicateMember(detail, field=f"{field}, column {column}", actual=name)
        seen.add(name.casefold())
    return tuple(names)
