"""Those who run an instance see its accounts and invite people; the owner alone makes admins."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.features.api_client import NOBODY, refused
from tests.features.identity.accounts_helpers import PASSWORD, address, audited, browser, fetch

FIND_HASH = "SELECT ticket_hash, email FROM ticket WHERE ticket_id = $1"


@pytest.fixture
def owner(running):
    with browser(running, running.token) as opened:
        yield opened


@pytest.fixture
def ben(running):
    with browser(running) as opened:
        opened.account = opened.sign_up(name="Ben", email=address())
        yield opened


@pytest.fixture
def admin(running, owner):
    with browser(running) as opened:
        ticket = owner.do("POST", "/v1/invitations", {"role": "admin"}, status=201)["ticket"]
        opened.account = opened.sign_up(name="Chen", invite=ticket)
        assert opened.account["role"] == "admin"
        yield opened


def test_accounts_are_listed_newest_first_in_pages(running, owner) -> None:
    ids = []
    for _ in range(3):
        with browser(running) as somebody:
            ids.append(somebody.sign_up(name="Paged")["id"])
    pages = owner.pages("/v1/users", limit=2, search="page")
    assert [user["id"] for page in pages for user in page][:3] == ids[::-1]
    assert all(len(page) <= 2 for page in pages)


def test_accounts_are_found_by_the_whole_address_or_part_of_the_name(owner, ben, admin) -> None:
    email = ben.account["email"]
    assert owner.get("/v1/users", search=email.upper())["items"] == [ben.account]
    assert owner.get("/v1/users", search=email[1:])["items"] == []
    assert ben.account in admin.get("/v1/users", search="bEN", limit=200)["items"]
    assert owner.get("/v1/users", search="%")["items"] == []


def test_users_see_themselves_and_nobody_else(owner, admin, ben) -> None:
    assert ben.get(f"/v1/users/{ben.account['id']}") == ben.account
    for other in (owner.me["id"], admin.account["id"], NOBODY):
        refused(ben.send("GET", f"/v1/users/{other}"), 404, "user.not_found")
        refused(ben.send("PATCH", f"/v1/users/{other}", {"role": "admin"}), 404, "user.not_found")
    refused(ben.send("PATCH", f"/v1/users/{ben.account['id']}", {"role": "admin"}), 403, "access.admins_only")
    refused(ben.send("GET", "/v1/users"), 403, "access.admins_only")
    refused(ben.send("GET", "/v1/invitations"), 403, "access.admins_only")
    refused(ben.send("POST", "/v1/invitations", {}), 403, "access.admins_only")
    assert ben.me["role"] == "user"


def test_the_owner_makes_admins_and_takes_it_back(running, owner, ben) -> None:
    path = f"/v1/users/{ben.account['id']}"
    assert owner.do("PATCH", path, {"role": "admin"})["role"] == "admin"
    assert ben.get(f"/v1/users/{owner.me['id']}")["role"] == "owner"
    assert owner.do("PATCH", path, {"role": "admin"})["role"] == "admin"
    assert owner.do("PATCH", path, {"role": "user"})["role"] == "user"
    refused(ben.send("GET", "/v1/users"), 403, "access.admins_only")
    assert audited(running, ben.account["id"]).count("user.role_changed") == 2


def test_admins_make_no_admins(owner, admin, ben) -> None:
    refused(admin.send("PATCH", f"/v1/users/{ben.account['id']}", {"role": "admin"}), 403, "access.admins_only")
    refused(admin.send("POST", "/v1/invitations", {"role": "admin"}), 403, "access.admins_only")
    invited = owner.do("POST", "/v1/invitations", {"role": "admin"}, status=201)
    refused(admin.send("DELETE", f"/v1/invitations/{invited['id']}"), 403, "access.admins_only")
    assert admin.do("POST", "/v1/invitations", {}, status=201)["role"] == "user"


def test_the_owner_stays_the_owner(owner, admin) -> None:
    path = f"/v1/users/{owner.me['id']}"
    refused(owner.send("PATCH", path, {"role": "user"}), 409, "user.owner_stays")
    refused(admin.send("PATCH", path, {"role": "user"}), 403, "access.admins_only")
    refused(owner.send("PATCH", f"/v1/users/{NOBODY}", {"role": "user"}), 404, "user.not_found")
    refused(owner.send("PATCH", path, {"role": "owner"}), 422, "validation.failed", field="role")
    assert owner.me["role"] == "owner"


def test_an_invitation_is_shown_once_and_stored_as_a_hash(running, owner) -> None:
    email = address()
    invited = owner.do("POST", "/v1/invitations", {"email": email}, status=201)
    assert invited["ticket"].startswith("ast_")
    assert (invited["email"], invited["status"], invited["mailed"]) == (email, "open", False)
    listed = next(each for each in owner.items("/v1/invitations") if each["id"] == invited["id"])
    assert listed == {key: value for key, value in invited.items() if key not in {"ticket", "url", "mailed"}}
    [(stored, sealed)] = fetch(running, FIND_HASH, invited["id"])
    assert invited["ticket"].encode() not in stored
    assert email.encode() not in sealed


def test_the_same_key_gets_the_same_invitation_with_a_ticket_that_is_good(running, owner) -> None:
    first = owner.do("POST", "/v1/invitations", {}, status=201, key=f"key-{address()}")
    key = f"key-{address()}"
    with ThreadPoolExecutor(2) as threads:
        twice = list(threads.map(lambda _: owner.send("POST", "/v1/invitations", {}, key=key), range(2)))
    assert len({answer.json()["id"] for answer in twice} | {first["id"]}) == 2
    assert sorted("idempotency-replayed" in answer.headers for answer in twice) == [False, True]
    again = owner.do("POST", "/v1/invitations", {}, status=201, key=key)
    refused(owner.send("POST", "/v1/invitations", {"role": "admin"}, key=key), 422, "idempotency.mismatch")
    with browser(running) as somebody:
        stale = {"name": "Dia", "invite": twice[0].json()["ticket"]}
        refused(somebody.send("POST", "/v1/users", stale), 404, "ticket.not_good")
        somebody.sign_up(invite=again["ticket"])
    refused(owner.send("POST", "/v1/invitations", {}, key=key), 422, "idempotency.mismatch")


def test_invitations_tell_how_they_stand(running, owner) -> None:
    used, revoked, left = (owner.do("POST", "/v1/invitations", {}, status=201) for _ in range(3))
    with browser(running) as somebody:
        somebody.sign_up(invite=used["ticket"])
    for _ in range(2):
        owner.do("DELETE", f"/v1/invitations/{revoked['id']}", status=204)
        owner.do("DELETE", f"/v1/invitations/{used['id']}", status=204)
    listed = {each["id"]: each["status"] for page in owner.pages("/v1/invitations", limit=2) for each in page}
    assert [listed[each["id"]] for each in (used, revoked, left)] == ["used", "revoked", "open"]
    refused(owner.send("DELETE", f"/v1/invitations/{NOBODY}"), 404, "invitation.not_found")


def test_what_somebody_may_no_longer_invite_to_is_not_good_any_more(running, owner, admin) -> None:
    invited = admin.do("POST", "/v1/invitations", {}, status=201)
    owner.do("PATCH", f"/v1/users/{admin.account['id']}", {"role": "user"})
    with browser(running) as somebody:
        body = {"name": "Dia", "invite": invited["ticket"], "password": PASSWORD}
        refused(somebody.send("POST", "/v1/users", body), 404, "ticket.not_good")
