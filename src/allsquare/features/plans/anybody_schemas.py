"""Define what a plan for anybody is asked by, and what it looks like: people by name."""

from typing import Annotated

from pydantic import Field

from allsquare.features.events.schemas import PaymentDetails
from allsquare.features.events.settling import (
    LOCKED_TEXT,
    PAIRS_TEXT,
    ROUND_TO_TEXT,
    STRATEGY_TEXT,
    CostsIn,
    FeesOut,
)
from allsquare.features.wire.fields import Count, Currency, Money, MoneyOut, Wire

PersonName = Annotated[str, Field(min_length=1, max_length=100)]


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
