"""Whatever the data directory is or holds, the answer is one clear sentence, and nothing of others is touched."""

import json
import os
import pwd
import shutil
from pathlib import Path

import pytest

from allsquare.pg import embedded
from allsquare.pg.embedded_cluster import render_configuration
from allsquare.pg.embedded_errors import (
    ClusterMissing,
    FolderTaken,
    OtherMajorVersion,
    SocketFolderTaken,
)
from allsquare.pg.embedded_layout import find_layout
from tests.pg.embedded_helpers import ask, run_as_ordinary_user

_START = """
import sys
from pathlib import Path
from allsquare.core.errors import AllsquareError
from allsquare.pg import embedded
try:
    embedded.start(Path(sys.argv[1]))
except AllsquareError as error:
    print(error.code, error.detail)
"""


@pytest.fixture
def small_data_dir(data_dir: Path) -> Path:
    """Return a data directory with the files of one that was set up, but an empty cluster."""
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    (data_dir / ".allsquare").touch()
    (data_dir / "server.json").write_text(json.dumps({"home": ".", "initialised": True, "prepared": True}))
    passwords = {"superuser_password": "a", "owner_password": "b", "app_password": "c"}
    (data_dir / "secrets.json").write_text(json.dumps(passwords))
    return data_dir


def test_a_read_only_folder_is_refused_by_name(data_dir: Path) -> None:
    data_dir.mkdir()
    data_dir.chmod(0o555)
    answer = run_as_ordinary_user(_START, str(data_dir)).stdout
    assert answer.startswith(f"embedded.folder_not_writable {data_dir} cannot be written by this user")
    assert list(data_dir.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused_by_name(data_dir: Path) -> None:
    data_dir.mkdir()
    data_dir.chmod(0o555)
    answer = run_as_ordinary_user(_START, str(data_dir / "below")).stdout
    assert answer.startswith(f"embedded.folder_not_writable {data_dir / 'below'} cannot be written by this user")


def test_a_data_directory_below_a_file_is_refused(data_dir: Path) -> None:
    data_dir.parent.mkdir(exist_ok=True)
    data_dir.write_text("a file")
    with pytest.raises(FolderTaken):
        embedded.start(data_dir)
    assert data_dir.read_text() == "a file"
    data_dir.unlink()


def test_a_folder_with_other_things_is_refused_and_left_as_it_was(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "thesis.odt").write_text("years of work")
    with pytest.raises(FolderTaken) as refused:
        embedded.start(data_dir)
    assert refused.value.actual == "thesis.odt"
    assert [path.name for path in data_dir.iterdir()] == ["thesis.odt"]


def test_an_empty_disk_with_its_lost_and_found_is_taken(data_dir: Path) -> None:
    (data_dir / "lost+found").mkdir(parents=True)
    assert embedded.claim_folder(data_dir) == data_dir.resolve()


def test_files_of_allsquare_may_come_before_the_database(data_dir: Path) -> None:
    embedded.claim_folder(data_dir)
    (data_dir / "signing.key").write_text("ours")
    assert embedded.claim_folder(data_dir) == data_dir.resolve()


def test_a_cluster_of_another_major_version_is_refused_and_left_as_it_was(small_data_dir: Path) -> None:
    with pytest.raises(OtherMajorVersion) as refused:
        embedded.start(small_data_dir)
    assert (refused.value.expected, refused.value.actual) == ("18", "17")
    assert [path.name for path in (small_data_dir / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_missing_cluster_is_never_replaced_by_an_empty_one(small_data_dir: Path) -> None:
    shutil.rmtree(small_data_dir / "postgres")
    with pytest.raises(ClusterMissing):
        embedded.start(small_data_dir)
    assert not (small_data_dir / "postgres").exists()


def test_lost_passwords_are_never_replaced_by_new_ones(small_data_dir: Path) -> None:
    (small_data_dir / "secrets.json").unlink()
    with pytest.raises(ClusterMissing) as refused:
        embedded.start(small_data_dir)
    assert "secrets.json is missing" in refused.value.detail
    assert not (small_data_dir / "secrets.json").exists()


def test_a_state_file_of_somebody_else_is_refused(data_dir: Path) -> None:
    embedded.claim_folder(data_dir)
    (data_dir / "server.json").write_text("not ours")
    with pytest.raises(FolderTaken):
        embedded.start(data_dir)
    (data_dir / "server.json").unlink()


def test_a_very_long_path_gets_a_short_private_socket_folder(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(parents=True)
    for folder in (data_dir, deep.parent):
        folder.chmod(0o711)
    with embedded.running(deep) as server:
        assert server.socket_dir.parent == Path("/tmp")  # noqa: S108 - where it must be
        assert server.socket_dir.stat().st_mode & 0o077 == 0
        assert ask(server, "SELECT 1") == "1"
        with embedded.running(deep) as again:
            assert not again.started_here
    server.socket_dir.rmdir()


def test_a_short_socket_folder_of_somebody_else_is_refused(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(parents=True)
    for folder in (data_dir, deep.parent):
        folder.chmod(0o711)
    with embedded.running(deep) as server:
        pass
    server.socket_dir.rmdir()
    server.socket_dir.symlink_to(data_dir)
    try:
        with pytest.raises(SocketFolderTaken):
            embedded.start(deep)
        assert embedded.status(deep).state == "stopped"
    finally:
        server.socket_dir.unlink()


def test_a_stopped_data_directory_may_be_moved(data_dir: Path) -> None:
    first = data_dir / "first"
    data_dir.mkdir()
    data_dir.chmod(0o711)
    with embedded.running(first) as server:
        ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    second = first.rename(data_dir / "second")
    with embedded.running(second) as server:
        assert ask(server, "SELECT n FROM kept") == "7"


def test_the_cache_is_a_quarter_of_the_memory_within_limits() -> None:
    gibibyte = 1024**3
    assert "shared_buffers = 32MB" in render_configuration(memory_bytes=gibibyte // 16, has_lz4=False)
    assert "shared_buffers = 128MB" in render_configuration(memory_bytes=gibibyte // 2, has_lz4=False)
    assert "shared_buffers = 256MB" in render_configuration(memory_bytes=64 * gibibyte, has_lz4=False)


def test_compression_uses_lz4_where_it_was_built_in() -> None:
    assert "wal_compression = on\n" in render_configuration(memory_bytes=1024**3, has_lz4=False)
    assert "wal_compression = lz4\n" in render_configuration(memory_bytes=1024**3, has_lz4=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_data_directory_of_an_ordinary_user_stays_usable_by_that_user_after_root_used_it(data_dir: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    data_dir.mkdir()
    os.chown(data_dir, nobody.pw_uid, nobody.pw_gid)
    with embedded.running(data_dir):
        layout = find_layout(data_dir)
        assert layout is not None
        assert layout.user.name == "nobody"
    assert {path.stat().st_uid for path in data_dir.rglob("*")} == {nobody.pw_uid}
    script = _START + "print(embedded.status(Path(sys.argv[1])).state, embedded.stop(Path(sys.argv[1])))"
    assert run_as_ordinary_user(script, str(data_dir)).stdout == "running True\n"
