"""Bring posters of several processes' worth to one place at one moment, in a known order, without ever sleeping.

A connection of the test holds what they need. Each is sent only when the one before it waits there, which PostgreSQL
itself tells; then the test lets go, and they go through as they came.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from allsquare.core.errors import AllsquareError
from allsquare.ledger.poster import Job, Posted, Poster
from allsquare.pg.pool import open_connection, open_pool
from tests.ledger.builders import assert_clean

PATIENCE_S = 30

HOLD_HEADS = "SELECT seq FROM event WHERE event_id = ANY($1::uuid[]) ORDER BY event_id FOR UPDATE"
HOLD_NEW_HEADS = "LOCK TABLE event IN SHARE MODE"
"""Reading and locking heads is possible then; making one is not."""

COUNT_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = $1 AND wait_event_type = 'Lock'
"""

LIST_SEQS = "SELECT seq FROM journal WHERE event_id = $1 ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Desk:
    """One poster with connections, rosters and a queue of its own, as each process has them."""

    name: str
    poster: Poster
    pool: asyncpg.Pool


@asynccontextmanager
async def open_desk(url: str, name: str) -> AsyncIterator[Desk]:
    """Run a poster of its own."""
    async with await open_pool(url, max_size=3, application_name=name) as pool:
        poster = Poster(pool)
        poster.start()
        yield Desk(name, poster, pool)
        await poster.close()


class Gate:
    """Sees who waits for what the test holds."""

    def __init__(self, watcher: asyncpg.Connection) -> None:
        self._watcher = watcher

    async def until_waits(self, desk: Desk) -> None:
        """Return when a connection of this desk waits for a lock."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self._watcher.fetchval(COUNT_WAITING, desk.name):
                pass


@asynccontextmanager
async def gate(url: str, statement: str, *arguments: object) -> AsyncIterator[Gate]:
    """Hold what a statement locks for as long as the block runs."""
    holder, watcher = await open_connection(url), await open_connection(url)
    try:
        async with holder.transaction():
            await holder.execute(statement, *arguments)
            yield Gate(watcher)
    finally:
        await holder.close()
        await watcher.close()


async def race(url: str, *entrants: tuple[Desk, Job], hold: str = HOLD_HEADS) -> list[Posted | AllsquareError]:
    """Let each desk post its job, all at once but one behind the other, and give their answers in that order."""
    heads = [list({job.event_id for _, job in entrants})] if hold == HOLD_HEADS else []
    answers = []
    async with gate(url, hold, *heads) as held:
        for desk, job in entrants:
            answers.append(desk.poster.submit(job))
            await held.until_waits(desk)
        assert not any(answer.done() for answer in answers)
    return [await heard(answer) for answer in answers]


async def heard(answer: Awaitable[Posted]) -> Posted | AllsquareError:
    """Wait for an answer, which may be a refusal."""
    try:
        return await asyncio.wait_for(answer, PATIENCE_S)
    except AllsquareError as error:
        return error


def accepted(answer: Posted | AllsquareError) -> Posted:
    """Hold an answer to be an acceptance."""
    assert isinstance(answer, Posted), answer
    return answer


def refused(answer: Posted | AllsquareError, code: str) -> AllsquareError:
    """Hold an answer to be this refusal."""
    assert isinstance(answer, AllsquareError), answer
    assert answer.code == code
    return answer


async def assert_sound(desk: Desk, event_id: UUID, *, entries: int) -> None:
    """The event has so many entries, numbered without a gap, and the ledger's own check finds nothing."""
    rows = await desk.pool.fetch(LIST_SEQS, event_id)
    assert [row[0] for row in rows] == list(range(1, entries + 1))
    await assert_clean(desk.pool, event_id)
