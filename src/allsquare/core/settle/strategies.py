"""Settle the nets of one currency by a strategy: who pays whom, and what is proven of it."""

from collections.abc import Callable, Collection, Mapping

import msgspec

from allsquare.core.settle.amounts import Amount
from allsquare.core.settle.calm import standing
from allsquare.core.settle.fees.cheapest import CostTable, Profile, cost_of, plan_cheapest
from allsquare.core.settle.fewest.parts import divide_into_parts
from allsquare.core.settle.pairs.circles import remove_circles
from allsquare.core.settle.pairs.familiar import plan_familiar
from allsquare.core.settle.paying import pay_parts

BOUND_STEPS = 10_000
"""How long strategies that do not look for the fewest payments look for how few would do."""


class Task(msgspec.Struct, frozen=True):
    """What is to be settled in one currency.

    Units: minor units; `steps` of work. Shape: `nets` without zeros; `debts` by debtor and creditor, at most one
        direction a pair, with the same nets; `former` are the payments proposed before, as far as they are left.
    """

    nets: Mapping[int, int]
    debts: Mapping[tuple[int, int], int]
    hub: int
    pairs: Collection[tuple[int, int]] | None
    table: CostTable
    profiles: Mapping[int, Profile]
    former: tuple[Amount, ...]
    steps: int


class Solution(msgspec.Struct, frozen=True):
    """Payments that settle a task, and what is proven of them; as in `plan.CurrencyPlan`."""

    payments: list[Amount]
    optimal: bool
    fewest_possible: int
    stuck: dict[int, int] = {}
    cost: int | None = None
    least_cost: int | None = None


def solve(strategy: str, task: Task) -> Solution:
    """Settle a task by the strategy of that name.

    Ensures: every net is settled exactly, but for what is stuck; amounts are above zero, at most one per ordered pair.
    """
    return SOLVERS[strategy](task)


def _solve_fewest(task: Task) -> Solution:
    """Divide the people into as many zero-sum parts as can be found; each then pays within itself."""
    former = {payment[:2]: payment.amount_minor for payment in task.former}

    def plan(nets: Mapping[int, int], steps: int) -> Solution:
        division = divide_into_parts(nets, steps=steps)
        payments = pay_parts(division.parts, nets, former)
        return Solution(payments, optimal=False, fewest_possible=len(nets) - division.most_parts)

    found = _steadily(task, plan, may=lambda _: True, rank=lambda each: len(each.payments))
    return msgspec.structs.replace(found, optimal=len(found.payments) == found.fewest_possible)


def _solve_direct(task: Task) -> Solution:
    """Let each pair pay its own balance."""
    payments = [Amount(*pair, amount) for pair, amount in task.debts.items()]
    return _counted(payments, task)


def _solve_hub(task: Task) -> Solution:
    """Let everybody settle with one member."""
    payments = [
        Amount(person, task.hub, -net) if net < 0 else Amount(task.hub, person, net)
        for person, net in task.nets.items()
        if person != task.hub
    ]
    return _counted(payments, task)


def _counted(payments: list[Amount], task: Task) -> Solution:
    least = fewest_possible(task.nets)
    return Solution(payments, len(payments) == least, least)


def fewest_possible(nets: Mapping[int, int]) -> int:
    """Give a proven lower bound of payments for those who settle by another measure, after a short look."""
    return len(nets) - divide_into_parts(nets, steps=BOUND_STEPS).most_parts


def _solve_cycle_free(task: Task) -> Solution:
    """Take the circles out of the debts there are; none grows, none is new."""
    untangled = remove_circles(task.debts, steps=task.steps)
    payments = [Amount(*payment) for payment in untangled.payments]
    return Solution(payments, untangled.least, fewest_possible(task.nets))


def _solve_familiar(task: Task) -> Solution:
    """Pay only between allowed pairs: those listed, else those who owe each other now."""
    allowed = task.debts if task.pairs is None else task.pairs
    known = {frozenset(pair) for pair in allowed}
    found = _steadily(
        task,
        lambda nets, steps: _familiar(nets, allowed, steps),
        may=lambda payment: frozenset(payment[:2]) in known,
        rank=lambda each: sum(map(abs, each.stuck.values())) * len(task.nets) + len(each.payments),
    )
    return msgspec.structs.replace(found, optimal=len(found.payments) == found.fewest_possible)


def _familiar(nets: Mapping[int, int], allowed: Collection[tuple[int, int]], steps: int) -> Solution:
    plan = plan_familiar(nets, allowed, steps=steps)
    payments = [Amount(*payment) for payment in plan.payments]
    return Solution(payments, optimal=False, fewest_possible=plan.fewest_possible, stuck=plan.stuck)


def _solve_cheapest(task: Task) -> Solution:
    """Pay at the least fees; where nothing costs anything, with the fewest payments."""
    if task.table == CostTable():
        return msgspec.structs.replace(_solve_fewest(task), cost=0, least_cost=0, optimal=True)
    found = _steadily(
        task,
        lambda nets, steps: _cheapest(nets, task, steps),
        may=lambda _: True,
        rank=lambda each: ((each.cost or 0) * (len(task.nets) + 1)) + len(each.payments),
    )
    return msgspec.structs.replace(
        found, optimal=found.cost == found.least_cost, fewest_possible=fewest_possible(task.nets)
    )


def _cheapest(nets: Mapping[int, int], task: Task, steps: int) -> Solution:
    plan = plan_cheapest(nets, task.profiles, task.table, steps=steps)
    payments = [Amount(*payment) for payment in plan.payments]
    return Solution(payments, optimal=False, fewest_possible=0, cost=plan.cost, least_cost=plan.least_cost)


def _steadily(
    task: Task,
    plan: Callable[[Mapping[int, int], int], Solution],
    *,
    may: Callable[[Amount], bool],
    rank: Callable[[Solution], int],
) -> Solution:
    """Plan for all, and again with what still stands of the former plan; take the better, then the calmer.

    Shape: the two looks share the steps; where nothing stands, one look has them all.
    """
    kept = standing([payment for payment in task.former if may(payment)], task.nets)
    steps = task.steps // 2 if kept else task.steps
    fresh = plan(task.nets, steps)
    if not kept:
        return fresh
    settled = {person for payment in kept for person in payment[:2]}
    rest = plan({person: net for person, net in task.nets.items() if person not in settled}, steps)
    steady = msgspec.structs.replace(
        rest,
        payments=[*kept, *rest.payments],
        fewest_possible=fresh.fewest_possible,
        cost=None if rest.cost is None else rest.cost + cost_of(kept, task.profiles, task.table),
        least_cost=fresh.least_cost,
    )
    former = set(task.former)
    # At the same rank, the one that keeps more of the former payments.
    return min((steady, fresh), key=lambda each: (rank(each), -len(former.intersection(each.payments))))


SOLVERS: dict[str, Callable[[Task], Solution]] = {
    "fewest": _solve_fewest,
    "direct": _solve_direct,
    "cycle_free": _solve_cycle_free,
    "familiar": _solve_familiar,
    "cheapest": _solve_cheapest,
    "hub": _solve_hub,
}
"""Every strategy, by its name."""
