"""Post commands: the one door through which everything that changes an event goes.

Commands queue up; a lane takes what is waiting (at once when idle, up to `MAX_BATCH`), locks the events' heads, loads
what the decisions must see, decides each in turn, appends the accepted ones and their projections in one statement,
commits once for all, and only then answers. One command is a batch of one.

A batch that meets a passing failure (deadlock, lost connection) is posted again with the same command ids, so that what
was committed without an answer is found and not repeated. On any other failure its commands are posted one by one, so
that a bad one fails alone.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
import structlog

from allsquare.core.commands import Accepted, Command, Rejected, decide
from allsquare.core.entry import Entry, encode_change, hash_entry
from allsquare.core.errors import AllsquareError, Unavailable
from allsquare.core.event import EventState, Member, apply_entry, next_moment
from allsquare.ledger.batch import Append
from allsquare.ledger.journal import load_entries
from allsquare.ledger.projections import FenceLost, append
from allsquare.ledger.refusals import freeze, mismatch, thaw
from allsquare.ledger.store import KnownCommand, load_known_commands, load_needs, load_rosters, lock_heads
from allsquare.pg.transact import is_transient, transaction_on

MAX_BATCH = 256
MAX_WAITING = 20_000
MAX_CHUNK = 1_000
MAX_ROSTERS = 4_096
RETRY_FOR_S = 15
LONGEST_PAUSE_MS = 500

log = structlog.get_logger()
_encode_command = msgspec.json.Encoder().encode


class LedgerBusy(Unavailable):
    """More is waiting to be posted than the queue takes."""

    code = "ledger.busy"
    title = "Too much is waiting"


class LedgerUnavailable(Unavailable):
    """The database could not be reached; whether the command was recorded is told by sending it again."""

    code = "ledger.unavailable"
    title = "The ledger cannot be reached"


class Posted(msgspec.Struct, frozen=True):
    """An accepted command: the entry it became; `replayed` where it became so for an earlier request."""

    entry: Entry
    replayed: bool


class Job:
    """One command on its way: whose, on which event, under which id; its future gets the answer."""

    __slots__ = ("actor", "command", "command_id", "event_id", "future", "keyed", "request_hash", "sent")

    def __init__(self, *, event_id: UUID, command_id: UUID, actor: UUID, command: Command, keyed: bool) -> None:
        """Wrap a command; `keyed` tells that its id came from the client, so that it may come again."""
        self.event_id = event_id
        self.command_id = command_id
        self.actor = actor
        self.command = command
        self.keyed = keyed
        self.request_hash = hashlib.sha256(actor.bytes + _encode_command(command)).digest()
        self.sent = False
        self.future: asyncio.Future[Posted] = asyncio.get_running_loop().create_future()


Answer = Posted | AllsquareError
Roster = tuple[int, dict[int, Member]]


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
    ) -> None:
        """Post over a pool; `on_committed` hears of every event that moved, and how far, after the commit."""
        self._pool = pool
        self._lanes = [_Lane(self) for _ in range(lanes)]
        self._on_committed = on_committed
        self._rosters: dict[UUID, Roster] = {}
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
        for item in items:
            lane = self._lanes[hash(item.event_id) % len(self._lanes)]
            lane.waiting.append(item)
            lane.wakeup.set()

    async def post(self, jobs: list[Job]) -> None:
        """Post jobs as one batch and answer each, whatever happens."""
        deadline = asyncio.get_running_loop().time() + RETRY_FOR_S
        pause_ms = 5
        while True:
            try:
                answers = await self._attempt(jobs, together=False)
            except Exception as error:
                if is_transient(error) or isinstance(error, FenceLost | asyncpg.UniqueViolationError):
                    if asyncio.get_running_loop().time() < deadline:
                        await asyncio.sleep(pause_ms / 1000)  # tidy: not-money
                        pause_ms = min(pause_ms * 2, LONGEST_PAUSE_MS)
                        continue
                    error = _unavailable(error)
                elif len(jobs) > 1:
                    for job in jobs:
                        await self.post([job])
                    return
                log.exception("posting failed", error=type(error).__name__, commands=len(jobs))
                answers = [error] * len(jobs)
            for job, answer in zip(jobs, answers, strict=True):
                _settle(job.future, answer)
            return

    async def post_together(self, unit: "_Unit") -> None:
        """Post a unit in one transaction of its own and answer it, whatever happens."""
        for attempt in range(5):
            try:
                answers = await self._attempt(unit.jobs, together=True)
            except _RefusedTogether as refused:
                _settle(unit.future, refused.error)
            except Exception as error:
                if (is_transient(error) or isinstance(error, FenceLost | asyncpg.UniqueViolationError)) and attempt < 4:
                    await asyncio.sleep(attempt / 10)  # tidy: not-money
                    continue
                log.exception("posting failed", error=type(error).__name__, commands=len(unit.jobs))
                _settle(unit.future, _unavailable(error) if is_transient(error) else error)
            else:
                _settle(unit.future, [answer for answer in answers if isinstance(answer, Posted)])
            return

    async def _attempt(self, jobs: list[Job], *, together: bool) -> Sequence[Answer]:
        async with self._pool.acquire() as connection, transaction_on(connection):
            states = await lock_heads(connection, {job.event_id for job in jobs})
            await self._load_rosters(connection, states)
            known = await _find_known(connection, jobs)
            answers: list[Answer] = []
            for start in range(0, len(jobs), MAX_CHUNK):
                chunk = jobs[start : start + MAX_CHUNK]
                answers += await _post_chunk(connection, states, known, chunk, together=together)
            answers = await _with_replays(connection, jobs, answers)
            for job in jobs:
                job.sent = True
        self._remember(states)
        return answers

    async def _load_rosters(self, connection: asyncpg.Connection, states: dict[UUID, EventState]) -> None:
        unknown = []
        for event_id, state in states.items():
            roster = self._rosters.get(event_id)
            if roster is not None and roster[0] == state.roster_seq:
                state.members = dict(roster[1])
            elif state.seq:
                unknown.append(state)
        if unknown:
            await load_rosters(connection, unknown)

    def _remember(self, states: dict[UUID, EventState]) -> None:
        for event_id, state in states.items():
            if state.seq:
                self._rosters[event_id] = (state.roster_seq, state.members)
                if self._on_committed is not None:
                    self._on_committed(event_id, state.seq)
        while len(self._rosters) > MAX_ROSTERS:
            del self._rosters[next(iter(self._rosters))]

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
        self.waiting: deque[Job | _Unit] = deque()
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
            first = self.waiting[0]
            if isinstance(first, _Unit):
                self.waiting.popleft()
                self.poster.taken(1)
                await self.poster.post_together(first)
                continue
            batch: list[Job] = []
            while self.waiting and len(batch) < MAX_BATCH and isinstance(self.waiting[0], Job):
                batch.append(self.waiting.popleft())  # type: ignore[arg-type]
            self.poster.taken(len(batch))
            await self.poster.post(batch)


class _RefusedTogether(Exception):
    """One command of a unit was refused, so the whole transaction must go."""

    def __init__(self, error: AllsquareError) -> None:
        super().__init__(error.detail)
        self.error = error


async def _find_known(connection: asyncpg.Connection, jobs: list[Job]) -> dict[tuple[UUID, UUID], KnownCommand]:
    # An id made for this very command cannot be known, unless an earlier attempt of ours was committed unheard.
    askable = [(job.event_id, job.command_id) for job in jobs if job.keyed or job.sent]
    return await load_known_commands(connection, askable) if askable else {}


async def _post_chunk(
    connection: asyncpg.Connection,
    states: dict[UUID, EventState],
    known: dict[tuple[UUID, UUID], KnownCommand],
    jobs: Sequence[Job],
    *,
    together: bool,
) -> list[Answer | KnownCommand]:
    new = [job for job in jobs if (job.event_id, job.command_id) not in known]
    await load_needs(connection, [(states[job.event_id], job.command) for job in new])
    batch = Append()
    now = datetime.now(UTC)
    answers: list[Answer | KnownCommand] = []
    for job in jobs:
        found = known.get((job.event_id, job.command_id))
        if found is None:
            answer = _decide_one(states[job.event_id], job, now, batch, known)
            if together and isinstance(answer, AllsquareError):
                raise _RefusedTogether(answer)
            answers.append(answer)
        else:
            answers.append(found if found.request_hash == job.request_hash else mismatch())
    if batch.commands:
        await append(connection, batch)
    return answers


def _decide_one(
    state: EventState,
    job: Job,
    now: datetime,
    batch: Append,
    known: dict[tuple[UUID, UUID], KnownCommand],
) -> Answer:
    decision = decide(state, job.command, now)
    key = (job.event_id, job.command_id)
    if isinstance(decision, Rejected):
        if job.keyed and state.seq:
            known[key] = KnownCommand(job.request_hash, freeze(decision.error), None)
            batch.add_refusal(job.event_id, job.command_id, known[key])
        return decision.error
    touched = batch.touch(state)
    entry = seal_entry(state, job, decision, now)
    apply_entry(state, entry, decision.names)
    batch.add_entry(touched, entry, job.request_hash)
    if job.keyed:
        known[key] = KnownCommand(job.request_hash, None, entry.seq)
    return Posted(entry, replayed=False)


def seal_entry(state: EventState, job: Job, accepted: Accepted, now: datetime) -> Entry:
    """Make the next entry of an event from an accepted command: number it, date it, chain it."""
    payload = encode_change(accepted.change)
    seq = state.seq + 1
    recorded_at = next_moment(state, now)
    entry_hash = hash_entry(
        state.head_hash,
        event_id=state.event_id,
        seq=seq,
        command_id=job.command_id,
        payload=payload,
        reverses_seq=accepted.reverses_seq,
        actor=job.actor,
        effective_on=accepted.effective_on,
        recorded_at=recorded_at,
        transfers=accepted.transfers,
    )
    return Entry(
        state.event_id,
        seq,
        job.command_id,
        accepted.change,
        payload,
        accepted.reverses_seq,
        job.actor,
        accepted.effective_on,
        recorded_at,
        accepted.transfers,
        entry_hash,
    )


async def _with_replays(
    connection: asyncpg.Connection, jobs: Sequence[Job], answers: Sequence[Answer | KnownCommand]
) -> list[Answer]:
    """Turn command ids that were answered before into the answers they got."""
    wanted = [
        (job.event_id, answer.seq)
        for job, answer in zip(jobs, answers, strict=True)
        if isinstance(answer, KnownCommand) and answer.seq is not None
    ]
    entries = await load_entries(connection, wanted) if wanted else {}
    answered: list[Answer] = []
    for job, answer in zip(jobs, answers, strict=True):
        if not isinstance(answer, KnownCommand):
            answered.append(answer)
        elif answer.seq is not None:
            answered.append(Posted(entries[job.event_id, answer.seq], replayed=not job.sent))
        else:
            answered.append(thaw(answer.outcome or ""))
    return answered


def _unavailable(error: BaseException) -> LedgerUnavailable:
    detail = (
        f"The database could not be reached for {RETRY_FOR_S} seconds ({type(error).__name__}). "
        "Whether this was recorded is not known: send it again with the same Idempotency-Key."
    )
    return LedgerUnavailable(detail)


def _settle(future: asyncio.Future, answer: object) -> None:
    if future.done():  # whoever asked has gone away
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
