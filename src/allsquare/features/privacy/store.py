"""Forget an account: what is left of it is a row without anything about a person."""

from uuid import UUID

import asyncpg

FORGET_GROUPS = """
WITH gone AS (
    UPDATE group_member SET user_id = NULL, name = 'Former member ' || member_no, left_at = coalesce(left_at, now())
    WHERE user_id = $1 RETURNING group_id
), heirless AS (
    SELECT DISTINCT g.group_id FROM gone AS g
    WHERE NOT EXISTS (SELECT FROM group_member AS m WHERE m.group_id = g.group_id AND m.left_at IS NULL
                             AND m.user_id IS NOT NULL AND m.user_id <> $1)
), heirs AS (
    SELECT m.group_id, min(m.member_no) AS member_no
    FROM group_member AS m
    WHERE m.group_id IN (SELECT group_id FROM gone) AND m.left_at IS NULL AND m.user_id IS NOT NULL AND m.user_id <> $1
    GROUP BY m.group_id HAVING bool_and(m.role <> 'admin')
), promoted AS (
    UPDATE group_member AS m SET role = 'admin' FROM heirs AS h
    WHERE m.group_id = h.group_id AND m.member_no = h.member_no
)
UPDATE user_group SET deleted_at = now(), version = version + 1
WHERE group_id IN (SELECT group_id FROM heirless) AND deleted_at IS NULL
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
    DELETE FROM ticket WHERE user_id = $1 OR created_by = $1
)
UPDATE link SET revoked_at = coalesce(revoked_at, now()) WHERE created_by = $1
"""

FORGET_SESSIONS = """
DELETE FROM session WHERE user_id = $1
"""

FORGET_USER = """
UPDATE "user" SET name = 'Deleted user', email = NULL, email_index = NULL, email_verified_at = NULL, phone = NULL,
       phone_index = NULL, password_hash = NULL, password_changed_at = NULL, deleted_at = now()
WHERE user_id = $1 AND role <> 'owner' AND deleted_at IS NULL
"""


async def forget_user(connection: asyncpg.Connection, user_id: UUID) -> None:
    """Leave nothing of an account but its id, in one transaction of the caller's."""
    for statement in (FORGET_GROUPS, FORGET_SIGN_INS, FORGET_SESSIONS, FORGET_USER):
        await connection.execute(statement, user_id)
