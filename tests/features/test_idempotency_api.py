"""Retries over HTTP: the same key gets the same answer and has one effect; other content is refused."""

from uuid import uuid4

import pytest

from tests.features.api_client import dinner, refused, without

NEVER_THE_SAME = {"date", "x-request-id", "idempotency-replayed", "content-length"}


class Scene:
    """An event in which every kind of write is possible, and that goes on afterwards."""

    def __init__(self, api):
        self.api = api
        self.event = api.event(["Asha", "Ben", "Chen", "Dia"])
        self.split = {"type": "equal", "among": [1, 2, 3]}
        self.expense = f"{self.event}/expenses/{api.expense(self.event, '30.00', split=self.split)['id']}"
        self.deleted = f"{self.event}/expenses/{api.expense(self.event, split=self.split)['id']}"
        api.do("DELETE", self.deleted, version=1, status=204)
        self.settlement = f"{self.event}/settlements/{api.settlement(self.event, 2, 1, '1.00')['id']}"

    def settling(self):
        self.api.do("PUT", f"{self.event}/settle")

    def cleared(self):
        self.api.settlement(self.event, 2, 1, "9.00")
        self.api.settlement(self.event, 3, 1, "10.00")
        self.settling()

    def goes_on(self):
        """Let other things happen, as far as they may."""
        self.api.send("POST", f"{self.event}/reopen")
        self.api.send("PATCH", self.event, {"kind": "dinner"})
        self.api.send("PUT", self.expense, dinner(description="Later"), version=2)
        self.api.send("POST", f"{self.event}/expenses", dinner(split=self.split))


# Each row: the method, the path, the body, another body for the same path, the version, what must happen before.
WRITES = {
    "change an event": ("PATCH", "{event}", {"kind": "trip"}, {"kind": "home"}, 2, None),
    "delete an event": ("DELETE", "{event}", None, None, 3, "cleared"),
    "settle": ("PUT", "{event}/settle", {"strategy": "direct"}, {"strategy": "fewest"}, None, None),
    "reopen": ("POST", "{event}/reopen", None, None, None, "settling"),
    "archive": ("POST", "{event}/archive", None, None, None, "cleared"),
    "add a member": ("POST", "{event}/members", {"name": "Eva"}, {"name": "Eve"}, None, None),
    "rename a member": ("PATCH", "{event}/members/4", {"name": "Dina"}, {"name": "Dana"}, None, None),
    "let a member leave": ("DELETE", "{event}/members/4", None, None, None, None),
    "record an expense": ("POST", "{event}/expenses", dinner(), dinner(amount="30.01"), None, None),
    "revise an expense": ("PUT", "{expense}", dinner(notes="a"), dinner(notes="b"), 1, None),
    "delete an expense": ("DELETE", "{expense}", None, None, 1, None),
    "restore an expense": ("POST", "{deleted}/restore", None, None, 2, None),
    "record a settlement": (
        "POST",
        "{event}/settlements",
        {"from": 3, "to": 1, "amount": "2.00"},
        {"from": 3, "to": 1, "amount": "2.01"},
        None,
        None,
    ),
    "reverse a settlement": ("POST", "{settlement}/reverse", {"reason": "a"}, {"reason": "b"}, None, None),
}


def answer(response):
    headers = {name: value for name, value in response.headers.items() if name not in NEVER_THE_SAME}
    return response.status_code, headers, response.content


@pytest.fixture
def scene(api):
    return Scene(api)


def prepared(scene, name):
    method, path, body, other, version, before = WRITES[name]
    if before is not None:
        getattr(scene, before)()
    places = {"event": scene.event, "expense": scene.expense, "deleted": scene.deleted, "settlement": scene.settlement}
    return method, path.format(**places), body, other, version


def seen(api, event):
    """Look at an event that may be deleted."""
    return api.snapshot(event) if api.send("GET", event).status_code == 200 else None


