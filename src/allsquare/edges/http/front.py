"""Stand before the application: request ids, size limits, one log line a request, and the short way for new expenses.

The short way: recording an expense is what the product does all day, and FastAPI's own handling (routing, dependencies,
response) was measured at five times the cost of what is needed here (docs/adr/0003). The route is declared in FastAPI
like all others, serves when called there, and is what the OpenAPI document describes; this only calls the same function
`record_expense` sooner. `tests/features/test_short_way.py` holds the two ways against each other.
"""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError

from allsquare.edges.http.guard import begin_answer, guard, let_origins_read, limits_told
from allsquare.edges.http.problems import DatabaseLost, InternalFault, refusal_of
from allsquare.features.expenses.schemas import ExpenseIn
from allsquare.features.expenses.writes import record_expense
from allsquare.features.identity.call import Call
from allsquare.features.identity.services import Services
from allsquare.features.identity.sight import Sight
from allsquare.features.wire.errors import BodyTooLarge, HeaderInvalid
from allsquare.features.wire.ids import new_id
from allsquare.features.wire.json import parse_json
from allsquare.features.wire.problems import problem_response, validation_failed
from allsquare.features.wire.route import BodyRefused, require_json

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 1024 * 1024
MAX_BATCH_BODY = 8 * MAX_BODY

_ONCE = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID")

log = structlog.get_logger()
_NEW_EXPENSE = re.compile(r"/v1/events/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/expenses")


class Front:
    """The outermost ASGI application."""

    def __init__(
        self, application: Application, services: Callable[[], Services], *, cors_origins: Sequence[str] = ()
    ) -> None:
        """Stand before an application; `services` is asked for when it has started."""
        self._application = application
        # Around the short way too, which the application's own middleware would not see.
        self._answer = let_origins_read(self._serve, cors_origins)
        # Bound once: the lazy logger of a module is bound anew at every call, and this one is called at every request.
        self._log = structlog.get_logger().bind()
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        started = time.perf_counter_ns()
        request_id = new_id().hex
        scope.setdefault("state", {})["request_id"] = request_id
        guards = begin_answer(scope["path"], scope["scheme"])
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                named = (b"x-request-id", request_id.encode())
                message["headers"] = [*guard(message.get("headers", ()), guards), *limits_told(status), named]
            await send(message)

        try:
            await self._answer(scope, receive, send_named)
        except Exception as error:  # the last line of defence: whoever asked gets an answer, the log gets the rest
            log.exception("request failed", request_id=request_id, error=type(error).__name__)
            if not status:
                await problem_response(refusal_of(error), request_id)(scope, receive, send_named)
        self._log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=(time.perf_counter_ns() - started) // 10_000 / 100,
            request_id=request_id,
        )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = scope["state"]["request_id"]
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]) and (repeated := _find_repeated(scope["headers"])) is not None:
            await problem_response(repeated, request_id)(scope, receive, send)
            return
        limit = MAX_BATCH_BODY if scope["path"].endswith("/expenses/batch") else MAX_BODY
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > limit:
            response = problem_response(_too_large(limit, length.decode()), request_id)
            await response(scope, receive, send)
            return
        way = _NEW_EXPENSE.fullmatch(scope["path"]) if scope["method"] == "POST" else None
        if way is not None:
            await self._record_expense(UUID(way[1]), headers, scope, _limited(receive, limit), send, request_id)
        else:
            await self._application(scope, _limited(receive, limit), send)

    async def _record_expense(
        self,
        event_id: UUID,
        headers: dict[bytes, bytes],
        scope: Scope,
        receive: Receive,
        send: Send,
        request_id: str,
    ) -> None:
        try:
            # In the order in which FastAPI and our routes go about it: who asks, the body, the headers, the fields.
            services = self.services()
            sight = _look(headers, scope, event_id)
            caller = await services.admit(sight)
            body = await _read(receive)
            content = _parse(body, headers) if body else None
            key = headers.get(b"idempotency-key")
            call = Call(services, caller, sight, idempotency_key=None if key is None else key.decode("latin-1"))
            _require_body(body)
            response = await record_expense(call, event_id, ExpenseIn.model_validate(content, from_attributes=True))
        except ValidationError as error:
            response = problem_response(validation_failed(error.errors()), request_id)
        except Exception as error:
            refusal = refusal_of(error)
            if isinstance(refusal, InternalFault | DatabaseLost):
                log.exception("request failed", request_id=request_id, error=type(error).__name__)
            response = problem_response(refusal, request_id)
        await response(scope, receive, send)


def _find_repeated(headers: Iterable[tuple[bytes, bytes]]) -> HeaderInvalid | None:
    """Find a header that decides something and came twice: one reader takes the first, another the last."""
    names = [name for name, _ in headers]
    for name in _ONCE:
        if names.count(name.lower().encode()) > 1:
            detail = f"{name} may be sent only once."
            return HeaderInvalid(
                detail, field=name, expected="once", actual=f"{names.count(name.lower().encode())} times"
            )
    return None


def _look(headers: dict[bytes, bytes], scope: Scope, event_id: UUID) -> Sight:
    def header(name: bytes) -> str | None:
        value = headers.get(name)
        return None if value is None else value.decode("latin-1")

    return Sight(
        "POST",
        header(b"authorization"),
        header(b"cookie"),
        header(b"origin"),
        header(b"sec-fetch-site"),
        header(b"host") or "localhost",
        "",
        (scope.get("client") or ("",))[0],
        scope["scheme"] == "https",
        event_id,
    )


def _require_body(body: bytes) -> None:
    if not body:
        raise validation_failed([{"loc": (), "type": "missing", "msg": "Field required"}])


def _parse(body: bytes, headers: dict[bytes, bytes]) -> object:
    require_json(headers.get(b"content-type", b"").decode("latin-1"))
    return parse_json(body)


def _too_large(limit: int, actual: str) -> BodyTooLarge:
    detail = f"The body has {actual} bytes, at most {limit} are allowed here."
    return BodyTooLarge(detail, field="body", expected=f"at most {limit} bytes", actual=actual)


def _limited(receive: Receive, limit: int) -> Receive:
    """Count what arrives, for bodies that do not say their length or lie about it."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise BodyRefused(_too_large(limit, f"more than {limit}"))
        return message

    return receive_limited


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body
