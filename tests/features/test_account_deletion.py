"""A deleted account leaves no trace of the person, moves no money, and can be asked for again after it broke off."""

import asyncio
import json
from uuid import UUID

import pytest

from allsquare.core.access import overseer
from allsquare.core.commands.members import ChangeMember
from allsquare.features.identity.accounts.contacts import TICKET_EMAIL_PLACE
from allsquare.features.privacy.leaving import leave_events
from allsquare.features.privacy.reads import list_seats
from allsquare.features.privacy.store import forget_user
from allsquare.features.wire.ids import new_id
from tests.features.api_client import refused
from tests.features.conftest import VAULT
from tests.features.guest_people import Person, audited, execute, guest_of, join, make_link, user
from tests.features.identity.accounts_helpers import PASSWORD, address, browser, fetch

ME = "/v1/users/me"

GET_ROW = """
SELECT name, role, email, email_index, email_verified_at, phone, phone_index, password_hash, password_changed_at,
       deleted_at IS NOT NULL AS deleted
FROM "user" WHERE user_id = $1
"""

COUNT_KEPT = """
SELECT (SELECT count(*) FROM session WHERE user_id = $1), (SELECT count(*) FROM access_token WHERE user_id = $1),
       (SELECT count(*) FROM passkey WHERE user_id = $1), (SELECT count(*) FROM ticket WHERE user_id = $1),
       (SELECT count(*) FROM member WHERE user_id = $1), (SELECT count(*) FROM group_member WHERE user_id = $1)
"""

LIST_SEATS_OF_EVENT = """
SELECT member_no, name, user_id FROM member WHERE event_id = $1 ORDER BY member_no
"""

ADD_INVITATION = """
INSERT INTO ticket (ticket_id, ticket_hash, purpose, email, email_index, role, created_by, expires_at)
VALUES ($1::uuid, sha256(uuid_send($1)), 'invite', $2, $3, 'user', $1, now() + interval '1 day')
"""

COUNT_INVITATIONS = """
SELECT count(*) FROM ticket WHERE email_index = $1
"""

VERIFY_EMAIL = """
UPDATE "user" SET email_verified_at = now() WHERE user_id = $1
"""

LIST_GUEST_DEVICES = """
SELECT device, ended_at IS NOT NULL FROM session WHERE event_id = $1 AND kind = 'guest'
"""

REOPEN_GUESTS = """
UPDATE session SET ended_at = NULL WHERE event_id = $1 AND kind = 'guest'
"""


IS_WAITING = """
SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1
"""


def uuid_of(event: str) -> UUID:
    return UUID(event.removeprefix("/v1/events/"))


def begin(person: Person, name: str = "Goa trip", **fields) -> str:
    """Make an event in which somebody is member 1."""
    body = {"name": name, "currency": "INR", "members": [{"name": "First", "me": True}], **fields}
    event = person.do("POST", "/v1/events", body, status=201)["id"]
    person.events.append(event)
    return f"/v1/events/{event}"


def come_in(person: Person, admin, event: str, name: str, role: str = "contributor") -> int:
    """Seat somebody with an account."""
    return join(person, make_link(admin, event, role), name=name)["member"]


def forget(person: Person, *, confirm: bool = True) -> None:
    person.do("DELETE", ME, {"confirm": confirm}, status=204)


def break_off(running, person: Person, seats: slice) -> None:
    """Do the first part of a deletion, as if the process had ended in the middle of it."""

    async def work(services):
        async with services.reading() as connection:
            found = await list_seats(connection, person.user_id)
        led = [seat.event_id for seat in found if seat.leads]
        await leave_events(services, person.user_id, found[seats], led=led)

    running.run(work)


def kinds(api, event: str) -> list[str]:
    """List what happened in an event, oldest first."""
    return [entry["kind"] for entry in api.get(f"{event}/journal", limit=200)["items"]]


@pytest.fixture
def asha(running, api):
    return user(running, api, "Asha")


@pytest.fixture
def ben(running, api):
    return user(running, api, "Ben")


@pytest.fixture
def chen(running, api):
    return user(running, api, "Chen")


