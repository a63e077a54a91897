"""Keep tickets: of each only the hash, and what it allows whom."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.errors import NotFound

TicketRole = Literal["admin", "user"]
Purpose = Literal["reset", "verify"]


class TicketNotGood(NotFound):
    """The link was used, has expired, was revoked, or never was one."""

    code = "ticket.not_good"
    title = "The link is not good any more"


class InvitationNotFound(NotFound):
    """There is no such invitation."""

    code = "invitation.not_found"
    title = "There is no such invitation"


class Ticket(msgspec.Struct, frozen=True):
    """What lets a user choose a password or verify an address; `email_index` is of where it was mailed to."""

    ticket_id: UUID
    user_id: UUID
    email_index: bytes | None
    expires_at: datetime


class InvitationTicket(msgspec.Struct, frozen=True):
    """What lets somebody sign up; `inviter` is what whoever made it is called."""

    ticket_id: UUID
    role: TicketRole
    email_index: bytes | None
    inviter: str
    expires_at: datetime


class Invitation(msgspec.Struct, frozen=True):
    """An invitation as it is listed; `email` is sealed."""

    ticket_id: UUID
    email: bytes | None
    role: TicketRole
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    status: Literal["open", "used", "expired", "revoked"]


ADD_TICKET = """
INSERT INTO ticket (ticket_id, ticket_hash, purpose, user_id, email_index, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
"""


async def add_ticket(
    connection: asyncpg.Connection,
    ticket_id: UUID,
    ticket_hash: bytes,
    purpose: Purpose,
    *,
    user_id: UUID,
    mailed_to: bytes | None,
    created_by: UUID,
    good_for: timedelta,
) -> None:
    """Keep a ticket for a user; `mailed_to` is the index of the address, where it is mailed."""
    await connection.execute(ADD_TICKET, ticket_id, ticket_hash, purpose, user_id, mailed_to, created_by, good_for)


REVOKE_PRINTED = """
UPDATE ticket SET revoked_at = now()
WHERE user_id = $1 AND purpose = 'reset' AND email_index IS NULL AND used_at IS NULL AND revoked_at IS NULL
"""


async def revoke_printed(connection: asyncpg.Connection, user_id: UUID) -> None:
    """End the links that were printed for a user and that nobody has used; those that were mailed stay good."""
    await connection.execute(REVOKE_PRINTED, user_id)


FIND_PURPOSE = """
SELECT purpose FROM ticket WHERE ticket_hash = $1
"""


async def get_purpose(connection: asyncpg.Connection, ticket_hash: bytes) -> Purpose | Literal["invite"]:
    """Tell what a ticket is for, whether it is good or not any more; raises TicketNotGood where there is none."""
    purpose: Purpose | Literal["invite"] | None = await connection.fetchval(FIND_PURPOSE, ticket_hash)
    if purpose is None:
        raise not_good()
    return purpose


FIND_TICKET = """
SELECT t.ticket_id, t.user_id, t.email_index, t.expires_at
FROM ticket AS t JOIN "user" AS u ON u.user_id = t.user_id
WHERE t.ticket_hash = $1 AND t.purpose = $2 AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()
  AND u.deleted_at IS NULL AND (t.email_index IS NULL OR t.email_index = u.email_index)
"""


async def get_ticket(connection: asyncpg.Connection, ticket_hash: bytes, purpose: Purpose) -> Ticket:
    """Look at a ticket that is good; raises TicketNotGood."""
    row = await connection.fetchrow(FIND_TICKET, ticket_hash, purpose)
    if row is None:
        raise not_good()
    return Ticket(*row)


USE_TICKET = """
UPDATE ticket AS t SET used_at = now() FROM "user" AS u
WHERE t.ticket_hash = $1 AND t.purpose = $2 AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()
  AND u.user_id = t.user_id AND u.deleted_at IS NULL AND (t.email_index IS NULL OR t.email_index = u.email_index)
RETURNING t.ticket_id, t.user_id, t.email_index, t.expires_at
"""


async def use_ticket(connection: asyncpg.Connection, ticket_hash: bytes, purpose: Purpose) -> Ticket:
    """Use a ticket up; of two at once one succeeds, the other raises TicketNotGood."""
    row = await connection.fetchrow(USE_TICKET, ticket_hash, purpose)
    if row is None:
        raise not_good()
    return Ticket(*row)


def not_good() -> TicketNotGood:
    """Say that a link is not good, and not why: whoever holds it asks for another in any case."""
    detail = "This link was used, has expired, or was revoked. Ask for a new one."
    return TicketNotGood(detail, field="ticket")


ADD_INVITATION = """
INSERT INTO ticket AS t (ticket_id, ticket_hash, purpose, email, email_index, role, created_by, expires_at)
VALUES ($1, $2, 'invite', $3, $4, $5, $6, now() + $7::interval)
ON CONFLICT (ticket_id) DO UPDATE SET ticket_hash = excluded.ticket_hash
    WHERE t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()
      AND t.email_index IS NOT DISTINCT FROM excluded.email_index AND t.role = excluded.role
RETURNING t.created_at, t.expires_at, t.xmax = 0 AS is_new
"""


async def add_invitation(
    connection: asyncpg.Connection,
    ticket_id: UUID,
    ticket_hash: bytes,
    *,
    email: bytes | None,
    email_index: bytes | None,
    role: TicketRole,
    created_by: UUID,
    good_for: timedelta,
) -> tuple[datetime, datetime, bool] | None:
    """Keep an invitation; one made before under this id gets the new hash in place of the lost ticket's.

    Shape: when it was made, when it expires, and whether it is new; None where the former one was used, is no longer
        good, or was another.
    """
    row = await connection.fetchrow(
        ADD_INVITATION, ticket_id, ticket_hash, email, email_index, role, created_by, good_for
    )
    return None if row is None else (row[0], row[1], row[2])


FIND_INVITATION_TICKET = """
SELECT t.ticket_id, t.role, t.email_index, u.name AS inviter, t.expires_at
FROM ticket AS t JOIN "user" AS u ON u.user_id = t.created_by
WHERE t.ticket_hash = $1 AND t.purpose = 'invite' AND t.used_at IS NULL AND t.revoked_at IS NULL
  AND t.expires_at > now() AND u.deleted_at IS NULL AND (u.role = 'owner' OR (u.role = 'admin' AND t.role = 'user'))
"""


async def get_invitation_ticket(connection: asyncpg.Connection, ticket_hash: bytes) -> InvitationTicket:
    """Look at an invitation that is good: whoever made it could still make it; raises TicketNotGood."""
    row = await connection.fetchrow(FIND_INVITATION_TICKET, ticket_hash)
    if row is None:
        raise not_good()
    return InvitationTicket(*row)


USE_INVITATION = """
UPDATE ticket SET used_at = now()
WHERE ticket_id = $1 AND purpose = 'invite' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
  AND ticket_hash = $2
RETURNING ticket_id
"""


async def use_invitation(connection: asyncpg.Connection, ticket_id: UUID, ticket_hash: bytes) -> None:
    """Use an invitation up; of two at once one succeeds, the other raises TicketNotGood."""
    if await connection.fetchval(USE_INVITATION, ticket_id, ticket_hash) is None:
        raise not_good()


LIST_INVITATIONS = """
SELECT ticket_id, email, role, created_by, created_at, expires_at,
       CASE WHEN used_at IS NOT NULL THEN 'used' WHEN revoked_at IS NOT NULL THEN 'revoked'
            WHEN expires_at <= now() THEN 'expired' ELSE 'open' END AS status
FROM ticket
WHERE purpose = 'invite' AND ($1::timestamptz IS NULL OR (created_at, ticket_id) < ($1, $2::uuid))
ORDER BY created_at DESC, ticket_id DESC LIMIT $3
"""


async def list_invitations(
    connection: asyncpg.Connection, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Invitation]:
    """List invitations, newest first, those that are no longer good included."""
    return [Invitation(*row) for row in await connection.fetch(LIST_INVITATIONS, *(before or (None, None)), limit)]


FIND_INVITATION_ROLE = """
SELECT role FROM ticket WHERE ticket_id = $1 AND purpose = 'invite'
"""


async def get_invitation_role(connection: asyncpg.Connection, ticket_id: UUID) -> TicketRole:
    """Tell what an invitation makes of whoever uses it; raises InvitationNotFound."""
    role: TicketRole | None = await connection.fetchval(FIND_INVITATION_ROLE, ticket_id)
    if role is None:
        detail = f"There is no invitation {ticket_id}."
        raise InvitationNotFound(detail, field="ticket_id")
    return role


REVOKE_INVITATION = """
UPDATE ticket SET revoked_at = now()
WHERE ticket_id = $1 AND purpose = 'invite' AND used_at IS NULL AND revoked_at IS NULL
RETURNING ticket_id
"""


async def revoke_invitation(connection: asyncpg.Connection, ticket_id: UUID) -> bool:
    """Revoke an invitation, and tell whether that was still to be done."""
    return await connection.fetchval(REVOKE_INVITATION, ticket_id) is not None
