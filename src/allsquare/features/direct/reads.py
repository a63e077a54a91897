"""Find the ledger of a direct expense, and who is who in it."""

from uuid import UUID

import asyncpg

FIND_SEATS = """
SELECT m.user_id, m.member_no
FROM event AS e JOIN member AS m USING (event_id)
WHERE e.event_id = $1 AND e.kind = 'direct' AND m.user_id IS NOT NULL AND m.left_seq IS NULL
"""


async def find_seats(connection: asyncpg.Connection, event_id: UUID) -> dict[UUID, int]:
    """Find which member each user is in their direct ledger; nobody where they have none, or it is no direct ledger."""
    rows = await connection.fetch(FIND_SEATS, event_id)
    return {row[0]: row[1] for row in rows}


FIND_DIRECT_EXPENSE = """
SELECT x.event_id
FROM expense AS x JOIN event AS e USING (event_id)
WHERE x.expense_id = $1 AND e.kind = 'direct' AND ($3 OR EXISTS (
    SELECT FROM member AS m WHERE m.event_id = x.event_id AND m.user_id = $2 AND m.left_seq IS NULL))
"""


async def find_ledger_of(
    connection: asyncpg.Connection, expense_id: UUID, user_id: UUID, *, everybody: bool
) -> UUID | None:
    """Find the ledger that holds a direct expense, among those somebody can see."""
    found: UUID | None = await connection.fetchval(FIND_DIRECT_EXPENSE, expense_id, user_id, everybody)
    return found


LIST_DIRECT_MEMBERS = """
SELECT member_no, user_id, name FROM member WHERE event_id = $1 ORDER BY member_no
"""


async def list_direct_members(connection: asyncpg.Connection, event_id: UUID) -> list[tuple[int, UUID | None, str]]:
    """List who is which member of a ledger."""
    return [(row[0], row[1], row[2]) for row in await connection.fetch(LIST_DIRECT_MEMBERS, event_id)]
