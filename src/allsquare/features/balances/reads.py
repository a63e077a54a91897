"""Read what one user owes and is owed, in every event they have a seat in."""

from uuid import UUID

import asyncpg
import msgspec


class OwedBy(msgspec.Struct, frozen=True):
    """What one member of one event owes the user (negative: is owed), in minor units of the currency."""

    event_id: UUID
    event_name: str
    currency: str
    member: int
    user_id: UUID | None
    name: str
    owed_minor: int


LIST_OWED = """
SELECT e.event_id, e.name AS event_name, b.currency, other.member_no, other.user_id, coalesce(u.name, other.name),
       CASE WHEN b.lo_member = mine.member_no THEN b.hi_owes - b.lo_owes ELSE b.lo_owes - b.hi_owes END AS owed_minor
FROM member AS mine
JOIN event AS e ON e.event_id = mine.event_id AND e.status NOT IN ('cleared', 'archived', 'deleted')
JOIN pair_balance AS b ON b.event_id = mine.event_id AND mine.member_no IN (b.lo_member, b.hi_member)
     AND b.lo_owes <> b.hi_owes
JOIN member AS other ON other.event_id = mine.event_id
     AND other.member_no = CASE WHEN b.lo_member = mine.member_no THEN b.hi_member ELSE b.lo_member END
LEFT JOIN "user" AS u ON u.user_id = other.user_id
WHERE mine.user_id = $1
ORDER BY e.created_at, e.event_id, other.member_no, b.currency
"""


async def list_owed(connection: asyncpg.Connection, user_id: UUID) -> list[OwedBy]:
    """List every pair balance of a user, with the other side of it.

    Shape: not those of events in which everybody is square: what is left between pairs there goes round in circles.
    """
    return [OwedBy(*row) for row in await connection.fetch(LIST_OWED, user_id)]
