"""z-scores and phases of series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import cycles

from affectlib.errors import ParameterError
from affectlib.models.scaling import (
    as_positions,
    as_series,
    fit_code_scaling,
    fit_scaling,
    resample_phases,
)


def test_training_cycles_get_mean_zero_and_deviation_one() -> None:
    z = fit_scaling(cycles()[0], n_phases=16).apply(cycles()[0])
    assert z.shape == (48, 16, 45)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(z.std(axis=(0, 1)), 1, atol=1e-3)


def test_there_and_back() -> None:
    x = cycles()[0]
    scaling = fit_scaling(x[:40], n_phases=16)
    np.testing.assert_allclose(as_positions(scaling.undo(scaling.apply(x), n_phases=16)), x, atol=1e-5)


def test_other_cycles_do_not_move_it() -> None:
    """Fitted and applied are two things: what is scaled later leaves the fit alone."""
    x = cycles()[0]
    scaling = fit_scaling(x[:40], n_phases=16)
    before = scaling.mean_m.copy(), scaling.scale_m.copy()
    scaling.apply(1000 * x[40:])
    assert (scaling.mean_m == before[0]).all()
    assert (scaling.scale_m == before[1]).all()


def test_a_joint_that_stands_still_stays_zero() -> None:
    x = cycles()[0].copy()
    x[:, :, 8] = 0
    z = fit_scaling(x, n_phases=16).apply(x)
    assert (z.reshape(-1, 16, 15, 3)[:, :, 8] == 0).all()
    assert np.isfinite(z).all()


def test_a_joint_that_stands_still_is_put_back_whatever_the_network_makes_of_it() -> None:
    x = cycles()[0].copy()
    x[:, :, 8] = 0.25
    scaling = fit_scaling(x, n_phases=16)
    noise = np.random.default_rng(0).normal(size=(4, 16, 45))
    np.testing.assert_allclose(as_positions(scaling.undo(noise, n_phases=20))[:, :, 8], 0.25, atol=1e-6)


@given(st.integers(1, 3), st.sampled_from([8, 12, 20, 33, 100]))
def test_few_harmonics_survive_any_number_of_phases(harmonic: int, n_phases: int) -> None:
    def wave(phases: int) -> np.ndarray:
        return np.cos(2 * np.pi * harmonic * np.arange(phases) / phases + 0.3)[None, :, None]

    np.testing.assert_allclose(resample_phases(wave(16), n_phases), wave(n_phases), atol=1e-5)
    np.testing.assert_allclose(resample_phases(resample_phases(wave(16), n_phases), 16), wave(16), atol=1e-5)


def test_both_forms_of_positions_are_one() -> None:
    x = cycles()[0]
    assert (as_series(x) == as_series(x.reshape(len(x), 16, 45))).all()
    assert (as_positions(as_series(x)) == x).all()


@pytest.mark.parametrize("shape", [(3, 45), (3, 10, 14, 3), (3, 10, 44), (45,)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match="not the positions of cycles"):
        as_series(np.zeros(shape))


def test_gaps_are_refused() -> None:
    x = cycles()[0].copy()
    x[3, 2, 1, 0] = np.nan
    with pytest.raises(ParameterError, match="1 of"):
        as_series(x)


def test_codes() -> None:
    codes = np.array([[1.0, 5.0, 2.0], [3.0, 5.0, 4.0]])
    assert fit_code_scaling(codes).apply(codes).tolist() == [[-1, 0, -1], [1, 0, 1]]
