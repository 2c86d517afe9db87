"""Releases by networks and classifiers: codes, posterior, label, and transferred motion."""

from __future__ import annotations

from functools import partial

import numpy as np

from affectlib.models.fitted import FittedAutoencoder
from affectlib.privacy.releases.graded import RESIDUALS, code_size, fit_graded_affect
from affectlib.privacy.releases.posterior import one_hot, rounded
from affectlib.privacy.releases.release import Function, Release
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.walks import Walks

SIZES = (32, 16, 8, 4, 3, 2)
"""Sizes of the affect code, from much room for the subject to little."""

TRANSFERRED_SIZES = (8, 4, 2)
"""Sizes of the affect code of transferred motion."""


def mean_subject_codes(fitted: FittedAutoencoder, train: Walks) -> np.ndarray:
    """Return the mean subject code of each training subject, by sorted name, shape (subjects, size)."""
    codes = fitted.subject_code(train.x)
    return np.stack([codes[train.subject == subject].mean(axis=0) for subject in np.unique(train.subject)])


def transferred(x: np.ndarray, *, fitted: FittedAutoencoder, subject_code: np.ndarray) -> np.ndarray:
    """Return motion of each walker's affect with a common subject code, ``D(E_A(x), subject_code)``.

    As a function of the affect code it reveals no more of the walker than that.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    subject_code : numpy.ndarray
        Shape (subject_size,).

    Returns
    -------
    numpy.ndarray
        Positions in metres, float32, shape (cycles, phases, 15, 3).
    """
    return fitted.decode(fitted.affect_code(x), np.tile(subject_code, (len(x), 1)), x.shape[1])


def network_releases(trained: Trained) -> tuple[Release, ...]:
    """Return the releases that need training.

    Parameters
    ----------
    trained : Trained
        Source of their models; releases of the same model share it.
    """
    return (
        Release(
            name="adversarial code",
            parameter="weight of the adversary",
            values=(0.3, 1.0, 3.0, 10.0),
            kind="code",
            fit=lambda train, value, seed: trained.fit_adversarial(train, weight=value, seed=seed).code,
            description="A code trained for the label and, by gradient reversal, against the subject.",
        ),
        Release(
            name="affect code",
            parameter="numbers in the code",
            values=SIZES,
            kind="code",
            fit=lambda train, value, seed: (
                trained.fit_autoencoder(train, affect_size=value, seed=seed).affect_code
            ),
            description="The paper's affect code.",
        ),
        Release(
            name="graded affect",
            parameter="residual variation",
            values=RESIDUALS,
            kind="code",
            fit=partial(_fit_graded_affect, trained),
            description="Discriminants of affect codes, moved towards what their posterior expects.",
        ),
        Release(
            name="average person",
            parameter="numbers in the affect code",
            values=TRANSFERRED_SIZES,
            kind="series",
            fit=partial(_fit_average_person, trained),
            description="Transferred motion: the walker's affect code with the average of the training "
            "subjects' codes.",
        ),
        Release(
            name="another person",
            parameter="numbers in the affect code",
            values=TRANSFERRED_SIZES,
            kind="series",
            fit=partial(_fit_another_person, trained),
            description="Transferred motion: the walker's affect code with the subject code of one training "
            "subject, the same for all.",
        ),
        Release(
            name="posterior",
            parameter="decimals",
            values=(4, 2, 1),
            kind="posterior",
            fit=lambda train, value, seed: partial(
                rounded, posterior=trained.fit_posterior(train, seed=seed), decimals=value
            ),
            description="Only the calibrated probabilities of the labels.",
        ),
        Release(
            name="label",
            kind="label",
            fit=lambda train, value, seed: partial(
                one_hot, posterior=trained.fit_posterior(train, seed=seed)
            ),
            description="Only the most probable label.",
        ),
    )


def _fit_graded_affect(trained: Trained, train: Walks, value: float, seed: int) -> Function:
    autoencoders = trained.fit_autoencoders(train, affect_size=code_size(train.label), seed=seed)
    return partial(fit_graded_affect(autoencoders, train.x, train.label).release, residual=value)


def _fit_average_person(trained: Trained, train: Walks, value: int, seed: int) -> Function:
    fitted = trained.fit_autoencoder(train, affect_size=value, seed=seed)
    return partial(transferred, fitted=fitted, subject_code=mean_subject_codes(fitted, train).mean(axis=0))


def _fit_another_person(trained: Trained, train: Walks, value: int, seed: int) -> Function:
    fitted = trained.fit_autoencoder(train, affect_size=value, seed=seed)
    codes = mean_subject_codes(fitted, train)
    # 6 separates this generator from others of the same seed.
    chosen = int(np.random.default_rng([seed, 6]).integers(len(codes)))
    return partial(transferred, fitted=fitted, subject_code=codes[chosen])
