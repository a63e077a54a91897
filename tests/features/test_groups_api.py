"""Groups: reusable rosters with roles, weights and a currency; events copy them as they are."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.features.api_client import refused
from tests.features.guest_people import Person, user


@pytest.fixture
def asha(running, api):
    return user(running, api, "Asha")


def make(person: Person, **fields):
    return person.do("POST", "/v1/groups", {"name": "Flat", "currency": "INR", **fields}, status=201)


def test_whoever_makes_a_group_is_its_first_member_and_admin(asha):
    group = make(asha, members=[{"name": "Ben", "weight": "1.5"}, {"name": "Chen", "role": "viewer"}])
    shown = [(one["member"], one["name"], one["role"], one["weight"]) for one in group["members"]]
    assert shown == [(1, "Asha", "admin", "1"), (2, "Ben", "member", "1.5"), (3, "Chen", "viewer", "1")]
    assert group["members"][0]["user_id"] == str(asha.user_id)
    assert asha.get(f"/v1/groups/{group['id']}") == group
    assert [each["id"] for each in asha.items("/v1/groups")] == [group["id"]]


def test_an_event_copies_a_group_and_what_the_group_becomes_later_is_its_own(api, asha):
    group = make(asha, members=[{"name": "Ben", "weight": "2"}])
    path = f"/v1/groups/{group['id']}"
    event = asha.do("POST", "/v1/events", {"name": "Trip", "group_id": group["id"]}, status=201)
    api.events.append(event["id"])
    assert event["currency"] == "INR"
    shown = [(one["name"], one["role"], one["weight"], one["user_id"]) for one in event["members"]]
    assert shown == [("Asha", "admin", "1", str(asha.user_id)), ("Ben", "member", "2", None)]
    asha.do("PATCH", f"{path}/members/2", {"name": "Benny"})
    asha.do("POST", f"{path}/members", {"name": "Chen"}, status=201)
    asha.do("DELETE", path, status=204, version=asha.get(path)["version"])
    assert asha.get(f"/v1/events/{event['id']}")["members"] == event["members"]
    expense = {"description": "Rent", "amount": "30.00", "paid_by": 1}
    recorded = asha.do("POST", f"/v1/events/{event['id']}/expenses", expense, status=201)
    assert [share["amount"] for share in recorded["shares"]] == ["10.00", "20.00"]


def test_a_group_and_more_people_begin_an_event_together(api, asha):
    group = make(asha)
    body = {"name": "Trip", "currency": "EUR", "group_id": group["id"], "members": [{"name": "Zoe"}]}
    event = asha.do("POST", "/v1/events", body, status=201)
    api.events.append(event["id"])
    assert (event["currency"], [one["name"] for one in event["members"]]) == ("EUR", ["Asha", "Zoe"])
    refused(asha.send("POST", "/v1/events", {"name": "Trip"}), 422, "validation.failed", field="currency")


def test_an_older_version_changes_nothing(asha):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    asha.do("PATCH", path, {"name": "Household"}, version=1)
    refused(asha.send("PATCH", path, {"name": "Other"}, version=1), 409, "group.version_conflict")
    refused(asha.send("DELETE", path), 428, "http.precondition_required")
    assert asha.get(path)["name"] == "Household"


def test_a_retry_makes_one_group(asha):
    first, again = [asha.send("POST", "/v1/groups", {"name": "Flat"}, key="flat") for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(asha.items("/v1/groups")) == 1


def test_another_group_under_the_same_key_is_refused_and_not_made(asha):
    made = asha.do("POST", "/v1/groups", {"name": "Flat"}, status=201, key="flat")
    for body in ({"name": "House"}, {"name": "Flat", "members": [{"name": "Ben"}]}):
        refused(asha.send("POST", "/v1/groups", body, key="flat"), 422, "idempotency.mismatch")
    assert asha.items("/v1/groups") == [made]


def test_a_retry_adds_one_member_and_gets_the_first_answer(asha):
    path, body = f"/v1/groups/{make(asha)['id']}", {"name": "Ben", "weight": "2"}
    first = asha.send("POST", f"{path}/members", body, key="ben")
    asha.do("POST", f"{path}/members", {"name": "Chen"}, status=201, key="chen")
    before = asha.get(path)
    again = asha.send("POST", f"{path}/members", body, key="ben")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"] == f"{path}/members/2"
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert asha.get(path) == before


def test_another_member_under_the_same_key_is_refused_and_not_added(asha):
    path, other = (f"/v1/groups/{make(asha)['id']}" for _ in range(2))
    asha.do("POST", f"{path}/members", {"name": "Ben"}, status=201, key="ben")
    before = asha.get(path), asha.get(other)
    for where, body in ((path, {"name": "Dia"}), (other, {"name": "Ben"})):
        refused(asha.send("POST", f"{where}/members", body, key="ben"), 422, "idempotency.mismatch")
    refused(asha.send("POST", "/v1/groups", {"name": "Ben"}, key="ben"), 422, "idempotency.mismatch")
    assert (asha.get(path), asha.get(other)) == before


def test_a_key_of_a_member_who_was_refused_is_free(asha):
    path = f"/v1/groups/{make(asha)['id']}"
    refused(asha.send("POST", f"{path}/members", {"name": "Asha"}, key="one"), 409, "member.name_taken")
    assert asha.do("POST", f"{path}/members", {"name": "Ben"}, status=201, key="one")["member"] == 2


def test_of_the_same_request_twice_at_once_one_makes_the_group(asha):
    body = {"name": "Flat", "members": [{"name": "Ben"}]}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: asha.send("POST", "/v1/groups", body, key="at-once"), range(4)))
    assert [each.status_code for each in answers] == [201] * 4
    assert [each.json() for each in answers] == asha.items("/v1/groups") * 4


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"name": ""}, "validation.failed", "name"),
        ({"name": "Asha"}, "member.name_taken", "name"),
        ({"name": "asha"}, "member.name_taken", "name"),
        ({"name": "Ben", "weight": "1.00001"}, "split.decimal_invalid", "weight"),
        ({"name": "Ben", "weight": "-1"}, "member.weight", "weight"),
        ({"name": "Ben", "weight": "9999999999"}, "member.weight", "weight"),
        ({"name": "Ben", "role": "king"}, "validation.failed", "role"),
    ],
)
def test_a_bad_member_is_refused(asha, body, code, field):
    path = f"/v1/groups/{make(asha)['id']}"
    status = 409 if code == "member.name_taken" else 422
    refused(asha.send("POST", f"{path}/members", body), status, code, field=field)
    assert len(asha.get(path)["members"]) == 1


def test_a_group_has_a_thousand_members_at_the_most(asha):
    members = [{"name": f"Member {number}"} for number in range(999)]
    path = f"/v1/groups/{make(asha, members=members)['id']}"
    refused(asha.send("POST", f"{path}/members", {"name": "One more"}), 422, "member.too_many")
    members.append({"name": "One more"})
    refused(asha.send("POST", "/v1/groups", {"name": "Crowd", "members": members}), 422, "validation.failed")
    assert len(asha.items("/v1/groups")) == 1


@pytest.mark.parametrize("currency", ["ZZZ", "inr", "XX", ""])
def test_a_currency_that_there_is_not_is_refused(asha, currency):
    code = "money.currency_unknown" if currency == "ZZZ" else "validation.failed"
    body = {"name": "Flat", "currency": currency}
    refused(asha.send("POST", "/v1/groups", body), 422, code, field="currency")
    group = make(asha)
    refused(asha.send("PATCH", f"/v1/groups/{group['id']}", {"currency": currency}), 422, code, field="currency")
    assert asha.items("/v1/groups") == [group]


def test_a_group_may_do_without_a_currency(asha):
    path = f"/v1/groups/{make(asha)['id']}"
    assert asha.do("PATCH", path, {"currency": None})["currency"] is None
    assert asha.do("PATCH", path, {"name": "House"})["currency"] is None


def test_two_new_members_of_one_name_are_refused(asha):
    body = {"name": "Flat", "members": [{"name": "Straße"}, {"name": "STRASSE"}]}
    refused(asha.send("POST", "/v1/groups", body), 409, "member.name_taken", field="members")
    assert asha.items("/v1/groups") == []


def test_a_name_is_free_again_when_its_member_has_left(asha):
    path = f"/v1/groups/{make(asha, members=[{'name': 'Ben'}, {'name': 'Chen'}])['id']}"
    refused(asha.send("PATCH", f"{path}/members/3", {"name": "BEN"}), 409, "member.name_taken", field="name")
    assert asha.do("PATCH", f"{path}/members/2", {"name": "BEN"})["name"] == "BEN"
    asha.do("DELETE", f"{path}/members/2", status=204)
    assert asha.do("POST", f"{path}/members", {"name": "Ben"}, status=201)["member"] == 4
    for gone in (2, 99, -1, 10**30):
        refused(asha.send("DELETE", f"{path}/members/{gone}"), 404, "group.member_not_found")
        refused(asha.send("PATCH", f"{path}/members/{gone}", {"name": "Zoe"}), 404, "group.member_not_found")


def test_somebody_may_weigh_nothing(asha):
    path = f"/v1/groups/{make(asha, members=[{'name': 'Baby', 'weight': '0'}])['id']}"
    assert asha.get(path)["members"][1]["weight"] == "0"
    assert asha.do("PATCH", f"{path}/members/2", {"weight": "0.0001"})["weight"] == "0.0001"
    refused(asha.send("PATCH", f"{path}/members/2", {"weight": "0.00001"}), 422, "split.decimal_invalid")


def test_groups_come_newest_first_in_pages_and_are_found_by_name(asha):
    names = ["Flat", "Goa 100%", "flatmates"]
    made = [make(asha, name=name)["id"] for name in names]
    pages = asha.pages("/v1/groups", limit=2)
    assert [[each["id"] for each in page] for page in pages] == [[made[2], made[1]], [made[0]]]
    assert [each["name"] for each in asha.items("/v1/groups", search="FLAT")] == ["flatmates", "Flat"]
    assert [each["name"] for each in asha.items("/v1/groups", search="%")] == ["Goa 100%"]
    assert asha.items("/v1/groups", search="_") == []
    refused(asha.send("GET", "/v1/groups?cursor=nonsense"), 422, "page.cursor_invalid")


def test_every_change_counts_a_version(asha):
    path = f"/v1/groups/{make(asha)['id']}"
    asha.do("PATCH", path, {"name": "House"})
    asha.do("POST", f"{path}/members", {"name": "Ben"}, status=201)
    asha.do("PATCH", f"{path}/members/2", {"name": "Benny"})
    asha.do("DELETE", f"{path}/members/2", status=204)
    answer = asha.send("GET", path)
    assert (answer.json()["version"], answer.headers["etag"]) == (5, '"5"')
