"""Read what requests make of an event: a new one with its members, or a change."""

from uuid import UUID

from allsquare.core.commands.events import ChangeEvent, CreateEvent
from allsquare.core.commands.members import SeatTerms
from allsquare.core.errors import InvalidInput
from allsquare.features.events.currency import currency_of
from allsquare.features.events.members import terms_of
from allsquare.features.events.schemas import EventIn, EventPatch, FirstMemberIn
from allsquare.features.events.settling import setting_of
from allsquare.features.groups.reads import snapshot_group
from allsquare.features.identity.call import Call
from allsquare.features.wire.errors import ValidationFailed


class TwiceMe(InvalidInput):
    """Whoever creates an event is one of its members, not two."""

    code = "event.twice_me"
    title = "Only one member can be you"


class MakerIsAdmin(InvalidInput):
    """Whoever creates an event is its admin: somebody must be able to manage it."""

    code = "event.maker_is_admin"
    title = "Who creates an event is its admin"


async def new_event_command(call: Call, body: EventIn) -> CreateEvent:
    """Read a new event as a command; a group is copied as it is now, but that whoever asks is admin of what they make.

    Raises: GroupNotFound, TwiceMe, MakerIsAdmin, DecimalInvalid, ValidationFailed where no currency is given.
    """
    names, terms, currency = [], [], body.currency
    if body.group_id is not None:
        async with call.reading() as connection:
            group = await snapshot_group(connection, call.caller, body.group_id)
        currency = currency or group.currency
        names = [seat.name for seat in group.seats]
        own_id = call.caller.user_id
        terms = [
            SeatTerms("admin" if seat.user_id == own_id else seat.role, seat.user_id, seat.weight)
            for seat in group.seats
        ]
    if currency is None:
        detail = "currency: Field required where no group says it."
        broken = {"field": "currency", "code": "validation.missing", "message": "Field required"}
        raise ValidationFailed(detail, field="currency", broken=[broken])
    own = [index for index, member in enumerate(body.members) if member.me]
    if len(own) > 1:
        detail = f"{len(own)} members say they are you; one can be."
        raise TwiceMe(detail, field=f"members.{own[1]}.me", expected="one", actual=str(len(own)))
    role = body.members[own[0]].role if own else None
    if role not in {None, "admin"}:
        detail = "Whoever creates an event is its admin. Make somebody else one afterwards, and step down then."
        raise MakerIsAdmin(detail, field=f"members.{own[0]}.role", expected="admin", actual=str(role))
    names += [member.name for member in body.members]
    terms += [_terms(call, member, somebody_is_me=bool(own)) for member in body.members]
    special = tuple(terms) if any(each != SeatTerms() for each in terms) else ()
    return CreateEvent(body.name, body.kind, currency, tuple(names), special, body.edit_by)


def _terms(call: Call, member: FirstMemberIn, *, somebody_is_me: bool) -> SeatTerms:
    """Give how one joins: who creates the event is its admin, and then the first of the others is not."""
    terms = terms_of(member)
    if member.me:
        return SeatTerms("admin", call.caller.user_id, terms.weight)
    role = terms.role or ("member" if somebody_is_me else None)
    return SeatTerms(role, None, terms.weight)


async def change_of_event(call: Call, event_id: UUID, body: EventPatch) -> ChangeEvent:
    """Read a change of an event as a command; raises what `setting_of` raises."""
    settle_by = None
    if "settle_by" in body.model_fields_set:
        settle_by = setting_of(body.settle_by, await currency_of(call, event_id))
    seen = call.seen_version(required=False)
    return ChangeEvent(body.name, body.kind, body.simplify, settle_by, body.edit_by, seen)
