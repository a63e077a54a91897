"""Begin, commit and roll back: the one file of Allsquare that does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import asyncpg

from allsquare.core.errors import Unavailable
from allsquare.pg.borrow import borrow

# Written out, so that no setting of the server, database or role can change it. Each statement then sees what others
# committed before it, which the poster counts on: it locks heads first and reads states after.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_COMMIT = "COMMIT"
_ROLLBACK = "ROLLBACK"

_TRANSIENT: tuple[type[BaseException], ...] = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # It says that a connection is not in the state it should be in. A backend's last words ("terminating connection …")
    # leave it so until its end is noticed, a moment later.
    asyncpg.InternalClientError,
    # A migration changed a table under a prepared statement; asyncpg has forgotten the old plan when it says so.
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
    OSError,
)


# asyncpg has no class of its own for a connection that ended while nobody was waiting on it. The pool takes such a
# connection away from whoever holds it, and the holder's next call hears that it was "released back".
_LOST = ("is clos", "released back to the pool")


class TransactionRolledBack(Unavailable):
    """COMMIT was answered with ROLLBACK: a statement had failed and somebody had swallowed its error.

    Nothing was stored. Without this check the caller would believe that it was.
    """

    code = "transaction.rolled_back"
    title = "The transaction was rolled back"


@asynccontextmanager
async def transaction(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """Take a connection and run the block in one transaction; an exception rolls back.

    Ensures: an exception from COMMIT itself passes as it is. If the connection was lost there, the outcome is unknown
    and the caller looks its command id up.
    """
    async with borrow(pool) as connection, transaction_on(connection):
        yield connection


@asynccontextmanager
async def transaction_on(connection: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """Run the block in one transaction on a connection the caller holds; as `transaction` otherwise."""
    await connection.execute(_BEGIN)
    try:
        yield connection
        answer = await connection.execute(_COMMIT)
    except BaseException:
        await _roll_back(connection)
        raise
    if answer != "COMMIT":
        raise TransactionRolledBack("A statement of the transaction had failed before, so nothing was stored.")


@asynccontextmanager
async def snapshot(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """Take a connection on which the block reads one moment, whatever others commit meanwhile; it can write nothing."""
    async with pool.acquire() as proxy:
        connection = cast("asyncpg.Connection", proxy)
        await connection.execute(_BEGIN_SNAPSHOT)
        try:
            yield connection
        finally:
            await _roll_back(connection)


def is_transient(error: BaseException) -> bool:
    """Tell whether the same work may succeed when it is simply done again.

    After a lost connection during COMMIT it may also have succeeded already: do it again with the same command ids.
    """
    if isinstance(error, asyncpg.ProtocolViolationError):
        return False
    if isinstance(error, _TRANSIENT):
        return True
    # The rest of InterfaceError is misuse of the driver, which no repetition mends.
    return isinstance(error, asyncpg.InterfaceError) and any(words in str(error) for words in _LOST)


async def _roll_back(connection: asyncpg.Connection) -> None:
    """Roll back if there is anything to roll back, without hiding the error that is on its way."""
    try:
        # Even these two questions are refused when the pool has taken a lost connection away.
        if not connection.is_closed() and connection.is_in_transaction():
            await connection.execute(_ROLLBACK)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        _terminate(connection)
    except asyncio.CancelledError:
        _terminate(connection)
        raise


def _terminate(connection: asyncpg.Connection) -> None:
    """End a connection whose transaction may still be open: its next user would commit what is left in it."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()
