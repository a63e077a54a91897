"""What the service has acknowledged survives its being killed at any moment, and nothing is recorded twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.crash.load import Client
from tests.crash.rounds import ROUNDS, SEED, check_all, run_round
from tests.crash.service import Service

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are found by /proc")

How = Callable[[Service, random.Random], Awaitable[None]]


async def the_application(service: Service, chance: random.Random) -> None:
    """PostgreSQL lives on, and is found by the next one."""
    service.kill()
    service.start()
    await service.wait_until_ready()


async def the_application_and_again_while_it_starts(service: Service, chance: random.Random) -> None:
    service.kill()
    service.start()
    await asyncio.sleep(chance.random())
    service.kill()
    service.start()
    await service.wait_until_ready()


async def everything_at_once(service: Service, chance: random.Random) -> None:
    """As a power cut does, but for what the operating system had not written yet."""
    service.kill_all_of_postgres()
    service.kill()
    service.start()
    await service.wait_until_ready()


WAYS: tuple[How, ...] = (
    the_application,
    everything_at_once,
    the_application,
    the_application_and_again_while_it_starts,
)


async def test_nothing_acknowledged_is_lost_or_doubled_when_the_application_is_killed(
    service: Service, client: Client
) -> None:
    rounds = []
    for number in range(ROUNDS // 2):
        how = WAYS[number % len(WAYS)]
        name = f"app-{SEED}-{number}-{how.__name__}"
        rounds.append(await run_round(client, name, lambda how=how, name=name: how(service, random.Random(name))))
    await check_all(client, rounds)
    # Kills that met nobody at work would have shown nothing.
    assert sum(len(books.repeated) for books in rounds) >= len(rounds)
    assert service.stop() == 0
    assert service.postmaster() is None
