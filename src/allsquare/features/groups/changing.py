"""Change groups: each change holds the group's row, so that two admins who act at once see each other."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from allsquare.core.commands.base import VersionConflict
from allsquare.core.commands.members import MemberNameTaken, TooManyMembers, check_weight
from allsquare.core.errors import NotFound
from allsquare.core.event import MAX_MEMBERS
from allsquare.core.text import MAX_NAME, check_text
from allsquare.features.groups.access import role_in_group
from allsquare.features.groups.reads import GroupNotFound
from allsquare.features.groups.schemas import GroupMemberIn
from allsquare.features.groups.store import Group, GroupMember, find_group, lock_group
from allsquare.features.identity.call import Call
from allsquare.features.wire.decimals import parse_decimal
from allsquare.pg.borrow import Connection


class GroupMemberNotFound(NotFound):
    """There is no such member in the group, or they have left."""

    code = "group.member_not_found"
    title = "There is no such member"


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


def member_of(group: Group, number: int) -> GroupMember:
    """Find a member who has not left; raises GroupMemberNotFound."""
    found = next((one for one in group.members if one.member == number and one.active), None)
    if found is None:
        detail = f"There is no member {number} in this group."
        raise GroupMemberNotFound(detail, field="member", actual=str(number))
    return found


def new_members(
    group_id: UUID, members: Sequence[GroupMember], bodies: Sequence[GroupMemberIn], *, field: str
) -> list[GroupMember]:
    """Give new members their numbers.

    Raises: TooManyMembers, MemberNameTaken, WeightOutOfBounds, DecimalInvalid, the errors of text.
    """
    numbered = len(members) + len(bodies)
    if numbered > MAX_MEMBERS:
        detail = f"The group would have {numbered} members, at most {MAX_MEMBERS} are allowed."
        raise TooManyMembers(detail, field=field, expected=f"at most {MAX_MEMBERS}", actual=str(numbered))
    new: list[GroupMember] = []
    for number, body in enumerate(bodies, len(members) + 1):
        name = check_text(body.name, field=field, limit=MAX_NAME)
        refuse_name([*members, *new], name, field=field)
        weight = read_weight(body.weight)
        new.append(GroupMember(group_id, number, None, name, body.role, weight, active=True))
    return new


def refuse_name(members: Sequence[GroupMember], name: str, *, field: str, but: int | None = None) -> None:
    """Refuse a name that another active member has; raises MemberNameTaken."""
    if any(one.active and one.member != but and one.name.casefold() == name.casefold() for one in members):
        detail = f"There is a member called {name} already. Add something that tells the two apart."
        raise MemberNameTaken(detail, field=field, actual=name)


def read_weight(text: str) -> int:
    """Read a weight, in ten thousandths; raises DecimalInvalid, WeightOutOfBounds."""
    return check_weight(parse_decimal(text, 4, field="weight"))


def with_changes(member: GroupMember, **changes: object) -> GroupMember:
    """Give a member with some fields changed."""
    return msgspec.structs.replace(member, **changes)
