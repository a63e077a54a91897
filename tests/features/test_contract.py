"""The OpenAPI document: sound in itself, and kept by the server whatever schemathesis thinks of sending."""

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31

from allsquare.edges.http.app import build_app
from tests.features.api_client import Api
from tests.features.conftest import Running, assert_clean
from tests.features.contract import Contract
from tests.features.permission_world import ENDS_PEOPLE, World
from tests.features.test_http_api import FOR_ANYBODY

DOCUMENT: dict[str, Any] = build_app(lambda: None)._application.openapi()
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
every_operation = pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
NEED_A_VERSION = {
    "DELETE /v1/events/{event_id}",
    "DELETE /v1/events/{event_id}/expenses/{expense_id}",
    "PUT /v1/events/{event_id}/expenses/{expense_id}",
    "DELETE /v1/groups/{group_id}",
}
PROBLEM = {"$ref": "#/components/schemas/Problem"}


def test_the_server_publishes_this_document(running):
    assert httpx2.get(f"{running.url}/openapi.json").json() == DOCUMENT


def test_the_document_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1.")
    validator = jsonschema_rs.validator_for(OPENAPI_31)
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(DOCUMENT)] == []


def parts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from parts(part)


def test_every_reference_leads_somewhere_and_every_schema_is_referred_to():
    named = {part["$ref"] for part in parts(DOCUMENT) if isinstance(part.get("$ref"), str)}
    mapped = {each for part in parts(DOCUMENT) for each in part.get("discriminator", {}).get("mapping", {}).values()}
    assert named | mapped == {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}


FROM_BROWSERS = {"AnswerIn", "AssertionIn", "AttestationIn", "NewCredentialIn"}
"""What browsers write by themselves may hold more than is known."""


def test_schemas_have_plain_names_and_forbid_what_they_do_not_know():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
        assert schema["description"], name
        if name not in {"Problem", "FieldProblem", *FROM_BROWSERS}:
            assert schema["additionalProperties"] is False, name


@every_operation
def test_an_operation_says_what_it_does_and_takes(path, method, operation):
    assert operation["summary"]
    assert operation["description"].endswith(".")
    assert operation["operationId"]
    assert operation["tags"] == [tag for tag in operation["tags"] if tag in {each["name"] for each in DOCUMENT["tags"]}]
    places = re.findall(r"\{(\w+)\}", path)
    assert [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"] == places
    for parameter in operation.get("parameters", []):
        assert parameter.get("description"), parameter["name"]


def test_no_two_operations_share_an_id():
    ids = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(set(ids)) == len(ids)


@every_operation
def test_an_operation_has_true_examples_of_what_goes_in_and_out(path, method, operation):
    contract = Contract(DOCUMENT)
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for body in bodies:
        for media_type, content in body.get("content", {}).items():
            if media_type in {"text/event-stream", "application/zip"}:
                continue
            assert content["examples"], media_type
            for example in content["examples"].values():
                contract.validator(content["schema"]).validate(example["value"])


@every_operation
def test_an_operation_declares_its_refusals_as_problems(path, method, operation):
    refusals = {status: answer for status, answer in operation["responses"].items() if status[0] not in "23"}
    expected = set()
    if path.startswith("/v1"):
        expected = {"400", "401", "403", "404", "422", "429", "503"}
        expected |= {"409", "413", "415"} if method != "get" else set()
    elif path == "/readyz":
        expected = {"503"}
    if any(each["name"] == "If-Match" and each["required"] for each in operation.get("parameters", [])):
        expected.add("428")
    assert set(refusals) == expected
    for answer in refusals.values():
        assert answer["description"].endswith(".")
        assert answer["content"] == {"application/problem+json": {"schema": PROBLEM}}


@every_operation
def test_an_operation_names_the_headers_it_reads(path, method, operation):
    named = {each["name"]: each["required"] for each in operation.get("parameters", []) if each["in"] == "header"}
    place, known = f"{method.upper()} {path}", path.startswith("/v1") and (method.upper(), path) not in FOR_ANYBODY
    assert ("Idempotency-Key" in named) == ((known and method != "get") or path == "/v1/links/join")
    assert not named.get("Idempotency-Key")
    assert named.get("If-Match", False) == (place in NEED_A_VERSION)
    assert ("Last-Event-ID" in named) == path.endswith("/journal")
    assert ("security" in operation) == known


def test_the_contract_minds_what_is_not_documented():
    contract, request = Contract(DOCUMENT), httpx2.Request("GET", "http://x/healthz")
    good = {"content-type": "application/json", "x-request-id": "x"}
    contract.check(httpx2.Response(200, json={"status": "ok"}, headers=good, request=request))
    for status, body, headers in (
        (201, b'{"status": "ok"}', good),
        (200, b'{"status": 1}', good),
        (200, b'{"status": "ok"}', {**good, "content-type": "text/plain"}),
        (200, b'{"status": "ok"}', {"content-type": "application/json"}),
    ):
        with pytest.raises(AssertionError):
            contract.check(httpx2.Response(status, content=body, headers=headers, request=request))


ROLES = ("owner", "member", "owner", "viewer", "owner", "admin", "owner", "guest", "owner", "stranger", "nobody")
"""Who sends what is made up, in turns; the owner most often, for whom it gets furthest."""

ACCOUNTS = ("member", "member", "member", "instance admin", "admin", "guest", "stranger", "nobody")
"""Who does so to accounts, which are not the owner's: other tests sign in as the owner."""

NEED_SECRETS = {
    "POST /v1/claims",
    "POST /v1/email/verify",
    "POST /v1/links/join",
    "POST /v1/links/look",
    "POST /v1/password/reset",
    "POST /v1/sessions",
    "POST /v1/sessions/passkey",
    "POST /v1/tickets/look",
    "POST /v1/token",
    "POST /v1/users/me/passkeys",
}
"""What nobody gets done without something that cannot be made up."""


@dataclass
class Stage:
    """Events in several states, and everybody in them, so that what schemathesis makes up meets something real."""

    world: World
    session: requests.Session
    events: list[dict[str, str]] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=itertools.count)
    sent: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def api(self) -> Api:
        return self.world.api

    def add(self, *, settling: bool) -> None:
        self.world.renew()
        event = f"/v1/events/{self.world.names['event_id']}"
        self.api.expense(event, "9", 2, currency="JPY" if settling else "INR")
        if settling:
            self.api.do("PUT", f"{event}/settle")
        self.events.append(dict(self.world.names))

    def renew_people(self) -> None:
        """Begin with new accounts, after one is not what it was; they are in an event of their own."""
        self.world.running.run(self.world.add_people)
        self.add(settling=False)
        del self.events[0]

    def role(self, place: str, turn: int) -> str:
        """Say who sends it."""
        about_accounts = re.match(r"\w+ /v1/(users|sessions|tokens|invitations)", place)
        roles = ACCOUNTS if about_accounts else ROLES
        return random.Random(f"{place} {turn}").choice(roles)


