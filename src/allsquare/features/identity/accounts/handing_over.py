"""Make links for whoever runs this instance to hand over, without a server and without mail."""

from datetime import timedelta
from uuid import UUID

from allsquare.features.identity.accounts.contacts import TICKET_EMAIL_PLACE, seal
from allsquare.features.identity.accounts.links import (
    INVITE_DAYS,
    PRINTED_RESET_HOURS,
    invitation_url,
    new_ticket,
    reset_url,
)
from allsquare.features.identity.accounts.tickets.store import (
    TicketRole,
    add_invitation,
    add_ticket,
    revoke_printed,
)
from allsquare.features.identity.audit.store import Detail, add_audit
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.store import hold_user
from allsquare.features.identity.vault import Vault
from allsquare.features.wire.ids import new_id
from allsquare.pg.borrow import Pool
from allsquare.pg.transact import transaction


async def print_invitation(
    pool: Pool, vault: Vault, *, email: str | None, role: TicketRole, owner_id: UUID, base_url: str
) -> str:
    """Invite somebody in the owner's name, and give the link; raises EmailInvalid."""
    ticket_id, (ticket, ticket_hash) = new_id(), new_ticket()
    known = None if email is None else normalise_email(email)
    sealed = seal(vault, known, place=TICKET_EMAIL_PLACE, row=ticket_id)
    async with transaction(pool) as connection:
        await add_invitation(
            connection,
            ticket_id,
            ticket_hash,
            email=sealed.text,
            email_index=sealed.blind,
            role=role,
            created_by=owner_id,
            good_for=timedelta(days=INVITE_DAYS),
        )
        detail: Detail = {"invitation": str(ticket_id), "role": role, "printed": True}
        await add_audit(connection, "user.invited", user_id=owner_id, actor=owner_id, network=None, detail=detail)
    return invitation_url(base_url, ticket)


async def print_reset(pool: Pool, user_id: UUID, *, owner_id: UUID, base_url: str) -> str:
    """Give a link with which a user chooses a new password; it ends the one that was printed before.

    Shape: a server prints one at each start while its owner has no other way in, and the log keeps them all.
    """
    ticket, ticket_hash = new_ticket()
    async with transaction(pool) as connection:
        await hold_user(connection, user_id)
        await revoke_printed(connection, user_id)
        await add_ticket(
            connection,
            new_id(),
            ticket_hash,
            "reset",
            user_id=user_id,
            mailed_to=None,
            created_by=owner_id,
            good_for=timedelta(hours=PRINTED_RESET_HOURS),
        )
        detail: Detail = {"printed": True}
        action = "password.reset_offered"
        await add_audit(connection, action, user_id=user_id, actor=owner_id, network=None, detail=detail)
    return reset_url(base_url, ticket)
