"""Write one event down, whole: as JSON, or as the sheet that Splitwise and those who read its files understand."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from allsquare.core.event import Expense, Settlement
from allsquare.core.money import format_amount
from allsquare.edges.cli.summary import JsonObject, read_summary
from allsquare.features.expenses.reads import ExpenseFilter, list_expenses
from allsquare.features.expenses.views import show_expense
from allsquare.features.identity.store import find_user
from allsquare.features.settlements.reads import list_settlements, show_settlement
from allsquare.pg.borrow import Connection

PAGE = 1_000
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a text must not begin with where a spreadsheet opens it, for it would be run as a formula."""


@dataclass(frozen=True, slots=True)
class WholeEvent:
    """Everything of one event but its history: `names` are those of users by their ids."""

    summary: JsonObject
    expenses: list[Expense]
    settlements: list[Settlement]
    names: dict[UUID, str]


async def read_export(connection: Connection, event_id: UUID, on_progress: Callable[[int, int], None]) -> WholeEvent:
    """Read an event with all its expenses and settlements; on a snapshot they come to the positions beside them."""
    summary = await read_summary(connection, event_id)
    expenses = await _all_expenses(connection, event_id, summary["seq"], on_progress)
    settlements = await _all_settlements(connection, event_id)
    names = {}
    for user_id in {each.created_by for each in expenses} | {each.created_by for each in settlements}:
        user = await find_user(connection, user_id)
        names[user_id] = user.name if user else "somebody"
    return WholeEvent(summary, expenses, settlements, names)


async def _all_expenses(
    connection: Connection, event_id: UUID, seq: int, on_progress: Callable[[int, int], None]
) -> list[Expense]:
    expenses: list[Expense] = []
    before: tuple[date, int] | None = None
    wanted = ExpenseFilter(include_deleted=True)
    while page := await list_expenses(connection, event_id, wanted, before=before, limit=PAGE):
        expenses += page
        on_progress(len(expenses), seq)
        before = (page[-1].content.on, page[-1].created_seq)
    return expenses[::-1]


async def _all_settlements(connection: Connection, event_id: UUID) -> list[Settlement]:
    settlements: list[Settlement] = []
    before: tuple[date, int] | None = None
    while page := await list_settlements(connection, event_id, before=before, limit=PAGE):
        settlements += page
        before = (page[-1].content.on, page[-1].seq)
    return settlements[::-1]


def write_json(whole: WholeEvent) -> str:
    """Write everything in the shapes of the API, oldest first, what was deleted or reversed included."""
    event_id = whole.summary["event"]["id"]
    document = {
        **whole.summary,
        "expenses": [show_expense(event_id, each, whole.names[each.created_by]) for each in whole.expenses],
        "settlements": [show_settlement(event_id, each, whole.names[each.created_by]) for each in whole.settlements],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the sheet: what each member paid − owed, in minor units."""

    on: date
    seq: int
    description: str
    category: str
    amount_minor: int
    currency: str
    cells: dict[int, int]


def write_csv(whole: WholeEvent) -> str:
    """Write what stands as a sheet in Splitwise's form, oldest first, with a total line for each currency."""
    members = _columns(whole.summary["event"]["members"])
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(
        ["Date", "Description", "Category", "Cost", "Currency", *[_text(name) for name in members.values()]]
    )
    totals: dict[str, Counter[int]] = {}
    last = date.min
    for line in sorted(_lines(whole), key=lambda each: (each.on, each.seq)):
        cells = [format_amount(line.cells.get(number, 0), line.currency) for number in members]
        cost = format_amount(line.amount_minor, line.currency)
        writer.writerow([line.on, _text(line.description), _text(line.category), cost, line.currency, *cells])
        totals.setdefault(line.currency, Counter()).update(line.cells)
        last = line.on
    for currency, nets in sorted(totals.items()):
        cells = [format_amount(nets[number], currency) for number in members]
        writer.writerow([last, "Total balance", " ", " ", currency, *cells])
    return sheet.getvalue()


def _lines(whole: WholeEvent) -> Iterator[_Line]:
    for expense in whole.expenses:
        if not expense.deleted:
            content = expense.content
            cells = Counter(dict(content.paid))
            cells.subtract(dict(content.shares))
            category = content.category or "General"
            yield _Line(
                content.on,
                expense.created_seq,
                content.description,
                category,
                content.amount_minor,
                content.currency,
                dict(cells),
            )
    for settlement in whole.settlements:
        if settlement.reversed_seq is None:
            paid = settlement.content
            cells = Counter({paid.payer: paid.amount_minor, paid.payee: -paid.amount_minor})
            description = (paid.note or "Payment").replace("\n", " ")
            yield _Line(paid.on, settlement.seq, description, "Payment", paid.amount_minor, paid.currency, dict(cells))


def _columns(members: list[JsonObject]) -> dict[int, str]:
    """Name the columns; those who share a name, as somebody who left may, are told apart by their numbers."""
    taken = Counter([member["name"].casefold() for member in members])
    return {
        member["member"]: member["name"]
        if taken[member["name"].casefold()] == 1 and member["name"]
        else f"{member['name']} ({member['member']})".strip()
        for member in members
    }


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text
