"""Describe the API (OpenAPI 3.1): what FastAPI derives from the routes, and what it cannot know."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from allsquare.edges.http.derived_examples import add_derived_examples
from allsquare.edges.http.examples import PAYMENT, SPLITS, STORY, TOO_MANY_DECIMALS
from allsquare.edges.http.plan_examples import DINNER, EVENT
from allsquare.features.expenses.schemas import BatchLine
from allsquare.features.wire.problems import Problem

Document = dict[str, Any]

DESCRIPTION = """\
Splits, pools and settles shared money, and leaves everyone all square.

Amounts are decimal strings in major units with exactly the currency's decimals; a JSON number is accepted too. Members
are small numbers within their event. Every write takes `Idempotency-Key`: a retry with the same key gets the same
answer. Refusals are problem documents (RFC 9457) with a stable `code`.
"""

_TAGS = {
    "events": "Occasions and standing arrangements whose expenses are shared: their people, and their life.",
    "links": "How people come into an event: links, guests without an account, and who claims what they were.",
    "expenses": "What was bought, who paid, and how it is shared.",
    "direct expenses": "What people spend together without an event; its ledger is found or made.",
    "who owes whom": "What all of it comes to, and why.",
    "plans": "Which payments would square it: few, cheap, among friends, explained; for an event, or for anybody.",
    "settlements": "What was paid back outside the system.",
    "journal": "Everything that happened, in order; activity, sync and realtime in one.",
    "audit": "What was done to accounts: sign-ins, tokens, roles, exports; to each their own.",
    "accounts": "People who sign up: their own account, invitations, passwords, addresses.",
    "sessions": "Where one is signed in, tokens for programs, personal tokens.",
    "groups": "Reusable rosters that events copy.",
    "instance": "What one has to know of this instance before one comes in.",
    "health": "Whether the process lives and can work.",
}
_PARAMETERS = {
    "event_id": ("Which event.", EVENT),
    "expense_id": ("Which expense.", DINNER),
    "settlement_id": ("Which settlement.", PAYMENT),
    "member": ("Which member, by number.", 2),
    "link_id": ("Which link.", "019302a1-7c00-7000-8000-0000000011aa"),
    "user_id": ("Which user.", "0199aa10-5c00-7000-8000-0000000000a1"),
    "ticket_id": ("Which invitation.", "0199aa10-5c00-7000-8000-0000000000a2"),
    "group_id": ("Which group.", "0199aa10-5c00-7000-8000-0000000000a3"),
    "session_id": ("Which session.", "0199aa10-5c00-7000-8000-0000000000a4"),
    "token_id": ("Which token.", "0199aa10-5c00-7000-8000-0000000000a6"),
    "passkey_id": ("Which passkey.", "0199aa10-5c00-7000-8000-0000000000a7"),
    "include": ("What to send along.", "expenses"),
    "status": ("Only events in this status.", "active"),
    "include_deleted": ("Also those that were deleted.", False),
    "limit": ("How many items a page has at the most.", 50),
}
_HEADERS = {
    "idempotency-key": "Idempotency-Key",
    "if-match": "If-Match",
    "last-event-id": "Last-Event-ID",
}
_ANSWERS = {"200": "What was asked for.", "201": "What was made.", "204": "Done; there is nothing more to say."}
_VERSIONED = {"EventOut", "ExpenseOut"}


def describe(app: FastAPI) -> None:
    """Make the application describe itself."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(
                    title="Allsquare",
                    version=version("allsquare"),
                    description=DESCRIPTION,
                    routes=app.routes,
                    servers=[{"url": "/"}],
                    tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
                )
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: Document) -> Document:
    document = _with_schemas(document)
    for method, path, operation in _operations(document):
        _complete_parameters(method, operation)
        for status, answer in operation["responses"].items():
            _complete_answer(method, path, status, answer)
        if path == "/readyz":
            operation["responses"]["503"] = document["paths"]["/v1/events"]["get"]["responses"]["503"]
    _add_examples(document)
    add_derived_examples(document)
    return document


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _with_schemas(document: Document) -> Document:
    _, extra = models_json_schema(
        [(Problem, "serialization"), (BatchLine, "validation")], ref_template="#/components/schemas/{model}"
    )
    schemas = document["components"]["schemas"]
    # Our 422 is a problem document on every route; FastAPI's own shape is never sent.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas.update({name: schema for name, schema in extra["$defs"].items() if name not in schemas})
    # FastAPI marks what looks otherwise coming in than going out; our names say it already: …In, …Out.
    text = json.dumps(document).replace('-Input"', '"').replace('In-Output"', 'Out"').replace('-Output"', 'Out"')
    named: Document = json.loads(text)
    schemas = named["components"]["schemas"]
    schemas["EventOut"]["properties"]["expenses"] |= {
        "anyOf": [{"$ref": "#/components/schemas/ExpensePage"}, {"type": "null"}]
    }
    schemas["BatchResult"]["properties"]["problem"] |= {
        "anyOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]
    }
    return named


