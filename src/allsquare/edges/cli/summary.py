"""Read and print where the members of one event stand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import typer

from allsquare.core.money import format_amount
from allsquare.edges.cli.common import print_table
from allsquare.edges.cli.plans import title_of
from allsquare.features.events.reads import read_event
from allsquare.features.events.settling import show_payments, show_plan
from allsquare.features.plans.making import peek_plan
from allsquare.features.plans.reads import balances_of, get_pairs, get_positions
from allsquare.pg.borrow import Connection

JsonObject = dict[str, Any]
COUNTERS = ("paid", "share", "sent", "received", "net")


async def read_summary(connection: Connection, event_id: UUID) -> JsonObject:
    """Read an event, its positions, balances and plan; on a snapshot they belong to one moment."""
    event = await read_event(connection, event_id)
    _, pairs = await get_pairs(connection, event_id)
    seq, _, standings = await get_positions(connection, event_id)
    positions = [
        {
            "member": member,
            "currency": currency,
            **{counter: format_amount(getattr(standing, counter), currency) for counter in COUNTERS},
        }
        for (member, currency), standing in sorted(standings.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    return {
        "event": event,
        "seq": seq,
        "positions": positions,
        "balances": show_payments(balances_of(pairs)),
        "plan": show_plan(await peek_plan(connection, event_id)),
    }


def print_summary(summary: JsonObject) -> None:
    """Print tables with names instead of numbers."""
    event = summary["event"]
    names = {member["member"]: member["name"] or f"member {member['member']}" for member in event["members"]}
    typer.echo(f"{event['name']}  ({event['kind']}, {event['status']}, {event['currency']})")
    typer.echo(f"{event['id']}, {summary['seq']} entries\n")
    members = [(m["member"], m["name"], m["role"], "" if m["active"] else "left") for m in event["members"]]
    print_table("Members", (">#", "name", "role", ""), members)
    rows = [
        (names[position["member"]], position["currency"], *[position[counter] for counter in COUNTERS])
        for position in summary["positions"]
    ]
    print_table("Positions (+ is owed, − owes)", ("member", "currency", *[f">{each}" for each in COUNTERS]), rows)
    if not summary["balances"]:
        typer.echo("Everybody is square.")
        return
    _print_payments("Who owes whom", summary["balances"], names)
    _print_payments(title_of(summary["plan"]), summary["plan"]["payments"], names)


def _print_payments(title: str, payments: list[JsonObject], names: dict[int, str]) -> None:
    rows = [(names[each["from"]], names[each["to"]], each["amount"], each["currency"]) for each in payments]
    print_table(title, ("from", "to", ">amount", "currency"), rows)
