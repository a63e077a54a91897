"""Describe the API (OpenAPI 3.1): what FastAPI derives from the routes, and what it cannot know."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from allsquare.features.expenses.schemas import BatchLine
from allsquare.features.wire.problems import Problem

DESCRIPTION = """\
Splits, pools and settles shared money, and leaves everyone all square.

Amounts are decimal strings in major units with exactly the currency's decimals; a JSON number is accepted too. Members
are small numbers within their event. Every write takes `Idempotency-Key`: a retry with the same key gets the same
answer. Refusals are problem documents (RFC 9457) with a stable `code`.
"""


def describe(app: FastAPI) -> None:
    """Make the application describe itself."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(
                    title="Allsquare",
                    version=version("allsquare"),
                    description=DESCRIPTION,
                    routes=app.routes,
                    servers=[{"url": "/"}],
                )
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    _, extra = models_json_schema(
        [(Problem, "serialization"), (BatchLine, "validation")], ref_template="#/components/schemas/{model}"
    )
    schemas = document["components"]["schemas"]
    schemas.update({name: schema for name, schema in extra["$defs"].items() if name not in schemas})
    # Our 422 is a problem document on every route; FastAPI's own shape is never sent.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document