def test_nothing_of_the_person_is_left_in_any_row(running):
    with browser(running) as zoe:
        made = zoe.sign_up(name="Zoe", email=address(), phone="+919812345678")
        begin(zoe)
        zoe.do("POST", "/v1/groups", {"name": "Flat"}, status=201)
        forget(zoe)
    assert fetch(running, GET_ROW, made["id"]) == [("Deleted user", "user", *[None] * 7, True)]
    assert fetch(running, COUNT_KEPT, made["id"]) == [(0,) * 6]


def test_seats_of_every_status_are_forgotten_and_no_hash_or_net_moves(running, api, asha, ben):
    left, active, gone = (begin(ben, name) for name in ("Left", "Active", "Gone"))
    for event in (left, active, gone):
        come_in(asha, ben, event, "Asha")
        if event != gone:
            asha.expense(event, "20.00", 2)
    asha.settlement(left, 1, 2, "10.00")
    ben.do("DELETE", f"{left}/members/2", status=204)
    before = {event: api.snapshot(event) for event in (left, active)}
    ben.do("DELETE", gone, status=204, version=ben.get(gone)["version"])
    forget(asha)
    for event, was in before.items():
        now = api.snapshot(event)
        assert now["positions"]["positions"] == was["positions"]["positions"]
        hashes = [entry["hash"] for entry in now["journal"]]
        assert hashes[:-1] == [entry["hash"] for entry in was["journal"]], "one entry more, and no other moved"
    for event in (left, active, gone):
        rows = fetch(running, LIST_SEATS_OF_EVENT, uuid_of(event))
        assert rows == [(1, "First", ben.user_id), (2, "Former member 2", None)]


@pytest.mark.parametrize("done", [slice(1), slice(None)], ids=["half of the seats", "all of the seats"])
def test_a_deletion_that_broke_off_is_finished_by_asking_again(running, api, asha, ben, done):
    events = [begin(ben, name) for name in ("One", "Two")]
    for event in events:
        come_in(asha, ben, event, "Asha")
    break_off(running, asha, done)
    assert asha.get(ME)["name"] == "Asha"
    forget(asha, confirm=False)
    for event in events:
        assert kinds(api, event).count("member.forgotten") == 1
    assert fetch(running, COUNT_KEPT, asha.user_id) == [(0,) * 6]


def test_whoever_came_back_after_a_deletion_broke_off_is_forgotten_there_too(running, api, asha, ben):
    event = begin(ben)
    come_in(asha, ben, event, "Asha")
    break_off(running, asha, slice(None))
    assert come_in(asha, ben, event, "Asha again") == 3
    forget(asha)
    assert [one["name"] for one in api.get(event)["members"]] == ["First", "Former member 2", "Former member 3"]


def test_whoever_has_been_there_longest_with_an_account_manages_the_event_after_them(api, asha, ben, chen):
    event = begin(asha, members=[{"name": "First", "me": True}, {"name": "No account"}])
    come_in(ben, asha, event, "Ben", "viewer")
    come_in(chen, asha, event, "Chen")
    forget(asha)
    assert [one["role"] for one in chen.get(event)["members"]] == ["admin", "member", "admin", "member"]
    ben.do("PATCH", event, {"name": "Mine now"}, version=ben.get(event)["version"])


def test_nobody_is_promoted_where_another_admin_stays(api, asha, ben, chen):
    event = begin(asha)
    come_in(ben, asha, event, "Ben")
    come_in(chen, asha, event, "Chen", "admin")
    forget(asha)
    assert [one["role"] for one in chen.get(event)["members"]] == ["admin", "member", "admin"]
    assert "member.changed" not in kinds(api, event)


def test_an_heir_is_looked_for_anew_where_an_earlier_attempt_broke_off(running, api, asha, ben):
    event = begin(asha)
    come_in(ben, asha, event, "Ben")
    break_off(running, asha, slice(0))
    assert ben.get(event)["members"][1]["role"] == "admin"

    async def take_back(services):
        again = ChangeMember(2, role="member")
        actor, name = overseer(asha.user_id), new_id()
        await services.submit_as(actor, uuid_of(event), again, command_id=name, keyed=False, final=False)

    running.run(take_back)
    forget(asha)
    assert ben.get(event)["members"][1]["role"] == "admin"


