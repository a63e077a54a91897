"""Signing in and out by cookie, and the list of where one is signed in."""

from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher

from allsquare.features.identity.sessions.opening import (
    cleared_cookie,
    cleared_guest_cookie,
    new_session_token,
    session_cookie,
)
from allsquare.features.identity.store import hash_token
from tests.features.api_client import NOBODY, refused
from tests.features.guest_people import Person, guest_of, make_link
from tests.features.identity.accounts_helpers import PASSWORD, address, audited, browser, execute, fetch

KEPT = (
    "SELECT octet_length(token_hash), expires_at - created_at = interval '30 days' FROM session WHERE session_id = $1"
)
ROWS = "SELECT count(*) FROM session WHERE token_hash = $1"
AGE = "UPDATE session SET expires_at = now() WHERE session_id = $1"
VERIFY = 'UPDATE "user" SET email_verified_at = now() WHERE user_id = $1'
WEAKEN = 'UPDATE "user" SET password_hash = $2 WHERE user_id = $1'
HASH = 'SELECT password_hash FROM "user" WHERE user_id = $1'
REFUSALS = "SELECT user_id, actor FROM audit WHERE action = 'session.refused' ORDER BY audit_id DESC LIMIT 1"


@pytest.fixture
def asha(running):
    """Open a browser in which somebody has signed up."""
    with browser(running) as opened:
        email = address()
        opened.user = opened.sign_up(email=email, password=PASSWORD)
        opened.email = email
        yield opened


def sign_in(opened, email: str, password: str = PASSWORD):
    return opened.send("POST", "/v1/sessions", {"email": email, "password": password})


def test_a_cookie_is_for_this_host_alone_over_https_and_without_a_prefix_over_plain_http():
    token = new_session_token()
    assert token.startswith("ass_")
    secure = session_cookie(token, secure=True)
    assert secure == f"__Host-allsquare={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure"
    assert session_cookie(token, secure=False) == (
        f"allsquare={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000"
    )
    assert cleared_cookie(secure=True) == "__Host-allsquare=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
    event_id = UUID(int=7)
    assert cleared_guest_cookie(event_id, secure=False) == (
        f"allsquare-guest-{event_id.hex}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
    )
    assert cleared_guest_cookie(event_id, secure=True).startswith(f"__Host-allsquare-guest-{event_id.hex}=; ")


def test_signing_in_sets_a_cookie_of_which_only_the_hash_is_kept(running, asha):
    with browser(running) as phone:
        answer = sign_in(phone, asha.email.upper())
        assert answer.status_code == 201
        session = answer.json()["session"]
        assert answer.json()["user"]["id"] == asha.user["id"]
        assert (session["kind"], session["current"]) == ("browser", True)
        assert answer.headers["location"] == f"/v1/sessions/{session['id']}"
        given = answer.headers["set-cookie"]
        assert given.startswith("allsquare=ass_")
        assert given.endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000")
        assert fetch(running, KEPT, session["id"]) == [(32, True)]
        assert "ass_" not in answer.text
        assert phone.me["id"] == asha.user["id"]
    assert audited(running, asha.user["id"])[-1] == "session.opened"


@pytest.mark.parametrize("body", [{}, {"email": "a@example.org"}, {"email": "a@example.org", "password": 1}])
def test_half_a_sign_in_is_refused(api, body):
    refused(Person(api, None).send("POST", "/v1/sessions", body), 422, "validation.failed")


def test_a_form_of_another_site_cannot_sign_anybody_in(api, asha):
    body = f'{{"email": "{asha.email}", "password": "{PASSWORD}"}}'.encode()
    answer = Person(api, None).send("POST", "/v1/sessions", body, headers={"Content-Type": "text/plain"})
    refused(answer, 415, "http.unsupported_media_type")
    assert "set-cookie" not in answer.headers


