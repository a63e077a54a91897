"""What ended long ago is swept away, and nothing that is live or still guards something goes with it."""

import asyncio
from uuid import UUID

import pytest

from allsquare.features.identity.store import hash_token
from allsquare.features.identity.sweeping.daily import sweep_daily
from allsquare.features.identity.sweeping.store import sweep
from allsquare.pg.transact import transaction
from tests.features.api_client import refused
from tests.features.guest_people import Person, execute, guest_of, join, make_link
from tests.features.identity.accounts_helpers import PASSWORD, address, browser, fetch

GRANT = {"grant_type": "password", "password": PASSWORD}

END_SESSION = """
UPDATE session SET ended_at = now() - make_interval(days => $2) WHERE session_id = $1
"""
EXPIRE_SESSION = """
UPDATE session SET expires_at = now() - make_interval(days => $2) WHERE session_id = $1
"""
SESSION_OF_TOKEN = """
SELECT session_id FROM refresh_token WHERE token_hash = $1
"""
SESSION_OF_GUEST = """
SELECT session_id FROM session WHERE token_hash = $1
"""
IS_SESSION = """
SELECT session_id FROM session WHERE session_id = $1
"""
AGE_TOKENS = """
UPDATE refresh_token SET created_at = now() - interval '1 year', used_at = used_at - interval '1 year'
WHERE session_id = $1
"""
EXPIRE_LINK = """
UPDATE link SET expires_at = now() - make_interval(days => $2) WHERE link_id = $1
"""
IS_LINK = """
SELECT link_id FROM link WHERE link_id = $1
"""
EXPIRE_TICKET = """
UPDATE ticket SET expires_at = now() - make_interval(days => $2) WHERE ticket_id = $1
"""


def swept(running):
    """Sweep, as the process does once a day."""

    async def work(services):
        async with transaction(services.pool) as connection:
            return await sweep(connection)

    return running.run(work)


@pytest.fixture
def program(running, api):
    """Sign a program of somebody in; gives its tokens and its session."""
    email = address()
    with browser(running) as asha:
        asha.sign_up(email=email, password=PASSWORD)
    granted = Person(api, None).do("POST", "/v1/token", {**GRANT, "username": email})
    [(session_id,)] = fetch(running, SESSION_OF_TOKEN, hash_token(granted["refresh_token"]))
    return granted["refresh_token"], session_id


def renew(api, token: str):
    return Person(api, None).send("POST", "/v1/token", {"grant_type": "refresh_token", "refresh_token": token})


@pytest.mark.parametrize("statement", [END_SESSION, EXPIRE_SESSION], ids=["ended", "expired"])
def test_a_session_goes_90_days_after_its_end_with_the_tokens_that_renewed_it(running, api, program, statement):
    token, session_id = program
    renew(api, token)
    execute(running, statement, session_id, 89)
    swept(running)
    assert fetch(running, IS_SESSION, session_id) == [(session_id,)]
    execute(running, statement, session_id, 91)
    told = swept(running)
    assert (told.refresh_tokens, told.sessions) == (2, 1)
    assert fetch(running, IS_SESSION, session_id) == []
    refused(renew(api, token), 401, "refresh.refused")


def test_a_used_token_ends_its_session_however_old_it_is(running, api, program):
    token, session_id = program
    second = renew(api, token).json()["refresh_token"]
    execute(running, AGE_TOKENS, session_id)
    swept(running)
    third = renew(api, second).json()["refresh_token"]
    refused(renew(api, token), 401, "refresh.refused")
    refused(renew(api, third), 401, "refresh.refused")


def test_who_is_signed_in_stays_so(running, api):
    event = api.event()
    guest = guest_of(api, make_link(api, event), member=2)
    with browser(running) as asha:
        asha.sign_up(email=address(), password=PASSWORD)
        swept(running)
        assert asha.me["name"] == "Asha"
    guest.get(event)


def test_a_guest_who_left_long_ago_comes_back_under_no_old_key_while_the_link_is_good(running, api):
    event = api.event()
    link = make_link(api, event)
    stranger = Person(api, None)
    token = join(stranger, link, member=2, key="once")["guest_token"]
    [(session_id,)] = fetch(running, SESSION_OF_GUEST, hash_token(token))
    execute(running, END_SESSION, session_id, 100)
    swept(running)
    body = {"token": link["token"], "member": 2}
    refused(stranger.send("POST", "/v1/links/join", body, key="once"), 409, "link.join_ended")
    execute(running, EXPIRE_LINK, UUID(link["id"]), 1)
    swept(running)
    assert fetch(running, IS_SESSION, session_id) == []
    refused(stranger.send("POST", "/v1/links/join", body, key="once"), 409, "link.expired")


def test_a_link_goes_90_days_after_its_end_but_not_before_the_guests_whom_it_holds_back(running, api):
    event = api.event()
    viewers, unused, young = (make_link(api, event, "viewer") for _ in range(3))
    guest = guest_of(api, viewers, member=1)
    for link, days in ((viewers, 91), (unused, 91), (young, 89)):
        execute(running, EXPIRE_LINK, UUID(link["id"]), days)
    swept(running)
    assert [each["id"] for each in api.items(f"{event}/links")] == [young["id"], viewers["id"]]
    refused(guest.send("PATCH", event, {"name": "Mine"}), 403, "access.role")
    guest.do("DELETE", "/v1/sessions/current", status=204)
    [(session_id,)] = fetch(running, SESSION_OF_GUEST, hash_token(guest.token))
    execute(running, END_SESSION, session_id, 91)
    swept(running)
    assert fetch(running, IS_LINK, UUID(viewers["id"])) == []


def test_invitations_go_90_days_after_they_expired_and_open_ones_stay(running, api):
    made = [api.do("POST", "/v1/invitations", {}, status=201)["id"] for _ in range(3)]
    for ticket, days in ((made[0], 91), (made[1], 89)):
        execute(running, EXPIRE_TICKET, UUID(ticket), days)
    assert swept(running).tickets == 1
    listed = [each["id"] for each in api.items("/v1/invitations")]
    assert [ticket in listed for ticket in made] == [False, True, True]


def test_a_running_process_sweeps_again_and_again_whatever_befalls_it(running, api, program):
    _, session_id = program
    broken = iter([True])

    class Flaky:
        """A pool whose first connection cannot be had."""

        def __init__(self, pool):
            self._pool = pool

        def __getattr__(self, name):
            if next(broken, False):
                raise OSError
            return getattr(self._pool, name)

    async def work(services):
        task = asyncio.create_task(sweep_daily(Flaky(services.pool), every_s=0.01))
        async with services.reading() as connection:
            while await connection.fetchval(IS_SESSION, session_id):
                continue
        task.cancel()

    execute(running, END_SESSION, session_id, 91)
    running.run(work)
    assert fetch(running, IS_SESSION, session_id) == []
