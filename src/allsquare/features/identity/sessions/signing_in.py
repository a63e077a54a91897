"""Find whose e-mail address and password these are, with the same work and answer whoever has the address.

Several accounts may claim an address, and anybody may make one more. So each signs in by its own password, whether
another has verified the address or not, and however many there are: none can shut another out, and none learns of
another. That takes one hash in every case, because all who claim an address share its salt (`Passwords.hash`); only
accounts whose password was hashed by former parameters cost one more, until they sign in.
"""

from allsquare.features.identity.accounts.store import Account, find_verified
from allsquare.features.identity.call import OpenCall
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.passwords import recipe_of
from allsquare.features.identity.sessions.store import (
    find_by_hash,
    keep_password,
    list_former_recipes,
    renew_hash,
)
from allsquare.features.wire.errors import Unauthenticated
from allsquare.pg.borrow import Connection


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
    account = await _find(call, blind, password)
    person = None if account is None else str(account.user_id)
    await services.limits.hit_as_stranger(call.address, blind.hex(), person=person)
    if account is None:
        async with call.reading() as connection:
            # Whoever merely claims an address learns nothing by their audit, not even that nobody has verified it.
            tried = await find_verified(connection, blind)
        # By nobody, even where whoever tries is signed in: what one did is shown to one, and so whose the address is.
        await services.audit("session.refused", user_id=tried, actor=None, address=call.address)
        raise sign_in_refused()
    return account


async def _find(call: OpenCall, blind: bytes, password: str) -> Account | None:
    """Find the account of an address that has this password; the one that has verified it, before others."""
    passwords = call.services.passwords
    today = await passwords.hash(password, address=blind)
    async with call.reading() as connection:
        account = await find_by_hash(connection, blind, today)
        recipes = [] if account else await list_former_recipes(connection, blind, today=recipe_of(today))
    for recipe in recipes:
        former = await passwords.hash_by(recipe, password)
        async with call.writing() as connection:
            await renew_hash(connection, blind, former=former, new=today)
            account = account or await find_by_hash(connection, blind, today)
    return account


def sign_in_refused() -> SignInRefused:
    """Say that an address and a password do not belong together."""
    detail = "The address and the password do not belong together."
    return SignInRefused(detail, field="password")


async def require_kept(connection: Connection, account: Account) -> None:
    """Refuse to begin a session with a password that was changed since it was checked; raises SignInRefused."""
    if not await keep_password(connection, account.user_id, account.password_hash):
        raise sign_in_refused()
