"""Forget an account: what is left of it is a row without anything about a person."""

from uuid import UUID

import asyncpg

from allsquare.features.identity.store import hold_user

FORGET_GUEST = """
UPDATE session SET ended_at = coalesce(ended_at, now()), device = ''
WHERE event_id = $1 AND member_no = $2 AND kind = 'guest'
"""


async def forget_guest(connection: asyncpg.Connection, event_id: UUID, member: int) -> None:
    """End what is left of a member's sign-ins as a guest; the rows stay, so that no repeated request opens one anew."""
    await connection.execute(FORGET_GUEST, event_id, member)


LOCK_GROUPS = """
SELECT group_id FROM user_group
WHERE group_id IN (SELECT group_id FROM group_member WHERE user_id = $1) ORDER BY group_id FOR UPDATE
"""

FORGET_GROUPS = """
WITH gone AS (
    UPDATE group_member SET user_id = NULL, name = 'Former member ' || member_no, left_at = coalesce(left_at, now())
    WHERE user_id = $1 RETURNING group_id
), others AS (
    SELECT m.group_id, m.member_no, m.role, m.joined_at
    FROM group_member AS m
    WHERE m.group_id IN (SELECT group_id FROM gone) AND m.left_at IS NULL AND m.user_id <> $1
), heirs AS (
    SELECT DISTINCT ON (o.group_id) o.group_id, o.member_no FROM others AS o
    WHERE NOT EXISTS (SELECT FROM others AS a WHERE a.group_id = o.group_id AND a.role = 'admin')
    ORDER BY o.group_id, o.joined_at, o.member_no
), promoted AS (
    UPDATE group_member AS m SET role = 'admin' FROM heirs AS h
    WHERE m.group_id = h.group_id AND m.member_no = h.member_no
)
UPDATE user_group AS g
SET version = version + 1,
    deleted_at = CASE WHEN NOT EXISTS (SELECT FROM others AS o WHERE o.group_id = g.group_id) THEN now() END
WHERE g.group_id IN (SELECT group_id FROM gone) AND g.deleted_at IS NULL
"""

FORGET_SIGN_INS = """
WITH renewals AS (
    DELETE FROM refresh_token WHERE session_id IN (SELECT session_id FROM session WHERE user_id = $1)
), tokens AS (
    DELETE FROM access_token WHERE user_id = $1
), passkeys AS (
    DELETE FROM passkey WHERE user_id = $1
), challenges AS (
    DELETE FROM passkey_challenge WHERE user_id = $1
), tickets AS (
    DELETE FROM ticket
    WHERE user_id = $1 OR created_by = $1
       OR email_index = (SELECT email_index FROM "user" WHERE user_id = $1 AND email_verified_at IS NOT NULL)
)
UPDATE link SET revoked_at = coalesce(revoked_at, now()) WHERE created_by = $1
"""

FORGET_SESSIONS = """
DELETE FROM session WHERE user_id = $1
"""

FORGET_USER = """
UPDATE "user" SET name = 'Deleted user', role = 'user', email = NULL, email_index = NULL, email_verified_at = NULL,
       phone = NULL, phone_index = NULL, password_hash = NULL, password_changed_at = NULL, deleted_at = now()
WHERE user_id = $1 AND role <> 'owner' AND deleted_at IS NULL
RETURNING user_id
"""


async def forget_user(connection: asyncpg.Connection, user_id: UUID) -> bool:
    """Leave nothing of an account but its id, in one transaction of the caller's; tells whether it was there.

    Shape: an invitation to an address goes with the account only where the address was shown to be its own.
    Locks: the user, so that nothing is made by a sign-in of theirs meanwhile; then their groups, in the order of their
        ids and before it is read who else is in them: of two admins who go at once the second sees that the first is
        gone.
    """
    await hold_user(connection, user_id)
    for statement in (LOCK_GROUPS, FORGET_GROUPS, FORGET_SIGN_INS, FORGET_SESSIONS):
        await connection.execute(statement, user_id)
    return await connection.fetchval(FORGET_USER, user_id) is not None
