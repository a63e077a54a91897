"""Decide seats: which account a member is, and that a person is forgotten."""

from datetime import datetime
from uuid import UUID

from allsquare.core.commands.base import Accepted, Command, next_head, require_head, require_members
from allsquare.core.entry import MemberClaimed, MemberForgotten, MemberRole
from allsquare.core.errors import Conflict
from allsquare.core.event import EventState, today
from allsquare.core.settle.fees.cheapest import UNKNOWN


class MemberClaimedAlready(Conflict):
    """The member belongs to an account already."""

    code = "member.claimed"
    title = "The member has an account"


class SeatTwice(Conflict):
    """An account has one seat in an event."""

    code = "member.seat_twice"
    title = "You have a seat in this event already"


class ClaimMember(Command, frozen=True):
    """Let a member without an account be an account's; `role` None keeps the member's own."""

    member: int
    user_id: UUID
    role: MemberRole | None = None


class ForgetMember(Command, frozen=True):
    """Take a person's name, account and payment details off a member; numbers and history stay."""

    member: int


def decide_claim_member(state: EventState, command: ClaimMember, now: datetime) -> Accepted:
    """Accept that a member is an account's from now on, in every status: it moves no money.

    Raises: EventNotFound, MemberUnknown, MemberInactive, MemberClaimedAlready, SeatTwice.
    """
    head = require_head(state)
    require_members(state, (command.member,), field="member")
    member = state.members[command.member]
    if member.user_id is not None:
        detail = f"Member {command.member} belongs to an account already."
        raise MemberClaimedAlready(detail, field="member", actual=str(command.member))
    require_no_seat(state, command.user_id)
    change = MemberClaimed(
        head=next_head(head), member=command.member, user_id=command.user_id, role=command.role or member.role
    )
    return Accepted(change, today(now))


def require_no_seat(state: EventState, user_id: UUID) -> None:
    """Refuse a second seat for an account; raises SeatTwice."""
    for number, member in state.members.items():
        if member.user_id == user_id and member.active:
            detail = f"This account is member {number} of the event already; an admin can merge two members."
            raise SeatTwice(detail, field="member", actual=str(number))


def decide_forget_member(state: EventState, command: ForgetMember, now: datetime) -> Accepted:
    """Accept that a person is forgotten, in every status, also of an event that was archived or deleted.

    Raises: EventNotFound, MemberUnknown.
    """
    head = state.head or require_head(state)
    require_members(state, (command.member,), field="member", left_allowed=True)
    return Accepted(
        MemberForgotten(head=next_head(head), member=command.member),
        today(now),
        names={command.member: f"Former member {command.member}"},
        profiles={command.member: UNKNOWN},
    )
