"""Run the service: one process, the API on one port, the embedded database beside it."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn

from allsquare.core.errors import InvalidInput, Unavailable
from allsquare.edges.http.app import build_app
from allsquare.edges.runtime import Database, Report, ensure_owner, keep_alive, open_services, use_database
from allsquare.features.identity.call import Services
from allsquare.settings import Settings

STOP_S = 10


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
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            detail = f"Port {port} on {host} is in use. Stop who uses it, or choose another with --port."
            raise PortTaken(detail, field="port", actual=str(port)) from error
        detail = f"{host}:{port} cannot be listened on: {error.strerror or error}."
        raise AddressUnusable(detail, field="host", actual=f"{host}:{port}") from error
    return listener


def serve(
    settings: Settings,
    *,
    report: Report,
    on_ready: Callable[[Services, str], Awaitable[None]],
) -> None:
    """Serve until told to stop (SIGINT, SIGTERM); `on_ready` is awaited once with the URL, before the first request."""
    listener = listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    with listener, use_database(settings, report) as database:
        app = build_app(lambda: _services(settings, database, lambda services: on_ready(services, url)))
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]
            http="httptools",
            loop="uvloop",
            ws="none",
            access_log=False,
            server_header=False,
            log_config=None,
            log_level="warning",
            timeout_graceful_shutdown=STOP_S,
        )
        server = _Server(config)
        server.run(sockets=[listener])
        if not server.started:
            detail = "The service could not start; the log above says why."
            raise Unavailable(detail)


class _Server(uvicorn.Server):
    """A server that ends the streams before it waits for the connections."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        services: Services = app.services()
        services.feed.close()
        await super().shutdown(sockets)


@asynccontextmanager
async def _services(
    settings: Settings, database: Database, on_ready: Callable[[Services], Awaitable[None]]
) -> AsyncIterator[Services]:
    async with open_services(database) as services:
        await ensure_owner(services, settings.data_dir)
        watch = asyncio.create_task(keep_alive(settings.data_dir)) if database.own else None
        try:
            await on_ready(services)
            yield services
        finally:
            if watch is not None:
                watch.cancel()
