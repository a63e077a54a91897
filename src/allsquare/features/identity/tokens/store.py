"""Keep personal access tokens; a token itself is shown once and never stored."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.access import Scope


class PersonalToken(msgspec.Struct, frozen=True):
    """A token, without itself."""

    token_id: UUID
    name: str
    scope: Scope
    event_id: UUID | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


FIND_PERSONAL_TOKEN = """
SELECT token_id, name, scope, event_id, created_at, expires_at, last_used_at
FROM access_token WHERE token_id = $1
"""


async def find_personal_token(connection: asyncpg.Connection, token_id: UUID) -> PersonalToken | None:
    """Find a token, good or not any more."""
    row = await connection.fetchrow(FIND_PERSONAL_TOKEN, token_id)
    return PersonalToken(*row) if row else None


ADD_PERSONAL_TOKEN = """
INSERT INTO access_token (token_hash, user_id, name, token_id, scope, event_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))
RETURNING token_id, name, scope, event_id, created_at, expires_at, last_used_at
"""


async def add_personal_token(
    connection: asyncpg.Connection,
    token_id: UUID,
    *,
    token_hash: bytes,
    user_id: UUID,
    name: str,
    scope: Scope,
    event_id: UUID | None,
    days: int | None,
) -> PersonalToken:
    """Let a token speak for a user, as far as its scope reaches; for ever, where no days are given."""
    row = await connection.fetchrow(ADD_PERSONAL_TOKEN, token_hash, user_id, name, token_id, scope, event_id, days)
    if row is None:
        message = "a token that was just written is not there"
        raise AssertionError(message)
    return PersonalToken(*row)


LIST_PERSONAL_TOKENS = """
SELECT token_id, name, scope, event_id, created_at, expires_at, last_used_at
FROM access_token
WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
  AND ($2::timestamptz IS NULL OR (created_at, token_id) < ($2, $3::uuid))
ORDER BY created_at DESC, token_id DESC LIMIT $4
"""


async def list_personal_tokens(
    connection: asyncpg.Connection, user_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[PersonalToken]:
    """List a user's tokens that are good, newest first."""
    at, token_id = before or (None, None)
    return [PersonalToken(*row) for row in await connection.fetch(LIST_PERSONAL_TOKENS, user_id, at, token_id, limit)]


COUNT_PERSONAL_TOKENS = """
SELECT count(*) FROM access_token
WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""


async def count_personal_tokens(connection: asyncpg.Connection, user_id: UUID) -> int:
    """Count a user's tokens that are good."""
    count: int = await connection.fetchval(COUNT_PERSONAL_TOKENS, user_id)
    return count


REVOKE_PERSONAL_TOKENS = """
UPDATE access_token SET revoked_at = now()
WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
  AND token_id IS DISTINCT FROM $2::uuid
RETURNING token_id
"""


async def revoke_personal_tokens(connection: asyncpg.Connection, user_id: UUID, *, but: UUID | None) -> int:
    """Revoke a user's tokens that are good, but one; tell how many there were."""
    return len(await connection.fetch(REVOKE_PERSONAL_TOKENS, user_id, but))


REVOKE_PERSONAL_TOKEN = """
UPDATE access_token SET revoked_at = now() WHERE token_id = $1 AND user_id = $2 AND revoked_at IS NULL
RETURNING token_id
"""


async def revoke_personal_token(connection: asyncpg.Connection, token_id: UUID, *, user_id: UUID) -> bool:
    """Revoke one of a user's tokens; tell whether there was one to revoke."""
    return await connection.fetchval(REVOKE_PERSONAL_TOKEN, token_id, user_id) is not None
