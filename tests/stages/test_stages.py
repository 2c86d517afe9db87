"""Stages: made once, found again, never stale, never half."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from walking_library import write_library

from affectlib import stages
from affectlib.errors import AffectlibError, CyclesError, LibraryError, ParameterError
from affectlib.stages.progress import follow
from affectlib.stages.store import LOG_VARIABLE, Store, open_store
from affectlib.study import Study


class Making:
    """Writes a file, and counts how often it was asked to."""

    def __init__(self, text: str = "result") -> None:
        self.text, self.times = text, 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "a").mkdir()
        (folder / "a" / "result.txt").write_text(self.text)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def test_result_is_made_once_and_then_read(store: Store):
    making = Making()
    first = store.keep("s", inputs={"x": 1}, code="c", write=making)
    second = store.keep("s", inputs={"x": 1}, code="c", write=making)
    assert making.times == 1
    assert (first.reused, second.reused) == (False, True)
    assert (second.folder / "a/result.txt").read_text() == "result"
    assert second.seconds == first.seconds


@pytest.mark.parametrize(
    ("stage", "inputs", "code"), [("t", {"x": 1}, "c"), ("s", {"x": 2}, "c"), ("s", {"x": 1}, "d")]
)
def test_other_stage_input_or_code_is_another_result(store: Store, stage: str, inputs: dict, code: str):
    making = Making()
    first = store.keep("s", inputs={"x": 1}, code="c", write=making)
    other = store.keep(stage, inputs=inputs, code=code, write=making)
    assert making.times == 2
    assert other.folder != first.folder


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("harm", [Path.unlink, _truncate, _flip])
@pytest.mark.parametrize("file", ["a/result.txt", "entry.json"])
def test_damaged_result_is_made_again_with_a_word(store: Store, file: str, harm):
    making = Making()
    kept = store.keep("s", inputs={}, code="c", write=making)
    harm(kept.folder / file)
    with pytest.warns(UserWarning, match="damaged"):
        again = store.keep("s", inputs={}, code="c", write=making)
    assert making.times == 2
    assert (again.folder / "a/result.txt").read_text() == "result"
    assert store.keep("s", inputs={}, code="c", write=making).reused


def test_file_too_many_counts_as_damage(store: Store):
    making = Making()
    kept = store.keep("s", inputs={}, code="c", write=making)
    (kept.folder / "a/more.txt").write_text("")
    with pytest.warns(UserWarning, match="damaged"):
        store.keep("s", inputs={}, code="c", write=making)
    assert not (kept.folder / "a/more.txt").exists()


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt, SystemExit])
def test_stage_that_stops_half_way_leaves_nothing(store: Store, stop: type[BaseException]):
    def half(folder: Path) -> None:
        (folder / "half.txt").write_text("half")
        raise stop

    with pytest.raises(stop):
        store.keep("s", inputs={}, code="c", write=half)
    assert not list((store.root / "s").iterdir())
    making = Making()
    assert not store.keep("s", inputs={}, code="c", write=making).reused


def test_killed_process_leaves_no_result_and_its_leftover_is_swept(store: Store, monkeypatch):
    code = f"""
import os, pathlib
from affectlib.stages.store import Store
def write(folder):
    (folder / "half.txt").write_text("half")
    os._exit(9)
Store(pathlib.Path({str(store.root)!r})).keep("s", inputs={{}}, code="c", write=write)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    assert [path.name[:8] for path in (store.root / "s").iterdir()] == [".partial"]
    making = Making()
    assert not store.keep("s", inputs={}, code="c", write=making).reused
    assert len(list((store.root / "s").iterdir())) == 2  # too young to be given up
    monkeypatch.setattr("affectlib.stages.store._ABANDONED_S", -1)
    store.keep("s", inputs={"x": 2}, code="c", write=making)
    assert not list((store.root / "s").glob(".partial*"))


