"""Make tickets and the links that hold them, and mail those to where they belong."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from allsquare.adapters.mail import Letter, MailBacklog
from allsquare.features.identity.accounts.store import Account
from allsquare.features.identity.accounts.tickets.store import Purpose, add_ticket
from allsquare.features.identity.limits import TooManyRequests
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.ids import new_id
from allsquare.pg.borrow import Connection

if TYPE_CHECKING:
    from allsquare.features.identity.call import Asking


log = structlog.get_logger()

TICKET_PREFIX = "ast_"
INVITE_DAYS = 7
RESET_HOURS = 1
PRINTED_RESET_HOURS = 24
VERIFY_HOURS = 48
_THIS_MACHINE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")


def new_ticket() -> tuple[str, bytes]:
    """Make a ticket of 256 random bits, and the hash that is stored of it."""
    ticket = TICKET_PREFIX + secrets.token_urlsafe(32)
    return ticket, hash_token(ticket)


def invitation_url(base_url: str, ticket: str) -> str:
    """Give what to open to sign up; a browser keeps what is behind # to itself."""
    return f"{base_url}/join#invite={ticket}"


def reset_url(base_url: str, ticket: str) -> str:
    """Give what to open to choose a password."""
    return f"{base_url}/reset#ticket={ticket}"


def verification_url(base_url: str, ticket: str) -> str:
    """Give what to open to verify an address."""
    return f"{base_url}/verify#ticket={ticket}"


def mailed_base(call: Asking) -> str | None:
    """Give where links in letters lead, where letters can be sent at all; whoever runs this is told what is missing."""
    base = base_of_letters(call)
    if base is None and call.services.mail.configured:
        log.warning("no letters with links are sent before ALLSQUARE_PUBLIC_URL is set")
    return base


def base_of_letters(call: Asking) -> str | None:
    """Give where links in letters lead, where letters can be sent at all.

    Ensures: never to what a request says in Host, unless that is this machine: whoever asks for a letter to somebody
        else would choose where its link leads, and be handed the ticket there.
    """
    if not call.services.mail.configured:
        return None
    if call.services.people.public_url is not None:
        return call.services.people.public_url
    return call.sight.base_url if _THIS_MACHINE.fullmatch(call.sight.host.lower()) else None


async def mailed_base_unless_flooded(call: Asking, email_index: bytes) -> str | None:
    """Give where links in an unasked letter to an address lead; None where it had enough letters lately."""
    base = mailed_base(call)
    if base is not None:
        try:
            # Too many keep a letter back, not the request.
            await call.services.limits.hit("reset", call.address, email_index.hex(), told=False)
        except TooManyRequests:
            return None
    return base


def mail(call: Asking, letter: Letter) -> bool:
    """Begin to send a letter, and tell whether it was taken."""
    try:
        call.services.mail.post(letter)
    except MailBacklog:
        log.warning("a letter was not taken, too many are waiting")
        return False
    return True


async def issue_mailed(connection: Connection, account: Account, purpose: Purpose) -> str:
    """Make a ticket that is mailed to a user's address, and is good only while that is their address."""
    ticket, ticket_hash = new_ticket()
    await add_ticket(
        connection,
        new_id(),
        ticket_hash,
        purpose,
        user_id=account.user_id,
        mailed_to=account.email_index,
        created_by=account.user_id,
        good_for=timedelta(hours=RESET_HOURS if purpose == "reset" else VERIFY_HOURS),
    )
    return ticket
