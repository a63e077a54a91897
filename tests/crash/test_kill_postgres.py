"""The application brings its killed PostgreSQL back by itself; meanwhile requests wait or get 503, and none is lost."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.crash.load import Client
from tests.crash.rounds import ROUNDS, SEED, check_all, run_round
from tests.crash.service import POLL_S, START_S, Service

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are found by /proc")

How = Callable[[Service, random.Random], Awaitable[None]]


async def its_main_process(service: Service, chance: random.Random) -> None:
    service.kill_postmaster()


async def all_its_processes(service: Service, chance: random.Random) -> None:
    service.kill_all_of_postgres()


async def one_backend(service: Service, chance: random.Random) -> None:
    """PostgreSQL itself ends the other backends then, and recovers."""
    service.kill_a_backend(chance)


async def all_its_processes_and_again_while_it_recovers(service: Service, chance: random.Random) -> None:
    killed = service.kill_all_of_postgres()
    deadline = time.monotonic() + START_S
    while (back := service.postmaster()) in {None, killed}:
        assert time.monotonic() < deadline, service.last_words()
        await asyncio.sleep(POLL_S)
    assert back is not None
    service.kill_all_of_postgres()


WAYS: tuple[How, ...] = (
    its_main_process,
    all_its_processes,
    one_backend,
    all_its_processes_and_again_while_it_recovers,
)


async def test_nothing_acknowledged_is_lost_or_doubled_when_postgres_is_killed(
    service: Service, client: Client
) -> None:
    rounds = []
    for number in range(ROUNDS // 2):
        how = WAYS[number % len(WAYS)]
        name = f"pg-{SEED}-{number}-{how.__name__}"
        before = service.postmaster()
        rounds.append(await run_round(client, name, lambda how=how, name=name: how(service, random.Random(name))))
        assert service.running, service.last_words()
        assert (service.postmaster() == before) == (how is one_backend)
    await check_all(client, rounds)
    assert service.stop() == 0
    assert service.postmaster() is None
