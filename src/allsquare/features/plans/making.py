"""Make the plan of an event: read what it rests on, keep to what was proposed before, and remember what is proposed."""

import hashlib
from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec

from allsquare.core.commands.lifecycle import Prepared, basis_of, complete_request
from allsquare.core.entry import Head
from allsquare.core.event import EventState
from allsquare.core.settle.asking import needs_debts
from allsquare.core.settle.calm import FormerPlan, all_left
from allsquare.core.settle.plan import Plan, PlanRequest
from allsquare.core.settle.plans import USUAL_STEPS, Basis, plan_payments
from allsquare.features.events.reads import event_missing
from allsquare.features.plans.store import KeptPlan, find_kept_plan, keep_plan, list_settled_since
from allsquare.ledger.store import load_all_pairs, load_positions, read_state
from allsquare.pg.borrow import Connection, Pool, borrow
from allsquare.pg.transact import snapshot

_encode = msgspec.json.Encoder().encode
Result = TypeVar("Result")


class Run(Protocol):
    """How the work of planning is done: beside the event loop in the service, right here on the command line."""

    async def __call__(self, work: Callable[[], Result], /) -> Result:
        """Do the work and give what comes of it."""
        ...


class Made(msgspec.Struct, frozen=True):
    """A plan, and what it follows from."""

    seq: int
    request: PlanRequest
    plan: Plan
    state: EventState

    def prepared(self) -> Prepared:
        """Give the plan for a command that freezes it."""
        return Prepared(self.seq, self.request, self.plan)


class _Ground(msgspec.Struct, frozen=True):
    """What a plan rests on, read at one moment."""

    state: EventState
    request: PlanRequest
    request_hash: bytes
    basis: Basis
    former: FormerPlan | None


async def run_here(work: Callable[[], Result], /) -> Result:
    """Do the work at once, where nobody else waits for the event loop."""
    return work()


async def make_plan(
    pool: Pool,
    event_id: UUID,
    asked: PlanRequest,
    *,
    to_freeze: bool = False,
    steps: int = USUAL_STEPS,
    run: Run = run_here,
) -> Made:
    """Make the plan that is asked for, on what the event is now; it is remembered, and kept while it settles.

    Shape: where nothing is asked of an event that settles, it is its frozen plan, unless another is `to_freeze`.
    Raises: EventNotFound, what `lifecycle.complete_request` and `plan_payments` raise.
    """
    async with snapshot(pool) as connection:
        ground = await _read_ground(connection, event_id, asked, to_freeze=to_freeze)
    former = ground.former
    plan = await run(lambda: plan_payments(ground.request, ground.basis, former=former, steps=steps))
    known = former is not None and list(plan.payments) == all_left(former)
    if not known and steps >= USUAL_STEPS:
        async with borrow(pool) as connection:
            await keep_plan(connection, event_id, ground.request_hash, KeptPlan(ground.state.seq, plan))
    return Made(ground.state.seq, ground.request, plan, ground.state)


async def peek_plan(connection: Connection, event_id: UUID) -> Plan:
    """Make the plan the event settles by on what a snapshot shows, at once and without remembering it.

    Raises: EventNotFound.
    """
    ground = await _read_ground(connection, event_id, PlanRequest(), to_freeze=False)
    return plan_payments(ground.request, ground.basis, former=ground.former)


async def _read_ground(connection: Connection, event_id: UUID, asked: PlanRequest, *, to_freeze: bool) -> _Ground:
    state = await read_state(connection, event_id)
    head = state.head
    if head is None or head.status == "deleted":
        raise event_missing(event_id)
    request = complete_request(state, head, asked) if to_freeze else _request(state, head, asked)
    await load_positions(connection, [state])
    if needs_debts(request):
        await load_all_pairs(connection, [state])
    profiles = sorted((number, member.profile) for number, member in state.members.items())
    known = [request, profiles] if request.strategy == "cheapest" else [request]
    request_hash = hashlib.sha256(_encode(known)).digest()
    former = await _find_former(connection, state, request, request_hash)
    return _Ground(state, request, request_hash, basis_of(state), former)


def _request(state: EventState, head: Head, asked: PlanRequest) -> PlanRequest:
    """Take an event that settles at its word: where nothing is asked, it is by its frozen plan, whatever came since."""
    if head.status == "settlement" and state.frozen is not None and asked == PlanRequest():
        return state.frozen.request
    return complete_request(state, head, asked)


async def _find_former(
    connection: Connection, state: EventState, request: PlanRequest, request_hash: bytes
) -> FormerPlan | None:
    """Find the plan to keep to: the frozen one while the event settles by it, else the last one asked like this."""
    if state.frozen is not None and state.plan_seq is not None and state.frozen.request == request:
        settled = await list_settled_since(connection, state.event_id, state.plan_seq)
        return FormerPlan(state.frozen.plan, settled)
    kept = await find_kept_plan(connection, state.event_id, request_hash)
    if kept is None:
        return None
    settled = await list_settled_since(connection, state.event_id, kept.seq)
    return FormerPlan(kept.plan, settled)
