"""Bring a database's schema to this program's version, safely when several processes try at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from allsquare.core.errors import Conflict, Unavailable
from allsquare.pg.migration_files import MIGRATIONS_FOLDER, MigrationFile, read_migrations
from allsquare.pg.pool import open_connection
from allsquare.pg.transact import is_transient, transaction_on

APP_ROLE = "allsquare_app"
OLDEST_SERVER = 160000

# Any fixed number that no one else takes on our database: the first eight letters of "allsquare" as bytes.
_LOCK_KEY = int.from_bytes(b"allsquar", "big", signed=True)

_POLL_SECONDS = 0.1
# A migration waits this long for a table's lock and then steps back, because every query behind it waits too.
_LOCK_TIMEOUT_MS = 5000
_PAUSE_SECONDS = 1.0


class ChecksumMismatch(Conflict):
    """A file was changed after it had been applied, so what is in the database is not what the file says."""

    code = "migration.checksum_mismatch"
    title = "An applied migration file was changed"


class UnknownVersion(Conflict):
    """The database has migrations this program does not know: it is newer than the program."""

    code = "migration.unknown_version"
    title = "The database is newer than this program"


class MigrationPending(Unavailable):
    """The database lacks migrations this program needs."""

    code = "migration.pending"
    title = "The database must be migrated first"


class MigrationFailed(Conflict):
    """A file's SQL was refused; nothing of that file was kept."""

    code = "migration.failed"
    title = "A migration failed"


class MigrationBlocked(Unavailable):
    """A migration could not get a lock in time, again and again."""

    code = "migration.blocked"
    title = "A migration waits for somebody else's lock"


class MigrationInterrupted(Unavailable):
    """The connection was lost while a file was applied; running it again finds out what was kept."""

    code = "migration.interrupted"
    title = "The migration was interrupted"


class AppRoleMissing(Unavailable):
    """The role that the application acts as does not exist, and this user may not create it."""

    code = "migration.app_role_missing"
    title = "The application's role is missing"


class ServerTooOld(Conflict):
    """The server is older than any that Allsquare is tested with."""

    code = "migration.server_too_old"
    title = "The PostgreSQL server is too old"


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """How database and program compare, as names of files (`unknown`: versions and names the program lacks)."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]
    mismatched: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Tell whether database and program have exactly the same migrations."""
        return not (self.pending or self.unknown or self.mismatched)


async def migrate(
    owner_url: str,
    *,
    app_role: str = APP_ROLE,
    folder: Path = MIGRATIONS_FOLDER,
    lock_attempts: int = 10,
    on_progress: Callable[[str], None] | None = None,
) -> list[str]:
    """Apply every pending migration, each in its own transaction, and return their names.

    `lock_attempts` says how often a file may step back from a lock that it does not get in five seconds.

    Locks: one advisory lock per database, so of several runs at once one works and the others find it done.

    Ensures: a file that fails leaves nothing behind, and those before it stay applied. A file that says
    `transaction:false` holds one statement that may safely run again, for it is recorded only afterwards.

    Raises: ChecksumMismatch, UnknownVersion, ServerTooOld, AppRoleMissing, MigrationBlocked, MigrationFailed,
    MigrationInterrupted.
    """
    report = on_progress or _be_silent
    files = read_migrations(folder)
    connection = await open_connection(owner_url, application_name="allsquare migrate")
    try:
        await _require_supported_server(connection)
        async with _only_runner(connection, report):
            await _ensure_app_role(connection, app_role)
            await _prepare(connection, app_role)
            status = _compare(files, await _list_applied(connection))
            _refuse_strangers(status)
            for file in files:
                if file.name in status.pending:
                    report(f"applying {file.name}")
                    await _apply(connection, file, report, lock_attempts=lock_attempts)
    finally:
        await connection.close()
    return list(status.pending)


async def migration_status(url: str, *, folder: Path = MIGRATIONS_FOLDER) -> MigrationStatus:
    """Return how the database and this program compare; any role that may connect can ask."""
    connection = await open_connection(url, application_name="allsquare migration status")
    try:
        return _compare(read_migrations(folder), await _list_applied(connection))
    finally:
        await connection.close()


async def require_current(
    url_or_connection: str | asyncpg.Connection,
    *,
    folder: Path = MIGRATIONS_FOLDER,
) -> None:
    """Refuse a database that has not exactly this program's migrations.

    Raises: MigrationPending (says which command to run), UnknownVersion, ChecksumMismatch.
    """
    if isinstance(url_or_connection, str):
        status = await migration_status(url_or_connection, folder=folder)
    else:
        status = _compare(read_migrations(folder), await _list_applied(url_or_connection))
    _refuse_strangers(status)
    if status.pending:
        raise MigrationPending(
            f"The database lacks {len(status.pending)} migration(s), first {status.pending[0]}; "
            "run 'allsquare db migrate'.",
            expected=status.pending[-1],
            actual=status.applied[-1] if status.applied else "none",
        )


def _be_silent(_message: str) -> None:
    """Report to nobody."""


def _compare(files: tuple[MigrationFile, ...], applied: dict[str, tuple[str, str]]) -> MigrationStatus:
    """Compare the program's files with the database's rows (version to name and checksum)."""
    known = {file.version for file in files}
    mismatched = (file for file in files if file.version in applied and applied[file.version][1] != file.checksum)
    return MigrationStatus(
        applied=tuple(applied[version][0] for version in sorted(applied, key=int)),
        pending=tuple(file.name for file in files if file.version not in applied),
        unknown=tuple(applied[version][0] for version in sorted(applied, key=int) if version not in known),
        mismatched=tuple(file.name for file in mismatched),
    )


