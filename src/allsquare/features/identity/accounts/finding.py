"""Find the accounts that somebody means."""

from allsquare.features.identity.accounts.store import Account, list_accounts, list_claimants
from allsquare.features.identity.contact import EmailInvalid, normalise_email
from allsquare.features.identity.vault import Vault
from allsquare.pg.borrow import Connection

PAGE = 1_000


def email_index_of(vault: Vault, text: str) -> bytes | None:
    """Give the index of an address that is searched for; None for what is none."""
    try:
        return vault.index(normalise_email(text))
    except EmailInvalid:
        return None


async def every_account(connection: Connection) -> list[Account]:
    """List all accounts, newest first."""
    found: list[Account] = []
    while True:
        before = (found[-1].created_at, found[-1].user_id) if found else None
        rows = await list_accounts(connection, before=before, limit=PAGE)
        found += rows
        if len(rows) < PAGE:
            return found


async def find_accounts(connection: Connection, vault: Vault, given: str) -> list[Account]:
    """Find who is meant by an address; else by a name or id, else by the beginning of either."""
    index = email_index_of(vault, given)
    if index is not None:
        return await list_claimants(connection, index, limit=PAGE)
    wanted, known = given.strip().casefold(), await every_account(connection)
    exact = [user for user in known if wanted in {user.name.casefold(), str(user.user_id)}]
    begun = [user for user in known if user.name.casefold().startswith(wanted) or str(user.user_id).startswith(wanted)]
    return exact or (begun if wanted else [])
