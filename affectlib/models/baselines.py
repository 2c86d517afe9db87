"""The shallow baselines: KNN-man and SVM-man on manual features, SVM-xyz on the joint series.

Each is a scikit-learn pipeline on z-scores that predicts any target: label, subject, gender. Hyper-parameters
are selected by cross-validation within the training cycles, with groups kept whole.

The search is not scikit-learn's ``GridSearchCV``: neighbours and RBF kernels see distances only, which are
computed once per split here. On 853 joint series that takes 25 s instead of 95 to 138 s, and
``GridSearchCV`` weights folds instead of cycles, so that it may select other values.
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
"""Folds of the cross-validation that selects hyper-parameters; more cost time in proportion."""

MANUAL, SERIES = "manual", "xyz"

SERIES_PHASES = 25
"""Phases per cycle for SVM-xyz: 12 harmonics of the stride, more than walking has."""

SERIES_VARIANCE = 0.99
"""Share of the z-scored series' variance that the principal components before SVM-xyz explain."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """A shallow model before fitting.

    Parameters
    ----------
    name : str
        Name in the paper's tables.
    features : str
        ``"manual"`` features or the joint series, ``"xyz"``.
    preparation : sklearn Pipeline
        Steps before the classifier, not fitted.
    classifier : sklearn estimator
        The classifier with its fixed parameters.
    precomputed : mapping of str to str
        Parameters with which the classifier takes a matrix of distances, or a kernel, in place of features.
    grid : mapping of str to tuple
        Values of the hyper-parameters. The first of equally good ones is selected, so simple values come
        first. ``gamma`` is in units of 1 / (number of z-scored features).
    """

    name: str
    features: str
    preparation: Pipeline
    classifier: BaseEstimator
    precomputed: Mapping[str, str]
    grid: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class FittedBaseline:
    """A shallow model after fitting.

    Parameters
    ----------
    name : str
        Name in the paper's tables.
    chosen : mapping of str to object
        Selected hyper-parameters.
    inner_accuracy : float
        Their accuracy in the inner cross-validation; NaN if the training data were too small for one.
    pipeline : sklearn Pipeline
        The fitted model.
    """

    name: str
    chosen: Mapping[str, Any]
    inner_accuracy: float
    pipeline: Pipeline

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return predicted targets, shape (cycles,).

        Parameters
        ----------
        x : numpy.ndarray
            Inputs as in fitting, shape (cycles, ...).
        """
        return self.pipeline.predict(as_vectors(x))


def _svm(name: str, features: str, preparation: Pipeline) -> Baseline:
    return Baseline(
        name=name,
        features=features,
        preparation=preparation,
        classifier=SVC(kernel="rbf", cache_size=300),
        precomputed=MappingProxyType({"kernel": "precomputed"}),
        grid=MappingProxyType({"C": (10.0, 1.0, 100.0), "gamma": (1.0, 0.25)}),
    )


_KNN = Baseline(
    name="KNN-man",
    features=MANUAL,
    preparation=make_pipeline(StandardScaler()),
    classifier=KNeighborsClassifier(),
    precomputed=MappingProxyType({"metric": "precomputed"}),
    grid=MappingProxyType({"n_neighbors": (5, 1, 3, 9, 15), "weights": ("distance", "uniform")}),
)

BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "KNN-man": _KNN,
        "SVM-man": _svm("SVM-man", MANUAL, make_pipeline(StandardScaler())),
        # An RBF kernel sees distances only, which the leading components preserve.
        "SVM-xyz": _svm(
            "SVM-xyz", SERIES, make_pipeline(StandardScaler(), LeadingComponents(SERIES_VARIANCE))
        ),
    }
)
"""The paper's three shallow models by name."""


def fit_baseline(
    name: str, x: np.ndarray, target: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0
) -> FittedBaseline:
    """Select hyper-parameters within the training data, then fit to all of them.

    Parameters
    ----------
    name : str
        One of `BASELINES`.
    x : numpy.ndarray
        Manual features, shape (cycles, features), or joint series, shape (cycles, phases, ...).
    target : numpy.ndarray
        True targets, shape (cycles,).
    groups : numpy.ndarray, optional
        Cycles of one group stay on one side of every inner split, shape (cycles,): takes or subjects, as
        in the outer split. Otherwise hyper-parameters would be selected for an easier task.
    seed : int
        Seed of the inner splits.

    Raises
    ------
    ParameterError
        For an unknown name, or a target with a single value.
    """
    if name not in BASELINES:
        raise ParameterError(
            "unknown baseline", found=repr(name), remedy=f"Choose from: {', '.join(BASELINES)}."
        )
    target = check_targets(name, target)
    model, inputs = BASELINES[name], as_vectors(x)
    candidates = [dict(zip(model.grid, values, strict=True)) for values in product(*model.grid.values())]
    candidates = [candidate for candidate in candidates if candidate.get("n_neighbors", 1) <= len(target)]
    accuracy = _inner_accuracy(model, candidates, inputs, target, inner_splits(target, groups, seed))
    best = int(np.argmax(accuracy))
    classifier = clone(model.classifier).set_params(**_classifier_settings(candidates[best], inputs.shape[1]))
    pipeline = Pipeline([*clone(model.preparation).steps, ("classifier", classifier)])
    return FittedBaseline(
        name=name,
        chosen=MappingProxyType(candidates[best]),
        inner_accuracy=float(accuracy[best]) if accuracy.any() else float("nan"),
        pipeline=pipeline.fit(inputs, target),
    )


