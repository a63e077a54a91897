"""Speak to the served API as its owner: make events and expenses the way users do, and look at everything at once."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from tests.features.contract import Contract

PROBLEM = "application/problem+json"
NOBODY = UUID("00000000-0000-7000-8000-000000000000")
"""An id that nothing has."""

NOTHING_TOLD = {"weight": "1", "payment": {"bank": None, "country": None, "currency": None}}
"""What a member shows who weighs as much as others and has not said where their money lies."""
NOTHING_LEFT = {"rounding": [], "stuck": [], "fees": []}
"""What a plan leaves aside that settles everybody exactly and costs nothing."""


@dataclass(frozen=True, slots=True)
class ApiServer:
    """A server that answers over real HTTP, and the token of its owner."""

    url: str
    token: str
    user_id: UUID
    contract: Contract
    http: httpx2.Client
    """Sends the token; shared by all tests, for making one takes longer than most of them."""


class Api:
    """A client with the owner's token, whose every answer is held to the OpenAPI document.

    It remembers the events it made, so that they can be verified afterwards.
    """

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        self.events: list[str] = []
        self.http = server.http

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        version: int | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """Send one request; `key` is its Idempotency-Key, `version` its If-Match, `options` go to the client."""
        sent = dict(headers or {})
        if key is not None:
            sent["Idempotency-Key"] = key
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if body is not None:
            options["content"] = body if isinstance(body, bytes) else json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        return self._checked(self.http.request(method, path, headers=sent, **options))

    def _checked(self, response: httpx2.Response) -> httpx2.Response:
        self.server.contract.check(response)
        return response

    def get(self, path: str, **query: Any) -> Any:
        """Get what is there, as JSON."""
        response = self._checked(self.http.get(path, params={name.rstrip("_"): value for name, value in query.items()}))
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        return response.json()

    def do(self, method: str, path: str, body: object = None, *, status: int = 200, **more: Any) -> Any:
        """Send a request that must succeed; gives its JSON, or None where it has none."""
        response = self.send(method, path, body, **more)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def event(self, members: tuple[str, ...] | list[str] = ("Asha", "Ben", "Chen"), **fields: Any) -> str:
        """Make an event and give its path; in INR unless told otherwise."""
        body = {"name": "Goa trip", "currency": "INR", "members": [{"name": name} for name in members], **fields}
        event_id = self.do("POST", "/v1/events", body, status=201)["id"]
        self.events.append(event_id)
        return f"/v1/events/{event_id}"

    def expense(self, event: str, amount: object = "30.00", paid_by: object = 1, **fields: Any) -> Any:
        """Record an expense, shared equally among all unless told otherwise."""
        body = {**dinner(amount=amount, paid_by=paid_by), **fields}
        return self.do("POST", f"{event}/expenses", body, status=201)

    def settlement(self, event: str, payer: int, payee: int, amount: object, **fields: Any) -> Any:
        """Record that one member paid another back."""
        body = {"from": payer, "to": payee, "amount": amount, **fields}
        return self.do("POST", f"{event}/settlements", body, status=201)

    def nets(self, event: str, currency: str = "INR") -> dict[int, str]:
        """Tell each member's net in one currency."""
        found = self.get(f"{event}/positions")["positions"]
        return {position["member"]: position["net"] for position in found if position["currency"] == currency}

    def pages(self, path: str, **query: Any) -> list[list[Any]]:
        """Walk through all pages of a list."""
        pages, cursor = [], {}
        while True:
            page = self.get(path, **query, **cursor)
            pages.append(page["items"])
            if page["next_cursor"] is None:
                return pages
            cursor = {"cursor": page["next_cursor"]}

    def items(self, path: str, **query: Any) -> list[Any]:
        """Give all items of a list."""
        return [item for page in self.pages(path, limit=200, **query) for item in page]

    def snapshot(self, event: str) -> dict[str, Any]:
        """Give all that can be seen of an event; what is refused leaves every bit of it as it was."""
        journal = self.get(f"{event}/journal", limit=200)
        assert journal["next_cursor"] is None
        return {
            "event": self.get(event),
            "balances": self.get(f"{event}/balances"),
            "positions": self.get(f"{event}/positions"),
            "expenses": self.items(f"{event}/expenses", include_deleted=True),
            "settlements": self.items(f"{event}/settlements"),
            "journal": journal["items"],
        }


def dinner(**fields: Any) -> dict[str, Any]:
    """Give an expense as a client sends it: 30.00, paid by member 1, shared equally among all."""
    return {"description": "Dinner", "amount": "30.00", "date": "2026-11-20", "paid_by": 1, **fields}


def refused(response: httpx2.Response, status: int, code: str, *, field: str | None = None) -> dict[str, Any]:
    """Hold an answer to be a problem document of this status and code, and give it."""
    assert response.headers["content-type"] == PROBLEM, response.text
    problem = response.json()
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert set(problem) - {"current"} == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{code}"
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert problem["request_id"] == response.headers["x-request-id"]
    if field is not None:
        assert field in [entry["field"] for entry in problem["errors"]], problem
    return problem


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    """Give an answer without some of its fields."""
    return {name: value for name, value in answer.items() if name not in names}
