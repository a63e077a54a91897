"""Stand in front of the service as its next versions would: their worker is another one, and so are their parts."""

import re
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.e2e.browser.service import Service

_OWN = {"connection", "transfer-encoding", "content-length", "date", "server"}
_PART = "/assets/settings-tab-"


class Releases:
    """Take the place of a service for a device.

    Shape: `number` is the release that is served; 0 is the one that was built. Each later one has what looks at the
        settings of an event under a name of its own, and no more what the one before called it.
    """

    def __init__(self, service: Service) -> None:
        self.url = service.url
        self.number = 0
        self._service_port = service.port
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take it away."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        releases = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65_537)
                if self.raw_requestline and self.parse_request():
                    releases.answer(self)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as the service does, but for what a release changes; it has no streams."""
        status, headers, body = self._ask(request)
        if self.number and request.path == "/sw.js":
            text = re.sub(r"shell-[0-9a-z]+", f"shell-next{self.number}", body.decode())
            body = re.sub(r"settings-tab-[\w-]+?\.js", f"settings-tab-next{self.number}.js", text).encode()
        elif self.number and request.path.startswith(_PART):
            fits = request.path == f"{_PART}next{self.number}.js"
            status, body = (200, b"export default () => null") if fits else (404, b"")
            headers = {"Content-Type": "text/javascript"}
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _ask(self, request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        if "text/event-stream" in request.headers.get("Accept", ""):
            return 204, {}, b""
        length = int(request.headers.get("Content-Length") or 0)
        # Neither asked whether it changed nor packed: what a release changes is changed on the way.
        sent = {name: value for name, value in request.headers.items() if name.lower() != "if-none-match"}
        connection = HTTPConnection("127.0.0.1", self._service_port, timeout=60)
        try:
            connection.request(
                request.command, request.path, request.rfile.read(length), {**sent, "Accept-Encoding": "identity"}
            )
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in {*_OWN, "etag"}}
            return answer.status, headers, answer.read()
        finally:
            connection.close()
