"""Read what is kept about one user: seats, open money, and the rows of their account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.event import Settlement, Standing
from allsquare.features.wire.json import JsonObject
from allsquare.ledger.store import settlement_from_row


class Seat(msgspec.Struct, frozen=True):
    """A seat that a user has or had in an event; `leads` where they are an admin of it."""

    event_id: UUID
    member: int
    leads: bool


LIST_SEATS = """
SELECT event_id, member_no, role = 'admin' AND left_seq IS NULL AS leads
FROM member WHERE user_id = $1 ORDER BY event_id, member_no
"""


async def list_seats(connection: asyncpg.Connection, user_id: UUID) -> list[Seat]:
    """List every seat a user has or had, in events of every status."""
    return [Seat(*row) for row in await connection.fetch(LIST_SEATS, user_id)]


LIST_HEIRS = """
SELECT DISTINCT ON (e.event_id) e.event_id, heir.member_no
FROM event AS e
JOIN member AS heir ON heir.event_id = e.event_id AND heir.left_seq IS NULL AND heir.user_id <> $1
WHERE e.status NOT IN ('archived', 'deleted')
  AND (e.event_id = ANY($2::uuid[]) OR (e.created_by = $1 AND NOT EXISTS (
      SELECT FROM member AS mine WHERE mine.event_id = e.event_id AND mine.user_id = $1)))
  AND NOT EXISTS (
      SELECT FROM member AS a
      WHERE a.event_id = e.event_id AND a.role = 'admin' AND a.left_seq IS NULL AND a.user_id <> $1)
ORDER BY e.event_id, heir.joined_seq, heir.member_no
"""


async def list_heirs(
    connection: asyncpg.Connection, user_id: UUID, event_ids: Sequence[UUID]
) -> list[tuple[UUID, int]]:
    """List who should manage the events that nobody with an account manages beside the user.

    Shape: of these events, and of those the user made without ever taking a seat; each with the member who has been
        there longest of those with an account. Archived events change no more.
    """
    return [tuple(row) for row in await connection.fetch(LIST_HEIRS, user_id, list(event_ids))]


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
}


async def list_account(connection: asyncpg.Connection, user_id: UUID) -> dict[str, list[JsonObject]]:
    """List what an account consists of beside itself, by kind; never a secret, not even hashed."""
    lists = {
        name: [dict(row) for row in await connection.fetch(statement, user_id)] for name, statement in _LISTS.items()
    }
    audit = await connection.fetch(LIST_OWN_AUDIT, user_id)
    lists["audit"] = [{**dict(row), "detail": msgspec.Raw(row["detail"].encode())} for row in audit]
    return lists


class OwnEvent(msgspec.Struct, frozen=True):
    """What a head says of an event in which somebody has the seat `member`, or had it up to the entry `left_seq`."""

    event_id: UUID
    member: int
    left_seq: int | None
    name: str
    kind: str
    currency: str
    status: str
    created_at: datetime


LIST_OWN_EVENTS = """
SELECT e.event_id, m.member_no, m.left_seq, e.name, e.kind, e.currency, e.status, e.created_at
FROM member AS m JOIN event AS e USING (event_id)
WHERE m.user_id = $1 ORDER BY e.created_at, e.event_id, m.member_no
"""


async def list_own_events(connection: asyncpg.Connection, user_id: UUID) -> list[OwnEvent]:
    """List the events in which a user has or had a seat, once for each seat; deleted ones too, for they are kept."""
    return [OwnEvent(*row) for row in await connection.fetch(LIST_OWN_EVENTS, user_id)]


LIST_OWN_STANDINGS = """
SELECT currency, debits, credits, paid, share, sent, received
FROM position WHERE event_id = $1 AND member_no = $2 ORDER BY currency
"""


async def list_own_standings(connection: asyncpg.Connection, event_id: UUID, member: int) -> list[tuple[str, Standing]]:
    """List where a member stands, by currency."""
    rows = await connection.fetch(LIST_OWN_STANDINGS, event_id, member)
    return [(currency, Standing(*counters)) for currency, *counters in rows]


LIST_OWN_SETTLEMENTS = """
SELECT event_id, settlement_id, seq, created_at, created_by, content, reversed_seq, reversed_reason
FROM settlement
WHERE event_id = $1
  AND ((content ->> 'payer')::integer = $2 OR (content ->> 'payee')::integer = $2
       OR EXISTS (SELECT FROM json_array_elements(coalesce(content -> 'rounding', '[]')) AS odd (unit)
                  WHERE (unit ->> 0)::integer = $2 OR (unit ->> 1)::integer = $2))
ORDER BY seq
"""


async def list_own_settlements(connection: asyncpg.Connection, event_id: UUID, member: int) -> list[Settlement]:
    """List the settlements that name a member, oldest first, those that were reversed included."""
    return [settlement_from_row(row) for row in await connection.fetch(LIST_OWN_SETTLEMENTS, event_id, member)]


LIST_USER_NAMES = """
SELECT user_id, name FROM "user" WHERE user_id = ANY($1::uuid[])
"""


async def list_user_names(connection: asyncpg.Connection, user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """List what users are called, deleted ones too."""
    return dict(map(tuple, await connection.fetch(LIST_USER_NAMES, list(user_ids))))
