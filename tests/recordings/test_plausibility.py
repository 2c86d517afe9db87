"""What cannot be a walking person: proportions, sides, speed, the vertical."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from simple_walker import RATE_HZ, csv_text, walk_m, write_manifest

from affectlib.errors import RecordingError
from affectlib.gait import Preprocessing, segment
from affectlib.recordings import check_library, open_library, read_recordings
from affectlib.recordings.gaps import repair
from affectlib.recordings.library import Take
from affectlib.recordings.plausibility import body_warnings, take_warnings
from affectlib.recordings.proportions import check_proportions
from affectlib.recordings.sides import describe_exchanges, describe_mirroring
from affectlib.recordings.speed import check_speed
from affectlib.recordings.vertical import estimate_vertical, level
from affectlib.recordings.world import check_person
from affectlib.skeleton import INDEX

FILE = Path("walk.csv")
TAKE = Take(file=FILE, name="walk", subject="ann", label="sad", take="1", rate_hz=RATE_HZ, unit="m", up="z")
LIMBS = [f"{side}_{part}" for side in "lr" for part in ("elbow", "wrist", "knee", "ankle")]


def _found(warnings):
    return {warning.problem: warning.found for warning in warnings}


def _warnings(position):
    return _found(body_warnings(position, TAKE))


def _on_the_spot(position):
    return position - position[:, [INDEX["pelvis"]]] * [1, 1, 0]


def _tilted(position, degrees, axis="y"):
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = {
        "y": [[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]],
        "x": [[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]],
    }[axis]
    return position @ np.array(turn).T


def _trunk_deg(position):
    trunk = (position[:, INDEX["neck"]] - position[:, INDEX["pelvis"]]).mean(axis=0)
    return np.degrees(np.arctan2(trunk[:2], trunk[2]))


def test_a_walker_gives_no_warning():
    assert _warnings(walk_m(4.0)) == {}
    assert _warnings(_on_the_spot(walk_m(4.0))) == {}
    assert _warnings(walk_m(4.0)[::-1]) == {}


@pytest.mark.parametrize("part", ["shoulder", "hip"])
def test_left_and_right_at_one_place_are_reported_with_their_distance(part):
    position = walk_m()
    position[:, INDEX[f"l_{part}"]] = position[:, INDEX[f"r_{part}"]] + [0, 0.02, 0]
    assert f"l_{part} and r_{part} are 2.0 cm apart" in _warnings(position)["joints that coincide"]


def test_one_joint_under_two_names_is_reported():
    position = walk_m()
    position[:, INDEX["head"]] = position[:, INDEX["neck"]]
    assert _warnings(position)["joints that coincide"] == "neck and head are 0.0 cm apart"


def test_bones_of_impossible_length_are_reported():
    position = walk_m()
    for side in "lr":
        position[:, INDEX[f"{side}_knee"]] = position[:, INDEX[f"{side}_ankle"]] + [0.02, 0, 0.05]
    found = _warnings(position)["proportions that no body has"]
    assert "l_knee to l_ankle is 5." in found
    assert "usually 42 cm in a body of 1.5" in found


def test_sides_of_different_lengths_are_reported():
    position = walk_m()
    position[:, INDEX["r_knee"]] += [0, 0, 0.2]
    assert "hip to knee, left 43" in _warnings(position)["left and right limbs of different lengths"]


def test_limbs_that_stretch_are_reported():
    position = walk_m(4.0)
    position[:, INDEX["r_elbow"], 2] += 0.25 * np.sin(np.arange(240) / 5)
    assert "r_elbow to r_wrist" in _warnings(position)["limbs that change their length"]


def test_noise_of_a_depth_camera_gives_no_warning():
    position = walk_m(4.0)
    noise = np.random.default_rng(0).normal(0, 0.02, position.shape)
    assert _warnings(position + noise) == {}


@pytest.mark.parametrize("part", ["hip", "knee", "elbow", "ankle"])
def test_one_pair_of_joints_under_swapped_names_is_reported(part):
    position = walk_m()
    pair = [INDEX[f"l_{part}"], INDEX[f"r_{part}"]]
    position[:, pair] = position[:, pair[::-1]]
    assert f"l_{part} is " in _warnings(position)["left and right of single joints are swapped"]


def test_points_that_are_no_joints_are_refused():
    position = walk_m()
    position[:, [INDEX[joint] for joint in LIMBS]] = np.random.default_rng(0).normal(
        [0, 0, 1], 0.02, (120, 8, 3)
    )
    with pytest.raises(RecordingError, match="not the joints of a body"):
        check_proportions(position, file=FILE)
    check_proportions(walk_m(), file=FILE)


@pytest.mark.parametrize(
    ("knees", "way", "wrong"),
    [(1, 1, False), (1, -1, False), (-1, -1, True), (-1, 1, True), (1, 0, False), (-1, 0, True)],
)
def test_knees_and_way_decide_whether_left_and_right_are_swapped(knees, way, wrong):
    # A mirror image bends its knees against the names, and a film that runs backwards walks backwards.
    position = walk_m(3.0) if way * knees >= 0 else walk_m(3.0)[::-1]
    position = position * [1, knees, 1]
    position = position if way else _on_the_spot(position)
    assert bool(describe_mirroring(position)) is wrong
    if wrong:
        with pytest.raises(RecordingError, match="knees"):
            check_person(position, unit="m", up="z", file=FILE)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "share"), [("body_movement_library", 1), ("bandai_walks", 1), ("kinect_walks", 0.5)]
)
def test_real_people_on_the_spot_differ_from_their_mirror_images(real_data, name, share):
    walks = [
        _on_the_spot(recording.position)
        for recording in read_recordings(open_library(real_data / name)).recordings
    ]
    assert not any(describe_mirroring(walk) for walk in walks)
    assert np.mean([bool(describe_mirroring(walk * [1, -1, 1])) for walk in walks]) >= share


@pytest.mark.parametrize("degrees", [-20, -12, 12, 20])
@pytest.mark.parametrize("heading", [1, -1])
def test_a_tilted_floor_is_measured_reported_and_levelled(degrees, heading):
    position = _tilted(walk_m(5.0) * [heading, heading, 1], degrees)
    estimate = estimate_vertical(position)
    assert estimate.floor_deg == pytest.approx(abs(degrees), abs=0.3)
    found = _warnings(position)["the floor is not level"]
    assert f"({abs(degrees)} degrees)" in found
    np.testing.assert_allclose(_trunk_deg(level(position)[0]), 0, atol=0.5)
    np.testing.assert_allclose(
        np.linalg.norm(np.diff(level(position)[0], axis=1)), np.linalg.norm(np.diff(position, axis=1))
    )


def test_levelling_a_level_walk_changes_next_to_nothing():
    assert np.abs(level(walk_m(5.0))[0] - walk_m(5.0)).max() < 0.02


def test_a_ramp_is_no_tilt():
    position = walk_m(5.0)
    position[..., 2] += np.tan(np.radians(10)) * position[:, [INDEX["pelvis"]], 0]
    estimate = estimate_vertical(position)
    assert estimate.floor_deg == pytest.approx(10, abs=1)
    assert abs(estimate.shared_part) < 0.45
    assert _warnings(position) == {}


@pytest.mark.parametrize(("degrees", "axis"), [(20, "y"), (-20, "y"), (15, "x")])
def test_a_tilt_on_the_spot_shows_in_the_legs(degrees, axis):
    position = _tilted(_on_the_spot(walk_m(4.0)), degrees, axis)
    assert "the legs lean by" in _warnings(position)["the floor is not level"]
    assert np.abs(_trunk_deg(level(position)[0])).max() < 5


def test_a_course_in_two_directions_gives_the_whole_floor():
    angle = np.linspace(0, 2 * np.pi, 600)
    straight = _on_the_spot(walk_m(10.0))
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cosine, -sine], -1), np.stack([sine, cosine], -1)], -2)
    position = straight.copy()
    position[..., :2] = np.einsum("fab,fjb->fja", turn, straight[..., :2])
    position[..., :2] += 2 * np.stack([sine, -cosine], -1)[:, None]
    tilted = _tilted(_tilted(position, 9, "x"), 6, "y")
    estimate = estimate_vertical(tilted)
    true_up = _tilted(_tilted(np.array([0, 0, 1.0]), 9, "x"), 6, "y")
    assert np.degrees(np.arccos(estimate.floor_up @ true_up)) < 0.5
    np.testing.assert_allclose(_trunk_deg(level(tilted)[0]), _trunk_deg(position), atol=0.5)


def _library(root, position, rate_hz=RATE_HZ):
    write_manifest(root, f"a.csv,ann,neutral,1,{rate_hz:g},m,z,F")
    (root / "a.csv").write_text(csv_text(position, rate_hz=None))
    return root


def test_a_tilt_is_a_warning_and_a_parameter_levels_it(tmp_path):
    check = check_library(_library(tmp_path, _tilted(walk_m(8.0), -20)))
    assert check.ok
    (warning,) = check.findings.warnings
    assert warning.file.name == "a.csv"
    assert "level_floor" in warning.remedy
    assert str(check).endswith("Usable, with 1 warning.")
    (recording,) = read_recordings(open_library(tmp_path)).recordings
    (tmp_path / "library.json").write_text('{"level_floor": true}')
    check = check_library(tmp_path)
    assert str(check).endswith("Nothing is wrong.")
    assert check.takes.iloc[0]["notes"] == "levelled by 20 degrees"
    (levelled,) = read_recordings(open_library(tmp_path)).recordings
    assert _trunk_deg(levelled.position)[0] == pytest.approx(0, abs=0.5)
    pitch_deg = {
        flag: _trunk_deg(
            segment(recording, preprocessing=Preprocessing(level_floor=flag)).position.reshape(-1, 15, 3)
        )[0]
        for flag in (False, True)
    }
    assert abs(pitch_deg[False]) == pytest.approx(20, abs=0.5)
    assert pitch_deg[True] == pytest.approx(0, abs=0.5)


def _run_m(rate_hz=240.0, speed_m_s=5.0, foot_m=0.85):
    position = walk_m(4.0, rate_hz=rate_hz, speed_m_s=speed_m_s)
    phase = 2 * np.pi * 1.4 * np.arange(len(position)) / rate_hz
    for side, sign in (("l", 1), ("r", -1)):
        position[:, INDEX[f"{side}_ankle"], 0] += sign * foot_m * np.sin(phase)
    return position


def test_a_runner_is_read_whole_with_a_note(tmp_path):
    position = _run_m()
    speed_m_s = np.linalg.norm(np.diff(position, axis=0), axis=-1).max() * 240
    assert speed_m_s > 11
    (recording,) = read_recordings(open_library(_library(tmp_path, position, 240))).recordings
    np.testing.assert_allclose(recording.position, position, atol=1e-6)
    assert recording.repairs.interpolated_frames == 0
    assert recording.repairs.notes == ("moves at 5.0 m/s: a run, not a walk",)


def test_what_is_faster_than_any_person_is_refused(tmp_path):
    (problem,) = check_library(_library(tmp_path, walk_m(20.0), 900)).findings.problems
    assert problem.problem == "faster than any person"
    assert "16.5 m/s" in problem.found
    assert "rate" in problem.remedy
    assert check_speed(walk_m(), RATE_HZ, TAKE) == ""


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["body_movement_library", "bandai_walks", "paper_cycles"])
def test_good_captures_give_no_warning(real_data, name):
    assert read_recordings(open_library(real_data / name)).findings.warnings == ()


@pytest.mark.real_data
def test_the_only_warning_about_a_depth_camera_is_its_tilt(real_data):
    reading = read_recordings(open_library(real_data / "kinect_walks"))
    assert {warning.problem for warning in reading.findings.warnings} == {"the floor is not level"}
    levelled = [
        _trunk_deg(cycles.reshape(-1, 15, 3))[0]
        for recording in reading.recordings[::4]
        if len(cycles := segment(recording, preprocessing=Preprocessing(level_floor=True)).position)
    ]
    assert abs(np.mean(levelled)) < 6


def _every_other_frame(position, joint):
    position = position.copy()
    position[::2, INDEX[joint]] = np.nan
    return position


def _one_in_five(position, joint):
    random = np.random.default_rng(0)
    # A pelvis on an exactly straight line could be a filled gap.
    position = position + random.normal(scale=0.001, size=position.shape)
    position[random.random(position.shape[:2]) < 0.2] = np.nan
    return position


@pytest.mark.parametrize("lose", [_every_other_frame, _one_in_five])
@pytest.mark.parametrize(
    ("change", "joint", "word"),
    [
        (lambda walk: walk * [1, -1, 1], "l_wrist", "left and right are swapped"),
        (lambda walk: walk[..., [0, 2, 1]] * [1, -1, 1], "head", "the person lies down"),
        (lambda walk: _tilted(walk, -20), "l_wrist", "the floor is not level"),
        (lambda walk: walk * 3, "head", "cannot be of this size"),
    ],
)
def test_lost_frames_do_not_blind_the_checks(tmp_path, lose, change, joint, word):
    assert word in str(check_library(_library(tmp_path, lose(change(walk_m(8.0)), joint))))


def test_a_walk_that_loses_every_other_frame_is_no_pose(tmp_path):
    position = walk_m(8.0, rate_hz=2 * RATE_HZ)[::2].repeat(2, axis=0)
    position[::2] = np.nan
    check = check_library(_library(tmp_path, position))
    assert check.findings.left_out == ()
    assert check.ok


def test_a_joint_on_its_neighbour_for_a_while_is_a_warning(tmp_path):
    position = walk_m(14.0)
    position[300:480, INDEX["r_wrist"]] = position[300:480, INDEX["r_elbow"]]
    (warning,) = check_library(_library(tmp_path, position)).findings.warnings
    assert "r_elbow to r_wrist is 0 cm for 3.00 s at 5.00 s" in warning.found


def test_a_misspelt_field_of_library_json_is_a_problem(tmp_path):
    _library(tmp_path, walk_m(8.0))
    (tmp_path / "library.json").write_text('{"level_flor": true, "made by": "us"}')
    (problem,) = check_library(tmp_path).findings.problems
    assert problem.where == "field 'level_flor'"
    assert "level_floor" in problem.found


@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
@pytest.mark.parametrize("parts", [("hip", "knee", "ankle"), ("knee", "ankle"), ("wrist",)], ids="/".join)
def test_exchanges_of_sides_within_a_take_are_reported(rate_hz, parts):
    position = walk_m(4.0, rate_hz=rate_hz)
    assert describe_exchanges(position, rate_hz) == ""
    sides = [[INDEX[f"{side}_{part}"] for part in parts] for side in ("l", "r")]
    frames = slice(round(1.2 * rate_hz), round(2.4 * rate_hz))
    position[frames, sides[0] + sides[1]] = position[frames, sides[1] + sides[0]]
    found = _found(take_warnings(position, repair(position, rate_hz), rate_hz, TAKE))
    assert found["left and right change places within the take"] == f"{', '.join(parts)} at 1.20, 2.40 s"


def test_a_single_frame_or_lost_joints_have_no_exchanges():
    assert describe_exchanges(walk_m()[:1], RATE_HZ) == ""
    assert describe_exchanges(np.full((20, 15, 3), np.nan), RATE_HZ) == ""
