"""Serve over HTTP what is kept about oneself, and the way to be forgotten."""

from typing import Any
from uuid import UUID

from allsquare.core.access import overseer
from allsquare.core.commands.members import ChangeMember
from allsquare.core.commands.seats import ForgetMember
from allsquare.core.errors import Conflict
from allsquare.core.money import format_amount
from allsquare.features.identity.accounts.contacts import require_current
from allsquare.features.identity.accounts.store import get_account
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import require_user
from allsquare.features.privacy import exporting, reads, store
from allsquare.features.privacy.schemas import FarewellIn
from allsquare.features.wire.api import READ, WRITE, Response, derived_id, routes

router = routes("/users/me", "accounts")

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


class MoneyOpen(Conflict):
    """Somebody who still owes or is owed should settle first."""

    code = "user.money_open"
    title = "Money is open"


class OwnerStays(Conflict):
    """The instance always has its owner."""

    code = "user.owner"
    title = "The owner stays"


@router.get("/export", response_class=Response, responses={**READ, **_ZIP})
async def export_user(call: CallContext) -> Response:
    """Get everything that is kept about you, as JSON files in a ZIP."""
    require_user(call.caller)
    packed = await exporting.pack(call)
    await call.audit("user.exported", bytes=len(packed))
    headers = {"Content-Disposition": 'attachment; filename="allsquare.zip"', "Cache-Control": "no-store"}
    return Response(packed, media_type="application/zip", headers=headers)


@router.delete("", status_code=204, response_class=Response, responses=WRITE)
async def delete_user(body: FarewellIn, call: CallContext) -> Response:
    """Delete your account: what you were in events stays, without your name; refused while money is open."""
    require_user(call.caller)
    user_id = call.caller.user_id
    async with call.reading() as connection:
        account = await get_account(connection, user_id)
        seats, open_money = await reads.list_seats(connection, user_id), await reads.list_open(connection, user_id)
    if account.role == "owner":
        detail = "The owner of this instance cannot be deleted."
        raise OwnerStays(detail)
    await require_current(call, account, body.password)
    if open_money and not body.confirm:
        raise _money_open(open_money)
    for seat in seats:
        await _leave(call, user_id, seat)
    async with call.writing() as connection:
        await store.forget_user(connection, user_id)
    call.services.forget_caller()
    await call.audit("user.deleted", seats=len(seats), open=len(open_money))
    return Response(status_code=204)


async def _leave(call: Call, user_id: UUID, seat: reads.Seat) -> None:
    """Hand an event over where nobody else manages it, and take the name off the seat; again, it changes nothing."""
    submit, actor = call.services.submit_as, overseer(user_id)
    told = (user_id.bytes, seat.event_id.bytes, seat.member.to_bytes(4))
    if seat.heir is not None and seat.status not in {"archived", "deleted"}:
        heir = ChangeMember(seat.heir, role="admin")
        command_id = derived_id("heir", *told)
        await submit(actor, seat.event_id, heir, command_id=command_id, keyed=True, final=False)
    command_id = derived_id("forget", *told)
    await submit(actor, seat.event_id, ForgetMember(seat.member), command_id=command_id, keyed=True, final=False)


def _money_open(open_money: list[reads.OpenMoney]) -> MoneyOpen:
    lines = [
        {
            "event_id": each.event_id,
            "event": each.event,
            "currency": each.currency,
            "net": format_amount(each.net_minor, each.currency),
        }
        for each in open_money
    ]
    detail = f"You still owe or are owed in {len(lines)} places. Settle them, or confirm that you go all the same."
    error = MoneyOpen(detail, field="confirm", expected="true", actual="false")
    error.current = lines
    return error
