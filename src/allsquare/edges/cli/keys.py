"""Look after the keys that seal e-mail addresses, telephone numbers and the like."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from allsquare.edges.cli.common import AsJson, DataDir, print_json, progress, say, settings_of, with_books

if TYPE_CHECKING:
    from allsquare.edges.keys import Rotation
    from allsquare.edges.runtime import OpenBooks

app = typer.Typer(
    help="Look after the keys that seal personal data: in `keys.json`, or in ALLSQUARE_KEYS.", no_args_is_help=True
)


@app.command()
def rotate(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Make a new key and seal everything with it; servers may run meanwhile.

    The former key stays in the file until the next time. Keys in ALLSQUARE_KEYS are not changed: put what
    `allsquare keys extend` prints there, restart all servers, and run this.
    """
    from allsquare.edges.keys import rotate_keys

    folder = settings_of(data_dir).data_dir

    async def work(books: OpenBooks) -> Rotation:
        with progress("Sealing with the new key") as bar:
            return await rotate_keys(books.pool, folder, on_progress=bar)

    done = with_books(data_dir, work)
    if as_json:
        print_json({"made": done.made, "dropped": done.dropped, "rows": done.rows, "unreadable": done.unreadable})
    else:
        key = f"the new key {done.made}" if done.made else "the current key of ALLSQUARE_KEYS"
        typer.echo(f"Sealed {done.rows} row(s) with {key}. Access tokens are signed with a new key too.")
        if done.dropped:
            typer.echo(f"Dropped what nothing needs any more: {', '.join(done.dropped)}.")
    if done.unreadable:
        say(f"{done.unreadable} row(s) could not be opened with the keys that are there, and stay as they are.")
        raise typer.Exit(1)


@app.command()
def extend(data_dir: DataDir = None) -> None:
    """Print the keys with a new one that seals from now on, for ALLSQUARE_KEYS; nothing is changed."""
    from allsquare.edges.keys import load_keyring
    from allsquare.features.identity.vault import serialise_keyring, with_new_key

    typer.echo(serialise_keyring(with_new_key(load_keyring(settings_of(data_dir).data_dir))))
