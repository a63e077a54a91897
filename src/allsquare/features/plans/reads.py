"""Read balances, positions and statements; each answer comes from one snapshot and says which entry it follows."""

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.commands.base import MemberUnknown
from allsquare.core.entry import ExpenseContent, SettlementContent
from allsquare.core.event import Pairs, Standing, Standings
from allsquare.core.settle.amounts import nets_of
from allsquare.core.settle.calm import amounts_in
from allsquare.core.settle.plan import PlannedPayment
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

    Units: minor units. Shape: `amount_minor` is what it adds to the member's net; `part` 1 is the odd units that were
        booked with a settlement.
    """

    on: date
    created_seq: int
    part: int
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
WHERE event_id = $1 AND ($2::integer IN ((content ->> 'payer')::integer, (content ->> 'payee')::integer)
       OR EXISTS (SELECT FROM json_array_elements(content -> 'rounding') AS odd
                  WHERE $2::integer IN ((odd ->> 0)::integer, (odd ->> 1)::integer)))
  AND content ->> 'currency' = $3 AND reversed_seq IS NULL
  AND ($4::date IS NULL OR (effective_on, seq) >= ($4, $5::bigint))
ORDER BY effective_on, seq LIMIT $6 + 1
"""


async def list_statement(
    connection: asyncpg.Connection,
    event_id: UUID,
    *,
    member: int,
    currency: str,
    after: tuple[date, int, int] | None,
    limit: int,
) -> list[StatementItem]:
    """List what stands and touches the member, oldest first: by date, then by when it was recorded."""
    on, created_seq = after[:2] if after else (None, None)
    wanted = (event_id, member, currency, on, created_seq, limit)
    items = [
        _expense_item(row, member, EXPENSE_DECODER.decode(row[4]))
        for row in await connection.fetch(LIST_STATEMENT_EXPENSES, *wanted)
    ]
    items += [
        item
        for row in await connection.fetch(LIST_STATEMENT_SETTLEMENTS, *wanted)
        for item in _settlement_items(row, member, SETTLEMENT_DECODER.decode(row[3]))
        if after is None or (item.on, item.created_seq, item.part) > after
    ]
    return sorted(items, key=lambda item: (item.on, item.created_seq, item.part))[:limit]


def _expense_item(row: asyncpg.Record, member: int, content: ExpenseContent) -> StatementItem:
    paid = sum([amount for number, amount in content.paid if number == member])
    share = sum([amount for number, amount in content.shares if number == member])
    expense_id, seq, on, created_seq, _ = row
    return StatementItem(
        on, created_seq, 0, seq, "expense", content.description, paid, share, paid - share, expense_id, None
    )


def _settlement_items(row: asyncpg.Record, member: int, content: SettlementContent) -> Iterator[StatementItem]:
    settlement_id, seq, on, _ = row
    if member in {content.payer, content.payee}:
        sent = content.payer == member
        text = f"Paid to member {content.payee}" if sent else f"Received from member {content.payer}"
        amount = content.amount_minor if sent else -content.amount_minor
        description = f"{text}: {content.note}" if content.note else text
        yield StatementItem(on, seq, 0, seq, "settlement", description, 0, 0, amount, None, settlement_id)
    odd = nets_of(amounts_in(content.currency, content.rounding)).get(member, 0)
    if odd:
        yield StatementItem(on, seq, 1, seq, "rounding", "Rounding", 0, 0, -odd, None, settlement_id)


def require_member(standings: Standings, member: int) -> None:
    """Refuse a member number that is not in the event."""
    known = sorted({number for number, _ in standings})
    if member not in known:
        detail = f"There is no member {member} in this event; its members are numbered 1 to {len(known)}."
        raise MemberUnknown(detail, field="member", expected=f"1 to {len(known)}", actual=str(member))


def balances_of(pairs: Pairs) -> list[PlannedPayment]:
    """Turn pair balances into who owes whom, sorted by currency, lower and higher member."""
    ordered = sorted(pairs.items(), key=lambda item: (item[0][2], item[0][:2]))
    return [
        PlannedPayment(low, high, currency, owed) if owed > 0 else PlannedPayment(high, low, currency, -owed)
        for (low, high, currency), owed in ordered
        if owed
    ]


GROSS_DEBTS = """
SELECT debit_member, credit_member, sum(amount_minor)::bigint AS amount
FROM (
    SELECT t.debit_member, t.credit_member, t.amount_minor
    FROM expense AS x JOIN transfer AS t ON t.event_id = x.event_id AND t.seq = x.seq AND t.line > 0
    WHERE x.event_id = $1 AND NOT x.deleted AND t.currency = $2
    UNION ALL
    SELECT t.debit_member, t.credit_member, t.amount_minor
    FROM settlement AS s JOIN transfer AS t ON t.event_id = s.event_id AND t.seq = s.seq AND t.line > 0
    WHERE s.event_id = $1 AND s.reversed_seq IS NULL AND t.currency = $2
) AS standing
GROUP BY debit_member, credit_member
"""


async def list_gross_debts(connection: asyncpg.Connection, event_id: UUID, currency: str) -> dict[tuple[int, int], int]:
    """List what everybody came to owe everybody by all that stands, not netted, by debtor and creditor."""
    return {(row[0], row[1]): row[2] for row in await connection.fetch(GROSS_DEBTS, event_id, currency)}


class DebtLine(msgspec.Struct, frozen=True):
    """One expense or settlement by which one member owes another."""

    debtor: int
    creditor: int
    amount_minor: int
    seq: int
    on: date
    expense_id: UUID | None
    settlement_id: UUID | None
    description: str


DEBT_LINES = """
SELECT t.debit_member, t.credit_member, t.amount_minor, t.seq, x.effective_on, x.expense_id,
       NULL::uuid AS settlement_id, x.description
FROM expense AS x
JOIN transfer AS t ON t.event_id = x.event_id AND t.seq = x.seq AND t.line > 0
JOIN unnest($3::integer[], $4::integer[]) AS asked (debtor, creditor)
     ON t.debit_member = asked.debtor AND t.credit_member = asked.creditor
WHERE x.event_id = $1 AND NOT x.deleted AND t.currency = $2
UNION ALL
SELECT t.debit_member, t.credit_member, t.amount_minor, t.seq, s.effective_on, NULL, s.settlement_id, ''
FROM settlement AS s
JOIN transfer AS t ON t.event_id = s.event_id AND t.seq = s.seq AND t.line > 0
JOIN unnest($3::integer[], $4::integer[]) AS asked (debtor, creditor)
     ON t.debit_member = asked.debtor AND t.credit_member = asked.creditor
WHERE s.event_id = $1 AND s.reversed_seq IS NULL AND t.currency = $2
ORDER BY effective_on, seq
"""


async def list_debt_lines(
    connection: asyncpg.Connection, event_id: UUID, currency: str, pairs: Collection[tuple[int, int]]
) -> dict[tuple[int, int], list[DebtLine]]:
    """List what the debts between these two each are made of, by debtor and creditor, oldest first."""
    debtors, creditors = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    lines: dict[tuple[int, int], list[DebtLine]] = {pair: [] for pair in pairs}
    for row in await connection.fetch(DEBT_LINES, event_id, currency, debtors, creditors):
        lines[row[0], row[1]].append(DebtLine(*row))
    return lines
