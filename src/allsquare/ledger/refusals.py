"""Freeze refusals as JSON beside their command id, and thaw them for a retry."""

import msgspec

from allsquare.core.commands.base import VersionConflict
from allsquare.core.errors import (
    AllsquareError,
    Conflict,
    Forbidden,
    InvalidInput,
    Limited,
    NotFound,
    Unavailable,
)

_KINDS: tuple[type[AllsquareError], ...] = (InvalidInput, NotFound, Forbidden, Conflict, Limited, Unavailable)


class IdempotencyMismatch(InvalidInput):
    """The key was used before, with another request."""

    code = "idempotency.mismatch"
    title = "The key was used for another request"


class _Frozen(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: str
    code: str
    title: str
    detail: str
    field: str = ""
    expected: str = ""
    actual: str = ""
    current_seq: int = 0


def freeze(error: AllsquareError) -> str:
    """Write a refusal down, whole."""
    kind = next(kind for kind in _KINDS if isinstance(error, kind))
    current_seq = error.current_seq if isinstance(error, VersionConflict) else 0
    frozen = _Frozen(
        kind.__name__, error.code, error.title, error.detail, error.field, error.expected, error.actual, current_seq
    )
    return msgspec.json.encode(frozen).decode()


def thaw(outcome: str) -> AllsquareError:
    """Give a refusal back as it was, marked as replayed."""
    frozen = msgspec.json.decode(outcome, type=_Frozen)
    error: AllsquareError
    if frozen.current_seq:
        error = VersionConflict(
            frozen.detail,
            field=frozen.field,
            expected=frozen.expected,
            actual=frozen.actual,
            current_seq=frozen.current_seq,
        )
    else:
        kind = next(kind for kind in _KINDS if kind.__name__ == frozen.kind)
        error = kind(frozen.detail, field=frozen.field, expected=frozen.expected, actual=frozen.actual)
    error.code, error.title, error.replayed = frozen.code, frozen.title, True
    return error


def mismatch() -> IdempotencyMismatch:
    """Refuse a key that was used with other content."""
    detail = "This Idempotency-Key was used before with another request. Use a new key for a new request."
    return IdempotencyMismatch(detail, field="Idempotency-Key")
