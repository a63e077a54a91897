"""Find what a person means by a name, an id, or the beginning of either."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from allsquare.core.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from allsquare.features.events.reads import EventRow
    from allsquare.pg.borrow import Connection

PAGE = 1_000
MAX_LISTED = 10


class NothingOfThisName(NotFound):
    """Nothing has the name or id that was given, or begins with it."""

    code = "cli.nothing_of_this_name"
    title = "There is nothing of this name"


class NameUnclear(Conflict):
    """Several things have the name that was given, or begin with it."""

    code = "cli.name_unclear"
    title = "Several things have this name"


async def every_event(connection: Connection, search: str | None = None) -> AsyncIterator[EventRow]:
    """Walk through all events, newest first."""
    from allsquare.features.events.reads import list_events  # noqa: PLC0415  (keeps --help quick)

    before = None
    while rows := await list_events(connection, before=before, search=search, limit=PAGE):
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        before = (rows[-1].created_at, rows[-1].event_id)


async def find_event(connection: Connection, given: str) -> EventRow:
    """Find the event that is meant: the one of that id or name, else the only one that begins so.

    Raises: NothingOfThisName, NameUnclear.
    """
    wanted = given.strip().casefold()
    # A beginning of an id is no part of a name, so only then must all events be looked at.
    search = None if wanted and not wanted.strip("0123456789abcdef-") else given.strip()
    rows = [row async for row in every_event(connection, search)]
    exact = [row for row in rows if row.name.casefold() == wanted or str(row.event_id) == wanted]
    begun = [row for row in rows if row.name.casefold().startswith(wanted) or str(row.event_id).startswith(wanted)]
    found = exact or (begun if wanted else [])
    if not found:
        detail = f"There is no event {given!r}. `allsquare events` lists them."
        raise NothingOfThisName(detail, field="event", actual=given)
    if len(found) > 1:
        raise unclear("events", given, [f"{row.event_id}  {row.name}" for row in found])
    return found[0]


def find_id(given: str, known: dict[UUID, str], *, what: str) -> UUID:
    """Find the id that is meant by the whole of it, or by its beginning.

    Raises: NothingOfThisName, NameUnclear.
    """
    wanted = given.strip().casefold()
    found = [each for each in known if wanted and str(each).startswith(wanted)]
    if not found:
        detail = f"There is no {what} {given!r}."
        raise NothingOfThisName(detail, field=what, actual=given)
    if len(found) > 1:
        raise unclear(f"{what}s", given, [f"{each}  {known[each]}" for each in found])
    return found[0]


def unclear(what: str, given: str, candidates: list[str]) -> NameUnclear:
    """Say that several things are meant by a name, and which."""
    listed = [f"- {candidate}" for candidate in candidates[:MAX_LISTED]]
    if len(candidates) > MAX_LISTED:
        listed.append(f"- and {len(candidates) - MAX_LISTED} more")
    detail = "\n".join([f"{given!r} means {len(candidates)} {what}; say more of the id of one of them:", *listed])
    return NameUnclear(detail, field=what, expected="one", actual=str(len(candidates)))
