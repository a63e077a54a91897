"""Start at the command line: `allsquare`."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from allsquare.edges.cli import database, events, imports, keys, ledger, plans, serving, users
from allsquare.edges.cli.common import explained, say
from allsquare.edges.stopping import end_cleanly

app = typer.Typer(
    name="allsquare",
    help="Splits, pools and settles shared money, and leaves everyone all square. Try `allsquare serve --demo`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  (the shape that typer calls)
    if wanted:
        typer.echo(version("allsquare"))
        raise typer.Exit


@app.callback()
def _every_command(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


for command in (
    serving.serve,
    serving.token,
    serving.demo,
    events.events,
    events.show,
    events.export,
    plans.plan,
    ledger.verify,
    ledger.rebuild,
):
    app.command()(command)
app.add_typer(imports.app, name="import")
app.add_typer(database.app, name="db")
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="user")


def main() -> None:
    """Run one command; whatever is refused is one sentence on standard error and a status that is not 0."""
    end_cleanly()
    try:
        app()
    except Exception as error:
        sentence = explained(error)
        if sentence is None:
            raise
        say(sentence)
        sys.exit(1)
