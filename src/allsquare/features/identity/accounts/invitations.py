"""Serve invitations to those who run this instance: made, listed, revoked."""

from datetime import timedelta
from uuid import UUID

from allsquare.features.identity.accounts.contacts import TICKET_EMAIL_PLACE, seal
from allsquare.features.identity.accounts.links import INVITE_DAYS, invitation_url, mail, mailed_base, new_ticket
from allsquare.features.identity.accounts.schemas import InvitationIn, InvitationPage, NewInvitationOut
from allsquare.features.identity.accounts.signing_up import SignUpClosed
from allsquare.features.identity.accounts.tickets.store import (
    Invitation,
    add_invitation,
    get_invitation_role,
    list_invitations,
    revoke_invitation,
)
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import require_instance_admin, require_owner
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.letters import invitation_letter
from allsquare.features.identity.vault import Vault
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
from allsquare.ledger.refusals import mismatch

router = routes("/invitations", "accounts")
NOT_KEPT = {"Cache-Control": "no-store"}


@router.post("", status_code=201, response_model=NewInvitationOut, responses=WRITE)
async def invite(body: InvitationIn, call: CallContext) -> Response:
    """Invite somebody to this instance, by a link that is shown only now; admins are invited by the owner alone."""
    require_instance_admin(call.caller)
    if body.role == "admin":
        require_owner(call.caller)
    if call.services.people.sign_up == "closed":
        detail = "This instance takes nobody else, so an invitation would not help."
        raise SignUpClosed(detail)
    email = None if body.email is None else normalise_email(body.email)
    if email is not None:
        # Letters go to whoever is named, so nobody sends them by the hundred.
        await call.services.limits.hit("link", str(call.caller.user_id))
    command_id, _ = call.command_id()
    ticket_id = derived_id("invitation", command_id.bytes)
    ticket, ticket_hash = new_ticket()
    sealed = seal(call.services.vault, email, place=TICKET_EMAIL_PLACE, row=ticket_id)
    async with call.writing() as connection:
        kept = await add_invitation(
            connection,
            ticket_id,
            ticket_hash,
            email=sealed.text,
            email_index=sealed.blind,
            role=body.role,
            created_by=call.caller.user_id,
            good_for=timedelta(days=INVITE_DAYS),
        )
    if kept is None:
        raise mismatch()
    created_at, expires_at, is_new = kept
    mailed = _send(call, email, ticket)
    if is_new:
        await call.audit("user.invited", invitation=str(ticket_id), role=body.role, by_mail=mailed)
    invitation = Invitation(ticket_id, sealed.text, body.role, call.caller.user_id, created_at, expires_at, "open")
    shown = show_invitation(call.services.vault, invitation)
    shown |= {"url": invitation_url(call.base_url, ticket), "ticket": ticket, "mailed": mailed}
    headers = {"Location": f"/v1/invitations/{ticket_id}", **NOT_KEPT}
    return json_response(shown, status=201, headers=headers if is_new else {**headers, "Idempotency-Replayed": "true"})


def _send(call: Call, email: str | None, ticket: str) -> bool:
    base = mailed_base(call) if email is not None else None
    if email is None or base is None:
        return False
    url = invitation_url(base, ticket)
    return mail(call, invitation_letter(email, inviter=call.caller.name, url=url, days=INVITE_DAYS))


@router.get("", response_model=InvitationPage, responses=READ)
async def get_invitations(call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """List invitations, newest first, those that are no longer good included."""
    require_instance_admin(call.caller)
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    async with call.reading() as connection:
        rows = await list_invitations(connection, before=before, limit=limit + 1)
    items = [show_invitation(call.services.vault, row) for row in rows]
    last = rows[limit - 1] if len(rows) > limit else None
    key = (last.created_at, last.ticket_id) if last else ()
    return json_response(page(items, limit=limit, key_of_last=key), headers=NOT_KEPT)


@router.delete("/{ticket_id}", status_code=204, response_class=Response, responses=WRITE)
async def delete_invitation(ticket_id: UUID, call: CallContext) -> Response:
    """Revoke an invitation; who has signed up by it stays."""
    require_instance_admin(call.caller)
    async with call.writing() as connection:
        if await get_invitation_role(connection, ticket_id) == "admin":
            require_owner(call.caller)
        done = await revoke_invitation(connection, ticket_id)
    if done:
        await call.audit("user.invitation_revoked", invitation=str(ticket_id))
    return Response(status_code=204)


def show_invitation(vault: Vault, invitation: Invitation) -> JsonObject:
    """Show an invitation, without its ticket."""
    place, row = TICKET_EMAIL_PLACE, invitation.ticket_id
    return {
        "id": invitation.ticket_id,
        "email": None if invitation.email is None else vault.open(invitation.email, place=place, row=row),
        "role": invitation.role,
        "status": invitation.status,
        "created_by": invitation.created_by,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }
