"""Take an import back: everything that came from it, whatever became of it since, in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from allsquare.core.commands import Command
from allsquare.core.commands.expenses import DeleteExpense, ExpenseIsDeleted, ExpenseVersionConflict
from allsquare.core.commands.imports import ImportAlreadyUndone, UndoImport
from allsquare.core.commands.members import MemberGone, MemberNotSquare, RemoveMember
from allsquare.core.commands.settlements import ReverseSettlement, SettlementAlreadyReversed
from allsquare.core.entry import EventCreated, MembersAdded
from allsquare.features.imports.prepare import roster_command_id
from allsquare.features.imports.reads import (
    Books,
    ImportedExpense,
    ImportedSettlement,
    StoredImport,
    count_others,
    find_entry,
    get_import,
    get_roster,
    list_entangled,
    list_imported_expenses,
    list_imported_settlements,
)
from allsquare.features.imports.report import UndoReport
from allsquare.features.wire.ids import new_id
from allsquare.pg.borrow import Connection

ATTEMPTS = 5
REASON = "The import it came from was undone"

_RACES = (ExpenseVersionConflict, ExpenseIsDeleted, SettlementAlreadyReversed, MemberGone, MemberNotSquare)
"""What the door says where somebody else changed the event between looking and posting."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """What came from an import, as it stands: `came` names the members it brought who are still in the event."""

    stored: StoredImport
    expenses: list[ImportedExpense]
    settlements: list[ImportedSettlement]
    made_event: bool
    came: dict[int, str]
    entangled: set[int]
    others: int

    @property
    def leaving(self) -> list[int]:
        """List who came with the import and has no part in anything else; an event keeps those it was made with."""
        return [] if self.made_event else [number for number in self.came if number not in self.entangled]


async def undo_import(books: Books, import_id: UUID, *, actor: UUID) -> UndoReport:
    """Delete the import's expenses, those revised since too, reverse its settlements, and let its members leave.

    Ensures: all of it or nothing; the balances are what they would be without the import, and history is kept.
    Raises: ImportNotFound, ImportAlreadyUndone, EventClosed.
    """
    attempts = ATTEMPTS
    while True:
        async with books.reading() as connection:
            standing = await _look(connection, import_id)
        event_id = standing.stored.event_id
        jobs = [books.job(event_id, new_id(), command, actor=actor, keyed=False) for command in _commands(standing)]
        try:
            await books.poster.submit_together(jobs)
        except _RACES:
            attempts -= 1
            if not attempts:
                raise
            continue
        return _report(standing)


async def _look(connection: Connection, import_id: UUID) -> _Standing:
    stored = await get_import(connection, import_id)
    if stored.undone_seq is not None:
        detail = f"The import was undone already, by entry {stored.undone_seq} of {stored.event!r}."
        raise ImportAlreadyUndone(detail, actual=str(stored.undone_seq))
    event_id = stored.event_id
    entry = await find_entry(connection, event_id, roster_command_id(import_id))
    change = entry.change if entry else None
    brought = [seat.member for seat in change.members] if isinstance(change, EventCreated | MembersAdded) else []
    roster = await get_roster(connection, event_id)
    return _Standing(
        stored,
        await list_imported_expenses(connection, event_id, import_id),
        await list_imported_settlements(connection, event_id, import_id),
        made_event=isinstance(change, EventCreated),
        came={number: roster.names[number] for number in brought if number in roster.names},
        entangled=await list_entangled(connection, event_id, import_id, brought),
        others=await count_others(connection, event_id, import_id),
    )


def _commands(standing: _Standing) -> Iterator[Command]:
    yield UndoImport(standing.stored.import_id)
    for expense in standing.expenses:
        if not expense.deleted:
            yield DeleteExpense(expense.expense_id, expense.version)
    for settlement in standing.settlements:
        if not settlement.reversed:
            yield ReverseSettlement(settlement.settlement_id, REASON)
    for number in standing.leaving:
        yield RemoveMember(number)


def _report(standing: _Standing) -> UndoReport:
    stored, leaving = standing.stored, standing.leaving
    deleted = [expense for expense in standing.expenses if not expense.deleted]
    reversals = [settlement for settlement in standing.settlements if not settlement.reversed]
    return UndoReport(
        import_id=stored.import_id,
        event_id=stored.event_id,
        event=stored.event,
        event_was_new=standing.made_event,
        expenses=len(deleted),
        revised=sum([expense.version > 1 for expense in deleted]),
        settlements=len(reversals),
        gone=len(standing.expenses) + len(standing.settlements) - len(deleted) - len(reversals),
        left=tuple([standing.came[number] for number in leaving]),
        stayed=tuple([name for number, name in standing.came.items() if number not in leaving]),
        others=standing.others,
    )
