"""Find whose e-mail address and password these are, with the same work and answer for addresses nobody has."""

import msgspec

from allsquare.features.identity.accounts.store import Account, list_claimants
from allsquare.features.identity.call import OpenCall
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.sessions.store import keep_password, renew_hash
from allsquare.features.wire.errors import Unauthenticated
from allsquare.pg.borrow import Connection

MOST_CLAIMANTS = 3
"""An address that nobody has verified may be claimed by several; so many are tried."""


class SignInRefused(Unauthenticated):
    """The address and the password do not belong together."""

    code = "session.refused"
    title = "That is not right"


async def find_by_password(call: OpenCall, email: str, password: str) -> Account:
    """Give the account that an address and a password belong to.

    Raises: SignInRefused, TooManyRequests, EmailInvalid.
    """
    services = call.services
    blind = services.vault.index(normalise_email(email))
    await services.limits.hit("sign_in", call.address, blind.hex())
    async with call.reading() as connection:
        accounts = await list_claimants(connection, blind, limit=MOST_CLAIMANTS)
    for account in accounts:
        if account.password_hash and await services.passwords.verify(account.password_hash, password):
            await services.limits.remember(call.address, blind.hex())
            return await _renewed(call, account, password)
    if not any(account.password_hash for account in accounts):
        # As much work as for an address that somebody has.
        await services.passwords.verify(None, password)
    # By nobody, even where whoever tries is signed in: what one did is shown to one, and with it whose the address is.
    tried = accounts[0].user_id if accounts else None
    await services.audit("session.refused", user_id=tried, actor=None, address=call.address)
    raise sign_in_refused()


def sign_in_refused() -> SignInRefused:
    """Say that an address and a password do not belong together."""
    detail = "The address and the password do not belong together."
    return SignInRefused(detail, field="password")


async def require_kept(connection: Connection, account: Account) -> None:
    """Refuse to begin a session with a password that was changed since it was checked; raises SignInRefused."""
    if not await keep_password(connection, account.user_id, account.password_hash):
        raise sign_in_refused()


async def _renewed(call: OpenCall, account: Account, password: str) -> Account:
    """Keep the same password by today's parameters, where it was hashed by others."""
    former, passwords = account.password_hash, call.services.passwords
    if former is None or not passwords.needs_rehash(former):
        return account
    new = await passwords.hash(password)
    async with call.writing() as connection:
        await renew_hash(connection, account.user_id, former=former, new=new)
    return msgspec.structs.replace(account, password_hash=new)
