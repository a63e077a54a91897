"""Read migration files in dbmate's format: `NNNN_name.sql` with `-- migrate:up` and `-- migrate:down` sections."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from allsquare.core.errors import InvalidInput

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"

_FILE_NAME = re.compile(r"(?P<version>[0-9]{4,})_[a-z0-9_]+\.sql")
_SECTION = re.compile(r"^--\s*migrate:(?P<direction>up|down)(?P<options>[^\n]*)$", re.MULTILINE)


class MigrationFileInvalid(InvalidInput):
    """A file in the folder of migrations is not one, or two share a version."""

    code = "migration.file_invalid"
    title = "A migration file is not valid"


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One migration: its SQL runs in one transaction unless the file says `transaction:false`."""

    version: str
    name: str
    checksum: str
    up: str
    in_transaction: bool


def read_migrations(folder: Path) -> tuple[MigrationFile, ...]:
    """Return the migrations of this folder in the order of their versions.

    Raises: MigrationFileInvalid, naming the file.
    """
    found: dict[str, MigrationFile] = {}
    for path in sorted(folder.glob("*.sql")):
        migration = _read(path)
        if migration.version in found:
            other = found[migration.version].name
            raise MigrationFileInvalid(f"{path.name} and {other} have the same version.", actual=path.name)
        found[migration.version] = migration
    return tuple(found[version] for version in sorted(found, key=int))


def _read(path: Path) -> MigrationFile:
    named = _FILE_NAME.fullmatch(path.name)
    if named is None:
        raise MigrationFileInvalid(f"{path.name} is not named like 0001_what_it_does.sql.", actual=path.name)
    # Universal newlines: a checkout on another system must not look like another file.
    text = path.read_text(encoding="utf-8")
    sections = list(_SECTION.finditer(text))
    if not sections or sections[0]["direction"] != "up":
        raise MigrationFileInvalid(f"{path.name} does not begin with a line '-- migrate:up'.", actual=path.name)
    end = sections[1].start() if len(sections) > 1 else len(text)
    return MigrationFile(
        version=named["version"],
        name=path.name,
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        up=text[sections[0].end() : end].strip(),
        in_transaction="transaction:false" not in sections[0]["options"].replace(" ", ""),
    )
