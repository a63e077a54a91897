"""Two processes that post to one event at the same moment: each sees what the other has done, and neither undoes it."""

import asyncio
from uuid import uuid4

import pytest

from allsquare.core.commands import (
    CreateEvent,
    DeleteExpense,
    RecordSettlement,
    RemoveMember,
    RestoreExpense,
    ReverseSettlement,
    ReviseExpense,
    SettleEvent,
)
from allsquare.core.commands.base import VersionConflict
from allsquare.core.entry import EventSettled, change_of
from allsquare.core.errors import AllsquareError
from allsquare.core.settle.plan import PlanRequest
from allsquare.ledger.poster import Job, Posted
from tests.concurrency.races import (
    HOLD_HEADS,
    HOLD_NEW_HEADS,
    PATIENCE_S,
    Desk,
    accepted,
    assert_sound,
    gate,
    heard,
    open_desk,
    race,
    refused,
)
from tests.ledger.builders import draft, job, new_event, paying_back, post, post_all, recording

LOAD_EXPENSE = "SELECT version, seq, deleted, description FROM expense WHERE event_id = $1 AND expense_id = $2"
LOAD_NETS = "SELECT member_no, credits - debits AS net FROM position WHERE event_id = $1 ORDER BY member_no"
COUNT_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
COUNT_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = ANY($1::text[])
"""

either_way = pytest.mark.parametrize("swapped", [False, True], ids=["in order", "swapped"])


def paying(payer: int, payee: int, amount_minor: int) -> RecordSettlement:
    """Give the command that records a paying-back, not more than is owed."""
    return RecordSettlement(uuid4(), payer, payee, amount_minor, "EUR")


async def known_to_both(one: Desk, two: Desk):
    """Make an event whose roster both remember: the second entry is the first desk's, the third the other's."""
    event_id = await new_event(one.poster)
    for desk, amount_minor in ((one, 300), (two, -300)):
        await post(desk.poster, event_id, recording(amount_minor))
    return event_id


def outcome(answer: Posted | AllsquareError) -> str:
    return answer.entry.change.kind if isinstance(answer, Posted) else answer.code


async def nets(desk: Desk, event_id) -> dict[int, int]:
    return {row[0]: row[1] for row in await desk.pool.fetch(LOAD_NETS, event_id)}


async def test_of_two_edits_of_one_version_the_first_wins_and_the_second_is_shown_it(url, one, two):
    event_id, expense_id = await known_to_both(one, two), uuid4()
    await post(one.poster, event_id, recording(1_000, expense_id=expense_id))
    first = ReviseExpense(expense_id, 1, draft(2_000, description="Hers"))
    second = ReviseExpense(expense_id, 1, draft(4_000, description="His"))
    answers = await race(url, (one, job(event_id, first)), (two, job(event_id, second)))
    winner, conflict = accepted(answers[0]), refused(answers[1], "expense.version_conflict")
    assert isinstance(conflict, VersionConflict)
    assert (conflict.current_seq, conflict.expected, conflict.actual) == (winner.entry.seq, "2", "1")
    row = await one.pool.fetchrow(LOAD_EXPENSE, event_id, expense_id)
    assert tuple(row) == (2, winner.entry.seq, False, "Hers")
    assert await nets(one, event_id) == {1: 1_333, 2: -667, 3: -666}
    await assert_sound(one, event_id, entries=5)


async def test_one_key_at_once_is_one_entry_and_both_get_the_same_answer(url, one, two):
    event_id, key = await known_to_both(one, two), uuid4()
    command = recording(expense_id=uuid4())
    answers = await race(url, (one, job(event_id, command, key=key)), (two, job(event_id, command, key=key)))
    first, second = map(accepted, answers)
    assert (first.replayed, second.replayed) == (False, True)
    assert first.entry.entry_hash == second.entry.entry_hash
    assert first.entry.change == second.entry.change
    await assert_sound(one, event_id, entries=4)


async def test_one_key_at_once_that_is_refused_is_refused_once_and_for_ever(url, one, two):
    event_id, key = await known_to_both(one, two), uuid4()
    command = paying(2, 1, 100)
    answers = await race(url, (one, job(event_id, command, key=key)), (two, job(event_id, command, key=key)))
    first, second = (refused(answer, "settlement.overpayment") for answer in answers)
    assert (first.replayed, second.replayed) == (False, True)
    assert (first.detail, first.expected) == (second.detail, second.expected)
    await post(two.poster, event_id, recording(9_000))
    with pytest.raises(type(second)) as caught:
        await post(two.poster, event_id, command, key=key)
    assert caught.value.detail == first.detail
    await assert_sound(one, event_id, entries=4)


async def test_one_key_at_once_with_other_content_is_refused(url, one, two):
    event_id, key = await known_to_both(one, two), uuid4()
    answers = await race(
        url, (one, job(event_id, recording(500), key=key)), (two, job(event_id, recording(501), key=key))
    )
    accepted(answers[0])
    refused(answers[1], "idempotency.mismatch")
    await assert_sound(one, event_id, entries=4)


async def test_one_new_event_at_once_under_one_key_is_made_once(url, one, two):
    event_id, key = uuid4(), uuid4()
    command = CreateEvent("Trip", "trip", "EUR", ("Ann", "Bob"))
    answers = await race(
        url, (one, job(event_id, command, key=key)), (two, job(event_id, command, key=key)), hold=HOLD_NEW_HEADS
    )
    made = [accepted(answer) for answer in answers]
    assert sorted(posted.replayed for posted in made) == [False, True]
    assert made[0].entry.entry_hash == made[1].entry.entry_hash
    await assert_sound(one, event_id, entries=1)


async def test_one_new_event_id_at_once_from_two_clients_is_the_event_of_one_of_them(url, one, two):
    event_id, keys = uuid4(), [uuid4(), uuid4()]
    commands = [CreateEvent(name, "trip", "EUR", (name,)) for name in ("Hers", "His")]

    def jobs() -> list[tuple[Desk, Job]]:
        asked = zip((one, two), commands, keys, strict=True)
        return [(desk, job(event_id, command, key=key)) for desk, command, key in asked]

    answers = await race(url, *jobs(), hold=HOLD_NEW_HEADS)
    assert sorted(outcome(answer) for answer in answers) == ["event.created", "event.exists"]
    assert {answer.replayed for answer in answers} == {False}
    again = [await heard(desk.poster.submit(asked)) for desk, asked in jobs()]
    assert [outcome(answer) for answer in again] == [outcome(answer) for answer in answers]
    assert {answer.replayed for answer in again} == {True}
    await assert_sound(one, event_id, entries=1)


@either_way
async def test_an_expense_meets_an_event_that_begins_to_settle(swapped, url, one, two):
    event_id = await known_to_both(one, two)
    await post(one.poster, event_id, recording(3_000))
    pair = [
        (one, job(event_id, recording(600, paid_by=2))),
        (two, job(event_id, SettleEvent(PlanRequest(strategy="direct")))),
    ]
    if swapped:
        answers = await race(url, *reversed(pair))
        settled = accepted(answers[0])
        assert refused(answers[1], "event.closed").actual == "settlement"
    else:
        answers = await race(url, *pair)
        accepted(answers[0])
        settled = accepted(answers[1])
    # The plan is one for just the expenses that count.
    left = await nets(one, event_id)
    for payer, payee, _, amount_minor in change_of(settled.entry, EventSettled).payments:
        left[payer] += amount_minor
        left[payee] -= amount_minor
    assert set(left.values()) == {0}
    await assert_sound(one, event_id, entries=5 if swapped else 6)


@either_way
async def test_of_two_settlements_that_together_pay_too_much_only_the_first_is_recorded(swapped, url, one, two):
    event_id = await known_to_both(one, two)
    await post(one.poster, event_id, recording(2_000, among=(1, 2)))
    desks = (two, one) if swapped else (one, two)
    answers = await race(url, *[(desk, job(event_id, paying(2, 1, 700))) for desk in desks])
    accepted(answers[0])
    assert refused(answers[1], "settlement.overpayment").expected == "at most 3.00"
    assert await nets(one, event_id) == {1: 300, 2: -300, 3: 0}
    await assert_sound(one, event_id, entries=5)


async def test_one_settlement_is_reversed_once(url, one, two):
    event_id, settlement_id = await known_to_both(one, two), uuid4()
    await post(one.poster, event_id, paying_back(2, 1, 500, settlement_id=settlement_id))
    answers = await race(
        url,
        (one, job(event_id, ReverseSettlement(settlement_id, "it was a mistake"))),
        (two, job(event_id, ReverseSettlement(settlement_id, "I never got it"))),
    )
    reversing = accepted(answers[0])
    assert refused(answers[1], "settlement.reversed").actual == str(reversing.entry.seq)
    assert set((await nets(one, event_id)).values()) == {0}
    await assert_sound(one, event_id, entries=5)


@either_way
async def test_a_member_leaves_while_an_expense_includes_them(swapped, url, one, two):
    event_id = await known_to_both(one, two)
    pair = [(one, job(event_id, RemoveMember(3))), (two, job(event_id, recording(900, among=(1, 3))))]
    if swapped:
        answers = await race(url, *reversed(pair))
        accepted(answers[0])
        assert refused(answers[1], "member.not_square").actual == "-4.50"
    else:
        answers = await race(url, *pair)
        accepted(answers[0])
        assert refused(answers[1], "member.inactive").actual == "3"
    await assert_sound(one, event_id, entries=4)


async def test_an_expense_among_all_is_shared_without_the_member_who_has_just_left(url, one, two):
    event_id = await known_to_both(one, two)
    answers = await race(url, (one, job(event_id, RemoveMember(3))), (two, job(event_id, recording(900))))
    assert [accepted(answer).entry.seq for answer in answers] == [4, 5]
    assert await nets(one, event_id) == {1: 450, 2: -450, 3: 0}
    await assert_sound(one, event_id, entries=5)


@either_way
async def test_of_a_deletion_and_an_edit_of_one_version_the_first_wins(swapped, url, one, two):
    event_id, expense_id = await known_to_both(one, two), uuid4()
    await post(one.poster, event_id, recording(1_000, expense_id=expense_id))
    pair = [
        (one, job(event_id, DeleteExpense(expense_id, 1))),
        (two, job(event_id, ReviseExpense(expense_id, 1, draft(2_000, description="Edited")))),
    ]
    answers = await race(url, *(reversed(pair) if swapped else pair))
    winner, conflict = accepted(answers[0]), refused(answers[1], "expense.version_conflict")
    assert isinstance(conflict, VersionConflict)
    assert conflict.current_seq == winner.entry.seq
    row = await one.pool.fetchrow(LOAD_EXPENSE, event_id, expense_id)
    assert tuple(row) == ((2, 5, False, "Edited") if swapped else (2, 5, True, "Dinner"))
    await assert_sound(one, event_id, entries=5)


@pytest.mark.parametrize(("seen", "code"), [(None, "expense.not_deleted"), (2, "expense.version_conflict")])
async def test_one_deleted_expense_is_restored_once(seen, code, url, one, two):
    event_id, expense_id = await known_to_both(one, two), uuid4()
    await post_all(
        one.poster, event_id, [recording(1_000, expense_id=expense_id, among=(1, 2)), DeleteExpense(expense_id, 1)]
    )
    answers = await race(url, *[(desk, job(event_id, RestoreExpense(expense_id, seen))) for desk in (one, two)])
    accepted(answers[0])
    refused(answers[1], code)
    assert tuple(await one.pool.fetchrow(LOAD_EXPENSE, event_id, expense_id)) == (3, 6, False, "Dinner")
    assert await nets(one, event_id) == {1: 500, 2: -500, 3: 0}
    await assert_sound(one, event_id, entries=6)


async def test_posters_that_take_the_same_events_in_other_orders_never_deadlock(url, one):
    event_ids = [await new_event(one.poster) for _ in range(10)]
    before = await one.pool.fetchval(COUNT_DEADLOCKS)
    answers = []
    async with open_desk(url, "upwards") as up, open_desk(url, "downwards") as down:
        async with gate(url, HOLD_HEADS, event_ids) as held:
            for count in (5, 20):
                for desk, order in ((up, event_ids), (down, event_ids[::-1])):
                    jobs = [job(event_id, recording(300)) for _ in range(count) for event_id in order]
                    answers += [desk.poster.submit(asked) for asked in jobs]
                    await held.until_waits(desk)
        posted = await asyncio.wait_for(asyncio.gather(*answers), PATIENCE_S)
    assert len(posted) == 500
    for event_id in event_ids:
        await assert_sound(one, event_id, entries=51)
    # A connection tells what it has counted when it ends, at the latest.
    while await one.pool.fetchval(COUNT_CONNECTIONS, ["upwards", "downwards"]):
        pass
    assert await one.pool.fetchval(COUNT_DEADLOCKS) == before
