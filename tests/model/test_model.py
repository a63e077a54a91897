"""Random commands against real PostgreSQL and against a small reference ledger: they agree on every answer and amount.

ALLSQUARE_MODEL_SCALE=20 runs twenty times as many sequences, ALLSQUARE_MODEL_SEED=1000 others than those by default.
"""

import asyncio
import copy
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from allsquare.core.access import overseer
from allsquare.core.commands import Command
from allsquare.core.entry import Entry
from allsquare.core.errors import AllsquareError
from allsquare.core.event import EventState, apply_entry
from allsquare.ledger.journal import read_all
from allsquare.ledger.poster import Job, Posted, Poster
from allsquare.ledger.store import (
    load_all_pairs,
    load_expenses,
    load_imports,
    load_plans,
    load_positions,
    load_rosters,
    load_settlements,
    lock_heads,
)
from allsquare.ledger.verify import verify
from allsquare.pg.pool import open_pool
from allsquare.pg.transact import transaction
from tests.model.chance import Chance
from tests.model.reference import Reference
from tests.model.rules import RULES, answer

SCALE = int(os.environ.get("ALLSQUARE_MODEL_SCALE", "1"))
FIRST_SEED = int(os.environ.get("ALLSQUARE_MODEL_SEED", "0"))
SEEDS = range(FIRST_SEED, FIRST_SEED + 10 * SCALE)
BURSTS = 20
LARGEST_BURST = 30
CLIENTS = 8
COMMANDS_EACH = 30
ACTOR = UUID(int=1)

REFUSALS = {
    *("event.closed", "event.exists", "event.in_use", "event.not_cleared", "event.not_found", "event.not_reopenable"),
    *("event.not_settleable", "event.version_conflict", "plan.strategy_unknown", "money.out_of_bounds", "text.empty"),
    *("expense.amount_zero", "expense.deleted", "expense.exists", "expense.not_deleted", "expense.not_found"),
    *("expense.version_conflict", "payers.duplicate_member", "payers.nobody", "payers.sum_mismatch"),
    *("payers.wrong_sign", "member.duplicate_name", "member.gone", "member.inactive", "member.name_taken"),
    *("member.not_square", "member.unknown", "settlement.exists", "settlement.not_found", "settlement.not_positive"),
    *("settlement.overpayment", "settlement.reversed", "settlement.same_member", "split.adjustment_stranger"),
    *("split.duplicate_member", "split.items_mismatch", "split.negative_share", "split.percent_mismatch"),
    *("split.sum_mismatch", "split.weights_all_zero"),
}


@dataclass
class Sent:
    """A command, its key, and what it was answered first."""

    key: UUID
    command: Command
    first: Posted | AllsquareError | None = None

    def job(self, event_id: UUID) -> Job:
        return Job(event_id=event_id, command_id=self.key, actor=overseer(ACTOR), command=self.command, keyed=True)


def told(answered: Posted | AllsquareError) -> tuple[object, ...]:
    """Give all that an answer says, but whether it was replayed. (Only the first answer holds the transfers.)"""
    if isinstance(answered, AllsquareError):
        details = answered.detail, answered.field, answered.expected, answered.actual
        return answered.code, answered.title, *details, getattr(answered, "current_seq", 0)
    return tuple(
        msgspec.structs.replace(answered.entry, transfers=()).__getattribute__(f) for f in Entry.__struct_fields__
    )


@asynccontextmanager
async def posters_on(url: str, count: int) -> AsyncIterator[list[Poster]]:
    """Run several posters that know nothing of each other, as several processes would."""
    async with AsyncExitStack() as stack:
        posters = []
        for _ in range(count):
            poster = Poster(await stack.enter_async_context(await open_pool(url, max_size=2)))
            poster.start()
            stack.push_async_callback(poster.close)
            posters.append(poster)
        yield posters


async def ask(poster: Poster, sent: Sent, event_id: UUID) -> Posted | AllsquareError:
    try:
        return await poster.submit(sent.job(event_id))
    except AllsquareError as error:
        return error


