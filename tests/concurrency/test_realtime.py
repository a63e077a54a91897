"""A stream of the journal tells everything that is posted, by whatever process, once, in order, and soon."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from allsquare.core.access import overseer
from allsquare.features.journal.http import POLL_S
from allsquare.features.wire.ids import new_id
from allsquare.ledger.poster import Job
from tests.concurrency.races import PATIENCE_S, Desk, assert_sound
from tests.conftest import DatabaseUrls
from tests.crash.load import Client
from tests.crash.service import Service, running_service
from tests.ledger.builders import job, post, recording

SLACK_S = 0.5
"""How much later than a poll a busy machine may hand over what was found."""

EACH = 60


@pytest.fixture(scope="module")
def service(database_urls: DatabaseUrls, run_folder: Path):
    """Run the service in a process of its own, on the database that the tests post to as well."""
    folder = run_folder / f"realtime-{secrets.token_hex(4)}"
    with running_service(folder, database_url=database_urls.app_url) as started:
        yield started
        assert started.stop() == 0


@pytest.fixture
async def client(service: Service) -> AsyncIterator[Client]:
    """Return a client of the service."""
    await service.wait_until_ready()
    opened = Client(service)
    yield opened
    await opened.close()


class Stream:
    """Listens to the journal of one event, and notes what it hears and when."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self._heard = asyncio.Condition()
        self.entries: list[dict[str, Any]] = []
        self.at: list[float] = []

    @property
    def seqs(self) -> list[int]:
        return [entry["seq"] for entry in self.entries]

    async def listen(self) -> None:
        """Read on until the stream ends; id, kind and data of each event must speak of the same entry."""
        fields: dict[str, str] = {}
        async for line in self._response.aiter_lines():
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                entry = json.loads(fields["data"])
                assert (int(fields["id"]), fields["event"]) == (entry["seq"], entry["kind"])
                self.entries.append(entry)
                self.at.append(asyncio.get_running_loop().time())
                fields = {}
                async with self._heard:
                    self._heard.notify_all()

    async def until(self, seq: int) -> float:
        """Wait until an entry was heard, and tell when it was."""
        async with asyncio.timeout(PATIENCE_S), self._heard:
            await self._heard.wait_for(lambda: self.entries and self.entries[-1]["seq"] >= seq)
        return self.at[self.seqs.index(seq)]


@asynccontextmanager
async def listening(client: Client, path: str, *, after: int = 0, resumed: bool = False) -> AsyncIterator[Stream]:
    """Listen from an entry on, as a new client does or as one that comes back."""
    headers = {"Accept": "text/event-stream"}
    if resumed:
        headers["Last-Event-ID"] = str(after)
    query = "" if resumed else f"?after={after}"
    async with client.http.stream("GET", f"{path}/journal{query}", headers=headers) as response:
        assert response.status_code == 200
        stream = Stream(response)
        ears = asyncio.create_task(stream.listen())
        try:
            yield stream
        finally:
            ears.cancel()
            await asyncio.gather(ears, return_exceptions=True)


def id_of(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


async def test_a_stream_hears_of_what_another_process_posted_within_the_polling_interval(client, one):
    path = (await client.open_books("soon")).path
    clock = asyncio.get_running_loop().time
    async with listening(client, path) as stream:
        await stream.until(1)
        for seq in range(2, 6):
            await post(one.poster, id_of(path), recording())
            posted_at = clock()
            assert await stream.until(seq) - posted_at <= POLL_S + SLACK_S
    assert stream.seqs == [1, 2, 3, 4, 5]


async def test_streams_have_no_gap_and_no_duplicate_however_many_processes_post(client, one, two):
    books = await client.open_books("many")
    path, event_id, last = books.path, id_of(books.path), 1 + 3 * EACH

    async def by_service() -> None:
        for number in range(EACH):
            body = {"description": f"Dinner {number}", "amount": "30.00", "date": "2026-11-20", "paid_by": 1}
            assert (await client.http.post(f"{path}/expenses", json=body)).status_code == 201

    async def by_desk(desk: Desk) -> None:
        for _ in range(EACH):
            await post(desk.poster, event_id, recording())

    async def by_cut_streams() -> list[int]:
        seqs: list[int] = []
        while not seqs or seqs[-1] < last:
            async with listening(client, path, after=seqs[-1] if seqs else 0, resumed=True) as stream:
                await stream.until((seqs[-1] if seqs else 0) + 1)
            seqs += stream.seqs
        return seqs

    async with listening(client, path) as whole, asyncio.timeout(PATIENCE_S):
        posting = [by_service(), by_desk(one), by_desk(two)]
        seqs_of_cut, *_ = await asyncio.gather(by_cut_streams(), *posting)
        await whole.until(last)
        async with listening(client, path, after=EACH) as rest:
            await rest.until(last)
    assert whole.seqs == list(range(1, last + 1))
    assert rest.seqs == list(range(EACH + 1, last + 1))
    assert seqs_of_cut == whole.seqs
    assert {entry["kind"] for entry in whole.entries[1:]} == {"expense.recorded"}
    assert whole.entries == await client.entries(books)
    await assert_sound(one, event_id, entries=last)


async def test_a_stream_hears_of_a_long_history_in_order_and_then_of_what_is_new(client, one):
    path = (await client.open_books("long")).path
    await asyncio.gather(*[one.poster.submit(job(id_of(path), recording())) for _ in range(500)])
    async with listening(client, path) as stream:
        await stream.until(501)
        named = Job(
            event_id=id_of(path), command_id=new_id(), actor=overseer(new_id()), command=recording(), keyed=False
        )
        posted = await one.poster.submit(named)
        await stream.until(posted.entry.seq)
    assert stream.seqs == list(range(1, 503))
    assert stream.entries[-1]["command_id"] == str(named.command_id)
