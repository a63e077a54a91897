"""Answer what moved an event with the event as it was left."""

from allsquare.features.events.reads import read_event, read_event_after
from allsquare.features.identity.call import Call, replay_header
from allsquare.features.wire.api import Response, json_response
from allsquare.ledger.poster import Posted


async def event_answer(call: Call, posted: Posted, *, status: int = 200) -> Response:
    """Show the event as the entry left it, with its version."""
    entry = posted.entry
    head = entry.change.head
    async with call.reading() as connection:
        event = await (read_event_after(connection, entry, head) if head else read_event(connection, entry.event_id))
    headers = {"ETag": f'"{event["version"]}"', **replay_header(posted)}
    if status == 201:
        headers["Location"] = f"/v1/events/{entry.event_id}"
    return json_response(event, status=status, headers=headers)
