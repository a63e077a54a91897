"""Open what a process needs: the database (its own or an external one), the pool, the poster, the owner.

Only `open_services` needs FastAPI, and brings it along when it is called: a command that opens `open_books` starts in a
third of the time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from allsquare.core.errors import AllsquareError
from allsquare.features.identity.store import User, add_owner, add_token, find_owner, new_token, revoke_tokens
from allsquare.features.imports.reads import Books
from allsquare.features.wire.ids import new_id
from allsquare.ledger.feed import Feed
from allsquare.ledger.poster import Poster
from allsquare.pg import embedded
from allsquare.pg.borrow import borrow
from allsquare.pg.embedded_errors import folder_errors_told
from allsquare.pg.migrate import migrate, require_current
from allsquare.pg.pool import open_pool
from allsquare.pg.transact import transaction
from allsquare.settings import Settings

if TYPE_CHECKING:
    from allsquare.features.identity.call import Services

log = structlog.get_logger()
Report = Callable[[str], None]
WATCH_S = 0.5
CLOSE_S = 5
OWNER_NAME = "Owner"
TOKEN_FILE = "owner.token"  # noqa: S105  (a name of a file)


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is: `app_url` serves, `owner_url` migrates; `own` where it is the embedded server."""

    app_url: str
    owner_url: str
    own: bool


@dataclass(frozen=True, slots=True)
class OpenBooks(Books):
    """An open ledger, and the feed that hears what is posted through it."""

    feed: Feed


@contextmanager
def use_database(settings: Settings, report: Report | None = None) -> Iterator[Database]:
    """Use the database the settings name; the embedded one runs at least as long as the block, and is migrated."""
    if settings.database_url is not None:
        yield Database(settings.database_url, settings.owner_url or settings.database_url, own=False)
        return
    with embedded.running(settings.data_dir, on_progress=report) as server:
        _run_apart(migrate(server.owner_url, on_progress=report))
        yield Database(server.app_url, server.owner_url, own=True)


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


@asynccontextmanager
async def open_services(database: Database) -> AsyncIterator[Services]:
    """Open what request handlers are given; raises what `open_books` raises."""
    from allsquare.features.identity.call import Services  # noqa: PLC0415  (FastAPI comes with it)

    async with open_books(database) as books:
        yield Services(books.pool, books.poster, books.feed)


async def ensure_owner(books: Books | Services, data_dir: Path) -> User:
    """Give the owner, made at the first start together with a token in `owner.token` (mode 0600)."""
    async with books.reading() as connection:
        owner = await find_owner(connection)
    if owner is not None:
        return owner
    # A token that is there already belongs to the same person's other database, and opens this one too from now on.
    token = read_token(data_dir) or new_token()
    with keep_token(data_dir, token):
        async with transaction(books.pool) as connection:
            await add_owner(connection, new_id(), OWNER_NAME)
            owner = await find_owner(connection)
            if owner is None:
                message = "the owner that was just made is not there"
                raise AssertionError(message)
            await add_token(connection, owner.user_id, token, name=TOKEN_FILE)
    return owner


async def renew_token(books: Books | Services, data_dir: Path) -> str:
    """Make the owner a new token; the one before is no longer accepted (by a running server, 5 seconds later)."""
    owner = await ensure_owner(books, data_dir)
    token = new_token()
    with keep_token(data_dir, token):
        async with transaction(books.pool) as connection:
            await revoke_tokens(connection, owner.user_id, name=TOKEN_FILE)
            await add_token(connection, owner.user_id, token, name=TOKEN_FILE)
    return token


def read_token(data_dir: Path) -> str | None:
    """Read the owner's token back, if it is there.

    Raises: FolderNotWritable, FolderTaken, where the file cannot be read.
    """
    path = data_dir / TOKEN_FILE
    try:
        with folder_errors_told(path):
            return path.read_text().strip() or None
    except FileNotFoundError:
        return None


@contextmanager
def keep_token(data_dir: Path, token: str) -> Iterator[None]:
    """Write the token down, and put it in its place only when the block has stored it in the database.

    Raises: FolderNotWritable, FolderTaken, DiskFull; the block is not entered then.
    """
    folder = embedded.claim_folder(data_dir)
    unfinished = folder / f"{TOKEN_FILE}.new"
    with folder_errors_told(folder):
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            if os.geteuid() == 0:
                # Root looking after somebody else's folder must not lock its owner out of the token.
                owner = folder.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            file.write(token + "\n")
            file.flush()
            os.fsync(descriptor)
    try:
        yield
        with folder_errors_told(folder):
            unfinished.replace(folder / TOKEN_FILE)
    finally:
        unfinished.unlink(missing_ok=True)


async def keep_alive(data_dir: Path) -> None:
    """Bring the embedded server back whenever it dies; the poster and the pool meanwhile wait and try again."""
    while True:
        await asyncio.sleep(WATCH_S)
        status = await asyncio.to_thread(embedded.status, data_dir)
        if status.state == "stopped":
            log.warning("the embedded server is gone, bringing it back")
            try:
                await asyncio.to_thread(embedded.revive, data_dir)
            except AllsquareError as error:
                log.error("the embedded server does not come back", reason=error.detail)  # noqa: TRY400
