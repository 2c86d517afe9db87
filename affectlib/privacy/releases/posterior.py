"""Releases of only a classifier's output: its calibrated probabilities, or its most probable label."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedGroupKFold

from affectlib.models.baselines import fit_baseline
from affectlib.models.scaling import as_series, resample_phases

CALIBRATION_FOLDS = 3
PHASES = 25


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """A fitted classifier of labels with calibrated probabilities.

    Parameters
    ----------
    classifier : sklearn classifier
        From flattened series to labels.
    classes : numpy.ndarray
        Labels in the order of the probabilities, shape (labels,).
    """

    classifier: ClassifierMixin
    classes: np.ndarray

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Return the probability of each label, shape (cycles, labels).

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).
        """
        return self.classifier.predict_proba(_inputs(x))


def fit_posterior(x: np.ndarray, label: np.ndarray, *, groups: np.ndarray, seed: int = 0) -> Posterior:
    """Fit SVM-xyz to the label and calibrate it on cycles that it was not trained on.

    Scores of an inner cross-validation are turned into probabilities by Platt's sigmoids, one label
    against the others (scikit-learn's `CalibratedClassifierCV` without ensemble).

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    label : numpy.ndarray
        At least two different ones, shape (cycles,).
    groups : numpy.ndarray
        Groups that inner splits keep whole, shape (cycles,).
    seed : int
        Random seed of the inner splits.

    Raises
    ------
    ParameterError
        If all cycles have one label.
    """
    inputs = _inputs(x)
    tuned = fit_baseline("SVM-xyz", inputs, label, groups=groups, seed=seed)
    splits = _splits(np.asarray(label), groups, seed)
    if not splits:
        # Too few groups to hold any out: calibrated on training cycles, which makes it overconfident.
        splits = [(np.arange(len(inputs)), np.arange(len(inputs)))]
    calibrated = CalibratedClassifierCV(clone(tuned.pipeline), method="sigmoid", ensemble=False, cv=splits)
    calibrated.fit(inputs, label)
    return Posterior(classifier=calibrated, classes=calibrated.classes_)


def rounded(x: np.ndarray, *, posterior: Posterior, decimals: int) -> np.ndarray:
    """Return rounded probabilities, float32, shape (cycles, labels).

    Rounding loses information for good, unlike a temperature, which can be inverted.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    """
    return posterior.probabilities(x).round(decimals).astype(np.float32)


def one_hot(x: np.ndarray, *, posterior: Posterior) -> np.ndarray:
    """Return 1 for the most probable label and 0 for the others, float32, shape (cycles, labels).

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    """
    best = posterior.probabilities(x).argmax(axis=1)
    return np.eye(len(posterior.classes), dtype=np.float32)[best]


def _inputs(x: np.ndarray) -> np.ndarray:
    series = resample_phases(as_series(x), PHASES)
    return series.reshape(len(series), -1)


def _splits(label: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return stratified splits of whole groups with every label in training; none where impossible."""
    labels = np.unique(label)
    folds = min(CALIBRATION_FOLDS, *(len(np.unique(groups[label == name])) for name in labels))
    if folds < 2:
        return []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        splits = list(splitter.split(label, label, groups))
    complete = all(len(test) and len(np.unique(label[train])) == len(labels) for train, test in splits)
    return splits if complete else []
