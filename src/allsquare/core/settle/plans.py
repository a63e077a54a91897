"""Make plans: payments that bring every position to zero, proposed and never debts until paid.

`direct` pays each pair's own balance. `fewest` is greedy for now: the largest debtor pays the largest creditor. It
needs at most one payment less than there are people who are not square, and says whether it is proven to be the least.
"""

import heapq

import msgspec

from allsquare.core.entry import PlannedPayment
from allsquare.core.errors import InvalidInput
from allsquare.core.event import Pairs

STRATEGIES = ("fewest", "direct")


class StrategyUnknown(InvalidInput):
    """There is no such way to make a plan."""

    code = "plan.strategy_unknown"
    title = "There is no such strategy"


def usual_strategy(*, simplify: bool) -> str:
    """Name the strategy of an event that was asked for none: a simplified one lets people pay whom they never owed."""
    return "fewest" if simplify else "direct"


class Plan(msgspec.Struct, frozen=True):
    """Proposed payments; `fewest_possible` is a proven lower bound of their number.

    Ensures: `optimal` is true only where the number of payments equals the bound.
    """

    strategy: str
    optimal: bool
    fewest_possible: int
    payments: tuple[PlannedPayment, ...]


def plan_payments(strategy: str, nets: dict[str, dict[int, int]], pairs: Pairs) -> Plan:
    """Propose payments by the strategy of that name.

    Units: minor units. Shape: `nets` by currency and member; `pairs` as in `core.event`.
    Ensures: once all are paid, every net is zero; no payment is zero or to oneself.
    Raises: StrategyUnknown.
    """
    if strategy == "direct":
        payments = plan_direct(pairs)
    elif strategy == "fewest":
        payments = tuple([payment for currency in sorted(nets) for payment in plan_greedy(currency, nets[currency])])
    else:
        detail = f"There is no strategy {strategy!r}; there are {', '.join(STRATEGIES)}."
        raise StrategyUnknown(detail, field="strategy", expected=" | ".join(STRATEGIES), actual=strategy)
    least = sum([fewest_possible(by_member) for by_member in nets.values()])
    return Plan(strategy, len(payments) == least, least, payments)


def plan_direct(pairs: Pairs) -> tuple[PlannedPayment, ...]:
    """Let each pair pay its own balance."""
    return tuple(
        [
            PlannedPayment(low, high, currency, owed) if owed > 0 else PlannedPayment(high, low, currency, -owed)
            for (low, high, currency), owed in sorted(pairs.items(), key=lambda item: (item[0][2], item[0][:2]))
            if owed != 0
        ]
    )


def plan_greedy(currency: str, nets: dict[int, int]) -> tuple[PlannedPayment, ...]:
    """Let the largest debtor pay the largest creditor until nobody is left; ties go to the lower member number."""
    creditors = [(-net, member) for member, net in nets.items() if net > 0]
    debtors = [(net, member) for member, net in nets.items() if net < 0]
    heapq.heapify(creditors)
    heapq.heapify(debtors)
    payments: list[PlannedPayment] = []
    while debtors and creditors:
        (owes, debtor), (owed, creditor) = heapq.heappop(debtors), heapq.heappop(creditors)
        amount = min(-owes, -owed)
        payments.append(PlannedPayment(debtor, creditor, currency, amount))
        if owes + amount:
            heapq.heappush(debtors, (owes + amount, debtor))
        if owed + amount:
            heapq.heappush(creditors, (owed + amount, creditor))
    return tuple(payments)


def fewest_possible(nets: dict[int, int]) -> int:
    """Give a number of payments that no plan can undercut: everybody who is not square pays or is paid."""
    debtors = sum([net < 0 for net in nets.values()])
    creditors = sum([net > 0 for net in nets.values()])
    return max(debtors, creditors)
