"""Make plans at the command line: for people named in a file, or for an event."""
# ruff: noqa: PLC0415 - heavy modules are imported by the command that needs them, so that --help answers at once.

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from allsquare.edges.cli.common import AsJson, DataDir, print_json, print_table, refuse

JsonObject = dict[str, Any]

Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE|-]",
        help='JSON such as {"currency": "EUR", "nets": {"Ann": "12.50", "Bob": "-12.50"}}; - is standard input.',
        show_default=False,
    ),
]
StrategyName = Annotated[
    str | None,
    typer.Option("--strategy", "-s", help="fewest, direct, cycle_free, familiar, cheapest or hub.", show_default=False),
]
Event = Annotated[
    str | None, typer.Option("--event", "-e", help="Plan for this event instead of a file.", show_default=False)
]
Hub = Annotated[str | None, typer.Option("--hub", help="With whom everybody settles: a name.", show_default=False)]
RoundTo = Annotated[
    str | None, typer.Option("--round-to", help="Pay whole units of so much, such as 1.", show_default=False)
]
Budget = Annotated[
    int, typer.Option("--budget-ms", min=1, max=60_000, help="How long to look for a better plan, counted as work.")
]
Raw = Annotated[
    bool, typer.Option("--raw", help="Read names and minor units, write [debtor, creditor, minor units]; for programs.")
]


def plan(  # noqa: PLR0913  (a parameter is an option, and there are so many)
    source: Source = None,
    strategy: StrategyName = None,
    event: Event = None,
    hub: Hub = None,
    round_to: RoundTo = None,
    budget_ms: Budget = 200,
    data_dir: DataDir = None,
    *,
    raw: Raw = False,
    as_json: AsJson = False,
) -> None:
    """Propose the payments that settle everybody: of an event, or of names and nets in a file.

    Nothing is recorded. A file may also say strategy, hub, round_to, pairs, locked, debts, costs and payment, as
    `POST /v1/plans` takes them.
    """
    from allsquare.edges.cli.plan_raw import plan_raw
    from allsquare.edges.cli.plan_sources import plan_event, plan_file, read_source

    if event is not None and (source is not None or raw):
        refuse("Give a file, or --event, not both.", status=2)
    if event is None and source is None and not raw:
        words = "Give a file with nets, - for standard input, or --event NAME. `allsquare plan --help` shows how."
        refuse(words, status=2)
    asked = {"strategy": strategy, "hub": hub, "round_to": round_to}
    if event is not None:
        shown = plan_event(event, asked, data_dir, budget_ms)
    elif raw:
        typer.echo(json.dumps(plan_raw(read_source(source or "-"), strategy, budget_ms)))
        return
    else:
        said = {name: value for name, value in asked.items() if value is not None}
        shown = plan_file(read_source(source or "-"), said, budget_ms)
    if as_json:
        print_json(shown)
    else:
        print_plan(shown)


def print_plan(shown: JsonObject) -> None:
    """Print a plan as tables, and what is proven of it."""
    payments = shown["payments"]
    if not payments:
        typer.echo("Everybody is square." if not shown["stuck"] else "Nobody can pay.")
    else:
        print_table(title_of(shown), ("from", "to", ">amount", "currency"), _rows(payments))
    if shown["rounding"]:
        print_table("Rounded off", ("from", "to", ">amount", "currency"), _rows(shown["rounding"]))
    if shown["stuck"]:
        stuck = [(each["name"], each["amount"], each["currency"]) for each in shown["stuck"]]
        print_table("Stuck: the allowed pairs cannot settle", ("who", ">left", "currency"), stuck)
    for fee in shown["fees"]:
        typer.echo(f"Fees {fee['cost']} {fee['currency']}; no plan costs less than {fee['least_possible']}.")


def _rows(payments: list[JsonObject]) -> list[tuple[str, str, str, str]]:
    return [(each["from"], each["to"], each["amount"], each["currency"]) for each in payments]


def title_of(shown: JsonObject) -> str:
    """Say how many payments a plan has, and what is proven of that."""
    count, least = len(shown["payments"]), shown["fewest_possible"]
    proven = "no plan needs fewer" if count == least else f"no plan needs fewer than {least}"
    return f"Settled by {count} payment{'' if count == 1 else 's'}, {shown['strategy']} ({proven})"
