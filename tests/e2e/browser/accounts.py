"""Give people accounts and events without the pages that other tests are about, and ask the server what it has."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.e2e.browser.service import Service
from tests.e2e.cli_helpers import looks

PASSWORD = "four quiet words here"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Account:
    """Somebody with an account; `state` signs a browser in: `people("Asha", storage_state=account.state)`."""

    name: str
    email: str
    client: httpx2.Client
    state: dict[str, Any]

    def get(self, path: str) -> Any:
        """Give what the server answers."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def make_event(self, name: str, *others: str, currency: str = "EUR") -> str:
        """Make an event with oneself and others; return its path in the API."""
        members = [{"name": self.name, "me": True}, *({"name": each} for each in others)]
        answer = self.client.post("/v1/events", json={"name": name, "currency": currency, "members": members})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    def add_expense(self, event: str, **content: object) -> Any:
        """Record an expense that oneself paid, unless told otherwise."""
        answer = self.client.post(f"{event}/expenses", json={"paid_by": 1, **content})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def expenses(self, event: str) -> dict[str, Any]:
        """Give the expenses by what they were for."""
        return {each["description"]: each for each in self.get(f"{event}/expenses")["items"]}

    def awaits(self, event: str, description: str, version: int = 1) -> Any:
        """Wait until the server has a version of an expense, and give it."""
        found = None
        for _ in looks(f"version {version} of {description}"):
            found = self.expenses(event).get(description)
            if found is not None and found["version"] >= version:
                break
        return found


def sign_up(service: Service, name: str) -> Account:
    """Make an account."""
    email = f"{name.lower()}-{next(_numbers)}@example.org"
    client = httpx2.Client(base_url=service.url, headers={"Origin": service.url})
    answer = client.post("/v1/users", json={"name": name, "email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    cookies = [
        {"name": each.name, "value": each.value, "domain": "localhost", "path": "/", "httpOnly": True, "secure": False}
        for each in client.cookies.jar
    ]
    return Account(name, email, client, {"cookies": cookies, "origins": []})


def signed_up(service: Service, name: str) -> Iterator[Account]:
    """Lend an account to a fixture."""
    account = sign_up(service, name)
    yield account
    account.client.close()


def page_of(event: str) -> str:
    """Give the path of an event's page."""
    return event.removeprefix("/v1")


def minor(text: str) -> int:
    """Read an amount as any language writes it, with all its decimals, or as the API does: in minor units."""
    digits = int("".join(each for each in text if each.isdigit()))
    return -digits if any(sign in text for sign in "-−") else digits
