"""Linkage: whose raw walk, out of a gallery of unseen people, belongs to a released walk.

The attacker has recordings of some people, finds a released walk of one of them, and has pairs of raw
and released walks of other people to learn from: their maps lead from raw to released data, or from
both to what they share. Whoever can call the release itself needs no map.
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
from affectlib.privacy.attackers.ranks import averaged, ranks_of, refuse_shared_takes
from affectlib.privacy.attackers.scorers import SCORERS, Likeness

BEST = 5
"""Cycles of a person in the gallery that count, the most alike; the others walk with another label."""

RIDGE, CANONICAL, CALLED = "ridge map", "canonical correlation", "called release"


def gallery_and_probes(
    subject: np.ndarray, groups: np.ndarray, *, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Divide walks into gallery and probes, half of each person's takes to each.

    Parameters
    ----------
    subject : numpy.ndarray
        Who walks, shape (cycles,).
    groups : numpy.ndarray
        Their takes, each with a name of its own, shape (cycles,).
    seed : int
        Seed of the choice.

    Returns
    -------
    gallery : numpy.ndarray
        Positions of cycles, everybody among them, shape (gallery,).
    probes : numpy.ndarray
        Positions of cycles of other takes, shape (probes,).
    """
    return hold_out(subject, groups, part=0.5, rng=np.random.default_rng(seed))


def attack_link(
    train_raw: np.ndarray,
    train_release: np.ndarray,
    train_subject: np.ndarray,
    gallery_raw: np.ndarray,
    gallery_subject: np.ndarray,
    gallery_groups: np.ndarray,
    probe_release: np.ndarray,
    probe_subject: np.ndarray,
    *,
    probe_groups: np.ndarray,
    gallery_release: np.ndarray | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank the people of the gallery for each released walk.

    Parameters
    ----------
    train_raw : numpy.ndarray
        Raw cycles of other people, shape (cycles, phases, 15, 3).
    train_release : numpy.ndarray
        What was released of the same cycles, shape (cycles, ...).
    train_subject : numpy.ndarray
        Who they are, shape (cycles,).
    gallery_raw : numpy.ndarray
        Raw cycles of the people in question, shape (gallery, phases, 15, 3).
    gallery_subject : numpy.ndarray
        Who they are, shape (gallery,).
    gallery_groups : numpy.ndarray
        Their takes, each with a name of its own, shape (gallery,).
    probe_release : numpy.ndarray
        Released walks of the same people, shape (probes, ...).
    probe_subject : numpy.ndarray
        Who they really are, shape (probes,).
    probe_groups : numpy.ndarray
        Their takes, shape (probes,).
    gallery_release : numpy.ndarray, optional
        What the release makes of the gallery, for an attacker who can call it, shape (gallery, ...).
    seed : int
        Seed of the order of equals.

    Returns
    -------
    pandas.DataFrame
        As `affectlib.privacy.attackers.closed.attack_closed`, a row a map and probe; ``n_subjects`` is
        the number of people in the gallery. Nothing is tuned: ``inner_accuracy`` is NaN.

    Raises
    ------
    ParameterError
        If a take is in the gallery and among the probes, somebody in question was learnt from, or a
        probe's person is not in the gallery.
    """
    refuse_shared_takes(gallery_groups, probe_groups)
    people, place = np.unique(np.asarray(gallery_subject, dtype=str), return_inverse=True)
    probe_subject = np.asarray(probe_subject, dtype=str)
    known = np.intersect1d(np.asarray(train_subject, dtype=str), people)
    strangers = np.setdiff1d(probe_subject, people)
    for wrong, problem in (
        (known, "people in the gallery were learnt from"),
        (strangers, "people are released whom the gallery does not hold"),
    ):
        if len(wrong):
            raise ParameterError(problem, found=", ".join(wrong), remedy="Split by subjects.")
    raw, released = fit_preparation(train_raw), fit_preparation(train_release)
    x, y, probes = raw.apply(train_raw), released.apply(train_release), released.apply(probe_release)
    gallery = raw.apply(gallery_raw)
    person = np.unique(np.asarray(train_subject, dtype=str), return_inverse=True)[1]
    alike = SCORERS["PLDA"](y, person)
    likeness = {
        RIDGE: alike(probes, _ridge(x, y)(gallery)),
        CANONICAL: _canonical(x, y)(probes, gallery),
    }
    if gallery_release is not None:
        likeness[CALLED] = alike(probes, released.apply(gallery_release))
    truth = np.searchsorted(people, probe_subject)
    walk = np.unique(np.asarray(probe_groups), return_inverse=True)[1]
    frames = []
    for name, values in likeness.items():
        scores = np.stack([_best(values[:, place == one]) for one in range(len(people))], axis=1)
        frames.append(
            pd.DataFrame(
                {
                    "attacker": name,
                    "cycle": np.arange(len(truth)),
                    "subject": probe_subject,
                    "predicted": people[scores.argmax(axis=1)],
                    "rank": ranks_of(scores, truth, seed=seed),
                    "take_rank": ranks_of(averaged(scores, walk), truth, seed=seed),
                    "n_subjects": len(people),
                    "inner_accuracy": float("nan"),
                    "settings": "",
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _best(values: np.ndarray) -> np.ndarray:
    return np.sort(values, axis=1)[:, -BEST:].mean(axis=1)


def _ridge(x: np.ndarray, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    fitted = Ridge(alpha=1e-2 * len(x)).fit(x, y)
    # Of a release of one column it predicts vectors without columns.
    return lambda asked: fitted.predict(asked).reshape(len(asked), -1)


def _canonical(x: np.ndarray, y: np.ndarray) -> Likeness:
    """Angle between what raw and released walks share, each direction as far as it is shared."""
    (mean_x, white_x), (mean_y, white_y) = _whitening(x), _whitening(y)
    cross = white_x.T @ ((x - mean_x).T @ (y - mean_y) / len(x)) @ white_y
    left, shared, right = np.linalg.svd(cross, full_matrices=False)
    weight = np.sqrt(np.clip(shared, 0, 1))
    return lambda probes, gallery: cosine_similarity(
        (probes - mean_y) @ white_y @ right.T * weight, (gallery - mean_x) @ white_x @ left * weight
    )


def _whitening(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and a map to uncorrelated directions; those of little variance are held back."""
    mean = x.mean(axis=0)
    covariance = np.atleast_2d(np.cov(x.T, bias=True))
    variance, directions = np.linalg.eigh(covariance)
    ridge = 1e-2 * max(float(variance.mean()), np.finfo(float).tiny)
    return mean, directions / np.sqrt(np.maximum(variance, 0) + ridge)
