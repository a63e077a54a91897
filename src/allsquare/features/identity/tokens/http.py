"""Serve personal access tokens over HTTP."""

from datetime import datetime
from uuid import UUID

import msgspec

from allsquare.core.errors import Conflict, NotFound
from allsquare.core.text import MAX_NAME, check_text
from allsquare.features.identity.call import CallContext
from allsquare.features.identity.caller import require_scope, require_user
from allsquare.features.identity.store import hash_token, new_token
from allsquare.features.identity.tokens.schemas import NewTokenOut, PersonalTokenIn, PersonalTokenPage
from allsquare.features.identity.tokens.store import (
    PersonalToken,
    add_personal_token,
    count_personal_tokens,
    find_personal_token,
    list_personal_tokens,
    revoke_personal_token,
)
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    WRITE,
    Cursor,
    JsonObject,
    Limit,
    Moment,
    Response,
    decode_cursor,
    derived_id,
    json_response,
    page,
    routes,
)
from allsquare.pg.borrow import Connection

router = routes("/tokens", "sessions")
MOST_TOKENS = 100
"""How many tokens a user may have that are good."""


class TokenNotFound(NotFound):
    """There is no such token, or it is not yours."""

    code = "token.not_found"
    title = "There is no such token"


class TooManyTokens(Conflict):
    """One has as many tokens as anybody needs."""

    code = "token.too_many"
    title = "There are too many tokens"


class TokenMadeAlready(Conflict):
    """A request with the same Idempotency-Key made a token, which cannot be shown again."""

    code = "token.made_already"
    title = "The token was made already"


@router.post("", status_code=201, response_model=NewTokenOut, responses=WRITE)
async def create_token(body: PersonalTokenIn, call: CallContext) -> Response:
    """Make a personal access token; it is shown in this answer and never again, not to a retry either."""
    require_user(call.caller)
    require_scope(call.caller, body.scope)
    name = check_text(body.name, field="name", limit=MAX_NAME)
    if body.event_id is not None:
        await call.require_role(body.event_id, "viewer")
    token, token_id = new_token(), derived_id("token", call.command_id()[0].bytes)
    async with call.writing() as connection:
        # It holds the user too, so that no two requests make the last token that there is room for.
        await call.hold_sign_in(connection)
        await _require_new(connection, token_id)
        if await count_personal_tokens(connection, call.caller.user_id) >= MOST_TOKENS:
            detail = f"You have {MOST_TOKENS} tokens already. Revoke one that is no longer used."
            raise TooManyTokens(detail, expected=f"at most {MOST_TOKENS}")
        made = await add_personal_token(
            connection,
            token_id,
            token_hash=hash_token(token),
            user_id=call.caller.user_id,
            name=name,
            scope=body.scope,
            event_id=body.event_id,
            days=body.expires_in_days,
        )
    await call.audit("token.made", token=str(token_id), scope=body.scope)
    headers = {"Location": f"/v1/tokens/{token_id}", "Cache-Control": "no-store"}
    return json_response({**_show(made), "token": token}, status=201, headers=headers)


async def _require_new(connection: Connection, token_id: UUID) -> None:
    """Refuse to make the token of a key twice: its secret is kept nowhere; raises TokenMadeAlready."""
    former = await find_personal_token(connection, token_id)
    if former is None:
        return
    detail = f"This key made the token {token_id}, which was shown once. Revoke it, and make one with another key."
    error = TokenMadeAlready(detail, field="Idempotency-Key", actual=str(token_id))
    error.current = _show(former)
    raise error


@router.get("", response_model=PersonalTokenPage, responses=READ)
async def get_tokens(call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """List your tokens that are good, newest first."""
    require_user(call.caller, "read")
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    async with call.reading() as connection:
        found = await list_personal_tokens(connection, call.caller.user_id, before=before, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    key: tuple[datetime, UUID] | tuple[()] = (last.created_at, last.token_id) if last else ()
    return json_response(page([_show(each) for each in found], limit=limit, key_of_last=key))


@router.delete("/{token_id}", status_code=204, response_class=Response, responses=WRITE)
async def revoke_token(token_id: UUID, call: CallContext) -> Response:
    """Revoke a token; it is not accepted any more, by other processes 5 seconds later."""
    require_user(call.caller)
    async with call.writing() as connection:
        if not await revoke_personal_token(connection, token_id, user_id=call.caller.user_id):
            detail = f"You have no token {token_id}."
            raise TokenNotFound(detail, field="token_id")
    call.services.forget_caller()
    await call.audit("token.revoked", token=str(token_id))
    return Response(status_code=204)


def _show(token: PersonalToken) -> JsonObject:
    shown = msgspec.structs.asdict(token)
    return {"id": shown.pop("token_id"), **shown}
