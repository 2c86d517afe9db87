"""The shallow baselines: KNN-man and SVM-man on manual features, SVM-xyz on the joint series.

Each is a scikit-learn pipeline that begins with z-scores. What is learnt, hyper-parameters too, is
learnt from the cycles handed to `fit_baseline`; the hyper-parameters by an inner cross-validation
that keeps inner groups whole. The same three serve any target: affects, subjects, gender.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.errors import ParameterError
from affectlib.models.components import LeadingComponents

INNER_FOLDS = 3
MANUAL, SERIES = "manual", "xyz"

SERIES_PHASES = 25
"""Phases of a cycle that SVM-xyz sees: 12 harmonics of the stride, more than walking has."""

SERIES_VARIANCE = 0.99
"""Share of the z-scored series' variance that the principal components before SVM-xyz keep."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """A shallow model before fitting.

    Parameters
    ----------
    name : str
        As in the paper's tables.
    features : str
        What it works on: ``"manual"`` features or the joint series, ``"xyz"``.
    preparation : sklearn Pipeline
        Steps before the classifier.
    classifier : sklearn estimator
        The classifier with what is not searched.
    by_distance : mapping of str to str
        What makes the classifier take distances, or a kernel of them, in place of inputs.
    grid : mapping of str to tuple
        Hyper-parameters and their values; of equally good ones the first is taken, so the plainest
        stand first. ``gamma`` is in units of 1 / (number of z-scored inputs).
    """

    name: str
    features: str
    preparation: Pipeline
    classifier: BaseEstimator
    by_distance: Mapping[str, str]
    grid: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class FittedBaseline:
    """A shallow model after fitting.

    Parameters
    ----------
    name : str
        As in the paper's tables.
    chosen : mapping of str to object
        The hyper-parameters that the inner cross-validation chose.
    inner_accuracy : float
        Share of training cycles it got right there; NaN where the training data left no choice.
    pipeline : sklearn Pipeline
        Everything from inputs to predictions, fitted.
    """

    name: str
    chosen: Mapping[str, Any]
    inner_accuracy: float
    pipeline: Pipeline

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predict the target of cycles.

        Parameters
        ----------
        x : numpy.ndarray
            Inputs as in fitting, shape (cycles, ...).

        Returns
        -------
        numpy.ndarray
            Predicted targets, shape (cycles,).
        """
        return self.pipeline.predict(_inputs(self.name, x))


def _svm() -> SVC:
    return SVC(kernel="rbf", cache_size=300)


_SVM_GRID = MappingProxyType({"C": (10.0, 1.0, 100.0), "gamma": (1.0, 0.25)})

BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        model.name: model
        for model in (
            Baseline(
                name="KNN-man",
                features=MANUAL,
                preparation=make_pipeline(StandardScaler()),
                classifier=KNeighborsClassifier(),
                by_distance=MappingProxyType({"metric": "precomputed"}),
                grid=MappingProxyType({"n_neighbors": (5, 1, 3, 9, 15), "weights": ("distance", "uniform")}),
            ),
            Baseline(
                name="SVM-man",
                features=MANUAL,
                preparation=make_pipeline(StandardScaler()),
                classifier=_svm(),
                by_distance=MappingProxyType({"kernel": "precomputed"}),
                grid=_SVM_GRID,
            ),
            Baseline(
                name="SVM-xyz",
                features=SERIES,
                # An RBF kernel sees distances only, and those the leading components keep.
                preparation=make_pipeline(StandardScaler(), LeadingComponents(SERIES_VARIANCE)),
                classifier=_svm(),
                by_distance=MappingProxyType({"kernel": "precomputed"}),
                grid=_SVM_GRID,
            ),
        )
    }
)
"""The paper's three shallow models by name."""


