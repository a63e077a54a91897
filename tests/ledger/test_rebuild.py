"""Rebuild brings every projection back to what it was, and touches nothing where the journal is not to be trusted."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from allsquare.core.commands import DeleteExpense, ReviseExpense
from allsquare.ledger.poster import Poster
from allsquare.ledger.rebuild import rebuild
from allsquare.ledger.replay import PAGE
from allsquare.pg.pool import open_pool
from tests.ledger.builders import (
    FULL_LIFE,
    assert_clean,
    draft,
    full_life,
    new_event,
    post_all,
    record,
    recording,
    stored,
)
from tests.ledger.tampering import CHAIN, Tampering
from tests.ledger.tampering_projections import DERIVED

HISTORY = {"journal", "transfer", "command"}
# Those that tamper with what no journal tells, or what history itself holds.
NOT_REBUILT = {
    "kind of an entry",
    "command gone",
    "command of another entry",
    "command added",
    "transfer of no entry",
    "member gone",
}

EMPTY_ALL = (
    "DELETE FROM expense WHERE event_id = $1",
    "DELETE FROM settlement WHERE event_id = $1",
    "DELETE FROM import WHERE event_id = $1",
    "DELETE FROM position WHERE event_id = $1",
    "DELETE FROM pair_balance WHERE event_id = $1",
)

RUIN_ALL = (
    """
    UPDATE expense SET version = version + 3, seq = seq + 100, created_seq = 1, created_at = now(), updated_at = now(),
           created_by = gen_random_uuid(), deleted = NOT deleted, effective_on = '2001-01-01', description = 'lies',
           category = 'lies', members = '{9}', import_id = gen_random_uuid(), content = '{}'
    WHERE event_id = $1
    """,
    """
    INSERT INTO expense SELECT event_id, gen_random_uuid(), 1, 1, 1, now(), created_by, now(), false, '2001-01-01',
                               'stray', NULL, '{1}', NULL, '{}'
    FROM event WHERE event_id = $1
    """,
    """
    UPDATE settlement SET seq = 1, created_at = now(), created_by = gen_random_uuid(), effective_on = '2001-01-01',
           import_id = gen_random_uuid(), content = '{}', reversed_seq = 77, reversed_reason = 'lies'
    WHERE event_id = $1
    """,
    """
    UPDATE import SET seq = 1, source = 'lies', file_sha256 = 'lies', row_count = 0, created_at = now(),
           created_by = gen_random_uuid(), undone_seq = NULL
    WHERE event_id = $1
    """,
    """
    UPDATE position SET debits = 1, credits = 2, paid = 3, share = 4, sent = 5, received = 3, last_seq = 6
    WHERE event_id = $1
    """,
    "INSERT INTO position VALUES ($1, 77, 'JPY', 0, 0, 0, 0, 0, 0, 1)",
    "UPDATE pair_balance SET lo_owes = 1, hi_owes = 2, last_seq = 3 WHERE event_id = $1",
    "INSERT INTO pair_balance VALUES ($1, 76, 77, 'JPY', 1, 1, 1)",
    "UPDATE member SET role = 'viewer', joined_seq = 30, left_seq = 31 WHERE event_id = $1",
    "INSERT INTO member VALUES ($1, 77, NULL, 'Nobody', 'admin', 1)",
    """
    UPDATE event SET name = 'lies', kind = 'couple', currency = 'JPY', simplify = true, status = 'archived',
           version = 99, roster_seq = 1, plan_seq = NULL, volume_minor = 1, created_at = '2001-01-01',
           created_by = gen_random_uuid(), recorded_at = now()
    WHERE event_id = $1
    """,
)


async def ruin(owner: asyncpg.Connection, event_id: UUID, *statements: str) -> None:
    for statement in statements:
        changed = await owner.execute(statement, event_id)
        assert not changed.endswith(" 0"), f"nothing was changed by {statement}"


@pytest.mark.parametrize(
    "statements",
    [EMPTY_ALL, RUIN_ALL, (*RUIN_ALL, *EMPTY_ALL), ("DELETE FROM event WHERE event_id = $1",)],
    ids=["emptied", "ruined", "ruined and emptied", "beheaded"],
)
async def test_everything_is_brought_back_to_the_last_column(statements, pool, owner, poster) -> None:
    event_id = await full_life(poster)
    before = await stored(pool, event_id)
    await ruin(owner, event_id, *statements)
    assert await stored(pool, event_id) != before
    rebuilt = await rebuild(pool, event_ids=[event_id])
    assert (rebuilt.events, rebuilt.entries, rebuilt.refused) == (1, FULL_LIFE, ())
    assert await stored(pool, event_id) == before
    await assert_clean(pool, event_id)


@pytest.mark.parametrize(
    "tampering", [each for each in DERIVED if each.name not in NOT_REBUILT], ids=lambda tampering: tampering.name
)
async def test_each_way_to_tamper_with_a_projection_is_mended(tampering: Tampering, pool, owner, poster) -> None:
    event_id = await full_life(poster)
    before = await stored(pool, event_id)
    await ruin(owner, event_id, *tampering.statements)
    await rebuild(pool, event_ids=[event_id])
    assert await stored(pool, event_id) == before


async def test_names_stay_and_logins_and_lost_members_are_what_the_journal_says(pool, owner, poster) -> None:
    event_id = await full_life(poster)
    user_id = uuid4()
    await owner.execute(
        "UPDATE member SET name = 'Annie', user_id = $2 WHERE event_id = $1 AND member_no = 1", event_id, user_id
    )
    await owner.execute("DELETE FROM member WHERE event_id = $1 AND member_no = 2", event_id)
    await rebuild(pool, event_ids=[event_id])
    rows = await pool.fetch("SELECT name, user_id FROM member WHERE event_id = $1 ORDER BY member_no", event_id)
    assert [row["name"] for row in rows] == ["Annie", "", "Cid", "Dana", "Eve"]
    assert [row["user_id"] for row in rows] == [None] * 5
    await assert_clean(pool, event_id)


@pytest.mark.parametrize("tampering", CHAIN, ids=lambda tampering: tampering.name)
async def test_a_broken_chain_is_named_and_nothing_rebuilt(tampering: Tampering, pool, owner, poster) -> None:
    event_id, good = await full_life(poster), await full_life(poster)
    await ruin(owner, event_id, *tampering.statements)
    await ruin(owner, event_id, "UPDATE expense SET description = 'lies' WHERE event_id = $1")
    await ruin(owner, good, "UPDATE expense SET description = 'lies' WHERE event_id = $1")
    before = await stored(pool, event_id)
    rebuilt = await rebuild(pool, event_ids=[event_id, good])
    ((refused_id, rule, detail, seq),) = rebuilt.refused
    assert (refused_id, rule, seq) == (event_id, "chain", tampering.seq)
    assert tampering.says in detail
    assert await stored(pool, event_id) == before
    assert rebuilt.events == 1
    await assert_clean(pool, good)


async def test_without_a_head_missing_entries_are_told_by_their_commands(pool, owner, poster) -> None:
    event_id = await full_life(poster)
    await ruin(owner, event_id, "DELETE FROM event WHERE event_id = $1")
    await ruin(owner, event_id, "DELETE FROM journal WHERE event_id = $1 AND seq > 20")
    ((_, _, detail, seq),) = (await rebuild(pool, event_ids=[event_id])).refused
    assert (seq, detail) == (21, "entry 21 is missing: the journal ends at 20, but 23 is spoken of")
    assert await pool.fetchval("SELECT count(*) FROM event WHERE event_id = $1", event_id) == 0


async def test_an_event_that_is_not_there_is_refused(pool) -> None:
    ((_, rule, detail, seq),) = (await rebuild(pool, event_ids=[uuid4()])).refused
    assert (rule, seq) == ("chain", 1)
    assert detail.startswith("entry 1 is missing")


async def test_all_events_are_rebuilt_and_told_of(own_urls) -> None:
    async with await open_pool(own_urls.owner_url) as pool:
        poster = Poster(pool)
        poster.start()
        events = sorted([await full_life(poster) for _ in range(3)])
        await poster.close()
        before = [await stored(pool, event_id) for event_id in events]
        await pool.execute("UPDATE position SET last_seq = 0")
        await pool.execute("DELETE FROM event WHERE event_id = $1", events[1])
        heard: list[tuple[int, int]] = []
        rebuilt = await rebuild(pool, on_progress=lambda done, total: heard.append((done, total)))
        assert [await stored(pool, event_id) for event_id in events] == before
    assert (rebuilt.events, rebuilt.entries, rebuilt.refused) == (3, 3 * FULL_LIFE, ())
    assert heard == [(1, 2), (2, 2), (3, 3)]


async def test_a_long_journal_is_rebuilt_over_several_pages(pool, owner, poster) -> None:
    event_id, first, second = await new_event(poster), uuid4(), uuid4()
    await post_all(
        poster,
        event_id,
        [
            recording(1_000, expense_id=first),
            recording(2_000, expense_id=second),
            *[recording(100 + number) for number in range(2 * PAGE)],
            ReviseExpense(first, 1, draft(1_001)),
            DeleteExpense(second, 1),
        ],
    )
    before = await stored(pool, event_id)
    await ruin(owner, event_id, *EMPTY_ALL[:1], *EMPTY_ALL[3:])
    await rebuild(pool, event_ids=[event_id])
    assert await stored(pool, event_id) == before


async def test_posting_goes_on_during_and_after_a_rebuild(pool, poster) -> None:
    event_id = await full_life(poster)
    stop = asyncio.Event()

    async def keep_posting() -> int:
        posted = 0
        while not stop.is_set():
            posted += len(await post_all(poster, event_id, [recording(100)] * 2))
        return posted

    posting = asyncio.create_task(keep_posting())
    for _ in range(20):
        assert (await rebuild(pool, event_ids=[event_id])).refused == ()
    stop.set()
    posted = await posting
    after = await record(poster, event_id)
    assert after.entry.seq == FULL_LIFE + posted + 1
    await assert_clean(pool, event_id)


async def test_history_is_never_written(pool, owner, poster) -> None:
    event_id = await full_life(poster)
    before = [row for row in await stored(pool, event_id) if row[0] in HISTORY]
    await ruin(owner, event_id, *RUIN_ALL)
    await rebuild(pool, event_ids=[event_id])
    assert [row for row in await stored(pool, event_id) if row[0] in HISTORY] == before
