"""Serve what is read of expenses over HTTP: one, a page, a history, and the event that holds them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from allsquare.features.events.reads import get_event, read_event
from allsquare.features.events.schemas import EventOut
from allsquare.features.expenses.reads import ExpenseFilter, get_expense, list_expenses, list_versions
from allsquare.features.expenses.schemas import ExpenseOut, ExpensePage, HistoryOut
from allsquare.features.expenses.views import expense_of, show_difference, show_expense
from allsquare.features.expenses.writes import show_from_entry
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    Cursor,
    JsonObject,
    Limit,
    Response,
    Seq,
    decode_cursor,
    json_response,
    page,
    routes,
)
from allsquare.features.wire.fields import Day, Words

router = routes("/events/{event_id}", "expenses")


@router.get("", response_model=EventOut, responses=READ, tags=["events"])
async def get_one_event(event_id: UUID, call: CallContext, include: Literal["expenses"] | None = None) -> Response:
    """Get an event; with `include=expenses` also the first page of its expenses."""
    async with call.reading() as connection:
        event = await read_event(connection, event_id)
    if include == "expenses":
        event["expenses"] = await _expense_page(call, event_id, ExpenseFilter(), limit=200, cursor=None)
    return json_response(event, headers={"ETag": f'"{event["version"]}"'})


@router.get("/expenses", response_model=ExpensePage, responses=READ)
async def get_expenses(  # noqa: PLR0913  (each is a documented query parameter)
    event_id: UUID,
    call: CallContext,
    *,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    search: Annotated[Words | None, Query(description="Part of the description or notes.")] = None,
    category: Annotated[Words | None, Query(description="Exactly this category.")] = None,
    member: Annotated[int | None, Query(ge=1, le=1_000_000, description="Paid or took part.")] = None,
    from_on: Annotated[Day | None, Query(alias="from", description="First day.")] = None,
    to_on: Annotated[Day | None, Query(alias="to", description="Last day.")] = None,
    include_deleted: Annotated[bool, Query()] = False,
) -> Response:
    """List expenses, newest first."""
    wanted = ExpenseFilter(search, category, member, from_on, to_on, include_deleted)
    return json_response(await _expense_page(call, event_id, wanted, limit=limit, cursor=cursor))


async def _expense_page(
    call: Call, event_id: UUID, wanted: ExpenseFilter, *, limit: int, cursor: str | None
) -> JsonObject:
    before = decode_cursor(cursor, tuple[date, Seq]) if cursor else None
    async with call.reading() as connection:
        await get_event(connection, event_id)
        expenses = await list_expenses(connection, event_id, wanted, before=before, limit=limit + 1)
    items = [show_expense(event_id, x, await call.name_of(x.created_by, event_id)) for x in expenses]
    last = expenses[limit - 1] if len(expenses) > limit else None
    return page(items, limit=limit, key_of_last=(last.content.on, last.created_seq) if last else ())


@router.get("/expenses/{expense_id}", response_model=ExpenseOut, responses=READ)
async def get_one_expense(event_id: UUID, expense_id: UUID, call: CallContext) -> Response:
    """Get an expense, deleted ones too."""
    async with call.reading() as connection:
        expense = await get_expense(connection, event_id, expense_id)
    shown = show_expense(event_id, expense, await call.name_of(expense.created_by, event_id))
    return json_response(shown, headers={"ETag": f'"{expense.version}"'})


_CHANGES = {
    "expense.recorded": "created",
    "expense.revised": "revised",
    "expense.deleted": "deleted",
    "expense.restored": "restored",
}


@router.get("/expenses/{expense_id}/history", response_model=HistoryOut, responses=READ)
async def get_history(event_id: UUID, expense_id: UUID, call: CallContext) -> Response:
    """Tell how an expense came to be what it is: every version, by whom, and what it changed."""
    async with call.reading() as connection:
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
                "by": {"user_id": entry.actor, "name": await call.name_of(entry.actor, event_id)},
                "change": _CHANGES[change.kind],
                "expense": await show_from_entry(call, entry),
                "diff": show_difference(getattr(change, "was", None), expense.content) if revised else [],
            }
        )
    return json_response({"items": items, "next_cursor": None})
