"""A signed token costs no look into the database but one in a few seconds: whether its session goes on."""

from allsquare.features.identity import authentication
from tests.features.guest_people import Person
from tests.features.identity.accounts_helpers import PASSWORD, address


def test_many_writes_with_one_signed_token_look_its_session_up_once(running, api, monkeypatch):
    looks = []
    find = authentication.find_caller_by_session

    async def counted(connection, session_id):
        looks.append(session_id)
        return await find(connection, session_id)

    monkeypatch.setattr(authentication, "find_caller_by_session", counted)
    monkeypatch.setattr(authentication, "SEEN_FOR_S", 600)
    email, nobody = address(), Person(api, None)
    nobody.do("POST", "/v1/users", {"name": "Asha", "email": email, "password": PASSWORD}, status=201)
    grant = {"grant_type": "password", "username": email, "password": PASSWORD}
    asha = Person(api, nobody.do("POST", "/v1/token", grant)["access_token"])
    body = {"name": "Trip", "currency": "INR", "members": [{"name": "Asha", "me": True}, {"name": "Ben"}]}
    event = asha.do("POST", "/v1/events", body, status=201)["id"]
    api.events.append(event)
    for _ in range(30):
        asha.expense(f"/v1/events/{event}", "10.00", 1)
    assert len(looks) == 1
