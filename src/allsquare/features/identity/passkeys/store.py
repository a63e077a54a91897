"""Keep passkeys, and the challenges that they answer once."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

Purpose = Literal["register", "sign_in"]
GOOD_FOR_S = 300


class Passkey(msgspec.Struct, frozen=True):
    """A passkey: its public half, and how often its device says that it was used."""

    credential_id: bytes
    passkey_id: UUID
    user_id: UUID
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


ADD_CHALLENGE = """
WITH old AS (DELETE FROM passkey_challenge WHERE expires_at < now())
INSERT INTO passkey_challenge (challenge, purpose, user_id, expires_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4))
"""


async def add_challenge(
    connection: asyncpg.Connection, challenge: bytes, purpose: Purpose, user_id: UUID | None
) -> None:
    """Remember a challenge for five minutes; those that nobody answered go."""
    await connection.execute(ADD_CHALLENGE, challenge, purpose, user_id, GOOD_FOR_S)


TAKE_CHALLENGE = """
DELETE FROM passkey_challenge
WHERE challenge = $1 AND purpose = $2 AND user_id IS NOT DISTINCT FROM $3 AND expires_at > now() RETURNING challenge
"""


async def take_challenge(
    connection: asyncpg.Connection, challenge: bytes, purpose: Purpose, user_id: UUID | None
) -> bool:
    """Use a challenge up; tell whether there was one."""
    return await connection.fetchval(TAKE_CHALLENGE, challenge, purpose, user_id) is not None


ADD_PASSKEY = """
INSERT INTO passkey (credential_id, passkey_id, user_id, public_key, sign_count, name)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING
RETURNING credential_id, passkey_id, user_id, public_key, sign_count, name, created_at, last_used_at
"""


async def add_passkey(
    connection: asyncpg.Connection,
    credential_id: bytes,
    *,
    passkey_id: UUID,
    user_id: UUID,
    public_key: bytes,
    sign_count: int,
    name: str,
) -> Passkey | None:
    """Add a passkey; None where it is there already."""
    row = await connection.fetchrow(ADD_PASSKEY, credential_id, passkey_id, user_id, public_key, sign_count, name)
    return Passkey(*row) if row else None


LIST_PASSKEYS = """
SELECT credential_id, passkey_id, user_id, public_key, sign_count, name, created_at, last_used_at
FROM passkey
WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (created_at, passkey_id) > ($2, $3::uuid))
ORDER BY created_at, passkey_id LIMIT $4
"""


async def list_passkeys(
    connection: asyncpg.Connection,
    user_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> list[Passkey]:
    """List a user's passkeys, oldest first; all of them without a limit."""
    at, passkey_id = after or (None, None)
    return [Passkey(*row) for row in await connection.fetch(LIST_PASSKEYS, user_id, at, passkey_id, limit)]


LOCK_PASSKEYS = """
SELECT passkey_id FROM passkey WHERE user_id = $1 ORDER BY created_at, passkey_id FOR UPDATE
"""


async def lock_passkeys(connection: asyncpg.Connection, user_id: UUID) -> set[UUID]:
    """Name a user's passkeys.

    Locks: all of them, until the transaction ends; else two could be deleted, each for there being the other.
    """
    return {row[0] for row in await connection.fetch(LOCK_PASSKEYS, user_id)}


LOCK_OWN_USER = """
SELECT u.user_id FROM "user" AS u JOIN passkey AS p USING (user_id) WHERE p.credential_id = $1 FOR SHARE OF u
"""

LOCK_PASSKEY = """
SELECT p.credential_id, p.passkey_id, p.user_id, p.public_key, p.sign_count, p.name, p.created_at, p.last_used_at
FROM passkey AS p JOIN "user" AS u USING (user_id)
WHERE p.credential_id = $1 AND u.deleted_at IS NULL FOR UPDATE OF p
"""


async def lock_passkey(connection: asyncpg.Connection, credential_id: bytes) -> Passkey | None:
    """Find a passkey, and hold it until the transaction ends.

    Locks: its user, then itself; whoever resets the password is waited for, or waits and ends the session made by it.
    """
    await connection.execute(LOCK_OWN_USER, credential_id)
    row = await connection.fetchrow(LOCK_PASSKEY, credential_id)
    return Passkey(*row) if row else None


USE_PASSKEY = """
UPDATE passkey SET sign_count = $2, last_used_at = now() WHERE credential_id = $1
"""


async def use_passkey(connection: asyncpg.Connection, credential_id: bytes, sign_count: int) -> None:
    """Note that a passkey was used."""
    await connection.execute(USE_PASSKEY, credential_id, sign_count)


DELETE_PASSKEY = """
DELETE FROM passkey AS p USING "user" AS u
WHERE p.passkey_id = $1 AND p.user_id = $2 AND u.user_id = p.user_id
  AND (u.password_hash IS NOT NULL OR EXISTS (
      SELECT FROM passkey AS other WHERE other.user_id = p.user_id AND other.passkey_id <> p.passkey_id))
RETURNING p.passkey_id
"""


async def delete_passkey(connection: asyncpg.Connection, passkey_id: UUID, user_id: UUID) -> bool:
    """Delete one of a user's passkeys, unless it is the last means to sign in; tell whether it was deleted.

    Needs: all of them locked before, by `lock_passkeys`.
    """
    return await connection.fetchval(DELETE_PASSKEY, passkey_id, user_id) is not None
