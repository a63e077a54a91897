"""Joining by a link over HTTP: looked at first, as a guest or with an account, once or as often as it is good for."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from allsquare.core.access import guest_id
from tests.features.api_client import refused
from tests.features.guest_people import Person, audited, execute, guest_of, join, make_link, user, uses_of

EXPIRE_LINK = """
UPDATE link SET expires_at = now() - interval '1 second' WHERE link_id = $1
"""
LOOK, JOIN = "/v1/links/look", "/v1/links/join"


@pytest.fixture
def stranger(api):
    """Return a client of somebody who presents nothing."""
    return Person(api, None)


def test_a_link_tells_what_it_leads_to_before_one_joins(api, stranger, running):
    event = api.event(["Asha", "Ben", "Chen", "Dia"], kind="trip")
    api.do("DELETE", f"{event}/members/4", status=204)
    link = make_link(api, event)
    join(user(running, api, "Benjamin"), link, member=2)
    assert stranger.do("POST", LOOK, {"token": link["token"]}) == {
        "event_id": event.removeprefix("/v1/events/"),
        "name": "Goa trip",
        "kind": "trip",
        "currency": "INR",
        "role": "contributor",
        "members": [{"member": 1, "name": "Asha"}, {"member": 3, "name": "Chen"}],
        "seat": None,
    }
    assert uses_of(api, event, link) == 1


def test_a_link_tells_somebody_who_joined_which_seat_is_theirs(api, running):
    event = api.event()
    link = make_link(api, event, max_uses=2)
    ben, guest = user(running, api, "Ben"), guest_of(api, link, member=3)
    assert ben.do("POST", LOOK, {"token": link["token"]})["seat"] is None
    join(ben, link, member=2)
    assert ben.do("POST", LOOK, {"token": link["token"]})["seat"] == 2
    assert guest.do("POST", LOOK, {"token": link["token"]})["seat"] == 3


def test_a_token_that_is_no_link_leads_nowhere(api, stranger):
    event = api.event()
    link = make_link(api, event)
    for token in ("asl_" + "x" * 43, link["token"][:-1], link["token"].swapcase(), api.server.token):
        refused(stranger.send("POST", LOOK, {"token": token}), 404, "link.not_found", field="token")
        refused(stranger.send("POST", JOIN, {"token": token, "name": "Dia"}), 404, "link.not_found", field="token")
    api.do("DELETE", event, status=204, version=1)
    refused(stranger.send("POST", LOOK, {"token": link["token"]}), 404, "link.not_found", field="token")


def test_an_expired_link_lets_nobody_in(api, stranger, running):
    event = api.event()
    link = make_link(api, event)
    execute(running, EXPIRE_LINK, UUID(link["id"]))
    refused(stranger.send("POST", LOOK, {"token": link["token"]}), 409, "link.expired", field="token")
    for person in (stranger, user(running, api, "Ben")):
        body = {"token": link["token"], "member": 2}
        refused(person.send("POST", JOIN, body), 409, "link.expired", field="token")
    assert uses_of(api, event, link) == 0


def test_a_guest_joins_by_name_and_takes_part(api, stranger, running):
    event = api.event(["Asha", "Ben"])
    link = make_link(api, event)
    response = stranger.send("POST", JOIN, {"token": link["token"], "name": "Dia"})
    assert response.status_code == 201
    assert response.headers["location"] == f"{event}/members/3"
    assert response.headers["cache-control"] == "no-store"
    joined = response.json()
    assert (joined["member"], joined["role"], f"/v1/events/{joined['event_id']}") == (3, "member", event)
    assert joined["guest_token"].startswith("asg_")
    dia = Person(api, joined["guest_token"])
    assert [member["name"] for member in dia.get(event)["members"]] == ["Asha", "Ben", "Dia"]
    expense = dia.expense(event, "30.00", paid_by=3)
    assert expense["created_by"] == {"user_id": str(guest_id(UUID(joined["event_id"]), 3)), "name": "Dia"}
    assert api.nets(event) == {1: "-10.00", 2: "-10.00", 3: "20.00"}
    assert uses_of(api, event, link) == 1
    assert [detail for _, _, detail in audited(running, "guest.joined") if link["id"] in detail]


def test_a_guest_sees_no_other_event(api):
    guest = guest_of(api, make_link(api, api.event()), member=2)
    other = api.event()
    refused(guest.send("GET", other), 404, "event.not_found")
    refused(guest.send("POST", f"{other}/expenses", {}), 404, "event.not_found")


@pytest.mark.parametrize(("role", "expected"), [("viewer", "viewer"), ("contributor", "member"), ("admin", "admin")])
def test_somebody_new_gets_the_role_of_the_link(api, stranger, role, expected):
    event = api.event()
    assert join(stranger, make_link(api, event, role), name="Dia")["role"] == expected
    assert api.get(event)["members"][3]["role"] == expected


@pytest.mark.parametrize(
    ("role", "acts_as", "members"),
    [
        ("viewer", ["viewer", "viewer"], ["admin", "member"]),
        ("contributor", ["member", "member"], ["admin", "member"]),
        ("admin", ["admin", "admin"], ["admin", "admin"]),
    ],
)
def test_a_guest_may_do_no_more_than_their_link_offers(api, stranger, role, acts_as, members):
    event = api.event(["Asha", "Ben"])
    link = make_link(api, event, role)
    assert [join(stranger, link, member=member)["role"] for member in (1, 2)] == acts_as
    assert [member["role"] for member in api.get(event)["members"]] == members


def test_a_viewer_may_look_and_record_nothing(api):
    event = api.event()
    guest = guest_of(api, make_link(api, event, "viewer"), member=1)
    before = api.snapshot(event)
    body = {"description": "Dinner", "amount": "30.00", "paid_by": 1}
    refused(guest.send("POST", f"{event}/expenses", body), 403, "access.role")
    refused(guest.send("PATCH", f"{event}/members/1", {"role": "admin"}), 403, "access.role")
    assert guest.snapshot(event) == before


def test_one_person_on_two_devices_is_one_member(api):
    event = api.event()
    link = make_link(api, event)
    phone, laptop = guest_of(api, link, member=2), guest_of(api, link, member=2)
    assert phone.token != laptop.token
    assert phone.expense(event)["created_by"] == laptop.expense(event)["created_by"]
    assert uses_of(api, event, link) == 2


def test_a_link_neither_lowers_nor_raises_somebody_who_is_there(api):
    event = api.event()
    contributor, viewer, admin = [make_link(api, event, role) for role in ("contributor", "viewer", "admin")]
    ben = guest_of(api, contributor, member=2)
    looking, managing = guest_of(api, viewer, member=2), guest_of(api, admin, member=2)
    assert api.get(event)["members"][1]["role"] == "member"
    body = {"description": "Dinner", "amount": "30.00", "paid_by": 2}
    refused(looking.send("POST", f"{event}/expenses", body), 403, "access.role")
    refused(managing.send("PATCH", event, {"name": "Mine"}), 403, "access.role")
    ben.expense(event)


def test_a_member_with_an_account_is_nobody_elses(api, stranger, running):
    event = api.event()
    link = make_link(api, event)
    join(user(running, api, "Ben"), link, member=2)
    for person in (stranger, user(running, api, "Eve")):
        body = {"token": link["token"], "member": 2}
        refused(person.send("POST", JOIN, body), 409, "member.claimed", field="member")
    assert uses_of(api, event, link) == 1


def test_somebody_who_never_was_or_has_left_is_nobody(api, stranger, running):
    event = api.event()
    api.do("DELETE", f"{event}/members/3", status=204)
    link = make_link(api, event)
    for person in (stranger, user(running, api, "Eve")):
        for member, code in ((4, "member.unknown"), (3, "member.inactive")):
            body = {"token": link["token"], "member": member}
            refused(person.send("POST", JOIN, body), 422, code, field="member")
    assert uses_of(api, event, link) == 0


def test_a_name_that_is_taken_is_refused_and_not_counted(api, stranger, running):
    event = api.event()
    link = make_link(api, event, max_uses=1)
    before = api.snapshot(event)
    for person in (stranger, user(running, api, "Ben")):
        body = {"token": link["token"], "name": "BEN"}
        refused(person.send("POST", JOIN, body), 409, "member.name_taken", field="name")
    assert uses_of(api, event, link) == 0
    assert api.snapshot(event) == before


@pytest.mark.parametrize("who", [{}, {"member": 2, "name": "Dia"}, {"member": 0}, {"name": ""}])
def test_a_guest_says_who_they_are_in_one_way(api, stranger, who):
    event = api.event()
    link = make_link(api, event)
    refused(stranger.send("POST", JOIN, {"token": link["token"], **who}), 422, "validation.failed")
    assert uses_of(api, event, link) == 0


def test_an_archived_event_takes_nobody_new(api, stranger):
    event = api.event()
    link = make_link(api, event)
    api.do("PUT", f"{event}/settle")
    api.do("POST", f"{event}/archive")
    refused(stranger.send("POST", JOIN, {"token": link["token"], "name": "Dia"}), 409, "event.closed", field="status")
    assert uses_of(api, event, link) == 0


def test_an_account_is_seated_at_once(api, running):
    event = api.event()
    link = make_link(api, event, "admin")
    ben, eve = user(running, api, "Ben"), user(running, api, "Eve")
    event_id = event.removeprefix("/v1/events/")
    no_guest = {"guest_token": None, "expires_at": None}
    assert join(ben, link, member=2) == {"event_id": event_id, "member": 2, "role": "admin", **no_guest}
    assert join(eve, link) == {"event_id": event_id, "member": 4, "role": "admin", **no_guest}
    assert [(m["name"], m["user_id"]) for m in api.get(event)["members"]][1:4:2] == [
        ("Ben", str(ben.user_id)),
        ("Eve", str(eve.user_id)),
    ]
    assert eve.get(event)["name"] == "Goa trip"
    assert {user_id for user_id, _, detail in audited(running, "member.claimed") if link["id"] in detail} == {
        ben.user_id,
        eve.user_id,
    }


def test_whoever_has_a_seat_keeps_it_and_is_not_counted(api, running):
    event = api.event()
    link = make_link(api, event, max_uses=2)
    ben, guest = user(running, api, "Ben"), guest_of(api, link, member=3)
    join(ben, link, member=2)
    before = api.snapshot(event)
    assert join(ben, link, status=200, name="Benjamin")["member"] == 2
    assert join(guest, link, status=200, member=1)["member"] == 3
    assert uses_of(api, event, link) == 2
    assert api.snapshot(event) == before


def test_whoever_made_the_event_stays_its_admin_by_whatever_link(api, running):
    asha = user(running, api, "Asha")
    event = asha.event()
    assert join(asha, make_link(asha, event, "viewer"), member=2)["role"] == "admin"
    asha.do("PATCH", event, {"name": "Goa again"})


def test_a_token_that_may_only_look_does_not_join(api, running):
    event = api.event()
    link = make_link(api, event)
    reader = user(running, api, "Ben", scope="read")
    refused(reader.send("POST", JOIN, {"token": link["token"], "member": 2}), 403, "access.scope")
    assert uses_of(api, event, link) == 0


def test_of_two_who_want_the_last_use_one_gets_it(api):
    event = api.event()
    link = make_link(api, event, max_uses=1)
    people = [Person(api, None) for _ in range(4)]

    def ask(number):
        return people[number].send("POST", JOIN, {"token": link["token"], "name": f"Guest {number}"})

    with ThreadPoolExecutor(len(people)) as threads:
        responses = list(threads.map(ask, range(len(people))))
    assert sorted(response.status_code for response in responses) == [201, 409, 409, 409]
    assert {r.json()["code"] for r in responses if r.status_code == 409} == {"link.used_up"}
    assert len(api.get(event)["members"]) == 4
    assert uses_of(api, event, link) == 1


@pytest.mark.parametrize("who", [{"name": "Dia"}, {"member": 2}])
def test_a_guest_whose_answer_was_lost_gets_the_same_seat_by_the_same_key(api, stranger, running, who):
    event = api.event()
    link = make_link(api, event, "viewer", max_uses=1)
    first = join(stranger, link, key="join-once", **who)
    members = api.get(event)["members"]
    response = stranger.send("POST", JOIN, {"token": link["token"], **who}, key="join-once")
    assert response.headers["idempotency-replayed"] == "true"
    again = response.json()
    assert (again["member"], again["role"]) == (first["member"], first["role"])
    assert api.get(event)["members"] == members
    assert uses_of(api, event, link) == 1
    assert Person(api, first["guest_token"]).send("GET", event).status_code == 401
    assert Person(api, again["guest_token"]).get(event)["name"] == "Goa trip"
    assert len([detail for _, _, detail in audited(running, "guest.joined") if link["id"] in detail]) == 1
    body = {"token": link["token"], "name": "Eve"}
    refused(stranger.send("POST", JOIN, body, key="join-twice"), 409, "link.used_up", field="token")


def test_a_key_is_good_for_one_newcomer(api, stranger):
    event = api.event()
    link = make_link(api, event)
    join(stranger, link, name="Dia", key="join-dia")
    body = {"token": link["token"], "name": "Eve"}
    refused(stranger.send("POST", JOIN, body, key="join-dia"), 422, "idempotency.mismatch")
    assert uses_of(api, event, link) == 1


def test_a_browser_is_signed_in_by_a_cookie_no_script_can_read(api, stranger):
    event = api.event()
    response = stranger.send("POST", JOIN, {"token": make_link(api, event)["token"], "member": 2})
    cookie = response.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == f"allsquare-guest-{UUID(response.json()['event_id']).hex}"
    assert rest.startswith(response.json()["guest_token"] + ";")
    assert {part.strip().lower() for part in rest.split(";")[1:]} >= {"httponly", "samesite=lax", "path=/"}
    browser = Person(api, None)
    sent = {"Cookie": cookie.partition(";")[0]}
    assert browser.send("GET", event, headers=sent).json()["name"] == "Goa trip"
    assert browser.send("GET", api.event(), headers=sent).status_code == 401
    body = {"description": "Dinner", "amount": "30.00", "paid_by": 1}
    refused(browser.send("POST", f"{event}/expenses", body, headers=sent), 403, "session.cross_origin")
    ours = {**sent, "Origin": api.server.url}
    assert browser.send("POST", f"{event}/expenses", body, headers=ours).status_code == 201
