"""Seats in the ledger: accounts, roles, weights, merges and the forgotten are in the journal, and rebuilt from it."""

from uuid import uuid4

import pytest

from allsquare.core.commands import (
    AddMembers,
    ChangeMember,
    ClaimMember,
    ForgetMember,
    MergeMembers,
    ReassignExpense,
    RemoveMember,
    SeatTerms,
)
from allsquare.core.commands.members import LastAdmin, PersonForgotten
from allsquare.core.commands.merging import MergeRaced, settlements_moved
from allsquare.core.commands.seats import MemberClaimedAlready, SeatTwice
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.ledger.rebuild import rebuild
from allsquare.ledger.store import load_positions, load_rosters, load_settlements, lock_heads
from allsquare.ledger.verify import verify
from allsquare.pg.transact import transaction
from tests.ledger.builders import (
    assert_clean,
    draft,
    job,
    new_event,
    paying_back,
    post,
    record,
    recording,
    refusal,
    stored,
)

ASHA, BEN = uuid4(), uuid4()


async def nets(pool, event_id) -> dict[int, int]:
    async with transaction(pool) as connection:
        states = await lock_heads(connection, [event_id])
        await load_positions(connection, states.values())
    return {member: standing.net for (member, _), standing in sorted(states[event_id].positions.items())}


async def test_seats_are_rebuilt_from_the_journal_alone(pool, poster) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, AddMembers(("Dia",), (SeatTerms("admin", ASHA, 15_000),)))
    await post(poster, event_id, ClaimMember(2, BEN, "viewer"))
    await post(poster, event_id, ChangeMember(3, role="admin", weight=5_000))
    await record(poster, event_id, 3_000)
    await post(poster, event_id, ForgetMember(2))
    before = await stored(pool, event_id)
    assert (await rebuild(pool, event_ids=[event_id])).refused == ()
    assert await stored(pool, event_id) == before
    await assert_clean(pool, event_id)


TAMPERED = {
    "account": "UPDATE member SET user_id = gen_random_uuid() WHERE event_id = $1 AND member_no = 2",
    "weight": "UPDATE member SET weight = 1 WHERE event_id = $1 AND member_no = 2",
    "merge": "UPDATE member SET merged_into = 1 WHERE event_id = $1 AND member_no = 2",
    "forgotten": "UPDATE member SET forgotten = true WHERE event_id = $1 AND member_no = 2",
    "role": "UPDATE member SET role = 'admin' WHERE event_id = $1 AND member_no = 2",
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_a_seat_that_was_changed_behind_the_journal_is_found(pool, owner, poster, what) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, ClaimMember(2, BEN))
    await owner.execute(TAMPERED[what], event_id)
    found = await verify(pool, event_ids=[event_id])
    assert [finding.rule for finding in found.findings] == ["replay.member"]


async def test_an_account_has_one_seat_and_a_seat_one_account(pool, poster) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, ClaimMember(2, BEN))
    assert isinstance(await refusal(poster, event_id, ClaimMember(2, ASHA)), MemberClaimedAlready)
    assert isinstance(await refusal(poster, event_id, ClaimMember(3, BEN)), SeatTwice)
    joining = AddMembers(("Dia",), (SeatTerms(user_id=BEN),))
    assert isinstance(await refusal(poster, event_id, joining), SeatTwice)
    await assert_clean(pool, event_id)


async def test_the_last_admin_with_an_account_stays_while_others_have_one(pool, poster) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, ClaimMember(1, ASHA))
    await post(poster, event_id, ClaimMember(2, BEN))
    assert isinstance(await refusal(poster, event_id, RemoveMember(1)), LastAdmin)
    assert isinstance(await refusal(poster, event_id, ChangeMember(1, role="viewer")), LastAdmin)
    await post(poster, event_id, ChangeMember(2, role="admin"))
    await post(poster, event_id, RemoveMember(1))
    await assert_clean(pool, event_id)