def _complete_parameters(method: str, operation: Document) -> None:
    kept = []
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if name == "idempotency-key" and method == "get":
            continue
        if name == "if-match" and "428" not in operation["responses"] and "If-Match" not in operation["description"]:
            continue
        if name in _HEADERS:
            parameter["name"] = _HEADERS[name]
            parameter["required"] = name == "if-match" and "428" in operation["responses"]
            parameter["schema"].pop("anyOf")
            parameter["schema"] |= {"type": "string", "title": _HEADERS[name]}
        if name in _PARAMETERS:
            text, example = _PARAMETERS[name]
            parameter.setdefault("description", text)
            parameter.setdefault("example", example)
        kept.append(parameter)
    if kept:
        operation["parameters"] = kept
    else:
        operation.pop("parameters", None)


def _complete_answer(method: str, path: str, status: str, answer: Document) -> None:
    headers = {"X-Request-ID": _header("The id of the request; the log knows it by that.", required=True)}
    if status in _ANSWERS:
        answer["description"] = _ANSWERS[status]
        named = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
        if named.rpartition("/")[2] in _VERSIONED:
            headers["ETag"] = _header("The version, for If-Match.", required=True)
        if method != "get":
            headers["Idempotency-Replayed"] = _header("`true` where an earlier request with the same key got this.")
    if status == "201" and not path.endswith("/reverse"):
        headers["Location"] = _header("Where it is.", required=True)
    if status == "401":
        headers["WWW-Authenticate"] = _header("`Bearer`.", required=True)
    if path.startswith("/v1/"):
        headers["RateLimit-Limit"] = _header("How many are allowed, where this request was counted.")
        headers["RateLimit-Remaining"] = _header("How many are left.")
        headers["RateLimit-Reset"] = _header("Seconds until more are allowed.")
    if status in {"429", "503"}:
        headers["Retry-After"] = _header("Seconds to wait.", required=True)
    answer["headers"] = headers


def _header(description: str, *, required: bool = False) -> Document:
    return {"description": description, "required": required, "schema": {"type": "string"}}


def _add_examples(document: Document) -> None:
    for step in STORY:
        operation = document["paths"][step.path][step.method.lower()]
        if "examples" in operation or step.answer is None:
            continue
        if step.request is not None:
            content = operation["requestBody"]["content"]["application/json"]
            content["examples"] = {"goa": {"summary": "A trip to Goa", "value": step.request}}
        content = operation["responses"][str(step.status)]["content"]["application/json"]
        content.setdefault("examples", {"goa": {"summary": "A trip to Goa", "value": step.answer}})
    requests = document["paths"]["/v1/events/{event_id}/expenses"]["post"]["requestBody"]["content"]
    requests["application/json"]["examples"] |= {
        name: {"summary": summary, "value": value} for name, (summary, value) in SPLITS.items()
    }
    lines = [json.dumps(line) for line in _example_of(document, "/v1/events/{event_id}/expenses/batch")]
    batch = document["paths"]["/v1/events/{event_id}/expenses/batch"]["post"]["requestBody"]["content"]
    batch["application/x-ndjson"]["examples"] = {"goa": {"summary": "A trip to Goa", "value": "\n".join(lines)}}
    document["components"]["schemas"]["Problem"]["examples"] = [TOO_MANY_DECIMALS]


def _example_of(document: Document, path: str) -> Any:  # noqa: ANN401  (examples are any JSON)
    return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]["goa"]["value"]
