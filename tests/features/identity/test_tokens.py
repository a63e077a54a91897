"""Personal access tokens, and the tokens of programs that renew themselves."""

import asyncio
import base64
import json
from uuid import UUID

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from allsquare.features.identity.store import hash_token
from tests.features.api_client import NOBODY, refused
from tests.features.conftest import TIMEOUT_S
from tests.features.guest_people import Person, guest_of, make_link
from tests.features.identity.accounts_helpers import PASSWORD, address, audited, browser, execute, fetch

KEPT = "SELECT count(*) FROM access_token WHERE token_hash = $1 AND name = 'Script'"
EXPIRE = "UPDATE access_token SET expires_at = now() WHERE token_id = $1"
ADD_TOKENS = """
INSERT INTO access_token (token_hash, user_id, name, token_id)
SELECT sha256(gen_random_uuid()::text::bytea), $1, 'Script', gen_random_uuid() FROM generate_series(1, $2)
"""
AGE = """
UPDATE session SET created_at = now() - $2::text::interval, expires_at = now() + interval '1 hour' WHERE user_id = $1
"""
EXPIRE_SESSIONS = "UPDATE session SET expires_at = now() WHERE user_id = $1"
DAYS = (
    "SELECT round(extract(epoch FROM expires_at - now()) / 86400) FROM session WHERE user_id = $1 AND kind = 'program'"
)
FAMILY = """
SELECT count(*), count(t.used_at), count(DISTINCT session_id), count(DISTINCT s.ended_at)
FROM refresh_token AS t JOIN session AS s USING (session_id) WHERE s.user_id = $1
"""
ATTEMPTS = "SELECT user_id, actor FROM audit WHERE action = $1 ORDER BY audit_id DESC LIMIT 1"


@pytest.fixture
def asha(running):
    """Open a browser in which somebody has signed up."""
    with browser(running) as opened:
        opened.email = address()
        opened.user = opened.sign_up(email=opened.email, password=PASSWORD)
        yield opened


def make(person, **fields) -> dict:
    return person.do("POST", "/v1/tokens", {"name": "Script", "scope": "admin", **fields}, status=201)


def grant(person, **fields) -> dict:
    body = {"grant_type": "password", "username": person.email, "password": PASSWORD, **fields}
    return Person(person, None).do("POST", "/v1/token", body)


def renew(person, token: str, **fields) -> httpx2.Response:
    body = {"grant_type": "refresh_token", "refresh_token": token, **fields}
    return Person(person, None).send("POST", "/v1/token", body)


# Personal access tokens


def test_a_token_is_shown_once_and_only_its_hash_is_kept(running, asha):
    answer = asha.send("POST", "/v1/tokens", {"name": "Script", "scope": "read", "expires_in_days": 90})
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/tokens/{made['id']}")
    assert answer.headers["cache-control"] == "no-store"
    assert made["token"].startswith("asq_")
    assert (made["scope"], made["event_id"], made["last_used_at"]) == ("read", None, None)
    assert made["expires_at"] is not None
    assert fetch(running, KEPT, hash_token(made["token"])) == [(1,)]
    listed = asha.send("GET", "/v1/tokens")
    assert listed.json()["items"] == [{name: value for name, value in made.items() if name != "token"}]
    assert "asq_" not in listed.text
    assert audited(running, asha.user["id"])[-1] == "token.made"


def test_tokens_are_listed_in_pages_newest_first_with_their_last_use(asha):
    made = [make(asha, name=f"Script {number}") for number in range(3)]
    Person(asha, made[1]["token"]).get("/v1/events")
    pages = asha.pages("/v1/tokens", limit=2)
    assert [[each["name"] for each in page] for page in pages] == [["Script 2", "Script 1"], ["Script 0"]]
    assert [each["last_used_at"] is not None for page in pages for each in page] == [False, True, False]
    assert pages[1][0]["expires_at"] is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scope": "owner"}, "scope"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 3_651}, "expires_in_days"),
        ({"expires_in_days": True}, "expires_in_days"),
        ({"event_id": "trip"}, "event_id"),
        ({"role": "owner"}, "role"),
    ],
)
def test_what_no_token_can_be_is_refused_and_makes_none(asha, fields, field):
    body = {"name": "Script", "scope": "read", **fields}
    refused(asha.send("POST", "/v1/tokens", body), 422, "validation.failed", field=field)
    assert asha.items("/v1/tokens") == []


