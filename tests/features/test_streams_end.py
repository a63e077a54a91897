"""A stream ends when whoever listens may not listen any more."""

import threading
from uuid import UUID

import httpx2
import pytest

from allsquare.features.identity.options import PeopleSettings
from tests.features.api_client import Api, refused
from tests.features.conftest import served
from tests.features.guest_people import user
from tests.features.identity.accounts_helpers import until


def test_a_stream_ends_when_its_listener_is_removed(running, api):
    asha, ben = user(running, api, "Asha"), user(running, api, "Ben")
    body = {"name": "Trip", "currency": "INR", "members": [{"name": "Asha", "me": True}]}
    event_id = asha.do("POST", "/v1/events", body, status=201)["id"]
    api.events.append(event_id)
    event = f"/v1/events/{event_id}"
    link = asha.do("POST", f"{event}/links", {"role": "viewer"}, status=201)["token"]
    number = ben.do("POST", "/v1/links/join", {"token": link, "name": "Ben"}, status=201)["member"]
    heard: list[str] = []
    listening, over = threading.Event(), threading.Event()

    def listen():
        headers = {"Authorization": f"Bearer {ben.token}", "Accept": "text/event-stream"}
        with (
            httpx2.Client(base_url=running.url, timeout=60) as client,
            client.stream("GET", f"{event}/journal", headers=headers) as stream,
        ):
            for line in stream.iter_lines():
                heard.append(line)
                if "member.added" in line:
                    listening.set()
        over.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert listening.wait(30)
    asha.do("DELETE", f"{event}/members/{number}", status=204)
    assert over.wait(30)
    thread.join(30)
    asha.expense(event, "30.00", 1)
    assert not any("expense.recorded" in line for line in heard)


@pytest.fixture(scope="module")
def strict(api_database, tmp_path_factory):
    """Serve with room for five requests a minute."""
    people = PeopleSettings(sign_up="open", request_limit=5, limit_factor=10_000)
    with served(api_database.app_url, tmp_path_factory.mktemp("owner"), people=people) as started:
        yield started


def test_listening_is_one_request_however_long_it_lasts(strict):
    owner = Api(strict.server)
    event = owner.event()
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {strict.token}"}
    with (
        httpx2.Client(base_url=strict.url, timeout=60) as http,
        http.stream("GET", f"{event}/journal", headers=headers) as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == ": welcome"
        # Three of five are left; who listens is looked at before each entry, and once a second.
        for number in range(3):
            owner.expense(event, "30.00", 1, description=f"Dinner {number}")
            assert any(f"Dinner {number}" in line for line in lines)
        refused(owner.send("GET", event), 429, "limit.exceeded")
        listened_to = UUID(event.rpartition("/")[2])
        until(lambda: listened_to in strict.services.feed._listening, "the stream goes on")
