from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from simple_walker import CMU, bvh_text, csv_text, walk_m, write_c3d, write_manifest, y_up

from affectlib.errors import LibraryError, RecordingError
from affectlib.recordings import Recording, fingerprint, open_library, read_recordings
from affectlib.recordings.formats.ptd import write_ptd
from affectlib.skeleton import JOINTS

AFFECTS = {"an": "angry", "ha": "happy", "nu": "neutral", "sa": "sad"}


def _ptd_library(root: Path) -> Path:
    for subject in ("abe", "bea"):
        (root / f"{subject}_pt").mkdir(parents=True)
        for code in AFFECTS:
            write_ptd(root / f"{subject}_pt" / f"{subject}_walk_{code}_1_fin.ptd", walk_m())
    return root


@pytest.fixture
def ptd_library(tmp_path):
    return _ptd_library(tmp_path / "walks")


@pytest.fixture
def mixed_library(tmp_path):
    """Write the same walk as every kind of file, in several units and axes."""
    root, walk = tmp_path / "mixed", walk_m()
    write_manifest(
        root,
        "a.bvh,p1,sad,1,60,cm,y,F",
        "b.c3d,p1,sad,2,,,z,F",
        "c.csv,p1,happy,1,60,m,z,F",
        "d.npz,p2,sad,1,60,in,y,M",
        "sub/e.ptd,p2,happy,1,60,in,z,",
    )
    (root / "sub").mkdir()
    (root / "a.bvh").write_text(bvh_text(y_up(walk) * 100))
    write_c3d(root / "b.c3d", walk * 1000)
    (root / "c.csv").write_text(csv_text(walk))
    np.savez(root / "d.npz", position=y_up(walk) / 0.0254, joints=tuple(CMU.values()))
    write_ptd(root / "sub" / "e.ptd", walk)
    return root


def test_a_library_in_the_layout_of_the_paper(ptd_library):
    library = open_library(ptd_library)
    assert len(library.takes) == 8
    assert library.problems == ()
    assert not library.simulated
    take = library.takes[0]
    assert (take.subject, take.label, take.take, take.gender) == ("abe", "angry", "1", "")
    assert (take.rate_hz, take.unit, take.up) == (60, "in", "z")
    assert take.name == "abe_pt/abe_walk_an_1_fin"
    assert take.file.is_absolute()


def test_other_actions_are_counted_and_strangers_do_not_count(ptd_library):
    for stem in ("abe_knock_an_1_fin", "abe_knock_sa_1_fin", "abe_throw_nu_2_fin"):
        write_ptd(ptd_library / "abe_pt" / f"{stem}.ptd", walk_m())
    (ptd_library / "truth.csv").write_text("any,thing\n")
    (ptd_library / "readme.txt").write_text("hello")
    library = open_library(ptd_library)
    assert len(library.takes) == 8
    assert library.problems == ()
    assert library.left_out == ("3 files of other actions than walking (knock 2, throw 1)",)


def test_library_json_tells_of_simulation_name_and_genders(ptd_library):
    facts = {
        "simulated": True,
        "name": "demo (simulated)",
        "genders": {"abe": "M"},
        "parameters": {"any": [1]},
    }
    (ptd_library / "library.json").write_text(json.dumps(facts))
    library = open_library(ptd_library)
    assert library.simulated
    assert library.name == "demo (simulated)"
    assert {take.subject: take.gender for take in library.takes} == {"abe": "M", "bea": ""}


def test_a_static_pose_is_left_out_with_the_reason(ptd_library):
    still = np.repeat(walk_m()[:1], 300, axis=0) + np.random.default_rng(0).normal(0, 0.003, (300, 15, 3))
    write_ptd(ptd_library / "bea_pt" / "bea_walk_nu_1_fin.ptd", still)
    reading = read_recordings(open_library(ptd_library))
    assert len(reading.recordings) == 7
    assert reading.findings.problems == ()
    (word,) = reading.findings.left_out
    assert "bea_walk_nu_1_fin" in word
    assert "static pose" in word


def test_a_walk_on_the_spot_is_no_static_pose(ptd_library):
    write_ptd(ptd_library / "bea_pt" / "bea_walk_nu_1_fin.ptd", walk_m(speed_m_s=0))
    assert len(read_recordings(open_library(ptd_library)).recordings) == 8


def test_every_kind_of_file_gives_the_same_walk(mixed_library):
    library = open_library(mixed_library)
    assert library.problems == ()
    recordings = read_recordings(library).recordings
    assert [recording.name for recording in recordings] == ["a", "b", "c", "d", "sub/e"]
    assert [recording.gender for recording in recordings] == ["F", "F", "F", "M", ""]
    for recording in recordings:
        assert recording.rate_hz == pytest.approx(60)
        np.testing.assert_allclose(recording.position, walk_m(), atol=2e-5)


def test_a_joint_map_names_what_is_not_known(tmp_path):
    names = tuple(f"marker{number}" for number in range(16))
    position = np.concatenate([walk_m(), walk_m()[:, :1] + [0, 0, 0.2]], axis=1)
    write_manifest(tmp_path, "a.csv,p1,sad,1,60,m,z,")
    (tmp_path / "a.csv").write_text(csv_text(position, names=names))
    with pytest.raises(LibraryError, match="unknown joint names"):
        read_recordings(open_library(tmp_path))
    joint_map = {joint: names[number] for number, joint in enumerate(JOINTS)}
    (tmp_path / "joints.json").write_text(json.dumps({**joint_map, "head": ["marker0", "marker15"]}))
    (recording,) = read_recordings(open_library(tmp_path)).recordings
    np.testing.assert_allclose(recording.position[:, 0], walk_m()[:, 0] + [0, 0, 0.1], atol=1e-5)
    np.testing.assert_allclose(recording.position[:, 1:], walk_m()[:, 1:], atol=1e-5)


