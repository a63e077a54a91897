"""One round of a crash test: clients at work, a strike, recovery, and a search for what was lost or doubled."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal

from allsquare.ledger.verify import verify
from allsquare.pg import embedded
from allsquare.pg.pool import open_pool
from tests.crash.load import Books, Client, Load, send

ROUNDS = int(os.environ.get("ALLSQUARE_CRASH_ROUNDS", "24"))
"""How many kills in all; each of the two tests does half of them (hundreds need `-o faulthandler_timeout=0`)."""

SEED = os.environ.get("ALLSQUARE_CRASH_SEED", "1")

CLIENTS = 6
AFTERWARDS = 12
"""How many more expenses must be acknowledged after a strike before the round ends."""

ASKED_AGAIN = 15

Strike = Callable[[], Awaitable[None]]


async def run_round(client: Client, name: str, strike: Strike) -> Books:
    """Strike at a random moment while clients record expenses, and hold the event to all that was promised."""
    chance = random.Random(name)
    books = await client.open_books(name)
    load = Load(client, books, clients=CLIENTS, seed=name)
    load.start()
    await load.wait_for(chance.randint(5, 60))
    await asyncio.sleep(chance.random() / 40)
    await strike()
    await load.wait_for(AFTERWARDS)
    await load.stop()
    await check(client, books)
    await check_that_retries_get_the_first_answer(client, books, chance)
    return books


async def check(client: Client, books: Books) -> None:
    """Every expense that was acknowledged is there once, as it was acknowledged; nothing else is; the sums agree."""
    assert books.faults == [], client.service.last_words()
    expenses = await client.expenses(books)
    assert sorted(x["description"] for x in expenses) == sorted(books.answers)
    assert {x["description"]: x for x in expenses} == books.answers
    entries = await client.entries(books)
    assert [entry["seq"] for entry in entries] == list(range(1, len(books.answers) + 2))
    recorded = [entry["data"]["expense_id"] for entry in entries[1:]]
    assert sorted(recorded) == sorted(x["id"] for x in books.answers.values())
    positions = (await client.get(f"{books.path}/positions"))["positions"]
    assert {row["member"]: _minor(row["net"]) for row in positions} == books.nets()
    balances = (await client.get(f"{books.path}/balances"))["balances"]
    assert {(row["from"], row["to"]): _minor(row["amount"]) for row in balances} == books.owed()


async def check_that_retries_get_the_first_answer(client: Client, books: Books, chance: random.Random) -> None:
    """Some keys, those that were unknown for a while first, are sent once more and change nothing."""
    keys = sorted(books.repeated & set(books.answers))[:ASKED_AGAIN]
    for key in keys + chance.sample(sorted(books.answers), ASKED_AGAIN):
        response = await send(client, books, key)
        assert response is not None
        assert (response.status_code, response.json()) == (201, books.answers[key])
        assert response.headers["idempotency-replayed"] == "true"
    assert len(await client.entries(books)) == len(books.answers) + 1


async def check_all(client: Client, rounds: Sequence[Books]) -> None:
    """At the end everything still stands, of the earlier rounds too, and the ledger's own check finds nothing."""
    for books in rounds:
        await check(client, books)
    async with await open_pool(embedded.start(client.service.data_dir).app_url) as pool:
        verification = await verify(pool)
    assert verification.findings == ()
    assert verification.entries == sum(len(books.answers) + 1 for books in rounds)


def _minor(amount: str) -> int:
    return int(Decimal(amount).scaleb(2))
