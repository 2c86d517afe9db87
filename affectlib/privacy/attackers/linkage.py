"""Linkage of a released walk to a raw recording in a gallery of new subjects.

The attacker learns from pairs of raw and released cycles of other subjects, by a map from raw to released
vectors or from both to what they share. An attacker who can call the release needs no map.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import cosine_similarity

from affectlib.errors import ParameterError
from affectlib.models.holdout import hold_out
from affectlib.privacy.attackers.preparation import fit_preparation
from affectlib.privacy.attackers.ranks import (
    check_disjoint_subjects,
    check_disjoint_takes,
    identification_rows,
)
from affectlib.privacy.attackers.scorers import SCORERS, Likeness
from affectlib.privacy.walks import Released

NEAREST = 5
"""Number of a subject's most similar gallery cycles that are averaged; the others have another label."""

RIDGE, CANONICAL, CALLED = "ridge map", "canonical correlation", "called release"


def split_gallery(subject: np.ndarray, take: np.ndarray, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split cycles into gallery and probes, half of each subject's takes each.

    Parameters
    ----------
    subject : numpy.ndarray
        Shape (cycles,).
    take : numpy.ndarray
        Takes with unique names, shape (cycles,).

    Returns
    -------
    gallery : numpy.ndarray
        Positions of cycles, every subject among them, shape (gallery,).
    probes : numpy.ndarray
        Positions of cycles of other takes, shape (probes,).
    """
    return hold_out(subject, take, share=0.5, rng=np.random.default_rng(seed))


def attack_linkage(
    train_raw: Released,
    train: Released,
    gallery_raw: Released,
    probes: Released,
    *,
    gallery: Released | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank the subjects of a raw gallery for each released probe.

    Parameters
    ----------
    train_raw, train : Released
        The same cycles of other subjects, raw and released.
    gallery_raw : Released
        Raw cycles of the subjects in question.
    probes : Released
        Released cycles of the same subjects, of other takes.
    gallery : Released, optional
        Released cycles of the gallery, for an attacker who can call the release.
    seed : int
        Random seed of tie-breaking.

    Returns
    -------
    pandas.DataFrame
        One row a map and probe, see `affectlib.privacy.attackers.ranks.identification_rows`; no
        hyper-parameter is selected, and ``inner_accuracy`` is NaN.

    Raises
    ------
    ParameterError
        If a take is both in the gallery and probed, a subject of the gallery in training data, or a
        probe's subject not in the gallery.
    """
    check_disjoint_takes(gallery_raw, probes)
    check_disjoint_subjects(train, gallery_raw)
    subjects, number = np.unique(gallery_raw.subject, return_inverse=True)
    unknown = np.setdiff1d(probes.subject, subjects)
    if len(unknown):
        raise ParameterError("probes of subjects that are not in the gallery", found=", ".join(unknown))
    # Two preparations, as raw and released cycles may differ in form.
    raw, released = fit_preparation(train_raw.x), fit_preparation(train.x)
    x, y = raw.apply(train_raw.x), released.apply(train.x)
    raw_vectors, probe_vectors = raw.apply(gallery_raw.x), released.apply(probes.x)
    likeness = SCORERS["PLDA"](y, np.unique(train.subject, return_inverse=True)[1])
    values = {
        RIDGE: likeness(probe_vectors, _ridge(x, y)(raw_vectors)),
        CANONICAL: _canonical(x, y)(probe_vectors, raw_vectors),
    }
    if gallery is not None:
        values[CALLED] = likeness(probe_vectors, released.apply(gallery.x))
    frames = []
    for name, alike in values.items():
        nearest = [np.sort(alike[:, number == one], axis=1)[:, -NEAREST:] for one in range(len(subjects))]
        scores = np.stack([columns.mean(axis=1) for columns in nearest], axis=1)
        frames.append(
            identification_rows(scores, subjects, probes, attacker=name, n_train=len(train), seed=seed)
        )
    return pd.concat(frames, ignore_index=True)


def _ridge(x: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    # In proportion to the cycles, as the squared error is summed over them.
    model = Ridge(alpha=1e-2 * len(x)).fit(x, y)
    # For a release of one column predictions have no column axis.
    return lambda vectors: model.predict(vectors).reshape(len(vectors), -1)


def _canonical(x: np.ndarray, y: np.ndarray) -> Likeness:
    """Return the cosine between canonical variates, each weighted by its correlation.

    With a ridge, which scikit-learn's CCA does not have and without which few cycles are overfitted.
    """
    (mean_x, white_x), (mean_y, white_y) = _whitening(x), _whitening(y)
    cross = white_x.T @ ((x - mean_x).T @ (y - mean_y) / len(x)) @ white_y
    left, correlation, right = np.linalg.svd(cross, full_matrices=False)
    weight = np.sqrt(np.clip(correlation, 0, 1))
    return lambda probes, gallery: cosine_similarity(
        (probes - mean_y) @ white_y @ right.T * weight, (gallery - mean_x) @ white_x @ left * weight
    )


def _whitening(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and a map to uncorrelated directions; those of little variance are damped."""
    covariance = np.atleast_2d(np.cov(x.T, bias=True))
    variance, directions = np.linalg.eigh(covariance)
    ridge = 1e-2 * max(float(variance.mean()), np.finfo(float).tiny)
    return x.mean(axis=0), directions / np.sqrt(np.maximum(variance, 0) + ridge)
