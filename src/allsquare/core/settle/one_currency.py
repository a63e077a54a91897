"""Plan one currency as asked: keep the former plan if it still settles, take out what is locked, make whole units."""

from collections.abc import Mapping

import msgspec

from allsquare.core.money import TooManyDecimals
from allsquare.core.settle.amounts import Amount, components, merge, nets_of
from allsquare.core.settle.calm import FormerPlan, Left, amounts_in, what_is_left
from allsquare.core.settle.fees.cheapest import CostTable, Profile, cost_of
from allsquare.core.settle.plan import CurrencyPlan, PlannedPayment, PlanRequest
from allsquare.core.settle.rounding import odd_units, parse_unit, round_amounts, round_nets
from allsquare.core.settle.strategies import Solution, Task, fewest_possible, solve

BY_PAYMENT = frozenset({"direct", "cycle_free"})
"""The strategies whose payments stand for debts, and so are rounded each by itself; others have their nets rounded."""

CALM = frozenset({"fewest", "familiar", "cheapest", "cycle_free"})
"""The strategies that have something to choose, and so keep what they chose before; the others where they rounded."""

Planned = tuple[tuple[Amount, ...], CurrencyPlan]
"""The payments of one currency, and what is proven of them."""


class OneCurrency(msgspec.Struct, frozen=True):
    """What is to be planned in one currency, and how.

    Units: minor units; `steps` of work. Shape: `nets` and `debts` as in `strategies.Task`.
    """

    currency: str
    nets: Mapping[int, int]
    debts: Mapping[tuple[int, int], int]
    request: PlanRequest
    hub: int
    profiles: Mapping[int, Profile]
    steps: int

    @property
    def strategy(self) -> str:
        """Name the strategy; a complete request has one."""
        return self.request.strategy or ""

    @property
    def table(self) -> CostTable:
        """Give what payments in this currency cost; nothing, where nobody said."""
        return next((each.table for each in self.request.costs or () if each.currency == self.currency), CostTable())

    def cost(self, payments: tuple[Amount, ...]) -> int:
        """Say what payments cost, in minor units times RATE_SCALE."""
        return cost_of(payments, self.profiles, self.table)


def plan_currency(one: OneCurrency, former: FormerPlan | None) -> Planned:
    """Propose payments in one currency; `plans.plan_payments` says what they ensure.

    Raises: what `rounding.parse_unit` raises.
    """
    left = what_is_left(former, one.currency) if former is not None else None
    if left is not None and left.whole and _still_fits(one, left):
        return _keep(one, left)
    paid = amounts_in(one.currency, former.settled) if former is not None else []
    locked = _not_paid(merge(amounts_in(one.currency, one.request.locked)), paid)
    task = Task(
        nets=_less(one.nets, nets_of(locked)),
        debts=_pay_off(one.debts, locked),
        hub=one.hub,
        pairs=one.request.pairs,
        table=one.table,
        profiles=one.profiles,
        former=_without(left.payments if left else (), locked),
        steps=one.steps,
    )
    solution, odd = _solve_in_units(one, task)
    return _join(one, locked, solution, odd, task)


def _still_fits(one: OneCurrency, left: Left) -> bool:
    """Tell whether what is left still is a plan as asked for; where there is no choice, it is made again anyway."""
    if (one.strategy not in CALM and not left.found.rounding) or not left.settles(one.nets):
        return False
    if one.strategy == "cycle_free":
        # A payment that was rounded up exceeds its debt by half a unit at most.
        slack = _unit_of(one) // 2
        return all(each.amount_minor <= one.debts.get(each[:2], 0) + slack for each in left.payments)
    if one.strategy == "familiar":
        allowed = {frozenset(pair) for pair in (one.debts if one.request.pairs is None else one.request.pairs)}
        return all(frozenset(each[:2]) in allowed for each in left.payments)
    return True


def _unit_of(one: OneCurrency) -> int:
    """Give the unit to round to; a currency that cannot hold it, such as 0.05 in yen, is planned exactly."""
    try:
        return parse_unit(one.request.round_to, one.currency)
    except TooManyDecimals:
        return 0


def _not_paid(locked: tuple[Amount, ...], settled: list[Amount]) -> tuple[Amount, ...]:
    """Give what is still to pay of locked payments."""
    paid: dict[tuple[int, int], int] = {}
    for payer, payee, amount in settled:
        paid[payer, payee] = paid.get((payer, payee), 0) + amount
    left = [each._replace(amount_minor=each.amount_minor - paid.get(each[:2], 0)) for each in locked]
    return tuple([each for each in left if each.amount_minor > 0])


