"""Define what requests about direct expenses hold, and what their answers look like."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from allsquare.core.text import MAX_CATEGORY, MAX_DESCRIPTION, MAX_NOTES
from allsquare.features.expenses.schemas import ExpenseOut
from allsquare.features.wire.fields import Currency, Day, MemberNumber, Money, Percent, Weight, Wire

ASHA, BEN = "0199aa10-5c00-7000-8000-0000000000a1", "0199aa10-5c00-7000-8000-0000000000b2"


class PaidIn(Wire):
    """Who paid how much."""

    user_id: UUID = Field(examples=[ASHA])
    amount: Money


class PartIn(Wire):
    """One user's part of a split: an amount, a percentage or a weight, as the split's type has it."""

    user_id: UUID = Field(examples=[BEN])
    amount: Money | None = None
    percent: Percent | None = None
    weight: Weight | None = None


class DirectSplitIn(Wire):
    """How the total is shared among users."""

    type: Literal["equal", "exact", "percentage", "shares"] = Field(examples=["equal"])
    shares: list[PartIn] = Field([], max_length=50, description="One for each who takes part; none for `equal`.")


class DirectExpenseIn(Wire):
    """An expense of users without an event; a negative amount is a refund."""

    id: UUID | None = Field(None, description="A UUIDv7 made by the client, for offline use.")
    participants: list[UUID] = Field(
        min_length=1, max_length=50, description="With whom; you are always one of them.", examples=[[BEN]]
    )
    description: str = Field(min_length=1, max_length=MAX_DESCRIPTION, examples=["Lunch"])
    amount: Money
    currency: Currency
    date: Day | None = Field(None, description="Today (UTC), where it is missing.")
    paid_by: UUID | list[PaidIn] | None = Field(None, description="You, where it is missing.", examples=[ASHA])
    split: DirectSplitIn = Field(DirectSplitIn(type="equal"), examples=[{"type": "equal"}], validate_default=True)
    category: str | None = Field(None, max_length=MAX_CATEGORY)
    notes: str | None = Field(None, max_length=MAX_NOTES)


class DirectMember(Wire):
    """Which member of the ledger a user is."""

    member: MemberNumber
    user_id: UUID | None
    name: str = Field(examples=["Ben"])


class DirectExpenseOut(Wire):
    """A direct expense, and who is who in its ledger, whose balances and settlements are those of its `event_id`."""

    expense: ExpenseOut
    members: list[DirectMember]
