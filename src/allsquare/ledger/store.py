"""Load what decisions must see: heads (locked), rosters, and what the commands at hand name.

The lock comes first and alone; everything else is read by later statements, so that under READ COMMITTED each of them
sees what the last holder of the lock committed.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.commands import Command, needs
from allsquare.core.entry import EventSettled, ExpenseContent, Head, SettlementContent, decode_change
from allsquare.core.event import EventState, Expense, Import, Member, Settlement, Standing
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.core.settle.plan import PlanRequest

LOCK_HEADS = """
SELECT event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq, volume_minor,
       created_at, created_by, recorded_at, settle_by, edit_by
FROM event WHERE event_id = ANY($1::uuid[]) ORDER BY event_id FOR NO KEY UPDATE
"""


async def lock_heads(connection: asyncpg.Connection, event_ids: Collection[UUID]) -> dict[UUID, EventState]:
    """Lock the heads of these events until the transaction ends, and give their states.

    Shape: an event that does not exist gets an empty state (`seq` 0).
    Locks: `event` rows FOR NO KEY UPDATE, in the order of their ids, so that two batches never wait for each other.
    """
    states = {event_id: EventState(event_id) for event_id in event_ids}
    for row in await connection.fetch(LOCK_HEADS, list(event_ids)):
        states[row[0]] = state_from_head(row)
    return states


def state_from_head(row: asyncpg.Record) -> EventState:
    """Begin a state from a row of `event`, in the column order of LOCK_HEADS."""
    event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq, volume, *rest = row
    created_at, created_by, recorded_at, settle_by, edit_by = rest
    return EventState(
        event_id,
        Head(name, kind, currency, simplify, status, version, read_setting(settle_by), edit_by),
        seq,
        head_hash,
        roster_seq,
        plan_seq,
        volume,
        created_at,
        created_by,
        recorded_at,
    )


_decode_setting = msgspec.json.Decoder(PlanRequest).decode


def read_setting(settle_by: str | None) -> PlanRequest | None:
    """Read what an event settles by, as it is stored."""
    return None if settle_by is None else _decode_setting(settle_by)


GET_HEAD = """
SELECT event_id, name, kind, currency, simplify, status, version, seq, head_hash, roster_seq, plan_seq, volume_minor,
       created_at, created_by, recorded_at, settle_by, edit_by
FROM event WHERE event_id = $1
"""


async def read_state(connection: asyncpg.Connection, event_id: UUID) -> EventState:
    """Read an event's head, roster and frozen plan without a lock; on a snapshot, of one moment.

    Shape: an event that does not exist gets an empty state (`seq` 0).
    """
    row = await connection.fetchrow(GET_HEAD, event_id)
    if row is None:
        return EventState(event_id)
    state = state_from_head(row)
    await load_rosters(connection, [state])
    await load_plans(connection, [state])
    return state


LOAD_COMMANDS = """
SELECT found.event_id, found.command_id, found.request_hash, found.outcome, found.seq
FROM unnest($1::uuid[], $2::uuid[]) AS asked (event_id, command_id)
JOIN command AS found ON found.event_id = asked.event_id AND found.command_id = asked.command_id
"""


class KnownCommand(msgspec.Struct, frozen=True):
    """A command id that was seen before: the entry it became, or the refusal it got (JSON)."""

    request_hash: bytes
    outcome: str | None
    seq: int | None


async def load_known_commands(
    connection: asyncpg.Connection, ids: list[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], KnownCommand]:
    """Find which of these (event, command) ids were answered before."""
    rows = await connection.fetch(LOAD_COMMANDS, [pair[0] for pair in ids], [pair[1] for pair in ids])
    return {(row[0], row[1]): KnownCommand(row[2], row[3], row[4]) for row in rows}


LOAD_MEMBERS = """
SELECT event_id, member_no, name, role, user_id, joined_seq, left_seq, weight, merged_into, forgotten, bank, country,
       currency
