"""Limit how often things may be tried: in this process's memory, or in Redis, where several processes share it.

Nobody can lock somebody else out of their account. Sign-ins count tightly by address and account together, so that
whoever guesses shuts out only their own address. By account alone, against guesses from many addresses, they count
loosely, and not where the password was right and its person has signed in from there within 30 days: however many
strangers try, people still get in from where they have been before. An account is what the e-mail address names here,
a person one of those who claim it: who claims another's address is a stranger to them everywhere.
"""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple
from uuid import UUID

import limits
import structlog
from limits.aio.storage import RedisStorage

from allsquare.core.errors import Limited

log = structlog.get_logger()
WINDOW_S = 60
REDIS_WAIT_S = 1
"""How long an answer of Redis is waited for."""

REDIS_PAUSE_S = 5
"""How long Redis is left alone after it failed, so that not everybody waits for it."""

LOG_EVERY_S = 60
KNOWN_FOR_S = 30 * 86_400
MAX_COUNTED = 100_000
"""How many keys are counted in memory at once; beyond, the oldest are forgotten."""


class Left(NamedTuple):
    """How much of a limit is left, and in how many seconds it begins anew."""

    limit: int
    remaining: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """Write it as answers tell it.

        Source: the first drafts of draft-ietf-httpapi-ratelimit-headers, which clients know best.
        """
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


_left: ContextVar[Left | None] = ContextVar("left", default=None)


def begin_request() -> None:
    """Forget what was counted before this request, which may follow another on its connection."""
    _left.set(None)


def left_after_request() -> Left | None:
    """Tell of the limit that this request came closest to; None where it was counted nowhere."""
    return _left.get()


def _count_for_request(limit: int, count: int, reset_s: int) -> None:
    known = _left.get()
    remaining = max(0, limit - count)
    if known is None or remaining < known.remaining:
        _left.set(Left(limit, remaining, reset_s))


class TooManyRequests(Limited):
    """More was tried in a while than is allowed."""

    code = "limit.exceeded"
    title = "Too many requests"
    remaining = 0

    def __init__(self, detail: str, *, limit: int, reset_s: int) -> None:
        """Say how many are allowed, and in how many seconds it may be tried again."""
        super().__init__(detail, expected=f"at most {limit}")
        self.limit, self.reset_s, self.retry_after_s = limit, reset_s, reset_s
        self.headers = {**Left(limit, 0, reset_s).headers, "Retry-After": str(reset_s)}


class Rule(NamedTuple):
    """So many in so many seconds for each value of those keys, which are counted from 0."""

    amount: int
    seconds: int
    keys: tuple[int, ...]


RULES: Mapping[str, tuple[Rule, ...]] = {
    "sign_in": (Rule(10, 300, (0, 1)), Rule(60, 300, (0,))),
    "stranger": (Rule(100, 3_600, (1,)),),
    # By account too, for each one sends a letter; those already sent stay good, so nobody is kept from resetting.
    "reset": (Rule(20, 3_600, (0,)), Rule(5, 3_600, (1,))),
    "sign_up": (Rule(20, 3_600, (0,)),),
    "link": (Rule(60, 600, (0,)),),
    "token": (Rule(60, 600, (0,)),),
    # Each reads all events of a user and packs them.
    "export": (Rule(10, 3_600, (1,)),),
    "refused": (Rule(120, 60, (0,)),),
}
"""What is limited: the first key is always an address, the second an account."""


class Windows:
    """Counts in memory: a key's window begins with its first count.

    Shape: not the memory of `limits`, which walks over all it holds at every count (17 ms each at 100,000 keys, which
    anybody could bring about; this takes 0.8 µs).
    """

    def __init__(self, clock: Callable[[], float], *, most: int = MAX_COUNTED) -> None:
        """Begin with nothing; `clock` gives seconds, `most` keys are held for each length of window."""
        self._clock, self._most = clock, most
        # By length of window: within one, what began first ends first.
        self._windows: dict[int, dict[tuple[str, ...], tuple[int, float]]] = {}

    def count(self, key: tuple[str, ...], seconds: int) -> tuple[int, int]:
        """Count one more; gives how many there are, and in how many seconds the window ends."""
        now = self._clock()
        windows = self._windows.setdefault(seconds, {})
        while windows:
            first = next(iter(windows))
            if windows[first][1] > now and len(windows) < self._most:
                break
            del windows[first]
        count, ends = windows.get(key, (0, now + seconds))
        windows[key] = count + 1, ends
        return count + 1, _whole(ends - now, seconds)

    def holds(self, key: tuple[str, ...], seconds: int) -> bool:
        """Tell whether a key was counted within its window."""
        found = self._windows.get(seconds, {}).get(key)
        return found is not None and found[1] > self._clock()


