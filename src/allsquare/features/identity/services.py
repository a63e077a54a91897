"""Offer request handlers what a process has: the database, the ledger's door, and who may come in."""

from contextlib import AbstractAsyncContextManager
from uuid import UUID

from allsquare.core.access import Actor
from allsquare.core.commands import Command
from allsquare.features.identity.access.roles import Roles
from allsquare.features.identity.door import Door
from allsquare.features.identity.parts import Parts
from allsquare.features.wire.aside import Aside
from allsquare.ledger.feed import Feed
from allsquare.ledger.poster import Job, Posted, Poster
from allsquare.pg.borrow import Connection, Pool, borrow
from allsquare.pg.transact import transaction

MAX_SEEN = 10_000


class Services:
    """What a process offers its handlers: a pool to read from, a poster to write through, a feed to listen to."""

    def __init__(self, pool: Pool, poster: Poster, feed: Feed, parts: Parts) -> None:
        """Wire the parts together; done once, at the edge."""
        self.pool = pool
        self.poster = poster
        self.feed = feed
        self.aside = Aside()
        self.vault, self.people, self.mail = parts.vault, parts.people, parts.mail
        self.passwords, self.signer, self.limits = parts.passwords, parts.signer, parts.limits
        self._parts = parts
        self._roles = Roles(pool)
        door = Door(pool, parts, self._roles)
        self.admit, self.recognise = door.admit, door.recognise
        self.forget_caller, self.audit = door.forget_caller, door.audit
        self.access_event, self.forget_roles = self._roles.access_event, self._roles.forget
        self.name_of = self._roles.name_of
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
        await self._parts.close()

    def known_currency(self, event_id: UUID) -> str | None:
        """Recall an event's currency, which never changes."""
        return self._currencies.get(event_id)

    def remember_currency(self, event_id: UUID, currency: str) -> None:
        """Remember an event's currency."""
        while len(self._currencies) >= MAX_SEEN:
            del self._currencies[next(iter(self._currencies))]
        self._currencies[event_id] = currency

    async def submit_as(
        self, actor: Actor, event_id: UUID, command: Command, *, command_id: UUID, keyed: bool, final: bool
    ) -> Posted:
        """Post one command for somebody and wait for its answer; raises its refusal."""
        job = Job(event_id=event_id, command_id=command_id, actor=actor, command=command, keyed=keyed, final=final)
        posted = await self.poster.submit(job)
        if posted.entry.change.head is not None:
            self.forget_roles(event_id)
        return posted
