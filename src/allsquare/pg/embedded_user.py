"""Choose the user PostgreSQL runs as: oneself, or an own system user when Allsquare runs as root."""

import errno
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from allsquare.pg.embedded_errors import NoServerUser

SYSTEM_USER = "allsquare"

# A fixed, small environment: no PG* variable, locale or time zone of the caller may change what the server does.
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The user the server runs as; `dropped` says that it is not the one who runs this program."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def give(self, path: Path) -> None:
        """Make the server's user own this one path, if it is not ours anyway."""
        if self.dropped:
            try:
                os.chown(path, self.uid, self.gid)
            except PermissionError as error:
                raise self._not_allowed() from error

    def run(
        self,
        command: Sequence[str | Path],
        *,
        text_in: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a short command as this user and return its output, whatever its exit code."""
        try:
            return subprocess.run(
                [str(part) for part in command],
                input=text_in,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env={**ENVIRONMENT, **(environment or {})},
                user=self.uid if self.dropped else None,
                group=self.gid if self.dropped else None,
                extra_groups=[] if self.dropped else None,
            )
        except PermissionError as error:
            # EPERM is the refused change of user; a program that may not be run says EACCES.
            if self.dropped and error.errno == errno.EPERM:
                raise self._not_allowed() from error
            raise

    def _not_allowed(self) -> NoServerUser:
        return NoServerUser(
            f"PostgreSQL refuses to run as root, and this root may not act as user {self.name} "
            "(a container without the right to change users?); run Allsquare as an ordinary user."
        )

    def can_traverse(self, folder: Path) -> bool:
        """Tell whether this user may enter the folder and all its parents, by their mode bits."""
        return all(self._may_enter(path) for path in (folder, *folder.parents))

    def _may_enter(self, folder: Path) -> bool:
        if not self.dropped:
            return os.access(folder, os.X_OK)
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


def server_user(owned_by_uid: int) -> ServerUser:
    """Choose the user for a server whose data belongs to `owned_by_uid`.

    Raises: NoServerUser when run as root where no other user can be found or made.
    """
    uid = os.geteuid()
    if uid != 0:
        return ServerUser(name=_name_of(uid), uid=uid, gid=os.getegid(), dropped=False)
    # Data that belongs to an ordinary user stays that user's, so that it can be used without root afterwards.
    entry = _find_user(owned_by_uid) if owned_by_uid != 0 else _system_user()
    if entry is None or entry.pw_uid == 0:
        raise NoServerUser(
            "PostgreSQL refuses to run as root, and the system user 'allsquare' could not be made; "
            "run Allsquare as an ordinary user, or add that user (useradd --system allsquare)."
        )
    return ServerUser(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, dropped=True)


def _name_of(uid: int) -> str:
    entry = _find_user(uid)
    return entry.pw_name if entry is not None else str(uid)


def _find_user(key: int | str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(key) if isinstance(key, int) else pwd.getpwnam(key)
    except KeyError:
        return None


def _system_user() -> pwd.struct_passwd | None:
    entry = _find_user(SYSTEM_USER)
    if entry is not None:
        return entry
    for command in _commands_to_add_user():
        # Two processes may add the user at once: the loser's error does not matter, what counts is that it exists.
        subprocess.run(command, capture_output=True, check=False, env=dict(ENVIRONMENT))
        entry = _find_user(SYSTEM_USER)
        if entry is not None:
            return entry
    # On a read-only system `nobody` still keeps PostgreSQL off root, which is all that it insists on.
    return _find_user("nobody")


def _commands_to_add_user() -> list[list[str]]:
    search = "/usr/sbin:/sbin:/usr/bin:/bin"
    useradd, adduser = shutil.which("useradd", path=search), shutil.which("adduser", path=search)
    shell = "/usr/sbin/nologin"
    commands = []
    if useradd is not None:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", shell]
        commands.append([useradd, *options, SYSTEM_USER])
    if adduser is not None:
        commands.append([adduser, "--system", "--group", "--no-create-home", "--shell", shell, SYSTEM_USER])
    return commands
