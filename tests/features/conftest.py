"""Serve the API over real HTTP, once for each worker, on a database of its own."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx2
import pytest
import structlog
import uvicorn

from allsquare.edges.handing_out import open_services
from allsquare.edges.http.app import build_app
from allsquare.edges.runtime import Database, ensure_owner
from allsquare.features.identity.options import PeopleSettings
from allsquare.features.identity.services import Services
from allsquare.features.identity.store import add_token, new_token
from allsquare.features.identity.vault import Vault, new_keyring
from allsquare.ledger.verify import verify
from allsquare.pg.transact import transaction
from tests.conftest import DatabaseUrls, fresh_database
from tests.features.api_client import Api, ApiServer
from tests.features.contract import Contract

START_S = TIMEOUT_S = 30
Result = TypeVar("Result")


PEOPLE = PeopleSettings(sign_up="open", limit_factor=10_000)
"""Tests sign up more people from one address than anybody should."""


VAULT = Vault(new_keyring())
"""What one server sealed the other on the same database must open."""


class Running:
    """The application in a thread of its own: where it listens, and what it works with."""

    def __init__(
        self, app_url: str, data_dir: Path, *, with_front: bool = True, people: PeopleSettings = PEOPLE
    ) -> None:
        self._people = people
        self.token = new_token()
        self.services: Services
        self.user_id: UUID
        self._loop: asyncio.AbstractEventLoop
        self._database = Database(app_url, app_url, own=False)
        self._data_dir = data_dir
        self._with_front = with_front
        self.front = build_app(self._open, cors_origins=people.cors_origins)
        # What stands behind the Front is reached past it, to hold the two ways to an expense against each other.
        app = self.front if with_front else self.front._application
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(
            uvicorn.Config(app, http="httptools", ws="none", log_config=None, access_log=False, server_header=False)
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)
        self._started = threading.Event()

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}"

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Services]:
        self._loop = asyncio.get_running_loop()
        async with open_services(self._database, self._people, lambda: VAULT) as services:
            owner = await ensure_owner(services, self._data_dir)
            async with transaction(services.pool) as connection:
                await add_token(connection, owner.user_id, self.token, name="tests")
            self.services, self.user_id = services, owner.user_id
            self._started.set()
            yield services

    @cached_property
    def server(self) -> ApiServer:
        # The Front gives requests their ids.
        passed_over = () if self._with_front else ("X-Request-ID",)
        headers = {"Authorization": f"Bearer {self.token}"}
        http = httpx2.Client(base_url=self.url, headers=headers, timeout=TIMEOUT_S)
        contract = Contract(http.get("/openapi.json").json(), passed_over=passed_over)
        return ApiServer(self.url, self.token, self.user_id, contract, http)

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(START_S), "the application did not start; its log says why"

    def stop(self) -> None:
        self.server.http.close()
        self._loop.call_soon_threadsafe(self.services.feed.close)
        self._server.should_exit = True
        self._thread.join(START_S)
        assert not self._thread.is_alive()
        self._listener.close()

    def run(self, work: Callable[[Services], Awaitable[Result]]) -> Result:
        """Do something in the server's own loop, with its services."""
        return asyncio.run_coroutine_threadsafe(work(self.services), self._loop).result(START_S)


@contextmanager
def served(
    app_url: str, data_dir: Path, *, with_front: bool = True, people: PeopleSettings = PEOPLE
) -> Iterator[Running]:
    """Serve for as long as the block lasts; `people` are the settings of accounts."""
    running = Running(app_url, data_dir, with_front=with_front, people=people)
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> Iterator[None]:
    """Log as the service does, down to the rendering, but into nothing; `capture_logs` still hears it."""
    before = structlog.get_config()
    renderer = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    structlog.configure(processors=renderer, logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def api_database(server, template_database) -> Iterator[DatabaseUrls]:
    """Return a database of the API's own: other tests seal things with other keys."""
    with fresh_database(server, template_database) as urls:
        yield urls


@pytest.fixture(scope="session")
def running(api_database, tmp_path_factory) -> Iterator[Running]:
    """Run the application as users meet it."""
    with served(api_database.app_url, tmp_path_factory.mktemp("owner")) as started:
        yield started


@pytest.fixture(scope="session")
def running_without_front(api_database, tmp_path_factory) -> Iterator[Running]:
    """Run what stands behind the Front, on the same database."""
    with served(api_database.app_url, tmp_path_factory.mktemp("owner"), with_front=False) as started:
        yield started


@pytest.fixture
def api(running: Running) -> Iterator[Api]:
    """Return a client; whatever it wrote is verified when the test is over."""
    yield from _client(running)


@pytest.fixture
def plain_api(running_without_front: Running) -> Iterator[Api]:
    """Return a client of what stands behind the Front."""
    yield from _client(running_without_front)


def _client(running: Running) -> Iterator[Api]:
    client = Api(running.server)
    yield client
    assert_clean(running, client.events)


def assert_clean(running: Running, events: list[str]) -> None:
    """Hold the ledger of these events to all its promises."""
    ids = [UUID(event_id) for event_id in events]
    if ids:
        found = running.run(lambda services: verify(services.pool, event_ids=ids))
        assert (found.events, found.findings) == (len(set(ids)), ())
