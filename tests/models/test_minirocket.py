"""MiniRocket: its convolutions by definition, its shares in closed form, and what it learns."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import cycles

from affectlib.errors import ParameterError
from affectlib.models.minirocket import fit_minirocket
from affectlib.models.minirocket_kernels import KERNELS, LENGTH, QUARTERS, MiniRocketKernels, convolve


@pytest.mark.parametrize("level", [False, True])
@pytest.mark.parametrize("dilation", [1, 3])
def test_convolutions_are_those_of_the_definition(dilation: int, level: bool) -> None:
    series = np.random.default_rng(0).normal(size=(2, 28))
    for large in KERNELS[::17]:
        weights = np.full(LENGTH, 0.0 if level else -1.0)
        weights[list(large)] = 1.0 if level else 2.0
        phase = np.arange(28)[:, None] + dilation * (np.arange(LENGTH) - LENGTH // 2)
        expected = series[:, phase % 28] @ weights
        np.testing.assert_allclose(convolve(series, large, dilation=dilation, level=level), expected)
    assert len(KERNELS) == 84


def test_only_kernels_of_level_see_posture() -> None:
    series = np.random.default_rng(0).normal(size=(3, 32))
    for level, moved in ((False, 0.0), (True, 3 * 0.7)):
        output = [convolve(x, KERNELS[5], dilation=2, level=level) for x in (series, series + 0.7)]
        np.testing.assert_allclose(output[1] - output[0], moved, atol=1e-12)


def test_features_are_shares_and_move_with_the_quarters_of_the_cycle() -> None:
    x = np.random.default_rng(0).normal(size=(20, 6, 32)).astype(np.float32)
    kernels = MiniRocketKernels(seed=1).fit(x)
    features = kernels.transform(x)
    assert features.min() >= 0
    assert features.max() <= 1
    # A shift of the cycle by a quarter exchanges the quarters and changes no share.
    shifted = kernels.transform(np.roll(x, 32 // QUARTERS, axis=2))
    quarters = features.reshape(20, -1, QUARTERS)
    np.testing.assert_array_equal(shifted.reshape(quarters.shape), np.roll(quarters, 1, axis=2))
    # Thresholds are spread evenly over the outputs.
    assert 0.4 < features.mean() < 0.6


def test_a_cycle_has_the_same_features_alone_and_among_others() -> None:
    x = np.random.default_rng(0).normal(size=(300, 6, 32)).astype(np.float32)
    kernels = MiniRocketKernels().fit(x)
    np.testing.assert_array_equal(kernels.transform(x)[[7, 299]], kernels.transform(x[[7, 299]]))


def test_it_learns_an_affect_that_is_there_and_nothing_else() -> None:
    x, subject, label, take = cycles()
    test = take == 1
    fitted = fit_minirocket(x[~test], label[~test], groups=subject[~test], seed=3)
    assert np.mean(fitted.predict(x[test]) == label[test]) > 0.9
    again = fit_minirocket(x[~test], label[~test], groups=subject[~test], seed=3)
    np.testing.assert_array_equal(again.predict(x), fitted.predict(x))
    shuffled = np.random.default_rng(0).permutation(label)
    fitted = fit_minirocket(x[~test], shuffled[~test])
    assert np.mean(fitted.predict(x[test]) == shuffled[test]) < 0.65


def test_one_label_is_an_error() -> None:
    x, _, label, _ = cycles()
    with pytest.raises(ParameterError, match="two targets"):
        fit_minirocket(x, np.full(len(x), label[0]))
