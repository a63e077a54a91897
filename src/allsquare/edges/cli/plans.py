"""Make plans at the command line: for people named in a file, or for an event."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allsquare.core.errors import InvalidInput
from allsquare.edges.cli.common import AsJson, DataDir, print_json, print_table, refuse, with_books

if TYPE_CHECKING:
    from allsquare.edges.runtime import OpenBooks

JsonObject = dict[str, Any]
RAW_SHAPE = 'an object of names and whole minor units is expected, such as {"Ann": 1250, "Bob": -1250}'


class RawInvalid(InvalidInput):
    """What was given to `plan --raw` is no object of names and whole numbers."""

    code = "cli.raw_invalid"
    title = "The input cannot be read"


def plan(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|-]",
            help='JSON such as {"currency": "EUR", "nets": {"Ann": "12.50", "Bob": "-12.50"}}; - is standard input.',
            show_default=False,
        ),
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(
            "--strategy",
            "-s",
            metavar="NAME",
            help="fewest, direct, cycle_free, familiar, cheapest or hub.",
            show_default=False,
        ),
    ] = None,
    event: Annotated[
        str | None, typer.Option("--event", "-e", help="Plan for this event instead of a file.", show_default=False)
    ] = None,
    hub: Annotated[
        str | None, typer.Option("--hub", help="With whom everybody settles: a name.", show_default=False)
    ] = None,
    round_to: Annotated[
        str | None, typer.Option("--round-to", help="Pay whole units of so much, such as 1.", show_default=False)
    ] = None,
    budget_ms: Annotated[
        int, typer.Option("--budget-ms", min=1, max=60_000, help="How long to look for a better plan, counted as work.")
    ] = 200,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Read names and minor units, write [debtor, creditor, minor units]; for programs."),
    ] = False,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Propose the payments that settle everybody: of an event, or of names and nets in a file.

    Nothing is recorded. A file may also say strategy, hub, round_to, pairs, locked, debts, costs and payment, as
    `POST /v1/plans` takes them.
    """
    asked = {"strategy": strategy, "hub": hub, "round_to": round_to}
    if event is not None:
        if source is not None or raw:
            refuse("Give a file, or --event, not both.", status=2)
        shown = _plan_event(event, asked, data_dir, budget_ms)
    elif raw:
        _plan_raw(_read(source or "-"), strategy, budget_ms)
        return
    elif source is None:
        refuse(
            "Give a file with nets, - for standard input, or --event NAME. `allsquare plan --help` shows how.", status=2
        )
    else:
        shown = _plan_file(_read(source), {name: value for name, value in asked.items() if value}, budget_ms)
    if as_json:
        print_json(shown)
    else:
        print_plan(shown)


def _read(source: str) -> bytes:
    return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()


def _plan_raw(data: bytes, strategy: str | None, budget_ms: int) -> None:
    from allsquare.core.settle.anybody import People, check_nets
    from allsquare.core.settle.asking import check_asked, complete
    from allsquare.core.settle.plan import PlanRequest
    from allsquare.core.settle.plans import STEPS_PER_MS, Basis, plan_payments

    nets = _read_raw(data)
    people = People(nets)
    check_nets(nets, None)
    request = complete(PlanRequest(strategy=strategy), None, simplify=True)
    # Minor units need no currency; any with a name will do for the way.
    check_asked(request, "EUR")
    numbered = {people.number(name, field="nets"): net for name, net in nets.items()}
    made = plan_payments(request, Basis(nets={"EUR": numbered}), steps=budget_ms * STEPS_PER_MS)
    given = {people.number(name, field="nets"): name for name in nets}
    typer.echo(json.dumps([[given[each.payer], given[each.payee], each.amount_minor] for each in made.payments]))


def _read_raw(data: bytes) -> dict[str, int]:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            message = "a name stands twice"
            raise ValueError(message)
        return found

    try:
        nets = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        detail = f"The input is not JSON that can be read ({error}): {RAW_SHAPE}."
        raise RawInvalid(detail) from error
    if not isinstance(nets, dict):
        detail = f"The input is {type(nets).__name__}: {RAW_SHAPE}."
        raise RawInvalid(detail)
    for name, net in nets.items():
        if isinstance(net, bool) or not isinstance(net, int):
            detail = f"The net of {name[:100]!r} is no whole number: {RAW_SHAPE}."
            raise RawInvalid(detail, field=f"nets.{name[:100]}")
    return nets


def _plan_file(data: bytes, asked: JsonObject, budget_ms: int) -> JsonObject:
    from pydantic import ValidationError

    from allsquare.core.settle.plans import STEPS_PER_MS
    from allsquare.features.plans.anybody import NamedPlan, PlanIn
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


def _plan_event(event: str, asked: JsonObject, data_dir: Path | None, budget_ms: int) -> JsonObject:
    from allsquare.core.settle.plan import PlanRequest
    from allsquare.core.settle.plans import STEPS_PER_MS
    from allsquare.edges.cli.lookup import find_event
    from allsquare.features.events.settling import show_plan
    from allsquare.features.plans.making import make_plan

    async def read(books: OpenBooks) -> JsonObject:
        async with books.reading() as connection:
            event_id = (await find_event(connection, event)).event_id
            members = (await list_members(connection, [event_id]))[event_id]
        names = {each["member"]: each["name"] for each in members}
        hub = asked["hub"] and _member_called(asked["hub"], names)
        request = PlanRequest(asked["strategy"], hub, asked["round_to"])
        made = await make_plan(books.pool, event_id, request, steps=budget_ms * STEPS_PER_MS)
        shown = show_plan(made.plan)
        for line in (*shown["payments"], *shown["rounding"]):
            line |= {"from": names[line["from"]], "to": names[line["to"]]}
        shown["stuck"] = [{"name": names[each.pop("member")], **each} for each in shown["stuck"]]
        return shown

    from allsquare.features.events.reads import list_members

    return with_books(data_dir, read)


def _member_called(name: str, names: dict[int, str]) -> int:
    found = [number for number, known in names.items() if name.casefold() == known.casefold() or name == str(number)]
    if not found:
        refuse(f"There is nobody called {name!r} in this event.")
    return found[0]


def print_plan(shown: JsonObject) -> None:
    """Print a plan as tables, and what is proven of it."""
    payments = shown["payments"]
    if not payments:
        typer.echo("Everybody is square." if not shown["stuck"] else "Nobody can pay.")
    else:
        rows = [(each["from"], each["to"], each["amount"], each["currency"]) for each in payments]
        print_table(title_of(shown), ("from", "to", ">amount", "currency"), rows)
    for title, lines in (("Rounded off", shown["rounding"]),):
        if lines:
            rows = [(each["from"], each["to"], each["amount"], each["currency"]) for each in lines]
            print_table(title, ("from", "to", ">amount", "currency"), rows)
    if shown["stuck"]:
        rows = [(each["name"], each["amount"], each["currency"]) for each in shown["stuck"]]
        print_table("Stuck: the allowed pairs cannot settle", ("who", ">left", "currency"), rows)
    for fee in shown["fees"]:
        typer.echo(f"Fees {fee['cost']} {fee['currency']}; no plan costs less than {fee['least_possible']}.")


def title_of(shown: JsonObject) -> str:
    """Say how many payments a plan has, and what is proven of that."""
    count, least = len(shown["payments"]), shown["fewest_possible"]
    proven = "no plan needs fewer" if count == least else f"no plan needs fewer than {least}"
    return f"Settled by {count} payment{'' if count == 1 else 's'}, {shown['strategy']} ({proven})"
