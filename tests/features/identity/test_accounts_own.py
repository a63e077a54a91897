"""People change their own accounts; what matters needs the password, and ends what others may be signed in with."""

from datetime import UTC, datetime, timedelta

import pytest

from allsquare.features.identity.store import add_token, hash_token, new_token
from allsquare.features.wire.ids import new_id
from tests.conftest import fresh_database
from tests.features.api_client import refused
from tests.features.conftest import served
from tests.features.guest_people import guest_of, make_link
from tests.features.identity.accounts_helpers import (
    OTHER_PASSWORD,
    PASSWORD,
    address,
    audited,
    browser,
    execute,
)

ADD_SESSION = """
INSERT INTO session (session_id, kind, user_id, token_hash, device, expires_at) VALUES ($1, 'browser', $2, $3, '', $4)
"""
NARROW = "UPDATE access_token SET scope = 'read' WHERE token_hash = $1"


@pytest.fixture
def asha(running):
    with browser(running) as opened:
        opened.account = opened.sign_up(email=address(), password=PASSWORD)
        yield opened


def token_of(running, user_id: str, *, name: str = "laptop") -> str:
    token = new_token()

    async def make(services):
        async with services.writing() as connection:
            await add_token(connection, user_id, token, name=name)

    running.run(make)
    return token


def cookie_of(running, user_id: str) -> str:
    token = f"elsewhere-{new_token()}"
    ends_at = datetime.now(UTC) + timedelta(days=1)
    execute(running, ADD_SESSION, new_id(), user_id, hash_token(token), ends_at)
    return token


def test_name_and_number_change_without_a_password(running, asha) -> None:
    changed = asha.do("PATCH", "/v1/users/me", {"name": " Asha K. ", "phone": "0049 30 1234567"})
    assert (changed["name"], changed["phone"]) == ("Asha K.", "+49301234567")
    assert asha.do("PATCH", "/v1/users/me", {"phone": None})["phone"] is None
    assert asha.do("PATCH", "/v1/users/me", {})["name"] == "Asha K."
    assert audited(running, changed["id"]) == ["user.created", "user.changed", "user.changed"]


def test_another_address_needs_the_password_and_is_not_verified(running) -> None:
    email, other = address(), address()
    with browser(running, running.token) as owner:
        ticket = owner.do("POST", "/v1/invitations", {"email": email}, status=201)["ticket"]
    with browser(running) as asha:
        asha.sign_up(email=email, invite=ticket, password=PASSWORD)
        refused(asha.send("PATCH", "/v1/users/me", {"email": other}), 403, "password.wrong", field="current")
        wrong = {"email": other, "current": OTHER_PASSWORD}
        refused(asha.send("PATCH", "/v1/users/me", wrong), 403, "password.wrong", field="current")
        assert (asha.me["email"], asha.me["email_verified"]) == (email, True)
        same = asha.do("PATCH", "/v1/users/me", {"email": email.upper()})
        assert same["email_verified"] is True
        changed = asha.do("PATCH", "/v1/users/me", {"email": other, "current": PASSWORD})
        assert (changed["email"], changed["email_verified"]) == (other, False)
        assert asha.do("PATCH", "/v1/users/me", {"email": None, "current": PASSWORD})["email"] is None


def test_without_a_password_the_address_changes_as_it_is(running) -> None:
    with browser(running) as asha:
        asha.sign_up()
        email = address()
        assert asha.do("PATCH", "/v1/users/me", {"email": email})["email"] == email


def test_a_first_password_needs_no_former_one(running) -> None:
    with browser(running) as asha:
        made = asha.sign_up()
        asha.do("PUT", "/v1/users/me/password", {"new": PASSWORD}, status=204)
        assert asha.me["has_password"] is True
        refused(asha.send("PUT", "/v1/users/me/password", {"new": OTHER_PASSWORD}), 403, "password.wrong")
    assert audited(running, made["id"]) == ["user.created", "password.changed"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"new": OTHER_PASSWORD}, 403, "password.wrong", "current"),
        ({"current": "wrong", "new": OTHER_PASSWORD}, 403, "password.wrong", "current"),
        ({"current": PASSWORD, "new": "short"}, 422, "password.too_short", "new"),
        ({"current": PASSWORD, "new": "iloveyou123"}, 422, "password.common", "new"),
        ({"current": PASSWORD}, 422, "validation.failed", "new"),
    ],
)
def test_a_password_that_may_not_be_chosen_leaves_everything_as_it_was(
    running, asha, body, status, code, field
) -> None:
    elsewhere = cookie_of(running, asha.account["id"])
    refused(asha.send("PUT", "/v1/users/me/password", body), status, code, field=field)
    asha.do("PUT", "/v1/users/me/password", {"current": PASSWORD, "new": PASSWORD}, status=204)
    with browser(running) as other:
        answer = other.send("GET", "/v1/users/me", headers={"Cookie": f"allsquare={elsewhere}"})
        assert answer.status_code == 401  # only the good change has ended it


