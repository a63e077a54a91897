"""Define what answers about the journal look like."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from allsquare.features.wire.fields import Count, MemberNumber, MoneyOut, PersonOut, Wire


class TransferOut(Wire):
    """One immutable line: the debit member owes the credit member the amount."""

    debit: MemberNumber
    credit: MemberNumber
    amount: MoneyOut
    currency: str


class EntryOut(Wire):
    """One accepted command."""

    seq: Count
    kind: str = Field(examples=["expense.recorded"])
    command_id: UUID
    reverses_seq: Count | None
    actor: PersonOut
    at: datetime
    data: dict[str, Any] = Field(description="What happened; its shape goes by `kind`.")
    transfers: list[TransferOut]
    hash: str = Field(description="sha256 over the entry before and this one, in hexadecimal.")


class JournalPage(Wire):
    """A page of entries, oldest first; `next_cursor` is the `after` of the next page."""

    items: list[EntryOut]
    next_cursor: str | None
