"""What is kept about people is theirs: they get all of it, and are forgotten when they ask."""

import io
import json
import zipfile

import httpx2
import pytest

from allsquare.features.identity.accounts.contacts import EMAIL_PLACE
from tests.features.api_client import refused
from tests.features.conftest import VAULT
from tests.features.guest_people import Person, execute, user
from tests.features.identity.authenticator import encoded

PASSWORD = "lantern orbit velvet seven"
ME = "/v1/users/me"
SET_EMAIL = """UPDATE "user" SET email = $2 WHERE user_id = $1"""


@pytest.fixture
def trip(running, api):
    """Give Asha, whose event it is, Ben, who is in it, and the event."""
    asha, ben = user(running, api, "Asha"), user(running, api, "Ben")
    body = {"name": "Goa trip", "currency": "INR", "members": [{"name": "Asha", "me": True}]}
    event = asha.do("POST", "/v1/events", body, status=201)["id"]
    api.events.append(event)
    link = asha.do("POST", f"/v1/events/{event}/links", {"role": "contributor"}, status=201)["token"]
    ben.do("POST", "/v1/links/join", {"token": link, "name": "Ben"}, status=201)
    asha.expense(f"/v1/events/{event}", "30.00", 1)
    ben.expense(f"/v1/events/{event}", "10.00", 2)
    return asha, ben, f"/v1/events/{event}"


def unpack(person: Person) -> dict:
    response = person.send("GET", f"{ME}/export")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def test_everything_about_somebody_is_in_their_export(running, trip):
    asha, _, event = trip
    email = VAULT.seal("asha@example.org", place=EMAIL_PLACE, row=asha.user_id)
    execute(running, SET_EMAIL, asha.user_id, email)
    asha.do("PATCH", ME, {"phone": "+919812345678"})
    asha.do("POST", "/v1/groups", {"name": "Flat"}, status=201)
    asha.settlement(event, 2, 1, "5.00")
    packed = unpack(asha)
    assert (packed["user.json"]["email"], packed["user.json"]["phone"]) == ("asha@example.org", "+919812345678")
    told = packed[f"events/{event[11:]}-1.json"]
    assert [expense["amount"] for expense in told["expenses"]] == ["10.00", "30.00"]
    assert [each["content"]["amount_minor"] for each in told["settlements"]] == [500]
    assert told["you"]["name"] == "Asha"
    assert packed["groups.json"][0]["group_name"] == "Flat"
    assert "link.made" in [line["action"] for line in packed["audit.json"]]
    assert asha.token not in json.dumps(packed)
    assert packed["tokens.json"][0]["name"] == "tests"


def test_nobody_is_forgotten_while_money_is_open_unless_they_confirm(trip):
    asha, ben, event = trip
    problem = refused(ben.send("DELETE", ME, {}), 409, "user.money_open", field="confirm")
    assert problem["current"] == [{"event_id": event[11:], "event": "Goa trip", "currency": "INR", "net": "-10.00"}]
    assert ben.get(ME)["name"] == "Ben"
    ben.do("DELETE", ME, {"confirm": True}, status=204)
    assert asha.nets(event) == {1: "10.00", 2: "-10.00"}


def test_what_somebody_forgotten_did_stays_without_their_name(api, trip):
    asha, ben, event = trip
    before = api.snapshot(event)
    ben.do("DELETE", ME, {"confirm": True}, status=204)
    refused(ben.send("GET", ME), 401, "token.unknown")
    after = api.snapshot(event)
    assert after["positions"]["positions"] == before["positions"]["positions"]
    assert after["journal"][: len(before["journal"])] == [
        {**entry, "actor": {**entry["actor"], "name": "Deleted user"}} if entry["actor"]["name"] == "Ben" else entry
        for entry in before["journal"]
    ]
    gone = after["event"]["members"][1]
    assert (gone["name"], gone["user_id"], gone["active"]) == ("Former member 2", None, False)
    assert [each["created_by"]["name"] for each in after["expenses"]] == ["Deleted user", "Asha"]
    asha.settlement(event, 2, 1, "10.00")
    assert asha.nets(event) == {1: "0.00", 2: "0.00"}


def test_the_last_admin_hands_over_and_archived_events_forget_too(api, trip):
    asha, ben, event = trip
    asha.settlement(event, 2, 1, "10.00")
    closed = ben.do(
        "POST", "/v1/events", {"name": "Old", "currency": "INR", "members": [{"name": "B", "me": True}]}, status=201
    )
    api.events.append(closed["id"])
    ben.do("PUT", f"/v1/events/{closed['id']}/settle")
    ben.do("POST", f"/v1/events/{closed['id']}/archive")
    for person in (asha, ben):
        person.do("DELETE", ME, {}, status=204)
    members = api.get(event)["members"]
    assert [(one["role"], one["name"]) for one in members] == [
        ("admin", "Former member 1"),
        ("admin", "Former member 2"),
    ]
    assert api.get(f"/v1/events/{closed['id']}")["members"][0]["name"] == "Former member 1"


def test_groups_go_on_with_another_admin_or_go(running, api):
    asha = user(running, api, "Asha")
    group = asha.do("POST", "/v1/groups", {"name": "Flat"}, status=201)["id"]
    asha.do("DELETE", ME, {}, status=204)
    refused(api.send("GET", f"/v1/groups/{group}"), 404, "group.not_found")


def test_an_account_with_a_password_asks_for_it(api):
    nobody = Person(api, None)
    email = f"zoe-{encoded(api.server.token.encode())[:8].lower().replace('_', 'x').replace('-', 'x')}@example.org"
    nobody.do("POST", "/v1/users", {"name": "Zoe", "email": email, "password": PASSWORD}, status=201)
    grant = {"grant_type": "password", "username": email, "password": PASSWORD}
    zoe = Person(api, nobody.do("POST", "/v1/token", grant)["access_token"])
    refused(zoe.send("DELETE", ME, {}), 403, "password.wrong")
    refused(zoe.send("DELETE", ME, {"password": "something else entirely"}), 403, "password.wrong")
    zoe.do("DELETE", ME, {"password": PASSWORD}, status=204)
    refused(nobody.send("POST", "/v1/token", grant), 401, "session.refused")


def test_the_owner_stays_and_guests_have_nothing_to_delete(api):
    refused(api.send("DELETE", ME, {"confirm": True}), 409, "user.owner")
    with httpx2.Client(base_url=api.server.url) as client:
        assert client.delete(ME).status_code == 401
