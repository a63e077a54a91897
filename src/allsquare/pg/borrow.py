"""Borrow a connection from a pool, for reads that need no transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import asyncpg

Connection = asyncpg.Connection
Pool = asyncpg.Pool


@asynccontextmanager
async def borrow(pool: Pool) -> AsyncIterator[Connection]:
    """Take a connection and give it back; each statement sees what was committed before it."""
    async with pool.acquire() as proxy:
        # The proxy forwards every method; the stubs do not make it a kind of Connection.
        yield cast("Connection", proxy)
