"""Keep accounts; e-mail addresses and telephone numbers are sealed, and found by their blind index."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from allsquare.core.errors import Conflict, NotFound

AccountRole = Literal["owner", "admin", "user"]

OWNER_TOKEN = "owner.token"
"""What the token in the owner's data directory is called."""


class UserNotFound(NotFound):
    """There is no such account, or it is not yours to see."""

    code = "user.not_found"
    title = "There is no such account"


class EmailTaken(Conflict):
    """Another account has shown already that the address is theirs."""

    code = "user.email_taken"
    title = "The address belongs to another account"


class Account(msgspec.Struct, frozen=True):
    """An account as it is stored; `email` and `phone` are sealed."""

    user_id: UUID
    name: str
    role: AccountRole
    email: bytes | None
    email_index: bytes | None
    email_verified: bool
    phone: bytes | None
    phone_index: bytes | None
    password_hash: str | None
    created_at: datetime
    passkeys: int


class NewAccount(msgspec.Struct, frozen=True):
    """An account that is about to be; `email` and `phone` are sealed."""

    user_id: UUID
    name: str
    role: AccountRole
    email: bytes | None
    email_index: bytes | None
    phone: bytes | None
    phone_index: bytes | None
    password_hash: str | None


ADD_ACCOUNT = """
INSERT INTO "user" (user_id, name, role, email, email_index, phone, phone_index, password_hash, password_changed_at,
                    email_verified_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8::text IS NOT NULL THEN now() END, CASE WHEN $9 THEN now() END)
ON CONFLICT (email_index) WHERE email_verified_at IS NOT NULL DO NOTHING
RETURNING user_id
"""


async def add_account(connection: asyncpg.Connection, new: NewAccount, *, verified: bool) -> bool:
    """Add an account, and tell whether its address counts as verified: not where it is another's already."""
    values = msgspec.structs.astuple(new)
    if verified and new.email is not None and await connection.fetchval(ADD_ACCOUNT, *values, True) is not None:
        return True
    await connection.execute(ADD_ACCOUNT, *values, False)
    return False


FIND_ACCOUNT = """
SELECT u.user_id, u.name, u.role, u.email, u.email_index, u.email_verified_at IS NOT NULL AS email_verified, u.phone,
       u.phone_index, u.password_hash, u.created_at,
       (SELECT count(*) FROM passkey AS p WHERE p.user_id = u.user_id) AS passkeys
FROM "user" AS u
WHERE u.user_id = $1 AND u.deleted_at IS NULL
"""


async def get_account(connection: asyncpg.Connection, user_id: UUID) -> Account:
    """Get an account; raises UserNotFound."""
    row = await connection.fetchrow(FIND_ACCOUNT, user_id)
    if row is None:
        raise no_such_user(user_id)
    return Account(*row)


def no_such_user(user_id: UUID) -> UserNotFound:
    """Say that there is no such account."""
    detail = f"There is no user {user_id}."
    return UserNotFound(detail, field="user_id")


LIST_ACCOUNTS = """
SELECT u.user_id, u.name, u.role, u.email, u.email_index, u.email_verified_at IS NOT NULL AS email_verified, u.phone,
       u.phone_index, u.password_hash, u.created_at,
       (SELECT count(*) FROM passkey AS p WHERE p.user_id = u.user_id) AS passkeys
FROM "user" AS u
WHERE u.deleted_at IS NULL
  AND ($1::timestamptz IS NULL OR (u.created_at, u.user_id) < ($1, $2::uuid))
  AND ($3::text IS NULL OR strpos(lower(u.name), lower($3)) > 0 OR u.email_index = $4::bytea)
ORDER BY u.created_at DESC, u.user_id DESC LIMIT $5
"""


