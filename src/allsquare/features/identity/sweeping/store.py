"""Delete what ended 90 days ago or earlier: sessions, tickets, and links."""

import asyncpg
import msgspec


class Swept(msgspec.Struct, frozen=True):
    """How many rows went."""

    refresh_tokens: int
    sessions: int
    guests: int
    links: int
    tickets: int


SWEEP_REFRESH_TOKENS = """
WITH gone AS (
    DELETE FROM refresh_token AS t USING session AS s
    WHERE s.session_id = t.session_id AND least(s.ended_at, s.expires_at) < now() - interval '90 days'
    RETURNING t.session_id
)
SELECT count(*) AS refresh_tokens FROM gone
"""

SWEEP_SESSIONS = """
WITH gone AS (
    DELETE FROM session AS s
    WHERE s.kind <> 'guest' AND least(s.ended_at, s.expires_at) < now() - interval '90 days'
    RETURNING s.session_id
)
SELECT count(*) AS sessions FROM gone
"""

SWEEP_GUESTS = """
WITH gone AS (
    DELETE FROM session AS s
    WHERE s.kind = 'guest' AND least(s.ended_at, s.expires_at) < now() - interval '90 days' AND NOT EXISTS (
        SELECT FROM link AS l WHERE l.link_id = s.link_id AND least(l.revoked_at, l.expires_at) > now())
    RETURNING s.session_id
)
SELECT count(*) AS guests FROM gone
"""

SWEEP_LINKS = """
WITH gone AS (
    DELETE FROM link AS l
    WHERE least(l.revoked_at, l.expires_at) < now() - interval '90 days'
      AND NOT EXISTS (SELECT FROM session AS s WHERE s.link_id = l.link_id)
    RETURNING l.link_id
)
SELECT count(*) AS links FROM gone
"""

SWEEP_TICKETS = """
WITH gone AS (
    DELETE FROM ticket AS t
    WHERE least(t.used_at, t.revoked_at, t.expires_at) < now() - interval '90 days'
    RETURNING t.ticket_id
)
SELECT count(*) AS tickets FROM gone
"""


async def sweep(connection: asyncpg.Connection) -> Swept:
    """Delete what ended long ago, in one transaction of the caller's; tell how much that was.

    Shape: a refresh token goes with its session and not before, so that a used one that comes again still ends it. A
        guest's session stays while its link lets people in, so that no repeated request opens it anew; a link stays
        while a session names it, for it says what that guest may do at the most. Challenges of passkeys go when the
        next one is made.
    """
    # Tokens before sessions, as whoever renews one locks them, and because a token names its session.
    statements = (SWEEP_REFRESH_TOKENS, SWEEP_SESSIONS, SWEEP_GUESTS, SWEEP_LINKS, SWEEP_TICKETS)
    return Swept(*[await connection.fetchval(statement) for statement in statements])
