"""A pool is quick, durable and honest about why it cannot connect."""

import traceback
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from allsquare.pg.pool import (
    CommitNotDurable,
    DatabaseUnreachable,
    DatabaseUrlInvalid,
    open_connection,
    open_pool,
    parse_target,
)


def unprepared(url: str) -> str:
    return url + ("&" if "?" in url else "?") + "prepared=off"


@pytest.fixture
async def pool(database_urls) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(database_urls.app_url, max_size=1) as opened:
        yield opened


async def test_commits_are_durable_whatever_the_database_says(empty_database) -> None:
    owner = await open_connection(empty_database.owner_url)
    await owner.execute(f"ALTER DATABASE {await owner.fetchval('SELECT current_database()')} SET jit = on")
    await owner.execute(
        f"ALTER DATABASE {await owner.fetchval('SELECT current_database()')} SET synchronous_commit = off"
    )
    await owner.close()
    async with await open_pool(empty_database.app_url, application_name="poster") as pool:
        shown = [await pool.fetchval(f"SHOW {name}") for name in ("synchronous_commit", "jit", "application_name")]
    assert shown == ["on", "off", "poster"]


async def test_a_database_that_may_lose_commits_is_refused_where_we_cannot_change_that(empty_database) -> None:
    owner = await open_connection(empty_database.owner_url)
    await owner.execute(
        f"ALTER DATABASE {await owner.fetchval('SELECT current_database()')} SET synchronous_commit = off"
    )
    await owner.close()
    with pytest.raises(CommitNotDurable):
        await open_pool(unprepared(empty_database.app_url))


async def test_going_back_to_the_pool_costs_no_round_trip(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SET work_mem = '7MB'")
    # A reset would have undone it.
    assert await pool.fetchval("SHOW work_mem") == "7MB"


async def test_a_transaction_left_open_never_reaches_the_next_user(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("BEGIN")
        await connection.execute("CREATE TEMPORARY TABLE left_open (n integer)")
    async with pool.acquire() as connection:
        assert not connection.is_in_transaction()
        assert await connection.fetchval("SELECT to_regclass('left_open')") is None


async def test_json_arrives_as_text(pool: asyncpg.Pool) -> None:
    assert await pool.fetchrow("SELECT '{\"a\": 1}'::jsonb AS b, '[1]'::json AS j") == ('{"a": 1}', "[1]")


async def test_statements_are_not_prepared_behind_an_old_pgbouncer(database_urls) -> None:
    counted = "SELECT count(*) FROM pg_prepared_statements"
    async with await open_pool(database_urls.app_url, max_size=1) as pool:
        await pool.fetchval("SELECT 1")
        assert await pool.fetchval(counted) > 0
    async with await open_pool(unprepared(database_urls.app_url), max_size=1) as pool:
        await pool.fetchval("SELECT 1")
        assert await pool.fetchval(counted) == 0


@pytest.mark.parametrize("opened_by", [open_pool, open_connection])
async def test_a_wrong_password_is_told_without_telling_it(database_urls, opened_by) -> None:
    wrong = database_urls.app_url.replace("allsquare_app:", "allsquare_app:not-the-")
    with pytest.raises(DatabaseUnreachable) as refused:
        await opened_by(wrong)
    assert refused.value.detail.endswith("it refuses this user or password.")
    assert "not-the-" not in "".join(traceback.format_exception(refused.value))


async def test_a_missing_database_is_told(database_urls) -> None:
    parts = urlsplit(database_urls.app_url)
    with pytest.raises(DatabaseUnreachable) as refused:
        await open_pool(urlunsplit(parts._replace(path="/missing")))
    assert refused.value.detail.endswith("the database of this name does not exist there.")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://anna:geheim@127.0.0.1:1/ledger", "127.0.0.1:1"),
        ("postgresql://anna:geheim@/ledger?host=/nowhere", "/nowhere"),
        ("postgresql://anna:geheim@/ledger?host=127.0.0.1&port=1", "127.0.0.1:1"),
    ],
)
async def test_a_place_where_nobody_listens_is_named_without_the_password(url: str, place: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        await open_pool(url)
    assert refused.value.detail == f"The database at {place} cannot be reached: nothing listens there."
    assert "geheim" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "url", ["", "mysql://anna:geheim@host/x", "postgresql://anna:geheim@host:port/x", "postgresql://[geheim"]
)
async def test_a_url_that_cannot_be_understood_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as refused:
        await open_pool(url)
    assert "geheim" not in "".join(traceback.format_exception(refused.value))


def test_our_own_parameter_is_kept_from_the_server() -> None:
    target = parse_target("postgresql://a:b@one:1,two:2/ledger?prepared=off&sslmode=require")
    assert target.url == "postgresql://a:b@one:1,two:2/ledger?sslmode=require"
    assert (target.prepared, target.place) == (False, "one:1,two:2")