def as_vectors(x: np.ndarray) -> np.ndarray:
    """Return features or joint series as vectors, float64, shape (cycles, numbers).

    Parameters
    ----------
    x : numpy.ndarray
        Features, shape (cycles, features), or series, shape (cycles, phases, ...), of which at most
        `SERIES_PHASES` phases are used.
    """
    x = np.asarray(x)
    if x.ndim > 2:
        n_phases = min(x.shape[1], SERIES_PHASES)
        x = x[:, np.arange(n_phases) * x.shape[1] // n_phases]
    return x.reshape(len(x), -1).astype(np.float64)


def _classifier_settings(candidate: Mapping[str, Any], n_inputs: int) -> dict[str, Any]:
    """Return settings of the classifier, with ``gamma`` per number of z-scored features."""
    # The total variance of z-scored inputs is their number, so this is scikit-learn's "scale", the same
    # before and after principal components.
    return {key: value / n_inputs if key == "gamma" else value for key, value in candidate.items()}


def check_targets(name: str, target: np.ndarray) -> np.ndarray:
    """Return the targets of training cycles as an array, shape (cycles,).

    Parameters
    ----------
    name : str
        Name of the model, for the error.
    target : numpy.ndarray
        Shape (cycles,).

    Raises
    ------
    ParameterError
        If all are the same.
    """
    target = np.asarray(target)
    if len(np.unique(target)) < 2:
        raise ParameterError(
            f"{name} needs two targets: every training cycle has the same",
            found=", ".join(map(str, np.unique(target))) or "no cycle",
            remedy="Use a library with at least two.",
        )
    return target


def inner_splits(
    target: np.ndarray, groups: np.ndarray | None, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Split training cycles for the choice of hyper-parameters, stratified and with groups kept whole.

    Parameters
    ----------
    target : numpy.ndarray
        Shape (cycles,).
    groups : numpy.ndarray or None
        Shape (cycles,).

    Returns
    -------
    list of (numpy.ndarray, numpy.ndarray)
        Indices of training and validation cycles; empty if there are too few cycles.
    """
    largest_class = int(np.unique(target, return_counts=True)[1].max())
    n_groups = len(target) if groups is None else len(np.unique(groups))
    folds = min(INNER_FOLDS, n_groups, largest_class)
    if folds < 2:
        return []
    splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
    with warnings.catch_warnings():
        # A target with fewer cycles than folds is missing in some of them, which is no problem here.
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
    """Return the accuracy of each candidate over the test cycles of all splits, shape (candidates,)."""
    correct, tested = np.zeros(len(candidates)), 0
    for train, test in splits:
        preparation = clone(model.preparation)
        prepared = preparation.fit_transform(x[train])
        within = euclidean_distances(prepared, squared=True)
        across = euclidean_distances(preparation.transform(x[test]), prepared, squared=True)
        tested += len(test)
        kernels: dict[float | None, tuple[np.ndarray, np.ndarray]] = {}
        for index, candidate in enumerate(candidates):
            settings = _classifier_settings(candidate, x.shape[1])
            if settings.get("n_neighbors", 1) > len(train):
                continue  # counts as never correct
            gamma = settings.pop("gamma", None)
            if gamma not in kernels:
                kernels[gamma] = _kernel(within, gamma), _kernel(across, gamma)
            train_kernel, test_kernel = kernels[gamma]
            classifier = clone(model.classifier).set_params(**settings, **model.precomputed)
            predicted = classifier.fit(train_kernel, target[train]).predict(test_kernel)
            correct[index] += (predicted == target[test]).sum()
    return correct / max(tested, 1)


def _kernel(squared_distance: np.ndarray, gamma: float | None) -> np.ndarray:
    """Return the RBF kernel, or the distance if `gamma` is None."""
    return np.sqrt(squared_distance) if gamma is None else np.exp(-gamma * squared_distance)
