"""Serve the journal over HTTP: in pages, or as a stream of server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Request
from starlette.responses import Response, StreamingResponse

from allsquare.core.access import guest_id
from allsquare.core.entry import Entry, MembersAdded
from allsquare.core.errors import Forbidden, Limited, NotFound
from allsquare.features.events.reads import get_event
from allsquare.features.identity.call import Call, CallContext
from allsquare.features.journal.schemas import JournalPage
from allsquare.features.journal.views import show_entry
from allsquare.features.wire.api import MAX_LIMIT, READ, JsonObject, json_response, routes
from allsquare.features.wire.errors import HeaderInvalid, Unauthenticated
from allsquare.features.wire.json import encode_json
from allsquare.ledger.journal import list_entries

POLL_S = 1
"""How soon a stream hears of what another process posted; what this one posts it hears at once."""

SILENCE_S = 15
"""After how much silence a comment is sent, so that proxies keep the stream open."""

router = routes("/events/{event_id}", "journal")

_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}


@router.get("/journal", response_model=JournalPage, responses={**READ, **_STREAM})
async def get_journal(
    event_id: UUID,
    request: Request,
    call: CallContext,
    after: Annotated[int, Query(ge=0, le=2**62, description="Entries that follow this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
    last_event_id: Annotated[str | None, Header(description="Resumes a stream after this entry.")] = None,
) -> Response:
    """List what happened, oldest first; with `Accept: text/event-stream`, go on as it happens."""
    async with call.reading() as connection:
        await get_event(connection, event_id)
    if "text/event-stream" in request.headers.get("accept", ""):
        after = _resume_after(last_event_id) if last_event_id is not None else after
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_stream(call, event_id, after), media_type="text/event-stream", headers=headers)
    items = await _entries(call, event_id, after=after, limit=limit + 1)
    more = str(items[limit - 1]["seq"]) if len(items) > limit else None
    return json_response({"items": items[:limit], "next_cursor": more})


def _resume_after(last_event_id: str) -> int:
    if last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19:
        return int(last_event_id)
    detail = f"Last-Event-ID must be the seq of an entry, not {last_event_id[:40]!r}."
    raise HeaderInvalid(detail, field="Last-Event-ID", expected="a seq", actual=last_event_id[:40])


async def _entries(call: Call, event_id: UUID, *, after: int, limit: int) -> list[JsonObject]:
    async with call.reading() as connection:
        entries = await list_entries(connection, event_id, after=after, limit=limit)
    return [show_entry(entry, await _name_of_actor(call, entry)) for entry in entries]


async def _name_of_actor(call: Call, entry: Entry) -> str:
    """Tell what whoever made an entry is called; one who joined by a link did so before they were anybody."""
    name, change = await call.name_of(entry.actor, entry.event_id), entry.change
    if name == "somebody" and isinstance(change, MembersAdded) and len(change.members) == 1:
        return await call.name_of(guest_id(entry.event_id, change.members[0].member), entry.event_id)
    return name


async def _still_admitted(call: Call) -> bool:
    """Tell whether whoever listens is still signed in and may still see the event; it is no request of theirs."""
    try:
        await call.services.admit(call.sight, counted=False)
    except (Forbidden, NotFound, Unauthenticated, Limited):
        # Nothing but refusals is limited here: who is refused once too often is refused all the same.
        return False
    return True


async def _stream(call: Call, event_id: UUID, after: int) -> AsyncIterator[bytes]:
    feed = call.services.feed
    yield b": welcome\n\n"
    silent_s = 0
    while not feed.closed and await _still_admitted(call):
        # Begin to listen before reading, so that nothing falls between the two.
        moved = feed.listen(event_id)
        items = await _entries(call, event_id, after=after, limit=MAX_LIMIT)
        for item in items:
            after = item["seq"]
            yield b"id: %d\nevent: %s\ndata: %s\n\n" % (after, item["kind"].encode(), encode_json(item))
        if items:
            silent_s = 0
            moved.cancel()
            continue
        await feed.wait(moved, timeout_s=POLL_S)
        silent_s += POLL_S
        if silent_s >= SILENCE_S:
            silent_s = 0
            yield b": still here\n\n"
