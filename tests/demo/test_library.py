"""The demo library on disk: its form, its truth file, and that it is the same every time."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from affectlib.demo import DEMO_VERSION, write_demo
from affectlib.demo import write as writing
from affectlib.demo.people import subject_code
from affectlib.demo.settings import Settings
from affectlib.errors import LibraryError, ParameterError
from affectlib.recordings.formats.ptd import read_ptd
from affectlib.skeleton import BONES, LEFT_RIGHT, bone_lengths_m

FILE = re.compile(r"(?P<code>[a-z]{3})_pt/(?P=code)_walk_(an|ha|nu|sa)_[12]_fin\.ptd")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    calls = []
    folder = write_demo(
        tmp_path_factory.mktemp("demo") / "walks", subjects=2, progress=lambda *call: calls.append(call)
    )
    return folder, calls


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_library_of_any_size_holds_the_same_first_person_byte_for_byte(demo, tmp_path):
    folder, _ = demo
    two, one = contents(folder), contents(write_demo(tmp_path / "one", subjects=1, workers=1))
    recordings = {name: text for name, text in one.items() if name.endswith(".ptd")}
    assert len(recordings) == 8
    assert recordings.items() <= two.items()
    # A process of its own, or none to share with: the files do not depend on it.
    first = one["truth.csv"]
    assert two["truth.csv"].startswith(first)


def test_another_seed_draws_other_people(demo, tmp_path):
    folder, _ = demo
    other = contents(write_demo(tmp_path / "other", subjects=1, seed=7))
    same_name = "zab_pt/zab_walk_nu_1_fin.ptd"
    assert other[same_name] != contents(folder)[same_name]


def test_files_are_named_and_written_as_the_genuine_library_is(demo):
    folder, _ = demo
    recordings = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.ptd"))
    assert len(recordings) == 16
    assert all(FILE.fullmatch(name) for name in recordings)
    lines = (folder / recordings[0]).read_bytes().split(b"\n")
    assert lines[0].strip() == b"1500"
    rows = [line for line in lines[1:] if line.strip()]
    assert len(rows) == 1501
    assert all(row.rstrip(b"\r").endswith(b" ") for row in rows)
    assert {len(row.split()) for row in rows} == {45}


def test_the_genuine_file_has_the_same_form(demo, real_data):
    genuine = real_data / "body_movement_library" / "ale_pt" / "ale_walk_nu_1_fin.ptd"
    if not genuine.is_file():
        pytest.skip(f"no genuine recording at {genuine}")
    folder, _ = demo
    ours = (folder / "zab_pt" / "zab_walk_nu_1_fin.ptd").read_bytes().split(b"\n")
    theirs = genuine.read_bytes().split(b"\n")
    assert len(ours) == len(theirs)
    assert ours[0] == theirs[0]
    assert ours[1].count(b" ") == theirs[1].count(b" ")
    assert ours[1].endswith(b"\r") == theirs[1].endswith(b"\r")


def test_limbs_stay_constant_and_symmetric_through_the_file(demo):
    folder, _ = demo
    ends = [child for _, child in BONES]
    for file in sorted(folder.rglob("*.ptd"))[::5]:
        bones_m = bone_lengths_m(read_ptd(file))
        # Six significant digits of inches leave about a hundredth of a millimetre.
        assert np.ptp(bones_m, axis=0).max() < 1e-4
        for left, right in LEFT_RIGHT:
            assert abs(bones_m[:, ends.index(left)] - bones_m[:, ends.index(right)]).max() < 1e-4


def test_the_description_says_simulated_and_who_walks(demo):
    folder, _ = demo
    description = json.loads((folder / "library.json").read_text(encoding="utf-8"))
    assert description["simulated"] is True
    assert description["name"] == "demo (simulated)"
    assert description["version"] == DEMO_VERSION
    assert (description["seed"], description["subjects"], description["rate_hz"]) == (0, 2, 60.0)
    assert description["genders"] == {"zab": "F", "zad": "M"}
    assert description["parameters"]["n_frames"] == 1501


def test_the_truth_covers_every_take_without_gap_or_overlap(demo):
    folder, _ = demo
    truth = pd.read_csv(folder / "truth.csv")
    assert not truth.isna().any().any()
    assert set(truth["file"]) == {path.relative_to(folder).as_posix() for path in folder.rglob("*.ptd")}
    for _, take in truth.groupby("file"):
        assert list(take["stride"]) == list(range(1, len(take) + 1))
        np.testing.assert_array_equal(take["end_s"].to_numpy()[:-1], take["start_s"].to_numpy()[1:])
        assert take["start_s"].min() > 1.3
        assert take["end_s"].max() <= 25.0
        assert 12 <= len(take) <= 26
        # Unsteady strides come first or not at all.
        assert take["steady"].is_monotonic_increasing
        assert len(take) - take["steady"].sum() <= 1
        steady = take[take["steady"] == 1]
        stride_hz = len(steady) / (steady["end_s"].max() - steady["start_s"].min())
        assert take["stride_hz"].iloc[0] == pytest.approx(stride_hz, rel=1e-3)
        assert (take["stride_hz"] * take["stride_length_m"]).iloc[0] == pytest.approx(
            take["speed_m_s"].iloc[0], abs=1e-3
        )


def test_libraries_of_more_than_thirty_people_have_a_folder_for_each(tmp_path):
    folder = write_demo(tmp_path / "many", subjects=32, settings=Settings(n_frames=480))
    codes = [subject_code(number) for number in range(32)]
    assert {path.name for path in folder.glob("*_pt")} == {f"{code}_pt" for code in codes}
    description = json.loads((folder / "library.json").read_text(encoding="utf-8"))
    assert list(description["genders"]) == codes


def test_progress_counts_takes_up_to_all_of_them(demo):
    _, calls = demo
    assert [done for done, _, _ in calls] == [8, 16]
    assert {total for _, total, _ in calls} == {16}
    assert {name for _, _, name in calls} == {"zab", "zad"}


@pytest.mark.parametrize(("option", "value"), [("subjects", 0), ("seed", -1)])
def test_impossible_requests_are_refused_with_the_parameter_named(tmp_path, option, value):
    with pytest.raises(ParameterError, match=option):
        write_demo(tmp_path / "demo", **{option: value})
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(LibraryError, match="folder of its own"):
        write_demo(tmp_path, subjects=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_failure_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(writing, "_description", fail)
    with pytest.raises(OSError, match="disk full"):
        write_demo(tmp_path / "demo", subjects=1)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_take_the_library(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    assert write_demo(folder, subjects=1) == folder
    assert (folder / "truth.csv").is_file()
