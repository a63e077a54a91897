"""Define what requests about accounts hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from allsquare.core.text import MAX_NAME
from allsquare.features.identity.contact import MAX_EMAIL, MAX_PHONE_TEXT
from allsquare.features.identity.options import SignUp
from allsquare.features.wire.fields import Count, Wire

MAX_PASSWORD_TEXT = 1_000
"""More than any password may have, so that one that is too long is told so in our words."""

MAX_TICKET = 100
EXAMPLE_USER = "019302a1-7c00-7000-8000-0000000000a5"
EXAMPLE_ID = "019302a1-7c00-7000-8000-0000000022bb"
EXAMPLE_TICKET = "ast_Pq8vQ2mXr0cHk5J7b1sYt3uWz6eAn9dFg4hLpTiRoVx"
EXAMPLE_EMAIL = "asha@example.org"
EXAMPLE_PHONE = "+919812345678"
EXAMPLE_PASSWORD = "lantern orbit velvet seven"  # noqa: S105  (an example)
EXAMPLE_AT = "2026-11-20T12:00:00Z"

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, examples=["Asha"])]
Email = Annotated[str, Field(min_length=3, max_length=MAX_EMAIL, examples=[EXAMPLE_EMAIL])]
Phone = Annotated[str, Field(min_length=3, max_length=MAX_PHONE_TEXT, examples=[EXAMPLE_PHONE])]
Password = Annotated[str, Field(max_length=MAX_PASSWORD_TEXT, examples=[EXAMPLE_PASSWORD])]
TicketText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TICKET,
        pattern=r"^[!-~]+$",
        description="What stands in the link behind `=`.",
        examples=[EXAMPLE_TICKET],
    ),
]
RoleIn = Literal["admin", "user"]
RoleOut = Literal["owner", "admin", "user"]


class InstanceOut(Wire):
    """What one has to know of an instance before one comes in."""

    version: str = Field(examples=["0.1.0"])
    sign_up: SignUp = Field(
        description="Who may make an account: anybody, those who were invited, nobody else.", examples=["invite"]
    )
    mail: bool = Field(description="Whether it sends letters, such as to those who forgot a password.", examples=[True])


class UserIn(Wire):
    """Somebody who signs up."""

    name: Name
    email: Email | None = Field(None, description="Not yet verified, unless the invitation went there.")
    phone: Phone | None = Field(None, description="With its country code.")
    password: Password | None = Field(None, description="At least 10 characters; or add a passkey afterwards.")
    invite: TicketText | None = Field(None, description="The ticket of an invitation, where one is needed.")


class UserPatch(Wire):
    """What changes; what is missing stays."""

    name: Name | None = None
    email: Email | None = Field(None, description="Not verified any more; null removes it.")
    phone: Phone | None = Field(None, description="With its country code; null removes it.")
    current: Password | None = Field(None, description="The password, to change the address where there is one.")


class RolePatch(Wire):
    """What somebody may do on this instance."""

    role: RoleIn = Field(description="admin: may invite people and see all accounts.", examples=["admin"])


class UserOut(Wire):
    """An account."""

    id: UUID = Field(examples=[EXAMPLE_USER])
    name: str = Field(examples=["Asha"])
    email: str | None = Field(examples=[EXAMPLE_EMAIL])
    email_verified: bool = Field(examples=[False])
    phone: str | None = Field(description="In E.164.", examples=[EXAMPLE_PHONE])
    role: RoleOut = Field(examples=["user"])
    has_password: bool = Field(examples=[True])
    passkeys: Count = Field(description="How many there are.", examples=[0])
    created_at: datetime = Field(examples=[EXAMPLE_AT])


class UserPage(Wire):
    """A page of accounts, newest first."""

    items: list[UserOut]
    next_cursor: str | None = Field(examples=[None])


class PasswordIn(Wire):
    """A new password."""

    current: Password | None = Field(None, description="The password until now, where there is one.")
    new: Password = Field(examples=["marble canyon fifteen owls"])
    remove_passkeys: bool = Field(False, description="Remove all passkeys too.", examples=[False])


class TicketIn(Wire):
    """What one looks at before one uses it."""

    ticket: TicketText


class TicketOut(Wire):
    """What a ticket is good for."""

    purpose: Literal["reset", "verify", "invite"] = Field(examples=["invite"])
    name: str = Field(description="Whose account it is about; of an invitation, who invites.", examples=["Asha"])
    role: RoleOut | None = Field(
        description="What one becomes by an invitation, or is after a reset; null where one is not signed in by it.",
        examples=["user"],
    )
    first: bool = Field(
        description="It is a reset of an account that has neither password nor address yet.", examples=[False]
    )
    expires_at: datetime = Field(examples=[EXAMPLE_AT])


class VerifyIn(Wire):
    """What shows that an address is somebody's."""

    ticket: TicketText


class ForgotIn(Wire):
    """Whose password is forgotten."""

    email: Email


class ResetIn(Wire):
    """A new password for whoever the link is for."""

    ticket: TicketText
    password: Password
    name: Name | None = Field(None, description="What one is called from now on.")
    email: Email | None = Field(None, description="One's address from now on; only with a link that was not mailed.")


class InvitationIn(Wire):
    """Somebody who may sign up."""

    email: Email | None = Field(None, description="Whom it is for; mailed to them if mail is set up.")
    role: RoleIn = Field("user", description="What they become; only the owner makes admins.", examples=["user"])


class InvitationOut(Wire):
    """An invitation, good or not any more."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    email: str | None = Field(examples=["dia@example.org"])
    role: RoleIn = Field(examples=["user"])
    status: Literal["open", "used", "expired", "revoked"] = Field(examples=["open"])
    created_by: UUID = Field(examples=[EXAMPLE_USER])
    created_at: datetime = Field(examples=[EXAMPLE_AT])
    expires_at: datetime = Field(examples=["2026-11-27T12:00:00Z"])


class NewInvitationOut(InvitationOut):
    """A new invitation, with the link that is shown only now."""

    url: str = Field(
        description="What to open or to send; what is behind # never reaches a server's log.",
        examples=[f"https://allsquare.example.org/join#invite={EXAMPLE_TICKET}"],
    )
    ticket: str = Field(description="Good once.", examples=[EXAMPLE_TICKET])
    mailed: bool = Field(description="Whether it is on its way by mail.", examples=[True])


class InvitationPage(Wire):
    """A page of invitations, newest first."""

    items: list[InvitationOut]
    next_cursor: str | None = Field(examples=[None])
