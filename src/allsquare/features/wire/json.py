"""Read and write JSON without ever making a float of a number."""

import json
from typing import Any, NoReturn

import msgspec
from starlette.responses import Response

from allsquare.core.errors import InvalidInput
from allsquare.features.wire.errors import MalformedJson

_encoder = msgspec.json.Encoder()
JsonObject = dict[str, Any]
"""A JSON object on its way out; this type never goes deeper than the edge of a feature."""


class NumberLiteral:
    """A JSON number with a fraction or an exponent, as it was written; money reads it, nothing else takes it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self.text = text

    def __repr__(self) -> str:
        """Show the number as it was written."""
        return self.text


def _refuse_constant(name: str) -> NoReturn:
    detail = f"{name} is not a JSON value."
    raise MalformedJson(detail, actual=name)


class NameTwice(InvalidInput):
    """An object of JSON has two members of one name, so what is meant is unclear."""

    code = "json.name_twice"
    title = "A name stands twice in one object"


def _refuse_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:100]
        detail = f"The name {twice} stands twice in one object of the body."
        raise NameTwice(detail, field=twice, expected="each name once", actual=twice)
    return found


_decoder = json.JSONDecoder(parse_float=NumberLiteral, parse_constant=_refuse_constant, object_pairs_hook=_refuse_twice)
"""Made once: json.loads makes one at every call that says how to read numbers."""


def parse_json(body: bytes) -> object:
    """Parse a body; integers become int, other numbers NumberLiteral.

    Raises: NameTwice; MalformedJson for invalid UTF-8, invalid JSON, NaN and Infinity, nesting deeper than the parser
        goes.
    """
    try:
        return _decoder.decode(body.decode())
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8: byte {error.start + 1} cannot be read."
        raise MalformedJson(detail) from error
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise MalformedJson(detail) from error
    except RecursionError as error:
        detail = "The body is nested too deeply."
        raise MalformedJson(detail) from error
    except ValueError as error:  # an integer of thousands of digits
        detail = "The body holds a number with too many digits."
        raise MalformedJson(detail) from error


def encode_json(value: object) -> bytes:
    """Write JSON: UUIDs as strings, instants with Z."""
    return _encoder.encode(value)


def json_response(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(_encoder.encode(value), status_code=status, headers=headers, media_type="application/json")