def test_a_retry_makes_no_second_token_and_is_told_which_one_was_made(asha):
    body = {"name": "Script", "scope": "read"}
    made = asha.do("POST", "/v1/tokens", body, status=201, key="backup-1")
    for again in (body, {"name": "Other", "scope": "admin"}):
        problem = refused(asha.send("POST", "/v1/tokens", again, key="backup-1"), 409, "token.made_already")
        assert problem["current"]["id"] == made["id"]
        assert "token" not in problem["current"]
    asha.do("DELETE", f"/v1/tokens/{made['id']}", status=204)
    refused(asha.send("POST", "/v1/tokens", body, key="backup-1"), 409, "token.made_already")
    assert asha.items("/v1/tokens") == []
    make(asha)
    asha.do("POST", "/v1/tokens", body, status=201, key="backup-2")


def test_there_are_at_most_a_hundred_tokens_that_are_good(running, asha):
    execute(running, ADD_TOKENS, asha.user["id"], 98)
    first = make(asha)

    async def race() -> list[int]:
        headers = {"Authorization": f"Bearer {first['token']}"}
        async with httpx2.AsyncClient(base_url=running.url, headers=headers) as client:
            body = {"name": "Script", "scope": "read"}
            answers = await asyncio.gather(*[client.post("/v1/tokens", json=body) for _ in range(5)])
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(race()) == [201] + [409] * 4
    refused(asha.send("POST", "/v1/tokens", {"name": "Script", "scope": "read"}), 409, "token.too_many")
    assert len(asha.items("/v1/tokens")) == 100
    asha.do("DELETE", f"/v1/tokens/{first['id']}", status=204)
    execute(running, EXPIRE, make(asha)["id"])
    make(asha)


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_narrow_token_makes_no_token_and_ends_none(asha, scope):
    made = make(asha, scope=scope)
    narrow = Person(asha, made["token"])
    code = {"read": "access.read_only", "write": "access.scope"}[scope]
    refused(narrow.send("POST", "/v1/tokens", {"name": "More", "scope": "admin"}), 403, code)
    refused(narrow.send("POST", "/v1/tokens", {"name": "Same", "scope": scope}), 403, code)
    refused(narrow.send("DELETE", f"/v1/tokens/{made['id']}"), 403, code)
    refused(narrow.send("DELETE", "/v1/sessions"), 403, code)
    assert [each["id"] for each in asha.items("/v1/tokens")] == [made["id"]]


def test_a_token_for_one_event_reaches_that_one_alone(api, asha):
    event, other = asha.event(), asha.event()
    made = make(asha, event_id=event.rpartition("/")[2])
    one = Person(asha, made["token"])
    one.expense(event)
    refused(one.send("GET", other), 404, "event.not_found")
    refused(one.send("POST", "/v1/tokens", {"name": "More", "scope": "read"}), 403, "access.scope")
    refused(one.send("GET", "/v1/sessions"), 403, "access.scope")
    api.events.extend(asha.events)


def test_a_token_is_made_only_for_an_event_that_one_may_see(api, asha):
    for event_id in (api.event().rpartition("/")[2], str(NOBODY)):
        body = {"name": "Script", "scope": "read", "event_id": event_id}
        refused(asha.send("POST", "/v1/tokens", body), 404, "event.not_found")
    assert asha.items("/v1/tokens") == []


def test_an_expired_token_is_refused_and_not_listed(running, asha):
    made = make(asha, expires_in_days=1)
    script = Person(asha, made["token"])
    script.get("/v1/events")
    execute(running, EXPIRE, made["id"])
    running.services.forget_caller()
    refused(script.send("GET", "/v1/events"), 401, "token.unknown")
    assert asha.items("/v1/tokens") == []


