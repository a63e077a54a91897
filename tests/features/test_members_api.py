"""Members over HTTP: joining, another name, leaving."""

import pytest

from tests.features.api_client import NOBODY, NOTHING_TOLD, refused
from tests.features.guest_people import another_token, guest_of, join, make_link, user


def test_somebody_joins_with_the_next_number(api):
    event = api.event(["Asha", "Ben"])
    response = api.send("POST", f"{event}/members", {"name": "Dia"})
    assert response.status_code == 201
    assert response.headers["location"] == f"{event}/members/3"
    assert response.json() == {
        "member": 3,
        "name": "Dia",
        "role": "member",
        "user_id": None,
        "active": True,
        **NOTHING_TOLD,
    }
    assert api.get(event)["members"][2] == response.json()
    assert api.get(event)["version"] == 2


def test_the_first_member_of_an_empty_event_is_its_admin(api):
    event = api.event([])
    assert api.do("POST", f"{event}/members", {"name": "Asha"}, status=201)["role"] == "admin"
    assert api.do("POST", f"{event}/members", {"name": "Ben"}, status=201)["role"] == "member"


def test_the_roster_lists_everybody_in_the_order_they_joined(api):
    event = api.event(["Asha", "Ben"])
    api.do("DELETE", f"{event}/members/1", status=204)
    assert api.get(f"{event}/members") == {
        "items": [
            {"member": 1, "name": "Asha", "role": "admin", "user_id": None, "active": False, **NOTHING_TOLD},
            {"member": 2, "name": "Ben", "role": "member", "user_id": None, "active": True, **NOTHING_TOLD},
        ],
        "next_cursor": None,
    }


def test_a_newcomer_takes_part_from_then_on_and_in_nothing_before(api):
    event = api.event(["Asha", "Ben"])
    api.expense(event, "30.00")
    api.do("POST", f"{event}/members", {"name": "Dia"}, status=201)
    assert api.nets(event) == {1: "15.00", 2: "-15.00", 3: "0.00"}
    assert api.expense(event, "30.00")["split"] == {"type": "equal", "among": [1, 2, 3]}
    assert api.nets(event) == {1: "35.00", 2: "-25.00", 3: "-10.00"}


def test_a_member_gets_another_name_and_keeps_everything_else(api):
    event = api.event()
    api.expense(event)
    response = api.send("PATCH", f"{event}/members/2", {"name": "Benjamin"})
    assert response.status_code == 200
    assert response.json() == {
        "member": 2,
        "name": "Benjamin",
        "role": "member",
        "user_id": None,
        "active": True,
        **NOTHING_TOLD,
    }
    assert api.get(event)["members"][1] == response.json()
    assert api.nets(event) == {1: "20.00", 2: "-10.00", 3: "-10.00"}


def test_a_member_may_be_renamed_to_the_same_name_in_other_letters(api):
    event = api.event()
    assert api.do("PATCH", f"{event}/members/2", {"name": "BEN"})["name"] == "BEN"


@pytest.mark.parametrize("name", ["Ben", "BEN", " ben "])
def test_a_name_that_is_taken_is_refused_and_changes_nothing(api, name):
    event = api.event()
    before = api.snapshot(event)
    refused(api.send("POST", f"{event}/members", {"name": name}), 409, "member.name_taken", field="name")
    refused(api.send("PATCH", f"{event}/members/1", {"name": name}), 409, "member.name_taken", field="name")
    assert api.snapshot(event) == before


def test_the_name_of_somebody_who_left_is_free(api):
    event = api.event()
    api.do("DELETE", f"{event}/members/2", status=204)
    assert api.do("POST", f"{event}/members", {"name": "Ben"}, status=201)["member"] == 4


def test_somebody_who_owes_or_is_owed_cannot_leave(api):
    event = api.event()
    api.expense(event)
    before = api.snapshot(event)
    for member, net in ((1, "20.00"), (2, "-10.00")):
        problem = refused(api.send("DELETE", f"{event}/members/{member}"), 409, "member.not_square", field="member")
        assert problem["errors"] == [
            {"field": "member", "code": "member.not_square", "expected": "0.00", "actual": net}
        ]
    assert api.snapshot(event) == before


def test_somebody_not_square_in_another_currency_cannot_leave_either(api):
    event = api.event()
    api.expense(event, "1000", currency="JPY", split={"type": "exact", "shares": [{"member": 2, "amount": "1000"}]})
    problem = refused(api.send("DELETE", f"{event}/members/2"), 409, "member.not_square", field="member")
    assert problem["errors"][0]["actual"] == "-1000"
    api.do("DELETE", f"{event}/members/3", status=204)


def test_somebody_who_is_square_leaves_and_their_history_stays(api):
    event = api.event()
    expense = api.expense(event)
    api.settlement(event, 2, 1, "10.00")
    response = api.send("DELETE", f"{event}/members/2")
    assert (response.status_code, response.content) == (204, b"")
    assert [member["active"] for member in api.get(event)["members"]] == [True, False, True]
    assert api.get(f"{event}/expenses/{expense['id']}") == expense
    assert api.nets(event) == {1: "10.00", 2: "0.00", 3: "-10.00"}
    assert len(api.get(f"{event}/statement", member=2)["lines"]) == 2


