"""Post commands: the one door through which everything that changes an event goes.

Commands queue up; a lane takes what is waiting (at once when idle, up to `MAX_BATCH`), locks the events' heads, loads
what the decisions must see, decides each in turn, appends the accepted ones and their projections in one statement,
commits once for all, and only then answers. One command is a batch of one.

A batch that meets a passing failure (deadlock, lost connection) is posted again with the same command ids, so that what
was committed without an answer is found and not repeated. On any other failure its commands are posted one by one, so
that a bad one fails alone.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from allsquare.core.errors import AllsquareError, Unavailable
from allsquare.ledger.posting import Answer, Job, Posted, RefusedTogether, Rosters, post_on
from allsquare.ledger.projections import FenceLost
from allsquare.pg.transact import is_transient, transaction

__all__ = ["Job", "LedgerBusy", "LedgerUnavailable", "Posted", "Poster"]

MAX_BATCH = 256
MAX_WAITING = 20_000
RETRY_FOR_S = 15
LONGEST_PAUSE_MS = 500
MAX_RACES = 5

log = structlog.get_logger()


class LedgerBusy(Unavailable):
    """More is waiting to be posted than the queue takes."""

    code = "ledger.busy"
    title = "Too much is waiting"


class LedgerUnavailable(Unavailable):
    """The database could not be reached; whether the command was recorded is told by sending it again."""

    code = "ledger.unavailable"
    title = "The ledger cannot be reached"


class Poster:
    """Owns the lanes, the queue and the rosters remembered between batches.

    One event always goes through one lane, so that lanes never wait for each other's locks within a process; other
    processes may post to the same events at any time.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        lanes: int = 1,
        on_committed: Callable[[UUID, int], None] | None = None,
        retry_for_s: float = RETRY_FOR_S,
    ) -> None:
        """Post over a pool; `on_committed` hears of every event that moved, and how far, after the commit.

        Units: what meets passing failures is tried again until `retry_for_s` seconds after it was queued.
        """
        self._pool = pool
        self._retry_for_s = retry_for_s
        self._lanes = [_Lane(self) for _ in range(lanes)]
        self._on_committed = on_committed
        self._rosters = Rosters()
        self._waiting = 0
        self._closing = False

    def start(self) -> None:
        """Start the lanes in the running event loop."""
        for lane in self._lanes:
            lane.task = asyncio.create_task(lane.run())

    async def close(self) -> None:
        """Take no more, finish what is waiting, stop."""
        self._closing = True
        for lane in self._lanes:
            lane.wakeup.set()
        await asyncio.gather(*[lane.task for lane in self._lanes if lane.task is not None])

    def submit(self, job: Job) -> asyncio.Future[Posted]:
        """Queue one command; the future gives what it became, or raises its refusal.

        Raises: LedgerBusy at once when the queue is full or closing; nothing was recorded then.
        """
        self._queue([job])
        return job.future

    async def submit_together(self, jobs: Sequence[Job]) -> list[Posted]:
        """Post several commands of one event in one transaction: all of them, or none and the first refusal raised."""
        if not jobs:
            return []
        unit = _Unit(list(jobs))
        self._queue([unit])
        return await unit.future

    def _queue(self, items: Sequence["Job | _Unit"]) -> None:
        if self._closing or self._waiting + len(items) > MAX_WAITING:
            detail = (
                f"{self._waiting} commands are waiting to be recorded; nothing was recorded. Send it again shortly."
            )
            raise LedgerBusy(detail)
        self._waiting += len(items)
        deadline = asyncio.get_running_loop().time() + self._retry_for_s
        for item in items:
            lane = self._lanes[hash(item.event_id) % len(self._lanes)]
            lane.waiting.append((item, deadline))
            lane.wakeup.set()

    async def post(self, jobs: list[Job], *, deadline: float) -> None:
        """Post jobs as one batch and answer each, whatever happens."""
        try:
            answers = await self._insist(jobs, deadline, together=False)
        except Exception as error:
            if len(jobs) > 1 and not isinstance(error, LedgerUnavailable):
                for job in jobs:
                    await self.post([job], deadline=deadline)
                return
            log.exception("posting failed", error=type(error).__name__, commands=len(jobs))
            for job in jobs:
                _settle(job.future, error)
            return
        for job, answer in zip(jobs, answers, strict=True):
            _settle(job.future, answer)

    async def post_together(self, unit: "_Unit", *, deadline: float) -> None:
        """Post a unit in one transaction of its own and answer it, whatever happens."""
        try:
            answers = await self._insist(unit.jobs, deadline, together=True)
        except RefusedTogether as refused:
            _settle(unit.future, refused.error)
        except Exception as error:
            log.exception("posting failed", error=type(error).__name__, commands=len(unit.jobs))
            _settle(unit.future, error)
        else:
            _settle(unit.future, answers)

    async def _insist(self, jobs: Sequence[Job], deadline: float, *, together: bool) -> list[Answer]:
        """Attempt at least once, and again after passing failures until the deadline.

        Raises: LedgerUnavailable; RefusedTogether; what no repetition mends, as it is.
        """
        pause_ms, races = 5, 0
        while True:
            try:
                return await self._attempt(jobs, together=together)
            except Exception as error:
                # Another poster's row is seen by the next attempt; what is there again and again is nobody's race.
                races += isinstance(error, FenceLost | asyncpg.UniqueViolationError)
                if not _is_passing(error) or races > MAX_RACES:
                    raise
                if asyncio.get_running_loop().time() >= deadline:
                    raise _unavailable(error, self._retry_for_s) from error
            await asyncio.sleep(pause_ms / 1000)  # tidy: not-money
            pause_ms = min(pause_ms * 2, LONGEST_PAUSE_MS)

    async def _attempt(self, jobs: Sequence[Job], *, together: bool) -> list[Answer]:
        decided = [job.sent for job in jobs]
        async with transaction(self._pool) as connection:
            answers, states = await post_on(connection, self._rosters, jobs, together=together)
            for job, answer, ours in zip(jobs, answers, decided, strict=True):
                if isinstance(answer, AllsquareError):
                    if together:
                        raise RefusedTogether(answer)
                    # Where an earlier attempt of ours decided it unheard, whoever asked hears it for the first time.
                    answer.replayed = answer.replayed and not ours
                job.sent = not answer.replayed
        self._rosters.remember(states)
        if self._on_committed is not None:
            for state in states:
                self._on_committed(state.event_id, state.seq)
        return answers

    def taken(self, count: int) -> None:
        """Note that a lane took so many out of the queue."""
        self._waiting -= count

    @property
    def closing(self) -> bool:
        """Tell whether the lanes shall stop once nothing waits."""
        return self._closing


class _Unit:
    """Commands of one event that are posted together or not at all."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs
        self.event_id = jobs[0].event_id
        self.future: asyncio.Future[list[Posted]] = asyncio.get_running_loop().create_future()


class _Lane:
    """One queue and the task that empties it."""

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.waiting: deque[tuple[Job | _Unit, float]] = deque()
        self.wakeup = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        while True:
            if not self.waiting:
                if self.poster.closing:
                    return
                self.wakeup.clear()
                await self.wakeup.wait()
                continue
            # The oldest one's deadline is everybody's, so that an outage does not make each batch wait anew.
            first, deadline = self.waiting[0]
            if isinstance(first, _Unit):
                self.waiting.popleft()
                self.poster.taken(1)
                await self._finish(self.poster.post_together(first, deadline=deadline), [first.future])
                continue
            batch: list[Job] = []
            while self.waiting and len(batch) < MAX_BATCH and isinstance(job := self.waiting[0][0], Job):
                batch.append(job)
                self.waiting.popleft()
            self.poster.taken(len(batch))
            await self._finish(self.poster.post(batch, deadline=deadline), [job.future for job in batch])

    async def _finish(self, work: Coroutine[Any, Any, None], futures: "Sequence[asyncio.Future[Any]]") -> None:
        try:
            await work
        except (
            Exception
        ) as error:  # tidy: boundary a defect of ours must neither stop the lane nor leave anybody waiting
            log.exception("a batch was left unanswered", error=type(error).__name__)
            for future in futures:
                _settle(future, error)


def _is_passing(error: Exception) -> bool:
    """Tell whether the same batch may succeed when it is attempted again."""
    return is_transient(error) or isinstance(error, FenceLost | asyncpg.UniqueViolationError)


def _unavailable(error: Exception, seconds: float) -> LedgerUnavailable:
    detail = (
        f"The database could not be reached for {seconds:g} seconds ({type(error).__name__}). "
        "Whether this was recorded is not known: send it again with the same Idempotency-Key."
    )
    return LedgerUnavailable(detail)


def _settle(future: "asyncio.Future[Any]", answer: object) -> None:
    if future.done():  # whoever asked has gone away
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
