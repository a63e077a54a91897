"""Settlements over HTTP: recorded, listed, reversed."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from tests.features.api_client import NOBODY, refused, without

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


@pytest.fixture
def trip(api):
    """Give an event in which members 2 and 3 owe 800.00 each to member 1."""
    event = api.event()
    api.expense(event, "2400.00")
    return event


def test_a_settlement_answers_with_everything_it_is(api, trip):
    body = {"from": 2, "to": 1, "amount": "800.00", "method": "upi", "date": "2026-11-21", "note": "thanks\nBen"}
    response = api.send("POST", f"{trip}/settlements", body)
    settlement = response.json()
    assert response.status_code == 201
    assert UUID(settlement["id"]).version == 7
    assert response.headers["location"] == f"{trip}/settlements/{settlement['id']}"
    assert INSTANT.fullmatch(settlement["created_at"])
    assert without(settlement, "id", "created_at") == {
        "event_id": trip.rpartition("/")[2],
        "seq": 3,
        "from": 2,
        "to": 1,
        "amount": "800.00",
        "currency": "INR",
        "method": "upi",
        "date": "2026-11-21",
        "note": "thanks\nBen",
        "rounding": [],
        "import_id": None,
        "created_by": {"user_id": str(api.server.user_id), "name": "Owner"},
        "reversed": False,
        "reversed_seq": None,
        "reversed_reason": None,
    }
    assert api.get(response.headers["location"]) == settlement


def test_a_settlement_squares_what_it_pays(api, trip):
    api.settlement(trip, 2, 1, "800.00")
    assert api.get(f"{trip}/balances")["balances"] == [{"from": 3, "to": 1, "amount": "800.00", "currency": "INR"}]
    positions = api.get(f"{trip}/positions")["positions"]
    moved = [[position[name] for name in ("paid", "share", "sent", "received", "net")] for position in positions]
    assert moved == [
        ["2400.00", "800.00", "0.00", "800.00", "800.00"],
        ["0.00", "800.00", "800.00", "0.00", "0.00"],
        ["0.00", "800.00", "0.00", "0.00", "-800.00"],
    ]


def test_a_settlement_may_pay_a_part(api, trip):
    api.settlement(trip, 2, 1, "0.01")
    assert api.nets(trip) == {1: "1599.99", 2: "-799.99", 3: "-800.00"}


def test_what_is_not_said_of_a_settlement_is_the_usual(api, trip):
    days = {datetime.now(UTC).date().isoformat()}
    settlement = api.settlement(trip, 2, 1, 800)
    days.add(datetime.now(UTC).date().isoformat())
    assert settlement["date"] in days
    assert (settlement["amount"], settlement["currency"]) == ("800.00", "INR")
    assert (settlement["method"], settlement["note"]) == ("other", None)


@pytest.mark.parametrize("method", ["cash", "bank", "upi", "card", "other"])
def test_each_method_is_taken(api, trip, method):
    assert api.settlement(trip, 2, 1, "1.00", method=method)["method"] == method


def test_more_than_is_owed_is_refused_and_changes_nothing(api, trip):
    before = api.snapshot(trip)
    response = api.send("POST", f"{trip}/settlements", {"from": 2, "to": 1, "amount": "800.01"})
    problem = refused(response, 409, "settlement.overpayment", field="amount")
    assert problem["errors"] == [
        {
            "field": "amount",
            "code": "settlement.overpayment",
            "expected": "at most 800.00",
            "actual": "800.01",
        }
    ]
    back = api.send("POST", f"{trip}/settlements", {"from": 1, "to": 2, "amount": "0.01"})
    refused(back, 409, "settlement.overpayment", field="amount")
    between = api.send("POST", f"{trip}/settlements", {"from": 2, "to": 3, "amount": "0.01"})
    refused(between, 409, "settlement.overpayment", field="amount")
    assert api.snapshot(trip) == before


def test_more_than_is_owed_is_taken_where_that_is_meant(api, trip):
    api.settlement(trip, 2, 1, "900.00", allow_overpayment=True)
    assert api.nets(trip) == {1: "700.00", 2: "100.00", 3: "-800.00"}
    # Member 1 now owes member 2 the hundred that was too much.
    assert api.get(f"{trip}/balances")["balances"] == [
        {"from": 1, "to": 2, "amount": "100.00", "currency": "INR"},
        {"from": 3, "to": 1, "amount": "800.00", "currency": "INR"},
    ]


def test_a_payment_of_the_plan_is_no_overpayment_though_the_two_never_owed_each_other(api):
    event = api.event()
    api.expense(event, "10.00", 2, split={"type": "exact", "shares": [{"member": 1, "amount": "10.00"}]})
    api.expense(event, "10.00", 3, split={"type": "exact", "shares": [{"member": 2, "amount": "10.00"}]})
    [payment] = api.get(f"{event}/plan")["payments"]
    assert payment == {"from": 1, "to": 3, "amount": "10.00", "currency": "INR"}
    api.settlement(event, 1, 3, "10.00")
    assert api.nets(event) == {1: "0.00", 2: "0.00", 3: "0.00"}


def test_each_currency_is_settled_by_itself(api, trip):
    api.expense(trip, "3000", 2, currency="JPY")
    api.settlement(trip, 1, 2, "1000", currency="JPY")
    assert api.nets(trip, "JPY") == {1: "0", 2: "1000", 3: "-1000"}
    assert api.nets(trip) == {1: "1600.00", 2: "-800.00", 3: "-800.00"}
    body = {"from": 2, "to": 1, "amount": "1", "currency": "KWD"}
    refused(api.send("POST", f"{trip}/settlements", body), 409, "settlement.overpayment", field="amount")


def test_the_client_may_choose_the_id_and_a_retry_is_no_second_payment(api, trip):
    body = {"id": str(uuid4()), "from": 2, "to": 1, "amount": "100.00"}
    first = api.send("POST", f"{trip}/settlements", body)
    again = api.send("POST", f"{trip}/settlements", body)
    assert (first.status_code, first.json()["id"]) == (201, body["id"])
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    before = api.snapshot(trip)
    refused(api.send("POST", f"{trip}/settlements", body, key=uuid4().hex), 409, "settlement.exists", field="id")
    other = {**body, "amount": "200.00"}
    refused(api.send("POST", f"{trip}/settlements", other), 422, "idempotency.mismatch")
    assert api.snapshot(trip) == before


def test_settlements_list_newest_first_in_pages_that_keep_their_place(api, trip):
    for number, day in enumerate(("2026-11-22", "2026-11-20", "2026-11-21", "2026-11-20")):
        api.settlement(trip, 2, 1, f"{number + 1}.00", date=day)
    first = api.get(f"{trip}/settlements", limit=2)
    api.settlement(trip, 2, 1, "5.00", date="2026-11-23")
    second = api.get(f"{trip}/settlements", limit=2, cursor=first["next_cursor"])
    pages = [[item["amount"] for item in page["items"]] for page in (first, second)]
    assert pages == [["1.00", "3.00"], ["4.00", "2.00"]]
    assert second["next_cursor"] is None


def test_a_reversal_takes_the_payment_back_and_says_why(api, trip):
    before = api.nets(trip)
    settlement = api.settlement(trip, 2, 1, "800.00")
    path = f"{trip}/settlements/{settlement['id']}"
    reversed_ = api.do("POST", f"{path}/reverse", {"reason": "It bounced"}, status=201)
    assert reversed_ == {**settlement, "reversed": True, "reversed_seq": 4, "reversed_reason": "It bounced"}
    assert api.get(path) == reversed_
    assert api.items(f"{trip}/settlements") == [reversed_]
    assert api.nets(trip) == before
    positions = api.get(f"{trip}/positions")["positions"]
    assert [(position["sent"], position["received"]) for position in positions] == [("0.00", "0.00")] * 3


def test_nothing_is_reversed_twice(api, trip):
    path = f"{trip}/settlements/{api.settlement(trip, 2, 1, '800.00')['id']}"
    api.do("POST", f"{path}/reverse", {"reason": "It bounced"}, status=201)
    before = api.snapshot(trip)
    refused(api.send("POST", f"{path}/reverse", {"reason": "Again"}), 409, "settlement.reversed")
    assert api.snapshot(trip) == before


def test_a_settlement_that_is_not_there_is_not_found(api, trip):
    other = api.event()
    settlement = api.settlement(trip, 2, 1, "1.00")["id"]
    for event in (other, trip):
        path = f"{event}/settlements/{settlement if event == other else NOBODY}"
        refused(api.send("GET", path), 404, "settlement.not_found")
        refused(api.send("POST", f"{path}/reverse", {"reason": "x"}), 404, "settlement.not_found")
    nowhere = f"/v1/events/{NOBODY}/settlements"
    refused(api.send("GET", nowhere), 404, "event.not_found")
    refused(api.send("GET", f"{nowhere}/{settlement}"), 404, "event.not_found")
    refused(api.send("POST", nowhere, {"from": 1, "to": 2, "amount": "1.00"}), 404, "event.not_found")
    refused(api.send("POST", f"{nowhere}/{settlement}/reverse", {"reason": "x"}), 404, "event.not_found")


def test_somebody_who_left_may_still_pay_or_be_paid_back(api):
    event = api.event()
    expense = api.expense(event, "30.00")
    path = f"{event}/expenses/{expense['id']}"
    api.do("DELETE", path, version=1, status=204)
    api.do("DELETE", f"{event}/members/2", status=204)
    api.do("POST", f"{path}/restore")
    assert api.nets(event)[2] == "-10.00"
    api.settlement(event, 2, 1, "10.00")
    assert api.nets(event)[2] == "0.00"
