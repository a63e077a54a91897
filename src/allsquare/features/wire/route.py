"""Read requests our way: who asks comes first, bodies are JSON and never a float, problems are ours."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from allsquare.core.errors import AllsquareError
from allsquare.features.wire.errors import MediaTypeUnsupported
from allsquare.features.wire.json import parse_json


class BodyRefused(HTTPException):
    """Carry a refusal of the body through FastAPI, which lets only its own exceptions pass while it reads one."""

    def __init__(self, error: AllsquareError) -> None:
        """Wrap a refusal; the edge unwraps it."""
        super().__init__(status_code=400, detail=error.detail)
        self.error = error


class _StrictRequest(Request):
    async def body(self) -> bytes:
        content = await super().body()
        if content:
            try:
                require_json(self.headers.get("content-type"))
            except AllsquareError as error:
                raise BodyRefused(error) from error
        return content

    async def json(self) -> Any:  # noqa: ANN401  (as FastAPI has it)
        try:
            return parse_json(await self.body())
        except AllsquareError as error:
            raise BodyRefused(error) from error


def require_json(content_type: str | None) -> None:
    """Refuse a body that does not say it is JSON; raises MediaTypeUnsupported."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        given = (content_type or "nothing")[:60]
        detail = f"The body must be JSON: send Content-Type: application/json (it says {given})."
        raise MediaTypeUnsupported(detail, field="Content-Type", expected="application/json", actual=given)


class StrictRoute(APIRoute):
    """A route for known callers, whose body is read by `parse_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give FastAPI's handler our kind of request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            # FastAPI reads the body before it asks the dependencies; strangers are turned away before that.
            await self.let_in(request)
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly

    async def let_in(self, request: Request) -> None:
        """Find out who asks, and refuse who may not see what the path names."""
        await request.app.state.doorkeeper.admit(request)


class OpenRoute(StrictRoute):
    """A route for anybody: whoever presents something good is known to it, but nobody needs to."""

    async def let_in(self, request: Request) -> None:
        """Find out who asks, if that can be told."""
        await request.app.state.doorkeeper.greet(request)
