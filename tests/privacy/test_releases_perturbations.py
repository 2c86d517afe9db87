"""Perturbations, on motions of which the result can be written down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walkers import STANDING, SWING_M, on_the_spot

from affectlib.gait.alignment import REFERENCE_BONES_M, normalise_bones
from affectlib.privacy.releases.coarse import add_noise, coarsen, keep_phases, smooth
from affectlib.privacy.releases.course import (
    COURSE,
    differences,
    keep_harmonics,
    remaining_heading,
    remove_heading_and_pace,
    stride_length_m,
)
from affectlib.privacy.releases.posture import (
    PARTS,
    POSTURE,
    blend,
    equalise_swing,
    leave_out,
    resize,
    swing_m,
)
from affectlib.privacy.walks import Walks
from affectlib.skeleton import INDEX, JOINTS, bone_lengths_m

RELEASES = {release.name: release for release in (*POSTURE, *COURSE)}
TURNS = np.arange(100) / 100
COS, SIN = np.cos(2 * np.pi * TURNS), np.sin(2 * np.pi * TURNS)


def walkers(*amplitudes: float) -> np.ndarray:
    return np.stack([on_the_spot(TURNS, amplitude) for amplitude in amplitudes]).astype(np.float32)


def walks(x: np.ndarray) -> Walks:
    names = np.array([f"p{number}" for number in range(len(x))])
    return Walks(x=x, subject=names, label=names, take=names, gender=names)


def course(values: np.ndarray) -> np.ndarray:
    """Cycles in which every coordinate follows the same course."""
    return np.broadcast_to(values[None, :, None, None], (1, len(values), 15, 3)).astype(np.float32)


def test_blending_goes_the_share_of_the_way() -> None:
    x = walkers(1.0, 2.0)
    to = x.mean(axis=0)
    np.testing.assert_allclose(blend(x, towards_m=to, share=0.25)[0], walkers(1.125)[0], atol=1e-6)
    np.testing.assert_allclose(blend(x, towards_m=to, share=1.0)[0], walkers(1.5)[0], atol=1e-6)
    released = RELEASES["average pose"].fit(walks(x), 0.5, 0)(walkers(3.0))
    np.testing.assert_allclose(released, walkers(2.25), atol=1e-6)


def test_coarse_space_has_steps() -> None:
    released = coarsen(course(np.array([0.0, 0.04, 0.06, -0.16])), step_m=0.1)[0, :, 0, 0]
    np.testing.assert_allclose(released, [0, 0, 0.1, -0.2], atol=1e-7)


@given(st.floats(0.001, 0.5), st.integers(0, 100))
def test_coarse_space_moves_nothing_further_than_half_a_step(step_m: float, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, 4, 15, 3)).astype(np.float32)
    assert np.abs(coarsen(x, step_m=step_m) - x).max() <= step_m / 2 + 1e-6


def test_coarse_time_keeps_phases_and_draws_lines() -> None:
    released = keep_phases(course(COS), n_kept=4)[0, :, 0, 0]
    np.testing.assert_allclose(released[[0, 25, 50, 75]], [1, 0, -1, 0], atol=1e-6)
    np.testing.assert_allclose(released[[5, 95]], [0.8, 0.8], atol=1e-6)


@pytest.mark.parametrize("kept", [1, 3, 7, 100, 200])
def test_coarse_time_depends_on_the_kept_phases_only(kept: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 100, 15, 3)).astype(np.float32)
    places = (np.arange(min(kept, 100)) * 100) // min(kept, 100)
    other = rng.normal(size=x.shape).astype(np.float32)
    other[:, places] = x[:, places]
    np.testing.assert_array_equal(keep_phases(x, n_kept=kept), keep_phases(other, n_kept=kept))
    np.testing.assert_allclose(keep_phases(x, n_kept=kept)[:, places], x[:, places], atol=1e-6)


def test_rolling_mean_of_a_sine_is_a_smaller_sine() -> None:
    # 2 * 12 + 1 phases: the Dirichlet kernel at the first harmonic.
    gain = np.sin(25 * np.pi / 100) / (25 * np.sin(np.pi / 100))
    np.testing.assert_allclose(smooth(course(SIN), window=0.25)[0, :, 3, 1], gain * SIN, atol=1e-6)
    np.testing.assert_allclose(smooth(course(SIN), window=0.01), course(SIN), atol=1e-9)


def test_differences_of_a_ramp_are_its_slope() -> None:
    released = differences(course(3 * TURNS + 7), order=1)[0, :, 0, 0]
    np.testing.assert_allclose(released[:-1], 3, rtol=1e-3)
    assert released[-1] == pytest.approx(-297, rel=1e-3)


def test_differences_forget_the_posture() -> None:
    np.testing.assert_allclose(
        differences(course(COS), order=2), differences(course(COS + 5), order=2), atol=0.02
    )
    curvature = differences(course(COS), order=2)[0, 99, 0, 0]
    assert curvature == pytest.approx(-((2 * np.pi) ** 2), rel=1e-2)


def test_harmonics_beyond_the_kept_are_gone_and_no_others() -> None:
    third = np.cos(6 * np.pi * TURNS)
    for n_harmonics, before, after in (
        (3, SIN + third, SIN + third),
        (2, 2 + SIN + third, 2 + SIN),
        (0, 2 + SIN, np.full(100, 2.0)),
    ):
        released = keep_harmonics(course(before), n_harmonics=n_harmonics)
        np.testing.assert_allclose(released, course(after), atol=1e-6)


@pytest.mark.parametrize("part", PARTS)
def test_parts_left_out_are_everyones_and_others_ones_own(part: str) -> None:
    x, gone = walkers(1.0, 2.0), [INDEX[joint] for joint in PARTS[part]]
    released = leave_out(x, part=part, average_m=walkers(5.0)[0])
    np.testing.assert_array_equal(released[:, :, gone], np.repeat(walkers(5.0)[:, :, gone], 2, axis=0))
    rest = [INDEX[joint] for joint in JOINTS if joint not in PARTS[part]]
    np.testing.assert_array_equal(released[:, :, rest], x[:, :, rest])


def test_swings_come_to_one_size_and_keep_their_middle() -> None:
    x = walkers(0.5, 2.0)
    released = equalise_swing(x, target_m=swing_m(walkers(1.0))[0], share=1.0)
    np.testing.assert_allclose(released, walkers(1.0, 1.0), atol=1e-6)
    half = equalise_swing(x, target_m=swing_m(walkers(1.0))[0], share=0.5)
    np.testing.assert_allclose(half, walkers(0.5**0.5, 2**0.5), atol=1e-6)


def test_bodies_come_to_the_average_size_of_people() -> None:
    small, tall = 0.9 * walkers(1.0), 1.1 * walkers(1.0)
    train = walks(np.concatenate([small, tall, tall, tall]))
    train = Walks(x=train.x, **dict.fromkeys(("subject", "label", "take", "gender"), np.array(list("abbb"))))
    released = RELEASES["size-normalised"].fit(train, None, 0)(small)
    average_m = bone_lengths_m(walkers(1.0)).mean(axis=1)
    np.testing.assert_allclose(bone_lengths_m(released).mean(axis=1), average_m, rtol=1e-4)


def test_bodies_of_one_size_stay_as_they_are() -> None:
    x = np.stack([normalise_bones(on_the_spot(TURNS, size)) for size in (0.5, 1.5)]).astype(np.float32)
    np.testing.assert_allclose(resize(x, lengths_m=REFERENCE_BONES_M), x, atol=1e-6)
    np.testing.assert_allclose(RELEASES["size-normalised"].fit(walks(x), None, 0)(x), x, atol=1e-6)


def test_strides_come_to_one_length() -> None:
    x = walkers(0.5, 2.0)
    full_m = 4 * SWING_M["l_ankle"]
    np.testing.assert_allclose(stride_length_m(x), [0.5 * full_m, 2 * full_m], rtol=1e-5)
    released = remove_heading_and_pace(x, stride_m=full_m, share=1.0)
    np.testing.assert_allclose(released, walkers(1.0, 1.0), atol=1e-6)
    np.testing.assert_allclose(remove_heading_and_pace(x, stride_m=full_m, share=0.0), x, atol=1e-6)
    fitted = RELEASES["heading and pace removed"].fit(walks(x), 1.0, 0)
    np.testing.assert_allclose(fitted(walkers(3.0)), walkers(1.0), atol=1e-5)


@given(st.floats(-1.5, 1.5))
def test_turned_walkers_look_ahead_again(turn: float) -> None:
    x = walkers(1.0)
    cos, sin = np.cos(turn), np.sin(turn)
    turned = x @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], dtype=np.float32)
    assert remaining_heading(turned)[0] == pytest.approx(turn, abs=1e-4)
    np.testing.assert_allclose(remove_heading_and_pace(turned, stride_m=1, share=0.0), x, atol=1e-4)


def test_noise_has_its_size_and_belongs_to_the_cycle() -> None:
    x = np.concatenate([walkers(*np.linspace(0.5, 1.5, 20))])
    noise = add_noise(x, deviation_m=0.05, seed=0) - x
    assert noise.std() == pytest.approx(0.05, rel=0.02)
    assert abs(noise.mean()) < 0.001
    assert abs(np.corrcoef(noise[0].ravel(), noise[1].ravel())[0, 1]) < 0.1
    np.testing.assert_array_equal(add_noise(x[::-1], deviation_m=0.05, seed=0)[::-1], x + noise)
    assert (add_noise(x, deviation_m=0.05, seed=1) != x + noise).any(axis=(1, 2, 3)).all()


def test_someone_standing_stays_finite() -> None:
    still = walkers(0.0)
    assert np.isfinite(equalise_swing(still, target_m=swing_m(walkers(1.0))[0], share=1.0)).all()
    np.testing.assert_allclose(remove_heading_and_pace(still, stride_m=1.0, share=1.0), still, atol=1e-6)
    assert STANDING["pelvis"] == (0.0, 0.0, 0.0)
