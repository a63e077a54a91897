"""Define the field types of requests: strict, documented, and free of floats."""

import re
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from allsquare.core.money import EXPONENTS
from allsquare.features.wire.json import NumberLiteral


class Wire(BaseModel):
    """The base of every request and answer: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


def _decimal_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, NumberLiteral):
        return value.text
    kind, message = "decimal_expected", 'a decimal string such as "12.50", or a JSON number, is expected'
    raise PydanticCustomError(kind, message)


def decimal_schema(description: str, example: str) -> dict[str, Any]:
    """Document a decimal: a string, or a JSON number."""
    return {
        "anyOf": [
            {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "maxLength": 40},
            {"type": "number"},
        ],
        "description": description,
        "examples": [example],
    }


Money = Annotated[
    str,
    Field(max_length=40),
    BeforeValidator(_decimal_text),
    WithJsonSchema(
        decimal_schema(
            "An amount in major units, with at most the currency's decimals; no exponent, no thousands mark.", "12.50"
        ),
        mode="validation",
    ),
]
Percent = Annotated[
    str,
    Field(max_length=40),
    BeforeValidator(_decimal_text),
    WithJsonSchema(decimal_schema("A percentage with at most 2 decimals.", "33.33"), mode="validation"),
]
Weight = Annotated[
    str,
    Field(max_length=40),
    BeforeValidator(_decimal_text),
    WithJsonSchema(decimal_schema("A weight of at least 0 with at most 4 decimals.", "1.5"), mode="validation"),
]
MoneyOut = Annotated[
    str,
    Field(
        description="An amount in major units with exactly the currency's decimals.",
        examples=["12.50"],
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
    ),
]
MemberNumber = Annotated[
    int, Strict(), Field(ge=1, le=1_000_000, description="A member's number in the event.", examples=[1])
]
Count = Annotated[int, Strict()]
Currency = Annotated[
    str,
    Field(
        description="An active ISO 4217 code.",
        pattern=r"^[A-Z]{3}$",
        examples=["EUR"],
        json_schema_extra={"enum": sorted(EXPONENTS)},
    ),
]
_match_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


def _plain_day(value: object) -> object:
    # By itself pydantic also takes numbers for seconds since 1970, and instants at midnight for days.
    plain = isinstance(value, str) and _match_day(value)
    if plain or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    kind, message = "day_expected", "a day is expected, as YYYY-MM-DD"
    raise PydanticCustomError(kind, message)


Day = Annotated[date, BeforeValidator(_plain_day), Field(description="A day, as YYYY-MM-DD.", examples=["2026-11-20"])]
"""By this name, for a field called `date` would hide the type."""


Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
"""Something to look for; PostgreSQL's texts never hold U+0000 and refuse to be compared with it."""


class PersonOut(Wire):
    """Who did something."""

    user_id: UUID
    name: str