async def list_accounts(
    connection: asyncpg.Connection,
    *,
    before: tuple[datetime, UUID] | None,
    search: str | None = None,
    email_index: bytes | None = None,
    limit: int,
) -> list[Account]:
    """List accounts, newest first; `search` is part of the name, unless it is the address of that index."""
    at, user_id = before or (None, None)
    return [Account(*row) for row in await connection.fetch(LIST_ACCOUNTS, at, user_id, search, email_index, limit)]


LIST_CLAIMANTS = """
SELECT u.user_id, u.name, u.role, u.email, u.email_index, u.email_verified_at IS NOT NULL AS email_verified, u.phone,
       u.phone_index, u.password_hash, u.created_at,
       (SELECT count(*) FROM passkey AS p WHERE p.user_id = u.user_id) AS passkeys
FROM "user" AS u
WHERE u.email_index = $1 AND u.deleted_at IS NULL
ORDER BY u.email_verified_at IS NULL, u.created_at, u.user_id LIMIT $2
"""


async def list_claimants(connection: asyncpg.Connection, email_index: bytes, *, limit: int) -> list[Account]:
    """List who may be meant by an address: only whose it is, where that was shown, else all who claim it."""
    found = [Account(*row) for row in await connection.fetch(LIST_CLAIMANTS, email_index, limit)]
    return found[:1] if found and found[0].email_verified else found


FIND_VERIFIED = """
SELECT user_id FROM "user" WHERE email_index = $1 AND email_verified_at IS NOT NULL AND deleted_at IS NULL
"""


async def find_verified(connection: asyncpg.Connection, email_index: bytes) -> UUID | None:
    """Find who has shown that an address is theirs."""
    found: UUID | None = await connection.fetchval(FIND_VERIFIED, email_index)
    return found


class Changes(msgspec.Struct, frozen=True):
    """What changes of an account: the name unless None, the address and the number where it is said so."""

    name: str | None = None
    sets_email: bool = False
    email: bytes | None = None
    email_index: bytes | None = None
    sets_phone: bool = False
    phone: bytes | None = None
    phone_index: bytes | None = None


CHANGE_ACCOUNT = """
UPDATE "user" SET
    name = coalesce($3, name),
    email = CASE WHEN $4 THEN $5 ELSE email END,
    email_index = CASE WHEN $4 THEN $6 ELSE email_index END,
    email_verified_at = CASE WHEN $4 THEN NULL ELSE email_verified_at END,
    phone = CASE WHEN $7 THEN $8 ELSE phone END,
    phone_index = CASE WHEN $7 THEN $9 ELSE phone_index END,
    password_hash = coalesce($10, password_hash)
WHERE user_id = $1 AND password_hash IS NOT DISTINCT FROM $2 AND deleted_at IS NULL
RETURNING user_id
"""


async def change_account(
    connection: asyncpg.Connection,
    user_id: UUID,
    changes: Changes,
    *,
    password_hash: str | None,
    new_hash: str | None = None,
) -> bool:
    """Change an account whose password is still this one; a new address is not verified.

    Shape: `new_hash` is the same password with the salt of the new address.
    """
    values = msgspec.structs.astuple(changes)
    return await connection.fetchval(CHANGE_ACCOUNT, user_id, password_hash, *values, new_hash) is not None


CHANGE_PASSWORD = """
UPDATE "user" SET password_hash = $4, password_changed_at = now()
WHERE user_id = $1 AND password_hash IS NOT DISTINCT FROM $2 AND email_index IS NOT DISTINCT FROM $3
  AND deleted_at IS NULL
RETURNING user_id
"""


async def change_password(connection: asyncpg.Connection, former: Account, new: str) -> bool:
    """Set the password of an account that still has the former one, and the address that the new one is salted by."""
    values = (former.user_id, former.password_hash, former.email_index, new)
    return await connection.fetchval(CHANGE_PASSWORD, *values) is not None


