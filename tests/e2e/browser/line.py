"""Be the network between one device and the service, so that it can fail as networks do.

Chromium's own "offline" lets streams that are open go on; here everything under way is cut. The device speaks SOCKS to
it, so that the address in its pages stays that of the service; whatever else it asks for leads to the service too, and
never out of this machine.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Literal, TypeVar

Result = TypeVar("Result")
State = Literal["open", "cut", "mute"]

_CHUNK = 65_536
_NO_LOGIN, _GRANTED, _REFUSED = b"\x05\x00", b"\x05\x00\x00\x01" + bytes(6), b"\x05\x05\x00\x01" + bytes(6)


class Line:
    """A line to a port of this machine.

    Shape: `open`, `cut`, or `mute`: requests arrive, and their answers are lost.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._state: State = "open"
        self._open: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.proxy = f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def become(self, state: State) -> None:
        """Change what happens to what is sent from now on; what was under way is cut."""
        self._run(self._become(state))

    def close(self) -> None:
        """Take it away."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _become(self, state: State) -> None:
        self._state = state
        for writer in self._open:
            writer.transport.abort()

    async def _close(self) -> None:
        self._server.close()
        await self._become("cut")
        if self._carrying:
            await asyncio.wait(self._carrying)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        self._open.add(writer)
        try:
            await self._connect(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one end hung up, as they may at any moment
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_greeting(reader, writer)
        if self._state == "cut":
            return
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.write(_REFUSED)
            await writer.drain()
            return
        self._open.add(onward)
        try:
            writer.write(_GRANTED)
            ways = [asyncio.ensure_future(self._pump(reader, onward)), asyncio.ensure_future(self._pump(there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
        finally:
            self._open.discard(onward)
            onward.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while chunk := await source.read(_CHUNK):
                if self._state == "open" or target.get_extra_info("peername")[1] == self._port:
                    target.write(chunk)
                    await target.drain()
        except OSError:
            pass  # cut, by us or by either end


async def _read_greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hear the device say how it logs in and where it wants to go; it need not log in, and gets where we lead."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(_NO_LOGIN)
    kind = (await reader.readexactly(4))[3]
    length = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
    await reader.readexactly(length + 2)
