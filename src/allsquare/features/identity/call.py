"""Give every request handler its context: who is asking, with which key, and what the process offers."""

import re
from contextlib import AbstractAsyncContextManager
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from allsquare.core.commands import Command
from allsquare.core.entry import MemberRole
from allsquare.features.identity.authentication import TokenUnknown
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.services import Services
from allsquare.features.identity.sight import Sight
from allsquare.features.identity.store import hold_sign_in, hold_user
from allsquare.features.wire.errors import HeaderInvalid, PreconditionRequired
from allsquare.features.wire.ids import derived_id, new_id
from allsquare.ledger.poster import Posted
from allsquare.pg.borrow import Connection

_VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")


class Asking:
    """What every request has, whoever sends it: what the process offers, and what the request shows."""

    __slots__ = ("services", "sight")

    def __init__(self, services: Services, sight: Sight) -> None:
        """Hold both."""
        self.services = services
        self.sight = sight

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection to read from."""
        return self.services.reading()

    def writing(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection and run the block in one transaction."""
        return self.services.writing()

    @property
    def address(self) -> str:
        """Tell from which address the request came."""
        return self.sight.address

    @property
    def device(self) -> str:
        """Tell what the request says it was sent with."""
        return self.sight.device

    @property
    def secure(self) -> bool:
        """Tell whether the request came over HTTPS."""
        return self.sight.secure

    @property
    def base_url(self) -> str:
        """Give where people reach this instance."""
        return self.services.people.public_url or self.sight.base_url


class Call(Asking):
    """One authenticated request: who asks, under which idempotency key, seeing which version."""

    __slots__ = ("caller", "idempotency_key", "if_match")

    def __init__(
        self,
        services: Services,
        caller: Caller,
        sight: Sight,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> None:
        """Check the headers that all writes share.

        Raises: HeaderInvalid.
        """
        if idempotency_key is not None and not _VISIBLE_ASCII.fullmatch(idempotency_key):
            detail = "Idempotency-Key takes 1 to 255 visible ASCII characters."
            raise HeaderInvalid(detail, field="Idempotency-Key", expected="1 to 255 visible ASCII characters")
        super().__init__(services, sight)
        self.caller = caller
        self.idempotency_key = idempotency_key
        self.if_match = if_match

    async def audit(self, action: str, *, user_id: UUID | None = None, **detail: str | int | bool | None) -> None:
        """Write down what whoever asks did to an account, their own unless told otherwise."""
        own = self.caller.user_id
        await self.services.audit(action, user_id=user_id or own, actor=own, address=self.address, **detail)

    async def require_role(self, event_id: UUID, least: MemberRole) -> None:
        """Refuse who has a lesser role in an event; raises EventNotFound, NotAllowed."""
        await self.services.access_event(self.caller, event_id, least)

    async def hold_sign_in(self, connection: Connection) -> None:
        """Refuse a user whose sign-in has ended since they were let in, where what they make would outlive it.

        Locks: the user, then the session or token, until the transaction ends. Whoever ends it, or sets another
            password, waits for what is made here and ends that too, or was first.
        Raises: TokenUnknown.
        """
        await hold_user(connection, self.caller.user_id)
        if not await hold_sign_in(connection, self.caller):
            detail = "This sign-in has ended. Sign in again."
            raise TokenUnknown(detail, field="Authorization")

    async def name_of(self, actor_id: UUID, event_id: UUID) -> str:
        """Tell what somebody who acted in an event is called."""
        if actor_id == self.caller.user_id:
            return self.caller.name
        return await self.services.name_of(actor_id, event_id)

    def command_id(self, *, natural: UUID | None = None) -> tuple[UUID, bool]:
        """Name the command of this request, and tell whether it may come again under that name.

        Shape: derived from the idempotency key, else from `natural` (an id the client made), else new.
        """
        if self.idempotency_key is not None:
            return derived_id("key", self.caller.user_id.bytes, self.idempotency_key.encode()), True
        if natural is not None:
            return derived_id("natural", self.caller.user_id.bytes, natural.bytes), True
        return new_id(), False

    def command_id_of_line(self, index: int) -> UUID:
        """Name the command of one line of a batch that was sent under an idempotency key."""
        return derived_id("line", self.caller.user_id.bytes, (self.idempotency_key or "").encode(), index.to_bytes(4))

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
        return await self.services.submit_as(
            self.caller.actor,
            event_id,
            command,
            command_id=command_id,
            keyed=keyed,
            final=self.idempotency_key is not None,
        )


def replay_header(posted: Posted) -> dict[str, str]:
    """Tell that an answer is the one an earlier request with the same key got."""
    return {"Idempotency-Replayed": "true"} if posted.replayed else {}


_bearer = HTTPBearer(
    auto_error=False,
    description="A token: the owner's (`allsquare token`), a personal one, or one of `POST /v1/token`.",
)


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
    """Build the context of a request whose sender the route has admitted."""
    state = request.state
    return Call(state.services, state.caller, state.sight, idempotency_key=idempotency_key, if_match=if_match)


CallContext = Annotated[Call, Depends(call_of)]


class OpenCall(Asking):
    """One request of anybody: of somebody known, or of a stranger."""

    __slots__ = ("caller",)

    def __init__(self, services: Services, caller: Caller | None, sight: Sight) -> None:
        """Hold who asks, if that is known."""
        super().__init__(services, sight)
        self.caller = caller

    async def audit(self, action: str, *, user_id: UUID | None, **detail: str | int | bool | None) -> None:
        """Write down what was done to an account; by its own user where nobody else is known to ask."""
        actor = self.caller.user_id if self.caller is not None else user_id
        await self.services.audit(action, user_id=user_id, actor=actor, address=self.address, **detail)


def open_call_of(request: Request) -> OpenCall:
    """Build the context of a request that anybody may send."""
    state = request.state
    return OpenCall(state.services, state.caller, state.sight)


OpenContext = Annotated[OpenCall, Depends(open_call_of)]