async def test_a_merge_keeps_every_net(pool, poster) -> None:
    event_id = await new_event(poster, ("Ann", "Bob", "Bobby", "Dan"))
    first, both = uuid4(), uuid4()
    await post(poster, event_id, recording(1_001, expense_id=first, paid_by=3, among=(1, 3, 4)))
    await post(poster, event_id, recording(4_003, expense_id=both))
    paid = paying_back(4, 3, 500)
    await post(poster, event_id, paid)
    await post(poster, event_id, ClaimMember(3, BEN))
    before = await nets(pool, event_id)
    state = (await post(poster, event_id, ChangeMember(4, "Daniel"))).entry
    assert state.seq == 6
    async with transaction(pool) as connection:
        states = await lock_heads(connection, [event_id])
        await load_settlements(connection, [(states[event_id], paid.settlement_id)])
    moved = settlements_moved(states[event_id].settlements[paid.settlement_id], 3, 2, [uuid4()])
    commands = [ReassignExpense(first, 3, 2), ReassignExpense(both, 3, 2), *moved, MergeMembers(3, 2)]
    await poster.submit_together([job(event_id, command) for command in commands])
    after = await nets(pool, event_id)
    assert after == {1: before[1], 2: before[2] + before[3], 3: 0, 4: before[4]}
    stored_before = await stored(pool, event_id)
    assert (await rebuild(pool, event_ids=[event_id])).refused == ()
    assert await stored(pool, event_id) == stored_before
    await assert_clean(pool, event_id)


@pytest.mark.parametrize(("member", "into"), [(1, 2), (2, 1)])
async def test_who_was_merged_keeps_the_greater_role_so_that_an_admin_is_left(pool, poster, member, into) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, ClaimMember(1, ASHA))
    await post(poster, event_id, ClaimMember(3, BEN))
    await post(poster, event_id, MergeMembers(member, into))
    async with transaction(pool) as connection:
        state = (await lock_heads(connection, [event_id]))[event_id]
        await load_rosters(connection, [state])
    members = state.members
    assert (members[into].role, members[into].user_id) == ("admin", ASHA)
    before = await stored(pool, event_id)
    assert (await rebuild(pool, event_ids=[event_id])).refused == ()
    assert await stored(pool, event_id) == before
    await assert_clean(pool, event_id)


async def test_a_merge_that_was_overtaken_changes_nothing(pool, poster) -> None:
    event_id = await new_event(poster)
    await record(poster, event_id, 3_000)
    before = await stored(pool, event_id)
    assert isinstance(await refusal(poster, event_id, MergeMembers(3, 2)), MergeRaced)
    assert await stored(pool, event_id) == before


async def test_nothing_is_told_again_of_somebody_who_was_forgotten(pool, poster) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, RemoveMember(3))
    await post(poster, event_id, ChangeMember(3, "Who left"))
    for member in (2, 3):
        await post(poster, event_id, ForgetMember(member))
        before = await stored(pool, event_id)
        for change in (ChangeMember(member, "Bob"), ChangeMember(member, profile=Profile("HDFC", "IN", None))):
            assert isinstance(await refusal(poster, event_id, change), PersonForgotten)
        assert await stored(pool, event_id) == before
    assert (await rebuild(pool, event_ids=[event_id])).refused == ()
    assert await stored(pool, event_id) == before
    await assert_clean(pool, event_id)


async def test_an_expense_without_a_split_goes_by_weight(pool, poster) -> None:
    event_id = await new_event(poster)
    await post(poster, event_id, ChangeMember(3, weight=20_000))
    await post(poster, event_id, ChangeMember(2, weight=0))
    command = recording(3_000)
    weighed = type(command)(command.expense_id, draft(3_000, split=None))
    await post(poster, event_id, weighed)
    assert await nets(pool, event_id) == {1: 2_000, 3: -2_000}
    await assert_clean(pool, event_id)