def _refuse_strangers(status: MigrationStatus) -> None:
    if status.unknown:
        raise UnknownVersion(
            f"The database has {status.unknown[-1]}, which this program does not know; run a newer Allsquare.",
            actual=status.unknown[-1],
        )
    if status.mismatched:
        raise ChecksumMismatch(
            f"{status.mismatched[0]} was changed after it had been applied; "
            "restore it and write the change as a new file.",
            actual=status.mismatched[0],
        )


_SERVER_VERSION = "SELECT current_setting('server_version_num')::integer AS version_number"


async def _require_supported_server(connection: asyncpg.Connection) -> None:
    version_number = await connection.fetchval(_SERVER_VERSION)
    if version_number < OLDEST_SERVER:
        raise ServerTooOld(
            f"The server is PostgreSQL {version_number // 10000}; Allsquare needs 16 or newer.",
            expected="16",
            actual=str(version_number // 10000),
        )


_TRY_LOCK = "SELECT pg_try_advisory_lock($1)"
_UNLOCK = "SELECT pg_advisory_unlock($1)"


@asynccontextmanager
async def _only_runner(connection: asyncpg.Connection, report: Callable[[str], None]) -> AsyncIterator[None]:
    """Hold the lock that lets one runner at a time work on this database."""
    started = told = time.monotonic()
    # Polling: a session that waits inside pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY in the
    # other runner would wait for that snapshot to end: a deadlock.
    while not await connection.fetchval(_TRY_LOCK, _LOCK_KEY):
        if time.monotonic() - told >= 1:
            told = time.monotonic()
            report(f"waiting for another migration, {told - started:.0f} s")
        await asyncio.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.fetchval(_UNLOCK, _LOCK_KEY)


_CREATE_TABLE = """
CREATE TABLE public.schema_migration (
    version     text PRIMARY KEY,
    name        text NOT NULL,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    duration_ms integer NOT NULL
)
"""

_CREATE_GRANT = "SELECT format('GRANT SELECT ON public.schema_migration TO %I', $1::text)"
_SET_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', $1::text, false)"


async def _prepare(connection: asyncpg.Connection, app_role: str) -> None:
    """Make the table of applied migrations, which the application may read, and limit the wait for locks."""
    # DDL takes no parameters, so the server itself quotes the name for us.
    grant = await connection.fetchval(_CREATE_GRANT, app_role)
    async with transaction_on(connection):
        if not await connection.fetchval(_TABLE_EXISTS):
            await connection.execute(_CREATE_TABLE)
            await connection.execute(grant)
    await connection.fetchval(_SET_LOCK_TIMEOUT, str(_LOCK_TIMEOUT_MS))


_TABLE_EXISTS = "SELECT to_regclass('public.schema_migration') IS NOT NULL"
_LIST_APPLIED = "SELECT version, name, checksum FROM public.schema_migration"


async def _list_applied(connection: asyncpg.Connection) -> dict[str, tuple[str, str]]:
    """Return name and checksum by version; nothing for a database that was never migrated."""
    if not await connection.fetchval(_TABLE_EXISTS):
        return {}
    rows = await connection.fetch(_LIST_APPLIED)
    return {row["version"]: (row["name"], row["checksum"]) for row in rows}


_FIND_ROLE = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)"
_MAY_CREATE_ROLE = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_CREATE_ROLE = "SELECT format('CREATE ROLE %I NOLOGIN', $1::text)"


async def _ensure_app_role(connection: asyncpg.Connection, app_role: str) -> None:
    """Create the role that migrations grant to, if it is missing and this user may."""
    if await connection.fetchval(_FIND_ROLE, app_role):
        return
    statement = await connection.fetchval(_CREATE_ROLE, app_role)
    if not await connection.fetchval(_MAY_CREATE_ROLE):
        raise AppRoleMissing(
            f"The role {app_role} is missing and this user may not create it; "
            f"run as a user who may (a superuser, for one): {statement};",
            expected=app_role,
        )
    try:
        await connection.execute(statement)
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        # Roles belong to the whole server: a run on another database of it has just created this one.
        return


_RECORD = "INSERT INTO public.schema_migration (version, name, checksum, duration_ms) VALUES ($1, $2, $3, $4)"


async def _apply(
    connection: asyncpg.Connection,
    file: MigrationFile,
    report: Callable[[str], None],
    *,
    lock_attempts: int,
) -> None:
    """Apply one file, stepping back and trying again when it cannot get a lock in time."""
    for attempt in range(1, lock_attempts + 1):
        try:
            await _apply_once(connection, file)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            report(f"{file.name} waits for somebody else's lock, attempt {attempt} of {lock_attempts}")
            if attempt < lock_attempts:
                await asyncio.sleep(_PAUSE_SECONDS)
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            if is_transient(error):
                raise MigrationInterrupted(
                    f"The connection was lost while {file.name} was applied; run 'allsquare db migrate' again.",
                    actual=file.name,
                ) from error
            raise MigrationFailed(f"{file.name} failed: {error}.", actual=file.name) from error
        else:
            return
    raise MigrationBlocked(
        f"{file.name} could not get a lock in {lock_attempts} attempts; end long transactions and run it again.",
        actual=file.name,
    )


async def _apply_once(connection: asyncpg.Connection, file: MigrationFile) -> None:
    started = time.monotonic()
    if file.in_transaction:
        async with transaction_on(connection):
            await connection.execute(file.up)
            await _record(connection, file, started)
    else:
        await connection.execute(file.up)
        await _record(connection, file, started)


async def _record(connection: asyncpg.Connection, file: MigrationFile, started: float) -> None:
    duration_ms = round((time.monotonic() - started) * 1000)
    await connection.execute(_RECORD, file.version, file.name, file.checksum, duration_ms)
