"""Catch what handlers raise and answer with problem documents; the mapping itself is in `features/wire/problems.py`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from allsquare.core.errors import AllsquareError, Unavailable
from allsquare.features.wire.errors import MethodNotAllowed, RouteNotFound
from allsquare.features.wire.problems import problem_response, validation_failed
from allsquare.features.wire.route import BodyRefused
from allsquare.pg.transact import is_transient

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


class InternalFault(AllsquareError):
    """Something failed that should not; the log holds it under the request id."""

    code = "internal.fault"
    title = "Something failed on our side"


class DatabaseLost(Unavailable):
    """The database cannot be reached right now."""

    code = "database.lost"
    title = "The database cannot be reached"


def request_id_of(scope: dict) -> str:  # type: ignore[type-arg]
    """Give the request's id, which the middleware made."""
    return str(scope.get("state", {}).get("request_id", ""))


def refusal_of(error: BaseException) -> AllsquareError:
    """Say in our words what any exception means to whoever asked."""
    if isinstance(error, AllsquareError):
        return error
    if isinstance(error, BodyRefused):
        return error.error
    if is_transient(error):
        return DatabaseLost("The database cannot be reached right now. Try again in a moment.")
    return InternalFault("Something failed on our side. It is logged under the request id.")


async def _on_refusal(request: Request, error: Exception) -> Response:
    return problem_response(refusal_of(error), request_id_of(request.scope))  # type: ignore[arg-type]


async def _on_invalid(request: Request, error: Exception) -> Response:
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    return problem_response(validation_failed(errors), request_id_of(request.scope))  # type: ignore[arg-type]


async def _on_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, StarletteHTTPException) else 500
    refusal: AllsquareError
    if isinstance(error, BodyRefused):
        refusal = error.error
    elif status == 405:
        detail = f"{request.method} is not possible on {request.url.path[:200]}."
        refusal = MethodNotAllowed(detail, expected=_list_allowed(request), actual=request.method)
    elif status == 404:
        refusal = RouteNotFound(f"There is nothing at {request.url.path[:200]}.")
    else:
        refusal = refusal_of(error)
    return problem_response(refusal, request_id_of(request.scope))  # type: ignore[arg-type]


def _list_allowed(request: Request) -> str:
    """List the methods that a path takes, whichever routes take them; the exception knows only those of one route."""
    asked = {"type": "http", "path": request.scope["path"], "root_path": "", "headers": []}
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    allowed = [
        method
        for method in _METHODS
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ", ".join(allowed or ("GET", "HEAD"))  # nothing but files is mounted


def answer_with_problems(app: FastAPI) -> None:
    """Make every refusal and failure of an application a problem document."""
    app.add_exception_handler(AllsquareError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(StarletteHTTPException, _on_http)
    app.add_exception_handler(Exception, _on_refusal)
