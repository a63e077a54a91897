"""Plan for anybody: names and nets in, payments out, without an event and without a trace."""

from typing import Annotated

from fastapi import Query
from pydantic import Field

from allsquare.core.commands.members import check_profile
from allsquare.core.errors import InvalidInput
from allsquare.core.money import exponent, parse_amount
from allsquare.core.settle.amounts import Amount, nets_of
from allsquare.core.settle.anybody import NetsUnbalanced, People, check_nets
from allsquare.core.settle.asking import LockedInvalid, check_asked, complete
from allsquare.core.settle.one_currency import BY_PAYMENT
from allsquare.core.settle.plan import PlannedPayment, PlanRequest
from allsquare.core.settle.plans import STEPS_PER_MS, Basis, plan_payments
from allsquare.features.events.schemas import PaymentDetails
from allsquare.features.events.settling import (
    LOCKED_TEXT,
    PAIRS_TEXT,
    ROUND_TO_TEXT,
    STRATEGY_TEXT,
    CostsIn,
    FeesOut,
    costs_of,
    show_plan,
)
from allsquare.features.identity.call import CallContext
from allsquare.features.wire.api import WRITE, JsonObject, Response, json_response, routes
from allsquare.features.wire.fields import Count, Currency, Money, MoneyOut, Wire

router = routes("/plans", "plans")
PersonName = Annotated[str, Field(min_length=1, max_length=100)]


class NetsMissing(InvalidInput):
    """A plan needs nets, or the debts they come from."""

    code = "plan.nets_missing"
    title = "There is nothing to plan"


class NamedAmount(Wire):
    """Somebody pays or owes somebody else."""

    from_: PersonName = Field(alias="from", serialization_alias="from")
    to: PersonName
    amount: Money


class PlanIn(Wire):
    """People and what they are owed (+) or owe (−), and how to settle it."""

    currency: Currency
    nets: dict[PersonName, Money] | None = Field(None, examples=[{"Ann": "12.50", "Bob": "-12.50"}])
    debts: list[NamedAmount] | None = Field(
        None, max_length=100_000, description="Who owes whom, instead of nets; what direct and cycle_free keep to."
    )
    strategy: str | None = Field(None, min_length=1, max_length=40, description=STRATEGY_TEXT, examples=["fewest"])
    hub: PersonName | None = None
    round_to: Money | None = Field(None, description=ROUND_TO_TEXT)
    pairs: list[Annotated[list[PersonName], Field(min_length=2, max_length=2)]] | None = Field(
        None, max_length=100_000, description=PAIRS_TEXT
    )
    locked: list[NamedAmount] = Field([], max_length=1_000, description=LOCKED_TEXT)
    costs: CostsIn | None = Field(None, description="What payments cost, for the strategy cheapest.")
    payment: dict[PersonName, PaymentDetails] = Field({}, description="Where somebody's money lies.")


class NamedPaymentOut(Wire):
    """One proposed payment."""

    from_: str = Field(alias="from", serialization_alias="from")
    to: str
    amount: MoneyOut
    currency: str


class NamedStuckOut(Wire):
    """Somebody whom the allowed pairs leave unsettled."""

    name: str
    amount: MoneyOut
    currency: str


class NamedPlanOut(Wire):
    """A plan, by names."""

    currency: str
    strategy: str
    optimal: bool
    fewest_possible: Count
    payments: list[NamedPaymentOut]
    rounding: list[NamedPaymentOut]
    stuck: list[NamedStuckOut]
    fees: list[FeesOut]


