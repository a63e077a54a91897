"""Give the tests of concurrency two posters that share nothing but the database, as two processes do."""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from tests.concurrency.races import Desk, open_desk
from tests.conftest import DatabaseUrls


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> Iterator[None]:
    """Log into nothing."""
    before = structlog.get_config()
    renderer = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    structlog.configure(processors=renderer, logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**before)


@pytest.fixture
async def one(database_urls: DatabaseUrls) -> AsyncIterator[Desk]:
    """Return the first of two posters."""
    async with open_desk(database_urls.app_url, "one") as desk:
        yield desk


@pytest.fixture
async def two(database_urls: DatabaseUrls) -> AsyncIterator[Desk]:
    """Return the second."""
    async with open_desk(database_urls.app_url, "two") as desk:
        yield desk


@pytest.fixture
def url(database_urls: DatabaseUrls) -> str:
    """Return the database's URL, for the connections that hold the others up."""
    return database_urls.app_url
