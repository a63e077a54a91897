"""Run the service: one process, the API on one port, the embedded database beside it."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
import uvloop

from allsquare.core.errors import InvalidInput, Unavailable
from allsquare.edges.handing_out import open_services
from allsquare.edges.http.app import build_app
from allsquare.edges.keys import open_vault
from allsquare.edges.owner import ensure_owner
from allsquare.edges.runtime import Database, Report, keep_alive, use_database
from allsquare.edges.stopping import was_told_to_stop
from allsquare.features.identity.services import Services
from allsquare.features.identity.sweeping.daily import sweep_daily
from allsquare.settings import Settings

STOP_S = 10
BACKLOG = 2_048


class PortTaken(Unavailable):
    """Somebody else listens on the port."""

    code = "serve.port_taken"
    title = "The port is in use"


class AddressUnusable(InvalidInput):
    """The address cannot be listened on."""

    code = "serve.address_unusable"
    title = "The address cannot be used"


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is started.

    Raises: PortTaken, AddressUnusable.
    """
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # At once, because two sockets may be bound to one port as long as neither listens; whoever connects meanwhile
        # waits until the service is there.
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        if listener is not None:
            listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            detail = f"Port {port} on {host} is in use. Stop who uses it, or choose another with --port."
            raise PortTaken(detail, field="port", actual=str(port)) from error
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        detail = f"{host}:{port} cannot be listened on: {reason}."
        raise AddressUnusable(detail, field="host", actual=f"{host}:{port}") from error
    return listener


async def _nothing_more(_services: Services) -> None:
    """Prepare nothing."""


def serve(
    settings: Settings,
    *,
    report: Report,
    on_ready: Callable[[Services, str], Awaitable[None]],
    prepare: Callable[[Services], Awaitable[None]] = _nothing_more,
) -> None:
    """Serve until told to stop (SIGINT, SIGTERM).

    Shape: `prepare` is awaited before the first request is answered, `on_ready` with the URL once they are.
    Raises: PortTaken, AddressUnusable, what the database and its folder refuse; nothing is left running then.
    """
    with listen(settings.host, settings.port) as listener, use_database(settings, report) as database:
        host, port = listener.getsockname()[:2]
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"

        async def run() -> None:
            async with _services(settings, database) as services:
                await prepare(services)
                await _Server(services, lambda: on_ready(services, url)).serve(sockets=[listener])

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())


def _spare_what_stays() -> None:
    """Take all that start-up made out of the garbage collector's sight, and let it look less often.

    It lives as long as the process: some hundred thousand objects, and walking them took 50 ms about once a second
    under load, with every request in flight waiting. What the first sign-up loads later comes on top; but nearly all
    of a request goes without the collector, so looking once in 10,000 objects instead of 700 costs little memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class _Server(uvicorn.Server):
    """A server that says when it is there, and ends the streams before it waits for the connections."""

    def __init__(self, services: Services, on_ready: Callable[[], Awaitable[None]]) -> None:
        @asynccontextmanager
        async def lent() -> AsyncIterator[Services]:
            yield services

        config = uvicorn.Config(
            build_app(lent, cors_origins=services.people.cors_origins),
            http="httptools",
            ws="none",
            access_log=False,
            server_header=False,
            proxy_headers=bool(services.people.trusted_proxies),
            forwarded_allow_ips=services.people.trusted_proxies,
            log_config=None,
            log_level="warning",
            timeout_graceful_shutdown=STOP_S,
        )
        super().__init__(config)
        self._services = services
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _spare_what_stays()
        await self._on_ready()

    async def main_loop(self) -> None:
        self.should_exit = self.should_exit or was_told_to_stop()
        await super().main_loop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._services.feed.close()
        await super().shutdown(sockets)
        if self.force_exit:
            # A second Ctrl-C ends the wait for requests; uvicorn would then leave the application's own end out, whose
            # task is cancelled and says so at length.
            await self.lifespan.shutdown()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, once."""
        # uvicorn's own way raises it again afterwards, and SIGTERM would end the process before it has stopped the
        # embedded server.
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in before:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)


@asynccontextmanager
async def _services(settings: Settings, database: Database) -> AsyncIterator[Services]:
    async with open_services(database, settings.people, lambda: open_vault(settings.data_dir)) as services:
        await ensure_owner(services, settings.data_dir)
        beside = [asyncio.create_task(sweep_daily(services.pool))]
        if database.own:
            beside.append(asyncio.create_task(keep_alive(settings.data_dir)))
        try:
            yield services
        finally:
            for task in beside:
                task.cancel()
