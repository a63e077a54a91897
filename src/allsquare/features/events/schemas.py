"""Define what requests about events hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from allsquare.core.entry import EditBy, EventKind, MemberRole
from allsquare.core.settle.fees.cheapest import Profile
from allsquare.core.text import MAX_NAME
from allsquare.features.events.settling import PlanBody, SettleByIn, SettleByOut
from allsquare.features.wire.fields import Count, Currency, MemberNumber, Weight, Wire

NewKind = Literal["trip", "dinner", "home", "couple", "project", "other"]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


def _random_id(value: UUID) -> UUID:
    # The ids of direct ledgers are derived (UUIDv8) from whose they are, so that anybody could take one in advance.
    if value.version != 7:
        kind, message = "uuid7_expected", "a UUIDv7 is expected"
        raise PydanticCustomError(kind, message)
    return value


NewEventId = Annotated[UUID, AfterValidator(_random_id)]


class PaymentDetails(Wire):
    """Where a member's money lies, for the fees of plans; null is not told, and costs nothing."""

    bank: str | None = Field(None, max_length=MAX_NAME, examples=["HDFC"])
    country: str | None = Field(None, max_length=10, description="An ISO 3166 code.", examples=["IN"])
    currency: Currency | None = None

    def profile(self) -> Profile:
        """Give what the core knows of it."""
        return Profile(self.bank, self.country, self.currency)


class MemberIn(Wire):
    """Somebody who joins."""

    name: Name = Field(examples=["Dia"])
    role: MemberRole | None = Field(None, description="Admin for the first member of an event, else member.")
    weight: Weight = Field("1", description="What they take of an expense that names no split.")


class FirstMemberIn(MemberIn):
    """Somebody who is there from the beginning."""

    me: bool = Field(default=False, strict=True, description="This is whoever creates the event, and its admin.")


class MemberPatch(Wire):
    """What changes of a member; what is missing stays."""

    name: Name = Field("", examples=["Dina"])  # a name that is missing stays; null is none, and an empty one is refused
    payment: PaymentDetails | None = Field(None, description="Where the member's money lies; replaces what was told.")
    role: MemberRole | None = Field(None, description="What they may do in the event.")
    weight: Weight | None = Field(None, description="What they take of an expense that names no split.")


class EventIn(Wire):
    """A new event."""

    id: NewEventId | None = Field(None, description="A UUIDv7 made by the client, for offline use.")
    name: Name = Field(examples=["Goa trip"])
    kind: NewKind = "other"
    currency: Currency | None = Field(None, description="The group's, where it is missing.", examples=["INR"])
    group_id: UUID | None = Field(None, description="Whose members to copy; what the group becomes later is not.")
    edit_by: EditBy = Field("anyone", description="Who may edit what others recorded, beside admins.")
    members: list[FirstMemberIn] = Field([], max_length=1_000, examples=[[{"name": "Asha"}, {"name": "Ben"}]])


class EventPatch(Wire):
    """What changes; what is missing stays."""

    name: Name | None = None
    kind: NewKind | None = None
    edit_by: EditBy | None = Field(None, description="Who may edit what others recorded, beside admins.")
    simplify: bool | None = Field(None, description="Without a strategy of its own, plan by fewest; else by direct.")
    settle_by: SettleByIn | None = Field(None, description="What plans keep to; null asks for nothing special.")


class MemberOut(Wire):
    """One person in the event."""

    member: MemberNumber
    name: str
    role: MemberRole
    user_id: UUID | None
    active: bool
    weight: str = Field(examples=["1"])
    payment: PaymentDetails


class PlanOut(PlanBody):
    """The plan that the event froze after entry `seq`."""

    seq: Count


class EventOut(Wire):
    """An event, its members, and its frozen plan while it settles."""

    id: UUID
    name: str
    kind: EventKind
    currency: str
    simplify: bool
    settle_by: SettleByOut | None = None
    edit_by: EditBy
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
