"""Decide where everything of one embedded server lies, and remember it in the data directory.

    data_dir/            0700, the caller's
      server.json        where the cluster is and how far it was set up
      secrets.json       0600, the passwords of the three roles
      server*.lock       see embedded_locks.py
      postgres.log
      postgres/          the cluster, 0700, the server user's
      socket/            0700, the server user's (elsewhere when its path would be too long)

Run as root, `postgres/` and `socket/` move to /var/lib/allsquare/clusters/… when the server's user cannot enter the
data directory's parents.
"""

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from allsquare.pg.embedded_binaries import MAJOR_VERSION, SYSTEM_FOLDER, find_programs
from allsquare.pg.embedded_errors import (
    ClusterMissing,
    FolderTaken,
    OtherMajorVersion,
    SocketFolderTaken,
    folder_errors_told,
)
from allsquare.pg.embedded_locks import open_lock_file
from allsquare.pg.embedded_user import ServerUser, server_user

# Linux allows 107 bytes, macOS 103; PostgreSQL adds the name of the socket and of its lock file.
_LONGEST_SOCKET_PATH = 103
_SOCKET_NAME = ".s.PGSQL.5432"

_STATE_FILE = "server.json"
_SECRETS_FILE = "secrets.json"

# The presence of this file says that the folder is ours, whatever else Allsquare may keep in it.
_MARKER = ".allsquare"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one server's things lie; `initialised` and `prepared` say how far its set-up has come."""

    data_dir: Path
    home: Path
    user: ServerUser
    initialised: bool
    prepared: bool

    @property
    def cluster(self) -> Path:
        """Return the folder that PostgreSQL calls its data directory."""
        return self.home / "postgres"

    @property
    def socket_dir(self) -> Path:
        """Return the folder of the socket: beside the cluster, or a short one in /tmp when that path is too long."""
        beside = self.home / "socket"
        if len(os.fsencode(beside / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
            return beside
        # /tmp and not $XDG_RUNTIME_DIR: that one differs between a service, a shell and sudo, and vanishes at logout
        # under a running server. The name tells nothing and everything behind it still asks for a password.
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path("/tmp") / f"allsquare-{digest}"  # noqa: S108 - owner and mode are checked before use

    @property
    def socket(self) -> Path:
        """Return the path of the socket itself."""
        return self.socket_dir / _SOCKET_NAME

    @property
    def log(self) -> Path:
        """Return the path of the server's log."""
        return self.data_dir / "postgres.log"

    @property
    def decision_lock(self) -> Path:
        """Return the lock under which the server is started and stopped."""
        return self.data_dir / "server.lock"

    @property
    def users_lock(self) -> Path:
        """Return the lock that every user of the server shares."""
        return self.data_dir / "server.users.lock"

    @property
    def process_lock(self) -> Path:
        """Return the lock that the server's own processes hold."""
        return self.data_dir / "server.process.lock"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The passwords of the superuser `postgres` and of the two roles."""

    superuser_password: str
    owner_password: str
    app_password: str


def claim_folder(data_dir: Path) -> Path:
    """Make the data directory (0700) if it is missing, mark it as Allsquare's, and return its real path.

    Whoever keeps files of Allsquare there before the database's first start calls this first.

    Raises: FolderNotWritable, DiskFull; FolderTaken when it holds something that is not Allsquare's.
    """
    with folder_errors_told(data_dir):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = data_dir.resolve()
        names = {entry.name for entry in folder.iterdir()}
        if _MARKER in names:
            return folder
        # A new disk has lost+found at its top, and dotfiles are left by file managers.
        strangers = sorted(name for name in names if name != "lost+found" and not name.startswith("."))
        if strangers:
            raise FolderTaken(
                f"{folder} already holds {strangers[0]!r} and was not made by Allsquare; choose an empty folder.",
                field="data_dir",
                actual=strangers[0],
            )
        os.close(open_lock_file(folder / _MARKER))
    return folder


def find_layout(data_dir: Path) -> Layout | None:
    """Return the layout that was written in this data directory, or None if there is none yet."""
    state = _read(data_dir / _STATE_FILE)
    if state is None:
        return None
    layout = _layout_at(data_dir, data_dir / str(state["home"]), prepared=bool(state["prepared"]))
    if state["initialised"] and not layout.initialised:
        raise ClusterMissing(
            f"{data_dir} says that its database lies in {layout.cluster}, but there is none; "
            "put it back, or choose another data directory.",
            actual=str(layout.cluster),
        )
    return layout


def choose_layout(data_dir: Path) -> Layout:
    """Choose where the cluster of a new data directory shall lie, and write it down."""
    layout = _layout_at(data_dir, data_dir, prepared=False)
    user, home = layout.user, data_dir
    if user.dropped and not layout.initialised:
        if not user.can_traverse(data_dir.parent):
            # Never opened for others: who closed the parents had a reason. The random part keeps a new data directory
            # at an old place from meeting the old one's cluster, whose passwords it does not know.
            digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
            home = SYSTEM_FOLDER / "clusters" / f"{digest}-{secrets.token_hex(4)}"
            SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
            home.mkdir(mode=0o700, parents=True)
        _let_in(home, user)
    return write_layout(replace(layout, home=home))


def write_layout(layout: Layout) -> Layout:
    """Write the layout down in its data directory, whole or not at all, and return it."""
    # Relative when it can be, so that a stopped data directory may be moved.
    home = "." if layout.home == layout.data_dir else str(layout.home)
    state = {"home": home, "initialised": layout.initialised, "prepared": layout.prepared}
    _write(layout.data_dir / _STATE_FILE, state)
    return layout


def read_secrets(layout: Layout) -> Secrets:
    """Return the passwords, making them before the cluster exists.

    Raises: ClusterMissing when a cluster exists whose passwords are gone.
    """
    path = layout.data_dir / _SECRETS_FILE
    stored = _read(path)
    if stored is None:
        if layout.initialised:
            raise ClusterMissing(f"{path} is missing, so nobody knows the passwords of the database; put it back.")
        stored = {name: secrets.token_urlsafe(24) for name in Secrets.__slots__}
        _write(path, stored)
    return Secrets(**{name: str(stored[name]) for name in Secrets.__slots__})


def require_this_major_version(layout: Layout) -> None:
    """Refuse a cluster that another major version of PostgreSQL wrote.

    Raises: OtherMajorVersion.
    """
    found = (layout.cluster / "PG_VERSION").read_text().strip()
    if found != MAJOR_VERSION:
        raise OtherMajorVersion(
            f"{layout.cluster} was written by PostgreSQL {found} and this Allsquare carries {MAJOR_VERSION}; "
            "export it with the Allsquare that wrote it, or upgrade it with pg_upgrade.",
            expected=MAJOR_VERSION,
            actual=found,
        )


def programs_of(layout: Layout) -> Path:
    """Return the folder of PostgreSQL's programs that this layout's user can run."""
    return find_programs(layout.user)


def make_socket_folder(layout: Layout) -> None:
    """Make the socket's folder (0700, the server user's), or check that the one there is just that.

    Raises: SocketFolderTaken when somebody else was there first.
    """
    folder = layout.socket_dir
    try:
        folder.mkdir(mode=0o700)
        layout.user.give(folder)
    except FileExistsError:
        facts = folder.lstat()
        private = stat.S_ISDIR(facts.st_mode) and facts.st_uid == layout.user.uid and not facts.st_mode & 0o077
        if not private:
            raise SocketFolderTaken(
                f"{folder} must be a folder that only {layout.user.name} can enter; remove it, or choose a shorter "
                "data directory."
            ) from None


def _layout_at(data_dir: Path, home: Path, *, prepared: bool) -> Layout:
    """Describe what is there: a cluster is made aside and renamed when whole, so one that exists is complete."""
    cluster = home / "postgres"
    initialised = (cluster / "PG_VERSION").is_file()
    user = server_user((cluster if initialised else data_dir).stat().st_uid)
    return Layout(data_dir=data_dir, home=home, user=user, initialised=initialised, prepared=prepared)


def _let_in(folder: Path, user: ServerUser) -> None:
    """Let the server's user pass through this folder of ours, and nobody else, and not read it."""
    if user.can_traverse(folder):
        return
    os.chown(folder, -1, user.gid)
    folder.chmod(0o710)


def _read(path: Path) -> Mapping[str, object] | None:
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise FolderTaken(f"{path} is not a file that Allsquare wrote.", field="data_dir") from error
    if not isinstance(content, dict):
        raise FolderTaken(f"{path} is not a file that Allsquare wrote.", field="data_dir")
    return content


def _write(path: Path, content: Mapping[str, object]) -> None:
    """Replace a file with JSON only its owner can read, so that a crash leaves the old one or the new one."""
    unfinished = path.with_name(f"{path.name}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(descriptor)
    unfinished.replace(path)
