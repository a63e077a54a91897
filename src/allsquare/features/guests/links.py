"""Serve the links of an event to its admins: made, listed, drawn, revoked."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from allsquare.features.events.reads import get_event
from allsquare.features.guests.qr import draw_qr
from allsquare.features.guests.schemas import NAMES, ROLES, EventLinkOut, LinkIn, LinkPage
from allsquare.features.guests.store import Link, add_link, get_link, list_links, revoke_link, set_mailed
from allsquare.features.identity.accounts.links import mail, mailed_base
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.identity.caller import require_scope
from allsquare.features.identity.contact import normalise_email
from allsquare.features.identity.letters import event_invitation_letter
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    WRITE,
    Cursor,
    JsonObject,
    Limit,
    Moment,
    Response,
    ValidationFailed,
    decode_cursor,
    derived_id,
    json_response,
    page,
    routes,
)
from allsquare.ledger.refusals import mismatch

TOKEN_PREFIX = "asl_"  # noqa: S105  (that is no password)
TOKEN_PLACE = "link.token"  # noqa: S105
EMAIL_PLACE = "link.email"
SVG_TYPE = "image/svg+xml"
SVG: dict[str, Any] = {"content": {SVG_TYPE: {"schema": {"type": "string"}}}}
NOT_KEPT = {"Cache-Control": "no-store"}
"""A link lets people in, so no cache keeps it."""

router = routes("/events/{event_id}/links", "links")


@router.post("", status_code=201, response_model=EventLinkOut, responses=WRITE)
async def make_link(event_id: UUID, body: LinkIn, call: CallContext) -> Response:
    """Make a link that lets people join the event, with or without an account."""
    await _require_manager(call, event_id)
    email, max_uses = _single_use(body)
    if email:
        # Letters go to whoever is named, so nobody sends them by the hundred.
        await call.services.limits.hit("link", str(call.caller.user_id))
    command_id, _ = call.command_id()
    link_id = derived_id("link", event_id.bytes, command_id.bytes)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    vault = call.services.vault
    async with call.writing() as connection:
        is_new = await add_link(
            connection,
            link_id,
            event_id,
            token_hash=hash_token(token),
            token=vault.seal(token, place=TOKEN_PLACE, row=link_id),
            role=ROLES[body.role],
            email=vault.seal(email, place=EMAIL_PLACE, row=link_id) if email else None,
            max_uses=max_uses,
            created_by=call.caller.user_id,
            maker=call.caller.member,
            expires_at=datetime.now(UTC) + timedelta(hours=body.expires_in_hours),
        )
        link = await get_link(connection, event_id, link_id)
    shown = _show_link(call, link)
    if is_new:
        await call.audit("link.made", event=str(event_id), link=str(link_id), role=link.role)
    elif (shown["role"], link.max_uses, shown["email"]) != (body.role, max_uses, email):
        raise mismatch()
    if email and not link.mailed and link.status == "open":
        # Whoever was told that no letter went may ask again under the same key.
        shown["mailed"] = await _send(call, event_id, shown, body.expires_in_hours)
    headers = {"Location": f"/v1/events/{event_id}/links/{link_id}", **NOT_KEPT}
    return json_response(shown, status=201, headers=headers if is_new else {**headers, "Idempotency-Replayed": "true"})


@router.get("", response_model=LinkPage, responses=READ)
async def get_links(event_id: UUID, call: CallContext, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """List the event's links, newest first, those that are no longer good included."""
    await _require_manager(call, event_id)
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    async with call.reading() as connection:
        links = await list_links(connection, event_id, before=before, limit=limit + 1)
    last = links[limit - 1] if len(links) > limit else None
    key = (last.created_at, last.link_id) if last else ()
    shown = page([_show_link(call, link) for link in links], limit=limit, key_of_last=key)
    return json_response(shown, headers=NOT_KEPT)


@router.get("/{link_id}/qr", response_class=Response, responses={**READ, 200: SVG})
async def get_link_as_qr(event_id: UUID, link_id: UUID, call: CallContext) -> Response:
    """Draw a link as a QR code, to be shown or printed."""
    await _require_manager(call, event_id)
    async with call.reading() as connection:
        link = await get_link(connection, event_id, link_id)
    drawing = draw_qr(_show_link(call, link)["url"], title="Join on Allsquare")
    return Response(drawing, media_type=SVG_TYPE, headers=NOT_KEPT)


@router.delete("/{link_id}", status_code=204, response_class=Response, responses=WRITE)
async def delete_link(event_id: UUID, link_id: UUID, call: CallContext) -> Response:
    """Revoke a link: nobody else joins by it; who has joined stays."""
    await _require_manager(call, event_id)
    async with call.writing() as connection:
        await get_link(connection, event_id, link_id)
        done = await revoke_link(connection, event_id, link_id)
    if done:
        await call.audit("link.revoked", event=str(event_id), link=str(link_id))
    return Response(status_code=204)


async def _require_manager(call: Call, event_id: UUID) -> None:
    """Refuse who may not say who comes in; whoever sees a link can use it, so looking needs as much as making."""
    await call.require_role(event_id, "admin")
    if call.caller.role != "guest":
        require_scope(call.caller, "admin")


def _single_use(body: LinkIn) -> tuple[str | None, int | None]:
    """Tell whom a link is for and how often it is good; an invitation of one person is good once."""
    if body.email is None:
        return None, body.max_uses
    if body.max_uses not in {None, 1}:
        detail = f"An invitation by e-mail is for one person; max_uses is {body.max_uses}."
        broken = {"field": "max_uses", "code": "validation.single_use", "message": "1 is expected with an e-mail"}
        raise ValidationFailed(detail, broken=[broken])
    return normalise_email(body.email), 1


def _show_link(call: Call, link: Link) -> JsonObject:
    vault = call.services.vault
    token = vault.open(link.token, place=TOKEN_PLACE, row=link.link_id)
    email = vault.open(link.email, place=EMAIL_PLACE, row=link.link_id) if link.email is not None else None
    return {
        "id": link.link_id,
        "role": NAMES[link.role],
        "url": f"{call.base_url}/join#link={token}",
        "token": token,
        "uses": link.uses,
        "max_uses": link.max_uses,
        "expires_at": link.expires_at,
        "created_at": link.created_at,
        "status": link.status,
        "email": email,
        "mailed": link.mailed,
    }


async def _send(call: Call, event_id: UUID, shown: JsonObject, hours: int) -> bool:
    """Mail an invitation to whom it is for, where it can be known where its link leads; tell whether it goes out."""
    base = mailed_base(call)
    if base is None:
        return False
    async with call.reading() as connection:
        event = await get_event(connection, event_id)
    days = max(1, hours // 24)
    inviter, url = call.caller.name, f"{base}/join#link={shown['token']}"
    letter = event_invitation_letter(shown["email"], inviter=inviter, event=event.name, url=url, days=days)
    if not mail(call, letter):
        return False
    async with call.writing() as connection:
        await set_mailed(connection, shown["id"])
    return True
