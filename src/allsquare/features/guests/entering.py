"""Seat people without an account, and sign them in as guests."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from allsquare.core.access import Actor, guest_id, lesser_role
from allsquare.core.commands.members import AddMembers, ChangeMember, SeatTerms
from allsquare.core.entry import MemberRole, MembersAdded, change_of
from allsquare.core.errors import AllsquareError, Conflict
from allsquare.features.guests.seating import Seated, count_use, pick, post_once, uncount_use
from allsquare.features.guests.store import Link, add_guest_session, drop_guest_session, renew_guest_session
from allsquare.features.identity.call import OpenCall
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.ids import derived_id, new_id
from allsquare.ledger.store import load_known_commands
from allsquare.pg.borrow import Connection

GUEST_PREFIX = "asg_"
GUEST_DAYS = 365


class JoinEnded(Conflict):
    """What was opened under this key has ended."""

    code = "link.join_ended"
    title = "That sign-in has ended"


class _Opening:
    """A guest's sign-in that is about to be: its id, its token, its end."""

    def __init__(self, session_id: UUID) -> None:
        self.session_id = session_id
        self.token = GUEST_PREFIX + secrets.token_urlsafe(32)
        self.token_hash = hash_token(self.token)
        self.expires_at = datetime.now(UTC) + timedelta(days=GUEST_DAYS)

    async def write(self, connection: Connection, link: Link, member: int, device: str) -> None:
        await add_guest_session(
            connection,
            self.session_id,
            link,
            member,
            token_hash=self.token_hash,
            device=device,
            expires_at=self.expires_at,
        )

    def seated(self, event_id: UUID, member: int, role: MemberRole, *, replayed: bool = False) -> Seated:
        return Seated(event_id, member, role, self.token, self.expires_at, replayed=replayed)


async def seat_guest(call: OpenCall, link: Link, *, member: int | None, name: str, key: str | None) -> Seated:
    """Seat somebody without an account, as a member who is there or as a new one, and sign them in.

    Ensures: the same key gets the same seat, counted once, with a new token in place of the lost one.
    Raises: JoinEnded, what `count_use`, `pick` and the commands raise.
    """
    command_id = new_id() if key is None else derived_id("join", link.link_id.bytes, key.encode())
    wanted = f"={name}" if member is None else str(member)
    opening = _Opening(derived_id("guest", command_id.bytes, wanted.encode()))
    if key is not None:
        again = await _open_again(call, opening)
        if again is not None:
            return again
    if member is not None:
        return await _seat_as(call, link, member, opening)
    return await _seat_new(call, link, name, opening, command_id=command_id, keyed=key is not None)


async def _open_again(call: OpenCall, opening: _Opening) -> Seated | None:
    async with call.writing() as connection:
        found = await renew_guest_session(
            connection, opening.session_id, token_hash=opening.token_hash, expires_at=opening.expires_at
        )
        if found is None:
            return None
        if not found.open:
            detail = "What was opened under this key has ended. Join again under another key."
            raise JoinEnded(detail, field="Idempotency-Key")
    call.services.forget_caller()
    return opening.seated(found.event_id, found.member, lesser_role(found.role, found.ceiling), replayed=True)


async def _seat_as(call: OpenCall, link: Link, member: int, opening: _Opening) -> Seated:
    async with call.writing() as connection:
        await count_use(connection, link)
        picked = await pick(connection, link, member)
        await opening.write(connection, link, member, call.device)
    if picked.role != picked.former:
        # The admin who made the link offered the role; nobody has the token yet, so nobody acts with it alone.
        actor = Actor(guest_id(link.event_id, member), invited_as="admin")
        try:
            await post_once(call.services, actor, link.event_id, ChangeMember(member, role=picked.role))
        except AllsquareError:
            async with call.writing() as connection:
                await drop_guest_session(connection, opening.session_id)
            await uncount_use(call.services, link)
            raise
    return opening.seated(link.event_id, member, lesser_role(picked.role, link.role))


async def _seat_new(
    call: OpenCall, link: Link, name: str, opening: _Opening, *, command_id: UUID, keyed: bool
) -> Seated:
    async with call.writing() as connection:
        known = keyed and bool(await load_known_commands(connection, [(link.event_id, command_id)]))
        if not known:
            await count_use(connection, link)
    try:
        # Which number they get is not known yet, so the journal names the link as who brought them in.
        posted = await call.services.submit_as(
            Actor(link.link_id, invited_as=link.role),
            link.event_id,
            AddMembers((name,), (SeatTerms(link.role),)),
            command_id=command_id,
            keyed=keyed,
            final=keyed,
        )
    except AllsquareError:
        if not known:
            await uncount_use(call.services, link)
        raise
    if posted.replayed and not known:
        await uncount_use(call.services, link)
    (seat,) = change_of(posted.entry, MembersAdded).members
    async with call.writing() as connection:
        await opening.write(connection, link, seat.member, call.device)
    return opening.seated(link.event_id, seat.member, seat.role, replayed=posted.replayed)
