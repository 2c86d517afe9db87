"""What the checks in a real browser share; `make test-browser` runs them, plain pytest does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("AFFECTLIB_BROWSER_CACHE", ROOT / "runs" / "browser" / "cache")).resolve()
SHOTS = Path(os.environ.get("AFFECTLIB_SCREENSHOTS", ROOT / "runs" / "browser" / "screenshots")).resolve()
LIMIT_S = float(os.environ.get("AFFECTLIB_BROWSER_LIMIT_S", "900"))
"""Longest that one notebook may take."""


def chromium_path() -> str:
    """The Chromium that this machine has."""
    named = os.environ.get("CHROMIUM", "")
    for name in (named, "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    pytest.exit("no Chromium here: install it, or name it in the variable CHROMIUM", returncode=1)


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    # Software drawing: the machines that run this have no graphics card; and no calls home.
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=options)
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium):
    """A page, and a watch over what goes wrong on it."""
    from watch import Watch

    context = chromium.new_context(viewport={"width": 1400, "height": 1500})
    watch = Watch(context)
    page = context.new_page()
    yield page, watch
    context.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator:
    from lab import Lab

    CACHE.mkdir(parents=True, exist_ok=True)
    lab = Lab(ROOT / "notebooks", tmp_path_factory.mktemp("lab"), CACHE)
    yield lab
    lab.stop()


@pytest.fixture(scope="session")
def report() -> Path:
    """The report that AFFECTLIB_REPORT names, or that of a kept quick run, brought up to date."""
    if given := os.environ.get("AFFECTLIB_REPORT"):
        return Path(given).resolve()
    out = CACHE.parent / "run"
    command = [sys.executable, "-m", "affectlib", "run", "--profile", "quick", "--out", str(out)]
    subprocess.run(command, env=os.environ | {"AFFECTLIB_CACHE": str(CACHE)}, check=True)
    return out / "report.html"


@pytest.fixture(scope="session")
def shots() -> Path:
    """Folder for pictures of what was seen."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS


@pytest.fixture(scope="session")
def measured(shots: Path) -> Iterator[dict]:
    """Numbers worth keeping, written beside the screenshots."""
    file = shots / "measured.json"
    numbers = json.loads(file.read_text()) if file.is_file() else {}
    yield numbers
    file.write_text(json.dumps(numbers, indent=1, sort_keys=True) + "\n")
