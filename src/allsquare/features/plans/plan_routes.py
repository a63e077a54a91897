"""Serve plans over HTTP: proposed, explained, frozen."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from allsquare.core.commands.lifecycle import SettleEvent
from allsquare.core.errors import AllsquareError
from allsquare.core.money import exponent
from allsquare.core.settle.plans import STEPS_PER_MS
from allsquare.features.events.answers import event_answer
from allsquare.features.events.currency import currency_of
from allsquare.features.events.schemas import EventOut
from allsquare.features.events.settling import (
    LOCKED_TEXT,
    PAIRS_TEXT,
    ROUND_TO_TEXT,
    STRATEGY_TEXT,
    LockedIn,
    SettleIn,
    request_of,
    show_plan,
)
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.plans.explaining import explain_payment
from allsquare.features.plans.making import Made, make_plan
from allsquare.features.plans.schemas import EventPlanOut, ExplanationOut
from allsquare.features.wire.api import READ, WRITE, Response, json_response, routes
from allsquare.features.wire.aside import PlannerBusy
from allsquare.features.wire.fields import Currency

router = routes("/events/{event_id}", "plans")

PairText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}$")]
LockedText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}:[0-9]{1,17}(\.[0-9]{1,4})?(:[A-Z]{3})?$")]
Number = Annotated[int, Query(ge=1, le=1_000_000)]
MAX_RACES = 5
"""How often an explanation begins anew because somebody recorded something meanwhile."""


class Asked:
    """What a query asks of a plan; nothing of it needs to be said."""

    def __init__(
        self,
        strategy: Annotated[str | None, Query(min_length=1, max_length=40, description=STRATEGY_TEXT)] = None,
        hub: Annotated[int | None, Query(ge=1, le=1_000_000, description="With whom everybody settles.")] = None,
        round_to: Annotated[
            str | None, Query(max_length=40, pattern=r"^[0-9]+(\.[0-9]+)?$", description=ROUND_TO_TEXT)
        ] = None,
        pairs: Annotated[list[PairText] | None, Query(max_length=1_000, description=f"{PAIRS_TEXT} As 1-2.")] = None,
        locked: Annotated[
            list[LockedText] | None,
            Query(max_length=1_000, description=f"{LOCKED_TEXT} As FROM-TO:AMOUNT or FROM-TO:AMOUNT:CURRENCY."),
        ] = None,
        budget_ms: Annotated[
            int, Query(ge=1, le=1_000, description="How long to look for a better plan, counted as work.")
        ] = 200,
    ) -> None:
        """Keep what was asked."""
        self.body = SettleIn(
            strategy=strategy,
            hub=hub,
            round_to=round_to,
            pairs=None if pairs is None else [[int(person) for person in pair.split("-")] for pair in pairs],
            locked=[_locked(text) for text in locked or ()],
        )
        self.steps = budget_ms * STEPS_PER_MS

    async def make(self, call: Call, event_id: UUID) -> Made:
        """Make the plan that is asked for."""
        asked = request_of(self.body, await currency_of(call, event_id))
        return await make_plan(call.services.pool, event_id, asked, steps=self.steps, run=call.services.aside.run)


def _locked(text: str) -> LockedIn:
    pair, amount, *currency = text.split(":")
    payer, payee = map(int, pair.split("-"))
    return LockedIn.model_validate(
        {"from": payer, "to": payee, "amount": amount, "currency": currency[0] if currency else None}
    )


PlanAsked = Annotated[Asked, Depends()]


@router.get("/plan", response_model=EventPlanOut, responses=READ)
async def get_plan(event_id: UUID, call: CallContext, asked: PlanAsked) -> Response:
    """Propose payments that bring every position to zero; nothing is recorded.

    The plan is kept: once a proposed payment is recorded, the others stay as they are.
    """
    made = await asked.make(call, event_id)
    return json_response({"event_id": event_id, "seq": made.seq, **show_plan(made.plan)})


@router.get("/plan/explain", response_model=ExplanationOut, responses=READ)
async def explain_plan(
    event_id: UUID,
    call: CallContext,
    asked: PlanAsked,
    from_: Annotated[Number, Query(alias="from", description="Who pays.")],
    to: Annotated[Number, Query(description="Who is paid.")],
    currency: Annotated[Currency | None, Query(description="The event's, where it is missing.")] = None,
) -> Response:
    """Explain one payment of the plan: which debts it stands for, shortest chains first, down to the expenses."""
    chosen = currency or await currency_of(call, event_id)
    exponent(chosen)
    for _ in range(MAX_RACES):
        made = await asked.make(call, event_id)
        shown = await explain_payment(
            call.services.pool, made, currency=chosen, payer=from_, payee=to, run=call.services.aside.run
        )
        if shown is not None:
            return json_response({"event_id": event_id, "seq": made.seq, "strategy": made.plan.strategy, **shown})
    detail = "The event moves faster than it can be explained. Try again in a moment."
    raise PlannerBusy(detail)


@router.put("/settle", response_model=EventOut, responses=WRITE)
async def settle_event(event_id: UUID, call: CallContext, body: SettleIn | None = None) -> Response:
    """Stop taking expenses and freeze a plan; an event that is square already is cleared at once."""
    asked = request_of(body or SettleIn(), await currency_of(call, event_id))
    try:
        made = await make_plan(call.services.pool, event_id, asked, run=call.services.aside.run)
    except AllsquareError:
        # Whatever forbids it is said by the ledger, where a refusal is kept, and a retry hears what it heard before.
        prepared = None
    else:
        prepared = made.prepared()
    return await event_answer(call, await call.submit(event_id, SettleEvent(asked, prepared)))