def test_a_wrong_password_is_written_down_without_telling_whoever_tried_whose_the_address_is(running, asha):
    execute(running, VERIFY, asha.user["id"])
    with browser(running) as ben:
        ben.sign_up()
        known, unknown = sign_in(ben, asha.email, "something else"), sign_in(ben, address(), "something else")
        for answer in (known, unknown):
            refused(answer, 401, "session.refused")
            assert "set-cookie" not in answer.headers
        assert {**known.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
        assert [each["action"] for each in ben.items("/v1/audit")] == ["user.created"]
    theirs = asha.items("/v1/audit", action="session.refused")
    assert [(each["user_id"], each["actor_id"]) for each in theirs] == [(asha.user["id"], None)]
    assert theirs[0]["network"] == "127.0.0.0/24"
    assert fetch(running, REFUSALS) == [(None, None)]


@pytest.mark.parametrize("verified", [False, True])
def test_however_many_claim_an_address_each_signs_in_with_their_own_password(running, verified):
    """Nobody is shut out by others, and whether one of them has verified the address shows nowhere."""
    email, people = address(), []
    with browser(running) as phone:
        for number in range(5):
            with browser(running) as one:
                people.append(one.sign_up(email=email, password=f"lantern orbit velvet {number}"))
            if number == 0 and verified:
                execute(running, VERIFY, people[0]["id"])
        for number, one in enumerate(people):
            assert sign_in(phone, email, f"lantern orbit velvet {number}").json()["user"]["id"] == one["id"]
        refused(sign_in(phone, email, "lantern orbit velvet 5"), 401, "session.refused")
        # Whoever claims it finds in no audit of theirs whether another did before.
        phone.http.cookies.clear()
        sign_in(phone, email, "lantern orbit velvet 4")
        assert not {each["action"] for each in phone.items("/v1/audit")} & {"session.refused", "password.forgot"}


def test_whoever_has_verified_an_address_comes_first_where_two_chose_one_password(running, asha):
    with browser(running) as other, browser(running) as phone:
        second = other.sign_up(email=asha.email, password=PASSWORD)
        assert sign_in(phone, asha.email).json()["user"]["id"] == asha.user["id"]
        execute(running, VERIFY, second["id"])
        assert sign_in(phone, asha.email).json()["user"]["id"] == second["id"]


@pytest.mark.parametrize("claimants", [0, 1, 4])
def test_one_hash_is_made_for_each_attempt_however_many_claim_the_address(running, claimants):
    email = address()
    for number in range(claimants):
        with browser(running) as one:
            one.sign_up(email=email, password=f"lantern orbit velvet {number}")
    with browser(running) as phone, counted_hashes(running) as made:
        refused(sign_in(phone, email, "something else"), 401, "session.refused")
        assert made == ["something else"]
        if claimants:
            assert sign_in(phone, email, f"lantern orbit velvet {claimants - 1}").status_code == 201
            assert len(made) == 2


@contextmanager
def counted_hashes(running):
    """Watch what argon2 is asked to do."""
    passwords, made = running.services.passwords, []

    class Watched(PasswordHasher):
        def hash(self, password, *, salt=None):
            made.append(password.decode())
            return super().hash(password, salt=salt)

        def verify(self, hash, password):  # noqa: A002  (the name it has there)
            made.append(password.decode())
            return super().verify(hash, password)

    own, passwords._hasher = passwords._hasher, Watched()
    try:
        yield made
    finally:
        passwords._hasher = own


@pytest.mark.parametrize("kept", ["sign-up", "another address", "another password", "first address", "without"])
def test_the_password_fits_the_address_whichever_way_both_came(running, kept):
    email = address()
    with browser(running) as asha, browser(running) as phone:
        if kept == "sign-up":
            asha.sign_up(email=email, password=PASSWORD)
        elif kept == "another address":
            asha.sign_up(email=address(), password=PASSWORD)
            asha.do("PATCH", "/v1/users/me", {"email": email, "current": PASSWORD})
        elif kept == "another password":
            asha.sign_up(email=email, password="marble canyon fifteen owls")
            asha.do(
                "PUT", "/v1/users/me/password", {"current": "marble canyon fifteen owls", "new": PASSWORD}, status=204
            )
        elif kept == "first address":
            asha.sign_up(password=PASSWORD)
            asha.do("PATCH", "/v1/users/me", {"email": email, "current": PASSWORD})
        else:
            asha.sign_up(email=address(), password=PASSWORD)
            asha.do("PATCH", "/v1/users/me", {"email": None, "current": PASSWORD})
            asha.do("PATCH", "/v1/users/me", {"email": email, "current": PASSWORD})
        with counted_hashes(running) as made:
            assert sign_in(phone, email).status_code == 201
        assert made == [PASSWORD]


def test_a_password_hashed_by_former_parameters_is_hashed_anew(running, asha):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    [(strong,)] = fetch(running, HASH, asha.user["id"])
    execute(running, WEAKEN, asha.user["id"], weak)
    with browser(running) as phone:
        refused(sign_in(phone, asha.email, "something else"), 401, "session.refused")
        assert fetch(running, HASH, asha.user["id"]) == [(weak,)]
        assert sign_in(phone, asha.email).status_code == 201
    assert fetch(running, HASH, asha.user["id"]) == [(strong,)]


def test_the_list_shows_each_place_once_newest_first_with_the_one_that_asks(running, asha):
    made = []
    for device in ("Tablet", "Phone"):
        with browser(running) as other:
            other.http.headers["User-Agent"] = device
            made.append(sign_in(other, asha.email).json()["session"]["id"])
    Person(asha, None).do("POST", "/v1/token", {"grant_type": "password", "username": asha.email, "password": PASSWORD})
    pages = asha.pages("/v1/sessions", limit=3)
    assert [len(page) for page in pages] == [3, 1]
    shown = [item for page in pages for item in page]
    assert [each["kind"] for each in shown] == ["program", "browser", "browser", "browser"]
    assert [(each["id"], each["device"]) for each in shown[1:3]] == [(made[1], "Phone"), (made[0], "Tablet")]
    assert [each["current"] for each in shown] == [False, False, False, True]
    assert [each["created_at"] for each in shown] == sorted((each["created_at"] for each in shown), reverse=True)


def test_signing_out_ends_the_session_at_once_and_clears_its_cookie(running, asha):
    token = asha.http.cookies["allsquare"]
    answer = asha.send("DELETE", "/v1/sessions/current")
    assert (answer.status_code, answer.headers["set-cookie"]) == (204, cleared_cookie(secure=False))
    assert "allsquare" not in asha.http.cookies
    with browser(running) as thief:
        thief.http.cookies["allsquare"] = token
        refused(thief.send("GET", "/v1/users/me"), 401, "http.unauthenticated")
    assert audited(running, asha.user["id"])[-1] == "session.ended"


def test_a_program_signs_itself_out_and_leaves_the_browsers_cookie_alone(asha):
    body = {"grant_type": "password", "username": asha.email, "password": PASSWORD}
    access = Person(asha, None).do("POST", "/v1/token", body)["access_token"]
    answer = asha.send("DELETE", "/v1/sessions/current", headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 204
    assert "set-cookie" not in answer.headers
    assert [(each["kind"], each["current"]) for each in asha.items("/v1/sessions")] == [("browser", True)]
    refused(Person(asha, access).send("GET", "/v1/users/me"), 401, "token.unknown")


def test_a_personal_token_has_no_session_to_end(asha):
    token = asha.do("POST", "/v1/tokens", {"name": "Script", "scope": "admin"}, status=201)["token"]
    refused(Person(asha, token).send("DELETE", "/v1/sessions/current"), 404, "session.not_found")
    assert len(asha.items("/v1/sessions")) == 1


def test_one_session_is_ended_from_another_and_never_by_somebody_else(running, asha):
    with browser(running) as phone, browser(running) as ben:
        session_id = sign_in(phone, asha.email).json()["session"]["id"]
        ben.sign_up()
        for whose in (session_id, NOBODY):
            refused(ben.send("DELETE", f"/v1/sessions/{whose}"), 404, "session.not_found", field="session_id")
        assert phone.me["id"] == asha.user["id"]
        answer = asha.send("DELETE", f"/v1/sessions/{session_id}")
        assert (answer.status_code, "set-cookie" in answer.headers) == (204, False)
        refused(phone.send("GET", "/v1/users/me"), 401, "http.unauthenticated")
        refused(asha.send("DELETE", f"/v1/sessions/{session_id}"), 404, "session.not_found")
    assert asha.me["id"] == asha.user["id"]


def test_ending_the_own_session_by_its_id_clears_the_cookie_too(asha):
    [own] = asha.items("/v1/sessions")
    answer = asha.send("DELETE", f"/v1/sessions/{own['id']}")
    assert (answer.status_code, answer.headers["set-cookie"]) == (204, cleared_cookie(secure=False))


def test_signing_out_elsewhere_keeps_this_one_and_counts_only_what_went_on(running, asha):
    with browser(running) as phone, browser(running) as old:
        sign_in(phone, asha.email)
        execute(running, AGE, sign_in(old, asha.email).json()["session"]["id"])
        answer = asha.send("DELETE", "/v1/sessions")
        assert (answer.json(), "set-cookie" in answer.headers) == (
            {"ended": 1, "tokens_revoked": 0, "tokens_left": 0},
            False,
        )
        refused(phone.send("GET", "/v1/users/me"), 401, "http.unauthenticated")
    assert [each["current"] for each in asha.items("/v1/sessions")] == [True]


def test_signing_out_everywhere_ends_this_one_too_and_clears_its_cookie(running, asha):
    with browser(running) as phone:
        sign_in(phone, asha.email)
        answer = asha.send("DELETE", "/v1/sessions", params={"everywhere": True})
        assert answer.json() == {"ended": 2, "tokens_revoked": 0, "tokens_left": 0}
        assert answer.headers["set-cookie"] == cleared_cookie(secure=False)
        for place in (phone, asha):
            refused(place.send("GET", "/v1/users/me"), 401, "http.unauthenticated")


def test_signing_out_says_which_tokens_stay_and_revokes_them_if_told_to(asha):
    made = [asha.do("POST", "/v1/tokens", {"name": str(n), "scope": "admin"}, status=201) for n in range(3)]
    script = Person(asha, made[0]["token"])
    assert asha.do("DELETE", "/v1/sessions") == {"ended": 0, "tokens_revoked": 0, "tokens_left": 3}
    assert script.get("/v1/tokens")["items"][0]["name"] == "2"
    # The token that asks stays, as the session that asks does.
    told = script.do("DELETE", "/v1/sessions", params={"tokens": True})
    assert told == {"ended": 1, "tokens_revoked": 2, "tokens_left": 1}
    refused(Person(asha, made[1]["token"]).send("GET", "/v1/tokens"), 401, "token.unknown")
    told = script.do("DELETE", "/v1/sessions", params={"tokens": True, "everywhere": True})
    assert told == {"ended": 0, "tokens_revoked": 1, "tokens_left": 0}
    refused(script.send("GET", "/v1/tokens"), 401, "token.unknown")


def test_an_expired_session_is_neither_good_nor_listed(running, asha):
    with browser(running) as phone:
        session_id = sign_in(phone, asha.email).json()["session"]["id"]
        execute(running, AGE, session_id)
        running.services.forget_caller()
        refused(phone.send("GET", "/v1/users/me"), 401, "http.unauthenticated")
    assert session_id not in {each["id"] for each in asha.items("/v1/sessions")}


@pytest.fixture
def joined(running, api):
    """Open a browser in which somebody joined an event without an account."""
    event = api.event()
    link = make_link(api, event)
    with browser(running) as opened:
        body = {"token": link["token"], "name": "Dia"}
        opened.guest_token = opened.do("POST", "/v1/links/join", body, status=201)["guest_token"]
        opened.event, opened.event_id = event, UUID(event.rpartition("/")[2])
        yield opened


def test_a_guest_signs_out_in_their_browser(running, joined):
    joined.get(joined.event)
    refused(joined.send("DELETE", "/v1/sessions/current"), 401, "http.unauthenticated")
    answer = joined.send("DELETE", "/v1/sessions/current", params={"event_id": str(joined.event_id)})
    cleared = cleared_guest_cookie(joined.event_id, secure=False)
    assert (answer.status_code, answer.headers["set-cookie"]) == (204, cleared)
    assert len(joined.http.cookies) == 0
    refused(Person(joined, joined.guest_token).send("GET", joined.event), 401, "token.unknown")
    # Nothing of it is left to come back with.
    with browser(running) as thief:
        thief.http.cookies[f"allsquare-guest-{joined.event_id.hex}"] = joined.guest_token
        refused(thief.send("GET", joined.event), 401, "http.unauthenticated")


def test_another_site_cannot_sign_a_guest_out(joined):
    headers, query = {"Origin": "https://evil.example"}, {"event_id": str(joined.event_id)}
    answer = joined.send("DELETE", "/v1/sessions/current", headers=headers, params=query)
    refused(answer, 403, "session.cross_origin")
    joined.get(joined.event)


def test_a_guests_token_signs_out_with_or_without_the_event(api):
    event = api.event()
    link = make_link(api, event)
    for query in ({}, {"event_id": event.rpartition("/")[2]}):
        guest = guest_of(api, link, name=f"Dia {len(query)}")
        assert guest.send("DELETE", "/v1/sessions/current", params=query).status_code == 204
        refused(guest.send("GET", event), 401, "token.unknown")


def test_who_names_an_event_ends_only_a_guests_session(api, asha):
    event = asha.event()
    query = {"event_id": event.rpartition("/")[2]}
    refused(asha.send("DELETE", "/v1/sessions/current", params=query), 404, "session.not_found", field="event_id")
    unseen = asha.send("DELETE", "/v1/sessions/current", params={"event_id": str(uuid4())})
    refused(unseen, 404, "event.not_found")
    refused(asha.send("DELETE", "/v1/sessions/current", params={"event_id": "x"}), 422, "validation.failed")
    assert asha.me["id"] == asha.user["id"]
    api.events.extend(asha.events)


def test_a_guests_token_is_no_users_cookie_and_a_users_no_guests(running, asha, joined):
    with browser(running) as confused:
        confused.http.cookies["allsquare"] = joined.guest_token
        refused(confused.send("GET", "/v1/users/me"), 401, "http.unauthenticated")
    token = asha.http.cookies["allsquare"]
    refused(Person(asha, token).send("GET", "/v1/users/me"), 401, "token.unknown")
    assert fetch(running, ROWS, hash_token(token)) == [(1,)]


def test_guests_have_no_list_of_sessions(joined):
    guest = Person(joined, joined.guest_token)
    refused(guest.send("GET", "/v1/sessions"), 403, "access.users_only")
    refused(guest.send("DELETE", "/v1/sessions"), 403, "access.users_only")
