"""Read what imports work with: events by name, what stands in one, which rows are there, what came from an import."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from allsquare.core.access import overseer
from allsquare.core.commands.base import Command
from allsquare.core.commands.imports import ImportNotFound
from allsquare.core.entry import Entry
from allsquare.ledger.journal import entry_from_row
from allsquare.ledger.poster import Job, Poster
from allsquare.pg.borrow import Connection, Pool, borrow


@dataclass(frozen=True, slots=True)
class Books:
    """An open ledger: the pool to read from, the poster to write through."""

    pool: Pool
    poster: Poster

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        return borrow(self.pool)

    def job(self, event_id: UUID, command_id: UUID, command: Command, *, actor: UUID, keyed: bool) -> Job:
        """Wrap a command of whoever runs the instance, at its command line."""
        return Job(event_id=event_id, command_id=command_id, actor=overseer(actor), command=command, keyed=keyed)


@dataclass(frozen=True, slots=True)
class NamedEvent:
    """An event as a person names it; `imports` counts the files that were imported into it, undone ones too."""

    event_id: UUID
    name: str
    status: str
    imports: int


FIND_EVENTS = """
SELECT e.event_id, e.name, e.status,
       (SELECT count(*) FROM import AS i WHERE i.event_id = e.event_id AND i.source = 'splitwise') AS imports
FROM event AS e
WHERE e.status <> 'deleted' AND (e.event_id = $1::uuid OR lower(e.name) = lower($2::text))
ORDER BY e.created_at, e.event_id LIMIT 20
"""


async def find_events(connection: asyncpg.Connection, *, event_id: UUID | None, name: str) -> list[NamedEvent]:
    """Find the events of that name, whatever its case, and the one of that id."""
    return [NamedEvent(*row) for row in await connection.fetch(FIND_EVENTS, event_id, name)]


COUNT_EVENTS = """
SELECT count(*) AS taken FROM event WHERE event_id = ANY($1::uuid[])
"""


async def count_events(connection: asyncpg.Connection, event_ids: Sequence[UUID]) -> int:
    """Count how many of these ids are taken, also by events that were deleted since."""
    return int(await connection.fetchval(COUNT_EVENTS, list(event_ids)))


@dataclass(frozen=True, slots=True)
class Roster:
    """Who takes part in an event: names by number; `known` counts those who left too, `version` is the head's."""

    version: int
    names: dict[int, str]
    known: int


LIST_ROSTER = """
SELECT e.version, m.member_no, m.name, m.left_seq
FROM event AS e LEFT JOIN member AS m ON m.event_id = e.event_id
WHERE e.event_id = $1 ORDER BY m.member_no
"""


async def get_roster(connection: asyncpg.Connection, event_id: UUID) -> Roster:
    """Get who takes part in an event that is known to exist."""
    rows = await connection.fetch(LIST_ROSTER, event_id)
    names = {number: name for _, number, name, left_seq in rows if number is not None and left_seq is None}
    return Roster(rows[0][0], names, sum([row[1] is not None for row in rows]))


COUNT_UNDONE = """
SELECT count(*) AS undone FROM import WHERE event_id = $1 AND undone_seq IS NOT NULL
"""


async def count_undone(connection: asyncpg.Connection, event_id: UUID) -> int:
    """Count the imports of an event that were taken back."""
    return int(await connection.fetchval(COUNT_UNDONE, event_id))


FIND_ROWS = """
SELECT x.expense_id AS row_id
FROM expense AS x JOIN import AS i ON i.event_id = x.event_id AND i.import_id = x.import_id
WHERE x.event_id = $1 AND x.expense_id = ANY($2::uuid[]) AND i.undone_seq IS NULL
UNION ALL
SELECT s.settlement_id
FROM settlement AS s JOIN import AS i ON i.event_id = s.event_id AND i.import_id = s.import_id
WHERE s.event_id = $1 AND s.settlement_id = ANY($2::uuid[]) AND i.undone_seq IS NULL
"""


async def find_rows(connection: asyncpg.Connection, event_id: UUID, row_ids: Sequence[UUID]) -> set[UUID]:
    """Find which of these rows are there by an import that stands, be they changed or deleted since."""
    return {row[0] for row in await connection.fetch(FIND_ROWS, event_id, list(row_ids))}


SUM_ROWS = """
WITH entry AS (
    SELECT event_id, seq FROM expense WHERE event_id = $1 AND expense_id = ANY($2::uuid[])
    UNION ALL
    SELECT event_id, seq FROM settlement
    WHERE event_id = $1 AND settlement_id = ANY($2::uuid[]) AND reversed_seq IS NULL
), line AS (
    SELECT t.debit_member, t.credit_member, t.currency, t.amount_minor
    FROM entry AS n JOIN transfer AS t ON t.event_id = n.event_id AND t.seq = n.seq AND t.line > 0
), moved AS (
    SELECT credit_member AS member_no, currency, amount_minor FROM line
    UNION ALL
    SELECT debit_member, currency, -amount_minor FROM line
)
SELECT member_no, currency, sum(amount_minor)::bigint AS net FROM moved GROUP BY member_no, currency
"""


