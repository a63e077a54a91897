"""Keep users and their tokens; a token itself is never stored, only its sha256."""

import hashlib
import secrets
from uuid import UUID

import asyncpg
import msgspec

TOKEN_PREFIX = "asq_"


class User(msgspec.Struct, frozen=True):
    """A login."""

    user_id: UUID
    name: str
    role: str


def new_token() -> str:
    """Make a bearer token of 256 random bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """Hash a token for storage; it has full entropy, so a plain sha256 is enough."""
    return hashlib.sha256(token.encode()).digest()


FIND_USER_BY_TOKEN = """
SELECT u.user_id, u.name, u.role
FROM access_token AS t JOIN "user" AS u USING (user_id)
WHERE t.token_hash = $1 AND t.revoked_at IS NULL
"""


async def find_user_by_token(connection: asyncpg.Connection, token_hash: bytes) -> User | None:
    """Find whose token this is, unless it was revoked."""
    row = await connection.fetchrow(FIND_USER_BY_TOKEN, token_hash)
    return User(*row) if row else None


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


ADD_TOKEN = """
INSERT INTO access_token (token_hash, user_id, name) VALUES ($1, $2, $3)
"""


async def add_token(connection: asyncpg.Connection, user_id: UUID, token: str, *, name: str) -> None:
    """Let a token speak for a user."""
    await connection.execute(ADD_TOKEN, hash_token(token), user_id, name)


REVOKE_TOKENS = """
UPDATE access_token SET revoked_at = now() WHERE user_id = $1 AND name = $2 AND revoked_at IS NULL
"""


async def revoke_tokens(connection: asyncpg.Connection, user_id: UUID, *, name: str) -> None:
    """Revoke a user's tokens of that name."""
    await connection.execute(REVOKE_TOKENS, user_id, name)
