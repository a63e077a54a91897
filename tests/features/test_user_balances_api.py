"""What a user owes and is owed over all events, person by person."""

import pytest

from tests.features.api_client import NOBODY, refused
from tests.features.guest_people import user


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


def test_what_cancels_out_or_was_deleted_is_left_out(api, friends):
    asha, ben = friends
    first, second = trip(api, asha, ben), trip(api, asha, ben)
    api.expense(first, "10.00", 1, split={"type": "equal", "among": [1, 3]})
    api.expense(second, "10.00", 3, split={"type": "equal", "among": [1, 3]})
    assert balances(asha) == {"user_id": str(asha.user_id), "totals": [], "items": [], "next_cursor": None}


def test_balances_come_in_pages(api, friends):
    asha, ben = friends
    event = trip(api, asha, ben)
    api.expense(event, "30.00", 1)
    first = balances(asha, limit=1)
    second = balances(asha, limit=1, cursor=first["next_cursor"])
    assert lines(first) + lines(second) == [("Ben", "INR", "10.00"), ("Chen", "INR", "10.00")]
    assert second["next_cursor"] is None


def test_they_are_yours_alone_and_the_owners(running, api, friends):
    asha, ben = friends
    trip(api, asha, ben)
    refused(ben.send("GET", f"/v1/users/{asha.user_id}/balances"), 404, "user.not_found")
    assert api.get(f"/v1/users/{asha.user_id}/balances")["items"] == []
    refused(api.send("GET", f"/v1/users/{NOBODY}/balances"), 404, "user.not_found")
