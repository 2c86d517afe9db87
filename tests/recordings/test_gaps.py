from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simple_walker import RATE_HZ, walk_m

from affectlib.recordings import gaps, lost, open_library, read_recordings
from affectlib.skeleton import INDEX

SHORT = int(gaps.SHORT_GAP_S * RATE_HZ)


def _repair(position):
    return gaps.repair(lost.mark_lost(position, root=INDEX["pelvis"]), RATE_HZ)


def test_a_whole_take_is_left_as_it_is():
    (piece,) = _repair(walk_m())
    np.testing.assert_array_equal(piece.position, walk_m())
    assert (piece.start, piece.stop, piece.interpolated_frames) == (0, 120, 0)


@pytest.mark.parametrize("lost", [0.0, np.nan])
@pytest.mark.parametrize("joint", ["r_ankle", slice(None)], ids=["one joint", "all joints"])
def test_short_gaps_are_bridged_close_to_the_truth(lost, joint):
    position = walk_m()
    position[50 : 50 + SHORT, joint if isinstance(joint, slice) else INDEX[joint]] = lost
    (piece,) = _repair(position)
    assert piece.interpolated_frames == SHORT
    # An ankle swings by half a metre in half a second; over 0.2 s the cubic loses a few centimetres.
    assert np.abs(piece.position - walk_m()).max() < 0.05
    untouched = np.delete(np.arange(120), np.arange(50, 50 + SHORT))
    np.testing.assert_array_equal(piece.position[untouched], walk_m()[untouched])


def test_bridging_does_not_overshoot():
    position = walk_m()
    position[50:58] = 0
    (piece,) = _repair(position)
    low, high = np.minimum(position[49], position[58]), np.maximum(position[49], position[58])
    assert ((piece.position[50:58] >= low - 1e-12) & (piece.position[50:58] <= high + 1e-12)).all()


def test_a_long_gap_divides_the_take():
    position = walk_m(4.0)
    position[100 : 100 + SHORT + 1, INDEX["l_wrist"]] = 0
    first, second = _repair(position)
    assert (first.start, first.stop, second.start, second.stop) == (0, 100, 100 + SHORT + 1, 240)
    assert first.interpolated_frames == second.interpolated_frames == 0


def test_edges_are_trimmed_and_short_pieces_dropped():
    position = walk_m(4.0)
    position[:5, 3] = 0
    position[-3:] = np.nan
    position[150:180] = 0
    (piece,) = _repair(position)
    assert (piece.start, piece.stop) == (5, 150)


def test_a_spike_is_removed_and_its_neighbours_are_not():
    position = walk_m()
    position[60, INDEX["l_ankle"]] += [0, 1, 0]
    (piece,) = _repair(position)
    assert piece.interpolated_frames == 1
    assert np.abs(piece.position - walk_m()).max() < 0.005


def test_a_few_frames_off_the_track_are_removed():
    position = walk_m()
    position[60:64] += [0, 0, 3]
    (piece,) = _repair(position)
    assert piece.interpolated_frames == 4
    assert np.abs(piece.position - walk_m()).max() < 0.02


def test_a_jump_of_the_whole_body_divides_the_take():
    position = walk_m(4.0)
    position[110:] += [2, 1, 0]
    first, second = _repair(position)
    assert (first.stop, second.start) == (110, 110)
    np.testing.assert_array_equal(second.position, position[110:])


def test_a_jump_of_one_joint_that_stays_is_bridged():
    position = walk_m(4.0)
    position[110:, INDEX["r_wrist"]] += [0, 0.4, 0]
    (piece,) = _repair(position)
    assert piece.stop - piece.start == 240
    speed = np.linalg.norm(np.diff(piece.position, axis=0), axis=-1) * RATE_HZ
    assert speed.max() < gaps.JUMP_M_S


def test_noise_without_any_track_gives_nothing_and_ends():
    position = np.random.default_rng(0).normal(0, 5, (2000, 15, 3))
    assert _repair(position) == []


def test_a_pelvis_always_at_the_origin_is_no_loss():
    position = walk_m()
    position -= position[:, [INDEX["pelvis"]]]
    (piece,) = _repair(position)
    assert piece.interpolated_frames == 0


@settings(max_examples=80, deadline=None)
@given(
    holes=st.lists(st.tuples(st.integers(0, 239), st.integers(1, 40), st.integers(0, 14)), max_size=8),
    flings=st.lists(st.tuples(st.integers(0, 239), st.integers(1, 6), st.floats(0.5, 20)), max_size=3),
)
def test_whatever_is_lost_pieces_are_finite_ordered_long_enough_and_true_where_nothing_was_lost(
    holes, flings
):
    truth = walk_m(4.0)
    position = truth.copy()
    for start, length, joint in holes:
        position[start : start + length, joint] = 0
    for start, length, way_m in flings:
        position[start : start + length] += [0, way_m, 0]
    stop = 0
    for piece in _repair(position):
        assert piece.start >= stop
        stop = piece.stop
        assert stop - piece.start >= gaps.MIN_PIECE_S * RATE_HZ
        assert piece.position.shape == (stop - piece.start, 15, 3)
        assert np.isfinite(piece.position).all()
        changed = (piece.position != position[piece.start : stop]).any(axis=(1, 2))
        assert changed.sum() <= piece.interpolated_frames
    assert stop <= 240


