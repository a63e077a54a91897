"""Turn refusals into problem documents (RFC 9457): the one file that knows HTTP statuses."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import Response

from allsquare.core.errors import (
    AllsquareError,
    Conflict,
    Forbidden,
    InvalidInput,
    Limited,
    NotFound,
    Unavailable,
)
from allsquare.features.wire.errors import (
    BodyTooLarge,
    MalformedJson,
    MediaTypeUnsupported,
    MethodNotAllowed,
    PreconditionRequired,
    Unauthenticated,
    ValidationFailed,
)
from allsquare.features.wire.json import JsonObject, encode_json

RETRY_AFTER_S = 2

_STATUSES: dict[type[AllsquareError], int] = {
    # What belongs to HTTP itself has statuses of its own.
    MalformedJson: 400,
    Unauthenticated: 401,
    MethodNotAllowed: 405,
    BodyTooLarge: 413,
    MediaTypeUnsupported: 415,
    PreconditionRequired: 428,
    # Everything else goes by its kind.
    InvalidInput: 422,
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Limited: 429,
    Unavailable: 503,
    AllsquareError: 500,
}


def status_of(kind: type[AllsquareError]) -> int:
    """Give the HTTP status of a refusal: its own, else its kind's."""
    return next(_STATUSES[base] for base in kind.__mro__ if base in _STATUSES)


def problem_of(error: AllsquareError, request_id: str) -> JsonObject:
    """Describe a refusal as a problem document."""
    if isinstance(error, ValidationFailed) and error.broken:
        errors = error.broken
    elif error.field:
        entry = {"field": error.field, "code": error.code, "expected": error.expected, "actual": error.actual}
        errors = [{key: value for key, value in entry.items() if value}]
    else:
        errors = []
    problem = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": status_of(type(error)),
        "code": error.code,
        "detail": error.detail,
        "errors": errors,
        "request_id": request_id,
    }
    if error.current is not None:
        problem["current"] = error.current
    return problem


def problem_response(error: AllsquareError, request_id: str) -> Response:
    """Answer with a problem document."""
    problem = problem_of(error, request_id)
    headers = {}
    if error.replayed:
        headers["Idempotency-Replayed"] = "true"
    if isinstance(error, Unavailable | Limited):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, Limited):
        headers |= error.headers
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed) and error.expected:
        headers["Allow"] = error.expected
    return Response(
        encode_json(problem), status_code=problem["status"], headers=headers, media_type="application/problem+json"
    )


_WORDS = {
    # pydantic speaks of Python here, and in other words where FastAPI hands it the body.
    "model_type": ("object_expected", "An object is expected"),
    "model_attributes_type": ("object_expected", "An object is expected"),
}
_SPLIT_TYPES = {"equal", "exact", "percentage", "shares", "adjustment", "itemized"}
_SHOWN = 5


def validation_failed(errors: Sequence[Mapping[str, Any]]) -> ValidationFailed:
    """Describe what pydantic found, all of it, in our words: a field's path, a code, a message."""
    broken = []
    for error in errors:
        kind, message = _WORDS.get(error["type"], (error["type"], error["msg"]))
        broken.append({"field": _field_path(error["loc"]), "code": f"validation.{kind}", "message": message})
    shown = "; ".join(f"{entry['field'] or 'body'}: {entry['message']}" for entry in broken[:_SHOWN])
    more = f" (and {len(broken) - _SHOWN} more)" if len(broken) > _SHOWN else ""
    return ValidationFailed(f"{shown}{more}.", broken=broken)


def _field_path(location: Sequence[str | int]) -> str:
    # pydantic names the place by what was tried on the way; people know only the path in what they sent.
    path = location[1:] if location and location[0] in {"body", "query", "path", "header"} else location
    parts: list[str] = []
    for before, part in zip(("", *path), path, strict=False):
        tried = isinstance(part, str) and (before == "paid_by" or (before == "split" and part in _SPLIT_TYPES))
        if not tried:
            parts.append(str(part))
    return ".".join(parts)


class FieldProblem(BaseModel):
    """One broken rule: where, which, and the numbers involved."""

    field: str
    code: str
    message: str | None = None
    expected: str | None = None
    actual: str | None = None


class Problem(BaseModel):
    """A refusal, as application/problem+json."""

    type: str = Field(examples=["/problems/split.sum_mismatch"])
    title: str = Field(examples=["The shares do not add up"])
    status: int = Field(examples=[422])
    code: str = Field(description="Stable; docs/errors.md lists them all.", examples=["split.sum_mismatch"])
    detail: str = Field(examples=["The shares sum to 99.99, the total is 100.00."])
    errors: list[FieldProblem] = []
    request_id: str
    current: Any | None = Field(None, description="The current resource, where an edit was based on an older version.")


_MEANINGS = {
    400: "The body is not JSON in UTF-8.",
    401: "No token, or an unknown one.",
    403: "There, but not for you to do.",
    404: "Not there, or not yours to see.",
    405: "This method is not possible here.",
    409: "What is stored now does not allow it.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: "A field or header breaks a rule; `errors` names it.",
    428: "If-Match is missing.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "The service cannot answer now; send the same request with the same Idempotency-Key again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document these problem answers, and those that every route may give."""
    return {
        status: {
            "description": _MEANINGS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({400, 401, 403, 404, 422, 429, 503, *statuses})
    }


READ = problems()
WRITE = problems(409, 413, 415)
EDIT = problems(409, 413, 415, 428)
