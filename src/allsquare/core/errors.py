"""Define the six kinds of refusal every part of Allsquare speaks in.

A concrete error lives beside the code that raises it and names a stable `code`; it knows nothing of HTTP. One file at
the edge (`edges/http/problems.py`) maps the kinds to statuses, and `docs/errors.md` lists every code.
"""

from collections.abc import Mapping


class AllsquareError(Exception):
    """Say what was refused, by which rule, in which field and with which numbers.

    Shape: `code` and `title` belong to the class and are stable; `detail` is one sentence for a person; `field` is a
    dotted path into the input ("split.shares"); `expected` and `actual` are the two sides of the broken rule.
    """

    code: str
    title: str
    replayed: bool = False
    """Set where this is the answer an earlier request with the same key got."""
    current: object = None
    """Set where the answer can show what the thing refused to change is now."""

    def __init__(self, detail: str, *, field: str = "", expected: str = "", actual: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.expected = expected
        self.actual = actual


class InvalidInput(AllsquareError):
    """The input breaks a rule that can be told without looking at anything else; sending it again cannot help."""


class NotFound(AllsquareError):
    """There is no such thing, or whoever asks may not see it."""


class Forbidden(AllsquareError):
    """It is there and can be seen, but this may not be done to it by whoever asks."""


class Conflict(AllsquareError):
    """The input is sound, but what is stored now does not allow it."""


class Limited(AllsquareError):
    """Too much was asked in too little time; the same request may succeed later.

    Shape: `headers` tell the limit and when to try again, in the words of whoever carries them.
    """

    headers: Mapping[str, str] = {}


class Unavailable(AllsquareError):
    """The service cannot answer now; send the same request with the same key again."""
