"""Hold what all commands share: the options, the database, and what is said where.

Answers go to standard output, everything else to standard error, so that output can be piped.
"""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from allsquare.core.errors import AllsquareError
from allsquare.settings import Settings, read_settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from allsquare.edges.runtime import OpenBooks

Result = TypeVar("Result")

PLAIN_WIDTH = 200
"""How wide tables are where no terminal says it: a file or a pipe wants whole words."""

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="FOLDER",
        help="Where Allsquare keeps its data, if not in ALLSQUARE_DATA_DIR.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
WhichEvent = Annotated[
    str, typer.Argument(metavar="EVENT", help="Its name, its id, or the beginning of either.", show_default=False)
]


def say(text: str) -> None:
    """Say something to the person, not to the pipe."""
    typer.echo(text, err=True)


def refuse(detail: str, *, status: int = 1) -> NoReturn:
    """End with one sentence and a status."""
    say(detail)
    raise typer.Exit(status)


def settings_of(data_dir: Path | None, **changes: object) -> Settings:
    """Read the settings; what the command line says comes first."""
    settings = read_settings()
    if data_dir is not None:
        settings = replace(settings, data_dir=data_dir.expanduser())
    return replace(settings, **{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type]


def with_books(data_dir: Path | None, work: Callable[[OpenBooks], Awaitable[Result]]) -> Result:
    """Open the ledger, do the work, and close it again; a running server is shared."""
    from allsquare.edges.logs import set_up_logs
    from allsquare.edges.runtime import open_books, use_database

    settings = settings_of(data_dir)
    # What the poster logs at info level is for a service; a person at the terminal is told by the command.
    set_up_logs("warning")

    with use_database(settings, report=say) as database:

        async def opened() -> Result:
            async with open_books(database) as books:
                return await work(books)

        return asyncio.run(opened())


def print_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; a head that begins with > is over a column of numbers."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if title:
        # Not as the table's own title, which would be folded to its width.
        typer.echo(title)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        table.add_column(head.removeprefix(">"), justify="right" if head.startswith(">") else "left")
    for row in rows:
        # As Text, because a name in square brackets is a name and no markup.
        table.add_row(*[Text("" if cell is None else str(cell)) for cell in row])
    Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False).print(table)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error where that is a terminal; call what is given with how many of how many are done."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console

    with _bar(Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _bar(terminal: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
    )


def print_json(value: object) -> None:
    """Print a value as JSON, a line a member; ids and days are strings."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def explained(error: BaseException) -> str | None:
    """Say in one sentence what happened, where that is known; None for a defect of ours."""
    if isinstance(error, AllsquareError):
        return error.detail
    from allsquare.pg.transact import is_transient

    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror or error}."
    return "The database was lost while this ran. Run it again." if is_transient(error) else None
