"""Read a group as it is when an event copies it."""

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
