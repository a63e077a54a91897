"""Serve those who have opened a link and want to know what it is good for, before they use it."""

from allsquare.features.identity.accounts.schemas import TicketIn, TicketOut
from allsquare.features.identity.accounts.store import get_account
from allsquare.features.identity.accounts.tickets.store import get_invitation_ticket, get_purpose, get_ticket
from allsquare.features.identity.call import OpenContext
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import WRITE, JsonObject, Response, json_response, open_routes
from allsquare.pg.borrow import Connection

router = open_routes("/tickets", "accounts")


@router.post("/look", response_model=TicketOut, responses=WRITE)
async def look_at_ticket(body: TicketIn, call: OpenContext) -> Response:
    """Tell what the ticket of a link is good for; it is as good afterwards as it was before."""
    await call.services.limits.hit("link", call.address)
    async with call.reading() as connection:
        return json_response(await _show(connection, hash_token(body.ticket)))


async def _show(connection: Connection, ticket_hash: bytes) -> JsonObject:
    """Show what whoever holds a ticket reads in the letter, or learns by using it: no address, and no id.

    Raises: TicketNotGood.
    """
    purpose = await get_purpose(connection, ticket_hash)
    shown: JsonObject = {"purpose": purpose, "role": None, "first": False}
    if purpose == "invite":
        invitation = await get_invitation_ticket(connection, ticket_hash)
        return {**shown, "name": invitation.inviter, "role": invitation.role, "expires_at": invitation.expires_at}
    ticket = await get_ticket(connection, ticket_hash, purpose)
    account = await get_account(connection, ticket.user_id)
    shown |= {"name": account.name, "expires_at": ticket.expires_at}
    if purpose == "reset":
        first = account.password_hash is None and account.email is None
        shown |= {"role": account.role, "first": first}
    return shown
