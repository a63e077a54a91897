"""Limit how often things may be tried: in this process's memory, or in Redis, where several processes share it.

Nobody can lock somebody else out: what counts against an account counts together with the address it comes from.
"""

import time
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import limits
import structlog
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter

from allsquare.core.errors import Limited

log = structlog.get_logger()
WINDOW_S = 60
LOG_EVERY_S = 60


class TooManyRequests(Limited):
    """More was tried in a while than is allowed."""

    code = "limit.exceeded"
    title = "Too many requests"

    def __init__(self, detail: str, *, limit: int, reset_s: int) -> None:
        """Say how many are allowed, and in how many seconds it may be tried again."""
        super().__init__(detail, expected=f"at most {limit}")
        self.headers = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": str(reset_s),
            "Retry-After": str(reset_s),
        }


class Rule(NamedTuple):
    """So many in so many seconds for each value of those keys, which are counted from 0."""

    amount: int
    seconds: int
    keys: tuple[int, ...]


RULES: Mapping[str, tuple[Rule, ...]] = {
    # By address and account: a stranger elsewhere who tries another's account only locks themselves out.
    "sign_in": (Rule(10, 300, (0, 1)), Rule(60, 300, (0,))),
    # By account too, for each one sends a letter to whoever has that address.
    "reset": (Rule(20, 3_600, (0,)), Rule(5, 3_600, (1,))),
    "sign_up": (Rule(20, 3_600, (0,)),),
    "link": (Rule(60, 600, (0,)),),
    "token": (Rule(60, 600, (0,)),),
    "refused": (Rule(120, 60, (0,)),),
}
"""What is limited: the first key is always an address, the second an account."""


class Limits:
    """Counts what is tried."""

    def __init__(self, redis_url: str | None, request_limit: int | None, *, factor: int = 1) -> None:
        """Count in Redis where there is one; `request_limit` is how many requests a minute a caller may send.

        Shape: `factor` multiplies every rule, for whoever serves a whole school from one address.
        """
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._shared = None
        if redis_url is not None:
            self._shared = FixedWindowRateLimiter(RedisStorage(f"async+{redis_url}", implementation="redispy"))
        self._request_limit = request_limit
        self._factor = factor
        self._window = 0
        self._requests: dict[UUID, int] = {}
        self._logged = -LOG_EVERY_S

    async def hit(self, kind: str, *keys: str) -> None:
        """Count one attempt; raises TooManyRequests where it is one too many."""
        for rule in RULES[kind]:
            if max(rule.keys) >= len(keys):
                continue
            amount = rule.amount * self._factor
            item = limits.RateLimitItemPerSecond(amount, rule.seconds)
            named = (kind, *[keys[key] for key in rule.keys])
            limiter, counted = await self._count(item, named)
            if not counted:
                reset = await limiter.get_window_stats(item, *named)
                reset_s = max(1, int(reset.reset_time) - int(time.time()))
                detail = f"That was tried more than {amount} times. Try again in {reset_s} seconds."
                raise TooManyRequests(detail, limit=amount, reset_s=reset_s)

    async def _count(self, item: limits.RateLimitItem, named: tuple[str, ...]) -> tuple[FixedWindowRateLimiter, bool]:
        if self._shared is not None:
            try:
                return self._shared, await self._shared.hit(item, *named)
            except Exception as error:  # tidy: boundary whatever Redis has, people must be able to sign in
                if time.monotonic() - self._logged > LOG_EVERY_S:
                    self._logged = int(time.monotonic())
                    log.warning("Redis cannot be reached, limits are this process's own", error=type(error).__name__)
        return self._memory, await self._memory.hit(item, *named)

    def count_request(self, caller_id: UUID) -> None:
        """Count a request of somebody known, in this process; raises TooManyRequests.

        Shape: always in memory and without waiting, because every request passes here.
        """
        limit = self._request_limit
        if limit is None:
            return
        now = int(time.monotonic())
        if now - self._window >= WINDOW_S:
            self._window, self._requests = now, {}
        count = self._requests.get(caller_id, 0) + 1
        if count > limit:
            reset_s = max(1, self._window + WINDOW_S - now)
            detail = f"At most {limit} requests a minute are taken from one caller. Try again in {reset_s} seconds."
            raise TooManyRequests(detail, limit=limit, reset_s=reset_s)
        self._requests[caller_id] = count