def test_another_password_ends_everything_but_the_session_that_chose_it(running, asha) -> None:
    user_id = asha.account["id"]
    tokens = [token_of(running, user_id), token_of(running, user_id, name="phone")]
    elsewhere = {"Cookie": f"allsquare={cookie_of(running, user_id)}"}
    with browser(running) as other:
        assert other.send("GET", "/v1/users/me", headers=elsewhere).status_code == 200
        for token in tokens:
            assert other.send("GET", "/v1/users/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        asha.do("PUT", "/v1/users/me/password", {"current": PASSWORD, "new": OTHER_PASSWORD}, status=204)
        assert asha.me["id"] == user_id
        assert other.send("GET", "/v1/users/me", headers=elsewhere).status_code == 401
        for token in tokens:
            assert other.send("GET", "/v1/users/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_that_chooses_another_password_stays(running, asha) -> None:
    token, former = [token_of(running, asha.account["id"]) for _ in range(2)]
    with browser(running, token) as program:
        program.do("PUT", "/v1/users/me/password", {"current": PASSWORD, "new": OTHER_PASSWORD}, status=204)
        assert program.me["has_password"] is True
    with browser(running, former) as program:
        assert program.send("GET", "/v1/users/me").status_code == 401
    assert asha.send("GET", "/v1/users/me").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/v1/users/me/password", {"new": PASSWORD}),
        ("PUT", "/v1/users/me/password", {"current": PASSWORD, "new": PASSWORD}),
        ("PATCH", "/v1/users/me", {"email": "eve@example.org"}),
        ("PATCH", "/v1/users/me", {"email": None}),
    ],
)
def test_a_token_alone_takes_over_no_account_without_a_password(running, method, path, body) -> None:
    with browser(running) as asha:
        before = asha.sign_up(email=address())
        with browser(running, token_of(running, before["id"])) as program:
            refused(program.send(method, path, body), 403, "access.session_needed", field="Authorization")
            assert program.do("PATCH", "/v1/users/me", {"email": before["email"]}) == before
        assert asha.me == before
    assert audited(running, before["id"]) == ["user.created"]


def test_the_owners_token_chooses_the_owners_first_password_and_address(server, template_database, tmp_path) -> None:
    with (
        fresh_database(server, template_database) as urls,
        served(urls.app_url, tmp_path) as started,
        browser(started, started.token) as owner,
    ):
        email = address()
        assert owner.do("PATCH", "/v1/users/me", {"email": email})["email"] == email
        owner.do("PUT", "/v1/users/me/password", {"new": PASSWORD}, status=204)
        assert owner.me["has_password"] is True
        refused(owner.send("PUT", "/v1/users/me/password", {"new": OTHER_PASSWORD}), 403, "password.wrong")


def test_a_guest_has_no_account(running, api) -> None:
    event = api.event()
    guest = guest_of(api, make_link(api, event), name="Dia")
    for method, path, body in (
        ("GET", "/v1/users/me", None),
        ("PATCH", "/v1/users/me", {"name": "Eve"}),
        ("PUT", "/v1/users/me/password", {"new": PASSWORD}),
        ("POST", "/v1/users/me/verification", None),
    ):
        refused(guest.send(method, path, body), 403, "access.users_only")


def test_a_token_that_may_only_look_changes_nothing(running, asha) -> None:
    token = token_of(running, asha.account["id"])
    execute(running, NARROW, hash_token(token))
    with browser(running, token) as program:
        assert program.me["name"] == "Asha"
        assert program.send("PATCH", "/v1/users/me", {"name": "Eve"}).status_code == 403
        assert program.send("PUT", "/v1/users/me/password", {"new": OTHER_PASSWORD}).status_code == 403
    assert asha.me["name"] == "Asha"


def test_without_mail_there_is_nothing_to_verify_with(running, asha) -> None:
    refused(asha.send("POST", "/v1/users/me/verification"), 409, "user.mail_not_configured")
    with browser(running) as nameless:
        nameless.sign_up()
        refused(nameless.send("POST", "/v1/users/me/verification"), 409, "user.email_missing")


def test_strangers_are_turned_away(running) -> None:
    with browser(running) as stranger:
        for method, path in (("GET", "/v1/users/me"), ("GET", "/v1/users"), ("GET", "/v1/invitations")):
            assert stranger.send(method, path).status_code == 401


def test_a_token_named_like_the_owners_ends_with_the_others(running, asha) -> None:
    token = token_of(running, asha.account["id"], name="owner.token")
    asha.do("PUT", "/v1/users/me/password", {"current": PASSWORD, "new": OTHER_PASSWORD}, status=204)
    with browser(running, token) as program:
        assert program.send("GET", "/v1/users/me").status_code == 401
