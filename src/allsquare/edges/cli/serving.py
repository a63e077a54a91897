"""Serve, and print the owner's token."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allsquare.edges.cli.common import DataDir, refuse, say, settings_of, with_books

if TYPE_CHECKING:
    from allsquare.edges.runtime import OpenBooks
    from allsquare.features.identity.services import Services

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  (what to open where all addresses are served)


def serve(
    host: Annotated[
        str | None,
        typer.Option(help="The address to listen on, if not ALLSQUARE_HOST or 127.0.0.1.", show_default=False),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="The port, if not ALLSQUARE_PORT or 8000; 0 takes a free one.", show_default=False
        ),
    ] = None,
    data_dir: DataDir = None,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Load a sample trip first, if it is not there.")] = False,
) -> None:
    """Serve the API, and say what to open and try.

    With ALLSQUARE_DATABASE_URL it serves that database, which must be migrated; otherwise it runs its own PostgreSQL in
    the data directory.
    """
    settings = settings_of(data_dir, host=host, port=port)

    from allsquare.edges import serve as service
    from allsquare.edges.demo import EVENT_ID, load_demo
    from allsquare.edges.logs import set_up_logs
    from allsquare.features.imports.reads import Books

    set_up_logs(settings.log_level)

    async def prepare(services: Services) -> None:
        if demo:
            await load_demo(Books(services.pool, services.poster), settings.data_dir)

    async def welcome(services: Services, url: str) -> None:
        typer.echo(await _welcome(services, url, settings.data_dir, EVENT_ID.hex if demo else None))

    service.serve(settings, report=say, prepare=prepare, on_ready=welcome)


async def _welcome(services: Services, url: str, data_dir: Path, event: str | None) -> str:
    from uuid import UUID

    for everywhere, here in _EVERYWHERE.items():
        url = url.replace(f"//{everywhere}:", f"//{here}:")
    path = f"/v1/events/{UUID(event)}/balances" if event else "/v1/events"
    first = await _first_link(services, url)
    opening = f"Open {url}" if first is None else f"Open this once, within 24 hours, to make it yours:\n\n  {first}"
    advice = await _advise_token(services, data_dir, url + path)
    return f"Allsquare serves {url}\nIts API is described at {url}/docs\n\n{opening}\n\n{advice}\n\nCtrl-C stops it."


async def _first_link(services: Services, url: str) -> str | None:
    """Make a link for the owner who cannot sign in by a browser yet."""
    from allsquare.features.identity.accounts.handing_over import print_reset
    from allsquare.features.identity.accounts.store import get_account
    from allsquare.features.identity.store import find_owner

    async with services.reading() as connection:
        owner = await find_owner(connection)
        account = None if owner is None else await get_account(connection, owner.user_id)
    if account is None or account.password_hash is not None or account.passkeys:
        return None
    base_url = services.people.public_url or url
    return await print_reset(services.pool, account.user_id, owner_id=account.user_id, base_url=base_url)


async def _advise_token(services: Services, data_dir: Path, url: str) -> str:
    from allsquare.edges.owner import read_token
    from allsquare.features.identity.store import find_caller_by_token, hash_token

    token = read_token(data_dir)
    async with services.reading() as connection:
        known = await find_caller_by_token(connection, hash_token(token or ""))
    if known is None:
        return f"The owner's token is not in {data_dir}. `allsquare token --new` makes a new one."
    return f"Or, as a program would:\n\n  curl -sS -H 'Authorization: Bearer {token}' {url}"


def token(
    data_dir: DataDir = None,
    *,
    new: Annotated[bool, typer.Option("--new", help="Make a new token; the one before is no longer accepted.")] = False,
) -> None:
    """Print the owner's token, which the API asks for."""
    from allsquare.edges.owner import read_token, renew_token

    folder = settings_of(data_dir).data_dir
    if new:

        async def renew(books: OpenBooks) -> str:
            return await renew_token(books, folder)

        typer.echo(with_books(data_dir, renew))
        return
    found = read_token(folder)
    if found is None:
        refuse(
            f"There is no token in {folder}: `allsquare serve` makes one when it starts for the first time. If it did, "
            "`allsquare token --new` makes a new one, and the lost one is no longer accepted."
        )
    typer.echo(found)


def demo(data_dir: DataDir = None) -> None:
    """Load a sample trip to Goa; loading it again adds nothing."""
    from allsquare.edges.demo import EVENT_ID, load_demo

    folder = settings_of(data_dir).data_dir

    async def load(books: OpenBooks) -> bool:
        return await load_demo(books, folder)

    if with_books(data_dir, load):
        typer.echo(f"Loaded the sample trip as event {EVENT_ID}. `allsquare show 'Goa trip'` shows it.")
    else:
        typer.echo(f"Nothing to add: the sample trip was loaded before, as event {EVENT_ID}.")
