"""From the first start to equal balances: the owner begins, a friend comes as a guest, and stays with an account."""

import re

import httpx2
import pytest

from tests.features.api_client import refused
from tests.features.guest_people import Person

PASSWORD = "lantern orbit velvet seven"


@pytest.fixture
def owner(api):
    """Give the owner, by the token that is there from the first start."""
    return api


def test_a_friend_comes_as_a_guest_and_stays_with_an_account(running, api, owner):
    # The owner begins an event and makes a link.
    body = {"name": "Goa trip", "currency": "INR", "members": [{"name": "Olga", "me": True}, {"name": "Asha"}]}
    event_id = owner.do("POST", "/v1/events", body, status=201)["id"]
    owner.events.append(event_id)
    event = f"/v1/events/{event_id}"
    owner.expense(event, "900.00", 1)
    link = owner.do("POST", f"{event}/links", {"role": "contributor", "max_uses": 1}, status=201)
    token = re.fullmatch(r".*/join#link=(.+)", link["url"])[1]
    drawing = owner.send("GET", f"{event}/links/{link['id']}/qr")
    assert drawing.headers["content-type"] == "image/svg+xml"

    # A friend opens it without an account, sees who is there, and is Asha.
    friend = Person(api, None)
    seen = friend.do("POST", "/v1/links/look", {"token": token})
    assert (seen["name"], [member["name"] for member in seen["members"]]) == ("Goa trip", ["Asha"])
    joined = friend.do("POST", "/v1/links/join", {"token": token, "member": 2}, status=201)
    guest = Person(api, joined["guest_token"])
    assert guest.get(event)["name"] == "Goa trip"
    assert [each["id"] for each in guest.items("/v1/events")] == [event_id]
    taxi = guest.expense(event, "100.00", 2, description="Taxi")
    assert taxi["created_by"]["name"] == "Asha"
    refused(Person(api, None).send("POST", "/v1/links/join", {"token": token, "name": "Zoe"}), 409, "link.used_up")
    before = owner.nets(event)
    assert before == {1: "400.00", 2: "-400.00"}

    # Later the friend signs up, and claims what they were.
    email = f"asha-{event_id}@example.org"
    friend.do("POST", "/v1/users", {"name": "Asha B.", "email": email, "password": PASSWORD}, status=201)
    grant = {"grant_type": "password", "username": email, "password": PASSWORD}
    asha = Person(api, friend.do("POST", "/v1/token", grant)["access_token"])
    refused(asha.send("GET", event), 404, "event.not_found")
    asha.do("POST", "/v1/claims", {"event_id": event_id, "guest_token": joined["guest_token"]})
    refused(guest.send("GET", event), 401, "token.unknown")

    # Both see the same, the history is whole, and what the guest recorded is still theirs.
    assert asha.nets(event) == owner.nets(event) == before
    member = asha.get(event)["members"][1]
    assert (member["user_id"], member["name"], member["role"]) == (asha.get("/v1/users/me")["id"], "Asha", "member")
    owner.do("PATCH", event, {"edit_by": "payer_and_author"})
    asha.do(
        "PUT", f"{event}/expenses/{taxi['id']}", {"description": "Taxi", "amount": "200.00", "paid_by": 2}, version=1
    )
    kinds = [entry["kind"] for entry in asha.items(f"{event}/journal")]
    assert kinds.count("member.claimed") == 1
    assert asha.nets(event) == owner.nets(event) == {1: "350.00", 2: "-350.00"}
    owed = asha.get(f"/v1/users/{member['user_id']}/balances")
    assert [(each["person"]["name"], each["net"]) for each in owed["items"]] == [("Owner", "-350.00")]


def test_nobody_guesses_their_way_into_a_new_instance(running, api):
    assert api.get("/v1/users/me")["has_password"] is False
    with httpx2.Client(base_url=running.url) as anybody:
        for password in ("", "owner", "allsquare", "admin", "password"):
            answer = anybody.post("/v1/sessions", json={"email": "owner@example.org", "password": password})
            refused(answer, 401, "session.refused")
