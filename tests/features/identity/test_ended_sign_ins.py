"""What outlives a sign-in is made by none that has ended: a process that remembers it for a moment more, or a race."""

import asyncio
from uuid import UUID

import httpx2
import pytest

from tests.features.api_client import refused
from tests.features.conftest import TIMEOUT_S
from tests.features.identity.accounts_helpers import PASSWORD, address, browser, execute, fetch
from tests.features.identity.authenticator import Authenticator

PASSKEYS = "/v1/users/me/passkeys"
DOOR = "/v1/sessions/passkey"
END_SESSIONS = "UPDATE session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL"
REVOKE_TOKEN = "UPDATE access_token SET revoked_at = now() WHERE token_id = $1"
CHANGE_PASSWORD = "UPDATE \"user\" SET password_hash = '$changed$' WHERE user_id = $1"
REMOVE_PASSKEYS = "DELETE FROM passkey WHERE user_id = $1"
GOOD_TOKENS = "SELECT name FROM access_token WHERE user_id = $1 AND revoked_at IS NULL"
GOOD_SESSIONS = "SELECT session_id FROM session WHERE user_id = $1 AND ended_at IS NULL"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
SCRIPT = {"name": "Script", "scope": "read"}


@pytest.fixture
def asha(running):
    """Open a browser in which somebody has signed up, at the name that passkeys are for."""
    with browser(running) as opened:
        opened.origin = running.url.replace("127.0.0.1", "localhost")
        opened.http.base_url, opened.http.headers["Origin"] = opened.origin, opened.origin
        opened.user = opened.sign_up(email=address(), password=PASSWORD)
        yield opened


def test_a_session_that_another_process_ended_makes_no_token(running, asha):
    assert asha.me["id"] == asha.user["id"]
    execute(running, END_SESSIONS, asha.user["id"])
    refused(asha.send("POST", "/v1/tokens", SCRIPT), 401, "token.unknown")
    assert fetch(running, GOOD_TOKENS, asha.user["id"]) == []


def test_a_token_that_another_process_revoked_makes_no_other(running, asha):
    made = asha.do("POST", "/v1/tokens", {"name": "First", "scope": "admin"}, status=201)
    with browser(running, made["token"]) as program:
        assert program.me["id"] == asha.user["id"]
        execute(running, REVOKE_TOKEN, made["id"])
        refused(program.send("POST", "/v1/tokens", SCRIPT), 401, "token.unknown")
    assert fetch(running, GOOD_TOKENS, asha.user["id"]) == []


def test_a_session_that_another_process_ended_adds_no_passkey(running, asha):
    options = asha.do("POST", f"{PASSKEYS}/options", {"current": PASSWORD})["public_key"]
    execute(running, END_SESSIONS, asha.user["id"])
    body = {"name": "Phone", "credential": Authenticator(asha.origin).make(options)}
    refused(asha.send("POST", PASSKEYS, body), 401, "token.unknown")
    assert fetch(running, "SELECT passkey_id FROM passkey WHERE user_id = $1", asha.user["id"]) == []


def sent_meanwhile(running, asha, path: str, body: object, *ends: str) -> int:
    """Send a request while a reset has changed the password and goes on to end what there was; give its status."""
    headers = {"Origin": asha.origin, "Cookie": f"allsquare={asha.http.cookies['allsquare']}"}

    async def race(services) -> int:
        async with httpx2.AsyncClient(base_url=asha.origin) as client, asyncio.timeout(TIMEOUT_S):
            async with services.writing() as connection:
                await connection.execute(CHANGE_PASSWORD, UUID(asha.user["id"]))
                sending = asyncio.ensure_future(client.post(path, json=body, headers=headers))
                await connection.execute(ends[0], UUID(asha.user["id"]))
                while await connection.fetchval(WAITING) == 0:
                    assert not sending.done(), "it did not wait"
                for end in ends[1:]:
                    await connection.execute(end, UUID(asha.user["id"]))
            return (await sending).status_code

    return running.run(race)


def test_a_token_that_is_made_during_a_reset_is_refused(running, asha):
    assert sent_meanwhile(running, asha, "/v1/tokens", SCRIPT, END_SESSIONS) == 401
    assert fetch(running, GOOD_TOKENS, asha.user["id"]) == []


def test_who_signs_in_by_a_passkey_during_a_reset_is_refused(running, asha):
    device = Authenticator(asha.origin)
    options = asha.do("POST", f"{PASSKEYS}/options", {"current": PASSWORD})["public_key"]
    asha.do("POST", PASSKEYS, {"name": "Phone", "credential": device.make(options)}, status=201)
    answer = {"credential": device.answer(asha.do("POST", f"{DOOR}/options")["public_key"])}
    assert sent_meanwhile(running, asha, DOOR, answer, END_SESSIONS, REMOVE_PASSKEYS) == 401
    assert fetch(running, GOOD_SESSIONS, asha.user["id"]) == []
