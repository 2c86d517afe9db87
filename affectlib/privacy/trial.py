"""One release at one value of its privacy parameter on one fold, and all attacks on it.

Two splits answer two questions. Split by ``takes``, attackers have enrolled the subjects and identify other
takes of theirs (closed set). But the release was fitted to the same subjects, so that what is released of
training cycles may differ from what is released later; an attacker may fail for that reason alone. Split by
``subjects``, neither the release nor the attacker has seen the subjects: attackers enrol them with released
walks and identify others (new subjects), verify whether two released walks are of one subject, and link
released walks to raw ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import make_folds
from affectlib.privacy.attackers import (
    attack_attribute,
    attack_closed_set,
    attack_linkage,
    attack_verification,
    split_gallery,
)
from affectlib.privacy.pareto import RAW
from affectlib.privacy.releases.realism import realism
from affectlib.privacy.releases.release import Release
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.utility import classify_labels
from affectlib.privacy.walks import Released, Walks

NAIVE_ATTACKERS = ("logistic regression", "nearest neighbours")
"""Attackers that enrol with raw walks, unaware of the release: two suffice to show the effect."""

ENOUGH = 0.95
"""Identification rate in hyper-parameter selection from which on the CNN is omitted, except on raw series,
on which each attacker has to show its ability."""

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
"""Results of all attacks on one fold; a frame may be empty."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One release at one value of its parameter on one fold.

    Parameters
    ----------
    seed : int
        Random seed of folds, releases and attackers.
    """

    release: str
    value: Any
    split: str
    fold: int
    n_folds: int
    seed: int


def attack(walks: Walks, release: Release, trial: Trial, *, trained: Trained) -> dict[str, pd.DataFrame]:
    """Fit a release to the training walks of a fold and attack what it releases of all walks.

    Parameters
    ----------
    trained : Trained
        Source of the classifier of raw series.

    Returns
    -------
    dict of str to pandas.DataFrame
        Frames by the names `FRAMES`.
    """
    # Copies stay on one side of the split; otherwise attackers would have enrolled what they attack.
    copies = find_copies(walks.x)
    folds = make_folds(walks.rows(), split=trial.split, n_folds=trial.n_folds, seed=trial.seed, copies=copies)
    fold, seed = folds[trial.fold], trial.seed
    raw_train, raw_test = walks.at(fold.train), walks.at(fold.test)

    release_cycles = release.fit(raw_train, trial.value, seed)
    train = raw_train.released(release_cycles(raw_train.x))
    test = raw_test.released(release_cycles(raw_test.x))

    posterior = trained.fit_posterior(raw_train, seed=seed)
    frames = {
        "labels": classify_labels(
            train, test, kind=release.kind, posterior=posterior, groups=fold.inner_groups, seed=seed
        )
    }
    # Raw series show whether an attacker is fit, so that none may be omitted there.
    enough = np.inf if release.name == RAW else ENOUGH
    changed_series = release.kind == "series" and release.name != RAW
    if trial.split == "takes":
        frames["closed_set"] = attack_closed_set(train, test, enough=enough, seed=seed)
        if changed_series:
            raw = raw_train.released(raw_train.x)
            frames["naive"] = attack_closed_set(raw, test, attackers=NAIVE_ATTACKERS, seed=seed)
    else:
        frames |= _attack_new_subjects(raw_train, train, raw_test, test, enough=enough, seed=seed)
    if changed_series:
        frames["realism"] = realism(test.x, raw_test.x)
    return {name: frames.get(name, pd.DataFrame()) for name in FRAMES}


def _attack_new_subjects(
    raw_train: Walks, train: Released, raw_test: Walks, test: Released, *, enough: float, seed: int
) -> dict[str, pd.DataFrame]:
    gallery, probes = split_gallery(test.subject, test.take, seed=seed)
    enrolled, attacked = test.at(gallery), test.at(probes)
    errors, curves = attack_verification(train, test, seed=seed)
    return {
        "verification": errors,
        "roc": curves,
        # Enrolled with walks that the release was not fitted to.
        "new_subjects": attack_closed_set(enrolled, attacked, enough=enough, seed=seed),
        "linkage": attack_linkage(
            raw_train.released(raw_train.x),
            train,
            raw_test.released(raw_test.x).at(gallery),
            attacked,
            gallery=enrolled,
            seed=seed,
        ),
        "gender": attack_attribute(train, test, attackers=GENDER_ATTACKERS, seed=seed),
    }
