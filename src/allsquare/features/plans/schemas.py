"""Define what answers about balances, positions, statements and plans look like."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from allsquare.features.events.schemas import PaymentOut
from allsquare.features.wire.fields import Count, Day, MemberNumber, MoneyOut, Wire


class BalancesOut(Wire):
    """Who owes whom, pairwise and netted, after entry `seq`."""

    event_id: UUID
    seq: Count
    balances: list[PaymentOut]


class PositionOut(Wire):
    """Where one member stands: net = paid − share + sent − received."""

    member: MemberNumber
    currency: str
    paid: MoneyOut
    share: MoneyOut
    sent: MoneyOut
    received: MoneyOut
    net: MoneyOut


class PositionsOut(Wire):
    """Where every member stands after entry `seq`; the nets sum to zero per currency."""

    event_id: UUID
    seq: Count
    positions: list[PositionOut]


class EventPlanOut(Wire):
    """Proposed payments that bring every position to zero; `fewest_possible` is a proven lower bound."""

    event_id: UUID
    seq: Count
    strategy: str
    optimal: bool
    fewest_possible: Count
    payments: list[PaymentOut]


class StatementLine(Wire):
    """One expense or settlement that the member took part in, with the running net after it."""

    seq: Count
    date: Day
    kind: Literal["expense", "settlement"]
    description: str
    paid: MoneyOut
    share: MoneyOut
    amount: MoneyOut
    net: MoneyOut
    expense_id: UUID | None
    settlement_id: UUID | None


class StatementOut(Wire):
    """Why a member's net is what it is: everything that stands, oldest first."""

    member: MemberNumber
    currency: str
    seq: Count
    lines: list[StatementLine]
    net: MoneyOut = Field(description="The member's net now, over all lines of all pages.")
    next_cursor: str | None
