"""What was acknowledged survives any kill, and the server comes back however it was left."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from allsquare.pg import embedded
from allsquare.pg.embedded_errors import DiskFull, ServerDied
from allsquare.pg.embedded_layout import find_layout
from allsquare.pg.embedded_process import find_postmaster
from tests.pg.embedded_helpers import ask, start_other_process


def kill_postmaster(data_dir: Path) -> int:
    """Kill the server's main process without any chance to tidy up, and return its id."""
    pid = embedded.status(data_dir).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_server_comes_back_with_everything_that_was_committed(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir) as server:
        ask(server, "CREATE TABLE survivors AS SELECT 42 AS n")
        killed = kill_postmaster(used_data_dir)
        revived = embedded.revive(used_data_dir)
        assert revived.started_here
        assert revived.app_url == server.app_url
        assert embedded.status(used_data_dir).pid != killed
        assert ask(revived, "SELECT n FROM survivors") == "42"
    assert embedded.status(used_data_dir).state == "stopped"


def test_a_backend_that_outlives_its_killed_server_is_ended_before_the_next_starts(used_data_dir: Path) -> None:
    told: list[str] = []
    # Busy without ever waiting, so that it does not notice the death of its server; but not for ever.
    busy = "DO $$ BEGIN RAISE NOTICE 'busy'; WHILE clock_timestamp() < now() + interval '40 s' LOOP END LOOP; END $$"
    with embedded.running(used_data_dir) as server:
        command = [server.bin_dir / "psql", "-X", server.owner_url, "-c", busy]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as client:
            assert client.stderr is not None
            assert "busy" in client.stderr.readline()
            kill_postmaster(used_data_dir)
            assert embedded.revive(used_data_dir, on_progress=told.append).started_here
            assert client.wait(timeout=60) != 0
        assert ask(server, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %'") == "0"
    assert any("last processes of a server that was killed" in message for message in told)


def test_a_server_killed_together_with_its_application_recovers(used_data_dir: Path) -> None:
    other = start_other_process(used_data_dir)
    kill_postmaster(used_data_dir)
    other.kill()
    with embedded.running(used_data_dir) as server:
        assert server.started_here
        assert ask(server, "SELECT pg_is_in_recovery()") == "f"


def test_another_process_revives_a_server_whose_starter_has_not_noticed_its_death(used_data_dir: Path) -> None:
    # The dead server stays a zombie here, because its parent does not ask for it, and its number still exists.
    other = start_other_process(used_data_dir)
    kill_postmaster(used_data_dir)
    with embedded.running(used_data_dir) as server:
        assert server.started_here
        assert ask(server, "SELECT 1") == "1"
    other.leave()
    assert embedded.status(used_data_dir).state == "stopped"


def test_a_pid_file_whose_number_now_belongs_to_a_stranger_stops_nobody(used_data_dir: Path) -> None:
    layout = find_layout(used_data_dir)
    assert layout is not None
    dropped = layout.user.dropped
    with subprocess.Popen(
        ["/bin/sleep", "600"],
        user=layout.user.uid if dropped else None,
        group=layout.user.gid if dropped else None,
    ) as stranger:
        lines = [str(stranger.pid), str(layout.cluster), "1", "5432", str(layout.socket_dir), "", "1 1", "ready"]
        pid_file = layout.cluster / "postmaster.pid"
        pid_file.write_text("\n".join(lines) + "\n")
        Path(f"{layout.socket}.lock").write_text("\n".join(lines) + "\n")
        assert find_postmaster(layout) is None
        with embedded.running(used_data_dir) as server:
            assert server.started_here
        assert stranger.poll() is None
        stranger.kill()


def test_a_first_start_cut_short_is_begun_anew(data_dir: Path) -> None:
    embedded.claim_folder(data_dir)
    unfinished = data_dir / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with embedded.running(data_dir) as server:
        assert ask(server, "SELECT 1") == "1"
    assert not unfinished.exists()


def test_roles_are_set_up_again_when_the_first_start_was_cut_short_after_initdb(data_dir: Path) -> None:
    with embedded.running(data_dir):
        pass
    # As a kill between the rename of the new cluster and the note of it would leave things.
    (data_dir / "server.json").unlink()
    with embedded.running(data_dir) as server:
        assert ask(server, "SELECT current_user", url=server.app_url) == "allsquare_app"


def test_a_server_that_cannot_start_is_quoted_and_starts_once_that_is_mended(used_data_dir: Path) -> None:
    layout = find_layout(used_data_dir)
    assert layout is not None
    own_settings = layout.cluster / "local.conf"
    before = own_settings.read_text()
    own_settings.write_text("shared_buffers = nonsense\n")
    with pytest.raises(ServerDied) as refused:
        embedded.start(used_data_dir)
    assert 'invalid value for parameter "shared_buffers": "nonsense"' in refused.value.detail
    own_settings.write_text(before)
    with embedded.running(used_data_dir) as server:
        assert server.started_here


def test_own_settings_win_over_ours(used_data_dir: Path) -> None:
    layout = find_layout(used_data_dir)
    assert layout is not None
    own_settings = layout.cluster / "local.conf"
    before = own_settings.read_text()
    own_settings.write_text("work_mem = 7MB\n")
    with embedded.running(used_data_dir) as server:
        assert ask(server, "SHOW work_mem") == "7MB"
    own_settings.write_text(before)


def test_commits_are_durable_by_configuration(used_data_dir: Path) -> None:
    with embedded.running(used_data_dir) as server:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert ask(server, f"SHOW {setting}") == "on"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_told_as_such(data_dir: Path) -> None:
    data_dir.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=16m,mode=0755", "tmpfs", data_dir], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this root may not mount")
    try:
        with pytest.raises(DiskFull) as refused:
            embedded.start(data_dir)
        assert str(data_dir) in refused.value.detail
        assert embedded.status(data_dir).state == "absent"
    finally:
        subprocess.run(["/bin/umount", data_dir], check=True)
