"""The stage that measures the residual utility of codes over the bare posterior."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from affectlib.evaluation.copies import find_copies
from affectlib.evaluation.splits import make_folds
from affectlib.privacy.releases.catalogue import release_named
from affectlib.privacy.releases.graded import code_size
from affectlib.privacy.releases.trained import Trained
from affectlib.privacy.residual_utility import residual_variation, unseen_label_f1
from affectlib.privacy.walks import Walks
from affectlib.stages import releases
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.releases import release_inputs, released_cycles, released_walks, trained_models
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.sweeps import CODE, GRADED, ON_CODES

VERSION = 1
ROOMS = (*releases.ROOMS, "stages.residual_utility")

COMPARED: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {"raw": (None,), CODE: (4,), GRADED: (1.0, 0.5, 0.0), "posterior": (4,), "label": (None,)}
)
"""Values of the releases that are compared."""


def residual_utility(experiment: Experiment, *, labels: int = 1) -> pd.DataFrame:
    """Measure within-label variation, and recognition of labels that a release was fitted without.

    On the first of two folds, split by takes.

    Parameters
    ----------
    labels : int
        Number of labels that are left out in turn; each costs a training per release.

    Returns
    -------
    pandas.DataFrame
        One row a release and value: ``release``, ``value``, ``residual_variation`` (share of variance),
        ``unseen_label_f1`` (mean over the labels) and ``unseen_labels``.
    """
    measured = [(name, value, labels) for name, values in COMPARED.items() for value in values]
    missing = {job[0] for job in measured if not experiment.store.holds(**_entry(experiment, *job))}
    if missing & set(ON_CODES):
        side_by_side(experiment, _train, _trainings(experiment, labels), what="autoencoders", weight=15)
    # All values of a release in one process: they share what is trained.
    jobs = [(name, labels) for name in sorted(missing, key=lambda name: name not in ON_CODES)]
    side_by_side(experiment, _measure_all, jobs, what="residual utility", weight=5)
    files = [_measure(experiment, *job) / "residual_utility.csv" for job in measured]
    return pd.concat([read_frame(file, text=["value"]) for file in files], ignore_index=True)


def _trainings(experiment: Experiment, labels: int) -> list[tuple[str, int, int]]:
    """Return label left out, size of the code and random seed of each autoencoder."""
    label, seed = _split(experiment)[0].label, experiment.study.seed
    graded = [(code_size(label) - 1, member) for member in _models(experiment).seeds(seed)]
    wanted = dict.fromkeys([*graded, *((size, seed) for size in COMPARED[CODE])])
    return [(unseen, size, member) for unseen in _unseen(label, labels) for size, member in wanted]


def _train(experiment: Experiment, unseen: str, size: int, seed: int) -> None:
    train = _split(experiment)[0]
    _models(experiment).fit_autoencoder(train.at(train.label != unseen), affect_size=size, seed=seed)


def _split(experiment: Experiment) -> tuple[Walks, Walks, np.ndarray, np.ndarray]:
    """Return training and test walks, and their positions among the released cycles."""
    walks = released_walks(experiment)
    copies = find_copies(walks.x)
    folds = make_folds(walks.rows(), split="takes", n_folds=2, seed=experiment.study.seed, copies=copies)
    return walks.at(folds[0].train), walks.at(folds[0].test), folds[0].train, folds[0].test


def _models(experiment: Experiment) -> Trained:
    return trained_models(experiment.store.root, "takes", experiment.study)


def _unseen(label: np.ndarray, labels: int) -> list[str]:
    known = sorted(set(label))
    return known[:labels] if len(known) > 2 else []


def _measure_all(experiment: Experiment, name: str, labels: int) -> None:
    for value in COMPARED[name]:
        _measure(experiment, name, value, labels)


def _entry(experiment: Experiment, name: str, value: Any, labels: int) -> dict[str, Any]:
    inputs = {
        "release": name,
        "value": value,
        "labels": labels,
        "seed": experiment.study.seed,
        "version": VERSION,
    }
    return {
        "stage": "residual_utility",
        "inputs": {"cycles": experiment.key, **release_inputs(experiment.study), **inputs},
        "code": code_digest(*ROOMS),
    }


def _measure(experiment: Experiment, name: str, value: Any, labels: int) -> Path:
    def write(folder: Path) -> None:
        train, test, train_rows, test_rows = _split(experiment)
        seed, features = experiment.study.seed, experiment.manual[released_cycles(experiment)]
        release = release_named(name, cache=_models(experiment))
        release_cycles = release.fit(train, value, seed)
        variation = residual_variation(
            train.released(release_cycles(train.x)),
            test.released(release_cycles(test.x)),
            train_features=features[train_rows],
            test_features=features[test_rows],
        )
        unseen = _unseen(train.label, labels)
        scores = [unseen_label_f1(release, value, train, test, unseen=label, seed=seed) for label in unseen]
        row = {"release": name, "value": str(value), "residual_variation": variation}
        row |= {"unseen_label_f1": np.mean(scores) if scores else np.nan, "unseen_labels": ", ".join(unseen)}
        pd.DataFrame([row]).to_csv(folder / "residual_utility.csv", index=False)

    return experiment.store.keep(**_entry(experiment, name, value, labels), write=write).folder
