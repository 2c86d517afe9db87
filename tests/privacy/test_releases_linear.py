"""Erasure in closed form: its theorems. Principal components."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from affectlib.errors import ParameterError
from affectlib.privacy.releases.erasure import fit_eraser
from affectlib.privacy.releases.linear import LINEAR, fit_components
from affectlib.privacy.walks import Walks

RELEASES = {release.name: release for release in LINEAR}


def told(
    rows: int = 400, features: int = 6, classes: int = 4, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Correlated rows whose means differ with the class."""
    rng = np.random.default_rng(seed)
    concept = rng.permutation(np.arange(rows) % classes)
    means = rng.normal(size=(classes, features))
    mixing = rng.normal(size=(features, features))
    return (means[concept] + rng.normal(size=(rows, features))) @ mixing, concept


def covariance(x: np.ndarray, concept: np.ndarray) -> np.ndarray:
    one_hot = (concept[:, None] == np.unique(concept)).astype(float)
    return (x - x.mean(axis=0)).T @ (one_hot - one_hot.mean(axis=0)) / len(x)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(2, 6))
def test_nothing_is_left_to_covary_with_the_concept(seed: int, features: int, classes: int) -> None:
    x, concept = told(100, features, classes, seed)
    erased = fit_eraser(x, concept).apply(x)
    assert np.abs(covariance(x, concept)).max() > 1e-2
    assert np.abs(covariance(erased, concept)).max() < 1e-8 * np.abs(x).max()


def test_no_linear_classifier_beats_the_constant() -> None:
    x, concept = told()
    classifier = LogisticRegression(C=1e6, max_iter=2000)
    probability = classifier.fit(x, concept).predict_proba(x)
    assert -np.log(probability[np.arange(len(x)), concept]).mean() < 0.9 * np.log(4)
    erased = fit_eraser(x, concept).apply(x)
    probability = classifier.fit(erased, concept).predict_proba(erased)
    # Four classes of equal size: the best constant has the loss ln 4.
    assert -np.log(probability[np.arange(len(x)), concept]).mean() > np.log(4) - 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_no_other_erasing_projection_changes_less(seed: int) -> None:
    x, concept = told(seed=seed)
    change = ((fit_eraser(x, concept).apply(x) - x) ** 2).sum()
    # Taking off the class means' directions orthogonally erases as well, and changes more.
    across = covariance(x, concept)
    directions = np.linalg.svd(across, full_matrices=False)[0][:, : np.linalg.matrix_rank(across)]
    plain = x - (x - x.mean(axis=0)) @ directions @ directions.T
    assert np.abs(covariance(plain, concept)).max() < 1e-8
    assert change < 0.999 * ((plain - x) ** 2).sum()


def test_directions_removed_are_one_fewer_than_classes() -> None:
    x, concept = told(features=6, classes=4)
    assert fit_eraser(x, concept).along.shape == (3, 6)
    erased = fit_eraser(x, concept).apply(x)
    assert np.linalg.matrix_rank(erased - erased.mean(axis=0), tol=1e-6) == 3


def test_what_tells_nothing_stays_as_it_is() -> None:
    x = np.array([[0.0, 1.0], [0.0, -1.0], [2.0, 1.0], [2.0, -1.0]])
    eraser = fit_eraser(x, np.array(["a", "a", "b", "b"]))
    np.testing.assert_allclose(eraser.apply(x), [[1, 1], [1, -1], [1, 1], [1, -1]], atol=1e-12)


def test_erasing_twice_erases_once() -> None:
    x, concept = told()
    eraser = fit_eraser(x, concept)
    np.testing.assert_allclose(eraser.apply(eraser.apply(x)), eraser.apply(x), atol=1e-9)


def test_flat_directions_do_no_harm() -> None:
    x, concept = told()
    padded = np.hstack([x, x[:, :2] @ np.ones((2, 1)), np.zeros((len(x), 1))])
    erased = fit_eraser(padded, concept).apply(padded)
    assert np.abs(covariance(erased, concept)).max() < 1e-7
    assert np.isfinite(erased).all()


def test_rows_and_classes_must_match() -> None:
    with pytest.raises(ParameterError, match="a class for each"):
        fit_eraser(np.zeros((3, 2)), np.zeros(2))


def walks(seed: int = 0) -> Walks:
    """Cycles of six people, each with a posture and a swing of their own."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(6), 20)
    phase = 2 * np.pi * np.arange(16) / 16
    posture = 0.1 * rng.normal(size=(6, 15, 3))
    swing = 0.1 * rng.normal(size=(120, 15, 3)) + 0.1 * rng.normal(size=(6, 15, 3))[person]
    x = posture[person][:, None] + np.cos(phase)[None, :, None, None] * swing[:, None]
    names = np.array([f"p{one}" for one in person])
    half = np.where(np.arange(120) % 2, "sad", "happy")
    return Walks(x=x, subject=names, label=half, take=half, gender=np.full(120, ""))


def test_components_of_cycles_keep_what_they_can() -> None:
    own = walks()
    few, many = (fit_components(own.x, n_components=n)(own.x) for n in (4, 40))
    assert few.shape == (120, 4)
    np.testing.assert_allclose(np.abs(few), np.abs(many[:, :4]), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(few.mean(axis=0), 0, atol=1e-3)
    assert (np.diff(many.std(axis=0)) < 1e-6).all()


def test_no_more_components_than_directions_of_variance() -> None:
    own = walks().at(np.arange(0, 120, 10))
    assert RELEASES["PCA"].fit(own, 64, 0)(own.x).shape == (12, 11)


def test_people_cannot_be_told_by_a_line_after_erasure() -> None:
    own = walks()
    erased = RELEASES["LEACE"].fit(own, 32, 0)(own.x).astype(float)
    means = np.stack([erased[own.subject == person].mean(axis=0) for person in np.unique(own.subject)])
    spread = erased.std(axis=0).max()
    assert np.abs(means - means.mean(axis=0)).max() < 1e-3 * spread
    plain = RELEASES["PCA"].fit(own, 32, 0)(own.x)
    plain_means = np.stack([plain[own.subject == person].mean(axis=0) for person in np.unique(own.subject)])
    assert np.abs(plain_means - plain_means.mean(axis=0)).max() > spread


def test_as_many_components_as_people_leave_nothing() -> None:
    own = walks()
    assert np.abs(RELEASES["LEACE"].fit(own, 5, 0)(own.x)).max() < 1e-3
