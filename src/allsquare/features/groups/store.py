"""Keep groups and their members."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.entry import MemberRole


class GroupMember(msgspec.Struct, frozen=True):
    """One member of a group; `weight` in ten thousandths."""

    group_id: UUID
    member: int
    user_id: UUID | None
    name: str
    role: MemberRole
    weight: int
    active: bool


class Group(msgspec.Struct, frozen=True):
    """A group with its members, those who left included, by number."""

    group_id: UUID
    name: str
    currency: str | None
    version: int
    created_at: datetime
    members: list[GroupMember]


LOCK_GROUP = """
SELECT group_id, name, currency, version, created_at FROM user_group
WHERE group_id = $1 AND deleted_at IS NULL FOR UPDATE
"""


async def lock_group(connection: asyncpg.Connection, group_id: UUID) -> Group | None:
    """Get a group, and hold it until the transaction ends."""
    return await _with_members(connection, await connection.fetchrow(LOCK_GROUP, group_id))


FIND_GROUP = """
SELECT group_id, name, currency, version, created_at FROM user_group WHERE group_id = $1 AND deleted_at IS NULL
"""


async def find_group(connection: asyncpg.Connection, group_id: UUID) -> Group | None:
    """Get a group."""
    return await _with_members(connection, await connection.fetchrow(FIND_GROUP, group_id))


async def _with_members(connection: asyncpg.Connection, row: asyncpg.Record | None) -> Group | None:
    if row is None:
        return None
    group_id, name, currency, version, created_at = row
    members = await list_group_members(connection, [group_id])
    return Group(group_id, name, currency, version, created_at, members[group_id])


LIST_GROUPS = """
SELECT g.group_id, g.name, g.currency, g.version, g.created_at
FROM user_group AS g
WHERE g.deleted_at IS NULL
  AND ($1::uuid IS NULL OR EXISTS (
      SELECT FROM group_member AS m WHERE m.group_id = g.group_id AND m.user_id = $1 AND m.left_at IS NULL))
  AND ($2::timestamptz IS NULL OR (g.created_at, g.group_id) < ($2, $3::uuid))
  AND ($4::text IS NULL OR strpos(lower(g.name), lower($4)) > 0)
ORDER BY g.created_at DESC, g.group_id DESC LIMIT $5
"""


async def list_groups(
    connection: asyncpg.Connection,
    *,
    whose: UUID | None,
    before: tuple[datetime, UUID] | None,
    search: str | None,
    limit: int,
) -> list[Group]:
    """List groups, newest first: everybody's, or those that somebody is in."""
    at, group_id = before or (None, None)
    rows = await connection.fetch(LIST_GROUPS, whose, at, group_id, search, limit)
    members = await list_group_members(connection, [row[0] for row in rows])
    return [
        Group(group_id, name, currency, version, created_at, members[group_id])
        for group_id, name, currency, version, created_at in rows
    ]


LIST_GROUP_MEMBERS = """
SELECT group_id, member_no, user_id, name, role, weight, left_at IS NULL AS active
FROM group_member WHERE group_id = ANY($1::uuid[]) ORDER BY group_id, member_no
"""


async def list_group_members(
    connection: asyncpg.Connection, group_ids: Sequence[UUID]
) -> dict[UUID, list[GroupMember]]:
    """List the members of groups, those who left included."""
    found: dict[UUID, list[GroupMember]] = {group_id: [] for group_id in group_ids}
    for row in await connection.fetch(LIST_GROUP_MEMBERS, list(group_ids)):
        found[row[0]].append(GroupMember(*row))
    return found


TAKE_KEY = """
INSERT INTO group_request AS r (command_id, request_hash, member_no) VALUES ($1, $2, $3)
ON CONFLICT (command_id) DO UPDATE SET request_hash = r.request_hash
RETURNING r.request_hash = $2 AS same, r.member_no, r.xmax = 0 AS is_new
"""


async def take_key(
    connection: asyncpg.Connection, command_id: UUID, request_hash: bytes, *, member: int
) -> tuple[bool, int, bool]:
    """Take an idempotency key for a request that makes a member, unless one took it before.

    Shape: whether what was asked first is the same, the member that made, and whether this is the first.
    Locks: the key, until the transaction ends; of two at once, one waits.
    """
    row = await connection.fetchrow(TAKE_KEY, command_id, request_hash, member)
    if row is None:
        message = "a key that was just written is not there"
        raise AssertionError(message)
    return row[0], row[1], row[2]


ADD_GROUP = """
INSERT INTO user_group (group_id, name, currency, version, created_by) VALUES ($1, $2, $3, 1, $4)
"""


async def add_group(
    connection: asyncpg.Connection, group_id: UUID, *, name: str, currency: str | None, created_by: UUID
) -> None:
    """Add a group without members."""
    await connection.execute(ADD_GROUP, group_id, name, currency, created_by)


ADD_GROUP_MEMBERS = """
INSERT INTO group_member (group_id, member_no, user_id, name, role, weight)
SELECT $1, member_no, user_id, name, role, weight
FROM unnest($2::integer[], $3::uuid[], $4::text[], $5::text[], $6::bigint[])
     AS new (member_no, user_id, name, role, weight)
"""


async def add_group_members(connection: asyncpg.Connection, group_id: UUID, members: Sequence[GroupMember]) -> None:
    """Add members under their numbers."""
    await connection.execute(
        ADD_GROUP_MEMBERS,
        group_id,
        [one.member for one in members],
        [one.user_id for one in members],
        [one.name for one in members],
        [one.role for one in members],
        [one.weight for one in members],
    )


CHANGE_GROUP = """
UPDATE user_group SET name = $2, currency = $3, version = version + 1 WHERE group_id = $1
"""


async def change_group(connection: asyncpg.Connection, group_id: UUID, *, name: str, currency: str | None) -> None:
    """Change what a group is called and what its events are in."""
    await connection.execute(CHANGE_GROUP, group_id, name, currency)


DELETE_GROUP = """
UPDATE user_group SET deleted_at = now(), version = version + 1 WHERE group_id = $1
"""


async def delete_group(connection: asyncpg.Connection, group_id: UUID) -> None:
    """Withdraw a group from view; events that copied it keep their members."""
    await connection.execute(DELETE_GROUP, group_id)


CHANGE_GROUP_MEMBER = """
WITH moved AS (UPDATE user_group SET version = version + 1 WHERE group_id = $1)
UPDATE group_member SET name = $3, role = $4, weight = $5, left_at = CASE WHEN $6 THEN NULL ELSE now() END
WHERE group_id = $1 AND member_no = $2
"""


async def change_group_member(connection: asyncpg.Connection, member: GroupMember) -> None:
    """Write a member as they are now."""
    values = (member.group_id, member.member, member.name, member.role, member.weight, member.active)
    await connection.execute(CHANGE_GROUP_MEMBER, *values)


COUNT_UP = """
UPDATE user_group SET version = version + 1 WHERE group_id = $1
"""


async def count_group_up(connection: asyncpg.Connection, group_id: UUID) -> None:
    """Count a change of a group's members."""
    await connection.execute(COUNT_UP, group_id)
