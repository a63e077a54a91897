"""Run the real `allsquare serve` in a process of its own, and kill it, or its PostgreSQL, without any warning."""

import asyncio
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from allsquare.pg import embedded
from tests.pg.embedded_helpers import remove_data_dir

START_S = 60
STOP_S = 60
POLL_S = 0.02
PORTS = range(20_000, 30_000)
"""Below the ports that clients get by chance: one that repeats itself on such a port may end up connected to itself."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class Service:
    """One data directory and one port, served by a process that may be killed and started again.

    Shape: with `database_url` it serves that database, which must be migrated, and the data directory keeps the token.
    """

    def __init__(self, data_dir: Path, *, database_url: str | None = None) -> None:
        self.data_dir = data_dir
        self.database_url = database_url
        self.port = free_port()
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return (self.data_dir / "owner.token").read_text().strip()

    def start(self) -> None:
        """Start the service, whatever the one before left behind."""
        program = Path(sys.executable).with_name("allsquare")
        command = [program, "serve", "--port", str(self.port), "--data-dir", self.data_dir]
        # Information about each request would be most of what the machine does here.
        environment = {**os.environ, "ALLSQUARE_LOG_LEVEL": "warning"}
        environment.pop("ALLSQUARE_DATABASE_URL", None)
        if self.database_url is not None:
            environment["ALLSQUARE_DATABASE_URL"] = self.database_url
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_the_tests if sys.platform == "linux" else None,  # noqa: PLW1509  (one call, no lock)
            )

    async def wait_until_ready(self) -> None:
        """Wait until the service and its database answer."""
        deadline = time.monotonic() + START_S
        async with httpx2.AsyncClient(base_url=self.url, timeout=START_S) as http:
            while True:
                assert self.running, f"the service ended while starting:\n{self.last_words()}"
                assert time.monotonic() < deadline, f"the service is not ready in {START_S} s:\n{self.last_words()}"
                try:
                    if (await http.get("/readyz")).status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(POLL_S)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill the application (not its PostgreSQL) without any chance to tidy up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_S)

    def stop(self) -> int:
        """Stop the service as a user would, and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(STOP_S)

    async def wait_for_words(self, words: str, *, after: int) -> None:
        """Wait until the service has logged something, after the log had a certain length."""
        deadline = time.monotonic() + START_S
        while words not in self.words()[after:]:
            assert time.monotonic() < deadline, f"the service never wrote {words!r}:\n{self.last_words()}"
            await asyncio.sleep(POLL_S)

    def words(self) -> str:
        """Give all that the service has logged."""
        return self.log.read_text(errors="replace")

    def last_words(self) -> str:
        """Give the end of what the service and its PostgreSQL have written, of long lines the beginning and the end."""
        logs = [log for log in (self.log, self.data_dir / "postgres.log") if log.is_file()]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()[-60:]]
        return "\n".join(line if len(line) < 600 else f"{line[:300]} … {line[-300:]}" for line in lines)

    def postmaster(self) -> int | None:
        """Tell the process id of PostgreSQL, if it runs."""
        return embedded.status(self.data_dir).pid

    def kill_postmaster(self) -> int:
        """Kill PostgreSQL's main process; its backends notice in their own time."""
        pid = self._postmaster()
        _kill(pid)
        return pid

    def kill_all_of_postgres(self) -> int:
        """Kill PostgreSQL's main process and every backend and helper at one moment, as a power cut would."""
        pid = self._postmaster()
        processes = [pid, *_children_of(pid)]
        for process in processes:
            _kill(process)
        return pid

    def kill_a_backend(self, chance: random.Random) -> None:
        """Kill one backend that serves the application; PostgreSQL then ends all the others and recovers by itself."""
        backends = [child for child in _children_of(self._postmaster()) if b"allsquare_app" in _title_of(child)]
        _kill(chance.choice(backends))

    def _postmaster(self) -> int:
        pid = self.postmaster()
        assert pid is not None, "PostgreSQL does not run"
        return pid


@contextmanager
def running_service(data_dir: Path, *, database_url: str | None = None) -> Iterator[Service]:
    """Start a service; nothing of it is left afterwards, however it ended."""
    service = Service(data_dir, database_url=database_url)
    service.start()
    try:
        yield service
    finally:
        if service.running:
            service.kill()
        remove_data_dir(data_dir)
        service.log.unlink(missing_ok=True)


def free_port() -> int:
    """Find a port that nobody listens on."""
    for port in random.Random().sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    message = "no port is free"
    raise AssertionError(message)


def _end_with_the_tests() -> None:
    """Have the kernel kill the service when the tests are killed, who then cannot."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has ended by itself meanwhile
        return


def _children_of(parent: int) -> list[int]:
    """List the processes that this one started, where the system lets us look (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The name stands in parentheses and may itself contain some; the parent is the second field after it.
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _title_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
