"""Keep the links of events and the sessions of guests; of a link's token only the hash can be looked up."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.entry import MemberRole
from allsquare.core.errors import NotFound
from allsquare.core.event import MAX_MEMBERS, Settlement
from allsquare.ledger.store import settlement_from_row


class LinkNotFound(NotFound):
    """There is no such link, or its event is gone."""

    code = "link.not_found"
    title = "There is no such link"


LinkStatus = Literal["open", "used_up", "expired", "revoked", "lapsed"]
"""Lapsed: whoever made it may not let people in any more."""


class Link(msgspec.Struct, frozen=True):
    """What lets people join an event; `token` and `email` are sealed."""

    link_id: UUID
    event_id: UUID
    token: bytes
    role: MemberRole
    email: bytes | None
    max_uses: int | None
    uses: int
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    mailed: bool
    status: LinkStatus


ADD_LINK = """
INSERT INTO link (link_id, event_id, token_hash, token, role, email, max_uses, created_by, maker_no, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (link_id) DO NOTHING
RETURNING link_id
"""


async def add_link(  # noqa: PLR0913  (a link has this many parts)
    connection: asyncpg.Connection,
    link_id: UUID,
    event_id: UUID,
    *,
    token_hash: bytes,
    token: bytes,
    role: MemberRole,
    email: bytes | None,
    max_uses: int | None,
    created_by: UUID,
    maker: int | None,
    expires_at: datetime,
) -> bool:
    """Keep a new link; tells whether it is new, or was made by an earlier request of the same name.

    Shape: `maker` is the member who makes it as a guest.
    """
    values = (link_id, event_id, token_hash, token, role, email, max_uses, created_by, maker, expires_at)
    return await connection.fetchval(ADD_LINK, *values) is not None


GET_LINK = """
SELECT link_id, event_id, token, role, email, max_uses, uses, created_by, created_at, expires_at,
       mailed, link_status(link) AS status
FROM link WHERE event_id = $1 AND link_id = $2
"""


async def get_link(connection: asyncpg.Connection, event_id: UUID, link_id: UUID) -> Link:
    """Get one link of an event; raises LinkNotFound."""
    row = await connection.fetchrow(GET_LINK, event_id, link_id)
    if row is None:
        detail = f"There is no link {link_id} in this event."
        raise LinkNotFound(detail)
    return Link(*row)


LIST_LINKS = """
SELECT link_id, event_id, token, role, email, max_uses, uses, created_by, created_at, expires_at,
       mailed, link_status(link) AS status
FROM link
WHERE event_id = $1 AND ($2::timestamptz IS NULL OR (created_at, link_id) < ($2, $3::uuid))
ORDER BY created_at DESC, link_id DESC LIMIT $4
"""


async def list_links(
    connection: asyncpg.Connection, event_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Link]:
    """List the links of an event, newest first, those that are no longer good included."""
    created_at, link_id = before or (None, None)
    return [Link(*row) for row in await connection.fetch(LIST_LINKS, event_id, created_at, link_id, limit)]


GET_LINK_BY_TOKEN = """
SELECT l.link_id, l.event_id, l.token, l.role, l.email, l.max_uses, l.uses, l.created_by, l.created_at, l.expires_at,
       l.mailed, link_status(l) AS status
FROM link AS l JOIN event AS e USING (event_id)
WHERE l.token_hash = $1 AND e.status <> 'deleted'
"""


async def get_link_by_token(connection: asyncpg.Connection, token_hash: bytes) -> Link:
    """Get the link that a token opens, whether or not it is still good; raises LinkNotFound."""
    row = await connection.fetchrow(GET_LINK_BY_TOKEN, token_hash)
    if row is None:
        detail = "This link leads nowhere. Ask whoever sent it for another one."
        raise LinkNotFound(detail, field="token")
    return Link(*row)


SET_MAILED = """
UPDATE link SET mailed = true WHERE link_id = $1
"""


async def set_mailed(connection: asyncpg.Connection, link_id: UUID) -> None:
    """Remember that a link is on its way to whom it is for."""
    await connection.execute(SET_MAILED, link_id)


REVOKE_LINK = """
UPDATE link SET revoked_at = now() WHERE event_id = $1 AND link_id = $2 AND revoked_at IS NULL RETURNING link_id
"""


async def revoke_link(connection: asyncpg.Connection, event_id: UUID, link_id: UUID) -> bool:
    """Let nobody else in by a link; tells whether it was not revoked before."""
    return await connection.fetchval(REVOKE_LINK, event_id, link_id) is not None


TAKE_USE = """
UPDATE link SET uses = uses + 1
WHERE link_id = $1 AND link_status(link) = 'open'
RETURNING uses
"""


async def take_use(connection: asyncpg.Connection, link_id: UUID) -> bool:
    """Use a link once more, if it is still good.

    Locks: the link, until the transaction ends; of two who want the last use, one waits and is then told.
    """
    return await connection.fetchval(TAKE_USE, link_id) is not None


GIVE_USE_BACK = """
UPDATE link SET uses = uses - 1 WHERE link_id = $1 AND uses > 0
"""


async def give_use_back(connection: asyncpg.Connection, link_id: UUID) -> None:
    """Count one use less, because nobody joined by it after all."""
    await connection.execute(GIVE_USE_BACK, link_id)


class Joinable(msgspec.Struct, frozen=True):
    """A member who has no account yet."""

    member: int
    name: str


LIST_JOINABLE = """
SELECT member_no, name FROM member
WHERE event_id = $1 AND left_seq IS NULL AND user_id IS NULL ORDER BY member_no
"""


async def list_joinable(connection: asyncpg.Connection, event_id: UUID) -> list[Joinable]:
    """List who takes part and has no account, in the order they joined."""
    return [Joinable(*row) for row in await connection.fetch(LIST_JOINABLE, event_id)]


class Found(msgspec.Struct, frozen=True):
    """A member somebody says they are; `in_use` where a guest is signed in as that member."""

    member: int
    role: MemberRole
    active: bool
    user_id: UUID | None
    in_use: bool


PICK_MEMBER = """
SELECT m.member_no, m.role, m.left_seq IS NULL AS active, m.user_id,
       EXISTS (SELECT FROM session AS s WHERE s.event_id = m.event_id AND s.member_no = m.member_no
               AND s.ended_at IS NULL AND s.expires_at > now()) AS in_use
FROM member AS m WHERE m.event_id = $1 AND m.member_no = $2 FOR UPDATE OF m
"""


async def pick_member(connection: asyncpg.Connection, event_id: UUID, member: int) -> Found | None:
    """Find a member whom somebody picks.

    Locks: the member, until the transaction ends, so that of two who pick the same one the second sees the first.
    """
    row = await connection.fetchrow(PICK_MEMBER, event_id, member)
    return Found(*row) if row else None


ADD_GUEST_SESSION = """
INSERT INTO session (session_id, kind, event_id, member_no, link_id, token_hash, device, expires_at)
VALUES ($1, 'guest', $2, $3, $4, $5, $6, $7)
ON CONFLICT (session_id) DO UPDATE SET token_hash = excluded.token_hash WHERE session.ended_at IS NULL
"""


async def add_guest_session(
    connection: asyncpg.Connection,
    session_id: UUID,
    link: Link,
    member: int,
    *,
    token_hash: bytes,
    device: str,
    expires_at: datetime,
) -> None:
    """Let a token speak for a member without an account; of two for one session, the later one does."""
    values = (session_id, link.event_id, member, link.link_id, token_hash, device, expires_at)
    await connection.execute(ADD_GUEST_SESSION, *values)


class GuestSession(msgspec.Struct, frozen=True):
    """A guest's sign-in: whose seat it is for, whether it goes on, and whose account that member is by now.

    Shape: `role` is the member's, `ceiling` the one their link offered.
    """

    event_id: UUID
    member: int
    role: MemberRole
    ceiling: MemberRole | None
    open: bool
    user_id: UUID | None


RENEW_GUEST_SESSION = """
UPDATE session AS s SET token_hash = $2, expires_at = $3
FROM member AS m, link AS l
WHERE s.session_id = $1 AND s.kind = 'guest' AND m.event_id = s.event_id AND m.member_no = s.member_no
  AND l.link_id = s.link_id
RETURNING s.event_id, s.member_no, m.role, l.role AS ceiling, s.ended_at IS NULL AND m.user_id IS NULL AS open,
          m.user_id
"""


async def renew_guest_session(
    connection: asyncpg.Connection, session_id: UUID, *, token_hash: bytes, expires_at: datetime
) -> GuestSession | None:
    """Give a guest's session another token in place of its own; one that has ended stays ended."""
    row = await connection.fetchrow(RENEW_GUEST_SESSION, session_id, token_hash, expires_at)
    return GuestSession(*row) if row else None


FIND_GUEST_SESSION = """
SELECT s.event_id, s.member_no, m.role, l.role AS ceiling, s.ended_at IS NULL AND s.expires_at > now() AS open,
       m.user_id
FROM session AS s
JOIN member AS m ON m.event_id = s.event_id AND m.member_no = s.member_no
LEFT JOIN link AS l ON l.link_id = s.link_id
WHERE s.token_hash = $1 AND s.kind = 'guest'
"""


async def find_guest_session(connection: asyncpg.Connection, token_hash: bytes) -> GuestSession | None:
    """Find the guest that a token speaks for, or spoke for before it ended."""
    row = await connection.fetchrow(FIND_GUEST_SESSION, token_hash)
    return GuestSession(*row) if row else None


FIND_EARLIER_GUEST = """
SELECT o.session_id
FROM session AS s JOIN session AS o ON o.event_id = s.event_id AND o.member_no = s.member_no
WHERE s.token_hash = $1 AND o.ended_at IS NULL AND o.expires_at > now()
  AND (o.created_at, o.session_id) < (s.created_at, s.session_id)
LIMIT 1
"""


async def has_earlier_guest(connection: asyncpg.Connection, token_hash: bytes) -> bool:
    """Tell whether somebody signed in as the same member before the guest of this token, and still is."""
    return await connection.fetchval(FIND_EARLIER_GUEST, token_hash) is not None


END_GUEST_SESSIONS = """
UPDATE session SET ended_at = now() WHERE event_id = $1 AND member_no = $2 AND kind = 'guest' AND ended_at IS NULL
"""


async def end_guest_sessions(connection: asyncpg.Connection, event_id: UUID, member: int) -> None:
    """End all sign-ins of a guest, on every device."""
    await connection.execute(END_GUEST_SESSIONS, event_id, member)


DROP_GUEST_SESSION = """
DELETE FROM session WHERE session_id = $1 AND kind = 'guest'
"""


async def drop_guest_session(connection: asyncpg.Connection, session_id: UUID) -> None:
    """Forget a guest's session that nobody was given."""
    await connection.execute(DROP_GUEST_SESSION, session_id)


LIST_EXPENSES_NAMING = """
SELECT expense_id FROM expense
WHERE event_id = $1 AND NOT deleted AND members @> ARRAY[$2::integer] ORDER BY created_seq
"""

LIST_SETTLEMENTS_NAMING = """
SELECT event_id, settlement_id, seq, created_at, created_by, content, reversed_seq, reversed_reason
FROM settlement
WHERE event_id = $1 AND reversed_seq IS NULL
  AND ((content ->> 'payer')::integer = $2 OR (content ->> 'payee')::integer = $2
       OR EXISTS (SELECT FROM json_array_elements(coalesce(content -> 'rounding', '[]')) AS odd (unit)
                  WHERE (unit ->> 0)::integer = $2 OR (unit ->> 1)::integer = $2))
ORDER BY seq
"""


async def list_naming(
    connection: asyncpg.Connection, event_id: UUID, member: int
) -> tuple[list[UUID], list[Settlement]]:
    """List the standing expenses and settlements that name a member, oldest first."""
    if not 1 <= member <= MAX_MEMBERS:
        return [], []  # nobody's number, and perhaps larger than the database can read
    expenses = await connection.fetch(LIST_EXPENSES_NAMING, event_id, member)
    settlements = await connection.fetch(LIST_SETTLEMENTS_NAMING, event_id, member)
    return [row[0] for row in expenses], [settlement_from_row(row) for row in settlements]
