"""Write one event, as far as it names one of its members, into a ZIP: a page of expenses at a time."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from uuid import UUID

from allsquare.core.access import guest_id
from allsquare.core.event import Expense, Standing
from allsquare.core.money import format_amount
from allsquare.core.split import Part
from allsquare.features.events.reads import list_members
from allsquare.features.expenses.reads import ExpenseFilter, list_expenses
from allsquare.features.expenses.views import show_expense
from allsquare.features.privacy import reads
from allsquare.features.settlements.reads import show_settlement
from allsquare.features.wire.json import JsonObject, encode_json
from allsquare.pg.borrow import Connection

PAGE = 500


async def write_event(archive: zipfile.ZipFile, connection: Connection, names: "Names", event: reads.OwnEvent) -> None:
    """Write one event, of whose expenses no more than a page is held at a time."""
    event_id, member = event.event_id, event.member
    head = await _head(connection, names, event)
    settlements = await reads.list_own_settlements(connection, event_id, member)
    await names.learn([one.created_by for one in settlements])
    head["settlements"] = [
        {**show_settlement(event_id, one, names.known[one.created_by]), "content": one.content} for one in settlements
    ]
    with archive.open(f"events/{event_id}-{member}.json", "w") as entry:
        # The expenses come last, so that they can follow piece by piece before the object is closed.
        await asyncio.to_thread(lambda: entry.write(encode_json(head)[:-1] + b',"expenses":['))
        between = b""
        async for found in _pages(connection, event_id, member):
            await names.learn([one.created_by for one in found])
            piece = await asyncio.to_thread(_encode_expenses, event, found, names.known)
            await asyncio.to_thread(entry.write, between + piece)
            between = b","
        entry.write(b"]}")


async def _head(connection: Connection, names: "Names", event: reads.OwnEvent) -> JsonObject:
    # Who came after somebody had left is nothing about them.
    members = (await list_members(connection, [event.event_id], up_to_seq=event.left_seq))[event.event_id]
    names.add_guests(event.event_id, members)
    standings = await reads.list_own_standings(connection, event.event_id, event.member)
    return {
        "id": event.event_id,
        "name": event.name,
        "kind": event.kind,
        "currency": event.currency,
        "status": event.status,
        "created_at": event.created_at,
        "you": next(one for one in members if one["member"] == event.member),
        "members": [{"member": one["member"], "name": one["name"]} for one in members],
        "positions": [_show_standing(currency, standing) for currency, standing in standings],
    }


def _show_standing(currency: str, standing: Standing) -> JsonObject:
    counters = ("paid", "share", "sent", "received", "net")
    return {"currency": currency, **{name: format_amount(getattr(standing, name), currency) for name in counters}}


async def _pages(connection: Connection, event_id: UUID, member: int) -> AsyncIterator[list[Expense]]:
    """Give the expenses that name a member, newest first, deleted ones included; no page is empty."""
    wanted = ExpenseFilter(member=member, include_deleted=True)
    before: tuple[date, int] | None = None
    while found := await list_expenses(connection, event_id, wanted, before=before, limit=PAGE):
        yield found
        before = (found[-1].content.on, found[-1].created_seq)


def _encode_expenses(event: reads.OwnEvent, found: Sequence[Expense], names: dict[UUID, str]) -> bytes:
    shown = []
    for one in found:
        currency = one.content.currency
        yours = {
            "you_paid": _amount_of(event.member, one.content.paid, currency),
            "your_share": _amount_of(event.member, one.content.shares, currency),
        }
        shown.append({**show_expense(event.event_id, one, names[one.created_by]), **yours})
    return encode_json(shown)[1:-1]


def _amount_of(member: int, parts: Iterable[Part], currency: str) -> str:
    return format_amount(sum(amount for number, amount in parts if number == member), currency)


class Names:
    """Knows what those who recorded something are called, from the same moment as all else.

    It asks on the connection that is held already: who holds one and waits for a second may wait for ever.
    """

    def __init__(self, connection: Connection) -> None:
        """Know nobody yet."""
        self.known: dict[UUID, str] = {}
        self._connection = connection

    def add_guests(self, event_id: UUID, members: list[JsonObject]) -> None:
        """Know the members of an event by the ids under which they act without an account."""
        self.known.update({guest_id(event_id, one["member"]): one["name"] for one in members})

    async def learn(self, user_ids: Iterable[UUID]) -> None:
        """Look up who is not known yet."""
        missing = set(user_ids) - self.known.keys()
        if missing:
            found = await reads.list_user_names(self._connection, list(missing))
            self.known.update({user_id: found.get(user_id, "somebody") for user_id in missing})
