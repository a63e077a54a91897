"""Serve passkeys over HTTP: made, listed, deleted, and used to sign in."""

from datetime import datetime
from uuid import UUID

from allsquare.core.errors import Conflict, NotFound
from allsquare.core.text import MAX_NAME, check_text
from allsquare.features.identity.accounts.contacts import require_themselves, show_account
from allsquare.features.identity.accounts.store import get_account
from allsquare.features.identity.call import CallContext, OpenContext
from allsquare.features.identity.caller import require_signed_in, require_user
from allsquare.features.identity.passkeys import ceremony, store
from allsquare.features.identity.passkeys.schemas import (
    OptionsOut,
    PasskeyAnswerIn,
    PasskeyAskIn,
    PasskeyIn,
    PasskeyOut,
    PasskeyPage,
)
from allsquare.features.identity.sessions.opening import begin_browser_session, session_cookie, show_session
from allsquare.features.identity.sessions.schemas import SignedInOut
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
    json_response,
    new_id,
    open_routes,
    page,
    routes,
)

router = routes("/users/me/passkeys", "accounts")
doors = open_routes("/sessions/passkey", "sessions")
NOTHING_TOLD = PasskeyAskIn(current=None)
"""Who has no password need not say anything."""


class PasskeyNotFound(NotFound):
    """There is no such passkey, or it is not yours."""

    code = "passkey.not_found"
    title = "There is no such passkey"


class PasskeyLast(Conflict):
    """Without a password the last passkey is the only means to sign in."""

    code = "passkey.last"
    title = "It is the only means to sign in"


class PasskeyExists(Conflict):
    """The passkey belongs to an account already."""

    code = "passkey.exists"
    title = "The passkey is there already"


@router.post("/options", response_model=OptionsOut, responses=WRITE)
async def ask_for_passkey(call: CallContext, body: PasskeyAskIn = NOTHING_TOLD) -> Response:
    """Begin to add a passkey; takes your password, else a sign-in of the last 15 minutes."""
    require_signed_in(call.caller)
    async with call.reading() as connection:
        account = await get_account(connection, call.caller.user_id)
    # Before a device makes a key that would be good for nothing.
    await require_themselves(call, account, body.current)
    async with call.writing() as connection:
        known = await store.list_passkeys(connection, call.caller.user_id)
        challenge, options = ceremony.registration_options(call, call.caller, known)
        await store.add_challenge(connection, challenge, "register", call.caller.user_id)
    return json_response({"public_key": options}, headers={"Cache-Control": "no-store"})


@router.post("", status_code=201, response_model=PasskeyOut, responses=WRITE)
async def create_passkey(body: PasskeyIn, call: CallContext) -> Response:
    """Add a passkey to your account, by the answer to a challenge that you got here before."""
    require_signed_in(call.caller)
    name = check_text(body.name, field="name", limit=MAX_NAME)
    user_id, credential = call.caller.user_id, body.credential.written()
    challenge = ceremony.challenge_in(credential)
    async with call.writing() as connection:
        known = await store.take_challenge(connection, challenge, "register", user_id)
    if not known:
        raise ceremony.refused()
    found = ceremony.verify_registration(call, credential, challenge)
    async with call.writing() as connection:
        await call.hold_sign_in(connection)
        made = await store.add_passkey(
            connection,
            found.credential_id,
            passkey_id=new_id(),
            user_id=user_id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            name=name,
        )
    if made is None:
        detail = "This passkey belongs to an account already."
        raise PasskeyExists(detail, field="credential")
    await call.audit("passkey.added", passkey=str(made.passkey_id))
    headers = {"Location": f"/v1/users/me/passkeys/{made.passkey_id}"}
    return json_response(_show(made), status=201, headers=headers)


@router.get("", response_model=PasskeyPage, responses=READ)
async def get_passkeys(call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """List your passkeys, oldest first."""
    require_user(call.caller, "read")
    after = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    async with call.reading() as connection:
        found = await store.list_passkeys(connection, call.caller.user_id, after=after, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    key: tuple[datetime, UUID] | tuple[()] = (last.created_at, last.passkey_id) if last else ()
    return json_response(page([_show(one) for one in found], limit=limit, key_of_last=key))


@router.delete("/{passkey_id}", status_code=204, response_class=Response, responses=WRITE)
async def remove_passkey(passkey_id: UUID, call: CallContext) -> Response:
    """Delete a passkey, unless it is the only means to sign in."""
    require_user(call.caller)
    async with call.writing() as connection:
        if passkey_id not in await store.lock_passkeys(connection, call.caller.user_id):
            detail = f"You have no passkey {passkey_id}."
            raise PasskeyNotFound(detail, field="passkey_id")
        if not await store.delete_passkey(connection, passkey_id, call.caller.user_id):
            detail = "Set a password or add another passkey first: this one is the only means to sign in."
            raise PasskeyLast(detail, field="passkey_id")
    await call.audit("passkey.removed", passkey=str(passkey_id))
    return Response(status_code=204)


@doors.post("/options", response_model=OptionsOut, responses=WRITE)
async def ask_to_sign_in(call: OpenContext) -> Response:
    """Begin to sign in with a passkey: give what the browser is to be asked."""
    await call.services.limits.hit("sign_in", call.address)
    challenge, options = ceremony.sign_in_options(call)
    async with call.writing() as connection:
        await store.add_challenge(connection, challenge, "sign_in", None)
    return json_response({"public_key": options}, headers={"Cache-Control": "no-store"})


@doors.post("", status_code=201, response_model=SignedInOut, responses=WRITE)
async def sign_in_by_passkey(body: PasskeyAnswerIn, call: OpenContext) -> Response:
    """Sign in with a passkey; the answer sets a cookie."""
    await call.services.limits.hit("sign_in", call.address)
    credential, passkey, refusal = body.credential.written(), None, "session.refused"
    try:
        challenge, credential_id = ceremony.challenge_in(credential), ceremony.credential_in(credential)
        async with call.writing() as connection:
            known = await store.take_challenge(connection, challenge, "sign_in", None)
        async with call.writing() as connection:
            passkey = await store.lock_passkey(connection, credential_id) if known else None
            if passkey is None:
                raise ceremony.refused()
            verified = ceremony.verify_sign_in(call, credential, challenge, passkey)
            if not ceremony.counter_grew(passkey, verified.new_sign_count):
                refusal = "passkey.counter"
                raise ceremony.refused()
            await store.use_passkey(connection, credential_id, verified.new_sign_count)
            session, token = await begin_browser_session(connection, user_id=passkey.user_id, device=call.device)
            account = await get_account(connection, passkey.user_id)
    except ceremony.PasskeyRefused:
        # By nobody, even where whoever tries is signed in: what they did is shown to them, with whose passkey it is.
        tried = passkey.user_id if passkey else None
        await call.services.audit(refusal, user_id=tried, actor=None, address=call.address, by="passkey")
        raise
    await call.audit("session.opened", user_id=passkey.user_id, kind="browser", by="passkey")
    shown = {"session": show_session(session, current=True), "user": show_account(call.services.vault, account)}
    headers = {
        "Set-Cookie": session_cookie(token, secure=call.secure),
        "Location": f"/v1/sessions/{session.session_id}",
    }
    return json_response(shown, status=201, headers=headers)


def _show(passkey: store.Passkey) -> JsonObject:
    return {
        "id": passkey.passkey_id,
        "name": passkey.name,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    }
