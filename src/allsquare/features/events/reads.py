"""Read events as they are, or as an entry left them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.commands.base import EventNotFound
from allsquare.core.entry import Entry, EventSettled, Head
from allsquare.features.events.settling import show_plan, show_setting
from allsquare.features.wire.decimals import show_decimal
from allsquare.features.wire.json import JsonObject
from allsquare.ledger.batch import setting_row
from allsquare.ledger.journal import load_entries
from allsquare.ledger.store import read_setting


class EventRow(msgspec.Struct, frozen=True):
    """What a head says of an event, for reading."""

    event_id: UUID
    name: str
    kind: str
    currency: str
    simplify: bool
    status: str
    version: int
    seq: int
    plan_seq: int | None
    created_at: datetime
    settle_by: str | None
    edit_by: str


GET_EVENT = """
SELECT event_id, name, kind, currency, simplify, status, version, seq, plan_seq, created_at, settle_by, edit_by
FROM event WHERE event_id = $1 AND status <> 'deleted'
"""


def event_missing(event_id: UUID) -> EventNotFound:
    """Say that there is no such event."""
    detail = f"There is no event {event_id}."
    return EventNotFound(detail)


async def get_event(connection: asyncpg.Connection, event_id: UUID) -> EventRow:
    """Get an event's head; raises EventNotFound."""
    row = await connection.fetchrow(GET_EVENT, event_id)
    if row is None:
        raise event_missing(event_id)
    return EventRow(*row)


LIST_EVENTS = """
SELECT event_id, name, kind, currency, simplify, status, version, seq, plan_seq, created_at, settle_by, edit_by
FROM event
WHERE status <> 'deleted' AND ($6::boolean IS NULL OR (kind = 'direct') = $6)
  AND ($7::uuid IS NULL OR event_id = ANY(
      SELECT mine.event_id FROM member AS mine WHERE mine.user_id = $7 AND mine.left_seq IS NULL
      UNION
      SELECT made.event_id FROM event AS made WHERE made.created_by = $7 AND NOT EXISTS (
          SELECT FROM member AS seat WHERE seat.event_id = made.event_id AND seat.user_id = $7)))
  AND ($8::uuid IS NULL OR event_id = $8) AND ($1::timestamptz IS NULL OR (created_at, event_id) < ($1, $2::uuid))
  AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0)
ORDER BY created_at DESC, event_id DESC LIMIT $5
"""


async def list_events(
    connection: asyncpg.Connection,
    *,
    before: tuple[datetime, UUID] | None = None,
    status: str | None = None,
    search: str | None = None,
    direct: bool | None = None,
    whose: UUID | None = None,
    only: UUID | None = None,
    limit: int,
) -> list[EventRow]:
    """List events, newest first: everybody's, or those somebody sees by a seat or by having made them.

    Shape: the rule is that of `core.access.role_of_seat`; `only` is the one event that a sign-in is for.
    """
    created_at, event_id = before or (None, None)
    rows = await connection.fetch(LIST_EVENTS, created_at, event_id, status, search, limit, direct, whose, only)
    return [EventRow(*row) for row in rows]


LIST_MEMBERS = """
SELECT event_id, member_no, name, role, user_id, joined_seq, left_seq, weight, bank, country, currency
FROM member WHERE event_id = ANY($1::uuid[]) ORDER BY event_id, member_no
"""


async def list_members(
    connection: asyncpg.Connection, event_ids: Sequence[UUID], *, up_to_seq: int | None = None
) -> dict[UUID, list[JsonObject]]:
    """List the members of events, those who left included; `up_to_seq` shows who was there after that entry."""
    members: dict[UUID, list[JsonObject]] = {event_id: [] for event_id in event_ids}
    for event_id, number, name, role, user_id, joined_seq, left_seq, weight, *details in await connection.fetch(
        LIST_MEMBERS, list(event_ids)
    ):
        if up_to_seq is not None:
            if joined_seq > up_to_seq:
                continue
            left_seq = left_seq if left_seq is not None and left_seq <= up_to_seq else None  # noqa: PLW2901
        members[event_id].append(
            {
                "member": number,
                "name": name,
                "role": role,
                "user_id": user_id,
                "active": left_seq is None,
                "weight": show_decimal(weight, 4),
                "payment": dict(zip(("bank", "country", "currency"), details, strict=True)),
            }
        )
    return members


