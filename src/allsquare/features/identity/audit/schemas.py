"""Define what answers about the audit look like."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from allsquare.features.wire.fields import Count, Wire


class AuditOut(Wire):
    """One thing that was done to an account."""

    id: Count
    at: datetime
    action: str = Field(examples=["session.opened"])
    user_id: UUID | None = Field(description="Whose account, where it is known.")
    actor_id: UUID | None = Field(description="Who did it, where it is known.")
    network: str | None = Field(
        description="From which network, /24 or /48; of what others did, only the owner sees it.",
        examples=["203.0.113.0/24"],
    )
    detail: dict[str, str | int | bool | None] = Field(description="What else there is to say; goes by `action`.")


class AuditPage(Wire):
    """A page of the audit, newest first."""

    items: list[AuditOut]
    next_cursor: str | None
