"""Keys are made once, kept from others, and changed while servers run, and nothing sealed is ever lost."""

import json
import multiprocessing
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from allsquare.edges.keys import (
    KEYS_FILE,
    LOCK_FILE,
    KeysBusy,
    KeysExposed,
    KeysNotReadable,
    load_keyring,
    open_vault,
    rotate_keys,
)
from allsquare.features.identity.rotation.store import SealedRow, list_keys_in_use, list_users, reseal_users
from allsquare.features.identity.signing import Signer
from allsquare.features.identity.vault import (
    KeyringInvalid,
    SealKeyUnknown,
    Vault,
    key_id_of,
    new_keyring,
    parse_keyring,
    serialise_keyring,
    with_new_key,
)
from allsquare.pg.embedded_locks import try_lock
from allsquare.pg.pool import open_pool
from tests.conftest import fresh_database

NOTHING: dict[str, str] = {}
WHO = {"subject": uuid4(), "session_id": uuid4(), "scope": "write"}


@pytest.fixture
def urls(server, template_database):
    with fresh_database(server, template_database) as fresh:
        yield fresh


@pytest.fixture
async def pool(urls) -> AsyncIterator[asyncpg.Pool]:
    async with await open_pool(urls.app_url, max_size=4) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "data"


Texts = dict[tuple[str, UUID], str]


async def fill(pool: asyncpg.Pool, vault: Vault, people: int) -> Texts:
    """Store people, tickets and links with everything that is sealed, and tell what is where."""
    texts: Texts = {}

    def sealed(place: str, row: UUID, text: str) -> bytes:
        texts[place, row] = text
        return vault.seal(text, place=place, row=row)

    for number in range(people):
        user, ticket, link = uuid4(), uuid4(), uuid4()
        phone = sealed("user.phone", user, f"+4930{number:08}") if number % 2 else None
        await pool.execute(
            "INSERT INTO \"user\" (user_id, name, role, email, phone) VALUES ($1, 'Kim', 'user', $2, $3)",
            user,
            sealed("user.email", user, f"kim{number}@example.org"),
            phone,
        )
        await pool.execute(
            "INSERT INTO ticket (ticket_id, ticket_hash, purpose, email, created_by, expires_at) "
            "VALUES ($1, $2, 'invite', $3, $1, now())",
            ticket,
            secrets.token_bytes(32),
            sealed("ticket.email", ticket, f"pat{number}@example.org"),
        )
        await pool.execute(
            "INSERT INTO link (link_id, event_id, token_hash, token, role, email, created_by, expires_at) "
            "VALUES ($1, $1, $2, $3, 'member', $4, $1, now())",
            link,
            secrets.token_bytes(32),
            sealed("link.token", link, f"asl_{number}"),
            None if number % 2 else sealed("link.email", link, f"lee{number}@example.org"),
        )
    return texts


STORED = """
SELECT 'user.email', user_id, email FROM "user" WHERE email IS NOT NULL
UNION ALL SELECT 'user.phone', user_id, phone FROM "user" WHERE phone IS NOT NULL
UNION ALL SELECT 'ticket.email', ticket_id, email FROM ticket WHERE email IS NOT NULL
UNION ALL SELECT 'link.token', link_id, token FROM link
UNION ALL SELECT 'link.email', link_id, email FROM link WHERE email IS NOT NULL
"""


async def stored(pool: asyncpg.Pool, vault: Vault) -> Texts:
    rows = await pool.fetch(STORED)
    return {(place, row): vault.open(sealed, place=place, row=row) for place, row, sealed in rows}


async def keys_in_use(pool: asyncpg.Pool) -> set[str]:
    async with pool.acquire() as connection:
        return set(await list_keys_in_use(connection))


async def test_everything_is_sealed_anew_and_reads_as_before(pool, folder) -> None:
    vault = open_vault(folder, NOTHING)
    texts = await fill(pool, vault, people=25)
    await Signer(pool, vault).ready()
    former = vault.keyring.current
    told = []
    done = await rotate_keys(pool, folder, NOTHING, on_progress=lambda *counts: told.append(counts), batch=7)
    # The new key for access tokens was sealed with the new key already; its predecessor is the 76th row.
    assert (done.rows, done.unreadable, done.dropped) == (25 * 3 + 1, 0, ())
    assert told[-1] == (76, 76)
    assert len(told) >= 3 * 4
    assert await keys_in_use(pool) == {done.made}
    assert done.made != former
    assert await stored(pool, open_vault(folder, NOTHING)) == texts