async def sum_rows(
    connection: asyncpg.Connection, event_id: UUID, row_ids: Sequence[UUID]
) -> dict[tuple[int, str], int]:
    """Sum what these expenses and settlements move, as they stand, by member and currency.

    Shape: the sum is over their transfers, so it is what they add to the positions. A deleted expense adds nothing, for
    the entry it stands at only takes back (lines below zero).
    """
    rows = await connection.fetch(SUM_ROWS, event_id, list(row_ids))
    return {(number, currency): net for number, currency, net in rows}


@dataclass(frozen=True, slots=True)
class StoredImport:
    """One import, with the event it went into; `undone_seq` names the entry that took it back."""

    import_id: UUID
    event_id: UUID
    event: str
    seq: int
    source: str
    rows: int
    created_at: datetime
    undone_seq: int | None


LIST_IMPORTS = """
SELECT i.import_id, i.event_id, e.name, i.seq, i.source, i.row_count, i.created_at, i.undone_seq
FROM import AS i JOIN event AS e USING (event_id)
WHERE e.status <> 'deleted'
ORDER BY i.created_at DESC, i.import_id
"""


async def list_imports(connection: asyncpg.Connection) -> list[StoredImport]:
    """List the imports of all events, newest first."""
    return [StoredImport(*row) for row in await connection.fetch(LIST_IMPORTS)]


GET_IMPORT = """
SELECT i.import_id, i.event_id, e.name, i.seq, i.source, i.row_count, i.created_at, i.undone_seq
FROM import AS i JOIN event AS e USING (event_id)
WHERE i.import_id = $1 AND e.status <> 'deleted'
"""


async def get_import(connection: asyncpg.Connection, import_id: UUID) -> StoredImport:
    """Get one import; raises ImportNotFound."""
    row = await connection.fetchrow(GET_IMPORT, import_id)
    if row is None:
        detail = f"There is no import {import_id}. `allsquare import list` shows those there are."
        raise ImportNotFound(detail)
    return StoredImport(*row)


FIND_ENTRY = """
SELECT event_id, seq, command_id, payload, reverses_seq, actor, effective_on, recorded_at, hash
FROM journal WHERE event_id = $1 AND command_id = $2
"""


async def find_entry(connection: asyncpg.Connection, event_id: UUID, command_id: UUID) -> Entry | None:
    """Find the entry that a command became, without its transfers."""
    row = await connection.fetchrow(FIND_ENTRY, event_id, command_id)
    return entry_from_row(row) if row else None


@dataclass(frozen=True, slots=True)
class ImportedExpense:
    """An expense that came from an import, as it stands."""

    expense_id: UUID
    version: int
    deleted: bool


LIST_IMPORTED_EXPENSES = """
SELECT expense_id, version, deleted FROM expense WHERE event_id = $1 AND import_id = $2 ORDER BY created_seq
"""


async def list_imported_expenses(
    connection: asyncpg.Connection, event_id: UUID, import_id: UUID
) -> list[ImportedExpense]:
    """List the expenses of an import, those changed or deleted since included."""
    rows = await connection.fetch(LIST_IMPORTED_EXPENSES, event_id, import_id)
    return [ImportedExpense(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ImportedSettlement:
    """A settlement that came from an import, as it stands."""

    settlement_id: UUID
    reversed: bool


LIST_IMPORTED_SETTLEMENTS = """
SELECT settlement_id, reversed_seq IS NOT NULL AS reversed
FROM settlement WHERE event_id = $1 AND import_id = $2 ORDER BY seq
"""


async def list_imported_settlements(
    connection: asyncpg.Connection, event_id: UUID, import_id: UUID
) -> list[ImportedSettlement]:
    """List the settlements of an import, those reversed since included."""
    rows = await connection.fetch(LIST_IMPORTED_SETTLEMENTS, event_id, import_id)
    return [ImportedSettlement(*row) for row in rows]


LIST_ENTANGLED = """
SELECT DISTINCT involved.member_no
FROM (
    SELECT unnest(members) AS member_no FROM expense
    WHERE event_id = $1 AND import_id IS DISTINCT FROM $2::uuid AND members && $3::integer[]
    UNION ALL
    SELECT unnest(ARRAY[(content ->> 'payer')::integer, (content ->> 'payee')::integer]) FROM settlement
    WHERE event_id = $1 AND import_id IS DISTINCT FROM $2::uuid
) AS involved
WHERE involved.member_no = ANY($3::integer[])
"""


async def list_entangled(
    connection: asyncpg.Connection, event_id: UUID, import_id: UUID, members: Sequence[int]
) -> set[int]:
    """List which of these members have a part in anything that did not come from the import, deleted or not."""
    return {row[0] for row in await connection.fetch(LIST_ENTANGLED, event_id, import_id, list(members))}


COUNT_OTHERS = """
SELECT (SELECT count(*) FROM expense WHERE event_id = $1 AND import_id IS DISTINCT FROM $2::uuid AND NOT deleted)
     + (SELECT count(*) FROM settlement
        WHERE event_id = $1 AND import_id IS DISTINCT FROM $2::uuid AND reversed_seq IS NULL) AS others
"""


async def count_others(connection: asyncpg.Connection, event_id: UUID, import_id: UUID) -> int:
    """Count what stands in an event and did not come from the import."""
    return int(await connection.fetchval(COUNT_OTHERS, event_id, import_id))
