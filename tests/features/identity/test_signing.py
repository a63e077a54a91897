"""Access tokens are believed only as they were made, by a key that is in use, while they are fresh."""

import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from allsquare.features.identity.signing import (
    ALGORITHM,
    GOOD_FOR_S,
    LEEWAY_S,
    LOOK_AGAIN_AFTER_S,
    Signer,
    TokenRefused,
    signing_key_row,
)
from allsquare.features.identity.vault import SealKeyUnknown, Vault, new_keyring
from allsquare.features.wire.errors import Unauthenticated
from allsquare.pg.pool import open_pool
from tests.conftest import DatabaseUrls, fresh_database

SUBJECT, SESSION = uuid4(), uuid4()
WHO = {"subject": SUBJECT, "session_id": SESSION, "scope": "write"}
DAY_S = 86_400


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.now = int(time.time())

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def own_database(server, template_database) -> Iterator[DatabaseUrls]:
    """Return a database of this file's own: what it seals no server on another could open."""
    with fresh_database(server, template_database) as urls:
        yield urls


@pytest.fixture
async def pool(own_database) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(own_database.app_url, max_size=4) as opened:
        await opened.execute("DELETE FROM signing_key")
        yield opened
        # The keys of these vaults end with the tests; nobody else could open what is left.
        await opened.execute("DELETE FROM signing_key")


@pytest.fixture
def vault() -> Vault:
    return Vault(new_keyring())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signer(pool, vault, clock) -> Signer:
    return Signer(pool, vault, clock=clock)


def parts_of(token: str) -> tuple[dict, dict, str]:
    header, payload, signature = token.split(".")
    return json.loads(decoded(header)), json.loads(decoded(payload)), signature


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def refusal(signer: Signer, token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        await signer.read(token)
    assert isinstance(refused.value, Unauthenticated)
    assert refused.value.code == "token.refused"
    assert len(token) < 10 or token not in refused.value.detail
    return refused.value.reason


async def private_key_of(pool, vault) -> tuple[str, OKPKey]:
    """Open the key as only the server itself can."""
    key_id, sealed, public = await pool.fetchrow("SELECT key_id, private_key, public_key FROM signing_key")
    raw = bytes.fromhex(vault.open(sealed, place="signing_key.private_key", row=signing_key_row(key_id)))
    d, x = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (raw, public))
    return key_id, OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x, "d": d})


async def test_a_token_says_what_it_was_made_with(signer, clock) -> None:
    token, seconds = await signer.issue(**WHO)
    claims = await signer.read(token)
    assert seconds == GOOD_FOR_S == 900
    assert (claims.session_id, claims.scope, claims.expires_at) == (SESSION, "write", clock.now + 900)
    header, payload, _ = parts_of(token)
    assert header == {"alg": "Ed25519", "kid": (await signer.jwks())["keys"][0]["kid"], "typ": "JWT"}
    who = {"sub": str(SUBJECT), "sid": str(SESSION), "scope": "write"}
    when = {"iat": clock.now, "exp": clock.now + 900}
    assert payload == {"iss": "allsquare", "aud": "allsquare", **who, **when}


async def test_an_expired_token_is_refused(signer, clock) -> None:
    token, seconds = await signer.issue(**WHO)
    clock.now += seconds + LEEWAY_S - 1
    await signer.read(token)
    clock.now += 1
    assert await refusal(signer, token) == "expired"


async def test_a_token_without_a_signature_is_refused(signer) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, signature = token.split(".")
    for algorithm in ("none", "None", "NONE", ""):
        named = encoded({**parts_of(token)[0], "alg": algorithm})
        assert await refusal(signer, f"{named}.{payload}.") == "algorithm"
        assert await refusal(signer, f"{named}.{payload}.{signature}") == "algorithm"
    assert await refusal(signer, f"{header}.{payload}.") == "signature"


async def test_the_public_key_is_no_shared_secret(signer) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, _ = parts_of(token)
    [public] = (await signer.jwks())["keys"]
    secret = OctKey.import_key(decoded(public["x"]))
    forged = jwt.encode({**header, "alg": "HS256"}, payload, secret, algorithms=["HS256"])
    assert await refusal(signer, forged) == "algorithm"


async def test_a_signature_by_another_key_is_refused(signer) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, _ = parts_of(token)
    forged = jwt.encode(header, payload, OKPKey.generate_key("Ed25519"), algorithms=[ALGORITHM])
    assert await refusal(signer, forged) == "signature"


async def test_a_key_carried_along_is_not_believed(signer) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, _ = parts_of(token)
    own = OKPKey.generate_key("Ed25519")
    for name, value in {"jwk": own.as_dict(private=False), "jku": "https://evil.example/jwks.json"}.items():
        forged = jwt.encode({**header, name: value}, payload, own, algorithms=[ALGORITHM])
        assert await refusal(signer, forged) in {"signature", "malformed"}


async def test_an_altered_payload_is_refused(signer) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, signature = token.split(".")
    for change in ({"scope": "admin"}, {"sub": str(uuid4())}, {"exp": 2**40}):
        altered = encoded({**json.loads(decoded(payload)), **change})
        assert await refusal(signer, f"{header}.{altered}.{signature}") == "signature"


