"""Check who is in a group: names that tell people apart, weights, and accounts that whoever asks knows."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from allsquare.core.commands.members import MemberNameTaken, TooManyMembers, check_weight
from allsquare.core.commands.seats import SeatTwice
from allsquare.core.errors import NotFound
from allsquare.core.event import MAX_MEMBERS
from allsquare.core.text import MAX_NAME, check_text
from allsquare.features.groups.reads import list_known_users
from allsquare.features.groups.schemas import GroupMemberIn
from allsquare.features.groups.store import Group, GroupMember
from allsquare.features.identity.accounts.store import no_such_user
from allsquare.features.identity.caller import Caller
from allsquare.features.wire.decimals import parse_decimal
from allsquare.pg.borrow import Connection


class GroupMemberNotFound(NotFound):
    """There is no such member in the group, or they have left."""

    code = "group.member_not_found"
    title = "There is no such member"


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

    Raises: TooManyMembers, MemberNameTaken, SeatTwice, WeightOutOfBounds, DecimalInvalid, the errors of text.
    """
    numbered = len(members) + len(bodies)
    if numbered > MAX_MEMBERS:
        detail = f"The group would have {numbered} members, at most {MAX_MEMBERS} are allowed."
        raise TooManyMembers(detail, field=field, expected=f"at most {MAX_MEMBERS}", actual=str(numbered))
    names = {one.name.casefold() for one in members if one.active}
    accounts = {one.user_id for one in members if one.active and one.user_id is not None}
    new: list[GroupMember] = []
    for number, body in enumerate(bodies, len(members) + 1):
        name = check_text(body.name, field=field, limit=MAX_NAME)
        _refuse_taken(names, name, field=field)
        names.add(name.casefold())
        if body.user_id is not None:
            _refuse_seated(accounts, body.user_id)
            accounts.add(body.user_id)
        weight = read_weight(body.weight)
        new.append(GroupMember(group_id, number, body.user_id, name, body.role, weight, active=True))
    return new


async def require_known(connection: Connection, caller: Caller, members: Sequence[GroupMember]) -> None:
    """Refuse accounts of people that whoever asks does not know, as if they were not there; raises UserNotFound."""
    asked = [one.user_id for one in members if one.user_id is not None and one.user_id != caller.user_id]
    if not asked:
        return
    known = await list_known_users(connection, caller, asked)
    for user_id in asked:
        if user_id not in known:
            raise no_such_user(user_id)


def refuse_name(members: Sequence[GroupMember], name: str, *, field: str, but: int) -> None:
    """Refuse a name that another active member has; raises MemberNameTaken."""
    others = {one.name.casefold() for one in members if one.active and one.member != but}
    _refuse_taken(others, name, field=field)


def _refuse_seated(accounts: set[UUID], user_id: UUID) -> None:
    if user_id in accounts:
        detail = "This account has a seat in the group already."
        raise SeatTwice(detail, field="user_id", actual=str(user_id))


def _refuse_taken(taken: set[str], name: str, *, field: str) -> None:
    if name.casefold() in taken:
        detail = f"There is a member called {name} already. Add something that tells the two apart."
        raise MemberNameTaken(detail, field=field, actual=name)


def read_weight(text: str) -> int:
    """Read a weight, in ten thousandths; raises DecimalInvalid, WeightOutOfBounds."""
    return check_weight(parse_decimal(text, 4, field="weight"))


def with_changes(member: GroupMember, **changes: object) -> GroupMember:
    """Give a member with some fields changed."""
    return msgspec.structs.replace(member, **changes)
