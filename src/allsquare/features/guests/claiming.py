"""Seat accounts: by a link, or as whom they were as a guest."""

from uuid import UUID

from allsquare.core.access import Actor, Seat, lesser_role
from allsquare.core.commands.members import AddMembers, SeatTerms
from allsquare.core.commands.seats import ClaimMember
from allsquare.core.entry import MemberClaimed, MemberRole, MembersAdded, change_of
from allsquare.core.errors import AllsquareError, NotFound
from allsquare.features.guests.seating import (
    MemberInUse,
    Seated,
    count_use,
    leave_guests,
    pick,
    post_once,
    uncount_use,
)
from allsquare.features.guests.store import GuestSession, Link, find_guest_session, has_earlier_guest
from allsquare.features.identity.access.store import find_seat
from allsquare.features.identity.caller import Caller, require_user
from allsquare.features.identity.services import Services
from allsquare.features.identity.store import hash_token


class GuestNotFound(NotFound):
    """No guest of that event is known by this token."""

    code = "guest.not_found"
    title = "There is no such guest"


async def find_own_seat(services: Services, caller: Caller, event_id: UUID) -> tuple[Seat | None, bool]:
    """Find the seat somebody has or had in an event, and whether they made the event and never had one."""
    async with services.reading() as connection:
        found = await find_seat(connection, event_id, caller.user_id, caller.member)
    if found is None:
        return None, False
    created_by, seat = found
    return seat, seat is None and created_by == caller.user_id


async def seat_user(services: Services, caller: Caller, link: Link, *, member: int | None, name: str) -> Seated:
    """Seat an account by a link; whoever has a seat already keeps it, and it is not counted.

    Raises: UsersOnly, ScopeTooNarrow, MemberInUse, what `count_use`, `pick` and the commands raise.
    """
    require_user(caller, "write")
    own, is_maker = await find_own_seat(services, caller, link.event_id)
    if own is not None and own.active:
        return Seated(link.event_id, own.member, own.role, is_new=False)
    async with services.writing() as connection:
        await count_use(connection, link)
        picked = None if member is None else await pick(connection, link, member)
        if picked is not None and picked.in_use:
            detail = (
                f"A guest is member {member} already. If that is you, claim it where you are that guest; "
                "else join as somebody new, and let an admin merge the two."
            )
            raise MemberInUse(detail, field="member", actual=str(member))
    offered = link.role if picked is None else lesser_role(picked.role, link.role)
    role: MemberRole = "admin" if is_maker else offered
    command = (
        AddMembers((name or caller.name,), (SeatTerms(role, caller.user_id),))
        if picked is None
        else ClaimMember(picked.member, caller.user_id, role)
    )
    try:
        entry = await post_once(services, Actor(caller.user_id, invited_as=link.role), link.event_id, command)
    except AllsquareError:
        await uncount_use(services, link)
        raise
    if picked is None:
        (seat,) = change_of(entry, MembersAdded).members
        return Seated(link.event_id, seat.member, seat.role)
    await leave_guests(services, link.event_id, picked.member)
    return Seated(link.event_id, picked.member, role)


async def claim_guest(services: Services, caller: Caller, event_id: UUID, guest_token: str) -> Seated:
    """Let an account be whom it was as a guest; sent again, it gets the seat it got.

    Raises: UsersOnly, ScopeTooNarrow, GuestNotFound, MemberInUse, SeatTwice, MemberClaimedAlready.
    """
    require_user(caller, "write")
    async with services.reading() as connection:
        guest = await find_guest_session(connection, hash_token(guest_token))
        shared = await has_earlier_guest(connection, hash_token(guest_token))
    if guest is not None and guest.event_id == event_id and guest.user_id == caller.user_id:
        return Seated(event_id, guest.member, guest.role, is_new=False)
    guest = _require_open(guest, event_id)
    if shared:
        detail = (
            f"Somebody was member {guest.member} before you came, and still is. If that is you, claim it where you "
            "came in first; else an admin can merge members."
        )
        raise MemberInUse(detail, field="guest_token", actual=str(guest.member))
    _, is_maker = await find_own_seat(services, caller, event_id)
    role: MemberRole = "admin" if is_maker else lesser_role(guest.role, guest.ceiling)
    actor = Actor(caller.user_id, invited_as=role)
    entry = await post_once(services, actor, event_id, ClaimMember(guest.member, caller.user_id, role))
    await leave_guests(services, event_id, guest.member)
    return Seated(event_id, guest.member, change_of(entry, MemberClaimed).role)


def _require_open(guest: GuestSession | None, event_id: UUID) -> GuestSession:
    if guest is None or guest.event_id != event_id or not guest.open or guest.user_id is not None:
        detail = "No guest of this event is known by this token. Open the link again, and claim the member then."
        raise GuestNotFound(detail, field="guest_token")
    return guest
