"""Closed-set identification of enrolled subjects.

Privacy is measured by adaptive attackers, who enrol subjects with released cycles. Naive attackers enrol them
with raw cycles and fail where a release merely looks different. Both call `attack_closed_set`, with released
or with raw cycles as `enrolled`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.models.holdout import hold_out
from affectlib.privacy.attackers.attacker import (
    Attacker,
    Enrolment,
    FittedAttacker,
    Round,
    identification_rate,
)
from affectlib.privacy.attackers.classifiers import ATTACKERS
from affectlib.privacy.attackers.on_vectors import discriminant
from affectlib.privacy.attackers.preparation import (
    Preparation,
    check_release,
    fit_channels,
    fit_preparation,
    is_series,
)
from affectlib.privacy.attackers.ranks import check_disjoint_takes, identification_rows
from affectlib.privacy.walks import Released

VALIDATION_SHARE = 0.25
"""Approximate share of the enrolled cycles on which hyper-parameters are validated."""

VALIDATED_CYCLES = 2000
"""Approximate number of cycles in all rounds of hyper-parameter selection: small libraries, where one round
is noisy, get up to `MOST_ROUNDS`, and large ones, where rounds are slow, get one."""

MOST_ROUNDS = 3
"""Maximum of rounds of hyper-parameter selection; the time of an attack grows in proportion."""


class AttackResult(NamedTuple):
    """A fitted attacker and its scores of the test cycles, shape (test cycles, classes)."""

    attacker: str
    fitted: FittedAttacker
    scores: np.ndarray


def attack_closed_set(
    enrolled: Released,
    probes: Released,
    *,
    attackers: Iterable[str] = tuple(ATTACKERS),
    enough: float = np.inf,
    seed: int = 0,
) -> pd.DataFrame:
    """Identify the subject of each probe by every attacker.

    Parameters
    ----------
    enrolled : Released
        Cycles that attackers are fitted to.
    probes : Released
        Cycles of the same subjects, of other takes.
    attackers : iterable of str
        Names of `ATTACKERS`. Those that need a series are omitted for other releases.
    enough : float
        Identification rate on validation cycles at which a release counts as not private at all, so that
        the slow attackers of series are omitted.
    seed : int
        Random seed of training and tie-breaking.

    Returns
    -------
    pandas.DataFrame
        One row an attacker and probe, see `affectlib.privacy.attackers.ranks.identification_rows`.

    Raises
    ------
    ParameterError
        If a take is on both sides, a probe's subject was not enrolled, or there are not two subjects.
    """
    check_disjoint_takes(enrolled, probes)
    subjects, classes = np.unique(enrolled.subject, return_inverse=True)
    unknown = np.setdiff1d(probes.subject, subjects)
    if len(unknown):
        raise ParameterError(
            "probes of subjects that were not enrolled",
            found=", ".join(unknown),
            remedy="Split by takes, or verify new subjects instead.",
        )
    results = run_attackers(
        enrolled.x, classes, enrolled.take, probes.x, attackers=attackers, enough=enough, seed=seed
    )
    frames = [
        identification_rows(
            result.scores,
            subjects,
            probes,
            attacker=result.attacker,
            n_train=len(enrolled),
            inner_accuracy=result.fitted.inner_accuracy,
            settings=result.fitted.settings,
            seed=seed,
        )
        for result in results
    ]
    return pd.concat(frames, ignore_index=True)


def run_attackers(
    train: np.ndarray,
    classes: np.ndarray,
    groups: np.ndarray,
    test: np.ndarray,
    *,
    attackers: Iterable[str] = tuple(ATTACKERS),
    enough: float = np.inf,
    seed: int = 0,
) -> list[AttackResult]:
    """Fit every attacker to released training cycles and score released test cycles.

    `attackers` and `enough` are as for `attack_closed_set`. Attackers of vectors come first in the results.

    Parameters
    ----------
    train : numpy.ndarray
        Release of the training cycles, shape (training cycles, ...).
    classes : numpy.ndarray
        Classes from 0 without gaps, shape (training cycles,).
    groups : numpy.ndarray
        Groups that hyper-parameter selection keeps whole, shape (training cycles,).
    test : numpy.ndarray
        Release of the test cycles, shape (test cycles, ...).

    Raises
    ------
    ParameterError
        If there are not two classes, or no attacker for this release.
    """
    train, test = check_release(train), check_release(test)
    if classes.max(initial=0) < 1:
        raise ParameterError("an attacker needs two classes", found=f"{len(set(classes))}")
    selected = _selected(attackers, series=is_series(train))
    rounds = selection_rounds(classes, groups, seed=seed)
    inputs = {"vector": _vectors(train, classes, test, rounds)}
    if any(attacker.sees == "series" for attacker in selected):
        channels = fit_channels(train)
        inputs["series"] = channels.apply(train), channels.apply(test)
    results: list[AttackResult] = []
    for attacker in selected:
        if attacker.sees == "series" and any(result.fitted.inner_accuracy >= enough for result in results):
            continue
        train_inputs, test_inputs = inputs[attacker.sees]
        enrolment = Enrolment(x=train_inputs, classes=classes, groups=groups, rounds=rounds)
        fitted = attacker.fit(enrolment, seed)
        results.append(AttackResult(attacker.name, fitted, fitted.scores(test_inputs)))
    return results


def _selected(attackers: Iterable[str], *, series: bool) -> list[Attacker]:
    names = list(attackers)
    unknown = [name for name in names if name not in ATTACKERS]
    if unknown:
        raise ParameterError(
            "unknown attacker", found=repr(unknown[0]), remedy=f"Choose from: {', '.join(ATTACKERS)}."
        )
    selected = [ATTACKERS[name] for name in names if series or ATTACKERS[name].sees == "vector"]
    if not selected:
        raise ParameterError(
            "no attacker for this release", remedy="Choose one that sees vectors, or release a series."
        )
    # Series last: whether they are tried depends on what the others reach.
    return sorted(selected, key=lambda attacker: attacker.sees == "series")


def _vectors(
    train: np.ndarray, classes: np.ndarray, test: np.ndarray, rounds: Sequence[Round]
) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors of training and test cycles, with or without z-scores, whichever identify more."""

    # Compared by linear discriminants, the quickest attacker.
    def total_rate(preparation: Preparation) -> float:
        x = preparation.apply(train)
        rates = []
        for training, validation in rounds:
            scores = discriminant(x[training], classes[training], shrinkage=0.1)
            rates.append(identification_rate(scores(x[validation]), classes[validation]))
        return sum(rates)

    best = max((fit_preparation(train, z_scores=z_scores) for z_scores in (True, False)), key=total_rate)
    return best.apply(train), best.apply(test)


def selection_rounds(classes: np.ndarray, groups: np.ndarray, *, seed: int) -> tuple[Round, ...]:
    """Split cycles into training and validation for hyper-parameter selection, by whole groups.

    Every class remains in training. No round is returned if that leaves no cycle for validation.

    Parameters
    ----------
    classes, groups : numpy.ndarray
        Shape (cycles,).
    """
    n_rounds = int(np.clip(VALIDATED_CYCLES // len(classes), 1, MOST_ROUNDS))
    rounds = (
        Round(*hold_out(classes, groups, share=VALIDATION_SHARE, rng=np.random.default_rng([seed, number])))
        for number in range(n_rounds)
    )
    return tuple(split for split in rounds if len(split.validation))
