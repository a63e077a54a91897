"""Write accepted entries and their projections: one set-based append for a whole batch.

The append is one statement whose parts (a data-modifying CTE over `unnest` arrays) are all or none. The event heads
come last, behind a fence: each is moved on only from the `seq` that was locked, so that two posters that ever got past
the lock together cannot both commit.
"""

from collections.abc import Callable, Sequence

import asyncpg

from allsquare.ledger.batch import (
    Append,
    Touched,
    columns,
    expense_rows,
    head_row,
    import_rows,
    literals,
    member_rows,
    new_head_row,
    pair_rows,
    position_rows,
    settlement_rows,
)


class FenceLost(Exception):
    """A head was not where it was locked: the batch must be decided again."""


INSERT_HEADS = """
INSERT INTO event (event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq,
                   volume_minor, created_at, created_by, recorded_at, settle_by, edit_by)
SELECT event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq, volume_minor,
       created_at, created_by, recorded_at, settle_by, edit_by
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::integer[], $8::bigint[],
            $9::bytea[], $10::bigint[], $11::bigint[], $12::bigint[], $13::timestamptz[], $14::uuid[],
            $15::timestamptz[], $16::json[], $17::text[])
     AS new (event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq,
             volume_minor, created_at, created_by, recorded_at, settle_by, edit_by)
"""


UPSERT_MEMBERS = """
INSERT INTO member (event_id, member_no, user_id, name, role, joined_seq, left_seq, weight, merged_into, forgotten,
                    bank, country, currency)
SELECT event_id, member_no, user_id, name, role, joined_seq, left_seq, weight, merged_into, forgotten, bank, country,
       currency
FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::integer[], $10::boolean[], $11::text[], $12::text[], $13::text[])
     AS new (event_id, member_no, user_id, name, role, joined_seq, left_seq, weight, merged_into, forgotten, bank,
             country, currency)
ON CONFLICT (event_id, member_no) DO UPDATE
SET user_id = excluded.user_id, name = excluded.name, role = excluded.role, joined_seq = excluded.joined_seq,
    left_seq = excluded.left_seq, weight = excluded.weight, merged_into = excluded.merged_into,
    forgotten = excluded.forgotten, bank = excluded.bank, country = excluded.country, currency = excluded.currency
"""

UPSERT_SETTLEMENTS = """
INSERT INTO settlement (event_id, settlement_id, seq, created_at, created_by, effective_on, import_id, content,
                        reversed_seq, reversed_reason)
SELECT event_id, settlement_id, seq, created_at, created_by, effective_on, import_id, content, reversed_seq,
       reversed_reason
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::uuid[], $6::date[], $7::uuid[], $8::json[],
            $9::bigint[], $10::text[])
     AS new (event_id, settlement_id, seq, created_at, created_by, effective_on, import_id, content, reversed_seq,
             reversed_reason)
ON CONFLICT (event_id, settlement_id) DO UPDATE
SET reversed_seq = excluded.reversed_seq, reversed_reason = excluded.reversed_reason
"""

UPSERT_IMPORTS = """
INSERT INTO import (event_id, import_id, seq, source, file_sha256, row_count, created_at, created_by, undone_seq)
SELECT event_id, import_id, seq, source, file_sha256, row_count, created_at, created_by, undone_seq
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::integer[], $7::timestamptz[],
            $8::uuid[], $9::bigint[])
     AS new (event_id, import_id, seq, source, file_sha256, row_count, created_at, created_by, undone_seq)
ON CONFLICT (event_id, import_id) DO UPDATE SET undone_seq = excluded.undone_seq
"""

