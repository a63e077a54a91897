"""Run the real service for browsers: it can be killed, and comes back under the same address."""

import signal
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.cli_helpers import DEADLINE_S, Served, serving


class Service:
    """`allsquare serve` on a port and a data directory of its own; anybody may sign up, as often as they like."""

    def __init__(self, data_dir: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        # A name and no number: passkeys are for names only.
        self.url = f"http://localhost:{self.port}"
        self.data_dir = data_dir
        self._stack = ExitStack()
        self.served: Served

    def start(self) -> None:
        """Start it, for the first time or again."""
        settings = {
            "ALLSQUARE_PUBLIC_URL": self.url,
            "ALLSQUARE_SIGN_UP": "open",
            "ALLSQUARE_LIMIT_FACTOR": "100000",
        }
        self.served = self._stack.enter_context(serving(self.data_dir, "--port", str(self.port), **settings))

    def kill(self) -> None:
        """End it as a power cut would."""
        self.served.process.kill()
        self.served.process.wait(DEADLINE_S)

    def stop(self) -> None:
        """End it in good order, as an update would."""
        assert self.served.end(signal.SIGTERM) == 0

    def close(self) -> None:
        """Take it away."""
        self._stack.close()

    def was_calm(self) -> bool:
        """Tell whether nothing failed inside it."""
        return "Traceback" not in self.data_dir.with_name(f"{self.data_dir.name}.log").read_text()
