"""People sign up as the settings allow; nobody learns who is here already."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from allsquare.features.identity.options import PeopleSettings
from tests.features.api_client import refused, without
from tests.features.conftest import Running, served
from tests.features.identity.accounts_helpers import (
    PASSWORD,
    address,
    audited,
    browser,
    execute,
    fetch,
    ticket_in,
)

EXPIRE = "UPDATE ticket SET expires_at = now() - interval '1 second' WHERE ticket_id = $1"
FIND_STORED = 'SELECT email, phone, password_hash FROM "user" WHERE user_id = $1'
COUNT_USERS = 'SELECT count(*) FROM "user"'


@pytest.fixture(scope="module")
def by_invitation(database_urls, tmp_path_factory):
    people = PeopleSettings(limit_factor=10_000)
    with served(database_urls.app_url, tmp_path_factory.mktemp("owner"), people=people) as started:
        yield started


@pytest.fixture(scope="module")
def closed(database_urls, tmp_path_factory):
    people = PeopleSettings(sign_up="closed", limit_factor=10_000)
    with served(database_urls.app_url, tmp_path_factory.mktemp("owner"), people=people) as started:
        yield started


def invite(running: Running, **fields) -> dict:
    with browser(running, running.token) as owner:
        return owner.do("POST", "/v1/invitations", fields, status=201)


def users(running: Running) -> int:
    return fetch(running, COUNT_USERS)[0][0]


def test_whoever_signs_up_is_signed_in_and_sees_their_account(running) -> None:
    email = address()
    with browser(running) as asha:
        made = asha.sign_up(email=email.upper(), phone="+91 98123-45678", password=PASSWORD)
        assert without(made, "id", "created_at") == {
            "name": "Asha",
            "email": email,
            "email_verified": False,
            "phone": "+919812345678",
            "role": "user",
            "has_password": True,
            "passkeys": 0,
        }
        assert asha.me == made
        assert asha.do("POST", "/v1/events", {"name": "Goa", "currency": "INR"}, status=201)
    assert audited(running, made["id"]) == ["user.created"]


def test_what_is_personal_is_stored_sealed(running) -> None:
    email = address()
    with browser(running) as asha:
        made = asha.sign_up(email=email, phone="+919812345678", password=PASSWORD)
    [(sealed_email, sealed_phone, password_hash)] = fetch(running, FIND_STORED, made["id"])
    assert email.encode() not in sealed_email
    assert b"9812345678" not in sealed_phone
    assert password_hash.startswith("$argon2id$")


def test_a_cookie_from_another_site_changes_nothing(running) -> None:
    with browser(running) as asha:
        asha.sign_up()
        answer = asha.send("PATCH", "/v1/users/me", {"name": "Eve"}, headers={"Origin": "https://evil.example"})
        refused(answer, 403, "session.cross_origin")
        assert asha.me["name"] == "Asha"


def test_a_taken_address_is_answered_exactly_as_a_free_one(running) -> None:
    email = address()
    answers = []
    for _ in range(2):
        with browser(running) as somebody:
            answers.append(somebody.send("POST", "/v1/users", {"name": "Kim", "email": email, "password": PASSWORD}))
    free, taken = answers
    assert (free.status_code, set(free.headers)) == (taken.status_code, set(taken.headers))
    changing = ("id", "created_at")
    assert without(free.json(), *changing) == without(taken.json(), *changing)


def test_a_verified_address_is_answered_exactly_as_a_free_one(running) -> None:
    email = address()
    invited = invite(running, email=email)
    with browser(running) as first:
        assert first.sign_up(email=email, invite=invited["ticket"])["email_verified"] is True
    with browser(running) as second, browser(running) as third:
        taken, free = second.sign_up(email=email), third.sign_up(email=address())
    changing = ("id", "created_at", "email")
    assert without(taken, *changing) == without(free, *changing)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"password": "short"}, "password.too_short", "password"),
        ({"password": "password123"}, "password.common", "password"),
        ({"password": "x" * 201}, "password.too_long", "password"),
        ({"name": "Bartholomew", "password": "bartholomew1"}, "password.common", "password"),
        ({"email": "nobody"}, "user.email_invalid", "email"),
        ({"phone": "12"}, "validation.failed", "phone"),
        ({"phone": "030 1234567"}, "user.phone_invalid", "phone"),
        ({"name": " "}, "text.empty", "name"),
        ({"name": "a\u0000b"}, "text.unprintable", "name"),
        ({"role": "admin"}, "validation.failed", "role"),
    ],
)
def test_what_cannot_be_an_account_is_refused_and_makes_none(running, fields, code, field) -> None:
    before = users(running)
    with browser(running) as somebody:
        refused(somebody.send("POST", "/v1/users", {"name": "Asha", **fields}), 422, code, field=field)
        assert "set-cookie" not in somebody.send("POST", "/v1/users", {"name": "Asha", **fields}).headers
    assert users(running) == before


def test_where_nobody_else_is_taken_not_even_an_invitation_helps(closed, running) -> None:
    invited, before = invite(running), users(running)
    with browser(closed) as somebody:
        refused(somebody.send("POST", "/v1/users", {"name": "Asha"}), 403, "user.sign_up_closed")
        body = {"name": "Asha", "invite": invited["ticket"]}
        refused(somebody.send("POST", "/v1/users", body), 403, "user.sign_up_closed")
    with browser(closed, closed.token) as owner:
        refused(owner.send("POST", "/v1/invitations", {}), 403, "user.sign_up_closed")
    assert users(running) == before


def test_where_an_invitation_is_needed_there_is_no_other_way(by_invitation) -> None:
    before = users(by_invitation)
    with browser(by_invitation) as somebody:
        refused(somebody.send("POST", "/v1/users", {"name": "Asha"}), 403, "user.invitation_needed", field="invite")
        body = {"name": "Asha", "invite": "ast_" + "x" * 43}
        refused(somebody.send("POST", "/v1/users", body), 404, "ticket.not_good")
        assert users(by_invitation) == before
        invited = invite(by_invitation)
        assert invited["url"] == f"{by_invitation.url}/join#invite={invited['ticket']}"
        made = somebody.sign_up(invite=ticket_in(invited["url"]))
    assert (made["role"], made["email"]) == ("user", None)


def test_an_invitation_is_good_once(by_invitation) -> None:
    invited = invite(by_invitation)
    with browser(by_invitation) as first, browser(by_invitation) as second:
        first.sign_up(invite=invited["ticket"])
        refused(second.send("POST", "/v1/users", {"name": "Ben", "invite": invited["ticket"]}), 404, "ticket.not_good")


def test_of_many_with_one_invitation_at_once_one_gets_in(by_invitation) -> None:
    invited, before, barrier = invite(by_invitation), users(by_invitation), Barrier(8)

    def sign_up(number: int) -> int:
        with browser(by_invitation) as somebody:
            barrier.wait()
            return somebody.send("POST", "/v1/users", {"name": f"N{number}", "invite": invited["ticket"]}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(sign_up, range(8)))
    assert sorted(statuses) == [201] + [404] * 7
    assert users(by_invitation) == before + 1


def test_a_refused_sign_up_leaves_the_invitation_good(by_invitation) -> None:
    invited = invite(by_invitation)
    with browser(by_invitation) as somebody:
        body = {"name": "Asha", "invite": invited["ticket"], "password": "short"}
        refused(somebody.send("POST", "/v1/users", body), 422, "password.too_short")
        somebody.sign_up(invite=invited["ticket"])


def test_an_expired_or_revoked_invitation_is_not_good(by_invitation) -> None:
    expired, revoked = invite(by_invitation), invite(by_invitation)
    execute(by_invitation, EXPIRE, expired["id"])
    with browser(by_invitation, by_invitation.token) as owner:
        owner.do("DELETE", f"/v1/invitations/{revoked['id']}", status=204)
    with browser(by_invitation) as somebody:
        for invited in (expired, revoked):
            answer = somebody.send("POST", "/v1/users", {"name": "Ben", "invite": invited["ticket"]})
            refused(answer, 404, "ticket.not_good", field="ticket")


def test_an_invitation_by_mail_verifies_the_address_it_went_to_and_no_other(by_invitation) -> None:
    email = address()
    same, other = invite(by_invitation, email=email), invite(by_invitation, email=address())
    with browser(by_invitation) as asha, browser(by_invitation) as ben:
        assert asha.sign_up(invite=same["ticket"], email=email)["email_verified"] is True
        assert ben.sign_up(invite=other["ticket"], email=address())["email_verified"] is False


def test_an_address_is_verified_for_one_account_only_whoever_is_invited(by_invitation) -> None:
    email = address()
    with browser(by_invitation) as asha, browser(by_invitation) as ben:
        assert asha.sign_up(invite=invite(by_invitation, email=email)["ticket"], email=email)["email_verified"]
        assert not ben.sign_up(invite=invite(by_invitation, email=email)["ticket"], email=email)["email_verified"]


def test_sign_ups_from_one_address_are_limited(database_urls, tmp_path) -> None:
    with served(database_urls.app_url, tmp_path, people=PeopleSettings(sign_up="open")) as strict:
        with browser(strict) as somebody:
            answers = [somebody.send("POST", "/v1/users", {"name": ""}) for _ in range(3)]
            assert {answer.status_code for answer in answers} == {422}  # what has the wrong shape is not counted
            for _ in range(20):
                somebody.sign_up()
            limited = somebody.send("POST", "/v1/users", {"name": "Asha"})
        refused(limited, 429, "limit.exceeded")
        assert int(limited.headers["Retry-After"]) > 0
