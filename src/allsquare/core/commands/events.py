"""Decide events: created, changed, deleted."""

from datetime import datetime

from allsquare.core.commands.base import (
    Accepted,
    Command,
    VersionConflict,
    check_version,
    next_head,
    require_head,
    require_not_archived,
)
from allsquare.core.commands.lifecycle import check_setting
from allsquare.core.commands.members import DirectLedger, SeatTerms, require_not_direct, seats_for
from allsquare.core.entry import EditBy, EventChanged, EventCreated, EventDeleted, EventKind, Head
from allsquare.core.errors import Conflict
from allsquare.core.event import EventState, today
from allsquare.core.money import exponent
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.text import MAX_NAME, check_text


class EventExists(Conflict):
    """The id made by the client is taken by another event."""

    code = "event.exists"
    title = "There is such an event already"


class EventVersionConflict(VersionConflict):
    """Somebody changed the event since the version the edit was based on."""

    code = "event.version_conflict"
    title = "Somebody else changed the event first"


class EventInUse(Conflict):
    """Only an event that is new or cleared can be deleted."""

    code = "event.in_use"
    title = "The event is in use"


class CreateEvent(Command, frozen=True, omit_defaults=True):
    """Begin an event with its first members; the first of them is its admin, unless roles are given."""

    name: str
    kind: EventKind
    currency: str
    member_names: tuple[str, ...] = ()
    terms: tuple[SeatTerms, ...] = ()
    edit_by: EditBy = "anyone"


class ChangeEvent(Command, frozen=True, omit_defaults=True):
    """Rename an event or change its settings; what is None stays. An empty `settle_by` asks for nothing special."""

    name: str | None = None
    event_kind: EventKind | None = None
    simplify: bool | None = None
    settle_by: PlanRequest | None = None
    edit_by: EditBy | None = None
    seen_version: int | None = None


class DeleteEvent(Command, frozen=True):
    """Withdraw an event that is new or cleared from view."""

    seen_version: int


def decide_create_event(state: EventState, command: CreateEvent, now: datetime) -> Accepted:
    """Accept a new event.

    Raises: EventExists, CurrencyUnknown, the errors of text and of member names.
    """
    if state.head is not None:
        detail = f"There is an event {state.event_id} already."
        raise EventExists(detail, field="id", actual=str(state.event_id))
    exponent(command.currency)
    names, seats = seats_for(state, command.member_names, command.terms, field="members")
    head = Head(
        name=check_text(command.name, field="name", limit=MAX_NAME),
        kind=command.kind,
        currency=command.currency,
        simplify=True,
        status="new",
        version=1,
        edit_by=command.edit_by,
    )
    change = EventCreated(head=head, members=seats)
    return Accepted(change, today(now), names=names)


def decide_change_event(state: EventState, command: ChangeEvent, now: datetime) -> Accepted:
    """Accept another name, kind or setting; a change that changes nothing is accepted too.

    Raises: EventVersionConflict, EventClosed, DirectLedger, the errors of text, what `lifecycle.check_setting` raises.
    """
    head = require_head(state)
    require_not_archived(head)
    if command.event_kind is not None and (command.event_kind == "direct") != (head.kind == "direct"):
        detail = "What is a direct ledger stays one, and no other event becomes one."
        raise DirectLedger(detail, field="kind", expected=head.kind, actual=command.event_kind)
    if command.seen_version is not None:
        check_version(
            seen=command.seen_version, current=head.version, current_seq=state.seq, error=EventVersionConflict
        )
    name = head.name if command.name is None else check_text(command.name, field="name", limit=MAX_NAME)
    after = next_head(
        head,
        name=name,
        kind=command.event_kind or head.kind,
        simplify=head.simplify if command.simplify is None else command.simplify,
        edit_by=command.edit_by or head.edit_by,
        settle_by=head.settle_by if command.settle_by is None else _setting(state, head, command.settle_by),
    )
    return Accepted(EventChanged(head=after, was=head), today(now))


def _setting(state: EventState, head: Head, settle_by: PlanRequest) -> PlanRequest | None:
    check_setting(state, settle_by, head.currency)
    return None if settle_by == PlanRequest() else settle_by


def decide_delete_event(state: EventState, command: DeleteEvent, now: datetime) -> Accepted:
    """Accept that an event is withdrawn from view.

    Raises: EventVersionConflict, DirectLedger, EventInUse.
    """
    head = require_head(state)
    require_not_direct(head)
    check_version(seen=command.seen_version, current=head.version, current_seq=state.seq, error=EventVersionConflict)
    if head.status not in {"new", "cleared"}:
        detail = f"The event is in status {head.status}; only a new or a cleared event can be deleted."
        raise EventInUse(detail, field="status", expected="new or cleared", actual=head.status)
    return Accepted(EventDeleted(head=next_head(head, status="deleted")), today(now))
