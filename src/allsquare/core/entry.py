"""Define the journal entry: one accepted change of one event, its transfers and its hash.

Entries are the truth. Every projection (members, expenses, settlements, balances, positions, the event's own head) is a
fold over them, so each change carries everything that fold needs: a revised expense says what it was and what it is
now, and a change that moves the event's life carries the head as it is afterwards.

The types are frozen msgspec Structs, not dataclasses, because they are at the same time the stored payload: encoding
one costs under a microsecond and decoding checks every type again.

Personal data never enters an entry: members are numbers here, their names live in the `member` table.
"""

import hashlib
from datetime import date, datetime
from typing import ClassVar, Literal, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from allsquare.core.settle.plan import CurrencyPlan, Plan, PlannedPayment, PlanRequest
from allsquare.core.split import Part, SplitRule

EventKind = Literal["trip", "dinner", "home", "couple", "project", "direct", "other"]
EventStatus = Literal["new", "active", "settlement", "cleared", "archived", "deleted"]
MemberRole = Literal["admin", "member", "viewer"]
EditBy = Literal["anyone", "payer_and_author", "admins"]
WEIGHT_ONE = 10_000
"""The weight of a member who takes as much as everybody else, in ten thousandths."""

SettlementMethod = Literal["cash", "bank", "upi", "card", "other"]

NO_HASH = bytes(32)
"""What stands before the first entry of an event in its hash chain."""


class Transfer(NamedTuple):
    """One immutable line: the debit member owes the credit member `amount_minor` > 0.

    Shape: `line` counts 1, 2, … for what the entry adds and −1, −2, … for what it takes back from the entry it
    reverses, so both can be told apart for ever.
    """

    line: int
    debit: int
    credit: int
    currency: str
    amount_minor: int


class Head(msgspec.Struct, frozen=True):
    """What an event shows of itself, what its plans keep to, and who may edit what others recorded."""

    name: str
    kind: EventKind
    currency: str
    simplify: bool
    status: EventStatus
    version: int
    settle_by: PlanRequest | None = None
    edit_by: EditBy = "anyone"


class MemberSeat(NamedTuple):
    """A member's number and role within one event, whose account it is, and the weight in splits that name none."""

    member: int
    role: MemberRole
    user_id: UUID | None = None
    weight: int = WEIGHT_ONE


class ExpenseContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was bought, who paid, who consumed how much.

    Units: amounts in minor units of `currency`.
    Ensures: `paid` and `shares` each sum to `amount_minor`; each member stands at most once in either.
    """

    description: str
    amount_minor: int
    currency: str
    on: date
    paid: tuple[Part, ...]
    shares: tuple[Part, ...]
    split: SplitRule
    category: str | None = None
    notes: str | None = None
    inferred: bool = False
    import_id: UUID | None = None


class Change(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind", kw_only=True):
    """The base of every kind of journal entry; `head` is the event's head afterwards where the change touches it."""

    kind: ClassVar[str]
    head: Head | None = None


class EventCreated(Change, frozen=True, tag="event.created"):
    """An event began, with its first members."""

    kind = "event.created"
    members: tuple[MemberSeat, ...]


class EventChanged(Change, frozen=True, tag="event.changed"):
    """The event was renamed or its settings changed; `was` is the head before."""

    kind = "event.changed"
    was: Head


class EventDeleted(Change, frozen=True, tag="event.deleted"):
    """The event was withdrawn from view; its history stays."""

    kind = "event.deleted"


