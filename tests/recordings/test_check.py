from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from simple_walker import csv_text, walk_m, write_manifest

from affectlib.errors import LibraryError, RecordingError
from affectlib.recordings import check_library, open_library, read_recordings
from affectlib.recordings.check import COLUMNS
from affectlib.recordings.formats.ptd import write_ptd
from affectlib.recordings.listing import MOST_OF_A_KIND, list_problems


@pytest.fixture
def root(tmp_path):
    write_manifest(
        tmp_path,
        "a.csv,p1,sad,1,60,m,z,F",
        "b.csv,p1,happy,1,60,m,z,F",
        "c.csv,p2,sad,1,60,m,z,M",
        "d.csv,p2,sad,2,60,m,z,M",
    )
    for number, name in enumerate("abcd"):
        position = walk_m(3.0 + number)
        position[70:75, 4] = 0
        (tmp_path / f"{name}.csv").write_text(csv_text(position))
    return tmp_path


def test_the_table_has_one_row_per_take(root):
    check = check_library(root)
    assert check.ok
    assert tuple(check.takes.columns) == COLUMNS
    assert check.takes["duration_s"].tolist() == pytest.approx([3, 4, 5, 6])
    assert check.takes["frames"].tolist() == [180, 240, 300, 360]
    assert check.takes["interpolated_frames"].tolist() == [5] * 4
    assert check.takes["file"].tolist() == ["a.csv", "b.csv", "c.csv", "d.csv"]


def test_cells_count_takes_and_missing_ones_are_named(root):
    check = check_library(root)
    expected = pd.DataFrame({"happy": [1, 0], "sad": [1, 2]}, index=["p1", "p2"])
    pd.testing.assert_frame_equal(check.cells, expected, check_names=False)
    assert check.missing_cells == (("p2", "happy"),)
    assert "Missing cells: p2 x happy" in str(check)
    assert check.ok  # an incomplete design is no fault of the files


def test_pieces_of_a_take_are_one_row(root):
    position = walk_m(6.0)
    position[150:190] = 0
    (root / "d.csv").write_text(csv_text(position))
    row = check_library(root).takes.iloc[3]
    assert (row["pieces"], row["lost_frames"], row["frames"]) == (2, 40, 320)
    assert row["duration_s"] == pytest.approx(320 / 60)


def test_json_form(root):
    (root / "c.csv").write_text("nonsense\n")
    content = json.loads(check_library(root).to_json())
    assert content["ok"] is False
    assert content["simulated"] is False
    assert content["cells"] == {"p1": {"happy": 1, "sad": 1}, "p2": {"happy": 0, "sad": 1}}
    assert content["missing_cells"] == [["p2", "happy"]]
    assert [take["name"] for take in content["takes"]] == ["a", "b", "d"]
    (problem,) = content["problems"]
    assert set(problem) == {"file", "where", "problem", "found", "remedy"}
    assert problem["file"].endswith("c.csv")


def test_text_lists_takes_and_problems(root):
    assert str(check_library(root)).endswith("Nothing is wrong.")
    (root / "c.csv").write_text("nonsense\n")
    text = str(check_library(root))
    assert "3 usable takes of 2 subjects, 3.0 to 6.0 s" in text
    assert "15 frames interpolated" in text
    assert "1 problem:" in text
    assert "c.csv, line 1: no joint columns" in text


def test_problems_that_differ_in_their_file_alone_are_grouped(root):
    for name in "acd":
        (root / f"{name}.csv").write_text("nonsense\n")
    text = str(check_library(root))
    assert "3 problems:" in text
    assert text.count("no joint columns") == 1
    assert "and 2 more files like this: c.csv, d.csv" in text


def test_equal_files_are_reported(root):
    (root / "d.csv").write_bytes((root / "a.csv").read_bytes())
    check = check_library(root)
    (warning,) = check.findings.warnings
    assert warning.found == "a.csv, d.csv"
    assert check.ok
    assert "equal byte for byte" in str(check)
    assert str(check).endswith("Usable, with 1 warning.")


def test_a_note_that_takes_share_appears_once_with_their_names(root):
    for name in "abcd":
        text = (root / f"{name}.csv").read_text().splitlines()
        lines = [line + (",remark" if number == 0 else ",x") for number, line in enumerate(text)]
        (root / f"{name}.csv").write_text("\n".join(lines) + "\n")
    check = check_library(root)
    (note,) = check.findings.notes
    assert note == "a, b, c, ... (4 takes): columns left unused: remark"
    assert f"Notes:\n  - {note}" in str(check)
    assert check.ok


def test_progress_is_reported(root):
    calls: list[tuple[int, int, str]] = []
    check_library(root, progress=lambda *step: calls.append(step))
    assert calls == [(1, 4, "a"), (2, 4, "b"), (3, 4, "c"), (4, 4, "d")]


def test_a_folder_that_is_no_library_has_findings_too(tmp_path):
    check = check_library(tmp_path / "nowhere")
    assert not check.ok
    assert check.library is None
    assert check.takes.empty
    assert check.missing_cells == ()
    assert "no such folder" in str(check)
    assert json.loads(check.to_json())["library"] is None


def test_simulated_walkers_are_called_so(tmp_path):
    (tmp_path / "abe_pt").mkdir()
    write_ptd(tmp_path / "abe_pt" / "abe_walk_an_1_fin.ptd", walk_m())
    (tmp_path / "library.json").write_text('{"simulated": true, "name": "demo (simulated)"}')
    assert "simulated walkers" in str(check_library(tmp_path)).splitlines()[0]


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["body_movement_library", "kinect_walks", "bandai_walks"])
def test_recorded_people_are_usable(real_data, name):
    assert check_library(real_data / name).ok


@pytest.mark.real_data
def test_one_person_under_two_names_is_noticed(real_data):
    check = check_library(real_data / "kinect_walks")
    equal = "\n".join(str(warning.found) for warning in check.findings.warnings if "equal" in warning.problem)
    assert equal.count("p04") == equal.count("p10") == 6
    assert check.ok


def test_problems_that_differ_in_numbers_are_grouped(root):
    for name, factor in zip("acd", (16, 17, 18), strict=True):
        (root / f"{name}.csv").write_text(csv_text(walk_m(3.0) * factor))
    text = str(check_library(root))
    assert "3 problems:" in text
    assert text.count("of this size") == 1
    assert "(and 2 more files like this: c.csv, d.csv)" in text


def test_problems_of_one_kind_in_many_forms_are_limited():
    problems = [
        RecordingError("unknown joint names", file=Path(f"{letter}.csv"), found=f"{letter}, {letter}{letter}")
        for letter in "abcdefgh"
    ]
    text = list_problems(problems)
    assert text.count("\n") == MOST_OF_A_KIND
    assert text.splitlines()[0] == "  - a.csv: unknown joint names (found: a, aa)"
    assert "3 more files of this kind: f.csv, g.csv, h.csv" in text


def test_places_in_one_file_are_named_by_their_lines():
    problems = [LibraryError("no label", file="library.csv", where=f"line {line}") for line in (3, 8, 9)]
    assert list_problems(problems).splitlines()[1] == "    (and 2 more places like this: line 8, line 9)"


def test_no_message_has_two_full_stops(root):
    for name in "ac":
        (root / f"{name}.csv").write_text("nonsense\n")
    with pytest.raises(LibraryError) as caught:
        read_recordings(open_library(root))
    assert ".." not in str(caught.value).replace("...", "")
    assert ". \n" not in str(caught.value)
