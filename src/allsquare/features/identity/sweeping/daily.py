"""Sweep when a process starts, and every day while it runs."""

import asyncio

import msgspec
import structlog

from allsquare.features.identity.sweeping.store import sweep
from allsquare.pg.borrow import Pool
from allsquare.pg.transact import transaction

log = structlog.get_logger()
A_DAY_S = 24 * 60 * 60


async def sweep_daily(pool: Pool, *, every_s: float = A_DAY_S) -> None:
    """Sweep now and every day from now on, until cancelled; several processes may do so on one database."""
    while True:
        try:
            async with transaction(pool) as connection:
                swept = await sweep(connection)
            if any(msgspec.structs.astuple(swept)):
                log.info("swept what ended long ago", **msgspec.structs.asdict(swept))
        except Exception as error:  # tidy: boundary what could not be swept today is swept tomorrow
            log.exception("what ended long ago could not be swept", error=type(error).__name__)
        await asyncio.sleep(every_s)
