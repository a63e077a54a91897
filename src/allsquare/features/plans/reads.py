"""Read balances, positions and statements; each answer comes from one snapshot and says which entry it follows."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.commands.base import MemberUnknown
from allsquare.core.entry import ExpenseContent, SettlementContent
from allsquare.core.event import Pairs, Standing, Standings
from allsquare.features.events.reads import event_missing
from allsquare.ledger.store import EXPENSE_DECODER, SETTLEMENT_DECODER

GET_PAIRS = """
SELECT e.seq, b.lo_member, b.hi_member, b.currency, b.lo_owes - b.hi_owes AS owed
FROM event AS e
LEFT JOIN pair_balance AS b ON b.event_id = e.event_id AND b.lo_owes <> b.hi_owes
WHERE e.event_id = $1 AND e.status <> 'deleted'
ORDER BY b.currency, b.lo_member, b.hi_member
"""


async def get_pairs(connection: asyncpg.Connection, event_id: UUID) -> tuple[int, Pairs]:
    """Get the pair balances that are not zero, and the entry they follow; raises EventNotFound."""
    rows = await connection.fetch(GET_PAIRS, event_id)
    if not rows:
        raise event_missing(event_id)
    pairs = {(low, high, currency): owed for _, low, high, currency, owed in rows if low is not None}
    return rows[0][0], pairs


GET_POSITIONS = """
SELECT e.seq, e.currency AS event_currency, m.member_no, p.currency, p.debits, p.credits, p.paid, p.share, p.sent,
       p.received
FROM event AS e
LEFT JOIN member AS m ON m.event_id = e.event_id
LEFT JOIN position AS p ON p.event_id = m.event_id AND p.member_no = m.member_no
WHERE e.event_id = $1 AND e.status <> 'deleted'
ORDER BY p.currency, m.member_no
"""


async def get_positions(connection: asyncpg.Connection, event_id: UUID) -> tuple[int, str, Standings]:
    """Get where every member stands, the entry that follows, and the event's currency; raises EventNotFound.

    Shape: every member stands there in the event's currency, if only with zeros.
    """
    rows = await connection.fetch(GET_POSITIONS, event_id)
    if not rows:
        raise event_missing(event_id)
    seq, event_currency = rows[0][0], rows[0][1]
    standings: Standings = {(row[2], event_currency): Standing() for row in rows if row[2] is not None}
    for _, _, member, currency, *counters in rows:
        if currency is not None:
            standings[member, currency] = Standing(*counters)
    return seq, event_currency, standings


class StatementItem(msgspec.Struct, frozen=True):
    """Something that stands and touches the member.

    Units: minor units. Shape: `amount_minor` is what it adds to the member's net.
    """

    on: date
    created_seq: int
    seq: int
    kind: str
    description: str
    paid_minor: int
    share_minor: int
    amount_minor: int
    expense_id: UUID | None
    settlement_id: UUID | None


LIST_STATEMENT_EXPENSES = """
SELECT expense_id, seq, effective_on, created_seq, content
FROM expense
WHERE event_id = $1 AND members @> ARRAY[$2::integer] AND content ->> 'currency' = $3 AND NOT deleted
  AND ($4::date IS NULL OR (effective_on, created_seq) > ($4, $5::bigint))
ORDER BY effective_on, created_seq LIMIT $6
"""

LIST_STATEMENT_SETTLEMENTS = """
SELECT settlement_id, seq, effective_on, content
FROM settlement
WHERE event_id = $1 AND $2::integer IN ((content ->> 'payer')::integer, (content ->> 'payee')::integer)
  AND content ->> 'currency' = $3 AND reversed_seq IS NULL
  AND ($4::date IS NULL OR (effective_on, seq) > ($4, $5::bigint))
ORDER BY effective_on, seq LIMIT $6
"""


async def list_statement(
    connection: asyncpg.Connection,
    event_id: UUID,
    *,
    member: int,
    currency: str,
    after: tuple[date, int] | None,
    limit: int,
) -> list[StatementItem]:
    """List what stands and touches the member, oldest first: by date, then by when it was recorded."""
    on, created_seq = after or (None, None)
    wanted = (event_id, member, currency, on, created_seq, limit)
    items = [
        _expense_item(row, member, EXPENSE_DECODER.decode(row[4]))
        for row in await connection.fetch(LIST_STATEMENT_EXPENSES, *wanted)
    ]
    items += [
        _settlement_item(row, member, SETTLEMENT_DECODER.decode(row[3]))
        for row in await connection.fetch(LIST_STATEMENT_SETTLEMENTS, *wanted)
    ]
    return sorted(items, key=lambda item: (item.on, item.created_seq))[:limit]


def _expense_item(row: asyncpg.Record, member: int, content: ExpenseContent) -> StatementItem:
    paid = sum([amount for number, amount in content.paid if number == member])
    share = sum([amount for number, amount in content.shares if number == member])
    expense_id, seq, on, created_seq, _ = row
    return StatementItem(
        on, created_seq, seq, "expense", content.description, paid, share, paid - share, expense_id, None
    )


def _settlement_item(row: asyncpg.Record, member: int, content: SettlementContent) -> StatementItem:
    settlement_id, seq, on, _ = row
    sent = content.payer == member
    text = f"Paid to member {content.payee}" if sent else f"Received from member {content.payer}"
    amount = content.amount_minor if sent else -content.amount_minor
    description = f"{text}: {content.note}" if content.note else text
    return StatementItem(on, seq, seq, "settlement", description, 0, 0, amount, None, settlement_id)


def require_member(standings: Standings, member: int) -> None:
    """Refuse a member number that is not in the event."""
    known = sorted({number for number, _ in standings})
    if member not in known:
        detail = f"There is no member {member} in this event; its members are numbered 1 to {len(known)}."
        raise MemberUnknown(detail, field="member", expected=f"1 to {len(known)}", actual=str(member))


def nets_of(standings: Standings) -> Iterator[tuple[str, int, int]]:
    """List (currency, member, net) of all who are not square."""
    for (member, currency), standing in sorted(standings.items(), key=lambda item: (item[0][1], item[0][0])):
        if standing.net:
            yield currency, member, standing.net


def nets_of_pairs(pairs: Pairs) -> Iterator[tuple[str, int, int]]:
    """List (currency, member, net) as all pair balances of an event sum up to."""
    nets: dict[tuple[str, int], int] = {}
    for (low, high, currency), owed in pairs.items():
        nets[currency, low] = nets.get((currency, low), 0) - owed
        nets[currency, high] = nets.get((currency, high), 0) + owed
    for (currency, member), net in sorted(nets.items()):
        if net:
            yield currency, member, net
