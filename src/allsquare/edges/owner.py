"""Make the owner at the first start, and keep the owner's token where only the owner of the data directory reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from allsquare.features.identity.store import User, add_owner, add_token, find_owner, new_token, revoke_tokens
from allsquare.features.imports.reads import Books
from allsquare.features.wire.ids import new_id
from allsquare.pg.embedded import claim_folder
from allsquare.pg.embedded_errors import folder_errors_told
from allsquare.pg.transact import transaction

if TYPE_CHECKING:
    from allsquare.features.identity.services import Services

OWNER_NAME = "Owner"
TOKEN_FILE = "owner.token"  # noqa: S105  (a name of a file)


async def ensure_owner(books: Books | Services, data_dir: Path) -> User:
    """Give the owner, made at the first start together with a token in `owner.token` (mode 0600)."""
    async with books.reading() as connection:
        owner = await find_owner(connection)
    if owner is not None:
        return owner
    folder = claim_folder(data_dir)
    # A token that is there already belongs to the same person's other database, and opens this one too from now on.
    token = read_token(folder) or new_token()
    with keep_token(folder, token):
        async with transaction(books.pool) as connection:
            await add_owner(connection, new_id(), OWNER_NAME)
            owner = await find_owner(connection)
            if owner is None:
                message = "the owner that was just made is not there"
                raise AssertionError(message)
            await add_token(connection, owner.user_id, token, name=TOKEN_FILE)
    return owner


async def renew_token(books: Books | Services, data_dir: Path) -> str:
    """Make the owner a new token; the one before is no longer accepted (by a running server, 5 seconds later)."""
    owner = await ensure_owner(books, data_dir)
    token = new_token()
    with keep_token(data_dir, token):
        async with transaction(books.pool) as connection:
            await revoke_tokens(connection, owner.user_id, name=TOKEN_FILE)
            await add_token(connection, owner.user_id, token, name=TOKEN_FILE)
    return token


def read_token(data_dir: Path) -> str | None:
    """Read the owner's token back, if it is there."""
    try:
        return (data_dir / TOKEN_FILE).read_text().strip() or None
    except FileNotFoundError:
        return None


@contextmanager
def keep_token(data_dir: Path, token: str) -> Iterator[None]:
    """Write the token down, and put it in its place only when the block has stored it in the database.

    Raises: FolderNotWritable, FolderTaken, DiskFull; the block is not entered then.
    """
    folder = claim_folder(data_dir)
    unfinished = folder / f"{TOKEN_FILE}.new"
    with folder_errors_told(folder):
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            if os.geteuid() == 0:
                # Root looking after somebody else's folder must not lock its owner out of the token.
                owner = folder.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            file.write(token + "\n")
            file.flush()
            os.fsync(descriptor)
    try:
        yield
        with folder_errors_told(folder):
            unfinished.replace(folder / TOKEN_FILE)
    finally:
        unfinished.unlink(missing_ok=True)