APPEND = """
WITH new_journal AS (
    INSERT INTO journal (event_id, seq, command_id, kind, reverses_seq, actor, effective_on, recorded_at, payload, hash)
    SELECT event_id, seq, command_id, kind, reverses_seq, actor, effective_on, recorded_at, payload, hash
    FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[], $6::uuid[], $7::date[],
                $8::timestamptz[], $9::json[], $10::bytea[])
         AS new (event_id, seq, command_id, kind, reverses_seq, actor, effective_on, recorded_at, payload, hash)
), new_transfer AS (
    INSERT INTO transfer (event_id, seq, line, debit_member, credit_member, currency, amount_minor)
    SELECT event_id, seq, line, debit_member, credit_member, currency, amount_minor
    FROM unnest($11::text::uuid[], $12::text::bigint[], $13::text::integer[], $14::text::integer[],
                $15::text::integer[], $16::text::text[], $17::text::bigint[])
         AS new (event_id, seq, line, debit_member, credit_member, currency, amount_minor)
), new_command AS (
    INSERT INTO command (event_id, command_id, request_hash, outcome, seq)
    SELECT event_id, command_id, request_hash, outcome, seq
    FROM unnest($18::uuid[], $19::uuid[], $20::bytea[], $21::json[], $22::bigint[])
         AS new (event_id, command_id, request_hash, outcome, seq)
), new_pair_balance AS (
    INSERT INTO pair_balance AS old (event_id, lo_member, hi_member, currency, lo_owes, hi_owes, last_seq)
    SELECT event_id, lo_member, hi_member, currency, lo_owes, hi_owes, last_seq
    FROM unnest($23::text::uuid[], $24::text::integer[], $25::text::integer[], $26::text::text[],
                $27::text::bigint[], $28::text::bigint[], $29::text::bigint[])
         AS new (event_id, lo_member, hi_member, currency, lo_owes, hi_owes, last_seq)
    ON CONFLICT (event_id, lo_member, hi_member, currency) DO UPDATE
    SET lo_owes = old.lo_owes + excluded.lo_owes, hi_owes = old.hi_owes + excluded.hi_owes, last_seq = excluded.last_seq
), new_position AS (
    INSERT INTO position AS old (event_id, member_no, currency, debits, credits, paid, share, sent, received, last_seq)
    SELECT event_id, member_no, currency, debits, credits, paid, share, sent, received, last_seq
    FROM unnest($30::text::uuid[], $31::text::integer[], $32::text::text[], $33::text::bigint[], $34::text::bigint[],
                $35::text::bigint[], $36::text::bigint[], $37::text::bigint[], $38::text::bigint[], $39::text::bigint[])
         AS new (event_id, member_no, currency, debits, credits, paid, share, sent, received, last_seq)
    ON CONFLICT (event_id, member_no, currency) DO UPDATE
    SET debits = old.debits + excluded.debits, credits = old.credits + excluded.credits,
        paid = old.paid + excluded.paid, share = old.share + excluded.share, sent = old.sent + excluded.sent,
        received = old.received + excluded.received, last_seq = excluded.last_seq
), new_expense AS (
    INSERT INTO expense (event_id, expense_id, version, seq, created_seq, created_at, created_by, updated_at, deleted,
                         effective_on, description, category, members, import_id, content)
    SELECT event_id, expense_id, version, seq, created_seq, created_at, created_by, updated_at, deleted,
           effective_on, description, category, members::integer[], import_id, content
    FROM unnest($40::uuid[], $41::uuid[], $42::integer[], $43::bigint[], $44::bigint[], $45::timestamptz[],
                $46::uuid[], $47::timestamptz[], $48::boolean[], $49::date[], $50::text[], $51::text[], $52::text[],
                $53::uuid[], $54::json[])
         AS new (event_id, expense_id, version, seq, created_seq, created_at, created_by, updated_at, deleted,
                 effective_on, description, category, members, import_id, content)
    ON CONFLICT (event_id, expense_id) DO UPDATE
    SET version = excluded.version, seq = excluded.seq, updated_at = excluded.updated_at, deleted = excluded.deleted,
        effective_on = excluded.effective_on, description = excluded.description, category = excluded.category,
        members = excluded.members, content = excluded.content
)
UPDATE event AS old
SET name = new.name, kind = new.kind, simplify = new.simplify, status = new.status, version = new.version,
    seq = new.seq, head_hash = new.head_hash, roster_seq = new.roster_seq, plan_seq = new.plan_seq,
    volume_minor = new.volume_minor, recorded_at = new.recorded_at, settle_by = new.settle_by, edit_by = new.edit_by
FROM unnest($55::uuid[], $56::bigint[], $57::text[], $58::text[], $59::boolean[], $60::text[], $61::integer[],
            $62::bigint[], $63::bytea[], $64::bigint[], $65::bigint[], $66::bigint[], $67::timestamptz[],
            $68::json[], $69::text[])
     AS new (event_id, previous_seq, name, kind, simplify, status, version, seq, head_hash, roster_seq, plan_seq,
             volume_minor, recorded_at, settle_by, edit_by)
WHERE old.event_id = new.event_id AND old.seq = new.previous_seq
RETURNING old.event_id
"""


async def append(connection: asyncpg.Connection, batch: Append) -> None:
    """Write a batch: journal, transfers, command ids, balances, positions, expenses, heads; all or none.

    Raises: FenceLost when a head had moved; asyncpg's unique violations when an event or a command id came to exist.
    """
    moved = [touched for touched in batch.touched.values() if touched.state.seq > touched.previous_seq]
    # In the order of their ids, as heads are locked, so that two posters who make the same events never wait in a ring.
    new = sorted([touched for touched in moved if touched.previous_seq == 0], key=lambda one: one.state.event_id)
    if new:
        await connection.execute(INSERT_HEADS, *columns([new_head_row(touched.state) for touched in new], 17))
    going_on = [head_row(touched) for touched in moved if touched.previous_seq > 0]
    fenced = await _write(connection, batch, moved, going_on)
    if len(fenced) != len(going_on):
        raise FenceLost
    await write_rare(connection, moved)


async def project(connection: asyncpg.Connection, moved: Sequence[Touched]) -> None:
    """Write balances, positions and expenses of entries that the journal holds already, just as `append` does."""
    await _write(connection, Append(), moved, [])


async def _write(
    connection: asyncpg.Connection, batch: Append, moved: Sequence[Touched], heads: Sequence[tuple[object, ...]]
) -> list[asyncpg.Record]:
    return await connection.fetch(
        APPEND,
        *columns(batch.journal, 10),
        *literals(batch.transfers, 7),
        *columns(batch.commands, 5),
        *literals(pair_rows(moved), 7),
        *literals(position_rows(moved), 10),
        *columns([row for touched in moved for row in expense_rows(touched)], 15),
        *columns(heads, 15),
    )


_RARE: tuple[tuple[str, int, Callable[[Touched], list[tuple[object, ...]]]], ...] = (
    (UPSERT_MEMBERS, 13, member_rows),
    (UPSERT_SETTLEMENTS, 10, settlement_rows),
    (UPSERT_IMPORTS, 9, import_rows),
)


async def write_rare(connection: asyncpg.Connection, moved: Sequence[Touched]) -> None:
    """Write members, settlements and imports, each only where the batch changed any."""
    for statement, width, rows_of in _RARE:
        rows = [row for touched in moved for row in rows_of(touched)]
        if rows:
            await connection.execute(statement, *columns(rows, width))
