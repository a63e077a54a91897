"""Do long work beside the event loop, so that everybody else is still answered."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from allsquare.core.errors import Unavailable

MAX_WAITING = 64
Result = TypeVar("Result")


class PlannerBusy(Unavailable):
    """More plans are being made than this process takes on."""

    code = "plan.busy"
    title = "Too many plans are being made"


class Aside:
    """One thread for what takes long: one at a time, so that the loop always gets its half of the interpreter."""

    def __init__(self) -> None:
        """Begin without a thread; the first work starts it."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do the work in the thread; raises PlannerBusy where too much waits for it already."""
        if self._waiting >= MAX_WAITING:
            detail = f"{self._waiting} plans are waiting to be made. Try again in a moment."
            raise PlannerBusy(detail)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let go of the thread; what is being worked on ends by itself, within its budget."""
        self._thread.shutdown(wait=False, cancel_futures=True)