async def test_a_running_server_reads_and_writes_on_through_rotations(pool, folder) -> None:
    running = open_vault(folder, NOTHING)
    signer = Signer(pool, running)
    token, _ = await signer.issue(**WHO)
    texts = await fill(pool, running, people=3)
    for _ in range(3):
        done = await rotate_keys(pool, folder, NOTHING)
        assert await stored(pool, running) == texts
        texts |= await fill(pool, running, people=1)
        assert await keys_in_use(pool) == {done.made}
        assert (await signer.read(token)).session_id == WHO["session_id"]
    assert (await Signer(pool, open_vault(folder, NOTHING)).read(token)).session_id == WHO["session_id"]


async def test_the_former_key_stays_for_one_rotation_and_goes_when_nothing_needs_it(pool, folder) -> None:
    first = load_keyring(folder, NOTHING).current
    second = (await rotate_keys(pool, folder, NOTHING)).made
    assert set(load_keyring(folder, NOTHING).keys) == {first, second}
    third = await rotate_keys(pool, folder, NOTHING)
    assert third.dropped == (first,)
    assert set(load_keyring(folder, NOTHING).keys) == {second, third.made}
    assert load_keyring(folder, NOTHING).current == third.made


async def test_a_key_that_something_is_still_sealed_with_is_never_dropped(pool, folder) -> None:
    first = open_vault(folder, NOTHING)
    await fill(pool, first, people=1)
    # What was moved here from another row cannot be opened, and so not be sealed anew.
    moved = first.seal("kim@example.org", place="ticket.email", row=uuid4())
    await pool.execute("UPDATE ticket SET email = $1", moved)
    for _ in range(3):
        done = await rotate_keys(pool, folder, NOTHING)
        assert done.unreadable == 1
        assert first.keyring.current in load_keyring(folder, NOTHING).keys
    assert await pool.fetchval("SELECT email FROM ticket") == moved


async def test_a_rotation_cut_short_is_simply_done_again(pool, folder) -> None:
    texts = await fill(pool, open_vault(folder, NOTHING), people=3)

    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            await rotate_keys(pool, folder, NOTHING, on_progress=stop)
        assert await stored(pool, open_vault(folder, NOTHING)) == texts
    done = await rotate_keys(pool, folder, NOTHING)
    assert await stored(pool, open_vault(folder, NOTHING)) == texts
    assert await keys_in_use(pool) == {done.made}
    assert len(load_keyring(folder, NOTHING).keys) == 2


async def test_what_somebody_changes_meanwhile_stays_theirs(pool, folder) -> None:
    vault = open_vault(folder, NOTHING)
    await fill(pool, vault, people=2)
    async with pool.acquire() as connection:
        old = await list_users(connection, UUID(int=0), b"none", 10)
        new = [SealedRow(row.key, vault.seal("late", place="user.email", row=row.key), row.second) for row in old]
        changed = vault.seal("changed@example.org", place="user.email", row=old[0].key)
        await pool.execute('UPDATE "user" SET email = $2 WHERE user_id = $1', old[0].key, changed)
        assert await reseal_users(connection, old, new) == 1
    assert await pool.fetchval('SELECT email FROM "user" WHERE user_id = $1', old[0].key) == changed
    assert await pool.fetchval('SELECT email FROM "user" WHERE user_id = $1', old[1].key) == new[1].first


async def test_keys_of_the_environment_are_used_as_they_are(pool, folder) -> None:
    first = new_keyring()
    texts = await fill(pool, Vault(first), people=2)
    extended = with_new_key(first)
    environment = {"ALLSQUARE_KEYS": serialise_keyring(extended)}
    done = await rotate_keys(pool, folder, environment)
    assert (done.made, done.rows) == (None, 6)
    assert await keys_in_use(pool) == {extended.current}
    assert await stored(pool, open_vault(folder, environment)) == texts
    assert not folder.exists()


def test_broken_keys_of_the_environment_are_named_and_not_shown(folder) -> None:
    with pytest.raises(KeyringInvalid, match="ALLSQUARE_KEYS") as refused:
        open_vault(folder, {"ALLSQUARE_KEYS": '{"current":"secret-word"}'})
    assert "secret-word" not in refused.value.detail


