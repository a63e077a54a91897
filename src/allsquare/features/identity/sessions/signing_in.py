"""Find whose e-mail address and password these are, with the same work and answer for addresses nobody has."""

from allsquare.features.identity.accounts.store import Account, list_claimants
from allsquare.features.identity.call import OpenCall
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.sessions.store import renew_hash
from allsquare.features.wire.errors import Unauthenticated

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
            if services.passwords.needs_rehash(account.password_hash):
                new = await services.passwords.hash(password)
                async with call.writing() as connection:
                    await renew_hash(connection, account.user_id, former=account.password_hash, new=new)
            await services.limits.remember(call.address, blind.hex())
            return account
    if not any(account.password_hash for account in accounts):
        # As much work as for an address that somebody has.
        await services.passwords.verify(None, password)
    await call.audit("session.refused", user_id=accounts[0].user_id if accounts else None)
    detail = "The address and the password do not belong together."
    raise SignInRefused(detail, field="password")
