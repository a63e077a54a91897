"""Serve the freezing of a plan over HTTP: the event stops taking expenses and settles."""

from uuid import UUID

from allsquare.core.commands.lifecycle import SettleEvent
from allsquare.core.errors import AllsquareError
from allsquare.features.events.answers import event_answer
from allsquare.features.events.currency import currency_of
from allsquare.features.events.schemas import EventOut
from allsquare.features.events.settling import SettleIn, request_of
from allsquare.features.identity.call import CallContext
from allsquare.features.plans.making import make_plan
from allsquare.features.wire.api import WRITE, Response, routes
from allsquare.features.wire.aside import PlannerBusy

router = routes("/events/{event_id}/settle", "events")


@router.put("", response_model=EventOut, responses=WRITE)
async def settle_event(event_id: UUID, call: CallContext, body: SettleIn | None = None) -> Response:
    """Stop taking expenses and freeze a plan; an event that is square already is cleared at once."""
    asked = request_of(body or SettleIn(), await currency_of(call, event_id))
    try:
        made = await make_plan(call.services.pool, event_id, asked, to_freeze=True, run=call.services.aside.run)
    except PlannerBusy:
        raise
    except AllsquareError:
        # Whatever forbids it is said by the ledger, where a refusal is kept, and a retry hears what it heard before.
        prepared = None
    else:
        prepared = made.prepared()
    return await event_answer(call, await call.submit(event_id, SettleEvent(asked, prepared)))
