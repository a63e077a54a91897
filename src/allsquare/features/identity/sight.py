"""Hold what a request shows of whoever sends it, before anything is believed."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from allsquare.core.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_DEVICE = 200
SESSION_COOKIE = "allsquare"
GUEST_COOKIE = "allsquare-guest-"
_USUAL_PORTS = {"http": 80, "https": 443}


class CrossOrigin(Forbidden):
    """A page of another origin sent a request with the cookie of ours."""

    code = "session.cross_origin"
    title = "The request comes from another site"


class Sight(msgspec.Struct, frozen=True):
    """A request as far as it tells who sends it and from where.

    Shape: `event_id` is the event its path names.
    """

    method: str
    authorization: str | None
    cookie: str | None
    origin: str | None
    fetch_site: str | None
    host: str
    device: str
    address: str
    secure: bool
    event_id: UUID | None = None

    @property
    def base_url(self) -> str:
        """Give where the request believes to have reached us."""
        return f"{'https' if self.secure else 'http'}://{self.host}"

    @property
    def safe(self) -> bool:
        """Tell whether the request changes nothing."""
        return self.method in SAFE_METHODS

    def cookies(self) -> dict[str, str]:
        """Give the cookies that are ours, by their plain names.

        Shape: over HTTPS only those with the prefix `__Host-` count, which no other host and no plain HTTP can set.
        """
        prefix = "__Host-" if self.secure else ""
        found = {}
        for part in (self.cookie or "").split(";"):
            name, _, value = part.strip().partition("=")
            if name.startswith(prefix + SESSION_COOKIE):
                found[name.removeprefix(prefix)] = value
        return found

    def require_same_origin(self, public_url: str | None) -> None:
        """Refuse a request that changes something with a cookie, unless a page of ours sent it.

        Raises: CrossOrigin.
        """
        own = {origin_of(url) for url in (self.base_url, public_url) if url}
        if not self.secure:
            # A proxy that ends HTTPS may not have been named; a page over plain HTTP never speaks for one over HTTPS.
            own.add(origin_of(f"https://{self.host}"))
        if self.origin is not None:
            origin = origin_of(self.origin)
            good = origin is not None and origin in own
        else:
            good = self.fetch_site in {"same-origin", "none"}
        if not good:
            given = (self.origin or self.fetch_site or "nothing")[:100]
            detail = "A change made with a cookie must come from a page of Allsquare itself, and say so in Origin."
            raise CrossOrigin(detail, field="Origin", expected=self.base_url, actual=given)


def origin_of(url: str) -> str | None:
    """Write where an address leads as browsers write an origin: no path, no usual port, small letters.

    Shape: None for what is no address, as anything may stand in Host and Origin.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if host is None or parts.scheme not in _USUAL_PORTS:
        return None
    host = f"[{host}]" if ":" in host else host
    return (
        f"{parts.scheme}://{host}" if port in {None, _USUAL_PORTS[parts.scheme]} else f"{parts.scheme}://{host}:{port}"
    )


def sight_of(
    headers: Mapping[str, str], *, method: str, scheme: str, client: tuple[str, int] | None, event_id: UUID | None
) -> Sight:
    """Look at a request's headers."""
    return Sight(
        method,
        headers.get("authorization"),
        headers.get("cookie"),
        headers.get("origin"),
        headers.get("sec-fetch-site"),
        headers.get("host", "localhost"),
        headers.get("user-agent", "")[:MAX_DEVICE],
        client[0] if client else "",
        scheme == "https",
        event_id,
    )
