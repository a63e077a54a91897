"""Run the peer: pgbench's TPC-B-like transactions, prepared, on the same server, in a database of its own."""

import asyncio
import re
import subprocess

import asyncpg

from allsquare.pg import embedded

SCALE = 32
"""One branch row per client at the most clients measured, as pgbench's manual asks for."""


def prepare_pgbench(server: embedded.Server) -> None:
    """Make pgbench's database."""
    asyncio.run(_create_database(server))
    _run(server, "--initialize", "--quiet", f"--scale={SCALE}")


def measure_pgbench(server: embedded.Server, *, clients: int, seconds: int) -> float:
    """Measure TPC-B-like transactions a second."""
    said = _run(
        server,
        "--protocol=prepared",
        "--no-vacuum",
        f"--client={clients}",
        f"--jobs={min(clients, 2)}",
        f"--time={seconds}",
    )
    found = re.search(r"tps = ([0-9.]+) \(without", said)
    if found is None:
        message = f"pgbench said nothing of its speed: {said}"
        raise RuntimeError(message)
    return float(found[1])


async def _create_database(server: embedded.Server) -> None:
    connection = await asyncpg.connect(server.superuser_url)
    await connection.execute("DROP DATABASE IF EXISTS pgbench")
    await connection.execute("CREATE DATABASE pgbench")
    await connection.close()


def _run(server: embedded.Server, *words: str) -> str:
    address = ["--host", str(server.socket_dir), "--username", "postgres"]
    return subprocess.run(
        [str(server.bin_dir / "pgbench"), *address, *words, "pgbench"],
        env={"PGPASSWORD": server.superuser_password},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
