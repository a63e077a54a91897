"""Set up the log: JSON lines for machines, readable lines on a terminal; never amounts or names at info level."""

import logging
import sys
from typing import Any

import msgspec
import structlog


def set_up_logs(level: str) -> None:
    """Log to standard error from this level on."""
    number = getattr(logging, level.upper())
    shared: list[Any] = [structlog.processors.add_log_level]
    if sys.stderr.isatty():
        renderer: list[Any] = [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(),
        ]
        factory: Any = structlog.PrintLoggerFactory(sys.stderr)
    else:
        renderer = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda entry, **_: msgspec.json.encode(entry, enc_hook=str)),
        ]
        factory = structlog.BytesLoggerFactory(sys.stderr.buffer)
    structlog.configure(
        processors=shared + renderer,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
