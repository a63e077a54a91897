"""Limits are exact, say when to come again, and shut out nobody but whoever tries too much."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import redis
import structlog

from allsquare.features.identity.limits import KNOWN_FOR_S, LOG_EVERY_S, REDIS_PAUSE_S, Limits, TooManyRequests, Windows
from allsquare.features.wire.problems import problem_response

HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"


class Clock:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock) -> Limits:
    return Limits(None, None, clock=clock)


async def refused(limits: Limits, kind: str, *keys: str) -> TooManyRequests:
    with pytest.raises(TooManyRequests) as caught:
        await limits.hit(kind, *keys)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "keys", "amount", "seconds"),
    [
        ("sign_in", (HOME, "asha"), 10, 300),
        ("sign_in", (HOME,), 60, 300),
        ("reset", (HOME, "asha"), 5, 3_600),
        ("reset", (HOME,), 20, 3_600),
        ("sign_up", (HOME,), 20, 3_600),
        ("link", (HOME,), 60, 600),
        ("token", (HOME,), 60, 600),
        ("refused", (HOME,), 120, 60),
    ],
)
async def test_so_many_are_allowed_and_not_one_more_until_the_window_ends(limits, clock, kind, keys, amount, seconds):
    await limits.hit(kind, *keys)
    clock.now += seconds - 1
    for _ in range(amount - 1):
        await limits.hit(kind, *keys)
    error = await refused(limits, kind, *keys)
    assert (error.limit, error.remaining, error.reset_s, error.retry_after_s) == (amount, 0, 1, 1)
    await refused(limits, kind, *keys)
    clock.now += 1
    await limits.hit(kind, *keys)


async def test_a_refusal_says_in_its_headers_when_to_come_again(limits, clock):
    for _ in range(20):
        await limits.hit("sign_up", HOME)
    clock.now += 600
    response = problem_response(await refused(limits, "sign_up", HOME), "x")
    assert response.status_code == 429
    told = {name: value for name, value in response.headers.items() if name.startswith(("ratelimit", "retry"))}
    assert told == {
        "ratelimit-limit": "20",
        "ratelimit-remaining": "0",
        "ratelimit-reset": "3000",
        "retry-after": "3000",
    }


async def test_one_address_cannot_shut_out_an_account_elsewhere(limits):
    for _ in range(10):
        await limits.hit("sign_in", HOME, "asha")
    await refused(limits, "sign_in", HOME, "asha")
    await limits.hit("sign_in", ELSEWHERE, "asha")
    await limits.hit("sign_in", HOME, "ben")


async def test_one_address_cannot_try_accounts_without_end(limits):
    for number in range(60):
        await limits.hit("sign_in", HOME, f"account {number}")
    assert (await refused(limits, "sign_in", HOME, "one more")).limit == 60
    await limits.hit("sign_in", ELSEWHERE, "one more")


async def guess_from_everywhere(limits: Limits, account: str) -> None:
    for number in range(100):
        await limits.hit_as_stranger(f"192.0.2.{number}", account, person=None)


async def stopped(limits: Limits, address: str, account: str, person: str | None = None) -> int:
    with pytest.raises(TooManyRequests) as caught:
        await limits.hit_as_stranger(address, account, person=person)
    return caught.value.limit


async def test_guesses_from_everywhere_are_stopped_but_not_whoever_was_there_before(limits, clock):
    await limits.hit_as_stranger(HOME, "asha's", person="asha")
    clock.now += 3_600
    await guess_from_everywhere(limits, "asha's")
    assert await stopped(limits, ELSEWHERE, "asha's") == 100
    # Nor does the right password tell itself from others where she never was.
    assert await stopped(limits, ELSEWHERE, "asha's", "asha") == 100
    assert await stopped(limits, HOME, "asha's") == 100
    await limits.hit_as_stranger(HOME, "asha's", person="asha")
    await limits.hit_as_stranger(ELSEWHERE, "ben's", person=None)
    clock.now += 3_600
    await limits.hit_as_stranger(ELSEWHERE, "asha's", person="asha")


async def test_who_claims_the_same_address_is_known_only_as_themselves(limits):
    await limits.hit_as_stranger(ELSEWHERE, "asha's", person="squatter")
    for _ in range(99):
        await limits.hit_as_stranger(ELSEWHERE, "asha's", person=None)
    assert await stopped(limits, ELSEWHERE, "asha's") == 100
    assert await stopped(limits, ELSEWHERE, "asha's", "asha") == 100
    await limits.hit_as_stranger(ELSEWHERE, "asha's", person="squatter")


async def test_an_address_is_a_stranger_again_after_a_while(limits, clock):
    await limits.hit_as_stranger(HOME, "asha's", person="asha")
    clock.now += KNOWN_FOR_S
    await guess_from_everywhere(limits, "asha's")
    await stopped(limits, HOME, "asha's", "asha")


async def test_letters_to_one_account_are_few_wherever_they_are_asked_for(limits):
    for number in range(5):
        await limits.hit("reset", f"192.0.2.{number}", "asha")
    assert (await refused(limits, "reset", HOME, "asha")).limit == 5
    await limits.hit("reset", HOME, "ben")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", HOME, True),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("no address", "no address", True),
        ("", HOME, False),
    ],
)
async def test_a_whole_network_of_ipv6_counts_as_one_address(limits, one, other, alike):
    for _ in range(20):
        await limits.hit("sign_up", one)
    if alike:
        await refused(limits, "sign_up", other)
    else:
        await limits.hit("sign_up", other)


async def test_a_factor_multiplies_what_is_allowed(clock):
    limits = Limits(None, None, factor=3, clock=clock)
    for _ in range(60):
        await limits.hit("sign_up", HOME)
    assert (await refused(limits, "sign_up", HOME)).limit == 60


def test_requests_of_one_caller_are_counted_for_a_minute(clock):
    limits, one, other = Limits(None, 3, clock=clock), uuid4(), uuid4()
    for _ in range(3):
        limits.count_request(one)
    clock.now += 20
    with pytest.raises(TooManyRequests) as caught:
        limits.count_request(one)
    assert (caught.value.limit, caught.value.reset_s) == (3, 40)
    limits.count_request(other)
    clock.now += 40
    limits.count_request(one)


def test_requests_are_not_limited_unless_asked_for(limits):
    caller = uuid4()
    for _ in range(5_000):
        limits.count_request(caller)


def test_a_window_never_lasts_longer_than_it_does():
    clock = Clock()
    clock.now = 2011.4003  # which, a minute added and taken away, gives more than a minute
    assert (clock.now + 60) - clock.now > 60
    assert Windows(clock).count(("x",), 60) == (1, 60)


def test_what_ended_is_forgotten_and_what_is_held_is_bounded(clock):
    windows = Windows(clock, most=10)
    for number in range(25):
        windows.count((str(number),), 60)
    assert len(windows._windows[60]) == 10
    assert windows.count(("24",), 60)[0] == 2
    clock.now += 60
    assert windows.count(("24",), 60) == (1, 60)
    assert len(windows._windows[60]) == 1


# Redis ----------------------------------------------------------------------------------------------------------------

PROGRAM = shutil.which("redis-server")
with_redis = pytest.mark.skipif(PROGRAM is None, reason="there is no redis-server on this machine")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[str]:
    """Run a real Redis that keeps nothing."""
    command = [str(PROGRAM), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("Ready to accept connections" in line for line in process.stdout)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.kill()


@with_redis
async def test_processes_share_what_redis_counts(tmp_path):
    with redis_server(tmp_path, free_port()) as url:
        one, other = Limits(url, None), Limits(url, None)
        for _ in range(5):
            await one.hit("sign_in", HOME, "asha")
            await other.hit("sign_in", HOME, "asha")
        for each in (one, other):
            error = await refused(each, "sign_in", HOME, "asha")
            assert (error.limit, error.remaining) == (10, 0)
            assert 290 <= error.reset_s <= 300
        await other.hit_as_stranger(ELSEWHERE, "ben's", person="ben")
        for _ in range(99):
            await one.hit_as_stranger(HOME, "ben's", person=None)
        await stopped(other, HOME, "ben's")
        await one.hit_as_stranger(ELSEWHERE, "ben's", person="ben")
        await one.close()
        await other.close()


@with_redis
async def test_nothing_stays_in_redis_longer_than_it_counts(tmp_path):
    with redis_server(tmp_path, free_port()) as url:
        limits = Limits(url, None)
        await limits.hit("sign_in", HOME, "asha")
        await limits.hit_as_stranger(HOME, "asha", person=None)
        await limits.close()
        with redis.Redis.from_url(url) as client:
            left = sorted(-(-client.ttl(key) // 60) * 60 for key in client.scan_iter())
    assert left == [300, 300, 3_600]


@with_redis
async def test_redis_that_dies_and_comes_back_stops_nobody(tmp_path, clock):
    port = free_port()
    with redis_server(tmp_path, port) as url:
        limits = Limits(url, None, clock=clock)
        await limits.hit("sign_up", HOME)
    for _ in range(20):
        await limits.hit("sign_up", HOME)
    await refused(limits, "sign_up", HOME)
    with redis_server(tmp_path, port):
        clock.now += REDIS_PAUSE_S
        await limits.hit("sign_up", HOME)
    await limits.close()


async def test_without_redis_it_counts_here_and_says_so_once_a_minute(clock):
    limits = Limits(f"redis://127.0.0.1:{free_port()}", None, clock=clock)
    with structlog.testing.capture_logs() as logs:
        for _ in range(20):
            await limits.hit("sign_up", HOME)
            clock.now += REDIS_PAUSE_S if clock.now < 1_000 + LOG_EVERY_S - REDIS_PAUSE_S else 0
        await refused(limits, "sign_up", HOME)
        assert [entry["event"] for entry in logs] == ["Redis cannot be reached, limits are this process's own"]
        clock.now = 1_000 + LOG_EVERY_S
        await refused(limits, "sign_up", HOME)
        assert len(logs) == 2
    assert "127.0.0.1" not in str(logs)
    await limits.close()
