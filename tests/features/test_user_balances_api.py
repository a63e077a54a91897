"""What a user owes and is owed over all events, person by person."""

import pytest

from tests.features.api_client import NOBODY, refused
from tests.features.guest_people import execute, guest_of, make_link, user


@pytest.fixture
def friends(running, api):
    return [user(running, api, name) for name in ("Asha", "Ben")]


def trip(api, asha, ben, currency="INR", **fields):
    """Make an event of Asha's with Ben, and Chen who has no account."""
    members = [{"name": "Asha", "me": True}, {"name": "Chen"}]
    body = {"name": "Goa trip", "currency": currency, "members": members, **fields}
    event = asha.do("POST", "/v1/events", body, status=201)["id"]
    api.events.append(event)
    link = asha.do("POST", f"/v1/events/{event}/links", {"role": "contributor"}, status=201)["token"]
    ben.do("POST", "/v1/links/join", {"token": link, "name": "Ben"}, status=201)
    return f"/v1/events/{event}"


def balances(person, **query):
    return person.get(f"/v1/users/{person.user_id}/balances", **query)


def lines(answer):
    return [(item["person"]["name"], item["currency"], item["net"]) for item in answer["items"]]


def nothing(person):
    return {"user_id": str(person.user_id), "totals": [], "items": [], "next_cursor": None}


def test_balances_are_summed_over_events_per_person_and_currency(api, friends):
    asha, ben = friends
    first, second, third = trip(api, asha, ben), trip(api, asha, ben), trip(api, asha, ben, "EUR")
    api.expense(first, "30.00", 1)
    api.expense(second, "9.00", 3)
    api.expense(third, "6.00", 1)
    answer = balances(asha)
    assert lines(answer) == [
        ("Ben", "EUR", "2.00"),
        ("Chen", "EUR", "2.00"),
        ("Chen", "INR", "10.00"),
        ("Ben", "INR", "7.00"),
    ]
    ben_inr = answer["items"][3]
    assert ben_inr["person"] == {"name": "Ben", "user_id": str(ben.user_id), "event_id": None, "member": None}
    assert [(each["event_id"], each["net"]) for each in ben_inr["events"]] == [
        (first[11:], "10.00"),
        (second[11:], "-3.00"),
    ]
    assert answer["items"][2]["person"]["member"] == 2
    assert answer["totals"] == [
        {"currency": "EUR", "you_owe": "0.00", "you_are_owed": "4.00", "net": "4.00"},
        {"currency": "INR", "you_owe": "0.00", "you_are_owed": "17.00", "net": "17.00"},
    ]
    mirrored = [line for line in lines(balances(ben)) if line[0] == "Asha"]
    assert mirrored == [("Asha", "EUR", "-2.00"), ("Asha", "INR", "-7.00")]


def test_what_cancels_out_over_two_events_is_left_out(api, friends):
    asha, ben = friends
    first, second = trip(api, asha, ben), trip(api, asha, ben)
    api.expense(first, "10.00", 1, split={"type": "equal", "among": [1, 3]})
    api.expense(second, "10.00", 3, split={"type": "equal", "among": [1, 3]})
    assert balances(asha) == nothing(asha)


def circle(api, event):
    """Let Asha owe Ben and Ben owe Chen, and Asha pay Chen: all are square, though each pair is not."""
    api.expense(event, "10.00", 3, split={"type": "equal", "among": [1]})
    api.expense(event, "10.00", 2, split={"type": "equal", "among": [3]})
    api.settlement(event, 1, 2, "10.00")


def test_an_event_in_which_everybody_is_square_leaves_nothing_open(api, friends):
    asha, ben = friends
    event = trip(api, asha, ben)
    circle(api, event)
    assert lines(balances(asha)) == [("Ben", "INR", "-10.00"), ("Chen", "INR", "10.00")]
    assert balances(asha)["totals"][0]["net"] == "0.00"
    assert asha.do("PUT", f"{event}/settle")["status"] == "cleared"
    assert balances(asha) == nothing(asha)
    asha.do("POST", f"{event}/archive")
    assert balances(asha) == nothing(asha)


def test_a_deleted_event_does_not_count(api, friends):
    asha, ben = friends
    event, other = trip(api, asha, ben), trip(api, asha, ben)
    circle(api, event)
    api.expense(other, "3.00", 1)
    asha.do("PUT", f"{event}/settle")
    asha.do("DELETE", event, status=204, version=asha.get(event)["version"])
    assert lines(balances(asha)) == [("Ben", "INR", "1.00"), ("Chen", "INR", "1.00")]


def test_who_was_merged_counts_as_whom_they_became(api, friends):
    asha, ben = friends
    event = trip(api, asha, ben)
    api.expense(event, "30.00", 1)
    asha.do("POST", f"{event}/members/2/merge", {"into": 3})
    assert lines(balances(asha)) == [("Ben", "INR", "20.00")]
    assert lines(balances(ben)) == [("Asha", "INR", "-20.00")]


def test_an_account_that_came_by_a_merge_has_the_balances_of_both(api, friends):
    asha, ben = friends
    event = trip(api, asha, ben)
    api.expense(event, "30.00", 1)
    asha.do("POST", f"{event}/members/3/merge", {"into": 2})
    assert lines(balances(ben)) == [("Asha", "INR", "-20.00")]
    [person] = [item["person"] for item in balances(asha)["items"]]
    assert person == {"name": "Ben", "user_id": str(ben.user_id), "event_id": None, "member": None}


def test_what_is_open_in_a_seat_that_was_left_still_counts(api, friends):
    asha, ben = friends
    event = trip(api, asha, ben)
    circle(api, event)
    ben.do("DELETE", f"{event}/members/3", status=204)
    assert lines(balances(ben)) == [("Asha", "INR", "10.00"), ("Chen", "INR", "-10.00")]


def test_balances_come_in_pages(api, friends):
    asha, ben = friends
    event = trip(api, asha, ben)
    api.expense(event, "30.00", 1)
    first = balances(asha, limit=1)
    second = balances(asha, limit=1, cursor=first["next_cursor"])
    assert lines(first) + lines(second) == [("Ben", "INR", "10.00"), ("Chen", "INR", "10.00")]
    assert second["next_cursor"] is None


MAKE_ADMIN = """
UPDATE "user" SET role = 'admin' WHERE user_id = $1
"""


def test_they_are_yours_alone_and_the_owners_and_the_admins(running, api, friends):
    asha, ben = friends
    api.expense(trip(api, asha, ben), "30.00", 1)
    path = f"/v1/users/{asha.user_id}/balances"
    refused(ben.send("GET", path), 404, "user.not_found")
    zora = user(running, api, "Zora")
    execute(running, MAKE_ADMIN, zora.user_id)
    assert api.get(path) == zora.get(path) == balances(asha)
    assert len(balances(asha)["items"]) == 2
    refused(api.send("GET", f"/v1/users/{NOBODY}/balances"), 404, "user.not_found")


def test_guests_have_no_balances_of_their_own(api, friends):
    asha, ben = friends
    link = make_link(asha, trip(api, asha, ben))
    guest = guest_of(api, link, name="Gita")
    refused(guest.send("GET", f"/v1/users/{asha.user_id}/balances"), 403, "access.users_only")