def test_pieces_of_a_take_share_its_repairs(tmp_path):
    position = walk_m(5.0)
    position[120:150] = 0
    position[200, 3] = 0
    write_manifest(tmp_path, "a.csv,p1,sad,1,60,m,z,")
    (tmp_path / "a.csv").write_text(csv_text(position))
    first, second = read_recordings(open_library(tmp_path)).recordings
    assert (first.name, second.name) == ("a", "a#2")
    assert first.repairs == second.repairs
    assert dataclasses.asdict(first.repairs) == {
        "interpolated_frames": 1, "lost_frames": 30, "pieces": 2, "warnings": (),
        "notes": ("not seen and left out: 15 joints for 0.50 s at 2.00 s",),
    }  # fmt: skip
    assert (first.start_s, second.start_s) == (0, pytest.approx(2.5))
    assert (first.take, first.subject, first.label) == (second.take, second.subject, second.label)


def test_one_bad_take_does_not_hide_the_others(ptd_library):
    for name in ("abe_pt/abe_walk_sa_1_fin.ptd", "bea_pt/bea_walk_an_1_fin.ptd"):
        (ptd_library / name).write_text("12\n1 2 3\n")
    with pytest.raises(LibraryError) as caught:
        read_recordings(open_library(ptd_library))
    assert "2 problems" in str(caught.value)
    assert "abe_walk_sa_1_fin" in str(caught.value)
    assert "bea_walk_an_1_fin" in str(caught.value)
    reading = read_recordings(open_library(ptd_library), skip_bad=True)
    assert len(reading.recordings) == 6
    assert [type(problem) for problem in reading.findings.problems] == [RecordingError] * 2


def test_nothing_usable_is_an_error_even_when_skipping(tmp_path):
    write_manifest(tmp_path, "a.csv,p1,sad,1,60,m,z,")
    (tmp_path / "a.csv").write_text("nonsense\n")
    with pytest.raises(LibraryError, match="no usable take"):
        read_recordings(open_library(tmp_path), skip_bad=True)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_order_and_progress_do_not_depend_on_workers(ptd_library, workers):
    calls: list[tuple[int, int, str]] = []
    reading = read_recordings(
        open_library(ptd_library), workers=workers, progress=lambda *step: calls.append(step)
    )
    names = [recording.name for recording in reading.recordings]
    assert names == sorted(names)
    assert calls == [(number, 8, name) for number, name in enumerate(names, start=1)]


def test_the_fingerprint_follows_contents_and_names_not_places(ptd_library, tmp_path):
    here = fingerprint(open_library(ptd_library))
    copy = tmp_path / "elsewhere"
    shutil.copytree(ptd_library, copy)
    assert fingerprint(open_library(copy)) == here
    (copy / "readme.txt").write_text("not read, so it does not count")
    assert fingerprint(open_library(copy)) == here
    file = copy / "abe_pt" / "abe_walk_sa_1_fin.ptd"
    data = file.read_bytes()
    file.write_bytes(data[:-10] + b"1" + data[-9:])
    changed = fingerprint(open_library(copy))
    file.write_bytes(data)
    (copy / "library.json").write_text('{"simulated": true}')
    assert len({here, changed, fingerprint(open_library(copy))}) == 3


def test_the_fingerprint_of_a_file_renamed_is_another(mixed_library):
    before = fingerprint(open_library(mixed_library))
    (mixed_library / "c.csv").rename(mixed_library / "f.csv")
    manifest = mixed_library / "library.csv"
    manifest.write_text(manifest.read_text().replace("c.csv", "f.csv"))
    assert fingerprint(open_library(mixed_library)) != before


def test_motion_files_beside_the_manifest_are_reported(mixed_library):
    (mixed_library / "g.csv").write_text(csv_text(walk_m()))
    (word,) = open_library(mixed_library).left_out
    assert "g.csv" in word


def test_blank_lines_blanks_and_a_byte_order_mark_in_the_manifest_do_not_count(mixed_library):
    before = open_library(mixed_library).takes
    manifest = mixed_library / "library.csv"
    text = manifest.read_text().replace(",", " , ").replace("\n", "\r\n\r\n")
    manifest.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert open_library(mixed_library).takes == before


def test_a_recording_holds_its_shape():
    with pytest.raises(ValueError, match="position must be"):
        Recording(position=np.zeros((5, 14, 3)), rate_hz=60, subject="a", label="b", take="1", name="c")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "takes"), [("body_movement_library", 1), ("kinect_walks", 84), ("bandai_walks", 44)]
)
def test_libraries_of_real_people_read_without_a_problem(real_data, name, takes):
    library = open_library(real_data / name)
    assert len(library.takes) == takes
    assert library.problems == ()
    assert not library.simulated
    reading = read_recordings(library)
    assert len({(r.subject, r.label, r.take) for r in reading.recordings}) == takes
    assert reading.findings.problems == reading.findings.left_out == ()
    for recording in reading.recordings:
        assert np.isfinite(recording.position).all()
        height_m = np.median(recording.position[:, 0, 2] - recording.position[:, [11, 14], 2].min(axis=1))
        assert 1.1 < height_m < 1.9
