"""One release at one value of its parameter on one fold, and all attacks on it.

Two questions need two ways to divide people. Split by ``takes``, the attacker knows the people and has
other walks of theirs: it names them (closed set). But these walks are those the release was fitted to,
and what was fitted to them looks different from what comes later; an attacker may fail for that reason
alone. Split by ``subjects``, nobody has seen the people, neither the release nor the attacker: the
attacker enrols them with releases of some walks and names them in others (fresh enrolment), tells whether
two released walks are the same person's (open set), and links a released walk to a raw one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.privacy.attackers import (
    attack_attribute,
    attack_closed,
    attack_link,
    attack_open,
    gallery_and_probes,
)
from affectlib.privacy.pareto import RAW
from affectlib.privacy.releases.realism import realism
from affectlib.privacy.releases.release import Release
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.utility import recognise
from affectlib.privacy.walks import Walks

NAIVE_ATTACKERS = ("logistic regression", "nearest neighbours")
"""Those who enrol with raw walks, not knowing that what they attack was changed: two suffice to show it."""

ENOUGH = 0.95
"""Part of the walks that quick attackers name in tuning from which on the CNN need not be asked, but for raw
series, where each attacker has to show what it can."""

GENDER_ATTACKERS = ("logistic regression", "RBF SVM", "MLP")

FRAMES = (
    "labels",
    "closed_set",
    "naive",
    "new_subjects",
    "verification",
    "roc",
    "linkage",
    "gender",
    "realism",
)
"""What is known of a release after all attacks on one fold; a frame may be empty."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One release at one value of its parameter on one fold.

    Parameters
    ----------
    release : str
        Name of the release.
    value : object
        Value of its parameter.
    split : str
        ``"takes"`` or ``"subjects"``.
    fold : int
        Number of the fold.
    n_folds : int
        How many there are.
    seed : int
        Seed of folds, releases and attackers.
    """

    release: str
    value: Any
    split: str
    fold: int
    n_folds: int
    seed: int


def attack(walks: Walks, release: Release, trial: Trial, *, trained: Trained) -> dict[str, pd.DataFrame]:
    """Fit a release to the training walks of a fold and let everybody at what it makes of all walks.

    Parameters
    ----------
    walks : Walks
        All walks.
    release : Release
        The release.
    trial : Trial
        At which value and on which fold.
    trained : Trained
        Where the classifier of raw series comes from.

    Returns
    -------
    dict of str to pandas.DataFrame
        Frames by the names of `FRAMES`.
    """
    fold = _fold(walks, trial)
    train, test = walks.at(fold.train), walks.at(fold.test)
    function = release.fit(train, trial.value, trial.seed)
    given, attacked = function(train.x), function(test.x)
    enough = np.inf if release.name == RAW else ENOUGH
    frames = {
        "labels": recognise(
            given,
            attacked,
            train,
            test,
            kind=release.kind,
            posterior=trained.fit_posterior(train, seed=trial.seed),
            groups=fold.inner_groups,
            seed=trial.seed,
        )
    }
    if trial.split == "takes":
        frames["closed_set"] = attack_closed(
            given,
            train.subject,
            train.recording_groups(),
            attacked,
            test.subject,
            test_groups=test.recording_groups(),
            enough=enough,
            seed=trial.seed,
        )
        if release.kind == "series" and release.name != RAW:
            frames["naive"] = attack_closed(
                train.x,
                train.subject,
                train.recording_groups(),
                attacked,
                test.subject,
                test_groups=test.recording_groups(),
                attackers=NAIVE_ATTACKERS,
                seed=trial.seed,
            )
    else:
        frames |= _on_new_people(train, given, test, attacked, enough=enough, seed=trial.seed)
    if release.kind == "series" and release.name != RAW:
        frames["realism"] = realism(attacked, test.x)
    return {name: frames.get(name, pd.DataFrame()) for name in FRAMES}


def _on_new_people(
    train: Walks, given: np.ndarray, test: Walks, attacked: np.ndarray, *, enough: float, seed: int
) -> dict[str, pd.DataFrame]:
    groups = test.recording_groups()
    gallery, probes = gallery_and_probes(test.subject, groups, seed=seed)
    errors, curves = attack_open(
        given,
        train.subject,
        train.recording_groups(),
        attacked,
        test.subject,
        test_groups=groups,
        test_label=test.label,
        seed=seed,
    )
    return {
        "verification": errors,
        "roc": curves,
        # The honest closed set: enrolled with releases of walks that the release was not fitted to.
        "new_subjects": attack_closed(
            attacked[gallery],
            test.subject[gallery],
            groups[gallery],
            attacked[probes],
            test.subject[probes],
            test_groups=groups[probes],
            enough=enough,
            seed=seed,
        ),
        "linkage": attack_link(
            train.x,
            given,
            train.subject,
            test.x[gallery],
            test.subject[gallery],
            groups[gallery],
            attacked[probes],
            test.subject[probes],
            probe_groups=groups[probes],
            gallery_release=attacked[gallery],
            seed=seed,
        ),
        "gender": attack_attribute(
            given,
            train.gender,
            train.subject,
            attacked,
            test.gender,
            test.subject,
            attackers=GENDER_ATTACKERS,
            seed=seed,
        ),
    }


def _fold(walks: Walks, trial: Trial) -> Fold:
    folds = make_folds(
        walks.rows(),
        split=trial.split,
        n_folds=trial.n_folds,
        seed=trial.seed,
        copies=find_copies(walks.x),
    )
    return folds[trial.fold]
