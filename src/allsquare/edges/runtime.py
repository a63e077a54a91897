"""Open what a process needs: the database (its own or an external one), the pool, the poster, the owner."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from allsquare.core.errors import AllsquareError
from allsquare.features.identity.call import Services
from allsquare.features.identity.store import User, add_owner, add_token, find_owner, new_token
from allsquare.features.wire.ids import new_id
from allsquare.ledger.feed import Feed
from allsquare.ledger.poster import Poster
from allsquare.pg import embedded
from allsquare.pg.migrate import migrate, require_current
from allsquare.pg.pool import open_pool
from allsquare.pg.transact import transaction
from allsquare.settings import Settings

log = structlog.get_logger()
Report = Callable[[str], None]
WATCH_S = 0.5


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is: `app_url` serves, `owner_url` migrates; `own` where it is the embedded server."""

    app_url: str
    owner_url: str
    own: bool


@contextmanager
def use_database(settings: Settings, report: Report | None = None) -> Iterator[Database]:
    """Use the database the settings name; the embedded one runs at least as long as the block, and is migrated."""
    if settings.database_url is not None:
        yield Database(settings.database_url, settings.owner_url or settings.database_url, own=False)
        return
    with embedded.running(settings.data_dir, on_progress=report) as server:
        asyncio.run(migrate(server.owner_url, on_progress=report))
        yield Database(server.app_url, server.owner_url, own=True)


@asynccontextmanager
async def open_services(database: Database) -> AsyncIterator[Services]:
    """Open pool, poster and feed; refuses a database whose schema is not this program's."""
    pool = await open_pool(database.app_url, max_size=12)
    try:
        async with pool.acquire() as connection:
            await require_current(connection)
        feed = Feed()
        poster = Poster(pool, on_committed=feed.announce)
        poster.start()
        try:
            yield Services(pool, poster, feed)
        finally:
            feed.close()
            await poster.close()
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), 5)


async def ensure_owner(services: Services, data_dir: Path) -> User:
    """Give the owner, made at the first start together with a token in `owner.token` (mode 0600)."""
    async with services.pool.acquire() as connection:
        owner = await find_owner(connection)
    if owner is not None:
        return owner
    token = new_token()
    async with transaction(services.pool) as connection:
        await add_owner(connection, new_id(), "Owner")
        owner = await find_owner(connection)
        if owner is None:
            message = "the owner that was just made is not there"
            raise AssertionError(message)
        await add_token(connection, owner.user_id, token, name="owner.token")
    write_token(data_dir, token)
    return owner


def token_path(data_dir: Path) -> Path:
    """Tell where the owner's token is kept."""
    return data_dir / "owner.token"


def write_token(data_dir: Path, token: str) -> None:
    """Keep the owner's token where only the owner of the folder can read it."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(token_path(data_dir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token + "\n")


def read_token(data_dir: Path) -> str | None:
    """Read the owner's token back, if it is there."""
    try:
        return token_path(data_dir).read_text().strip()
    except FileNotFoundError:
        return None


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
