"""Read settlements."""

from datetime import date
from uuid import UUID

import asyncpg

from allsquare.core.commands.settlements import SettlementNotFound
from allsquare.core.event import Settlement
from allsquare.core.money import format_amount
from allsquare.features.events.settling import show_payments
from allsquare.features.wire.json import JsonObject
from allsquare.ledger.store import settlement_from_row

GET_SETTLEMENT = """
SELECT event_id, settlement_id, seq, created_at, created_by, content, reversed_seq, reversed_reason
FROM settlement WHERE event_id = $1 AND settlement_id = $2
"""


async def get_settlement(connection: asyncpg.Connection, event_id: UUID, settlement_id: UUID) -> Settlement:
    """Get one settlement; raises SettlementNotFound."""
    row = await connection.fetchrow(GET_SETTLEMENT, event_id, settlement_id)
    if row is None:
        detail = f"There is no settlement {settlement_id} in this event."
        raise SettlementNotFound(detail)
    return settlement_from_row(row)


LIST_SETTLEMENTS = """
SELECT event_id, settlement_id, seq, created_at, created_by, content, reversed_seq, reversed_reason
FROM settlement
WHERE event_id = $1 AND ($2::date IS NULL OR (effective_on, seq) < ($2, $3::bigint))
ORDER BY effective_on DESC, seq DESC LIMIT $4
"""


async def list_settlements(
    connection: asyncpg.Connection, event_id: UUID, *, before: tuple[date, int] | None, limit: int
) -> list[Settlement]:
    """List settlements, newest first, those that were reversed included."""
    on, seq = before or (None, None)
    rows = await connection.fetch(LIST_SETTLEMENTS, event_id, on, seq, limit)
    return [settlement_from_row(row) for row in rows]


def show_settlement(event_id: UUID, settlement: Settlement, created_by: str) -> JsonObject:
    """Show a settlement as the API does."""
    content = settlement.content
    return {
        "id": settlement.settlement_id,
        "event_id": event_id,
        "seq": settlement.seq,
        "from": content.payer,
        "to": content.payee,
        "amount": format_amount(content.amount_minor, content.currency),
        "currency": content.currency,
        "method": content.method,
        "date": content.on,
        "note": content.note,
        "rounding": show_payments(content.rounding),
        "import_id": content.import_id,
        "created_at": settlement.created_at,
        "created_by": {"user_id": settlement.created_by, "name": created_by},
        "reversed": settlement.reversed_seq is not None,
        "reversed_seq": settlement.reversed_seq,
        "reversed_reason": settlement.reversed_reason,
    }
