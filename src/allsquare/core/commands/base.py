"""Define what every command and every decision is made of, and the refusals several families share."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from allsquare.core.entry import AnyChange, Head, Transfer
from allsquare.core.errors import Conflict, InvalidInput, NotFound
from allsquare.core.event import MAX_VOLUME_MINOR, EventState, net_positions
from allsquare.core.money import format_amount
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.core.transfers import Line


class EventNotFound(NotFound):
    """There is no such event, or it is not yours to see."""

    code = "event.not_found"
    title = "There is no such event"


class EventClosed(Conflict):
    """The event is settling, cleared or archived and does not take this."""

    code = "event.closed"
    title = "The event is closed"


class MemberUnknown(InvalidInput):
    """A member number is not in this event."""

    code = "member.unknown"
    title = "There is no such member"


class MemberInactive(InvalidInput):
    """A member has left the event and takes no part in new expenses."""

    code = "member.inactive"
    title = "The member has left"


class VersionConflict(Conflict):
    """Somebody changed the thing since the version the edit was based on."""

    code = "version.conflict"
    title = "Somebody else was faster"

    def __init__(
        self, detail: str, *, field: str = "If-Match", expected: str = "", actual: str = "", current_seq: int = 0
    ) -> None:
        super().__init__(detail, field=field, expected=expected, actual=actual)
        self.current_seq = current_seq
        """The entry that made the thing what it is now, so that the answer can show it."""


class LedgerFull(Conflict):
    """More money would have moved in the event than its counters can hold."""

    code = "ledger.overflow"
    title = "The event cannot hold so much money"


class Command(msgspec.Struct, frozen=True, tag=True):
    """The base of all commands: what somebody asks to be done to one event."""

    def asked(self) -> "Command":
        """Give what was asked, without what was worked out for it; a retry asks the same and is known by it."""
        return self


class Needs(msgspec.Struct, frozen=True):
    """What must be loaded, beside head and roster, before a command can be decided."""

    positions: bool = False
    all_pairs: bool = False
    plan: bool = False
    pairs: tuple[tuple[int, int, str], ...] = ()
    expenses: tuple[UUID, ...] = ()
    settlements: tuple[UUID, ...] = ()
    imports: tuple[UUID, ...] = ()


class Accepted(msgspec.Struct, frozen=True):
    """What a command becomes: the change, its transfers, and what personal data it sets beside the journal."""

    change: AnyChange
    effective_on: date
    transfers: tuple[Transfer, ...] = ()
    reverses_seq: int | None = None
    names: dict[int, str] = {}
    profiles: dict[int, Profile] = {}


def require_head(state: EventState) -> Head:
    """Return the event's head, or refuse: it does not exist, or was deleted."""
    head = state.head
    if head is None or head.status == "deleted":
        raise event_not_found(state.event_id)
    return head


def event_not_found(event_id: UUID) -> EventNotFound:
    """Say that there is no such event, also where there is one that is not theirs to see."""
    detail = f"There is no event {event_id}."
    return EventNotFound(detail)


def require_open(head: Head) -> None:
    """Refuse new and changed expenses while the event is settling, cleared or archived."""
    if head.status not in {"new", "active"}:
        detail = f"The event is in status {head.status} and takes no changes of expenses. " + (
            "It is archived for good." if head.status == "archived" else "Reopen it first."
        )
        raise EventClosed(detail, field="status", expected="new or active", actual=head.status)


def require_not_archived(head: Head) -> None:
    """Refuse every change of an archived event."""
    if head.status == "archived":
        detail = "The event is archived and takes no more changes."
        raise EventClosed(detail, field="status", expected="not archived", actual=head.status)


def require_members(state: EventState, numbers: tuple[int, ...], *, field: str, left_allowed: bool = False) -> None:
    """Refuse member numbers that are not in the event, or have left it."""
    members = state.members
    for number in numbers:
        member = members.get(number)
        if member is None:
            detail = f"There is no member {number} in this event; its members are numbered 1 to {len(members)}."
            raise MemberUnknown(detail, field=field, expected=f"1 to {len(members)}", actual=str(number))
        if member.left_seq is not None and not left_allowed:
            detail = f"Member {number} has left this event and cannot take part in new expenses."
            raise MemberInactive(detail, field=field, actual=str(number))


def refuse_merged(state: EventState, numbers: Iterable[int], *, field: str) -> None:
    """Refuse members who turned out to be another; raises MemberInactive."""
    for number in numbers:
        into = state.members[number].merged_into
        if into is not None:
            detail = f"Member {number} is member {into} now. Record it for that one."
            raise MemberInactive(detail, field=field, expected=str(into), actual=str(number))


def require_volume(state: EventState, added_minor: int, currency: str) -> None:
    """Refuse what would bring the event's counters near their limit."""
    if state.volume_minor + added_minor > MAX_VOLUME_MINOR:
        detail = (
            f"With {format_amount(added_minor, currency)} more, over {format_amount(MAX_VOLUME_MINOR, currency)} "
            "would have moved in this event, which is more than its counters hold. Go on in a new event."
        )
        raise LedgerFull(detail, field="amount", expected=f"at most {MAX_VOLUME_MINOR}", actual=str(added_minor))


def check_version(*, seen: int, current: int, current_seq: int, error: type[VersionConflict]) -> None:
    """Refuse an edit that was based on another version than the current one."""
    if seen != current:
        detail = f"Your edit is based on version {seen}, the current version is {current}."
        raise error(detail, current_seq=current_seq, expected=str(current), actual=str(seen))


def forward(lines: tuple[Line, ...], currency: str) -> tuple[Transfer, ...]:
    """Give the lines that an entry adds their numbers 1, 2, … in order."""
    return tuple([Transfer(number, d, c, currency, a) for number, (d, c, a) in enumerate(lines, 1)])


def mirrored(lines: tuple[Line, ...], currency: str) -> tuple[Transfer, ...]:
    """Turn the lines that an entry takes back round, and number them −1, −2, … in order."""
    return tuple([Transfer(-number, c, d, currency, a) for number, (d, c, a) in enumerate(lines, 1)])


def next_head(head: Head, **changes: object) -> Head:
    """Give the head with some fields changed and its version counted up."""
    return msgspec.structs.replace(head, version=head.version + 1, **changes)


def is_square_after(state: EventState, transfers: tuple[Transfer, ...]) -> bool:
    """Tell whether every position of the event is zero once the transfers are posted."""
    if state.positions is None:
        message = "positions were not loaded"
        raise AssertionError(message)
    nets = net_positions(state.positions)
    for _, debit, credit, currency, amount in transfers:
        by_member = nets.setdefault(currency, {})
        by_member[debit] = by_member.get(debit, 0) - amount
        by_member[credit] = by_member.get(credit, 0) + amount
    return not any(net for by_member in nets.values() for net in by_member.values())
