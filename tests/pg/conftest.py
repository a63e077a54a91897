"""Give the tests of the embedded server data directories of their own."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from allsquare.pg import embedded
from tests.pg.embedded_helpers import remove_data_dir


@pytest.fixture
def data_dir(run_folder: Path) -> Iterator[Path]:
    """Return a data directory that does not exist yet; whatever is made there goes away with the test."""
    folder = run_folder / f"own-{secrets.token_hex(4)}"
    yield folder
    remove_data_dir(folder)


@pytest.fixture(scope="module")
def used_data_dir(run_folder: Path) -> Iterator[Path]:
    """Return a data directory whose server was set up and is stopped, for tests that leave it like that."""
    folder = run_folder / f"used-{secrets.token_hex(4)}"
    with embedded.running(folder):
        pass
    yield folder
    remove_data_dir(folder)
