"""Rebuild an event's projections from its journal, in place.

Only what can be told from the journal is written; names of members and where their money lies
stay as they are. The end of the hash chain (`seq` and `head_hash` of the head) is no projection but what the journal is
held against: where the two disagree, entries may be missing, and nothing is rebuilt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from allsquare.core.event import EventState
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.ledger.batch import Append, new_head_row
from allsquare.ledger.projections import project, write_rare
from allsquare.ledger.replay import JournalBroken, OnProgress, Replay, walk_events
from allsquare.ledger.store import lock_heads
from allsquare.ledger.verify import Finding
from allsquare.pg.transact import transaction


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much was rebuilt; `refused` names the entry at which the chain of an event is broken, left as it was."""

    events: int
    entries: int
    refused: tuple[Finding, ...]


async def rebuild(
    pool: asyncpg.Pool, *, event_ids: Sequence[UUID] | None = None, on_progress: OnProgress | None = None
) -> Rebuilt:
    """Replace the projections of the events asked for, or of all, by what their journals say.

    Locks: each event's head, while that event is rebuilt in a transaction of its own; posting to it waits.
    Ensures: an event whose chain is broken is left as it was and reported.
    """
    events = entries = 0
    refused: list[Finding] = []
    async for event_id in walk_events(pool, event_ids, on_progress):
        try:
            async with transaction(pool) as connection:
                entries += await _rebuild_event(connection, event_id)
        except JournalBroken as broken:
            refused.append(Finding(event_id, "chain", broken.detail, broken.seq))
        else:
            events += 1
    return Rebuilt(events, entries, tuple(refused))


KNOWN_OF_MEMBERS = "SELECT member_no, name, bank, country, currency FROM member WHERE event_id = $1"


async def _rebuild_event(connection: asyncpg.Connection, event_id: UUID) -> int:
    head = (await lock_heads(connection, [event_id]))[event_id]
    known = await connection.fetch(KNOWN_OF_MEMBERS, event_id)
    names, profiles = {row[0]: row[1] for row in known}, {row[0]: Profile(*row[2:]) for row in known}
    replay = Replay(connection, event_id, names, profiles)
    await _clear(connection, event_id)
    async for touched in replay.pages():
        page = Append().touch(touched.state)
        page.expenses = touched.expenses
        await project(connection, [page])
    await _check_end(connection, replay, head)
    replay.touched.expenses.clear()
    await project(connection, [replay.touched])
    await write_rare(connection, [replay.touched])
    await _write_head(connection, replay.state)
    return replay.state.seq


CLEAR = """
WITH no_expense AS (DELETE FROM expense WHERE event_id = $1),
     no_settlement AS (DELETE FROM settlement WHERE event_id = $1),
     no_import AS (DELETE FROM import WHERE event_id = $1),
     no_position AS (DELETE FROM position WHERE event_id = $1)
DELETE FROM pair_balance WHERE event_id = $1
"""


async def _clear(connection: asyncpg.Connection, event_id: UUID) -> None:
    """Take away what is rebuilt from nothing; members and the head keep what no journal knows."""
    await connection.execute(CLEAR, event_id)


LAST_KNOWN_SEQ = """
SELECT greatest((SELECT max(seq) FROM command WHERE event_id = $1), (SELECT max(seq) FROM transfer WHERE event_id = $1))
       AS seq
"""


async def _check_end(connection: asyncpg.Connection, replay: Replay, head: EventState) -> None:
    """Refuse a journal whose last entries are missing; where there is no head, commands and transfers tell."""
    if head.seq:
        replay.check_end(head)
    seq = replay.state.seq
    known = await connection.fetchval(LAST_KNOWN_SEQ, replay.state.event_id) or 1
    if known > seq:
        raise JournalBroken(seq + 1, f"entry {seq + 1} is missing: the journal ends at {seq}, but {known} is spoken of")


REPLACE_HEAD = """
INSERT INTO event (event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq,
                   volume_minor, created_at, created_by, recorded_at, settle_by, edit_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (event_id) DO UPDATE
SET name = excluded.name, kind = excluded.kind, currency = excluded.currency, simplify = excluded.simplify,
    status = excluded.status, version = excluded.version, seq = excluded.seq, head_hash = excluded.head_hash,
    roster_seq = excluded.roster_seq, plan_seq = excluded.plan_seq, volume_minor = excluded.volume_minor,
    created_at = excluded.created_at, created_by = excluded.created_by, recorded_at = excluded.recorded_at,
    settle_by = excluded.settle_by, edit_by = excluded.edit_by
"""

DELETE_STRANGERS = "DELETE FROM member WHERE event_id = $1 AND NOT member_no = ANY($2::integer[])"


async def _write_head(connection: asyncpg.Connection, state: EventState) -> None:
    # Updated, never deleted and inserted: a poster that waits for the lock must find the row it waited for.
    await connection.execute(REPLACE_HEAD, *new_head_row(state))
    await connection.execute(DELETE_STRANGERS, state.event_id, list(state.members))
