"""Collect what a batch of accepted commands writes, summed up per event and laid out in columns for `unnest`."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from allsquare.core.entry import (
    Entry,
    EventCreated,
    ExpenseChange,
    Head,
    ImportRecorded,
    ImportUndone,
    MemberChanged,
    MemberClaimed,
    MemberForgotten,
    MemberLeft,
    MemberMerged,
    MemberRenamed,
    MembersAdded,
    SettlementRecorded,
    SettlementReversed,
)
from allsquare.core.event import EventState, Expense, Standings, add_standings
from allsquare.ledger.store import KnownCommand

_encoder = msgspec.json.Encoder()


class Pair(msgspec.Struct):
    """What two members came to owe each other within a batch, in counters, and the entry that moved it last."""

    lo_owes: int = 0
    hi_owes: int = 0
    last_seq: int = 0


class Touched(msgspec.Struct):
    """What a batch (or a replay) does to one event, summed up."""

    state: EventState
    previous_seq: int
    event_hex: str = ""
    standings: Standings = {}
    pairs: dict[tuple[int, int, str], Pair] = {}
    members: set[int] = set()
    settlements: set[UUID] = set()
    imports: set[UUID] = set()
    expenses: dict[UUID, Expense] = {}

    def __post_init__(self) -> None:
        """Write the event's id out once, for the many rows that carry it."""
        self.event_hex = self.state.event_id.hex

    def add(self, entry: Entry) -> None:
        """Sum up one entry, already folded into the state."""
        pairs, seq = self.pairs, entry.seq
        for _, debit, credit, currency, amount in entry.transfers:
            low_first = debit < credit
            key = (debit, credit, currency) if low_first else (credit, debit, currency)
            pair = pairs.get(key)
            if pair is None:
                pair = pairs[key] = Pair()
            if low_first:
                pair.lo_owes += amount
            else:
                pair.hi_owes += amount
            pair.last_seq = seq
        add_standings(self.standings, entry)
        _note_what_changed(self, entry.change)


