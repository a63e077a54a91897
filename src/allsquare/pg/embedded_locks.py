"""Hold the file locks by which processes share one embedded server.

Three files in the data directory, all locked with flock, which the kernel releases when its holder dies in any way:

- `server.lock`: exclusive while somebody decides to start or stop.
- `server.users.lock`: shared by every process that uses the server.
- `server.process.lock`: held by PostgreSQL itself. The postmaster inherits the descriptor and passes it to every
  backend, so the lock is free exactly when the last process of the server has ended. Unlike a process id it cannot
  be reused by a stranger, and it works across containers that share the folder.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str], None]

POLL_SECONDS = 0.02


class Ticker:
    """Tell a waiting person what is happening, at most once a second and never in the first one."""

    __slots__ = ("_report", "_started", "_told")

    def __init__(self, report: Progress | None) -> None:
        """Start counting now."""
        self._report = report
        self._started = time.monotonic()
        self._told = 0

    @property
    def seconds(self) -> int:
        """Count the whole seconds waited so far."""
        return int(time.monotonic() - self._started)

    def wait(self, what: str) -> None:
        """Sleep one poll, and report `what` with the seconds waited whenever another second has passed."""
        seconds = self.seconds
        if self._report is not None and seconds > self._told:
            self._told = seconds
            self._report(f"{what}, {seconds} s")
        time.sleep(POLL_SECONDS)


def open_lock_file(path: Path) -> int:
    """Open or make a lock file that belongs to whoever owns its folder, and return its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        # Root looking after somebody else's folder must not lock its owner out of it afterwards.
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Lock the file without waiting and return its descriptor, or None if somebody holds it."""
    descriptor = open_lock_file(path)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def decision_lock(path: Path, report: Progress | None) -> Iterator[None]:
    """Hold the right to start or stop the server, waiting as long as somebody else has it."""
    ticker = Ticker(report)
    # Polling, because a blocking flock in a thread could be neither interrupted nor reported on.
    while (descriptor := try_lock(path)) is None:
        ticker.wait("waiting for another Allsquare process that starts or stops the database")
    try:
        yield
    finally:
        os.close(descriptor)
