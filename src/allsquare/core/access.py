"""Decide who may do what in one event: the only place, for what is read and for what is written.

docs/guides/permissions.md says it as a table, and a test holds every operation and every role to that table.
"""

import hashlib
from typing import Literal
from uuid import UUID

import msgspec

from allsquare.core.entry import MemberRole
from allsquare.core.errors import Forbidden
from allsquare.core.event import EventState, Expense, Settlement

Scope = Literal["read", "write", "admin"]
"""What a sign-in may be used for: to look, to write too, to manage accounts and access too."""

_RANKS: dict[MemberRole, int] = {"viewer": 1, "member": 2, "admin": 3}


class NotAllowed(Forbidden):
    """Whoever asks can see the event, but may not do this in it."""

    code = "access.role"
    title = "You may not do this in this event"


class ReadOnly(Forbidden):
    """The sign-in may be used to look, not to write."""

    code = "access.read_only"
    title = "This sign-in may only look"


class AdminScopeNeeded(Forbidden):
    """Whoever asks may do this, but not with a token that was made to record alone."""

    code = "access.admin_scope"
    title = "This token may not say who may do what"


class Seat(msgspec.Struct, frozen=True):
    """A member as far as access goes: the number, the role, whether they still take part, and whose login it is."""

    member: int
    role: MemberRole
    active: bool
    user_id: UUID | None


class Actor(msgspec.Struct, frozen=True):
    """Who acts on an event.

    Shape: `actor_id` is whom the journal names; one who `oversees` runs the instance and may do anything; `event_id`
        is the only event the sign-in is for, `member` a guest's seat in it, and `ceiling` the role that their link
        offered, which the seat's never exceeds for them; `invited_as` is what a link offers to one without a seat yet.
    """

    actor_id: UUID
    oversees: bool = False
    scope: Scope = "admin"
    event_id: UUID | None = None
    member: int | None = None
    ceiling: MemberRole | None = None
    invited_as: MemberRole | None = None


def overseer(user_id: UUID) -> Actor:
    """Give the actor for whoever runs the instance, at its command line."""
    return Actor(user_id, oversees=True)


def guest_id(event_id: UUID, member: int) -> UUID:
    """Give the id under which a member without an account acts in an event.

    Shape: a UUIDv8 of their seat, so that all devices of one guest are one in the journal.
    """
    value = int.from_bytes(hashlib.sha256(b"guest" + event_id.bytes + member.to_bytes(4)).digest()[:16])
    return UUID(int=(value & ~(0xF << 76) & ~(0x3 << 62)) | (0x8 << 76) | (0x2 << 62))


def seat_of(state: EventState, actor_id: UUID) -> int | None:
    """Find the member somebody is in an event, else the one they were; one who was merged is the member they became."""
    former = None
    for number, member in state.members.items():
        if member.user_id == actor_id or guest_id(state.event_id, number) == actor_id:
            while member.merged_into is not None:
                member = state.members[member.merged_into]  # noqa: PLW2901  (whom they became may have been merged too)
            if member.active:
                return member.member
            former = former or member.member
    return former


def role_in(state: EventState, actor: Actor) -> MemberRole | None:
    """Tell somebody's role in an event; None where they may not see it."""
    if actor.oversees:
        return role_of_seat(state.event_id, actor, None, state.created_by)
    user_id, number = actor.actor_id, actor.member
    own = [one for one in state.members.values() if one.user_id == user_id or one.member == number]
    # Who left and came back has two seats: the one they sit in counts.
    found = next((one for one in own if one.active), own[0] if own else None)
    seat = None if found is None else Seat(found.member, found.role, found.active, found.user_id)
    return role_of_seat(state.event_id, actor, seat, state.created_by)


def role_of_seat(event_id: UUID, actor: Actor, seat: Seat | None, created_by: UUID | None) -> MemberRole | None:
    """Tell somebody's role by the seat that is theirs, as a user or as its guest.

    Shape: who made an event and never took a seat in it is its admin; who left it has no role any more, and neither has
        a guest whose seat an account has claimed.
    """
    if actor.event_id is not None and actor.event_id != event_id:
        return None
    if actor.oversees:
        return "admin"
    if seat is None:
        return "admin" if created_by == actor.actor_id else None
    own = seat.user_id is None or seat.user_id == actor.actor_id
    return lesser_role(seat.role, actor.ceiling) if own and seat.active else None


def lesser_role(role: MemberRole, ceiling: MemberRole | None) -> MemberRole:
    """Give a role, or the ceiling where that is less."""
    return role if ceiling is None or _RANKS[role] <= _RANKS[ceiling] else ceiling


def require_role(state: EventState, actor: Actor, least: MemberRole) -> MemberRole:
    """Refuse who has a lesser role; whoever may not even see the event is refused by `permit` before.

    Raises: NotAllowed, ReadOnly.
    """
    return require_rank(actor, role_in(state, actor), least)


def require_rank(actor: Actor, role: MemberRole | None, least: MemberRole) -> MemberRole:
    """Refuse who has a lesser role than is needed, where it is known already which one they have.

    Raises: NotAllowed, ReadOnly.
    """
    role = role or actor.invited_as or "viewer"
    if actor.scope == "read":
        detail = "This sign-in may only look at events, not write."
        raise ReadOnly(detail, expected="write", actual="read")
    if _RANKS[role] < _RANKS[least]:
        detail = f"Your role in this event is {role}; this needs {least}."
        raise NotAllowed(detail, expected=least, actual=role)
    return role


def require_admin_scope(actor: Actor) -> None:
    """Refuse a token that may only record; guests have no other, and go by their link.

    Raises: AdminScopeNeeded.
    """
    if actor.scope != "admin" and actor.member is None:
        detail = f"This sign-in has the scope {actor.scope}; to change roles and to merge members needs admin."
        raise AdminScopeNeeded(detail, field="Authorization", expected="admin", actual=actor.scope)


def may(role: MemberRole, least: MemberRole) -> bool:
    """Tell whether a role reaches another."""
    return _RANKS[role] >= _RANKS[least]


def require_editor(state: EventState, actor: Actor, thing: Expense | Settlement, payers: tuple[int, ...]) -> None:
    """Refuse who may not edit an expense or take back a settlement of somebody else, as the event has it.

    Raises: NotAllowed, ReadOnly.
    """
    role = require_role(state, actor, "member")
    edit_by = state.head.edit_by if state.head is not None else "anyone"
    if edit_by == "anyone" or role == "admin":
        return
    if edit_by == "payer_and_author":
        seat = seat_of(state, actor.actor_id)
        if thing.created_by == actor.actor_id or (seat is not None and seat == seat_of(state, thing.created_by)):
            return
        if seat is not None and seat in payers:
            return
    detail = {
        "payer_and_author": "In this event only who paid, who recorded it, and admins may change this.",
        "admins": "In this event only admins may change what is recorded.",
    }[edit_by]
    raise NotAllowed(detail, field="edit_by", expected=edit_by, actual=role)
