"""Run all measurements in turn, several rounds of each, and print one table of medians."""

import argparse
import asyncio
import platform
import statistics
import time
from collections import defaultdict
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from allsquare.pg import embedded
from allsquare.pg.migrate import migrate
from bench.imports import measure_import
from bench.instance import Door, Service, open_door, own_server, own_service
from bench.peer import measure_pgbench, prepare_pgbench
from bench.reads import READ_SIZES, fill_events, measure_reads

EXPENSE = {
    "description": "Dinner",
    "amount": "2400.01",
    "date": "2026-11-20",
    "paid_by": 1,
    "split": {"type": "equal"},
}
EVENTS = 64
TRANSFERS = 4
"""An equal expense of five with one payer makes four transfers."""

Figures = dict[str, list[float]]
console = Console(stderr=True)


def main() -> None:
    """Measure, and print."""
    words = argparse.ArgumentParser(prog="bench", description=__doc__)
    words.add_argument("--rounds", type=int, default=5, help="how often each is measured (the median counts)")
    words.add_argument("--seconds", type=int, default=5, help="how long each load lasts")
    words.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    told = words.parse_args()
    rounds, seconds = (1, 1) if told.quick else (told.rounds, told.seconds)
    figures: Figures = defaultdict(list)
    with own_server() as (folder, server):
        asyncio.run(migrate(server.owner_url))
        prepare_pgbench(server)
        filled = uvloop.run(_fill(server, READ_SIZES[:2] if told.quick else READ_SIZES))
        for turn in range(rounds):
            console.print(f"round {turn + 1} of {rounds}", style="dim")
            _measure_round(folder, server, filled, figures, seconds)
    _print_table(figures, rounds, seconds)


async def _fill(server: embedded.Server, sizes: tuple[int, ...]) -> dict[int, str]:
    door = await open_door(server)
    filled = await fill_events(door, sizes, console)
    await door.close()
    return filled


def _measure_round(
    folder: Path, server: embedded.Server, filled: dict[int, str], figures: Figures, seconds: int
) -> None:
    # The peer and the product take turns within a round, so that a noisy minute meets both.
    for clients in (8, 32):
        figures[f"pgbench {clients}"].append(measure_pgbench(server, clients=clients, seconds=seconds))
    with own_service(folder) as service:
        figures["first answer s"].append(service.first_answer_s)
        figures["rest MiB"].append(service.resident_mib())
        events = [service.new_event() for _ in range(EVENTS)]
        for connections in (1, 8, 32, 128):
            rate = _measure_posts(service, events, connections, seconds, figures, f"post {connections}")
            console.print(f"  {connections} connections: {rate:,.0f} expenses/s", style="dim")
        _measure_posts(service, events[:1], 32, seconds, figures, "one event 32")
        figures["load MiB"].append(service.resident_mib())
        for size, event_id in filled.items():
            for name, median_ms in measure_reads(service, event_id).items():
                figures[f"{name} {size}"].append(median_ms)
    uvloop.run(_measure_door(server, figures))
    figures["import rows/s"].append(measure_import(folder))


def _measure_posts(
    service: Service, events: list[str], connections: int, seconds: int, figures: Figures, name: str
) -> float:
    result = service.measure_posts(events, connections, seconds, EXPENSE)
    figures[f"{name} rate"].append(result["rate"])
    figures[f"{name} p50"].append(result["p50_ms"])
    figures[f"{name} p99"].append(result["p99_ms"])
    return float(result["rate"])


async def _measure_door(server: embedded.Server, figures: Figures) -> None:
    door = await open_door(server)
    for batch in (1, 10, 100, 1_000):
        figures[f"door {batch}"].append(await _measure_batches(door, batch))
    await door.close()


async def _measure_batches(door: Door, batch: int) -> float:
    event_id = await door.new_event()
    await door.record(event_id, batch)
    repeats = max(5, 3_000 // batch)
    begun = time.perf_counter()
    for _ in range(repeats):
        await door.record(event_id, batch)
    return repeats * batch / (time.perf_counter() - begun)


def _print_table(figures: Figures, rounds: int, seconds: int) -> None:
    median = {name: statistics.median(values) for name, values in figures.items()}
    peer = max(median["pgbench 8"], median["pgbench 32"])
    table = Table(title=f"medians of {rounds} rounds, {seconds} s each; {platform.machine()}, {platform.platform()}")
    for heading in ("what", "figure", "p50 ms", "p99 ms", "beside it"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for clients in (8, 32):
        table.add_row(
            f"pgbench TPC-B, prepared, {clients} clients", f"{median[f'pgbench {clients}']:,.0f} tps", "", "", ""
        )
    for name, label in [
        *[(f"post {n}", f"POST …/expenses, {n} connections") for n in (1, 8, 32, 128)],
        ("one event 32", "the same, 32 connections on one event"),
    ]:
        rate = median[f"{name} rate"]
        table.add_row(
            label,
            f"{rate:,.0f} requests/s",
            f"{median[f'{name} p50']:.2f}",
            f"{median[f'{name} p99']:.2f}",
            f"{rate / peer:.2f} × pgbench",
        )
    for batch in (1, 10, 100, 1_000):
        rate = median[f"door {batch}"]
        table.add_row(
            f"door, batches of {batch:,}",
            f"{rate:,.0f} expenses/s, {rate * TRANSFERS:,.0f} transfers/s",
            "",
            "",
            f"{rate * TRANSFERS / peer:.2f} × pgbench",
        )
    _add_reads(table, median)
    table.add_row("import of a Splitwise file", f"{median['import rows/s']:,.0f} rows/s", "", "", "")
    table.add_row("serve to first answer", f"{median['first answer s']:.2f} s", "", "", "")
    table.add_row(
        "resident, at rest / after load", f"{median['rest MiB']:.0f} / {median['load MiB']:.0f} MiB", "", "", ""
    )
    Console(width=140).print(table)


def _add_reads(table: Table, median: dict[str, float]) -> None:
    for name in ("balances", "positions", "plan"):
        sizes = [size for size in READ_SIZES if f"{name} {size}" in median]
        for size in sizes:
            here = median[f"{name} {size}"]
            beside = f"{here / median[f'{name} {sizes[0]}']:.2f} × at {sizes[0]}"
            table.add_row(f"GET …/{name} at {size:,} expenses", "", f"{here:.2f}", "", beside)


if __name__ == "__main__":
    main()
