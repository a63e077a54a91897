"""Freezing a plan: one that was prepared is taken if nothing came between, and a retry is known by what was asked."""

from uuid import uuid4

from allsquare.core.commands import ChangeEvent, ChangeMember, SettleEvent
from allsquare.core.commands.lifecycle import Prepared
from allsquare.core.entry import EventSettled, change_of
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.core.settle.plan import CurrencyPlan, Plan, PlannedPayment, PlanRequest
from allsquare.ledger.rebuild import rebuild
from tests.ledger.builders import assert_clean, new_event, post, record, stored

FEWEST = PlanRequest(strategy="fewest")
# Another order than the one `decide` would take, so that it can be told whose plan was frozen.
PAYMENTS = (PlannedPayment(3, 1, "EUR", 1_000), PlannedPayment(2, 1, "EUR", 1_000))
PLAN = Plan("fewest", PAYMENTS, (CurrencyPlan("EUR", optimal=True, fewest_possible=2),))


async def test_a_prepared_plan_is_frozen_as_it_is(pool, poster) -> None:
    event_id = await new_event(poster)
    await record(poster, event_id, 3_000)
    settled = change_of(
        (await post(poster, event_id, SettleEvent(FEWEST, Prepared(2, FEWEST, PLAN)))).entry, EventSettled
    )
    assert settled.payments == PAYMENTS
    await assert_clean(pool, event_id)


async def test_a_prepared_plan_that_was_overtaken_is_made_anew(pool, poster) -> None:
    event_id = await new_event(poster)
    await record(poster, event_id, 3_000)
    await record(poster, event_id, 6_000)
    settled = change_of(
        (await post(poster, event_id, SettleEvent(FEWEST, Prepared(2, FEWEST, PLAN)))).entry, EventSettled
    )
    assert settled.payments == (PlannedPayment(2, 1, "EUR", 3_000), PlannedPayment(3, 1, "EUR", 3_000))
    await assert_clean(pool, event_id)


async def test_a_retry_is_known_whatever_plan_was_prepared_for_it(pool, poster) -> None:
    event_id, key = await new_event(poster), uuid4()
    await record(poster, event_id, 3_000)
    first = await post(poster, event_id, SettleEvent(FEWEST, Prepared(2, FEWEST, PLAN)), key=key)
    again = await post(poster, event_id, SettleEvent(FEWEST), key=key)
    assert (again.replayed, again.entry.seq) == (True, first.entry.seq)
    await assert_clean(pool, event_id)


async def test_rebuilding_keeps_payment_details_and_what_the_event_settles_by(pool, poster) -> None:
    event_id = await new_event(poster)
    await record(poster, event_id, 3_700)
    await post(poster, event_id, ChangeMember(2, "Bo", Profile("North", "DE", "EUR")))
    await post(poster, event_id, ChangeEvent(settle_by=PlanRequest(strategy="hub", hub=2, round_to="1")))
    await post(poster, event_id, SettleEvent())
    before = await stored(pool, event_id)
    assert "North" in str(before)
    assert (await rebuild(pool, event_ids=[event_id])).refused == ()
    assert await stored(pool, event_id) == before
    await assert_clean(pool, event_id)
