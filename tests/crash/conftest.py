"""Give each file of crash tests a service of its own, whose data directory all its rounds share."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.crash.load import Client
from tests.crash.service import Service, running_service


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> Iterator[None]:
    """Log into nothing: to draw the traceback of each lost connection takes longer than to recover from it."""
    before = structlog.get_config()
    renderer = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    structlog.configure(processors=renderer, logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
def service(run_folder: Path) -> Iterator[Service]:
    """Run a service on a PostgreSQL of its own."""
    with running_service(run_folder / f"crash-{secrets.token_hex(4)}") as started:
        yield started


@pytest.fixture
async def client(service: Service) -> AsyncIterator[Client]:
    """Return a client of the running service."""
    await service.wait_until_ready()
    opened = Client(service)
    yield opened
    await opened.close()
