"""Open connections and pools to PostgreSQL, and say in one sentence why that failed."""

import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

from allsquare.core.errors import InvalidInput, Unavailable

_IDLE_CONNECTION_SECONDS = 300.0
_CONNECT_SECONDS = 15.0


class DatabaseUnreachable(Unavailable):
    """No connection could be made: nobody listens there, the password is wrong, or the database does not exist."""

    code = "database.unreachable"
    title = "The database cannot be reached"


class DatabaseUrlInvalid(InvalidInput):
    """The URL cannot be understood."""

    code = "database.url_invalid"
    title = "The database URL cannot be understood"


class CommitNotDurable(Unavailable):
    """The server acknowledges commits that it could lose, and Allsquare would promise what it cannot keep."""

    code = "database.commit_not_durable"
    title = "The database would lose acknowledged commits"


@dataclass(frozen=True, slots=True)
class Target:
    """A database URL taken apart: what asyncpg gets, where that is in words, and whether statements are prepared."""

    url: str
    place: str
    prepared: bool


def parse_target(url: str) -> Target:
    """Read a libpq URL, with our own `prepared=off` for servers behind a PgBouncer older than 1.21.

    Raises: DatabaseUrlInvalid. No sentence made here ever holds the password.
    """
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise _not_understood() from None
    if parts.scheme not in {"postgresql", "postgres"}:
        raise DatabaseUrlInvalid("A database URL starts with postgresql://.", field="database_url")
    options = dict(query)
    # Behind the last @ only, where no password can be; it may list several servers.
    host = parts.netloc.rpartition("@")[2] or options.get("host", "localhost")
    # A folder names the socket in it, whose number says nothing to a person.
    place = host if host.startswith("/") or ":" in host else f"{host}:{options.get('port', '5432')}"
    own = [(name, value) for name, value in query if name != "prepared"]
    return Target(
        url=urlunsplit(parts._replace(query=urlencode(own))),
        place=place,
        prepared=options.get("prepared", "on") != "off",
    )


async def open_pool(
    url: str,
    *,
    min_size: int = 1,
    max_size: int = 10,
    application_name: str = "allsquare",
) -> asyncpg.Pool:
    """Open a pool whose connections keep no session state.

    Ensures: commits are durable (`synchronous_commit` is on); json and jsonb arrive as text, as asyncpg gives them,
    because who reads them decodes straight into its own type.

    Raises: DatabaseUnreachable, DatabaseUrlInvalid, CommitNotDurable.
    """
    target = parse_target(url)
    options = _connection_options(target, application_name)
    try:
        return await asyncpg.create_pool(
            target.url,
            min_size=min_size,
            max_size=max_size,
            max_inactive_connection_lifetime=_IDLE_CONNECTION_SECONDS,
            init=_require_durable_commits,
            reset=_keep_as_it_is,
            **options,
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise _unreachable(target, error) from error


async def open_connection(url: str, *, application_name: str = "allsquare") -> asyncpg.Connection:
    """Open one connection outside any pool, for migrations and listeners; the caller closes it.

    Raises: DatabaseUnreachable, DatabaseUrlInvalid.
    """
    target = parse_target(url)
    try:
        return await asyncpg.connect(target.url, **_connection_options(target, application_name))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise _unreachable(target, error) from error


def _not_understood() -> DatabaseUrlInvalid:
    return DatabaseUrlInvalid("The database URL cannot be understood.", field="database_url")


def _connection_options(target: Target, application_name: str) -> dict[str, Any]:
    settings = {"application_name": application_name}
    if target.prepared:
        # Behind PgBouncer these two are left out: it refuses start-up settings that it does not track.
        settings |= {"synchronous_commit": "on", "jit": "off"}
    options: dict[str, Any] = {"server_settings": settings, "timeout": _CONNECT_SECONDS, "command_timeout": None}
    if not target.prepared:
        options["statement_cache_size"] = 0
    return options


async def _keep_as_it_is(_connection: asyncpg.Connection) -> None:
    """Reset nothing when a connection goes back to the pool.

    asyncpg's own reset (release advisory locks, close cursors, UNLISTEN *, RESET ALL) is a round trip after every use
    and halves the throughput of single queries. We set nothing on a session, take advisory locks and cursors only
    inside transactions, and listen on connections outside any pool. A transaction left open is still rolled back by
    asyncpg itself before it calls this.
    """


_SHOW_SYNCHRONOUS_COMMIT = "SHOW synchronous_commit"


async def _require_durable_commits(connection: asyncpg.Connection) -> None:
    """Look at every new connection, for after a failover it may lead to a server that was set up otherwise."""
    value = await connection.fetchval(_SHOW_SYNCHRONOUS_COMMIT)
    if value == "off":
        raise CommitNotDurable(
            "The server runs with synchronous_commit=off, so a crash would lose commits that were acknowledged; "
            "set it to on for this database.",
            expected="on",
            actual=str(value),
        )


def _unreachable(target: Target, error: Exception) -> DatabaseUnreachable:
    if isinstance(error, ValueError):
        # asyncpg's own words may quote the URL, and with it the password.
        raise _not_understood() from None
    if isinstance(error, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        reason = "it refuses this user or password"
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        reason = "the database of this name does not exist there"
    elif isinstance(error, TimeoutError):
        reason = "it does not answer in time"
    elif isinstance(error, asyncpg.PostgresError):
        reason = f"it answers: {error}"
    elif isinstance(error, socket.gaierror):
        reason = "the name of the host is not known"
    elif isinstance(error, ConnectionRefusedError | FileNotFoundError):
        reason = "nothing listens there"
    else:
        reason = str(error)
    return DatabaseUnreachable(f"The database at {target.place} cannot be reached: {reason}.", actual=target.place)
