"""Define what requests about links, guests and merges hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, Strict

from allsquare.core.entry import EventKind, MemberRole
from allsquare.core.text import MAX_NAME
from allsquare.features.guests.store import LinkStatus
from allsquare.features.identity.contact import MAX_EMAIL
from allsquare.features.wire.fields import Count, Currency, MemberNumber, Wire

DEFAULT_HOURS = 30 * 24
MAX_HOURS = 365 * 24
MAX_USES = 100_000
MAX_TOKEN = 100
EXAMPLE_LINK = "asl_q8vQ2mXr0cHk5J7b1sYt3uWz6eAn9dFg4hLpTiRoVxE"
EXAMPLE_GUEST = "asg_Zk3nB7vTq1xWc9sLd5hRf2yJm8pUa4gEo6iKtXwQvCz"
EXAMPLE_EVENT = "019302a1-7c00-7000-8000-00000000c0de"
EXAMPLE_ID = "019302a1-7c00-7000-8000-0000000011aa"
EXAMPLE_AT = "2026-12-20T12:00:00Z"

LinkRole = Literal["viewer", "contributor", "admin"]
ROLES: dict[LinkRole, MemberRole] = {"viewer": "viewer", "contributor": "member", "admin": "admin"}
"""What a link calls a role, and what the event calls it."""
NAMES: dict[MemberRole, LinkRole] = {role: name for name, role in ROLES.items()}

ROLE_TEXT = "viewer: may look. contributor: may record too. admin: may do everything in the event."
LINK_TOKEN_TEXT = "What stands in the url behind `#link=`."  # noqa: S105  (that is no password)
Token = Annotated[str, Field(min_length=1, max_length=MAX_TOKEN, pattern=r"^[!-~]+$")]


class LinkIn(Wire):
    """A new link into an event."""

    role: LinkRole = Field(description=ROLE_TEXT, examples=["contributor"])
    expires_in_hours: Annotated[int, Strict()] = Field(
        DEFAULT_HOURS, ge=1, le=MAX_HOURS, description="30 days, where it is missing.", examples=[72]
    )
    max_uses: Annotated[int, Strict(), Field(ge=1, le=MAX_USES)] | None = Field(
        None, description="How many people may join by it; any number, where it is missing.", examples=[10]
    )
    email: Annotated[str, Field(min_length=3, max_length=MAX_EMAIL)] | None = Field(
        None,
        description="Whom it is for: then it is good for one person, and mailed to them if mail is set up.",
        examples=["dia@example.org"],
    )


class EventLinkOut(Wire):
    """A link, good or not any more."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    role: LinkRole = Field(description=ROLE_TEXT, examples=["contributor"])
    url: str = Field(
        description="What to open or to send; what is behind # never reaches a server's log.",
        examples=[f"https://allsquare.example.org/join#link={EXAMPLE_LINK}"],
    )
    token: str = Field(description=LINK_TOKEN_TEXT, examples=[EXAMPLE_LINK])
    uses: Count = Field(description="How many have joined by it.", examples=[2])
    max_uses: Count | None = Field(examples=[10])
    expires_at: datetime = Field(examples=[EXAMPLE_AT])
    created_at: datetime = Field(examples=["2026-11-20T12:00:00Z"])
    status: LinkStatus = Field(
        description="lapsed: whoever made it may not let people in any more, so nobody joins by it.", examples=["open"]
    )
    email: str | None = Field(description="Whom it was made for.", examples=[None])
    mailed: bool = Field(description="Whether a letter with it is on its way there.", examples=[False])


class LinkPage(Wire):
    """A page of links, newest first."""

    items: list[EventLinkOut]
    next_cursor: str | None = Field(examples=[None])


class LookIn(Wire):
    """Which link to look at."""

    token: Token = Field(description=LINK_TOKEN_TEXT, examples=[EXAMPLE_LINK])


class JoinableOut(Wire):
    """Somebody in the event who has no account yet."""

    member: MemberNumber
    name: str = Field(examples=["Ben"])


class LookOut(Wire):
    """What a link leads to, for somebody who has not joined yet."""

    event_id: UUID = Field(examples=[EXAMPLE_EVENT])
    name: str = Field(description="What the event is called.", examples=["Goa trip"])
    kind: EventKind = Field(examples=["trip"])
    currency: Currency
    role: LinkRole = Field(description=ROLE_TEXT, examples=["contributor"])
    members: list[JoinableOut] = Field(description="Whom one may be: those without an account.")
    seat: MemberNumber | None = Field(description="Which member one is already, if so.", examples=[None])


class JoinIn(Wire):
    """Joining by a link: as one of the members there, or as somebody new."""

    token: Token = Field(description=LINK_TOKEN_TEXT, examples=[EXAMPLE_LINK])
    member: MemberNumber | None = Field(None, description="Which member one is, of those without an account.")
    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)] | None = Field(
        None, description="What one is called, where one is none of them.", examples=["Dia"]
    )


class JoinOut(Wire):
    """A seat in an event; for somebody without an account with the token that speaks for it."""

    event_id: UUID = Field(examples=[EXAMPLE_EVENT])
    member: MemberNumber
    role: MemberRole = Field(examples=["member"])
    guest_token: str | None = Field(
        description="Shown once; send it as a bearer token. Browsers get it as a cookie too.", examples=[EXAMPLE_GUEST]
    )
    expires_at: datetime | None = Field(description="When the guest token ends.", examples=[EXAMPLE_AT])


class ClaimIn(Wire):
    """Taking over what one was as a guest."""

    event_id: UUID = Field(examples=[EXAMPLE_EVENT])
    guest_token: Token | None = Field(
        None, description="The guest's token; else the browser's cookie of that event.", examples=[EXAMPLE_GUEST]
    )


class ClaimOut(Wire):
    """The seat that is the account's now."""

    event_id: UUID = Field(examples=[EXAMPLE_EVENT])
    member: MemberNumber
    role: MemberRole = Field(examples=["member"])


class MergeIn(Wire):
    """Whom a member really is."""

    into: MemberNumber = Field(description="The member who stays.")
