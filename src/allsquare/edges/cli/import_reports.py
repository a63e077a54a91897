"""Say in words what an import or its undoing did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from allsquare.core.money import format_amount
from allsquare.features.imports.checks import told
from allsquare.features.imports.report import ImportReport, UndoReport

MAX_LISTED = 20


def shown_import(report: ImportReport) -> dict[str, Any]:
    """Show a report for scripts; amounts are strings in major units."""
    plain = {name: value for name, value in asdict(report).items() if name not in {"drifting", "skipped", "totals"}}
    plain["drifting"] = [
        {"line": row.line, "description": row.description, "currency": row.currency, "amount": amount}
        for row in report.drifting
        if (amount := format_amount(row.drift_minor, row.currency))
    ]
    plain["skipped"] = [asdict(row) for row in report.skipped]
    plain["totals"] = {
        "equal": report.totals.equal,
        "unconfirmed": report.totals.unconfirmed,
        "differing": [
            {
                "currency": each.currency,
                "member": each.member,
                "expected": format_amount(each.expected_minor, each.currency),
                "actual": format_amount(each.actual_minor, each.currency),
            }
            for each in report.totals.differing
        ],
    }
    return plain


def tell_import(report: ImportReport) -> str:
    """Tell what became of a file, or would."""
    return "\n".join([*_headline(report), *_details(report), *_totals(report)])


def _headline(report: ImportReport) -> Iterator[str]:
    added = report.expenses + report.settlements
    would = "would be " if report.dry_run else ""
    if not added:
        rows = f"all {report.rows} rows" if report.rows else "the file holds no rows that move money; no rows"
        yield (
            f"Nothing to add: {rows} were imported into {report.event!r} before."
            if report.rows
            else ("Nothing to add: the file holds no rows that move money.")
        )
        return
    place = f"the new event {report.event!r}" if report.event_is_new else f"{report.event!r}"
    yield f"{_count(added, 'row')} {would}imported into {place}: {_parts(report)}."
    if report.known:
        yield f"{_count(report.known, 'row')} had been imported before and {_were(report.known)} not added again."
    if report.members_added:
        yield f"New members: {', '.join(report.members_added)}."
    if report.import_id is not None:
        yield f"Import {report.import_id}; `allsquare import undo {report.import_id}` takes it back."
    elif report.dry_run:
        yield "This was a dry run: nothing was changed."


def _parts(report: ImportReport) -> str:
    parts = [_count(report.expenses, "expense")] if report.expenses else []
    if report.settlements:
        parts.append(_count(report.settlements, "settlement"))
    return " and ".join(parts)


def _details(report: ImportReport) -> Iterator[str]:
    if report.inferred:
        are = "is" if report.inferred == 1 else "are"
        yield (
            f"{_count(report.inferred, 'expense')} {are} inferred: several paid, and only what each one paid minus "
            "owed is known."
        )
    if report.drifting:
        yield "Rows that do not sum to zero, the difference booked on Rounding difference:"
        yield from _some(
            [
                f"line {row.line}, {row.description}: {format_amount(row.drift_minor, row.currency)} {row.currency}"
                for row in report.drifting
            ]
        )
    if report.skipped:
        yield "Rows that were skipped:"
        yield from _some([f"line {row.line}, {row.description}: {row.reason}" for row in report.skipped])


def _totals(report: ImportReport) -> Iterator[str]:
    totals = report.totals
    where = "The file's rows come" if report.dry_run else "In the ledger the file's rows come"
    if totals.equal:
        yield f"{where} to exactly the file's Total balance in {', '.join(totals.equal)}."
    if totals.differing:
        yield f"{where} to other balances than the file's Total balance:"
        yield from _some([told(each) for each in totals.differing])
        if report.known and not report.dry_run:
            yield "Rows imported before count as they are now: changed, deleted or reversed here since, perhaps."
    if totals.unconfirmed:
        yield f"The file has no Total balance for {', '.join(totals.unconfirmed)}, so nothing confirms those rows."


def tell_undo(report: UndoReport) -> str:
    """Tell what was taken back, and how the event stands."""
    return "\n".join(_undone(report))


def _undone(report: UndoReport) -> Iterator[str]:
    yield (
        f"The import into {report.event!r} is undone: {_count(report.expenses, 'expense')} deleted, "
        f"{_count(report.settlements, 'settlement')} reversed. The history keeps them."
    )
    if report.revised:
        yield f"{_count(report.revised, 'expense')} among them had been changed since the import."
    if report.gone:
        yield f"{_count(report.gone, 'row')} had been deleted or reversed before."
    if report.left:
        yield f"Members who came with it and left: {', '.join(report.left)}."
    if report.stayed and not report.event_was_new:
        yield f"Members who came with it and stay, having a part in something else: {', '.join(report.stayed)}."
    if report.event_was_new and not report.others:
        yield (
            f"The event was made by this import and holds nothing now but its members: {', '.join(report.stayed)}. "
            "The same file can be imported into it again."
        )


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from [f"- {line}" for line in lines[:MAX_LISTED]]
    if len(lines) > MAX_LISTED:
        yield f"- and {len(lines) - MAX_LISTED} more"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
