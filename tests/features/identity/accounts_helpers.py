"""Speak to the served API as browsers do, and look at what happened to accounts behind it."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from tests.features.api_client import Api, ApiServer
from tests.features.conftest import TIMEOUT_S, Running

PASSWORD = "lantern orbit velvet seven"
OTHER_PASSWORD = "marble canyon fifteen owls"


class Browser(Api):
    """A browser of somebody: it keeps its cookies, and says in Origin whose page it shows."""

    def __init__(self, server: ApiServer, token: str | None = None) -> None:
        super().__init__(server)
        headers = {"Origin": server.url} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.http = httpx2.Client(base_url=server.url, headers=headers, timeout=TIMEOUT_S)

    @property
    def me(self) -> dict[str, Any]:
        return self.get("/v1/users/me")

    def sign_up(self, **fields: Any) -> dict[str, Any]:
        """Sign up, under some name, and be signed in by the cookie of the answer."""
        return self.do("POST", "/v1/users", {"name": "Asha", **fields}, status=201)


@contextmanager
def browser(running: Running, token: str | None = None) -> Iterator[Browser]:
    """Open a browser that knows nobody yet, or sends a token."""
    opened = Browser(running.server, token)
    try:
        yield opened
    finally:
        opened.http.close()


def address() -> str:
    """Make up an address that nobody has yet."""
    return f"kim.{secrets.token_hex(6)}@example.org"


LIST_AUDIT = """
SELECT action, user_id, actor, detail::text FROM audit WHERE user_id = $1 OR actor = $1 ORDER BY audit_id
"""

COUNT_STRANGERS = """
SELECT count(*) FROM audit WHERE action = 'password.forgot' AND user_id IS NULL AND detail->>'mailed' = 'false'
"""


def fetch(running: Running, statement: str, *values: object) -> list[tuple]:
    """Read rows behind the API's back."""

    async def look(services):
        async with services.reading() as connection:
            return [tuple(row) for row in await connection.fetch(statement, *values)]

    return running.run(look)


def execute(running: Running, statement: str, *values: object) -> None:
    """Change rows behind the API's back, to let time pass."""

    async def run(services):
        async with services.writing() as connection:
            await connection.execute(statement, *values)

    running.run(run)


def audited(running: Running, user_id: str) -> list[str]:
    """List what was done to and by a user."""
    return [row[0] for row in fetch(running, LIST_AUDIT, user_id)]


def until(look, what: str) -> Any:
    """Look again and again until there is something; what is done after an answer takes a moment."""
    deadline = time.monotonic() + TIMEOUT_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {TIMEOUT_S} s"
        time.sleep(0.02)
    return found


def ticket_in(text: str) -> str:
    """Take the ticket out of a link, or of a letter that holds one."""
    return text.partition("#")[2].partition("=")[2].split()[0]
