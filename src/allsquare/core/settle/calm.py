"""Keep a plan calm: who pays one proposed payment sees the others stay, and a new expense moves as little as it must.

Lemma L7 of `docs/algorithms/settling.md`: if one payment of an optimal plan is paid, the rest is optimal for what is
left. So a plan is kept, less what was paid of it, for as long as it settles the nets; and where it does not, those of
its payments that still settle whole groups among themselves are tried first.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from allsquare.core.settle.amounts import Amount, components, nets_of
from allsquare.core.settle.plan import CurrencyPlan, Plan, PlannedPayment


class FormerPlan(msgspec.Struct, frozen=True):
    """A plan that was shown or frozen before, asked for in the very way as now, and the settlements recorded since."""

    plan: Plan
    settled: tuple[PlannedPayment, ...]


class Left(msgspec.Struct, frozen=True):
    """What is left of a former plan in one currency.

    Shape: `paid` are the payments that were made in full since, and no longer among `payments`; `whole` tells that no
        other was paid in part.
    """

    payments: tuple[Amount, ...]
    found: CurrencyPlan
    paid: tuple[Amount, ...]
    whole: bool

    def settles(self, nets: Mapping[int, int]) -> bool:
        """Tell whether these payments, with what was rounded off and what is stuck, still give these nets exactly."""
        rounding = amounts_in(self.found.currency, self.found.rounding)
        given = nets_of([*self.payments, *rounding])
        for person, net in self.found.stuck:
            given[person] = given.get(person, 0) + net
        return {person: net for person, net in given.items() if net} == nets


def what_is_left(former: FormerPlan, currency: str) -> Left | None:
    """Take from a former plan what was paid of it since; None where it says nothing of this currency."""
    found = next((each for each in former.plan.currencies if each.currency == currency), None)
    if found is None:
        return None
    settled: dict[tuple[int, int], int] = {}
    for payer, payee, amount in amounts_in(currency, former.settled):
        settled[payer, payee] = settled.get((payer, payee), 0) + amount
    left: list[Amount] = []
    paid: list[Amount] = []
    whole = True
    for payment in amounts_in(currency, former.plan.payments):
        rest = payment.amount_minor - settled.get((payment.payer, payment.payee), 0)
        if rest <= 0:
            paid.append(payment)
        else:
            whole = whole and rest == payment.amount_minor
            left.append(payment._replace(amount_minor=rest))
    return Left(tuple(left), found, tuple(paid), whole)


def amounts_in(currency: str, payments: Iterable[PlannedPayment]) -> list[Amount]:
    """Pick the payments in one currency."""
    return [Amount(each.payer, each.payee, each.amount_minor) for each in payments if each.currency == currency]


def all_left(former: FormerPlan) -> list[PlannedPayment]:
    """List what is left to pay of a former plan, in every currency."""
    parts = [what_is_left(former, found.currency) for found in former.plan.currencies]
    return [
        PlannedPayment(payer, payee, part.found.currency, amount)
        for part in parts
        if part is not None
        for payer, payee, amount in part.payments
    ]


def standing(payments: Sequence[Amount], nets: Mapping[int, int]) -> list[Amount]:
    """Pick those former payments that still settle whole groups of people among themselves."""
    return [
        payment
        for together in components(payments)
        if all(net == nets.get(person, 0) for person, net in _balanced(together).items())
        for payment in together
    ]


def _balanced(payments: Sequence[Amount]) -> dict[int, int]:
    # Also those whom the payments pass by on balance, at zero.
    people = {person: 0 for payment in payments for person in payment[:2]}
    return {**people, **nets_of(payments)}
