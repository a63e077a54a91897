"""Translate between users, whom a direct expense names, and the members they are in its ledger."""

from uuid import UUID

from allsquare.core.errors import InvalidInput, NotFound
from allsquare.features.direct.schemas import DirectExpenseIn, DirectSplitIn
from allsquare.features.expenses.drafts import draft_of
from allsquare.features.expenses.schemas import ExpenseIn
from allsquare.features.groups.reads import list_known_users
from allsquare.features.identity.call import Call
from allsquare.features.wire.json import JsonObject


class PersonNotFound(NotFound):
    """There is no such user, or none that you know from an event or a group."""

    code = "direct.person_not_found"
    title = "There is no such person"


class NobodyElse(InvalidInput):
    """An expense with oneself alone is nobody's business."""

    code = "direct.nobody_else"
    title = "Somebody else must take part"


class NotAmong(InvalidInput):
    """Somebody who pays or shares is not one of the participants."""

    code = "direct.not_participant"
    title = "They take no part in this"


async def find_known(call: Call, participants: list[UUID]) -> dict[UUID, str]:
    """Find what whoever asks and the people they name are called; raises PersonNotFound for whom they do not know."""
    async with call.reading() as connection:
        known = await list_known_users(connection, call.caller, [call.caller.user_id, *participants])
    for index, person in enumerate(participants):
        if person not in known:
            detail = f"There is no user {person} whom you share an event or a group with."
            raise PersonNotFound(detail, field=f"participants.{index}", actual=str(person))
    return known


def told_apart(names: list[str]) -> tuple[str, ...]:
    """Give members of the same name numbers, for names are unique in a ledger."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name.casefold()] = number = seen.get(name.casefold(), 0) + 1
        told.append(name if number == 1 else f"{name[:90]} ({number})")
    return tuple(told)


def in_members(body: DirectExpenseIn, caller_id: UUID, seats: dict[UUID, int]) -> ExpenseIn:
    """Say of members what the request says of users, by the seat each has; raises NotAmong, what `draft_of` raises."""

    def own(person: UUID, field: str) -> int:
        if person not in seats:
            detail = f"User {person} is none of the participants."
            raise NotAmong(detail, field=field, actual=str(person))
        return seats[person]

    paid_by = body.paid_by or caller_id
    paid: int | list[JsonObject]
    if isinstance(paid_by, UUID):
        paid = own(paid_by, "paid_by")
    else:
        paid = [
            {"member": own(part.user_id, f"paid_by.{index}.user_id"), "amount": part.amount}
            for index, part in enumerate(paid_by)
        ]
    names = ("id", "description", "amount", "currency", "date", "category", "notes")
    split = _split(body.split, {person: own(person, "split.shares") for person in _named(body.split)}, seats)
    told = {name: getattr(body, name) for name in names}
    expense = ExpenseIn.model_validate({**told, "paid_by": paid, "split": split})
    draft_of(expense, body.currency)
    return expense


def _named(split: DirectSplitIn) -> list[UUID]:
    return [part.user_id for part in split.shares]


_AMOUNT_OF = {"exact": "amount", "percentage": "percent", "shares": "weight"}


def _split(split: DirectSplitIn, numbers: dict[UUID, int], seats: dict[UUID, int]) -> JsonObject:
    if split.type == "equal":
        return {"type": "equal", "among": list(numbers.values() or sorted(seats.values()))}
    name = _AMOUNT_OF[split.type]
    for index, part in enumerate(split.shares):
        if getattr(part, name) is None:
            detail = f"A split by {split.type} needs {name} for everybody."
            raise NotAmong(detail, field=f"split.shares.{index}.{name}", expected=name)
    return {
        "type": split.type,
        "shares": [{"member": numbers[part.user_id], name: getattr(part, name)} for part in split.shares],
    }
