"""Serve over HTTP what is kept about oneself, and the way to be forgotten."""

from typing import Any

from allsquare.core.errors import Conflict
from allsquare.core.money import format_amount
from allsquare.features.identity.accounts.contacts import PasswordWrong, require_themselves
from allsquare.features.identity.accounts.store import Account, get_account
from allsquare.features.identity.audit.store import add_audit, network_of
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import require_user
from allsquare.features.privacy import exporting, reads, store
from allsquare.features.privacy.leaving import leave_events
from allsquare.features.privacy.schemas import FarewellIn
from allsquare.features.wire.api import READ, WRITE, Response, routes

router = routes("/users/me", "accounts")

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


NOTHING_TOLD = FarewellIn(password=None)
"""Who has no password and owes nobody need not say anything."""


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
    await call.services.limits.hit("export", call.address, str(call.caller.user_id))
    packed = await exporting.pack(call)
    await call.audit("user.exported", bytes=len(packed))
    headers = {"Content-Disposition": 'attachment; filename="allsquare.zip"', "Cache-Control": "no-store"}
    return Response(packed, media_type="application/zip", headers=headers)


@router.delete("", status_code=204, response_class=Response, responses=WRITE)
async def delete_user(call: CallContext, body: FarewellIn = NOTHING_TOLD) -> Response:
    """Delete your account: what you were in events stays, without your name; refused while money is open."""
    require_user(call.caller)
    user_id, services = call.caller.user_id, call.services
    async with call.reading() as connection:
        account = await get_account(connection, user_id)
        seats, open_money = await reads.list_seats(connection, user_id), await reads.list_open(connection, user_id)
    if account.role == "owner":
        detail = "The owner of this instance cannot be deleted."
        raise OwnerStays(detail)
    await _require_password(call, account, body.password)
    if open_money and not body.confirm:
        raise _money_open(open_money)
    led = [seat.event_id for seat in seats if seat.leads]
    await leave_events(services, user_id, seats, led=led)
    async with call.writing() as connection:
        # The last step, so that whoever is here again finds all that is still to be done.
        if await store.forget_user(connection, user_id):
            counts = {"seats": len(seats), "open": len(open_money)}
            network = network_of(call.address)
            await add_audit(connection, "user.deleted", user_id=user_id, actor=user_id, network=network, detail=counts)
    services.forget_caller()
    # What they joined while this went on, and what its other admins left at the same time.
    async with call.reading() as connection:
        seats = await reads.list_seats(connection, user_id)
    await leave_events(services, user_id, seats, led=led)
    return Response(status_code=204)


async def _require_password(call: Call, account: Account, password: str | None) -> None:
    """Refuse whoever does not show that it is them; raises what `require_themselves` raises."""
    if account.password_hash is not None and password is None:
        detail = "Send your password as `password` to delete your account."
        raise PasswordWrong(detail, field="password")
    try:
        await require_themselves(call, account, password)
    except PasswordWrong as error:
        error.field = "password"
        raise


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
    places, them = ("one place", "it") if len(lines) == 1 else (f"{len(lines)} places", "them")
    detail = f"You still owe or are owed in {places}. Settle {them}, or confirm that you go all the same."
    error = MoneyOpen(detail, field="confirm", expected="true", actual="false")
    error.current = lines
    return error