def show_event(row: EventRow, members: list[JsonObject], plan: JsonObject | None) -> JsonObject:
    """Show an event as the API does."""
    return {
        "id": row.event_id,
        "name": row.name,
        "kind": row.kind,
        "currency": row.currency,
        "simplify": row.simplify,
        "settle_by": show_setting(read_setting(row.settle_by)),
        "edit_by": row.edit_by,
        "status": row.status,
        "version": row.version,
        "seq": row.seq,
        "created_at": row.created_at,
        "members": members,
        "plan": plan,
    }


def show_frozen_plan(entry: Entry | None) -> JsonObject | None:
    """Show the plan that an event froze when it began to settle."""
    if entry is None or not isinstance(entry.change, EventSettled):
        return None
    return {"seq": entry.seq - 1, **show_plan(entry.change.plan)}


async def read_event(connection: asyncpg.Connection, event_id: UUID) -> JsonObject:
    """Read one event, whole; raises EventNotFound."""
    row = await get_event(connection, event_id)
    members = await list_members(connection, [event_id])
    plan = None
    if row.status == "settlement" and row.plan_seq is not None:
        key = (event_id, row.plan_seq)
        plan = show_frozen_plan((await load_entries(connection, [key])).get(key))
    return show_event(row, members[event_id], plan)


CREATED_AT = """
SELECT created_at FROM event WHERE event_id = $1
"""


FIND_SETTLED_SEQ = """
SELECT seq FROM journal WHERE event_id = $1 AND seq <= $2 AND kind = 'event.settled' ORDER BY seq DESC LIMIT 1
"""


async def _find_plan(connection: asyncpg.Connection, event_id: UUID, *, up_to_seq: int) -> JsonObject | None:
    seq = await connection.fetchval(FIND_SETTLED_SEQ, event_id, up_to_seq)
    return show_frozen_plan((await load_entries(connection, [(event_id, seq)])).get((event_id, seq)))


FIND_HEAD_SEQ = """
SELECT seq FROM journal
WHERE event_id = $1 AND seq <= $2 AND payload -> 'head' ->> 'version' IS NOT NULL ORDER BY seq DESC LIMIT 1
"""


async def read_event_at(connection: asyncpg.Connection, event_id: UUID, seq: int) -> JsonObject:
    """Read an event as it was after an entry, which need not have touched its head."""
    row = await connection.fetchrow(GET_EVENT, event_id)
    if row is not None and EventRow(*row).seq == seq:
        return await read_event(connection, event_id)
    key = (event_id, await connection.fetchval(FIND_HEAD_SEQ, event_id, seq))
    entry = (await load_entries(connection, [key]))[key]
    if entry.change.head is None:
        message = f"entry {entry.seq} has no head"
        raise AssertionError(message)
    return await read_event_after(connection, entry, entry.change.head, seq=seq)


async def read_event_after(
    connection: asyncpg.Connection, entry: Entry, head: Head, *, seq: int | None = None
) -> JsonObject:
    """Read an event as one of its entries left it, so that a repeated request gets the same answer.

    Shape: names are always today's, being no part of the history. `seq` is a later entry, where others came since
        that left the head as it was.
    """
    seq = seq or entry.seq
    row = EventRow(
        entry.event_id,
        head.name,
        head.kind,
        head.currency,
        head.simplify,
        head.status,
        head.version,
        seq,
        None,
        await connection.fetchval(CREATED_AT, entry.event_id),
        setting_row(head),
        head.edit_by,
    )
    members = await list_members(connection, [entry.event_id], up_to_seq=seq)
    plan = await _find_plan(connection, entry.event_id, up_to_seq=seq) if head.status == "settlement" else None
    return show_event(row, members[entry.event_id], plan)


FIND_CURRENCY = """
SELECT currency FROM event WHERE event_id = $1 AND status <> 'deleted'
"""


async def get_currency(connection: asyncpg.Connection, event_id: UUID) -> str:
    """Get an event's currency; raises EventNotFound."""
    currency = await connection.fetchval(FIND_CURRENCY, event_id)
    if currency is None:
        raise event_missing(event_id)
    return str(currency)
