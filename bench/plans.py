"""Measure plans: how few payments and how fast beside the usual greedy way, and a service that stays awake meanwhile.

.venv/bin/python -m bench.plans
"""

import heapq
import json
import random
import statistics
import threading
import time
from collections import defaultdict
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from allsquare.core.settle.asking import STRATEGIES
from allsquare.core.settle.plan import PlanRequest
from allsquare.core.settle.plans import Basis, plan_payments
from bench.instance import own_server, own_service

GROUPS = Path(__file__).parents[1] / "tests" / "core" / "data" / "settle_groups.json"
ROUNDS = 3
MEMBERS = 1_000
PAYERS = 40


def main() -> None:
    """Measure, and print."""
    _print_groups(json.loads(GROUPS.read_text()))
    with own_server() as (folder, _), own_service(folder) as service:
        _print_large_event(service)


def plan_greedily(nets: dict[int, int]) -> int:
    """Count the payments when the largest debtor always pays the largest creditor, as most programs do."""
    debtors = [(net, person) for person, net in nets.items() if net < 0]
    creditors = [(-net, person) for person, net in nets.items() if net > 0]
    heapq.heapify(debtors)
    heapq.heapify(creditors)
    count = 0
    while debtors:
        (owes, debtor), (owed, creditor) = heapq.heappop(debtors), heapq.heappop(creditors)
        paid = min(-owes, -owed)
        count += 1
        if owes + paid:
            heapq.heappush(debtors, (owes + paid, debtor))
        if owed + paid:
            heapq.heappush(creditors, (owed + paid, creditor))
    return count


def _print_groups(groups: list[dict]) -> None:
    rows = defaultdict(list)
    for group in groups:
        nets = dict(enumerate(group["nets"], 1))
        times, plan = [], None
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            plan = plan_payments(PlanRequest(strategy="fewest"), Basis(nets={"EUR": nets}))
            times.append(time.perf_counter() - begun)
        ours = len(plan.payments)
        row = (ours, group["best"], plan_greedily(nets), ours == group["best"], plan.optimal, statistics.median(times))
        rows[group["family"]].append(row)
        rows["all"].append(row)
    table = Table(title=f"payments of 60 frozen groups, median of {ROUNDS} rounds each")
    for heading in ("family", "groups", "ours", "best known", "greedy", "at best", "proven", "median ms", "max ms"):
        table.add_column(heading, justify="left" if heading == "family" else "right")
    for family in sorted(rows, key=lambda name: (name == "all", name)):
        ours, best, greedy, at_best, proven, seconds = zip(*rows[family], strict=True)
        median, most = statistics.median(seconds) * 1_000, max(seconds) * 1_000
        counts = (len(ours), sum(ours), sum(best), sum(greedy), sum(at_best), sum(proven))
        table.add_row(family, *map(str, counts), f"{median:.2f}", f"{most:.0f}")
    Console(width=120).print(table)


def _print_large_event(service) -> None:
    http = httpx2.Client(
        base_url=f"http://127.0.0.1:{service.port}", headers={"Authorization": f"Bearer {service.token}"}, timeout=60
    )
    chance = random.Random(11)
    event = _large_event(http, chance)
    table = Table(title=f"an event of {MEMBERS} members and {PAYERS} payers over HTTP, median of {ROUNDS} rounds")
    for heading in ("strategy", "payments", "ms", "health beside it, median ms", "max ms"):
        table.add_column(heading, justify="left" if heading == "strategy" else "right")
    for strategy in STRATEGIES:
        answers, waits = [], []
        for turn in range(ROUNDS):
            # Something new each time, so that no plan is merely kept.
            _spend(http, event, chance, turn)
            plan, seconds, waited = _beside_health(http, f"{event}/plan", {"strategy": strategy})
            answers.append(seconds)
            waits += waited
        median = statistics.median(waits) * 1_000
        table.add_row(
            strategy,
            str(len(plan["payments"])),
            f"{statistics.median(answers) * 1_000:.0f}",
            f"{median:.1f}",
            f"{max(waits) * 1_000:.0f}",
        )
    Console(width=120).print(table)


def _large_event(http: httpx2.Client, chance: random.Random) -> str:
    members = [{"name": f"Member {number}"} for number in range(1, MEMBERS + 1)]
    answer = http.post("/v1/events", json={"name": "Large", "currency": "EUR", "members": members})
    event = f"/v1/events/{answer.raise_for_status().json()['id']}"
    for number in range(1, MEMBERS + 1):
        details = {"bank": f"Bank {number % 7}", "country": ("DE", "FR", "AT")[number % 3]}
        http.patch(f"{event}/members/{number}", json={"payment": details}).raise_for_status()
    costs = [{"bank": {"fixed": "0.20", "per_mille": "1"}, "country": {"fixed": "1.00", "per_mille": "5"}}]
    http.patch(event, json={"settle_by": {"costs": costs}}).raise_for_status()
    for number in range(150):
        _spend(http, event, chance, number)
    return event


def _spend(http: httpx2.Client, event: str, chance: random.Random, number: int) -> None:
    expense = {
        "description": f"Expense {number}",
        "amount": f"{chance.randrange(1_000, 5_000_000) / 100:.2f}",
        "paid_by": chance.randrange(1, PAYERS + 1),
        "split": {
            "type": "equal",
            "among": sorted(chance.sample(range(1, MEMBERS + 1), chance.choice((5, 30, 400, MEMBERS)))),
        },
    }
    http.post(f"{event}/expenses", json=expense).raise_for_status()


def _beside_health(http: httpx2.Client, path: str, query: dict) -> tuple[dict, float, list[float]]:
    """Ask for a plan, and meanwhile for the service's health again and again."""
    done = threading.Event()
    waited: list[float] = []

    def ask() -> None:
        with httpx2.Client(base_url=http.base_url) as beside:
            while not done.is_set():
                begun = time.perf_counter()
                beside.get("/healthz").raise_for_status()
                waited.append(time.perf_counter() - begun)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.05)
    waited.clear()
    begun = time.perf_counter()
    answer = http.get(path, params=query)
    seconds = time.perf_counter() - begun
    done.set()
    thread.join()
    return answer.raise_for_status().json(), seconds, waited


if __name__ == "__main__":
    main()
