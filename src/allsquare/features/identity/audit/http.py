"""Serve the audit over HTTP: to each their own, to the owner all of it."""

from typing import Annotated, Any

import msgspec
from fastapi import Query

from allsquare.features.identity.audit.schemas import AuditPage
from allsquare.features.identity.audit.store import AuditRow, list_audit
from allsquare.features.identity.call import CallContext
from allsquare.features.identity.caller import Caller, require_user
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    READ,
    Cursor,
    JsonObject,
    Limit,
    Response,
    Seq,
    decode_cursor,
    json_response,
    page,
    routes,
)
from allsquare.features.wire.fields import Words

_USER = "0199aa10-5c00-7000-8000-000000000005"
_EXAMPLE = {
    "id": 42,
    "at": "2026-11-20T19:30:00.000000Z",
    "action": "password.changed",
    "user_id": _USER,
    "actor_id": _USER,
    "network": "203.0.113.0/24",
    "detail": {"first": False},
}
_SHOWN = {"audit": {"summary": "What was done", "value": {"items": [_EXAMPLE], "next_cursor": "WzQyXQ"}}}
_LISTED: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"examples": _SHOWN}}}}

router = routes("/audit", "audit")


@router.get("", response_model=AuditPage, responses={**READ, **_LISTED})
async def get_audit(
    call: CallContext,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    action: Annotated[Words | None, Query(description="Only this action.")] = None,
) -> Response:
    """List what was done to your account and what you did to others', newest first; to the owner, everything."""
    require_user(call.caller)
    before = decode_cursor(cursor, tuple[Seq])[0] if cursor else None
    whose = None if call.caller.role == "owner" else call.caller.user_id
    async with call.reading() as connection:
        rows = await list_audit(connection, whose=whose, action=action, before=before, limit=limit + 1)
    key = (rows[limit - 1].audit_id,) if len(rows) > limit else ()
    return json_response(page([_show_row(row, call.caller) for row in rows], limit=limit, key_of_last=key))


def _show_row(row: AuditRow, caller: Caller) -> JsonObject:
    # Where an attempt nobody signed came from is what one looks for; where another person was is theirs alone.
    theirs = row.actor not in {None, caller.user_id} and caller.role != "owner"
    return {
        "id": row.audit_id,
        "at": row.at,
        "action": row.action,
        "user_id": row.user_id,
        "actor_id": row.actor,
        "network": None if theirs else row.network,
        "detail": msgspec.json.decode(row.detail),
    }
