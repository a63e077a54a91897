"""The poster answers each command once and for ever, posts batches whole, and lets no command fail another."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from allsquare.core.commands import (
    AddMembers,
    Command,
    CreateEvent,
    DeleteExpense,
    RemoveMember,
    ReverseSettlement,
    ReviseExpense,
)
from allsquare.core.commands.expenses import AmountZero, ExpenseVersionConflict
from allsquare.core.commands.settlements import SettlementNotFound
from allsquare.core.entry import ExpenseRecorded
from allsquare.core.errors import AllsquareError, NotFound
from allsquare.ledger.poster import MAX_BATCH, MAX_WAITING, LedgerBusy, Posted, Poster
from allsquare.ledger.projections import APPEND
from allsquare.ledger.refusals import IdempotencyMismatch
from allsquare.ledger.store import LOAD_COMMANDS, LOAD_MEMBERS, LOCK_HEADS
from allsquare.pg.pool import open_pool
from tests.ledger.builders import (
    UNPOSTABLE,
    assert_clean,
    draft,
    full_life,
    job,
    new_event,
    paying_back,
    post,
    post_all,
    record,
    recording,
    refusal,
    stored,
)


async def answers(poster: Poster, event_id: UUID, commands: Sequence[tuple[UUID | None, Command]]) -> list[object]:
    """Queue commands at once and give what each was answered, refusals included."""
    futures = [poster.submit(job(event_id, command, key=key)) for key, command in commands]
    return await asyncio.gather(*futures, return_exceptions=True)


def told(error: AllsquareError) -> tuple[object, ...]:
    """Give all that a refusal says, but whether it was replayed."""
    kind = next(base.__name__ for base in type(error).__mro__ if base.__module__ == "allsquare.core.errors")
    current_seq = getattr(error, "current_seq", None)
    return kind, error.code, error.title, error.detail, error.field, error.expected, error.actual, current_seq


async def seq_of(pool: asyncpg.Pool, event_id: UUID) -> int:
    return await pool.fetchval("SELECT seq FROM event WHERE event_id = $1", event_id)


# Batches -------------------------------------------------------------------------------------------------------------


async def test_what_waits_is_posted_as_one_batch_and_each_gets_its_own_answer(pool, poster) -> None:
    events = [await new_event(poster) for _ in range(3)]
    wanted = [(events[number % 3], recording(100 + number)) for number in range(99)]
    posted = await asyncio.gather(*[poster.submit(job(event_id, command)) for event_id, command in wanted])
    for number, ((event_id, command), answer) in enumerate(zip(wanted, posted, strict=True)):
        assert answer.entry.event_id == event_id
        assert answer.entry.seq == number // 3 + 2
        assert isinstance(answer.entry.change, ExpenseRecorded)
        assert answer.entry.change.expense_id == command.expense_id
        assert not answer.replayed
    transactions = "SELECT count(DISTINCT tx) FROM journal WHERE event_id = ANY($1) AND seq > 1"
    assert await pool.fetchval(transactions, events) == 1
    for event_id in events:
        await assert_clean(pool, event_id)


async def test_a_command_sees_what_those_before_it_in_the_batch_did(pool, poster) -> None:
    event_id, expense_id = uuid4(), uuid4()
    got = await answers(
        poster,
        event_id,
        [
            (None, CreateEvent("Trip", "trip", "EUR", ("Ann",))),
            (None, recording(100, paid_by=2, among=(1, 2))),
            (None, AddMembers(("Bob",))),
            (None, recording(100, paid_by=2, among=(1, 2), expense_id=expense_id)),
            (None, ReviseExpense(expense_id, 1, draft(300))),
            (None, ReviseExpense(expense_id, 1, draft(500))),
            (None, DeleteExpense(expense_id, 2)),
            (None, paying_back(1, 2, 10)),
        ],
    )
    assert [each.entry.seq if isinstance(each, Posted) else each.code for each in got] == [
        1,
        "member.unknown",
        2,
        3,
        4,
        "expense.version_conflict",
        5,
        6,
    ]
    await assert_clean(pool, event_id)


async def test_256_new_expenses_take_five_statements(urls) -> None:
    async with await open_pool(urls.app_url, max_size=1) as pool:
        poster = Poster(pool)
        poster.start()
        event_id = await new_event(poster)
        await record(poster, event_id)
        sent: list[str] = []
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda query: sent.append(query.query))
        await answers(poster, event_id, [(uuid4(), recording(100 + number)) for number in range(MAX_BATCH)])
        await poster.close()
    assert sent == ["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", LOCK_HEADS, LOAD_COMMANDS, APPEND, "COMMIT"]


@pytest.mark.parametrize("batch", [1, 10, MAX_BATCH])
async def test_a_batch_without_keys_takes_four_and_an_unknown_roster_one_more(batch: int, urls, poster) -> None:
    event_id, former = await new_event(poster), await new_event(poster)
    async with await open_pool(urls.app_url, max_size=1) as pool:
        other = Poster(pool)
        other.start()
        # A new connection asks the server about its types first.
        await record(other, former)
        sent: list[str] = []
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda query: sent.append(query.query))
        await post_all(other, event_id, [recording(100)] * batch)
        first = sent[1:-1]
        sent.clear()
        await post_all(other, event_id, [recording(100)] * batch)
        await other.close()
    assert first == [LOCK_HEADS, LOAD_MEMBERS, APPEND]
    assert sent[1:-1] == [LOCK_HEADS, APPEND]


# Once and for ever ---------------------------------------------------------------------------------------------------


async def test_a_retry_gets_the_first_answer_and_changes_nothing(pool, poster) -> None:
    event_id, key, command = await new_event(poster), uuid4(), recording()
    first = await post(poster, event_id, command, key=key)
    await record(poster, event_id)
    before = await stored(pool, event_id)
    again = await post(poster, event_id, command, key=key)
    assert (first.replayed, again.replayed) == (False, True)
    # An entry that is read back for its answer comes without its transfers, which no answer shows.
    assert first.entry.transfers != ()
    first.entry.transfers = ()
    assert again.entry == first.entry
    assert await stored(pool, event_id) == before


async def test_the_same_key_with_other_content_is_refused_and_changes_nothing(pool, poster) -> None:
    event_id, key, expense_id = await new_event(poster), uuid4(), uuid4()
    await post(poster, event_id, recording(100, expense_id=expense_id), key=key)
    before = await stored(pool, event_id)
    error = await refusal(poster, event_id, recording(101, expense_id=expense_id), key)
    assert isinstance(error, IdempotencyMismatch)
    assert await stored(pool, event_id) == before


async def test_the_same_key_of_another_person_is_refused(poster) -> None:
    event_id, key, command = await new_event(poster), uuid4(), recording()
    await post(poster, event_id, command, key=key)
    with pytest.raises(IdempotencyMismatch):
        await poster.submit(job(event_id, command, key=key, actor=uuid4()))


async def test_the_same_key_means_another_command_in_another_event(poster) -> None:
    key, command = uuid4(), recording()
    for event_id in (await new_event(poster), await new_event(poster)):
        assert not (await post(poster, event_id, command, key=key)).replayed


async def test_a_refusal_is_frozen_and_a_retry_gets_the_very_same(pool, poster) -> None:
    event_id, expense_id = await new_event(poster), uuid4()
    await post(poster, event_id, recording(expense_id=expense_id))
    await post(poster, event_id, ReviseExpense(expense_id, 1, draft(50)))
    refused: list[tuple[UUID, Command, type[AllsquareError]]] = [
        (uuid4(), recording(0), AmountZero),
        (uuid4(), ReviseExpense(expense_id, 1, draft(70)), ExpenseVersionConflict),
        (uuid4(), ReverseSettlement(uuid4(), "why not"), SettlementNotFound),
    ]
    first = [await refusal(poster, event_id, command, key) for key, command, _ in refused]
    assert [type(error) for error in first] == [kind for _, _, kind in refused]
    # Now the event would answer otherwise: the version it asks for would be found.
    await post(poster, event_id, DeleteExpense(expense_id, 2))
    before = await stored(pool, event_id)
    again = [await refusal(poster, event_id, command, key) for key, command, _ in refused]
    assert [told(error) for error in again] == [told(error) for error in first]
    assert [error.replayed for error in first + again] == [False] * 3 + [True] * 3
    assert await stored(pool, event_id) == before


async def test_a_refused_command_is_decided_once_though_it_would_be_accepted_now(poster) -> None:
    event_id, key, command = await new_event(poster, ("Ann",)), uuid4(), recording(100, among=(1, 2))
    assert (await refusal(poster, event_id, command, key)).code == "member.unknown"
    await post(poster, event_id, AddMembers(("Bob",)))
    assert (await refusal(poster, event_id, command, key)).code == "member.unknown"
    assert not (await post(poster, event_id, command, key=uuid4())).replayed


async def test_what_is_refused_for_want_of_the_event_is_not_frozen(poster) -> None:
    event_id, key, command = uuid4(), uuid4(), recording(100, among=(1,))
    assert isinstance(await refusal(poster, event_id, command, key), NotFound)
    await post(poster, event_id, CreateEvent("Trip", "trip", "EUR", ("Ann",)))
    assert not (await post(poster, event_id, command, key=key)).replayed


async def test_one_key_several_times_in_a_batch_posts_once(pool, poster) -> None:
    event_id, key, refused, command = await new_event(poster), uuid4(), uuid4(), recording()
    got = await answers(
        poster, event_id, [(key, command)] * 3 + [(refused, recording(0))] * 2 + [(key, recording(5)), (None, command)]
    )
    accepted, errors = got[:3], got[3:6]
    assert [answer.entry.seq for answer in accepted] == [2, 2, 2]
    assert [answer.replayed for answer in accepted] == [False, True, True]
    assert [error.code for error in errors] == ["expense.amount_zero", "expense.amount_zero", "idempotency.mismatch"]
    assert told(errors[0]) == told(errors[1])
    assert [error.replayed for error in errors] == [False, True, False]
    assert got[6].entry.seq == 3
    await assert_clean(pool, event_id)


async def test_a_command_is_posted_though_whoever_asked_has_gone(pool, poster) -> None:
    event_id, key, command = await new_event(poster), uuid4(), recording()
    poster.submit(job(event_id, command, key=key)).cancel()
    assert (await post(poster, event_id, command, key=key)).replayed
    await assert_clean(pool, event_id)


# One fails alone -----------------------------------------------------------------------------------------------------


async def test_a_command_that_fails_in_the_database_fails_alone(pool, poster) -> None:
    event_id, other = await new_event(poster), await new_event(poster)
    commands = [recording(100), UNPOSTABLE, recording(200), recording(0), recording(300)]
    got = await answers(poster, event_id, [(uuid4(), command) for command in commands])
    assert [type(answer) for answer in got] == [
        Posted,
        asyncpg.CharacterNotInRepertoireError,
        Posted,
        AmountZero,
        Posted,
    ]
    assert [answer.entry.seq for answer in got if isinstance(answer, Posted)] == [2, 3, 4]
    await record(poster, other)
    await assert_clean(pool, event_id)


async def test_a_command_whose_decision_breaks_fails_alone(pool, owner, poster) -> None:
    event_id, broken = await new_event(poster), await full_life(poster)
    # Positions that do not sum to zero are met with an assertion, by the commands that look at them.
    await owner.execute("DELETE FROM position WHERE event_id = $1 AND member_no = 1", broken)
    jobs = [job(event_id, recording(100)), job(broken, RemoveMember(4)), job(event_id, recording(200))]
    got = await asyncio.gather(*[poster.submit(each) for each in jobs], return_exceptions=True)
    assert [type(answer) for answer in got] == [Posted, AssertionError, Posted]
    await assert_clean(pool, event_id)


async def test_a_reversal_that_was_made_already_fails_alone(pool, owner, poster) -> None:
    event_id, broken, expense_id = await new_event(poster), await new_event(poster), uuid4()
    await post(poster, broken, recording(expense_id=expense_id))
    await post(poster, broken, ReviseExpense(expense_id, 1, draft(50)))
    # The expense says that it stands at an entry which is reversed already, so the unique index refuses each attempt.
    await owner.execute("UPDATE expense SET seq = 2 WHERE event_id = $1", broken)
    jobs = [job(event_id, recording(100)), job(broken, DeleteExpense(expense_id, 2)), job(event_id, recording(200))]
    got = await asyncio.gather(*[poster.submit(each) for each in jobs], return_exceptions=True)
    assert [type(answer) for answer in got] == [Posted, asyncpg.UniqueViolationError, Posted]
    await assert_clean(pool, event_id)


# The queue -----------------------------------------------------------------------------------------------------------


async def test_a_full_queue_refuses_at_once_and_records_nothing(pool, poster) -> None:
    event_id = await new_event(poster)
    idle = Poster(pool)
    command, key = recording(), uuid4()
    for _ in range(MAX_WAITING):
        idle.submit(job(event_id, command))
    with pytest.raises(LedgerBusy) as raised:
        idle.submit(job(event_id, command, key=key))
    assert raised.value.code == "ledger.busy"
    with pytest.raises(LedgerBusy):
        await idle.submit_together([job(event_id, command)])
    assert await seq_of(pool, event_id) == 1
    assert not (await post(poster, event_id, command, key=key)).replayed


async def test_a_closing_poster_finishes_what_waits_and_takes_no_more(pool, poster) -> None:
    event_id = await new_event(poster)
    closing = Poster(pool, lanes=2)
    closing.start()
    waiting = [closing.submit(job(event_id, recording(100 + number))) for number in range(2 * MAX_BATCH)]
    closed = asyncio.create_task(closing.close())
    await asyncio.sleep(0)
    with pytest.raises(LedgerBusy):
        closing.submit(job(event_id, recording()))
    await closed
    assert [future.result().entry.seq for future in waiting] == list(range(2, 2 * MAX_BATCH + 2))


async def test_who_listens_hears_how_far_an_event_has_moved_once_it_is_committed(pool) -> None:
    heard: list[tuple[UUID, int]] = []
    poster = Poster(pool, on_committed=lambda event_id, seq: heard.append((event_id, seq)))
    poster.start()
    event_id = await new_event(poster)
    await post_all(poster, event_id, [recording()] * 3)
    await poster.close()
    assert heard == [(event_id, 1), (event_id, 4)]
