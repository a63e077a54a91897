"""Define what requests about groups hold, and what their answers look like."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from allsquare.core.entry import MemberRole
from allsquare.core.text import MAX_NAME
from allsquare.features.wire.fields import Count, Currency, MemberNumber, Weight, Wire

EXAMPLE_GROUP = "019302a1-7c00-7000-8000-0000000055ee"
EXAMPLE_AT = "2026-11-20T12:00:00Z"
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
ACCOUNT_TEXT = "Whose account it is: somebody you share an event or a group with. Only an admin gives accounts a seat."
WEIGHT_TEXT = "What they take of an expense that names no split."


class GroupMemberIn(Wire):
    """Somebody who joins a group."""

    name: Name = Field(examples=["Ben"])
    role: MemberRole = Field("member", examples=["member"])
    weight: Weight = Field("1", description=WEIGHT_TEXT, examples=["1"])
    user_id: UUID | None = Field(None, description=ACCOUNT_TEXT, examples=[None])


class GroupIn(Wire):
    """A new group; whoever makes it is its first member and admin."""

    name: Name = Field(examples=["Flat"])
    currency: Currency | None = Field(None, description="What its events are in.", examples=["INR"])
    members: list[GroupMemberIn] = Field([], max_length=999, examples=[[{"name": "Ben"}]])


class GroupPatch(Wire):
    """What changes; what is missing stays."""

    name: Name | None = Field(None, examples=["Household"])
    currency: Currency | None = Field(None, examples=["INR"])


class GroupMemberPatch(Wire):
    """What changes of a member; what is missing stays."""

    name: Name | None = Field(None, examples=["Benny"])
    role: MemberRole | None = Field(None, examples=["admin"])
    weight: Weight | None = Field(None, description=WEIGHT_TEXT, examples=["1.5"])


class GroupMemberOut(Wire):
    """One person in a group."""

    member: MemberNumber
    name: str = Field(examples=["Ben"])
    role: MemberRole = Field(examples=["member"])
    weight: str = Field(examples=["1"])
    user_id: UUID | None = Field(examples=[None])
    active: bool = Field(examples=[True])


class GroupOut(Wire):
    """A group and its members, those who left included."""

    id: UUID = Field(examples=[EXAMPLE_GROUP])
    name: str = Field(examples=["Flat"])
    currency: str | None = Field(examples=["INR"])
    version: Count = Field(examples=[1])
    created_at: datetime = Field(examples=[EXAMPLE_AT])
    members: list[GroupMemberOut]


class GroupPage(Wire):
    """A page of groups, newest first."""

    items: list[GroupOut]
    next_cursor: str | None
