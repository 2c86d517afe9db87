"""Only what a classifier says of the label: its calibrated probabilities, or its one answer."""

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
        The labels in the order of the probabilities, shape (labels,).
    """

    classifier: ClassifierMixin
    classes: np.ndarray

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Give the probability of each label.

        Parameters
        ----------
        x : numpy.ndarray
            Positions in metres, shape (cycles, phases, 15, 3).

        Returns
        -------
        numpy.ndarray
            Probabilities, shape (cycles, labels).
        """
        return self.classifier.predict_proba(_inputs(x))


def fit_posterior(x: np.ndarray, label: np.ndarray, *, groups: np.ndarray, seed: int = 0) -> Posterior:
    """Tune SVM-xyz on the label and calibrate its answers on cycles it was not trained on.

    Scores of an inner cross-validation are turned into probabilities by Platt's sigmoids, one label
    against the others (scikit-learn's `CalibratedClassifierCV` without ensemble).

    Parameters
    ----------
    x : numpy.ndarray
        Positions of the training cycles in metres, shape (cycles, phases, 15, 3).
    label : numpy.ndarray
        Label of each cycle, shape (cycles,).
    groups : numpy.ndarray
        What inner splits keep together, shape (cycles,).
    seed : int
        Seed of the inner splits.

    Returns
    -------
    Posterior
        The classifier.

    Raises
    ------
    ParameterError
        If all cycles have one label.
    """
    inputs = _inputs(x)
    tuned = fit_baseline("SVM-xyz", inputs, label, groups=groups, seed=seed)
    splits = _splits(np.asarray(label), groups, seed)
    if not splits:
        # Too little to hold out: calibrated on its own training cycles, which makes it overconfident.
        splits = [(np.arange(len(inputs)), np.arange(len(inputs)))]
    calibrated = CalibratedClassifierCV(clone(tuned.pipeline), method="sigmoid", ensemble=False, cv=splits)
    calibrated.fit(inputs, label)
    return Posterior(classifier=calibrated, classes=calibrated.classes_)


def rounded(x: np.ndarray, *, posterior: Posterior, decimals: int) -> np.ndarray:
    """Release probabilities with so many decimals.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    posterior : Posterior
        The classifier.
    decimals : int
        Decimals kept. Rounding loses something for good, unlike a temperature, which can be undone.

    Returns
    -------
    numpy.ndarray
        Probabilities, float32, shape (cycles, labels).
    """
    return posterior.probabilities(x).round(decimals).astype(np.float32)


def one_hot(x: np.ndarray, *, posterior: Posterior) -> np.ndarray:
    """Release the most probable label.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    posterior : Posterior
        The classifier.

    Returns
    -------
    numpy.ndarray
        1 for that label and 0 for the others, float32, shape (cycles, labels).
    """
    best = posterior.probabilities(x).argmax(axis=1)
    return np.eye(len(posterior.classes), dtype=np.float32)[best]


def _inputs(x: np.ndarray) -> np.ndarray:
    series = resample_phases(as_series(x), PHASES)
    return series.reshape(len(series), -1)


def _splits(label: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Stratified splits with groups kept whole in which every label is always in training."""
    folds = min(CALIBRATION_FOLDS, *(len(np.unique(groups[label == one])) for one in np.unique(label)))
    if folds < 2:
        return []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        splits = list(splitter.split(label, label, groups))
    complete = all(
        len(test) and len(np.unique(label[kept])) == len(np.unique(label)) for kept, test in splits
    )
    return splits if complete else []
