"""Serve sessions over HTTP: signing in and out by cookie, and the list of where one is signed in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from allsquare.core.errors import NotFound
from allsquare.features.identity.accounts.contacts import show_account
from allsquare.features.identity.call import Call, CallContext, OpenContext
from allsquare.features.identity.caller import require_user
from allsquare.features.identity.sessions.opening import (
    begin_browser_session,
    cleared_cookie,
    cleared_guest_cookie,
    session_cookie,
    show_session,
)
from allsquare.features.identity.sessions.schemas import EndedOut, SessionPage, SignedInOut, SignIn
from allsquare.features.identity.sessions.signing_in import find_by_password, require_kept
from allsquare.features.identity.sessions.store import (
    end_guest_session,
    end_session,
    end_sessions,
    list_sessions,
)
from allsquare.features.identity.tokens.store import count_personal_tokens, revoke_personal_tokens
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    WRITE,
    Cursor,
    Limit,
    Moment,
    Response,
    decode_cursor,
    json_response,
    open_routes,
    page,
    routes,
)
from allsquare.features.wire.route import StrictRoute

doors = open_routes("/sessions", "sessions")
router = routes("/sessions", "sessions")


class GuestsRoute(StrictRoute):
    """A route to which a guest's cookie opens the door, though its path names no event: its query does."""

    async def let_in(self, request: Request) -> None:
        """Find out who asks, the guest of that event too."""
        event_id = request.query_params.get("event_id")
        if event_id is not None:
            # The doorkeeper looks for the event among what the path names.
            request.scope["path_params"] = {**request.path_params, "event_id": event_id}
        await super().let_in(request)


here = APIRouter(prefix="/sessions", tags=["sessions"], route_class=GuestsRoute)


class SessionNotFound(NotFound):
    """There is no such session, or it is not yours."""

    code = "session.not_found"
    title = "There is no such session"


@doors.post("", status_code=201, response_model=SignedInOut, responses=WRITE)
async def sign_in(body: SignIn, call: OpenContext) -> Response:
    """Sign in with an e-mail address and a password; the answer sets a cookie."""
    account = await find_by_password(call, body.email, body.password)
    async with call.writing() as connection:
        await require_kept(connection, account)
        session, token = await begin_browser_session(connection, user_id=account.user_id, device=call.device)
    await call.audit("session.opened", user_id=account.user_id, kind="browser", by="password")
    shown = {"session": show_session(session, current=True), "user": show_account(call.services.vault, account)}
    headers = {
        "Set-Cookie": session_cookie(token, secure=call.secure),
        "Location": f"/v1/sessions/{session.session_id}",
    }
    return json_response(shown, status=201, headers=headers)


@router.get("", response_model=SessionPage, responses=READ)
async def get_sessions(call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """List where you are signed in, newest first."""
    require_user(call.caller, "read")
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    async with call.reading() as connection:
        found = await list_sessions(connection, call.caller.user_id, before=before, limit=limit + 1)
    items = [show_session(each, current=each.session_id == call.caller.session_id) for each in found]
    last = found[limit - 1] if len(found) > limit else None
    key: tuple[datetime, UUID] | tuple[()] = (last.created_at, last.session_id) if last else ()
    return json_response(page(items, limit=limit, key_of_last=key))


@router.delete("", response_model=EndedOut, responses=WRITE)
async def sign_out_elsewhere(
    call: CallContext,
    *,
    everywhere: Annotated[bool, Query(description="Here too.")] = False,
    tokens: Annotated[bool, Query(description="Revoke personal tokens too, which stay good otherwise.")] = False,
) -> Response:
    """Sign out everywhere else; personal tokens stay good unless they shall go too."""
    require_user(call.caller)
    caller = call.caller
    async with call.writing() as connection:
        ended = await end_sessions(connection, caller.user_id, but=None if everywhere else caller.session_id)
        but, revoked = None if everywhere else caller.token_id, 0
        if tokens:
            revoked = await revoke_personal_tokens(connection, caller.user_id, but=but)
        left = await count_personal_tokens(connection, caller.user_id)
    call.services.forget_caller()
    await call.audit("sessions.ended", count=ended, tokens_revoked=revoked)
    shown = {"ended": ended, "tokens_revoked": revoked, "tokens_left": left}
    return json_response(shown, headers=_clear_own(call) if everywhere else {})


@here.delete("/current", status_code=204, response_class=Response, responses=WRITE)
async def sign_out(
    call: CallContext,
    event_id: Annotated[UUID | None, Query(description="As a guest of this event, found by their cookie.")] = None,
) -> Response:
    """Sign out here: the session of this request ends, a guest's too."""
    caller = call.caller
    if caller.session_id is None:
        detail = "This request has no session: it was sent with a personal token."
        raise SessionNotFound(detail)
    if event_id is not None and caller.role != "guest":
        detail = "You are here with your account, not as a guest of this event."
        raise SessionNotFound(detail, field="event_id")
    async with call.writing() as connection:
        if caller.role == "guest":
            await end_guest_session(connection, caller.session_id)
        else:
            await end_session(connection, caller.session_id)
    call.services.forget_caller()
    await call.audit("session.ended")
    return Response(status_code=204, headers=_clear_own(call))


@router.delete("/{session_id}", status_code=204, response_class=Response, responses=WRITE)
async def end_one_session(session_id: UUID, call: CallContext) -> Response:
    """Sign out somewhere."""
    require_user(call.caller)
    async with call.writing() as connection:
        if not await end_session(connection, session_id, user_id=call.caller.user_id):
            detail = f"You have no session {session_id}."
            raise SessionNotFound(detail, field="session_id")
    call.services.forget_caller()
    await call.audit("session.ended")
    return Response(status_code=204, headers=_clear_own(call) if session_id == call.caller.session_id else {})


def _clear_own(call: Call) -> dict[str, str]:
    """Take away the cookie by which whoever asks was known; one sent beside a token stands for another session."""
    if call.sight.authorization is not None:
        return {}
    event_id = call.caller.event_id
    if call.caller.role == "guest" and event_id is not None:
        return {"Set-Cookie": cleared_guest_cookie(event_id, secure=call.secure)}
    return {"Set-Cookie": cleared_cookie(secure=call.secure)}
