"""Read what is kept about one user: seats, open money, and the rows of their account."""

from uuid import UUID

import asyncpg
import msgspec

from allsquare.features.wire.json import JsonObject


class Seat(msgspec.Struct, frozen=True):
    """A seat of a user in an event; `archived` ones change no more, `last_admin` ones have somebody to hand over to."""

    event_id: UUID
    member: int
    status: str
    heir: int | None


LIST_SEATS = """
SELECT m.event_id, m.member_no, e.status,
       CASE WHEN m.role = 'admin' AND m.left_seq IS NULL AND NOT EXISTS (
           SELECT FROM member AS a WHERE a.event_id = m.event_id AND a.role = 'admin' AND a.left_seq IS NULL
                  AND a.user_id IS NOT NULL AND a.member_no <> m.member_no)
       THEN (SELECT min(o.member_no) FROM member AS o WHERE o.event_id = m.event_id AND o.left_seq IS NULL
                    AND o.user_id IS NOT NULL AND o.member_no <> m.member_no) END AS heir
FROM member AS m JOIN event AS e USING (event_id)
WHERE m.user_id = $1 ORDER BY m.event_id, m.member_no
"""


async def list_seats(connection: asyncpg.Connection, user_id: UUID) -> list[Seat]:
    """List every seat a user has or had, and who should manage the event after them."""
    return [Seat(*row) for row in await connection.fetch(LIST_SEATS, user_id)]


class OpenMoney(msgspec.Struct, frozen=True):
    """A position that is not zero."""

    event_id: UUID
    event: str
    currency: str
    net_minor: int


LIST_OPEN = """
SELECT e.event_id, e.name, p.currency, p.credits - p.debits AS net_minor
FROM member AS m JOIN event AS e USING (event_id)
JOIN position AS p ON p.event_id = m.event_id AND p.member_no = m.member_no
WHERE m.user_id = $1 AND e.status <> 'deleted' AND p.credits <> p.debits
ORDER BY e.created_at, e.event_id, p.currency
"""


async def list_open(connection: asyncpg.Connection, user_id: UUID) -> list[OpenMoney]:
    """List where a user still owes or is owed."""
    return [OpenMoney(*row) for row in await connection.fetch(LIST_OPEN, user_id)]


LIST_OWN_SESSIONS = """
SELECT kind, device, created_at, last_seen_at, expires_at, ended_at FROM session WHERE user_id = $1 ORDER BY created_at
"""

LIST_OWN_TOKENS = """
SELECT name, scope, event_id, created_at, expires_at, last_used_at, revoked_at
FROM access_token WHERE user_id = $1 ORDER BY created_at
"""

LIST_OWN_PASSKEYS = """
SELECT name, created_at, last_used_at FROM passkey WHERE user_id = $1 ORDER BY created_at
"""

LIST_OWN_GROUPS = """
SELECT g.group_id, g.name AS group_name, m.member_no, m.name, m.role, m.joined_at, m.left_at
FROM group_member AS m JOIN user_group AS g USING (group_id) WHERE m.user_id = $1 ORDER BY g.created_at, m.member_no
"""

LIST_OWN_AUDIT = """
SELECT at, action, network, detail::text AS detail FROM audit WHERE user_id = $1 OR actor = $1 ORDER BY audit_id
"""

_LISTS = {
    "sessions": LIST_OWN_SESSIONS,
    "tokens": LIST_OWN_TOKENS,
    "passkeys": LIST_OWN_PASSKEYS,
    "groups": LIST_OWN_GROUPS,
    "audit": LIST_OWN_AUDIT,
}


async def list_account(connection: asyncpg.Connection, user_id: UUID) -> dict[str, list[JsonObject]]:
    """List what an account consists of beside itself, by kind; never a secret, not even hashed."""
    return {
        name: [dict(row) for row in await connection.fetch(statement, user_id)] for name, statement in _LISTS.items()
    }


LIST_OWN_SETTLEMENTS = """
SELECT settlement_id, created_at, effective_on, reversed_seq IS NOT NULL AS reversed, content::text AS content
FROM settlement
WHERE event_id = $1 AND ((content ->> 'payer')::integer = $2 OR (content ->> 'payee')::integer = $2)
ORDER BY seq
"""


async def list_own_settlements(connection: asyncpg.Connection, event_id: UUID, member: int) -> list[JsonObject]:
    """List the settlements that a member paid or was paid."""
    rows = await connection.fetch(LIST_OWN_SETTLEMENTS, event_id, member)
    return [{**dict(row), "content": msgspec.Raw(row["content"].encode())} for row in rows]
