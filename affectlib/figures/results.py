"""What figures of results share: choosing rows, the order of splits, folds as points."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from affectlib.errors import ParameterError
from affectlib.figures.style import INK

SPLIT_ORDER = ("cycles", "takes", "subjects")
"""From the paper's split to the strictest."""

SPLIT_WORDS = MappingProxyType(
    {
        "cycles": "split by cycles (the paper's)",
        "takes": "take-disjoint",
        "subjects": "subject-disjoint",
    }
)


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
