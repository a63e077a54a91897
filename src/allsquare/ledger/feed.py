"""Tell listeners within this process that an event has moved; what moved they read from the journal."""

import asyncio
from uuid import UUID


class Feed:
    """Wake whoever listens for an event to move."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listening: dict[UUID, set[asyncio.Future[None]]] = {}
        self._closed = False

    def listen(self, event_id: UUID) -> asyncio.Future[None]:
        """Begin to listen; the future is done once the event moves. Cancel it to stop listening."""
        listener: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        listeners = self._listening.setdefault(event_id, set())
        listeners.add(listener)

        def forget(done: asyncio.Future[None]) -> None:
            listeners.discard(done)
            if not listeners and self._listening.get(event_id) is listeners:
                del self._listening[event_id]

        listener.add_done_callback(forget)
        return listener

    async def wait(self, listener: asyncio.Future[None], *, timeout_s: float) -> None:
        """Wait until the event moves, but not longer: another process may have moved it unheard."""
        if not self._closed:
            await asyncio.wait([listener], timeout=timeout_s)
        listener.cancel()

    def announce(self, event_id: UUID, seq: int) -> None:  # noqa: ARG002  (the journal says what is new)
        """Wake everybody who listens for this event; called after the commit."""
        listeners = self._listening.get(event_id)
        if listeners:
            for listener in listeners:
                if not listener.done():
                    listener.set_result(None)

    @property
    def closed(self) -> bool:
        """Tell whether streams shall end."""
        return self._closed

    def close(self) -> None:
        """Wake everybody for good, so that streams end and the process can stop."""
        self._closed = True
        for event_id in list(self._listening):
            self.announce(event_id, 0)
