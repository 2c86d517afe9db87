"""The same seed gives the same scores, byte for byte; also where the run was killed on its way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from walking_library import write_library

from affectlib.stages import CACHE_VARIABLE

SCRIPT = Path(__file__).parents[1] / "helpers" / "make_scores.py"
LIMIT_S = 300


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(
        tmp_path_factory.mktemp("walks") / "library", people=("ada", "bob", "eve"), seconds=16
    )


def start(library: Path, cache: Path, scores: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {CACHE_VARIABLE: str(cache), "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, str(SCRIPT), str(library), str(scores)], env=environment)


def finished(library: Path, cache: Path, scores: Path) -> bytes:
    assert start(library, cache, scores).wait(LIMIT_S) == 0
    return scores.read_bytes()


def killed_when(reached: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Kill without a chance to tidy up, as soon as a point is reached."""
    deadline = time.monotonic() + LIMIT_S
    while not reached():
        assert process.poll() is None, "the run ended before it was to be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_run_killed_at_any_stage_gives_the_same_scores(library: Path, tmp_path: Path) -> None:
    whole = finished(library, tmp_path / "cache", tmp_path / "whole.csv")
    assert whole.count(b"\n") > 50
    cache, scores = tmp_path / "other cache", tmp_path / "scores.csv"

    def entries(stage: str) -> int:
        return len(list(cache.glob(f"{stage}/*/entry.json")))

    points: dict[str, Callable[[], bool]] = {
        "cutting cycles": lambda: any(cache.glob("cycles/.partial-*")),
        "training an autoencoder": lambda: any(cache.glob("checkpoints/*")),
        "predicting": lambda: entries("predictions") >= 3,
        "probing": lambda: entries("predictions") >= 12,
    }
    for reached in points.values():
        killed_when(reached, start(library, cache, scores))
        assert not scores.exists()
    assert finished(library, cache, scores) == whole
    scores.unlink()
    assert finished(library, cache, scores) == whole, "read from what is kept"