@pytest.fixture(scope="module")
def stage(running: Running):
    world = World(running, Api(running.server))
    running.run(world.add_people)
    with requests.Session() as session:
        stage = Stage(world, session)
        for settling in (False, True, False):
            stage.add(settling=settling)
        yield stage
        assert_clean(running, world.api.events)
        # Most of what schemathesis makes up is refused, and half of its senders are; it must have got somewhere too.
        done = {operation for operation, status in stage.answers if 200 <= status < 300}
        assert len(stage.sent.keys() - done - NEED_SECRETS) <= 24, stage.sent.keys() - done - NEED_SECRETS


MANY = 120
"""After how many cases of one operation only each fifth is sent: bodies of expenses can be varied without end."""

CONFIG = {
    "seed": 20261121,
    "generation": {"deterministic": True, "max-examples": 12, "with-security-parameters": False, "database": "none"},
    "phases": {"coverage": {"enabled": True}, "examples": {"enabled": True}, "fuzzing": {"enabled": True}},
}
schema = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict(CONFIG))


@schemathesis.serializer("application/x-ndjson")
def write_lines(context: schemathesis.SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def real(stage: Stage, case: schemathesis.Case) -> None:
    """Put something that exists in the places of three cases in four, and the version it stands at in every other."""
    turn = next(stage.turns)
    if turn % 4 == 3:
        return
    there = stage.events[turn % len(stage.events)]
    for name, value in case.path_parameters.items():
        if name in there and is_uuid(value):
            case.path_parameters[name] = there[name]
        elif name == "member" and isinstance(value, int):
            case.path_parameters[name] = 1 + turn % 4
    if turn % 2 == 0 and case.method in {"PUT", "DELETE"} and set(case.path_parameters) <= set(there):
        seen = stage.api.send("GET", case.formatted_path)
        if "etag" in seen.headers:
            case.headers["If-Match"] = seen.headers["etag"]


def is_uuid(value: object) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_server_keeps_to_the_document_whatever_is_sent(case: schemathesis.Case, stage: Stage):
    place = f"{case.operation.method.upper()} {case.operation.path}"
    stage.sent[place] += 1
    if stage.sent[place] > MANY and stage.sent[place] % 5:
        return
    real(stage, case)
    token = stage.world.tokens[stage.role(place, stage.sent[place] - 1)]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    stage.session.cookies.clear()
    response = case.call(base_url=stage.api.server.url, session=stage.session, headers=headers)
    stage.answers[place, response.status_code] += 1
    if place in ENDS_PEOPLE and response.status_code < 300:
        stage.renew_people()
    case.validate_response(
        response,
        checks=[
            checks.not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            response_headers_conformance,
        ],
    )
