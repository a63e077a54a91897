"""Define what requests about personal access tokens hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, Strict

from allsquare.core.access import Scope
from allsquare.core.text import MAX_NAME
from allsquare.features.identity.accounts.schemas import EXAMPLE_AT
from allsquare.features.wire.fields import Wire

EXAMPLE_TOKEN_ID = "019302a1-7c00-7000-8000-0000000044dd"  # noqa: S105  (an example)
EXAMPLE_EVENT = "019302a1-7c00-7000-8000-00000000c0de"
EXAMPLE_TOKEN = "asq_Tk3nB7vTq1xWc9sLd5hRf2yJm8pUa4gEo6iKtXwQvCz"  # noqa: S105
SCOPE_TEXT = "read: look. write: record too. admin: manage accounts and access too."


class PersonalTokenIn(Wire):
    """A new token."""

    name: str = Field(min_length=1, max_length=MAX_NAME, examples=["Backup script"])
    scope: Scope = Field(description=SCOPE_TEXT, examples=["read"])
    event_id: UUID | None = Field(None, description="For one event alone.", examples=[EXAMPLE_EVENT])
    expires_in_days: Annotated[int, Strict(), Field(ge=1, le=3_650)] | None = Field(
        None, description="Never, where it is missing.", examples=[90]
    )


class PersonalTokenOut(Wire):
    """A token, without itself."""

    id: UUID = Field(examples=[EXAMPLE_TOKEN_ID])
    name: str = Field(examples=["Backup script"])
    scope: Scope = Field(description=SCOPE_TEXT, examples=["read"])
    event_id: UUID | None = Field(examples=[None])
    created_at: datetime = Field(examples=[EXAMPLE_AT])
    expires_at: datetime | None = Field(examples=[EXAMPLE_AT])
    last_used_at: datetime | None = Field(description="To the minute.", examples=[None])


class NewTokenOut(PersonalTokenOut):
    """A new token; it is shown this once."""

    token: str = Field(examples=[EXAMPLE_TOKEN])


class PersonalTokenPage(Wire):
    """A page of tokens, newest first."""

    items: list[PersonalTokenOut]
    next_cursor: str | None
