"""Events over HTTP: made, read, listed, changed, deleted."""

import re
from uuid import UUID, uuid4

import pytest

from allsquare.features.wire.ids import derived_id, new_id
from tests.features.api_client import NOBODY, NOTHING_TOLD, refused, without
from tests.features.guest_people import execute, user

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
PEOPLE = [{"name": "Asha"}, {"name": "Ben"}, {"name": "Chen"}]
GOA = {"name": "Goa trip", "currency": "INR", "members": PEOPLE}


def make(api, body, **more):
    response = api.send("POST", "/v1/events", body, **more)
    assert response.status_code == 201, response.text
    api.events.append(response.json()["id"])
    return response


def test_a_new_event_answers_with_everything_it_is(api):
    response = make(api, {**GOA, "kind": "trip"})
    event = response.json()
    assert UUID(event["id"]).version == 7
    assert response.headers["location"] == f"/v1/events/{event['id']}"
    assert response.headers["etag"] == '"1"'
    assert response.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in response.headers
    assert INSTANT.fullmatch(event["created_at"])
    assert without(event, "id", "created_at") == {
        "name": "Goa trip",
        "kind": "trip",
        "currency": "INR",
        "simplify": True,
        "settle_by": None,
        "edit_by": "anyone",
        "status": "new",
        "version": 1,
        "seq": 1,
        "members": [
            {"member": 1, "name": "Asha", "role": "admin", "user_id": None, "active": True, **NOTHING_TOLD},
            {"member": 2, "name": "Ben", "role": "member", "user_id": None, "active": True, **NOTHING_TOLD},
            {"member": 3, "name": "Chen", "role": "member", "user_id": None, "active": True, **NOTHING_TOLD},
        ],
        "plan": None,
    }


def test_an_event_reads_back_as_it_was_answered(api):
    response = make(api, GOA)
    read = api.send("GET", response.headers["location"])
    assert read.json() == response.json()
    assert read.headers["etag"] == '"1"'


def test_an_event_may_begin_without_members_and_is_of_kind_other(api):
    event = make(api, {"name": "Flat", "currency": "JPY"}).json()
    assert (event["kind"], event["members"]) == ("other", [])


@pytest.mark.parametrize("edit_by", ["anyone", "payer_and_author", "admins"])
def test_an_event_begins_with_who_may_edit_what_others_recorded(api, edit_by):
    response = make(api, {**GOA, "edit_by": edit_by})
    assert response.json()["edit_by"] == edit_by
    assert api.get(response.headers["location"]) == response.json()
    refused(api.send("POST", "/v1/events", {**GOA, "edit_by": "nobody"}), 422, "validation.failed", field="edit_by")


@pytest.mark.parametrize("kind", ["trip", "dinner", "home", "couple", "project", "other"])
def test_each_kind_is_taken(api, kind):
    assert make(api, {"name": "x", "currency": "EUR", "kind": kind}).json()["kind"] == kind


def test_names_lose_the_blanks_around_them(api):
    event = make(api, {"name": "  Goa trip ", "currency": "INR", "members": [{"name": " Asha "}]}).json()
    assert (event["name"], event["members"][0]["name"]) == ("Goa trip", "Asha")


def test_names_of_any_script_are_kept_as_they_are(api):
    names = ["Ася", "बेन", "陳", "👩‍👩‍👧", "Zoë O'Neil", "x" * 100]
    event = make(api, {"name": "Поездка", "currency": "RUB", "members": [{"name": name} for name in names]}).json()
    assert [member["name"] for member in event["members"]] == names
    assert event["name"] == "Поездка"


def test_the_client_may_choose_the_id(api):
    chosen = str(new_id())
    response = make(api, {**GOA, "id": chosen})
    assert response.json()["id"] == chosen
    assert response.headers["location"] == f"/v1/events/{chosen}"


def test_a_chosen_id_sent_again_is_a_retry(api):
    body = {**GOA, "id": str(new_id())}
    first = make(api, body)
    again = api.send("POST", "/v1/events", body)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"


def test_a_chosen_id_that_is_taken_is_refused_and_changes_nothing(api):
    event = api.event()
    taken = event.rpartition("/")[2]
    before = api.snapshot(event)
    refused(api.send("POST", "/v1/events", {**GOA, "id": taken}), 409, "event.exists", field="id")
    refused(api.send("POST", "/v1/events", {**GOA, "id": taken}, key=uuid4().hex), 409, "event.exists", field="id")
    assert api.snapshot(event) == before