FROM member WHERE event_id = ANY($1::uuid[]) ORDER BY event_id, member_no
"""


async def load_rosters(connection: asyncpg.Connection, states: Iterable[EventState]) -> None:
    """Fill in who is in each event."""
    by_id = {state.event_id: state for state in states}
    for event_id, number, name, role, user_id, joined, left, weight, merged, gone, *profile in await connection.fetch(
        LOAD_MEMBERS, list(by_id)
    ):
        by_id[event_id].members[number] = Member(
            number, name, role, user_id, joined, left, Profile(*profile), weight, merged, gone
        )


LOAD_POSITIONS = """
SELECT event_id, member_no, currency, debits, credits, paid, share, sent, received, last_seq
FROM position WHERE event_id = ANY($1::uuid[])
"""


async def load_positions(connection: asyncpg.Connection, states: Iterable[EventState]) -> None:
    """Fill in where every member of each event stands."""
    by_id = {state.event_id: state for state in states}
    for state in by_id.values():
        state.positions = {}
    for event_id, number, currency, *counters in await connection.fetch(LOAD_POSITIONS, list(by_id)):
        positions = by_id[event_id].positions
        if positions is not None:
            positions[number, currency] = Standing(*counters)


LOAD_ALL_PAIRS = """
SELECT event_id, lo_member, hi_member, currency, lo_owes - hi_owes AS owed
FROM pair_balance WHERE event_id = ANY($1::uuid[])
"""


async def load_all_pairs(connection: asyncpg.Connection, states: Iterable[EventState]) -> None:
    """Fill in every pair balance of each event."""
    by_id = {state.event_id: state for state in states}
    for state in by_id.values():
        state.pairs, state.all_pairs = {}, True
    for event_id, low, high, currency, owed in await connection.fetch(LOAD_ALL_PAIRS, list(by_id)):
        by_id[event_id].pairs[low, high, currency] = owed


LOAD_PAIRS = """
SELECT found.event_id, found.lo_member, found.hi_member, found.currency, found.lo_owes - found.hi_owes AS owed
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[]) AS asked (event_id, lo_member, hi_member, currency)
JOIN pair_balance AS found ON found.event_id = asked.event_id AND found.lo_member = asked.lo_member
     AND found.hi_member = asked.hi_member AND found.currency = asked.currency
"""


async def load_pairs(connection: asyncpg.Connection, asked: list[tuple[EventState, tuple[int, int, str]]]) -> None:
    """Fill in certain pair balances; those that are not there are zero."""
    by_id = {state.event_id: state for state, _ in asked}
    for state, pair in asked:
        state.pairs[pair] = 0
    rows = await connection.fetch(
        LOAD_PAIRS,
        [state.event_id for state, _ in asked],
        [pair[0] for _, pair in asked],
        [pair[1] for _, pair in asked],
        [pair[2] for _, pair in asked],
    )
    for event_id, low, high, currency, owed in rows:
        by_id[event_id].pairs[low, high, currency] = owed


EXPENSE_DECODER = msgspec.json.Decoder(ExpenseContent)
SETTLEMENT_DECODER = msgspec.json.Decoder(SettlementContent)

LOAD_EXPENSES = """
SELECT found.event_id, found.expense_id, found.version, found.seq, found.created_seq, found.created_at,
       found.created_by, found.updated_at, found.deleted, found.content
FROM unnest($1::uuid[], $2::uuid[]) AS asked (event_id, expense_id)
JOIN expense AS found ON found.event_id = asked.event_id AND found.expense_id = asked.expense_id
"""


async def load_expenses(connection: asyncpg.Connection, asked: list[tuple[EventState, UUID]]) -> None:
    """Fill in certain expenses, as far as they exist."""
    by_id = {state.event_id: state for state, _ in asked}
    ids = [state.event_id for state, _ in asked], [expense_id for _, expense_id in asked]
    for row in await connection.fetch(LOAD_EXPENSES, *ids):
        by_id[row[0]].expenses[row[1]] = expense_from_row(row)


def expense_from_row(row: asyncpg.Record) -> Expense:
    """Build an expense from a row in the column order of LOAD_EXPENSES."""
    _, expense_id, version, seq, created_seq, created_at, created_by, updated_at, deleted, content = row
    return Expense(
        expense_id,
        version,
        seq,
        created_seq,
        created_at,
        created_by,
        updated_at,
        deleted,
        EXPENSE_DECODER.decode(content),
    )


LOAD_SETTLEMENTS = """
SELECT found.event_id, found.settlement_id, found.seq, found.created_at, found.created_by, found.content,
       found.reversed_seq, found.reversed_reason