def test_of_two_at_once_one_makes_and_the_other_waits(store: Store):
    begun, may_end = threading.Event(), threading.Event()
    kept = []

    def write(folder: Path) -> None:
        begun.set()
        assert may_end.wait(10)
        (folder / "result.txt").write_text("result")

    def keep() -> None:
        kept.append(store.keep("s", inputs={}, code="c", write=write))

    first, second = threading.Thread(target=keep), threading.Thread(target=keep)
    assert not store.is_being_made("s", inputs={}, code="c")
    first.start()
    assert begun.wait(10)
    assert store.is_being_made("s", inputs={}, code="c")
    assert not store.is_being_made("s", inputs={"x": 2}, code="c")
    second.start()
    may_end.set()
    first.join()
    second.join()
    assert sorted(each.reused for each in kept) == [False, True]
    assert [path.name for path in (store.root / "s").iterdir()] == [kept[0].folder.name]
    assert not store.is_being_made("s", inputs={}, code="c")
    assert not list((store.root / "locks").iterdir())


def test_who_was_killed_keeps_nobody_waiting(store: Store):
    code = f"""
import os, pathlib
from affectlib.stages.store import Store
def write(folder):
    os._exit(9)
Store(pathlib.Path({str(store.root)!r})).keep("s", inputs={{}}, code="c", write=write)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    assert not store.is_being_made("s", inputs={}, code="c")
    assert not store.keep("s", inputs={}, code="c", write=Making()).reused


def test_every_use_is_logged_with_its_seconds(store: Store, tmp_path: Path, monkeypatch):
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "log"))
    for _ in range(2):
        store.keep("s", inputs={}, code="c", write=Making())
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["reused"] for line in lines] == [False, True]
    assert lines[0]["seconds"] == lines[1]["seconds"] >= 0


def test_store_is_where_it_is_said_to_be(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("AFFECTLIB_CACHE", str(tmp_path / "env"))
    assert open_store().root == tmp_path / "env"
    assert open_store(tmp_path / "given").root == tmp_path / "given"
    monkeypatch.delenv("AFFECTLIB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    if sys.platform == "linux":
        assert open_store().root == tmp_path / "home" / "affectlib"


def test_progress_is_silent_for_what_is_quick_and_speaks_for_what_is_long(capsys, monkeypatch):
    with follow("reading") as progress:
        progress(1, 2, "a")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("affectlib.stages.progress.LINE_EVERY_S", 0.0)
    with follow("reading") as progress:
        progress(1, 2, "a")
    assert "reading: 1 of 2" in capsys.readouterr().err


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    return write_library(tmp_path_factory.mktemp("walks") / "library")


def test_library_is_looked_through_once(library: Path, store: Store):
    study = Study(library=str(library))
    first, second = stages.load(study, store=store), stages.load(study, store=store)
    assert (first.entry.reused, second.entry.reused) == (False, True)
    pd.testing.assert_frame_equal(first.takes, second.takes)
    assert first.fingerprint == second.fingerprint
    assert list(first.takes["subject"]) == ["ada", "ada", "bob", "bob"]
    # A take called 1 must not come back as a number.
    assert first.takes["take"].tolist() == ["1"] * 4
    assert first.takes["duration_s"].tolist() == pytest.approx([8.0] * 4, abs=0.05)


def test_cycles_are_cut_once_and_come_back_equal(library: Path, store: Store, monkeypatch):
    study = Study(library=str(library))
    first = stages.cycles(study, store=store)
    monkeypatch.setattr("affectlib.stages.gait.segment_all", None)
    monkeypatch.setattr("affectlib.stages.gait.read_recordings", None)
    second = stages.cycles(study, store=store)
    assert first.identical(second)
    assert set(first["subject"].values.tolist()) == {"ada", "bob"}
    assert set(first["label"].values.tolist()) == {"neutral", "happy"}
    lengths_s = (first["end_s"] - first["start_s"])[
        (first["subject"] == "ada") & (first["label"] == "neutral")
    ]
    assert np.median(lengths_s) == pytest.approx(1 / 0.8, abs=1 / 60)


def test_changed_parameter_or_file_makes_new_cycles(tmp_path: Path, store: Store):
    folder = write_library(tmp_path / "library", people=("ada",))
    study = Study(library=str(folder))
    before = stages.cycles(study, store=store)
    coarse = stages.cycles(Study.from_parameters({"library": str(folder), "n_phases": 20}), store=store)
    assert (before.sizes["phase"], coarse.sizes["phase"]) == (100, 20)
    write_library(folder, people=("ada",), seconds=12.0)
    assert stages.cycles(study, store=store).sizes["cycle"] > before.sizes["cycle"]


def test_bad_take_stops_the_study_unless_skipped(tmp_path: Path, store: Store):
    folder = write_library(tmp_path / "library")
    broken = folder / "bob_pt" / "bob_walk_nu_1_fin.ptd"
    broken.write_text(broken.read_text().replace("-", "x", 1))
    with pytest.raises(LibraryError, match=r"1 problem[\s\S]*bob_walk_nu_1_fin[\s\S]*--skip-bad"):
        stages.load(Study(library=str(folder)), store=store)
    skipping = Study(library=str(folder), skip_bad=True)
    loaded = stages.load(skipping, store=store)
    assert loaded.entry.reused
    assert len(loaded.takes) == 3
    assert [problem.file for problem in loaded.findings.problems] == [broken]
    assert all(isinstance(problem, AffectlibError) for problem in loaded.findings.problems)
    assert len(stages.recordings(skipping, store=store)) == 3
    assert stages.cycles(skipping, store=store).sizes["cycle"] > 0


def test_problem_that_was_mended_is_not_read_from_the_cache(tmp_path: Path, store: Store):
    folder = write_library(tmp_path / "library")
    stray = folder / "bob_pt" / "ada_walk_nu_1_fin.ptd"
    stray.write_bytes((folder / "ada_pt" / "ada_walk_nu_1_fin.ptd").read_bytes())
    study = Study(library=str(folder))
    with pytest.raises(LibraryError, match=stray.name):
        stages.load(study, store=store)
    stray.unlink()
    assert not stages.load(study, store=store).findings.problems


def test_library_without_walking_is_an_error_of_the_user(tmp_path: Path, store: Store):
    folder = write_library(tmp_path / "library", people=("ada",), seconds=0.9)
    with pytest.raises((LibraryError, CyclesError)):
        stages.cycles(Study(library=str(folder), skip_bad=True), store=store)


def test_library_that_is_not_there_is_named(tmp_path: Path, store: Store):
    with pytest.raises(LibraryError, match="nowhere"):
        stages.load(Study(library=str(tmp_path / "nowhere")), store=store)


@pytest.mark.slow
def test_demo_library_is_written_once_and_says_so(store: Store, monkeypatch):
    study = Study(demo_subjects=1)
    loaded = stages.load(study, store=store)
    assert loaded.library.simulated
    assert len(loaded.takes) == 8
    monkeypatch.setattr("affectlib.stages.walks.write_demo", None)
    assert stages.load(study, store=store).fingerprint == loaded.fingerprint


def test_recorded_people_give_cycles(real_data: Path, store: Store):
    dataset = stages.cycles(Study(library=str(real_data / "body_movement_library")), store=store)
    assert 16 <= dataset.sizes["cycle"] <= 20
    assert dataset.attrs["simulated"] == 0


def test_somebody_can_be_left_out_of_everything(tmp_path: Path):
    folder = write_library(tmp_path / "library", people=("ada", "bob", "eve"))
    (folder / "bob_pt" / "bob_walk_ha_1_fin.ptd").write_text("nothing\n")  # no fault of those who stay
    store = Store(tmp_path / "cache")
    study = Study(library=str(folder), leave_out="bob")
    loaded = stages.load(study, store=store)
    assert set(loaded.takes["subject"]) == {"ada", "eve"}
    assert loaded.findings.left_out == ("bob (asked for)",)
    assert set(stages.cycles(study, store=store)["subject"].values) == {"ada", "eve"}
    alone = Study(library=str(folder), leave_out="bob, eve")
    assert stages.load(alone, store=store).subjects_left_out == ("bob", "eve")
    assert stages.load(alone, store=store).fingerprint != loaded.fingerprint
    with pytest.raises(ParameterError, match=r"leave_out.*bert[\s\S]*ada; bob; eve"):
        stages.load(Study(library=str(folder), leave_out="bert"), store=store)
