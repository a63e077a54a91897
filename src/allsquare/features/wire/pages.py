"""Page through lists with opaque cursors."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec
from fastapi import Query

from allsquare.features.wire.errors import CursorInvalid
from allsquare.features.wire.json import JsonObject

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
Key = TypeVar("Key", bound=tuple[object, ...])

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""The number of an entry within a cursor: no larger than PostgreSQL's."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant within a cursor."""

Running = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""A sum in minor units within a cursor."""


Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items a page has at the most.")]
Cursor = Annotated[
    str | None, Query(max_length=500, description="Where to go on: the `next_cursor` of the page before.")
]


def encode_cursor(*key: object) -> str:
    """Write the sort key of the last item of a page as a cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, shape: type[Key]) -> Key:
    """Read a cursor back as a tuple of this type.

    Raises: CursorInvalid.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = msgspec.json.decode(text, type=shape)
        for part in key:
            if isinstance(part, datetime):
                part.astimezone(UTC)  # some instants of the years 1 and 9999 have no place in UTC
    except (ValueError, OverflowError, msgspec.DecodeError) as error:
        detail = "The cursor is not one that this list gave out."
        raise CursorInvalid(detail, field="cursor") from error
    return key


def page(items: Sequence[JsonObject], *, limit: int, key_of_last: Sequence[object]) -> JsonObject:
    """Make a page of what was read: one item more than `limit` was asked for, so that its end is known."""
    more = len(items) > limit
    return {"items": list(items[:limit]), "next_cursor": encode_cursor(*key_of_last) if more else None}