def test_somebody_who_left_takes_no_part_in_what_is_new(api):
    event = api.event()
    api.do("DELETE", f"{event}/members/2", status=204)
    assert api.expense(event)["split"]["among"] == [1, 3]
    before = api.snapshot(event)
    among_two = {"type": "equal", "among": [1, 2]}
    dinner = {"description": "Dinner", "amount": "30.00", "paid_by": 1}
    new = f"{event}/expenses"
    refused(api.send("POST", new, {**dinner, "split": among_two}), 422, "member.inactive", field="split")
    refused(api.send("POST", new, {**dinner, "paid_by": 2}), 422, "member.inactive", field="paid_by")
    assert api.snapshot(event) == before


def test_an_expense_of_somebody_who_left_can_still_be_corrected(api):
    event = api.event()
    expense = api.expense(event)
    api.settlement(event, 2, 1, "10.00")
    api.do("DELETE", f"{event}/members/2", status=204)
    body = {
        "description": "Dinner, really",
        "amount": "30.00",
        "paid_by": 1,
        "split": {"type": "equal", "among": [1, 2, 3]},
    }
    revised = api.do("PUT", f"{event}/expenses/{expense['id']}", body, version=1)
    assert revised["shares"] == expense["shares"]


def test_leaving_twice_is_refused(api):
    event = api.event()
    api.do("DELETE", f"{event}/members/3", status=204)
    before = api.snapshot(event)
    refused(api.send("DELETE", f"{event}/members/3"), 409, "member.gone", field="member")
    assert api.snapshot(event) == before


@pytest.mark.parametrize("number", ["0", "4", "-1", "99999999999999999999"])
def test_a_member_who_never_was_can_neither_be_renamed_nor_leave(api, number):
    event = api.event()
    before = api.snapshot(event)
    refused(api.send("PATCH", f"{event}/members/{number}", {"name": "X"}), 422, "member.unknown", field="member")
    refused(api.send("DELETE", f"{event}/members/{number}"), 422, "member.unknown", field="member")
    assert api.snapshot(event) == before


def test_members_of_an_event_nobody_made_are_not_found(api):
    members = f"/v1/events/{NOBODY}/members"
    refused(api.send("GET", members), 404, "event.not_found")
    refused(api.send("POST", members, {"name": "X"}), 404, "event.not_found")
    refused(api.send("PATCH", f"{members}/1", {"name": "X"}), 404, "event.not_found")
    refused(api.send("DELETE", f"{members}/1"), 404, "event.not_found")


def test_an_archived_event_takes_no_members(api):
    event = api.event()
    api.do("PUT", f"{event}/settle")
    api.do("POST", f"{event}/archive")
    before = api.snapshot(event)
    refused(api.send("POST", f"{event}/members", {"name": "X"}), 409, "event.closed", field="status")
    refused(api.send("PATCH", f"{event}/members/1", {"name": "X"}), 409, "event.closed", field="status")
    refused(api.send("DELETE", f"{event}/members/1"), 409, "event.closed", field="status")
    refused(api.send("PATCH", event, {"name": "X"}), 409, "event.closed", field="status")
    assert api.snapshot(event) == before


def test_an_event_has_at_most_a_thousand_members_those_who_left_included(api):
    event = api.event([f"Member {number}" for number in range(1, 1001)])
    assert len(api.get(event)["members"]) == 1000
    api.do("DELETE", f"{event}/members/7", status=204)
    problem = refused(api.send("POST", f"{event}/members", {"name": "X"}), 422, "member.too_many", field="name")
    assert problem["errors"][0]["expected"] == "at most 1000"
    assert len(api.get(event)["members"]) == 1000


def test_a_token_that_may_only_record_changes_no_roles_and_merges_nobody(running, api):
    asha = user(running, api, "Asha")
    event = asha.event(members=["Asha", "Ben", "Chen"])
    script = another_token(running, asha, "write")
    before = asha.snapshot(event)
    for method, path, body in (
        ("PATCH", "members/2", {"role": "admin"}),
        ("PATCH", "members/1", {"role": "viewer"}),
        ("POST", "members", {"name": "Dia", "role": "admin"}),
        ("POST", "members/3/merge", {"into": 2}),
    ):
        refused(script.send(method, f"{event}/{path}", body), 403, "access.admin_scope")
    assert asha.snapshot(event) == before
    script.do("PATCH", f"{event}/members/2", {"name": "Benjamin"})
    script.do("POST", f"{event}/members", {"name": "Dia"}, status=201)
    asha.do("PATCH", f"{event}/members/2", {"role": "admin"})


def test_a_guest_by_a_link_for_admins_manages_guests_and_no_accounts(running, api):
    event = api.event()
    link = make_link(api, event, "admin")
    join(user(running, api, "Ben"), make_link(api, event, "admin"), member=2)
    guest = guest_of(api, link, name="Dia")
    before = api.snapshot(event)
    refused(guest.send("DELETE", f"{event}/members/2"), 403, "access.role")
    refused(guest.send("PATCH", f"{event}/members/2", {"role": "viewer"}), 403, "access.role")
    refused(guest.send("POST", f"{event}/members/2/merge", {"into": 4}), 403, "access.role")
    assert api.snapshot(event) == before
    guest.do("PATCH", f"{event}/members/3", {"role": "viewer"})
    guest.do("DELETE", f"{event}/members/3", status=204)
