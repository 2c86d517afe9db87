"""Releases that networks and classifiers make: codes, posterior, label, and motion made anew."""

from __future__ import annotations

from functools import partial

import numpy as np

from affectlib.models.fitted import FittedAutoencoder
from affectlib.privacy.releases.graded import SHADES, code_size, fit_graded_affect
from affectlib.privacy.releases.posterior import one_hot, rounded
from affectlib.privacy.releases.release import Function, Release
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.walks import Walks

SIZES = (32, 16, 8, 4, 3, 2)
"""Numbers in the affect code, from much room for the person to little."""

MADE_ANEW = (8, 4, 2)
"""Sizes of the affect code of which motion is made anew."""


def person_codes(fitted: FittedAutoencoder, train: Walks) -> tuple[np.ndarray, np.ndarray]:
    """Average the subject code of every training person.

    Parameters
    ----------
    fitted : FittedAutoencoder
        The autoencoder.
    train : Walks
        Training walks.

    Returns
    -------
    people : numpy.ndarray
        Their names in order, shape (people,).
    codes : numpy.ndarray
        Their average codes, shape (people, subject_size).
    """
    people, codes = np.unique(train.subject), fitted.subject_code(train.x)
    return people, np.stack([codes[train.subject == person].mean(axis=0) for person in people])


def made_anew(x: np.ndarray, *, fitted: FittedAutoencoder, person: np.ndarray) -> np.ndarray:
    """Let one and the same person walk in each walker's affect, ``D(E_A(x), person)``.

    What comes out is a function of the affect code, so that it tells no more of the walker than that.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    fitted : FittedAutoencoder
        The autoencoder.
    person : numpy.ndarray
        A subject code, shape (subject_size,).

    Returns
    -------
    numpy.ndarray
        Positions in metres, float32, shape (cycles, phases, 15, 3).
    """
    return fitted.decode(fitted.affect_code(x), np.tile(person, (len(x), 1)), x.shape[1])


def network_releases(trained: Trained) -> tuple[Release, ...]:
    """List the releases that need training.

    Parameters
    ----------
    trained : Trained
        Where they get their models from; those that need the same one share it.

    Returns
    -------
    tuple of Release
        The releases.
    """
    return (
        Release(
            name="adversarial code",
            parameter="weight of the adversary",
            values=(0.3, 1.0, 3.0, 10.0),
            kind="code",
            fit=partial(_fit_adversarial, trained),
            description="A code trained for the label and, by gradient reversal, against the person.",
        ),
        Release(
            name="affect code",
            parameter="numbers in the code",
            values=SIZES,
            kind="code",
            fit=partial(_fit_affect_code, trained),
            description="The paper's affect code.",
        ),
        Release(
            name="graded affect",
            parameter="shade",
            values=SHADES,
            kind="code",
            fit=partial(_fit_graded_affect, trained),
            description="Discriminants of affect codes, drawn towards where their posterior expects them.",
        ),
        Release(
            name="average person",
            parameter="numbers in the affect code",
            values=MADE_ANEW,
            kind="series",
            fit=partial(_fit_average_person, trained),
            description="Motion made anew: the walker's affect code on the average of the training people's "
            "subject codes.",
        ),
        Release(
            name="another person",
            parameter="numbers in the affect code",
            values=MADE_ANEW,
            kind="series",
            fit=partial(_fit_another_person, trained),
            description="Transferred motion: the walker's affect code on the subject code of one training "
            "subject, the same for all.",
        ),
        Release(
            name="posterior",
            parameter="decimals",
            values=(4, 2, 1),
            kind="posterior",
            fit=partial(_fit_posterior, trained),
            description="Only the calibrated probabilities of the labels.",
        ),
        Release(
            name="label",
            kind="label",
            fit=partial(_fit_label, trained),
            description="Only the most probable label.",
        ),
    )


def _fit_adversarial(trained: Trained, train: Walks, value: float, seed: int) -> Function:
    return trained.fit_adversarial(train, weight=value, seed=seed).code


def _fit_affect_code(trained: Trained, train: Walks, value: int, seed: int) -> Function:
    return trained.fit_autoencoder(train, affect_size=value, seed=seed).affect_code


def _fit_graded_affect(trained: Trained, train: Walks, value: float, seed: int) -> Function:
    autoencoders = trained.fit_autoencoders(train, affect_size=code_size(train.label), seed=seed)
    return partial(fit_graded_affect(autoencoders, train.x, train.label).release, shade=value)


def _fit_average_person(trained: Trained, train: Walks, value: int, seed: int) -> Function:
    fitted = trained.fit_autoencoder(train, affect_size=value, seed=seed)
    return partial(made_anew, fitted=fitted, person=person_codes(fitted, train)[1].mean(axis=0))


def _fit_another_person(trained: Trained, train: Walks, value: int, seed: int) -> Function:
    fitted = trained.fit_autoencoder(train, affect_size=value, seed=seed)
    codes = person_codes(fitted, train)[1]
    chosen = int(np.random.default_rng([seed, 6]).integers(len(codes)))
    return partial(made_anew, fitted=fitted, person=codes[chosen])


def _fit_posterior(trained: Trained, train: Walks, value: int, seed: int) -> Function:
    return partial(rounded, posterior=trained.fit_posterior(train, seed=seed), decimals=value)


def _fit_label(trained: Trained, train: Walks, value: None, seed: int) -> Function:
    return partial(one_hot, posterior=trained.fit_posterior(train, seed=seed))
