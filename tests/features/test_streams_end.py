"""A stream ends when whoever listens may not listen any more."""

import threading

import httpx2

from tests.features.guest_people import user


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
