"""What a comparison shows, by a rule that is stated before the numbers are known.

A difference is shown if the signed-rank test over subjects finds it (Holm-adjusted), and if it has the same
sign with every seed: the first speaks of other subjects, the second of other folds and random weights.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SIGNIFICANT = 0.05
"""Limit of Holm-adjusted P-values."""

VERDICTS = ("higher", "lower", "not shown to differ")
"""Verdicts on the model that all others are compared with."""

SCORE = {"label": "accuracy", "subject": "identification rate"}
"""Name of the score of a subject, by task."""


def verdicts(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return one of `VERDICTS` for each model that was compared.

    Parameters
    ----------
    comparison : pandas.DataFrame
        From `affectlib.evaluation.comparison.compare_models`.

    Returns
    -------
    pandas.DataFrame
        ``library split task against verdict model difference low high p_holm n seeds seeds_ahead``: mean
        difference over subjects as a fraction, its 95 % interval, and ``n`` subjects.
    """
    table = comparison[comparison["unit"] == "subject"].reset_index(drop=True)
    significant = table["p_holm"] < SIGNIFICANT
    always, never = table["seeds_ahead"] == table["seeds"], table["seeds_ahead"] == 0
    higher = significant & (table["difference"] > 0) & always
    lower = significant & (table["difference"] < 0) & never
    verdict = np.select([higher, lower], VERDICTS[:2], VERDICTS[2])
    columns = ["model", "difference", "low", "high", "p_holm", "n", "seeds", "seeds_ahead"]
    keys = ["library", "split", "task", "against"]
    return table[keys].assign(verdict=verdict).join(table[columns])


def conclusion(table: pd.DataFrame, *, split: str) -> str:
    """Return what the verdicts on one split say, in words.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of one library and task, from `verdicts`.
    """
    rows = table[table["split"] == split]
    first = rows.iloc[0]
    phrases = []
    for verdict, of_verdict in rows.groupby("verdict", sort=True):
        relation = "from" if verdict == VERDICTS[2] else "than"
        models = " and ".join(_model(row) for _, row in of_verdict.iterrows())
        phrases.append(f"{verdict} {relation} that of {models}")
    seeds = f", {first['seeds']} seeds" if first["seeds"] > 1 else ", one seed"
    score = f"the {SCORE[first['task']]} of {first['against']}"
    return f"Split by {split} ({first['n']} subjects{seeds}): {score} is {'; '.join(phrases)}."


def _model(row: pd.Series) -> str:
    points = [f"{100 * row[name]:+.1f}" for name in ("difference", "low", "high")]
    return f"{row['model']} ({points[0]} points [{points[1]}, {points[2]}])"
