"""Hold what an event is now, and fold journal entries into it.

`EventState` is what a decision sees. The poster loads as much of it as the commands at hand need (`core.commands.needs`
says what), decides, and folds each accepted entry in with `apply_entry`, so that the next command of the same batch
sees it; `verify` and `rebuild` fold the whole journal the same way and must arrive at what is stored.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from allsquare.core.entry import (
    NO_HASH,
    WEIGHT_ONE,
    AnyChange,
    Change,
    Entry,
    EventCreated,
    EventReopened,
    EventSettled,
    ExpenseChange,
    ExpenseContent,
    Head,
    ImportRecorded,
    ImportUndone,
    MemberChanged,
    MemberClaimed,
    MemberForgotten,
    MemberLeft,
    MemberMerged,
    MemberRenamed,
    MemberRole,
    MembersAdded,
    SettlementContent,
    SettlementRecorded,
    SettlementReversed,
    Transfer,
)
from allsquare.core.settle.fees.cheapest import UNKNOWN, Profile

MAX_MEMBERS = 1_000
"""The most members an event may have had, those who left included."""

MAX_VOLUME_MINOR = 4 * 10**18
"""The most that may ever move in one event: a quarter below what a 64-bit counter holds, and no counter exceeds it."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Member(msgspec.Struct, frozen=True):
    """One person in one event; still taking part while `left_seq` is None.

    Shape: `merged_into` is the member that this one turned out to be; of whom is `forgotten` nothing may be told again.
    """

    member: int
    name: str
    role: MemberRole
    user_id: UUID | None
    joined_seq: int
    left_seq: int | None
    profile: Profile = UNKNOWN
    weight: int = WEIGHT_ONE
    merged_into: int | None = None
    forgotten: bool = False

    @property
    def active(self) -> bool:
        """Tell whether the member still takes part."""
        return self.left_seq is None


class Expense(msgspec.Struct, frozen=True):
    """An expense as it stands; `seq` is the entry that made it so, `content` what it is (or was, when deleted)."""

    expense_id: UUID
    version: int
    seq: int
    created_seq: int
    created_at: datetime
    created_by: UUID
    updated_at: datetime
    deleted: bool
    content: ExpenseContent


class Settlement(msgspec.Struct, frozen=True):
    """A recorded paying-back; `reversed_seq` names the entry that took it back."""

    settlement_id: UUID
    seq: int
    created_at: datetime
    created_by: UUID
    content: SettlementContent
    reversed_seq: int | None
    reversed_reason: str | None


class Import(msgspec.Struct, frozen=True):
    """One file whose rows were posted; `undone_seq` names the entry that took them back."""

    import_id: UUID
    seq: int
    source: str
    file_sha256: str
    rows: int
    created_at: datetime
    created_by: UUID
    undone_seq: int | None


class Standing(msgspec.Struct):
    """What one member has moved in one currency, in counters; see `net`.

    Shape: `last_seq` is the entry that moved it last.
    Ensures: `credits - debits == paid - share + sent - received`, always.
    """

    debits: int = 0
    credits: int = 0
    paid: int = 0
    share: int = 0
    sent: int = 0
    received: int = 0
    last_seq: int = 0

    @property
    def net(self) -> int:
        """What the member is owed (+) or owes (−), in minor units."""
        return self.credits - self.debits


Standings = dict[tuple[int, str], Standing]
"""By member and currency."""

Pairs = dict[tuple[int, int, str], int]
"""By payer, payee (lower member first) and currency: what the lower owes the higher, net (negative: the other way)."""


class EventState(msgspec.Struct):
    """What is known of an event while deciding.

    Shape: `head` and the counters are always there once the event exists (`seq` > 0); `positions` is None unless it
        was loaded; `frozen` is the plan the event settles by, if it was loaded; `pairs`, `expenses`, `settlements` and
        `imports` hold what was asked for (`all_pairs`: every pair).
    Units: `volume_minor` is the sum of everything that ever moved, an upper bound of every counter.
    """

    event_id: UUID
    head: Head | None = None
    seq: int = 0
    head_hash: bytes = NO_HASH
    roster_seq: int = 0
    plan_seq: int | None = None
    volume_minor: int = 0
    created_at: datetime = LONG_AGO
    created_by: UUID | None = None
    recorded_at: datetime = LONG_AGO
    members: dict[int, Member] = {}
    positions: Standings | None = None
    pairs: Pairs = {}
    all_pairs: bool = False
    frozen: EventSettled | None = None
    expenses: dict[UUID, Expense] = {}
    settlements: dict[UUID, Settlement] = {}
    imports: dict[UUID, Import] = {}

    def active_members(self) -> tuple[int, ...]:
        """List who takes part, in the order they joined."""
        return tuple([number for number, member in self.members.items() if member.left_seq is None])


