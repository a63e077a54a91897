"""Verify the ledger: nothing violates its rules, no entry was altered, and what is derived equals what is replayed.

Each event is read at one moment, a page of its journal at a time, so that it can run while others post and however long
a journal is. Nothing is written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import asyncpg

from allsquare.ledger.batch import (
    Touched,
    expense_rows,
    import_rows,
    member_rows,
    new_head_row,
    pair_rows,
    position_rows,
    settlement_rows,
)
from allsquare.ledger.replay import JournalBroken, OnProgress, Replay, walk_events
from allsquare.ledger.store import GET_HEAD, state_from_head
from allsquare.pg.transact import snapshot

CHECKS = {
    "chain": "every entry, its transfers and the head, recomputed from the first hash on",
    "conservation": "positions sum to zero in every currency",
    "position": "positions equal the sums of the transfers",
    "pair_balance": "pair balances equal the sums of the transfers",
    "sequence": "entries are numbered without a gap up to the head",
    "time": "each entry was recorded after the one before it",
    "kind": "entries are called what their payloads say",
    "exactly_once": "each entry has one command and each accepted command one entry",
    "orphan": "every transfer belongs to an entry",
    "roster": "transfers speak of members only",
    "reversal": "what is taken back mirrors what was added, line by line",
    "expense": "expenses stand at entries of the journal",
    "cleared": "cleared and archived events are square",
    "replay.event": "heads equal the replayed journal",
    "replay.member": "members' seats equal the replayed journal (names are no part of it)",
    "replay.position": "positions equal the replayed journal",
    "replay.pair_balance": "pair balances equal the replayed journal",
    "replay.expense": "expenses equal the replayed journal",
    "replay.settlement": "settlements equal the replayed journal",
    "replay.import": "imports equal the replayed journal",
}
"""What is checked, by the rule a finding names: the chain, the rules of the view `violation`, and the replay."""

MAX_FINDINGS = 1_000
"""How many findings are listed; the others are only counted."""

_SHOWN = 80
"""How much of a value a finding repeats."""


class Finding(NamedTuple):
    """Something wrong: in which event, by which rule, and the entry to begin looking at, where one can be named."""

    event_id: UUID
    rule: str
    detail: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and what was found, the first wrong thing of an event first."""

    events: int
    entries: int
    transfers: int
    checked: tuple[str, ...]
    findings: tuple[Finding, ...]
    unlisted: int
    """How many findings there were beyond those listed."""


@dataclass(slots=True)
class _Tally:
    entries: int = 0
    transfers: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.found += 1
            if len(self.findings) < MAX_FINDINGS:
                self.findings.append(finding)


async def verify(
    pool: asyncpg.Pool, *, event_ids: Sequence[UUID] | None = None, on_progress: OnProgress | None = None
) -> Verification:
    """Check everything of the events asked for, or of all; `on_progress` hears of each event that is done.

    Ensures: nothing is written and no row is locked; posting meanwhile causes no finding.
    """
    tally, events = _Tally(), 0
    async for event_id in walk_events(pool, event_ids, on_progress):
        async with snapshot(pool) as connection:
            await _verify_event(connection, event_id, tally)
        events += 1
    return Verification(
        events=events,
        entries=tally.entries,
        transfers=tally.transfers,
        checked=tuple(CHECKS),
        findings=tuple(tally.findings),
        unlisted=tally.found - len(tally.findings),
    )


async def _verify_event(connection: asyncpg.Connection, event_id: UUID, tally: _Tally) -> None:
    replay, derived = Replay(connection, event_id), _Tally()
    try:
        await _compare_replayed(connection, replay, derived)
    except JournalBroken as broken:
        # What an altered journal would give is no measure for what is stored, so nothing is compared with it.
        derived = _Tally()
        tally.note([Finding(event_id, "chain", broken.detail, broken.seq)])
    tally.entries += replay.state.seq
    tally.transfers += replay.transfers
    tally.note(await _list_violations(connection, event_id))
    tally.note(derived.findings)
    tally.found += derived.found - len(derived.findings)


LIST_VIOLATIONS = "SELECT rule, detail FROM violation WHERE event_id = $1"


async def _list_violations(connection: asyncpg.Connection, event_id: UUID) -> list[Finding]:
    try:
        return [Finding(event_id, rule, detail) for rule, detail in await connection.fetch(LIST_VIOLATIONS, event_id)]
    except asyncpg.DataError as error:
        # JSON may hold U+0000, which no text of PostgreSQL can: the server cannot look into such a payload.
        return [Finding(event_id, "kind", f"a payload cannot be read by the database: {error}")]


async def _compare_replayed(connection: asyncpg.Connection, replay: Replay, derived: _Tally) -> None:
    """Note where the event's projections differ from its replayed journal.

    Raises: JournalBroken.
    """
    state = replay.state
    expenses = _Expenses(state.event_id)
    async for touched in replay.pages():
        derived.note(await expenses.compare_page(connection, touched))
    head = await connection.fetchrow(GET_HEAD, state.event_id)
    if head is not None:
        replay.check_end(state_from_head(head))
        derived.note(_compare(state.event_id, _Table("event", 0), [new_head_row(state)], [head]))
    elif state.seq:
        derived.note([Finding(state.event_id, "replay.event", "the event has a journal, but no head", state.seq)])
    else:
        derived.note([Finding(state.event_id, "replay.event", "nothing is recorded of this event")])
    for table, statement, rows_of in _SMALL:
        stored = await connection.fetch(statement, state.event_id)
        derived.note(_compare(state.event_id, table, rows_of(replay.touched), stored))
    derived.note(expenses.compare_end())


