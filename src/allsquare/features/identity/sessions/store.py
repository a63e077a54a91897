"""Keep sessions and the tokens that renew them; of every token only its sha256 is kept."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.access import Scope
from allsquare.features.identity.accounts.store import Account

BROWSER_DAYS = 30
PROGRAM_DAYS = 90
FRESH_MINUTES = 15
MOST_DAYS = 365
"""How long a session that is renewed again and again goes on at the most."""


class Session(msgspec.Struct, frozen=True):
    """Where somebody is signed in."""

    session_id: UUID
    kind: Literal["browser", "program"]
    device: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


ADD_BROWSER_SESSION = """
INSERT INTO session (session_id, kind, user_id, token_hash, device, expires_at)
VALUES ($1, 'browser', $2, $3, $4, now() + make_interval(days => $5))
RETURNING session_id, kind, device, created_at, last_seen_at, expires_at
"""


async def add_browser_session(
    connection: asyncpg.Connection, session_id: UUID, *, user_id: UUID, token_hash: bytes, device: str
) -> Session:
    """Add a session that a cookie stands for."""
    row = await connection.fetchrow(ADD_BROWSER_SESSION, session_id, user_id, token_hash, device, BROWSER_DAYS)
    return _stored(row)


ADD_PROGRAM_SESSION = """
INSERT INTO session (session_id, kind, user_id, device, scope, expires_at)
VALUES ($1, 'program', $2, $3, $4, now() + make_interval(days => $5))
RETURNING session_id, kind, device, created_at, last_seen_at, expires_at
"""


async def add_program_session(
    connection: asyncpg.Connection, session_id: UUID, *, user_id: UUID, device: str, scope: Scope
) -> Session:
    """Add a session that tokens stand for, each of which renews it once and never reaches further than `scope`."""
    row = await connection.fetchrow(ADD_PROGRAM_SESSION, session_id, user_id, device, scope, PROGRAM_DAYS)
    return _stored(row)


ADD_REFRESH_TOKEN = """
INSERT INTO refresh_token (token_hash, session_id) VALUES ($1, $2)
"""


async def add_refresh_token(connection: asyncpg.Connection, session_id: UUID, token_hash: bytes) -> None:
    """Let a token renew a session, once."""
    await connection.execute(ADD_REFRESH_TOKEN, token_hash, session_id)


class Renewal(msgspec.Struct, frozen=True):
    """What a refresh token stands for: whose session, whether that goes on, and whether it was used before."""

    session_id: UUID
    user_id: UUID
    scope: Scope
    good: bool
    used: bool


LOCK_REFRESH_TOKEN = """
SELECT s.session_id, u.user_id, s.scope,
       s.ended_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL AS good, t.used_at IS NOT NULL AS used
FROM refresh_token AS t JOIN session AS s USING (session_id) JOIN "user" AS u ON u.user_id = s.user_id
WHERE t.token_hash = $1 FOR UPDATE OF t, s
"""


async def lock_refresh_token(connection: asyncpg.Connection, token_hash: bytes) -> Renewal | None:
    """Find what a refresh token stands for.

    Locks: the token, then its session, until the transaction ends; waits for an end of the session that is on its way.
    """
    row = await connection.fetchrow(LOCK_REFRESH_TOKEN, token_hash)
    return Renewal(*row) if row else None


USE_REFRESH_TOKEN = """
WITH used AS (UPDATE refresh_token SET used_at = now() WHERE token_hash = $1),
     next AS (INSERT INTO refresh_token (token_hash, session_id) VALUES ($2, $3))
UPDATE session
SET last_seen_at = now(),
    expires_at = least(now() + make_interval(days => $4), created_at + make_interval(days => $5))
WHERE session_id = $3
RETURNING session_id, kind, device, created_at, last_seen_at, expires_at
"""


async def renew_session(
    connection: asyncpg.Connection, session_id: UUID, *, used_hash: bytes, next_hash: bytes
) -> Session:
    """Use a refresh token up for the next one, and let the session go on."""
    row = await connection.fetchrow(USE_REFRESH_TOKEN, used_hash, next_hash, session_id, PROGRAM_DAYS, MOST_DAYS)
    return _stored(row)


BEGAN_LATELY = """
SELECT created_at > now() - make_interval(mins => $2) FROM session WHERE session_id = $1
"""


async def began_lately(connection: asyncpg.Connection, session_id: UUID | None) -> bool:
    """Tell whether somebody showed only minutes ago who they are."""
    found: bool | None = await connection.fetchval(BEGAN_LATELY, session_id, FRESH_MINUTES)
    return bool(found)


END_SESSION = """
UPDATE session SET ended_at = now() WHERE session_id = $1 AND ended_at IS NULL
  AND ($2::uuid IS NULL OR user_id = $2) AND kind <> 'guest'
