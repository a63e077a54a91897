"""Say who is asking, what they may use their sign-in for, and refuse what is not for them."""

from typing import Literal
from uuid import UUID

import msgspec

from allsquare.core.access import Actor, Scope
from allsquare.core.entry import MemberRole
from allsquare.core.errors import Forbidden

InstanceRole = Literal["owner", "admin", "user", "guest"]


class UsersOnly(Forbidden):
    """A guest has no account, and this is about accounts."""

    code = "access.users_only"
    title = "This needs an account"


class ScopeTooNarrow(Forbidden):
    """The token may be used for less than this."""

    code = "access.scope"
    title = "The token does not reach that far"


class AdminsOnly(Forbidden):
    """Only those who run this instance may do this."""

    code = "access.admins_only"
    title = "This is for those who run this instance"


class SessionNeeded(Forbidden):
    """A personal token stands for a program; this is for a person who is signed in."""

    code = "access.session_needed"
    title = "This needs a sign-in"


class Caller(msgspec.Struct, frozen=True):
    """One who asks and is known.

    Shape: `user_id` is whom the journal names: a user's id, or the id under which a guest acts in the one event;
        `event_id` is the only event this sign-in speaks of, where there is one; `member` is a guest's seat in it,
        `ceiling` the role that their link offered; `good_for_s` is how long their sign-in lasts from when it was looked
        up, None without end.
    """

    user_id: UUID
    name: str
    role: InstanceRole
    scope: Scope = "admin"
    event_id: UUID | None = None
    member: int | None = None
    ceiling: MemberRole | None = None
    session_id: UUID | None = None
    token_id: UUID | None = None
    good_for_s: int | None = None

    @property
    def actor(self) -> Actor:
        """Give who it is for a decision on an event."""
        return Actor(self.user_id, self.role == "owner", self.scope, self.event_id, self.member, self.ceiling)


_REACH: dict[Scope, int] = {"read": 1, "write": 2, "admin": 3}


def lesser_scope(scope: Scope, asked: Scope | None) -> Scope:
    """Give what is asked for, but never more than there is."""
    return scope if asked is None or _REACH[scope] <= _REACH[asked] else asked


def require_scope(caller: Caller, scope: Scope) -> None:
    """Refuse a token that was made for less."""
    if _REACH[caller.scope] < _REACH[scope]:
        detail = f"This token has the scope {caller.scope}; this needs {scope}."
        raise ScopeTooNarrow(detail, field="Authorization", expected=scope, actual=caller.scope)


def require_user(caller: Caller, scope: Scope = "admin") -> None:
    """Refuse guests, tokens for one event alone, and tokens of a narrower scope."""
    if caller.role == "guest":
        detail = "This needs an account; you are here as a guest."
        raise UsersOnly(detail)
    if caller.event_id is not None:
        detail = "This token is for one event alone."
        raise ScopeTooNarrow(detail, field="Authorization", expected="all events", actual="one event")
    require_scope(caller, scope)


def require_signed_in(caller: Caller) -> None:
    """Refuse guests, and personal tokens of any scope."""
    require_user(caller)
    if caller.session_id is None:
        detail = "This takes somebody who is signed in, not a personal token."
        raise SessionNeeded(detail, field="Authorization", expected="a session", actual="a personal token")


def require_instance_admin(caller: Caller) -> None:
    """Refuse whoever does not run this instance."""
    require_user(caller)
    if caller.role not in {"owner", "admin"}:
        detail = "Only the owner and the admins of this instance may do this."
        raise AdminsOnly(detail, expected="owner or admin", actual=caller.role)


def require_owner(caller: Caller) -> None:
    """Refuse everybody but the owner."""
    require_user(caller)
    if caller.role != "owner":
        detail = "Only the owner of this instance may do this."
        raise AdminsOnly(detail, expected="owner", actual=caller.role)
