"""Take one expense from a request to the ledger and back: the hottest path of the product."""

from uuid import UUID

from allsquare.core.commands.base import Command, VersionConflict
from allsquare.core.commands.expenses import RecordExpense
from allsquare.core.entry import Entry
from allsquare.features.events.currency import currency_of
from allsquare.features.expenses.drafts import draft_of
from allsquare.features.expenses.reads import entry_at
from allsquare.features.expenses.schemas import ExpenseIn
from allsquare.features.expenses.views import expense_of, show_expense
from allsquare.features.identity.call import Call, replay_header
from allsquare.features.wire.api import JsonObject, Response, derived_id, json_response, new_id
from allsquare.ledger.poster import Posted


async def record_expense(call: Call, event_id: UUID, body: ExpenseIn) -> Response:
    """Record a new expense and answer with it."""
    command_id, keyed = call.command_id(natural=body.id)
    command = await new_expense_command(call, event_id, body, command_id=command_id, keyed=keyed)
    posted = await call.submit(event_id, command, named=(command_id, keyed))
    expense = expense_of(posted.entry)
    name = await call.name_of(expense.created_by, event_id)
    headers = {
        "ETag": f'"{expense.version}"',
        "Location": f"/v1/events/{event_id}/expenses/{expense.expense_id}",
        **replay_header(posted),
    }
    return json_response(show_expense(event_id, expense, name), status=201, headers=headers)


async def new_expense_command(
    call: Call, event_id: UUID, body: ExpenseIn, *, command_id: UUID, keyed: bool
) -> RecordExpense:
    """Read a new expense as a command; without an id of the client's own it gets one that a retry finds again."""
    expense_id = body.id or (derived_id("expense", event_id.bytes, command_id.bytes) if keyed else new_id())
    draft = draft_of(body, await currency_of(call, event_id))
    return RecordExpense(expense_id, draft, chosen_id=body.id is not None)


async def change_expense(call: Call, event_id: UUID, command: Command) -> Posted:
    """Post a change of an expense; where it was based on an older version, the refusal shows the current one."""
    try:
        return await call.submit(event_id, command)
    except VersionConflict as conflict:
        async with call.reading() as connection:
            entry = await entry_at(connection, event_id, conflict.current_seq)
        conflict.current = await show_from_entry(call, entry)
        raise


async def show_from_entry(call: Call, entry: Entry) -> JsonObject:
    """Show an expense as an entry left it."""
    expense = expense_of(entry)
    return show_expense(entry.event_id, expense, await call.name_of(expense.created_by, entry.event_id))
