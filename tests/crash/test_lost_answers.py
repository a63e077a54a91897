"""A connection that is lost around COMMIT: what was asked is posted once, and whoever asked hears what came of it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from allsquare.core.commands import Command, CreateEvent, DeleteExpense, RecordExpense, ReviseExpense
from allsquare.core.errors import AllsquareError
from allsquare.ledger.poster import MAX_BATCH, RETRY_FOR_S, Job, LedgerUnavailable, Posted, Poster
from allsquare.pg.pool import open_pool
from allsquare.pg.transact import is_transient
from tests.conftest import DatabaseUrls
from tests.crash.fault_proxy import COMMITTED, STALLS, Cut, FaultProxy, fault_proxy
from tests.ledger.builders import assert_clean, draft, job, new_event, paying_back, post_all, recording

SOON_S = 0.3
"""How long a poster insists, in tests of what happens when it does so in vain."""

COUNT_ENTRIES = "SELECT count(*) FROM journal WHERE event_id = $1"
COUNT_COMMANDS = "SELECT count(*) FROM command WHERE event_id = $1 AND command_id = $2"


@pytest.fixture
async def direct(database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Pool]:
    """Return a pool that nothing stands before."""
    async with await open_pool(database_urls.app_url) as pool:
        yield pool


@pytest.fixture
async def calm(direct: asyncpg.Pool) -> AsyncIterator[Poster]:
    """Return a poster that no fault meets."""
    poster = Poster(direct)
    poster.start()
    yield poster
    await poster.close()


@pytest.fixture
async def proxy(database_urls: DatabaseUrls, run_folder: Path) -> AsyncIterator[FaultProxy]:
    """Return a proxy before the server; the short path of its socket goes away with the run."""
    folder = run_folder / f"proxy-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    async with fault_proxy(database_urls.app_url, folder) as running:
        yield running


@pytest.fixture
async def behind(proxy: FaultProxy) -> AsyncIterator[asyncpg.Pool]:
    """Return a pool whose connections all go through the proxy."""
    async with await open_pool(proxy.url, max_size=2) as pool:
        yield pool


@asynccontextmanager
async def posting(proxy: FaultProxy, pool: asyncpg.Pool, *, retry_for_s: float = RETRY_FOR_S) -> AsyncIterator[Poster]:
    """Run a poster behind the proxy."""
    poster = Poster(pool, retry_for_s=retry_for_s)
    poster.start()
    try:
        yield poster
    finally:
        # A test that failed may have left a connection waiting for ever.
        proxy.cut_all()
        await poster.close()


@pytest.fixture
async def poster(proxy: FaultProxy, behind: asyncpg.Pool) -> AsyncIterator[Poster]:
    """Return a poster that works through the proxy."""
    async with posting(proxy, behind) as started:
        yield started


@pytest.fixture
async def hasty(proxy: FaultProxy, behind: asyncpg.Pool) -> AsyncIterator[Poster]:
    """Return one that soon gives up."""
    async with posting(proxy, behind, retry_for_s=SOON_S) as started:
        yield started


async def meet(proxy: FaultProxy, work: Sequence[Awaitable], *cuts: Cut) -> list:
    """Wait for the answers of what was queued, ending the stalls on the way."""
    answers = asyncio.gather(*work, return_exceptions=True)
    for _ in [cut for cut in cuts if cut in STALLS]:
        await asyncio.wait_for(proxy.stalled.wait(), 30)
        assert not answers.done()
        proxy.cut_the_stalled()
    heard = await asyncio.wait_for(answers, 30)
    assert proxy.cuts == list(cuts)
    return heard


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "unkeyed"])
@pytest.mark.parametrize("cut", Cut)
async def test_a_command_is_posted_once_and_answered_as_accepted_wherever_its_connection_is_cut(
    cut, keyed, proxy, poster, calm, direct
):
    event_id = await new_event(calm)
    for seq in (2, 3, 4):
        asked = job(event_id, recording(), key=uuid4() if keyed else None)
        proxy.cuts.clear()
        proxy.arm(cut)
        (posted,) = await meet(proxy, [poster.submit(asked)], cut)
        assert isinstance(posted, Posted)
        assert (posted.entry.seq, posted.entry.command_id, posted.replayed) == (seq, asked.command_id, False)
    assert await direct.fetchval(COUNT_ENTRIES, event_id) == 4
    await assert_clean(direct, event_id)


async def test_a_new_event_is_made_once_though_no_head_could_be_locked(proxy, poster, direct):
    for cut in Cut:
        event_id = uuid4()
        proxy.cuts.clear()
        proxy.arm(cut)
        asked = job(event_id, CreateEvent("Trip", "trip", "EUR", ("Ann", "Bob")), key=uuid4())
        (posted,) = await meet(proxy, [poster.submit(asked)], cut)
        assert isinstance(posted, Posted)
        assert (posted.entry.seq, posted.replayed) == (1, False)
        await assert_clean(direct, event_id)


async def test_a_command_that_meets_one_cut_after_another_is_still_posted_once(proxy, poster, calm, direct):
    event_id = await new_event(calm)
    cuts = (Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT, Cut.WITHIN_THE_ANSWER, Cut.STALLED_AFTER_COMMIT, Cut.BEFORE_COMMIT)
    proxy.arm(*cuts)
    (posted,) = await meet(proxy, [poster.submit(job(event_id, recording()))], *cuts)
    assert isinstance(posted, Posted)
    assert (posted.entry.seq, posted.replayed) == (2, False)
    assert await direct.fetchval(COUNT_ENTRIES, event_id) == 2
    await assert_clean(direct, event_id)


@pytest.mark.parametrize("cut", Cut)
async def test_a_refusal_whose_answer_was_lost_is_heard_as_the_first_answer(cut, proxy, poster, calm, direct):
    event_id = await new_event(calm)
    asked = job(event_id, recording(paid_by=9), key=uuid4())
    proxy.arm(cut)
    (refused,) = await meet(proxy, [poster.submit(asked)], cut)
    assert isinstance(refused, AllsquareError)
    assert (refused.code, refused.replayed) == ("member.unknown", False)
    assert await direct.fetchval(COUNT_COMMANDS, event_id, asked.command_id) == 1
    assert await direct.fetchval(COUNT_ENTRIES, event_id) == 1


class Mix:
    """A hundred commands of every fate, the same for every event, so that two runs of it can be compared."""

    def __init__(self) -> None:
        self.earlier = [uuid4() for _ in range(3)]
        self.expenses = [UUID(int=number) for number in range(1, 11)]
        self.keys = [uuid4() for _ in range(40)]

    async def prepare(self, poster: Poster) -> UUID:
        """Make an event in which three keys have been used: two were accepted, one was refused."""
        event_id = await new_event(poster)
        await post_all(poster, event_id, [recording(900, expense_id=expense_id) for expense_id in self.expenses])
        for key, command in zip(self.earlier, self._earlier(), strict=True):
            await asyncio.gather(poster.submit(job(event_id, command, key=key)), return_exceptions=True)
        return event_id

    def _earlier(self) -> list[Command]:
        return [recording(100, expense_id=UUID(int=100)), paying_back(2, 1, 50, settlement_id=UUID(int=101)),
                recording(100, expense_id=UUID(int=102), among=(1, 9))]  # fmt: skip

    def jobs(self, event_id: UUID) -> list[Job]:
        """Ask for new things with and without keys, what was asked before, what cannot be, and edits that compete."""
        new = [recording(1_000 + number, expense_id=UUID(int=200 + number)) for number in range(60)]
        jobs = [job(event_id, command) for command in new[:30]]
        jobs += [job(event_id, command, key=key) for key, command in zip(self.keys, new[30:], strict=False)]
        jobs += [job(event_id, command, key=key) for key, command in zip(self.earlier, self._earlier(), strict=True)]
        jobs += [job(event_id, recording(7), key=self.earlier[0])]
        jobs += [job(event_id, new[30], key=self.keys[0]), job(event_id, new[31], key=self.keys[2])]
        edits: list[Command] = []
        for expense_id in self.expenses:
            edits += [ReviseExpense(expense_id, 1, draft(1_200)), ReviseExpense(expense_id, 1, draft(1_500))]
        edits[5], edits[8] = DeleteExpense(self.expenses[2], 1), DeleteExpense(self.expenses[4], 1)
        jobs += [job(event_id, edit, key=uuid4()) for edit in edits]
        jobs += [job(event_id, recording(among=(1, 7)), key=uuid4()) for _ in range(7)]
        jobs += [job(event_id, recording(among=(1, 7))) for _ in range(7)]
        assert len(jobs) == 100 <= MAX_BATCH
        return jobs


def fate(answer: object) -> tuple[object, ...]:
    """Say what became of a command."""
    if isinstance(answer, Posted):
        return ("accepted", answer.replayed, answer.entry.seq, answer.entry.change.kind)
    assert isinstance(answer, AllsquareError), answer
    return ("refused", answer.replayed, answer.code, answer.detail)


@pytest.mark.parametrize("cut", Cut)
async def test_a_batch_of_a_hundred_gets_the_answers_it_would_have_got_without_the_cut(
    cut, proxy, poster, calm, direct
):
    mix = Mix()
    calm_id, cut_id = await mix.prepare(calm), await mix.prepare(calm)
    expected = await asyncio.gather(*[calm.submit(asked) for asked in mix.jobs(calm_id)], return_exceptions=True)
    proxy.arm(cut)
    heard = await meet(proxy, [poster.submit(asked) for asked in mix.jobs(cut_id)], cut)
    assert [fate(answer) for answer in heard] == [fate(answer) for answer in expected]
    fates = [fate(answer)[:2] for answer in heard]
    counts = [fates.count((word, replayed)) for word in ("accepted", "refused") for replayed in (False, True)]
    assert counts == [70, 3, 26, 1]
    assert await direct.fetchval(COUNT_ENTRIES, cut_id) == await direct.fetchval(COUNT_ENTRIES, calm_id) == 83
    await assert_clean(direct, cut_id)


@pytest.mark.parametrize("cut", Cut)
async def test_a_unit_is_posted_once_and_whole_wherever_its_connection_is_cut(cut, proxy, poster, calm, direct):
    event_id = await new_event(calm)
    for begin in (2, 7, 12):
        jobs = [job(event_id, recording(), key=uuid4() if number % 2 else None) for number in range(5)]
        proxy.cuts.clear()
        proxy.arm(cut)
        (posted,) = await meet(proxy, [poster.submit_together(jobs)], cut)
        assert [(one.entry.seq, one.replayed) for one in posted] == [(begin + n, False) for n in range(5)]
        assert [one.entry.command_id for one in posted] == [asked.command_id for asked in jobs]
    assert await direct.fetchval(COUNT_ENTRIES, event_id) == 16
    await assert_clean(direct, event_id)


async def test_a_unit_outlasts_a_server_that_is_away_for_a_while(proxy, poster, calm, direct):
    event_id = await new_event(calm)
    proxy.leave()
    answer = asyncio.gather(poster.submit_together([job(event_id, recording()) for _ in range(3)]))
    await asyncio.sleep(1)
    assert not answer.done()
    await proxy.come_back()
    (unit,) = await answer
    assert [posted.entry.seq for posted in unit] == [2, 3, 4]
    await assert_clean(direct, event_id)


async def test_a_unit_is_refused_whole_where_one_of_its_keys_was_refused_or_used_before(calm, direct):
    event_id = await new_event(calm)
    refused, used = uuid4(), uuid4()
    impossible, other = recording(paid_by=9), recording(500)
    await asyncio.gather(calm.submit(job(event_id, impossible, key=refused)), return_exceptions=True)
    await calm.submit(job(event_id, other, key=used))
    for command, key, code in (
        (impossible, refused, "member.unknown"),
        (recording(501), used, "idempotency.mismatch"),
    ):
        with pytest.raises(AllsquareError) as caught:
            await calm.submit_together([job(event_id, recording()), job(event_id, command, key=key)])
        assert caught.value.code == code
        assert await direct.fetchval(COUNT_ENTRIES, event_id) == 2
    await assert_clean(direct, event_id)


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in a unit"])
@pytest.mark.parametrize("cut", sorted(COMMITTED | {Cut.BEFORE_COMMIT}, key=lambda cut: cut.value))
async def test_when_the_server_stays_away_the_same_key_finds_out_later_what_came_of_it(
    cut, together, proxy, hasty, calm, direct
):
    event_id = await new_event(calm)
    command, key = recording(expense_id=uuid4()), uuid4()

    async def ask() -> Posted:
        asked = job(event_id, command, key=key)
        return (await hasty.submit_together([asked]))[0] if together else await hasty.submit(asked)

    proxy.arm(cut, then_leave=True)
    (unknown,) = await meet(proxy, [ask()], cut)
    assert isinstance(unknown, LedgerUnavailable)
    assert unknown.code == "ledger.unavailable"
    await proxy.come_back()
    posted = await ask()
    assert (posted.entry.seq, posted.entry.command_id, posted.replayed) == (2, key, cut in COMMITTED)
    assert await direct.fetchval(COUNT_ENTRIES, event_id) == 2
    await assert_clean(direct, event_id)


async def test_an_outage_makes_nobody_wait_for_those_before_them_to_give_up(proxy, behind, calm):
    patience_s = 1.0
    clock = asyncio.get_running_loop().time
    event_id = await new_event(calm)
    async with posting(proxy, behind, retry_for_s=patience_s) as poster:
        proxy.leave()
        started = clock()
        waiting = [poster.submit(job(event_id, recording())) for _ in range(5 * MAX_BATCH)]
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(answer) for answer in answers} == {LedgerUnavailable}
        assert patience_s <= clock() - started < 2 * patience_s
        await proxy.come_back()
        assert (await poster.submit(job(event_id, recording()))).entry.seq == 2


async def test_the_last_words_of_a_backend_that_ends_fail_no_command(proxy, poster, calm, direct):
    event_id = await new_event(calm)
    await poster.submit(job(event_id, recording()))
    # Between FATAL and the end of the connection asyncpg takes it for one in use.
    proxy.speak_last_words(then_end_after_s=0.05)
    await asyncio.sleep(0.01)
    posted = await poster.submit(job(event_id, RecordExpense(uuid4(), draft())))
    assert (posted.entry.seq, posted.replayed) == (3, False)
    await assert_clean(direct, event_id)


async def test_a_read_that_meets_the_last_words_of_a_backend_may_be_tried_again(proxy, behind):
    proxy.speak_last_words(then_end_after_s=0.05)
    await asyncio.sleep(0.01)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)) as caught:
        await behind.fetchval(COUNT_ENTRIES, uuid4())
    assert is_transient(caught.value)
