"""Serve the web app: the files that were built, and its first page wherever the app itself knows what to show.

All of it is read into memory once, so that no path that somebody asks for ever meets the disk.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from allsquare.edges.http.guard import PAGE

WEB_APP = Path(__file__).parents[2] / "webapp"
"""Where `tools/web.py` puts what it builds, and where the wheel has it."""

_NO_PAGE = re.compile(r"^/(?:v\d+|docs|openapi\.json|\.well-known|healthz|readyz|assets)(?:/|$)|\.[^/]*$")
"""What is none of the app's paths: what the API has or may have one day, and everything that looks like a file."""

# The machine's own table of types differs from one to the next, and lacks the newer ones.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The encodings that are made when the app is built, the smallest first."""

_FOREVER, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"

_NOT_BUILT = b"""\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allsquare</title>
<h1>The web app is not built yet</h1>
<p>Run <code>make web</code> in the folder of Allsquare and start it again; <code>make run</code> does both.
<p>Everything the app shows is in the API too: <a href="/docs">its documentation</a>.
</html>
"""


@dataclass(frozen=True, slots=True)
class _Variant:
    """One file in one encoding, with everything that is said about it."""

    body: bytes
    tag: str
    headers: Mapping[str, str]
    status: int = 200

    def answer(self, asked: Headers) -> Response:
        """Give it, or only say that whoever asks has it already."""
        if self.status == 200 and _has(asked.get("if-none-match", ""), self.tag):
            # The policy too: what a browser keeps takes on the headers of this answer.
            headers = {name: self.headers[name] for name in self.headers.keys() - {"content-type", "content-encoding"}}
            return Response(status_code=304, headers=headers)
        return Response(self.body, self.status, self.headers)


_File: TypeAlias = Mapping[str, _Variant]
"""A file's variants by their encoding, the best first; the empty one is the file itself."""


class Pages:
    """The application that answers where no route does."""

    def __init__(self, folder: Path) -> None:
        """Read what was built; a folder that is not there leaves a page that says how to build it."""
        self._files = {name: dict(_variants(name, path)) for name, path in _list(folder)}
        self._first = self._files.get("/index.html", {"": _Variant(_NOT_BUILT, "", _headers("/index.html"), 503)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises: HTTPException, where there is nothing, or nothing to be changed.
        """
        asked = Headers(scope=scope)
        file = self._find(scope["path"], asked.get("accept", ""))
        if file is None:
            raise HTTPException(404)
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405)
        accepted = _read_encodings(asked.get("accept-encoding", ""))
        variant = next(variant for encoding, variant in file.items() if not encoding or encoding in accepted)
        await variant.answer(asked)(scope, receive, send)

    def _find(self, path: str, accept: str) -> _File | None:
        if path in self._files:
            return self._files[path]
        if _NO_PAGE.search(path):
            return None
        # A program that wants JSON has lost its way, and is told so.
        wants_page = not accept or any(kind in accept for kind in ("text/html", "text/*", "*/*"))
        return self._first if wants_page else None


def add_pages(app: FastAPI, folder: Path) -> None:
    """Answer with the web app whatever no route answers; the OpenAPI document does not know."""
    app.router.default = Pages(folder)


def _list(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in _ENCODINGS.values():
            yield f"/{path.relative_to(folder).as_posix()}", path


def _variants(name: str, path: Path) -> Iterator[tuple[str, _Variant]]:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    for encoding, suffix in _ENCODINGS.items():
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            tag = f'"{digest}-{encoding}"'
            told = {**_headers(name), "etag": tag, "content-encoding": encoding}
            yield encoding, _Variant(packed.read_bytes(), tag, told)
    yield "", _Variant(body, f'"{digest}"', {**_headers(name), "etag": f'"{digest}"'})


def _headers(name: str) -> Mapping[str, str]:
    kind = Path(name).suffix
    headers = {
        "content-type": _TYPES.get(kind, "application/octet-stream"),
        "cache-control": _FOREVER if name.startswith("/assets/") else _ASK_AGAIN,
        "vary": "Accept, Accept-Encoding" if kind == ".html" else "Accept-Encoding",
    }
    # A service worker's requests are held to the policy of its script, not to that of the page.
    return {**headers, "content-security-policy": PAGE} if kind in {".html", ".js"} else headers


def _read_encodings(header: str) -> set[str]:
    """Read the encodings that an Accept-Encoding names and does not refuse (`q=0`)."""
    named = (part.partition(";") for part in header.lower().split(","))
    return {name.strip() for name, _, weight in named if weight.replace(" ", "").rstrip("0.") != "q="}


def _has(if_none_match: str, tag: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return tag in known or "*" in known
