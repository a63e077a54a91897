"""Do, within one transaction, what becomes of a batch of commands: lock, load, decide, append.

`ledger/poster.py` says which batches there are and when they are tried again; docs/guides/ledger.md goes through one
step by step.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.access import Actor, role_in
from allsquare.core.commands import Accepted, Command, Rejected, decide
from allsquare.core.commands.base import event_not_found
from allsquare.core.entry import Entry, encode_change, hash_entry
from allsquare.core.errors import AllsquareError, Forbidden
from allsquare.core.event import EventState, Member, apply_entry, next_moment
from allsquare.ledger.batch import Append
from allsquare.ledger.journal import load_entries
from allsquare.ledger.projections import append
from allsquare.ledger.refusals import freeze, mismatch, thaw
from allsquare.ledger.store import KnownCommand, load_known_commands, load_needs, load_rosters, lock_heads

MAX_CHUNK = 1_000
"""How many commands one append takes; a unit that is posted together may be larger than a batch."""

MAX_ROSTERS = 4_096

_encode_command = msgspec.json.Encoder().encode


class Posted(msgspec.Struct, frozen=True):
    """An accepted command: the entry it became; `replayed` where it became so for an earlier request."""

    entry: Entry
    replayed: bool


class Job:
    """One command on its way: whose, on which event, under which id; its future gets the answer."""

    __slots__ = ("actor", "command", "command_id", "event_id", "final", "future", "keyed", "request_hash", "sent")

    def __init__(
        self,
        *,
        event_id: UUID,
        command_id: UUID,
        actor: Actor,
        command: Command,
        keyed: bool,
        final: bool | None = None,
    ) -> None:
        """Wrap a command; `keyed` tells that its id came from the client, so that it may come again.

        `final` (as `keyed`, where it is missing) tells that a refusal is the last word under that id. An idempotency
        key is used up by it; the id somebody made for an expense is not, and what was wrong can be mended under it.
        """
        self.event_id = event_id
        self.command_id = command_id
        self.actor = actor
        self.command = command
        self.keyed = keyed
        self.final = keyed if final is None else final
        self.request_hash = hashlib.sha256(actor.actor_id.bytes + _encode_command(command.asked())).digest()
        self.sent = False
        self.future: asyncio.Future[Posted] = asyncio.get_running_loop().create_future()


Answer = Posted | AllsquareError


class Rosters:
    """Who is in which event, remembered between batches and good while the head's `roster_seq` stands."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self._remembered: dict[UUID, tuple[int, dict[int, Member]]] = {}

    async def fill(self, connection: asyncpg.Connection, states: Iterable[EventState]) -> None:
        """Give each state its roster, loading those that are not remembered."""
        unknown = []
        for state in states:
            roster = self._remembered.get(state.event_id)
            if roster is not None and roster[0] == state.roster_seq:
                state.members = dict(roster[1])
            elif state.seq:
                unknown.append(state)
        if unknown:
            await load_rosters(connection, unknown)

    def remember(self, states: Iterable[EventState]) -> None:
        """Remember the rosters of committed states; the oldest go where there are too many."""
        for state in states:
            self._remembered[state.event_id] = (state.roster_seq, state.members)
        while len(self._remembered) > MAX_ROSTERS:
            del self._remembered[next(iter(self._remembered))]


class RefusedTogether(Exception):
    """One command of a unit was refused, so the whole transaction must go."""

    def __init__(self, error: AllsquareError) -> None:
        super().__init__(error.detail)
        self.error = error


async def post_on(
    connection: asyncpg.Connection, rosters: Rosters, jobs: Sequence[Job], *, together: bool
) -> tuple[list[Answer], list[EventState]]:
    """Decide the jobs in turn and append what was accepted; the caller commits, and then remembers the states.

    Shape: one answer for each job, in order; the states are those of the events that exist.
    Locks: the heads of all events named, until the transaction ends.
    Raises: RefusedTogether at the first refusal, where the jobs shall be posted together.
    """
    states = await lock_heads(connection, {job.event_id for job in jobs})
    await rosters.fill(connection, states.values())
    known = await _find_known(connection, jobs)
    found: list[Answer | KnownCommand] = []
    for start in range(0, len(jobs), MAX_CHUNK):
        found += await _post_chunk(connection, states, known, jobs[start : start + MAX_CHUNK], together=together)
    answers = await _with_replays(connection, jobs, found)
    for job in jobs:
        job.sent = True
    return answers, [state for state in states.values() if state.seq]


async def _find_known(connection: asyncpg.Connection, jobs: Sequence[Job]) -> dict[tuple[UUID, UUID], KnownCommand]:
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
                raise RefusedTogether(answer)
            answers.append(answer)
        else:
            answers.append(_answer_again(states[job.event_id], job, found))
    if batch.commands:
        await append(connection, batch)
    return answers


def _answer_again(state: EventState, job: Job, found: KnownCommand) -> Answer | KnownCommand:
    """Give a known command the answer it got, unless whoever asks may not see the event any more."""
    if state.head is not None and role_in(state, job.actor) is None and job.actor.invited_as is None:
        return event_not_found(state.event_id)
    return found if found.request_hash == job.request_hash else mismatch()


def _decide_one(
    state: EventState,
    job: Job,
    now: datetime,
    batch: Append,
    known: dict[tuple[UUID, UUID], KnownCommand],
) -> Answer:
    decision = decide(state, job.command, now, job.actor)
    key = (job.event_id, job.command_id)
    if isinstance(decision, Rejected):
        # Who may not do it today may do it tomorrow, and strangers leave no trace in an event.
        seen = role_in(state, job.actor) is not None
        if job.final and state.seq and seen and not isinstance(decision.error, Forbidden):
            known[key] = KnownCommand(job.request_hash, freeze(decision.error), None)
            batch.add_refusal(job.event_id, job.command_id, known[key])
        return decision.error
    touched = batch.touch(state)
    entry = seal_entry(state, job, decision, now)
    apply_entry(state, entry, decision.names, decision.profiles)
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
        actor=job.actor.actor_id,
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
        job.actor.actor_id,
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
