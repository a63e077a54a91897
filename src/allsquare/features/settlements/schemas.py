"""Define what requests about settlements hold, and what their answers look like."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from allsquare.core.entry import SettlementMethod
from allsquare.core.text import MAX_NOTES
from allsquare.features.events.settling import PaymentOut
from allsquare.features.wire.fields import Count, Currency, Day, MemberNumber, Money, MoneyOut, PersonOut, Wire


class SettlementIn(Wire):
    """One member paid another back."""

    id: UUID | None = Field(None, description="A UUIDv7 made by the client, for offline use.")
    from_: MemberNumber = Field(alias="from", description="Who paid.", examples=[2])
    to: MemberNumber = Field(description="Who received.", examples=[1])
    amount: Money
    currency: Currency | None = Field(None, description="The event's, where it is missing.")
    method: SettlementMethod = "other"
    date: Day | None = Field(None, description="Today (UTC), where it is missing.")
    note: str | None = Field(None, max_length=MAX_NOTES)
    allow_overpayment: bool = Field(default=False, description="Record it even where more is paid than is owed.")


class ReversalIn(Wire):
    """Why a settlement is taken back."""

    reason: str = Field(min_length=1, max_length=MAX_NOTES, examples=["The transfer bounced"])


class SettlementOut(Wire):
    """A recorded settlement; `reversed` where it was taken back."""

    id: UUID
    event_id: UUID
    seq: Count
    from_: MemberNumber = Field(alias="from", serialization_alias="from")
    to: MemberNumber
    amount: MoneyOut
    currency: str
    method: SettlementMethod
    date: Day
    note: str | None
    rounding: list[PaymentOut] = Field(description="The odd units of a rounded plan, booked with its last payment.")
    import_id: UUID | None
    created_at: datetime
    created_by: PersonOut
    reversed: bool
    reversed_seq: Count | None
    reversed_reason: str | None


class SettlementPage(Wire):
    """A page of settlements, newest first."""

    items: list[SettlementOut]
    next_cursor: str | None