@pytest.mark.parametrize("name", WRITES)
def test_a_retry_gets_the_same_answer_and_changes_nothing(api, scene, name):
    method, path, body, _, version = prepared(scene, name)
    key = uuid4().hex
    first = api.send(method, path, body, version=version, key=key)
    assert first.status_code in {200, 201, 204}, first.text
    assert "idempotency-replayed" not in first.headers
    before = seen(api, scene.event)
    again = api.send(method, path, body, version=version, key=key)
    assert answer(again) == answer(first)
    assert again.headers["idempotency-replayed"] == "true"
    assert seen(api, scene.event) == before


# A renamed member is shown by today's name: names are no part of the history, so that a person can be forgotten.
@pytest.mark.parametrize("name", WRITES)
def test_a_late_retry_still_gets_the_first_answer(api, scene, name):
    method, path, body, _, version = prepared(scene, name)
    key = uuid4().hex
    first = api.send(method, path, body, version=version, key=key)
    scene.goes_on()
    before = seen(api, scene.event)
    again = api.send(method, path, body, version=version, key=key)
    assert answer(again) == answer(first)
    assert again.headers["idempotency-replayed"] == "true"
    assert seen(api, scene.event) == before


@pytest.mark.parametrize("name", WRITES)
def test_the_same_key_with_other_content_is_refused_and_changes_nothing(api, scene, name):
    method, path, body, other, version = prepared(scene, name)
    key = uuid4().hex
    assert api.send(method, path, body, version=version, key=key).is_success
    before = seen(api, scene.event)
    if other is not None:
        again = api.send(method, path, other, version=version, key=key)
        refused(again, 422, "idempotency.mismatch", field="Idempotency-Key")
        assert "idempotency-replayed" not in again.headers
    elsewhere = api.send("POST", f"{scene.event}/members", {"name": "Somebody else"}, key=key)
    refused(elsewhere, 422, "idempotency.mismatch", field="Idempotency-Key")
    assert seen(api, scene.event) == before


def test_the_same_edit_of_another_version_is_other_content(api, scene):
    key = uuid4().hex
    api.do("PUT", scene.expense, dinner(notes="a"), version=1, key=key)
    before = api.snapshot(scene.event)
    refused(api.send("PUT", scene.expense, dinner(notes="a"), version=2, key=key), 422, "idempotency.mismatch")
    assert api.snapshot(scene.event) == before


def test_a_new_event_is_made_once_for_each_key(api):
    key, body = uuid4().hex, {"name": uuid4().hex, "currency": "EUR", "members": [{"name": "Asha"}]}
    first = api.send("POST", "/v1/events", body, key=key)
    event = first.headers["location"]
    api.events.append(first.json()["id"])
    api.expense(event)
    api.do("POST", f"{event}/members", {"name": "Ben"}, status=201)
    again = api.send("POST", "/v1/events", body, key=key)
    assert answer(again) == answer(first)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(api.items("/v1/events", search=body["name"])) == 1
    other = api.send("POST", "/v1/events", {**body, "currency": "USD"}, key=key)
    refused(other, 422, "idempotency.mismatch", field="Idempotency-Key")
    assert len(api.items("/v1/events", search=body["name"])) == 1


def test_a_new_event_refused_once_is_refused_again(api):
    key, body = uuid4().hex, {"name": "x", "currency": "EUR", "members": [{"name": "Asha"}, {"name": "asha"}]}
    first = refused(api.send("POST", "/v1/events", body, key=key), 422, "member.duplicate_name", field="members")
    again = refused(api.send("POST", "/v1/events", body, key=key), 422, "member.duplicate_name", field="members")
    assert without(again, "request_id") == without(first, "request_id")


def test_a_retry_of_a_new_event_that_was_deleted_since_still_gets_its_answer(api):
    key, body = uuid4().hex, {"name": "x", "currency": "EUR"}
    first = api.send("POST", "/v1/events", body, key=key)
    api.do("DELETE", first.headers["location"], version=1, status=204)
    assert answer(api.send("POST", "/v1/events", body, key=key)) == answer(first)
    refused(api.send("GET", first.headers["location"]), 404, "event.not_found")


