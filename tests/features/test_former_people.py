"""Who left an event or was removed from it: it is not there for them any more, in no list either."""

from tests.features.api_client import refused
from tests.features.guest_people import Person, guest_of, join, make_link, user


def listed(person: Person) -> list[str]:
    """Give the paths of the events that somebody finds in their list."""
    return [f"/v1/events/{event['id']}" for event in person.items("/v1/events")]


def test_a_guest_lists_their_event_until_they_are_removed_from_it(api):
    event = api.event()
    guest = guest_of(api, make_link(api, event), member=2)
    assert listed(guest) == [event]
    api.do("DELETE", f"{event}/members/2", status=204)
    refused(guest.send("GET", event), 404, "event.not_found")
    assert guest.get("/v1/events") == {"items": [], "next_cursor": None}


def test_a_token_for_one_event_lists_it_until_its_user_left(running, api):
    event = api.event()
    ben = user(running, api, "Ben")
    join(ben, make_link(api, event), member=2)
    body = {"name": "Script", "scope": "read", "event_id": event.rpartition("/")[2]}
    script = Person(api, ben.do("POST", "/v1/tokens", body, status=201)["token"])
    assert listed(script) == listed(ben) == [event]
    ben.do("DELETE", f"{event}/members/2", status=204)
    refused(script.send("GET", event), 404, "event.not_found")
    assert listed(script) == listed(ben) == []
