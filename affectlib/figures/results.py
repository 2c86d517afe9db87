"""Common parts of figures of results: row selection, names of splits, points of folds, the paper's scores."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from affectlib.errors import ParameterError
from affectlib.evaluation.paper import AFFECTS
from affectlib.figures.style import COLUMN_IN, INK, MARK, PAGE_IN, value_range

SPLIT_WORDS = MappingProxyType(
    {"cycles": "split by cycles (the paper's)", "takes": "take-disjoint", "subjects": "subject-disjoint"}
)
"""Descriptions of the splits, from the paper's to the strictest."""

PAPER_MARK: dict[str, Any] = {
    "marker": "D",
    "ls": "",
    "ms": 4.5,
    "mfc": "white",
    "mec": MARK,
    "mew": 1.1,
    "zorder": 5,
}
"""Style of scores taken from the paper."""

CHANCE_LINE: dict[str, Any] = {"ls": (0, (4, 3)), "lw": 0.8}
"""Style of the chance level."""


def rows_of(frame: pd.DataFrame, **where: str) -> pd.DataFrame:
    """Return the rows in which columns have the given values, all of one library.

    Raises
    ------
    ParameterError
        If there are none, or rows of several libraries.
    """
    rows = frame
    for column, value in where.items():
        if not (rows[column] == value).any():
            raise ParameterError(
                f"no results to plot: no {column} {value!r}",
                found=", ".join(sorted({repr(str(other)) for other in rows[column]})) or "no rows",
                remedy="Compute these results first, or choose from those found.",
            )
        rows = rows[rows[column] == value]
    libraries = sorted({str(name) for name in rows.get("library", ())})
    if len(libraries) > 1:
        raise ParameterError(
            "a figure has results of one library",
            found=", ".join(libraries),
            remedy="Choose the rows of one library.",
        )
    return rows


def splits_in_order(splits: pd.Series) -> list[str]:
    """Return the unique splits from the paper's to the strictest, then others by name."""
    unique = set(splits)
    return [split for split in SPLIT_WORDS if split in unique] + sorted(unique.difference(SPLIT_WORDS))


def fold_points(axes: Axes, x: float, values: np.ndarray, *, colour: str, width: float) -> None:
    """Plot one point per fold, at most `width` to the left and right of `x`.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (folds,).
    """
    # By rank rather than at random: equal values lie side by side, and equal runs yield equal figures.
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    offset = width * (2 * ((0.5 + 0.618 * rank) % 1) - 1)
    axes.plot(x + offset, values, "o", ms=3.2, color=colour, mec=INK, mew=0.5, zorder=4)


def labels_of(scores: pd.DataFrame) -> set[str]:
    """Return the labels for which there are scores."""
    return set(scores.loc[scores["task"] == "label", "label"]) - {""}


def has_paper_labels(scores: pd.DataFrame) -> bool:
    """Return whether the labels are the paper's four affects, so that its scores can be compared."""
    return labels_of(scores) == set(AFFECTS)


def fold_counts(scores: pd.DataFrame, *, by: list[str]) -> str:
    """Return the number of scores per group, such as " (n = 5)" or " (n = 10, 2 seeds)"."""
    n_seeds = scores["seed"].nunique()
    seeds = f", {n_seeds} seeds" if n_seeds > 1 else ""
    return f" (n = {value_range(scores.groupby(by).size())}{seeds})"


def width_in(models: list[str]) -> float:
    """Return the width in inches of a figure with these models side by side."""
    return PAGE_IN if len(models) > 2 else COLUMN_IN
