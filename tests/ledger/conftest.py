"""Give the tests of the ledger a database of their own, which they may do violence to, and a poster."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from allsquare.ledger.poster import Poster
from allsquare.pg.pool import open_connection, open_pool
from tests.conftest import DatabaseUrls, ServerForTests, fresh_database


@pytest.fixture(scope="module")
def urls(server: ServerForTests, template_database: str) -> Iterator[DatabaseUrls]:
    """Return a migrated database for one file of tests."""
    with fresh_database(server, template_database) as fresh:
        yield fresh


@pytest.fixture
def own_urls(server: ServerForTests, template_database: str) -> Iterator[DatabaseUrls]:
    """Return a migrated database for one test, which may count what is in it."""
    with fresh_database(server, template_database) as fresh:
        yield fresh


@pytest.fixture
async def pool(urls: DatabaseUrls) -> AsyncIterator[asyncpg.Pool]:
    """Return a pool with the rights of the application."""
    opened = await open_pool(urls.app_url, max_size=4)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection that may do everything, as somebody who tampers would."""
    opened = await open_connection(urls.owner_url)
    yield opened
    await opened.close()


@pytest.fixture
async def poster(pool: asyncpg.Pool) -> AsyncIterator[Poster]:
    """Return a poster at work."""
    started = Poster(pool)
    started.start()
    yield started
    await started.close()
