"""Post a Splitwise file through the ledger's door, all of it or nothing, and hold the outcome against the file."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from allsquare.core.commands.events import EventExists, EventVersionConflict
from allsquare.core.commands.members import MemberNameTaken
from allsquare.core.entry import ExpenseRecorded, SettlementRecorded
from allsquare.features.imports.checks import refuse_drift, refuse_totals
from allsquare.features.imports.prepare import Prepared, commands_of, prepare
from allsquare.features.imports.reads import Books, sum_rows
from allsquare.features.imports.report import ImportReport, Totals
from allsquare.features.imports.splitwise import (
    SplitwiseFile,
    TotalMismatch,
    check_totals,
    currencies_without_total,
    drifting,
)
from allsquare.features.imports.target import find_target, name_of
from allsquare.ledger.poster import Posted
from allsquare.ledger.refusals import IdempotencyMismatch

ATTEMPTS = 5

_RACES = (EventExists, EventVersionConflict, MemberNameTaken, IdempotencyMismatch)
"""What the door says where somebody else changed the event between looking and posting."""


async def import_splitwise(
    books: Books,
    file: SplitwiseFile,
    *,
    path: Path,
    actor: UUID,
    event: str | None = None,
    accept_drift: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Import what is new of a file into the event of that name or id, making it where there is none.

    Shape: without `event`, the file's own name says which. `accept_drift` takes rows that do not sum to zero, and
    totals that the rows do not come to, as they are.
    Ensures: all of it or nothing, in one transaction; what was imported before is not added again.
    Raises: DriftRefused, TotalsRefused, EventAmbiguous, EventNameTaken, EventNotFound, and what the door refuses.
    """
    if not accept_drift:
        refuse_drift(drifting(file.rows))
        refuse_totals(check_totals(file))
    attempts = ATTEMPTS
    while True:
        async with books.reading() as connection:
            target = await find_target(connection, asked=event, default=name_of(path))
            prepared = await prepare(connection, file, target)
        if dry_run or not prepared.new:
            return await _report(books, file, prepared, (), dry_run=dry_run)
        jobs = [
            books.job(target.event_id, command_id, command, actor=actor, keyed=True)
            for command_id, command in commands_of(prepared, file)
        ]
        try:
            posted = await books.poster.submit_together(jobs)
        except _RACES:
            attempts -= 1
            if not attempts:
                raise
            continue
        return await _report(books, file, prepared, posted, dry_run=False)


async def _report(
    books: Books, file: SplitwiseFile, prepared: Prepared, posted: Sequence[Posted], *, dry_run: bool
) -> ImportReport:
    # A row that another process posted at the same moment comes back replayed, or not at all: it is not ours.
    ours = [answer.entry.change for answer in posted if not answer.replayed]
    added = {change.expense_id for change in ours if isinstance(change, ExpenseRecorded)}
    added |= {change.settlement_id for change in ours if isinstance(change, SettlementRecorded)}
    rows = [row for row in prepared.new if dry_run or prepared.row_ids[row.key] in added]
    settlements = sum([row.kind == "settlement" for row in rows])
    return ImportReport(
        event_id=prepared.target.event_id,
        event=prepared.target.name,
        event_is_new=prepared.target.is_new and bool(rows),
        import_id=prepared.import_id if rows and not dry_run else None,
        dry_run=dry_run,
        rows=len(file.rows),
        known=len(file.rows) - len(rows),
        expenses=len(rows) - settlements,
        settlements=settlements,
        inferred=sum([row.inferred for row in rows]),
        drifting=tuple([row for row in rows if row.drift_minor]),
        skipped=file.skipped,
        members_added=prepared.missing if rows else (),
        totals=await _totals(books, file, prepared, dry_run=dry_run),
    )


async def _totals(books: Books, file: SplitwiseFile, prepared: Prepared, *, dry_run: bool) -> Totals:
    differing = check_totals(file)
    if not dry_run:
        async with books.reading() as connection:
            sums = await sum_rows(connection, prepared.target.event_id, list(prepared.row_ids.values()))
        differing = tuple(
            [
                TotalMismatch(currency, name, expected, actual)
                for currency, balances in file.total_balances.items()
                for name, number, expected in zip(file.members, prepared.members, balances, strict=False)
                if (actual := sums.get((number, currency), 0)) != expected
            ]
        )
    wrong = {mismatch.currency for mismatch in differing}
    equal = tuple([currency for currency in file.total_balances if currency not in wrong])
    return Totals(equal, differing, currencies_without_total(file))