def test_keys_are_made_once_for_their_owner_alone(folder) -> None:
    made = load_keyring(folder, NOTHING)
    path = folder / KEYS_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_uid == folder.stat().st_uid
    assert parse_keyring(path.read_text()) == made == load_keyring(folder, NOTHING)
    assert [file.name for file in folder.glob("*.new")] == []


def _load_when_all_are_there(folder, barrier, found) -> None:
    barrier.wait()
    found.put(serialise_keyring(load_keyring(folder, NOTHING)))


def test_processes_that_start_at_once_agree_on_the_keys(folder) -> None:
    context = multiprocessing.get_context("fork")
    for attempt in range(5):
        barrier, found = context.Barrier(4), context.Queue()
        arguments = (folder / str(attempt), barrier, found)
        processes = [context.Process(target=_load_when_all_are_there, args=arguments) for _ in range(4)]
        for process in processes:
            process.start()
        assert len({found.get(timeout=60) for _ in processes}) == 1
        for process in processes:
            process.join()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_keys_that_others_can_read_are_refused(folder, mode) -> None:
    load_keyring(folder, NOTHING)
    (folder / KEYS_FILE).chmod(mode)
    with pytest.raises(KeysExposed, match="chmod 600"):
        load_keyring(folder, NOTHING)


def test_a_broken_file_of_keys_is_refused_and_left_alone(folder) -> None:
    load_keyring(folder, NOTHING)
    (folder / KEYS_FILE).write_text("{")
    with pytest.raises(KeyringInvalid, match=KEYS_FILE):
        load_keyring(folder, NOTHING)
    assert (folder / KEYS_FILE).read_text() == "{"


def test_keys_that_vanish_are_missed_rather_than_made_anew(folder) -> None:
    vault = open_vault(folder, NOTHING)
    (folder / KEYS_FILE).unlink()
    with pytest.raises(KeysNotReadable):
        vault.seal("kim@example.org", place="user.email", row=uuid4())
    assert not (folder / KEYS_FILE).exists()


async def test_new_keys_do_not_open_a_database_that_others_sealed(pool, folder) -> None:
    await Signer(pool, open_vault(folder, NOTHING)).ready()
    (folder / KEYS_FILE).unlink()
    with pytest.raises(SealKeyUnknown):
        await Signer(pool, open_vault(folder, NOTHING)).ready()


async def test_two_rotations_at_once_are_refused(pool, folder) -> None:
    before = load_keyring(folder, NOTHING)
    held = try_lock(folder / LOCK_FILE)
    with pytest.raises(KeysBusy):
        await rotate_keys(pool, folder, NOTHING)
    os.close(held)
    assert load_keyring(folder, NOTHING) == before


def run(folder: Path, command: str, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `allsquare keys …` in a process of its own: it sets up logs as it likes them."""
    program = "from allsquare.edges.cli.keys import app; app()"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALLSQUARE_")}
    arguments = [sys.executable, "-c", program, command, "--data-dir", str(folder), *options]
    return subprocess.run(arguments, env=inherited | settings, capture_output=True, text=True, check=True)


def test_the_command_rotates_and_prints_what_it_did(urls, folder) -> None:
    first = load_keyring(folder, NOTHING).current
    done = json.loads(run(folder, "rotate", "--json", ALLSQUARE_DATABASE_URL=urls.app_url).stdout)
    assert done == {"made": load_keyring(folder, NOTHING).current, "dropped": [], "rows": 0, "unreadable": 0}
    ended = run(folder, "rotate", ALLSQUARE_DATABASE_URL=urls.app_url)
    assert f"Dropped what nothing needs any more: {first}." in ended.stdout


def test_extend_prints_keys_for_the_environment_and_changes_nothing(folder) -> None:
    before = load_keyring(folder, NOTHING)
    printed = parse_keyring(run(folder, "extend").stdout)
    assert load_keyring(folder, NOTHING) == before
    assert printed.keys.items() > before.keys.items()
    assert printed.current not in before.keys
    assert printed.index_key == before.index_key


async def test_a_sealed_row_names_its_key(pool, folder) -> None:
    vault = open_vault(folder, NOTHING)
    await fill(pool, vault, people=1)
    sealed = await pool.fetchval('SELECT email FROM "user"')
    assert key_id_of(sealed) == vault.keyring.current
