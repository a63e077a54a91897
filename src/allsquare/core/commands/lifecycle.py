"""Decide the life of an event: settle, reopen, archive; it clears by itself, with the last settlement."""

from datetime import datetime

from allsquare.core.commands.base import Accepted, Command, is_square_after, next_head, require_head
from allsquare.core.entry import EventArchived, EventReopened, EventSettled
from allsquare.core.errors import Conflict
from allsquare.core.event import EventState, net_positions, today
from allsquare.core.settle.plans import plan_payments, usual_strategy


class EventNotSettleable(Conflict):
    """Only a new or active event can begin to settle."""

    code = "event.not_settleable"
    title = "The event cannot settle now"


class EventNotReopenable(Conflict):
    """Only an event in settlement or cleared can be reopened."""

    code = "event.not_reopenable"
    title = "The event cannot be reopened"


class EventNotCleared(Conflict):
    """Only a cleared event can be archived."""

    code = "event.not_cleared"
    title = "The event is not cleared"


class SettleEvent(Command, frozen=True):
    """Stop taking expenses and freeze a plan; without a strategy, the event's usual one."""

    strategy: str | None = None


class ReopenEvent(Command, frozen=True):
    """Take expenses again."""


class ArchiveEvent(Command, frozen=True):
    """Close a cleared event for good."""


def decide_settle_event(state: EventState, command: SettleEvent, now: datetime) -> Accepted:
    """Accept that the event settles by a plan; one that is square already is cleared at once.

    Raises: EventNotSettleable, StrategyUnknown.
    """
    head = require_head(state)
    if head.status not in {"new", "active", "settlement"}:
        detail = f"The event is in status {head.status}; only a new or active one can settle."
        raise EventNotSettleable(detail, field="status", expected="new or active", actual=head.status)
    strategy = command.strategy or usual_strategy(simplify=head.simplify)
    plan = plan_payments(strategy, net_positions(state.positions or {}), state.pairs)
    status = "cleared" if is_square_after(state, ()) else "settlement"
    change = EventSettled(
        head=next_head(head, status=status),
        strategy=plan.strategy,
        optimal=plan.optimal,
        fewest_possible=plan.fewest_possible,
        payments=plan.payments,
    )
    return Accepted(change, today(now))


def decide_reopen_event(state: EventState, command: ReopenEvent, now: datetime) -> Accepted:  # noqa: ARG001
    """Accept that the event takes expenses again.

    Raises: EventNotReopenable.
    """
    head = require_head(state)
    if head.status not in {"settlement", "cleared"}:
        detail = f"The event is in status {head.status}; only one in settlement or cleared can be reopened."
        raise EventNotReopenable(detail, field="status", expected="settlement or cleared", actual=head.status)
    return Accepted(EventReopened(head=next_head(head, status="active")), today(now))


def decide_archive_event(state: EventState, command: ArchiveEvent, now: datetime) -> Accepted:  # noqa: ARG001
    """Accept that a cleared event is closed for good.

    Raises: EventNotCleared.
    """
    head = require_head(state)
    if head.status != "cleared":
        detail = f"The event is in status {head.status}; only a cleared one can be archived."
        raise EventNotCleared(detail, field="status", expected="cleared", actual=head.status)
    return Accepted(EventArchived(head=next_head(head, status="archived")), today(now))
