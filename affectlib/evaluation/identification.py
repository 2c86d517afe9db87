"""How far a walker can be recognised: the paper's privacy question, from any representation.

SVM-xyz on raw data, SVM-enc and CNN-enc on codes are the same probe with other inputs and another
classifier; whoever answers with chance has learnt nothing of who walks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from scipy import stats

from affectlib.evaluation.predictions import KEYS, Fit, Inputs, cross_validate
from affectlib.evaluation.scores import score_subjects
from affectlib.evaluation.splits import Fold
from affectlib.evaluation.statistics import bootstrap_interval


def identify(
    fit: Fit,
    x: Inputs,
    labels: pd.DataFrame,
    folds: Iterable[Fold],
    *,
    library: str,
    features: str,
    model: str,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Let a classifier name the walker of each test cycle.

    Parameters
    ----------
    fit : callable
        ``fit(x, subjects, groups=..., seed=...)`` to something with ``predict(x)``; a baseline as
        ``functools.partial(fit_baseline, "SVM-xyz")`` or any other.
    x : numpy.ndarray or callable
        What the probe sees of all cycles, shape (cycles, ...), or a function from a fold to it.
    labels : pandas.DataFrame
        One row a cycle, with the column ``subject``.
    folds : iterable of Fold
        Folds that keep every subject in training: of the splits ``cycles`` or ``takes``.
    library : str
        Name of the library.
    features : str
        Name of what the probe sees.
    model : str
        Name of the probe.
    seed : int
        Handed to `fit`.
    progress : callable, optional
        Called with (done, total) after each fold.

    Returns
    -------
    pandas.DataFrame
        Predictions, task ``"subject"``.

    Raises
    ------
    ParameterError
        For folds of the split ``subjects``.
    """
    return cross_validate(
        fit,
        x,
        labels,
        folds,
        task="subject",
        library=library,
        features=features,
        model=model,
        seed=seed,
        progress=progress,
    )


def identification_table(
    predictions: pd.DataFrame, *, n_subjects: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Tell how well each probe names the walker, beside what guessing would give.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Predictions of the task ``"subject"``, as `identify` gives them; other tasks are left out.
    n_subjects : int, optional
        People to choose from; by default those who occur in a library's predictions.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row a (library, split, features, model, seed): ``accuracy``, ``balanced_accuracy`` (every
        person counting the same) with its 95 % interval ``low``, ``high`` (bootstrap over people,
        since cycles of one person are no independent evidence), ``chance`` (1 / people), ``subjects``
        and ``times_chance`` (balanced accuracy by chance).
    """
    own = predictions[predictions["task"] == "subject"]
    people = own.groupby("library")["true"].nunique().to_dict()
    keys = [key for key in KEYS if key not in ("fold", "task")]
    rows = []
    for values, person in score_subjects(own).groupby(keys, sort=True):
        named = dict(zip(keys, values, strict=True))
        subjects = n_subjects or people[named["library"]]
        low, high = bootstrap_interval(person["value"].to_numpy(), seed=seed)
        rows.append(
            named
            | {
                "accuracy": person["right"].sum() / person["cycles"].sum(),
                "balanced_accuracy": person["value"].mean(),
                "low": low,
                "high": high,
                "chance": 1 / subjects,
                "subjects": subjects,
                "times_chance": person["value"].mean() * subjects,
            }
        )
    return pd.DataFrame(rows)


def identification_by_subject(predictions: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Tell for each person how often a probe names them.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Predictions of the task ``"subject"``; other tasks are left out.
    level : float
        Coverage of the intervals.

    Returns
    -------
    pandas.DataFrame
        As `affectlib.evaluation.scores.score_subjects`, with Clopper-Pearson intervals ``low``,
        ``high``. These take cycles for independent; cycles of one take are alike, so the true
        intervals are wider.
    """
    own = score_subjects(predictions[predictions["task"] == "subject"])
    limits = [
        stats.binomtest(int(right), int(cycles)).proportion_ci(confidence_level=level)
        for right, cycles in zip(own["right"], own["cycles"], strict=True)
    ]
    return own.assign(
        low=np.array([limit.low for limit in limits]), high=np.array([limit.high for limit in limits])
    )
