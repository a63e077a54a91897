"""Open a ledger for tests of imports, write the files they import, and look at what came of it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from allsquare.core.access import overseer
from allsquare.core.commands import Command
from allsquare.core.commands.events import CreateEvent
from allsquare.core.commands.expenses import ExpenseDraft, RecordExpense
from allsquare.core.split import Equal, Part
from allsquare.edges.runtime import Database, open_books
from allsquare.features.events.reads import list_members
from allsquare.features.imports.post import import_splitwise
from allsquare.features.imports.reads import Books
from allsquare.features.imports.report import ImportReport, UndoReport
from allsquare.features.imports.splitwise import parse_splitwise
from allsquare.features.imports.undo import undo_import
from allsquare.features.plans.reads import get_positions
from allsquare.features.wire.ids import new_id
from allsquare.ledger.poster import Job, Posted

DATA = Path(__file__).parent / "data"
ACTOR = uuid4()
HEADER = "Date,Description,Category,Cost,Currency,Ana,Ben"
RENT = "2026-01-01,Rent,General,900.00,EUR,450.00,-450.00"
FOOD = "2026-01-02,Food,General,60.00,EUR,-30.00,30.00"
PAID = "2026-01-03,Ben paid Ana,Payment,100.00,EUR,-100.00,100.00"
GIFT = "2026-01-04,Gift,General,40.00,EUR,20.00,-20.00"
Positions = dict[tuple[str, str], int]


def sheet(*rows: str, header: str = HEADER, total: str | None = None) -> bytes:
    """Write an export; the total line is what the cells come to, unless it is given."""
    if total is None and rows:
        cells = [[round(float(cell) * 100) for cell in row.split(",")[5:]] for row in rows]
        sums = ",".join(f"{sum(column) / 100:.2f}" for column in zip(*cells, strict=True))
        total = f"2026-01-31,Total balance, , ,EUR,{sums}"
    return "\n".join([header, "", *rows, "", total or "", ""]).encode()


@dataclass(frozen=True)
class Ledger:
    """An open ledger, and what tests do with it."""

    books: Books

    async def take(
        self, data: bytes, event: str | None = None, path: Path = Path("x.csv"), **how: bool
    ) -> ImportReport:
        return await import_splitwise(self.books, parse_splitwise(data), path=path, actor=ACTOR, event=event, **how)

    async def undo(self, report: ImportReport) -> UndoReport:
        assert report.import_id is not None
        return await undo_import(self.books, report.import_id, actor=ACTOR)

    async def post(self, event_id: UUID, *commands: Command) -> list[Posted]:
        jobs = [
            Job(event_id=event_id, command_id=new_id(), actor=overseer(ACTOR), command=each, keyed=False)
            for each in commands
        ]
        return await self.books.poster.submit_together(jobs)

    async def flat(self, *members: str) -> UUID:
        """Make an event with an expense of 100.00 that the first member paid for all."""
        event_id = new_id()
        everybody = tuple(range(1, len(members) + 1))
        draft = ExpenseDraft("Sofa", 100_00, "EUR", (Part(1, 100_00),), Equal(everybody))
        await self.post(event_id, CreateEvent("Flat", "home", "EUR", members), RecordExpense(new_id(), draft))
        return event_id

    async def names(self, event_id: UUID) -> list[str]:
        """List who takes part."""
        async with self.books.reading() as connection:
            members = (await list_members(connection, [event_id]))[event_id]
        return [member["name"] for member in members if member["active"]]

    async def positions(self, event_id: UUID) -> Positions:
        """Give the nets that are not zero, by name and currency."""
        async with self.books.reading() as connection:
            members = (await list_members(connection, [event_id]))[event_id]
            _, _, standings = await get_positions(connection, event_id)
        names = {member["member"]: member["name"] for member in members}
        return {(names[number], currency): each.net for (number, currency), each in standings.items() if each.net}

    async def seq(self, event_id: UUID) -> int:
        async with self.books.reading() as connection:
            return (await get_positions(connection, event_id))[0]

    async def entries(self) -> int:
        """Count all there is in the journal."""
        async with self.books.reading() as connection:
            return await connection.fetchval("SELECT count(*) FROM journal")


@asynccontextmanager
async def opened(database_urls) -> AsyncIterator[Ledger]:
    async with open_books(Database(database_urls.app_url, database_urls.owner_url, own=False)) as books:
        yield Ledger(books)


def a_name() -> str:
    return f"Event {secrets.token_hex(4)}"
