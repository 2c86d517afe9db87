"""Cycle boundaries of walkers whose strides are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walkers import on_the_spot

from affectlib.gait.band import choose_window_frames
from affectlib.gait.intervals import boundaries_frames
from affectlib.gait.oscillation import gait_signal
from affectlib.gait.preprocessing import Preprocessing
from affectlib.gait.segmentation import find_cycles
from affectlib.skeleton import INDEX

RATE_HZ = 60.0
TIME_S = np.arange(0, 12, 1 / RATE_HZ)


def starts_frames(position: np.ndarray, **parameters: float) -> np.ndarray:
    found = find_cycles(position, rate_hz=RATE_HZ, preprocessing=Preprocessing(**parameters))
    return np.array([cycle.start_frames for cycle in found.cycles])


@settings(max_examples=30, deadline=None)
@given(stride_hz=st.floats(0.55, 1.4), phase=st.floats(0, 1))
def test_steady_strides_are_cut_where_the_left_foot_leads_most(stride_hz: float, phase: float) -> None:
    starts = starts_frames(on_the_spot(stride_hz * TIME_S + phase))
    turns = stride_hz * starts / RATE_HZ + phase
    assert len(starts) >= np.floor(stride_hz * 12) - 2
    np.testing.assert_allclose(turns, np.round(turns), atol=0.01)


@pytest.mark.parametrize("delay", [-0.08, 0.06])
def test_cycles_start_where_the_ankle_leads_most_not_where_its_fundamental_does(delay: float) -> None:
    turns = 0.9 * TIME_S
    position = on_the_spot(turns)
    # A second harmonic moves the peak of the ankle's course and leaves its fundamental alone.
    angle = 2 * np.pi * turns
    position[:, INDEX["l_ankle"], 0] += 0.3 * 0.5 * np.sin(2 * np.pi * delay) * np.sin(2 * angle)
    fine = np.linspace(-0.2, 0.2, 4001)
    course = np.cos(2 * np.pi * fine) + 0.5 * np.sin(2 * np.pi * delay) * np.sin(4 * np.pi * fine)
    starts = 0.9 * starts_frames(position) / RATE_HZ
    np.testing.assert_allclose(starts - np.round(starts), fine[course.argmax()], atol=0.01)


def test_strides_that_change_pace_are_followed() -> None:
    stride_hz = 0.85 + 0.08 * np.sin(2 * np.pi * TIME_S / 6)
    turns = np.cumsum(stride_hz) / RATE_HZ
    starts = starts_frames(on_the_spot(turns))
    at_start = np.interp(starts, np.arange(len(turns)), turns)
    late_frames = (at_start - np.round(at_start)) * RATE_HZ / 0.85
    assert np.abs(late_frames).max() < 1


def test_standing_before_and_after_gives_no_cycle() -> None:
    amplitude = np.clip((TIME_S - 2.0) / 0.5, 0, 1) * np.clip((10.0 - TIME_S) / 0.5, 0, 1)
    found = find_cycles(on_the_spot(0.9 * TIME_S, amplitude), rate_hz=RATE_HZ)
    assert len(found.cycles) >= 5
    assert min(cycle.start_frames for cycle in found.cycles) >= 2.0 * RATE_HZ
    assert max(cycle.end_frames for cycle in found.cycles) <= 10.0 * RATE_HZ
    assert {interval.rejected for interval in found.intervals} >= {"", "standing, starting or stopping"}


def test_a_stumble_is_rejected_and_the_rest_kept() -> None:
    position = on_the_spot(0.9 * TIME_S)
    rng = np.random.default_rng(0)
    position[300:360, :, 0] += rng.normal(scale=0.4, size=(60, 15))
    found = find_cycles(position, rate_hz=RATE_HZ)
    rejected = [interval for interval in found.intervals if interval.rejected == "not periodic"]
    assert rejected
    assert all(interval.start_frames < 360 and interval.end_frames > 300 for interval in rejected)
    assert len(found.cycles) >= 7


@pytest.mark.parametrize("n_frames", [1, 3, 8, 40])
@pytest.mark.parametrize("amplitude", [0.0, 1.0])
def test_too_short_or_still_is_no_walk_and_no_error(n_frames: int, amplitude: float) -> None:
    found = find_cycles(on_the_spot(0.8 * TIME_S[:n_frames], amplitude), rate_hz=RATE_HZ)
    assert found.cycles == ()
    assert len(found.analytic) == n_frames


def test_noise_without_steps_is_no_walk() -> None:
    position = on_the_spot(np.zeros(len(TIME_S)), 0.0)
    position += np.random.default_rng(1).normal(scale=0.01, size=position.shape)
    assert len(find_cycles(position, rate_hz=RATE_HZ).cycles) == 0


def test_swaying_on_the_spot_is_no_walk() -> None:
    assert find_cycles(on_the_spot(0.8 * TIME_S, 0.05), rate_hz=RATE_HZ).cycles == ()


def test_the_window_follows_the_stride() -> None:
    for stride_hz in (0.6, 0.8, 1.2):
        signal_m = gait_signal(on_the_spot(stride_hz * TIME_S))
        window = choose_window_frames(signal_m, rate_hz=RATE_HZ, preprocessing=Preprocessing())
        assert window == pytest.approx(RATE_HZ / stride_hz, rel=0.05)


def test_boundaries_of_a_phasor_are_where_it_crosses_zero_phase() -> None:
    turns = 0.37 + 0.0137 * np.arange(500)
    bounds = boundaries_frames(np.exp(2j * np.pi * turns))
    np.testing.assert_allclose(0.37 + 0.0137 * bounds, np.arange(1, len(bounds) + 1), atol=1e-9)
