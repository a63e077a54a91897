"""Serve expenses of users without an event over HTTP."""

from uuid import UUID

from allsquare.core.commands.events import CreateEvent, EventExists
from allsquare.core.commands.expenses import ExpenseNotFound
from allsquare.core.commands.members import SeatTerms
from allsquare.core.errors import InvalidInput, NotFound
from allsquare.features.direct.reads import find_ledger_of, has_ledger, list_direct_members, list_known
from allsquare.features.direct.schemas import DirectExpenseIn, DirectExpenseOut, DirectSplitIn
from allsquare.features.expenses.reads import get_expense
from allsquare.features.expenses.schemas import ExpenseIn
from allsquare.features.expenses.views import expense_of, show_expense
from allsquare.features.expenses.writes import new_expense_command
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.identity.caller import require_user
from allsquare.features.wire.api import READ, WRITE, JsonObject, Response, derived_id, json_response, routes

router = routes("/expenses", "direct expenses")


class PersonNotFound(NotFound):
    """There is no such user, or none that you know from an event or a group."""

    code = "user.not_found"
    title = "There is no such person"


class NotAmong(InvalidInput):
    """Somebody who pays or shares is not one of the participants."""

    code = "direct.not_participant"
    title = "They take no part in this"


class NobodyElse(InvalidInput):
    """An expense with oneself alone is nobody's business."""

    code = "direct.nobody_else"
    title = "Somebody else must take part"


@router.post("", status_code=201, response_model=DirectExpenseOut, responses=WRITE)
async def create_direct_expense(body: DirectExpenseIn, call: CallContext) -> Response:
    """Record an expense with people you know, without an event; their ledger is found or made."""
    require_user(call.caller, "write")
    people = sorted({call.caller.user_id, *body.participants})
    if len(people) == 1:
        detail = "Name at least one person besides yourself."
        raise NobodyElse(detail, field="participants", expected="somebody else")
    async with call.reading() as connection:
        known = await list_known(connection, call.caller.user_id, people, everybody=call.caller.role == "owner")
    for index, person in enumerate(body.participants):
        if person not in known:
            detail = f"There is no user {person} whom you share an event or a group with."
            raise PersonNotFound(detail, field=f"participants.{index}", actual=str(person))
    expense = ExpenseIn.model_validate(_in_members(body, call.caller.user_id, people))
    event_id = derived_id("direct", *[person.bytes for person in people])
    await _make_ledger(call, event_id, [(person, known[person]) for person in people], body.currency)
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


async def _make_ledger(call: Call, event_id: UUID, people: list[tuple[UUID, str]], currency: str) -> None:
    """Make the ledger of these people, unless they have one; nobody is its admin, for it is as much the others'."""
    async with call.reading() as connection:
        if await has_ledger(connection, event_id):
            return
    terms = tuple([SeatTerms("member", person) for person, _ in people])
    command = CreateEvent("Direct", "direct", currency, _told_apart([name for _, name in people]), terms)
    actor, command_id = call.caller.actor, derived_id("direct ledger", event_id.bytes)
    try:
        await call.services.submit_as(actor, event_id, command, command_id=command_id, keyed=False, final=False)
    except EventExists:
        return  # somebody else of them was faster


def _told_apart(names: list[str]) -> tuple[str, ...]:
    """Give members of the same name numbers, for names are unique in a ledger."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name.casefold()] = number = seen.get(name.casefold(), 0) + 1
        told.append(name if number == 1 else f"{name[:90]} ({number})")
    return tuple(told)


def _in_members(body: DirectExpenseIn, caller_id: UUID, people: list[UUID]) -> JsonObject:
    """Say of members what the request says of users."""
    number = {person: index for index, person in enumerate(people, 1)}

    def own(person: UUID, field: str) -> int:
        if person not in number:
            detail = f"User {person} is none of the participants."
            raise NotAmong(detail, field=field, actual=str(person))
        return number[person]

    paid_by = body.paid_by or caller_id
    paid: int | list[JsonObject]
    if isinstance(paid_by, UUID):
        paid = own(paid_by, "paid_by")
    else:
        paid = [
            {"member": own(part.user_id, f"paid_by.{index}.user_id"), "amount": part.amount}
            for index, part in enumerate(paid_by)
        ]
    told = ("id", "description", "amount", "currency", "date", "category", "notes")
    split = _split(body.split, {person: own(person, "split.shares") for person in _named(body.split)}, people)
    return {**{name: getattr(body, name) for name in told}, "paid_by": paid, "split": split}


def _named(split: DirectSplitIn) -> list[UUID]:
    return [part.user_id for part in split.shares]


_AMOUNT_OF = {"exact": "amount", "percentage": "percent", "shares": "weight"}


def _split(split: DirectSplitIn, numbers: dict[UUID, int], people: list[UUID]) -> JsonObject:
    if split.type == "equal":
        return {"type": "equal", "among": list(numbers.values()) or list(range(1, len(people) + 1))}
    name = _AMOUNT_OF[split.type]
    for index, part in enumerate(split.shares):
        if getattr(part, name) is None:
            detail = f"A split by {split.type} needs {name} for everybody."
            raise NotAmong(detail, field=f"split.shares.{index}.{name}", expected=name)
    return {
        "type": split.type,
        "shares": [{"member": numbers[part.user_id], name: getattr(part, name)} for part in split.shares],
    }


async def _with_members(call: Call, event_id: UUID, shown: JsonObject) -> JsonObject:
    async with call.reading() as connection:
        members = await list_direct_members(connection, event_id)
    return {
        "expense": shown,
        "members": [{"member": number, "user_id": user_id, "name": name} for number, user_id, name in members],
    }