def test_an_event_made_without_a_seat_is_handed_over_too(api, asha, ben):
    event = begin(asha, members=[{"name": "Ben"}])
    asha.do("PATCH", f"{event}/members/1", {"role": "member"})
    join(ben, make_link(asha, event), member=1)
    forget(asha)
    assert [one["role"] for one in ben.get(event)["members"]] == ["admin"]


def test_what_they_recorded_names_nobody_any_more(api, asha, ben):
    event = begin(ben)
    come_in(asha, ben, event, "Asha")
    expense = asha.expense(event, "20.00", 2)
    assert ben.get(f"{event}/expenses/{expense['id']}")["created_by"]["name"] == "Asha"
    forget(asha)
    assert ben.get(f"{event}/expenses/{expense['id']}")["created_by"] == {
        "user_id": str(asha.user_id),
        "name": "Deleted user",
    }
    assert "Asha" not in json.dumps(api.snapshot(event))


def test_groups_go_on_under_somebody_else_and_say_that_they_changed(api, asha, ben):
    group = asha.do("POST", "/v1/groups", {"name": "Flat"}, status=201)
    path = f"/v1/groups/{group['id']}"
    api.do("POST", f"{path}/members", {"name": "Ben", "user_id": str(ben.user_id)}, status=201)
    seen = ben.get(path)["version"]
    forget(asha)
    told = ben.get(path)
    assert [(one["name"], one["role"], one["user_id"], one["active"]) for one in told["members"]] == [
        ("Former member 1", "admin", None, False),
        ("Ben", "admin", str(ben.user_id), True),
    ]
    refused(ben.send("PATCH", path, {"name": "Other"}, version=seen), 409, "group.version_conflict")
    ben.do("PATCH", path, {"name": "Other"}, version=told["version"])


def test_of_two_admins_of_a_group_who_go_at_once_the_second_leaves_it_to_somebody(running, api, asha, ben, chen):
    path = f"/v1/groups/{asha.do('POST', '/v1/groups', {'name': 'Flat'}, status=201)['id']}"
    for person, role in ((ben, "admin"), (chen, "member")):
        body = {"name": role, "role": role, "user_id": str(person.user_id)}
        api.do("POST", f"{path}/members", body, status=201)

    async def go_at_once(services):
        async with services.reading() as watching, services.writing() as second:
            async with services.writing() as first:
                assert await forget_user(first, asha.user_id)
                going = asyncio.create_task(forget_user(second, ben.user_id))
                while not going.done() and not await watching.fetchval(IS_WAITING, second.get_server_pid()):
                    continue
            assert await going

    running.run(go_at_once)
    assert [(one["role"], one["active"]) for one in chen.get(path)["members"]] == [
        ("admin", False),
        ("admin", False),
        ("admin", True),
    ]


def test_a_group_without_another_account_goes(running, api, asha):
    body = {"name": "Flat", "members": [{"name": "No account"}]}
    path = f"/v1/groups/{asha.do('POST', '/v1/groups', body, status=201)['id']}"
    forget(asha)
    refused(api.send("GET", path), 404, "group.not_found")


def test_nobody_comes_in_by_a_link_they_made_or_sits_in_their_seat(api, asha, ben, chen):
    event = begin(ben)
    come_in(asha, ben, event, "Asha", "admin")
    link, own = make_link(asha, event), make_link(ben, event)
    forget(asha)
    refused(chen.send("POST", "/v1/links/join", {"token": link["token"], "name": "Chen"}), 409, "link.revoked")
    body = {"token": own["token"], "member": 2}
    refused(chen.send("POST", "/v1/links/join", body), 422, "member.inactive")
    refused(Person(api, None).send("POST", "/v1/links/join", body), 422, "member.inactive")


