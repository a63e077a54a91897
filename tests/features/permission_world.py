"""Make an event with everybody in it, and what each operation is sent, so that every role can try everything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from allsquare.core.access import overseer
from allsquare.core.commands import CreateEvent, RemoveMember, SeatTerms
from allsquare.features.identity.store import TOKEN_PREFIX, hash_token, new_token
from allsquare.features.wire.ids import new_id
from allsquare.pg.transact import transaction
from tests.features.api_client import Api, dinner
from tests.features.conftest import Running

ADD_USER = 'INSERT INTO "user" (user_id, name, role) VALUES ($1, $2, $3)'
ADD_TOKEN = """
INSERT INTO access_token (token_hash, user_id, name, token_id, scope, expires_at, revoked_at)
VALUES ($1, $2, $3, $4, $5, $6::text::timestamptz, $7::text::timestamptz)
"""
ADD_GUEST = """
INSERT INTO session (session_id, kind, event_id, member_no, token_hash, device, expires_at)
VALUES ($1, 'guest', $2, $3, $4, 'tests', now() + interval '1 day')
"""
ADD_SESSION = """
INSERT INTO session (session_id, kind, user_id, token_hash, device, expires_at)
VALUES ($1, 'browser', $2, $3, 'tests', now() + interval '1 day')
"""
ADD_PASSKEY = """
INSERT INTO passkey (credential_id, passkey_id, user_id, public_key, sign_count, name)
VALUES ($1::uuid::text::bytea, $1, $2, 'x', 0, 'Phone'), ($3::uuid::text::bytea, $3, $2, 'x', 0, 'Laptop')
"""
ADD_TICKET = """
INSERT INTO ticket (ticket_id, ticket_hash, purpose, role, created_by, expires_at)
VALUES ($1, $2, 'invite', 'user', $3, now() + interval '1 day')
"""
ADD_GROUP_MEMBER = """
INSERT INTO group_member (group_id, member_no, user_id, name, role, left_at)
VALUES ($1, $2, $3, $4, $5, $6::text::timestamptz)
"""
LONG_AGO = "2020-01-01"
GUEST, LEFT, REMOVED = 4, 5, 6


GUESTS = (("guest", "event_id", GUEST), ("other guest", "other", GUEST), ("removed guest", "event_id", REMOVED))


@dataclass
class World:
    """One event, one group and one account with all that operations name; `tokens` are who may try."""

    running: Running
    api: Api
    tokens: dict[str, str | None] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    guest_token: str = ""

    async def add_people(self, services: Any) -> None:
        """Add the accounts and their tokens; they stay for all events."""
        async with transaction(services.pool) as connection:
            for name in ("stranger", "viewer", "member", "admin", "former member"):
                self.users[name] = new_id()
                await connection.execute(ADD_USER, self.users[name], name.title(), "user")
                self.tokens[name] = await self._token(connection, self.users[name])
            self.users["instance admin"] = new_id()
            await connection.execute(ADD_USER, self.users["instance admin"], "Ines", "admin")
            self.tokens["instance admin"] = await self._token(connection, self.users["instance admin"])
            admin = self.users["admin"]
            self.tokens["read token"] = await self._token(connection, admin, scope="read")
            self.tokens["write token"] = await self._token(connection, admin, scope="write")
            self.tokens["expired"] = await self._token(connection, admin, expires=LONG_AGO)
            self.tokens["revoked"] = await self._token(connection, admin, revoked=LONG_AGO)
        self.tokens["nobody"], self.tokens["owner"] = None, self.api.server.token

    async def _token(
        self,
        connection: Any,
        user_id: UUID,
        *,
        scope: str = "admin",
        expires: str | None = None,
        revoked: str | None = None,
    ) -> str:
        token = new_token()
        row = (hash_token(token), user_id, "tests", new_id(), scope, expires, revoked)
        await connection.execute(ADD_TOKEN, *row)
        return token

    async def _add_event(self, services: Any) -> None:
        """Add an event in which everybody has their seat, those who are gone too, and another with a guest."""
        seats = tuple([SeatTerms(role, self.users[role]) for role in ("admin", "member", "viewer")])
        seats += (SeatTerms("member"), SeatTerms("admin", self.users["former member"]), SeatTerms("admin"))
        for name in ("event_id", "other"):
            event_id = new_id()
            self.names[name] = str(event_id)
            command = CreateEvent(
                "Trip",
                "trip",
                "INR",
                ("Ada", "Max", "Vi", "Gus", "Lea", "Ron"),
                seats if name != "other" else (),
            )
            actor = overseer(self.api.server.user_id)
            for step in (command, RemoveMember(LEFT), RemoveMember(REMOVED)):
                await services.submit_as(actor, event_id, step, command_id=new_id(), keyed=False, final=False)
        async with transaction(services.pool) as connection:
            for name, place, number in GUESTS:
                token = "asg_" + new_token().removeprefix(TOKEN_PREFIX)
                await connection.execute(ADD_GUEST, new_id(), UUID(self.names[place]), number, hash_token(token))
                self.tokens[name] = token

    async def _add_things(self, services: Any) -> None:
        """Add what the account of the member has."""
        member = self.users["member"]
        async with transaction(services.pool) as connection:
            session, token, passkey, ticket = new_id(), new_id(), new_id(), new_id()
            await connection.execute(ADD_SESSION, session, member, hash_token(str(session)))
            await connection.execute(ADD_TOKEN, hash_token(str(token)), member, "tests", token, "admin", None, None)
            await connection.execute(ADD_PASSKEY, passkey, member, new_id())
            await connection.execute(ADD_TICKET, ticket, hash_token(str(ticket)), self.api.server.user_id)
        names = {
            "session_id": session,
            "token_id": token,
            "passkey_id": passkey,
            "ticket_id": ticket,
            "user_id": member,
        }
        self.names |= {name: str(value) for name, value in names.items()}

    def renew(self) -> None:
        """Begin with a new event, with new things in it."""
        self.running.run(self._add_event)
        self.running.run(self._add_things)
        event = f"/v1/events/{self.names['event_id']}"
        self.api.events += [self.names["event_id"], self.names["other"]]
        self.names["member"] = "2"
        self.names["expense_id"] = self.api.expense(event)["id"]
        self.names["settlement_id"] = self.api.settlement(event, 2, 1, "1.00")["id"]
        link = self.api.do("POST", f"{event}/links", {"role": "contributor"}, status=201)
        self.names["link_id"], self.names["link"] = link["id"], link["token"]
        group = self.api.do("POST", "/v1/groups", {"name": "Flat", "currency": "INR"}, status=201)["id"]
        self.names["group_id"] = group
        self.running.run(self._add_group_members)

    def add_direct_expense(self) -> None:
        """Let the member share something with the viewer alone; that is the expense from now on."""
        sent = httpx2.post(
            f"{self.api.server.url}/v1/expenses",
            json=BODIES["POST /v1/expenses"](self),
            headers={"Authorization": f"Bearer {self.tokens['member']}"},
        ).json()["expense"]
        self.names["expense_id"] = sent["id"]
        if sent["event_id"] not in self.api.events:
            self.api.events.append(sent["event_id"])

    async def _add_group_members(self, services: Any) -> None:
        async with transaction(services.pool) as connection:
            group_id = UUID(self.names["group_id"])
            for number, name in enumerate(("admin", "member", "viewer"), 2):
                await connection.execute(ADD_GROUP_MEMBER, group_id, number, self.users[name], name, name, None)
            gone = (group_id, 5, self.users["former member"], "former member", "admin", LONG_AGO)
            await connection.execute(ADD_GROUP_MEMBER, *gone)


_TAXI = {"description": "Taxi", "amount": "9.00", "paid_by": 1, "date": "2026-11-20"}
BODIES: dict[str, Callable[[World], Any]] = {
    "POST /v1/events": lambda _: {"name": "Trip", "currency": "INR"},
    "PATCH /v1/events/{event_id}": lambda _: {"name": "Journey"},
    "POST /v1/events/{event_id}/members": lambda _: {"name": "Zoe"},
    "PATCH /v1/events/{event_id}/members/{member}": lambda _: {"name": "Maxim"},
    "POST /v1/events/{event_id}/expenses": lambda _: dinner(),
    "PUT /v1/events/{event_id}/expenses/{expense_id}": lambda _: _TAXI,
    "POST /v1/events/{event_id}/expenses/batch": lambda _: [_TAXI],
    "POST /v1/events/{event_id}/settlements": lambda _: {"from": 2, "to": 1, "amount": "1.00"},
    "POST /v1/events/{event_id}/settlements/{settlement_id}/reverse": lambda _: {"reason": "Wrong"},
    "POST /v1/plans": lambda _: {"nets": [{"name": "Ann", "amount": "1.00"}, {"name": "Bob", "amount": "-1.00"}]},
    "POST /v1/events/{event_id}/links": lambda _: {"role": "viewer"},
    "POST /v1/links/look": lambda world: {"token": world.names["link"]},
    "POST /v1/links/join": lambda world: {"token": world.names["link"], "name": "Zoe"},
    "POST /v1/claims": lambda world: {"event_id": world.names["event_id"], "guest_token": world.tokens["guest"]},
    "POST /v1/events/{event_id}/members/{member}/merge": lambda _: {"into": GUEST},
    "POST /v1/expenses": lambda world: {
        "participants": [str(world.users["viewer"])],
        "description": "Lunch",
        "amount": "9.00",
        "currency": "INR",
    },
    "POST /v1/groups": lambda _: {"name": "Team"},
    "PATCH /v1/groups/{group_id}": lambda _: {"name": "Household"},
    "POST /v1/groups/{group_id}/members": lambda _: {"name": "Zoe"},
    "PATCH /v1/groups/{group_id}/members/{member}": lambda _: {"name": "Maxim"},
    "POST /v1/users": lambda _: {"name": "Zoe", "password": "a horse and a staple"},
    "PATCH /v1/users/me": lambda _: {},
    "PATCH /v1/users/{user_id}": lambda _: {"role": "user"},
    "POST /v1/invitations": lambda _: {},
    "POST /v1/tokens": lambda _: {"name": "Script", "scope": "read"},
    "DELETE /v1/users/me": lambda _: {"confirm": True},
    # Too short: the owner's own sign-ins would end, which all other tests live by.
    "PUT /v1/users/me/password": lambda _: {"new": "x"},
    "POST /v1/email/verify": lambda _: {"ticket": "ast_nothing"},
    "POST /v1/tickets/look": lambda _: {"ticket": "ast_nothing"},
    "POST /v1/password/forgot": lambda _: {"email": "nobody@example.org"},
    "POST /v1/password/reset": lambda _: {"ticket": "ast_nothing", "password": "lantern orbit velvet seven"},
    "POST /v1/sessions": lambda _: {"email": "nobody@example.org", "password": "something"},
    "POST /v1/sessions/passkey": lambda _: {"credential": {}},
    "POST /v1/token": lambda _: {"grant_type": "refresh_token", "refresh_token": "asr_nothing"},
    "POST /v1/users/me/passkeys": lambda _: {"name": "Phone", "credential": {}},
}
VERSIONED = {"DELETE /v1/events/{event_id}", "DELETE /v1/groups/{group_id}"}
EDITED = {
    "PUT /v1/events/{event_id}/expenses/{expense_id}",
    "DELETE /v1/events/{event_id}/expenses/{expense_id}",
}
QUERIES: dict[str, dict[str, Any]] = {
    "GET /v1/events/{event_id}/statement": {"member": 1},
    "GET /v1/events/{event_id}/plan/explain": {"from": 2, "to": 1},
}
ENDS_PEOPLE = {"DELETE /v1/users/me", "PUT /v1/users/me/password", "PATCH /v1/users/{user_id}"}
"""After these an account is not what it was."""
