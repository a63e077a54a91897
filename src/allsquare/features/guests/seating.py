"""Say whom a link seats, as whom and in which role, and count how often it did.

What role they get: somebody new has the link's. A member who is there and whom nobody has been before is raised to the
link's role where theirs is less, for they are whom the link is for; one whom a guest is already is not, for what
somebody else may do is not changed by a link. A guest acts with no more than their own link offered, whatever the
member's role (`Actor.ceiling`), and an account that takes a seat gets it with no more than that. Whoever made an event
and takes their first seat in it stays its admin.

A link lets guests share a member, for one person has several devices. It does not let an account take that member from
them: that is for whom the member has been longest, who claims it, and for an admin, who merges.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from allsquare.core.access import Actor, may
from allsquare.core.commands.base import Command, MemberInactive, MemberUnknown
from allsquare.core.commands.seats import MemberClaimedAlready
from allsquare.core.entry import Entry, MemberRole
from allsquare.core.errors import Conflict
from allsquare.features.guests.store import (
    Link,
    end_guest_sessions,
    get_link,
    give_use_back,
    pick_member,
    take_use,
)
from allsquare.features.identity.services import Services
from allsquare.features.wire.ids import new_id
from allsquare.pg.borrow import Connection


class LinkRevoked(Conflict):
    """An admin took the link back."""

    code = "link.revoked"
    title = "The link was revoked"


class LinkExpired(Conflict):
    """The link was good until a while ago."""

    code = "link.expired"
    title = "The link has expired"


class LinkUsedUp(Conflict):
    """As many people as the link was for have joined by it."""

    code = "link.used_up"
    title = "The link is used up"


class MemberInUse(Conflict):
    """Somebody is that member already, without an account."""

    code = "member.in_use"
    title = "A guest is this member already"


class Seated(msgspec.Struct, frozen=True):
    """A seat that somebody got, or had; with a token where it is a guest's."""

    event_id: UUID
    member: int
    role: MemberRole
    guest_token: str | None = None
    expires_at: datetime | None = None
    is_new: bool = True
    replayed: bool = False


class Picked(msgspec.Struct, frozen=True):
    """A member whom somebody may be: the role the member had, the one they have from now on, and if a guest is them."""

    member: int
    former: MemberRole
    role: MemberRole
    in_use: bool


def require_good(link: Link) -> None:
    """Refuse a link that was revoked or has expired; raises LinkRevoked, LinkExpired.

    Shape: one whose maker may not let people in any more counts as revoked; what became of them is nobody's to learn.
    """
    if link.status in {"revoked", "lapsed"}:
        detail = "This link was revoked. Ask whoever sent it for another one."
        raise LinkRevoked(detail, field="token")
    if link.status == "expired":
        detail = "This link has expired. Ask whoever sent it for another one."
        raise LinkExpired(detail, field="token")


def require_unused(link: Link) -> None:
    """Refuse a link that as many have used as it was for; raises LinkUsedUp."""
    if link.status == "used_up":
        detail = "As many as this link was for have joined by it. Ask whoever sent it for another one."
        raise LinkUsedUp(detail, field="token", expected=f"at most {link.max_uses}", actual=str(link.uses))


async def count_use(connection: Connection, link: Link) -> None:
    """Count that somebody joins by a link; where that transaction does not commit, nobody did.

    Locks: the link, until the transaction ends.
    Raises: LinkRevoked, LinkExpired, LinkUsedUp.
    """
    if await take_use(connection, link.link_id):
        return
    now = await get_link(connection, link.event_id, link.link_id)
    require_good(now)
    # It was not good a moment ago; if a use was given back since, the next attempt gets it.
    require_unused(msgspec.structs.replace(now, status="used_up"))


async def uncount_use(services: Services, link: Link) -> None:
    """Count one use less, because what was to follow it was refused."""
    async with services.writing() as connection:
        await give_use_back(connection, link.link_id)


async def pick(connection: Connection, link: Link, member: int) -> Picked:
    """Find the member whom somebody is who joins by a link.

    Locks: the member, until the transaction ends.
    Raises: MemberUnknown, MemberInactive, MemberClaimedAlready.
    """
    found = await pick_member(connection, link.event_id, member)
    if found is None:
        detail = f"There is no member {member} in this event."
        raise MemberUnknown(detail, field="member", actual=str(member))
    if not found.active:
        detail = f"Member {member} has left this event."
        raise MemberInactive(detail, field="member", actual=str(member))
    if found.user_id is not None:
        detail = f"Member {member} belongs to an account already."
        raise MemberClaimedAlready(detail, field="member", actual=str(member))
    raised = not found.in_use and not may(found.role, link.role)
    return Picked(member, found.role, link.role if raised else found.role, found.in_use)


async def post_once(services: Services, actor: Actor, event_id: UUID, command: Command) -> Entry:
    """Post a command that does not come again under the same name; raises its refusal."""
    posted = await services.submit_as(actor, event_id, command, command_id=new_id(), keyed=False, final=False)
    return posted.entry


async def leave_guests(services: Services, event_id: UUID, member: int) -> None:
    """End all sign-ins of a guest, who is somebody else from now on: an account, or another member."""
    async with services.writing() as connection:
        await end_guest_sessions(connection, event_id, member)
    services.forget_caller()
    services.forget_roles(event_id)
