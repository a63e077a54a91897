"""Make accounts."""

from uuid import UUID

from allsquare.core.errors import Forbidden
from allsquare.features.identity.accounts.contacts import (
    EMAIL_PLACE,
    PHONE_PLACE,
    check_new_password,
    clean_name,
    seal,
    show_account,
)
from allsquare.features.identity.accounts.links import (
    VERIFY_HOURS,
    issue_mailed,
    mail,
    mailed_base_unless_flooded,
    verification_url,
)
from allsquare.features.identity.accounts.schemas import UserIn, UserOut
from allsquare.features.identity.accounts.store import (
    Account,
    NewAccount,
    add_account,
    get_account,
    list_claimants,
)
from allsquare.features.identity.accounts.tickets.store import (
    InvitationTicket,
    get_invitation_ticket,
    use_invitation,
)
from allsquare.features.identity.call import OpenCall, OpenContext
from allsquare.features.identity.contact import normalise_email, normalise_phone
from allsquare.features.identity.letters import account_exists_letter, verification_letter
from allsquare.features.identity.sessions.opening import open_browser_session, session_cookie
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import WRITE, Response, json_response, new_id, open_routes

router = open_routes("/users", "accounts")


class SignUpClosed(Forbidden):
    """Nobody else is taken here."""

    code = "user.sign_up_closed"
    title = "Nobody can sign up here"


class InvitationNeeded(Forbidden):
    """Only those who were invited can sign up here."""

    code = "user.invitation_needed"
    title = "One signs up here by invitation"


@router.post("", status_code=201, response_model=UserOut, responses=WRITE)
async def sign_up(body: UserIn, call: OpenContext) -> Response:
    """Sign up, and be signed in by a cookie; that others claim the address too is never told."""
    services = call.services
    await services.limits.hit("sign_up", call.address)
    invitation = await _invitation_of(call, body)
    new, email = await _prepare(call, body, invitation)
    base = None if new.email_index is None else await mailed_base_unless_flooded(call, new.email_index)
    verify = None
    async with call.writing() as connection:
        if invitation is not None and body.invite is not None:
            await use_invitation(connection, invitation.ticket_id, hash_token(body.invite))
        verified = await add_account(connection, new, verified=_was_invited_there(invitation, new))
        account = await get_account(connection, new.user_id)
        token = await open_browser_session(connection, user_id=new.user_id, device=call.device)
        others = [] if new.email_index is None else await list_claimants(connection, new.email_index, limit=1)
        if base is not None and email is not None and not verified:
            verify = await issue_mailed(connection, account, "verify")
    await _audit(call, account, invitation)
    if verify is not None and base is not None and email is not None:
        _write_to(call, account, others, email=email, url=verification_url(base, verify), base=base)
    headers = {
        "Location": f"/v1/users/{account.user_id}",
        "Set-Cookie": session_cookie(token, secure=call.secure),
        "Cache-Control": "no-store",
    }
    return json_response(show_account(services.vault, account), status=201, headers=headers)


async def _invitation_of(call: OpenCall, body: UserIn) -> InvitationTicket | None:
    """Look at the invitation, before anything costly is done for a stranger.

    Raises: SignUpClosed, InvitationNeeded, TicketNotGood.
    """
    mode = call.services.people.sign_up
    if mode == "closed":
        detail = "This instance takes nobody else."
        raise SignUpClosed(detail)
    if body.invite is None:
        if mode == "invite":
            detail = "One signs up here by invitation: open the link that somebody who is here sends you."
            raise InvitationNeeded(detail, field="invite")
        return None
    async with call.reading() as connection:
        return await get_invitation_ticket(connection, hash_token(body.invite))


async def _prepare(call: OpenCall, body: UserIn, invitation: InvitationTicket | None) -> tuple[NewAccount, str | None]:
    """Check and seal what somebody says of themselves, and give their address in the clear beside it."""
    vault, user_id = call.services.vault, new_id()
    name = clean_name(body.name)
    email = None if body.email is None else normalise_email(body.email)
    phone = None if body.phone is None else normalise_phone(body.phone)
    address = seal(vault, email, place=EMAIL_PLACE, row=user_id)
    password_hash = None
    if body.password is not None:
        check_new_password(body.password, name=name, email=email)
        password_hash = await call.services.passwords.hash(body.password, address=address.blind)
    role = "user" if invitation is None else invitation.role
    new = NewAccount(
        user_id,
        name,
        role,
        *address,
        *seal(vault, phone, place=PHONE_PLACE, row=user_id),
        password_hash,
    )
    return new, email


def _was_invited_there(invitation: InvitationTicket | None, new: NewAccount) -> bool:
    """Tell whether the invitation went to the address of whoever uses it, which shows that it is theirs."""
    return invitation is not None and new.email_index is not None and invitation.email_index == new.email_index


async def _audit(call: OpenCall, account: Account, invitation: InvitationTicket | None) -> None:
    used: UUID | None = None if invitation is None else invitation.ticket_id
    await call.audit(
        "user.created",
        user_id=account.user_id,
        role=account.role,
        invitation=None if used is None else str(used),
        email_verified=account.email_verified,
    )


def _write_to(call: OpenCall, account: Account, others: list[Account], *, email: str, url: str, base: str) -> None:
    """Ask whether the address is theirs; where it is another account's already, tell the owner of that one instead."""
    taken = [other for other in others if other.email_verified and other.user_id != account.user_id]
    if taken:
        mail(call, account_exists_letter(email, name=taken[0].name, url=base))
    else:
        mail(call, verification_letter(email, name=account.name, url=url, hours=VERIFY_HOURS))
