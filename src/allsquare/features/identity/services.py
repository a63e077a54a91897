"""Offer request handlers what a process has: the database, the ledger's door, and who may come in."""

import time
from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar
from uuid import UUID

from allsquare.adapters.mail import Outbox
from allsquare.core.access import Actor, NotAllowed, ReadOnly, guest_id, may, role_of_seat
from allsquare.core.commands import Command
from allsquare.core.commands.base import EventNotFound
from allsquare.core.entry import MemberRole
from allsquare.features.identity.access.store import find_seat, list_names
from allsquare.features.identity.audit.store import add_audit, network_of
from allsquare.features.identity.authentication import Authentication
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.limits import Limits
from allsquare.features.identity.options import PeopleSettings
from allsquare.features.identity.passwords import Passwords
from allsquare.features.identity.sight import CrossOrigin, Sight
from allsquare.features.identity.signing import Signer
from allsquare.features.identity.store import find_user
from allsquare.features.identity.vault import Vault
from allsquare.features.wire.aside import Aside
from allsquare.features.wire.errors import Unauthenticated
from allsquare.ledger.feed import Feed
from allsquare.ledger.poster import Job, Posted, Poster
from allsquare.pg.borrow import Connection, Pool, borrow
from allsquare.pg.transact import transaction

SEEN_FOR_S = 5
"""How long a role that was looked up is believed: what another process changes is felt that much later."""

MAX_SEEN = 10_000
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Services:
    """What a process offers its handlers: a pool to read from, a poster to write through, a feed to listen to."""

    def __init__(
        self, pool: Pool, poster: Poster, feed: Feed, *, vault: Vault, people: PeopleSettings, outbox: Outbox
    ) -> None:
        """Wire the parts together; done once, at the edge."""
        self.pool = pool
        self.poster = poster
        self.feed = feed
        self.vault = vault
        self.people = people
        self.mail = outbox
        self.aside = Aside()
        self.passwords = Passwords()
        self.signer = Signer(pool, vault)
        self.limits = Limits(people.redis_url, people.request_limit, factor=people.limit_factor)
        self._authentication = Authentication(pool, self.signer)
        self._roles: dict[tuple[UUID, UUID], tuple[MemberRole, float]] = {}
        self._names: dict[tuple[UUID, UUID], tuple[str, float]] = {}
        self._currencies: dict[UUID, str] = {}

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection to read from."""
        return borrow(self.pool)

    def writing(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection and run the block in one transaction."""
        return transaction(self.pool)

    async def close(self) -> None:
        """Let go of what runs beside the loop."""
        self.aside.close()
        self.passwords.close()
        await self.mail.close()

    # Who may come in ------------------------------------------------------------------------------------------------

    async def admit(self, sight: Sight) -> Caller:
        """Let in who is known, and may see the event that the path names.

        Raises: Unauthenticated, CrossOrigin, ReadOnly, TooManyRequests, EventNotFound.
        """
        caller = await self.recognise(sight)
        if caller is None:
            detail = (
                "Send your token as 'Authorization: Bearer TOKEN', or sign in. `allsquare token` prints the owner's."
            )
            raise Unauthenticated(detail, field="Authorization")
        self.limits.count_request(caller.user_id)
        if caller.scope == "read" and not sight.safe:
            detail = "This token may only look, not change anything."
            raise ReadOnly(detail, field="Authorization", expected="write", actual="read")
        if sight.event_id is not None:
            await self.access_event(caller, sight.event_id)
        return caller

    async def recognise(self, sight: Sight) -> Caller | None:
        """Tell who sends a request; None where it presents nothing. What it presents must be good.

        Raises: Unauthenticated, CrossOrigin, TooManyRequests.
        """
        try:
            caller = await self._authentication.find(sight)
            if caller is not None and sight.authorization is None and not sight.safe:
                sight.require_same_origin(self.people.public_url)
        except (Unauthenticated, CrossOrigin) as error:
            # Counted first, so that nobody fills the audit by asking again and again.
            await self.limits.hit("refused", sight.address)
            reason = getattr(error, "reason", None) or error.code
            await self.audit("request.refused", user_id=None, actor=None, address=sight.address, reason=reason)
            raise
        return caller

    def forget_caller(self, _token_hash: bytes | None = None) -> None:
        """Look everybody up anew: somebody's sign-in ended or changed."""
        self._authentication.forget()

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
        key = (caller.user_id, event_id)
        known = self._roles.get(key)
        if known is not None and time.monotonic() < known[1] and caller.event_id in {None, event_id}:
            return known[0]
        async with self.reading() as connection:
            found = await find_seat(connection, event_id, caller.user_id, caller.member)
        role = None if found is None else role_of_seat(event_id, caller.actor, found[1], found[0])
        if role is None:
            detail = f"There is no event {event_id}."
            raise EventNotFound(detail)
        _remember(self._roles, key, (role, time.monotonic() + SEEN_FOR_S))
        return role

    def forget_roles(self, event_id: UUID) -> None:
        """Look up anew who has which role in an event, because its roster changed."""
        for key in [key for key in self._roles if key[1] == event_id]:
            del self._roles[key]
        for key in [key for key in self._names if key[1] == event_id]:
            del self._names[key]

    async def audit(
        self,
        action: str,
        *,
        user_id: UUID | None,
        actor: UUID | None,
        address: str = "",
        **detail: str | int | bool | None,
    ) -> None:
        """Write down what was done to an account, by whom and from which network."""
        async with self.reading() as connection:
            await add_audit(
                connection, action, user_id=user_id, actor=actor, network=network_of(address), detail=detail
            )

    # What is recalled -----------------------------------------------------------------------------------------------

    async def name_of(self, actor_id: UUID, event_id: UUID) -> str:
        """Tell what somebody who acted in an event is called: a user, or a guest who is one of its members."""
        key = (actor_id, event_id)
        known = self._names.get(key)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        async with self.reading() as connection:
            user = await find_user(connection, actor_id)
            name = user.name if user is not None else "somebody"
            if user is None:
                members = await list_names(connection, event_id)
                name = next((name for number, name in members if guest_id(event_id, number) == actor_id), name)
        _remember(self._names, key, (name, time.monotonic() + SEEN_FOR_S))
        return name

    def known_currency(self, event_id: UUID) -> str | None:
        """Recall an event's currency, which never changes."""
        return self._currencies.get(event_id)

    def remember_currency(self, event_id: UUID, currency: str) -> None:
        """Remember an event's currency."""
        _remember(self._currencies, event_id, currency)

    # What is written ------------------------------------------------------------------------------------------------

    async def submit_as(
        self, actor: Actor, event_id: UUID, command: Command, *, command_id: UUID, keyed: bool, final: bool
    ) -> Posted:
        """Post one command for somebody and wait for its answer; raises its refusal."""
        job = Job(event_id=event_id, command_id=command_id, actor=actor, command=command, keyed=keyed, final=final)
        posted = await self.poster.submit(job)
        if posted.entry.change.head is not None:
            self.forget_roles(event_id)
        return posted


def _remember(memory: dict[Key, Value], key: Key, value: Value) -> None:
    while len(memory) >= MAX_SEEN:
        del memory[next(iter(memory))]
    memory[key] = value
