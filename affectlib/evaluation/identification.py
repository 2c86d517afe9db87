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
        One row per (library, split, features, model): ``seeds`` (their number), ``accuracy``,
        ``balanced_accuracy`` (mean over subjects, each first averaged over seeds) with its 95 % interval
        ``low``, ``high`` (bootstrap over subjects, since cycles of one subject are not independent),
        ``chance`` (1 / subjects), ``subjects`` and ``times_chance`` (balanced accuracy divided by chance).
    """
    rows_of_task = predictions[predictions["task"] == "subject"]
    n_by_library = rows_of_task.groupby("library")["true"].nunique().to_dict()
    keys = [key for key in KEYS if key not in ("fold", "task", "seed")]
    rows = []
    for values, scores in score_subjects(rows_of_task).groupby(keys, sort=True):
        named = dict(zip(keys, values, strict=True))
        subjects = n_subjects or n_by_library[named["library"]]
        rates = scores.groupby("subject")["value"].mean()
        low, high = bootstrap_interval(rates.to_numpy(), seed=seed)
        rows.append(
            named
            | {
                "seeds": scores["seed"].nunique(),
                "accuracy": scores["right"].sum() / scores["cycles"].sum(),
                "balanced_accuracy": rates.mean(),
                "low": low,
                "high": high,
                "chance": 1 / subjects,
                "subjects": subjects,
                "times_chance": rates.mean() * subjects,
            }
        )
    return pd.DataFrame(rows)


def name_probes(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return predictions with models named by their features too, such as "SVM-enc on the affect code"."""
    features = predictions["features"].replace("xyz", "joint series")
    return predictions.assign(model=predictions["model"] + " on the " + features)


def above_chance(table: pd.DataFrame) -> str:
    """Return which probes of `identification_table` have an interval above chance, in words."""
    above = name_probes(table[table["low"] > table["chance"]])
    by_split = [f"{', '.join(rows['model'])} (split by {split})" for split, rows in above.groupby("split")]
    return f"Above chance by their intervals: {'; '.join(by_split) or 'none'}."
