"""Expenses over HTTP: recorded, read, revised, deleted, restored, and their history."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from tests.features.api_client import NOBODY, dinner, refused, without

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def test_a_new_expense_answers_with_everything_it_is(api):
    event = api.event()
    response = api.send("POST", f"{event}/expenses", dinner(amount="2400.00", split={"type": "equal"}))
    expense = response.json()
    assert response.status_code == 201
    assert UUID(expense["id"]).version == 7
    assert response.headers["location"] == f"{event}/expenses/{expense['id']}"
    assert response.headers["etag"] == '"1"'
    assert response.headers["content-type"] == "application/json"
    assert INSTANT.fullmatch(expense["created_at"])
    assert expense["updated_at"] == expense["created_at"]
    assert without(expense, "id", "created_at", "updated_at") == {
        "event_id": event.rpartition("/")[2],
        "version": 1,
        "seq": 2,
        "description": "Dinner",
        "amount": "2400.00",
        "currency": "INR",
        "date": "2026-11-20",
        "category": None,
        "notes": None,
        "paid_by": [{"member": 1, "amount": "2400.00"}],
        "split": {"type": "equal", "among": [1, 2, 3]},
        "shares": [{"member": member, "amount": "800.00"} for member in (1, 2, 3)],
        "inferred": False,
        "import_id": None,
        "created_by": {"user_id": str(api.server.user_id), "name": "Owner"},
        "deleted": False,
    }


def test_an_expense_reads_back_as_it_was_answered(api):
    event = api.event()
    response = api.send("POST", f"{event}/expenses", dinner())
    read = api.send("GET", response.headers["location"])
    assert (read.json(), read.headers["etag"]) == (response.json(), '"1"')


def test_the_first_expense_makes_the_event_active(api):
    event = api.event()
    api.expense(event)
    assert (api.get(event)["status"], api.get(event)["version"]) == ("active", 2)
    api.expense(event)
    assert (api.get(event)["status"], api.get(event)["version"]) == ("active", 2)


def test_what_is_not_said_of_an_expense_is_the_usual(api):
    event = api.event()
    days = {datetime.now(UTC).date().isoformat()}
    expense = api.do("POST", f"{event}/expenses", {"description": "Taxi", "amount": "9.00", "paid_by": 2}, status=201)
    days.add(datetime.now(UTC).date().isoformat())
    assert expense["date"] in days
    assert (expense["currency"], expense["category"], expense["notes"]) == ("INR", None, None)
    assert expense["split"] == {"type": "equal", "among": [1, 2, 3]}


def test_all_that_can_be_said_of_an_expense_comes_back(api):
    event = api.event()
    chosen = str(uuid4())
    said = {
        "id": chosen,
        "description": "Ужин 🍛",
        "amount": "30.01",
        "currency": "EUR",
        "date": "2024-02-29",
        "paid_by": [{"member": 2, "amount": "20.00"}, {"member": 1, "amount": "10.01"}],
        "split": {"type": "equal", "among": [3, 1]},
        "category": "food",
        "notes": "with tip\nand a second line\tand a tab",
    }
    expense = api.do("POST", f"{event}/expenses", said, status=201)
    assert {name: expense[name] for name in said} == said
    # 3001 among two: 1500 each, and the odd cent goes to index 1500 mod 2 = 0, which is member 3.
    assert expense["shares"] == [{"member": 3, "amount": "15.01"}, {"member": 1, "amount": "15.00"}]


@pytest.mark.parametrize(
    ("currency", "given", "shown"),
    [
        ("INR", "12.5", "12.50"),
        ("INR", "12", "12.00"),
        ("INR", 12, "12.00"),
        ("INR", 12.5, "12.50"),
        ("INR", "0.01", "0.01"),
        ("INR", "007.10", "7.10"),
        ("INR", "10000000000000.00", "10000000000000.00"),
        ("JPY", "1250", "1250"),
        ("JPY", 1250, "1250"),
        ("JPY", "1000000000000000", "1000000000000000"),
        ("KWD", "1.25", "1.250"),
        ("KWD", 1.001, "1.001"),
        ("KWD", "0.001", "0.001"),
        ("INR", "-12.50", "-12.50"),
        ("INR", -12.5, "-12.50"),
    ],
)
def test_an_amount_is_shown_with_exactly_the_decimals_of_its_currency(api, currency, given, shown):
    event = api.event(currency=currency)
    expense = api.expense(event, given)
    assert (expense["amount"], expense["currency"]) == (shown, currency)
    assert expense["paid_by"] == [{"member": 1, "amount": shown}]


def test_a_number_is_read_as_it_was_written_and_never_as_a_float(api):
    event = api.event(["Asha"])
    body = b'{"description": "x", "amount": 9007199254740.93, "paid_by": 1}'
    assert api.do("POST", f"{event}/expenses", body, status=201)["amount"] == "9007199254740.93"


def test_currencies_never_mix(api):
    event = api.event(["Asha", "Ben"])
    api.expense(event, "30.00")
    api.expense(event, "1001", 2, currency="JPY")
    api.expense(event, "1.001", 1, currency="KWD")
    assert api.nets(event) == {1: "15.00", 2: "-15.00"}
    # 1001 yen among two: 500 each, the odd yen goes to index 500 mod 2 = 0; the same for 1001 fils.
    assert api.nets(event, "JPY") == {1: "-501", 2: "501"}
    assert api.nets(event, "KWD") == {1: "0.500", 2: "-0.500"}
    assert api.get(f"{event}/balances")["balances"] == [
        {"from": 2, "to": 1, "amount": "15.00", "currency": "INR"},
        {"from": 1, "to": 2, "amount": "501", "currency": "JPY"},
        {"from": 2, "to": 1, "amount": "0.500", "currency": "KWD"},
    ]


def test_a_refund_points_the_other_way(api):
    event = api.event()
    api.expense(event, "30.00")
    refund = api.expense(event, "-10.00", description="Money back")
    # 1000 among three: 333 each, the odd cent goes to index 333 mod 3 = 0.
    assert [share["amount"] for share in refund["shares"]] == ["-3.34", "-3.33", "-3.33"]
    assert api.nets(event) == {1: "13.34", 2: "-6.67", 3: "-6.67"}


def test_a_refund_of_everything_leaves_everyone_square(api):
    event = api.event()
    api.expense(event, "100.00")
    api.expense(event, "-100.00")
    assert api.nets(event) == {1: "0.00", 2: "0.00", 3: "0.00"}
    assert api.get(f"{event}/balances")["balances"] == []


def test_several_payers_are_owed_in_proportion_to_what_they_are_out_of_pocket(api):
    event = api.event()
    payers = [{"member": 1, "amount": "20.00"}, {"member": 2, "amount": "10.00"}]
    expense = api.expense(event, "30.00", payers)
    assert expense["paid_by"] == payers
    assert api.nets(event) == {1: "10.00", 2: "0.00", 3: "-10.00"}
    assert api.get(f"{event}/balances")["balances"] == [{"from": 3, "to": 1, "amount": "10.00", "currency": "INR"}]


def test_a_payer_may_have_consumed_nothing(api):
    event = api.event()
    api.expense(event, "30.00", 3, split={"type": "equal", "among": [1, 2]})
    assert api.nets(event) == {1: "-15.00", 2: "-15.00", 3: "30.00"}


def test_an_expense_in_another_event_is_not_found(api):
    event, other = api.event(), api.event()
    expense = api.expense(event)["id"]
    for path in (
        f"{other}/expenses/{expense}",
        f"{event}/expenses/{NOBODY}",
    ):
        refused(api.send("GET", path), 404, "expense.not_found")
        refused(api.send("GET", f"{path}/history"), 404, "expense.not_found")
    refused(api.send("PUT", f"{other}/expenses/{expense}", dinner(), version=1), 404, "expense.not_found")
    refused(api.send("DELETE", f"{other}/expenses/{expense}", version=1), 404, "expense.not_found")
    refused(api.send("POST", f"{other}/expenses/{expense}/restore"), 404, "expense.not_found")
    refused(api.send("POST", f"/v1/events/{NOBODY}/expenses", dinner()), 404, "event.not_found")
    refused(api.send("GET", f"/v1/events/{NOBODY}/expenses/{expense}"), 404, "event.not_found")


def test_a_revision_replaces_the_whole_content(api):
    event = api.event()
    first = api.expense(event, "30.00", category="food", notes="spicy")
    path = f"{event}/expenses/{first['id']}"
    body = {"description": "Lunch", "amount": "12.00", "date": "2026-11-21", "paid_by": 2, "split": {"type": "equal"}}
    response = api.send("PUT", path, body, version=1)
    assert (response.status_code, response.headers["etag"]) == (200, '"2"')
    revised = response.json()
    assert revised["updated_at"] > first["updated_at"]
    assert revised == {
        **first,
        "version": 2,
        "seq": 3,
        "description": "Lunch",
        "amount": "12.00",
        "date": "2026-11-21",
        "category": None,
        "notes": None,
        "paid_by": [{"member": 2, "amount": "12.00"}],
        "shares": [{"member": member, "amount": "4.00"} for member in (1, 2, 3)],
        "updated_at": revised["updated_at"],
    }
    assert api.get(path) == revised
    assert api.nets(event) == {1: "-4.00", 2: "8.00", 3: "-4.00"}


def test_a_revision_without_a_date_keeps_the_date(api):
    event = api.event()
    first = api.expense(event, date="2020-02-02")
    body = without(dinner(), "date")
    assert api.do("PUT", f"{event}/expenses/{first['id']}", body, version=1)["date"] == "2020-02-02"


def test_a_revision_may_change_the_currency(api):
    event = api.event()
    first = api.expense(event)
    api.do("PUT", f"{event}/expenses/{first['id']}", dinner(currency="JPY", amount="3000"), version=1)
    assert api.nets(event) == {1: "0.00", 2: "0.00", 3: "0.00"}
    assert api.nets(event, "JPY") == {1: "2000", 2: "-1000", 3: "-1000"}


def test_a_revision_may_repeat_the_id_of_the_path_but_name_no_other(api):
    event = api.event()
    first = api.expense(event)
    path = f"{event}/expenses/{first['id']}"
    assert api.do("PUT", path, dinner(id=first["id"]), version=1)["version"] == 2
    before = api.snapshot(event)
    refused(api.send("PUT", path, dinner(id=str(NOBODY)), version=2), 422, "validation.failed", field="id")
    assert api.snapshot(event) == before


@pytest.mark.parametrize("seen", ['"1"', "1", 'W/"1"'])
def test_the_version_may_be_written_as_a_strong_or_weak_tag_or_bare(api, seen):
    event = api.event()
    first = api.expense(event)
    response = api.send("PUT", f"{event}/expenses/{first['id']}", dinner(), headers={"If-Match": seen})
    assert response.status_code == 200


def test_a_stale_revision_is_refused_with_the_current_expense_and_changes_nothing(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    current = api.do("PUT", path, dinner(description="Second"), version=1)
    before = api.snapshot(event)
    for response in (
        api.send("PUT", path, dinner(description="Third"), version=1),
        api.send("DELETE", path, version=1),
    ):
        problem = refused(response, 409, "expense.version_conflict", field="If-Match")
        assert problem["current"] == current
        assert problem["errors"] == [
            {"field": "If-Match", "code": "expense.version_conflict", "expected": "2", "actual": "1"}
        ]
    refused(api.send("PUT", path, dinner(), version=3), 409, "expense.version_conflict", field="If-Match")
    assert api.snapshot(event) == before


def test_a_change_without_the_version_it_is_based_on_is_refused_and_changes_nothing(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    before = api.snapshot(event)
    refused(api.send("PUT", path, dinner()), 428, "http.precondition_required", field="If-Match")
    refused(api.send("DELETE", path), 428, "http.precondition_required", field="If-Match")
    assert api.snapshot(event) == before


def test_a_deleted_expense_counts_no_more_but_stays_readable(api):
    event = api.event()
    first = api.expense(event)
    path = f"{event}/expenses/{first['id']}"
    response = api.send("DELETE", path, version=1)
    assert (response.status_code, response.content, response.headers["etag"]) == (204, b"", '"2"')
    deleted = api.get(path)
    assert deleted == {**first, "version": 2, "seq": 3, "deleted": True, "updated_at": deleted["updated_at"]}
    assert api.nets(event) == {1: "0.00", 2: "0.00", 3: "0.00"}
    assert api.get(f"{event}/balances")["balances"] == []
    assert api.get(f"{event}/expenses")["items"] == []


def test_a_deleted_expense_is_neither_revised_nor_deleted_again(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    api.do("DELETE", path, version=1, status=204)
    before = api.snapshot(event)
    refused(api.send("PUT", path, dinner(), version=2), 409, "expense.deleted")
    refused(api.send("DELETE", path, version=2), 409, "expense.deleted")
    refused(api.send("DELETE", path, version=1), 409, "expense.version_conflict")
    assert api.snapshot(event) == before


def test_a_deleted_expense_is_brought_back_as_it_was(api):
    event = api.event()
    first = api.expense(event)
    nets = api.nets(event)
    path = f"{event}/expenses/{first['id']}"
    api.do("DELETE", path, version=1, status=204)
    response = api.send("POST", f"{path}/restore")
    assert (response.status_code, response.headers["etag"]) == (200, '"3"')
    restored = response.json()
    assert restored == {**first, "version": 3, "seq": 4, "updated_at": restored["updated_at"]}
    assert api.nets(event) == nets


def test_restoring_honours_the_version_where_one_is_sent(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    api.do("DELETE", path, version=1, status=204)
    before = api.snapshot(event)
    problem = refused(api.send("POST", f"{path}/restore", version=1), 409, "expense.version_conflict")
    assert problem["current"] == api.get(path)
    assert api.snapshot(event) == before
    assert api.do("POST", f"{path}/restore", version=2)["version"] == 3


def test_only_a_deleted_expense_is_restored(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    before = api.snapshot(event)
    refused(api.send("POST", f"{path}/restore"), 409, "expense.not_deleted")
    assert api.snapshot(event) == before


def test_the_history_tells_every_version_and_what_it_changed(api):
    event = api.event()
    first = api.expense(event, "30.00")
    path = f"{event}/expenses/{first['id']}"
    second = api.do("PUT", path, dinner(amount="33.00", category="food", date="2026-11-21"), version=1)
    api.do("DELETE", path, version=2, status=204)
    deleted = api.get(path)
    restored = api.do("POST", f"{path}/restore")
    history = api.get(f"{path}/history")
    assert history["next_cursor"] is None
    items = history["items"]
    told = [(item["version"], item["seq"], item["change"]) for item in items]
    assert told == [(1, 2, "created"), (2, 3, "revised"), (3, 4, "deleted"), (4, 5, "restored")]
    assert [item["expense"] for item in items] == [first, second, deleted, restored]
    assert [item["at"] for item in items] == [item["expense"]["updated_at"] for item in items]
    assert all(item["by"] == {"user_id": str(api.server.user_id), "name": "Owner"} for item in items)
    assert [item["diff"] for item in (items[0], items[2], items[3])] == [[], [], []]
    assert items[1]["diff"] == [
        {"field": "amount", "from": "30.00", "to": "33.00"},
        {"field": "date", "from": "2026-11-20", "to": "2026-11-21"},
        {"field": "category", "from": None, "to": "food"},
        {"field": "paid_by", "from": first["paid_by"], "to": [{"member": 1, "amount": "33.00"}]},
        {"field": "shares", "from": first["shares"], "to": second["shares"]},
    ]


def test_a_revision_that_changes_nothing_has_an_empty_diff(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    api.do("PUT", path, dinner(), version=1)
    assert [item["diff"] for item in api.get(f"{path}/history")["items"]] == [[], []]
