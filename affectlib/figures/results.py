"""What figures of results share: choosing rows, splits in order, folds as points, the paper's numbers."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from affectlib.errors import ParameterError
from affectlib.evaluation.paper import AFFECTS, TEXT, table_one_rows
from affectlib.figures.style import COLUMN_IN, INK, MARK, PAGE_IN

SPLIT_ORDER = ("cycles", "takes", "subjects")
"""From the paper's split to the strictest."""

SPLIT_WORDS = MappingProxyType(
    {
        "cycles": "split by cycles (the paper's)",
        "takes": "take-disjoint",
        "subjects": "subject-disjoint",
    }
)

PAPER_MARK: dict[str, Any] = {
    "marker": "D",
    "ls": "",
    "ms": 4.5,
    "mfc": "white",
    "mec": MARK,
    "mew": 1.1,
    "zorder": 5,
}
"""How a number of the paper looks."""


def rows_of(frame: pd.DataFrame, **where: str) -> pd.DataFrame:
    """Choose the rows of one library in which columns have these values.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame of results.
    **where : str
        Column and value.

    Returns
    -------
    pandas.DataFrame
        Those rows, one at least.

    Raises
    ------
    ParameterError
        If there are none, or of several libraries, which no figure mixes.
    """
    chosen = frame
    for column, value in where.items():
        if not (chosen[column] == value).any():
            raise ParameterError(
                f"no results to draw: no {column} {value!r}",
                found=", ".join(sorted({repr(str(other)) for other in chosen[column]})) or "no rows",
                remedy="Compute these results first, or choose what is there.",
            )
        chosen = chosen[chosen[column] == value]
    libraries = sorted({str(name) for name in chosen.get("library", ())})
    if len(libraries) > 1:
        raise ParameterError(
            "a figure shows one library", found=", ".join(libraries), remedy="Choose the rows of one."
        )
    return chosen


def splits_in_order(splits: pd.Series) -> list[str]:
    """Sort splits from the paper's to the strictest, unknown ones last.

    Parameters
    ----------
    splits : pandas.Series
        Names of splits, repeated or not.

    Returns
    -------
    list of str
        Each once.
    """
    found = set(splits)
    return [split for split in SPLIT_ORDER if split in found] + sorted(found - set(SPLIT_ORDER))


def fold_points(axes: Axes, place: float, values: np.ndarray, *, colour: str, width: float) -> None:
    """Draw one point a fold, side by side.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    place : float
        Middle of the points along the horizontal axis.
    values : numpy.ndarray
        One value a fold, shape (folds,).
    colour : str
        Colour of the points.
    width : float
        How far the outermost point lies from the middle.
    """
    # Spread by rank and not by chance: equal values lie side by side, and nothing moves between runs.
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    beside = width * (2 * ((0.5 + 0.618 * rank) % 1) - 1)
    axes.plot(place + beside, values, "o", ms=3.2, color=colour, mec=INK, mew=0.5, zorder=4)


def labels_of(scores: pd.DataFrame) -> set[str]:
    """Collect the labels that scores are of.

    Parameters
    ----------
    scores : pandas.DataFrame
        As `affectlib.evaluation.scores.score` gives them.

    Returns
    -------
    set of str
        The labels.
    """
    return set(scores.loc[scores["task"] == "label", "label"]) - {""}


def has_papers_labels(scores: pd.DataFrame) -> bool:
    """Tell whether the paper's numbers can stand beside these: the library has its four affects.

    Parameters
    ----------
    scores : pandas.DataFrame
        As `affectlib.evaluation.scores.score` gives them.

    Returns
    -------
    bool
        Whether the labels are the paper's.
    """
    return labels_of(scores) == set(AFFECTS)


def papers_means(metric: str) -> dict[str, float]:
    """Give the means that the paper tells.

    Parameters
    ----------
    metric : str
        ``"accuracy"``, from the text of Section IV-C, or ``"macro_f1"``, from Table I, since the F1
        of the text contradicts it.

    Returns
    -------
    dict of str to float
        Per cent by model; empty for scores that the paper does not tell.
    """
    if metric == "accuracy":
        return {model: told["accuracy"] for model, told in TEXT.items()}
    if metric != "macro_f1":
        return {}
    rows = table_one_rows()
    means = rows[rows["metric"] == "f1"].groupby("model")["value"].mean()
    return {str(model): float(mean) for model, mean in means.items()}


def repeats(own: pd.DataFrame, *, by: list[str]) -> str:
    """Tell how many folds are behind a box or bar.

    Parameters
    ----------
    own : pandas.DataFrame
        One row a fold and whatever is drawn.
    by : list of str
        Columns that make up a box or bar.

    Returns
    -------
    str
        Such as ``" (n = 5)"``.
    """
    counts = own.groupby(by).size()
    few, most, seeds = counts.min(), counts.max(), own["seed"].nunique()
    return f" (n = {few if few == most else f'{few} to {most}'}{f', {seeds} seeds' if seeds > 1 else ''})"


def width_in(models: list[str]) -> float:
    """Choose a column's or a page's width.

    Parameters
    ----------
    models : list of str
        Models side by side.

    Returns
    -------
    float
        Inches.
    """
    return PAGE_IN if len(models) > 2 else COLUMN_IN
