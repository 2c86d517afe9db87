"""Closed set: which of the people whom the attacker knows walks here.

The attacker has enrolled everybody with walks of which the identity is known, and is handed another
walk. Adaptive attackers enrol with what is released, the only fair judge of privacy; naive ones with
raw data, which shows how much of a release's protection is mere unfamiliarity. Both are one function:
what is enrolled with is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.models.holdout import hold_out
from affectlib.privacy.attackers.classifiers import ATTACKERS
from affectlib.privacy.attackers.enrolment import Attacker, Enrolment, hit_rate
from affectlib.privacy.attackers.on_vectors import discriminant
from affectlib.privacy.attackers.preparation import (
    checked,
    fit_channels,
    fit_preparation,
    is_series,
)
from affectlib.privacy.attackers.ranks import averaged, ranks_of, refuse_shared_takes

INNER_PART = 0.25
"""Part of the enrolled cycles that tuning judges by."""

INNER_CYCLES = 2000
"""Cycles that tuning goes through in all its rounds, about, so that small libraries get several rounds,
which are noisier, and large ones one, which cost more."""

MOST_ROUNDS = 3

COLUMNS = (
    "attacker",
    "cycle",
    "subject",
    "predicted",
    "rank",
    "take_rank",
    "n_subjects",
    "inner_accuracy",
    "settings",
)
"""Columns of a frame of attacks, in their order."""


def attack_closed(
    train_release: np.ndarray,
    train_subject: np.ndarray,
    train_groups: np.ndarray,
    test_release: np.ndarray,
    test_subject: np.ndarray,
    *,
    test_groups: np.ndarray,
    attackers: Iterable[Attacker | str] | None = None,
    enough: float = np.inf,
    seed: int = 0,
) -> pd.DataFrame:
    """Let every attacker name the walker of each test cycle.

    Parameters
    ----------
    train_release : numpy.ndarray
        What the attacker enrols with, shape (cycles, ...).
    train_subject : numpy.ndarray
        Whose they are, shape (cycles,).
    train_groups : numpy.ndarray
        Their takes, each with a name of its own (`affectlib.privacy.walks.Walks.recording_groups`),
        shape (cycles,).
    test_release : numpy.ndarray
        What is attacked, shape (test cycles, ...).
    test_subject : numpy.ndarray
        Whose they really are, shape (test cycles,).
    test_groups : numpy.ndarray
        Their takes, shape (test cycles,).
    attackers : iterable of Attacker or str, optional
        Attackers or names of `ATTACKERS`; all by default. Those that ask for a series sit out where
        none was released.
    enough : float
        Where others name this part of the walks in tuning, nobody is hidden, and attackers that ask for
        a series, which take longest, sit out too.
    seed : int
        Seed of tuning and training.

    Returns
    -------
    pandas.DataFrame
        One row an attacker and test cycle: ``attacker``, ``cycle`` (its position in `test_release`),
        ``subject``, ``predicted``, ``rank`` (place of the true person, from 1), ``take_rank`` (the
        same where the attacker averages its scores over the whole take), ``n_subjects`` to choose from,
        ``inner_accuracy`` (in tuning) and ``settings`` that tuning chose.

    Raises
    ------
    ParameterError
        If a take is on both sides, a person is attacked who was not enrolled, or there are not two
        people.
    """
    refuse_shared_takes(train_groups, test_groups)
    people, person = np.unique(np.asarray(train_subject, dtype=str), return_inverse=True)
    test_subject = np.asarray(test_subject, dtype=str)
    strangers = sorted(set(test_subject) - set(people))
    if strangers:
        raise ParameterError(
            "a closed-set attacker is asked about people who were not enrolled",
            found=", ".join(strangers),
            remedy="Split by takes, or verify unseen people instead.",
        )
    frames = run_attackers(
        train_release,
        person,
        np.asarray(train_groups),
        test_release,
        attackers=attackers,
        enough=enough,
        seed=seed,
    )
    truth = np.searchsorted(people, test_subject)
    walk = np.unique(np.asarray(test_groups), return_inverse=True)[1]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "attacker": name,
                    "cycle": np.arange(len(truth)),
                    "subject": test_subject,
                    "predicted": people[scores.argmax(axis=1)],
                    "rank": ranks_of(scores, truth, seed=seed),
                    "take_rank": ranks_of(averaged(scores, walk), truth, seed=seed),
                    "n_subjects": len(people),
                    "inner_accuracy": inner,
                    "settings": settings,
                }
            )
            for name, scores, inner, settings in frames
        ],
        ignore_index=True,
    )[list(COLUMNS)]


def run_attackers(
    train_release: np.ndarray,
    classes: np.ndarray,
    groups: np.ndarray,
    test_release: np.ndarray,
    *,
    attackers: Iterable[Attacker | str] | None = None,
    enough: float = np.inf,
    seed: int = 0,
) -> list[tuple[str, np.ndarray, float, str]]:
    """Let every attacker learn classes from one release and score another.

    Parameters
    ----------
    train_release : numpy.ndarray
        What to learn from, shape (cycles, ...).
    classes : numpy.ndarray
        Numbers from 0 on, each of which occurs, shape (cycles,).
    groups : numpy.ndarray
        What stays together in tuning, shape (cycles,).
    test_release : numpy.ndarray
        What to score, shape (test cycles, ...).
    attackers : iterable of Attacker or str, optional
        All by default.
    enough : float
        As for `attack_closed`.
    seed : int
        Seed of tuning and training.

    Returns
    -------
    list of tuple
        Name, scores of shape (test cycles, classes), accuracy in tuning and settings of each.

    Raises
    ------
    ParameterError
        If there are not two classes, lengths differ, or no attacker can read the release.
    """
    train_release, test_release = checked(train_release), checked(test_release)
    if classes.max(initial=0) < 1:
        raise ParameterError("an attacker needs two classes to tell apart", found=f"{len(set(classes))}")
    if not len(train_release) == len(classes) == len(groups):
        raise ParameterError(
            "release, people and takes are of different numbers of cycles",
            found=f"{len(train_release)}, {len(classes)}, {len(groups)}",
        )
    chosen = [one if isinstance(one, Attacker) else _by_name(one) for one in attackers or ATTACKERS]
    series = is_series(train_release)
    chosen = [one for one in chosen if series or one.sees == "vector"]
    if not chosen:
        raise ParameterError(
            "no attacker can read this release", remedy="Choose one that reads vectors, or release a series."
        )
    rounds = inner_rounds(classes, groups, seed=seed)
    inputs = {"vector": _vectors(train_release, classes, test_release, rounds)}
    if any(one.sees == "series" for one in chosen):
        channels = fit_channels(train_release)
        inputs["series"] = channels.apply(train_release), channels.apply(test_release)
    found: list[tuple[str, np.ndarray, float, str]] = []
    for one in sorted(chosen, key=lambda one: one.sees == "series"):
        if one.sees == "series" and any(inner >= enough for _, _, inner, _ in found):
            continue
        known, asked = inputs[one.sees]
        fitted = one.fit(Enrolment(x=known, person=classes, groups=groups, rounds=rounds), seed)
        found.append((one.name, fitted.scores(asked), fitted.inner_accuracy, fitted.settings))
    return found


def _vectors(
    train_release: np.ndarray,
    classes: np.ndarray,
    test_release: np.ndarray,
    rounds: tuple[tuple[np.ndarray, np.ndarray], ...],
) -> tuple[np.ndarray, np.ndarray]:
    """Prepare both sides, scaled in the way that serves a quick attacker better in tuning."""
    best, best_rate = None, -1.0
    for z_scores in (True, False):
        preparation = fit_preparation(train_release, z_scores=z_scores)
        vectors = preparation.apply(train_release)
        rate = 0.0
        for kept, held in rounds:
            scores = discriminant(vectors[kept], classes[kept], seed=0, shrinkage=0.1)
            rate += hit_rate(scores(vectors[held]), classes[held])
        if rate > best_rate:
            best, best_rate = (vectors, preparation.apply(test_release)), rate
    assert best is not None
    return best


def inner_rounds(
    classes: np.ndarray, groups: np.ndarray, *, seed: int
) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Divide what is enrolled for tuning, whole takes on one side, nobody missing on the other.

    Parameters
    ----------
    classes : numpy.ndarray
        Class of each cycle, shape (cycles,).
    groups : numpy.ndarray
        Take of each cycle, shape (cycles,).
    seed : int
        Seed of the choice.

    Returns
    -------
    tuple of (numpy.ndarray, numpy.ndarray)
        Positions to learn from and to judge by, a pair a round; none where nothing can be spared.
    """
    n_rounds = int(np.clip(INNER_CYCLES // len(classes), 1, MOST_ROUNDS))
    rounds = (
        hold_out(classes, groups, part=INNER_PART, rng=np.random.default_rng([seed, number]))
        for number in range(n_rounds)
    )
    return tuple((kept, held) for kept, held in rounds if len(held))


def _by_name(name: str) -> Attacker:
    if name not in ATTACKERS:
        raise ParameterError(
            "unknown attacker", found=repr(name), remedy=f"Choose from: {', '.join(ATTACKERS)}."
        )
    return ATTACKERS[name]
