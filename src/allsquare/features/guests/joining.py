"""Serve those who open a link, with or without an account, and those who claim what they were as a guest."""

from typing import Annotated
from uuid import UUID

from fastapi import Header

from allsquare.core.access import guest_id
from allsquare.features.events.reads import get_event
from allsquare.features.guests.claiming import GuestNotFound, claim_guest, find_own_seat, seat_user
from allsquare.features.guests.entering import GUEST_DAYS, seat_guest
from allsquare.features.guests.schemas import NAMES, ClaimIn, ClaimOut, JoinIn, JoinOut, LookIn, LookOut
from allsquare.features.guests.seating import Seated, require_good, require_unused
from allsquare.features.guests.store import Link, get_link_by_token, list_joinable
from allsquare.features.identity.call import CallContext, OpenCall, OpenContext
from allsquare.features.identity.sight import GUEST_COOKIE
from allsquare.features.identity.store import hash_token
from allsquare.features.wire.api import (
    WRITE,
    Response,
    ValidationFailed,
    json_response,
    open_routes,
    routes,
)

router = open_routes("/links", "links")
claims = routes("/claims", "links")
_A_DAY_S = 24 * 60 * 60

Key = Annotated[
    str | None,
    Header(
        pattern="^[!-~]{1,255}$",
        description="Makes joining safe to repeat: the same key gets the same seat, counted once.",
        json_schema_extra={"minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    ),
]


@router.post("/look", response_model=LookOut, responses=WRITE)
async def look_at_link(body: LookIn, call: OpenContext) -> Response:
    """Tell what a link leads to, before one joins by it."""
    link = await _open(call, body.token)
    caller = call.caller
    own = None
    if caller is not None and caller.event_id in {None, link.event_id}:
        own, _ = await find_own_seat(call.services, caller, link.event_id)
    seat = own.member if own is not None and own.active else None
    require_good(link)
    if seat is None:
        require_unused(link)
    async with call.reading() as connection:
        event = await get_event(connection, link.event_id)
        members = await list_joinable(connection, link.event_id)
    return json_response(
        {
            "event_id": event.event_id,
            "name": event.name,
            "kind": event.kind,
            "currency": event.currency,
            "role": NAMES[link.role],
            "members": members,
            "seat": seat,
        }
    )


@router.post("/join", status_code=201, response_model=JoinOut, responses={**WRITE, 200: {"model": JoinOut}})
async def join_by_link(body: JoinIn, call: OpenContext, idempotency_key: Key = None) -> Response:
    """Join an event by a link: with an account at once, without one as a guest. 200 where one has a seat already."""
    if body.member is not None and body.name is not None:
        raise _which("Say which member you are, or what you are called, not both.")
    link = await _open(call, body.token)
    caller = call.caller
    if caller is not None and caller.role == "guest" and caller.event_id == link.event_id and caller.member:
        own, _ = await find_own_seat(call.services, caller, link.event_id)
        if own is not None and own.active:
            return _answer(call, Seated(link.event_id, own.member, own.role, is_new=False))
    require_good(link)
    if caller is not None and caller.role != "guest":
        seated = await seat_user(call.services, caller, link, member=body.member, name=body.name or "")
        if seated.is_new:
            await _audit(call, "member.claimed", seated, caller.user_id, link)
        return _answer(call, seated)
    if body.member is None and body.name is None:
        raise _which("Say which member you are, or what you are called.")
    seated = await seat_guest(call, link, member=body.member, name=body.name or "", key=idempotency_key)
    if not seated.replayed:
        await _audit(call, "guest.joined", seated, None, link)
    return _answer(call, seated)


@claims.post("", response_model=ClaimOut, responses=WRITE)
async def claim_member(body: ClaimIn, call: CallContext) -> Response:
    """Move what one was as a guest to one's account: the member, with history and balances; the guest signs out."""
    cookie = f"{GUEST_COOKIE}{body.event_id.hex}"
    token = body.guest_token or call.sight.cookies().get(cookie)
    if token is None:
        detail = "Send the guest's token, or claim in the browser in which you were the guest."
        raise GuestNotFound(detail, field="guest_token")
    seated = await claim_guest(call.services, call.caller, body.event_id, token)
    if seated.is_new:
        await call.audit("member.claimed", event=str(body.event_id), member=seated.member)
    answer = json_response({"event_id": seated.event_id, "member": seated.member, "role": seated.role})
    _set_cookie(answer, cookie, "", secure=call.secure, max_age_s=0)
    return answer


async def _open(call: OpenCall, token: str) -> Link:
    await call.services.limits.hit("link", call.address)
    async with call.reading() as connection:
        return await get_link_by_token(connection, hash_token(token))


def _which(detail: str) -> ValidationFailed:
    broken = {"field": "member", "code": "validation.member_or_name", "message": detail.rstrip(".")}
    return ValidationFailed(detail, broken=[broken])


async def _audit(call: OpenCall, action: str, seated: Seated, user_id: UUID | None, link: Link) -> None:
    await call.services.audit(
        action,
        user_id=user_id,
        actor=user_id or guest_id(seated.event_id, seated.member),
        address=call.address,
        event=str(seated.event_id),
        member=seated.member,
        link=str(link.link_id),
    )


def _answer(call: OpenCall, seated: Seated) -> Response:
    headers = {"Cache-Control": "no-store"}
    if seated.is_new:
        headers["Location"] = f"/v1/events/{seated.event_id}/members/{seated.member}"
    if seated.replayed:
        headers["Idempotency-Replayed"] = "true"
    answer = json_response(
        {
            "event_id": seated.event_id,
            "member": seated.member,
            "role": seated.role,
            "guest_token": seated.guest_token,
            "expires_at": seated.expires_at,
        },
        status=201 if seated.is_new else 200,
        headers=headers,
    )
    if seated.guest_token is not None:
        cookie = f"{GUEST_COOKIE}{seated.event_id.hex}"
        _set_cookie(answer, cookie, seated.guest_token, secure=call.secure, max_age_s=GUEST_DAYS * _A_DAY_S)
    return answer


def _set_cookie(answer: Response, name: str, value: str, *, secure: bool, max_age_s: int) -> None:
    prefix = "__Host-" if secure else ""
    answer.set_cookie(prefix + name, value, max_age=max_age_s, path="/", secure=secure, httponly=True, samesite="lax")
