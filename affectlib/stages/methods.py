"""The models that an experiment compares, the features of each, and how it is fitted to a fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from affectlib.evaluation.splits import Fold
from affectlib.models.baselines import BASELINES, fit_baseline
from affectlib.models.cnn import fit_cnn
from affectlib.stages.experiment import Experiment
from affectlib.stages.trainings import encode, train_cnn

AFFECT_MODELS = ("KNN-man", "SVM-man", "SVM-xyz", "CNN-xyz", "AE-xyz")
"""The paper's five models of Table I."""

ON_SUBJECT_CODE = " on E_S"

PROBES = ("SVM-xyz", "SVM-enc", "CNN-enc", f"SVM-enc{ON_SUBJECT_CODE}")
"""Models that predict the subject: from the joint series, the affect code (two) and the subject code."""

MODELS = {"label": AFFECT_MODELS, "subject": PROBES}
"""Models by task."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """The features of a model and how it is fitted to a fold.

    Parameters
    ----------
    features : str
        Name of the features in the scores: ``"manual"``, ``"xyz"``, ``"affect code"``, ``"subject code"``.
    x : numpy.ndarray
        Features of all cycles, shape (cycles, ...).
    fit : callable
        From the targets of the training cycles, shape (n_train,), to a fitted model with ``predict``.
    """

    features: str
    x: np.ndarray
    fit: Callable[[np.ndarray], Any]


def method_of(model: str, experiment: Experiment, fold: Fold) -> Method:
    """Return a model's method on a fold; trains the fold's autoencoder if the model uses its codes."""
    groups, seed = fold.inner_groups, fold.seed

    def shallow(features: str, x: np.ndarray, name: str) -> Method:
        def fit(target: np.ndarray) -> Any:
            return fit_baseline(name, x[fold.train], target, groups=groups, seed=seed)

        return Method(features=features, x=x, fit=fit)

    if model in BASELINES:
        features = BASELINES[model].features
        return shallow(features, experiment.manual if features == "manual" else experiment.model_input, model)
    if model == "CNN-xyz":
        # The same network that notebook 08 explains.
        return Method(
            features="xyz", x=experiment.model_input, fit=lambda target: train_cnn(experiment, fold)
        )
    codes = encode(experiment, fold)
    if model.endswith(ON_SUBJECT_CODE):
        return shallow("subject code", codes.subject, "SVM-xyz")
    if model == "SVM-enc":
        return shallow("affect code", codes.affect, "SVM-xyz")
    x = codes.affect
    return Method(
        features="affect code",
        x=x,
        fit=lambda target: fit_cnn(x[fold.train], target, groups=groups, seed=seed),
    )


def needs_codes(model: str) -> bool:
    """Return whether a model works on the autoencoder's codes."""
    return model not in BASELINES and model != "CNN-xyz"
