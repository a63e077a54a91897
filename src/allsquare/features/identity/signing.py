"""Make and read access tokens: JWTs that are good for a quarter of an hour, signed with keys that change.

Source: RFC 7519 (JWT), RFC 8037 and RFC 9864 (Ed25519), RFC 7517 (JWKS).
"""

import asyncio
import base64
import binascii
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidPayloadError, JoseError
from joserfc.jwk import OKPKey

from allsquare.core.access import Scope
from allsquare.features.identity.signing_keys.store import (
    SigningKey,
    add_signing_key,
    drop_superseded_keys,
    list_signing_keys,
)
from allsquare.features.identity.vault import Vault
from allsquare.features.wire.errors import Unauthenticated
from allsquare.features.wire.ids import derived_id
from allsquare.pg.borrow import Pool, borrow
from allsquare.pg.transact import transaction

ALGORITHM = "Ed25519"
ISSUER = AUDIENCE = "allsquare"
GOOD_FOR_S = 900
LEEWAY_S = 5
"""By how much the clocks of two servers may differ."""

NEW_KEY_AFTER = timedelta(days=30)
VERIFIED_FOR = timedelta(days=1)
LOOK_AGAIN_AFTER_S = 300
LOOKS_APART_S = timedelta(milliseconds=500).total_seconds()
MAX_TOKEN = 4096
JWS_PARTS = 3
PRIVATE_KEY = "signing_key.private_key"
_LONG_AGO = -1_000_000_000

Reason = Literal["expired", "algorithm", "signature", "malformed", "key_unknown", "claims"]
_DETAILS: dict[Reason, str] = {
    "expired": "This access token has expired. Get a new one with your refresh token, or sign in again.",
    "algorithm": f"This access token is not signed with {ALGORITHM}.",
    "signature": "This access token's signature is wrong.",
    "malformed": "This is not an access token.",
    "key_unknown": "This access token is signed with a key that is not, or no longer, in use. Sign in again.",
    "claims": "This access token does not say what it must.",
}


class TokenRefused(Unauthenticated):
    """The access token has expired, was altered, or was not made here.

    Shape: `reason` is one of a few words, for the audit.
    """

    code = "token.refused"
    title = "The access token was refused"

    def __init__(self, reason: Reason) -> None:
        super().__init__(_DETAILS[reason], field="Authorization", actual=reason)
        self.reason: Reason = reason


class Claims(msgspec.Struct, frozen=True):
    """What a good access token says."""

    session_id: UUID
    scope: Scope
    expires_at: int


class _Payload(msgspec.Struct, frozen=True):
    sub: UUID
    sid: UUID
    scope: Scope
    exp: int


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str | None = None


class _Key(msgspec.Struct, frozen=True):
    raw: bytes
    public: OKPKey
    superseded_at: datetime | None


