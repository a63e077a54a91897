"""Serve expenses over HTTP."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from allsquare.core.commands.base import Command
from allsquare.core.commands.expenses import DeleteExpense, RestoreExpense, ReviseExpense
from allsquare.features.events.reads import get_event, read_event
from allsquare.features.events.schemas import EventOut
from allsquare.features.expenses.drafts import draft_of
from allsquare.features.expenses.reads import ExpenseFilter, get_expense, list_expenses, list_versions
from allsquare.features.expenses.schemas import ExpenseIn, ExpenseOut, ExpensePage, ExpenseRevision, HistoryOut
from allsquare.features.expenses.views import expense_of, show_difference, show_expense
from allsquare.features.expenses.writes import change_expense, currency_of, record_expense, show_from_entry
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.wire.errors import ValidationFailed
from allsquare.features.wire.json import JsonObject, json_response
from allsquare.features.wire.pages import DEFAULT_LIMIT, Cursor, Limit, decode_cursor, page
from allsquare.features.wire.problems import EDIT, READ, WRITE
from allsquare.features.wire.route import StrictRoute
from allsquare.ledger.poster import Posted

router = APIRouter(prefix="/events/{event_id}", tags=["expenses"], route_class=StrictRoute)


@router.post("/expenses", status_code=201, response_model=ExpenseOut, responses=WRITE)
async def create_expense(event_id: UUID, body: ExpenseIn, call: CallContext) -> Response:
    """Record an expense; the first one makes the event active."""
    return await record_expense(call, event_id, body)


@router.get("", response_model=EventOut, responses=READ, tags=["events"])
async def get_one_event(event_id: UUID, call: CallContext, include: Literal["expenses"] | None = None) -> Response:
    """Get an event; with `include=expenses` also the first page of its expenses."""
    async with call.pool.acquire() as connection:
        event = await read_event(connection, event_id)
    if include == "expenses":
        event["expenses"] = await _expense_page(call, event_id, ExpenseFilter(), limit=200, cursor=None)
    return json_response(event, headers={"ETag": f'"{event["version"]}"'})


@router.get("/expenses", response_model=ExpensePage, responses=READ)
async def get_expenses(  # noqa: PLR0913  (each is a documented query parameter)
    event_id: UUID,
    call: CallContext,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    search: Annotated[str | None, Query(max_length=100, description="Part of the description or notes.")] = None,
    category: Annotated[str | None, Query(max_length=100)] = None,
    member: Annotated[int | None, Query(ge=1, le=1_000_000, description="Paid or took part.")] = None,
    from_on: Annotated[date | None, Query(alias="from", description="First day.")] = None,
    to_on: Annotated[date | None, Query(alias="to", description="Last day.")] = None,
    include_deleted: Annotated[bool, Query()] = False,  # noqa: FBT002
) -> Response:
    """List expenses, newest first."""
    wanted = ExpenseFilter(search, category, member, from_on, to_on, include_deleted)
    return json_response(await _expense_page(call, event_id, wanted, limit=limit, cursor=cursor))


async def _expense_page(
    call: Call, event_id: UUID, wanted: ExpenseFilter, *, limit: int, cursor: str | None
) -> JsonObject:
    before = decode_cursor(cursor, tuple[date, int]) if cursor else None
    async with call.pool.acquire() as connection:
        await get_event(connection, event_id)
        expenses = await list_expenses(connection, event_id, wanted, before=before, limit=limit + 1)
    items = [show_expense(event_id, x, await call.services.name_of(x.created_by)) for x in expenses]
    last = expenses[limit - 1] if len(expenses) > limit else None
    return page(items, limit=limit, key_of_last=(last.content.on, last.created_seq) if last else ())


@router.get("/expenses/{expense_id}", response_model=ExpenseOut, responses=READ)
async def get_one_expense(event_id: UUID, expense_id: UUID, call: CallContext) -> Response:
    """Get an expense, deleted ones too."""
    async with call.pool.acquire() as connection:
        expense = await get_expense(connection, event_id, expense_id)
    shown = show_expense(event_id, expense, await call.services.name_of(expense.created_by))
    return json_response(shown, headers={"ETag": f'"{expense.version}"'})


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


_CHANGES = {
    "expense.recorded": "created",
    "expense.revised": "revised",
    "expense.deleted": "deleted",
    "expense.restored": "restored",
}


@router.get("/expenses/{expense_id}/history", response_model=HistoryOut, responses=READ)
async def get_history(event_id: UUID, expense_id: UUID, call: CallContext) -> Response:
    """Tell how an expense came to be what it is: every version, by whom, and what it changed."""
    async with call.pool.acquire() as connection:
        entries = await list_versions(connection, event_id, expense_id)
    items = []
    for entry in entries:
        expense, change = expense_of(entry), entry.change
        revised = change.kind == "expense.revised"
        items.append(
            {
                "version": expense.version,
                "seq": entry.seq,
                "at": entry.recorded_at,
                "by": {"user_id": entry.actor, "name": await call.services.name_of(entry.actor)},
                "change": _CHANGES[change.kind],
                "expense": await show_from_entry(call, entry),
                "diff": show_difference(getattr(change, "was", None), expense.content) if revised else [],
            }
        )
    return json_response({"items": items, "next_cursor": None})
