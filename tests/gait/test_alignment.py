"""Alignment against motions known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walkers import in_the_room, on_the_spot

from affectlib.gait.alignment import (
    REFERENCE_BONES_M,
    align,
    estimate_heading,
    normalise_bones,
    remove_displacement,
    remove_heading,
)
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


def test_heading_keeps_the_turn_and_not_the_strides_own_rotation() -> None:
    wobble = 0.15 * np.cos(2 * np.pi * 0.8 * TIME_S)
    position = in_the_room(WALK, heading=0.5 * TIME_S + wobble, path_m=np.zeros((len(TIME_S), 2)))
    raw = estimate_heading(position, rate_hz=60, smoothing_s=0) - 0.5 * TIME_S
    smooth = estimate_heading(position, rate_hz=60) - 0.5 * TIME_S
    middle = slice(120, -120)
    np.testing.assert_allclose(raw, wobble, atol=1e-9)
    # A Gaussian passes exp(-(2 pi f sigma)^2 / 2) of a sine.
    passed = np.exp(-((2 * np.pi * 0.8 * 0.35) ** 2) / 2)
    np.testing.assert_allclose(smooth[middle], passed * wobble[middle], atol=2e-3)


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
