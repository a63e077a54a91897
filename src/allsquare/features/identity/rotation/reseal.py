"""Open what former keys sealed, and seal it with the current one, a batch at a time, while servers run."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from allsquare.features.identity.rotation import store
from allsquare.features.identity.rotation.store import SealedRow
from allsquare.features.identity.signing import PRIVATE_KEY, signing_key_row
from allsquare.features.identity.vault import SealBroken, SealKeyUnknown, Vault
from allsquare.pg.borrow import Connection, Pool, borrow
from allsquare.pg.transact import transaction

BATCH = 500


@dataclass(frozen=True, slots=True)
class Resealed:
    """What was done: how many rows are sealed anew, and how many could not be opened and stay as they are."""

    rows: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Table:
    """One table: the places of its sealed columns, and the statements for them."""

    places: tuple[str, ...]
    before_all: UUID | str
    list_rows: Callable[[Connection, UUID | str, bytes, int], Awaitable[list[SealedRow]]]
    reseal_rows: Callable[[Connection, Sequence[SealedRow], Sequence[SealedRow]], Awaitable[int]]


_NO_ID = UUID(int=0)
_TABLES = (
    # Few and most needed, so they come first.
    _Table((PRIVATE_KEY,), "", store.list_keys, store.reseal_keys),
    _Table(("user.email", "user.phone"), _NO_ID, store.list_users, store.reseal_users),
    _Table(("ticket.email",), _NO_ID, store.list_tickets, store.reseal_tickets),
    _Table(("link.token", "link.email"), _NO_ID, store.list_links, store.reseal_links),
)


async def reseal(
    pool: Pool, vault: Vault, on_progress: Callable[[int, int], None] | None = None, *, batch: int = BATCH
) -> Resealed:
    """Seal with the vault's current key whatever is sealed with another; tell how many rows of how many are done.

    Ensures: each batch is a transaction of its own, and doing it again after any end is safe. What somebody changes
        meanwhile stays theirs.
    """
    key_id = bytes.fromhex(vault.keyring.current)
    async with borrow(pool) as connection:
        total = await store.count_sealed_otherwise(connection, key_id)
    looked_at = rows = unreadable = 0
    for table in _TABLES:
        after = table.before_all
        while True:
            async with transaction(pool) as connection:
                found = await table.list_rows(connection, after, key_id, batch)
                if not found:
                    break
                pairs = [(row, new) for row in found if (new := _resealed(vault, table, row)) is not None]
                rows += await table.reseal_rows(connection, [old for old, _ in pairs], [new for _, new in pairs])
            after = found[-1].key
            unreadable += len(found) - len(pairs)
            looked_at += len(found)
            if on_progress is not None:
                on_progress(looked_at, max(total, looked_at))
    return Resealed(rows, unreadable)


def _resealed(vault: Vault, table: _Table, row: SealedRow) -> SealedRow | None:
    bound = signing_key_row(row.key) if isinstance(row.key, str) else row.key
    new: dict[str, bytes] = {}
    try:
        for name, place in zip(("first", "second"), table.places, strict=False):
            sealed = row.first if name == "first" else row.second
            if sealed is not None:
                new[name] = vault.seal(vault.open(sealed, place=place, row=bound), place=place, row=bound)
    except (SealKeyUnknown, SealBroken):
        return None
    return msgspec.structs.replace(row, **new)