def test_a_refusal_is_repeated_even_when_its_reason_is_gone(api, scene):
    key, body = uuid4().hex, {"from": 2, "to": 1, "amount": "20.00"}
    path = f"{scene.event}/settlements"
    first = refused(api.send("POST", path, body, key=key), 409, "settlement.overpayment", field="amount")
    api.expense(scene.event, "300.00")
    before = api.snapshot(scene.event)
    response = api.send("POST", path, body, key=key)
    again = refused(response, 409, "settlement.overpayment", field="amount")
    assert without(again, "request_id") == without(first, "request_id")
    assert response.headers["idempotency-replayed"] == "true"
    assert api.snapshot(scene.event) == before
    refused(api.send("POST", path, {**body, "amount": "1.00"}, key=key), 422, "idempotency.mismatch")
    assert api.snapshot(scene.event) == before
    api.do("POST", path, body, key=uuid4().hex, status=201)


@pytest.mark.parametrize("what", ["expense", "event"])
def test_a_stale_edit_is_refused_again_with_what_was_current_then(api, scene, what):
    path = getattr(scene, what)
    body, later = (
        (dinner(notes="mine"), dinner(notes="later")) if what == "expense" else ({"kind": "trip"}, {"name": "X"})
    )
    method = "PUT" if what == "expense" else "PATCH"
    current = api.get(path)["version"]
    api.do(method, path, body, version=current)
    key = uuid4().hex
    first = refused(api.send(method, path, body, version=current, key=key), 409, f"{what}.version_conflict")
    assert first["current"] == api.get(path)
    api.do(method, path, later, version=current + 1)
    response = api.send(method, path, body, version=current, key=key)
    again = refused(response, 409, f"{what}.version_conflict")
    assert without(again, "request_id") == without(first, "request_id")
    assert response.headers["idempotency-replayed"] == "true"


def test_one_key_may_be_used_in_two_events(api):
    key, first, second = uuid4().hex, api.event(), api.event()
    one = api.do("POST", f"{first}/expenses", dinner(), key=key, status=201)
    two = api.do("POST", f"{second}/expenses", dinner(), key=key, status=201)
    assert one["id"] != two["id"]
    assert api.nets(first) == api.nets(second) == {1: "20.00", 2: "-10.00", 3: "-10.00"}


@pytest.mark.parametrize("key", ["!", "~" * 255, 'a"b,c;d', "0199aa00-0000-7000-8000-000000000000"])
def test_a_key_is_any_1_to_255_visible_characters(api, key):
    event = api.event()
    first = api.send("POST", f"{event}/expenses", dinner(), key=key)
    again = api.send("POST", f"{event}/expenses", dinner(), key=key)
    assert answer(again) == answer(first)
    assert len(api.items(f"{event}/expenses")) == 1


def test_without_a_key_the_same_request_is_another_expense(api):
    event = api.event()
    assert api.expense(event)["id"] != api.expense(event)["id"]
    assert len(api.items(f"{event}/expenses")) == 2


def test_an_expense_with_an_id_of_the_clients_own_needs_no_key(api):
    event, body = api.event(), dinner(id=str(uuid4()))
    first = api.send("POST", f"{event}/expenses", body)
    again = api.send("POST", f"{event}/expenses", body)
    assert answer(again) == answer(first)
    assert again.headers["idempotency-replayed"] == "true"
    before = api.snapshot(event)
    refused(api.send("POST", f"{event}/expenses", {**body, "amount": "1.00"}), 422, "idempotency.mismatch")
    taken = api.send("POST", f"{event}/expenses", body, key=uuid4().hex)
    refused(taken, 409, "expense.exists", field="id")
    assert api.snapshot(event) == before


def test_a_refusal_does_not_use_up_an_id_of_the_clients_own(api):
    event, body = api.event(), dinner(id=str(uuid4()))
    refused(api.send("POST", f"{event}/expenses", {**body, "paid_by": 9}), 422, "member.unknown", field="paid_by")
    assert api.do("POST", f"{event}/expenses", body, status=201)["id"] == body["id"]
    assert len(api.items(f"{event}/expenses")) == 1
