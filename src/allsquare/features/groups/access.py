"""Decide who may do what in a group: the only place that does."""

from allsquare.core.access import NotAllowed, may
from allsquare.core.entry import MemberRole
from allsquare.core.errors import Conflict
from allsquare.features.groups.store import Group, GroupMember
from allsquare.features.identity.caller import Caller


class GroupNotAllowed(NotAllowed):
    """Whoever asks can see the group, but may not do this in it."""

    code = "group.role"
    title = "You may not do this in this group"


class GroupLastAdmin(Conflict):
    """Somebody with an account must be able to manage the group."""

    code = "group.last_admin"
    title = "The group needs an admin"


def role_in_group(group: Group, caller: Caller) -> MemberRole | None:
    """Tell somebody's role in a group; None where they may not see it."""
    if caller.role == "owner":
        return "admin"
    return next((one.role for one in group.members if one.active and one.user_id == caller.user_id), None)


def require_group_role(group: Group, caller: Caller, least: MemberRole, *, own: int | None = None) -> None:
    """Refuse who has a lesser role, unless it is about their own seat; raises GroupNotAllowed."""
    role = role_in_group(group, caller) or "viewer"
    seat = next((one for one in group.members if one.member == own), None)
    if seat is not None and seat.user_id == caller.user_id:
        return
    if not may(role, least):
        detail = f"Your role in this group is {role}; this needs {least}."
        raise GroupNotAllowed(detail, expected=least, actual=role)


def require_other_group_admin(group: Group, member: GroupMember) -> None:
    """Refuse to let the last admin go while somebody else with an account is there; raises GroupLastAdmin."""
    if member.role != "admin" or member.user_id is None:
        return
    others = [one for one in group.members if one.active and one.user_id and one.member != member.member]
    if not any(other.role == "admin" for other in others):
        detail = "The last admin cannot go. Make somebody else an admin first" + (
            "." if others else ", or delete the group: nobody else in it has an account."
        )
        raise GroupLastAdmin(detail, field="role", expected="another admin", actual=str(member.member))
