"""Keep the keys that sign access tokens; their private part only ever sealed."""

from datetime import datetime, timedelta

import asyncpg
import msgspec


class SigningKey(msgspec.Struct, frozen=True):
    """A key, and since when another has taken its place.

    Shape: `private_key` is sealed; `superseded_at` is None for the newest.
    """

    key_id: str
    private_key: bytes
    public_key: bytes
    created_at: datetime
    superseded_at: datetime | None


LIST_SIGNING_KEYS = """
SELECT key_id, private_key, public_key, created_at, lead(created_at) OVER (ORDER BY created_at, key_id)
FROM signing_key ORDER BY created_at, key_id
"""


async def list_signing_keys(connection: asyncpg.Connection) -> list[SigningKey]:
    """List all keys, the newest last."""
    return [SigningKey(*row) for row in await connection.fetch(LIST_SIGNING_KEYS)]


# Not now(), the time of the transaction's start: what was made later must be the newer.
ADD_SIGNING_KEY = """
INSERT INTO signing_key (key_id, private_key, public_key, created_at) VALUES ($1, $2, $3, clock_timestamp())
"""


async def add_signing_key(
    connection: asyncpg.Connection, key_id: str, *, private_key: bytes, public_key: bytes
) -> None:
    """Add a key, which is the newest from now on."""
    await connection.execute(ADD_SIGNING_KEY, key_id, private_key, public_key)


DROP_SUPERSEDED_KEYS = """
DELETE FROM signing_key AS old WHERE EXISTS
    (SELECT FROM signing_key AS new WHERE new.created_at > old.created_at
    AND new.created_at < now() - $1::interval)
"""


async def drop_superseded_keys(connection: asyncpg.Connection, *, after: timedelta) -> None:
    """Drop the keys whose place another took longer ago than that."""
    await connection.execute(DROP_SUPERSEDED_KEYS, after)
