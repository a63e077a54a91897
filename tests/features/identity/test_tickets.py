"""Whoever opens a link learns what it is good for, which leaves it as good as it was; one that is not says no more."""

from datetime import UTC, datetime, timedelta

import pytest

from allsquare.features.identity.accounts.handing_over import print_reset
from allsquare.features.identity.accounts.links import issue_mailed
from allsquare.features.identity.accounts.store import get_account
from tests.features.api_client import refused, without
from tests.features.identity.accounts_helpers import PASSWORD, address, browser, execute, ticket_in

LOOK = "/v1/tickets/look"
EXPIRE = "UPDATE ticket SET expires_at = now() WHERE user_id = $1 OR ticket_id = $1"
MAKE_ADMIN = """UPDATE "user" SET role = 'admin' WHERE user_id = $1"""
MAKE_USER = """UPDATE "user" SET role = 'user' WHERE user_id = $1"""


@pytest.fixture
def asha(running):
    with browser(running) as opened:
        opened.email = address()
        opened.account = opened.sign_up(email=opened.email, password=PASSWORD)
        yield opened


@pytest.fixture
def stranger(running):
    with browser(running) as opened:
        yield opened


def reset_of(running, user_id: str) -> str:
    """Give the ticket of a link that the owner hands over."""
    base, owner = running.url, running.user_id
    return ticket_in(running.run(lambda services: print_reset(services.pool, user_id, owner_id=owner, base_url=base)))


def verification_of(running, user_id: str, purpose: str = "verify") -> str:
    """Give the ticket of a letter that asks whether an address is theirs."""

    async def issue(services):
        async with services.writing() as connection:
            return await issue_mailed(connection, await get_account(connection, user_id), purpose)

    return running.run(issue)


def mailed_reset_of(running, user_id: str) -> str:
    """Give the ticket of a letter with which to choose a new password."""
    return verification_of(running, user_id, "reset")


def looked_at(stranger, ticket: str) -> dict:
    """Look twice, as the page that is loaded again does."""
    told = stranger.do("POST", LOOK, {"ticket": ticket})
    assert stranger.do("POST", LOOK, {"ticket": ticket}) == told
    assert datetime.fromisoformat(told["expires_at"]) > datetime.now(UTC) + timedelta(hours=1)
    return without(told, "expires_at")


@pytest.mark.parametrize(
    ("fields", "first"), [({}, True), ({"password": PASSWORD}, False), ({"email": "zoe@example.org"}, False)]
)
def test_a_reset_says_whose_account_it_is_and_whether_it_is_the_first_way_in(running, stranger, fields, first) -> None:
    with browser(running) as zoe:
        user_id = zoe.sign_up(name="Zoe", **fields)["id"]
    ticket = reset_of(running, user_id)
    assert looked_at(stranger, ticket) == {"purpose": "reset", "name": "Zoe", "role": "user", "first": first}
    body = {"ticket": ticket, "password": PASSWORD}
    assert stranger.do("POST", "/v1/password/reset", body)["id"] == user_id


def test_a_verification_says_whose_account_it_is(running, asha, stranger) -> None:
    ticket = verification_of(running, asha.account["id"])
    assert looked_at(stranger, ticket) == {"purpose": "verify", "name": "Asha", "role": None, "first": False}
    assert asha.me["email_verified"] is False
    stranger.do("POST", "/v1/email/verify", {"ticket": ticket}, status=204)


def test_an_invitation_says_who_invites_and_not_whom(running, asha, stranger) -> None:
    execute(running, MAKE_ADMIN, asha.account["id"])
    with browser(running) as signed_in:
        signed_in.do("POST", "/v1/sessions", {"email": asha.email, "password": PASSWORD}, status=201)
        ticket = signed_in.do("POST", "/v1/invitations", {"email": address()}, status=201)["ticket"]
    assert looked_at(stranger, ticket) == {"purpose": "invite", "name": "Asha", "role": "user", "first": False}
    assert stranger.sign_up(name="Ben", invite=ticket)["name"] == "Ben"


def refused_as_by(stranger, path: str, body: dict) -> None:
    """Hold that looking is refused in the very words of the operation that would use the ticket."""
    ticket = body.get("invite") or body["ticket"]
    looking = refused(stranger.send("POST", LOOK, {"ticket": ticket}), 404, "ticket.not_good", field="ticket")
    using = refused(stranger.send("POST", path, body), 404, "ticket.not_good", field="ticket")
    assert without(looking, "request_id") == without(using, "request_id")


def test_of_what_is_no_ticket_nothing_is_told(stranger) -> None:
    refused_as_by(stranger, "/v1/email/verify", {"ticket": "ast_nothing"})


def test_of_a_reset_that_was_used_or_has_expired_nothing_is_told(running, asha, stranger) -> None:
    used, expired = {"password": PASSWORD}, {"password": PASSWORD}
    used["ticket"] = reset_of(running, asha.account["id"])
    stranger.do("POST", "/v1/password/reset", used)
    refused_as_by(stranger, "/v1/password/reset", used)
    expired["ticket"] = reset_of(running, asha.account["id"])
    execute(running, EXPIRE, asha.account["id"])
    refused_as_by(stranger, "/v1/password/reset", expired)


def test_a_printed_reset_ends_the_one_that_was_printed_before_and_no_other(running, asha, stranger) -> None:
    with browser(running) as ben:
        others = reset_of(running, ben.sign_up(name="Ben")["id"])
    former, mailed, last = (make(running, asha.account["id"]) for make in (reset_of, mailed_reset_of, reset_of))
    refused_as_by(stranger, "/v1/password/reset", {"ticket": former, "password": PASSWORD})
    assert [looked_at(stranger, good)["name"] for good in (last, others)] == ["Asha", "Ben"]
    assert stranger.do("POST", LOOK, {"ticket": mailed})["name"] == "Asha"
    assert asha.me["id"] == asha.account["id"]


def test_of_a_verification_of_a_former_address_nothing_is_told(running, asha, stranger) -> None:
    ticket = verification_of(running, asha.account["id"])
    asha.do("PATCH", "/v1/users/me", {"email": address(), "current": PASSWORD})
    refused_as_by(stranger, "/v1/email/verify", {"ticket": ticket})


@pytest.mark.parametrize("end", ["used", "revoked", "expired", "lapsed"])
def test_of_an_invitation_that_is_not_good_nothing_is_told(running, asha, stranger, end) -> None:
    execute(running, MAKE_ADMIN, asha.account["id"])
    with browser(running) as signed_in:
        signed_in.do("POST", "/v1/sessions", {"email": asha.email, "password": PASSWORD}, status=201)
        made = signed_in.do("POST", "/v1/invitations", {}, status=201)
    body = {"name": "Ben", "invite": made["ticket"]}
    if end == "used":
        stranger.do("POST", "/v1/users", body, status=201)
    elif end == "revoked":
        with browser(running, running.token) as owner:
            owner.do("DELETE", f"/v1/invitations/{made['id']}", status=204)
    else:
        execute(running, *((EXPIRE, made["id"]) if end == "expired" else (MAKE_USER, asha.account["id"])))
    refused_as_by(stranger, "/v1/users", body)


def test_looking_is_limited_like_using(stranger) -> None:
    ways = [(LOOK, {"ticket": "ast_nothing"}), ("/v1/email/verify", {"ticket": "ast_nothing"})]
    answers = [stranger.send("POST", path, body).headers for path, body in ways]
    assert answers[0]["ratelimit-limit"] == answers[1]["ratelimit-limit"]
    assert int(answers[0]["ratelimit-remaining"]) == int(answers[1]["ratelimit-remaining"]) + 1
