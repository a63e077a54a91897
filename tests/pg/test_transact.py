"""One transaction, committed whole or not at all, and errors told apart by what may be done about them."""
# ruff: noqa: PT012 - that the whole block of a transaction raises is what is tested

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from allsquare.pg.pool import open_connection, open_pool
from allsquare.pg.transact import TransactionRolledBack, is_transient, transaction, transaction_on


@pytest.fixture
async def pool(empty_database) -> AsyncIterator[asyncpg.Pool]:
    opened = await open_pool(empty_database.owner_url, max_size=3)
    await opened.execute("CREATE TABLE note (id integer PRIMARY KEY, text text)")
    yield opened
    await opened.close()


async def notes(pool: asyncpg.Pool) -> list[int]:
    return [row["id"] for row in await pool.fetch("SELECT id FROM note ORDER BY id")]


async def terminate(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    """End a connection from the server's side and wait until its process is gone."""
    assert await pool.fetchval("SELECT pg_terminate_backend($1, 10000)", connection.get_server_pid())


async def test_what_the_block_did_is_stored_when_it_ends(pool: asyncpg.Pool) -> None:
    async with transaction(pool) as connection:
        await connection.execute("INSERT INTO note VALUES (1)")
        assert await notes(pool) == []
    assert await notes(pool) == [1]


async def test_an_exception_undoes_everything_and_passes_unchanged(pool: asyncpg.Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO note VALUES (1)")
            _ = 1 // 0
    assert await notes(pool) == []


async def test_a_connection_of_ones_own_is_free_again_after_an_exception(empty_database) -> None:
    connection = await open_connection(empty_database.owner_url)
    with pytest.raises(ZeroDivisionError):
        async with transaction_on(connection):
            await connection.execute("CREATE TABLE undone (n integer)")
            _ = 1 // 0
    assert not connection.is_in_transaction()
    assert await connection.fetchval("SELECT to_regclass('undone')") is None
    await connection.close()


async def test_a_swallowed_error_cannot_pass_for_a_commit(pool: asyncpg.Pool) -> None:
    with pytest.raises(TransactionRolledBack):
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO note VALUES (1)")
            with pytest.raises(asyncpg.UniqueViolationError):
                await connection.execute("INSERT INTO note VALUES (1)")
    assert await notes(pool) == []


async def test_a_deferred_constraint_that_fails_at_commit_undoes_everything(pool: asyncpg.Pool) -> None:
    await pool.execute("CREATE TABLE late (id integer, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO note VALUES (1)")
            await connection.execute("INSERT INTO late VALUES (1), (1)")
    assert await notes(pool) == []


async def test_the_isolation_is_ours_whatever_the_session_says(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SET default_transaction_isolation = serializable")
        await connection.execute("SET default_transaction_read_only = on")
        async with transaction_on(connection):
            assert await connection.fetchval("SHOW transaction_isolation") == "read committed"
            await connection.execute("INSERT INTO note VALUES (1)")


async def test_a_cancelled_block_is_rolled_back_and_its_connection_serves_again(empty_database) -> None:
    observer = await open_connection(empty_database.owner_url)
    async with await open_pool(empty_database.owner_url, max_size=1) as pool:
        await pool.execute("CREATE TABLE note (id integer)")

        async def slow() -> None:
            async with transaction(pool) as connection:
                await connection.execute("INSERT INTO note VALUES (1)")
                await connection.execute("SELECT pg_sleep(60)")

        task = asyncio.create_task(slow())
        # The server ignores a cancellation that overtakes its query, so the query must have begun.
        begun = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        while not await observer.fetchval(begun):
            assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await notes(pool) == []
    await observer.close()


async def test_a_connection_lost_in_the_block_is_transient_and_the_pool_goes_on(pool: asyncpg.Pool) -> None:
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as lost:
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO note VALUES (1)")
            await terminate(pool, connection)
            await connection.execute("INSERT INTO note VALUES (2)")
    assert is_transient(lost.value)
    assert await notes(pool) == []


async def test_a_commit_whose_answer_never_came_surfaces_as_the_lost_connection(pool: asyncpg.Pool) -> None:
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)) as lost:
        async with transaction(pool) as connection:
            await connection.execute("INSERT INTO note VALUES (1)")
            await terminate(pool, connection)
    assert is_transient(lost.value)
    assert lost.value.__cause__ is None


async def test_a_deadlock_is_transient(pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO note VALUES (1), (2)")
    both_hold_one = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with transaction(pool) as connection:
            await connection.execute("SELECT FROM note WHERE id = $1 FOR UPDATE", first)
            await both_hold_one.wait()
            await connection.execute("SELECT FROM note WHERE id = $1 FOR UPDATE", second)

    outcomes = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    errors = [outcome for outcome in outcomes if outcome is not None]
    assert [type(error) for error in errors] == [asyncpg.DeadlockDetectedError]
    assert is_transient(errors[0])


async def test_a_lock_not_had_in_time_is_transient(pool: asyncpg.Pool) -> None:
    async with transaction(pool) as holder:
        await holder.execute("LOCK TABLE note")
        with pytest.raises(asyncpg.LockNotAvailableError) as refused:
            async with transaction(pool) as connection:
                await connection.execute("SET LOCAL lock_timeout = 1")
                await connection.execute("INSERT INTO note VALUES (1)")
    assert is_transient(refused.value)


async def test_a_serialization_failure_is_transient(pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO note VALUES (1)")
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.SerializationError) as refused:
            async with connection.transaction(isolation="repeatable_read"):
                await connection.fetch("SELECT id FROM note")
                await pool.execute("UPDATE note SET text = 'other'")
                await connection.execute("UPDATE note SET text = 'mine'")
    assert is_transient(refused.value)


async def test_a_server_without_a_free_connection_is_transient(empty_database, pool: asyncpg.Pool) -> None:
    name = await pool.fetchval("SELECT current_database()")
    await pool.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    with pytest.raises(asyncpg.TooManyConnectionsError) as refused:
        await asyncpg.connect(empty_database.owner_url)
    assert is_transient(refused.value)


async def test_a_closed_connection_is_transient_and_misuse_of_one_is_not(empty_database) -> None:
    connection = await open_connection(empty_database.owner_url)
    waiting = asyncio.create_task(connection.execute("SELECT pg_sleep(0.2)"))
    # One turn of the loop, in which the task sends its query.
    await asyncio.sleep(0)
    with pytest.raises(asyncpg.InterfaceError) as misused:
        await connection.execute("SELECT 1")
    await waiting
    await connection.close()
    with pytest.raises(asyncpg.InterfaceError) as closed:
        await connection.execute("SELECT 1")
    assert is_transient(closed.value)
    assert not is_transient(misused.value)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (asyncpg.CannotConnectNowError("starting up"), True),
        (asyncpg.CrashShutdownError("another process crashed"), True),
        (asyncpg.ConnectionDoesNotExistError("closed in the middle"), True),
        (asyncpg.InvalidCachedStatementError("cached plan must not change result type"), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (FileNotFoundError("socket"), True),
        (asyncpg.ProtocolViolationError("garbage"), False),
        (asyncpg.UniqueViolationError("twice"), False),
        (asyncpg.CheckViolationError("negative"), False),
        (asyncpg.UndefinedTableError("no table"), False),
        (asyncpg.DiskFullError("full"), False),
        (ValueError("ours"), False),
        (asyncio.CancelledError(), False),
    ],
)
def test_errors_are_told_apart(error: BaseException, transient: bool) -> None:
    assert is_transient(error) is transient
