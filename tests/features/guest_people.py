"""Speak to the served API as other people than its owner: users, guests, and strangers."""

from uuid import UUID

import httpx2

from allsquare.features.identity.store import add_token, hash_token, new_token
from allsquare.features.wire.ids import new_id
from allsquare.pg.transact import transaction
from tests.features.api_client import Api
from tests.features.conftest import Running

ADD_USER = """
INSERT INTO "user" (user_id, name, role) VALUES ($1, $2, 'user')
"""

NARROW_TOKEN = """
UPDATE access_token SET scope = $2 WHERE token_hash = $1
"""


class _Sender:
    """Send requests over the owner's connections with somebody else's token, or none, and no cookies but their own."""

    def __init__(self, http: httpx2.Client, token: str | None) -> None:
        self._http = http
        self._token = token

    def request(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options) -> httpx2.Response:
        request = self._http.build_request(method, path, headers=headers, **options)
        for name, own in (("Authorization", f"Bearer {self._token}" if self._token else None), ("Cookie", None)):
            if name not in (headers or {}):
                request.headers.pop(name, None)
                if own is not None:
                    request.headers[name] = own
        response = self._http.send(request)
        self._http.cookies.clear()
        return response

    def get(self, path: str, **options) -> httpx2.Response:
        return self.request("GET", path, **options)


class Person(Api):
    """A client of somebody else; the events they make are verified with those of the owner."""

    def __init__(self, api: Api, token: str | None, user_id: UUID | None = None) -> None:
        super().__init__(api.server)
        self.http = _Sender(api.server.http, token)
        self.events = api.events
        self.user_id = user_id
        self.token = token


def user(running: Running, api: Api, name: str, *, scope: str = "admin") -> Person:
    """Make a user, with a token of that scope."""
    user_id, token = new_id(), new_token()

    async def make(services):
        async with transaction(services.pool) as connection:
            await connection.execute(ADD_USER, user_id, name)
            await add_token(connection, user_id, token, name="tests")
            await connection.execute(NARROW_TOKEN, hash_token(token), scope)

    running.run(make)
    return Person(api, token, user_id)


def another_token(running: Running, person: Person, scope: str) -> Person:
    """Give somebody a second token, of another scope."""
    token = new_token()

    async def make(services):
        async with transaction(services.pool) as connection:
            await add_token(connection, person.user_id, token, name=scope)
            await connection.execute(NARROW_TOKEN, hash_token(token), scope)

    running.run(make)
    return Person(person, token, person.user_id)


def make_link(admin: Api, event: str, role: str = "contributor", **fields) -> dict:
    """Make a link into an event."""
    return admin.do("POST", f"{event}/links", {"role": role, **fields}, status=201)


def join(person: Api, link: dict, *, status: int = 201, key: str | None = None, **who) -> dict:
    """Join by a link."""
    return person.do("POST", "/v1/links/join", {"token": link["token"], **who}, status=status, key=key)


def guest_of(api: Api, link: dict, **who) -> Person:
    """Join by a link without an account, and speak as that guest."""
    return Person(api, join(Person(api, None), link, **who)["guest_token"])


def uses_of(admin: Api, event: str, link: dict) -> int:
    """Tell how often a link was used."""
    return next(each["uses"] for each in admin.items(f"{event}/links") if each["id"] == link["id"])


def execute(running: Running, statement: str, *values: object) -> None:
    """Change a row behind the API's back, to let time pass."""

    async def run(services):
        async with transaction(services.pool) as connection:
            await connection.execute(statement, *values)

    running.run(run)


def audited(running: Running, action: str) -> list[tuple]:
    """List who did something to whom, by the audit."""

    async def look(services):
        async with services.reading() as connection:
            return [tuple(row) for row in await connection.fetch(LIST_AUDIT, action)]

    return running.run(look)


LIST_AUDIT = """
SELECT user_id, actor, detail::text FROM audit WHERE action = $1 ORDER BY audit_id
"""
