"""Lists of expenses over HTTP: their order, their pages, their filters."""

import pytest

from tests.features.api_client import NOBODY, refused


@pytest.fixture
def listed(api):
    """Give an event with expenses that every filter tells apart, recorded out of their order."""
    event = api.event()
    api.expense(event, description="Museum", date="2026-11-22", category="fun", paid_by=1)
    api.expense(event, description="Lunch at Ritz", date="2026-11-20", category="food", paid_by=2, notes="with Wine")
    api.expense(
        event, description="Wine bar", date="2026-11-20", category="food", split={"type": "equal", "among": [1]}
    )
    gone = api.expense(event, description="Mistake", date="2026-11-21", category="food")
    api.do("DELETE", f"{event}/expenses/{gone['id']}", version=1, status=204)
    return event


def descriptions(items):
    return [item["description"] for item in items]


def test_expenses_list_newest_first_by_date_and_then_by_when_they_were_recorded(api, listed):
    page = api.get(f"{listed}/expenses")
    assert descriptions(page["items"]) == ["Museum", "Wine bar", "Lunch at Ritz"]
    assert page["next_cursor"] is None


def test_a_listed_expense_looks_as_it_does_alone(api, listed):
    for item in api.items(f"{listed}/expenses", include_deleted=True):
        assert item == api.get(f"{listed}/expenses/{item['id']}")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"include_deleted": "true"}, ["Museum", "Mistake", "Wine bar", "Lunch at Ritz"]),
        ({"include_deleted": "false"}, ["Museum", "Wine bar", "Lunch at Ritz"]),
        ({"search": "wine"}, ["Wine bar", "Lunch at Ritz"]),
        ({"search": "RITZ"}, ["Lunch at Ritz"]),
        ({"search": "%"}, []),
        ({"category": "food"}, ["Wine bar", "Lunch at Ritz"]),
        ({"category": "Food"}, []),
        ({"category": "foo"}, []),
        ({"member": 1}, ["Museum", "Wine bar", "Lunch at Ritz"]),
        ({"member": 3}, ["Museum", "Lunch at Ritz"]),
        ({"member": 9}, []),
        ({"from_": "2026-11-21"}, ["Museum"]),
        ({"from_": "2026-11-22"}, ["Museum"]),
        ({"from_": "2026-11-23"}, []),
        ({"to": "2026-11-20"}, ["Wine bar", "Lunch at Ritz"]),
        (
            {"from_": "2026-11-20", "to": "2026-11-21", "include_deleted": "true"},
            ["Mistake", "Wine bar", "Lunch at Ritz"],
        ),
        ({"from_": "2026-11-22", "to": "2026-11-20"}, []),
        ({"search": "wine", "category": "food", "member": 2, "to": "2026-11-20"}, ["Lunch at Ritz"]),
    ],
    ids=str,
)
def test_a_filter_narrows_the_list_to_what_it_says(api, listed, query, found):
    assert descriptions(api.items(f"{listed}/expenses", **query)) == found


def test_a_revision_moves_an_expense_to_its_new_date_and_filters(api, listed):
    museum = api.items(f"{listed}/expenses", search="museum")[0]
    body = {"description": "Gallery", "amount": "5.00", "date": "2026-11-01", "paid_by": 1, "category": "art"}
    api.do("PUT", f"{listed}/expenses/{museum['id']}", body, version=1)
    assert descriptions(api.items(f"{listed}/expenses")) == ["Wine bar", "Lunch at Ritz", "Gallery"]
    assert descriptions(api.items(f"{listed}/expenses", category="art")) == ["Gallery"]
    assert api.items(f"{listed}/expenses", search="museum") == []


def test_pages_go_on_where_the_last_one_ended_whatever_comes_in_between(api):
    event = api.event()
    for number in range(5):
        api.expense(event, description=str(number), date="2026-11-20")
    first = api.get(f"{event}/expenses", limit=2)
    api.expense(event, description="newer", date="2026-11-20")
    api.expense(event, description="older", date="2026-11-19")
    second = api.get(f"{event}/expenses", limit=2, cursor=first["next_cursor"])
    third = api.get(f"{event}/expenses", limit=2, cursor=second["next_cursor"])
    assert [descriptions(page["items"]) for page in (first, second, third)] == [["4", "3"], ["2", "1"], ["0", "older"]]
    assert third["next_cursor"] is None


def test_pages_never_repeat_or_lose_what_stayed_while_something_is_deleted(api):
    event = api.event()
    made = [api.expense(event, description=str(number)) for number in range(4)]
    first = api.get(f"{event}/expenses", limit=2)
    api.do("DELETE", f"{event}/expenses/{made[2]['id']}", version=1, status=204)
    second = api.get(f"{event}/expenses", limit=2, cursor=first["next_cursor"])
    assert descriptions(first["items"] + second["items"]) == ["3", "2", "1", "0"]


def test_pages_keep_their_filter(api):
    event = api.event()
    for number in range(6):
        api.expense(event, description=str(number), category="even" if number % 2 == 0 else "odd")
    pages = api.pages(f"{event}/expenses", category="even", limit=1)
    assert [descriptions(page) for page in pages] == [["4"], ["2"], ["0"]]


def test_a_page_holds_fifty_unless_told_otherwise_and_two_hundred_at_the_most(api):
    event = api.event(["Asha"])
    line = {"description": "x", "amount": "1.00", "paid_by": 1, "date": "2026-11-20"}
    api.do("POST", f"{event}/expenses/batch", [line] * 201)
    assert len(api.get(f"{event}/expenses")["items"]) == 50
    assert [len(page) for page in api.pages(f"{event}/expenses", limit=200)] == [200, 1]
    assert [len(page) for page in api.pages(f"{event}/expenses", limit=67)] == [67, 67, 67]
    event_with = api.get(event, include="expenses")["expenses"]
    rest = api.get(f"{event}/expenses", cursor=event_with["next_cursor"])
    assert (len(event_with["items"]), len(rest["items"])) == (200, 1)
    refused(api.send("GET", f"{event}/expenses?limit=201"), 422, "validation.failed", field="limit")


def test_expenses_of_an_event_nobody_made_are_not_found(api):
    refused(api.send("GET", f"/v1/events/{NOBODY}/expenses"), 404, "event.not_found")
