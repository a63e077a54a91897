"""Every migration is applied exactly once, in one piece, and never to a database that is not what it seems."""

import asyncio
import secrets
from pathlib import Path

import asyncpg
import pytest

from allsquare.pg.migrate import (
    AppRoleMissing,
    ChecksumMismatch,
    MigrationBlocked,
    MigrationFailed,
    MigrationPending,
    UnknownVersion,
    migrate,
    migration_status,
    require_current,
)
from allsquare.pg.migration_files import MigrationFileInvalid, read_migrations
from allsquare.pg.pool import open_connection

FIRST = "0001_first.sql"
SECOND = "0002_second.sql"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, FIRST, "CREATE TABLE first (n integer); GRANT SELECT ON first TO allsquare_app;")
    write(tmp_path, SECOND, "CREATE TABLE second (n integer); INSERT INTO second VALUES (1);")
    return tmp_path


def write(folder: Path, name: str, sql: str, options: str = "") -> None:
    (folder / name).write_text(f"-- migrate:up{options}\n{sql}\n\n-- migrate:down\nDROP TABLE nothing;\n")


async def fetch_values(url: str, sql: str, *arguments: str) -> list[object]:
    connection = await open_connection(url)
    try:
        return [row[0] for row in await connection.fetch(sql, *arguments)]
    finally:
        await connection.close()


async def test_pending_files_are_applied_in_order_and_once(empty_database, folder: Path) -> None:
    told: list[str] = []
    assert await migrate(empty_database.owner_url, folder=folder, on_progress=told.append) == [FIRST, SECOND]
    assert told == [f"applying {FIRST}", f"applying {SECOND}"]
    assert await migrate(empty_database.owner_url, folder=folder) == []
    assert await fetch_values(empty_database.owner_url, "SELECT n FROM second") == [1]
    rows = await fetch_values(
        empty_database.owner_url, "SELECT version || ' ' || name FROM schema_migration ORDER BY 1"
    )
    assert rows == [f"0001 {FIRST}", f"0002 {SECOND}"]


async def test_five_runs_at_once_all_succeed_and_apply_each_file_once(empty_database, folder: Path) -> None:
    runs = await asyncio.gather(*(migrate(empty_database.owner_url, folder=folder) for _ in range(5)))
    assert sorted(runs) == [[], [], [], [], [FIRST, SECOND]]
    assert await fetch_values(empty_database.owner_url, "SELECT n FROM second") == [1]


async def test_a_waiting_run_does_not_block_an_index_built_concurrently(empty_database, folder: Path) -> None:
    sql = "CREATE INDEX CONCURRENTLY second_n ON second (n);"
    write(folder, "0003_index.sql", sql, options=" transaction:false")
    runs = await asyncio.gather(*(migrate(empty_database.owner_url, folder=folder) for _ in range(3)))
    assert sorted(map(len, runs)) == [0, 0, 3]
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'second_n'::regclass"
    assert await fetch_values(empty_database.owner_url, valid) == [True]


