"""Keep the last plan of each strategy beside the ledger: one that is lost only makes the next plan less calm."""

from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.settle.plan import Plan, PlannedPayment
from allsquare.ledger.store import PLAN_DECODER, SETTLEMENT_DECODER

_encode_plan = msgspec.json.Encoder().encode


class KeptPlan(msgspec.Struct, frozen=True):
    """A plan that was shown, how it was asked for, and the entry it followed."""

    request_hash: bytes
    seq: int
    plan: Plan


FIND_KEPT_PLAN = """
SELECT request_hash, seq, plan FROM kept_plan WHERE event_id = $1 AND strategy = $2
"""


async def find_kept_plan(connection: asyncpg.Connection, event_id: UUID, strategy: str) -> KeptPlan | None:
    """Find the last plan of a strategy."""
    row = await connection.fetchrow(FIND_KEPT_PLAN, event_id, strategy)
    return None if row is None else KeptPlan(row[0], row[1], PLAN_DECODER.decode(row[2]))


KEEP_PLAN = """
INSERT INTO kept_plan AS old (event_id, strategy, request_hash, seq, plan) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (event_id, strategy) DO UPDATE
SET request_hash = excluded.request_hash, seq = excluded.seq, plan = excluded.plan WHERE old.seq <= excluded.seq
"""


async def keep_plan(connection: asyncpg.Connection, event_id: UUID, kept: KeptPlan) -> None:
    """Keep a plan, unless a later one is kept already."""
    plan = _encode_plan(kept.plan).decode()
    await connection.execute(KEEP_PLAN, event_id, kept.plan.strategy, kept.request_hash, kept.seq, plan)


LIST_SETTLED_SINCE = """
SELECT content FROM settlement WHERE event_id = $1 AND seq > $2 AND reversed_seq IS NULL
"""


async def list_settled_since(connection: asyncpg.Connection, event_id: UUID, seq: int) -> tuple[PlannedPayment, ...]:
    """List what was paid back after an entry, and stands."""
    rows = await connection.fetch(LIST_SETTLED_SINCE, event_id, seq)
    return tuple([SETTLEMENT_DECODER.decode(row[0]).movements()[0] for row in rows])
