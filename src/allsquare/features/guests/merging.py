"""Merge two members who are one person."""

from uuid import UUID

from allsquare.core.commands import Command
from allsquare.core.commands.expenses import ExpenseNotFound
from allsquare.core.commands.merging import MergeMembers, MergeRaced, ReassignExpense, settlements_moved
from allsquare.core.commands.settlements import SettlementAlreadyReversed
from allsquare.features.events.answers import event_answer
from allsquare.features.events.schemas import EventOut
from allsquare.features.guests.schemas import MergeIn
from allsquare.features.guests.seating import leave_guests
from allsquare.features.guests.store import list_naming
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.wire.api import WRITE, Response, new_id, routes
from allsquare.ledger.poster import Job, Posted

ATTEMPTS = 3

router = routes("/events/{event_id}/members", "events")


@router.post("/{member}/merge", response_model=EventOut, responses=WRITE)
async def merge_members(event_id: UUID, member: int, body: MergeIn, call: CallContext) -> Response:
    """Merge a member into another, who is the same person: all of it, or nothing. Every other net stays as it is."""
    await call.require_role(event_id, "admin")
    posted = await _merge(call, event_id, member, body.into)
    await leave_guests(call.services, event_id, member)
    if not posted.replayed:
        await call.audit("members.merged", event=str(event_id), member=member, into=body.into)
    return await event_answer(call, posted)


async def _merge(call: Call, event_id: UUID, member: int, into: int) -> Posted:
    """Write anew all that names the member and end their seat, in one transaction.

    Shape: the last entry carries the name of the request, so that a retry finds what it did.
    Raises: MergeRaced where something that names the member came in between each time; what the commands raise.
    """
    command_id, keyed = call.command_id()
    attempts = ATTEMPTS
    while True:
        async with call.reading() as connection:
            expenses, settlements = await list_naming(connection, event_id, member)
        rewriting: list[Command] = [ReassignExpense(one, member, into) for one in expenses]
        for one in settlements:
            rewriting += settlements_moved(one, member, into, iter(new_id, None))
        named = [(new_id(), False, command) for command in rewriting]
        named.append((command_id, keyed, MergeMembers(member, into)))
        jobs = [
            Job(event_id=event_id, command_id=name, actor=call.caller.actor, command=command, keyed=again)
            for name, again, command in named
        ]
        try:
            return (await call.services.poster.submit_together(jobs))[-1]
        except (MergeRaced, ExpenseNotFound, SettlementAlreadyReversed) as raced:
            attempts -= 1
            if not attempts:
                detail = f"Something that names member {member} came in between. Send it again."
                raise MergeRaced(detail, field="member", actual=str(member)) from raced
