"""Give end-to-end tests data directories of their own."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pg.embedded_helpers import remove_data_dir


@pytest.fixture
def data_dir(run_folder: Path) -> Iterator[Path]:
    """Return a data directory that does not exist yet; whatever is made there goes away with the test."""
    folder = run_folder / f"cli-{secrets.token_hex(4)}"
    yield folder
    remove_data_dir(folder)
