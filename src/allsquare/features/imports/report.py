"""Say what an import did, would do, or took back."""

from dataclasses import dataclass
from uuid import UUID

from allsquare.features.imports.splitwise import SkippedRow, SplitwiseRow, TotalMismatch


@dataclass(frozen=True, slots=True)
class Totals:
    """How the balances that a file ends with compare to what its rows come to.

    Shape: currencies in `equal` agree for every member; `differing` has each member who does not, `unconfirmed` the
    currencies of rows without a total line.
    """

    equal: tuple[str, ...]
    differing: tuple[TotalMismatch, ...]
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    Shape: `rows` counts all of the file that move money, `known` those that had been imported before, `expenses` and
    `settlements` those that were added, or would be (`dry_run`); `import_id` is None where nothing is. `inferred` and
    `drifting` speak of what was added. `totals` compares with the ledger, or with the file's own rows in a dry run.
    """

    event_id: UUID
    event: str
    event_is_new: bool
    import_id: UUID | None
    dry_run: bool
    rows: int
    known: int
    expenses: int
    settlements: int
    inferred: int
    drifting: tuple[SplitwiseRow, ...]
    skipped: tuple[SkippedRow, ...]
    members_added: tuple[str, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What was taken back with an import.

    Shape: `revised` counts expenses among `expenses` that had been changed since; `gone` what had been deleted or
    reversed already; `left` names members who came with the import and left with it, `stayed` those who have a part in
    something else; `others` counts what stands in the event and came from elsewhere.
    """

    import_id: UUID
    event_id: UUID
    event: str
    event_was_new: bool
    expenses: int
    revised: int
    settlements: int
    gone: int
    left: tuple[str, ...]
    stayed: tuple[str, ...]
    others: int
