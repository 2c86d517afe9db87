"""Principal components against scikit-learn's, and where those have no answer."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from affectlib.models.components import LeadingComponents


@pytest.mark.parametrize("shape", [(40, 90), (90, 40), (60, 60)])
@pytest.mark.parametrize("share", [0.5, 0.99, 1.0])
def test_they_are_those_of_a_singular_value_decomposition(shape: tuple[int, int], share: float) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=shape) * np.linspace(3, 0.1, shape[1]) + 5
    x_new = rng.normal(size=(7, shape[1]))
    fitted = LeadingComponents(share).fit(x)
    oracle = PCA(None if share == 1 else share, svd_solver="full").fit(x)
    n = len(fitted.components_)
    assert n == min(len(oracle.components_), np.linalg.matrix_rank(x - x.mean(axis=0)))
    np.testing.assert_allclose(fitted.components_ @ fitted.components_.T, np.eye(n), atol=1e-9)
    np.testing.assert_allclose(
        np.abs(fitted.transform(x_new)), np.abs(oracle.transform(x_new)[:, :n]), atol=1e-7
    )


def test_a_direction_without_variance_is_not_made_up() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 50))
    assert LeadingComponents().fit(x).components_.shape == (3, 50)
    assert LeadingComponents(most=2).fit(x).components_.shape == (2, 50)


@pytest.mark.parametrize("shape", [(4, 9), (9, 4)])
def test_rows_that_are_all_alike_have_one_place(shape: tuple[int, int]) -> None:
    fitted = LeadingComponents(0.99).fit(np.full(shape, 2.5))
    assert np.isfinite(fitted.components_).all()
    np.testing.assert_array_equal(fitted.transform(np.full(shape, 2.5)), 0)


def test_the_sign_does_not_depend_on_the_solver() -> None:
    x = np.random.default_rng(3).normal(size=(25, 25))
    tall, wide = np.vstack([x, x]), x
    one, other = (LeadingComponents(most=4).fit(rows).components_ for rows in (tall, wide))
    np.testing.assert_allclose(one, other, atol=1e-7)
