"""Read what is asked of a plan: fill in what is not said, and refuse what could not be planned for anybody."""

from collections.abc import Iterator

from allsquare.core.errors import InvalidInput
from allsquare.core.money import MAX_AMOUNT_MINOR, AmountOutOfBounds, exponent, format_amount
from allsquare.core.settle.fees.cheapest import RATE_SCALE
from allsquare.core.settle.one_currency import BY_PAYMENT
from allsquare.core.settle.plan import CurrencyCosts, PlannedPayment, PlanRequest
from allsquare.core.settle.rounding import parse_unit
from allsquare.core.settle.strategies import SOLVERS

STRATEGIES = tuple(SOLVERS)


class StrategyUnknown(InvalidInput):
    """There is no such way to make a plan."""

    code = "plan.strategy_unknown"
    title = "There is no such strategy"


class FeeInvalid(InvalidInput):
    """A fee is nothing or more, at most the whole payment, and told once a currency."""

    code = "plan.fee_invalid"
    title = "That is no fee"


class PairInvalid(InvalidInput):
    """A pair is two different members."""

    code = "plan.pair_invalid"
    title = "That is no pair"


class LockedInvalid(InvalidInput):
    """A payment that must stay moves an amount above zero, between two members."""

    code = "plan.locked_invalid"
    title = "A locked payment is not a payment"


def usual_strategy(*, simplify: bool) -> str:
    """Name the strategy of an event that was asked for none: a simplified one lets people pay whom they never owed."""
    return "fewest" if simplify else "direct"


def complete(asked: PlanRequest, setting: PlanRequest | None, *, simplify: bool) -> PlanRequest:
    """Fill in, from what the event settles by, all that is not asked."""
    usual = setting or PlanRequest()
    return PlanRequest(
        strategy=asked.strategy or usual.strategy or usual_strategy(simplify=simplify),
        hub=asked.hub or usual.hub,
        round_to=asked.round_to or usual.round_to,
        pairs=usual.pairs if asked.pairs is None else asked.pairs,
        costs=usual.costs if asked.costs is None else asked.costs,
        locked=asked.locked,
    )


def needs_debts(request: PlanRequest) -> bool:
    """Tell whether plans asked for like this keep to the debts there are, and not to nets alone."""
    return request.strategy in BY_PAYMENT or (request.strategy == "familiar" and request.pairs is None)


def people_named(request: PlanRequest) -> Iterator[tuple[str, int]]:
    """List every person a request names, with the field that does."""
    if request.hub is not None:
        yield "hub", request.hub
    for pair in request.pairs or ():
        yield from (("pairs", person) for person in pair)
    for payment in request.locked:
        yield from (("locked", person) for person in payment[:2])


def check_asked(request: PlanRequest, currency: str) -> None:
    """Refuse a way to settle that names a strategy, a unit, pairs, payments or fees there cannot be.

    Raises: StrategyUnknown, PairInvalid, LockedInvalid, AmountOutOfBounds, CurrencyUnknown, FeeInvalid, what
        `rounding.parse_unit` raises.
    """
    if request.strategy is not None and request.strategy not in SOLVERS:
        detail = f"There is no strategy {request.strategy!r}; there are {', '.join(STRATEGIES)}."
        expected = " | ".join(STRATEGIES)
        raise StrategyUnknown(detail, field="strategy", expected=expected, actual=request.strategy)
    parse_unit(request.round_to, currency)
    for pair in request.pairs or ():
        if pair[0] == pair[1]:
            detail = "A pair is two different people; one of them is paired with themselves."
            raise PairInvalid(detail, field="pairs", expected="two different people", actual=str(pair[0]))
    for payment in request.locked:
        _check_locked(payment)
    seen: set[str] = set()
    for costs in request.costs or ():
        _check_costs(costs, seen)


def _check_locked(payment: PlannedPayment) -> None:
    exponent(payment.currency, field="locked")
    given = format_amount(payment.amount_minor, payment.currency)
    if payment.amount_minor <= 0 or payment.payer == payment.payee:
        detail = f"A locked payment moves an amount above zero between two people; one is of {given}, or to oneself."
        raise LockedInvalid(detail, field="locked", expected="an amount above zero between two", actual=given)
    if payment.amount_minor > MAX_AMOUNT_MINOR:
        limit = format_amount(MAX_AMOUNT_MINOR, payment.currency)
        detail = f"A locked payment of {given} is too large, at most {limit} is allowed."
        raise AmountOutOfBounds(detail, field="locked", expected=limit, actual=given)


def _check_costs(costs: CurrencyCosts, seen: set[str]) -> None:
    exponent(costs.currency, field="costs")
    if costs.currency in seen:
        detail = f"The costs in {costs.currency} are given twice."
        raise FeeInvalid(detail, field="costs", expected="each currency once", actual=costs.currency)
    seen.add(costs.currency)
    for fee in costs.table.fees():
        if not 0 <= fee.fixed_minor <= MAX_AMOUNT_MINOR or not 0 <= fee.rate <= RATE_SCALE:
            given = f"{format_amount(fee.fixed_minor, costs.currency)} and {fee.rate * 10} per million"
            detail = (
                f"A fixed fee is nothing or more, and a rate 0 to 1000 per mille; one in {costs.currency} is {given}."
            )
            raise FeeInvalid(detail, field="costs", expected="0 or more", actual=given)