class Signer:
    """Sign access tokens and read them back; reading a good one asks the database nothing.

    Shape: keys are held in memory and read anew every few minutes, and when a token names one that is not known, which
        another process may have just made. `clock` gives seconds since 1970.
    """

    def __init__(self, pool: Pool, vault: Vault, *, clock: Callable[[], int] = lambda: int(time.time())) -> None:
        self._pool = pool
        self._vault = vault
        self._clock = clock
        self._keys: dict[str, _Key] = {}
        self._newest: SigningKey | None = None
        self._private: tuple[str, OKPKey] | None = None
        self._stale_at = 0
        self._looked_at: float = _LONG_AGO
        self._changing = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._registry = jwt.JWTClaimsRegistry(
            now=clock,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )

    async def issue(self, *, subject: UUID, session_id: UUID, scope: Scope) -> tuple[str, int]:
        """Make an access token; give it and for how many seconds it is good.

        Shape: it names nobody but by their id, and says nothing that may change while it is good.
        """
        key_id, private = await self._signing_key()
        now = self._clock()
        claims: jwt.Claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(subject),
            "sid": str(session_id),
            "scope": scope,
            "iat": now,
            "exp": now + GOOD_FOR_S,
        }
        token = jwt.encode({"alg": ALGORITHM, "kid": key_id}, claims, private, algorithms=[ALGORITHM])
        return token, GOOD_FOR_S

    async def read(self, token: str) -> Claims:
        """Tell what an access token says.

        Raises: TokenRefused.
        """
        public = await self._verifying_key(_key_named_by(token))
        try:
            read = jwt.decode(token, public, algorithms=[ALGORITHM])
            self._registry.validate(read.claims)
            payload = msgspec.convert(read.claims, _Payload)
        except BadSignatureError:
            raise TokenRefused("signature") from None
        except ExpiredTokenError:
            raise TokenRefused("expired") from None
        except (ClaimError, InvalidPayloadError, msgspec.ValidationError):
            raise TokenRefused("claims") from None
        except (JoseError, ValueError):
            raise TokenRefused("malformed") from None
        return Claims(session_id=payload.sid, scope=payload.scope, expires_at=payload.exp)

    async def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Give the public keys that verify access tokens now, the newest last, as a JWK set."""
        await self._look_if_stale()
        common = {"kty": "OKP", "crv": ALGORITHM, "use": "sig", "alg": ALGORITHM}
        good = [(key_id, key) for key_id, key in self._keys.items() if self._is_good(key)]
        return {"keys": [{**common, "kid": key_id, "x": _in_base64url(key.raw)} for key_id, key in good]}

    async def rotate(self) -> None:
        """Make a new key that signs from now on; the former verifies for a day, and those before it are dropped."""
        async with self._changing:
            await self._rotate()

    async def ready(self) -> None:
        """Hold a key to sign with, the first one made here if there is none.

        Raises: SealKeyUnknown, SealBroken where the key there is was sealed with one that this server does not have.
        """
        await self._signing_key()

    async def _signing_key(self) -> tuple[str, OKPKey]:
        await self._look_if_stale()
        if self._is_due():
            async with self._changing:
                # Another request may have done so meanwhile. Another process may do so now: then the later key signs.
                if self._is_due():
                    await self._rotate()
        newest = self._newest
        if newest is None:
            message = "the key that was just made is not there"
            raise AssertionError(message)
        private = self._private
        if private is None or private[0] != newest.key_id:
            opened = self._vault.open(newest.private_key, place=PRIVATE_KEY, row=signing_key_row(newest.key_id))
            raw = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(opened))
            private = self._private = (newest.key_id, OKPKey.import_key(raw))
        return private

    def _is_due(self) -> bool:
        newest = self._newest
        return newest is None or self._clock() >= (newest.created_at + NEW_KEY_AFTER).timestamp()

    async def _rotate(self) -> None:
        key_id = secrets.token_hex(8)
        private = Ed25519PrivateKey.generate()
        sealed = self._vault.seal(private.private_bytes_raw().hex(), place=PRIVATE_KEY, row=signing_key_row(key_id))
        async with transaction(self._pool) as connection:
            await drop_superseded_keys(connection, after=VERIFIED_FOR)
            await add_signing_key(
                connection, key_id, private_key=sealed, public_key=private.public_key().public_bytes_raw()
            )
        await self._look()

    async def _verifying_key(self, key_id: str) -> OKPKey:
        await self._look_if_stale()
        if key_id not in self._keys:
            await self._look_for(key_id)
        key = self._keys.get(key_id)
        if key is None or not self._is_good(key):
            raise TokenRefused("key_unknown")
        return key.public

    def _is_good(self, key: _Key) -> bool:
        return key.superseded_at is None or self._clock() < (key.superseded_at + VERIFIED_FOR).timestamp()

    async def _look_if_stale(self) -> None:
        if not self._keys or self._clock() >= self._stale_at:
            await self._look()

    async def _look_for(self, key_id: str) -> None:
        """Look whether another process has made this key; all who ask meanwhile share one look.

        Ensures: whoever makes up names of keys causes two looks a second at most, and no good token is refused for it.
        """
        asked_at = time.monotonic()
        async with self._looking:
            if key_id in self._keys or self._looked_at > asked_at:
                return
            pause_s = self._looked_at + LOOKS_APART_S - asked_at
            if pause_s > 0:
                await asyncio.sleep(pause_s)
            await self._look()

    async def _look(self) -> None:
        began_at = time.monotonic()
        async with borrow(self._pool) as connection:
            found = await list_signing_keys(connection)
        self._keys = {
            key.key_id: _Key(
                raw=key.public_key,
                public=OKPKey.import_key(Ed25519PublicKey.from_public_bytes(key.public_key)),
                superseded_at=key.superseded_at,
            )
            for key in found
        }
        self._newest = found[-1] if found else None
        self._stale_at = self._clock() + LOOK_AGAIN_AFTER_S
        # From when it began: what was made while it ran may be missing in it.
        self._looked_at = began_at


def signing_key_row(key_id: str) -> UUID:
    """Give the row to which the private part of a key is sealed."""
    return derived_id("signing key", key_id.encode())


def _key_named_by(token: str) -> str:
    """Read the header of a token, which nothing vouches for yet.

    Raises: TokenRefused.
    """
    parts = token.split(".")
    if len(token) > MAX_TOKEN or not token.isascii() or len(parts) != JWS_PARTS:
        raise TokenRefused("malformed")
    try:
        text = base64.b64decode(parts[0] + "=" * (-len(parts[0]) % 4), b"-_", validate=True)
        header = msgspec.json.decode(text, type=_Header)
    except (binascii.Error, msgspec.MsgspecError, UnicodeError, RecursionError):
        raise TokenRefused("malformed") from None
    if header.alg != ALGORITHM:
        raise TokenRefused("algorithm")
    if header.kid is None:
        raise TokenRefused("key_unknown")
    return header.kid


def _in_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
