"""Say over HTTP how an event settles: what is asked of a plan, what an event's plans keep to, and what a plan shows."""

from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from pydantic import Field

from allsquare.core.money import format_amount, parse_amount
from allsquare.core.settle.fees.cheapest import RATE_SCALE, CostTable, Fee
from allsquare.core.settle.plan import CurrencyCosts, Plan, PlannedPayment, PlanRequest
from allsquare.features.wire.decimals import parse_decimal, show_decimal
from allsquare.features.wire.fields import Count, Currency, MemberNumber, Money, MoneyOut, Percent, Wire
from allsquare.features.wire.json import JsonObject

STRATEGY_TEXT = (
    "fewest: the fewest payments. direct: each pair pays its own balance. cycle_free: only debts there are, without "
    "circles. familiar: few payments, between pairs who owe each other or who are listed. cheapest: least fees. "
    "hub: everybody settles with one member. Where it is missing: what the event settles by."
)
ROUND_TO_TEXT = "Whole units of so much, such as 1 or 0.05; the odd units are left aside. 0 asks for exact amounts."
PAIRS_TEXT = "Who may pay each other, either way; where it is missing, those who owe each other now."
LOCKED_TEXT = "Payments that must stay in the plan."
RATE_DECIMALS = 2
"""A rate counts hundredths of a per mille."""

StrategyName = Annotated[str, Field(min_length=1, max_length=40, description=STRATEGY_TEXT, examples=["fewest"])]
Pair = Annotated[list[MemberNumber], Field(min_length=2, max_length=2)]
Pairs = Annotated[list[Pair], Field(max_length=100_000, description=PAIRS_TEXT)]


class LockedIn(Wire):
    """A payment that must stay."""

    from_: MemberNumber = Field(alias="from", description="Who pays.", examples=[2])
    to: MemberNumber = Field(description="Who is paid.", examples=[1])
    amount: Money
    currency: Currency | None = Field(None, description="The event's, where it is missing.")


class SettleIn(Wire):
    """How to settle; what is missing is as the event settles."""

    strategy: StrategyName | None = None
    hub: MemberNumber | None = Field(None, description="With whom everybody settles, for the strategy hub.")
    round_to: Money | None = Field(None, description=ROUND_TO_TEXT)
    pairs: Pairs | None = None
    locked: list[LockedIn] = Field([], max_length=1_000, description=LOCKED_TEXT)


class FeeIn(Wire):
    """What a payment costs: a fixed fee, and so much per mille of it."""

    fixed: Money = "0"
    per_mille: Percent = "0"


class CostsIn(Wire):
    """What crossing costs in one currency: to another bank, to another country, into another currency."""

    currency: Currency | None = Field(None, description="The event's, where it is missing.")
    bank: FeeIn = FeeIn()
    country: FeeIn = FeeIn()
    exchange: FeeIn = FeeIn()


class SettleByIn(Wire):
    """What an event's plans keep to; what is missing is nothing special."""

    strategy: StrategyName | None = None
    hub: MemberNumber | None = Field(None, description="With whom everybody settles; else the first admin.")
    round_to: Money | None = Field(None, description=ROUND_TO_TEXT)
    pairs: Pairs | None = None
    costs: list[CostsIn] = Field([], max_length=200, description="What payments cost, for the strategy cheapest.")


class FeeOut(Wire):
    """What a payment costs."""

    fixed: MoneyOut
    per_mille: str


class CostsOut(Wire):
    """What crossing costs in one currency."""

    currency: str
    bank: FeeOut
    country: FeeOut
    exchange: FeeOut


class SettleByOut(Wire):
    """What an event's plans keep to."""

    strategy: str | None
    hub: MemberNumber | None
    round_to: str | None
    pairs: list[list[MemberNumber]] | None
    costs: list[CostsOut]


class PaymentOut(Wire):
    """One proposed payment."""

    from_: MemberNumber = Field(alias="from", serialization_alias="from")
    to: MemberNumber
    amount: MoneyOut
    currency: str


class StuckOut(Wire):
    """Somebody whom the allowed pairs leave unsettled: + is still owed, − still owes."""

    member: MemberNumber
    amount: MoneyOut
    currency: str


class FeesOut(Wire):
    """What a plan's payments cost in one currency, and what no plan can cost less than."""

    currency: str
    cost: MoneyOut
    least_possible: MoneyOut


class PlanBody(Wire):
    """Payments, what is proven of them, and what they leave aside."""

    strategy: Literal["fewest", "direct", "cycle_free", "familiar", "cheapest", "hub"]
    optimal: bool = Field(
        description="Proven: none of its kind does better by payments (cycle_free: by money moved; cheapest: by fees)."
    )
    fewest_possible: Count = Field(description="Proven: no such plan needs fewer payments.")
    payments: list[PaymentOut]
    rounding: list[PaymentOut] = Field(description="Odd units left aside; once frozen, booked with the last payment.")
    stuck: list[StuckOut]
    fees: list[FeesOut]


