"""Learning curves of a network."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from affectlib.figures.style import (
    COLUMN_IN,
    INK,
    MARK,
    PAGE_IN,
    SIGNAL,
    legend_line,
    legend_point,
    n_rows,
    new_figure,
    panels,
    readable,
    styled,
    value_range,
)


class Term(NamedTuple):
    """Title and axis label of a panel."""

    title: str
    unit: str


TERMS = MappingProxyType(
    {
        "reconstruction": Term("Reconstruction, eq. 2", "mean squared error (z²)"),
        "cross": Term("Cross-reconstruction, eq. 3", "mean squared error (z²)"),
        "triplet_affect": Term("Affect triplets, eq. 4", "hinge (code distance)"),
        "triplet_subject": Term("Subject triplets, eq. 4", "hinge (code distance)"),
        "contrastive_affect": Term("Affect, contrastive", "cross-entropy (nats)"),
        "cross_entropy": Term("Cross-entropy", "cross-entropy (nats)"),
    }
)
"""Terms of the loss; z is a joint's standard deviation over the training cycles."""

_OTHER_PANELS = {
    "validation": Term("Validation criterion", "sum of motion errors (z²)"),
    "learning_rate": Term("Learning rate", "learning rate (10⁻³)"),
}

NO_TERMS = ("epoch", "learning_rate", "loss", "validation", "best", "fold")
LOG_FROM = 10.0
"""Positive curves whose values span at least this factor are on a logarithmic scale."""


@styled
def learning_curves(history: pd.DataFrame) -> Figure:
    """Plot the terms of the loss over epochs in training and validation, and the learning rate.

    The selected epoch is marked.

    Parameters
    ----------
    history : pandas.DataFrame
        From `affectlib.models.loop.train`; of several folds where there is a column ``fold``.
    """
    terms = [name for name in history if name not in NO_TERMS and not str(name).startswith("validation_")]
    folds = [fold for _, fold in history.groupby("fold")] if "fold" in history else [history]
    has_criterion = "validation" in history and len(terms) > 1
    shown = [*terms, *(["validation"] if has_criterion else []), "learning_rate"]
    # Four panels are two by two, since three and one would leave gaps.
    columns = min(3, len(shown)) if len(shown) != 4 else 2
    figure = new_figure(
        width_in=PAGE_IN if columns > 1 else COLUMN_IN, height_in=0.5 + 1.75 * n_rows(len(shown), columns)
    )
    grid = panels(figure, count=len(shown), columns=columns)
    for axes, name in zip(grid, shown, strict=True):
        _panel(axes, str(name), folds)
    for axes in grid[-columns:]:
        axes.set_xlabel("epoch")
    figure.legend(handles=_legend(history, len(folds)), loc="outside lower center", ncols=3)
    return figure


def _panel(axes: Axes, name: str, folds: list[pd.DataFrame]) -> None:
    title, unit = _OTHER_PANELS.get(name) or TERMS.get(name) or Term(readable(name), readable(name))
    columns = [name] if name in _OTHER_PANELS else [name, f"validation_{name}"]
    curves = []
    for fold in folds:
        for column in columns:
            if column not in fold or fold[column].isna().all():
                continue
            colour = MARK if column.startswith("validation") else INK if name == "learning_rate" else SIGNAL
            _curve(axes, fold, column, colour, width=1.2 if len(folds) == 1 else 0.8)
            curves.append(fold[column].dropna().to_numpy())
    if len(folds) == 1:
        for epoch in folds[0].loc[folds[0]["best"], "epoch"]:
            axes.axvline(epoch, color="0.6", lw=0.8, ls=(0, (3, 2)), zorder=0)
    _scale(axes, np.concatenate(curves) if curves else np.ones(1), log=name != "learning_rate")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    axes.set_xlim(0.5, max(fold["epoch"].max() for fold in folds) + 0.5)
    axes.set_title(title)
    axes.set_ylabel(unit)


def _scale(axes: Axes, values: np.ndarray, *, log: bool) -> None:
    if log and values.min() > 0 and values.max() / values.min() >= LOG_FROM:
        axes.set_yscale("log")
        # Over more than two decades, labels at powers of ten only.
        few = values.max() / values.min() > 300
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if few else (1, 2, 5), numticks=9))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        # From zero, so that heights can be compared.
        axes.set_ylim(bottom=0)


def _curve(axes: Axes, fold: pd.DataFrame, column: str, colour: str, *, width: float) -> None:
    values = 1000 * fold[column] if column == "learning_rate" else fold[column]
    # A single epoch has no line, only a point.
    axes.plot(fold["epoch"], values, color=colour, lw=width, marker="o" if len(fold) == 1 else None, ms=3)
    if column != "learning_rate":
        best = fold[fold["best"]]
        ring: dict[str, Any] = {"ms": 4, "mfc": "white", "mec": colour, "mew": 1.1}
        axes.plot(best["epoch"], best[column], "o", zorder=4, clip_on=False, **ring)


def _legend(history: pd.DataFrame, n_folds: int) -> list[Line2D]:
    folds = f", {n_folds} folds" if n_folds > 1 else ""
    handles = [legend_line(f"training{folds}", SIGNAL)]
    if "validation" in history:
        handles.append(legend_line(f"validation cycles of the training data{folds}", MARK))
    best = history.loc[history["best"], "epoch"]
    selected = f"selected: epoch{'s' * (len(best) > 1)} {value_range(best)}"
    handles.append(legend_point(selected, ms=4, mfc="white", mec=INK))
    return handles
