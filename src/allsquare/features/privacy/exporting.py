"""Pack everything that is kept about a user into a ZIP of JSON files."""

import io
import zipfile
from datetime import date
from uuid import UUID

from allsquare.features.events.reads import event_missing, get_event, list_members
from allsquare.features.expenses.reads import ExpenseFilter, list_expenses
from allsquare.features.expenses.views import show_expense
from allsquare.features.identity.accounts.contacts import show_account
from allsquare.features.identity.accounts.store import get_account
from allsquare.features.identity.call import Call
from allsquare.features.privacy.reads import list_account, list_own_settlements, list_seats
from allsquare.features.wire.json import JsonObject, encode_json
from allsquare.pg.borrow import Connection
from allsquare.pg.transact import snapshot

PAGE = 500


async def pack(call: Call) -> bytes:
    """Give the ZIP; all of it is of one moment, and events are read one after the other."""
    user_id, services = call.caller.user_id, call.services
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        async with snapshot(services.pool) as connection:
            account = await get_account(connection, user_id)
            archive.writestr("user.json", encode_json(show_account(services.vault, account)))
            for name, rows in (await list_account(connection, user_id)).items():
                archive.writestr(f"{name}.json", encode_json(rows))
            for seat in await list_seats(connection, user_id):
                if seat.status != "deleted":
                    told = await _event(call, connection, seat.event_id, seat.member)
                    archive.writestr(f"events/{seat.event_id}-{seat.member}.json", encode_json(told))
    return packed.getvalue()


async def _event(call: Call, connection: Connection, event_id: UUID, member: int) -> JsonObject:
    event = await get_event(connection, event_id)
    members = (await list_members(connection, [event_id]))[event_id]
    if not members:
        raise event_missing(event_id)
    expenses: list[JsonObject] = []
    before: tuple[date, int] | None = None
    while True:
        found = await list_expenses(
            connection, event_id, ExpenseFilter(member=member, include_deleted=True), before=before, limit=PAGE
        )
        for one in found:
            name = await call.name_of(one.created_by, event_id)
            expenses.append(show_expense(event_id, one, name))
        if len(found) < PAGE:
            break
        before = (found[-1].content.on, found[-1].created_seq)
    return {
        "id": event_id,
        "name": event.name,
        "kind": event.kind,
        "currency": event.currency,
        "status": event.status,
        "you": next(one for one in members if one["member"] == member),
        "members": [{"member": one["member"], "name": one["name"]} for one in members],
        "expenses": expenses,
        "settlements": await list_own_settlements(connection, event_id, member),
    }
