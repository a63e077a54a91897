"""Make plans: payments that bring every position to zero, proposed and never debts until paid.

Currencies never mix: each is planned by itself. `strategies.py` settles the nets of one of them; what is asked beside
the strategy happens here: payments that must stay are taken out first, whole units are made, and a former plan is kept
for as long as it settles the nets. `docs/algorithms/settling.md` has the proofs and worked numbers.
"""

from collections.abc import Mapping

import msgspec

from allsquare.core.settle.calm import FormerPlan
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.core.settle.one_currency import OneCurrency, plan_currency
from allsquare.core.settle.plan import Plan, PlannedPayment, PlanRequest

STEPS_PER_MS = 1_000
"""A budget given as time is counted as work, so that it buys the same plan on every machine and on every try."""

USUAL_STEPS = 200 * STEPS_PER_MS

Pairs = Mapping[tuple[int, int, str], int]


class Basis(msgspec.Struct, frozen=True):
    """What the plans of an event rest on.

    Units: minor units. Shape: `nets` by currency and member, summing to zero per currency; `pairs` as in `core.event`,
        with the same nets; `treasurer` is the hub where none is named.
    """

    nets: Mapping[str, Mapping[int, int]]
    pairs: Pairs = {}
    profiles: Mapping[int, Profile] = {}
    treasurer: int = 1


def plan_payments(
    request: PlanRequest, basis: Basis, *, former: FormerPlan | None = None, steps: int = USUAL_STEPS
) -> Plan:
    """Propose payments as asked for; `request` is complete and was checked by `asking`.

    Units: minor units; `steps` of work, shared by the currencies, after which the best found is given.
    Ensures: once all are paid, every net is zero but for `rounding` and `stuck`; no amount is zero; at most one payment
        per payer, payee and currency. The same input gives the same plan.
    Raises: what `rounding.parse_unit` raises.
    """
    nets = _by_currency(basis, request)
    planned = [
        plan_currency(
            OneCurrency(
                currency,
                nets[currency],
                _debts_in(currency, basis.pairs),
                request,
                request.hub or basis.treasurer,
                basis.profiles,
                steps // len(nets),
            ),
            former,
        )
        for currency in sorted(nets)
    ]
    payments = [PlannedPayment(*payment[:2], found.currency, payment[2]) for paid, found in planned for payment in paid]
    return Plan(request.strategy or "", tuple(payments), tuple([found for _, found in planned]))


def _by_currency(basis: Basis, request: PlanRequest) -> dict[str, dict[int, int]]:
    """Give the nets that are not zero, for every currency in which there is anything to pay."""
    nets = {
        currency: {person: net for person, net in by_person.items() if net}
        for currency, by_person in basis.nets.items()
    }
    owing = {currency for (_, _, currency), owed in basis.pairs.items() if owed}
    locked = {payment.currency for payment in request.locked}
    busy = owing | locked | {currency for currency, by_person in nets.items() if by_person}
    return {currency: nets.get(currency, {}) for currency in busy}


def _debts_in(currency: str, pairs: Pairs) -> dict[tuple[int, int], int]:
    """Turn pair balances in one currency into debts by debtor and creditor."""
    return {
        (low, high) if owed > 0 else (high, low): abs(owed)
        for (low, high, each), owed in pairs.items()
        if owed and each == currency
    }