RESET_PASSWORD = """
UPDATE "user" SET
    password_hash = $2, password_changed_at = now(),
    email_verified_at = CASE WHEN $3 IS NULL THEN email_verified_at ELSE coalesce(email_verified_at, now()) END
WHERE user_id = $1 AND deleted_at IS NULL AND ($3::bytea IS NULL OR email_index = $3)
  AND email_index IS NOT DISTINCT FROM $4
RETURNING user_id
"""


async def reset_password(
    connection: asyncpg.Connection, former: Account, password_hash: str, *, mailed_to: bytes | None
) -> bool:
    """Set a password whatever the former; whoever was mailed to has shown that the address is theirs.

    Shape: False where there is no such user, or another address by now.
    Raises: EmailTaken.
    """
    try:
        values = (former.user_id, password_hash, mailed_to, former.email_index)
        return await connection.fetchval(RESET_PASSWORD, *values) is not None
    except asyncpg.UniqueViolationError as error:
        raise _taken() from error


VERIFY_EMAIL = """
UPDATE "user" SET email_verified_at = coalesce(email_verified_at, now())
WHERE user_id = $1 AND email_index = $2 AND deleted_at IS NULL
RETURNING user_id
"""


async def verify_email(connection: asyncpg.Connection, user_id: UUID, email_index: bytes) -> bool:
    """Note that a user's address is theirs, if it is still that one; raises EmailTaken."""
    try:
        return await connection.fetchval(VERIFY_EMAIL, user_id, email_index) is not None
    except asyncpg.UniqueViolationError as error:
        raise _taken() from error


def _taken() -> EmailTaken:
    detail = "Another account has shown already that this address is theirs. Sign in with that one."
    return EmailTaken(detail, field="email")


CHANGE_ROLE = """
UPDATE "user" SET role = $2 WHERE user_id = $1 AND role <> 'owner' AND deleted_at IS NULL RETURNING user_id
"""


async def change_role(connection: asyncpg.Connection, user_id: UUID, role: Literal["admin", "user"]) -> bool:
    """Give a user another role; never the owner."""
    return await connection.fetchval(CHANGE_ROLE, user_id, role) is not None


END_SESSIONS = """
UPDATE session SET ended_at = now()
WHERE user_id = $1 AND ended_at IS NULL AND session_id IS DISTINCT FROM $2::uuid
"""

REVOKE_ACCESS_TOKENS = """
UPDATE access_token SET revoked_at = now()
WHERE user_id = $1 AND revoked_at IS NULL AND token_id IS DISTINCT FROM $2::uuid AND name IS DISTINCT FROM $3::text
"""

REVOKE_RESETS = """
UPDATE ticket SET revoked_at = now()
WHERE user_id = $1 AND purpose = 'reset' AND used_at IS NULL AND revoked_at IS NULL
"""

DROP_CHALLENGES = """
DELETE FROM passkey_challenge WHERE user_id = $1
"""


async def end_sign_ins(
    connection: asyncpg.Connection, former: Account, *, but_session: UUID | None = None, but_token: UUID | None = None
) -> None:
    """End a user's sessions (and with them their refresh tokens), personal tokens, and open ways to a password or key.

    Shape: `former` is the account before its password was set. An owner without one had nothing but the token in the
        data directory, which stays for the first; afterwards it goes as all others do, for anybody can name one so.
    """
    spared = OWNER_TOKEN if former.role == "owner" and former.password_hash is None else None
    await connection.execute(END_SESSIONS, former.user_id, but_session)
    await connection.execute(REVOKE_ACCESS_TOKENS, former.user_id, but_token, spared)
    await connection.execute(REVOKE_RESETS, former.user_id)
    # They show that somebody knew the former password.
    await connection.execute(DROP_CHALLENGES, former.user_id)


REMOVE_PASSKEYS = """
DELETE FROM passkey WHERE user_id = $1 RETURNING passkey_id
"""


async def remove_passkeys(connection: asyncpg.Connection, user_id: UUID) -> int:
    """Remove all passkeys of a user, and tell how many."""
    return len(await connection.fetch(REMOVE_PASSKEYS, user_id))
