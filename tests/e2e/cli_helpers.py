"""Run `allsquare` as people do: in processes of its own, on data directories of their own."""

import json
import os
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

PROGRAM = Path(sys.executable).with_name("allsquare")
DEADLINE_S = 180
POLL_S = 0.05
LAST_LINE = "Ctrl-C stops it."


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Give the variables of this process without its own settings, and with these."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALLSQUARE_")}
    return {**inherited, "ALLSQUARE_DATA_DIR": str(data_dir), "COLUMNS": "200", **settings}


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """Give what was said to a person whose command was refused: no traceback, nothing on standard output."""
        assert self.status != 0
        assert self.out == ""
        assert "Traceback" not in self.err
        return self.err.strip()


def run(data_dir: Path, *arguments: object, text: str = "", **settings: str) -> Ended:
    """Run a command to its end."""
    command = [str(PROGRAM), *map(str, arguments)]
    ended = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env=environment(data_dir, **settings),
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def done(data_dir: Path, *arguments: object, **settings: str) -> Ended:
    """Run a command that must succeed."""
    ended = run(data_dir, *arguments, **settings)
    assert ended.status == 0, ended.err
    return ended


@dataclass
class Served:
    """A running `allsquare serve`, and what it printed when it was ready."""

    data_dir: Path
    process: subprocess.Popen[str]
    printed: str

    @property
    def url(self) -> str:
        return self.printed.split()[2]

    @property
    def curl(self) -> str:
        return next(line.strip() for line in self.printed.splitlines() if line.strip().startswith("curl "))

    @property
    def token(self) -> str:
        return (self.data_dir / "owner.token").read_text().strip()

    def paste(self) -> Any:
        """Run the printed line as somebody who pastes it into a shell; without curl, do what it says."""
        if shutil.which("curl"):
            ended = subprocess.run(["bash", "-c", self.curl], capture_output=True, text=True, timeout=60, check=True)
            return json.loads(ended.stdout)
        curl, flags, option, header, url = shlex.split(self.curl)
        assert (curl, flags, option) == ("curl", "-sS", "-H")
        return self.get(url, header.partition("Bearer ")[2])[1]

    def get(self, url: str, token: str) -> tuple[int, Any]:
        """Get a resource, and give the status and the JSON of the answer."""
        whole = url if url.startswith("http") else self.url + url
        answer = httpx2.get(whole, headers={"Authorization": f"Bearer {token}"}, timeout=DEADLINE_S)
        return answer.status_code, answer.json()

    def end(self, number: int) -> int:
        """Send a signal, wait for the end, and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_S)


@contextmanager
def serving(data_dir: Path, *options: str, **settings: str) -> Iterator[Served]:
    """Run `allsquare serve` on a free port, from the moment it says that it is ready to the end of the block."""
    log = data_dir.with_name(f"{data_dir.name}.log")
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [str(PROGRAM), "serve", "--port", "0", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(data_dir, **settings),
        )
    try:
        yield Served(data_dir, process, _first_words(process, log))
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE_S)


def _first_words(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    deadline, printed = time.monotonic() + DEADLINE_S, ""
    while LAST_LINE not in printed:
        readable, _, _ = select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))
        line = os.read(process.stdout.fileno(), 65_536).decode() if readable else ""
        assert line, f"the service did not start; it said:\n{printed}\n{log.read_text()}"
        printed += line
    return printed


def looks(what: str) -> Iterator[None]:
    """Give another look again and again, until the loop over them is left; fail when that takes too long."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        assert time.monotonic() < deadline, f"{what}: not within {DEADLINE_S} s"
        yield
        time.sleep(POLL_S)
