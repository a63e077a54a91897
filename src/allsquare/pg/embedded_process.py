"""Look at, launch and end the processes of one embedded server."""

import os
import signal
import socket
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from allsquare.pg.embedded_cluster import write_configuration
from allsquare.pg.embedded_errors import server_died
from allsquare.pg.embedded_layout import Layout, make_socket_folder, programs_of
from allsquare.pg.embedded_locks import Progress, Ticker, open_lock_file, try_lock
from allsquare.pg.embedded_user import ENVIRONMENT

_LOG_LIMIT_BYTES = 10 * 1024 * 1024

# A fast stop writes a checkpoint; a disk that needs longer than this for it gets an immediate stop, which loses
# nothing either: the next start replays the log.
_FAST_STOP_SECONDS = 60

# Backends notice their postmaster's death at once unless they are busy with a query; then they are asked to end.
_ORPHAN_PATIENCE_SECONDS = 2

# Where postmaster.pid holds the phase, counted from 0 (LOCK_FILE_LINE_PM_STATUS in PostgreSQL's pidfile.h).
_PHASE_LINE = 7

# The four-byte length and the code of PostgreSQL's SSLRequest, answered by one byte and never logged.
_ARE_YOU_THERE = struct.pack("!ii", 8, 80877103)

# Servers started by this process. Without waiting for a dead child its id would look alive for ever.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The server process as its own pid file describes it; `phase` is PostgreSQL's word: starting, ready, stopping."""

    pid: int
    phase: str


def find_postmaster(layout: Layout) -> Postmaster | None:
    """Return the living server process of this cluster, or None."""
    _reap_children()
    postmaster = _read_pid_file(layout.cluster)
    return postmaster if postmaster is not None and _is_postmaster_of(layout.cluster, postmaster.pid) else None


def bring_up(layout: Layout, report: Progress | None) -> bool:
    """Make the server run and answer, however it was left, and tell whether this call launched it.

    Raises: ServerDied or DiskFull when PostgreSQL gives up. There is no time limit: a recovery takes what it takes.
    """
    ticker = Ticker(report)
    while True:
        postmaster = find_postmaster(layout)
        if postmaster is not None:
            if postmaster.phase == "ready" and _answers(layout.socket):
                return False
            if postmaster.phase == "ready" and not layout.socket.exists():
                # Something cleaned the socket away (as is done in /tmp): nobody could ever reach this server again.
                take_down(layout, report)
            ticker.wait(f"waiting for the database, which is {postmaster.phase or 'starting'}")
            continue
        lifeline = try_lock(layout.process_lock)
        if lifeline is None:
            _end_orphans(layout, ticker)
            continue
        try:
            _launch(layout, lifeline, report)
        finally:
            os.close(lifeline)
        return True


def take_down(layout: Layout, report: Progress | None) -> bool:
    """Stop the server fast (open transactions roll back), wait for its last process, and tell whether one ran."""
    ticker = Ticker(report)
    postmaster = find_postmaster(layout)
    if postmaster is not None:
        _send(postmaster.pid, signal.SIGINT)
    urgent = False
    while (living := find_postmaster(layout)) is not None or _is_alive(layout):
        if living is None:
            _end_orphans(layout, ticker)
            continue
        if ticker.seconds >= _FAST_STOP_SECONDS and not urgent:
            urgent = True
            _send(living.pid, signal.SIGQUIT)
        ticker.wait("stopping the database")
    return postmaster is not None


def _launch(layout: Layout, lifeline: int, report: Progress | None) -> None:
    """Start the postmaster and wait until it is ready."""
    # Nobody of this server lives, which the process lock proves. Its pid files would stop PostgreSQL if by chance a
    # stranger had got the old number, as is common in containers.
    crashed = (layout.cluster / "postmaster.pid").exists()
    for stale in (layout.cluster / "postmaster.pid", layout.socket, Path(f"{layout.socket}.lock")):
        stale.unlink(missing_ok=True)
    make_socket_folder(layout)
    write_configuration(layout)
    offset = _rotate_log(layout.log)
    command: list[str | Path] = [programs_of(layout) / "postgres", "-D", layout.cluster, "-k", layout.socket_dir]
    command += ["-p", "5432", "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"]
    dropped = layout.user.dropped
    with layout.log.open("ab") as log:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=dict(ENVIRONMENT),
            user=layout.user.uid if dropped else None,
            group=layout.user.gid if dropped else None,
            extra_groups=[] if dropped else None,
            # Inherited by every backend: the lock is free only when the last of them has ended.
            pass_fds=(lifeline,),
            # Ctrl-C in the terminal is for the application, which stops the server itself after it has drained.
            start_new_session=True,
        )
    _children.append(child)
    ticker = Ticker(report)
    while child.poll() is None:
        postmaster = _read_pid_file(layout.cluster)
        if postmaster is not None and postmaster.pid == child.pid and postmaster.phase == "ready":
            return
        ticker.wait("recovering after a crash" if crashed else "starting the database")
    raise server_died("starting", layout.home, _log_since(layout.log, offset))


def _end_orphans(layout: Layout, ticker: Ticker) -> None:
    """Wait for processes that outlived their postmaster; PostgreSQL does not start while they hold its memory."""
    ticker.wait("waiting for the last processes of a server that was killed")
    # Without its pid file a server may be just about to start: nobody is asked to end then.
    if ticker.seconds >= _ORPHAN_PATIENCE_SECONDS and _read_pid_file(layout.cluster) is not None:
        for pid in _processes_in(layout.cluster):
            _send(pid, signal.SIGTERM)


def _processes_in(folder: Path) -> list[int]:
    """Return the processes that work in this folder, where the system lets us look (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").samefile(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _is_alive(layout: Layout) -> bool:
    descriptor = try_lock(layout.process_lock)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def _read_pid_file(cluster: Path) -> Postmaster | None:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        # PostgreSQL fills the file while it starts: the number comes first, the phase last.
        phase = lines[_PHASE_LINE].strip() if len(lines) > _PHASE_LINE else ""
        return Postmaster(pid=int(lines[0]), phase=phase)
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _is_postmaster_of(cluster: Path, pid: int) -> bool:
    """Tell whether this process is a server on this cluster, and not a stranger that got its number."""
    proc = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        return str(cluster) in subprocess.run(command, capture_output=True, text=True, check=False).stdout
    try:
        # The command line, because in a container not even root may look at another user's working folder.
        return os.fsencode(cluster) in (proc / "cmdline").read_bytes().split(b"\0") or (proc / "cwd").samefile(cluster)
    except OSError:
        return False


def _answers(path: Path) -> bool:
    """Tell whether a server answers on this socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(_ARE_YOU_THERE)
            return connection.recv(1) in {b"N", b"S"}
        except OSError:
            return False


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _reap_children() -> None:
    _children[:] = [child for child in _children if child.poll() is None]


def _rotate_log(log: Path) -> int:
    """Move a log that has grown large aside, keeping one old one, and return the length of the current one."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
    if not log.exists():
        os.close(open_lock_file(log))
    return log.stat().st_size


def _log_since(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read()[-4000:].decode(errors="replace")