class EventSettled(Change, frozen=True, tag="event.settled"):
    """The event stopped taking expenses and froze a plan, as it was asked for."""

    kind = "event.settled"
    strategy: str
    optimal: bool
    fewest_possible: int
    payments: tuple[PlannedPayment, ...]
    currencies: tuple[CurrencyPlan, ...] = ()
    asked: PlanRequest = PlanRequest()

    @property
    def request(self) -> PlanRequest:
        """Give what the plan was asked for, complete; entries of before there was anything else say only how."""
        return msgspec.structs.replace(self.asked, strategy=self.strategy)

    @property
    def plan(self) -> Plan:
        """Give the frozen plan; entries of before plans were proven by currency say it of all of them together."""
        currencies = self.currencies
        if not currencies and self.payments:
            first, *others = sorted({payment.currency for payment in self.payments})
            whole = CurrencyPlan(first, self.optimal, self.fewest_possible)
            currencies = (whole, *[CurrencyPlan(each, self.optimal, 0) for each in others])
        return Plan(self.strategy, self.payments, currencies)


class EventReopened(Change, frozen=True, tag="event.reopened"):
    """The event takes expenses again."""

    kind = "event.reopened"


class EventArchived(Change, frozen=True, tag="event.archived"):
    """The event was closed for good."""

    kind = "event.archived"


class MembersAdded(Change, frozen=True, tag="member.added"):
    """People joined the event."""

    kind = "member.added"
    members: tuple[MemberSeat, ...]


class MemberRenamed(Change, frozen=True, tag="member.renamed"):
    """A member's name changed (the name itself is personal data and stands in the `member` table only)."""

    kind = "member.renamed"
    member: int


class MemberChanged(Change, frozen=True, tag="member.changed"):
    """A member's role or weight changed, or how they pay or are called, which stands in the `member` table only."""

    kind = "member.changed"
    member: int
    role: MemberRole | None = None
    weight: int | None = None


class MemberLeft(Change, frozen=True, tag="member.left"):
    """A member's participation ended."""

    kind = "member.left"
    member: int


class MemberClaimed(Change, frozen=True, tag="member.claimed"):
    """A member who had no account became an account's."""

    kind = "member.claimed"
    member: int
    user_id: UUID
    role: MemberRole


class MemberMerged(Change, frozen=True, tag="member.merged"):
    """Two members were one person: the seat of `member` ended; `into` has its account, and the greater role of both."""

    kind = "member.merged"
    member: int
    into: int
    role: MemberRole


class MemberForgotten(Change, frozen=True, tag="member.forgotten"):
    """A person was forgotten: the member is gone, with no account, no name and no payment details any more."""

    kind = "member.forgotten"
    member: int


class ExpenseChange(Change, frozen=True):
    """An expense was recorded, revised, deleted or restored: what it was, and what it is now.

    Shape: `created_at` and `created_by` are None in version 1, where they are the entry's own.
    """

    expense_id: UUID
    version: int
    was: ExpenseContent | None = None
    now: ExpenseContent | None = None
    created_seq: int | None = None
    created_at: datetime | None = None
    created_by: UUID | None = None


class ExpenseRecorded(ExpenseChange, frozen=True, tag="expense.recorded"):
    """A new expense."""

    kind = "expense.recorded"


class ExpenseRevised(ExpenseChange, frozen=True, tag="expense.revised"):
    """A new version of an expense; the transfers of the former one are taken back in the same entry."""

    kind = "expense.revised"


class ExpenseDeleted(ExpenseChange, frozen=True, tag="expense.deleted"):
    """An expense no longer counts; `was` says what it was."""

    kind = "expense.deleted"


class ExpenseRestored(ExpenseChange, frozen=True, tag="expense.restored"):
    """A deleted expense counts again."""

    kind = "expense.restored"


