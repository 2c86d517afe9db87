"""What models predicted, cycle by cycle: the frame from which every score is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.splits import Fold

KEYS = ("library", "split", "task", "features", "model", "seed", "fold")
"""What a fold's predictions are of. `task` is what was predicted: label, subject or gender."""

COLUMNS = (*KEYS, "cycle", "subject", "true", "predicted", "n_train", "n_test")
"""Columns of a frame of predictions, in their order."""


class Fitted(Protocol):
    """Anything that was fitted and can predict."""

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predict the target of cycles.

        Parameters
        ----------
        x : numpy.ndarray
            Inputs, shape (cycles, ...).

        Returns
        -------
        numpy.ndarray
            Predicted targets, shape (cycles,).
        """


Fit = Callable[..., Fitted]
"""From training inputs and targets, with the keywords `groups` and `seed`, to something fitted."""

Inputs = np.ndarray | Callable[[Fold], np.ndarray]
"""Inputs of all cycles, shape (cycles, ...), or a function that gives those that belong to a fold:
codes come from an autoencoder that was trained on that fold's training cycles."""


def predictions_of(
    predicted: np.ndarray, *, fold: Fold, labels: pd.DataFrame, task: str, **keys: object
) -> pd.DataFrame:
    """Put one fold's predictions into the frame that scores are computed from.

    Parameters
    ----------
    predicted : numpy.ndarray
        Predicted targets of the fold's test cycles, shape (n_test,).
    fold : Fold
        The fold.
    labels : pandas.DataFrame
        One row a cycle, with the columns ``subject`` and `task`.
    task : str
        The column that was predicted.
    **keys : object
        ``library``, ``features``, ``model`` and ``seed``.

    Returns
    -------
    pandas.DataFrame
        One row a test cycle with the columns `COLUMNS`.
    """
    tested = labels.iloc[fold.test]
    frame = pd.DataFrame(
        {
            **keys,
            "split": fold.split,
            "task": task,
            "fold": fold.number,
            "cycle": fold.test,
            "subject": tested["subject"].to_numpy(),
            "true": tested[task].to_numpy(),
            "predicted": predicted,
            "n_train": len(fold.train),
            "n_test": len(fold.test),
        }
    )
    return frame[list(COLUMNS)]


def cross_validate(
    fit: Fit,
    x: Inputs,
    labels: pd.DataFrame,
    folds: Iterable[Fold],
    *,
    task: str = "label",
    library: str,
    features: str,
    model: str,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Fit to each fold's training cycles and predict its test cycles.

    Parameters
    ----------
    fit : callable
        ``fit(x, target, groups=..., seed=...)`` to something with ``predict(x)``.
    x : numpy.ndarray or callable
        Inputs of all cycles, shape (cycles, ...), or a function from a fold to them.
    labels : pandas.DataFrame
        One row a cycle, with the columns ``subject`` and `task`.
    folds : iterable of Fold
        The folds.
    task : str
        The column to predict.
    library : str
        Name of the library, for the frame.
    features : str
        Name of the inputs, for the frame.
    model : str
        Name of the model, for the frame.
    seed : int
        Handed to `fit`.
    progress : callable, optional
        Called with (done, total) after each fold.

    Returns
    -------
    pandas.DataFrame
        One row a test cycle with the columns `COLUMNS`.

    Raises
    ------
    ParameterError
        Where people are to be recognised of whom the split keeps every cycle out of training.
    """
    folds = tuple(folds)
    if task == "subject" and any(fold.split == "subjects" for fold in folds):
        raise ParameterError(
            "nobody can be recognised who was not seen in training",
            where="parameter 'split'",
            found="'subjects'",
            remedy="Identify subjects with the split 'takes' or 'cycles'.",
        )
    keys = {"library": library, "features": features, "model": model, "seed": seed}
    target = labels[task].to_numpy()
    frames = []
    for fold in folds:
        inputs = x(fold) if callable(x) else x
        fitted = fit(inputs[fold.train], target[fold.train], groups=fold.inner_groups, seed=seed)
        predicted = fitted.predict(inputs[fold.test])
        frames.append(predictions_of(predicted, fold=fold, labels=labels, task=task, **keys))
        if progress is not None:
            progress(len(frames), len(folds))
    return pd.concat(frames, ignore_index=True)


def fold_groups(predictions: pd.DataFrame) -> Iterable[tuple[Mapping[str, object], pd.DataFrame]]:
    """Go through a frame of predictions fold by fold, in an order that depends on its content alone.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Columns `COLUMNS`.

    Yields
    ------
    tuple of (mapping, pandas.DataFrame)
        The values of `KEYS`, and the rows that have them.
    """
    for values, rows in predictions.groupby(list(KEYS), sort=True, observed=True):
        yield dict(zip(KEYS, values, strict=True)), rows
