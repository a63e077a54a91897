"""The examples of the OpenAPI document are one story; here it is played against the real server, word by word."""

import json
import re

import pytest

from allsquare.edges.http.examples import AT, DINNER, EVENT, HASH, OWNER, PAYMENT, REQUEST, SPLITS, STORY, TAXI
from tests.features.api_client import refused, without

OWN = [
    (re.compile(r'"(command_id|request_id)": "[0-9a-f-]+"'), r'"\1": "…"'),
    (re.compile(r'"hash": "[0-9a-f]{64}"'), f'"hash": "{HASH}"'),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), AT),
]


def worded(value, ids):
    """Write an answer down with the ids, moments and hashes of the story in the place of its own."""
    text = json.dumps(value)
    for own, told in ids.items():
        text = text.replace(own, told)
    for pattern, told in OWN:
        text = pattern.sub(told, text)
    return json.loads(text)


def test_the_story_of_the_examples_is_true(api):
    ids = {str(api.server.user_id): OWNER}
    names = {EVENT: EVENT, DINNER: DINNER, PAYMENT: PAYMENT}
    played = 0
    for step in STORY:
        places = {"event_id": names[EVENT], "expense_id": names[DINNER], "settlement_id": names[PAYMENT]}
        path = step.path.format(**places, member=step.member)
        query = {"params": dict(step.query)} if step.query else {}
        response = api.send(step.method, path, step.request, version=step.version, **query)
        assert response.status_code == step.status, response.text
        answer = response.json() if response.content else None
        for told, place in ((EVENT, "/v1/events"), (DINNER, "/v1/events/{event_id}/expenses")):
            if (step.method, step.path) == ("POST", place):
                ids[answer["id"]], names[told] = told, answer["id"]
        if step.path.endswith("/batch"):
            ids[answer["results"][0]["expense"]["id"]] = TAXI
        if (step.method, step.path, step.answer is None) == ("POST", "/v1/events/{event_id}/settlements", False):
            ids[answer["id"]], names[PAYMENT] = PAYMENT, answer["id"]
        if (step.method, step.path) == ("GET", "/v1/events"):
            answer = {"items": answer["items"][:1], "next_cursor": None}  # other tests have events too
        if step.answer is not None:
            assert worded(answer, ids) == worded(step.answer, {}), (step.method, step.path)
            played += 1
    api.events.append(names[EVENT])
    assert played >= 28


@pytest.mark.parametrize("name", SPLITS)
def test_every_example_of_a_new_expense_is_taken(api, name):
    event = api.event()
    _, request = SPLITS[name]
    expense = api.do("POST", f"{event}/expenses", request, status=201)
    assert expense["split"]["type"] == request["split"]["type"]


def test_the_example_of_a_problem_is_what_is_sent(api):
    document = api.server.contract.document
    [example] = document["components"]["schemas"]["Problem"]["examples"]
    body = {"description": "Taxi", "amount": "300.001", "paid_by": 2}
    problem = refused(api.send("POST", f"{api.event()}/expenses", body), 422, "money.too_many_decimals")
    assert without(problem, "request_id") == without(example, "request_id")
    assert example["request_id"] == REQUEST
