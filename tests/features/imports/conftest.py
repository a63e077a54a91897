"""Give tests of imports a ledger of which every promise is checked afterwards."""

from collections.abc import AsyncIterator

import pytest

from allsquare.ledger.verify import verify
from tests.features.imports.import_ledger import Ledger, opened


@pytest.fixture
async def ledger(database_urls) -> AsyncIterator[Ledger]:
    """Return a ledger of which every promise is checked when the test is over."""
    async with opened(database_urls) as ledger:
        yield ledger
        assert (await verify(ledger.books.pool)).findings == ()
