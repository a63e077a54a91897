"""People in front of browsers: each with a device of their own, on which nothing may go wrong unnoticed."""

import re
from typing import Any

from playwright.sync_api import Browser, CDPSession, ConsoleMessage, Page, Request, Response

from tests.e2e.browser.line import Line
from tests.e2e.browser.service import Service

TIMEOUT_MS = 15_000
LOUD = {"error", "warning", "assert"}
ASKED_WHO_IT_IS = r"^401 GET /v1/users/me$"
"""What everybody's first page asks; that nobody is signed in is an answer."""


class Person:
    """Somebody with a browser of their own.

    Shape: `troubles` are lines such as `409 PUT /v1/events/…`, `failed GET /v1/… net::ERR_…`, `console error: …`,
        `uncaught: …` and `elsewhere https://…`; each that no `expect` foresees fails the test at its end.
    """

    def __init__(self, name: str, browser: Browser, service: Service, **options: Any) -> None:
        self.name = name
        self.troubles: list[str] = []
        self._expected = [ASKED_WHO_IT_IS]
        self._url = service.url
        self._line = Line(service.port)
        self.context = context = browser.new_context(
            base_url=service.url, proxy={"server": self._line.proxy}, **_describe(**options)
        )
        context.set_default_timeout(TIMEOUT_MS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.troubles.append(f"uncaught: {error.error}"))
        context.on("request", self._on_request)
        context.on("requestfailed", self._on_failure)
        context.on("response", self._on_response)
        context.on("serviceworker", lambda worker: worker.on("console", self._on_console))
        self.page: Page = context.new_page()

    def open(self, path: str = "/") -> Page:
        """Open a path of the service."""
        self.page.goto(path)
        return self.page

    def expect(self, *patterns: str) -> None:
        """Say which troubles belong to the test, before or after they come, by patterns found in their lines."""
        self._expected.extend(patterns)

    def unexpected(self) -> list[str]:
        """Give the troubles that nobody foresaw."""
        return [each for each in self.troubles if not any(re.search(pattern, each) for pattern in self._expected)]

    def go_offline(self) -> None:
        """Cut the network and what is under way, as a tunnel does; the device knows that it is offline."""
        self.expect(r" net::ERR_")
        self.context.set_offline(True)
        self._line.become("cut")

    def lose_answers(self) -> None:
        """Let what is sent arrive, and no answer come back, until `come_back` cuts what waits for one."""
        self.expect(r" net::ERR_")
        self._line.become("mute")

    def come_back(self) -> None:
        """Give the network back."""
        self._line.become("open")
        self.context.set_offline(False)

    def leave(self) -> None:
        """Close the browser."""
        self.context.close()
        self._line.close()

    def devtools(self) -> CDPSession:
        """Speak with the browser itself about the page."""
        return self.context.new_cdp_session(self.page)

    def get_passkeys(self) -> CDPSession:
        """Give the device what keeps passkeys and always knows its owner; it lasts as long as what is returned."""
        session = self.devtools()
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return session

    def slow_down(self) -> CDPSession:
        """Make the device a cheap telephone on fast 3G, as Chrome's own tools have it."""
        session = self.devtools()
        session.send("Network.enable")
        network = {"latency": 562.5, "downloadThroughput": 1_440_000 // 8, "uploadThroughput": 675_000 // 8}
        session.send("Network.emulateNetworkConditions", {"offline": False, **network})
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        return session

    def _on_console(self, message: ConsoleMessage) -> None:
        # That a resource failed is said of its request already.
        if message.type in LOUD and not message.text.startswith("Failed to load resource:"):
            self.troubles.append(f"console {message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._url}/", "data:", "blob:")):
            self.troubles.append(f"elsewhere {request.url}")

    def _on_failure(self, request: Request) -> None:
        # Aborted is what the page itself gave up, as every stream when it is left.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"failed {self._told(request)} {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status} {self._told(response.request)}")

    def _told(self, request: Request) -> str:
        return f"{request.method} {request.url.removeprefix(self._url)}"


def _describe(**options: Any) -> dict[str, Any]:
    """Describe a device; a small telephone, unless told otherwise."""
    width, height = options.pop("width", 360), options.pop("height", 740)
    return {
        "viewport": {"width": width, "height": height},
        "has_touch": width < 768,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "color_scheme": "light",
        "reduced_motion": "no-preference",
        **options,
    }
