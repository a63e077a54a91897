"""Serve what is done to expenses over HTTP; `lists.py` serves what is read of them."""

from uuid import UUID

from allsquare.core.commands.base import Command
from allsquare.core.commands.expenses import DeleteExpense, RestoreExpense, ReviseExpense
from allsquare.features.events.currency import currency_of
from allsquare.features.expenses.drafts import draft_of
from allsquare.features.expenses.schemas import ExpenseIn, ExpenseOut, ExpenseRevision
from allsquare.features.expenses.views import expense_of
from allsquare.features.expenses.writes import change_expense, record_expense, show_from_entry
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.wire.api import EDIT, WRITE, Response, ValidationFailed, json_response, routes
from allsquare.ledger.poster import Posted

router = routes("/events/{event_id}", "expenses")


@router.post("/expenses", status_code=201, response_model=ExpenseOut, responses=WRITE)
async def create_expense(event_id: UUID, body: ExpenseIn, call: CallContext) -> Response:
    """Record an expense; the first one makes the event active."""
    return await record_expense(call, event_id, body)


@router.put("/expenses/{expense_id}", response_model=ExpenseOut, responses=EDIT)
async def revise_expense(event_id: UUID, expense_id: UUID, body: ExpenseRevision, call: CallContext) -> Response:
    """Replace the whole content of an expense; needs If-Match with the version it is based on."""
    if body.id is not None and body.id != expense_id:
        detail = f"The body's id is {body.id}, the path names {expense_id}."
        broken = {"field": "id", "code": "validation.id_mismatch", "message": detail}
        raise ValidationFailed(detail, field="id", broken=[broken])
    seen = call.seen_version() or 0
    draft = draft_of(body, await currency_of(call, event_id))
    return await _changed(call, event_id, ReviseExpense(expense_id, seen, draft))


@router.delete("/expenses/{expense_id}", status_code=204, response_class=Response, responses=EDIT)
async def delete_expense(event_id: UUID, expense_id: UUID, call: CallContext) -> Response:
    """Delete an expense; it stays readable and can be restored. Needs If-Match."""
    posted = await change_expense(call, event_id, DeleteExpense(expense_id, call.seen_version() or 0))
    return Response(status_code=204, headers=_headers(posted))


@router.post("/expenses/{expense_id}/restore", response_model=ExpenseOut, responses=WRITE)
async def restore_expense(event_id: UUID, expense_id: UUID, call: CallContext) -> Response:
    """Bring a deleted expense back. If-Match is honoured where sent."""
    return await _changed(call, event_id, RestoreExpense(expense_id, call.seen_version(required=False)))


async def _changed(call: Call, event_id: UUID, command: Command) -> Response:
    posted = await change_expense(call, event_id, command)
    return json_response(await show_from_entry(call, posted.entry), headers=_headers(posted))


def _headers(posted: Posted) -> dict[str, str]:
    return {"ETag": f'"{expense_of(posted.entry).version}"', **replay_header(posted)}
