"""Show events: all of them, one with who owes whom, one whole as a file."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allsquare.edges.cli.common import (
    AsJson,
    DataDir,
    WhichEvent,
    print_json,
    print_table,
    progress,
    say,
    with_books,
)

if TYPE_CHECKING:
    from allsquare.edges.runtime import OpenBooks

JsonObject = dict[str, Any]


class Format(StrEnum):
    """What an event can be written as."""

    JSON = "json"
    CSV = "csv"


def events(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List the events, newest first."""
    from allsquare.edges.cli.lookup import every_event
    from allsquare.features.events.reads import list_members, show_event

    async def read(books: OpenBooks) -> list[JsonObject]:
        async with books.reading() as connection:
            rows = [row async for row in every_event(connection)]
            members = await list_members(connection, [row.event_id for row in rows])
        return [show_event(row, members[row.event_id], None) for row in rows]

    found = with_books(data_dir, read)
    if as_json:
        print_json(found)
    elif not found:
        say("There are no events yet. `allsquare demo` loads a sample trip, `allsquare import splitwise` a file.")
    else:
        heads = ("event", "kind", "status", "currency", ">members", "created", "id")
        print_table("", heads, [_line(event) for event in found])


def _line(event: JsonObject) -> tuple[object, ...]:
    active = sum([member["active"] for member in event["members"]])
    facts = (event["name"], event["kind"], event["status"], event["currency"], active)
    return *facts, event["created_at"].date(), event["id"]


def show(event: WhichEvent, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Show one event: who is in it, where each stands, who owes whom, and the payments that would settle it."""
    from allsquare.edges.cli.lookup import find_event
    from allsquare.edges.cli.summary import print_summary, read_summary
    from allsquare.pg.transact import snapshot

    async def read(books: OpenBooks) -> JsonObject:
        async with snapshot(books.pool) as connection:
            return await read_summary(connection, (await find_event(connection, event)).event_id)

    summary = with_books(data_dir, read)
    if as_json:
        print_json(summary)
    else:
        print_summary(summary)


def export(
    event: WhichEvent,
    form: Annotated[
        Format, typer.Option("--format", help="json has everything; csv is a sheet that Splitwise's readers take.")
    ] = Format.JSON,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to; standard output if not.", show_default=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write one event down: as JSON, or as a sheet with a line an expense and a column a member (paid − owed).

    `allsquare import splitwise` reads such a sheet back, and gives the same balances.
    """
    from allsquare.edges.cli.exports import read_export, write_csv, write_json
    from allsquare.edges.cli.lookup import find_event
    from allsquare.pg.transact import snapshot

    async def read(books: OpenBooks) -> str:
        with progress("Reading") as on_progress:
            async with snapshot(books.pool) as connection:
                event_id = (await find_event(connection, event)).event_id
                whole = await read_export(connection, event_id, on_progress)
        return write_csv(whole) if form is Format.CSV else write_json(whole)

    text = with_books(data_dir, read)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")
        say(f"Written to {output}.")
