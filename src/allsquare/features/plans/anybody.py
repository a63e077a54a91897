"""Plan for anybody: names and nets in, payments out, without an event and without a trace."""

from typing import Annotated

from fastapi import Query

from allsquare.core.commands.members import check_profile
from allsquare.core.errors import InvalidInput
from allsquare.core.money import exponent, parse_amount
from allsquare.core.settle.amounts import Amount, nets_of
from allsquare.core.settle.anybody import NetsUnbalanced, People, check_nets, net_pairs
from allsquare.core.settle.asking import check_asked, complete, needs_debts
from allsquare.core.settle.plan import PlannedPayment, PlanRequest
from allsquare.core.settle.plans import STEPS_PER_MS, Basis, plan_payments
from allsquare.features.events.settling import costs_of, show_plan_by_name
from allsquare.features.identity.call import CallContext
from allsquare.features.plans.anybody_schemas import NamedAmount, NamedPlanOut, PlanIn
from allsquare.features.wire.api import WRITE, JsonObject, Response, json_response, routes

router = routes("/plans", "plans")


class NetsMissing(InvalidInput):
    """A plan needs nets, or the debts they come from."""

    code = "plan.nets_missing"
    title = "There is nothing to plan"


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
        pairs = net_pairs(debts, currency)
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
        if body.debts is None and needs_debts(self.request):
            detail = (
                f"The strategy {self.request.strategy} keeps to debts there are: give debts, such as Bob to Ann 12.50."
            )
            raise NetsMissing(detail, field="debts")
        profiles = {self._number(name, "payment"): check_profile(each.profile()) for name, each in body.payment.items()}
        self.basis = Basis(nets={currency: nets}, pairs=pairs, profiles=profiles)

    def plan(self, steps: int) -> JsonObject:
        """Make the plan and show it by names."""
        plan = plan_payments(self.request, self.basis, steps=steps)
        return {"currency": self.currency, **show_plan_by_name(plan, self.people.name)}

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
