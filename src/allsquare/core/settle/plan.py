"""Say what a plan is: what was asked for, the payments proposed, and what is proven of them.

These are values that travel: a frozen plan stands in the journal, a kept one beside it, and both are read by whoever
shows, explains or pays a plan. How plans are made is told in `plans.py`.
"""

from typing import Literal, NamedTuple

import msgspec

from allsquare.core.settle.fees.cheapest import CostTable

Strategy = Literal["fewest", "direct", "cycle_free", "familiar", "cheapest", "hub"]


class PlannedPayment(NamedTuple):
    """One proposed payment of a plan."""

    payer: int
    payee: int
    currency: str
    amount_minor: int


class CurrencyCosts(NamedTuple):
    """What crossing a bank, a country or a currency costs when paying in this currency."""

    currency: str
    table: CostTable


class PlanRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is asked of a plan, or what an event settles by when nothing else is asked; None is not said.

    Units: `round_to` is a decimal in major units, of each currency alike; "0" asks for exact amounts.
    Shape: `pairs` are those who may pay each other, either way; `locked` are payments that must stay in the plan.
    """

    strategy: str | None = None
    hub: int | None = None
    round_to: str | None = None
    pairs: tuple[tuple[int, int], ...] | None = None
    costs: tuple[CurrencyCosts, ...] | None = None
    locked: tuple[PlannedPayment, ...] = ()


class CurrencyPlan(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is proven and left over in one currency of a plan.

    Units: `cost` and `least_cost` in minor units times `cheapest.RATE_SCALE`; the rest in minor units.
    Shape: `rounding` are the odd units that the payments leave aside, as payments that would settle them; `stuck` is
        what the allowed pairs cannot settle, by member.
    Ensures: `fewest_possible` and `least_cost` are proven: no plan that keeps to the request does with less.
    """

    currency: str
    optimal: bool
    fewest_possible: int
    rounding: tuple[PlannedPayment, ...] = ()
    stuck: tuple[tuple[int, int], ...] = ()
    cost: int | None = None
    least_cost: int | None = None


class Plan(msgspec.Struct, frozen=True):
    """Proposed payments, sorted by currency, payer and payee; never debts until they are paid.

    Ensures: in each currency the payments, `rounding` and `stuck` give every net exactly.
    """

    strategy: str
    payments: tuple[PlannedPayment, ...]
    currencies: tuple[CurrencyPlan, ...]

    @property
    def optimal(self) -> bool:
        """Tell whether it is proven, in every currency, that no plan of its kind is better by what it minimises."""
        return all(each.optimal for each in self.currencies)

    @property
    def fewest_possible(self) -> int:
        """Give a proven lower bound of the number of payments."""
        return sum([each.fewest_possible for each in self.currencies])
