"""Prove that the ledger is right, and make anew what is derived from its journal."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from allsquare.edges.cli.common import AsJson, DataDir, print_json, progress, say, with_books

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from allsquare.edges.runtime import OpenBooks
    from allsquare.ledger.rebuild import Rebuilt
    from allsquare.ledger.verify import Finding, Verification

MAX_LISTED = 20

OneEvent = Annotated[
    str | None,
    typer.Option(
        "--event",
        metavar="EVENT",
        help="Only this one: its name, its id, or the beginning of either.",
        show_default=False,
    ),
]


def verify(event: OneEvent = None, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Check every promise of the ledger: sums, order, chain of hashes, and that what is derived is what is replayed.

    Nothing is changed. The exit status is 1 where anything is wrong; the first thing wrong comes first.
    """
    from allsquare.ledger.verify import CHECKS
    from allsquare.ledger.verify import verify as verify_ledger

    async def check(books: OpenBooks) -> Verification:
        event_ids = await _event_ids(books, event)
        with progress("Verifying events") as on_progress:
            return await verify_ledger(books.pool, event_ids=event_ids, on_progress=on_progress)

    found = with_books(data_dir, check)
    if as_json:
        print_json(found)
    else:
        typer.echo(f"Looked at {found.events} events, {found.entries} entries and {found.transfers} transfers.")
        typer.echo("\n  ".join(["Checked that", *[CHECKS.get(rule, rule) for rule in found.checked]]))
        _print_findings("Nothing is wrong.", found.findings, found.unlisted)
    if found.findings:
        raise typer.Exit(1)


def rebuild(event: OneEvent = None, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Replace balances, positions, expenses and all else that is derived by what the journal says.

    An event whose journal was altered is left as it is, and the exit status is 1.
    """
    from allsquare.ledger.rebuild import rebuild as rebuild_ledger

    async def work(books: OpenBooks) -> Rebuilt:
        event_ids = await _event_ids(books, event)
        with progress("Rebuilding events") as on_progress:
            return await rebuild_ledger(books.pool, event_ids=event_ids, on_progress=on_progress)

    done = with_books(data_dir, work)
    if as_json:
        print_json(done)
    else:
        typer.echo(f"Rebuilt {done.events} events from {done.entries} entries.")
        if done.refused:
            _print_findings("", done.refused, 0)
    if done.refused:
        raise typer.Exit(1)


async def _event_ids(books: OpenBooks, event: str | None) -> list[UUID] | None:
    from allsquare.edges.cli.lookup import find_event

    if event is None:
        return None
    async with books.reading() as connection:
        return [(await find_event(connection, event)).event_id]


def _print_findings(nothing: str, findings: Sequence[Finding], unlisted: int) -> None:
    if not findings:
        typer.echo(nothing)
        return
    first = findings[0]
    say(f"Wrong, first in event {first.event_id}{f' at entry {first.seq}' if first.seq else ''}:")
    for finding in findings[:MAX_LISTED]:
        say(f"- {finding.event_id}: {finding.rule}: {finding.detail}")
    more = len(findings) - min(len(findings), MAX_LISTED) + unlisted
    if more:
        say(f"- and {more} more; --json lists them")
