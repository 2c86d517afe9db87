"""Where the recordings of real people lie, and what every test shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with recordings of real people; skips where it is absent."""
    folder = Path(os.environ.get("AFFECTLIB_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recordings of real people at {folder}; set AFFECTLIB_TEST_DATA to their folder")
    return folder
