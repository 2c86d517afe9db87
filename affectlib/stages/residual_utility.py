"""The stage that asks what codes offer over the bare posterior."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.privacy.releases.catalogue import all_releases
from affectlib.privacy.releases.graded import code_size
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.residual_utility import residual_variation, unseen_label_f1
from affectlib.privacy.walks import Walks
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.privacy import ROOMS, by_profile, released_cycles, released_walks, trained_models
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.sweeps import CODE, GRADED, ON_CODES

COMPARED: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {"raw": (None,), CODE: (4,), GRADED: (1.0, 0.5, 0.0), "posterior": (4,), "label": (None,)}
)
"""Releases that are asked, at these values."""


def residual_utility(experiment: Experiment, *, labels: int = 1) -> pd.DataFrame:
    """Measure shades within labels, and the recognition of labels that the release was fitted without.

    Parameters
    ----------
    experiment : Experiment
        The experiment; split by takes, two folds, the first one.
    labels : int
        How many labels are left out in turn; each costs a training per release.

    Returns
    -------
    pandas.DataFrame
        One row a release and value: ``release``, ``value``, ``residual_variation`` (share of variance),
        ``unseen_label_f1`` (mean over the labels left out) and ``unseen_labels``.
    """
    asked = [(name, value, labels) for name, values in COMPARED.items() for value in values]
    missing = {name for name, *more in asked if not experiment.store.holds(**_kept(experiment, name, *more))}
    if missing & set(ON_CODES):
        side_by_side(experiment, _train, _trainings(experiment, labels), what="autoencoders", weight=15)
    # All values of a release in one process: they share what is trained.
    jobs = [(name, labels) for name in sorted(missing, key=lambda name: name not in ON_CODES)]
    side_by_side(experiment, _measure_all, jobs, what="what codes offer", weight=5)
    frames = [
        read_frame(_measure(experiment, *each) / "residual_utility.csv", text=["value"]) for each in asked
    ]
    return pd.concat(frames, ignore_index=True)


def _trainings(experiment: Experiment, labels: int) -> list[tuple[str, int, int]]:
    """Which autoencoders are trained without a label: that label, size of the code, seed."""
    walks, fold = _divided(experiment)
    label, seed = walks.label[fold.train], experiment.study.seed
    graded = [(code_size(label) - 1, each) for each in _models(experiment).seeds(seed)]
    wanted = dict.fromkeys([*graded, *((size, seed) for size in COMPARED[CODE])])
    return [(left_out, *each) for left_out in _left_out(label, labels) for each in wanted]


def _train(experiment: Experiment, left_out: str, size: int, seed: int) -> None:
    walks, fold = _divided(experiment)
    train = walks.at(fold.train)
    _models(experiment).fit_autoencoder(train.at(train.label != left_out), affect_size=size, seed=seed)


def _divided(experiment: Experiment) -> tuple[Walks, Fold]:
    walks = released_walks(experiment)
    return walks, make_folds(
        walks.rows(), split="takes", n_folds=2, seed=experiment.study.seed, copies=find_copies(walks.x)
    )[0]


def _models(experiment: Experiment) -> Trained:
    return trained_models(experiment.store.root, "takes", experiment.study.profile)


def _left_out(label: np.ndarray, labels: int) -> list[str]:
    known = sorted(set(label))
    return known[:labels] if len(known) > 2 else []


def _measure_all(experiment: Experiment, name: str, labels: int) -> None:
    for value in COMPARED[name]:
        _measure(experiment, name, value, labels)


def _kept(experiment: Experiment, name: str, value: Any, labels: int) -> dict[str, Any]:
    asked = {"release": name, "value": value, "labels": labels, "seed": experiment.study.seed}
    return {
        "stage": "residual_utility",
        "inputs": {"cycles": experiment.key, **by_profile(experiment.study.profile), **asked},
        "code": code_digest(*ROOMS, "stages.residual_utility"),
    }


def _measure(experiment: Experiment, name: str, value: Any, labels: int) -> Path:
    def write(folder: Path) -> None:
        seed, features = experiment.study.seed, experiment.manual[released_cycles(experiment)]
        walks, fold = _divided(experiment)
        train, test = walks.at(fold.train), walks.at(fold.test)
        release = next(each for each in all_releases(cache=_models(experiment)) if each.name == name)
        function = release.fit(train, value, seed)
        carried = residual_variation(
            function(train.x),
            function(test.x),
            train,
            test,
            train_features=features[fold.train],
            test_features=features[fold.test],
        )
        left_out = _left_out(train.label, labels)
        known = [
            unseen_label_f1(release, value, train, test, left_out=label, seed=seed) for label in left_out
        ]
        row = {"release": name, "value": str(value), "residual_variation": carried}
        row |= {"unseen_label_f1": np.mean(known) if known else np.nan, "unseen_labels": ", ".join(left_out)}
        pd.DataFrame([row]).to_csv(folder / "residual_utility.csv", index=False)

    return experiment.store.keep(**_kept(experiment, name, value, labels), write=write).folder