class NamedPlan:
    """A plan for anybody on its way: people by name, turned into numbers, planned, and turned back."""

    def __init__(self, body: PlanIn) -> None:
        """Read what was asked.

        Raises: NetsMissing, NetsUnbalanced, the errors of `core.money`, what `People` and `check_asked` raise.
        """
        self.currency = currency = body.currency
        exponent(currency)
        if body.nets is None and body.debts is None:
            detail = 'Give nets, such as {"Ann": "12.50", "Bob": "-12.50"}, or the debts they come from.'
            raise NetsMissing(detail, field="nets")
        listed = (
            body.nets
            if body.nets is not None
            else {each: "" for one in body.debts or () for each in (one.from_, one.to)}
        )
        self.people = People(listed)
        debts = self._amounts(body.debts or [], field="debts")
        pairs = _net_pairs(debts, currency)
        nets = nets_of(debts) if body.nets is None else self._nets(body.nets)
        if (
            body.nets is not None
            and body.debts is not None
            and nets_of(debts) != {n: net for n, net in nets.items() if net}
        ):
            detail = "The debts come to other nets than those given."
            raise NetsUnbalanced(detail, field="debts")
        self.request = complete(self._asked(body), None, simplify=True)
        check_asked(self.request, currency)
        strategy = self.request.strategy
        if body.debts is None and (strategy in BY_PAYMENT or (strategy == "familiar" and body.pairs is None)):
            detail = f"The strategy {strategy} keeps to debts there are: give debts, such as from Bob to Ann 12.50."
            raise NetsMissing(detail, field="debts")
        profiles = {self._number(name, "payment"): check_profile(each.profile()) for name, each in body.payment.items()}
        self.basis = Basis(nets={currency: nets}, pairs=pairs, profiles=profiles)

    def plan(self, steps: int) -> JsonObject:
        """Make the plan and show it by names."""
        shown = show_plan(plan_payments(self.request, self.basis, steps=steps))
        for line in (*shown["payments"], *shown["rounding"]):
            line |= {"from": self.people.name(line["from"]), "to": self.people.name(line["to"])}
        shown["stuck"] = [{"name": self.people.name(each.pop("member")), **each} for each in shown["stuck"]]
        return {"currency": self.currency, **shown}

    def _number(self, name: str, field: str) -> int:
        return self.people.number(name, field=field)

    def _nets(self, given: dict[str, str]) -> dict[int, int]:
        named = {name: parse_amount(text, self.currency, field=f"nets.{name}") for name, text in given.items()}
        check_nets(named, self.currency)
        return {self._number(name, "nets"): net for name, net in named.items()}

    def _amounts(self, given: list[NamedAmount], *, field: str) -> list[Amount]:
        return [
            Amount(
                self._number(one.from_, f"{field}.{index}.from"),
                self._number(one.to, f"{field}.{index}.to"),
                parse_amount(one.amount, self.currency, field=f"{field}.{index}.amount"),
            )
            for index, one in enumerate(given)
        ]

    def _asked(self, body: PlanIn) -> PlanRequest:
        pairs = None
        if body.pairs is not None:
            pairs = tuple([(self._number(one, "pairs"), self._number(other, "pairs")) for one, other in body.pairs])
        return PlanRequest(
            strategy=body.strategy,
            hub=None if body.hub is None else self._number(body.hub, "hub"),
            round_to=body.round_to,
            pairs=pairs,
            costs=None if body.costs is None else (costs_of(body.costs, self.currency, field="costs"),),
            locked=tuple(
                [
                    PlannedPayment(payer, payee, self.currency, amount)
                    for payer, payee, amount in self._amounts(body.locked, field="locked")
                ]
            ),
        )


def _net_pairs(debts: list[Amount], currency: str) -> dict[tuple[int, int, str], int]:
    pairs: dict[tuple[int, int, str], int] = {}
    for debtor, creditor, amount in debts:
        low, high, owed = (debtor, creditor, amount) if debtor < creditor else (creditor, debtor, -amount)
        if amount <= 0 or low == high:
            detail = "A debt is an amount above zero between two people."
            raise LockedInvalid(detail, field="debts", expected="an amount above zero between two")
        pairs[low, high, currency] = pairs.get((low, high, currency), 0) + owed
    return pairs


@router.post("", response_model=NamedPlanOut, responses=WRITE)
async def make_named_plan(
    body: PlanIn,
    call: CallContext,
    budget_ms: Annotated[
        int, Query(ge=1, le=1_000, description="How long to look for a better plan, counted as work.")
    ] = 200,
) -> Response:
    """Make a plan for anybody: nets by name in, payments out. Nothing is recorded."""
    named = NamedPlan(body)
    return json_response(await call.services.aside.run(lambda: named.plan(budget_ms * STEPS_PER_MS)))
