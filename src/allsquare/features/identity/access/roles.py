"""Remember for a moment who has which role in which event, and what its people are called."""

import time
from collections.abc import Hashable
from typing import TypeVar
from uuid import UUID

from allsquare.core.access import NotAllowed, guest_id, may, role_of_seat
from allsquare.core.commands.base import event_not_found
from allsquare.core.entry import MemberRole
from allsquare.features.identity.access.store import find_seat, list_names
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.store import find_user
from allsquare.pg.borrow import Pool, borrow

SEEN_FOR_S = 5
"""How long what was looked up is believed: what another process changes is felt that much later."""

MAX_SEEN = 10_000
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Roles:
    """Answers who may see an event, and with which role; the rule itself is in `core.access`."""

    def __init__(self, pool: Pool) -> None:
        """Look things up over a pool."""
        self._pool = pool
        self._roles: dict[tuple[UUID, UUID, MemberRole | None], tuple[MemberRole, float]] = {}
        self._names: dict[tuple[UUID, UUID], tuple[str, float]] = {}
        self._forgotten = 0

    async def access_event(self, caller: Caller, event_id: UUID, least: MemberRole = "viewer") -> MemberRole:
        """Decide whether somebody may see an event, and has the role that something in it needs.

        Raises: EventNotFound where they may not even see it, NotAllowed.
        """
        role = await self._role(caller, event_id)
        if not may(role, least):
            detail = f"Your role in this event is {role}; this needs {least}."
            raise NotAllowed(detail, expected=least, actual=role)
        return role

    async def _role(self, caller: Caller, event_id: UUID) -> MemberRole:
        # With the ceiling, for two guests of one member may have come by different links.
        key = (caller.user_id, event_id, caller.ceiling)
        known = self._roles.get(key)
        if known is not None and time.monotonic() < known[1] and caller.event_id in {None, event_id}:
            return known[0]
        began = self._forgotten
        async with borrow(self._pool) as connection:
            found = await find_seat(connection, event_id, caller.user_id, caller.member)
        role = None if found is None else role_of_seat(event_id, caller.actor, found[1], found[0])
        if role is None:
            raise event_not_found(event_id)
        self._remember(self._roles, key, role, began)
        return role

    async def name_of(self, actor_id: UUID, event_id: UUID) -> str:
        """Tell what somebody who acted in an event is called: a user, or a guest who is one of its members."""
        key = (actor_id, event_id)
        known = self._names.get(key)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        began = self._forgotten
        async with borrow(self._pool) as connection:
            user = await find_user(connection, actor_id)
            name = user.name if user is not None else "somebody"
            if user is None:
                members = await list_names(connection, event_id)
                name = next((name for number, name in members if guest_id(event_id, number) == actor_id), name)
        self._remember(self._names, key, name, began)
        return name

    def forget(self, event_id: UUID) -> None:
        """Look up anew who has which role in an event, because its roster changed."""
        # What is being looked up now may have been read before that change: it is not remembered.
        self._forgotten += 1
        for key in [key for key in self._roles if key[1] == event_id]:
            del self._roles[key]
        for named in [named for named in self._names if named[1] == event_id]:
            del self._names[named]

    def _remember(self, memory: dict[Key, tuple[Value, float]], key: Key, value: Value, began: int) -> None:
        if began != self._forgotten:
            return
        while len(memory) >= MAX_SEEN:
            del memory[next(iter(memory))]
        memory[key] = (value, time.monotonic() + SEEN_FOR_S)
