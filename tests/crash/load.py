"""Clients that record expenses at once, remember what was acknowledged, and repeat what got no answer."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.crash.service import Service

TIMEOUT_S = 60
PAUSE_S = 0.03
MEMBERS = 5
PAGE = 200

Json = dict[str, Any]


@dataclass
class Books:
    """One event, and all that its clients know of it."""

    path: str
    sent: dict[str, Json] = field(default_factory=dict)
    """The bodies by their idempotency key, which is also the description."""
    answers: dict[str, Json] = field(default_factory=dict)
    """What was acknowledged, by key."""
    repeated: set[str] = field(default_factory=set)
    """The keys that had to be sent again before they were acknowledged."""
    found_recorded: set[str] = field(default_factory=set)
    """Those of them that had been recorded the first time."""
    faults: list[str] = field(default_factory=list)
    """Answers that no request may ever get."""

    def nets(self) -> dict[int, int]:
        """Sum up what each member is owed (+) or owes (−), in minor units, by the clients' own notes."""
        nets: Counter[int] = Counter()
        for key in self.answers:
            body = self.sent[key]
            share = int(body["amount"].replace(".", "")) // len(body["split"]["among"])
            for member in body["split"]["among"]:
                nets[body["paid_by"]] += share
                nets[member] -= share
        return {member: nets[member] for member in range(1, MEMBERS + 1)}

    def owed(self) -> dict[tuple[int, int], int]:
        """Sum up who owes whom how much, netted, by the clients' own notes."""
        owed: Counter[tuple[int, int]] = Counter()
        for key in self.answers:
            body = self.sent[key]
            share = int(body["amount"].replace(".", "")) // len(body["split"]["among"])
            for member in body["split"]["among"]:
                owed[member, body["paid_by"]] += share
                owed[body["paid_by"], member] -= share
        return {pair: amount for pair, amount in owed.items() if amount > 0}


class Client:
    """Speaks to the service as its owner."""

    def __init__(self, service: Service) -> None:
        self.service = service
        headers = {"Authorization": f"Bearer {service.token}"}
        self.http = httpx2.AsyncClient(base_url=service.url, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    async def open_books(self, name: str) -> Books:
        """Make an event; that one is repeated too until it is there, by its key."""
        body = {"name": name, "currency": "EUR", "members": [{"name": f"M{n}"} for n in range(1, MEMBERS + 1)]}
        response = await self.http.post("/v1/events", json=body, headers={"Idempotency-Key": f"event-{name}"})
        assert response.status_code == 201, response.text
        return Books(f"/v1/events/{response.json()['id']}")

    async def get(self, path: str) -> Any:
        response = await self.http.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    async def expenses(self, books: Books) -> list[Json]:
        """Give all expenses of an event, deleted ones too."""
        found: list[Json] = []
        cursor = ""
        while True:
            page = await self.get(f"{books.path}/expenses?limit={PAGE}&include_deleted=true{cursor}")
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    async def entries(self, books: Books) -> list[Json]:
        """Give the whole journal of an event."""
        found: list[Json] = []
        while True:
            page = await self.get(f"{books.path}/journal?limit={PAGE}&after={found[-1]['seq'] if found else 0}")
            found += page["items"]
            if page["next_cursor"] is None:
                return found

    async def close(self) -> None:
        await self.http.aclose()


class Load:
    """A few clients at once, each with one request under way at any time, until they are told to stop."""

    def __init__(self, client: Client, books: Books, *, clients: int, seed: str) -> None:
        self._client = client
        self._books = books
        self._seed = seed
        self._clients = clients
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._acknowledged = asyncio.Condition()

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._record(number)) for number in range(self._clients)]

    async def wait_for(self, count: int) -> None:
        """Wait until so many more expenses were acknowledged (or a client has met a fault and gone)."""
        goal = len(self._books.answers) + count
        async with asyncio.timeout(TIMEOUT_S), self._acknowledged:
            await self._acknowledged.wait_for(lambda: len(self._books.answers) >= goal or self._books.faults)

    async def stop(self) -> None:
        """Send nothing new, but go on repeating what is unknown until it is answered."""
        self._stopping = True
        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.gather(*self._tasks)

    async def _record(self, number: int) -> None:
        chance = random.Random(f"{self._seed}-{number}")
        count = 0
        while not self._stopping and not self._books.faults:
            count += 1
            key = f"{self._seed}-{number}-{count}"
            self._books.sent[key] = expense(key, chance)
            await self._send_until_answered(key)
            async with self._acknowledged:
                self._acknowledged.notify_all()

    async def _send_until_answered(self, key: str) -> None:
        books = self._books
        while True:
            response = await send(self._client, books, key)
            if response is not None and response.status_code == 201:
                books.answers[key] = response.json()
                if response.headers.get("idempotency-replayed") == "true":
                    books.found_recorded.add(key)
                return
            if response is not None and not _try_again(response):
                books.faults.append(f"{key}: {response.status_code} {dict(response.headers)} {response.text}")
                return
            books.repeated.add(key)
            await asyncio.sleep(PAUSE_S)


async def send(client: Client, books: Books, key: str) -> httpx2.Response | None:
    """Send one expense under its key; None where no answer came."""
    headers = {"Idempotency-Key": key}
    try:
        return await client.http.post(f"{books.path}/expenses", json=books.sent[key], headers=headers)
    except httpx2.TransportError:
        return None


def _try_again(response: httpx2.Response) -> bool:
    return response.status_code == 503 and response.headers.get("retry-after", "").isdigit()


def expense(key: str, chance: random.Random) -> Json:
    """Make up an expense whose amount divides exactly, so that the clients' sums need no rounding rule."""
    among = chance.sample(range(1, MEMBERS + 1), chance.randint(2, MEMBERS))
    minor = chance.randint(1, 5_000) * len(among)
    return {
        "description": key,
        "amount": f"{minor // 100}.{minor % 100:02}",
        "date": "2026-11-20",
        "paid_by": chance.randint(1, MEMBERS),
        "split": {"type": "equal", "among": among},
    }
