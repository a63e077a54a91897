"""Let people in: find out who sends a request, count it, and write down who was turned away."""

from uuid import UUID

from allsquare.core.access import ReadOnly
from allsquare.features.identity.access.roles import Roles
from allsquare.features.identity.audit.store import add_audit, network_of
from allsquare.features.identity.authentication import Authentication
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.parts import Parts
from allsquare.features.identity.sight import CrossOrigin, Sight
from allsquare.features.wire.errors import Unauthenticated
from allsquare.pg.borrow import Pool, borrow


class Door:
    """The one way in, for every route."""

    def __init__(self, pool: Pool, parts: Parts, roles: Roles) -> None:
        """Stand before what a process offers."""
        self._pool = pool
        self._limits = parts.limits
        self._public_url = parts.people.public_url
        self._roles = roles
        self._authentication = Authentication(pool, parts.signer)

    async def admit(self, sight: Sight, *, counted: bool = True) -> Caller:
        """Let in who is known, and may see the event that the path names; not `counted` where a stream only goes on.

        Raises: Unauthenticated, CrossOrigin, ReadOnly, TooManyRequests, EventNotFound.
        """
        caller = await self.recognise(sight)
        if caller is None:
            detail = (
                "Send your token as 'Authorization: Bearer TOKEN', or sign in. `allsquare token` prints the owner's."
            )
            raise Unauthenticated(detail, field="Authorization")
        if counted:
            self._limits.count_request(caller.user_id)
        if caller.scope == "read" and not sight.safe:
            detail = "This token may only look, not change anything."
            raise ReadOnly(detail, field="Authorization", expected="write", actual="read")
        if sight.event_id is not None:
            await self._roles.access_event(caller, sight.event_id)
        return caller

    async def recognise(self, sight: Sight) -> Caller | None:
        """Tell who sends a request; None where it presents nothing. What it presents must be good.

        Raises: Unauthenticated, CrossOrigin, TooManyRequests.
        """
        try:
            caller = await self._authentication.find(sight)
            if caller is not None and sight.authorization is None and not sight.safe:
                sight.require_same_origin(self._public_url)
        except (Unauthenticated, CrossOrigin) as error:
            # Counted first, so that nobody fills the audit by asking again and again.
            await self._limits.hit("refused", sight.address)
            reason = getattr(error, "reason", None) or error.code
            await self.audit("request.refused", user_id=None, actor=None, address=sight.address, reason=reason)
            raise
        return caller

    def forget_caller(self) -> None:
        """Look everybody up anew: somebody's sign-in ended or changed."""
        self._authentication.forget()

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
        async with borrow(self._pool) as connection:
            await add_audit(
                connection, action, user_id=user_id, actor=actor, network=network_of(address), detail=detail
            )
