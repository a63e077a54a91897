"""Change groups: each change holds the group's row, so that two admins who act at once see each other."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from allsquare.core.commands.base import VersionConflict
from allsquare.core.money import exponent
from allsquare.features.groups.access import role_in_group
from allsquare.features.groups.reads import GroupNotFound
from allsquare.features.groups.store import Group, find_group, lock_group, take_key
from allsquare.features.identity.call import Call
from allsquare.features.wire.fields import Wire
from allsquare.ledger.refusals import mismatch
from allsquare.pg.borrow import Connection


class GroupVersionConflict(VersionConflict):
    """Somebody changed the group since the version the edit was based on."""

    code = "group.version_conflict"
    title = "Somebody else changed the group first"


async def get_group(connection: Connection, call: Call, group_id: UUID) -> Group:
    """Get a group that whoever asks may see; raises GroupNotFound."""
    return _visible(await find_group(connection, group_id), call, group_id)


@asynccontextmanager
async def holding(call: Call, group_id: UUID) -> AsyncIterator[tuple[Connection, Group]]:
    """Hold a group that whoever asks may see, in a transaction; raises GroupNotFound."""
    async with call.writing() as connection:
        yield connection, _visible(await lock_group(connection, group_id), call, group_id)


def _visible(group: Group | None, call: Call, group_id: UUID) -> Group:
    if group is None or role_in_group(group, call.caller) is None:
        detail = f"There is no group {group_id}."
        raise GroupNotFound(detail)
    return group


def require_version(group: Group, seen: int | None) -> None:
    """Refuse an edit that was based on another version; raises GroupVersionConflict."""
    if seen is not None and seen != group.version:
        detail = f"Your edit is based on version {seen}, the current version is {group.version}."
        raise GroupVersionConflict(detail, expected=str(group.version), actual=str(seen))


async def find_repeated(connection: Connection, call: Call, what: str, body: Wire, *, member: int) -> int | None:
    """Find the member whom an earlier request under the same key made; None where this one is the first to.

    Shape: `what` is the operation and on which group, `member` whom this request is about to make.
    Raises: IdempotencyMismatch where that request asked for something else.
    """
    command_id, keyed = call.command_id()
    if not keyed:
        return None
    asked = hashlib.sha256(f"{what}\n{body.model_dump_json()}".encode()).digest()
    same, made, is_new = await take_key(connection, command_id, asked, member=member)
    if not same:
        raise mismatch()
    return None if is_new else made


def check_currency(code: str | None) -> None:
    """Refuse a currency that there is not; raises CurrencyUnknown."""
    if code is not None:
        exponent(code)
