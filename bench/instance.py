"""Start what is measured: an own data directory, the embedded server, and `allsquare serve` as users run it."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from allsquare.core.access import overseer
from allsquare.core.commands import Command, CreateEvent, RecordExpense
from allsquare.core.commands.expenses import ExpenseDraft
from allsquare.core.split import Equal, Part
from allsquare.features.wire.ids import new_id
from allsquare.ledger.poster import Job, Poster
from allsquare.pg import embedded
from allsquare.pg.pool import open_pool
from bench.load import Load

MEMBERS = ("Asha", "Ben", "Chen", "Dia", "Eli")
CURRENCY = "EUR"


@contextmanager
def own_server() -> Iterator[tuple[Path, embedded.Server]]:
    """Run an embedded server in a folder of its own, and remove all of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="allsquare-bench-"))
    try:
        with embedded.running(folder) as server:
            yield folder, server
    finally:
        remove_data(folder)


def remove_data(folder: Path) -> None:
    """Remove a data directory and its cluster, which stands elsewhere where root started it."""
    status = embedded.status(folder)
    if status.cluster_dir is not None:
        shutil.rmtree(status.cluster_dir.parent, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Service:
    """A running `allsquare serve`; `first_answer_s` is the time from its start to the first answer."""

    process: subprocess.Popen[bytes]
    port: int
    token: str
    first_answer_s: float

    def post(self, path: str, body: object) -> Any:
        """Send one request, the plain way."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.load(answer)

    def new_event(self) -> str:
        """Make an event of five."""
        members = [{"name": name} for name in MEMBERS]
        return str(self.post("/v1/events", {"name": "Bench", "currency": CURRENCY, "members": members})["id"])

    def measure_posts(self, events: list[str], connections: int, seconds: int, expense: object) -> dict[str, float]:
        """Record the same expense in these events in turn, over so many connections at once; gives what was seen."""
        load = Load(
            host="127.0.0.1",
            port=self.port,
            method="POST",
            paths=[f"/v1/events/{event_id}/expenses" for event_id in events],
            token=self.token,
            body=json.dumps(expense),
            connections=connections,
            seconds=seconds,
        )
        answer = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(asdict(load)) + "\n",
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise RuntimeError(answer.stderr)
        found: dict[str, float] = json.loads(answer.stdout)
        return found

    def resident_mib(self) -> float:
        """Read how much memory the process holds, without the PostgreSQL beside it."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def own_service(folder: Path, *, source: Path | None = None, **settings: str) -> Iterator[Service]:
    """Run `allsquare serve` on a free port over this data directory, of another checkout where `source` says so."""
    port = _free_port()
    environment = {**os.environ, **settings, "ALLSQUARE_DATA_DIR": str(folder), "ALLSQUARE_PORT": str(port)}
    if source is not None:
        environment["PYTHONPATH"] = str(source / "src")
    for name in ("ALLSQUARE_DATABASE_URL", "ALLSQUARE_HOST", "ALLSQUARE_LOG_LEVEL"):
        environment.pop(name, None)
    begun = time.perf_counter()
    start = [sys.executable, "-c", "from allsquare.edges.cli.main import main; main()", "serve"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(start, env=environment, stdout=log, stderr=log)
    try:
        _await_answer(port, process)
        waited = time.perf_counter() - begun
        token = (folder / "owner.token").read_text().strip()
        yield Service(process, port, token, waited)
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.perf_counter() > deadline:
                message = "allsquare serve does not answer"
                raise RuntimeError(message) from None
            time.sleep(0.01)


class Door:
    """The door without HTTP: a poster in this process."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Post over a pool."""
        self.pool = pool
        self.poster = Poster(pool)
        self.actor = new_id()
        self.poster.start()

    async def new_event(self) -> UUID:
        """Make an event of five."""
        event_id = new_id()
        await self.poster.submit(self.job(event_id, CreateEvent("Bench", "trip", CURRENCY, MEMBERS)))
        return event_id

    def job(self, event_id: UUID, command: Command) -> Job:
        """Wrap a command as a request without a key would be."""
        return Job(event_id=event_id, command_id=new_id(), actor=overseer(self.actor), command=command, keyed=False)

    async def record(self, event_id: UUID, count: int) -> None:
        """Record equal expenses of five, all waiting at once."""
        futures = [self.poster.submit(self.job(event_id, RecordExpense(new_id(), DRAFT))) for _ in range(count)]
        await asyncio.gather(*futures)

    async def close(self) -> None:
        """Stop posting."""
        await self.poster.close()
        await self.pool.close()


DRAFT = ExpenseDraft(
    description="Dinner", amount_minor=240_001, currency=CURRENCY, paid=(Part(1, 240_001),), split=Equal()
)


async def open_door(server: embedded.Server) -> Door:
    """Open the door over a server."""
    return Door(await open_pool(server.app_url))
