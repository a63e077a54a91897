"""Propose the payments that settle a group at the least fees, and prove how low fees can be.

A fee is due for what a payment crosses: from bank to bank, from country to country, from currency to currency.
`docs/algorithms/settling.md` says what is exact, why, and proves the bounds.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from allsquare.core.settle.fees.group import Group
from allsquare.core.settle.fees.handfuls import improve, search_whole
from allsquare.core.settle.fees.least_fees import find_bound, list_levels
from allsquare.core.settle.fees.spread import Payments, remove_circles

RATE_SCALE = 100_000
"""The parts of a rate: 1 per mille is 100 of them, so two decimals of a per mille are exact."""

PLAN_STEPS = 100
"""How long it takes, for each class of people at most, to plan by flows where there are fixed fees."""


class Fee(NamedTuple):
    """What a payment costs: `fixed_minor` whatever its size, and `rate` hundred-thousandths of it; both >= 0."""

    fixed_minor: int
    rate: int


class Profile(NamedTuple):
    """Where a member's money lies; None is not known."""

    bank: str | None
    country: str | None
    currency: str | None


UNKNOWN = Profile(None, None, None)


class CostTable(msgspec.Struct, frozen=True):
    """What a payment costs that crosses from one bank, country or currency to another."""

    bank: Fee = Fee(0, 0)
    country: Fee = Fee(0, 0)
    currency: Fee = Fee(0, 0)

    def fee(self, one: Profile, other: Profile) -> Fee:
        """Sum the fees of what both have told and that differs; what is not known costs nothing."""
        crossed = [
            fee for fee, mark, mark_there in zip(self.fees(), one, other, strict=True) if _differ(mark, mark_there)
        ]
        return Fee(sum([fee.fixed_minor for fee in crossed]), sum([fee.rate for fee in crossed]))

    def fees(self) -> tuple[Fee, Fee, Fee]:
        """List the fees in the order of a profile."""
        return self.bank, self.country, self.currency


class Cheapest(msgspec.Struct, frozen=True):
    """Payments that settle a group, what they cost, and what no payments can be cheaper than.

    Units: payer, payee and minor units; costs in minor units times RATE_SCALE.
    Shape: payments sorted, at most one per payer and payee.
    """

    payments: tuple[tuple[int, int, int], ...]
    cost: int
    least_cost: int


def plan_cheapest(
    nets: Mapping[int, int], profiles: Mapping[int, Profile], table: CostTable, *, steps: int
) -> Cheapest:
    """Propose payments that bring every net to zero at the least total fees; of equal fees, with few payments.

    Units: minor units that sum to zero; `steps` of work, about a microsecond each.
    Ensures: only debtors pay and only creditors receive, so the least money moves; fewer payments than people; without
        fixed fees the cost is the least there is, and `least_cost` says so; the same whatever the order of `nets`.
    """
    if sum(nets.values()):
        message = f"the nets sum to {sum(nets.values())}"
        raise AssertionError(message)
    people = [member for member, net in nets.items() if net]
    if not people:
        return Cheapest((), 0, 0)
    told = [profiles.get(member, UNKNOWN) for member in people]
    known = [{profile[place] for profile in told} - {None} for place in range(len(UNKNOWN))]
    # A mark that costs nothing to cross tells nobody apart, and neither does one that all have who have any.
    matters = [any(fee) and len(each) > 1 for fee, each in zip(table.fees(), known, strict=True)]
    marks = {
        member: tuple([mark if counts else None for mark, counts in zip(profile, matters, strict=True)])
        for member, profile in zip(people, told, strict=True)
    }
    fees = [fee if counts else Fee(0, 0) for fee, counts in zip(table.fees(), matters, strict=True)]
    group = Group(
        {member: nets[member] for member in people},
        marks,
        fixed=[fee.fixed_minor * RATE_SCALE for fee in fees],
        rates=[fee.rate for fee in fees],
    )
    payments, least_cost = _plan(group, steps)
    listed = tuple(sorted([(*pair, amount) for pair, amount in payments.items()]))
    return Cheapest(listed, cost_of(listed, profiles, table), least_cost)


def _plan(group: Group, steps: int) -> tuple[Payments, int]:
    """Give the best plan found and what no plan can be cheaper than."""
    flow = group.flow(group.rates)
    plans = [group.plan(flow)]
    least_cost = flow.cost
    if any(group.fixed):
        levels = list_levels(group, steps=steps // 4)
        planning = PLAN_STEPS * len(group.members)
        steps -= steps // 4 + planning // 2
        least_cost = find_bound(group, flow, levels)
        for parts in dict.fromkeys([level.parts for level in levels if len(level.parts) > 1]):
            if steps < planning:
                break
            plans.append({pair: each for part in parts for pair, each in group.part(part).plan().items()})
            steps -= planning
    payments: Payments = min(plans, key=group.measure)
    if group.measure(payments) // len(group.nets) == least_cost:
        steps //= 10  # proven the cheapest; all that may be left to find is fewer payments
    payments, bound, spent = search_whole(group, payments, steps=steps // 2)
    # The measure is the cost times the people, and less than that much more.
    least_cost = max(least_cost, bound // len(group.nets))
    if bound < group.measure(payments):
        payments = improve(group, payments, steps=steps - spent)
    return remove_circles(payments, group.measure_payment), least_cost


def cost_of(payments: Iterable[tuple[int, int, int]], profiles: Mapping[int, Profile], table: CostTable) -> int:
    """Say what payments (payer, payee, minor units) cost, in minor units times RATE_SCALE."""
    cost = 0
    for payer, payee, amount in payments:
        fee = table.fee(profiles.get(payer, UNKNOWN), profiles.get(payee, UNKNOWN))
        cost += fee.fixed_minor * RATE_SCALE + amount * fee.rate
    return cost


def _differ(mark: str | None, other: str | None) -> bool:
    return mark is not None and other is not None and mark != other
