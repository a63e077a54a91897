"""Measure what being signed in costs: `POST …/expenses` by the owner's token and by a signed token, in turns.

With `--before FOLDER`, a checkout of an earlier version is measured in the same rounds by its owner's token. It runs in
this environment, on a database of its own.
"""

import argparse
import json
import statistics
import tempfile
import urllib.request
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.__main__ import EVENTS, EXPENSE
from bench.instance import CURRENCY, MEMBERS, Service, own_service, remove_data

CONNECTIONS = 32
PERSON = {"name": "Asha", "email": "asha@example.org", "password": "lantern orbit velvet seven"}
GRANT = {"grant_type": "password", "username": PERSON["email"], "password": PERSON["password"]}


def main() -> None:
    """Measure, and print the medians and their ratios."""
    words = argparse.ArgumentParser(prog="bench.sign_ins", description=__doc__)
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--seconds", type=int, default=4)
    words.add_argument("--before", type=Path, help="a checkout of an earlier version")
    told = words.parse_args()
    rates: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as running:
        now = running.enter_context(own_service(_folder(running), ALLSQUARE_SIGN_UP="open"))
        sides = {"owner's token": (now, _events(now))}
        send(now, "/v1/users", PERSON)
        asha = signed_in(now)
        sides["signed token"] = (asha, _events(asha))
        if told.before:
            before = running.enter_context(own_service(_folder(running), source=told.before))
            sides["owner's token before"] = (before, _events(before))
        for turn in range(told.rounds):
            order = list(sides) if turn % 2 else list(reversed(sides))
            for name in order:
                service, events = sides[name]
                if name == "signed token":
                    service = signed_in(service)
                rates[name].append(service.measure_posts(events, CONNECTIONS, told.seconds, EXPENSE)["rate"])
    base = statistics.median(rates.get("owner's token before") or rates["owner's token"])
    for name, found in rates.items():
        median = statistics.median(found)
        print(f"{name:24}{median:8,.0f} requests/s  {median / base:.2f} ×  (of {min(found):,.0f} to {max(found):,.0f})")


def _folder(running: ExitStack) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="allsquare-bench-"))
    running.callback(remove_data, folder)
    return folder


def send(service: Service, path: str, body: object) -> Any:
    """Send a request of nobody known."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def signed_in(service: Service) -> Service:
    """Give the service as Asha reaches it, with a signed token of now."""
    return replace(service, token=send(service, "/v1/token", GRANT)["access_token"])


def _events(service: Service) -> list[str]:
    members = [{"name": name} for name in MEMBERS]
    body = {"name": "Bench", "currency": CURRENCY, "members": members}
    return [str(service.post("/v1/events", body)["id"]) for _ in range(EVENTS)]


if __name__ == "__main__":
    main()
