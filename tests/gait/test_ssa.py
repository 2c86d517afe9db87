"""Singular spectrum analysis against its theorems and against pyts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyts.decomposition import SingularSpectrumAnalysis

from affectlib.gait.ssa import (
    analytic_signal,
    decompose,
    embed,
    oscillatory_pair,
    pair_frequency_hz,
    reconstruct,
    w_correlation,
)

RATE_HZ = 60.0
TIME_S = np.arange(0, 8, 1 / RATE_HZ)
NOISE = np.random.default_rng(3).normal(size=len(TIME_S))


def test_embedding_is_the_hankel_matrix() -> None:
    np.testing.assert_array_equal(embed(np.arange(5.0), window_frames=3), [[0, 1, 2], [1, 2, 3], [2, 3, 4]])


@pytest.mark.parametrize("window", [1, 9])
def test_a_window_that_does_not_fit_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match=f"window of {window} frames"):
        embed(np.arange(8.0), window_frames=window)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(12, 80), share=st.floats(0.1, 0.9), seed=st.integers(0, 10_000))
def test_all_components_together_are_the_series(n: int, share: float, seed: int) -> None:
    series = np.random.default_rng(seed).normal(size=n)
    parts = decompose(series, window_frames=max(2, int(share * n)))
    np.testing.assert_allclose(reconstruct(parts, tuple(range(parts.n_components))), series, atol=1e-8)
    assert parts.shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("window", [20, 73, 200])
def test_each_component_agrees_with_pyts(window: int) -> None:
    series = np.cos(2 * np.pi * 0.8 * TIME_S) + 0.3 * np.sin(2 * np.pi * 1.6 * TIME_S) + 0.2 * NOISE
    ours = decompose(series, window_frames=window, n_components=8)
    theirs = SingularSpectrumAnalysis(window_size=window).transform(series[None])[0]
    for component in range(8):
        np.testing.assert_allclose(reconstruct(ours, (component,)), theirs[component], atol=1e-6)


def test_the_gram_matrix_of_lags_gives_the_same_components() -> None:
    wide = decompose(NOISE, window_frames=100, n_components=4)
    tall = decompose(NOISE, window_frames=len(NOISE) - 99, n_components=4)
    np.testing.assert_allclose(wide.singular_values, tall.singular_values)
    np.testing.assert_allclose(reconstruct(wide, (0, 1)), reconstruct(tall, (0, 1)), atol=1e-8)


def test_an_exponentially_growing_sine_has_rank_two() -> None:
    series = np.exp(0.2 * TIME_S) * np.cos(2 * np.pi * 0.9 * TIME_S + 0.4)
    assert decompose(series, window_frames=60).n_components == 2


def test_separable_oscillations_have_no_w_correlation() -> None:
    # Both frequencies make whole periods in L = 120 and in K = 361: exact separability.
    series = np.cos(2 * np.pi * TIME_S) + 0.5 * np.cos(2 * np.pi * 3 * TIME_S)
    parts = decompose(series[: 120 + 361 - 1], window_frames=120)
    matrix = w_correlation(parts, n_components=4)
    np.testing.assert_allclose(np.diag(matrix), 1)
    assert np.abs(matrix[:2, 2:]).max() < 0.02


@pytest.mark.parametrize("window", [60, 75, 110])
@pytest.mark.parametrize("stride_hz", [0.55, 0.82, 1.3])
def test_the_pair_is_found_with_its_frequency(stride_hz: float, window: int) -> None:
    series = np.cos(2 * np.pi * stride_hz * TIME_S) + 0.5 * np.cos(2 * np.pi * 3 * TIME_S) + 0.05 * NOISE
    parts = decompose(series, window_frames=window)
    pair = oscillatory_pair(parts, rate_hz=RATE_HZ, band_hz=(0.4, 1.8))
    assert pair is not None
    assert pair_frequency_hz(parts, pair, rate_hz=RATE_HZ) == pytest.approx(stride_hz, rel=0.03)


@pytest.mark.parametrize("series", [3.0 * TIME_S, np.cos(2 * np.pi * 4 * TIME_S)], ids=["trend", "too fast"])
def test_no_pair_where_nothing_oscillates_in_the_band(series: np.ndarray) -> None:
    parts = decompose(series, window_frames=75)
    assert oscillatory_pair(parts, rate_hz=RATE_HZ, band_hz=(0.4, 1.8)) is None


@pytest.mark.parametrize("phase", [0.0, 1.0, -2.5])
def test_the_analytic_signal_is_the_rotating_phasor_up_to_the_ends(phase: float) -> None:
    angle = 2 * np.pi * 0.82 * TIME_S + phase
    parts = decompose(0.6 * np.cos(angle), window_frames=73)
    signal = analytic_signal(parts, (0, 1))
    np.testing.assert_allclose(signal.real, reconstruct(parts, (0, 1)), atol=1e-10)
    error = np.angle(signal * np.exp(-1j * angle))
    assert np.abs(error).max() < 0.05
    np.testing.assert_allclose(np.abs(signal), 0.6, rtol=0.05)
