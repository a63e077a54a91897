"""Read what `allsquare plan` plans for: a file, or an event; and plan it."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allsquare.edges.cli.common import refuse, with_books

if TYPE_CHECKING:
    from allsquare.edges.runtime import OpenBooks

JsonObject = dict[str, Any]


def read_source(source: str) -> bytes:
    """Read a file, or standard input."""
    return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()


def plan_file(data: bytes, asked: JsonObject, budget_ms: int) -> JsonObject:
    """Plan for what a file says, as `POST /v1/plans` takes it; what was asked on the command line comes first."""
    from pydantic import ValidationError

    from allsquare.core.settle.plans import STEPS_PER_MS
    from allsquare.features.plans.anybody import NamedPlan
    from allsquare.features.plans.anybody_schemas import PlanIn
    from allsquare.features.wire.json import parse_json
    from allsquare.features.wire.problems import validation_failed

    body = parse_json(data)
    if isinstance(body, dict):
        body = {**body, **asked}
    try:
        named = NamedPlan(PlanIn.model_validate(body))
    except ValidationError as error:
        raise validation_failed(error.errors()) from error
    return named.plan(budget_ms * STEPS_PER_MS)


def plan_event(event: str, asked: JsonObject, data_dir: Path | None, budget_ms: int) -> JsonObject:
    """Plan for an event, and show its members by name."""
    from allsquare.core.settle.plan import PlanRequest
    from allsquare.core.settle.plans import STEPS_PER_MS
    from allsquare.edges.cli.lookup import find_event
    from allsquare.features.events.reads import list_members
    from allsquare.features.events.settling import show_plan_by_name
    from allsquare.features.plans.making import make_plan

    async def read(books: OpenBooks) -> JsonObject:
        async with books.reading() as connection:
            event_id = (await find_event(connection, event)).event_id
            members = (await list_members(connection, [event_id]))[event_id]
        names = {each["member"]: each["name"] for each in members}
        hub = asked["hub"] and _member_called(asked["hub"], names)
        request = PlanRequest(asked["strategy"], hub, asked["round_to"])
        made = await make_plan(books.pool, event_id, request, steps=budget_ms * STEPS_PER_MS)
        return show_plan_by_name(made.plan, names.__getitem__)

    return with_books(data_dir, read)


def _member_called(name: str, names: dict[int, str]) -> int:
    found = [number for number, known in names.items() if name.casefold() == known.casefold() or name == str(number)]
    if not found:
        refuse(f"There is nobody called {name!r} in this event.")
    return found[0]
