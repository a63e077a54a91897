"""Serve who owes whom, and why, over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from allsquare.core.event import Standing
from allsquare.core.money import exponent, format_amount
from allsquare.features.events.settling import show_payments
from allsquare.features.identity.call import CallContext
from allsquare.features.plans.reads import (
    balances_of,
    get_pairs,
    get_positions,
    list_statement,
    require_member,
)
from allsquare.features.plans.schemas import BalancesOut, PositionsOut, StatementOut
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    Cursor,
    Limit,
    Response,
    Running,
    Seq,
    decode_cursor,
    encode_cursor,
    json_response,
    routes,
)
from allsquare.features.wire.fields import Currency

router = routes("/events/{event_id}", "who owes whom")


@router.get("/balances", response_model=BalancesOut, responses=READ)
async def get_balances(event_id: UUID, call: CallContext) -> Response:
    """Tell who owes whom: one balance per pair and currency, netted, never zero."""
    async with call.reading() as connection:
        seq, pairs = await get_pairs(connection, event_id)
    return json_response({"event_id": event_id, "seq": seq, "balances": show_payments(balances_of(pairs))})


@router.get("/positions", response_model=PositionsOut, responses=READ)
async def get_member_positions(event_id: UUID, call: CallContext) -> Response:
    """Tell where each member stands: paid, share, sent, received, net."""
    async with call.reading() as connection:
        seq, _, standings = await get_positions(connection, event_id)
    shown = [
        {
            "member": member,
            "currency": currency,
            "paid": format_amount(standing.paid, currency),
            "share": format_amount(standing.share, currency),
            "sent": format_amount(standing.sent, currency),
            "received": format_amount(standing.received, currency),
            "net": format_amount(standing.net, currency),
        }
        for (member, currency), standing in sorted(standings.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    return json_response({"event_id": event_id, "seq": seq, "positions": shown})


@router.get("/statement", response_model=StatementOut, responses=READ)
async def get_statement(
    event_id: UUID,
    call: CallContext,
    member: Annotated[int, Query(ge=1, le=1_000_000, description="Whose statement.")],
    currency: Annotated[Currency | None, Query(description="The event's, where it is missing.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Tell why a member's net is what it is: every standing expense and settlement, with a running net."""
    on, created_seq, part, running = (
        decode_cursor(cursor, tuple[date, Seq, Seq, Running]) if cursor else (None, None, 0, 0)
    )
    after = (on, created_seq, part) if on is not None and created_seq is not None else None
    async with call.reading() as connection:
        seq, event_currency, standings = await get_positions(connection, event_id)
        require_member(standings, member)
        chosen = currency or event_currency
        exponent(chosen)
        items = await list_statement(connection, event_id, member=member, currency=chosen, after=after, limit=limit + 1)
    lines = []
    for item in items[:limit]:
        running += item.amount_minor
        lines.append(
            {
                "seq": item.seq,
                "date": item.on,
                "kind": item.kind,
                "description": item.description,
                "paid": format_amount(item.paid_minor, chosen),
                "share": format_amount(item.share_minor, chosen),
                "amount": format_amount(item.amount_minor, chosen),
                "net": format_amount(running, chosen),
                "expense_id": item.expense_id,
                "settlement_id": item.settlement_id,
            }
        )
    more = len(items) > limit
    last = items[limit - 1] if more else None
    return json_response(
        {
            "member": member,
            "currency": chosen,
            "seq": seq,
            "lines": lines,
            "net": format_amount(standings.get((member, chosen), Standing()).net, chosen),
            "next_cursor": encode_cursor(last.on, last.created_seq, last.part, running) if last else None,
        }
    )
