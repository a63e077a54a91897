"""A unit is posted whole or not at all, and several posters on one event keep its order."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from allsquare.core.access import overseer
from allsquare.core.commands import (
    Accepted,
    AddMembers,
    Command,
    CreateEvent,
    ReviseExpense,
    decide,
)
from allsquare.core.commands.expenses import AmountZero
from allsquare.core.errors import AllsquareError
from allsquare.core.event import apply_entry
from allsquare.ledger.batch import Append
from allsquare.ledger.poster import Poster
from allsquare.ledger.posting import MAX_CHUNK, Rosters, seal_entry
from allsquare.ledger.projections import FenceLost, append
from allsquare.ledger.store import lock_heads
from allsquare.pg.pool import open_pool
from allsquare.pg.transact import transaction
from tests.ledger.builders import (
    ACTOR,
    UNPOSTABLE,
    assert_clean,
    draft,
    job,
    new_event,
    post,
    record,
    recording,
    refusal,
    stored,
)

# All or none ---------------------------------------------------------------------------------------------------------


async def test_a_unit_is_posted_whole_in_one_transaction(pool, poster) -> None:
    event_id, count = await new_event(poster), 2 * MAX_CHUNK + 500
    expense_id = uuid4()
    commands: list[Command] = [recording(100 + number) for number in range(count - 2)]
    # The first and the last chunk meet in one expense.
    commands = [recording(expense_id=expense_id), *commands, ReviseExpense(expense_id, 1, draft(7))]
    posted = await poster.submit_together([job(event_id, command) for command in commands])
    assert [answer.entry.seq for answer in posted] == list(range(2, count + 2))
    transactions = "SELECT count(DISTINCT tx) FROM journal WHERE event_id = $1 AND seq > 1"
    assert await pool.fetchval(transactions, event_id) == 1
    await assert_clean(pool, event_id)


@pytest.mark.parametrize("place", [0, 700, 2 * MAX_CHUNK + 499])
async def test_a_unit_with_one_refusal_is_not_posted_at_all(place: int, pool, poster) -> None:
    event_id, count = await new_event(poster), 2 * MAX_CHUNK + 500
    before = await stored(pool, event_id)
    commands: list[Command] = [recording(100 + number) for number in range(count)]
    commands[place] = recording(0)
    with pytest.raises(AmountZero):
        await poster.submit_together([job(event_id, command, key=uuid4()) for command in commands])
    assert await stored(pool, event_id) == before
    assert (await record(poster, event_id)).entry.seq == 2


async def test_a_unit_that_fails_in_the_database_is_not_posted_at_all(pool, poster) -> None:
    event_id = await new_event(poster)
    before = await stored(pool, event_id)
    with pytest.raises(asyncpg.CharacterNotInRepertoireError):
        await poster.submit_together([job(event_id, recording()), job(event_id, UNPOSTABLE)])
    assert await stored(pool, event_id) == before


async def test_a_unit_sent_again_is_answered_and_not_posted_again(pool, poster) -> None:
    event_id = await new_event(poster)
    wanted = [(uuid4(), recording(100 + number)) for number in range(MAX_CHUNK + 10)]
    await poster.submit_together([job(event_id, command, key=key) for key, command in wanted])
    before = await stored(pool, event_id)
    again = await poster.submit_together([job(event_id, command, key=key) for key, command in wanted])
    assert [(answer.entry.seq, answer.replayed) for answer in again] == [
        (seq, True) for seq in range(2, len(wanted) + 2)
    ]
    assert await stored(pool, event_id) == before


@pytest.mark.parametrize("second", [recording(0), recording(7)], ids=["refused before", "with other content"])
async def test_a_unit_with_a_key_that_was_answered_otherwise_is_not_posted_at_all(second, pool, poster) -> None:
    event_id, key = await new_event(poster), uuid4()
    await refusal(poster, event_id, recording(0) if second.draft.amount_minor else second, key)
    before = await stored(pool, event_id)
    with pytest.raises(AllsquareError) as raised:
        await poster.submit_together([job(event_id, recording(100)), job(event_id, second, key=key)])
    assert raised.value.code == ("idempotency.mismatch" if second.draft.amount_minor else "expense.amount_zero")
    assert await stored(pool, event_id) == before


async def test_a_unit_of_nothing_is_answered_with_nothing(poster) -> None:
    assert await poster.submit_together([]) == []


# Several posters -----------------------------------------------------------------------------------------------------


async def test_two_posters_on_one_event_give_one_dense_sequence(urls, pool, poster) -> None:
    event_id = await new_event(poster)
    async with await open_pool(urls.app_url, max_size=2) as second_pool:
        second = Poster(second_pool)
        second.start()
        for _ in range(5):
            got = await asyncio.gather(
                *[each.submit(job(event_id, recording(100))) for _ in range(40) for each in (poster, second)]
            )
        await second.close()
    assert len(got) == 80
    assert await pool.fetchval("SELECT seq FROM event WHERE event_id = $1", event_id) == 401
    assert await pool.fetchval("SELECT count(DISTINCT tx) FROM journal WHERE event_id = $1", event_id) > 5
    await assert_clean(pool, event_id)


async def test_two_posters_with_one_key_post_once(urls, pool, poster) -> None:
    async with await open_pool(urls.app_url, max_size=2) as second_pool:
        second = Poster(second_pool)
        second.start()
        for _ in range(20):
            # Neither finds the event, so both try to begin it; the same for the expense.
            event_id, key = uuid4(), uuid4()
            for command in (CreateEvent("Trip", "trip", "EUR", ("Ann", "Bob")), recording()):
                got = await asyncio.gather(*[each.submit(job(event_id, command, key=key)) for each in (poster, second)])
                assert sorted(answer.replayed for answer in got) == [False, True]
                assert got[0].entry.entry_hash == got[1].entry.entry_hash
                key = uuid4()
            await assert_clean(pool, event_id)
        await second.close()


async def test_a_poster_sees_the_members_that_another_one_added(urls, poster) -> None:
    event_id = await new_event(poster, ("Ann",))
    async with await open_pool(urls.app_url, max_size=1) as second_pool:
        second = Poster(second_pool)
        second.start()
        await post(second, event_id, AddMembers(("Bob",)))
        await second.close()
    posted = await record(poster, event_id)
    assert [part.member for part in posted.entry.change.now.shares] == [1, 2]


async def test_a_head_that_is_not_where_it_was_locked_stops_the_batch(pool, poster) -> None:
    event_id = await new_event(poster)
    await record(poster, event_id)
    before = await stored(pool, event_id)
    async with transaction(pool) as connection:
        state = (await lock_heads(connection, [event_id]))[event_id]
        await Rosters().fill(connection, [state])
    # No key stands in the way of an entry 4, but the head is at 2, not at 3 as the batch believes.
    state.seq = 3
    batch = Append()
    touched = batch.touch(state)
    command = recording()
    accepted = decide(state, command, datetime.now(UTC), overseer(ACTOR))
    assert isinstance(accepted, Accepted)
    entry = seal_entry(state, job(event_id, command), accepted, datetime.now(UTC))
    apply_entry(state, entry, {})
    batch.add_entry(touched, entry, bytes(32))
    with pytest.raises(FenceLost):
        async with transaction(pool) as connection:
            await append(connection, batch)
    assert await stored(pool, event_id) == before
