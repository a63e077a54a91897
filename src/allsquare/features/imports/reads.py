"""Read what imports work with: which rows are there, what came from an import, what it comes to in the ledger."""

from dataclasses import dataclass

import asyncpg

from allsquare.ledger.poster import Poster


@dataclass(frozen=True, slots=True)
class Books:
    """An open ledger: the pool to read from, the poster to write through."""

    pool: asyncpg.Pool
    poster: Poster