def test_a_guest_of_a_forgotten_seat_stays_out(running, api, asha, ben):
    event = begin(ben)
    link = make_link(ben, event)
    guest = Person(api, join(Person(api, None), link, name="Asha", key="asha")["guest_token"])
    asha.do("POST", "/v1/claims", {"event_id": event.removeprefix("/v1/events/"), "guest_token": guest.token})
    forget(asha)
    refused(guest.send("GET", event), 401, "token.unknown")
    body = {"token": link["token"], "name": "Asha"}
    refused(Person(api, None).send("POST", "/v1/links/join", body, key="asha"), 409, "link.join_ended")
    assert fetch(running, LIST_GUEST_DEVICES, uuid_of(event)) == [("", True)]
    # Even one whose end was missed has no role in the event.
    execute(running, REOPEN_GUESTS, uuid_of(event))
    running.services.forget_caller()
    refused(guest.send("GET", event), 404, "event.not_found")
    refused(guest.send("POST", f"{event}/expenses", {"description": "x"}), 404, "event.not_found")


@pytest.mark.parametrize(("verified", "left"), [(True, 0), (False, 1)])
def test_an_invitation_goes_with_an_address_that_was_truly_theirs(running, verified, left):
    email = address()
    with browser(running) as zoe:
        made = zoe.sign_up(name="Zoe", email=email)
        if verified:
            execute(running, VERIFY_EMAIL, made["id"])
        ticket_id, index = new_id(), VAULT.index(email)
        sealed = VAULT.seal(email, place=TICKET_EMAIL_PLACE, row=ticket_id)
        execute(running, ADD_INVITATION, ticket_id, sealed, index)
        forget(zoe)
    assert fetch(running, COUNT_INVITATIONS, index) == [(left,)]


def test_the_password_is_asked_for_by_its_name_and_nothing_happens_without_it(running):
    with browser(running) as zoe:
        made = zoe.sign_up(name="Zoe", email=address(), password=PASSWORD)
        for body in (None, {}, {"password": "something else entirely"}):
            refused(zoe.send("DELETE", ME, body), 403, "password.wrong", field="password")
        assert zoe.me["id"] == made["id"]
        zoe.do("DELETE", ME, {"password": PASSWORD}, status=204)
        assert zoe.send("GET", ME).status_code == 401
        assert fetch(running, COUNT_KEPT, made["id"]) == [(0,) * 6]


def test_who_has_no_password_and_owes_nobody_need_not_say_anything(asha):
    asha.do("DELETE", ME, status=204)
    refused(asha.send("GET", ME), 401, "token.unknown")


def test_it_is_written_down_once_and_in_numbers_alone(running, api, asha, ben):
    event = begin(ben)
    come_in(asha, ben, event, "Asha")
    asha.expense(event, "20.00", 2)
    forget(asha)
    lines = [
        (actor, json.loads(told))
        for user_id, actor, told in audited(running, "user.deleted")
        if user_id == asha.user_id
    ]
    assert lines == [(asha.user_id, {"seats": 1, "open": 1})]


def test_money_that_is_open_in_several_places_is_listed_whole_and_nothing_happens(api, asha, ben):
    one, two = begin(ben, "One"), begin(ben, "Two")
    for event in (one, two):
        come_in(asha, ben, event, "Asha")
    asha.expense(one, "20.00", 2)
    asha.expense(two, "9.00", 1)
    before = api.snapshot(one)
    problem = refused(asha.send("DELETE", ME), 409, "user.money_open", field="confirm")
    assert problem["detail"].startswith("You still owe or are owed in 2 places. Settle them,")
    assert [(each["event"], each["currency"], each["net"]) for each in problem["current"]] == [
        ("One", "INR", "10.00"),
        ("Two", "INR", "-4.50"),
    ]
    assert api.snapshot(one) == before
    assert asha.get(ME)["name"] == "Asha"


def test_money_that_is_open_in_one_place_is_told_in_the_singular(api, asha, ben):
    event = begin(ben)
    come_in(asha, ben, event, "Asha")
    asha.expense(event, "20.00", 2)
    problem = refused(asha.send("DELETE", ME), 409, "user.money_open", field="confirm")
    assert problem["detail"].startswith("You still owe or are owed in one place. Settle it,")
    assert asha.get(ME)["name"] == "Asha"


def test_guests_have_no_account_to_delete(api, ben):
    event = begin(ben)
    guest = guest_of(api, make_link(ben, event), name="Dana")
    refused(guest.send("DELETE", ME), 403, "access.users_only")
    guest.get(event)
