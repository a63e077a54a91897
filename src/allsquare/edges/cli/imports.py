"""Import files of other programs, list what was imported, take it back."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allsquare.edges.cli.common import AsJson, DataDir, print_json, print_table, progress, say, settings_of, with_books

if TYPE_CHECKING:
    from allsquare.edges.runtime import OpenBooks
    from allsquare.features.imports.reads import StoredImport
    from allsquare.features.imports.report import ImportReport, UndoReport

app = typer.Typer(help="Import what other programs exported.", no_args_is_help=True)


SplitwiseCsv = Annotated[
    Path,
    typer.Argument(metavar="FILE.csv", help="What Splitwise's *Export as spreadsheet* gave.", show_default=False),
]
Into = Annotated[
    str | None,
    typer.Option(
        "--event",
        metavar="NAME_OR_ID",
        help="The event it goes into, which is made where none has the name; without it, the file's name says it.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
AcceptDrift = Annotated[
    bool,
    typer.Option(
        "--accept-drift",
        help="Take rows that do not sum to zero, and totals the rows do not come to, as they are; what a row misses is "
        "booked on a member called Rounding difference.",
    ),
]


@app.command()
def splitwise(
    file: SplitwiseCsv,
    event: Into = None,
    data_dir: DataDir = None,
    *,
    dry_run: DryRun = False,
    accept_drift: AcceptDrift = False,
    as_json: AsJson = False,
) -> None:
    """Import a Splitwise export, all of it or nothing; what was imported before is not added again."""
    from allsquare.edges.cli.import_reports import shown_import, tell_import
    from allsquare.edges.owner import ensure_owner
    from allsquare.features.imports.post import import_splitwise
    from allsquare.features.imports.splitwise import parse_splitwise

    parsed = parse_splitwise(file.read_bytes())
    folder = settings_of(data_dir).data_dir

    async def post(books: OpenBooks) -> ImportReport:
        owner = await ensure_owner(books, folder)
        with progress(f"Importing {len(parsed.rows)} rows"):
            return await import_splitwise(
                books,
                parsed,
                path=file,
                actor=owner.user_id,
                event=event,
                accept_drift=accept_drift,
                dry_run=dry_run,
            )

    report = with_books(data_dir, post)
    if as_json:
        print_json(shown_import(report))
    else:
        typer.echo(tell_import(report))


@app.command()
def undo(
    which: Annotated[
        str, typer.Argument(metavar="IMPORT_ID", help="The id of the import, or its beginning.", show_default=False)
    ],
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take an import back: its expenses are deleted, its settlements reversed; the history keeps both."""
    from allsquare.edges.cli.import_reports import tell_undo
    from allsquare.edges.cli.lookup import find_id
    from allsquare.edges.owner import ensure_owner
    from allsquare.features.imports.reads import list_imports
    from allsquare.features.imports.undo import undo_import

    folder = settings_of(data_dir).data_dir

    async def take_back(books: OpenBooks) -> UndoReport:
        owner = await ensure_owner(books, folder)
        async with books.reading() as connection:
            known = {stored.import_id: stored.event for stored in await list_imports(connection)}
        with progress("Taking it back"):
            return await undo_import(books, find_id(which, known, what="import"), actor=owner.user_id)

    report = with_books(data_dir, take_back)
    if as_json:
        print_json(report)
    else:
        typer.echo(tell_undo(report))


@app.command("list")
def list_them(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List the imports of all events, newest first."""
    from allsquare.features.imports.reads import list_imports

    async def read(books: OpenBooks) -> list[StoredImport]:
        async with books.reading() as connection:
            return await list_imports(connection)

    found = with_books(data_dir, read)
    if as_json:
        print_json(found)
    elif not found:
        say("Nothing was imported yet.")
    else:
        heads = ("event", "from", ">rows", "imported", "", "id")
        rows = [
            (
                each.event,
                each.source,
                each.rows,
                each.created_at.date(),
                "undone" if each.undone_seq else "",
                each.import_id,
            )
            for each in found
        ]
        print_table("", heads, rows)
