"""Alignment against motions known in closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walkers import in_the_room, on_the_spot

from affectlib.gait.alignment import (
    REFERENCE_BONES_M,
    align,
    normalise_bones,
    remove_displacement,
    remove_heading,
)
from affectlib.gait.heading import estimate_heading, mean_over_strides, trunk_direction
from affectlib.gait.preprocessing import Preprocessing
from affectlib.skeleton import BONES, INDEX, LEFT_RIGHT, bone_lengths_m

TIME_S = np.arange(0, 10, 1 / 60)
WALK = on_the_spot(0.8 * TIME_S)


def walk_a_circle(turn_rate: float) -> tuple[np.ndarray, np.ndarray]:
    heading = turn_rate * TIME_S - 2.0
    path_m = np.stack([np.sin(heading), -np.cos(heading)], axis=1)
    return in_the_room(WALK, heading=heading, path_m=path_m), heading


@given(turn_rate=st.floats(-1.5, 1.5))
def test_a_walk_in_a_circle_becomes_the_walk_on_the_spot(turn_rate: float) -> None:
    position, heading = walk_a_circle(turn_rate)
    found = estimate_heading(position, rate_hz=60)
    # The trunk of this walker does not rotate, so a steady turn must come back exactly, ends included.
    np.testing.assert_allclose(np.exp(1j * found), np.exp(1j * heading), atol=1e-6)
    np.testing.assert_allclose(remove_heading(remove_displacement(position), found), WALK, atol=1e-5)


def corners(time_s: np.ndarray) -> np.ndarray:
    """Heading of straight walks with turns of 120 degrees within 1.5 s between them."""
    return 2 * np.pi / 3 * np.clip((time_s[:, None] - [2.5, 6.0]) / 1.5, 0, 1).sum(axis=1)


@pytest.mark.parametrize("stride_hz", [0.6, 0.73, 0.8, 1.0, 1.2])
@pytest.mark.parametrize("turns", [np.zeros_like, lambda time_s: 0.5 * time_s, corners])
def test_the_trunks_rotation_within_a_stride_is_kept_at_every_cadence(
    turns: Callable[[np.ndarray], np.ndarray], stride_hz: float
) -> None:
    angle = 2 * np.pi * stride_hz * TIME_S
    yaw = 0.15 * np.sin(angle) + 0.04 * np.cos(2 * angle)

    def remaining(yaw: np.ndarray) -> np.ndarray:
        position = in_the_room(
            on_the_spot(stride_hz * TIME_S), heading=turns(TIME_S) + yaw, path_m=np.zeros((len(TIME_S), 2))
        )
        return trunk_direction(position) - estimate_heading(position, rate_hz=60)

    # Corners lag the same with and without yaw; what yaw adds is the yaw itself, ends included.
    np.testing.assert_allclose(remaining(yaw) - remaining(0 * yaw), yaw, atol=0.02 * 0.15)


def test_a_window_of_no_stride_follows_the_trunk_and_other_windows_pass_what_a_mean_passes() -> None:
    yaw = 0.15 * np.cos(2 * np.pi * 0.8 * TIME_S)
    position = in_the_room(WALK, heading=0.5 * TIME_S + yaw, path_m=np.zeros((len(TIME_S), 2)))
    direction = trunk_direction(position)
    np.testing.assert_allclose(direction - 0.5 * TIME_S, yaw, atol=1e-9)
    heading = estimate_heading(position, rate_hz=60, preprocessing=Preprocessing(heading_strides=0))
    np.testing.assert_array_equal(heading, direction)
    # A mean over w strides passes sinc(w) of a sine.
    half = estimate_heading(position, rate_hz=60, preprocessing=Preprocessing(heading_strides=0.5))
    np.testing.assert_allclose(half - 0.5 * TIME_S, np.sinc(0.5) * yaw, atol=1e-3)


def test_one_bad_frame_at_the_end_of_tracking_does_not_turn_the_heading() -> None:
    direction = 0.5 * TIME_S
    found = mean_over_strides(np.append(direction[:-1], direction[-1] + 0.5), stride_frames=75)
    # Within the window it is one frame in 75, and continued it is in no window.
    np.testing.assert_allclose(found, direction, atol=1.01 * 0.5 / 75)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 20])
def test_takes_shorter_than_a_stride_have_a_heading(n_frames: int) -> None:
    assert np.isfinite(estimate_heading(walk_a_circle(0.7)[0][:n_frames], rate_hz=60)).all()


def test_displacement_leaves_every_distance_within_a_frame() -> None:
    position, _ = walk_a_circle(0.7)
    moved = remove_displacement(position)
    assert np.all(moved[:, INDEX["pelvis"]] == 0)
    np.testing.assert_allclose(bone_lengths_m(moved), bone_lengths_m(position))


@pytest.mark.parametrize("stature", [0.8, 1.0, 1.3])
def test_bodies_of_every_size_become_one_body(stature: float) -> None:
    normalised = normalise_bones(stature * WALK)
    expected = [REFERENCE_BONES_M[bone] for bone in BONES]
    np.testing.assert_allclose(bone_lengths_m(normalised), np.tile(expected, (len(WALK), 1)))
    np.testing.assert_allclose(normalised, normalise_bones(WALK), atol=1e-12)


def test_normalised_bones_keep_their_directions() -> None:
    parents = [INDEX[parent] for parent, _ in BONES]
    children = [INDEX[child] for _, child in BONES]
    before, after = (p[:, children] - p[:, parents] for p in (WALK, normalise_bones(WALK)))
    cosine = (
        np.sum(before * after, axis=-1) / np.linalg.norm(before, axis=-1) / np.linalg.norm(after, axis=-1)
    )
    np.testing.assert_allclose(cosine, 1)


def test_the_reference_body_is_symmetric() -> None:
    other = dict(LEFT_RIGHT) | {right: left for left, right in LEFT_RIGHT}
    for parent, child in BONES:
        twin = (other.get(parent, parent), other.get(child, child))
        assert REFERENCE_BONES_M[parent, child] == REFERENCE_BONES_M[twin]


def test_body_size_stays_only_where_it_is_asked_for() -> None:
    tall = in_the_room(1.2 * WALK, heading=np.zeros(len(WALK)), path_m=np.zeros((len(WALK), 2)))
    kept = align(tall, rate_hz=60, preprocessing=Preprocessing(normalise_bones=False))
    np.testing.assert_allclose(kept, 1.2 * WALK, atol=1e-6)
    assert not np.allclose(align(tall, rate_hz=60), kept)
