"""Predictions cycle by cycle: the frame from which every score is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from affectlib.evaluation.splits import Fold

KEYS = ("library", "split", "task", "features", "model", "seed", "fold")
"""Columns that identify a fold's predictions. `task` is what was predicted: label, subject or gender."""

COLUMNS = (*KEYS, "cycle", "subject", "true", "predicted", "n_train", "n_test")
"""Columns of a frame of predictions, in their order."""


def predictions_of(
    predicted: np.ndarray, *, fold: Fold, labels: pd.DataFrame, task: str, **keys: object
) -> pd.DataFrame:
    """Return a fold's predictions as a frame, one row per test cycle with the columns `COLUMNS`.

    Parameters
    ----------
    predicted : numpy.ndarray
        Predicted targets of the fold's test cycles, shape (n_test,).
    labels : pandas.DataFrame
        One row per cycle, with the columns ``subject`` and `task`.
    task : str
        The column that was predicted.
    **keys : object
        ``library``, ``features``, ``model`` and ``seed``.
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


def fold_groups(predictions: pd.DataFrame) -> Iterable[tuple[Mapping[str, object], pd.DataFrame]]:
    """Iterate over folds, in an order that only depends on the content: values of `KEYS`, and rows."""
    for values, rows in predictions.groupby(list(KEYS), sort=True, observed=True):
        yield dict(zip(KEYS, values, strict=True)), rows
