"""Serve tokens for programs over HTTP, in the manner of OAuth 2, and the keys that their signatures are checked by.

Source: RFC 6749, sections 4.3 and 6; a refresh token that comes again ends its session, as RFC 9700 says.
"""

import secrets
from uuid import UUID

from fastapi import APIRouter, Request

from allsquare.core.access import Scope
from allsquare.features.identity.call import OpenCall, OpenContext
from allsquare.features.identity.caller import lesser_scope
from allsquare.features.identity.sessions.schemas import TokenIn, TokenOut
from allsquare.features.identity.sessions.signing_in import find_by_password, require_kept
from allsquare.features.identity.sessions.store import (
    Session,
    add_program_session,
    add_refresh_token,
    end_session,
    lock_refresh_token,
    renew_session,
)
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import WRITE, Response, ValidationFailed, json_response, new_id, open_routes
from allsquare.features.wire.errors import Unauthenticated

REFRESH_PREFIX = "asr_"
router = open_routes("/token", "sessions")
well_known = APIRouter(tags=["sessions"])


class RefreshRefused(Unauthenticated):
    """The refresh token is not known, was used before, or its session has ended."""

    code = "refresh.refused"
    title = "The refresh token is not good any more"


@router.post("", response_model=TokenOut, responses=WRITE)
async def grant_tokens(body: TokenIn, call: OpenContext) -> Response:
    """Give a program an access token for 15 minutes, and a refresh token for the next."""
    await call.services.limits.hit("token", call.address)
    if body.grant_type == "password":
        return await _by_password(call, body, body.scope or "admin")
    if body.refresh_token is None:
        raise _missing("refresh_token")
    return await _by_refresh_token(call, body.refresh_token, body.scope)


async def _by_password(call: OpenCall, body: TokenIn, scope: Scope) -> Response:
    if body.username is None:
        raise _missing("username")
    if body.password is None:
        raise _missing("password")
    account = await find_by_password(call, body.username, body.password)
    refresh = _new_refresh_token()
    async with call.writing() as connection:
        await require_kept(connection, account)
        session = await add_program_session(
            connection, new_id(), user_id=account.user_id, device=call.device, scope=scope
        )
        await add_refresh_token(connection, session.session_id, hash_token(refresh))
    await call.audit("session.opened", user_id=account.user_id, kind="program", by="password")
    access, seconds = await call.services.signer.issue(
        subject=account.user_id, session_id=session.session_id, scope=scope
    )
    return _answer(access, seconds, refresh, session, scope)


async def _by_refresh_token(call: OpenCall, token: str, asked: Scope | None) -> Response:
    refresh = _new_refresh_token()
    async with call.writing() as connection:
        found = await lock_refresh_token(connection, hash_token(token))
        stolen = found is not None and found.used and found.good
        if found is not None and stolen:
            # Whoever holds the other copy may be the thief or the victim: neither goes on.
            await end_session(connection, found.session_id)
        good = found is not None and found.good and not found.used
        session = None
        if found is not None and good:
            session = await renew_session(
                connection, found.session_id, used_hash=hash_token(token), next_hash=hash_token(refresh)
            )
    if found is None or session is None:
        await _write_refusal(call, found.user_id if found else None, stolen=stolen)
        detail = "This refresh token is not good any more. Sign in again."
        raise RefreshRefused(detail, field="refresh_token")
    scope = lesser_scope(found.scope, asked)
    access, seconds = await call.services.signer.issue(subject=found.user_id, session_id=found.session_id, scope=scope)
    return _answer(access, seconds, refresh, session, scope)


async def _write_refusal(call: OpenCall, user_id: UUID | None, *, stolen: bool) -> None:
    """Write down that a refresh token was refused, by nobody: who holds it is not known; raises TooManyRequests."""
    services = call.services
    if stolen:
        # Once for each session, so no limit may keep it from being told.
        services.forget_caller()
        await services.audit("refresh.reused", user_id=user_id, actor=None, address=call.address)
        return
    await services.limits.hit("refused", call.address)
    await services.audit("refresh.refused", user_id=user_id, actor=None, address=call.address)


def _new_refresh_token() -> str:
    return REFRESH_PREFIX + secrets.token_urlsafe(32)


def _missing(field: str) -> ValidationFailed:
    detail = f"{field}: Field required for this grant."
    return ValidationFailed(
        detail, field=field, broken=[{"field": field, "code": "validation.missing", "message": "Field required"}]
    )


def _answer(access: str, seconds: int, refresh: str, session: Session, scope: Scope) -> Response:
    told = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": seconds,
        "refresh_token": refresh,
        "refresh_expires_at": session.expires_at,
        "scope": scope,
    }
    return json_response(told, headers={"Cache-Control": "no-store"})


@well_known.get("/.well-known/jwks.json", response_model=dict[str, list[dict[str, str]]])
async def get_keys(request: Request) -> Response:
    """Give the public keys that access tokens are checked with."""
    keys = await request.app.state.services.signer.jwks()
    return json_response(keys, headers={"Cache-Control": "public, max-age=300"})
