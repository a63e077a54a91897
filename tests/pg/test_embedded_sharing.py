"""Several users of one data directory share its server, and the last one stops it."""

import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allsquare.pg import embedded
from tests.pg.embedded_helpers import ask, start_other_process


def test_a_first_start_makes_a_database_that_both_roles_can_use(data_dir: Path) -> None:
    with embedded.running(data_dir) as server:
        assert server.started_here
        ask(server, "CREATE TABLE kept (n integer); GRANT SELECT ON kept TO allsquare_app; INSERT INTO kept VALUES (7)")
        assert ask(server, "SELECT current_user, n FROM kept", url=server.app_url) == "allsquare_app|7"
    with embedded.running(data_dir) as server:
        assert server.started_here
        assert ask(server, "SELECT n FROM kept") == "7"


def test_the_application_may_neither_create_tables_nor_roles_nor_read_files(used_data_dir: Path) -> None:
    rights = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = "
    with embedded.running(used_data_dir) as server:
        for role in ("allsquare_app", "allsquare_owner"):
            assert ask(server, f"{rights}'{role}'") == "f|f|f|f|f"
        with pytest.raises(subprocess.CalledProcessError):
            ask(server, "CREATE TABLE mine (n integer)", url=server.app_url)


def test_every_connection_asks_for_the_password(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir) as server:
        wrong = server.app_url.replace(server.app_password, "wrong")
        with pytest.raises(subprocess.CalledProcessError) as refused:
            ask(server, "SELECT 1", url=wrong)
        assert "password authentication failed" in refused.value.stderr


def test_the_server_is_reached_by_its_private_socket_alone(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir) as server:
        assert ask(server, "SELECT setting FROM pg_settings WHERE name = 'listen_addresses'") == ""
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE((used_data_dir / "secrets.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(used_data_dir.stat().st_mode) & 0o067 == 0


def test_a_second_user_shares_the_server_and_the_last_one_stops_it(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir) as first:
        with embedded.running(used_data_dir) as second:
            assert (first.started_here, second.started_here) == (True, False)
            assert second.app_url == first.app_url
        assert embedded.status(used_data_dir).state == "running"
    assert embedded.status(used_data_dir).state == "stopped"


def test_a_process_that_leaves_does_not_stop_the_server_of_another(used_data_dir: Path) -> None:
    other = start_other_process(used_data_dir)
    assert other.started_the_server
    with embedded.running(used_data_dir) as server:
        assert not server.started_here
    assert embedded.status(used_data_dir).state == "running"
    other.leave()
    assert embedded.status(used_data_dir).state == "stopped"


def test_of_processes_that_start_at_once_exactly_one_launches_the_server(data_dir: Path) -> None:
    with ThreadPoolExecutor() as threads:
        others = list(threads.map(start_other_process, [data_dir] * 4))
    assert sorted(other.started_the_server for other in others) == [False, False, False, True]
    for other in others:
        assert embedded.status(data_dir).state == "running"
        other.leave()
    assert embedded.status(data_dir).state == "stopped"


def test_a_server_left_by_a_killed_process_is_adopted_and_then_stopped(used_data_dir: Path) -> None:
    other = start_other_process(used_data_dir)
    left = embedded.status(used_data_dir).pid
    other.kill()
    with embedded.running(used_data_dir) as server:
        assert not server.started_here
        assert embedded.status(used_data_dir).pid == left
        assert ask(server, "SELECT 1") == "1"
    assert embedded.status(used_data_dir).state == "stopped"


def test_a_killed_user_does_not_keep_the_server_running(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir):
        start_other_process(used_data_dir).kill()
    assert embedded.status(used_data_dir).state == "stopped"


def test_stop_ends_the_server_whoever_uses_it_and_says_whether_there_was_one(used_data_dir: Path) -> None:
    assert not embedded.stop(used_data_dir)
    with embedded.running(used_data_dir) as server:
        ask(server, "SELECT 1")
        assert embedded.stop(used_data_dir)
        assert embedded.status(used_data_dir).state == "stopped"
        assert not embedded.stop(used_data_dir)
        assert embedded.revive(used_data_dir).started_here
        assert ask(server, "SELECT 1") == "1"


def test_nothing_is_made_by_asking_for_the_status(data_dir: Path) -> None:
    assert embedded.status(data_dir).state == "absent"
    assert not data_dir.exists()


def test_ctrl_c_in_the_terminal_leaves_the_server_to_the_application(used_data_dir: Path) -> None:
    script = """
import signal
import sys
from pathlib import Path
from allsquare.pg import embedded
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in a script's background
folder = Path(sys.argv[1])
with embedded.running(folder):
    try:
        print("ready", flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        server = embedded.start(folder)
        print(embedded.status(folder).state, server.started_here, flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(used_data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "running False\n"
    assert embedded.status(used_data_dir).state == "stopped"


def test_postgres_variables_of_the_caller_change_nothing(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "no_such_encoding")
    monkeypatch.setenv("PGOPTIONS", "-c no_such_setting=1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with embedded.running(data_dir) as server:
        monkeypatch.undo()
        assert ask(server, "SELECT current_setting('TimeZone')", url=server.app_url) == "UTC"


def test_a_server_whose_socket_was_cleaned_away_is_started_again(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir) as server:
        (server.socket_dir / ".s.PGSQL.5432").unlink()
        with socket.socket(socket.AF_UNIX) as connection, pytest.raises(FileNotFoundError):
            connection.connect(str(server.socket_dir / ".s.PGSQL.5432"))
        assert embedded.revive(used_data_dir).started_here
        assert ask(server, "SELECT 1") == "1"
