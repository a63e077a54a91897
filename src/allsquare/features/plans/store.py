"""Keep the last plans beside the ledger, by how they were asked for: a lost one only makes the next plan less calm."""

from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.settle.plan import Plan, PlannedPayment
from allsquare.ledger.store import SETTLEMENT_DECODER

MAX_KEPT = 16
"""How many ways of asking an event keeps the plans of; the one that was looked at longest ago goes."""

_encode_plan = msgspec.json.Encoder().encode
_decode_plan = msgspec.json.Decoder(Plan).decode


class KeptPlan(msgspec.Struct, frozen=True):
    """A plan that was shown, and the entry it followed."""

    seq: int
    plan: Plan


FIND_KEPT_PLAN = """
SELECT seq, plan FROM kept_plan WHERE event_id = $1 AND request_hash = $2
"""


async def find_kept_plan(connection: asyncpg.Connection, event_id: UUID, request_hash: bytes) -> KeptPlan | None:
    """Find the last plan that was asked for in this way."""
    row = await connection.fetchrow(FIND_KEPT_PLAN, event_id, request_hash)
    return None if row is None else KeptPlan(row[0], _decode_plan(row[1]))


KEEP_PLAN = """
INSERT INTO kept_plan AS old (event_id, request_hash, seq, plan) VALUES ($1, $2, $3, $4)
ON CONFLICT (event_id, request_hash) DO UPDATE
SET seq = excluded.seq, plan = excluded.plan, kept_at = now() WHERE old.seq <= excluded.seq
"""

DROP_OLD_PLANS = """
DELETE FROM kept_plan AS old WHERE event_id = $1 AND request_hash NOT IN
    (SELECT request_hash FROM kept_plan WHERE event_id = $1 ORDER BY kept_at DESC, request_hash LIMIT $2)
"""


async def keep_plan(connection: asyncpg.Connection, event_id: UUID, request_hash: bytes, kept: KeptPlan) -> None:
    """Keep a plan, unless a later one is kept already; of many ways of asking, only the last ones are kept."""
    plan = _encode_plan(kept.plan).decode()
    await connection.execute(KEEP_PLAN, event_id, request_hash, kept.seq, plan)
    await connection.execute(DROP_OLD_PLANS, event_id, MAX_KEPT)


LIST_SETTLED_SINCE = """
SELECT content FROM settlement WHERE event_id = $1 AND seq > $2 AND reversed_seq IS NULL
"""


async def list_settled_since(connection: asyncpg.Connection, event_id: UUID, seq: int) -> tuple[PlannedPayment, ...]:
    """List what was paid back after an entry, and stands."""
    rows = await connection.fetch(LIST_SETTLED_SINCE, event_id, seq)
    return tuple([SETTLEMENT_DECODER.decode(row[0]).movements()[0] for row in rows])
