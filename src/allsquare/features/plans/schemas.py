"""Define what answers about balances, positions, statements and plans look like."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from allsquare.features.events.settling import PaymentOut, PlanBody
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


class EventPlanOut(PlanBody):
    """Proposed payments that bring every position to zero, on what the event was after entry `seq`."""

    event_id: UUID
    seq: Count


class ReasonOut(Wire):
    """The part of one expense or settlement that a debt is made of; `rounding` and `open` are what a plan leaves."""

    kind: Literal["expense", "settlement", "rounding", "open"]
    description: str
    amount: MoneyOut
    seq: Count | None
    date: Day | None
    expense_id: UUID | None
    settlement_id: UUID | None


class LinkOut(Wire):
    """One original debt: who owes whom, how much of it is meant, and what it comes from."""

    from_: MemberNumber = Field(alias="from", serialization_alias="from")
    to: MemberNumber
    amount: MoneyOut
    because: list[ReasonOut]


class PairOut(Wire):
    """One payment of a plan, by its ends."""

    from_: MemberNumber = Field(alias="from", serialization_alias="from")
    to: MemberNumber


class PieceOut(Wire):
    """Debts that follow each other. A chain stands for this payment alone, a swap for several together."""

    kind: Literal["chain", "swap", "circle"]
    amount: MoneyOut
    text: str
    links: list[LinkOut]
    payments: list[PairOut] = Field(description="All payments of the plan that stand for these debts.")


class ExplanationOut(Wire):
    """Why a payment is what it is: the pieces sum to it, and no part of a debt is in two of them."""

    event_id: UUID
    seq: Count
    strategy: str
    payment: PaymentOut
    text: str
    pieces: list[PieceOut]
    circles: list[PieceOut] = Field(description="Debts of either of the two that cancel each other.")


class StatementLine(Wire):
    """One expense or settlement that the member took part in, with the running net after it."""

    seq: Count
    date: Day
    kind: Literal["expense", "settlement", "rounding"]
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
