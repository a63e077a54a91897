"""A signed token costs the database nothing with each request: who sends it is looked up once in a while."""

import time
from asyncio import gather
from contextlib import AsyncExitStack

from allsquare.features.identity.authentication import SEEN_FOR_S
from allsquare.features.identity.store import FIND_CALLER_BY_SESSION
from allsquare.ledger.projections import APPEND
from allsquare.ledger.store import LOAD_COMMANDS, LOCK_HEADS
from tests.features.guest_people import Person
from tests.features.identity.accounts_helpers import PASSWORD, address

EXPENSES = 30
POSTING = {"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", LOCK_HEADS, LOAD_COMMANDS, APPEND, "COMMIT"}


def test_writes_by_a_signed_token_ask_the_database_for_nothing_but_the_posting(api, running):
    email = address()
    Person(api, None).do("POST", "/v1/users", {"name": "Asha", "email": email, "password": PASSWORD}, status=201)
    grant = {"grant_type": "password", "username": email, "password": PASSWORD}
    asha = Person(api, Person(api, None).do("POST", "/v1/token", grant)["access_token"])
    trip = {"name": "Trip", "currency": "EUR", "members": [{"name": "Asha", "me": True}]}
    event = asha.do("POST", "/v1/events", trip, status=201)
    expenses = f"/v1/events/{event['id']}/expenses"
    body = {"description": "Tea", "amount": "1.00", "paid_by": 1, "split": {"type": "equal", "among": [1]}}
    asha.do("POST", expenses, body, status=201)
    sent: list[str] = []

    async def listen(services) -> None:
        async with AsyncExitStack() as held:
            size = services.pool.get_size()
            for connection in await gather(*[held.enter_async_context(services.pool.acquire()) for _ in range(size)]):
                connection.add_query_logger(lambda query: sent.append(query.query))

    running.run(listen)
    begun = time.monotonic()
    for _ in range(EXPENSES):
        asha.do("POST", expenses, body, status=201)
    looked_up = 1 + int((time.monotonic() - begun) / SEEN_FOR_S)
    others = [query for query in sent if query not in POSTING]
    assert sent.count(APPEND) == EXPENSES
    # Who it is, and which role they have: each once in five seconds at most.
    assert others.count(FIND_CALLER_BY_SESSION) <= looked_up
    assert len(others) <= 2 * looked_up