def test_a_revoked_token_is_refused_at_once_and_is_nobody_elses_to_revoke(running, asha):
    made = make(asha)
    script = Person(asha, made["token"])
    script.get("/v1/events")
    with browser(running) as ben:
        ben.sign_up()
        refused(ben.send("DELETE", f"/v1/tokens/{made['id']}"), 404, "token.not_found", field="token_id")
    script.get("/v1/events")
    asha.do("DELETE", f"/v1/tokens/{made['id']}", status=204)
    refused(script.send("GET", "/v1/events"), 401, "token.unknown")
    refused(asha.send("DELETE", f"/v1/tokens/{made['id']}"), 404, "token.not_found")
    assert asha.items("/v1/tokens") == []
    assert audited(running, asha.user["id"])[-1] == "token.revoked"


def test_a_token_outlives_signing_out_and_may_revoke_itself(asha):
    made = make(asha)
    asha.do("DELETE", "/v1/sessions", params={"everywhere": True})
    script = Person(asha, made["token"])
    script.do("DELETE", f"/v1/tokens/{made['id']}", status=204)
    refused(script.send("GET", "/v1/tokens"), 401, "token.unknown")


def test_guests_have_no_tokens(api):
    guest = guest_of(api, make_link(api, api.event()), name="Dia")
    refused(guest.send("GET", "/v1/tokens"), 403, "access.users_only")
    refused(guest.send("POST", "/v1/tokens", {"name": "Script", "scope": "read"}), 403, "access.users_only")


# Tokens of programs


@pytest.mark.parametrize("body", ["password", "username", "refresh_token"])
def test_a_grant_without_what_it_needs_says_what_is_missing(asha, body):
    grants = {
        "password": {"grant_type": "password", "username": asha.email},
        "username": {"grant_type": "password", "password": PASSWORD},
        "refresh_token": {"grant_type": "refresh_token"},
    }
    answer = Person(asha, None).send("POST", "/v1/token", grants[body])
    refused(answer, 422, "validation.failed", field=body)


def test_a_form_or_another_grant_is_refused(asha):
    nobody = Person(asha, None)
    form = b"grant_type=password&username=a%40example.org&password=x"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(nobody.send("POST", "/v1/token", form, headers=headers), 415, "http.unsupported_media_type")
    body = {"grant_type": "client_credentials"}
    refused(nobody.send("POST", "/v1/token", body), 422, "validation.failed", field="grant_type")


def test_tokens_are_for_whoever_knows_the_password_and_are_cached_nowhere(asha):
    body = {"grant_type": "password", "username": asha.email, "password": PASSWORD}
    answer = Person(asha, None).send("POST", "/v1/token", body)
    given = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 900, "admin")
    assert given["refresh_token"].startswith("asr_")
    refused(Person(asha, None).send("POST", "/v1/token", {**body, "password": "x"}), 401, "session.refused")
    refused(Person(asha, given["refresh_token"]).send("GET", "/v1/users/me"), 401, "token.unknown")


def test_the_scope_of_the_first_grant_bounds_all_that_follow(asha):
    given = grant(asha, scope="write")
    assert given["scope"] == "write"
    refused(
        Person(asha, given["access_token"]).send("POST", "/v1/tokens", {"name": "x", "scope": "read"}),
        403,
        "access.scope",
    )
    wide = renew(asha, given["refresh_token"], scope="admin").json()
    assert wide["scope"] == "write"
    narrow = renew(asha, wide["refresh_token"], scope="read").json()
    assert narrow["scope"] == "read"
    assert renew(asha, narrow["refresh_token"]).json()["scope"] == "write"


@pytest.mark.parametrize(("age", "days"), [("1 day", 90), ("300 days", 65)])
def test_each_renewal_moves_the_end_on_to_90_days_but_never_past_a_year(running, asha, age, days):
    given = grant(asha)
    execute(running, AGE, asha.user["id"], age)
    assert renew(asha, given["refresh_token"]).status_code == 200
    assert fetch(running, DAYS, asha.user["id"]) == [(days,)]