def apply_entry(
    state: EventState, entry: Entry, names: dict[int, str], profiles: dict[int, Profile] | None = None
) -> None:
    """Fold one entry into the state, in place.

    Shape: `names` and `profiles` tell of members the entry adds or changes; they are personal data and not in it.
    Ensures: the entry follows the state directly (`seq` dense).
    """
    if entry.seq != state.seq + 1:
        message = f"entry {entry.seq} does not follow {state.seq}"
        raise AssertionError(message)
    change = entry.change
    state.seq = entry.seq
    state.head_hash = entry.entry_hash
    state.recorded_at = entry.recorded_at
    if change.head is not None:
        state.head = change.head
    if isinstance(change, ExpenseChange):
        state.expenses[change.expense_id] = expense_after(entry, change)
        state.volume_minor += volume_of(change)
    else:
        _apply_other(state, entry, change, names, profiles or {})
    if entry.transfers:
        _apply_transfers(state, entry.transfers)
    if state.positions is not None:
        # Also without transfers: somebody who paid for themselves alone has paid and consumed all the same.
        add_standings(state.positions, entry)


def _apply_other(
    state: EventState, entry: Entry, change: Change, names: dict[int, str], profiles: dict[int, Profile]
) -> None:
    match change:
        case EventCreated() | MembersAdded():
            if entry.seq == 1:
                state.created_at, state.created_by = entry.recorded_at, entry.actor
            for number, role, user_id, weight in change.members:
                profile = profiles.get(number, UNKNOWN)
                state.members[number] = Member(
                    number, names.get(number, ""), role, user_id, entry.seq, None, profile, weight
                )
            state.roster_seq = entry.seq
        case EventSettled():
            state.plan_seq = entry.seq
            state.frozen = change
        case EventReopened():
            state.frozen = None
        case SettlementRecorded() | SettlementReversed():
            state.settlements[change.settlement_id] = settlement_after(
                entry, change, state.settlements.get(change.settlement_id)
            )
            state.volume_minor += volume_of(change)
        case ImportRecorded():
            state.imports[change.import_id] = Import(
                change.import_id,
                entry.seq,
                change.source,
                change.file_sha256,
                change.rows,
                entry.recorded_at,
                entry.actor,
                None,
            )
        case ImportUndone():
            undone = msgspec.structs.replace(state.imports[change.import_id], undone_seq=entry.seq)
            state.imports[change.import_id] = undone
        case MemberRenamed() | MemberChanged() | MemberLeft() | MemberClaimed() | MemberMerged() | MemberForgotten():
            _apply_seat(state, entry, change, names, profiles)
            state.roster_seq = entry.seq
        case _:
            pass  # the head, folded already, is all that the others change


SeatChange = MemberRenamed | MemberChanged | MemberLeft | MemberClaimed | MemberMerged | MemberForgotten


def _apply_seat(
    state: EventState, entry: Entry, change: SeatChange, names: dict[int, str], profiles: dict[int, Profile]
) -> None:
    number = change.member
    before = state.members[number]
    after = msgspec.structs.replace(
        before, name=names.get(number, before.name), profile=profiles.get(number, before.profile)
    )
    match change:
        case MemberChanged():
            weight = after.weight if change.weight is None else change.weight
            after = msgspec.structs.replace(after, role=change.role or after.role, weight=weight)
        case MemberLeft():
            after = msgspec.structs.replace(after, left_seq=entry.seq)
        case MemberClaimed():
            after = msgspec.structs.replace(after, user_id=change.user_id, role=change.role)
        case MemberForgotten():
            left_seq = after.left_seq or entry.seq
            after = msgspec.structs.replace(after, user_id=None, left_seq=left_seq, forgotten=True)
        case MemberMerged():
            kept = state.members[change.into]
            user_id = kept.user_id or after.user_id
            state.members[change.into] = msgspec.structs.replace(kept, user_id=user_id, role=change.role)
            after = msgspec.structs.replace(after, user_id=None, left_seq=entry.seq, merged_into=change.into)
        case MemberRenamed():
            pass  # the name is all of it
    state.members[number] = after


