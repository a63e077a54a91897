"""Answers say how much is left of the limit that their request came closest to, and nothing where none was counted."""

import httpx2
import pytest

from allsquare.features.identity.options import PeopleSettings
from tests.features.api_client import refused
from tests.features.conftest import served
from tests.features.identity.accounts_helpers import PASSWORD, address, browser


@pytest.fixture
def strict(database_urls, tmp_path):
    with served(database_urls.app_url, tmp_path, people=PeopleSettings(sign_up="open")) as started:
        yield started


@pytest.fixture
def busy(database_urls, tmp_path):
    people = PeopleSettings(sign_up="open", request_limit=3)
    with served(database_urls.app_url, tmp_path, people=people) as started:
        yield started


def left_in(answer: httpx2.Response) -> tuple[int, int] | None:
    """Give the limit and what is left of it, each told once."""
    told = {name: answer.headers.get_list(f"RateLimit-{name}") for name in ("Limit", "Remaining", "Reset")}
    if not any(told.values()):
        return None
    assert [len(values) for values in told.values()] == [1, 1, 1]
    assert 1 <= int(told["Reset"][0]) <= 3_600
    return int(told["Limit"][0]), int(told["Remaining"][0])


def test_signing_in_tells_how_often_it_may_still_be_tried(strict):
    email = address()
    with browser(strict) as asha:
        answer = asha.send("POST", "/v1/users", {"name": "Asha", "email": email, "password": PASSWORD})
        assert left_in(answer) == (20, 19)
        # On the same connection, and counted nowhere.
        assert left_in(asha.send("GET", "/v1/users/me")) is None
        wrong = {"email": email, "password": "something else"}
        for left in range(9, -1, -1):
            answer = asha.send("POST", "/v1/sessions", wrong)
            assert (answer.status_code, left_in(answer)) == (401, (10, left))
        answer = asha.send("POST", "/v1/sessions", wrong)
        refused(answer, 429, "limit.exceeded")
        assert left_in(answer) == (10, 0)
        assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]
        # The account is another, the address is not: fifty in all are left, of which ten for each account.
        assert left_in(asha.send("POST", "/v1/sessions", {**wrong, "email": address()})) == (10, 9)


def test_who_asks_for_a_way_back_hears_nothing_of_what_others_asked(strict):
    email = address()
    with browser(strict) as eve:
        lefts = [left_in(eve.send("POST", "/v1/password/forgot", {"email": email})) for _ in range(5)]
        assert lefts == [(20, left) for left in range(19, 14, -1)]
        answer = eve.send("POST", "/v1/password/forgot", {"email": email})
        refused(answer, 429, "limit.exceeded")


def test_requests_tell_what_is_left_of_the_general_limit(busy):
    headers = {"Authorization": f"Bearer {busy.token}"}
    with httpx2.Client(base_url=busy.url, headers=headers) as owner:
        assert left_in(owner.get("/v1/events")) == (3, 2)
        event = owner.post("/v1/events", json={"name": "Trip", "currency": "INR", "members": [{"name": "Asha"}]})
        assert (event.status_code, left_in(event)) == (201, (3, 1))
        # The short way tells it too.
        body = {"description": "Dinner", "amount": "30.00", "date": "2026-11-20", "paid_by": 1}
        expense = owner.post(f"/v1/events/{event.json()['id']}/expenses", json=body)
        assert (expense.status_code, left_in(expense)) == (201, (3, 0))
        answer = owner.get("/v1/events")
        refused(answer, 429, "limit.exceeded")
        assert left_in(answer) == (3, 0)
        assert left_in(owner.get("/healthz")) is None