@pytest.mark.real_data
def test_lost_frames_of_a_depth_camera(real_data):
    reading = read_recordings(open_library(real_data / "kinect_walks"))
    by_take = {}
    for recording in reading.recordings:
        by_take.setdefault((recording.subject, recording.label, recording.take), []).append(recording)
    assert len(by_take) == 84
    used = sum(recording.n_frames for recording in reading.recordings)
    gone = sum(parts[0].repairs.lost_frames for parts in by_take.values())
    bridged = sum(parts[0].repairs.interpolated_frames for parts in by_take.values())
    assert used + gone == 84 * 120
    assert gone < 0.04 * 84 * 120
    assert bridged < 0.04 * 84 * 120
    for recording in reading.recordings:
        speed_m_s = np.linalg.norm(np.diff(recording.position, axis=0), axis=-1) * recording.rate_hz
        assert np.isfinite(recording.position).all()
        assert speed_m_s.max() <= 1.5 * gaps.JUMP_M_S


def _replaced(position, rate_hz):
    pieces = gaps.repair(position, rate_hz)
    assert [(piece.start, piece.stop) for piece in pieces] == [(0, len(position))]
    return np.flatnonzero((pieces[0].position != position).any(axis=(1, 2))), pieces[0].position


@pytest.mark.parametrize("rate_hz", [60.0, 100.0, 200.0])
@pytest.mark.parametrize("lag", [0.6, 1.0], ids=["in part", "whole"])
def test_of_one_lagging_frame_only_that_frame_is_replaced(rate_hz, lag):
    truth = _hurried(rate_hz)
    ankle = INDEX["l_ankle"]
    fastest = int(np.linalg.norm(np.diff(truth[:, ankle], axis=0), axis=1).argmax())
    position = truth.copy()
    position[fastest, ankle] -= lag * (truth[fastest, ankle] - truth[fastest - 1, ankle])
    assert np.linalg.norm(position[fastest + 1, ankle] - position[fastest, ankle]) * rate_hz > gaps.JUMP_M_S
    replaced, repaired = _replaced(position, rate_hz)
    np.testing.assert_array_equal(replaced, [fastest])
    assert np.abs(repaired - truth).max() < 0.01


def _hurried(rate_hz):
    """A fast walker whose foot passes 6.7 m/s."""
    truth = walk_m(4.0, rate_hz=rate_hz, speed_m_s=2.2)
    truth[:, INDEX["l_ankle"], 0] += 0.52 * np.sin(2 * np.pi * 0.9 * np.arange(len(truth)) / rate_hz)
    return truth


def test_of_three_lagging_frames_only_those_are_replaced():
    truth = _hurried(100.0)
    ankle = INDEX["l_ankle"]
    fastest = int(np.linalg.norm(np.diff(truth[:, ankle], axis=0), axis=1).argmax())
    position = truth.copy()
    position[fastest : fastest + 3, ankle] = truth[fastest - 1 : fastest + 2, ankle]
    replaced, repaired = _replaced(position, 100.0)
    np.testing.assert_array_equal(replaced, np.arange(fastest, fastest + 3))
    assert np.abs(repaired - truth).max() < 0.02


def test_good_frames_between_bad_ones_are_not_removed():
    position = walk_m(4.0)
    wrist = INDEX["l_wrist"]
    flung = [100, 101, 102, 105, 106, 107]
    position[flung, wrist] += [0, 1, 0]
    replaced, repaired = _replaced(position, RATE_HZ)
    np.testing.assert_array_equal(replaced, flung)
    assert np.abs(repaired - walk_m(4.0)).max() < 0.02


@pytest.mark.parametrize("way_m", [0.2, 0.4, 1.0])
def test_a_jump_that_stays_costs_no_more_frames_than_its_bridge_needs(way_m):
    position = walk_m(4.0)
    position[110:, INDEX["r_wrist"]] += [0, way_m, 0]
    replaced, repaired = _replaced(position, RATE_HZ)
    assert len(replaced) <= np.ceil(1.5 * way_m * RATE_HZ / gaps.JUMP_M_S) + 1
    assert set(replaced) <= set(range(110 - SHORT, 110 + SHORT))
    speed = np.linalg.norm(np.diff(repaired, axis=0), axis=-1) * RATE_HZ
    assert speed.max() < 1.3 * gaps.JUMP_M_S


@settings(max_examples=60)
@given(
    spikes=st.lists(
        st.tuples(
            st.integers(2, 237),
            st.integers(0, 14),
            st.floats(0.4, 30),
            st.sampled_from([0, 1, 2]),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_frames_that_were_not_bad_are_not_changed(spikes):
    position = walk_m(4.0)
    bad = np.zeros(position.shape[:2], dtype=bool)
    for frame, joint, way_m, axis, back in spikes:
        if not bad[frame - 2 : frame + 3].any():
            position[frame, joint, axis] += -way_m if back else way_m
            bad[frame, joint] = True
    (piece,) = gaps.repair(position, RATE_HZ)
    changed = (piece.position != position).any(axis=-1)
    np.testing.assert_array_equal(changed, bad)
    assert piece.interpolated_frames == bad.any(axis=1).sum()


def test_a_foot_faster_than_a_jump_is_left_as_it_is_while_its_spikes_go():
    rate_hz = 240.0
    truth = walk_m(4.0, rate_hz=rate_hz, speed_m_s=5.0)
    ankle = INDEX["l_ankle"]
    truth[:, ankle, 0] += 0.85 * np.sin(2 * np.pi * 1.4 * np.arange(len(truth)) / rate_hz)
    assert np.linalg.norm(np.diff(truth[:, ankle], axis=0), axis=1).max() * rate_hz > 1.2 * gaps.JUMP_M_S
    assert len(_replaced(truth, rate_hz)[0]) == 0
    position = truth.copy()
    fastest = 400 + int(np.linalg.norm(np.diff(truth[400:, ankle], axis=0), axis=1).argmax())
    position[[fastest, 300], ankle] += [0, 0.5, 0]
    replaced, repaired = _replaced(position, rate_hz)
    np.testing.assert_array_equal(replaced, sorted([fastest, 300]))
    assert np.abs(repaired - truth).max() < 0.02