def request_of(body: SettleIn, currency: str) -> PlanRequest:
    """Read what is asked of a plan; raises the errors of `core.money`, with their fields."""
    return PlanRequest(
        strategy=body.strategy,
        hub=body.hub,
        round_to=body.round_to,
        pairs=_pairs(body.pairs),
        locked=tuple(
            [
                PlannedPayment(
                    one.from_,
                    one.to,
                    one.currency or currency,
                    parse_amount(one.amount, one.currency or currency, field=f"locked.{index}.amount"),
                )
                for index, one in enumerate(body.locked)
            ]
        ),
    )


def setting_of(body: SettleByIn | None, currency: str) -> PlanRequest:
    """Read what an event's plans shall keep to; raises the errors of `core.money` and DecimalInvalid."""
    if body is None:
        return PlanRequest()
    costs = tuple([costs_of(each, currency, field=f"settle_by.costs.{index}") for index, each in enumerate(body.costs)])
    return PlanRequest(body.strategy, body.hub, body.round_to, _pairs(body.pairs), costs or None)


def costs_of(costs: CostsIn, currency: str, *, field: str) -> CurrencyCosts:
    """Read what payments in a currency cost; raises the errors of `core.money` and DecimalInvalid."""
    chosen = costs.currency or currency
    fees = (("bank", costs.bank), ("country", costs.country), ("exchange", costs.exchange))
    return CurrencyCosts(chosen, CostTable(*[_fee(fee, chosen, field=f"{field}.{name}") for name, fee in fees]))


def _pairs(pairs: list[list[int]] | None) -> tuple[tuple[int, int], ...] | None:
    return None if pairs is None else tuple(sorted({(min(pair), max(pair)) for pair in pairs}))


def _fee(fee: FeeIn, currency: str, *, field: str) -> Fee:
    fixed = parse_amount(fee.fixed, currency, field=f"{field}.fixed")
    return Fee(fixed, parse_decimal(fee.per_mille, RATE_DECIMALS, field=f"{field}.per_mille"))


def show_setting(setting: PlanRequest | None) -> JsonObject | None:
    """Show what an event's plans keep to; None where that is nothing special."""
    if setting is None:
        return None
    return {
        "strategy": setting.strategy,
        "hub": setting.hub,
        "round_to": setting.round_to,
        "pairs": None if setting.pairs is None else [list(pair) for pair in setting.pairs],
        "costs": [
            {
                "currency": each.currency,
                "bank": _show_fee(each.table.bank, each.currency),
                "country": _show_fee(each.table.country, each.currency),
                "exchange": _show_fee(each.table.currency, each.currency),
            }
            for each in setting.costs or ()
        ],
    }


def _show_fee(fee: Fee, currency: str) -> JsonObject:
    return {"fixed": format_amount(fee.fixed_minor, currency), "per_mille": show_decimal(fee.rate, RATE_DECIMALS)}


def show_payments(payments: Iterable[PlannedPayment]) -> list[JsonObject]:
    """Show proposed payments as the API does."""
    return [
        {"from": payer, "to": payee, "amount": format_amount(amount, currency), "currency": currency}
        for payer, payee, currency, amount in payments
    ]


def show_plan_by_name(plan: Plan, name_of: Callable[[int], str]) -> JsonObject:
    """Show a plan with people by name."""
    shown = show_plan(plan)
    for line in (*shown["payments"], *shown["rounding"]):
        line |= {"from": name_of(line["from"]), "to": name_of(line["to"])}
    shown["stuck"] = [{"name": name_of(each.pop("member")), **each} for each in shown["stuck"]]
    return shown


def show_plan(plan: Plan) -> JsonObject:
    """Show a plan as the API does; costs are rounded up to minor units."""
    return {
        "strategy": plan.strategy,
        "optimal": plan.optimal,
        "fewest_possible": plan.fewest_possible,
        "payments": show_payments(plan.payments),
        "rounding": [line for found in plan.currencies for line in show_payments(found.rounding)],
        "stuck": [
            {"member": member, "amount": format_amount(net, found.currency), "currency": found.currency}
            for found in plan.currencies
            for member, net in found.stuck
        ],
        "fees": [
            {
                "currency": found.currency,
                "cost": format_amount(-(-found.cost // RATE_SCALE), found.currency),
                "least_possible": format_amount(-(-found.least_cost // RATE_SCALE), found.currency),
            }
            for found in plan.currencies
            if found.cost is not None and found.least_cost is not None
        ],
    }
