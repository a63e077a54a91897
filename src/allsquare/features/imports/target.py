"""Find the event a file goes into, or name the one it will make."""

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from allsquare.core.errors import Conflict
from allsquare.core.text import MAX_NAME
from allsquare.features.events.reads import event_missing
from allsquare.features.imports.reads import Roster, count_events, count_undone, find_events, get_roster
from allsquare.features.imports.splitwise_headers import normal_text
from allsquare.features.wire.ids import derived_id
from allsquare.pg.borrow import Connection

MOST_OF_ONE_NAME = 1_000
"""How many events that were made by imports may have had one name."""

_EXPORT = re.compile(r"_[0-9]{4}-[0-9]{2}-[0-9]{2}_export")


class EventAmbiguous(Conflict):
    """Several events have the name, so it is not clear which one is meant."""

    code = "import.event_ambiguous"
    title = "Several events have this name"


class EventNameTaken(Conflict):
    """There is an event of the name the file would get, and it has nothing to do with the file."""

    code = "import.event_name_taken"
    title = "There is another event of this name"


@dataclass(frozen=True, slots=True)
class Target:
    """The event a file goes into, as far as it exists: who is in it, and how many of its imports were undone."""

    event_id: UUID
    name: str
    is_new: bool
    roster: Roster
    generation: int


def name_of(path: Path) -> str:
    """Give an event the name of the group, which Splitwise writes into the file's: <group>_2026-06-30_export.csv."""
    return (_EXPORT.split(path.stem)[0].strip() or path.stem)[:MAX_NAME]


async def find_target(connection: Connection, *, asked: str | None, default: str) -> Target:
    """Find the event that was asked for by id or name, or the one an earlier file of the same name went into.

    Raises: EventNotFound for an id nothing has, EventAmbiguous, EventNameTaken.
    """
    name = normal_text(asked or default)
    event_id = _as_id(name) if asked else None
    found = await find_events(connection, event_id=event_id, name=name)
    if event_id is not None:
        found = [event for event in found if event.event_id == event_id]
        if not found:
            raise event_missing(event_id)
    elif asked is None and found:
        # Nobody named this event: only one that a file was imported into before is meant without saying so.
        former = [event for event in found if event.imports]
        if not former:
            detail = (
                f"There is an event {found[0].name!r} already, into which nothing was imported so far. Say which event "
                f"is meant: --event {found[0].event_id} for this one, or --event with another name for a new one."
            )
            raise EventNameTaken(detail, field="event", actual=found[0].name)
        found = former
    if len(found) > 1:
        ids = ", ".join([str(event.event_id) for event in found])
        detail = f"{len(found)} events are called {found[0].name!r}. Say the id of the one you mean: {ids}."
        raise EventAmbiguous(detail, field="event", expected="one event", actual=str(len(found)))
    if not found:
        return await _new_target(connection, name)
    event = found[0]
    return Target(
        event.event_id,
        event.name,
        is_new=False,
        # Counted before the rows are looked up: an undo in between is then found out by the command ids.
        generation=await count_undone(connection, event.event_id),
        roster=await get_roster(connection, event.event_id),
    )


async def _new_target(connection: Connection, name: str) -> Target:
    # The id follows from the name, so that the same file imported twice at the same moment makes one event; an event
    # of the name that was deleted or renamed since keeps its id, and the next one is taken.
    ids = [derived_id("import event", folded(name).encode(), n.to_bytes(4)) for n in range(MOST_OF_ONE_NAME)]
    taken = await count_events(connection, ids)
    if taken == len(ids):
        detail = f"{taken} events called {name!r} were made by imports already. Choose another name with --event."
        raise EventNameTaken(detail, field="event", actual=name)
    return Target(ids[taken], name, is_new=True, roster=Roster(0, {}, 0), generation=0)


def folded(name: str) -> str:
    """Give a name as it is compared: whatever its case, and however its accents are written."""
    return normal_text(name).casefold()


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
