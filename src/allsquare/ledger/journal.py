"""Read journal entries back, with their transfers."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import asyncpg

from allsquare.core.entry import Entry, Transfer, decode_change

LOAD_ENTRIES = """
SELECT found.event_id, found.seq, found.command_id, found.payload, found.reverses_seq, found.actor,
       found.effective_on, found.recorded_at, found.hash
FROM unnest($1::uuid[], $2::bigint[]) AS asked (event_id, seq)
JOIN journal AS found ON found.event_id = asked.event_id AND found.seq = asked.seq
"""

LIST_ENTRIES = """
SELECT event_id, seq, command_id, payload, reverses_seq, actor, effective_on, recorded_at, hash
FROM journal WHERE event_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
"""

LIST_TRANSFERS = """
SELECT seq, line, debit_member, credit_member, currency, amount_minor
FROM transfer WHERE event_id = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq, (line < 0) DESC, abs(line)
"""


def entry_from_row(row: asyncpg.Record, transfers: tuple[Transfer, ...] = ()) -> Entry:
    """Build an entry from a row in the column order of LOAD_ENTRIES."""
    event_id, seq, command_id, payload, reverses_seq, actor, effective_on, recorded_at, entry_hash = row
    return Entry(
        event_id,
        seq,
        command_id,
        decode_change(payload),
        payload.encode(),
        reverses_seq,
        actor,
        effective_on,
        recorded_at,
        transfers,
        entry_hash,
    )


async def load_entries(
    connection: asyncpg.Connection, wanted: Sequence[tuple[UUID, int]]
) -> dict[tuple[UUID, int], Entry]:
    """Load certain entries, without their transfers."""
    rows = await connection.fetch(LOAD_ENTRIES, [pair[0] for pair in wanted], [pair[1] for pair in wanted])
    return {(row[0], row[1]): entry_from_row(row) for row in rows}


async def list_rows(
    connection: asyncpg.Connection, event_id: UUID, *, after: int, limit: int
) -> list[tuple[asyncpg.Record, tuple[Transfer, ...]]]:
    """List the entries of an event that follow `after` as they are stored, unread, oldest first, with their transfers.

    Shape: transfers stand in the order they were hashed in: those taken back first, each by line.
    """
    rows = await connection.fetch(LIST_ENTRIES, event_id, after, limit)
    if not rows:
        return []
    lines: dict[int, list[Transfer]] = {}
    for seq, *transfer in await connection.fetch(LIST_TRANSFERS, event_id, rows[0][1], rows[-1][1]):
        lines.setdefault(seq, []).append(Transfer(*transfer))
    return [(row, tuple(lines.get(row[1], ()))) for row in rows]


async def list_entries(connection: asyncpg.Connection, event_id: UUID, *, after: int, limit: int) -> list[Entry]:
    """List the entries of an event that follow `after`, oldest first, with their transfers."""
    rows = await list_rows(connection, event_id, after=after, limit=limit)
    return [entry_from_row(row, transfers) for row, transfers in rows]


async def read_all(connection: asyncpg.Connection, event_id: UUID, *, page: int = 1_000) -> AsyncIterator[Entry]:
    """Walk through the whole journal of an event, oldest first."""
    after = 0
    while entries := await list_entries(connection, event_id, after=after, limit=page):
        for entry in entries:
            yield entry
        after = entries[-1].seq
