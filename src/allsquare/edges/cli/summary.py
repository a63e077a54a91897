"""Read and print where the members of one event stand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import typer

from allsquare.core.money import format_amount
from allsquare.core.settle.plans import plan_direct, plan_payments
from allsquare.edges.cli.common import print_table
from allsquare.features.events.reads import read_event, show_payments
from allsquare.features.plans.reads import get_pairs, get_positions, nets_of
from allsquare.pg.borrow import Connection

JsonObject = dict[str, Any]
COUNTERS = ("paid", "share", "sent", "received", "net")


async def read_summary(connection: Connection, event_id: UUID) -> JsonObject:
    """Read an event, its positions, balances and plan; on a snapshot they belong to one moment."""
    event = await read_event(connection, event_id)
    _, pairs = await get_pairs(connection, event_id)
    seq, _, standings = await get_positions(connection, event_id)
    nets: dict[str, dict[int, int]] = {}
    for currency, member, net in nets_of(standings):
        nets.setdefault(currency, {})[member] = net
    plan = plan_payments("fewest", nets, pairs)
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
        "balances": show_payments(plan_direct(pairs)),
        "plan": {
            "strategy": plan.strategy,
            "optimal": plan.optimal,
            "fewest_possible": plan.fewest_possible,
            "payments": show_payments(plan.payments),
        },
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
    least = summary["plan"]["fewest_possible"]
    count = len(summary["plan"]["payments"])
    proven = "no plan needs fewer" if summary["plan"]["optimal"] else f"no plan needs fewer than {least}"
    _print_payments(
        f"Settled by {count} payment{'' if count == 1 else 's'} ({proven})", summary["plan"]["payments"], names
    )


def _print_payments(title: str, payments: list[JsonObject], names: dict[int, str]) -> None:
    rows = [(names[each["from"]], names[each["to"]], each["amount"], each["currency"]) for each in payments]
    print_table(title, ("from", "to", ">amount", "currency"), rows)
