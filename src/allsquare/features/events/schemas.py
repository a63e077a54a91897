"""Define what requests about events hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from allsquare.core.entry import EventKind, MemberRole
from allsquare.core.text import MAX_NAME
from allsquare.features.wire.fields import Count, Currency, MemberNumber, MoneyOut, Wire

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class MemberIn(Wire):
    """Somebody who joins."""

    name: Name = Field(examples=["Dia"])


class EventIn(Wire):
    """A new event."""

    id: UUID | None = Field(None, description="A UUIDv7 made by the client, for offline use.")
    name: Name = Field(examples=["Goa trip"])
    kind: EventKind = "other"
    currency: Currency = Field(examples=["INR"])
    members: list[MemberIn] = Field([], max_length=1_000, examples=[[{"name": "Asha"}, {"name": "Ben"}]])


class EventPatch(Wire):
    """What changes; what is missing stays."""

    name: Name | None = None
    kind: EventKind | None = None
    simplify: bool | None = None


class SettleIn(Wire):
    """How to settle."""

    strategy: str | None = Field(
        None,
        min_length=1,
        max_length=40,
        description="fewest | direct; the event's usual one, where it is missing.",
        examples=["fewest"],
    )


class MemberOut(Wire):
    """One person in the event."""

    member: MemberNumber
    name: str
    role: MemberRole
    user_id: UUID | None
    active: bool


class PaymentOut(Wire):
    """One proposed payment."""

    from_: MemberNumber = Field(alias="from", serialization_alias="from")
    to: MemberNumber
    amount: MoneyOut
    currency: str


class PlanOut(Wire):
    """Proposed payments that bring every position to zero."""

    seq: Count
    strategy: str
    optimal: bool
    fewest_possible: Count
    payments: list[PaymentOut]


class EventOut(Wire):
    """An event, its members, and its frozen plan while it settles."""

    id: UUID
    name: str
    kind: EventKind
    currency: str
    simplify: bool
    status: Literal["new", "active", "settlement", "cleared", "archived"]
    version: Count
    seq: Count
    created_at: datetime
    members: list[MemberOut]
    plan: PlanOut | None = None
    expenses: Any | None = Field(None, description="A page of expenses, with `include=expenses`.")


class EventPage(Wire):
    """A page of events, newest first."""

    items: list[EventOut]
    next_cursor: str | None


class MemberList(Wire):
    """All members, in the order they joined."""

    items: list[MemberOut]
    next_cursor: None = None
