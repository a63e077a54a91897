"""Read expenses: one, a filtered page, a history."""

from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.commands.expenses import ExpenseNotFound
from allsquare.core.entry import Entry
from allsquare.core.event import Expense
from allsquare.ledger.journal import entry_from_row, load_entries
from allsquare.ledger.store import expense_from_row

GET_EXPENSE = """
SELECT x.event_id, x.expense_id, x.version, x.seq, x.created_seq, x.created_at, x.created_by, x.updated_at, x.deleted,
       x.content
FROM expense AS x JOIN event AS e USING (event_id)
WHERE x.event_id = $1 AND x.expense_id = $2 AND e.status <> 'deleted'
"""


def expense_missing(expense_id: UUID) -> ExpenseNotFound:
    """Say that there is no such expense."""
    detail = f"There is no expense {expense_id} in this event."
    return ExpenseNotFound(detail)


async def get_expense(connection: asyncpg.Connection, event_id: UUID, expense_id: UUID) -> Expense:
    """Get an expense as it stands, deleted ones too; raises ExpenseNotFound."""
    row = await connection.fetchrow(GET_EXPENSE, event_id, expense_id)
    if row is None:
        raise expense_missing(expense_id)
    return expense_from_row(row)


class ExpenseFilter(msgspec.Struct, frozen=True):
    """What a list of expenses is narrowed to; None narrows nothing."""

    search: str | None = None
    category: str | None = None
    member: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    include_deleted: bool = False


LIST_EXPENSES = """
SELECT event_id, expense_id, version, seq, created_seq, created_at, created_by, updated_at, deleted, content
FROM expense
WHERE event_id = $1
  AND ($2::date IS NULL OR (effective_on, created_seq) < ($2, $3::bigint))
  AND ($4::boolean OR NOT deleted)
  AND ($5::text IS NULL OR strpos(lower(description), lower($5)) > 0
       OR strpos(lower(coalesce(content ->> 'notes', '')), lower($5)) > 0)
  AND ($6::text IS NULL OR category = $6)
  AND ($7::integer IS NULL OR members @> ARRAY[$7])
  AND ($8::date IS NULL OR effective_on >= $8)
  AND ($9::date IS NULL OR effective_on <= $9)
ORDER BY effective_on DESC, created_seq DESC LIMIT $10
"""


async def list_expenses(
    connection: asyncpg.Connection,
    event_id: UUID,
    wanted: ExpenseFilter,
    *,
    before: tuple[date, int] | None = None,
    limit: int,
) -> list[Expense]:
    """List expenses, newest first: by date, then by when they were recorded."""
    on, created_seq = before or (None, None)
    rows = await connection.fetch(
        LIST_EXPENSES,
        event_id,
        on,
        created_seq,
        wanted.include_deleted,
        wanted.search,
        wanted.category,
        wanted.member,
        wanted.from_on,
        wanted.to_on,
        limit,
    )
    return [expense_from_row(row) for row in rows]


LIST_VERSIONS = """
WITH RECURSIVE version AS (
    SELECT j.event_id, j.seq, j.command_id, j.payload, j.reverses_seq, j.actor, j.effective_on, j.recorded_at, j.hash
    FROM journal AS j WHERE j.event_id = $1 AND j.seq = $2
    UNION ALL
    SELECT j.event_id, j.seq, j.command_id, j.payload, j.reverses_seq, j.actor, j.effective_on, j.recorded_at, j.hash
    FROM version AS later JOIN journal AS j ON j.event_id = later.event_id AND j.seq = later.reverses_seq
)
SELECT event_id, seq, command_id, payload, reverses_seq, actor, effective_on, recorded_at, hash
FROM version ORDER BY seq
"""


async def list_versions(connection: asyncpg.Connection, event_id: UUID, expense_id: UUID) -> list[Entry]:
    """List the entries that made an expense what it is, oldest first: each reverses the one before it."""
    expense = await get_expense(connection, event_id, expense_id)
    return [entry_from_row(row) for row in await connection.fetch(LIST_VERSIONS, event_id, expense.seq)]


async def entry_at(connection: asyncpg.Connection, event_id: UUID, seq: int) -> Entry:
    """Get one entry that is known to be there."""
    return (await load_entries(connection, [(event_id, seq)]))[event_id, seq]