RETURNING session_id
"""


async def end_session(connection: asyncpg.Connection, session_id: UUID, *, user_id: UUID | None = None) -> bool:
    """End a session, of that user where one is named; tell whether there was one to end."""
    return await connection.fetchval(END_SESSION, session_id, user_id) is not None


END_GUEST_SESSION = """
UPDATE session SET ended_at = now() WHERE session_id = $1 AND kind = 'guest' AND ended_at IS NULL
"""


async def end_guest_session(connection: asyncpg.Connection, session_id: UUID) -> None:
    """End a guest's session."""
    await connection.execute(END_GUEST_SESSION, session_id)


END_SESSIONS = """
UPDATE session SET ended_at = now()
WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now() AND session_id IS DISTINCT FROM $2
RETURNING session_id
"""


async def end_sessions(connection: asyncpg.Connection, user_id: UUID, *, but: UUID | None = None) -> int:
    """End a user's sessions that go on, but one; tell how many there were."""
    return len(await connection.fetch(END_SESSIONS, user_id, but))


LIST_SESSIONS = """
SELECT session_id, kind, device, created_at, last_seen_at, expires_at
FROM session
WHERE user_id = $1 AND ended_at IS NULL AND expires_at > now()
  AND ($2::timestamptz IS NULL OR (created_at, session_id) < ($2, $3::uuid))
ORDER BY created_at DESC, session_id DESC LIMIT $4
"""


async def list_sessions(
    connection: asyncpg.Connection, user_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Session]:
    """List where somebody is signed in, newest first."""
    at, session_id = before or (None, None)
    return [Session(*row) for row in await connection.fetch(LIST_SESSIONS, user_id, at, session_id, limit)]


KEEP_PASSWORD = """
SELECT user_id FROM "user" WHERE user_id = $1 AND password_hash = $2 AND deleted_at IS NULL FOR SHARE
"""


async def keep_password(connection: asyncpg.Connection, user_id: UUID, password_hash: str | None) -> bool:
    """Hold a password as it was checked until the transaction ends; tell whether it still is what it was."""
    return await connection.fetchval(KEEP_PASSWORD, user_id, password_hash) is not None


FIND_BY_HASH = """
SELECT u.user_id, u.name, u.role, u.email, u.email_index, u.email_verified_at IS NOT NULL AS email_verified, u.phone,
       u.phone_index, u.password_hash, u.created_at,
       (SELECT count(*) FROM passkey AS p WHERE p.user_id = u.user_id) AS passkeys
FROM "user" AS u
WHERE u.email_index = $1 AND u.password_hash = $2 AND u.deleted_at IS NULL
ORDER BY u.email_verified_at IS NULL, u.created_at, u.user_id LIMIT 1
"""


async def find_by_hash(connection: asyncpg.Connection, email_index: bytes, password_hash: str) -> Account | None:
    """Find who claims an address and has this password; of several, who has verified it, else the oldest."""
    row = await connection.fetchrow(FIND_BY_HASH, email_index, password_hash)
    return Account(*row) if row else None


LIST_FORMER_RECIPES = """
SELECT DISTINCT substring(password_hash FROM '^.*[$]') AS recipe
FROM "user"
WHERE email_index = $1 AND deleted_at IS NULL AND NOT starts_with(password_hash, $2)
"""


async def list_former_recipes(connection: asyncpg.Connection, email_index: bytes, *, today: str) -> list[str]:
    """List by which other parameters and salts the passwords of those were hashed who claim an address."""
    return [row[0] for row in await connection.fetch(LIST_FORMER_RECIPES, email_index, today) if row[0]]


RENEW_HASH = """
UPDATE "user" SET password_hash = $3 WHERE email_index = $1 AND password_hash = $2 AND deleted_at IS NULL
"""


async def renew_hash(connection: asyncpg.Connection, email_index: bytes, *, former: str, new: str) -> None:
    """Keep the same password by today's parameters."""
    await connection.execute(RENEW_HASH, email_index, former, new)


def _stored(row: asyncpg.Record | None) -> Session:
    if row is None:
        message = "a session that was just written is not there"
        raise AssertionError(message)
    return Session(*row)
