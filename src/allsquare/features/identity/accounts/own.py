"""Serve one's own account: look at it, change it, choose another password."""

from allsquare.features.identity.accounts.contacts import (
    EMAIL_PLACE,
    NOTHING,
    PHONE_PLACE,
    changed_meanwhile,
    check_new_password,
    clean_name,
    email_of,
    require_themselves,
    seal,
    show_account,
)
from allsquare.features.identity.accounts.schemas import PasswordIn, UserOut, UserPatch
from allsquare.features.identity.accounts.store import (
    Account,
    Changes,
    change_account,
    change_password,
    end_sign_ins,
    get_account,
    remove_passkeys,
)
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import require_signed_in, require_user
from allsquare.features.identity.contact import normalise_email, normalise_phone
from allsquare.features.wire.api import READ, WRITE, Response, json_response, routes

router = routes("/users/me", "accounts")


@router.get("", response_model=UserOut, responses=READ)
async def get_own_account(call: CallContext) -> Response:
    """Show your own account."""
    require_user(call.caller, "read")
    return await _answer(call)


@router.patch("", response_model=UserOut, responses=WRITE)
async def change_own_account(body: UserPatch, call: CallContext) -> Response:
    """Change your name, address or number; another address needs your password, and is not verified."""
    require_user(call.caller)
    user_id = call.caller.user_id
    account = await _own(call)
    changes = _changes_of(call, account, body)
    new_hash = None
    if changes.sets_email:
        await _require_themselves(call, account, body.current)
        if account.password_hash is not None and body.current is not None:
            new_hash = await call.services.passwords.hash(body.current, address=changes.email_index)
    if changes != Changes():
        former = account.password_hash
        async with call.writing() as connection:
            if not await change_account(connection, user_id, changes, password_hash=former, new_hash=new_hash):
                raise changed_meanwhile()
        call.services.forget_caller()
        await call.audit(
            "user.changed", name=changes.name is not None, email=changes.sets_email, phone=changes.sets_phone
        )
    return await _answer(call)


def _changes_of(call: Call, account: Account, body: UserPatch) -> Changes:
    """Tell what is to become another; who sends what is there already changes nothing."""
    vault, user_id, sent = call.services.vault, account.user_id, body.model_fields_set
    email = None if body.email is None else normalise_email(body.email)
    phone = None if body.phone is None else normalise_phone(body.phone)
    new_email = seal(vault, email, place=EMAIL_PLACE, row=user_id)
    new_phone = seal(vault, phone, place=PHONE_PLACE, row=user_id)
    sets_email = "email" in sent and new_email.blind != account.email_index
    sets_phone = "phone" in sent and new_phone.blind != account.phone_index
    name = None if body.name is None else clean_name(body.name)
    email_then = new_email if sets_email else NOTHING
    phone_then = new_phone if sets_phone else NOTHING
    return Changes(
        None if name == account.name else name,
        sets_email,
        email_then.text,
        email_then.blind,
        sets_phone,
        phone_then.text,
        phone_then.blind,
    )


@router.put("/password", status_code=204, response_class=Response, responses=WRITE)
async def choose_password(body: PasswordIn, call: CallContext) -> Response:
    """Choose another password; all other sessions and personal tokens end, and passkeys if you say so."""
    require_user(call.caller)
    account = await _own(call)
    await _require_themselves(call, account, body.current)
    check_new_password(body.new, name=account.name, email=email_of(call.services.vault, account), field="new")
    new = await call.services.passwords.hash(body.new, address=account.email_index)
    async with call.writing() as connection:
        if not await change_password(connection, account, new):
            raise changed_meanwhile()
        here = call.caller
        await end_sign_ins(connection, account, but_session=here.session_id, but_token=here.token_id)
        removed = await remove_passkeys(connection, account.user_id) if body.remove_passkeys else 0
    call.services.forget_caller()
    await call.audit("password.changed", first=account.password_hash is None, passkeys_removed=removed)
    return Response(status_code=204)


async def _require_themselves(call: Call, account: Account, current: str | None) -> None:
    """Refuse whoever shows too little to become the whole account: a personal token, or a session of long ago.

    Shape: the owner's token is the key of the instance already, and how a program gives the owner the first password.
    Raises: PasswordWrong, SessionNeeded, SignInNotFresh, TooManyRequests.
    """
    if account.password_hash is None:
        if call.caller.role == "owner" and call.caller.session_id is None:
            return
        require_signed_in(call.caller)
    await require_themselves(call, account, current)


async def _own(call: Call) -> Account:
    async with call.reading() as connection:
        return await get_account(connection, call.caller.user_id)


async def _answer(call: Call) -> Response:
    return json_response(show_account(call.services.vault, await _own(call)), headers={"Cache-Control": "no-store"})
