"""Serve expenses of users without an event over HTTP."""

from uuid import UUID

from allsquare.core.commands.events import CreateEvent, EventExists
from allsquare.core.commands.expenses import ExpenseNotFound
from allsquare.core.commands.members import SeatTerms
from allsquare.features.direct.reads import find_ledger_of, find_seats, list_direct_members
from allsquare.features.direct.schemas import DirectExpenseIn, DirectExpenseOut
from allsquare.features.direct.translating import NobodyElse, find_known, in_members, told_apart
from allsquare.features.expenses.reads import get_expense
from allsquare.features.expenses.views import expense_of, show_expense
from allsquare.features.expenses.writes import new_expense_command
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.identity.caller import require_user
from allsquare.features.wire.api import READ, WRITE, JsonObject, Response, derived_id, json_response, routes

router = routes("/expenses", "direct expenses")


@router.post("", status_code=201, response_model=DirectExpenseOut, responses=WRITE)
async def create_direct_expense(body: DirectExpenseIn, call: CallContext) -> Response:
    """Record an expense with people you know, without an event; their ledger is found or made."""
    require_user(call.caller, "write")
    people = sorted({call.caller.user_id, *body.participants})
    if len(people) == 1:
        detail = "Name at least one person besides yourself."
        raise NobodyElse(detail, field="participants", expected="somebody else")
    known = await find_known(call, body.participants)
    event_id = derived_id("direct", *[person.bytes for person in people])
    seats = await _seats_in(call, event_id)
    if not seats:
        # Refused before a ledger is made for what cannot be recorded.
        in_members(body, call.caller.user_id, {person: number for number, person in enumerate(people, 1)})
        seats = await _make_ledger(call, event_id, [(person, known[person]) for person in people], body.currency)
    expense = in_members(body, call.caller.user_id, seats)
    command_id, keyed = call.command_id(natural=body.id)
    command = await new_expense_command(call, event_id, expense, command_id=command_id, keyed=keyed)
    posted = await call.submit(event_id, command, named=(command_id, keyed))
    recorded = expense_of(posted.entry)
    shown = show_expense(event_id, recorded, await call.name_of(recorded.created_by, event_id))
    headers = {"Location": f"/v1/expenses/{recorded.expense_id}", **replay_header(posted)}
    return json_response(await _with_members(call, event_id, shown), status=201, headers=headers)


@router.get("/{expense_id}", response_model=DirectExpenseOut, responses=READ)
async def get_direct_expense(expense_id: UUID, call: CallContext) -> Response:
    """Get a direct expense, deleted ones too."""
    require_user(call.caller, "read")
    everybody = call.caller.role == "owner"
    async with call.reading() as connection:
        event_id = await find_ledger_of(connection, expense_id, call.caller.user_id, everybody=everybody)
        if event_id is None:
            detail = f"There is no direct expense {expense_id}."
            raise ExpenseNotFound(detail)
        expense = await get_expense(connection, event_id, expense_id)
    shown = show_expense(event_id, expense, await call.name_of(expense.created_by, event_id))
    return json_response(await _with_members(call, event_id, shown))


async def _make_ledger(call: Call, event_id: UUID, people: list[tuple[UUID, str]], currency: str) -> dict[UUID, int]:
    """Make the ledger of these people; nobody is its admin, for it is as much the others'. Give who is which member.

    Raises: EventExists where the id is taken by an event that is no direct ledger.
    """
    terms = tuple([SeatTerms("member", person) for person, _ in people])
    command = CreateEvent("Direct", "direct", currency, told_apart([name for _, name in people]), terms)
    actor, command_id = call.caller.actor, derived_id("direct ledger", event_id.bytes)
    try:
        await call.services.submit_as(actor, event_id, command, command_id=command_id, keyed=False, final=False)
    except EventExists:
        seats = await _seats_in(call, event_id)
        if not seats:
            raise
        return seats  # somebody else of them was faster
    return await _seats_in(call, event_id)


async def _seats_in(call: Call, event_id: UUID) -> dict[UUID, int]:
    async with call.reading() as connection:
        return await find_seats(connection, event_id)


async def _with_members(call: Call, event_id: UUID, shown: JsonObject) -> JsonObject:
    async with call.reading() as connection:
        members = await list_direct_members(connection, event_id)
    return {
        "expense": shown,
        "members": [{"member": number, "user_id": user_id, "name": name} for number, user_id, name in members],
    }