def _keep(one: OneCurrency, left: Left) -> Planned:
    """Keep what is left of the former plan, and what was proven of it.

    Ensures: by L7 an optimal plan stays so; a bound of payments or fees falls by what was paid, for if less were
        possible now, less would have been possible before.
    """
    count, found = len(left.payments), left.found
    nets = nets_of(left.payments)
    owing = sum([net < 0 for net in nets.values()])
    least = found.fewest_possible - len(left.paid)
    kept = msgspec.structs.replace(found, fewest_possible=min(count, max(least, owing, len(nets) - owing)))
    if found.cost is not None and found.least_cost is not None:
        cost = one.cost(left.payments)
        least_cost = cost if found.optimal else max(found.least_cost - one.cost(left.paid), 0)
        kept = msgspec.structs.replace(kept, cost=cost, least_cost=least_cost)
    return left.payments, kept


def _solve_in_units(one: OneCurrency, task: Task) -> tuple[Solution, list[Amount]]:
    """Solve in whole units, where these are asked for and leave anything to pay; give what is left aside too."""
    unit_minor = _unit_of(one)
    if unit_minor == 0:
        return solve(one.strategy, task), []
    if one.strategy in BY_PAYMENT:
        solution = solve(one.strategy, task)
        payments, odd = round_amounts(solution.payments, unit_minor)
        least = fewest_possible(nets_of(payments))
        optimal = solution.optimal if one.strategy == "cycle_free" else len(payments) == least
        rounded = msgspec.structs.replace(solution, payments=payments, fewest_possible=least, optimal=optimal)
        return (rounded, odd) if payments else (solution, [])
    nets = _round_together(task, unit_minor) if one.strategy == "familiar" else round_nets(task.nets, unit_minor)
    if not any(nets.values()):
        return solve(one.strategy, task), []
    whole = msgspec.structs.replace(task, nets={person: net for person, net in nets.items() if net})
    return solve(one.strategy, whole), odd_units(task.nets, nets)


def _round_together(task: Task, unit_minor: int) -> dict[int, int]:
    """Round the nets of those whom allowed pairs hold together, so that they can still settle among themselves."""
    pairs = task.debts if task.pairs is None else task.pairs
    rounded = dict(task.nets)
    for together in components([Amount(*pair, 1) for pair in sorted(pairs)]):
        people = {person for pair in together for person in pair[:2]}
        nets = {person: net for person, net in task.nets.items() if person in people}
        if sum(nets.values()) == 0:
            rounded |= round_nets(nets, unit_minor)
    return rounded


def _join(one: OneCurrency, locked: tuple[Amount, ...], solution: Solution, odd: list[Amount], task: Task) -> Planned:
    """Put what is locked back; where the rest has the same two pay, it is one payment of both."""
    payments = merge([*locked, *solution.payments])
    # A locked payment may spare one of the others only where both its ends have something left to settle.
    joinable = [payment for payment in locked if payment.payer in task.nets and payment.payee in task.nets]
    least = solution.fewest_possible + len(locked) - len(joinable)
    optimal = solution.optimal
    cost = least_cost = None
    if solution.cost is not None and solution.least_cost is not None:
        spared = sum([one.cost((payment._replace(amount_minor=0),)) for payment in joinable])
        cost = one.cost(payments)
        least_cost = solution.least_cost + one.cost(locked) - spared
        optimal = cost == least_cost
    elif locked and one.strategy != "cycle_free":
        optimal = len(payments) == least
    return payments, CurrencyPlan(
        one.currency,
        optimal,
        least,
        rounding=tuple([PlannedPayment(payer, payee, one.currency, amount) for payer, payee, amount in odd]),
        stuck=tuple(sorted(solution.stuck.items())),
        cost=cost,
        least_cost=least_cost,
    )


def _less(nets: Mapping[int, int], paid: Mapping[int, int]) -> dict[int, int]:
    people = sorted({*nets, *paid})
    return {person: net for person in people if (net := nets.get(person, 0) - paid.get(person, 0))}


def _pay_off(debts: Mapping[tuple[int, int], int], payments: tuple[Amount, ...]) -> dict[tuple[int, int], int]:
    """Give what each pair owes once the payments are made; what is overpaid is owed back."""
    left = dict(debts)
    for payer, payee, amount in payments:
        owed = left.pop((payer, payee), 0) - left.pop((payee, payer), 0) - amount
        if owed:
            left[(payer, payee) if owed > 0 else (payee, payer)] = abs(owed)
    return left


def _without(payments: tuple[Amount, ...], locked: tuple[Amount, ...]) -> tuple[Amount, ...]:
    return tuple([payment for payment in payments if payment not in locked])