@pytest.mark.parametrize("chosen", [uuid4(), derived_id("direct", b"a", b"b"), UUID(int=1)])
def test_an_id_that_others_could_foresee_is_refused_and_nothing_is_made(api, chosen):
    problem = refused(api.send("POST", "/v1/events", {**GOA, "id": str(chosen)}), 422, "validation.failed", field="id")
    assert problem["errors"][0]["code"] == "validation.uuid7_expected"
    refused(api.send("GET", f"/v1/events/{chosen}"), 404, "event.not_found")


def test_nobody_makes_an_event_of_the_kind_that_direct_ledgers_have(api):
    event = api.event()
    before = api.snapshot(event)
    refused(api.send("POST", "/v1/events", {**GOA, "kind": "direct"}), 422, "validation.failed", field="kind")
    refused(api.send("PATCH", event, {"kind": "direct"}), 422, "validation.failed", field="kind")
    assert api.snapshot(event) == before


SEAT_IN_GROUP = """
INSERT INTO group_member (group_id, member_no, user_id, name, role) VALUES ($1, 3, $2, 'Ben', $3)
"""


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
def test_who_makes_an_event_from_a_group_is_its_admin_and_the_others_are_what_they_were(running, api, role):
    asha, ben = user(running, api, "Asha"), user(running, api, "Ben")
    group = {"name": "Flat", "currency": "INR", "members": [{"name": "Chen", "role": "viewer"}]}
    group_id = asha.do("POST", "/v1/groups", group, status=201)["id"]
    execute(running, SEAT_IN_GROUP, UUID(group_id), ben.user_id, role)
    event = make(ben, {"name": "Trip", "group_id": group_id}).json()
    assert [(one["name"], one["role"]) for one in event["members"]] == [
        ("Asha", "admin"),
        ("Chen", "viewer"),
        ("Ben", "admin"),
    ]
    ben.do("PATCH", f"/v1/events/{event['id']}", {"name": "Journey"})


def test_who_makes_an_event_is_nothing_less_than_its_admin_in_it(api):
    before = api.items("/v1/events")
    body = {**GOA, "members": [{"name": "Asha", "role": "admin"}, {"name": "Me", "me": True, "role": "viewer"}]}
    refused(api.send("POST", "/v1/events", body), 422, "event.maker_is_admin", field="members.1.role")
    assert len(api.items("/v1/events")) == len(before)


def test_an_event_nobody_made_is_not_found(api):
    refused(api.send("GET", f"/v1/events/{NOBODY}"), 404, "event.not_found")


def test_an_event_comes_with_its_expenses_where_asked(api):
    event = api.event()
    expense = api.expense(event)
    assert "expenses" not in api.get(event)
    assert api.get(event, include="expenses")["expenses"] == {"items": [expense], "next_cursor": None}
    refused(api.send("GET", f"{event}?include=everything"), 422, "validation.failed", field="include")


def test_events_list_newest_first_and_page_steadily_while_others_come_in(api):
    word = uuid4().hex
    made = [api.event(name=f"{word} {number}").rpartition("/")[2] for number in range(5)]
    first = api.get("/v1/events", search=word, limit=2)
    api.event(name=f"{word} late")
    second = api.get("/v1/events", search=word, limit=2, cursor=first["next_cursor"])
    third = api.get("/v1/events", search=word, limit=2, cursor=second["next_cursor"])
    pages = [[event["id"] for event in page["items"]] for page in (first, second, third)]
    assert pages == [[made[4], made[3]], [made[2], made[1]], [made[0]]]
    assert third["next_cursor"] is None
    assert set(first) == {"items", "next_cursor"}


def test_a_page_that_is_just_full_is_the_last_one(api):
    word = uuid4().hex
    for number in range(2):
        api.event(name=f"{word} {number}")
    page = api.get("/v1/events", search=word, limit=2)
    assert (len(page["items"]), page["next_cursor"]) == (2, None)


def test_events_are_found_by_part_of_their_name_whatever_its_case(api):
    word = uuid4().hex
    api.event(name=f"Goa {word.upper()} 2026")
    assert [event["name"] for event in api.items("/v1/events", search=word)] == [f"Goa {word.upper()} 2026"]
    assert api.items("/v1/events", search=f"{word}%") == []


def test_events_are_found_by_status(api):
    word = uuid4().hex
    api.event(name=f"{word} new")
    active = api.event(name=f"{word} active")
    api.expense(active)
    found = {
        status: [event["name"] for event in api.items("/v1/events", search=word, status=status)]
        for status in ("new", "active", "settlement", "cleared", "archived")
    }
    assert found == {
        "new": [f"{word} new"],
        "active": [f"{word} active"],
        "settlement": [],
        "cleared": [],
        "archived": [],
    }