class Append:
    """The columns of one batch, ready for `unnest`."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.journal: list[tuple[UUID, int, UUID, str, int | None, UUID, date, datetime, str, bytes]] = []
        self.transfers: list[tuple[str, int, int, int, int, str, int]] = []
        self.commands: list[tuple[UUID, UUID, bytes, str | None, int | None]] = []
        self.touched: dict[UUID, Touched] = {}

    def touch(self, state: EventState) -> Touched:
        """Open (or go on with) the sum of what happens to one event; call it before its first entry is applied."""
        touched = self.touched.get(state.event_id)
        if touched is None:
            touched = self.touched[state.event_id] = Touched(state, state.seq)
        return touched

    def add_entry(self, touched: Touched, entry: Entry, request_hash: bytes) -> None:
        """Add one accepted entry, already folded into the state."""
        event_id, seq, change = entry.event_id, entry.seq, entry.change
        self.journal.append(
            (
                event_id,
                seq,
                entry.command_id,
                change.kind,
                entry.reverses_seq,
                entry.actor,
                entry.effective_on,
                entry.recorded_at,
                entry.payload.decode(),
                entry.entry_hash,
            )
        )
        self.commands.append((event_id, entry.command_id, request_hash, None, seq))
        for line, debit, credit, currency, amount in entry.transfers:
            self.transfers.append((touched.event_hex, seq, line, debit, credit, currency, amount))
        touched.add(entry)

    def add_refusal(self, event_id: UUID, command_id: UUID, known: KnownCommand) -> None:
        """Freeze a refusal, so that a retry gets the same answer."""
        self.commands.append((event_id, command_id, known.request_hash, known.outcome, None))


def _note_what_changed(touched: Touched, change: object) -> None:
    match change:
        case ExpenseChange(expense_id=expense_id):
            touched.expenses[expense_id] = touched.state.expenses[expense_id]
        case SettlementRecorded() | SettlementReversed():
            touched.settlements.add(change.settlement_id)
        case EventCreated() | MembersAdded():
            touched.members.update([seat.member for seat in change.members])
        case MemberMerged():
            touched.members.update((change.member, change.into))
        case MemberRenamed() | MemberChanged() | MemberLeft() | MemberClaimed() | MemberForgotten():
            touched.members.add(change.member)
        case ImportRecorded() | ImportUndone():
            touched.imports.add(change.import_id)
        case _:
            pass


def columns(rows: Sequence[tuple[object, ...]], width: int) -> Sequence[Sequence[object]]:
    """Turn rows into columns, for `unnest`."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def literals(rows: Sequence[tuple[object, ...]], width: int) -> Sequence[str]:
    """Turn rows of numbers, ids and currency codes into columns written as text, for `unnest($n::text::bigint[])`.

    asyncpg asks of every element of an array whether it is a container itself, which costs more than writing it out.
    Nothing here may need quoting: no free text, no None.
    """
    return ["{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True)] if rows else ["{}"] * width


def _head(state: EventState) -> Head:
    if state.head is None:
        message = f"event {state.event_id} has no head"
        raise AssertionError(message)
    return state.head


def setting_row(head: Head) -> str | None:
    """Write down what an event settles by, as it is stored."""
    return None if head.settle_by is None else _encoder.encode(head.settle_by).decode()


def head_row(touched: Touched) -> tuple[object, ...]:
    """Give what moves a locked head on, in the column order of APPEND."""
    state = touched.state
    head = _head(state)
    return (
        state.event_id,
        touched.previous_seq,
        head.name,
        head.kind,
        head.simplify,
        head.status,
        head.version,
        state.seq,
        state.head_hash,
        state.roster_seq,
        state.plan_seq,
        state.volume_minor,
        state.recorded_at,
        setting_row(head),
        head.edit_by,
    )


def pair_rows(moved: Sequence[Touched]) -> list[tuple[object, ...]]:
    """Give what is added to pair balances, in the column order of APPEND."""
    return [
        (touched.event_hex, low, high, currency, pair.lo_owes, pair.hi_owes, pair.last_seq)
        for touched in moved
        for (low, high, currency), pair in touched.pairs.items()
    ]


def position_rows(moved: Sequence[Touched]) -> list[tuple[object, ...]]:
    """Give what is added to positions, in the column order of APPEND."""
    return [
        (
            touched.event_hex,
            member,
            currency,
            standing.debits,
            standing.credits,
            standing.paid,
            standing.share,
            standing.sent,
            standing.received,
            standing.last_seq,
        )
        for touched in moved
        for (member, currency), standing in touched.standings.items()
    ]


def expense_rows(touched: Touched) -> list[tuple[object, ...]]:
    """Give the rows of `expense` for what a batch changed, in the column order of APPEND."""
    event_id = touched.state.event_id
    return [
        (
            event_id,
            expense.expense_id,
            expense.version,
            expense.seq,
            expense.created_seq,
            expense.created_at,
            expense.created_by,
            expense.updated_at,
            expense.deleted,
            expense.content.on,
            expense.content.description,
            expense.content.category,
            _members_of(expense),
            expense.content.import_id,
            _encoder.encode(expense.content).decode(),
        )
        for expense in touched.expenses.values()
    ]


def _members_of(expense: Expense) -> str:
    # unnest() flattens arrays of arrays, so each row's members travel as the text of an array.
    content = expense.content
    numbers = {part[0]: None for part in content.paid + content.shares}
    return "{" + ",".join(map(str, numbers)) + "}"


def new_head_row(state: EventState) -> tuple[object, ...]:
    """Give the row of `event` for a new event, in the column order of INSERT_HEADS."""
    head = _head(state)
    return (
        state.event_id,
        head.name,
        head.kind,
        head.currency,
        head.simplify,
        head.status,
        head.version,
        state.seq,
        state.head_hash,
        state.roster_seq,
        state.plan_seq,
        state.volume_minor,
        state.created_at,
        state.created_by,
        state.recorded_at,
        setting_row(head),
        head.edit_by,
    )


def member_rows(touched: Touched) -> list[tuple[object, ...]]:
    """Give the rows of `member` for what a batch changed, in the column order of UPSERT_MEMBERS."""
    members = [touched.state.members[number] for number in sorted(touched.members)]
    event_id = touched.state.event_id
    return [
        (
            event_id,
            m.member,
            m.user_id,
            m.name,
            m.role,
            m.joined_seq,
            m.left_seq,
            m.weight,
            m.merged_into,
            m.forgotten,
            *m.profile,
        )
        for m in members
    ]


def settlement_rows(touched: Touched) -> list[tuple[object, ...]]:
    """Give the rows of `settlement` for what a batch changed, in the column order of UPSERT_SETTLEMENTS."""
    settlements = [touched.state.settlements[settlement_id] for settlement_id in touched.settlements]
    return [
        (
            touched.state.event_id,
            s.settlement_id,
            s.seq,
            s.created_at,
            s.created_by,
            s.content.on,
            s.content.import_id,
            _encoder.encode(s.content).decode(),
            s.reversed_seq,
            s.reversed_reason,
        )
        for s in settlements
    ]


def import_rows(touched: Touched) -> list[tuple[object, ...]]:
    """Give the rows of `import` for what a batch changed, in the column order of UPSERT_IMPORTS."""
    imports = [touched.state.imports[import_id] for import_id in touched.imports]
    return [
        (
            touched.state.event_id,
            i.import_id,
            i.seq,
            i.source,
            i.file_sha256,
            i.rows,
            i.created_at,
            i.created_by,
            i.undone_seq,
        )
        for i in imports
    ]
