"""Stand between a pool and PostgreSQL, and cut a connection just where it hurts: above all, around COMMIT.

The proxy listens on a unix socket of its own, understands as much of PostgreSQL's protocol as it takes to see a COMMIT
go by, and passes everything else through as it is.
"""

import asyncio
import enum
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

SOCKET_NAME = ".s.PGSQL.5432"
CHUNK = 65_536

_COMMIT = b"Q" + struct.pack("!i", 11) + b"COMMIT\0"
_COMMITTED = b"C" + struct.pack("!i", 11) + b"COMMIT\0"
_READY_AND_IDLE = b"Z" + struct.pack("!i", 5) + b"I"
_BEGUN = b"Z" + struct.pack("!i", 5) + b"T"
_LAST_WORDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"


class Cut(enum.Enum):
    """Where a connection is cut."""

    WITHIN_A_STATEMENT = "half of an answer in the middle of the transaction arrives"
    BEFORE_COMMIT = "COMMIT never reaches the server"
    AS_COMMIT_IS_SENT = "COMMIT is on its way to the server, whose answer nobody waits for"
    AFTER_COMMIT = "the server has committed, its answer is lost"
    WITHIN_THE_ANSWER = "the server has committed, half of its answer arrives"
    STALLED_BEFORE_COMMIT = "nothing moves for a while, then all is lost, COMMIT too"
    STALLED_AFTER_COMMIT = "nothing moves for a while, then the answer to COMMIT is lost"


STALLS = {Cut.STALLED_BEFORE_COMMIT, Cut.STALLED_AFTER_COMMIT}
COMMITTED = {Cut.AFTER_COMMIT, Cut.WITHIN_THE_ANSWER, Cut.STALLED_AFTER_COMMIT}
"""The cuts after which it is certain that the server has committed."""


class FaultProxy:
    """Passes everything through, but for the cuts it was told of: each meets one transaction, in their order."""

    def __init__(self, url: str, folder: Path) -> None:
        self._upstream = url
        self._folder = folder
        self._armed: deque[Cut] = deque()
        self._server: asyncio.Server | None = None
        self._links: dict[_Link, asyncio.Task[None]] = {}
        self.cuts: list[Cut] = []
        """What has happened so far."""
        self.stalled = asyncio.Event()
        """Set while a connection stands still."""
        self._go_on = asyncio.Event()
        self._leaving = False

    @property
    def url(self) -> str:
        """The upstream's URL, led through here."""
        parts = urlsplit(self._upstream)
        login = parts.netloc.rpartition("@")[0]
        query = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"host", "port"}]
        query.append(("host", str(self._folder)))
        options = "&".join(f"{name}={quote(value, safe='/')}" for name, value in query)
        return urlunsplit(parts._replace(netloc=f"{login}@", query=options))

    def arm(self, *cuts: Cut, then_leave: bool = False) -> None:
        """Let the next transactions meet these, one each; with the last of them the server may be gone altogether."""
        self._armed.extend(cuts)
        self._leaving = then_leave
        self._go_on.clear()

    def cut_the_stalled(self) -> None:
        """End the connection that stands still."""
        self.stalled.clear()
        self._go_on.set()

    async def come_back(self) -> None:
        """Listen; connections are accepted from now on."""
        self._server = await asyncio.start_unix_server(self._accept, self._folder / SOCKET_NAME)

    def leave(self) -> None:
        """Cut every connection and accept none, as a server that is down."""
        if self._server is not None:
            self._server.close()
            (self._folder / SOCKET_NAME).unlink(missing_ok=True)
            self._server = None
        self.cut_all()

    def cut_all(self) -> None:
        """Cut every connection, at whatever it is; new ones are welcome."""
        for link in list(self._links):
            link.cut()

    async def close(self) -> None:
        """Leave for good."""
        self.leave()
        await asyncio.gather(*self._links.values(), return_exceptions=True)

    def speak_last_words(self, *, then_end_after_s: float) -> None:
        """Say FATAL on every idle connection, as a backend does that is told to end, and end it a moment later."""
        for link in list(self._links):
            link.client.write(b"E" + struct.pack("!i", len(_LAST_WORDS) + 4) + _LAST_WORDS)
            asyncio.get_running_loop().call_later(then_end_after_s, link.cut)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, writer, server_writer)
        task = asyncio.current_task()
        assert task is not None
        self._links[link] = task
        try:
            await link.run(reader, server_reader)
            if link.met is not None and self._leaving and not self._armed:
                # Before the client hears of the cut: it would be back at once.
                self.leave()
        finally:
            link.cut()
            del self._links[link]

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self._upstream)
        folder = dict(parse_qsl(parts.query)).get("host")
        if folder is not None and folder.startswith("/"):
            return await asyncio.open_unix_connection(Path(folder) / SOCKET_NAME)
        return await asyncio.open_connection(parts.hostname or folder or "localhost", parts.port or 5432)

    def next_cut(self, *, at_commit: bool) -> Cut | None:
        """Say what the BEGIN or COMMIT that is going by shall meet."""
        if not self._armed or at_commit == (self._armed[0] is Cut.WITHIN_A_STATEMENT):
            return None
        self.cuts.append(self._armed.popleft())
        return self.cuts[-1]

    async def stall(self) -> None:
        """Stand still until told to cut."""
        self.stalled.set()
        await self._go_on.wait()


