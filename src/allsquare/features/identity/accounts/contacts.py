"""Seal and open what an account says of how to reach somebody, and check what is new in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from allsquare.core.errors import Conflict, Forbidden, InvalidInput
from allsquare.core.text import MAX_NAME, check_text
from allsquare.features.identity.accounts.store import Account
from allsquare.features.identity.passwords import check_password
from allsquare.features.identity.sessions.store import began_lately
from allsquare.features.identity.vault import Vault
from allsquare.features.wire.json import JsonObject

if TYPE_CHECKING:
    from allsquare.features.identity.call import Asking, Call


EMAIL_PLACE = "user.email"
PHONE_PLACE = "user.phone"
TICKET_EMAIL_PLACE = "ticket.email"


class PasswordWrong(Forbidden):
    """The current password is missing or is another."""

    code = "password.wrong"
    title = "That is not the password"


class SignInNotFresh(Forbidden):
    """Without a password, one shows by a sign-in of the last minutes that one is still oneself."""

    code = "session.not_fresh"
    title = "Sign in again first"


class AccountChanged(Conflict):
    """The account was changed by another request at the same time."""

    code = "user.changed_meanwhile"
    title = "The account was changed meanwhile"


class EmailFixed(InvalidInput):
    """A link that was mailed is good for the address it was mailed to, and for no other."""

    code = "user.email_fixed"
    title = "The address is that of the letter"


class Sealed(NamedTuple):
    """A text that is stored sealed, with the blind index it is found by."""

    text: bytes | None
    blind: bytes | None


NOTHING = Sealed(None, None)


def seal(vault: Vault, text: str | None, *, place: str, row: UUID) -> Sealed:
    """Seal a text that may be missing."""
    return NOTHING if text is None else Sealed(vault.seal(text, place=place, row=row), vault.index(text))


def clean_name(name: str) -> str:
    """Give a name as it is stored; raises TextEmpty and the like."""
    return check_text(name, field="name", limit=MAX_NAME)


def email_of(vault: Vault, account: Account) -> str | None:
    """Open an account's address."""
    return None if account.email is None else vault.open(account.email, place=EMAIL_PLACE, row=account.user_id)


def show_account(vault: Vault, account: Account) -> JsonObject:
    """Show an account to those who may see it."""
    phone = None if account.phone is None else vault.open(account.phone, place=PHONE_PLACE, row=account.user_id)
    return {
        "id": account.user_id,
        "name": account.name,
        "email": email_of(vault, account),
        "email_verified": account.email_verified,
        "phone": phone,
        "role": account.role,
        "has_password": account.password_hash is not None,
        "passkeys": account.passkeys,
        "created_at": account.created_at,
    }


def check_new_password(password: str, *, name: str, email: str | None, field: str = "password") -> None:
    """Refuse a password that is easily guessed; raises what `check_password` raises."""
    try:
        check_password(password, known=[name] if email is None else [name, email])
    except InvalidInput as error:
        error.field = field
        raise


async def require_current(call: Asking, account: Account, current: str | None) -> None:
    """Refuse whoever does not know the password of an account that has one.

    Raises: PasswordWrong, TooManyRequests.
    """
    if account.password_hash is None:
        return
    if current is None:
        detail = "Send your current password as `current` to change this."
        raise PasswordWrong(detail, field="current")
    account_key = str(account.user_id) if account.email_index is None else account.email_index.hex()
    await call.services.limits.hit("sign_in", call.address, account_key)
    right = await call.services.passwords.verify(account.password_hash, current)
    person = str(account.user_id) if right else None
    await call.services.limits.hit_as_stranger(call.address, account_key, person=person)
    if not right:
        detail = "The current password is another one."
        raise PasswordWrong(detail, field="current")


async def require_themselves(call: Call, account: Account, current: str | None) -> None:
    """Refuse who merely found a browser open, or a token: it takes the password, else a fresh sign-in.

    Raises: PasswordWrong, SignInNotFresh, TooManyRequests.
    """
    await require_current(call, account, current)
    # Who has neither password nor passkey yet has nothing to sign in again by.
    if account.password_hash is None and account.passkeys:
        async with call.reading() as connection:
            fresh = await began_lately(connection, call.caller.session_id)
        if not fresh:
            detail = "Sign in with your passkey again, then do this within 15 minutes."
            raise SignInNotFresh(detail)


def changed_meanwhile() -> AccountChanged:
    """Say that another request was faster."""
    detail = "Your account was changed by another request at the same time. Look at it again, and try once more."
    return AccountChanged(detail)
