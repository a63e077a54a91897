"""Find what is sealed with former keys, and put in its place what is sealed with the current one.

Every sealed text begins with the 4 bytes of its key's id (features/identity/vault.py). An update names what it
replaces, so that a value that somebody changed meanwhile stays.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec


class SealedRow(msgspec.Struct, frozen=True):
    """A row with its sealed columns, one or two of them.

    Shape: `key` is its primary key; a column that is empty, or not there in this table, is None.
    """

    key: UUID | str
    first: bytes | None
    second: bytes | None


COUNT_SEALED_OTHERWISE = """
SELECT
    (SELECT count(*) FROM "user" WHERE substring(email FOR 4) <> $1 OR substring(phone FOR 4) <> $1)
    + (SELECT count(*) FROM ticket WHERE substring(email FOR 4) <> $1)
    + (SELECT count(*) FROM link WHERE substring(token FOR 4) <> $1 OR substring(email FOR 4) <> $1)
    + (SELECT count(*) FROM signing_key WHERE substring(private_key FOR 4) <> $1)
"""


async def count_sealed_otherwise(connection: asyncpg.Connection, key_id: bytes) -> int:
    """Count the rows that are sealed with another key than this."""
    return int(await connection.fetchval(COUNT_SEALED_OTHERWISE, key_id))


LIST_KEYS_IN_USE = """
SELECT substring(email FOR 4) AS key_id FROM "user" WHERE email IS NOT NULL
UNION SELECT substring(phone FOR 4) FROM "user" WHERE phone IS NOT NULL
UNION SELECT substring(email FOR 4) FROM ticket WHERE email IS NOT NULL
UNION SELECT substring(token FOR 4) FROM link
UNION SELECT substring(email FOR 4) FROM link WHERE email IS NOT NULL
UNION SELECT substring(private_key FOR 4) FROM signing_key
ORDER BY key_id
"""


async def list_keys_in_use(connection: asyncpg.Connection) -> list[str]:
    """List the ids of the keys that anything is sealed with."""
    return [row[0].hex() for row in await connection.fetch(LIST_KEYS_IN_USE)]


LIST_USERS_SEALED_OTHERWISE = """
SELECT user_id, email, phone FROM "user"
WHERE user_id > $1 AND (substring(email FOR 4) <> $2 OR substring(phone FOR 4) <> $2)
ORDER BY user_id LIMIT $3
"""


async def list_users(connection: asyncpg.Connection, after: UUID | str, key_id: bytes, limit: int) -> list[SealedRow]:
    """List users whose address or number is sealed with another key, after one of them."""
    return _rows(await connection.fetch(LIST_USERS_SEALED_OTHERWISE, after, key_id, limit))


RESEAL_USERS = """
UPDATE "user" AS row SET email = new.first, phone = new.second
FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
    AS new (key, old_first, old_second, first, second)
WHERE row.user_id = new.key
    AND row.email IS NOT DISTINCT FROM new.old_first AND row.phone IS NOT DISTINCT FROM new.old_second
"""


async def reseal_users(connection: asyncpg.Connection, old: Sequence[SealedRow], new: Sequence[SealedRow]) -> int:
    """Replace the sealed columns of users; give how many."""
    return _count(await connection.execute(RESEAL_USERS, *_columns(old, new)))


LIST_TICKETS_SEALED_OTHERWISE = """
SELECT ticket_id, email, NULL::bytea FROM ticket
WHERE ticket_id > $1 AND substring(email FOR 4) <> $2
ORDER BY ticket_id LIMIT $3
"""


async def list_tickets(connection: asyncpg.Connection, after: UUID | str, key_id: bytes, limit: int) -> list[SealedRow]:
    """List tickets whose address is sealed with another key, after one of them."""
    return _rows(await connection.fetch(LIST_TICKETS_SEALED_OTHERWISE, after, key_id, limit))


RESEAL_TICKETS = """
UPDATE ticket AS row SET email = new.first
FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS new (key, old_first, first)
WHERE row.ticket_id = new.key AND row.email = new.old_first
"""


async def reseal_tickets(connection: asyncpg.Connection, old: Sequence[SealedRow], new: Sequence[SealedRow]) -> int:
    """Replace the sealed column of tickets; give how many."""
    return _count(await connection.execute(RESEAL_TICKETS, *_first_columns(old, new)))


LIST_LINKS_SEALED_OTHERWISE = """
SELECT link_id, token, email FROM link
WHERE link_id > $1 AND (substring(token FOR 4) <> $2 OR substring(email FOR 4) <> $2)
ORDER BY link_id LIMIT $3
"""


async def list_links(connection: asyncpg.Connection, after: UUID | str, key_id: bytes, limit: int) -> list[SealedRow]:
    """List links whose token or address is sealed with another key, after one of them."""
    return _rows(await connection.fetch(LIST_LINKS_SEALED_OTHERWISE, after, key_id, limit))


RESEAL_LINKS = """
UPDATE link AS row SET token = new.first, email = new.second
FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
    AS new (key, old_first, old_second, first, second)
WHERE row.link_id = new.key
    AND row.token = new.old_first AND row.email IS NOT DISTINCT FROM new.old_second
"""


async def reseal_links(connection: asyncpg.Connection, old: Sequence[SealedRow], new: Sequence[SealedRow]) -> int:
    """Replace the sealed columns of links; give how many."""
    return _count(await connection.execute(RESEAL_LINKS, *_columns(old, new)))


LIST_SIGNING_KEYS_SEALED_OTHERWISE = """
SELECT key_id, private_key, NULL::bytea FROM signing_key
WHERE key_id > $1 AND substring(private_key FOR 4) <> $2
ORDER BY key_id LIMIT $3
"""


async def list_keys(connection: asyncpg.Connection, after: UUID | str, key_id: bytes, limit: int) -> list[SealedRow]:
    """List signing keys whose private part is sealed with another key, after one of them."""
    return _rows(await connection.fetch(LIST_SIGNING_KEYS_SEALED_OTHERWISE, after, key_id, limit))


RESEAL_SIGNING_KEYS = """
UPDATE signing_key AS row SET private_key = new.first
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS new (key, old_first, first)
WHERE row.key_id = new.key AND row.private_key = new.old_first
"""


async def reseal_keys(connection: asyncpg.Connection, old: Sequence[SealedRow], new: Sequence[SealedRow]) -> int:
    """Replace the private part of signing keys; give how many."""
    return _count(await connection.execute(RESEAL_SIGNING_KEYS, *_first_columns(old, new)))


Column = list[UUID | str] | list[bytes | None]


def _rows(found: Sequence[asyncpg.Record]) -> list[SealedRow]:
    return [SealedRow(*row) for row in found]


def _columns(old: Sequence[SealedRow], new: Sequence[SealedRow]) -> list[Column]:
    return [
        [row.key for row in old],
        [row.first for row in old],
        [row.second for row in old],
        [row.first for row in new],
        [row.second for row in new],
    ]


def _first_columns(old: Sequence[SealedRow], new: Sequence[SealedRow]) -> list[Column]:
    return [[row.key for row in old], [row.first for row in old], [row.first for row in new]]


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
