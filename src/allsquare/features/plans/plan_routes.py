"""Serve plans over HTTP: proposed and explained."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from allsquare.core.money import exponent
from allsquare.features.events.currency import currency_of
from allsquare.features.events.settling import show_plan
from allsquare.features.identity.call import CallContext
from allsquare.features.plans.asked import PlanAsked
from allsquare.features.plans.explaining import explain_payment
from allsquare.features.plans.schemas import EventPlanOut, ExplanationOut
from allsquare.features.wire.api import READ, Response, json_response, routes
from allsquare.features.wire.aside import PlannerBusy
from allsquare.features.wire.fields import Currency

router = routes("/events/{event_id}", "plans")

Number = Annotated[int, Query(ge=1, le=1_000_000)]
MAX_RACES = 5
"""How often an explanation begins anew because somebody recorded something meanwhile."""


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
