"""Claiming over HTTP: whoever was a guest moves to an account, with history and balances."""

import pytest

from tests.features.api_client import NOBODY, refused
from tests.features.guest_people import Person, audited, guest_of, join, make_link, user, uses_of

CLAIMS = "/v1/claims"


@pytest.fixture
def event(api):
    """Return an event with three members."""
    return api.event()


@pytest.fixture
def link(api, event):
    """Return a link into it."""
    return make_link(api, event)


@pytest.fixture
def ben(running, api):
    """Return somebody with an account and no seat."""
    return user(running, api, "Ben with an account")


def claim(person, event, token):
    """Send a claim."""
    return person.send("POST", CLAIMS, {"event_id": event.removeprefix("/v1/events/"), "guest_token": token})


def test_what_a_guest_was_is_the_accounts(api, event, link, ben, running):
    guest = guest_of(api, link, member=2)
    expense = guest.expense(event, "30.00", paid_by=2)
    nets, expenses = api.nets(event), api.items(f"{event}/expenses")
    response = claim(ben, event, guest.token)
    assert response.status_code == 200
    event_id = event.removeprefix("/v1/events/")
    assert response.json() == {"event_id": event_id, "member": 2, "role": "member"}
    assert ben.nets(event) == api.nets(event) == nets == {1: "-10.00", 2: "20.00", 3: "-10.00"}
    assert ben.items(f"{event}/expenses") == expenses == [expense]
    assert len(ben.get(f"{event}/statement", member=2)["lines"]) == 1
    member = ben.get(event)["members"][1]
    assert (member["name"], member["user_id"], member["active"]) == ("Ben", str(ben.user_id), True)
    claimed = [(user_id, actor) for user_id, actor, _ in audited(running, "member.claimed")]
    assert claimed.count((ben.user_id, ben.user_id)) == 1


def test_the_guest_is_signed_out_on_every_device(api, event, link, ben):
    guests = [guest_of(api, link, member=2) for _ in range(2)]
    other = guest_of(api, link, member=3)
    for guest in (*guests, other):
        guest.get(event)
    claim(ben, event, guests[0].token)
    for guest in guests:
        refused(guest.send("GET", event), 401, "token.unknown")
    other.get(event)
    ben.expense(event, paid_by=2)


def test_a_claim_sent_again_gets_the_same_seat_and_changes_nothing(api, event, link, ben):
    guest = guest_of(api, link, member=2)
    first = claim(ben, event, guest.token)
    before = api.snapshot(event)
    again = claim(ben, event, guest.token)
    assert (again.status_code, again.json()) == (200, first.json())
    assert api.snapshot(event) == before


def test_nobody_else_claims_what_was_claimed(api, event, link, ben, running):
    guest = guest_of(api, link, member=2)
    claim(ben, event, guest.token)
    before = api.snapshot(event)
    eve = user(running, api, "Eve")
    refused(claim(eve, event, guest.token), 404, "guest.not_found", field="guest_token")
    refused(eve.send("GET", event), 404, "event.not_found")
    assert api.snapshot(event) == before


def test_a_browser_claims_with_the_cookie_of_its_guest(api, event, link, ben):
    guest = guest_of(api, link, member=2)
    event_id = event.removeprefix("/v1/events/")
    name = f"allsquare-guest-{event_id.replace('-', '')}"
    headers = {"Cookie": f"{name}={guest.token}"}
    response = ben.send("POST", CLAIMS, {"event_id": event_id}, headers=headers)
    assert (response.status_code, response.json()["member"]) == (200, 2)
    assert response.headers["set-cookie"].startswith(f'{name}="";')
    assert "max-age=0" in response.headers["set-cookie"].lower()


def test_an_account_with_another_seat_cannot_claim_a_second(api, event, link, ben):
    join(ben, link, member=3)
    guest = guest_of(api, link, member=2)
    before = api.snapshot(event)
    problem = refused(claim(ben, event, guest.token), 409, "member.seat_twice", field="member")
    assert "merge" in problem["detail"]
    assert api.snapshot(event) == before
    guest.get(event)


