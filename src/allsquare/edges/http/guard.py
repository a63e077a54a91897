"""Tell browsers with every answer how little it may be used for: made once, for every request passes here."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any

from starlette.middleware.cors import CORSMiddleware

from allsquare.features.identity.limits import begin_request, left_after_request

Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Any]], Callable[[MutableMapping[str, Any]], Awaitable[None]]],
    Awaitable[None],
]
Headers = Sequence[tuple[bytes, bytes]]

NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""The policy of what is no page."""

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The policy of a page of ours: nothing inline, nothing from elsewhere. Such a page sends it itself."""

_POLICY, _CACHE = b"content-security-policy", b"cache-control"
_ALWAYS: Headers = (
    (_POLICY, NOTHING.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Of this host alone: what runs under its subdomains is not ours to decide.
_OVER_HTTPS: Headers = ((b"strict-transport-security", b"max-age=31536000"),)
_TOO_MANY = 429
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_PRIVATE: Headers = ((_CACHE, b"no-store"),)
_GUARDS: dict[tuple[bool, bool], Headers] = {
    (False, False): _ALWAYS,
    (False, True): (*_ALWAYS, *_OVER_HTTPS),
    (True, False): (*_ALWAYS, *_PRIVATE),
    (True, True): (*_ALWAYS, *_PRIVATE, *_OVER_HTTPS),
}


def guards_of(path: str, scheme: str) -> Headers:
    """Give what goes with an answer to a path: the API's is for whoever asked alone; only HTTPS is held to itself."""
    return _GUARDS[path.startswith("/v1/"), scheme == "https"]


def begin_answer(path: str, scheme: str) -> Headers:
    """Begin to answer a request, by whose own counts its limits are told; gives what goes with the answer."""
    begin_request()
    return guards_of(path, scheme)


def limits_told(status: int) -> Headers:
    """Tell what is left of the limit that a request came closest to; one too many says so itself."""
    left = left_after_request()
    if left is None or status == _TOO_MANY:
        return ()
    return [(name.lower().encode(), text.encode()) for name, text in left.headers.items()]


def guard(headers: Iterable[tuple[bytes, bytes]], guards: Headers) -> Headers:
    """Put the guards with an answer's own headers; what it says itself stays, such as the policy of a page."""
    own = [*headers]
    named = dict(own)
    if _POLICY in named or _CACHE in named:
        return [*own, *[each for each in guards if each[0] not in named]]
    return [*own, *guards]


def let_origins_read(application: Application, origins: Sequence[str]) -> Application:
    """Let pages of these origins ask and read with a token of their own, never with our cookies."""
    if not origins:
        return application
    return CORSMiddleware(
        application,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"],
        expose_headers=["ETag", "Location", "Idempotency-Replayed", "Retry-After", "X-Request-ID", *_LIMITS],
        allow_credentials=False,
    )
