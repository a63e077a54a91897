"""Merging two members over HTTP: everything that names the one is the other's, and no other net moves."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.features.api_client import NOBODY, refused
from tests.features.guest_people import Person, audited, guest_of, join, make_link, user

MERGED_INTO = 2


def merge(person, event, member, into, **more):
    """Send a merge."""
    return person.send("POST", f"{event}/members/{member}/merge", {"into": into}, **more)


def summed(nets, member, into):
    """Give what nets must be after a merge."""
    after = {number: Decimal(net) for number, net in nets.items()}
    after[into] = after.get(into, Decimal(0)) + after[member]
    after[member] = Decimal(0)
    return after


def assert_merged(api, event, member, into, **options):
    """Merge, and hold every net to what it was."""
    currencies = {position["currency"] for position in api.get(f"{event}/positions")["positions"]}
    before = {currency: api.nets(event, currency) for currency in currencies}
    response = merge(api, event, member, into, **options)
    assert response.status_code == 200, response.text
    for currency, nets in before.items():
        after = {number: Decimal(net) for number, net in api.nets(event, currency).items()}
        expected = summed(nets, member, into)
        assert {n: net for n, net in after.items() if net} == {n: net for n, net in expected.items() if net}
    merged = response.json()["members"][member - 1]
    assert (merged["active"], merged["user_id"]) == (False, None)
    return response


def test_all_that_one_member_owes_and_is_owed_is_the_others(api, running):
    event = api.event(["Asha", "Ben", "Chen", "Benjamin"])
    api.expense(event, "40.00", paid_by=4)
    api.expense(event, "10.00", paid_by=1, split={"type": "equal", "among": [1, 4]})
    api.expense(event, "9.00", paid_by=1, split={"type": "equal", "among": [1, 3]})
    api.settlement(event, 3, 4, "5.00")
    api.expense(event, "1000", paid_by=4, currency="JPY", split={"type": "equal", "among": [1, 3]})
    response = assert_merged(api, event, 4, MERGED_INTO)
    assert api.get(event) == response.json()
    assert response.headers["etag"] == f'"{response.json()["version"]}"'
    assert [detail for _, _, detail in audited(running, "members.merged") if event.rpartition("/")[2] in detail]


def test_the_history_of_an_expense_shows_the_merge_and_nothing_else_moved(api):
    event = api.event(["Asha", "Ben", "Chen"])
    named = api.expense(event, "30.00", paid_by=3)
    other = api.expense(event, "10.00", paid_by=1, split={"type": "equal", "among": [1, 2]})
    assert_merged(api, event, 3, MERGED_INTO)
    merged = api.get(f"{event}/expenses/{named['id']}")
    assert (merged["version"], merged["amount"], merged["description"]) == (2, "30.00", "Dinner")
    assert merged["paid_by"] == [{"member": 2, "amount": "30.00"}]
    assert merged["shares"] == [{"member": 1, "amount": "10.00"}, {"member": 2, "amount": "20.00"}]
    history = api.get(f"{event}/expenses/{named['id']}/history")["items"]
    assert [version["version"] for version in history] == [1, 2]
    assert api.get(f"{event}/expenses/{other['id']}") == other


@pytest.mark.parametrize(
    "split",
    [
        {"type": "equal", "among": [1, 2, 3]},
        {"type": "equal", "among": [3]},
        {"type": "exact", "shares": [{"member": 2, "amount": "12.34"}, {"member": 3, "amount": "87.66"}]},
        {"type": "percentage", "shares": [{"member": 1, "percent": "33.33"}, {"member": 3, "percent": "66.67"}]},
        {"type": "shares", "shares": [{"member": 2, "weight": "1"}, {"member": 3, "weight": "2"}]},
        {"type": "adjustment", "among": [1, 2, 3], "adjustments": [{"member": 3, "amount": "7.00"}]},
    ],
    ids=["equal", "alone", "exact", "percentage", "shares", "adjustment"],
)
def test_a_merge_keeps_every_net_however_it_was_split(api, split):
    event = api.event(["Asha", "Ben", "Benjamin"])
    paid_by = [{"member": 2, "amount": "40.00"}, {"member": 3, "amount": "60.00"}]
    api.expense(event, "100.00", paid_by=paid_by, split=split)
    assert_merged(api, event, 3, MERGED_INTO)


def test_what_the_two_paid_each_other_moves_nothing_any_more(api):
    event = api.event(["Asha", "Ben", "Benjamin"])
    api.expense(event, "30.00", paid_by=2)
    api.settlement(event, 3, 2, "10.00")
    api.settlement(event, 1, 2, "4.00")
    assert_merged(api, event, 3, MERGED_INTO)
    assert api.nets(event)[1] == "-6.00"
    standing = [each for each in api.items(f"{event}/settlements") if not each["reversed"]]
    assert [(each["from"], each["to"], each["amount"]) for each in standing] == [(1, 2, "4.00")]


def test_what_was_deleted_or_reversed_stays_as_it_is(api):
    event = api.event(["Asha", "Ben", "Benjamin"])
    deleted = api.expense(event, "30.00", paid_by=3)
    api.do("DELETE", f"{event}/expenses/{deleted['id']}", status=204, version=1)
    api.expense(event, "30.00", paid_by=3)
    reversed_one = api.settlement(event, 1, 3, "10.00")
    api.do("POST", f"{event}/settlements/{reversed_one['id']}/reverse", {"reason": "A mistake."}, status=201)
    gone = api.get(f"{event}/expenses/{deleted['id']}")
    assert_merged(api, event, 3, MERGED_INTO)
    assert api.get(f"{event}/expenses/{deleted['id']}") == gone


def test_a_member_of_nothing_is_merged_too(api):
    assert_merged(api, api.event(), 3, MERGED_INTO)


def test_the_account_of_the_one_is_the_others_and_guests_sign_out(api, running):
    event = api.event()
    link = make_link(api, event)
    ben = user(running, api, "Ben")
    join(ben, link, member=3)
    guest = guest_of(api, link, name="Benjamin")
    guest.get(event)
    assert merge(api, event, 4, 3).status_code == 200
    assert guest.send("GET", event).status_code == 401
    assert merge(api, event, 3, MERGED_INTO).status_code == 200
    assert ben.get(event)["members"][1]["user_id"] == str(ben.user_id)
    ben.expense(event, paid_by=2)


def test_two_accounts_are_not_merged(api, running):
    event = api.event()
    link = make_link(api, event)
    join(user(running, api, "Ben"), link, member=2)
    join(user(running, api, "Chen"), link, member=3)
    before = api.snapshot(event)
    refused(merge(api, event, 3, 2), 409, "member.seat_twice", field="into")
    assert api.snapshot(event) == before


def test_a_merge_sent_again_under_its_key_gets_the_same_answer(api, running):
    event = api.event()
    api.expense(event, "30.00", paid_by=3)
    first = assert_merged(api, event, 3, MERGED_INTO, key="merge-chen")
    before = api.snapshot(event)
    again = merge(api, event, 3, 2, key="merge-chen")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert api.snapshot(event) == before
    refused(merge(api, event, 3, 1, key="merge-chen"), 422, "idempotency.mismatch")
    refused(merge(api, event, 3, 2), 422, "member.inactive", field="member")
    name = event.rpartition("/")[2]
    assert len([detail for _, _, detail in audited(running, "members.merged") if name in detail]) == 1


def test_an_event_that_settles_or_is_archived_keeps_its_members(api):
    event = api.event()
    api.expense(event, "30.00", paid_by=3)
    api.do("PUT", f"{event}/settle")
    before = api.snapshot(event)
    refused(merge(api, event, 3, 2), 409, "event.closed", field="status")
    assert api.snapshot(event) == before
    archived = api.event()
    api.do("PUT", f"{archived}/settle")
    api.do("POST", f"{archived}/archive")
    refused(merge(api, archived, 3, 2), 409, "event.closed", field="status")


@pytest.mark.parametrize(
    ("member", "into", "code", "field"),
    [
        ("2", 2, "member.merge_oneself", "into"),
        ("9", 2, "member.unknown", "member"),
        ("0", 2, "member.unknown", "member"),
        ("99999999999999999999", 2, "member.unknown", "member"),
        ("2", 9, "member.unknown", "into"),
        ("2", 3, "member.inactive", "into"),
        ("3", 2, "member.inactive", "member"),
        ("2", 0, "validation.failed", "into"),
    ],
)
def test_nobody_is_merged_with_whom_they_cannot_be(api, member, into, code, field):
    event = api.event()
    api.do("DELETE", f"{event}/members/3", status=204)
    api.expense(event, "30.00", paid_by=2)
    before = api.snapshot(event)
    refused(merge(api, event, member, into), 422, code, field=field)
    assert api.snapshot(event) == before


def test_only_admins_of_the_event_merge(api, running):
    event = api.event(["Asha", "Ben", "Chen", "Dia"])
    viewer = guest_of(api, make_link(api, event, "viewer"), member=1)
    contributor = guest_of(api, make_link(api, event), member=2)
    before = api.snapshot(event)
    for guest in (viewer, contributor):
        refused(merge(guest, event, 4, 3), 403, "access.role")
    refused(merge(user(running, api, "Zoe"), event, 4, 3), 404, "event.not_found")
    refused(merge(Person(api, None), event, 4, 3), 401, "http.unauthenticated")
    refused(merge(api, f"/v1/events/{NOBODY}", 4, 3), 404, "event.not_found")
    assert api.snapshot(event) == before
    admin = guest_of(api, make_link(api, event, "admin"), name="Guest admin")
    assert merge(admin, event, 4, 3).status_code == 200


def test_expenses_that_come_in_meanwhile_are_taken_along_or_refused(api):
    event = api.event(["Asha", "Ben", "Benjamin"])
    for _ in range(5):
        api.expense(event, "30.00", paid_by=3)

    def record(_):
        body = {"description": "Dinner", "amount": "3.00", "paid_by": 3, "split": {"type": "equal", "among": [1, 2]}}
        return api.send("POST", f"{event}/expenses", body)

    with ThreadPoolExecutor(4) as threads:
        merging = threads.submit(merge, api, event, 3, 2)
        recorded = [response.status_code for response in threads.map(record, range(20))]
        merged = merging.result()
    assert set(recorded) <= {201, 422}
    if merged.status_code == 409:
        refused(merged, 409, "member.merge_raced")
        assert set(recorded) == {201}
        merged = merge(api, event, 3, 2)
    assert merged.status_code == 200
    nets = {member: Decimal(net) for member, net in api.nets(event).items()}
    came = recorded.count(201)
    assert nets[3] == 0
    assert nets[1] == -50 - Decimal("1.50") * came
    assert nets[2] == -nets[1]