class _Link:
    """One client's connection, and ours to the server on its behalf."""

    def __init__(self, proxy: FaultProxy, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.met: Cut | None = None
        self._proxy = proxy
        self._answer = b""

    def cut(self) -> None:
        """End both sides at once, with nothing more said."""
        self.client.transport.abort()
        self.server.transport.abort()

    async def run(self, from_client: asyncio.StreamReader, from_server: asyncio.StreamReader) -> None:
        """Pass on what comes, in both directions, until either side is gone or the connection was cut."""
        ways = [asyncio.create_task(self._requests(from_client)), asyncio.create_task(self._answers(from_server))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _requests(self, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            self.server.write(await _start_up(reader))
            while True:
                message = await _message(reader)
                if message.startswith(b"Q") and message[5:].startswith(b"BEGIN "):
                    self.met = self._proxy.next_cut(at_commit=False)
                elif message == _COMMIT and not await self._pass_commit():
                    return
                self.server.write(message)
                await self.server.drain()
                if self.met is Cut.AS_COMMIT_IS_SENT:
                    return

    async def _pass_commit(self) -> bool:
        """Tell whether a COMMIT may go on to the server."""
        self.met = self._proxy.next_cut(at_commit=True)
        if self.met is Cut.STALLED_BEFORE_COMMIT:
            await self._proxy.stall()
        return self.met not in {Cut.BEFORE_COMMIT, Cut.STALLED_BEFORE_COMMIT}

    async def _answers(self, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(CHUNK):
                if self.met is None:
                    self.client.write(chunk)
                    await self.client.drain()
                elif self.met is Cut.WITHIN_A_STATEMENT:
                    begun = chunk.endswith(_BEGUN) and not self._answer
                    self._answer = chunk if begun else chunk[: len(chunk) // 2]
                    self.client.write(self._answer)
                    await self.client.drain()
                    if not begun:
                        return
                elif self.met in COMMITTED:
                    self._answer += chunk
                    if self._answer == _COMMITTED + _READY_AND_IDLE:
                        await self._lose_the_answer(self.met)
                        return

    async def _lose_the_answer(self, cut: Cut) -> None:
        if cut is Cut.STALLED_AFTER_COMMIT:
            await self._proxy.stall()
        if cut is Cut.WITHIN_THE_ANSWER:
            self.client.write(self._answer[: len(self._answer) // 2])
            await self.client.drain()


async def _start_up(reader: asyncio.StreamReader) -> bytes:
    """Read the first message, which alone has no type."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(int.from_bytes(length) - 4)


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(5)
    return head + await reader.readexactly(int.from_bytes(head[1:]) - 4)


@asynccontextmanager
async def fault_proxy(url: str, folder: Path) -> AsyncIterator[FaultProxy]:
    """Run a proxy to the server of this URL, listening in this folder."""
    proxy = FaultProxy(url, folder)
    await proxy.come_back()
    try:
        yield proxy
    finally:
        await proxy.close()
