"""Recall what an event's amounts are in."""

from uuid import UUID

from allsquare.features.events.reads import get_currency
from allsquare.features.identity.call import Call


async def currency_of(call: Call, event_id: UUID) -> str:
    """Recall or look up the currency of an event, which never changes; raises EventNotFound."""
    currency = call.services.known_currency(event_id)
    if currency is None:
        async with call.reading() as connection:
            currency = await get_currency(connection, event_id)
        call.services.remember_currency(event_id, currency)
    return currency
