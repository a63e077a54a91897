"""Work out what a Splitwise file becomes: which of its rows are new, and the commands that post them.

Nothing is posted here. All ids are derived from the event, the row and how many imports of the event were undone so
far (its generation), so that a file imported twice, be it at the same moment, counts once, and one that was undone can
be imported again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from allsquare.core.commands import Command
from allsquare.core.commands.events import ChangeEvent, CreateEvent
from allsquare.core.commands.expenses import ExpenseDraft, RecordExpense
from allsquare.core.commands.imports import RecordImport
from allsquare.core.commands.members import AddMembers
from allsquare.core.commands.settlements import RecordSettlement
from allsquare.core.split import Exact, Part
from allsquare.features.imports.reads import Roster, find_rows
from allsquare.features.imports.splitwise import SplitwiseFile, SplitwiseRow
from allsquare.features.imports.target import Target, folded
from allsquare.features.wire.ids import derived_id
from allsquare.pg.borrow import Connection

SOURCE = "splitwise"
ROUNDING_MEMBER = "Rounding difference"
"""Who carries what the cells of a row miss to zero."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a file becomes in an event.

    Shape: `members` has the member number of each column, and of the rounding member where there is one; `new` are the
    rows to post; `row_ids` name what each row of the file is or becomes.
    """

    target: Target
    import_id: UUID
    members: tuple[int, ...]
    missing: tuple[str, ...]
    new: tuple[SplitwiseRow, ...]
    row_ids: dict[str, UUID]


async def prepare(connection: Connection, file: SplitwiseFile, target: Target) -> Prepared:
    """Find the members' numbers, and which rows are there already, in whatever generation they came."""
    generations = range(target.generation + 1)
    ids = {row.key: [_row_id(target.event_id, row.key, number) for number in generations] for row in file.rows}
    there: set[UUID] = set()
    if not target.is_new:
        there = await find_rows(connection, target.event_id, [row_id for each in ids.values() for row_id in each])
    # A row that is not there is posted under its id of this generation, the last one.
    row_ids = {key: next((row_id for row_id in each if row_id in there), each[-1]) for key, each in ids.items()}
    members, missing = _seat(file, target.roster)
    generation = target.generation.to_bytes(4)
    return Prepared(
        target,
        import_id=derived_id("import", target.event_id.bytes, SOURCE.encode(), file.sha256.encode(), generation),
        members=members,
        missing=missing,
        new=tuple([row for row in file.rows if row_ids[row.key] not in there]),
        row_ids=row_ids,
    )


def _row_id(event_id: UUID, key: str, generation: int) -> UUID:
    return derived_id("import row", event_id.bytes, SOURCE.encode(), key.encode(), generation.to_bytes(4))


def _seat(file: SplitwiseFile, roster: Roster) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Find each column's member by name, whatever its case; those who are missing come next, in the file's order."""
    names = (*file.members, ROUNDING_MEMBER) if file.needs_rounding_member else file.members
    seats = {folded(name): number for number, name in roster.names.items()}
    missing = tuple([name for name in names if folded(name) not in seats])
    seats |= {folded(name): number for number, name in enumerate(missing, roster.known + 1)}
    return tuple([seats[folded(name)] for name in names]), missing


def roster_command_id(import_id: UUID) -> UUID:
    """Name the command by which an import brought members, or made the event with them."""
    return derived_id("import roster", import_id.bytes)


def commands_of(prepared: Prepared, file: SplitwiseFile) -> Iterator[tuple[UUID, Command]]:
    """List what is to be posted together, each under its id: the event or its new members, the import, the rows."""
    target, import_id = prepared.target, prepared.import_id
    if target.is_new:
        currency = Counter([row.currency for row in file.rows]).most_common(1)[0][0]
        yield roster_command_id(import_id), CreateEvent(target.name, "other", currency, prepared.missing)
    elif prepared.missing:
        # The rows name members by the numbers they will get. Were anybody added meanwhile, those numbers would be
        # other people's; this change of nothing is refused then, and all the rest with it.
        fence = derived_id("import fence", import_id.bytes, target.roster.version.to_bytes(8))
        yield fence, ChangeEvent(seen_version=target.roster.version)
        yield roster_command_id(import_id), AddMembers(prepared.missing)
    recorded = RecordImport(import_id, SOURCE, file.sha256, len(prepared.new))
    yield derived_id("import recorded", import_id.bytes), recorded
    for row in prepared.new:
        row_id = prepared.row_ids[row.key]
        yield derived_id("import command", row_id.bytes), _command_of(row, row_id, prepared)


def _command_of(row: SplitwiseRow, row_id: UUID, prepared: Prepared) -> RecordExpense | RecordSettlement:
    paid = tuple([Part(prepared.members[part.member - 1], part.amount_minor) for part in row.paid])
    shares = tuple([Part(prepared.members[part.member - 1], part.amount_minor) for part in row.shares])
    if row.kind == "settlement":
        return RecordSettlement(
            row_id,
            paid[0].member,
            shares[0].member,
            row.amount_minor,
            row.currency,
            on=row.on,
            note=row.notes or row.description,
            # In Splitwise it was in order; the debts it paid may come later in the file, or not at all.
            allow_overpayment=True,
            import_id=prepared.import_id,
        )
    draft = ExpenseDraft(
        row.description,
        row.amount_minor,
        row.currency,
        paid,
        Exact(shares),
        on=row.on,
        category=row.category,
        notes=row.notes,
        inferred=row.inferred,
        import_id=prepared.import_id,
    )
    return RecordExpense(row_id, draft)