async def test_a_file_that_fails_leaves_nothing_and_keeps_those_before_it(empty_database, folder: Path) -> None:
    write(folder, SECOND, "CREATE TABLE second (n integer); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(MigrationFailed) as refused:
        await migrate(empty_database.owner_url, folder=folder)
    assert refused.value.detail == f'{SECOND} failed: relation "nowhere" does not exist.'
    status = await migration_status(empty_database.owner_url, folder=folder)
    assert (status.applied, status.pending) == ((FIRST,), (SECOND,))
    assert await fetch_values(empty_database.owner_url, "SELECT to_regclass('second')::text") == [None]
    write(folder, SECOND, "CREATE TABLE second (n integer);")
    assert await migrate(empty_database.owner_url, folder=folder) == [SECOND]


async def test_a_file_is_undone_when_it_cannot_be_recorded(empty_database, folder: Path) -> None:
    twice = "INSERT INTO schema_migration (version, name, checksum, duration_ms) VALUES ('0002', 'x', 'x', 0);"
    write(folder, SECOND, f"CREATE TABLE second (n integer); {twice}")
    with pytest.raises(MigrationFailed):
        await migrate(empty_database.owner_url, folder=folder)
    assert await fetch_values(empty_database.owner_url, "SELECT to_regclass('second')::text") == [None]
    assert (await migration_status(empty_database.owner_url, folder=folder)).applied == (FIRST,)


async def test_a_changed_file_is_refused_by_name_before_anything_is_done(empty_database, folder: Path) -> None:
    await migrate(empty_database.owner_url, folder=folder)
    write(folder, FIRST, "CREATE TABLE first (n bigint);")
    write(folder, "0003_third.sql", "CREATE TABLE third ();")
    with pytest.raises(ChecksumMismatch) as refused:
        await migrate(empty_database.owner_url, folder=folder)
    assert refused.value.actual == FIRST
    status = await migration_status(empty_database.owner_url, folder=folder)
    assert (status.mismatched, status.pending) == ((FIRST,), ("0003_third.sql",))
    with pytest.raises(ChecksumMismatch):
        await require_current(empty_database.app_url, folder=folder)


def test_other_line_ends_are_not_another_file(folder: Path) -> None:
    before = read_migrations(folder)
    for path in folder.glob("*.sql"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_migrations(folder) == before


async def test_a_database_newer_than_the_program_is_refused(empty_database, folder: Path) -> None:
    await migrate(empty_database.owner_url, folder=folder)
    (folder / SECOND).unlink()
    for refusing in (migrate, require_current):
        with pytest.raises(UnknownVersion) as refused:
            await refusing(empty_database.owner_url, folder=folder)
        assert refused.value.actual == SECOND
    status = await migration_status(empty_database.owner_url, folder=folder)
    assert (status.unknown, status.is_current) == ((SECOND,), False)


async def test_the_application_refuses_to_run_before_the_migration_and_says_what_to_do(empty_database, folder) -> None:
    with pytest.raises(MigrationPending) as refused:
        await require_current(empty_database.app_url, folder=folder)
    assert refused.value.detail.endswith("run 'allsquare db migrate'.")
    await migrate(empty_database.owner_url, folder=folder)
    await require_current(empty_database.app_url, folder=folder)
    write(folder, "0003_third.sql", "CREATE TABLE third ();")
    connection = await open_connection(empty_database.app_url)
    with pytest.raises(MigrationPending):
        await require_current(connection, folder=folder)
    await connection.close()


async def test_a_table_in_use_makes_the_migration_step_back_and_try_again(empty_database, folder: Path) -> None:
    await migrate(empty_database.owner_url, folder=folder)
    write(folder, "0003_third.sql", "SET LOCAL lock_timeout = 1; ALTER TABLE first ADD COLUMN m integer;")
    holder = await open_connection(empty_database.owner_url)
    held = holder.transaction()
    await held.start()
    await holder.execute("LOCK TABLE first")
    stepped_back = asyncio.Event()
    running = asyncio.create_task(
        migrate(
            empty_database.owner_url, folder=folder, on_progress=lambda told: "waits" in told and stepped_back.set()
        )
    )
    await stepped_back.wait()
    await held.rollback()
    assert await running == ["0003_third.sql"]
    await holder.close()


async def test_a_lock_never_had_is_told_and_leaves_the_file_pending(empty_database, folder: Path) -> None:
    await migrate(empty_database.owner_url, folder=folder)
    write(folder, "0003_third.sql", "SET LOCAL lock_timeout = 1; ALTER TABLE first ADD COLUMN m integer;")
    holder = await open_connection(empty_database.owner_url)
    async with holder.transaction():
        await holder.execute("LOCK TABLE first")
        with pytest.raises(MigrationBlocked):
            await migrate(empty_database.owner_url, folder=folder, lock_attempts=1)
    await holder.close()
    assert (await migration_status(empty_database.owner_url, folder=folder)).pending == ("0003_third.sql",)


async def test_a_missing_role_that_may_not_be_made_is_named_with_the_statement_to_run(empty_database, folder) -> None:
    with pytest.raises(AppRoleMissing) as refused:
        await migrate(empty_database.owner_url, folder=folder, app_role="no such role")
    assert refused.value.detail.endswith('CREATE ROLE "no such role" NOLOGIN;')
    assert (await migration_status(empty_database.owner_url, folder=folder)).applied == ()


async def test_a_missing_role_is_made_without_login_where_the_user_may(server, empty_database, folder) -> None:
    role = f"app_{secrets.token_hex(4)}"
    database = (await fetch_values(empty_database.owner_url, "SELECT current_database()"))[0]
    superuser_url = server.superuser_url_for(str(database))
    assert await migrate(superuser_url, folder=folder, app_role=role) == [FIRST, SECOND]
    assert await fetch_values(superuser_url, "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", role) == [False]
    for statement in (f"DROP OWNED BY {role}", f"DROP ROLE {role}"):
        connection = await asyncpg.connect(superuser_url)
        await connection.execute(statement)
        await connection.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("first.sql", "-- migrate:up\nSELECT 1;"),
        ("0003_No.sql", "-- migrate:up\nSELECT 1;"),
        ("0003_no_section.sql", "SELECT 1;"),
        ("0003_down_only.sql", "-- migrate:down\nSELECT 1;"),
        ("0002_twice.sql", "-- migrate:up\nSELECT 1;"),
    ],
)
def test_a_file_that_is_no_migration_is_refused_by_name(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(MigrationFileInvalid) as refused:
        read_migrations(folder)
    assert name in refused.value.detail