def test_a_token_of_no_guest_of_that_event_claims_nothing(api, event, link, ben):
    elsewhere = api.event()
    stray = guest_of(api, make_link(api, elsewhere), member=2)
    before = api.snapshot(event), api.snapshot(elsewhere)
    for token in (stray.token, "asg_" + "x" * 43, link["token"], ben.token):
        refused(claim(ben, event, token), 404, "guest.not_found", field="guest_token")
    refused(claim(ben, f"/v1/events/{NOBODY}", stray.token), 404, "guest.not_found", field="guest_token")
    body = {"event_id": event.removeprefix("/v1/events/")}
    refused(ben.send("POST", CLAIMS, body), 404, "guest.not_found", field="guest_token")
    assert (api.snapshot(event), api.snapshot(elsewhere)) == before


def test_claiming_needs_an_account_that_may_write(api, event, link, running):
    guest = guest_of(api, link, member=2)
    refused(claim(guest, event, guest.token), 403, "access.users_only")
    refused(claim(Person(api, None), event, guest.token), 401, "http.unauthenticated")
    response = claim(user(running, api, "Reader", scope="read"), event, guest.token)
    assert response.status_code == 403
    assert api.get(event)["members"][1]["user_id"] is None
    guest.get(event)


def test_an_account_gets_no_more_than_the_guest_had(api, event, ben):
    guest = guest_of(api, make_link(api, event, "viewer"), member=1)
    assert claim(ben, event, guest.token).json()["role"] == "viewer"
    assert ben.get(event)["members"][0]["role"] == "viewer"
    refused(ben.send("PATCH", event, {"name": "Mine"}), 403, "access.role")


def test_whoever_made_the_event_stays_its_admin_when_they_claim(api, running):
    asha = user(running, api, "Asha")
    event = asha.event()
    guest = guest_of(api, make_link(asha, event), member=2)
    assert claim(asha, event, guest.token).json()["role"] == "admin"
    asha.do("PATCH", event, {"name": "Goa again"})


def test_a_link_does_not_let_an_account_take_the_seat_that_a_guest_is_using(api, event, link, ben, running):
    guest = guest_of(api, link, member=2)
    guest.expense(event, "30.00", paid_by=2)
    before, uses = api.snapshot(event), uses_of(api, event, link)
    for each in (link, make_link(api, event, "admin")):
        body = {"token": each["token"], "member": 2}
        refused(ben.send("POST", "/v1/links/join", body), 409, "member.in_use", field="member")
    assert (api.snapshot(event), uses_of(api, event, link)) == (before, uses)
    refused(ben.send("GET", event), 404, "event.not_found")
    guest.get(event)
    assert claim(ben, event, guest.token).json()["member"] == 2


def test_whoever_came_second_as_a_member_does_not_claim_it_from_the_first(api, event, link, ben):
    first, second = (guest_of(api, link, member=2) for _ in range(2))
    before = api.snapshot(event)
    refused(claim(ben, event, second.token), 409, "member.in_use", field="guest_token")
    assert api.snapshot(event) == before
    for guest in (first, second):
        guest.get(event)
    first.do("DELETE", "/v1/sessions/current", status=204)
    assert claim(ben, event, second.token).json()["member"] == 2


def test_a_seat_that_no_guest_uses_any_more_is_free_to_take(api, event, link, ben, running):
    guest = guest_of(api, link, member=2)
    guest.do("DELETE", "/v1/sessions/current", status=204)
    assert join(ben, link, member=2)["member"] == 2
    assert ben.get(event)["members"][1]["user_id"] == str(ben.user_id)


def test_an_admin_gives_a_seat_in_use_to_an_account_by_merging(api, event, link, ben):
    guest = guest_of(api, link, member=2)
    guest.expense(event, "30.00", paid_by=2)
    own = join(ben, link)["member"]
    api.do("POST", f"{event}/members/2/merge", {"into": own})
    assert ben.nets(event)[own] == "20.00"
    refused(guest.send("GET", event), 401, "token.unknown")