async def test_a_key_that_nobody_made_is_refused(signer) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, _ = parts_of(token)
    own = OKPKey.generate_key("Ed25519")
    forged = jwt.encode({**header, "kid": "0" * 16}, payload, own, algorithms=[ALGORITHM])
    assert await refusal(signer, forged) == "key_unknown"
    del header["kid"]
    assert await refusal(signer, jwt.encode(header, payload, own, algorithms=[ALGORITHM])) == "key_unknown"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "somebody"},
        {"aud": "somebody"},
        {"aud": ["somebody", "else"]},
        {"iss": None},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sid": None},
        {"scope": None},
        {"scope": "everything"},
        {"sub": "kim"},
        {"exp": "soon"},
        {"exp": 1e300},
        {"iat": 2**40},
        {"nbf": 2**40},
    ],
)
async def test_even_a_signed_token_must_say_what_it_must(signer, pool, vault, change) -> None:
    token, _ = await signer.issue(**WHO)
    header, payload, _ = parts_of(token)
    _, private = await private_key_of(pool, vault)
    claims = {name: value for name, value in {**payload, **change}.items() if value is not None}
    made = jwt.encode(header, claims, private, algorithms=[ALGORITHM])
    assert await refusal(signer, made) == "claims"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "é.b.c",
        "asq_" + "x" * 43,
        "." * 4097,
        encoded([]) + ".e30.AA",
        encoded({"alg": 1}) + ".e30.AA",
        encoded({"kid": "x"}) + ".e30.AA",
        encoded("[" * 2000) + ".e30.AA",
    ],
)
async def test_what_is_no_token_is_refused(signer, token) -> None:
    assert await refusal(signer, token) == "malformed"


async def test_what_is_critical_and_unknown_is_refused(signer, pool, vault) -> None:
    token, _ = await signer.issue(**WHO)
    _, payload, signature = token.split(".")
    named = encoded({**parts_of(token)[0], "crit": ["exp"], "exp": 1})
    assert await refusal(signer, f"{named}.{payload}.{signature}") in {"malformed", "signature"}


async def test_after_a_rotation_former_tokens_are_good_for_a_day(signer, clock, pool) -> None:
    former, _ = await signer.issue(**WHO)
    await signer.rotate()
    latter, _ = await signer.issue(**WHO)
    assert parts_of(former)[0]["kid"] != parts_of(latter)[0]["kid"]
    assert await signer.read(former) == await signer.read(latter)
    assert len((await signer.jwks())["keys"]) == 2
    clock.now += DAY_S + 10
    assert await refusal(signer, former) == "key_unknown"
    assert await refusal(signer, latter) == "expired"
    [left] = (await signer.jwks())["keys"]
    assert left["kid"] == parts_of(latter)[0]["kid"]


async def test_a_new_key_is_made_every_thirty_days(signer, clock, pool) -> None:
    first, _ = await signer.issue(**WHO)
    clock.now += 30 * DAY_S - 60
    second, _ = await signer.issue(**WHO)
    clock.now += 120
    third, _ = await signer.issue(**WHO)
    first, second, third = (parts_of(token)[0]["kid"] for token in (first, second, third))
    assert first == second != third


async def test_keys_superseded_long_ago_are_dropped_at_the_next_rotation(signer, pool) -> None:
    for _ in range(3):
        await signer.rotate()
    await pool.execute("UPDATE signing_key SET created_at = created_at - interval '2 days'")
    await signer.rotate()
    assert await pool.fetchval("SELECT count(*) FROM signing_key") == 2


async def test_a_key_made_by_another_process_is_found(pool, vault, signer, clock) -> None:
    await signer.ready()
    other = Signer(pool, vault, clock=clock)
    await other.rotate()
    token, _ = await other.issue(**WHO)
    assert (await signer.read(token)).session_id == SESSION


async def test_a_good_token_is_read_without_the_database(pool, vault, signer, clock) -> None:
    token, _ = await signer.issue(**WHO)
    before = await pool.fetch("SELECT key_id, private_key, public_key, created_at FROM signing_key")
    await pool.execute("DELETE FROM signing_key")
    for _ in range(10):
        await signer.read(token)
    clock.now += LOOK_AGAIN_AFTER_S
    assert await refusal(signer, token) == "key_unknown"
    assert len(before) == 1


async def test_private_keys_are_stored_sealed(signer, pool, vault) -> None:
    await signer.ready()
    key_id, private = await private_key_of(pool, vault)
    raw = decoded(private.as_dict(private=True)["d"])
    sealed = await pool.fetchval("SELECT private_key FROM signing_key WHERE key_id = $1", key_id)
    assert raw not in sealed
    assert raw.hex().encode() not in sealed


async def test_without_the_key_of_the_vault_no_token_is_made(signer, pool) -> None:
    await signer.ready()
    with pytest.raises(SealKeyUnknown):
        await Signer(pool, Vault(new_keyring())).ready()


async def test_the_jwk_set_verifies_tokens_elsewhere(signer) -> None:
    token, _ = await signer.issue(**WHO)
    published = await signer.jwks()
    assert all(set(key) == {"kty", "crv", "x", "kid", "use", "alg"} for key in published["keys"])
    read = jwt.decode(token, KeySet.import_key_set(published), algorithms=[ALGORITHM])
    assert UUID(read.claims["sub"]) == SUBJECT
