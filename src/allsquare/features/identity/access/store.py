"""Read what decides about access: who made an event, and which seat somebody has in it."""

from uuid import UUID

import asyncpg

from allsquare.core.access import Seat

FIND_SEAT = """
SELECT e.created_by, m.member_no, m.role, m.left_seq IS NULL AS active, m.user_id
FROM event AS e
LEFT JOIN member AS m ON m.event_id = e.event_id AND (m.user_id = $2 OR m.member_no = $3)
WHERE e.event_id = $1 ORDER BY m.left_seq IS NULL DESC, m.member_no LIMIT 1
"""


async def find_seat(
    connection: asyncpg.Connection, event_id: UUID, user_id: UUID, member: int | None
) -> tuple[UUID, Seat | None] | None:
    """Find who made an event and the seat somebody has in it, as a user or as the guest of that member.

    Shape: None where there is no such event.
    """
    row = await connection.fetchrow(FIND_SEAT, event_id, user_id, member)
    if row is None:
        return None
    created_by, number, role, active, owner = row
    return created_by, None if number is None else Seat(number, role, active, owner)


LIST_NAMES = """
SELECT member_no, name FROM member WHERE event_id = $1
"""


async def list_names(connection: asyncpg.Connection, event_id: UUID) -> list[tuple[int, str]]:
    """List what the members of an event are called, by number."""
    return [tuple(row) for row in await connection.fetch(LIST_NAMES, event_id)]
