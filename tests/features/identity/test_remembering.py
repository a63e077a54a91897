"""Who was found good is remembered for a moment: never past an end that came meanwhile, nor past its own."""

import asyncio
from uuid import UUID

import pytest

from allsquare.core.errors import NotFound
from allsquare.features.identity.access.roles import Roles
from allsquare.features.identity.authentication import Authentication
from allsquare.features.identity.caller import Caller
from allsquare.features.identity.sight import sight_of
from allsquare.features.wire.errors import Unauthenticated
from allsquare.pg.pool import open_pool
from tests.features.conftest import TIMEOUT_S
from tests.features.identity.accounts_helpers import PASSWORD, address, browser

REVOKE = "UPDATE access_token SET revoked_at = now() WHERE token_id = $1"
END = "UPDATE session SET ended_at = now(), last_seen_at = now() - interval '2 minutes' WHERE user_id = $1"
AGE = "UPDATE session SET last_seen_at = now() - interval '2 minutes' WHERE user_id = $1"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
EXPIRE_TOKEN_SOON = "UPDATE access_token SET expires_at = now() + interval '1500 milliseconds' WHERE token_id = $1"
EXPIRE_SESSIONS_SOON = "UPDATE session SET expires_at = now() + interval '1500 milliseconds' WHERE user_id = $1"


@pytest.fixture
def asha(running):
    """Open a browser in which somebody has signed up."""
    with browser(running) as opened:
        opened.email = address()
        opened.user = opened.sign_up(email=opened.email, password=PASSWORD)
        yield opened


def shown_by(asha, way: str) -> dict[str, str]:
    """Give the headers with which somebody shows who they are; the personal token's id beside them."""
    if way == "cookie":
        return {"cookie": f"allsquare={asha.http.cookies['allsquare']}"}
    if way == "jwt":
        body = {"grant_type": "password", "username": asha.email, "password": PASSWORD}
        return {"authorization": f"Bearer {asha.do('POST', '/v1/token', body)['access_token']}"}
    made = asha.do("POST", "/v1/tokens", {"name": "Script", "scope": "read"}, status=201)
    return {"authorization": f"Bearer {made['token']}", "x-id": made["id"]}


def look(headers: dict[str, str]):
    return sight_of(headers, method="GET", scheme="http", client=None, event_id=None)


async def found(authentication: Authentication, headers: dict[str, str]) -> bool:
    try:
        return await authentication.find(look(headers)) is not None
    except Unauthenticated:
        return False


@pytest.mark.parametrize("way", ["token", "cookie", "jwt"])
def test_who_is_looked_up_while_their_sign_in_ends_is_not_remembered(running, asha, way):
    headers = shown_by(asha, way)

    async def race(services) -> bool:
        authentication = Authentication(services.pool, services.signer)
        async with services.writing() as connection, asyncio.timeout(TIMEOUT_S):
            if way != "token":
                await connection.execute(AGE, asha.user["id"])
        async with services.writing() as connection, asyncio.timeout(TIMEOUT_S):
            await connection.execute(*((REVOKE, headers["x-id"]) if way == "token" else (END, asha.user["id"])))
            # It has read that the sign-in is good, and waits to note when it was last used.
            looking = asyncio.ensure_future(found(authentication, headers))
            while await connection.fetchval(WAITING) == 0:
                assert not looking.done(), "it did not wait"
            authentication.forget()
        await looking
        return await found(authentication, headers)

    assert running.run(race) is False


@pytest.mark.parametrize("way", ["token", "cookie", "jwt"])
def test_nobody_is_remembered_past_the_end_of_their_sign_in(running, asha, way):
    headers = shown_by(asha, way)

    async def wait(services) -> tuple[bool, bool]:
        authentication = Authentication(services.pool, services.signer)
        async with services.writing() as connection:
            soon = (EXPIRE_TOKEN_SOON, headers["x-id"]) if way == "token" else (EXPIRE_SESSIONS_SOON, asha.user["id"])
            await connection.execute(*soon)
        before = await found(authentication, headers)
        await asyncio.sleep(1.6)
        return before, await found(authentication, headers)

    assert running.run(wait) == (True, False)


def test_a_role_looked_up_while_the_roster_changes_is_not_remembered(running, api, api_database, asha):
    event = api.event()
    link = api.do("POST", f"{event}/links", {"role": "contributor"}, status=201)["token"]
    joined = asha.do("POST", "/v1/links/join", {"token": link, "name": "Dia"}, status=201)
    number = joined["member"]
    event_id = UUID(event.rpartition("/")[2])

    async def race(services) -> None:
        caller = Caller(UUID(asha.user["id"]), "Asha", "user")
        async with await open_pool(api_database.app_url, max_size=1) as pool:
            roles = Roles(pool)
            async with pool.acquire():
                looking = asyncio.ensure_future(roles.access_event(caller, event_id))
                await asyncio.sleep(0)
                roles.forget(event_id)
            assert await looking == "member"
            await asyncio.to_thread(api.do, "DELETE", f"{event}/members/{number}", status=204)
            with pytest.raises(NotFound):
                await roles.access_event(caller, event_id)

    running.run(race)
