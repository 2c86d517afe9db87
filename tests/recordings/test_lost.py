"""Numbers that stand for nothing seen: stand-ins, held joints, joints far from the body."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simple_walker import RATE_HZ, csv_text, walk_m, write_manifest

from affectlib.errors import RecordingError
from affectlib.recordings import check_library, open_library, read_recordings
from affectlib.recordings.canonical import to_canonical
from affectlib.recordings.held import mark_held
from affectlib.recordings.lost import LostSpan, mark_lost
from affectlib.recordings.measured import keep_measured, mark_out_of_reach, mark_straight
from affectlib.recordings.motion import Motion
from affectlib.skeleton import INDEX, JOINTS

PELVIS = INDEX["pelvis"]


def _on_the_spot(position):
    return position - position[:, [PELVIS]] * [1, 1, 0]


def _lost(position):
    return np.isnan(position).any(axis=-1)


@pytest.mark.parametrize("value", [0.0, -9999.0, -1.0, 999999.0, -3.4e38, np.inf, np.nan, 12.5])
def test_a_repeated_number_in_all_axes_is_lost(value):
    position = walk_m()
    position[40:50, 4] = value
    expected = np.zeros((120, 15), dtype=bool)
    expected[40:50, 4] = True
    np.testing.assert_array_equal(_lost(mark_lost(position, root=PELVIS)), expected)


def test_a_single_number_in_all_axes_may_be_a_position():
    position = walk_m()
    position[40, 4] = 0.7
    assert not _lost(mark_lost(position, root=PELVIS)).any()
    for value in (-9999.0, 99999.0, 1e10, 0.0):
        position[40, 4] = value
        assert _lost(mark_lost(position, root=PELVIS)).sum() == 1


def test_a_root_at_the_origin_throughout_was_seen_and_a_dead_marker_there_was_not():
    position = walk_m()
    position -= position[:, [PELVIS]]
    assert not _lost(mark_lost(position, root=PELVIS)).any()
    assert _lost(mark_lost(position, root=None))[:, PELVIS].all()


@pytest.mark.parametrize("value", [0.0, -9999.0, np.nan])
def test_a_midpoint_is_lost_where_one_of_its_sources_is(value):
    walk = walk_m()
    sources = np.concatenate([walk, walk[:, [4]] + [0, 0.03, 0]], axis=1)
    sources[30:40, 15] = value
    motion = Motion(position=sources, joints=(*JOINTS, "LWRB"))
    position = to_canonical(motion, joint_map={"l_wrist": ("l_wrist", "LWRB")}, file="a.csv")
    np.testing.assert_array_equal(np.flatnonzero(_lost(position)[:, 4]), np.arange(30, 40))
    np.testing.assert_allclose(position[:30, 4], walk[:30, 4] + [0, 0.015, 0])


def test_a_pelvis_between_two_hips_of_which_one_is_dead_is_lost():
    walk = walk_m()
    sources = np.concatenate([walk, 0 * walk[:, [0]]], axis=1)
    motion = Motion(position=sources, joints=(*JOINTS, "RASI"))
    position = to_canonical(motion, joint_map={"pelvis": ("l_hip", "RASI")}, file="a.csv")
    assert _lost(position)[:, PELVIS].all()


@pytest.mark.parametrize("joint", ["l_ankle", "r_wrist", "head", "pelvis"])
@pytest.mark.parametrize("frames", [6, 60], ids=["a tenth of a second", "a second"])
def test_a_joint_held_at_its_last_value_is_lost(joint, frames):
    position = walk_m(4.0)
    position[100 : 100 + frames, INDEX[joint]] = position[99, INDEX[joint]]
    marked, holds = mark_held(position, RATE_HZ)
    assert [(hold.joint, hold.start, hold.stop) for hold in holds] == [(joint, 100, 100 + frames)]
    np.testing.assert_array_equal(
        np.flatnonzero(_lost(marked)[:, INDEX[joint]]), np.arange(100, 100 + frames)
    )
    assert _lost(marked).sum() == frames


def test_several_joints_held_at_once_are_lost_also_on_the_spot():
    position = _on_the_spot(walk_m(4.0))
    joints = [INDEX[joint] for joint in ("l_ankle", "l_knee", "r_wrist")]
    position[100:150, joints] = position[99, joints]
    marked, _ = mark_held(position, RATE_HZ)
    assert _lost(marked)[100:150, joints].all()
    assert _lost(marked).sum() == 150


@pytest.mark.parametrize("part", [slice(0, 40), slice(200, 240)], ids=["start", "end"])
def test_a_hold_at_either_end_is_lost(part):
    position = walk_m(4.0)
    position[part, INDEX["head"]] = position[part, INDEX["head"]][0 if part.start else -1]
    marked, _ = mark_held(position, RATE_HZ)
    assert _lost(marked)[part, INDEX["head"]].sum() >= 39
    assert _lost(marked).sum() <= 41


def test_frames_repeated_for_all_joints_are_lost():
    position = walk_m(4.0)
    position[100:106] = position[99]
    marked, _ = mark_held(position, RATE_HZ)
    frames = np.flatnonzero(_lost(marked).sum(axis=1) > 7)
    np.testing.assert_array_equal(frames, np.arange(100, 106))


def test_a_recording_that_stops_dead_and_goes_on_from_there_is_divided():
    position = np.insert(walk_m(4.0), 100, np.repeat(walk_m(4.0)[[100]], 24, axis=0), axis=0)
    marked, holds = mark_held(position, RATE_HZ)
    assert [(hold.joint, hold.stop - hold.start) for hold in holds] == [("", 24)]
    assert _lost(marked).all(axis=1).sum() == 24


def test_a_foot_that_stands_while_the_body_passes_over_it_is_no_loss():
    position = walk_m(4.0)
    ankle = INDEX["l_ankle"]
    # A foot-locked animation: the slowest third of a stride at one place, with smooth ends.
    slow = np.linalg.norm(np.gradient(position[:, ankle, :2], axis=0), axis=-1) * RATE_HZ < 0.35
    for start in np.flatnonzero(np.diff(slow.astype(int)) == 1) + 1:
        stop = start + int(np.argmin(slow[start:])) if not slow[start:].all() else 240
        shift = position[stop - 1, ankle] - position[start, ankle]
        position[start:stop, ankle] = position[start, ankle]
        position[stop:, ankle] -= shift
    marked, holds = mark_held(position, RATE_HZ)
    assert holds == []
    assert marked is position


def test_standing_still_before_walking_is_no_loss():
    walk = walk_m(3.0)
    position = np.concatenate([np.repeat(walk[[0]], 60, axis=0), walk])
    assert mark_held(position, RATE_HZ)[1] == []


@given(digits=st.integers(3, 6), rate_hz=st.sampled_from([30.0, 60.0, 100.0, 250.0]))
def test_positions_rounded_in_a_file_are_no_holds(digits, rate_hz):
    position = walk_m(2.0, rate_hz=rate_hz).round(digits)
    assert mark_held(position, rate_hz)[1] == []
    assert mark_held(_on_the_spot(position), rate_hz)[1] == []


def test_a_joint_far_from_the_body_is_lost_and_arms_overhead_are_not():
    position = walk_m(2.0)
    assert mark_out_of_reach(position, RATE_HZ) is position
    position[:, INDEX["l_wrist"], 2] = 2.1
    assert mark_out_of_reach(position, RATE_HZ) is position
    position[30:100, INDEX["l_wrist"]] += [5, 0, 0]
    np.testing.assert_array_equal(
        np.argwhere(_lost(mark_out_of_reach(position, RATE_HZ))),
        [(frame, INDEX["l_wrist"]) for frame in range(30, 100)],
    )


def _library(root, position):
    write_manifest(root, "a.csv,ann,neutral,1,60,m,z,F")
    (root / "a.csv").write_text(csv_text(position))
    return root


def test_a_held_joint_is_reported_with_joint_time_and_length(tmp_path):
    position = walk_m(5.0)
    position[150:210, INDEX["l_ankle"]] = position[149, INDEX["l_ankle"]]
    check = check_library(_library(tmp_path, position))
    row = check.takes.iloc[0]
    assert check.ok
    assert (row["lost_frames"], row["pieces"]) == (60, 2)
    assert "l_ankle stands still to the micrometre at 2.50 s for 1.00 s" in row["notes"]


def test_a_joint_that_never_moves_in_a_room_that_is_crossed_is_a_problem(tmp_path):
    position = walk_m(1.0, speed_m_s=0.8)
    position[:, INDEX["r_wrist"]] = position[30, INDEX["r_wrist"]] + [0, 0.01, 0]
    (problem,) = check_library(_library(tmp_path, position)).findings.problems
    assert isinstance(problem, RecordingError)
    assert problem.problem == "joint that never moves"
    assert problem.where == "r_wrist"


def test_centred_recordings_keep_joints_that_never_move(tmp_path):
    position = walk_m(3.0)
    position -= position[:, [PELVIS]]
    (recording,) = read_recordings(open_library(_library(tmp_path, position))).recordings
    assert recording.n_frames == 180
    assert recording.repairs.interpolated_frames == 0


def test_long_gaps_are_reported_with_joint_length_and_time(tmp_path):
    position = walk_m(6.0)
    position[200:270, INDEX["l_wrist"]] = 0
    position[100:105, INDEX["head"]] = 0
    check = check_library(_library(tmp_path, position))
    assert check.takes.iloc[0]["notes"] == "not seen and left out: l_wrist for 1.17 s at 3.33 s"
    assert "a: not seen and left out: l_wrist for 1.17 s at 3.33 s" in str(check)


@pytest.mark.parametrize("joint", ["l_ankle", "r_wrist"])
@pytest.mark.parametrize("digits", [6, 12])
def test_a_gap_filled_with_a_straight_line_is_lost(joint, digits, tmp_path):
    position = walk_m(5.0)
    track = position[:, INDEX[joint]]
    track[120:160] = track[119] + np.arange(1, 41)[:, None] / 41 * (track[160] - track[119])
    marked, lines = mark_straight(position.round(digits), RATE_HZ)
    assert lines == [LostSpan(joint, 120, 160)]
    np.testing.assert_array_equal(
        np.argwhere(_lost(marked)), [(frame, INDEX[joint]) for frame in range(120, 160)]
    )
    check = check_library(_library(tmp_path, position))
    assert f"{joint} moves on a straight line at 2.00 s for 0.67 s" in str(check)
    assert check.takes.iloc[0]["lost_frames"] == 40


def test_joints_that_always_move_evenly_and_bodies_that_do_are_no_fills():
    position = walk_m(5.0)
    assert mark_straight(position, RATE_HZ)[0] is position
    # All joints of a film at half its rate lie on lines between every other frame, for one frame each.
    position[1:-1:2] = (position[:-2:2] + position[2::2]) / 2
    assert mark_straight(position, RATE_HZ)[0] is position


@pytest.mark.parametrize("rounding_m", [0.005, 0.01, 0.02])
def test_positions_rounded_to_centimetres_are_not_taken_for_joints_held_still(rounding_m):
    walk = walk_m(4.0) + np.random.default_rng(0).normal(0, 0.002, (240, 15, 3))
    measured, notes = keep_measured(np.round(walk / rounding_m) * rounding_m, RATE_HZ)
    assert _lost(measured).mean() < 0.01
    assert not notes or notes[0] == f"positions are rounded to {rounding_m * 1000:g} mm"


def test_an_ankle_that_stands_still_for_the_stance_of_a_long_stride_is_not_held():
    position = walk_m(4.0, speed_m_s=1.5)
    ankle = INDEX["l_ankle"]
    # From one swing to the next: .6 of a stride of 1.6 m, set down and lifted without a jolt.
    free = position[:, ankle].copy()
    stance = slice(60, 98)
    share = np.clip((np.arange(240) - 98) / 20, 0, 1)[:, None]
    position[stance, ankle] = free[60]
    position[98:118, ankle] = (1 - share[98:118] ** 2) * free[60] + share[98:118] ** 2 * free[98:118]
    marked, holds = mark_held(position, RATE_HZ)
    assert holds == []
    assert marked is position