class _Table(NamedTuple):
    """A projection: how many columns after `event_id` name a row, and which one says the entry that made it so."""

    name: str
    keys: int
    seq_at: int = 7


def _compare(
    event_id: UUID, table: _Table, replayed: Iterable[tuple[object, ...]], stored: Iterable[asyncpg.Record]
) -> Iterator[Finding]:
    by_key = {tuple(row)[1 : 1 + table.keys]: row for row in stored}
    for should in replayed:
        yield from _compare_row(event_id, table, should, by_key.pop(should[1 : 1 + table.keys], None))
    for key in by_key:
        yield Finding(event_id, f"replay.{table.name}", f"{_name(table, key)} is stored, but not in the journal")


def _compare_row(
    event_id: UUID, table: _Table, should: tuple[object, ...], row: asyncpg.Record | None
) -> Iterator[Finding]:
    rule, name, seq = f"replay.{table.name}", _name(table, should[1 : 1 + table.keys]), should[table.seq_at]
    assert isinstance(seq, int)
    if row is None:
        yield Finding(event_id, rule, f"{name} is in the journal, but not stored", seq)
        return
    for (column, value), replayed in list(zip(row.items(), should, strict=True))[1:]:
        if value != replayed:
            detail = f"{name}: {column} is {_show(value)}, the journal says {_show(replayed)}"
            yield Finding(event_id, rule, detail, seq)


def _name(table: _Table, key: tuple[object, ...]) -> str:
    return " ".join([table.name, *map(str, key)])


def _show(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


STORED_MEMBERS = """
SELECT event_id, member_no, user_id, role, joined_seq, left_seq, weight, merged_into, forgotten
FROM member WHERE event_id = $1
"""

STORED_POSITIONS = """
SELECT event_id, member_no, currency, debits, credits, paid, share, sent, received, last_seq
FROM position WHERE event_id = $1
"""

STORED_PAIRS = """
SELECT event_id, lo_member, hi_member, currency, lo_owes, hi_owes, last_seq
FROM pair_balance WHERE event_id = $1
"""

STORED_SETTLEMENTS = """
SELECT event_id, settlement_id, seq, created_at, created_by, effective_on, import_id, content, reversed_seq,
       reversed_reason
FROM settlement WHERE event_id = $1
"""

STORED_IMPORTS = """
SELECT event_id, import_id, seq, source, file_sha256, row_count, created_at, created_by, undone_seq
FROM import WHERE event_id = $1
"""


def _seat_rows(touched: Touched) -> list[tuple[object, ...]]:
    # Without name and where the money lies, which are personal data and not in the journal.
    return [(*row[:3], *row[4:10]) for row in member_rows(touched)]


_SMALL: tuple[tuple[_Table, str, Callable[[Touched], list[tuple[object, ...]]]], ...] = (
    (_Table("member", 1, 4), STORED_MEMBERS, _seat_rows),
    (_Table("position", 2, 9), STORED_POSITIONS, lambda touched: position_rows([touched])),
    (_Table("pair_balance", 3, 6), STORED_PAIRS, lambda touched: pair_rows([touched])),
    (_Table("settlement", 1, 2), STORED_SETTLEMENTS, settlement_rows),
    (_Table("import", 1, 2), STORED_IMPORTS, import_rows),
)

_EXPENSE = _Table("expense", 1, 3)

STORED_EXPENSES = """
SELECT event_id, expense_id, version, seq, created_seq, created_at, created_by, updated_at, deleted, effective_on,
       description, category, members::text AS members, import_id, content
FROM expense WHERE event_id = $1 AND expense_id = ANY($2::uuid[])
"""


class _Expenses:
    """Compare expenses page by page: each is told by its last entry alone, and compared where the stored one stands.

    One that is stored but in no entry of the journal is found by the rule `expense` of the view.
    """

    def __init__(self, event_id: UUID) -> None:
        self._event_id = event_id
        self._later: dict[UUID, int] = {}

    async def compare_page(self, connection: asyncpg.Connection, touched: Touched) -> list[Finding]:
        stored = await connection.fetch(STORED_EXPENSES, self._event_id, list(touched.expenses))
        by_id = {row["expense_id"]: row for row in stored}
        findings: list[Finding] = []
        for expense, should in zip(touched.expenses.values(), expense_rows(touched), strict=True):
            row = by_id.get(expense.expense_id)
            if row is not None and row["seq"] > touched.state.seq:
                self._later[expense.expense_id] = row["seq"]  # compared when that entry comes
                continue
            self._later.pop(expense.expense_id, None)
            findings += _compare_row(self._event_id, _EXPENSE, should, row)
        return findings

    def compare_end(self) -> Iterator[Finding]:
        for expense_id, seq in self._later.items():
            detail = f"expense {expense_id} stands at entry {seq}, which is not the last of it"
            yield Finding(self._event_id, "replay.expense", detail, seq)
