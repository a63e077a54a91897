"""Define what requests about sessions hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from allsquare.core.access import Scope
from allsquare.features.identity.accounts.schemas import EXAMPLE_AT, Email, Password, UserOut
from allsquare.features.wire.fields import Count, Wire

EXAMPLE_SESSION = "019302a1-7c00-7000-8000-0000000033cc"
EXAMPLE_REFRESH = "asr_Rk3nB7vTq1xWc9sLd5hRf2yJm8pUa4gEo6iKtXwQvCz"
EXAMPLE_SIGNED = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkzIn0.c2ln"


class SignIn(Wire):
    """Somebody who signs in."""

    email: Email
    password: Password


class SessionOut(Wire):
    """Where somebody is signed in."""

    id: UUID = Field(examples=[EXAMPLE_SESSION])
    kind: Literal["browser", "program"] = Field(examples=["browser"])
    device: str = Field(description="What the session says it is.", examples=["Firefox"])
    created_at: datetime = Field(examples=[EXAMPLE_AT])
    last_seen_at: datetime = Field(description="To the minute.", examples=[EXAMPLE_AT])
    expires_at: datetime = Field(examples=[EXAMPLE_AT])
    current: bool = Field(description="It is the one that asks.", examples=[True])


class SignedInOut(Wire):
    """The session that began, by the cookie sent along, and whose it is."""

    session: SessionOut
    user: UserOut


class SessionPage(Wire):
    """A page of sessions, newest first."""

    items: list[SessionOut]
    next_cursor: str | None


class EndedOut(Wire):
    """How many sessions were ended, and what became of personal tokens."""

    ended: Count = Field(examples=[2])
    tokens_revoked: Count = Field(examples=[0])
    tokens_left: Count = Field(description="Personal tokens that are still good.", examples=[1])


class TokenIn(Wire):
    """A grant: a password, or a refresh token that was not used before."""

    grant_type: Literal["password", "refresh_token"] = Field(examples=["password"])
    username: Email | None = Field(None, description="The e-mail address, for the grant `password`.")
    password: Password | None = None
    refresh_token: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(None, examples=[EXAMPLE_REFRESH])
    scope: Scope | None = Field(
        None, description="What the access token may be used for: all, or as before, where missing.", examples=["admin"]
    )


class TokenOut(Wire):
    """Tokens for a program."""

    access_token: str = Field(description="A JWT, for Authorization: Bearer.", examples=[EXAMPLE_SIGNED])
    token_type: Literal["Bearer"] = Field(examples=["Bearer"])
    expires_in: Count = Field(description="Seconds.", examples=[900])
    refresh_token: str = Field(description="Good once, for the next tokens.", examples=[EXAMPLE_REFRESH])
    refresh_expires_at: datetime = Field(examples=[EXAMPLE_AT])
    scope: Scope = Field(examples=["admin"])