class Limits:
    """Counts what is tried; what is `told` goes with the answer."""

    def __init__(
        self,
        redis_url: str | None,
        request_limit: int | None,
        *,
        factor: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Count in Redis where there is one; `request_limit` is how many requests a minute a caller may send.

        Shape: `factor` multiplies every rule, for whoever serves a whole school from one address.
        """
        self._clock = clock
        self._memory = Windows(clock)
        self._redis = None if redis_url is None else _Redis(redis_url, clock)
        self._request_limit = request_limit
        self._factor = factor
        self._ends = clock()
        self._requests: dict[UUID, int] = {}

    async def hit(self, kind: str, *keys: str, told: bool = True) -> None:
        """Count one attempt; raises TooManyRequests where it is one too many.

        Shape: keys are an address, then an account where there is one (its blind index, never an e-mail); a whole
        IPv6 network of /64 counts as one address, for it is what one household or server is given.
        """
        named = (_place_of(keys[0]), *keys[1:])
        for rule in RULES[kind]:
            if max(rule.keys) >= len(named):
                continue
            amount = rule.amount * self._factor
            count, reset_s = await self._count((kind, *[named[key] for key in rule.keys]), rule.seconds)
            if told and 0 in rule.keys:
                # What others tried from elsewhere is told to nobody.
                _count_for_request(amount, count, reset_s)
            if count > amount:
                detail = f"That was tried more than {amount} times. Try again in {reset_s} seconds."
                raise TooManyRequests(detail, limit=amount, reset_s=reset_s)

    async def hit_as_stranger(self, address: str, account: str, *, person: str | None) -> None:
        """Count a password that was tried, unless it was right and its person has been at this address before.

        Ensures: who was let in is known at this address from now on, so that strangers cannot shut them out there.
        Raises: TooManyRequests.
        """
        if person is None or not await self._knows(address, person):
            await self.hit("stranger", address, account)
        if person is not None:
            await self._count(("known", _place_of(address), person), KNOWN_FOR_S)

    def count_request(self, caller_id: UUID) -> None:
        """Count a request of somebody known, in this process; raises TooManyRequests.

        Shape: always in memory and without waiting, because every request passes here (0.3 µs).
        """
        limit = self._request_limit
        if limit is None:
            return
        now = self._clock()
        if now >= self._ends:
            self._ends, self._requests = now + WINDOW_S, {}
        count = self._requests.get(caller_id, 0) + 1
        reset_s = _whole(self._ends - now, WINDOW_S)
        _count_for_request(limit, count, reset_s)
        if count > limit:
            detail = f"At most {limit} requests a minute are taken from one caller. Try again in {reset_s} seconds."
            raise TooManyRequests(detail, limit=limit, reset_s=reset_s)
        self._requests[caller_id] = count

    async def close(self) -> None:
        """Let go of Redis."""
        if self._redis is not None:
            await self._redis.close()

    async def _knows(self, address: str, person: str) -> bool:
        key = ("known", _place_of(address), person)
        if self._memory.holds(key, KNOWN_FOR_S):
            return True
        return self._redis is not None and bool(await self._redis.find(key, KNOWN_FOR_S))

    async def _count(self, key: tuple[str, ...], seconds: int) -> tuple[int, int]:
        shared = None if self._redis is None else await self._redis.count(key, seconds)
        return shared or self._memory.count(key, seconds)


class _Redis:
    """Counts in Redis, by `limits`; gives None where it cannot be reached, so that people can still sign in."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._storage = RedisStorage(f"async+{url}", implementation="redispy", socket_connect_timeout=REDIS_WAIT_S)
        self._silent_until = self._quiet_until = clock()

    async def count(self, key: tuple[str, ...], seconds: int) -> tuple[int, int] | None:
        return await self._ask(key, seconds, counting=True)

    async def find(self, key: tuple[str, ...], seconds: int) -> bool:
        found = await self._ask(key, seconds, counting=False)
        return found is not None and found[0] > 0

    async def close(self) -> None:
        bridge: Any = self._storage.bridge  # whose type says nothing of the client it holds
        await bridge.get_connection().aclose()

    async def _ask(self, key: tuple[str, ...], seconds: int, *, counting: bool) -> tuple[int, int] | None:
        now = self._clock()
        if now < self._silent_until:
            return None
        # How many are allowed is not asked: `limits` is told of one, and its counter is read.
        named = limits.RateLimitItemPerSecond(1, seconds).key_for(*key)
        try:
            async with asyncio.timeout(REDIS_WAIT_S):
                count = await (self._storage.incr(named, seconds) if counting else self._storage.get(named))
                ends = await self._storage.get_expiry(named)
        except Exception as error:  # tidy: boundary whatever Redis has, people must be able to sign in
            self._silent_until = now + REDIS_PAUSE_S
            if now >= self._quiet_until:
                self._quiet_until = now + LOG_EVERY_S
                log.warning("Redis cannot be reached, limits are this process's own", error=type(error).__name__)
            return None
        return count, _whole(ends - time.time(), seconds)


def _place_of(address: str) -> str:
    """Give what counts as one address: IPv4 as it is, of IPv6 the network of /64; what is neither as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(parsed) >> 64 << 64))


def _whole(seconds: float, most: int) -> int:
    """Round up to whole seconds: at least one, and at most the whole window, which a float may miss by a little."""
    return min(most, max(1, int(-(-seconds // 1))))
