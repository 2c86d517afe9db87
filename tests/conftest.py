"""Recordings of real subjects, and what every test shares."""

from __future__ import annotations

import os
from pathlib import Path

# Before numpy is imported for the first time: small arrays gain nothing from threads, and on a
# busy machine one thread a core and library makes the tests several times slower.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Says which instructions numerical libraries use, so it comes before them too.
import affectlib  # noqa: E402, F401

# isort: split
import hypothesis  # noqa: E402
import matplotlib  # noqa: E402
import pytest  # noqa: E402

REPOSITORY = Path(__file__).parent.parent

# No deadline: an example's time says more about the machine's load than about the code. Where the
# result decides about a change (CI), the same examples are drawn every time.
hypothesis.settings.register_profile(
    "affectlib", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.load_profile("affectlib")

# By call and not by MPLBACKEND, which kernels started by a test would inherit.
matplotlib.use("agg")


SLOWEST = ("test_notebooks_run.py", "test_resume.py", "test_run.py")
"""Files of minutes. Workers take whole files; one that began with these last would leave the others idle."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need real recordings (``-m 'not real_data'``), and start with the slowest files."""
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker("real_data")
    items.sort(key=lambda item: item.path.name not in SLOWEST)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cache of this test run alone: nothing of the user's is read or written."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["AFFECTLIB_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with recordings of real people; skips where it is absent."""
    folder = Path(os.environ.get("AFFECTLIB_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recordings of real people at {folder}; set AFFECTLIB_TEST_DATA to their folder")
    return folder
