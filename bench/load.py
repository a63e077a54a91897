"""Load one URL with a fixed number of connections that each send, wait for the answer, and send again.

A client of its own, because it must cost little beside the server it measures: raw asyncio protocols over uvloop,
requests laid out beforehand but for the idempotency key. It runs in a process of its own: `python -m bench.load`, told
by one JSON line on standard input what to do, answers with one JSON line of results.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import uvloop


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: `paths` are taken in turn; every request expects `status`."""

    host: str
    port: int
    method: str
    paths: list[str]
    token: str
    body: str
    connections: int
    seconds: float
    status: int = 201


@dataclass(frozen=True, slots=True)
class Result:
    """What came back, in requests a second and milliseconds."""

    requests: int
    rate: float
    p50_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    def __init__(self, run: "_Run") -> None:
        self.run = run
        self.buffer = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.run.next_request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        length_at = self.buffer.find(b"content-length: ") + 16
        length = int(self.buffer[length_at : self.buffer.find(b"\r", length_at)])
        if len(self.buffer) < head_end + 4 + length:
            return
        self.run.answered(self.buffer, time.perf_counter() - self.sent_at)
        self.buffer = b""
        if not self.run.over:
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.run.over:
            self.run.fail(f"the server closed a connection: {error}")


class _Run:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.over = False
        self.counting = False
        self.latencies: list[float] = []
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.expected = f"HTTP/1.1 {load.status} ".encode()
        self.keys = itertools.count()
        self.prefix = os.urandom(6).hex()
        self.heads = itertools.cycle(
            [
                f"{load.method} {path} HTTP/1.1\r\nHost: {load.host}\r\nAuthorization: Bearer {load.token}\r\n"
                "Content-Type: application/json\r\nIdempotency-Key: ".encode()
                for path in load.paths
            ]
        )
        self.tail = f"\r\nContent-Length: {len(load.body.encode())}\r\n\r\n{load.body}".encode()

    def next_request(self) -> bytes:
        return next(self.heads) + b"%s-%d" % (self.prefix.encode(), next(self.keys)) + self.tail

    def answered(self, answer: bytes, seconds: float) -> None:
        if not answer.startswith(self.expected):
            self.fail(answer[:600].decode(errors="replace"))
        elif self.counting:
            self.latencies.append(seconds)

    def fail(self, why: str) -> None:
        self.over = True
        if not self.failure.done():
            self.failure.set_exception(RuntimeError(why))


async def run_load(load: Load, warm_up_s: float = 0.5) -> Result:
    """Send for `seconds` after a short warm-up, and give rate and latencies; an unexpected answer ends it."""
    run = _Run(load)
    loop = asyncio.get_running_loop()
    for _ in range(load.connections):
        await loop.create_connection(lambda: _Connection(run), load.host, load.port)
    await asyncio.wait([run.failure], timeout=warm_up_s)
    run.counting, begun = True, time.perf_counter()
    await asyncio.wait([run.failure], timeout=load.seconds)
    elapsed = time.perf_counter() - begun
    run.over = True
    if run.failure.done():
        run.failure.result()
    ordered = sorted(run.latencies)
    return Result(
        requests=len(ordered),
        rate=len(ordered) / elapsed,
        p50_ms=1000 * ordered[len(ordered) // 2],
        p99_ms=1000 * ordered[len(ordered) * 99 // 100],
    )


def main() -> None:
    """Read what to do, do it, write what came of it."""
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    result = uvloop.run(run_load(Load(**told)))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
