"""Open what a process needs: the database (its own or an external one), the pool, the poster, the feed.

What request handlers are given beside that is opened by `edges/handing_out.py`, which brings FastAPI along: a command
that opens `open_books` alone starts in a third of the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from allsquare.core.errors import AllsquareError
from allsquare.edges.owner import ensure_owner
from allsquare.features.imports.reads import Books
from allsquare.ledger.feed import Feed
from allsquare.ledger.poster import Poster
from allsquare.pg import embedded
from allsquare.pg.borrow import borrow
from allsquare.pg.migrate import migrate, require_current
from allsquare.pg.pool import open_pool
from allsquare.settings import Settings

__all__ = [
    "Database",
    "OpenBooks",
    "Report",
    "ensure_owner",
    "keep_alive",
    "open_books",
    "use_database",
]

log = structlog.get_logger()
Report = Callable[[str], None]
WATCH_S = 0.5
CLOSE_S = 5


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is: `app_url` serves, `owner_url` migrates; `own` where it is the embedded server.

    Shape: `programs` is the folder of the embedded server's psql and the like.
    """

    app_url: str
    owner_url: str
    own: bool
    programs: Path | None = None


@dataclass(frozen=True, slots=True)
class OpenBooks(Books):
    """An open ledger, and the feed that hears what is posted through it."""

    feed: Feed


@contextmanager
def use_database(settings: Settings, report: Report | None = None, *, migrated: bool = True) -> Iterator[Database]:
    """Use the database the settings name; the embedded one runs at least as long as the block, and is migrated.

    Shape: an external one is never migrated here, and the embedded one neither where `migrated` is False.
    Raises: the errors of `pg.embedded` and of `migrate`.
    """
    if settings.database_url is not None:
        yield Database(settings.database_url, settings.owner_url or settings.database_url, own=False)
        return
    with embedded.running(settings.data_dir, on_progress=report) as server:
        if migrated:
            _run_apart(migrate(server.owner_url, on_progress=report))
        yield Database(server.app_url, server.owner_url, own=True, programs=server.bin_dir)


def _run_apart(work: Coroutine[Any, Any, object]) -> None:
    # In a thread of its own, because whoever asks may be inside a running event loop already.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, work).result()


@asynccontextmanager
async def open_books(database: Database) -> AsyncIterator[OpenBooks]:
    """Open pool, poster and feed; refuses a database whose schema is not this program's.

    Raises: MigrationPending, UnknownVersion, ChecksumMismatch, DatabaseUnreachable, DatabaseUrlInvalid.
    """
    pool = await open_pool(database.app_url, max_size=12)
    try:
        async with borrow(pool) as connection:
            await require_current(connection)
        feed = Feed()
        poster = Poster(pool, on_committed=feed.announce)
        poster.start()
        try:
            yield OpenBooks(pool, poster, feed)
        finally:
            feed.close()
            await poster.close()
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), CLOSE_S)


async def keep_alive(data_dir: Path) -> None:
    """Bring the embedded server back whenever it dies; the poster and the pool meanwhile wait and try again."""
    while True:
        await asyncio.sleep(WATCH_S)
        try:
            status = await asyncio.to_thread(embedded.status, data_dir)
            if status.state == "stopped":
                log.warning("the embedded server is gone, bringing it back")
                await asyncio.to_thread(embedded.revive, data_dir)
        except AllsquareError as error:
            log.error("the embedded server cannot be looked after", reason=error.detail)  # noqa: TRY400
        except Exception as error:  # the watch goes on whatever it meets: the next look may find it gone
            log.exception("the embedded server cannot be looked after", error=type(error).__name__)