def expense_after(entry: Entry, change: ExpenseChange) -> Expense:
    """Tell what an expense is after an entry, from the entry alone."""
    content = change.now or change.was
    if content is None:
        message = f"entry {entry.seq} says nothing of its expense"
        raise AssertionError(message)
    return Expense(
        change.expense_id,
        change.version,
        entry.seq,
        change.created_seq or entry.seq,
        change.created_at or entry.recorded_at,
        change.created_by or entry.actor,
        entry.recorded_at,
        change.now is None,
        content,
    )


def settlement_after(
    entry: Entry, change: SettlementRecorded | SettlementReversed, before: Settlement | None
) -> Settlement:
    """Tell what a settlement is after an entry."""
    if isinstance(change, SettlementRecorded):
        return Settlement(change.settlement_id, entry.seq, entry.recorded_at, entry.actor, change.content, None, None)
    if before is None:
        message = f"entry {entry.seq} reverses a settlement that never was"
        raise AssertionError(message)
    return msgspec.structs.replace(before, reversed_seq=entry.seq, reversed_reason=change.reason)


def volume_of(change: AnyChange) -> int:
    """Say how much an entry moves at the most, in minor units."""
    if isinstance(change, ExpenseChange):
        was, now = change.was, change.now
        return (abs(was.amount_minor) if was else 0) + (abs(now.amount_minor) if now else 0)
    if isinstance(change, SettlementRecorded | SettlementReversed):
        return sum([payment.amount_minor for payment in change.content.movements()])
    return 0


def _apply_transfers(state: EventState, transfers: tuple[Transfer, ...]) -> None:
    pairs = state.pairs
    if not pairs and not state.all_pairs:
        return
    for _, debit, credit, currency, amount in transfers:
        low, high, owed = (debit, credit, amount) if debit < credit else (credit, debit, -amount)
        if state.all_pairs or (low, high, currency) in pairs:
            pairs[low, high, currency] = pairs.get((low, high, currency), 0) + owed


def add_standings(standings: Standings, entry: Entry) -> None:
    """Add what one entry moves to the counters of the members it touches."""
    seq, change = entry.seq, entry.change
    for _, debit, credit, currency, amount in entry.transfers:
        _standing(standings, debit, currency, seq).debits += amount
        _standing(standings, credit, currency, seq).credits += amount
    for member, currency, paid, share in consumption(change):
        standing = _standing(standings, member, currency, seq)
        standing.paid += paid
        standing.share += share
    if isinstance(change, SettlementRecorded | SettlementReversed):
        sign = 1 if isinstance(change, SettlementRecorded) else -1
        for payer, payee, currency, amount in change.content.movements():
            _standing(standings, payer, currency, seq).sent += sign * amount
            _standing(standings, payee, currency, seq).received += sign * amount


def consumption(change: AnyChange) -> Iterator[tuple[int, str, int, int]]:
    """List (member, currency, paid, share) for all that an entry says was paid and consumed, taken back included."""
    if not isinstance(change, ExpenseChange):
        return
    for content, sign in ((change.was, -1), (change.now, 1)):
        if content is not None:
            currency = content.currency
            for member, amount in content.paid:
                yield member, currency, sign * amount, 0
            for member, amount in content.shares:
                yield member, currency, 0, sign * amount


def _standing(standings: Standings, member: int, currency: str, seq: int) -> Standing:
    key = (member, currency)
    found = standings.get(key)
    if found is None:
        found = standings[key] = Standing()
    found.last_seq = seq
    return found


def net_positions(standings: Standings) -> dict[str, dict[int, int]]:
    """Give each member's net by currency, members at zero included.

    Ensures: the nets of each currency sum to zero (checked).
    """
    nets: dict[str, dict[int, int]] = {}
    for (member, currency), standing in sorted(standings.items()):
        nets.setdefault(currency, {})[member] = standing.net
    for currency, by_member in nets.items():
        if sum(by_member.values()) != 0:
            message = f"positions in {currency} sum to {sum(by_member.values())}"
            raise AssertionError(message)
    return nets


def next_moment(state: EventState, now: datetime) -> datetime:
    """Pick the time of the next entry: now, or just after the last one where the clock stands still or went back."""
    return now if now > state.recorded_at else state.recorded_at + datetime.resolution


def today(now: datetime) -> date:
    """Name the day of a moment, in UTC."""
    return now.astimezone(UTC).date()
