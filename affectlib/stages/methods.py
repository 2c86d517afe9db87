"""Which models an experiment compares, what each works on, and how it is fitted to a fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from affectlib.evaluation.splits import Fold
from affectlib.models.baselines import BASELINES, fit_baseline
from affectlib.models.cnn import CnnSettings, fit_cnn
from affectlib.models.schedule import Schedule
from affectlib.models.training import AutoencoderSettings

if TYPE_CHECKING:
    from affectlib.stages.experiment import Experiment

AFFECT_MODELS = ("KNN-man", "SVM-man", "SVM-xyz", "CNN-xyz", "AE-xyz")
"""The paper's five models of Table I."""

ON_SUBJECT_CODE = " on E_S"

PROBES = ("SVM-xyz", "SVM-enc", "CNN-enc", f"SVM-enc{ON_SUBJECT_CODE}")
"""Who walked? From the raw series, from the affect code (twice), and from the subject code."""

MODELS = {"label": AFFECT_MODELS, "subject": PROBES}
"""Models by task."""

AUTOENCODER = "affectlib.models.training"
"""The module whose code, with all that it imports, makes an autoencoder."""

CNN = "affectlib.models.cnn"
"""The module whose code, with all that it imports, makes a CNN."""

AUTOENCODERS: Mapping[str, AutoencoderSettings] = MappingProxyType(
    {
        "quick": AutoencoderSettings(
            schedule=Schedule(n_steps=100, n_passes=2, batch_size=32, learning_rate=4e-3)
        ),
        "full": AutoencoderSettings(),
    }
)
"""How the autoencoder is trained, by profile; a third of the steps shows that everything works."""

CNNS: Mapping[str, CnnSettings] = MappingProxyType(
    {"quick": CnnSettings(schedule=Schedule(n_steps=150, batch_size=64)), "full": CnnSettings()}
)
"""How CNN-xyz is trained, by profile."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """How one model goes about one fold.

    Parameters
    ----------
    features : str
        What it works on, as in the scores: ``"manual"``, ``"xyz"``, ``"affect code"``, ``"subject code"``.
    x : numpy.ndarray
        Inputs of all cycles, shape (cycles, ...).
    fit : callable
        Takes the training cycles' targets, shape (n_train,); gives something with ``predict``.
    """

    features: str
    x: np.ndarray
    fit: Callable[[np.ndarray], Any]


def method_of(model: str, experiment: Experiment, fold: Fold) -> Method:
    """Find out how a model goes about a fold; trains the fold's autoencoder where it needs the codes.

    Parameters
    ----------
    model : str
        One of `AFFECT_MODELS` or `PROBES`.
    experiment : Experiment
        The experiment.
    fold : Fold
        One of its folds.

    Returns
    -------
    Method
        Inputs and how to fit.
    """
    if model == "CNN-xyz":
        # The very network that notebook 08 explains.
        return Method(features="xyz", x=experiment.series, fit=lambda target: experiment.cnn(fold))
    features, x, fit = _inputs(model, experiment, fold)
    groups, seed = fold.inner_groups, experiment.study.seed
    return Method(features=features, x=x, fit=lambda target: fit(x[fold.train], target, groups, seed))


def _inputs(model: str, experiment: Experiment, fold: Fold) -> tuple[str, np.ndarray, Callable[..., Any]]:
    if model in BASELINES:
        manual = BASELINES[model].features == "manual"
        x = experiment.manual if manual else experiment.series
        return ("manual" if manual else "xyz"), x, partial(_shallow, model)
    codes = experiment.codes(fold)
    if model.endswith(ON_SUBJECT_CODE):
        return "subject code", codes.subject, partial(_shallow, "SVM-xyz")
    return "affect code", codes.affect, (partial(_shallow, "SVM-xyz") if model == "SVM-enc" else _cnn)


def needs_codes(model: str) -> bool:
    """Tell whether a model works on what the autoencoder makes.

    Parameters
    ----------
    model : str
        One of `AFFECT_MODELS` or `PROBES`.

    Returns
    -------
    bool
        False for models of manual features and joint series.
    """
    return model not in BASELINES and model != "CNN-xyz"


def code_of(model: str) -> tuple[str, ...]:
    """Name the modules whose code makes a model's predictions.

    Parameters
    ----------
    model : str
        One of `AFFECT_MODELS` or `PROBES`.

    Returns
    -------
    tuple of str
        For `affectlib.stages.code.code_digest`.
    """
    common = ("affectlib.evaluation.splits", "affectlib.evaluation.predictions", "affectlib.gait.features")
    if model in BASELINES:
        return (*common, "affectlib.models.baselines")
    return (*common, "affectlib.models.baselines", CNN, *((AUTOENCODER,) if needs_codes(model) else ()))


def _shallow(name: str, x: np.ndarray, target: np.ndarray, groups: np.ndarray | None, seed: int) -> Any:
    return fit_baseline(name, x, target, groups=groups, seed=seed)


def _cnn(x: np.ndarray, target: np.ndarray, groups: np.ndarray | None, seed: int) -> Any:
    return fit_cnn(x, target, take=groups, settings=CnnSettings(), seed=seed)
