"""Open sessions, and write the cookies that stand for them."""

import secrets
from uuid import UUID

from allsquare.features.identity.sessions.store import BROWSER_DAYS, Session, add_browser_session
from allsquare.features.identity.sight import GUEST_COOKIE, SESSION_COOKIE
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.ids import new_id
from allsquare.features.wire.json import JsonObject
from allsquare.pg.borrow import Connection

SESSION_PREFIX = "ass_"
_A_DAY_S = 24 * 60 * 60


def new_session_token() -> str:
    """Make a session's token of 256 random bits."""
    return SESSION_PREFIX + secrets.token_urlsafe(32)


async def begin_browser_session(connection: Connection, *, user_id: UUID, device: str) -> tuple[Session, str]:
    """Sign a user in by cookie; gives the session, and the token for the cookie."""
    token = new_session_token()
    session = await add_browser_session(
        connection, new_id(), user_id=user_id, token_hash=hash_token(token), device=device
    )
    return session, token


async def open_browser_session(connection: Connection, *, user_id: UUID, device: str) -> str:
    """Sign a user in by cookie; gives the token for it."""
    return (await begin_browser_session(connection, user_id=user_id, device=device))[1]


def session_cookie(token: str, *, secure: bool) -> str:
    """Write the Set-Cookie header for a session's token."""
    return _cookie(SESSION_COOKIE, token, secure=secure, max_age_s=BROWSER_DAYS * _A_DAY_S)


def cleared_cookie(*, secure: bool) -> str:
    """Write the Set-Cookie header that takes a session's cookie away."""
    return _cookie(SESSION_COOKIE, "", secure=secure, max_age_s=0)


def cleared_guest_cookie(event_id: UUID, *, secure: bool) -> str:
    """Write the Set-Cookie header that takes away the cookie of a guest of an event."""
    return _cookie(f"{GUEST_COOKIE}{event_id.hex}", "", secure=secure, max_age_s=0)


def _cookie(name: str, token: str, *, secure: bool, max_age_s: int) -> str:
    # __Host- binds it to this very host; plain HTTP, on localhost or at home, can have neither that nor Secure.
    bound, guarded = ("__Host-", "; Secure") if secure else ("", "")
    return f"{bound}{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{guarded}"


def show_session(session: Session, *, current: bool) -> JsonObject:
    """Show a session as the API does."""
    return {
        "id": session.session_id,
        "kind": session.kind,
        "device": session.device,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.expires_at,
        "current": current,
    }
