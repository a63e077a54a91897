"""Give every request handler its context: who is asking, with which key, and what the process offers."""

import re
import time
from contextlib import AbstractAsyncContextManager
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from allsquare.core.commands import Command
from allsquare.features.identity.store import User, find_user, find_user_by_token, hash_token
from allsquare.features.wire.aside import Aside
from allsquare.features.wire.errors import HeaderInvalid, PreconditionRequired, Unauthenticated
from allsquare.features.wire.ids import derived_id, new_id
from allsquare.ledger.feed import Feed
from allsquare.ledger.poster import Job, Posted, Poster
from allsquare.pg.borrow import Connection, Pool, borrow

TOKEN_SEEN_FOR_S = 5
"""How long a token that was found good is not looked up again, and so how long a revocation may take to be felt."""

MAX_SEEN = 10_000
Key = TypeVar("Key")
Value = TypeVar("Value")
_VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")


class Services:
    """What a process offers its handlers: a pool to read from, a poster to write through, a feed to listen to."""

    def __init__(self, pool: Pool, poster: Poster, feed: Feed) -> None:
        """Wire the parts together; done once, at the edge."""
        self.pool = pool
        self.poster = poster
        self.feed = feed
        self.aside = Aside()
        self._tokens: dict[str, tuple[User, float]] = {}
        self._names: dict[UUID, str] = {}
        self._currencies: dict[UUID, str] = {}

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection to read from."""
        return borrow(self.pool)

    async def authenticate(self, authorization: str | None) -> User:
        """Tell whose bearer token this is.

        Raises: Unauthenticated.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            detail = "Send your token as 'Authorization: Bearer TOKEN'. `allsquare token` prints the owner's."
            raise Unauthenticated(detail, field="Authorization")
        seen = self._tokens.get(token)
        now = time.monotonic()
        if seen is not None and now < seen[1]:
            return seen[0]
        async with self.reading() as connection:
            user = await find_user_by_token(connection, hash_token(token))
        if user is None:
            detail = "This token is not known, or was revoked. `allsquare token` prints the owner's."
            raise Unauthenticated(detail, field="Authorization")
        _remember(self._tokens, token, (user, now + TOKEN_SEEN_FOR_S))
        self._names[user.user_id] = user.name
        return user

    async def name_of(self, user_id: UUID) -> str:
        """Tell what a user is called."""
        name = self._names.get(user_id)
        if name is None:
            async with self.reading() as connection:
                user = await find_user(connection, user_id)
            name = user.name if user else "somebody"
            _remember(self._names, user_id, name)
        return name

    def known_currency(self, event_id: UUID) -> str | None:
        """Recall an event's currency, which never changes."""
        return self._currencies.get(event_id)

    def remember_currency(self, event_id: UUID, currency: str) -> None:
        """Remember an event's currency."""
        _remember(self._currencies, event_id, currency)


def _remember(memory: dict[Key, Value], key: Key, value: Value) -> None:
    while len(memory) >= MAX_SEEN:
        del memory[next(iter(memory))]
    memory[key] = value


class Call:
    """One authenticated request: who asks, under which idempotency key, seeing which version."""

    __slots__ = ("idempotency_key", "if_match", "services", "user")

    def __init__(
        self, services: Services, user: User, *, idempotency_key: str | None = None, if_match: str | None = None
    ) -> None:
        """Check the headers that all writes share.

        Raises: HeaderInvalid.
        """
        if idempotency_key is not None and not _VISIBLE_ASCII.fullmatch(idempotency_key):
            detail = "Idempotency-Key takes 1 to 255 visible ASCII characters."
            raise HeaderInvalid(detail, field="Idempotency-Key", expected="1 to 255 visible ASCII characters")
        self.services = services
        self.user = user
        self.idempotency_key = idempotency_key
        self.if_match = if_match

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection to read from."""
        return self.services.reading()

    def command_id(self, *, natural: UUID | None = None) -> tuple[UUID, bool]:
        """Name the command of this request, and tell whether it may come again under that name.

        Shape: derived from the idempotency key, else from `natural` (an id the client made), else new.
        """
        if self.idempotency_key is not None:
            return derived_id("key", self.user.user_id.bytes, self.idempotency_key.encode()), True
        if natural is not None:
            return derived_id("natural", self.user.user_id.bytes, natural.bytes), True
        return new_id(), False

    def command_id_of_line(self, index: int) -> UUID:
        """Name the command of one line of a batch that was sent under an idempotency key."""
        return derived_id("line", self.user.user_id.bytes, (self.idempotency_key or "").encode(), index.to_bytes(4))

    def seen_version(self, *, required: bool = True) -> int | None:
        """Read the version an edit is based on from If-Match.

        Raises: PreconditionRequired where it is missing, HeaderInvalid where it is no version.
        """
        if self.if_match is None:
            if not required:
                return None
            detail = 'Say which version your edit is based on, as in If-Match: "3" (the ETag you were given).'
            raise PreconditionRequired(detail, field="If-Match")
        match = re.fullmatch(r'(?:W/)?"?([0-9]{1,9})"?', self.if_match.strip())
        if match is None:
            detail = f'If-Match must be one version such as "3", not {self.if_match[:40]!r}.'
            raise HeaderInvalid(detail, field="If-Match", expected='a version such as "3"', actual=self.if_match[:40])
        return int(match[1])

    async def submit(
        self, event_id: UUID, command: Command, *, natural: UUID | None = None, named: tuple[UUID, bool] | None = None
    ) -> Posted:
        """Post one command and wait for its answer; raises its refusal."""
        command_id, keyed = named or self.command_id(natural=natural)
        job = Job(
            event_id=event_id,
            command_id=command_id,
            actor=self.user.user_id,
            command=command,
            keyed=keyed,
            final=self.idempotency_key is not None,
        )
        return await self.services.poster.submit(job)


def replay_header(posted: Posted) -> dict[str, str]:
    """Tell that an answer is the one an earlier request with the same key got."""
    return {"Idempotency-Replayed": "true"} if posted.replayed else {}


_bearer = HTTPBearer(auto_error=False, description="The owner's token; `allsquare token` prints it.")


async def call_of(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],  # noqa: ARG001  (for the document)
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Makes a write safe to repeat: the same key gets the same answer, once done.",
            json_schema_extra={"minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
        ),
    ] = None,
    if_match: Annotated[
        str | None, Header(description='The version an edit is based on, as given in ETag, such as "3".')
    ] = None,
) -> Call:
    """Build the context of a request."""
    services: Services = request.app.state.services
    user = await services.authenticate(request.headers.get("authorization"))
    return Call(services, user, idempotency_key=idempotency_key, if_match=if_match)


CallContext = Annotated[Call, Depends(call_of)]