FROM unnest($1::uuid[], $2::uuid[]) AS asked (event_id, settlement_id)
JOIN settlement AS found ON found.event_id = asked.event_id AND found.settlement_id = asked.settlement_id
"""


async def load_settlements(connection: asyncpg.Connection, asked: list[tuple[EventState, UUID]]) -> None:
    """Fill in certain settlements, as far as they exist."""
    by_id = {state.event_id: state for state, _ in asked}
    ids = [state.event_id for state, _ in asked], [settlement_id for _, settlement_id in asked]
    for row in await connection.fetch(LOAD_SETTLEMENTS, *ids):
        by_id[row[0]].settlements[row[1]] = settlement_from_row(row)


def settlement_from_row(row: asyncpg.Record) -> Settlement:
    """Build a settlement from a row in the column order of LOAD_SETTLEMENTS."""
    return Settlement(row[1], row[2], row[3], row[4], SETTLEMENT_DECODER.decode(row[5]), row[6], row[7])


LOAD_PLANS = """
SELECT e.event_id, j.payload FROM event AS e JOIN journal AS j ON j.event_id = e.event_id AND j.seq = e.plan_seq
WHERE e.event_id = ANY($1::uuid[]) AND e.status NOT IN ('new', 'active')
"""

LOAD_SETTLED_SINCE = """
SELECT s.event_id, s.settlement_id, s.seq, s.created_at, s.created_by, s.content, s.reversed_seq, s.reversed_reason
FROM event AS e JOIN settlement AS s ON s.event_id = e.event_id AND s.seq > e.plan_seq
WHERE e.event_id = ANY($1::uuid[]) AND e.status NOT IN ('new', 'active')
"""


async def load_plans(connection: asyncpg.Connection, states: Iterable[EventState]) -> None:
    """Fill in the frozen plan of each event that settles or has settled, and the settlements recorded since."""
    settling = [state for state in states if state.head is not None and state.head.status not in {"new", "active"}]
    if not settling:
        return
    by_id = {state.event_id: state for state in settling}
    for event_id, payload in await connection.fetch(LOAD_PLANS, list(by_id)):
        change = decode_change(payload)
        by_id[event_id].frozen = change if isinstance(change, EventSettled) else None
    for row in await connection.fetch(LOAD_SETTLED_SINCE, list(by_id)):
        by_id[row[0]].settlements[row[1]] = settlement_from_row(row)


LOAD_IMPORTS = """
SELECT event_id, import_id, seq, source, file_sha256, row_count, created_at, created_by, undone_seq
FROM import WHERE event_id = ANY($1::uuid[]) AND import_id = ANY($2::uuid[])
"""


async def load_imports(connection: asyncpg.Connection, asked: list[tuple[EventState, UUID]]) -> None:
    """Fill in certain imports, as far as they exist."""
    by_id = {state.event_id: state for state, _ in asked}
    rows = await connection.fetch(LOAD_IMPORTS, list(by_id), [import_id for _, import_id in asked])
    for row in rows:
        by_id[row[0]].imports[row[1]] = Import(*tuple(row)[1:])


async def load_needs(connection: asyncpg.Connection, asked: list[tuple[EventState, Command]]) -> None:
    """Load what the commands need beside heads and rosters; a batch of plain new expenses needs no round trip.

    Ensures: one statement for each kind of thing, however many commands ask for it.
    """
    positions: dict[UUID, EventState] = {}
    all_pairs: dict[UUID, EventState] = {}
    plans: dict[UUID, EventState] = {}
    pairs: list[tuple[EventState, tuple[int, int, str]]] = []
    expenses: list[tuple[EventState, UUID]] = []
    settlements: list[tuple[EventState, UUID]] = []
    imports: list[tuple[EventState, UUID]] = []
    for state, command in asked:
        need = needs(command)
        if need.positions:
            positions[state.event_id] = state
        if need.all_pairs:
            all_pairs[state.event_id] = state
        if need.plan and state.seq:
            plans[state.event_id] = state
        pairs += [(state, pair) for pair in need.pairs]
        expenses += [(state, expense_id) for expense_id in need.expenses]
        settlements += [(state, settlement_id) for settlement_id in need.settlements]
        imports += [(state, import_id) for import_id in need.imports]
    if positions:
        await load_positions(connection, positions.values())
    if all_pairs:
        await load_all_pairs(connection, all_pairs.values())
    pairs = [(state, pair) for state, pair in pairs if not state.all_pairs]
    if pairs:
        await load_pairs(connection, pairs)
    if expenses:
        await load_expenses(connection, expenses)
    if settlements:
        await load_settlements(connection, settlements)
    if plans:
        await load_plans(connection, plans.values())
    if imports:
        await load_imports(connection, imports)
