"""Read a group as it is when an event copies it, and who knows whom."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.entry import MemberRole
from allsquare.core.errors import NotFound
from allsquare.features.identity.caller import Caller


class GroupNotFound(NotFound):
    """There is no such group, or it is not yours to see."""

    code = "group.not_found"
    title = "There is no such group"


class GroupSeat(msgspec.Struct, frozen=True):
    """One member of a group: what an event takes over of them."""

    name: str
    role: MemberRole
    weight: int
    user_id: UUID | None


class GroupSnapshot(msgspec.Struct, frozen=True):
    """A group as it is now."""

    currency: str | None
    seats: list[GroupSeat]


GET_GROUP_CURRENCY = """
SELECT g.currency
FROM user_group AS g
WHERE g.group_id = $1 AND g.deleted_at IS NULL AND ($3 OR EXISTS (
    SELECT FROM group_member AS m WHERE m.group_id = g.group_id AND m.user_id = $2 AND m.left_at IS NULL))
"""

LIST_GROUP_SEATS = """
SELECT name, role, weight, user_id FROM group_member WHERE group_id = $1 AND left_at IS NULL ORDER BY member_no
"""


async def snapshot_group(connection: asyncpg.Connection, caller: Caller, group_id: UUID) -> GroupSnapshot:
    """Copy a group's active members and its currency; raises GroupNotFound."""
    row = await connection.fetchrow(GET_GROUP_CURRENCY, group_id, caller.user_id, caller.role == "owner")
    if row is None:
        detail = f"There is no group {group_id}."
        raise GroupNotFound(detail)
    seats = [GroupSeat(*seat) for seat in await connection.fetch(LIST_GROUP_SEATS, group_id)]
    return GroupSnapshot(row[0], seats)


LIST_KNOWN_USERS = """
SELECT u.user_id, u.name
FROM "user" AS u
WHERE u.user_id = ANY($2::uuid[]) AND u.deleted_at IS NULL AND ($3 OR u.user_id = $1 OR EXISTS (
    SELECT FROM member AS mine JOIN member AS theirs USING (event_id)
    WHERE mine.user_id = $1 AND mine.left_seq IS NULL AND theirs.user_id = u.user_id AND theirs.left_seq IS NULL
) OR EXISTS (
    SELECT FROM group_member AS mine JOIN group_member AS theirs USING (group_id)
    WHERE mine.user_id = $1 AND mine.left_at IS NULL AND theirs.user_id = u.user_id AND theirs.left_at IS NULL
))
"""


async def list_known_users(connection: asyncpg.Connection, caller: Caller, asked: Sequence[UUID]) -> dict[UUID, str]:
    """List which of these users somebody knows and what they are called: all they share an event or group with.

    Shape: everybody knows themselves, and the owner knows everybody.
    """
    rows = await connection.fetch(LIST_KNOWN_USERS, caller.user_id, list(asked), caller.role == "owner")
    return {row[0]: row[1] for row in rows}
