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


def seat(running, group: str, person: Person, role: str) -> int:
    """Give somebody a seat in a group, as a later invitation would."""
    sql = """
    INSERT INTO group_member (group_id, member_no, user_id, name, role)
    SELECT $1::text::uuid, 1 + max(member_no), $2, $3, $4 FROM group_member WHERE group_id = $1::text::uuid
    RETURNING member_no
    """

    async def add(services):
        async with services.writing() as connection:
            return await connection.fetchval(sql, group, person.user_id, f"{role} {person.user_id}", role)

    return running.run(add)


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


def test_what_is_not_yours_is_not_there(running, api, asha):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    stranger = user(running, api, "Stranger")
    for method, where, body in (
        ("GET", path, None),
        ("PATCH", path, {"name": "Mine"}),
        ("POST", f"{path}/members", {"name": "Zoe"}),
        ("PATCH", f"{path}/members/1", {"role": "viewer"}),
        ("DELETE", f"{path}/members/1", None),
    ):
        refused(stranger.send(method, where, body), 404, "group.not_found")
    refused(stranger.send("DELETE", path, version=1), 404, "group.not_found")
    refused(stranger.send("POST", "/v1/events", {"name": "X", "group_id": group["id"]}), 404, "group.not_found")
    assert asha.get(path) == group
    assert stranger.items("/v1/groups") == []


def test_roles_say_who_changes_a_group(running, api, asha):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    ben, vi = user(running, api, "Ben"), user(running, api, "Vi")
    own, other = seat(running, group["id"], ben, "member"), seat(running, group["id"], vi, "viewer")
    refused(ben.send("PATCH", path, {"name": "Mine"}), 403, "group.role")
    refused(ben.send("PATCH", f"{path}/members/{own}", {"role": "admin"}), 403, "group.role")
    refused(ben.send("PATCH", f"{path}/members/{other}", {"name": "Vivi"}), 403, "group.role")
    refused(vi.send("POST", f"{path}/members", {"name": "Zoe"}), 403, "group.role")
    assert ben.do("PATCH", f"{path}/members/{own}", {"name": "Benny"})["name"] == "Benny"
    assert ben.do("POST", f"{path}/members", {"name": "Zoe"}, status=201)["role"] == "member"
    ben.do("DELETE", f"{path}/members/{own}", status=204)
    refused(ben.send("GET", path), 404, "group.not_found")


def test_the_last_admin_makes_somebody_else_one_first(running, api, asha):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    ben = user(running, api, "Ben")
    number = seat(running, group["id"], ben, "member")
    refused(asha.send("DELETE", f"{path}/members/1"), 409, "group.last_admin")
    refused(asha.send("PATCH", f"{path}/members/1", {"role": "member"}), 409, "group.last_admin")
    asha.do("PATCH", f"{path}/members/{number}", {"role": "admin"})
    asha.do("DELETE", f"{path}/members/1", status=204)
    assert [one["active"] for one in ben.get(path)["members"]] == [False, True]


def test_of_two_admins_who_remove_each_other_at_once_one_stays(running, api, asha):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    ben = user(running, api, "Ben")
    number = seat(running, group["id"], ben, "admin")
    for _ in range(5):
        with ThreadPoolExecutor(2) as both:
            first = both.submit(asha.send, "PATCH", f"{path}/members/{number}", {"role": "member"})
            second = both.submit(ben.send, "PATCH", f"{path}/members/1", {"role": "member"})
            statuses = sorted([first.result().status_code, second.result().status_code])
        assert statuses == [200, 403]
        admins = [one for one in api.get(path)["members"] if one["role"] == "admin"]
        assert len(admins) == 1
        for one in (1, number):
            api.do("PATCH", f"{path}/members/{one}", {"role": "admin"})


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
