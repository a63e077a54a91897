"""Replay the journal of an event: hold each entry against the hash chain, then fold it, page by page.

`verify` compares what comes of it with what is stored, `rebuild` writes it. Neither believes anything but the journal,
and the journal only as far as its chain holds.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.entry import Entry, Transfer, hash_entry
from allsquare.core.event import EventState, apply_entry
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.ledger.batch import Append, Touched
from allsquare.ledger.journal import entry_from_row, list_rows

PAGE = 500
"""How many entries, and how many ids of events, are held at once."""

OnProgress = Callable[[int, int], None]
"""Hears after each event how many are done, and how many there are in all."""


class JournalBroken(Exception):
    """The journal is not what was recorded; `seq` is the first entry that is missing, altered or out of place."""

    def __init__(self, seq: int, detail: str) -> None:
        super().__init__(detail)
        self.seq = seq
        self.detail = detail


class Replay:
    """The journal of one event on its way through `apply_entry`."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        event_id: UUID,
        names: dict[int, str] | None = None,
        profiles: dict[int, Profile] | None = None,
    ) -> None:
        """Begin before the first entry; `names` and `profiles` say of the members what no entry holds."""
        self.touched = Append().touch(EventState(event_id))
        self.transfers = 0
        self._connection = connection
        self._names = names or {}
        self._profiles = profiles or {}

    @property
    def state(self) -> EventState:
        """Give what the event is after the entries replayed so far."""
        return self.touched.state

    async def pages(self) -> AsyncIterator[Touched]:
        """Fold page after page; each time give all sums so far, and the expenses of that page alone.

        Shape: an expense is told by its last entry alone, so those of former pages are forgotten: memory holds one page
            beside the members, balances, settlements and imports of the event.
        Raises: JournalBroken.
        """
        touched, state = self.touched, self.touched.state
        while rows := await list_rows(self._connection, state.event_id, after=state.seq, limit=PAGE):
            touched.expenses.clear()
            state.expenses.clear()
            for row, transfers in rows:
                entry = read_next(state, row, transfers)
                try:
                    apply_entry(state, entry, self._names, self._profiles)
                except (AssertionError, KeyError) as error:
                    detail = f"entry {entry.seq} cannot follow what came before it: {error}"
                    raise JournalBroken(entry.seq, detail) from error
                touched.add(entry)
                self.transfers += len(transfers)
            yield touched

    def check_end(self, head: EventState) -> None:
        """Hold the end of the journal against the head, which tells when the last entries are missing.

        Raises: JournalBroken.
        """
        seq = self.state.seq
        if head.seq > seq:
            detail = f"entry {seq + 1} is missing: the head stands at {head.seq}, the journal ends at {seq}"
            raise JournalBroken(seq + 1, detail)
        if head.seq < seq:
            detail = f"entry {head.seq + 1} goes beyond the head, which stands at {head.seq}"
            raise JournalBroken(head.seq + 1, detail)
        if head.head_hash != self.state.head_hash:
            detail = f"the head's hash {head.head_hash.hex()} is not that of entry {seq}, {self.state.head_hash.hex()}"
            raise JournalBroken(seq, detail)


def read_next(state: EventState, row: asyncpg.Record, transfers: tuple[Transfer, ...]) -> Entry:
    """Read the entry that follows a state, once its hash is found to cover just what is stored.

    Raises: JournalBroken.
    """
    event_id, seq, command_id, payload, reverses_seq, actor, effective_on, recorded_at, entry_hash = row
    if seq != state.seq + 1:
        detail = f"entry {state.seq + 1} is missing: entry {seq} follows entry {state.seq}"
        raise JournalBroken(state.seq + 1, detail)
    computed = hash_entry(
        state.head_hash,
        event_id=event_id,
        seq=seq,
        command_id=command_id,
        payload=payload.encode(),
        reverses_seq=reverses_seq,
        actor=actor,
        effective_on=effective_on,
        recorded_at=recorded_at,
        transfers=transfers,
    )
    if computed != entry_hash:
        detail = f"entry {seq} was altered: its hash is {entry_hash.hex()}, what is stored gives {computed.hex()}"
        raise JournalBroken(seq, detail)
    try:
        return entry_from_row(row, transfers)
    except msgspec.MsgspecError as error:
        detail = f"entry {seq} cannot be read: {error}"
        raise JournalBroken(seq, detail) from error


COUNT_EVENTS = "SELECT count(*) AS events FROM event"


async def walk_events(
    pool: asyncpg.Pool, asked: Sequence[UUID] | None, on_progress: OnProgress | None
) -> AsyncIterator[UUID]:
    """Give the events asked for, or all of which anything is stored; report each once the caller is done with it."""
    done, total = 0, len(asked) if asked is not None else await pool.fetchval(COUNT_EVENTS)
    async for event_id in _list_events(pool, asked):
        yield event_id
        done += 1
        if on_progress is not None:
            on_progress(done, max(done, total))  # events may have begun since they were counted


LIST_EVENTS = "SELECT event_id FROM event WHERE event_id >= $1 ORDER BY event_id LIMIT $2"

LIST_HEADLESS = """
SELECT stray.event_id
FROM (SELECT event_id FROM journal UNION SELECT event_id FROM transfer UNION SELECT event_id FROM command
      UNION SELECT event_id FROM member UNION SELECT event_id FROM position UNION SELECT event_id FROM pair_balance
      UNION SELECT event_id FROM expense UNION SELECT event_id FROM settlement UNION SELECT event_id FROM import)
     AS stray (event_id)
WHERE NOT EXISTS (SELECT FROM event WHERE event.event_id = stray.event_id)
ORDER BY stray.event_id
"""


async def _list_events(pool: asyncpg.Pool, asked: Sequence[UUID] | None) -> AsyncIterator[UUID]:
    if asked is not None:
        for event_id in asked:
            yield event_id
        return
    page = await pool.fetch(LIST_EVENTS, UUID(int=0), PAGE)
    while page:
        for row in page:
            yield row[0]
        full = len(page) == PAGE
        page = await pool.fetch(LIST_EVENTS, UUID(int=page[-1][0].int + 1), PAGE) if full else []
    for row in await pool.fetch(LIST_HEADLESS):
        yield row[0]
