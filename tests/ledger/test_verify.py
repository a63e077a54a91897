"""Verify finds nothing where nothing is wrong, and names what is wrong, and where, for every way to tamper."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from allsquare.core.commands import ReviseExpense
from allsquare.core.commands.expenses import AmountZero
from allsquare.core.entry import hash_entry
from allsquare.ledger.journal import list_entries
from allsquare.ledger.poster import Poster
from allsquare.ledger.replay import PAGE, Replay
from allsquare.ledger.verify import CHECKS, LIST_VIOLATIONS, MAX_FINDINGS, verify
from allsquare.pg.pool import open_pool
from allsquare.pg.transact import snapshot
from tests.ledger.builders import (
    ACTOR,
    FULL_LIFE,
    assert_clean,
    draft,
    full_life,
    new_event,
    post,
    post_all,
    record,
    recording,
)
from tests.ledger.tampering import CHAIN, Tampering
from tests.ledger.tampering_projections import DERIVED, LONG


async def tamper(owner: asyncpg.Connection, event_id: UUID, tampering: Tampering) -> None:
    for statement in tampering.statements:
        changed = await owner.execute(statement, event_id)
        assert not changed.endswith(" 0"), f"nothing was changed by {statement}"


async def test_a_database_where_everything_has_happened_is_clean(own_urls) -> None:
    async with await open_pool(own_urls.app_url) as pool:
        poster = Poster(pool)
        poster.start()
        for _ in range(3):
            await full_life(poster)
        await poster.close()
        heard: list[tuple[int, int]] = []
        verification = await verify(pool, on_progress=lambda done, total: heard.append((done, total)))
        transfers = await pool.fetchval("SELECT count(*) FROM transfer")
    assert verification.findings == ()
    assert verification.unlisted == 0
    assert (verification.events, verification.entries) == (3, 3 * FULL_LIFE)
    assert verification.transfers == transfers > 0
    assert verification.checked == tuple(CHECKS)
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("tampering", CHAIN, ids=lambda tampering: tampering.name)
async def test_an_altered_entry_is_the_first_thing_named(tampering: Tampering, pool, owner, poster) -> None:
    event_id = await full_life(poster)
    await assert_clean(pool, event_id)
    await tamper(owner, event_id, tampering)
    findings = (await verify(pool, event_ids=[event_id])).findings
    assert (findings[0].event_id, findings[0].rule, findings[0].seq) == (event_id, "chain", tampering.seq)
    assert tampering.says in findings[0].detail
    assert set(tampering.rules) <= {finding.rule for finding in findings}


@pytest.mark.parametrize("tampering", DERIVED, ids=lambda tampering: tampering.name)
async def test_a_projection_that_differs_from_the_journal_is_named(tampering: Tampering, pool, owner, poster) -> None:
    event_id = await full_life(poster)
    await tamper(owner, event_id, tampering)
    findings = (await verify(pool, event_ids=[event_id])).findings
    assert tuple(finding.rule for finding in findings) == tampering.rules
    assert {finding.event_id for finding in findings} == {event_id}
    assert findings[-1].seq == tampering.seq
    assert tampering.says in findings[-1].detail


async def test_every_rule_is_broken_by_some_tampering() -> None:
    assert {rule for tampering in CHAIN + DERIVED for rule in tampering.rules} == set(CHECKS)


FORGE = """
INSERT INTO journal (event_id, seq, command_id, kind, actor, effective_on, recorded_at, payload, hash)
VALUES ($1, $2, $3, 'forged', $4, $5, $6, $7, $8)
"""


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b'{"kind":"nonsense"}', "entry 24 cannot be read"),
        (b'{"kind":"member.left","member":77}', "entry 24 cannot follow what came before it"),
        (b'{"kind":"expense.revised","expense_id":"none","version":1}', "entry 24 cannot be read"),
    ],
)
async def test_an_entry_forged_with_a_sound_hash_is_named_where_it_makes_no_sense(
    payload: bytes, says: str, pool, owner, poster
) -> None:
    event_id, command_id, now = await full_life(poster), uuid4(), datetime.now(UTC)
    previous = await pool.fetchval("SELECT head_hash FROM event WHERE event_id = $1", event_id)
    parts = {"command_id": command_id, "actor": ACTOR, "effective_on": now.date(), "recorded_at": now}
    forged = hash_entry(previous, event_id=event_id, seq=24, payload=payload, reverses_seq=None, transfers=(), **parts)
    await owner.execute(FORGE, event_id, 24, *parts.values(), payload.decode(), forged)
    await owner.execute("UPDATE event SET seq = 24, head_hash = $2 WHERE event_id = $1", event_id, forged)
    first = (await verify(pool, event_ids=[event_id])).findings[0]
    assert (first.rule, first.seq) == ("chain", 24)
    assert says in first.detail


async def test_an_entry_altered_together_with_its_hash_breaks_the_next_one(pool, owner, poster) -> None:
    event_id, actor = await full_life(poster), uuid4()
    async with pool.acquire() as connection:
        (before, entry) = await list_entries(connection, event_id, after=2, limit=2)
    altered = hash_entry(
        before.entry_hash,
        event_id=event_id,
        seq=entry.seq,
        command_id=entry.command_id,
        payload=entry.payload,
        reverses_seq=entry.reverses_seq,
        actor=actor,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        transfers=entry.transfers,
    )
    change = "UPDATE journal SET hash = $2, actor = $3 WHERE event_id = $1 AND seq = 4"
    await owner.execute(change, event_id, altered, actor)
    first = (await verify(pool, event_ids=[event_id])).findings[0]
    assert (first.rule, first.seq) == ("chain", 5)


async def test_the_rules_of_the_view_are_the_rules_that_are_listed(owner) -> None:
    definition = await owner.fetchval("SELECT pg_get_viewdef('violation'::regclass)")
    rules = [rule for rule in CHECKS if f"'{rule}'::text" in definition]
    assert rules == [rule for rule in CHECKS if rule != "chain" and not rule.startswith("replay.")]


async def test_other_events_are_not_blamed_for_one(pool, owner, poster) -> None:
    bad, good = await full_life(poster), await full_life(poster)
    for tampering in (CHAIN[0], DERIVED[1]):
        await tamper(owner, bad, tampering)
    await assert_clean(pool, good)
    assert {finding.event_id for finding in (await verify(pool, event_ids=[good, bad])).findings} == {bad}


async def test_events_without_a_head_are_found_by_what_is_left_of_them(own_urls) -> None:
    async with await open_pool(own_urls.owner_url) as pool:
        poster = Poster(pool)
        poster.start()
        beheaded, whole, stray = await full_life(poster), await full_life(poster), uuid4()
        await poster.close()
        await pool.execute("DELETE FROM event WHERE event_id = $1", beheaded)
        await pool.execute("INSERT INTO member VALUES ($1, 1, NULL, 'Nobody', 'member', 1)", stray)
        verification = await verify(pool)
    assert verification.events == 3
    assert {finding.event_id for finding in verification.findings} == {beheaded, stray} != {whole}


async def test_an_event_that_is_not_there_is_a_finding(pool) -> None:
    (finding,) = (await verify(pool, event_ids=[uuid4()])).findings
    assert finding.rule == "replay.event"
    assert finding.detail == "nothing is recorded of this event"


async def test_a_long_journal_is_verified_over_several_pages(pool, owner, poster) -> None:
    event_id, first = await new_event(poster), uuid4()
    commands = [recording(100 + number, description=f"No. {number}") for number in range(2 * PAGE)]
    await post_all(poster, event_id, [recording(1_000, expense_id=first), *commands])
    await post_all(poster, event_id, [ReviseExpense(first, version, draft(1_000 + version)) for version in range(1, 4)])
    verification = await verify(pool, event_ids=[event_id])
    assert verification.findings == ()
    assert verification.entries == 2 * PAGE + 5
    for tampering in LONG:
        await tamper(owner, event_id, tampering)
        findings = (await verify(pool, event_ids=[event_id])).findings
        assert tuple(finding.rule for finding in findings) == tampering.rules
        assert findings[-1].seq == tampering.seq


async def test_only_so_many_findings_are_listed_and_the_others_counted(pool, owner, poster) -> None:
    event_id = await new_event(poster)
    await post_all(poster, event_id, [recording(100 + number) for number in range(MAX_FINDINGS + 10)])
    await owner.execute("UPDATE expense SET category = 'lies' WHERE event_id = $1", event_id)
    verification = await verify(pool, event_ids=[event_id])
    assert (len(verification.findings), verification.unlisted) == (MAX_FINDINGS, 10)


async def test_what_is_posted_while_an_event_is_verified_is_not_seen(pool, poster) -> None:
    event_id = await full_life(poster)
    async with snapshot(pool) as connection:
        # A transaction sees what was committed before its first statement.
        before = await connection.fetchval("SELECT seq FROM event WHERE event_id = $1", event_id)
        await record(poster, event_id)
        replay = Replay(connection, event_id)
        async for _ in replay.pages():
            pass
    assert replay.state.seq == before == FULL_LIFE


async def test_posting_meanwhile_causes_no_finding(pool, poster) -> None:
    event_id = await full_life(poster)
    stop = asyncio.Event()

    async def keep_posting() -> int:
        posted = 0
        while not stop.is_set():
            posted += len(await post_all(poster, event_id, [recording(100)] * 2))
        return posted

    posting = asyncio.create_task(keep_posting())
    for _ in range(20):
        await assert_clean(pool, event_id)
    stop.set()
    assert await posting > 0


async def test_nothing_is_written_in_a_snapshot(pool, poster) -> None:
    event_id = await new_event(poster)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with snapshot(pool) as connection:
            await connection.execute("UPDATE event SET name = 'Other' WHERE event_id = $1", event_id)
    assert await pool.fetchval("SELECT name FROM event WHERE event_id = $1", event_id) == "Trip"


async def test_one_event_is_looked_at_by_index_alone(owner, poster) -> None:
    event_id = await full_life(poster)
    # With few rows a sequential scan may be cheaper, which says nothing about the view.
    await owner.execute("SET enable_seqscan = off")
    statement = await owner.prepare(LIST_VIOLATIONS)
    (plan,) = await statement.explain(event_id)
    scans = list(scans_of(plan["Plan"]))
    assert len(scans) > 15
    assert [scan for scan in scans if "event_id = " not in scan.get("Index Cond", "")] == []


def scans_of(node: dict) -> Iterator[dict]:
    """Walk through what reads tables; a bitmap's rows are found by the index scan below it."""
    if "Scan" in node["Node Type"] and node["Node Type"] not in {"Subquery Scan", "Bitmap Heap Scan"}:
        yield node
    for below in node.get("Plans", ()):
        yield from scans_of(below)


async def test_a_refused_command_is_no_entry_and_no_finding(pool, poster) -> None:
    event_id = await new_event(poster)
    with pytest.raises(AmountZero):
        await post(poster, event_id, recording(0), key=uuid4())
    assert await pool.fetchval("SELECT count(*) FROM command WHERE event_id = $1 AND seq IS NULL", event_id) == 1
    await assert_clean(pool, event_id)
