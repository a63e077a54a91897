"""The life of an event over HTTP: settling, cleared by itself, reopened, archived."""

import pytest

from tests.features.api_client import NOBODY, NOTHING_LEFT, dinner, refused


@pytest.fixture
def settling(api):
    """Give an event that settles, in which members 2 and 3 owe 10.00 each to member 1."""
    event = api.event()
    api.expense(event, "30.00")
    api.do("PUT", f"{event}/settle")
    return event


def pay(api, event):
    api.settlement(event, 2, 1, "10.00")
    return api.settlement(event, 3, 1, "10.00")


def test_settling_freezes_the_plan_with_the_entry_it_was_made_at(api):
    event = api.event()
    api.expense(event, "30.00")
    response = api.send("PUT", f"{event}/settle", {"strategy": "direct"})
    assert (response.status_code, response.headers["etag"]) == (200, '"3"')
    settled = response.json()
    assert (settled["status"], settled["version"], settled["seq"]) == ("settlement", 3, 3)
    assert settled["plan"] == {
        "seq": 2,
        "strategy": "direct",
        "optimal": True,
        "fewest_possible": 2,
        "payments": [
            {"from": 2, "to": 1, "amount": "10.00", "currency": "INR"},
            {"from": 3, "to": 1, "amount": "10.00", "currency": "INR"},
        ],
        **NOTHING_LEFT,
    }
    assert api.get(event) == settled


def test_the_frozen_plan_stays_while_it_is_being_paid(api, settling):
    plan = api.get(settling)["plan"]
    api.settlement(settling, 2, 1, "10.00")
    assert api.get(settling)["plan"] == plan
    assert [each["from"] for each in api.get(f"{settling}/plan")["payments"]] == [3]


@pytest.mark.parametrize("body", [None, {}, {"strategy": "fewest"}])
def test_settling_goes_for_the_fewest_payments_unless_told_otherwise(api, body):
    event = api.event()
    api.expense(event)
    assert api.do("PUT", f"{event}/settle", body)["plan"]["strategy"] == "fewest"


def test_settling_again_makes_a_new_plan(api, settling):
    api.settlement(settling, 2, 1, "10.00")
    plan = api.do("PUT", f"{settling}/settle", {"strategy": "direct"})["plan"]
    assert (plan["strategy"], [each["from"] for each in plan["payments"]]) == ("direct", [3])
    assert api.get(settling)["plan"] == plan


def test_an_event_that_settles_takes_no_expenses_and_nothing_changes(api):
    event = api.event()
    path = f"{event}/expenses/{api.expense(event)['id']}"
    gone = f"{event}/expenses/{api.expense(event)['id']}"
    api.do("DELETE", gone, version=1, status=204)
    api.do("PUT", f"{event}/settle")
    before = api.snapshot(event)
    for response in (
        api.send("POST", f"{event}/expenses", dinner()),
        api.send("PUT", path, dinner(amount="1.00"), version=1),
        api.send("DELETE", path, version=1),
        api.send("POST", f"{gone}/restore"),
    ):
        problem = refused(response, 409, "event.closed", field="status")
        assert problem["errors"][0]["actual"] == "settlement"
    [line] = api.do("POST", f"{event}/expenses/batch", [dinner()])["results"]
    assert (line["status"], line["problem"]["code"]) == (409, "event.closed")
    assert api.snapshot(event) == before


def test_the_last_payment_clears_the_event_by_itself(api, settling):
    api.settlement(settling, 2, 1, "10.00")
    assert (api.get(settling)["status"], api.get(settling)["version"]) == ("settlement", 3)
    api.settlement(settling, 3, 1, "10.00")
    cleared = api.get(settling)
    assert (cleared["status"], cleared["version"], cleared["plan"]) == ("cleared", 4, None)


def test_an_event_is_cleared_only_when_square_in_every_currency(api):
    event = api.event()
    api.expense(event, "30.00")
    api.expense(event, "3000", currency="JPY")
    api.do("PUT", f"{event}/settle")
    pay(api, event)
    assert api.get(event)["status"] == "settlement"
    api.settlement(event, 2, 1, "1000", currency="JPY")
    api.settlement(event, 3, 1, "1000", currency="JPY")
    assert api.get(event)["status"] == "cleared"


