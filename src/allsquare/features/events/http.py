"""Serve events, their members and their life over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from allsquare.core.commands.base import Command, EventNotFound, VersionConflict
from allsquare.core.commands.events import DeleteEvent
from allsquare.core.commands.lifecycle import ArchiveEvent, ReopenEvent
from allsquare.features.events.answers import event_answer
from allsquare.features.events.creating import change_of_event, new_event_command
from allsquare.features.events.reads import (
    list_events,
    list_members,
    read_event_at,
    show_event,
)
from allsquare.features.events.schemas import (
    EventIn,
    EventOut,
    EventPage,
    EventPatch,
)
from allsquare.features.identity.call import Call, CallContext, replay_header
from allsquare.features.wire.api import (
    DEFAULT_LIMIT,
    EDIT,
    READ,
    WRITE,
    Cursor,
    Limit,
    Moment,
    Response,
    decode_cursor,
    derived_id,
    json_response,
    new_id,
    page,
    routes,
)
from allsquare.features.wire.fields import Words
from allsquare.ledger.poster import Posted

router = routes("/events", "events")


@router.post("", status_code=201, response_model=EventOut, responses=WRITE)
async def create_event(body: EventIn, call: CallContext) -> Response:
    """Create an event, with its first members."""
    command_id, keyed = call.command_id(natural=body.id)
    event_id = body.id or (derived_id("event", command_id.bytes) if keyed else new_id())
    command = await new_event_command(call, body)
    posted = await call.submit(event_id, command, named=(command_id, keyed))
    return await event_answer(call, posted, status=201)


@router.get("", response_model=EventPage, responses=READ)
async def get_events(
    call: CallContext,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    status: Literal["new", "active", "settlement", "cleared", "archived"] | None = None,
    search: Annotated[Words | None, Query(description="Part of the name.")] = None,
    *,
    direct: Annotated[bool, Query(description="Those behind direct expenses instead.")] = False,
) -> Response:
    """List the events you can see, newest first."""
    before = decode_cursor(cursor, tuple[Moment, UUID]) if cursor else None
    only = call.caller.event_id
    if only is not None and not await _is_seen(call, only):
        return json_response(page([], limit=limit, key_of_last=()))
    async with call.reading() as connection:
        rows = await list_events(
            connection,
            before=before,
            status=status,
            search=search,
            direct=direct,
            whose=None if call.caller.role == "owner" or only is not None else call.caller.user_id,
            only=only,
            limit=limit + 1,
        )
        members = await list_members(connection, [row.event_id for row in rows])
    items = [show_event(row, members[row.event_id], None) for row in rows]
    last = rows[limit - 1] if len(rows) > limit else None
    return json_response(page(items, limit=limit, key_of_last=(last.created_at, last.event_id) if last else ()))


async def _is_seen(call: Call, event_id: UUID) -> bool:
    """Tell whether somebody may see the one event that their sign-in is for, as where it is read alone."""
    try:
        await call.services.access_event(call.caller, event_id)
    except EventNotFound:
        return False
    return True


@router.patch("/{event_id}", response_model=EventOut, responses=WRITE)
async def patch_event(event_id: UUID, body: EventPatch, call: CallContext) -> Response:
    """Rename an event, or change its kind or how it settles. If-Match is honoured where sent."""
    command = await change_of_event(call, event_id, body)
    return await event_answer(call, await _change_event(call, event_id, command))


@router.delete("/{event_id}", status_code=204, response_class=Response, responses=EDIT)
async def delete_event(event_id: UUID, call: CallContext) -> Response:
    """Delete an event that is new or cleared. Its history stays in the ledger, out of view."""
    posted = await _change_event(call, event_id, DeleteEvent(call.seen_version() or 0))
    return Response(status_code=204, headers=replay_header(posted))


async def _change_event(call: Call, event_id: UUID, command: Command) -> Posted:
    """Post a change of an event; where it was based on an older version, the refusal shows the current one."""
    try:
        return await call.submit(event_id, command)
    except VersionConflict as conflict:
        async with call.reading() as connection:
            conflict.current = await read_event_at(connection, event_id, conflict.current_seq)
        raise


@router.post("/{event_id}/reopen", response_model=EventOut, responses=WRITE)
async def reopen_event(event_id: UUID, call: CallContext) -> Response:
    """Take expenses again."""
    return await _life(call, event_id, ReopenEvent())


@router.post("/{event_id}/archive", response_model=EventOut, responses=WRITE)
async def archive_event(event_id: UUID, call: CallContext) -> Response:
    """Close a cleared event for good."""
    return await _life(call, event_id, ArchiveEvent())


async def _life(call: Call, event_id: UUID, command: Command) -> Response:
    return await event_answer(call, await call.submit(event_id, command))
