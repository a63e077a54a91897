"""Keep users and their tokens; a token itself is never stored, only its sha256."""

import hashlib
import secrets
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.access import guest_id
from allsquare.features.identity.caller import Caller, InstanceRole
from allsquare.features.wire.ids import new_id

TOKEN_PREFIX = "asq_"


class User(msgspec.Struct, frozen=True):
    """A login."""

    user_id: UUID
    name: str
    role: InstanceRole


def new_token() -> str:
    """Make a bearer token of 256 random bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Hash a token for storage; it has full entropy, so a plain sha256 is enough."""
    return hashlib.sha256(token.encode()).digest()


FIND_CALLER_BY_TOKEN = """
WITH used AS (
    UPDATE access_token SET last_used_at = now()
    WHERE token_hash = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
)
SELECT u.user_id, u.name, u.role, t.scope, t.event_id, t.token_id,
       floor(extract(epoch FROM t.expires_at - now()))::int AS good_for_s
FROM access_token AS t JOIN "user" AS u USING (user_id)
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
  AND u.deleted_at IS NULL
"""


async def find_caller_by_token(connection: asyncpg.Connection, token_hash: bytes) -> Caller | None:
    """Find whose personal token this is, unless it was revoked or has expired."""
    row = await connection.fetchrow(FIND_CALLER_BY_TOKEN, token_hash)
    if row is None:
        return None
    user_id, name, role, scope, event_id, token_id, good_for_s = row
    return Caller(user_id, name, role, scope, event_id, token_id=token_id, good_for_s=good_for_s)


FIND_CALLER_BY_SESSION = """
WITH seen AS (
    UPDATE session SET last_seen_at = now() WHERE session_id = $1 AND last_seen_at < now() - interval '1 minute'
)
SELECT u.user_id, u.name, u.role, floor(extract(epoch FROM s.expires_at - now()))::int AS good_for_s
FROM session AS s JOIN "user" AS u USING (user_id)
WHERE s.session_id = $1 AND s.ended_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL
"""


async def find_caller_by_session(connection: asyncpg.Connection, session_id: UUID) -> tuple[User, int] | None:
    """Find whose session this is, while it goes on, and for how many seconds it does."""
    row = await connection.fetchrow(FIND_CALLER_BY_SESSION, session_id)
    return (User(row[0], row[1], row[2]), row[3]) if row else None


FIND_CALLER_BY_SESSION_TOKEN = """
WITH seen AS (
    UPDATE session SET last_seen_at = now()
    WHERE token_hash = $1 AND kind = $2 AND last_seen_at < now() - interval '1 minute'
)
SELECT s.session_id, s.user_id, coalesce(u.name, m.name) AS name, coalesce(u.role, 'guest') AS role, s.event_id,
       s.member_no, l.role AS ceiling, floor(extract(epoch FROM s.expires_at - now()))::int AS good_for_s
FROM session AS s
LEFT JOIN link AS l ON l.link_id = s.link_id
LEFT JOIN "user" AS u ON u.user_id = s.user_id
LEFT JOIN member AS m ON m.event_id = s.event_id AND m.member_no = s.member_no
WHERE s.token_hash = $1 AND s.kind = $2 AND s.ended_at IS NULL AND s.expires_at > now()
  AND u.deleted_at IS NULL AND (s.kind <> 'guest' OR m.user_id IS NULL)
"""


async def find_caller_by_session_token(connection: asyncpg.Connection, token_hash: bytes, kind: str) -> Caller | None:
    """Find who a session's token speaks for, while it goes on: a user, or a guest whose seat nobody has claimed."""
    row = await connection.fetchrow(FIND_CALLER_BY_SESSION_TOKEN, token_hash, kind)
    if row is None:
        return None
    session_id, user_id, name, role, event_id, member, ceiling, good_for_s = row
    if kind == "guest":
        actor_id = guest_id(event_id, member)
        name = name or "Guest"
        return Caller(actor_id, name, "guest", "write", event_id, member, ceiling, session_id, good_for_s=good_for_s)
    return Caller(user_id, name, role, session_id=session_id, good_for_s=good_for_s)


FIND_USER = """
SELECT user_id, name, role FROM "user" WHERE user_id = $1
"""


async def find_user(connection: asyncpg.Connection, user_id: UUID) -> User | None:
    """Find a user by id."""
    row = await connection.fetchrow(FIND_USER, user_id)
    return User(*row) if row else None


FIND_OWNER = """
SELECT user_id, name, role FROM "user" WHERE role = 'owner'
"""


async def find_owner(connection: asyncpg.Connection) -> User | None:
    """Find the owner, who is made at the first start."""
    row = await connection.fetchrow(FIND_OWNER)
    return User(*row) if row else None


ADD_OWNER = """
INSERT INTO "user" (user_id, name, role) VALUES ($1, $2, 'owner') ON CONFLICT DO NOTHING
"""


async def add_owner(connection: asyncpg.Connection, user_id: UUID, name: str) -> None:
    """Make the owner, unless somebody did so at the same time."""
    await connection.execute(ADD_OWNER, user_id, name)


HOLD_USER = """
SELECT user_id FROM "user" WHERE user_id = $1 FOR NO KEY UPDATE
"""


async def hold_user(connection: asyncpg.Connection, user_id: UUID) -> None:
    """Let nobody else who holds a user, or changes them, go on before this transaction ends.

    Locks: the user's row, before all else of theirs.
    """
    await connection.execute(HOLD_USER, user_id)


HOLD_SESSION = """
SELECT session_id FROM session WHERE session_id = $1 AND ended_at IS NULL AND expires_at > now() FOR SHARE
"""

HOLD_TOKEN = """
SELECT token_id FROM access_token
WHERE token_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) FOR SHARE
"""


async def hold_sign_in(connection: asyncpg.Connection, caller: Caller) -> bool:
    """Hold the session or the token of a user who asks until the transaction ends; tell whether it still is good.

    Locks: the session or token, so that whoever ends it waits, and then finds what was made by it.
    """
    by_session = caller.session_id is not None
    statement, own_id = (HOLD_SESSION, caller.session_id) if by_session else (HOLD_TOKEN, caller.token_id)
    return await connection.fetchval(statement, own_id) is not None


ADD_TOKEN = """
INSERT INTO access_token (token_hash, user_id, name, token_id) VALUES ($1, $2, $3, $4)
"""


async def add_token(connection: asyncpg.Connection, user_id: UUID, token: str, *, name: str) -> None:
    """Let a token speak for a user, in everything."""
    await connection.execute(ADD_TOKEN, hash_token(token), user_id, name, new_id())


REVOKE_TOKENS = """
UPDATE access_token SET revoked_at = now() WHERE user_id = $1 AND name = $2 AND revoked_at IS NULL
"""


async def revoke_tokens(connection: asyncpg.Connection, user_id: UUID, *, name: str) -> None:
    """Revoke a user's tokens of that name."""
    await connection.execute(REVOKE_TOKENS, user_id, name)
