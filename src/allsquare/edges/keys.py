"""Find or make the keys that seal personal data, and change them.

They are in ALLSQUARE_KEYS, or in `keys.json` (mode 0600) in the data directory, which is made at the first start.
Whoever backs the database up needs them too: without them no e-mail address can be read again.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from allsquare.core.errors import Conflict, InvalidInput, Unavailable
from allsquare.features.identity.rotation.reseal import BATCH, reseal
from allsquare.features.identity.rotation.store import list_keys_in_use
from allsquare.features.identity.signing import Signer
from allsquare.features.identity.vault import (
    Keyring,
    KeyringInvalid,
    Vault,
    new_keyring,
    parse_keyring,
    serialise_keyring,
    with_keys_kept,
    with_new_key,
)
from allsquare.pg.borrow import Pool, borrow
from allsquare.pg.embedded import claim_folder
from allsquare.pg.embedded_errors import folder_errors_told
from allsquare.pg.embedded_locks import try_lock

KEYS_FILE = "keys.json"
LOCK_FILE = "keys.lock"
KEYS_VARIABLE = "ALLSQUARE_KEYS"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeysExposed(InvalidInput):
    """Others than its owner may read or write the file of the keys."""

    code = "keys.exposed"
    title = "Others can read the keys"


class KeysNotReadable(Unavailable):
    """The file of the keys is gone, or cannot be read by this user."""

    code = "keys.not_readable"
    title = "The keys cannot be read"


class KeysBusy(Conflict):
    """Another process is changing the keys."""

    code = "keys.busy"
    title = "The keys are being changed already"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did.

    Shape: `made` is the id of the new key, None where the keys come from the environment; `dropped` are those of keys
        that nothing needs any more; rows that could not be opened are `unreadable`.
    """

    made: str | None
    dropped: tuple[str, ...]
    rows: int
    unreadable: int


def open_vault(data_dir: Path, environment: Mapping[str, str] = os.environ) -> Vault:
    """Open the vault with the keys of this instance, which are made if there are none.

    Ensures: where they are in a file, a running server takes up what a rotation writes to it.
    Raises: KeyringInvalid, KeysExposed, KeysNotReadable, and what a data directory can be refused for.
    """
    named = _keyring_named(environment)
    if named is not None:
        return Vault(named)
    folder = claim_folder(data_dir)
    return Vault(_read_or_make(folder), reload=lambda: _read_again(folder))


def load_keyring(data_dir: Path, environment: Mapping[str, str] = os.environ) -> Keyring:
    """Give the keys of this instance, which are made if there are none; raises as `open_vault` does."""
    return open_vault(data_dir, environment).keyring


async def rotate_keys(
    pool: Pool,
    data_dir: Path,
    environment: Mapping[str, str] = os.environ,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    batch: int = BATCH,
) -> Rotation:
    """Make a new key, seal everything with it, and make a new key for access tokens too.

    Shape: keys of the environment are only used as they are there: everything is sealed with the current one.
    Ensures: the former key stays in the file, for servers that have not yet taken the new one up; those before it go
        when nothing is sealed with them any more. It may be cut short at any point and done again.
    Raises: KeysBusy, and what `open_vault` and `reseal` raise.
    """
    named = _keyring_named(environment)
    if named is not None:
        vault = Vault(named)
        await Signer(pool, vault).rotate()
        done = await reseal(pool, vault, on_progress, batch=batch)
        return Rotation(None, (), done.rows, done.unreadable)
    folder = claim_folder(data_dir)
    with _held(folder):
        former = _read_or_make(folder)
        both = with_new_key(former)
        # Written before anything is sealed with it: a key that is lost takes what it sealed with it.
        _write(folder, both)
        vault = Vault(both)
        await Signer(pool, vault).rotate()
        done = await reseal(pool, vault, on_progress, batch=batch)
        async with borrow(pool) as connection:
            in_use = await list_keys_in_use(connection)
        kept = with_keys_kept(both, {former.current, *in_use})
        _write(folder, kept)
    return Rotation(both.current, tuple(sorted(set(both.keys) - set(kept.keys))), done.rows, done.unreadable)


def _keyring_named(environment: Mapping[str, str]) -> Keyring | None:
    text = environment.get(KEYS_VARIABLE)
    if not text:
        return None
    try:
        return parse_keyring(text)
    except KeyringInvalid as error:
        raise KeyringInvalid(f"{KEYS_VARIABLE}: {error.detail}", field=KEYS_VARIABLE) from None


def _read_or_make(folder: Path) -> Keyring:
    kept = _read(folder)
    if kept is None:
        _make(folder, new_keyring())
        kept = _read_again(folder)
    return kept


def _read_again(folder: Path) -> Keyring:
    kept = _read(folder)
    if kept is None:
        detail = f"{folder / KEYS_FILE} is gone, and with it the keys to what is stored; put it back."
        raise KeysNotReadable(detail, field="data_dir")
    return kept


def _read(folder: Path) -> Keyring | None:
    path = folder / KEYS_FILE
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        detail = f"{path} cannot be read by this user ({error.strerror or error})."
        raise KeysNotReadable(detail, field="data_dir") from error
    if mode & _OTHERS:
        detail = f"{path} can be read by others (its mode is {mode:04o}); make it yours alone: chmod 600 {path}"
        raise KeysExposed(detail, field="data_dir", expected="0600", actual=f"{mode:04o}")
    try:
        return parse_keyring(text)
    except KeyringInvalid as error:
        raise KeyringInvalid(f"{path}: {error.detail}", field="data_dir") from None


def _make(folder: Path, keyring: Keyring) -> None:
    """Write the first keys, unless another process was faster: then its keys are the ones."""
    with _written(folder, keyring) as unfinished, suppress(FileExistsError):
        # Unlike a rename, a link never replaces what is there.
        os.link(unfinished, folder / KEYS_FILE)


def _write(folder: Path, keyring: Keyring) -> None:
    """Replace the keys, so that a crash leaves the old file or the new one."""
    with _written(folder, keyring) as unfinished:
        unfinished.replace(folder / KEYS_FILE)


@contextmanager
def _written(folder: Path, keyring: Keyring) -> Iterator[Path]:
    """Write the keys to a file of its own for the block to put in place, which then lasts."""
    unfinished = folder / f"{KEYS_FILE}.{secrets.token_hex(4)}.new"
    with folder_errors_told(folder):
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                if os.geteuid() == 0:
                    # Root looking after somebody else's folder must not lock its owner out of the keys.
                    owner = folder.stat()
                    os.fchown(descriptor, owner.st_uid, owner.st_gid)
                file.write(serialise_keyring(keyring) + "\n")
                file.flush()
                os.fsync(descriptor)
            yield unfinished
        finally:
            unfinished.unlink(missing_ok=True)
        _sync(folder)


def _sync(folder: Path) -> None:
    """Make the names in a folder last: what is sealed and committed afterwards must never lack its key."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = try_lock(folder / LOCK_FILE)
    if descriptor is None:
        raise KeysBusy("Another process is changing the keys. Wait until it is done.")
    try:
        yield
    finally:
        os.close(descriptor)
