"""From predictions to the tidy frame of scores that tables and figures are computed from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_fscore_support

from affectlib.evaluation.paper import MODELS, table_one_rows
from affectlib.evaluation.predictions import KEYS, fold_groups

SCORES = (*KEYS, "metric", "label", "value", "n_train", "n_test")
"""Columns of the frame of scores, in their order. `label` is empty for scores of a whole fold."""

LABEL_METRICS = ("precision", "recall", "f1")
OVERALL_METRICS = ("macro_f1", "accuracy", "balanced_accuracy")

DECIMALS = 6
"""Decimals of values on disk: finer than one cycle in a million, coarser than rounding errors."""


def score(predictions: pd.DataFrame) -> pd.DataFrame:
    """Compute scores fold by fold.

    Labels without a test cycle in a fold are neither scored nor averaged there; a label that was never
    predicted has precision 0. `macro_f1` is the mean of F1 over labels, `balanced_accuracy` that of recall.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per test cycle, columns `affectlib.evaluation.predictions.COLUMNS`.

    Returns
    -------
    pandas.DataFrame
        The columns `SCORES`, sorted by them; fractions, not percent.
    """
    rows = [row for keys, fold in fold_groups(predictions) for row in _fold_rows(dict(keys), fold)]
    return _sorted(pd.DataFrame(rows, columns=list(SCORES)), [*KEYS, "metric", "label"])


def _fold_rows(keys: dict[str, object], fold: pd.DataFrame) -> list[dict[str, object]]:
    true, predicted = (fold[name].astype(str).to_numpy() for name in ("true", "predicted"))
    labels = np.unique(true)
    by_label = precision_recall_fscore_support(true, predicted, labels=labels, zero_division=0.0)[:3]
    overall = (by_label[2].mean(), (true == predicted).mean(), by_label[1].mean())
    values = [(metric, "", value) for metric, value in zip(OVERALL_METRICS, overall, strict=True)]
    for metric, of_labels in zip(LABEL_METRICS, by_label, strict=True):
        values += [(metric, str(label), value) for label, value in zip(labels, of_labels, strict=True)]
    sizes = {name: fold[name].iloc[0] for name in ("n_train", "n_test")}
    return [
        keys | {"metric": metric, "label": label, "value": float(value)} | sizes
        for metric, label, value in values
    ]


def confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    """Count predicted labels by true labels.

    Returns
    -------
    pandas.DataFrame
        `KEYS`, then ``true predicted count``: one row per fold and pair of the labels in a library's
        task, zeros included.
    """
    frames = []
    for keys, fold in fold_groups(predictions):
        same = (predictions["library"] == keys["library"]) & (predictions["task"] == keys["task"])
        labels = np.unique(predictions.loc[same, ["true", "predicted"]].astype(str))
        counts = pd.crosstab(fold["true"].astype(str), fold["predicted"].astype(str))
        counts = counts.reindex(index=labels, columns=labels, fill_value=0).rename_axis(index="true")
        tidy = counts.reset_index().melt("true", var_name="predicted", value_name="count")
        frames.append(tidy.merge(pd.DataFrame([dict(keys)]), how="cross"))
    columns = [*KEYS, "true", "predicted", "count"]
    joined = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return _sorted(joined[columns], columns[:-1])


def score_subjects(predictions: pd.DataFrame) -> pd.DataFrame:
    """Compute the accuracy of each subject over all folds of a split.

    Returns
    -------
    pandas.DataFrame
        ``library split task features model seed subject``, then ``right`` and ``cycles`` (counts)
        and ``value`` (their ratio).
    """
    keys = [*(key for key in KEYS if key != "fold"), "subject"]
    right = predictions["true"].astype(str) == predictions["predicted"].astype(str)
    counted = (
        predictions.assign(right=right).groupby(keys, sort=True)["right"].agg(["sum", "size"]).reset_index()
    )
    counted = counted.rename(columns={"sum": "right", "size": "cycles"})
    return counted.assign(value=counted["right"] / counted["cycles"])


def scores_csv(scores: pd.DataFrame) -> str:
    """Return scores as CSV, sorted, so that equal scores give equal text."""
    ordered = _sorted(scores[list(SCORES)], [*KEYS, "metric", "label"])
    return ordered.to_csv(index=False, float_format=f"%.{DECIMALS}f", lineterminator="\n")


def write_scores(scores: pd.DataFrame, path: str | Path) -> Path:
    """Write scores as CSV, so that equal scores give equal files, and return the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(scores_csv(scores).encode())
    return path


def read_scores(path: str | Path) -> pd.DataFrame:
    """Load a CSV file of scores with the columns `SCORES`; `label` is empty for scores of a whole fold."""
    text = dict.fromkeys(("library", "split", "task", "features", "model", "metric", "label"), str)
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values={"value": [""]})


def table_one(scores: pd.DataFrame, *, split: str = "cycles") -> pd.DataFrame:
    """Return the paper's Table I in percent, our scores beside the published ones.

    Parameters
    ----------
    scores : pandas.DataFrame
        With the columns `SCORES`, of one library.
    split : str
        Split of the scores. The paper's are of ``"cycles"``.

    Returns
    -------
    pandas.DataFrame
        One row per model; columns (label, metric, percent): labels of the library and, last, their mean;
        precision, recall and F1; ``ours`` (mean over folds and seeds) and ``paper`` (missing for other
        models and labels than the paper's).
    """
    of_split = (scores["task"] == "label") & (scores["split"] == split)
    chosen = scores[of_split & scores["metric"].isin(LABEL_METRICS)]
    ours = 100 * chosen.groupby(["model", "label", "metric"])["value"].mean()
    published = table_one_rows().set_index(["model", "label", "metric"])["value"]
    both = pd.DataFrame({"ours": ours, "paper": published.reindex(ours.index)}).reset_index()
    tidy = both.melt(["model", "label", "metric"], var_name="percent")
    # A mean over fewer labels than the table's would not be the paper's mean.
    means = tidy.groupby(["model", "metric", "percent"])["value"].mean(skipna=False)
    tidy = pd.concat([tidy, means.reset_index().assign(label="mean")])
    wide = tidy.pivot(index="model", columns=["label", "metric", "percent"], values="value")
    labels = [*sorted(set(chosen["label"])), "mean"]
    columns = pd.MultiIndex.from_product([labels, LABEL_METRICS, ("ours", "paper")], names=wide.columns.names)
    return wide.reindex(index=_in_papers_order(wide.index), columns=columns)


def _in_papers_order(models: pd.Index) -> list[str]:
    published = [model for model in MODELS if model in models]
    return published + [model for model in models if model not in published]


def _sorted(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return frame.sort_values(by, kind="stable").reset_index(drop=True)
