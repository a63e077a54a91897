"""Define what requests about expenses hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from allsquare.core.text import MAX_CATEGORY, MAX_DESCRIPTION, MAX_NOTES
from allsquare.features.wire.fields import (
    Count,
    Currency,
    Day,
    MemberNumber,
    Money,
    MoneyOut,
    Percent,
    PersonOut,
    Weight,
    Wire,
)

Among = Annotated[
    list[MemberNumber],
    Field(
        description="Who takes part; nobody listed means all active members. The order matters only for the odd unit."
    ),
]


class AmountOf(Wire):
    """A member with an amount."""

    member: MemberNumber
    amount: Money


class PercentOf(Wire):
    """A member with a percentage."""

    member: MemberNumber
    percent: Percent


class WeightOf(Wire):
    """A member with a weight."""

    member: MemberNumber
    weight: Weight


class EqualIn(Wire):
    """Everybody the same."""

    type: Literal["equal"]
    among: Among = Field(default_factory=list)


class ExactIn(Wire):
    """Each one the amount given; they must sum to the total."""

    type: Literal["exact"]
    shares: list[AmountOf]


class PercentageIn(Wire):
    """Each one their percentage; they must sum to 100."""

    type: Literal["percentage"]
    shares: list[PercentOf]


class SharesIn(Wire):
    """Each one in proportion to their weight."""

    type: Literal["shares"]
    shares: list[WeightOf]


class AdjustmentIn(Wire):
    """The rest is split equally, then each one is adjusted."""

    type: Literal["adjustment"]
    among: Among = Field(default_factory=list)
    adjustments: list[AmountOf] = Field(default_factory=list)


class ItemIn(Wire):
    """One line of a bill."""

    name: str = Field("", max_length=MAX_DESCRIPTION)
    amount: Money
    among: list[MemberNumber]


class ItemizedIn(Wire):
    """A bill by its lines; items + tax + tip − discount must be the total."""

    type: Literal["itemized"]
    items: list[ItemIn]
    tax: Money = "0"
    tip: Money = "0"
    discount: Money = "0"


SplitIn = Annotated[
    EqualIn | ExactIn | PercentageIn | SharesIn | AdjustmentIn | ItemizedIn, Field(discriminator="type")
]


class ExpenseIn(Wire):
    """An expense; a negative amount is a refund."""

    id: UUID | None = Field(None, description="A UUIDv7 made by the client, for offline use.")
    description: str = Field(min_length=1, max_length=MAX_DESCRIPTION, examples=["Dinner"])
    amount: Money
    currency: Currency | None = Field(None, description="The event's, where it is missing.")
    date: Day | None = Field(None, description="Today (UTC), where it is missing.")
    paid_by: MemberNumber | list[AmountOf] = Field(
        description="Who paid: a member, or several with their amounts, which must sum to the total.", examples=[1]
    )
    split: SplitIn = Field(
        EqualIn(type="equal"),
        description="Where it is missing: among all active members, by their weights (usually all alike).",
        examples=[{"type": "equal"}],
        validate_default=True,
    )
    category: str | None = Field(None, max_length=MAX_CATEGORY)
    notes: str | None = Field(None, max_length=MAX_NOTES)


class ExpenseRevision(ExpenseIn):
    """The whole content of an expense, anew; `id`, where sent, must be the one in the path."""


class BatchLine(ExpenseIn):
    """One expense of a batch."""

    idempotency_key: str | None = Field(None, min_length=1, max_length=255, pattern="^[!-~]{1,255}$")


class AmountOfOut(Wire):
    """A member with an amount."""

    member: MemberNumber
    amount: MoneyOut


class ExpenseOut(Wire):
    """An expense as it stands; `split` is the rule as given, `shares` what it came to."""

    id: UUID
    event_id: UUID
    version: Count
    seq: Count
    description: str
    amount: MoneyOut
    currency: str
    date: Day
    category: str | None
    notes: str | None
    paid_by: list[AmountOfOut]
    split: SplitIn
    shares: list[AmountOfOut]
    inferred: bool = Field(description="True where an import could not know who paid and consumed how much.")
    import_id: UUID | None
    created_at: datetime
    updated_at: datetime
    created_by: PersonOut
    deleted: bool


class ExpensePage(Wire):
    """A page of expenses, newest first."""

    items: list[ExpenseOut]
    next_cursor: str | None


class FieldChange(Wire):
    """What a version changed."""

    field: str
    from_: object = Field(alias="from")
    to: object


class HistoryItem(Wire):
    """One version of an expense: who made it, when, and what it changed."""

    version: Count
    seq: Count
    at: datetime
    by: PersonOut
    change: Literal["created", "revised", "deleted", "restored"]
    expense: ExpenseOut
    diff: list[FieldChange]


class HistoryOut(Wire):
    """All versions, oldest first."""

    items: list[HistoryItem]
    next_cursor: None = None


class BatchResult(Wire):
    """The answer to one line of a batch: an expense or a problem."""

    status: Count
    replayed: bool | None = Field(
        None, description="True where the line was recorded before; under a key of the whole batch its header says so."
    )
    expense: ExpenseOut | None = None
    problem: dict[str, object] | None = None


class BatchOut(Wire):
    """The answers, in the order of the lines."""

    results: list[BatchResult]