def test_paying_everything_back_in_an_active_event_leaves_it_active(api):
    event = api.event()
    api.expense(event, "30.00")
    pay(api, event)
    assert api.get(event)["status"] == "active"


@pytest.mark.parametrize("begun", [False, True])
def test_an_event_that_is_square_is_cleared_at_once(api, begun):
    event = api.event()
    if begun:
        api.expense(event, "30.00")
        pay(api, event)
    settled = api.do("PUT", f"{event}/settle")
    assert (settled["status"], settled["plan"]) == ("cleared", None)


def test_a_reversal_makes_a_cleared_event_settle_again(api, settling):
    last = pay(api, settling)
    api.do("POST", f"{settling}/settlements/{last['id']}/reverse", {"reason": "It bounced"}, status=201)
    assert api.get(settling)["status"] == "settlement"
    api.settlement(settling, 3, 1, "10.00")
    assert api.get(settling)["status"] == "cleared"


def test_a_cleared_event_takes_no_expenses(api, settling):
    pay(api, settling)
    before = api.snapshot(settling)
    problem = refused(api.send("POST", f"{settling}/expenses", dinner()), 409, "event.closed", field="status")
    assert problem["errors"][0]["actual"] == "cleared"
    assert api.snapshot(settling) == before


@pytest.mark.parametrize("paid", [False, True])
def test_an_event_is_reopened_from_settlement_and_from_cleared(api, settling, paid):
    if paid:
        pay(api, settling)
    response = api.send("POST", f"{settling}/reopen")
    reopened = response.json()
    assert (response.status_code, reopened["status"], reopened["plan"]) == (200, "active", None)
    assert response.headers["etag"] == f'"{reopened["version"]}"'
    assert api.get(settling) == reopened
    api.expense(settling, "3.00")


def test_only_an_event_that_settles_or_is_cleared_is_reopened(api):
    event = api.event()
    before = api.snapshot(event)
    refused(api.send("POST", f"{event}/reopen"), 409, "event.not_reopenable", field="status")
    api.expense(event)
    refused(api.send("POST", f"{event}/reopen"), 409, "event.not_reopenable", field="status")
    assert api.get(event)["version"] == before["event"]["version"] + 1


def test_only_a_cleared_event_is_archived(api, settling):
    before = api.snapshot(settling)
    refused(api.send("POST", f"{settling}/archive"), 409, "event.not_cleared", field="status")
    assert api.snapshot(settling) == before
    pay(api, settling)
    archived = api.do("POST", f"{settling}/archive")
    assert (archived["status"], archived["plan"]) == ("archived", None)
    assert api.get(settling) == archived


def test_an_archived_event_is_closed_for_good(api, settling):
    last = pay(api, settling)
    api.do("POST", f"{settling}/archive")
    before = api.snapshot(settling)
    refused(api.send("POST", f"{settling}/reopen"), 409, "event.not_reopenable", field="status")
    refused(api.send("PUT", f"{settling}/settle"), 409, "event.not_settleable", field="status")
    refused(api.send("POST", f"{settling}/archive"), 409, "event.not_cleared", field="status")
    refused(api.send("POST", f"{settling}/expenses", dinner()), 409, "event.closed", field="status")
    body = {"from": 1, "to": 2, "amount": "1.00", "allow_overpayment": True}
    refused(api.send("POST", f"{settling}/settlements", body), 409, "event.closed", field="status")
    reverse = f"{settling}/settlements/{last['id']}/reverse"
    refused(api.send("POST", reverse, {"reason": "x"}), 409, "event.closed", field="status")
    assert api.snapshot(settling) == before


def test_a_cleared_event_cannot_settle_again(api, settling):
    pay(api, settling)
    before = api.snapshot(settling)
    refused(api.send("PUT", f"{settling}/settle"), 409, "event.not_settleable", field="status")
    assert api.snapshot(settling) == before


def test_the_life_of_an_event_nobody_made_is_not_found(api):
    nowhere = f"/v1/events/{NOBODY}"
    for method, path in (("PUT", "settle"), ("POST", "reopen"), ("POST", "archive")):
        refused(api.send(method, f"{nowhere}/{path}"), 404, "event.not_found")
