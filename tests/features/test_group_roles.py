"""Groups: who may see them, who may do what in them, and that somebody always can."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from tests.features.api_client import NOBODY, Api, refused
from tests.features.guest_people import Person, another_token, execute, user
from tests.features.test_groups_api import make

FORGET = """
UPDATE "user" SET deleted_at = now() WHERE user_id = $1
"""


@pytest.fixture
def asha(running, api):
    return user(running, api, "Asha")


@pytest.fixture
def ben(running, api):
    return user(running, api, "Ben")


def seat(api: Api, group: str, person: Person, role: str) -> int:
    """Let the owner, who knows everybody, give somebody a seat."""
    body = {"name": f"{role} {person.user_id}", "role": role, "user_id": str(person.user_id)}
    return api.do("POST", f"/v1/groups/{group}/members", body, status=201)["member"]


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


def test_roles_say_who_changes_a_group(running, api, asha, ben):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    vi = user(running, api, "Vi")
    own, other = seat(api, group["id"], ben, "member"), seat(api, group["id"], vi, "viewer")
    refused(ben.send("PATCH", path, {"name": "Mine"}), 403, "group.role")
    refused(ben.send("PATCH", f"{path}/members/{own}", {"role": "admin"}), 403, "group.role")
    refused(ben.send("PATCH", f"{path}/members/{other}", {"name": "Vivi"}), 403, "group.role")
    refused(vi.send("POST", f"{path}/members", {"name": "Zoe"}), 403, "group.role")
    assert ben.do("PATCH", f"{path}/members/{own}", {"name": "Benny"})["name"] == "Benny"
    assert ben.do("POST", f"{path}/members", {"name": "Zoe"}, status=201)["role"] == "member"
    ben.do("DELETE", f"{path}/members/{own}", status=204)
    refused(ben.send("GET", path), 404, "group.not_found")


def test_the_last_admin_makes_somebody_else_one_first(api, asha, ben):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    number = seat(api, group["id"], ben, "member")
    refused(asha.send("DELETE", f"{path}/members/1"), 409, "group.last_admin")
    refused(asha.send("PATCH", f"{path}/members/1", {"role": "member"}), 409, "group.last_admin")
    asha.do("PATCH", f"{path}/members/{number}", {"role": "admin"})
    asha.do("DELETE", f"{path}/members/1", status=204)
    assert [one["active"] for one in ben.get(path)["members"]] == [False, True]


def test_of_two_admins_who_demote_each_other_at_once_one_stays(api, asha, ben):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    number = seat(api, group["id"], ben, "admin")
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


def test_of_two_admins_who_throw_each_other_out_at_once_one_stays(api, asha, ben):
    path = f"/v1/groups/{make(asha)['id']}"
    number = {asha: 1, ben: seat(api, path[11:], ben, "admin")}
    for _ in range(5):
        with ThreadPoolExecutor(2) as both:
            tried = {
                asha: both.submit(asha.send, "DELETE", f"{path}/members/{number[ben]}"),
                ben: both.submit(ben.send, "DELETE", f"{path}/members/{number[asha]}"),
            }
        statuses = {person: each.result().status_code for person, each in tried.items()}
        assert sorted(statuses.values()) == [204, 404]
        [stayed] = [person for person, status in statuses.items() if status == 204]
        [gone] = {asha, ben} - {stayed}
        active = [one["user_id"] for one in api.get(path)["members"] if one["active"]]
        assert active == [str(stayed.user_id)]
        number[gone] = seat(api, path[11:], gone, "admin")


def test_of_two_who_add_the_same_name_at_once_one_does(api, asha, ben):
    path = f"/v1/groups/{make(asha)['id']}"
    seat(api, path[11:], ben, "member")
    with ThreadPoolExecutor(2) as both:
        tried = [both.submit(one.send, "POST", f"{path}/members", {"name": "Zoe"}) for one in (asha, ben)]
    assert sorted(each.result().status_code for each in tried) == [201, 409]
    assert [one["name"] for one in asha.get(path)["members"]].count("Zoe") == 1


def test_an_admin_gives_a_seat_to_somebody_they_share_an_event_with(api, asha, ben):
    body = {"name": "Trip", "currency": "INR", "members": [{"name": "Asha", "me": True}]}
    event = asha.do("POST", "/v1/events", body, status=201)["id"]
    link = asha.do("POST", f"/v1/events/{event}/links", {"role": "contributor"}, status=201)["token"]
    group = make(asha)
    body = {"name": "Benny", "role": "viewer", "user_id": str(ben.user_id)}
    refused(asha.send("POST", f"/v1/groups/{group['id']}/members", body), 404, "user.not_found")
    ben.do("POST", "/v1/links/join", {"token": link, "name": "Ben"}, status=201)
    added = asha.do("POST", f"/v1/groups/{group['id']}/members", body, status=201)
    assert (added["name"], added["role"], added["user_id"]) == ("Benny", "viewer", str(ben.user_id))
    assert [each["id"] for each in ben.items("/v1/groups")] == [group["id"]]
    together = make(asha, members=[body])
    assert [one["user_id"] for one in together["members"]] == [str(asha.user_id), str(ben.user_id)]


def test_whom_one_does_not_know_cannot_be_told_from_who_is_not_there(running, asha, ben, api):
    gone = user(running, api, "Gone")
    execute(running, FORGET, gone.user_id)
    path = f"/v1/groups/{make(asha)['id']}/members"
    for person in (ben.user_id, NOBODY):
        body = {"name": "Zoe", "user_id": str(person)}
        problem = refused(asha.send("POST", path, body), 404, "user.not_found", field="user_id")
        assert problem["detail"] == f"There is no user {person}."
        refused(asha.send("POST", "/v1/groups", {"name": "Other", "members": [body]}), 404, "user.not_found")
    refused(api.send("POST", path, {"name": "Zoe", "user_id": str(gone.user_id)}), 404, "user.not_found")
    assert [each["name"] for each in asha.items("/v1/groups")] == ["Flat"]


def test_an_account_has_one_seat_and_a_new_one_after_it_left(api, asha, ben):
    path = f"/v1/groups/{make(asha)['id']}"
    number = seat(api, path[11:], ben, "member")
    again = {"name": "Ben again", "user_id": str(ben.user_id)}
    refused(api.send("POST", f"{path}/members", again), 409, "member.seat_twice", field="user_id")
    own = {"name": "Me", "user_id": str(asha.user_id)}
    refused(asha.send("POST", "/v1/groups", {"name": "Two", "members": [own]}), 409, "member.seat_twice")
    ben.do("DELETE", f"{path}/members/{number}", status=204)
    assert api.do("POST", f"{path}/members", again, status=201)["member"] == number + 1
    assert [one["active"] for one in ben.get(path)["members"]] == [True, False, True]


def test_only_admins_give_accounts_a_seat(api, asha, ben):
    path = f"/v1/groups/{make(asha)['id']}/members"
    seat(api, path[11:47], ben, "member")
    body = {"name": "Zoe", "user_id": str(UUID(int=7))}
    refused(ben.send("POST", path, body), 403, "group.role")


def test_an_admin_without_an_account_is_no_other_admin(api, asha, ben):
    path = f"/v1/groups/{make(asha, members=[{'name': 'Zoe', 'role': 'admin'}])['id']}"
    seat(api, path[11:], ben, "member")
    refused(asha.send("DELETE", f"{path}/members/1"), 409, "group.last_admin")
    refused(api.send("DELETE", f"{path}/members/1"), 409, "group.last_admin")
    refused(api.send("PATCH", f"{path}/members/1", {"role": "viewer"}), 409, "group.last_admin")


def test_who_is_alone_in_a_group_deletes_it_instead_of_leaving(asha):
    path = f"/v1/groups/{make(asha, members=[{'name': 'Zoe'}])['id']}"
    refused(asha.send("DELETE", f"{path}/members/1"), 409, "group.last_admin")
    refused(asha.send("DELETE", path, version=2), 409, "group.version_conflict")
    asha.do("DELETE", path, status=204, version=1)
    refused(asha.send("GET", path), 404, "group.not_found")
    refused(asha.send("POST", f"{path}/members", {"name": "Max"}), 404, "group.not_found")
    assert asha.items("/v1/groups") == []


def test_a_viewer_looks_and_may_leave(api, asha, ben):
    path = f"/v1/groups/{make(asha)['id']}"
    number = seat(api, path[11:], ben, "viewer")
    assert ben.get(path) == asha.get(path)
    refused(ben.send("DELETE", path, version=2), 403, "group.role")
    refused(ben.send("DELETE", f"{path}/members/1"), 403, "group.role")
    refused(ben.send("PATCH", f"{path}/members/{number}", {"weight": "2"}), 403, "group.role")
    ben.do("DELETE", f"{path}/members/{number}", status=204)
    refused(ben.send("GET", path), 404, "group.not_found")
    assert ben.items("/v1/groups") == []


def test_the_owner_sees_every_group(api, asha):
    group = make(asha)
    assert api.get(f"/v1/groups/{group['id']}") == group
    assert group["id"] in [each["id"] for each in api.items("/v1/groups")]
    assert api.do("PATCH", f"/v1/groups/{group['id']}", {"name": "House"})["name"] == "House"


def test_a_token_to_look_changes_no_group(running, asha):
    group = make(asha)
    path = f"/v1/groups/{group['id']}"
    looking = another_token(running, asha, "read")
    assert looking.get(path) == group
    for method, where, body in (
        ("POST", "/v1/groups", {"name": "Mine"}),
        ("PATCH", path, {"name": "Mine"}),
        ("POST", f"{path}/members", {"name": "Zoe"}),
        ("PATCH", f"{path}/members/1", {"name": "Me"}),
    ):
        refused(looking.send(method, where, body), 403, "access.read_only")
    assert asha.get(path) == group
