"""Serve settlements over HTTP."""

from datetime import date
from uuid import UUID

from allsquare.core.commands.settlements import RecordSettlement, ReverseSettlement
from allsquare.core.entry import SettlementRecorded, change_of
from allsquare.core.event import settlement_after
from allsquare.core.money import exponent, parse_amount
from allsquare.features.events.currency import currency_of
from allsquare.features.events.reads import get_event
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.settlements.reads import get_settlement, list_settlements, show_settlement
from allsquare.features.settlements.schemas import ReversalIn, SettlementIn, SettlementOut, SettlementPage
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    WRITE,
    Cursor,
    Limit,
    Response,
    Seq,
    decode_cursor,
    derived_id,
    json_response,
    new_id,
    page,
    routes,
)

router = routes("/events/{event_id}/settlements", "settlements")


@router.post("", status_code=201, response_model=SettlementOut, responses=WRITE)
async def record_settlement(event_id: UUID, body: SettlementIn, call: CallContext) -> Response:
    """Record that one member paid another back; in settlement, the last one clears the event."""
    command_id, keyed = call.command_id(natural=body.id)
    settlement_id = body.id or (derived_id("settlement", event_id.bytes, command_id.bytes) if keyed else new_id())
    currency = body.currency or await currency_of(call, event_id)
    exponent(currency)
    command = RecordSettlement(
        settlement_id,
        body.from_,
        body.to,
        parse_amount(body.amount, currency, field="amount"),
        currency,
        method=body.method,
        on=body.date,
        note=body.note,
        allow_overpayment=body.allow_overpayment,
        chosen_id=body.id is not None,
    )
    posted = await call.submit(event_id, command, named=(command_id, keyed))
    settlement = settlement_after(posted.entry, change_of(posted.entry, SettlementRecorded), None)
    headers = {"Location": f"/v1/events/{event_id}/settlements/{settlement_id}", **replay_header(posted)}
    name = await call.name_of(settlement.created_by, event_id)
    return json_response(show_settlement(event_id, settlement, name), status=201, headers=headers)


@router.get("", response_model=SettlementPage, responses=READ)
async def get_settlements(
    event_id: UUID, call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """List settlements, newest first, those that were reversed included."""
    before = decode_cursor(cursor, tuple[date, Seq]) if cursor else None
    async with call.reading() as connection:
        await get_event(connection, event_id)
        settlements = await list_settlements(connection, event_id, before=before, limit=limit + 1)
    items = [show_settlement(event_id, s, await call.name_of(s.created_by, event_id)) for s in settlements]
    last = settlements[limit - 1] if len(settlements) > limit else None
    return json_response(page(items, limit=limit, key_of_last=(last.content.on, last.seq) if last else ()))


@router.get("/{settlement_id}", response_model=SettlementOut, responses=READ)
async def get_one_settlement(event_id: UUID, settlement_id: UUID, call: CallContext) -> Response:
    """Get a settlement, reversed ones too."""
    return json_response(await _shown(call, event_id, settlement_id))


@router.post("/{settlement_id}/reverse", status_code=201, response_model=SettlementOut, responses=WRITE)
async def reverse_settlement(event_id: UUID, settlement_id: UUID, body: ReversalIn, call: CallContext) -> Response:
    """Take a settlement back, saying why; nothing is taken back twice."""
    posted = await call.submit(event_id, ReverseSettlement(settlement_id, body.reason))
    shown = await _shown(call, event_id, settlement_id)
    return json_response(shown, status=201, headers=replay_header(posted))


async def _shown(call: Call, event_id: UUID, settlement_id: UUID) -> dict[str, object]:
    async with call.reading() as connection:
        await get_event(connection, event_id)
        settlement = await get_settlement(connection, event_id, settlement_id)
    return show_settlement(event_id, settlement, await call.name_of(settlement.created_by, event_id))
