"""Look after the database: bring its schema up to date, and get at it by hand."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit, urlunsplit

import typer

from allsquare.edges.cli.common import AsJson, DataDir, print_json, refuse, say, settings_of

if TYPE_CHECKING:
    from allsquare.edges.runtime import Database
    from allsquare.settings import Settings

app = typer.Typer(
    help="Look after the database: the embedded one, or that of ALLSQUARE_DATABASE_URL.", no_args_is_help=True
)


@app.command()
def migrate(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Bring the schema to what this program needs, as ALLSQUARE_DATABASE_OWNER_URL where that is set.

    The embedded database needs no such command: whatever uses it migrates it first.
    """
    from allsquare.edges.runtime import use_database
    from allsquare.pg.migrate import migrate as apply_migrations

    with use_database(settings_of(data_dir), say, migrated=False) as database:
        applied = asyncio.run(apply_migrations(database.owner_url, on_progress=say))
    if as_json:
        print_json({"applied": applied})
    else:
        typer.echo(f"Applied {len(applied)} migration(s)." if applied else "Nothing to do: the schema is current.")


@app.command()
def status(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Tell which database is used and whether its schema is what this program needs; exit status 1 if it is not."""
    from allsquare.edges.runtime import use_database
    from allsquare.pg.migrate import migration_status

    settings = settings_of(data_dir)
    where = _where(settings)
    with use_database(settings, say, migrated=False) as database:
        found = asyncio.run(migration_status(database.app_url))
    if as_json:
        facts = {"applied": found.applied, "pending": found.pending, "unknown": found.unknown}
        print_json({"database": where, "current": found.is_current, **facts, "mismatched": found.mismatched})
    else:
        typer.echo(f"Database: {where}")
        for heading, names in (
            ("Applied", found.applied),
            ("Pending (`allsquare db migrate` applies them)", found.pending),
            ("Unknown to this program, which is older than the database", found.unknown),
            ("Changed after they were applied", found.mismatched),
        ):
            if names:
                typer.echo("\n  ".join([f"{heading}:", *names]))
    if not found.is_current:
        raise typer.Exit(1)


def _where(settings: Settings) -> str:
    from allsquare.pg import embedded
    from allsquare.pg.pool import parse_target

    if settings.database_url is not None:
        return parse_target(settings.database_url).place
    before = embedded.status(settings.data_dir)
    if before.state == "absent":
        refuse(f"There is no database in {settings.data_dir} yet: `allsquare serve` makes it.")
    running = f"running as process {before.pid}" if before.pid else "started for this command alone"
    return f"embedded, in {before.cluster_dir}, {running}"


@app.command()
def url(data_dir: DataDir = None) -> None:
    """Print the URL by which the owner connects, with its password, for psql and other tools."""
    from allsquare.edges.runtime import use_database
    from allsquare.pg import embedded

    settings = settings_of(data_dir)
    with use_database(settings, say) as database:
        typer.echo(database.owner_url)
    if database.own and embedded.status(settings.data_dir).state != "running":
        say("The embedded server runs only while something uses it: keep `allsquare serve` running beside your tool.")


@app.command(context_settings={"ignore_unknown_options": True})
def shell(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- PSQL ARGUMENTS]", help="What psql is given, such as -c 'SELECT 1'."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Open psql as the database's owner: its own for the embedded server, the one on the PATH for another."""
    from allsquare.edges.runtime import use_database

    with use_database(settings_of(data_dir), say) as database:
        ended = _run_psql(database, arguments or [])
    raise typer.Exit(ended)


def _run_psql(database: Database, arguments: list[str]) -> int:
    from allsquare.pg.pool import parse_target

    program = str(database.programs / "psql") if database.programs else shutil.which("psql")
    if program is None:
        refuse("There is no psql on the PATH. Install PostgreSQL's client, or connect with another tool.")
    parts = urlsplit(parse_target(database.owner_url).url)
    # Whoever lists processes sees arguments, so the password travels in the environment.
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    without = urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host))
    environment = {**os.environ, **({"PGPASSWORD": unquote(password)} if password else {})}
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        # Ctrl-C is for psql, which cancels a query by it; a handler that does nothing, unlike an ignored signal, is not
        # handed down to it.
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
        with subprocess.Popen([program, without, *arguments], env=environment) as psql:
            signal.signal(signal.SIGTERM, lambda _number, _frame: psql.terminate())
            return psql.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
