"""Find out who is asking: by the owner's or a personal token, a signed token, a session's cookie, or a guest's.

Whoever was found is remembered for a few seconds, so that a busy caller costs the database one look in that time and
no signature is verified twice; a sign-in that ends is forgotten at once in this process, and that much later in others.
"""

import time

from allsquare.features.identity.caller import Caller
from allsquare.features.identity.sight import GUEST_COOKIE, SESSION_COOKIE, Sight
from allsquare.features.identity.signing import Signer
from allsquare.features.identity.store import (
    TOKEN_PREFIX,
    find_caller_by_session,
    find_caller_by_session_token,
    find_caller_by_token,
    hash_token,
)
from allsquare.features.wire.errors import Unauthenticated
from allsquare.pg.borrow import Pool, borrow

SEEN_FOR_S = 5
"""How long who was found good is not looked up again, and so how long an end may take to be felt elsewhere."""

MAX_SEEN = 10_000
GUEST_PREFIX = "asg_"


class TokenUnknown(Unauthenticated):
    """The token is not one of ours, has expired, or was revoked."""

    code = "token.unknown"
    title = "The token is not known"


class Authentication:
    """Knows callers by what they present."""

    def __init__(self, pool: Pool, signer: Signer) -> None:
        """Look people up over a pool; `signer` reads signed tokens."""
        self._pool = pool
        self._signer = signer
        self._seen: dict[str, tuple[Caller, float]] = {}
        self._forgotten = 0

    def remembered(self, token: str) -> Caller | None:
        """Recall who was found for a token a moment ago."""
        seen = self._seen.get(token)
        return seen[0] if seen is not None and time.monotonic() < seen[1] else None

    def forget(self) -> None:
        """Look everybody up anew, because somebody's sign-in ended or changed."""
        self._seen.clear()
        # What is being looked up now may have been read before that end: it is not remembered.
        self._forgotten += 1

    async def find(self, sight: Sight) -> Caller | None:
        """Tell who sends a request; None where it presents nothing at all.

        Raises: Unauthenticated (TokenUnknown, or what `Signer.read` raises) where what it presents is not good.
        """
        if sight.authorization is not None:
            scheme, _, token = sight.authorization.partition(" ")
            if scheme.lower() != "bearer" or not token:
                detail = "Send your token as 'Authorization: Bearer TOKEN'. `allsquare token` prints the owner's."
                raise Unauthenticated(detail, field="Authorization")
            return self.remembered(token) or await self._by_token(token)
        cookies = sight.cookies()
        token = cookies.get(SESSION_COOKIE, "")
        if token:
            found = self.remembered(token) or await self._by_session_token(token, "browser")
            if found is not None:
                return found
        guest = cookies.get(f"{GUEST_COOKIE}{sight.event_id.hex}", "") if sight.event_id else ""
        if guest:
            return self.remembered(guest) or await self._by_session_token(guest, "guest")
        return None

    async def _by_token(self, token: str) -> Caller:
        began = self._forgotten
        if token.startswith(TOKEN_PREFIX):
            async with borrow(self._pool) as connection:
                found = await find_caller_by_token(connection, hash_token(token))
            if found is not None:
                return self._remember(token, found, began)
        elif token.startswith(GUEST_PREFIX):
            guest = await self._by_session_token(token, "guest")
            if guest is not None:
                return guest
        elif token.count(".") == 2:
            return await self._by_signed(token, began)
        detail = "This token is not known, has expired, or was revoked. `allsquare token` prints the owner's."
        raise TokenUnknown(detail, field="Authorization")

    async def _by_signed(self, token: str, began: int) -> Caller:
        claims = await self._signer.read(token)
        async with borrow(self._pool) as connection:
            found = await find_caller_by_session(connection, claims.session_id)
        if found is None:
            detail = "The session of this token has ended. Sign in again."
            raise TokenUnknown(detail, field="Authorization")
        user, good_for_s = found
        # Neither longer than the session goes on nor than the token itself is good.
        good_for_s = min(good_for_s, max(0, claims.expires_at - int(time.time())))
        caller = Caller(
            user.user_id,
            user.name,
            user.role,
            claims.scope,
            session_id=claims.session_id,
            good_for_s=good_for_s,
        )
        return self._remember(token, caller, began)

    async def _by_session_token(self, token: str, kind: str) -> Caller | None:
        began = self._forgotten
        async with borrow(self._pool) as connection:
            found = await find_caller_by_session_token(connection, hash_token(token), kind)
        return None if found is None else self._remember(token, found, began)

    def _remember(self, token: str, caller: Caller, began: int) -> Caller:
        """Remember who was found, while the sign-in is good, unless one ended since the look for it began."""
        if began == self._forgotten:
            while len(self._seen) >= MAX_SEEN:
                del self._seen[next(iter(self._seen))]
            seen_for_s = SEEN_FOR_S if caller.good_for_s is None else min(SEEN_FOR_S, caller.good_for_s)
            self._seen[token] = (caller, time.monotonic() + seen_for_s)
        return caller
