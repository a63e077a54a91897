"""Define what the answer about a user's balances looks like."""

from uuid import UUID

from pydantic import Field

from allsquare.features.wire.fields import MoneyOut, Wire

EXAMPLE_USER = "019302a1-7c00-7000-8000-0000000000a5"
EXAMPLE_EVENT = "019302a1-7c00-7000-8000-00000000c0de"


class OtherOut(Wire):
    """Somebody one shares with: a user, or a member of one event who has no account."""

    name: str = Field(examples=["Ben"])
    user_id: UUID | None = Field(examples=[EXAMPLE_USER])
    event_id: UUID | None = Field(description="The only event they are in, without an account.", examples=[None])
    member: int | None = Field(examples=[None])


class EventShareOut(Wire):
    """What of it comes from one event."""

    event_id: UUID = Field(examples=[EXAMPLE_EVENT])
    name: str = Field(examples=["Goa trip"])
    net: MoneyOut


class PersonBalanceOut(Wire):
    """What stands between the user and one person in one currency; above zero: they owe the user."""

    person: OtherOut
    currency: str = Field(examples=["INR"])
    net: MoneyOut
    events: list[EventShareOut]


class CurrencyTotalOut(Wire):
    """All of it in one currency."""

    currency: str = Field(examples=["INR"])
    you_owe: MoneyOut
    you_are_owed: MoneyOut
    net: MoneyOut


class UserBalancesOut(Wire):
    """What a user owes and is owed over all events."""

    user_id: UUID = Field(examples=[EXAMPLE_USER])
    totals: list[CurrencyTotalOut]
    items: list[PersonBalanceOut]
    next_cursor: str | None
