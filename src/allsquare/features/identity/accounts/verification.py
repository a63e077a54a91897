"""Serve those who show that an address is theirs, by a link that was mailed there."""

from allsquare.core.errors import Conflict
from allsquare.features.identity.accounts.contacts import email_of
from allsquare.features.identity.accounts.links import VERIFY_HOURS, issue_mailed, mail, mailed_base, verification_url
from allsquare.features.identity.accounts.schemas import VerifyIn
from allsquare.features.identity.accounts.store import get_account, verify_email
from allsquare.features.identity.accounts.tickets.store import not_good, use_ticket
from allsquare.features.identity.call import CallContext, OpenContext
from allsquare.features.identity.caller import require_user
from allsquare.features.identity.letters import verification_letter
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import WRITE, Response, open_routes, routes

asking = routes("/users/me/verification", "accounts")
showing = open_routes("/email/verify", "accounts")


class EmailMissing(Conflict):
    """There is no address that could be verified."""

    code = "user.email_missing"
    title = "The account has no e-mail address"


class LettersImpossible(Conflict):
    """Letters with links cannot be sent from here."""

    code = "user.mail_not_configured"
    title = "Mail is not set up"


@asking.post("", status_code=204, response_class=Response, responses=WRITE)
async def ask_for_verification(call: CallContext) -> Response:
    """Have a link mailed to your address, to show that it is yours."""
    require_user(call.caller)
    async with call.reading() as connection:
        account = await get_account(connection, call.caller.user_id)
    email = email_of(call.services.vault, account)
    if email is None or account.email_index is None:
        detail = "Your account has no e-mail address yet."
        raise EmailMissing(detail, field="email")
    if account.email_verified:
        return Response(status_code=204)
    base = mailed_base(call)
    if base is None:
        detail = "This instance sends no mail. Whoever runs it sets ALLSQUARE_SMTP_URL and ALLSQUARE_PUBLIC_URL."
        raise LettersImpossible(detail)
    await call.services.limits.hit("reset", call.address, account.email_index.hex())
    async with call.writing() as connection:
        ticket = await issue_mailed(connection, account, "verify")
    url = verification_url(base, ticket)
    mail(call, verification_letter(email, name=account.name, url=url, hours=VERIFY_HOURS))
    await call.audit("email.verification_sent")
    return Response(status_code=204)


@showing.post("", status_code=204, response_class=Response, responses=WRITE)
async def verify_address(body: VerifyIn, call: OpenContext) -> Response:
    """Show by the ticket of a letter that the address it went to is yours."""
    await call.services.limits.hit("link", call.address)
    async with call.writing() as connection:
        ticket = await use_ticket(connection, hash_token(body.ticket), "verify")
        if ticket.email_index is None or not await verify_email(connection, ticket.user_id, ticket.email_index):
            raise not_good()
    await call.audit("email.verified", user_id=ticket.user_id)
    return Response(status_code=204)
