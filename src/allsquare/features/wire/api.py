"""Gather what every module of routes needs, so that it takes one import."""

from enum import Enum

from fastapi import APIRouter
from starlette.responses import Response

from allsquare.features.wire.errors import ValidationFailed
from allsquare.features.wire.ids import derived_id, new_id
from allsquare.features.wire.json import JsonObject, json_response
from allsquare.features.wire.pages import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Cursor,
    Limit,
    Moment,
    Running,
    Seq,
    decode_cursor,
    encode_cursor,
    page,
)
from allsquare.features.wire.problems import EDIT, READ, WRITE
from allsquare.features.wire.route import OpenRoute, StrictRoute

__all__ = [
    "DEFAULT_LIMIT",
    "EDIT",
    "MAX_LIMIT",
    "READ",
    "WRITE",
    "Cursor",
    "JsonObject",
    "Limit",
    "Moment",
    "Response",
    "Running",
    "Seq",
    "ValidationFailed",
    "decode_cursor",
    "derived_id",
    "encode_cursor",
    "json_response",
    "new_id",
    "open_routes",
    "page",
    "routes",
]


def routes(prefix: str, tag: str) -> APIRouter:
    """Begin a set of routes for known callers, whose bodies are read our way."""
    tags: list[str | Enum] = [tag]
    return APIRouter(prefix=prefix, tags=tags, route_class=StrictRoute)


def open_routes(prefix: str, tag: str) -> APIRouter:
    """Begin a set of routes that anybody may use, whose bodies are read our way."""
    tags: list[str | Enum] = [tag]
    return APIRouter(prefix=prefix, tags=tags, route_class=OpenRoute)
