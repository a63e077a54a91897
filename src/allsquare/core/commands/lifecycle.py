"""Decide the life of an event: settle, reopen, archive; it clears by itself, with the last settlement."""

from datetime import datetime

import msgspec

from allsquare.core.commands.base import (
    Accepted,
    Command,
    is_square_after,
    next_head,
    require_head,
    require_members,
)
from allsquare.core.commands.members import require_not_direct
from allsquare.core.entry import EventArchived, EventReopened, EventSettled, Head
from allsquare.core.errors import Conflict
from allsquare.core.event import EventState, net_positions, today
from allsquare.core.money import format_amount
from allsquare.core.settle.asking import check_asked, complete, people_named
from allsquare.core.settle.plan import CurrencyPlan, Plan, PlanRequest
from allsquare.core.settle.plans import Basis, plan_payments

SETTLING_STEPS = 20_000
"""How long a plan is looked for while the event's head is locked, where none was prepared that still fits."""


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


class PlanStuck(Conflict):
    """A plan that leaves somebody unsettled cannot be frozen."""

    code = "plan.stuck"
    title = "The allowed pairs cannot settle everybody"


class Prepared(msgspec.Struct, frozen=True):
    """A plan that was made before the command was posted, as asked for, from what the event was after entry `seq`."""

    seq: int
    request: PlanRequest
    plan: Plan


class SettleEvent(Command, frozen=True):
    """Stop taking expenses and freeze a plan; what is not asked is as the event settles.

    Shape: `prepared` is no part of what is asked: making a plan may take longer than a head should be locked, so it is
        made before, and frozen if nothing was recorded meanwhile.
    """

    request: PlanRequest = PlanRequest()
    prepared: Prepared | None = None

    def asked(self) -> "SettleEvent":
        """Give the command without the plan that was made for it."""
        return SettleEvent(self.request)


class ReopenEvent(Command, frozen=True):
    """Take expenses again."""


class ArchiveEvent(Command, frozen=True):
    """Close a cleared event for good."""


def decide_settle_event(state: EventState, command: SettleEvent, now: datetime) -> Accepted:
    """Accept that the event settles by a plan; one that is square already is cleared at once.

    Raises: EventNotSettleable, PlanStuck, what `complete_request` and `plan_payments` raise.
    """
    head = require_head(state)
    if head.status not in {"new", "active", "settlement"}:
        detail = f"The event is in status {head.status}; only a new or active one can settle."
        raise EventNotSettleable(detail, field="status", expected="new or active", actual=head.status)
    request = complete_request(state, head, command.request)
    prepared = command.prepared
    if prepared is not None and (prepared.seq, prepared.request) == (state.seq, request):
        plan = prepared.plan
    else:
        plan = plan_payments(request, basis_of(state), steps=SETTLING_STEPS)
    for found in plan.currencies:
        _refuse_stuck(found)
    status = "cleared" if is_square_after(state, ()) else "settlement"
    change = EventSettled(
        head=next_head(head, status=status),
        strategy=plan.strategy,
        optimal=plan.optimal,
        fewest_possible=plan.fewest_possible,
        payments=plan.payments,
        currencies=plan.currencies,
        asked=request,
    )
    return Accepted(change, today(now))


def complete_request(state: EventState, head: Head, asked: PlanRequest) -> PlanRequest:
    """Fill in what the event settles by, and refuse what cannot be planned in it.

    Raises: MemberUnknown, what `asking.check_asked` raises.
    """
    request = complete(asked, head.settle_by, simplify=head.simplify)
    check_setting(state, request, head.currency)
    return request


def check_setting(state: EventState, request: PlanRequest, currency: str) -> None:
    """Refuse a way to settle that is none, or names people who are not in the event.

    Raises: MemberUnknown, what `asking.check_asked` raises.
    """
    check_asked(request, currency)
    for field, number in people_named(request):
        require_members(state, (number,), field=field, left_allowed=True)


def basis_of(state: EventState) -> Basis:
    """Gather what plans rest on; positions and all pairs must have been loaded."""
    admins = [number for number, member in state.members.items() if member.role == "admin" and member.active]
    return Basis(
        nets=net_positions(state.positions or {}),
        pairs=state.pairs,
        profiles={number: member.profile for number, member in state.members.items()},
        treasurer=(admins or [1])[0],
    )


def _refuse_stuck(found: CurrencyPlan) -> None:
    if found.stuck:
        left = ", ".join([f"member {member} at {format_amount(net, found.currency)}" for member, net in found.stuck])
        detail = f"The allowed pairs leave {left} {found.currency}. Allow more pairs, or settle by another strategy."
        raise PlanStuck(detail, field="pairs", actual=left)


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

    Raises: DirectLedger, EventNotCleared.
    """
    head = require_head(state)
    require_not_direct(head)
    if head.status != "cleared":
        detail = f"The event is in status {head.status}; only a cleared one can be archived."
        raise EventNotCleared(detail, field="status", expected="cleared", actual=head.status)
    return Accepted(EventArchived(head=next_head(head, status="archived")), today(now))