def test_a_listed_event_looks_as_it_does_alone(api):
    word = uuid4().hex
    event = api.event(name=word)
    assert api.items("/v1/events", search=word) == [api.get(event)]


@pytest.mark.parametrize(("field", "value"), [("name", "Goa again"), ("kind", "trip"), ("simplify", False)])
def test_a_patch_changes_what_it_names_and_nothing_else(api, field, value):
    event = api.event()
    before = api.get(event)
    response = api.send("PATCH", event, {field: value})
    assert (response.status_code, response.headers["etag"]) == (200, '"2"')
    assert response.json() == {**before, field: value, "version": 2, "seq": 2}
    assert api.get(event) == response.json()


def test_a_patch_based_on_the_current_version_is_taken(api):
    event = api.event()
    assert api.do("PATCH", event, {"name": "x"}, version=1)["version"] == 2


def test_a_stale_patch_is_refused_with_the_current_event_and_changes_nothing(api):
    event = api.event()
    api.do("PATCH", event, {"name": "Second"})
    before = api.snapshot(event)
    problem = refused(
        api.send("PATCH", event, {"name": "Third"}, version=1), 409, "event.version_conflict", field="If-Match"
    )
    assert problem["current"] == before["event"]
    assert problem["errors"] == [
        {"field": "If-Match", "code": "event.version_conflict", "expected": "2", "actual": "1"}
    ]
    assert api.snapshot(event) == before


def test_a_patch_while_the_event_settles_still_shows_the_frozen_plan(api):
    event = api.event()
    api.expense(event)
    plan = api.do("PUT", f"{event}/settle")["plan"]
    patched = api.do("PATCH", event, {"name": "Goa, over"})
    assert patched["plan"] == plan
    assert patched == api.get(event)


def test_a_new_event_can_be_deleted_and_is_gone_everywhere(api):
    event = api.event()
    response = api.send("DELETE", event, version=1)
    assert (response.status_code, response.content) == (204, b"")
    for path in ("", "/members", "/expenses", "/balances", "/positions", "/plan", "/settlements", "/journal"):
        refused(api.send("GET", event + path), 404, "event.not_found")
    refused(api.send("GET", f"{event}/statement?member=1"), 404, "event.not_found")
    refused(api.send("POST", f"{event}/members", {"name": "Dia"}), 404, "event.not_found")
    refused(api.send("DELETE", event, version=2), 404, "event.not_found")
    assert event.rpartition("/")[2] not in [item["id"] for item in api.items("/v1/events")]


def test_a_deleted_event_takes_no_expense_though_its_currency_was_known(api):
    event = api.event()
    expense = api.expense(event)
    api.do("DELETE", f"{event}/expenses/{expense['id']}", version=1, status=204)
    api.do("PUT", f"{event}/settle")
    api.do("DELETE", event, version=3, status=204)
    body = {"description": "Late", "amount": "1.00", "paid_by": 1}
    refused(api.send("POST", f"{event}/expenses", body), 404, "event.not_found")
    refused(api.send("GET", f"{event}/expenses/{expense['id']}"), 404, "expense.not_found")


def test_deleting_needs_the_version_that_was_seen(api):
    event = api.event()
    api.do("PATCH", event, {"kind": "trip"})
    before = api.snapshot(event)
    refused(api.send("DELETE", event), 428, "http.precondition_required", field="If-Match")
    problem = refused(api.send("DELETE", event, version=1), 409, "event.version_conflict", field="If-Match")
    assert problem["current"] == before["event"]
    assert api.snapshot(event) == before


def test_an_event_in_use_cannot_be_deleted(api):
    event = api.event()
    api.expense(event)
    before = api.snapshot(event)
    refused(api.send("DELETE", event, version=2), 409, "event.in_use", field="status")
    api.do("PUT", f"{event}/settle")
    refused(api.send("DELETE", event, version=3), 409, "event.in_use", field="status")
    assert without(api.snapshot(event), "event", "journal", "balances", "positions") == without(
        before, "event", "journal", "balances", "positions"
    )


def test_a_cleared_event_can_be_deleted_but_an_archived_one_cannot(api):
    cleared, archived = api.event(), api.event()
    for event in (cleared, archived):
        assert api.do("PUT", f"{event}/settle")["status"] == "cleared"
    assert api.do("POST", f"{archived}/archive")["status"] == "archived"
    api.do("DELETE", cleared, version=2, status=204)
    refused(api.send("DELETE", archived, version=3), 409, "event.in_use", field="status")
    assert api.get(archived)["status"] == "archived"