def test_the_sequences_do_all_that_can_be_done_and_much_that_cannot() -> None:
    accepted, refused = set[type[Command]](), set[str]()
    # Clearing an event takes luck, and what a seed brings is not the same in every process: ids are made at random.
    for seed in range(300):
        if accepted == set(RULES) and refused >= REFUSALS:
            break
        chance, event = Chance(seed), Reference()
        for place in range(BURSTS * LARGEST_BURST // 2):
            command = chance.command(event) if place else chance.begin()
            code = answer(event, command)
            if code is None:
                accepted.add(type(command))
            else:
                refused.add(code)
    assert accepted == set(RULES)
    assert refused >= REFUSALS


# One after the other, in bursts: every answer is known beforehand -----------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_answer_and_amount_is_the_predicted_one(seed: int, database_urls) -> None:
    chance, event, event_id, history = Chance(seed), Reference(), uuid4(), list[Sent]()
    async with posters_on(database_urls.app_url, 1) as (poster,), await open_pool(database_urls.app_url) as pool:
        for burst in range(BURSTS):
            sent: list[tuple[Sent, str | None, int]] = []
            for _ in range(chance.random.randint(1, LARGEST_BURST)):
                if history and chance.random.random() < 0.1:
                    again = chance.random.choice(history)
                    sent.append((again, "again", 0))
                elif history and chance.random.random() < 0.02:
                    misused = Sent(chance.random.choice(history).key, chance.record(event))
                    sent.append((misused, "idempotency.mismatch", 0))
                else:
                    new = Sent(chance.new_id(), chance.command(event) if history else chance.begin())
                    history.append(new)
                    sent.append((new, answer(event, new.command), event.seq))
            # Nothing is awaited in between, so that one poster takes all of it in this order.
            answered = await asyncio.gather(*[ask(poster, each, event_id) for each, _, _ in sent])
            for (each, expected, seq), got in zip(sent, answered, strict=True):
                check_answer(each, expected, seq, got)
            if burst % 5 == 0:
                await check_stored(pool, event_id, event)
        await check_stored(pool, event_id, event)
        await check_replay(pool, event_id)


def check_answer(sent: Sent, expected: str | None, seq: int, got: Posted | AllsquareError) -> None:
    if expected == "again":
        assert sent.first is not None
        assert told(got) == told(sent.first)
        assert got.replayed
        return
    assert not got.replayed, sent.command
    if expected is None:
        assert isinstance(got, Posted), f"{sent.command} was refused: {got}"
        assert got.entry.seq == seq
    else:
        assert isinstance(got, AllsquareError), f"{sent.command} was accepted, not refused with {expected}"
        assert got.code == expected, sent.command
    if expected != "idempotency.mismatch":
        sent.first = got


# Several clients and posters at once: every answer is explained by the order of the entries ---------------------------


@dataclass
class Refusal:
    """A refused command, and the entries between which it must have been decided."""

    command: Command
    code: str
    earliest: int
    latest: int
    predicted: list[tuple[int, str | None]] = field(default_factory=list)
    """What the reference says after each of these entries."""


class Crowd:
    """Clients that change one event through several posters, each with one command under way at any time."""

    def __init__(self, posters: list[Poster], pool: asyncpg.Pool, chance: Chance) -> None:
        self.posters, self.pool, self.chance = posters, pool, chance
        self.event_id = uuid4()
        self.guess = Reference()
        self.acknowledged = 0
        self.accepted: dict[UUID, Command] = {}
        self.refusals: list[Refusal] = []
        self.history: list[Sent] = []

    async def send(self, sent: Sent) -> None:
        earliest = self.acknowledged
        # At times the client sends it twice at once, as one does that got no answer in time.
        ways = self.chance.random.sample(self.posters, self.chance.random.choice((1, 1, 1, 2)))
        answers = await asyncio.gather(*[ask(poster, sent, self.event_id) for poster in ways])
        assert [told(got) for got in answers] == [told(answers[0])] * len(answers)
        assert sorted(got.replayed for got in answers) == [False, True][: len(answers)]
        sent.first = answers[0]
        self.history.append(sent)
        if isinstance(sent.first, Posted):
            self.accepted[sent.key] = sent.command
            self.acknowledged = max(self.acknowledged, sent.first.entry.seq)
            answer(self.guess, sent.command)
        else:
            latest = await self.pool.fetchval("SELECT seq FROM event WHERE event_id = $1", self.event_id)
            self.refusals.append(Refusal(sent.command, sent.first.code, earliest, latest))

    async def send_again(self, sent: Sent) -> None:
        got = await ask(self.chance.random.choice(self.posters), sent, self.event_id)
        assert sent.first is not None
        assert told(got) == told(sent.first)
        assert got.replayed

    async def be_a_client(self) -> None:
        for _ in range(COMMANDS_EACH):
            if self.chance.random.random() < 0.15:
                await self.send_again(self.chance.random.choice(self.history))
            else:
                await self.send(Sent(self.chance.new_id(), self.chance.command(self.guess)))


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_several_clients_were_answered_is_explained_by_the_order_of_entries(
    seed: int, database_urls
) -> None:
    async with posters_on(database_urls.app_url, 3) as posters, await open_pool(database_urls.app_url) as pool:
        crowd = Crowd(posters, pool, Chance(seed))
        await crowd.send(Sent(crowd.chance.new_id(), crowd.chance.begin()))
        await asyncio.gather(*[crowd.be_a_client() for _ in range(CLIENTS)])
        event = Reference()
        explain(crowd.refusals, event)
        async with pool.acquire() as connection:
            async for entry in read_all(connection, crowd.event_id):
                command = crowd.accepted.pop(entry.command_id)
                assert answer(event, command) is None, f"entry {entry.seq} should have been refused: {command}"
                assert event.seq == entry.seq
                explain(crowd.refusals, event)
        assert crowd.accepted == {}
        assert crowd.refusals == []
        await check_stored(pool, crowd.event_id, event)
        await check_replay(pool, crowd.event_id)


def explain(refusals: list[Refusal], event: Reference) -> None:
    """Strike out the refusals that the event as it is explains."""
    for refusal in [each for each in refusals if each.earliest <= event.seq <= each.latest]:
        code = answer(copy.deepcopy(event), refusal.command)
        refusal.predicted.append((event.seq, code))
        if code == refusal.code:
            refusals.remove(refusal)


# What is stored -------------------------------------------------------------------------------------------------------


async def read_fresh(pool: asyncpg.Pool, event_id: UUID) -> EventState:
    """Load everything that decisions see of an event."""
    async with transaction(pool) as connection:
        state = (await lock_heads(connection, [event_id]))[event_id]
        for load in (load_rosters, load_positions, load_all_pairs, load_plans):
            await load(connection, [state])
        things: tuple[tuple[str, Callable[..., Awaitable[None]]], ...] = (
            ("SELECT expense_id FROM expense WHERE event_id = $1", load_expenses),
            ("SELECT settlement_id FROM settlement WHERE event_id = $1", load_settlements),
            ("SELECT import_id FROM import WHERE event_id = $1", load_imports),
        )
        for ids, load_things in things:
            found = await connection.fetch(ids, event_id)
            await load_things(connection, [(state, row[0]) for row in found])
        return state


async def check_stored(pool: asyncpg.Pool, event_id: UUID, event: Reference) -> None:
    """Find in the database just what the reference holds."""
    state = await read_fresh(pool, event_id)
    assert state.head is not None
    assert state.positions is not None
    assert (state.head.name, state.head.status, state.head.version, state.seq) == (
        event.name,
        event.status,
        event.version,
        event.seq,
    )
    assert [(member.name, member.active) for member in state.members.values()] == event.members
    paid, share, sent, received = event.consumption()
    nets = event.nets()
    assert set(state.positions) >= {key for key in nets if nets[key]}
    for key, standing in state.positions.items():
        kept = standing.net, standing.paid, standing.share, standing.sent, standing.received
        assert kept == (nets[key], paid[key], share[key], sent[key], received[key]), key
    owed = event.owed()
    assert {pair for pair in owed if owed[pair] and pair[0] < pair[1]} <= set(state.pairs)
    assert {pair: net for pair, net in state.pairs.items() if net != owed[pair]} == {}
    assert {
        each.expense_id: (
            each.version,
            each.deleted,
            each.content.amount_minor,
            each.content.currency,
            dict(each.content.paid),
            dict(each.content.shares),
        )
        for each in state.expenses.values()
    } == {
        expense_id: (each.version, each.deleted, each.amount, each.currency, each.paid, each.shares)
        for expense_id, each in event.expenses.items()
    }
    assert {
        each.settlement_id: (
            each.content.payer,
            each.content.payee,
            each.content.amount_minor,
            each.content.currency,
            each.reversed_seq is not None,
        )
        for each in state.settlements.values()
    } == {
        settlement_id: (each.payer, each.payee, each.amount, each.currency, each.reversed)
        for settlement_id, each in event.settlements.items()
    }


async def check_replay(pool: asyncpg.Pool, event_id: UUID) -> None:
    """Find that the journal, folded from nothing, gives what is read fresh, and that verify has nothing to say."""
    fresh = await read_fresh(pool, event_id)
    names = {member.member: member.name for member in fresh.members.values()}
    replayed = EventState(event_id, positions={}, all_pairs=True)
    async with pool.acquire() as connection:
        async for entry in read_all(connection, event_id):
            apply_entry(replayed, entry, names)
    assert replayed == fresh
    verification = await verify(pool, event_ids=[event_id])
    assert verification.findings == ()
    assert verification.entries == fresh.seq
