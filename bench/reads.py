"""Measure reads of events with few and with many expenses: they should cost the same."""

import statistics
import time
import urllib.request

from rich.console import Console

from bench.instance import Door, Service

READ_SIZES = (100, 10_000, 100_000)
REPEATS = 200


async def fill_events(door: Door, sizes: tuple[int, ...], console: Console) -> dict[int, str]:
    """Make one event for each size, with so many expenses."""
    filled = {}
    for size in sizes:
        console.print(f"filling an event with {size:,} expenses", style="dim")
        event_id = await door.new_event()
        for _ in range(0, size, 100):
            await door.record(event_id, 100)
        filled[size] = str(event_id)
    return filled


def measure_reads(service: Service, event_id: str) -> dict[str, float]:
    """Measure each read: the median in milliseconds of many, one after the other."""
    return {name: _measure(service, f"/v1/events/{event_id}/{name}") for name in ("balances", "positions", "plan")}


def _measure(service: Service, path: str) -> float:
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}{path}", headers={"Authorization": f"Bearer {service.token}"}
    )
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            answer.read()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)
