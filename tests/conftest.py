"""Give every test real PostgreSQL: one server a session, one migrated template, one database a worker.

By default the server is our own embedded one, shared by all xdist workers through its sharing protocol. With
ALLSQUARE_TEST_DATABASE_URL (a superuser's URL) an external server is used instead.
"""

import asyncio
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import settings

from allsquare.pg import embedded
from allsquare.pg.migrate import migrate
from allsquare.pg.migration_files import MIGRATIONS_FOLDER, read_migrations

# CI tries the same examples each time, so that it never fails over what a change did not touch; a person's machine goes
# on searching. No deadlines: how long an example takes says something of the machine, not of the code.
settings.register_profile("ci", derandomize=True, database=None, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")

Result = TypeVar("Result")

_RUN_FOLDER = "ALLSQUARE_TEST_RUN_FOLDER"
_EXTERNAL_URL = "ALLSQUARE_TEST_DATABASE_URL"
_ABANDONED_AFTER_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class ServerForTests:
    """A server on which tests may make databases, with the two roles of Allsquare."""

    superuser_url: str
    owner_password: str
    app_password: str

    def owner_url(self, database: str) -> str:
        """Return the URL of the owner for a database of this server."""
        return _with_login(self.superuser_url, "allsquare_owner", self.owner_password, database)

    def app_url(self, database: str) -> str:
        """Return the URL of the application for a database of this server."""
        return _with_login(self.superuser_url, "allsquare_app", self.app_password, database)

    def superuser_url_for(self, database: str) -> str:
        """Return the URL of the superuser for a database of this server."""
        return urlunsplit(urlsplit(self.superuser_url)._replace(path=f"/{database}"))


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One database, as its owner (migrations) and as the application sees it."""

    owner_url: str
    app_url: str


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of this run, once, in the process that the workers inherit their environment from."""
    if hasattr(config, "workerinput"):
        return
    _remove_abandoned_folders()
    # Not pytest's own folder: run as root, PostgreSQL's user could not enter that, and socket paths must be short.
    folder = Path(tempfile.mkdtemp(prefix="allsquare-tests-"))
    folder.chmod(0o711)
    os.environ[_RUN_FOLDER] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's server, if a killed worker left it running, and remove the folder."""
    if hasattr(config, "workerinput"):
        return
    _remove_folder(Path(os.environ.pop(_RUN_FOLDER)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the only loop that asyncpg speaks."""
    return "asyncio"


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """Return the folder shared by all workers of this run; a server's user can enter it."""
    return Path(os.environ[_RUN_FOLDER])


@pytest.fixture(scope="session")
def server(run_folder: Path) -> Iterator[ServerForTests]:
    """Run one server for the whole session, whatever the number of workers."""
    external_url = os.environ.get(_EXTERNAL_URL)
    if external_url is not None:
        with _locked(run_folder / "roles.lock"):
            _run(external_url, _make_roles)
        yield ServerForTests(external_url, _EXTERNAL_PASSWORD, _EXTERNAL_PASSWORD)
        return
    with embedded.running(run_folder / "server") as started:
        yield ServerForTests(started.superuser_url, started.owner_password, started.app_password)


@pytest.fixture(scope="session")
def template_database(server: ServerForTests, run_folder: Path) -> str:
    """Return the name of a database that has all migrations and that nobody connects to."""
    checksums = "".join(file.checksum for file in read_migrations(MIGRATIONS_FOLDER))
    name = f"allsquare_template_{hashlib.sha256(checksums.encode()).hexdigest()[:12]}"
    with _locked(run_folder / "template.lock"):
        if not _run(server.superuser_url, lambda connection: connection.fetchval(_DATABASE_EXISTS, name)):
            building = f"{name}_{secrets.token_hex(4)}"
            _run(server.superuser_url, lambda connection: connection.execute(_create(building, "template1")))
            asyncio.run(migrate(server.owner_url(building)))
            # Renamed when complete, so that a migration that failed leaves no template.
            _run(server.superuser_url, lambda connection: connection.execute(_rename(building, name)))
    return name


@pytest.fixture(scope="session")
def database_urls(server: ServerForTests, template_database: str) -> Iterator[DatabaseUrls]:
    """Return a migrated database of this worker's own, which tests share and never clean."""
    with fresh_database(server, template_database) as urls:
        yield urls


@pytest.fixture
def empty_database(server: ServerForTests) -> Iterator[DatabaseUrls]:
    """Return a new database without any table, for one test."""
    with fresh_database(server, "template1") as urls:
        yield urls


@contextmanager
def fresh_database(server: ServerForTests, template: str) -> Iterator[DatabaseUrls]:
    """Make a database from a template and drop it afterwards."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{secrets.token_hex(4)}"
    _run(server.superuser_url, lambda connection: connection.execute(_create(name, template)))
    try:
        yield DatabaseUrls(owner_url=server.owner_url(name), app_url=server.app_url(name))
    finally:
        _run(server.superuser_url, lambda connection: connection.execute(f"DROP DATABASE {name} WITH (FORCE)"))


_DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
_EXTERNAL_PASSWORD = "only-for-tests"


def _create(name: str, template: str) -> str:
    return f"CREATE DATABASE {name} TEMPLATE {template} OWNER allsquare_owner"


def _rename(old: str, new: str) -> str:
    return f"ALTER DATABASE {old} RENAME TO {new}"


async def _make_roles(connection: asyncpg.Connection) -> None:
    for role in ("allsquare_owner", "allsquare_app"):
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role):
            await connection.execute(f"CREATE ROLE {role}")
        await connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{_EXTERNAL_PASSWORD}'")


def _run(url: str, work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    """Do one piece of work on a connection of its own, from a fixture that is not asynchronous."""

    async def connected() -> Result:
        connection = await asyncpg.connect(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(connected())


def _with_login(url: str, role: str, password: str, database: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}", path=f"/{database}"))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_abandoned_folders() -> None:
    """Remove what killed test runs left behind, with their servers."""
    for folder in Path(tempfile.gettempdir()).glob("allsquare-tests-*"):
        facts = folder.stat()
        in_use = facts.st_mtime > time.time() - _ABANDONED_AFTER_SECONDS or _has_users(folder / "server")
        if facts.st_uid == os.geteuid() and not in_use:
            _remove_folder(folder)


def _has_users(data_dir: Path) -> bool:
    try:
        with (data_dir / "server.users.lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _remove_folder(folder: Path) -> None:
    embedded.stop(folder / "server")
    shutil.rmtree(folder, ignore_errors=True)
