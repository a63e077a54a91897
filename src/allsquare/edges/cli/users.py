"""Look after accounts: who there is, whom to invite, who needs a way back in."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from allsquare.edges.cli.common import AsJson, DataDir, print_json, print_table, say, settings_of, with_books

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from allsquare.edges.runtime import OpenBooks
    from allsquare.features.identity.store import User
    from allsquare.features.identity.vault import Vault

Result = TypeVar("Result")
JsonObject = dict[str, Any]
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (what to open where all addresses are served)

app = typer.Typer(
    help="Look after accounts: list them, invite people, hand out links to a new password.", no_args_is_help=True
)


class Role(StrEnum):
    """What an invitation makes of whoever uses it."""

    USER = "user"
    ADMIN = "admin"


@app.command("list")
def list_users(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List the accounts, newest first."""
    from allsquare.features.identity.accounts.contacts import show_account
    from allsquare.features.identity.accounts.finding import every_account

    async def read(books: OpenBooks, vault: Vault, _: User) -> list[JsonObject]:
        async with books.reading() as connection:
            return [show_account(vault, account) for account in await every_account(connection)]

    found = _with_people(data_dir, read)
    if as_json:
        print_json(found)
        return
    heads = ("name", "e-mail", "verified", "role", "password", ">passkeys", "created", "id")
    print_table("", heads, [_line(user) for user in found])


def _line(user: JsonObject) -> tuple[object, ...]:
    verified, password = ("yes" if user[fact] else "" for fact in ("email_verified", "has_password"))
    keys, created = user["passkeys"], user["created_at"].date()
    return user["name"], user["email"], verified, user["role"], password, keys, created, user["id"]


@app.command()
def invite(
    email: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Whom it is for; counts as verified if they use it.", show_default=False),
    ] = None,
    role: Annotated[Role, typer.Option(help="What they become.")] = Role.USER,
    data_dir: DataDir = None,
) -> None:
    """Print a link with which somebody can make an account, once, within 7 days."""
    from allsquare.features.identity.accounts.handing_over import print_invitation

    if settings_of(data_dir).people.sign_up == "closed":
        say("ALLSQUARE_SIGN_UP is closed: the link will not be taken before that is changed.")

    async def make(books: OpenBooks, vault: Vault, owner: User) -> str:
        base_url = _base_url(data_dir)
        return await print_invitation(
            books.pool, vault, email=email, role=role.value, owner_id=owner.user_id, base_url=base_url
        )

    typer.echo(_with_people(data_dir, make))


@app.command()
def reset(
    who: Annotated[
        str | None,
        typer.Argument(
            metavar="WHO", help="An e-mail address, a name, an id, or the beginning of one; the owner if not given."
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a link with which somebody chooses a new password, once, within 24 hours; by default the owner.

    Nothing changes before it is opened. The owner chooses the first password this way.
    """
    from allsquare.features.identity.accounts.handing_over import print_reset

    async def make(books: OpenBooks, vault: Vault, owner: User) -> tuple[str, str]:
        user_id, name = (owner.user_id, owner.name) if who is None else await _find_user(books, vault, who)
        return await print_reset(books.pool, user_id, owner_id=owner.user_id, base_url=_base_url(data_dir)), name

    url, name = _with_people(data_dir, make)
    say(f"Whoever opens this becomes {name}:")
    typer.echo(url)


def _with_people(data_dir: Path | None, work: Callable[[OpenBooks, Vault, User], Awaitable[Result]]) -> Result:
    """Open the ledger and the vault, and do the work in the owner's name."""
    from allsquare.edges.keys import open_vault
    from allsquare.edges.owner import ensure_owner

    folder = settings_of(data_dir).data_dir

    async def opened(books: OpenBooks) -> Result:
        return await work(books, open_vault(folder), await ensure_owner(books, folder))

    return with_books(data_dir, opened)


def _base_url(data_dir: Path | None) -> str:
    """Give where people reach the server; on this machine, unless the settings say more."""
    settings = settings_of(data_dir)
    host = _EVERYWHERE.get(settings.host, settings.host)
    return settings.people.public_url or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


async def _find_user(books: OpenBooks, vault: Vault, given: str) -> tuple[UUID, str]:
    """Find the one user that is meant; raises NothingOfThisName, NameUnclear."""
    from allsquare.edges.cli.lookup import NothingOfThisName, unclear
    from allsquare.features.identity.accounts.finding import find_accounts

    async with books.reading() as connection:
        found = await find_accounts(connection, vault, given)
    if not found:
        detail = f"There is no user {given!r}. `allsquare user list` lists them."
        raise NothingOfThisName(detail, field="user", actual=given)
    if len(found) > 1:
        raise unclear("users", given, [f"{user.user_id}  {user.name}" for user in found])
    return found[0].user_id, found[0].name
