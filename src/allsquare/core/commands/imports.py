"""Decide imports: which entries came from which file, and that they have been taken back."""

from datetime import datetime
from uuid import UUID

from allsquare.core.commands.base import Accepted, Command, require_head, require_not_archived
from allsquare.core.entry import ImportRecorded, ImportUndone
from allsquare.core.errors import Conflict, NotFound
from allsquare.core.event import EventState, today


class ImportNotFound(NotFound):
    """There is no such import."""

    code = "import.not_found"
    title = "There is no such import"


class ImportAlreadyUndone(Conflict):
    """The import has been taken back already."""

    code = "import.undone"
    title = "The import was undone already"


class RecordImport(Command, frozen=True):
    """Say that the entries which follow came from one file."""

    import_id: UUID
    source: str
    file_sha256: str
    rows: int


class UndoImport(Command, frozen=True):
    """Say that everything from an import has been taken back."""

    import_id: UUID


def decide_record_import(state: EventState, command: RecordImport, now: datetime) -> Accepted:
    """Accept the beginning of an import.

    Raises: EventNotFound, EventClosed (archived).
    """
    require_not_archived(require_head(state))
    change = ImportRecorded(
        import_id=command.import_id, source=command.source, file_sha256=command.file_sha256, rows=command.rows
    )
    return Accepted(change, today(now))


def decide_undo_import(state: EventState, command: UndoImport, now: datetime) -> Accepted:
    """Accept that an import has been taken back.

    Raises: ImportNotFound, ImportAlreadyUndone, EventClosed (archived).
    """
    require_not_archived(require_head(state))
    found = state.imports.get(command.import_id)
    if found is None:
        detail = f"There is no import {command.import_id} in this event."
        raise ImportNotFound(detail)
    if found.undone_seq is not None:
        detail = f"The import was undone already, by entry {found.undone_seq}."
        raise ImportAlreadyUndone(detail, actual=str(found.undone_seq))
    return Accepted(ImportUndone(import_id=command.import_id), today(now))