class SettlementContent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A recorded paying-back: `payer` gave `payee` the amount outside the system.

    Shape: `rounding` are the odd units that the event's plan had left aside, booked as settled with the last payment.
    """

    payer: int
    payee: int
    amount_minor: int
    currency: str
    on: date
    method: SettlementMethod = "other"
    note: str | None = None
    import_id: UUID | None = None
    rounding: tuple[PlannedPayment, ...] = ()

    def movements(self) -> tuple[PlannedPayment, ...]:
        """List all that is paid back with it: the amount itself, then the odd units."""
        return (PlannedPayment(self.payer, self.payee, self.currency, self.amount_minor), *self.rounding)


class SettlementRecorded(Change, frozen=True, tag="settlement.recorded"):
    """A paying-back was recorded."""

    kind = "settlement.recorded"
    settlement_id: UUID
    content: SettlementContent


class SettlementReversed(Change, frozen=True, tag="settlement.reversed"):
    """A recorded paying-back was taken back; `content` repeats what it was."""

    kind = "settlement.reversed"
    settlement_id: UUID
    content: SettlementContent
    reason: str


class ImportRecorded(Change, frozen=True, tag="import.recorded"):
    """The entries that follow and name this import came from one file."""

    kind = "import.recorded"
    import_id: UUID
    source: str
    file_sha256: str
    rows: int


class ImportUndone(Change, frozen=True, tag="import.undone"):
    """Everything that came from this import has been taken back."""

    kind = "import.undone"
    import_id: UUID


AnyChange = (
    EventCreated
    | EventChanged
    | EventDeleted
    | EventSettled
    | EventReopened
    | EventArchived
    | MembersAdded
    | MemberRenamed
    | MemberChanged
    | MemberLeft
    | MemberClaimed
    | MemberMerged
    | MemberForgotten
    | ExpenseRecorded
    | ExpenseRevised
    | ExpenseDeleted
    | ExpenseRestored
    | SettlementRecorded
    | SettlementReversed
    | ImportRecorded
    | ImportUndone
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyChange] = msgspec.json.Decoder(AnyChange)


def encode_change(change: AnyChange) -> bytes:
    """Write a change as the JSON text that is stored and hashed."""
    return _encoder.encode(change)


def decode_change(payload: str | bytes) -> AnyChange:
    """Read a stored change back; raises msgspec.ValidationError when it is not one."""
    return _decoder.decode(payload)


class Entry(msgspec.Struct):
    """One line of the journal of one event.

    Shape: `seq` is dense from 1; `payload` is the change as stored; `entry_hash` covers everything else in the entry
    and the hash before it.
    """

    event_id: UUID
    seq: int
    command_id: UUID
    change: AnyChange
    payload: bytes
    reverses_seq: int | None
    actor: UUID
    effective_on: date
    recorded_at: datetime
    transfers: tuple[Transfer, ...]
    entry_hash: bytes


Kind = TypeVar("Kind", bound=Change)


def change_of(entry: Entry, kind: type[Kind]) -> Kind:
    """Give an entry's change, which is known to be of a certain kind."""
    change = entry.change
    assert isinstance(change, kind), f"entry {entry.seq} is {change.kind}"
    return change


def hash_entry(  # noqa: PLR0913  (an entry has this many parts, and each of them is covered)
    previous: bytes,
    *,
    event_id: UUID,
    seq: int,
    command_id: UUID,
    payload: bytes,
    reverses_seq: int | None,
    actor: UUID,
    effective_on: date,
    recorded_at: datetime,
    transfers: tuple[Transfer, ...],
) -> bytes:
    """Chain an entry to the one before it: sha256(previous ‖ entry).

    Shape: the entry's text is its fixed parts joined by "|" (none of them can contain one), then one
    "line,debit,credit,currency,amount" per transfer, then the payload as stored, which comes last because it alone
    may contain anything.
    Units: `recorded_at` enters in ISO 8601, UTC, to the microsecond.
    """
    lines = ";".join([f"{t[0]},{t[1]},{t[2]},{t[3]},{t[4]}" for t in transfers])
    text = (
        f"{event_id.hex}|{seq}|{command_id.hex}|{reverses_seq or 0}|{actor.hex}|{effective_on}"
        f"|{recorded_at.isoformat()}|{lines}|"
    )
    return hashlib.sha256(previous + text.encode() + payload).digest()
