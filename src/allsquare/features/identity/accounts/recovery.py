"""Serve those who have forgotten their password, and come back by a link."""

from starlette.background import BackgroundTask

from allsquare.features.identity.accounts.contacts import (
    EMAIL_PLACE,
    EmailFixed,
    check_new_password,
    clean_name,
    email_of,
    seal,
    show_account,
)
from allsquare.features.identity.accounts.links import RESET_HOURS, issue_mailed, mail, mailed_base, reset_url
from allsquare.features.identity.accounts.schemas import ForgotIn, ResetIn, UserOut
from allsquare.features.identity.accounts.store import (
    Account,
    Changes,
    change_account,
    end_sign_ins,
    get_account,
    list_claimants,
    remove_passkeys,
    reset_password,
)
from allsquare.features.identity.accounts.tickets.store import Ticket, get_ticket, not_good, use_ticket
from allsquare.features.identity.call import OpenCall, OpenContext
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.letters import reset_letter
from allsquare.features.identity.sessions.opening import open_browser_session, session_cookie
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import WRITE, Response, json_response, open_routes
from allsquare.pg.borrow import Connection

router = open_routes("/password", "accounts")
MAX_CLAIMANTS = 3
"""To how many accounts a way back is mailed, where several claim an address and none has shown that it is theirs."""


@router.post("/forgot", status_code=204, response_class=Response, responses=WRITE)
async def forget_password(body: ForgotIn, call: OpenContext) -> Response:
    """Have a link mailed with which to choose a new password; whether there is such an account is never told."""
    index = call.services.vault.index(normalise_email(body.email))
    await call.services.limits.hit("reset", call.address, index.hex())
    # Whoever asks has the answer before anybody is looked for, so that its time tells nothing either.
    return Response(status_code=204, background=BackgroundTask(_mail_ways_back, call, index))


async def _mail_ways_back(call: OpenCall, email_index: bytes) -> None:
    base = mailed_base(call)
    async with call.writing() as connection:
        found = await list_claimants(connection, email_index, limit=MAX_CLAIMANTS)
        tickets = [await issue_mailed(connection, account, "reset") for account in found] if base else []
    for account, ticket in zip(found, tickets, strict=False):
        email = email_of(call.services.vault, account)
        if email is not None:
            url = reset_url(base or "", ticket)
            mail(call, reset_letter(email, name=account.name, url=url, hours=RESET_HOURS))
    # Whoever merely claims an address learns nothing by their audit, not even that nobody has verified it.
    whose = next((account.user_id for account in found if account.email_verified), None)
    mailed = bool(tickets)
    await call.services.audit("password.forgot", user_id=whose, actor=None, address=call.address, mailed=mailed)


@router.post("/reset", response_model=UserOut, responses=WRITE)
async def choose_new_password(body: ResetIn, call: OpenContext) -> Response:
    """Choose a new password by a link, and be signed in by a cookie; all sessions, tokens and passkeys end."""
    services, ticket_hash = call.services, hash_token(body.ticket)
    await services.limits.hit("link", call.address)
    async with call.reading() as connection:
        ticket = await get_ticket(connection, ticket_hash, "reset")
        account = await get_account(connection, ticket.user_id)
    changes = _changes_of(call, account, ticket, body)
    known = email_of(services.vault, account) if body.email is None else body.email
    check_new_password(body.password, name=changes.name or account.name, email=known)
    address = changes.email_index if changes.sets_email else account.email_index
    password_hash = await services.passwords.hash(body.password, address=address)
    async with call.writing() as connection:
        ticket = await use_ticket(connection, ticket_hash, "reset")
        removed = await _reset(connection, account, ticket, password_hash)
        if changes != Changes():
            await change_account(connection, ticket.user_id, changes, password_hash=password_hash)
        token = await open_browser_session(connection, user_id=ticket.user_id, device=call.device)
        account = await get_account(connection, ticket.user_id)
    services.forget_caller()
    await call.audit(
        "password.reset", user_id=ticket.user_id, mailed=ticket.email_index is not None, passkeys_removed=removed
    )
    if changes != Changes():
        await call.audit(
            "user.changed", user_id=ticket.user_id, name=changes.name is not None, email=changes.sets_email
        )
    headers = {"Set-Cookie": session_cookie(token, secure=call.secure), "Cache-Control": "no-store"}
    return json_response(show_account(services.vault, account), headers=headers)


def _changes_of(call: OpenCall, account: Account, ticket: Ticket, body: ResetIn) -> Changes:
    """Tell what is to become another along with the password; raises EmailFixed."""
    name = None if body.name is None else clean_name(body.name)
    email = None if body.email is None else normalise_email(body.email)
    sealed = seal(call.services.vault, email, place=EMAIL_PLACE, row=account.user_id)
    if sealed.blind in {None, account.email_index}:
        return Changes(name)
    if ticket.email_index is not None:
        detail = "This link was mailed to your address: choose a password now, and change the address afterwards."
        raise EmailFixed(detail, field="email")
    return Changes(name, True, sealed.text, sealed.blind)


async def _reset(connection: Connection, former: Account, ticket: Ticket, password_hash: str) -> int:
    """Set the password, and end whatever somebody else may sign in with; tell how many passkeys went.

    Ensures: neither who made an account with another's address, nor who got into one, keeps anything to come back by.
    """
    if not await reset_password(connection, former, password_hash, mailed_to=ticket.email_index):
        raise not_good()
    await end_sign_ins(connection, former)
    return await remove_passkeys(connection, ticket.user_id)
