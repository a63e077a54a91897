"""An export holds all that is kept about somebody, whatever the events have become, and no more than that."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import httpx2
import pytest

from allsquare.features.identity.options import PeopleSettings
from allsquare.features.privacy.event_files import PAGE
from tests.features.api_client import Api, dinner, refused
from tests.features.conftest import served
from tests.features.guest_people import Person, another_token, audited, guest_of, make_link, user

EXPORT = "/v1/users/me/export"
# More than the connections that a process has.
AT_ONCE = 30


@pytest.fixture
def asha(running, api):
    """Return somebody with an account."""
    return user(running, api, "Asha")


@pytest.fixture
def trip(asha):
    """Return an event of Asha's, in which she is member 1, and Ben and Chen are there without accounts."""
    members = [{"name": "Asha", "me": True}, {"name": "Ben"}, {"name": "Chen"}]
    event = asha.do("POST", "/v1/events", {"name": "Goa", "currency": "INR", "members": members}, status=201)["id"]
    asha.events.append(event)
    return f"/v1/events/{event}"


def unpacked(content: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def export(person: Person) -> dict:
    response = person.send("GET", EXPORT)
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == 'attachment; filename="allsquare.zip"'
    assert response.headers["cache-control"] == "no-store"
    return unpacked(response.content)


def event_of(packed: dict, event: str, member: int = 1) -> dict:
    return packed[f"events/{event.removeprefix('/v1/events/')}-{member}.json"]


def test_who_left_is_told_of_nobody_who_came_later(running, api, asha, trip):
    ben = user(running, api, "Ben")
    joined = ben.do("POST", "/v1/links/join", {"token": make_link(asha, trip)["token"], "name": "Dia"}, status=201)
    ben.do("DELETE", f"{trip}/members/{joined['member']}", status=204)
    asha.do("POST", f"{trip}/members", {"name": "Zoe"}, status=201)
    told = event_of(export(ben), trip, joined["member"])
    assert [each["name"] for each in told["members"]] == ["Asha", "Ben", "Chen", "Dia"]
    assert (told["you"]["name"], told["you"]["active"]) == ("Dia", False)
    assert [each["name"] for each in event_of(export(asha), trip)["members"]] == ["Asha", "Ben", "Chen", "Dia", "Zoe"]


def test_an_event_tells_what_somebody_paid_and_owes_in_it(asha, trip):
    asha.expense(trip, "30.00", 1, description="Dinner")
    asha.expense(trip, "10.00", 2, split={"type": "equal", "among": [1, 2]}, description="Taxi")
    asha.expense(trip, "8.00", 2, split={"type": "equal", "among": [2, 3]}, description="Without her")
    asha.settlement(trip, 2, 1, "2.00")
    asha.settlement(trip, 3, 2, "1.00")
    told = event_of(export(asha), trip)
    assert [(one["description"], one["you_paid"], one["your_share"]) for one in told["expenses"]] == [
        ("Taxi", "0.00", "5.00"),
        ("Dinner", "30.00", "10.00"),
    ]
    assert [(one["from"], one["to"], one["amount"]) for one in told["settlements"]] == [(2, 1, "2.00")]
    standing = {"paid": "30.00", "share": "15.00", "sent": "0.00", "received": "2.00", "net": "13.00"}
    assert told["positions"] == [{"currency": "INR", **standing}]
    assert told["members"] == [
        {"member": number, "name": name} for number, name in enumerate(("Asha", "Ben", "Chen"), 1)
    ]
    assert (told["name"], told["currency"], told["status"], told["you"]["role"]) == ("Goa", "INR", "active", "admin")


def test_many_expenses_come_page_after_page_each_once(asha, trip):
    count = 2 * PAGE + 1
    lines = [dinner(description=f"Tea {number}", amount="3.00") for number in range(count)]
    for start in range(0, count, PAGE):
        asha.do("POST", f"{trip}/expenses/batch", lines[start : start + PAGE])
    found = [one["description"] for one in event_of(export(asha), trip)["expenses"]]
    assert found == [f"Tea {number}" for number in reversed(range(count))]


def test_a_page_that_is_just_full_ends_the_list(asha, trip):
    asha.do("POST", f"{trip}/expenses/batch", [dinner(amount="3.00")] * PAGE)
    assert len(event_of(export(asha), trip)["expenses"]) == PAGE


def test_what_was_deleted_or_left_is_kept_and_so_is_told(api, asha, trip):
    expense = asha.expense(trip)
    asha.do("DELETE", f"{trip}/expenses/{expense['id']}", version=1, status=204)
    asha.do("DELETE", f"{trip}/members/1", status=204)
    left = event_of(export(asha), trip)
    assert (left["you"]["active"], [one["deleted"] for one in left["expenses"]]) == (False, [True])
    api.do("PUT", f"{trip}/settle")
    api.do("DELETE", trip, status=204, version=api.get(trip)["version"])
    assert event_of(export(asha), trip) == {**left, "status": "deleted"}


def test_guests_are_named_as_they_are_in_the_event(api, asha, trip):
    guest = guest_of(api, make_link(asha, trip), member=2)
    guest.expense(trip, "9.00", 2)
    told = event_of(export(asha), trip)
    assert [one["created_by"]["name"] for one in told["expenses"]] == ["Ben"]


def test_nothing_is_told_of_events_and_people_beside(running, api, asha, trip):
    eve = user(running, api, "Eve")
    asha.expense(trip)
    packed = export(eve)
    assert set(packed) == {f"{name}.json" for name in ("user", "sessions", "tokens", "passkeys", "groups", "audit")}
    assert packed["user.json"]["name"] == "Eve"
    assert str(asha.user_id) not in json.dumps(packed)


def test_it_is_written_down_that_somebody_took_it(running, asha):
    content = asha.send("GET", EXPORT).content
    lines = [
        (actor, json.loads(detail))
        for user_id, actor, detail in audited(running, "user.exported")
        if user_id == asha.user_id
    ]
    assert lines == [(asha.user_id, {"bytes": len(content)})]
    told = export(asha)["audit.json"]
    assert [(line["action"], line["detail"]) for line in told] == [("user.exported", {"bytes": len(content)})]


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_for_less_than_the_account_does_not_get_it(running, asha, scope):
    refused(another_token(running, asha, scope).send("GET", EXPORT), 403, "access.scope")


def test_guests_have_none(api, asha, trip):
    refused(guest_of(api, make_link(asha, trip), name="Dana").send("GET", EXPORT), 403, "access.users_only")


def test_more_exports_than_connections_wait_for_each_other_but_not_for_ever(running, api, asha, trip):
    asha.expense(trip)
    guest_of(api, make_link(asha, trip), member=2).expense(trip, "9.00", 2)
    headers = {"Authorization": f"Bearer {asha.token}"}

    def fetch(_):
        return httpx2.get(f"{running.url}{EXPORT}", headers=headers, timeout=20)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(2):  # the first time opens the connections, the second time finds them all open
            running.services.forget_roles(UUID(trip.removeprefix("/v1/events/")))
            answers = list(threads.map(fetch, range(AT_ONCE)))
            assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert all(len(event_of(unpacked(answer.content), trip)["expenses"]) == 2 for answer in answers)


def test_nobody_exports_without_end_and_nobody_else_waits_for_them(api_database, tmp_path):
    with served(api_database.app_url, tmp_path, people=PeopleSettings(sign_up="open")) as strict:
        api = Api(strict.server)
        asha, ben = user(strict, api, "Asha"), user(strict, api, "Ben")
        for _ in range(10):
            export(asha)
        written = len(audited(strict, "user.exported"))
        refused(asha.send("GET", EXPORT), 429, "limit.exceeded")
        assert len(audited(strict, "user.exported")) == written
        export(ben)
