"""Serve the members of an event over HTTP."""

from uuid import UUID

from allsquare.core.commands.members import AddMembers, ChangeMember, RemoveMember, SeatTerms
from allsquare.core.entry import MembersAdded
from allsquare.features.events.reads import list_members, read_event
from allsquare.features.events.schemas import MemberIn, MemberList, MemberOut, MemberPatch
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.wire.api import READ, WRITE, JsonObject, Response, json_response, routes
from allsquare.features.wire.decimals import parse_decimal
from allsquare.ledger.poster import Posted

router = routes("/events/{event_id}/members", "events")


@router.get("", response_model=MemberList, responses=READ)
async def get_members(event_id: UUID, call: CallContext) -> Response:
    """List the members, those who left included."""
    async with call.reading() as connection:
        event = await read_event(connection, event_id)
    return json_response({"items": event["members"], "next_cursor": None})


@router.post("", status_code=201, response_model=MemberOut, responses=WRITE)
async def add_member(event_id: UUID, body: MemberIn, call: CallContext) -> Response:
    """Let somebody join."""
    posted = await call.submit(event_id, AddMembers((body.name,), (terms_of(body),)))
    change = posted.entry.change
    number = change.members[0].member if isinstance(change, MembersAdded) else 0
    headers = {"Location": f"/v1/events/{event_id}/members/{number}", **replay_header(posted)}
    return json_response(await _member(call, posted, number), status=201, headers=headers)


@router.patch("/{member}", response_model=MemberOut, responses=WRITE)
async def change_member(event_id: UUID, member: int, body: MemberPatch, call: CallContext) -> Response:
    """Change a member: the name, where their money lies, the role, the weight."""
    profile = body.payment.profile() if body.payment else None
    weight = None if body.weight is None else parse_decimal(body.weight, 4, field="weight")
    command = ChangeMember(member, body.name or None, profile, body.role, weight)
    posted = await call.submit(event_id, command)
    return json_response(await _member(call, posted, member), headers=replay_header(posted))


@router.delete("/{member}", status_code=204, response_class=Response, responses=WRITE)
async def remove_member(event_id: UUID, member: int, call: CallContext) -> Response:
    """End a member's participation; refused while their position is not zero. Their history stays."""
    posted = await call.submit(event_id, RemoveMember(member))
    return Response(status_code=204, headers=replay_header(posted))


def terms_of(body: MemberIn) -> SeatTerms:
    """Read how somebody joins; raises DecimalInvalid."""
    return SeatTerms(body.role, None, parse_decimal(body.weight, 4, field="weight"))


async def _member(call: Call, posted: Posted, number: int) -> JsonObject:
    event_id = posted.entry.event_id
    async with call.reading() as connection:
        members = await list_members(connection, [event_id], up_to_seq=posted.entry.seq)
    return next(member for member in members[event_id] if member["member"] == number)
