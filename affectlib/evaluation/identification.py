"""Identification rates of the subject probes."""

from __future__ import annotations

import pandas as pd

from affectlib.evaluation.predictions import KEYS
from affectlib.evaluation.scores import score_subjects
from affectlib.evaluation.statistics import bootstrap_interval


def identification_table(
    predictions: pd.DataFrame, *, n_subjects: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Compute the identification rate of each probe, with the chance level.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Predictions, of which those of the task ``"subject"`` are used.
    n_subjects : int, optional
        Number of enrolled subjects; by default those in a library's predictions.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row per (library, split, features, model, seed): ``accuracy``, ``balanced_accuracy`` (mean
        over subjects) with its 95 % interval ``low``, ``high`` (bootstrap over subjects, since cycles of
        one subject are not independent), ``chance`` (1 / subjects), ``subjects`` and ``times_chance``
        (balanced accuracy divided by chance).
    """
    rows_of_task = predictions[predictions["task"] == "subject"]
    n_by_library = rows_of_task.groupby("library")["true"].nunique().to_dict()
    keys = [key for key in KEYS if key not in ("fold", "task")]
    rows = []
    for values, scores in score_subjects(rows_of_task).groupby(keys, sort=True):
        named = dict(zip(keys, values, strict=True))
        subjects = n_subjects or n_by_library[named["library"]]
        low, high = bootstrap_interval(scores["value"].to_numpy(), seed=seed)
        rows.append(
            named
            | {
                "accuracy": scores["right"].sum() / scores["cycles"].sum(),
                "balanced_accuracy": scores["value"].mean(),
                "low": low,
                "high": high,
                "chance": 1 / subjects,
                "subjects": subjects,
                "times_chance": scores["value"].mean() * subjects,
            }
        )
    return pd.DataFrame(rows)