def test_what_nobody_was_given_renews_nothing(running, asha):
    given = grant(asha)
    for token in ("asr_nothing", given["access_token"], make(asha)["token"]):
        refused(renew(asha, token[:200]), 401, "refresh.refused", field="refresh_token")
        assert fetch(running, ATTEMPTS, "refresh.refused") == [(None, None)]
    assert renew(asha, given["refresh_token"]).status_code == 200


@pytest.mark.parametrize("end", ["signed out", "expired"])
def test_a_session_that_has_ended_is_not_renewed(running, asha, end):
    given = grant(asha)
    if end == "expired":
        execute(running, EXPIRE_SESSIONS, asha.user["id"])
    else:
        asha.do("DELETE", "/v1/sessions")
    running.services.forget_caller()
    refused(renew(asha, given["refresh_token"]), 401, "refresh.refused")
    refused(Person(asha, given["access_token"]).send("GET", "/v1/users/me"), 401, "token.unknown")
    assert fetch(running, FAMILY, asha.user["id"])[0][:2] == (1, 0)


def test_of_many_renewals_at_once_one_wins_and_the_family_ends(running, asha):
    given = grant(asha)
    body = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}

    async def race() -> list[int]:
        async with httpx2.AsyncClient(base_url=running.url) as client:
            answers = await asyncio.gather(*[client.post("/v1/token", json=body) for _ in range(8)])
        return sorted(answer.status_code for answer in answers)

    assert asyncio.run(race()) == [200] + [401] * 7
    # One token was used, one made in its place, and the session has ended, for nobody knows who was first.
    assert fetch(running, FAMILY, asha.user["id"]) == [(2, 1, 1, 1)]
    refused(Person(asha, given["access_token"]).send("GET", "/v1/users/me"), 401, "token.unknown")
    assert audited(running, asha.user["id"]).count("refresh.reused") == 1
    assert fetch(running, ATTEMPTS, "refresh.reused") == [(UUID(asha.user["id"]), None)]


def test_a_reused_token_ends_its_own_session_and_no_other(asha):
    first, second = grant(asha), grant(asha)
    renew(asha, first["refresh_token"])
    refused(renew(asha, first["refresh_token"]), 401, "refresh.refused")
    assert renew(asha, second["refresh_token"]).status_code == 200
    assert asha.me["id"] == asha.user["id"]


END_PROGRAMS = "UPDATE session SET ended_at = now() WHERE user_id = $1 AND kind = 'program'"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def test_a_renewal_waits_for_an_end_that_is_on_its_way_and_is_refused(running, asha):
    given = grant(asha)
    body = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}

    async def race(services) -> int:
        async with httpx2.AsyncClient(base_url=running.url) as client, asyncio.timeout(TIMEOUT_S):
            async with services.writing() as connection:
                await connection.execute(END_PROGRAMS, asha.user["id"])
                renewing = asyncio.ensure_future(client.post("/v1/token", json=body))
                while await connection.fetchval(WAITING) == 0:
                    assert not renewing.done(), "it did not wait"
            return (await renewing).status_code

    assert running.run(race) == 401
    assert fetch(running, FAMILY, asha.user["id"]) == [(1, 0, 1, 1)]


def test_anybody_may_check_an_access_token_by_the_public_keys(running, asha):
    answer = httpx2.get(f"{running.url}/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    given = grant(asha, scope="read")
    token = jwt.decode(given["access_token"], KeySet.import_key_set(answer.json()), algorithms=["Ed25519"])
    assert (token.claims["sub"], token.claims["scope"]) == (asha.user["id"], "read")
    assert all("d" not in key for key in answer.json()["keys"])
    head = json.loads(base64.urlsafe_b64decode(given["access_token"].partition(".")[0] + "=="))
    assert head["kid"] in {key["kid"] for key in answer.json()["keys"]}
