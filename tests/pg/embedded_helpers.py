"""Help tests of the embedded server: other processes, other users, questions to the database, tidying up."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from allsquare.pg import embedded

SOURCE = Path(embedded.__file__).parents[2]
PACKAGES = Path(pytest.__file__).parents[1]

_USER_OF_A_SERVER = """
import sys
from pathlib import Path
from allsquare.pg import embedded
with embedded.running(Path(sys.argv[1])) as server:
    print(server.started_here, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class OtherProcess:
    """Another process that uses the server of a data directory until it is told to leave, or killed."""

    process: subprocess.Popen[str]
    started_the_server: bool

    def leave(self) -> None:
        """Let the process leave in good order and wait for its end."""
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """Kill the process without any chance to tidy up."""
        self.process.kill()
        self.process.communicate(timeout=60)


def remove_data_dir(folder: Path) -> None:
    """Stop the server of this data directory and remove everything, the cluster outside of it too."""
    state = folder / "server.json"
    if state.is_file():
        home = folder / json.loads(state.read_text())["home"]
        if (home / "postgres" / "PG_VERSION").is_file():
            embedded.stop(folder)
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def start_other_process(data_dir: Path) -> OtherProcess:
    """Start another process that uses this data directory, and wait until it has its server."""
    process = subprocess.Popen(
        [sys.executable, "-c", _USER_OF_A_SERVER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return OtherProcess(process=process, started_the_server=process.stdout.readline() == "True\n")


def ask(server: embedded.Server, sql: str, *, url: str = "") -> str:
    """Return the answer of psql, unaligned; an error of the statement fails the test."""
    command = [server.bin_dir / "psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", url or server.owner_url, "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def run_as_ordinary_user(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as an ordinary user: as we are, or as `nobody` when the tests run as root."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{SOURCE}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"}
    command: Sequence[str] = [sys.executable, "-c", script, *arguments]
    if os.geteuid() != 0:
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    nobody = pwd.getpwnam("nobody")
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            return subprocess.run(
                [python, "-c", script, *arguments],
                capture_output=True,
                text=True,
                check=False,
                env=environment,
                cwd="/",
                user=nobody.pw_uid,
                group=nobody.pw_gid,
                extra_groups=[],
            )
        except OSError:
            continue
    pytest.skip("no Python of this version that an ordinary user could run")