def fit_baseline(
    name: str, x: np.ndarray, target: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0
) -> FittedBaseline:
    """Choose hyper-parameters inside the training data, then fit to all of it.

    Parameters
    ----------
    name : str
        One of `BASELINES`.
    x : numpy.ndarray
        Training inputs, shape (cycles, features) of manual features, or joint series of shape
        (cycles, phases, ...).
    target : numpy.ndarray
        What to predict, shape (cycles,).
    groups : numpy.ndarray, optional
        Cycles with one value stay on one side of every inner split, shape (cycles,): takes where
        the outer split keeps takes apart, subjects where it keeps those apart. Without groups the
        hyper-parameters would be chosen for an easier task than the one they are for.
    seed : int
        Seed of the inner splits.

    Returns
    -------
    FittedBaseline
        The fitted model.

    Raises
    ------
    ParameterError
        For an unknown name, or a target with a single value.
    """
    if name not in BASELINES:
        raise ParameterError(
            "unknown baseline", found=repr(name), remedy=f"Choose from: {', '.join(BASELINES)}."
        )
    target = np.asarray(target)
    if len(np.unique(target)) < 2:
        raise ParameterError(
            f"{name} has nothing to tell apart: every training cycle has the same target",
            found=", ".join(map(str, np.unique(target))) or "no cycle",
            remedy="Give a library with at least two.",
        )
    model, inputs = BASELINES[name], _inputs(name, x)
    candidates = [dict(zip(model.grid, values, strict=True)) for values in product(*model.grid.values())]
    candidates = [candidate for candidate in candidates if candidate.get("n_neighbors", 1) <= len(target)]
    right = _inner_accuracy(model, candidates, inputs, target, _inner_splits(target, groups, seed))
    best = int(np.argmax(right))
    classifier = clone(model.classifier).set_params(**_in_units(candidates[best], inputs.shape[1]))
    pipeline = Pipeline([*clone(model.preparation).steps, ("classifier", classifier)])
    return FittedBaseline(
        name=name,
        chosen=MappingProxyType(candidates[best]),
        inner_accuracy=float(right[best]) if right.any() else float("nan"),
        pipeline=pipeline.fit(inputs, target),
    )


def _inputs(name: str, x: np.ndarray) -> np.ndarray:
    x = np.asarray(x)
    if BASELINES[name].features == SERIES and x.ndim > 2:
        x = x[:, _spread(x.shape[1], SERIES_PHASES)]
    return x.reshape(len(x), -1).astype(np.float64)


def _spread(available: int, wanted: int) -> np.ndarray:
    """Give the indices of at most `wanted` phases, evenly spread over a cycle."""
    wanted = min(available, wanted)
    return (np.arange(wanted) * available) // wanted


def _in_units(candidate: Mapping[str, Any], n_inputs: int) -> dict[str, Any]:
    # z-scored inputs have a total variance of their number, so this is scikit-learn's "scale", the
    # same before and after principal components.
    return {key: value / n_inputs if key == "gamma" else value for key, value in candidate.items()}


def _inner_splits(
    target: np.ndarray, groups: np.ndarray | None, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Stratified splits with groups kept whole; none where the training data is too small for them."""
    most = int(np.unique(target, return_counts=True)[1].max())
    units = most if groups is None else min(most, len(np.unique(groups)))
    folds = min(INNER_FOLDS, units)
    if folds < 2:
        return []
    splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
    with warnings.catch_warnings():
        # A target with fewer cycles than folds is in no way wrong here: it is then missing in some.
        warnings.filterwarnings("ignore", message="The least populated class")
        splits = list(splitter(folds, shuffle=True, random_state=seed).split(target, target, groups))
    return [(train, test) for train, test in splits if len(test) and len(np.unique(target[train])) > 1]


def _inner_accuracy(
    model: Baseline,
    candidates: list[dict[str, Any]],
    x: np.ndarray,
    target: np.ndarray,
    splits: list[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Share of held-out cycles each candidate gets right, shape (candidates,).

    Neighbours and RBF kernels both see distances only, so these are computed once a split.
    """
    right, seen = np.zeros(len(candidates)), 0
    for train, test in splits:
        preparation = clone(model.preparation)
        known = preparation.fit_transform(x[train])
        within = euclidean_distances(known, squared=True)
        across = euclidean_distances(preparation.transform(x[test]), known, squared=True)
        seen += len(test)
        kernels: dict[float | None, tuple[np.ndarray, np.ndarray]] = {}
        for index, candidate in enumerate(candidates):
            settings = _in_units(candidate, x.shape[1])
            if settings.get("n_neighbors", 1) > len(train):
                continue
            gamma = settings.pop("gamma", None)
            if gamma not in kernels:
                kernels[gamma] = _similarity(within, gamma), _similarity(across, gamma)
            classifier = clone(model.classifier).set_params(**settings, **model.by_distance)
            predicted = classifier.fit(kernels[gamma][0], target[train]).predict(kernels[gamma][1])
            right[index] += (predicted == target[test]).sum()
    return right / max(seen, 1)


def _similarity(squared_distance: np.ndarray, gamma: float | None) -> np.ndarray:
    """Give the RBF kernel, or without `gamma` the distance itself."""
    return np.sqrt(squared_distance) if gamma is None else np.exp(-gamma * squared_distance)
