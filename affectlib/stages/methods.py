"""The models that an experiment compares, the features of each, and how it is fitted to a fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from affectlib.evaluation.splits import Fold
from affectlib.models.baselines import BASELINES, fit_baseline
from affectlib.models.cnn import fit_cnn
from affectlib.models.minirocket import fit_minirocket
from affectlib.models.schedule import Schedule
from affectlib.models.stgcn import fit_stgcn
from affectlib.models.stgcn_network import StgcnSettings
from affectlib.stages.experiment import Experiment, on_device
from affectlib.stages.progress import follow
from affectlib.stages.trainings import encode, train_cnn

AFFECT_MODELS = ("KNN-man", "SVM-man", "SVM-xyz", "CNN-xyz", "AE-xyz")
"""The paper's five models of Table I."""

ON_SUBJECT_CODE = " on E_S"

PROBES = ("SVM-xyz", "SVM-enc", "CNN-enc", f"SVM-enc{ON_SUBJECT_CODE}")
"""Models that predict the subject: from the joint series, the affect code (two) and the subject code."""

PEERS = ("MiniRocket-xyz", "STGCN-xyz")
"""Models that are in use for such data and are not in the paper."""

MODELS = {"label": (*AFFECT_MODELS, *PEERS), "subject": PROBES}
"""Models by task."""


STGCNS: Mapping[str, StgcnSettings] = MappingProxyType(
    {"quick": StgcnSettings(schedule=Schedule(n_steps=40, batch_size=32)), "full": StgcnSettings()}
)
"""Settings of STGCN-xyz by profile."""


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
    if model in PEERS:
        return Method(features="xyz", x=experiment.model_input, fit=_peer(model, experiment, fold))
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
    return model not in BASELINES and model not in ("CNN-xyz", *PEERS)


def _peer(model: str, experiment: Experiment, fold: Fold) -> Callable[[np.ndarray], Any]:
    x, groups, seed = experiment.model_input[fold.train], fold.inner_groups, fold.seed
    if model == "MiniRocket-xyz":
        return lambda target: fit_minirocket(x, target, groups=groups, seed=seed)

    def fit(target: np.ndarray) -> Any:
        settings = on_device(STGCNS[experiment.study.profile], experiment.study)
        with follow(f"{model}, {fold.split}, fold {fold.number + 1}") as progress:
            return fit_stgcn(
                x,
                target,
                groups=groups,
                settings=settings,
                seed=seed,
                progress=lambda done, total, terms: progress(done, total, f"epoch {done}"),
            )

    return fit
