"""Name everything that can keep the embedded PostgreSQL from running, one clear sentence each."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allsquare.core.errors import Conflict, InvalidInput, Unavailable

_NOT_WRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_A_FOLDER = frozenset({errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP})


class FolderNotWritable(InvalidInput):
    """The data directory cannot be made or written by this user."""

    code = "embedded.folder_not_writable"
    title = "The data directory cannot be written"


class FolderTaken(Conflict):
    """The data directory holds something that Allsquare did not put there."""

    code = "embedded.folder_taken"
    title = "The data directory holds something else"


class OtherMajorVersion(Conflict):
    """The cluster in the data directory was written by another major version of PostgreSQL."""

    code = "embedded.other_major_version"
    title = "The database belongs to another PostgreSQL version"


class ClusterMissing(Conflict):
    """The data directory says where its database lies, or which passwords open it, and that is not there."""

    code = "embedded.cluster_missing"
    title = "The database or its passwords are missing"


class SocketFolderTaken(Conflict):
    """The short folder for the socket of a deep data directory belongs to somebody else."""

    code = "embedded.socket_folder_taken"
    title = "The socket folder belongs to somebody else"


class NoServerUser(Unavailable):
    """PostgreSQL refuses to run as root, and there is no ordinary user it could run as."""

    code = "embedded.no_server_user"
    title = "PostgreSQL cannot run as root"


class BinariesMissing(Unavailable):
    """The wheel that carries PostgreSQL is missing, or its programs do not run on this machine."""

    code = "embedded.binaries_missing"
    title = "PostgreSQL's programs are missing"


class DiskFull(Unavailable):
    """There is no space left where the data directory lies."""

    code = "embedded.disk_full"
    title = "The disk is full"


class ServerDied(Unavailable):
    """The server ended although it should run; its last log lines are in the sentence."""

    code = "embedded.server_died"
    title = "The embedded PostgreSQL stopped"


def server_died(doing: str, folder: Path, words: str) -> ServerDied | DiskFull:
    """Make the error that fits a server's last words; a full disk is told as such, for it has another cure."""
    last_words = " / ".join(line.strip() for line in words.strip().splitlines()[-6:]) or "nothing was logged"
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return DiskFull(f"The disk that holds {folder} is full, so PostgreSQL stopped while {doing}: {last_words}")
    return ServerDied(f"PostgreSQL stopped while {doing}; its last words: {last_words}")


@contextmanager
def folder_errors_told(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals about a folder into sentences; anything unknown passes unchanged."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _NOT_WRITABLE:
            detail = f"{folder} cannot be written by this user ({reason}); choose another data directory or its owner."
            raise FolderNotWritable(detail, field="data_dir", actual=reason) from error
        if error.errno in _DISK_FULL:
            raise DiskFull(f"The disk that holds {folder} is full ({reason}).", actual=reason) from error
        if error.errno in _NOT_A_FOLDER:
            detail = f"{folder} cannot be a data directory ({reason})."
            raise FolderTaken(detail, field="data_dir", actual=reason) from error
        raise
