"""How a network learnt: its losses epoch by epoch."""

from __future__ import annotations

from types import MappingProxyType

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
    new_figure,
    panels,
    readable,
    styled,
)

TERMS = MappingProxyType(
    {
        "reconstruction": ("Reconstruction, eq. 2", "mean squared error (z²)"),
        "cross": ("Cross-reconstruction, eq. 3", "mean squared error (z²)"),
        "triplet_affect": ("Affect triplets, eq. 4", "hinge (code distance)"),
        "triplet_subject": ("Subject triplets, eq. 4", "hinge (code distance)"),
        "cross_entropy": ("Cross-entropy", "cross-entropy (nats)"),
    }
)
"""Title and axis of each term; z is a joint's standard deviation over the training cycles."""

NO_TERMS = ("epoch", "learning_rate", "loss", "validation", "best", "fold")
LOG_FROM = 10.0
"""Curves that span at least this factor, and never reach zero, are drawn on a logarithmic scale."""


@styled
def learning_curves(history: pd.DataFrame) -> Figure:
    """Show the terms of the loss over the epochs, in training and on the cycles set aside.

    Parameters
    ----------
    history : pandas.DataFrame
        As `affectlib.models.loop.train` gives it; with a column ``fold``, of several folds.

    Returns
    -------
    matplotlib.figure.Figure
        One panel a term, then what decides about the best epoch where there is more than one term, and
        the learning rate in thousandths. The epoch that is kept is marked.
    """
    terms = [name for name in history if name not in NO_TERMS and not str(name).startswith("validation_")]
    folds = [own for _, own in history.groupby("fold")] if "fold" in history else [history]
    judged = "validation" in history and len(terms) > 1
    shown = [*terms, *(["validation"] if judged else []), "learning_rate"]
    columns = min(3, len(shown)) if len(shown) != 4 else 2
    figure = new_figure(
        width_in=PAGE_IN if columns > 1 else COLUMN_IN, height_in=0.5 + 1.75 * -(-len(shown) // columns)
    )
    grid = panels(figure, count=len(shown), columns=columns)
    for axes, name in zip(grid, shown, strict=True):
        _panel(axes, str(name), folds)
    for axes in grid[-columns:]:
        axes.set_xlabel("epoch")
    figure.legend(handles=_keys(history, folds), loc="outside lower center", ncols=3)
    return figure


def _panel(axes: Axes, name: str, folds: list[pd.DataFrame]) -> None:
    title, unit = {
        "validation": ("What chooses the epoch", "sum of motion errors (z²)"),
        "learning_rate": ("Pace", "learning rate (10⁻³)"),
    }.get(name) or TERMS.get(name, (readable(name), readable(name)))
    held = [] if name in ("validation", "learning_rate") else [f"validation_{name}"]
    drawn = []
    for own in folds:
        for column in [name, *held]:
            if column not in own or own[column].isna().all():
                continue
            colour = MARK if column.startswith("validation") else INK if name == "learning_rate" else SIGNAL
            _curve(axes, own, column, colour, alone=len(folds) == 1)
            drawn.append(own[column].dropna().to_numpy())
    if len(folds) == 1:
        for epoch in folds[0].loc[folds[0]["best"], "epoch"]:
            axes.axvline(epoch, color="0.6", lw=0.8, ls=(0, (3, 2)), zorder=0)
    values = np.concatenate(drawn) if drawn else np.ones(1)
    _scale(axes, values, log=name != "learning_rate")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    axes.set_xlim(0.5, max(own["epoch"].max() for own in folds) + 0.5)
    axes.set_title(title)
    axes.set_ylabel(unit)


def _scale(axes: Axes, values: np.ndarray, *, log: bool) -> None:
    if log and values.min() > 0 and values.max() / values.min() >= LOG_FROM:
        axes.set_yscale("log")
        few = values.max() / values.min() > 300
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if few else (1, 2, 5), numticks=9))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(bottom=0)


def _curve(axes: Axes, own: pd.DataFrame, column: str, colour: str, *, alone: bool) -> None:
    only = "o" if len(own) == 1 else None
    values = 1000 * own[column] if column == "learning_rate" else own[column]
    axes.plot(own["epoch"], values, color=colour, lw=1.2 if alone else 0.8, marker=only, ms=3)
    if column != "learning_rate":
        best = own[own["best"]]
        axes.plot(
            best["epoch"], best[column], "o", ms=4, mfc="white", mec=colour, mew=1.1, zorder=4, clip_on=False
        )


def _keys(history: pd.DataFrame, folds: list[pd.DataFrame]) -> list[Line2D]:
    each = f", {len(folds)} folds" if len(folds) > 1 else ""
    handles = [Line2D([], [], color=SIGNAL, label=f"training{each}")]
    if "validation" in history:
        label = f"cycles set aside inside the training data{each}"
        handles.append(Line2D([], [], color=MARK, label=label))
    best = history.loc[history["best"], "epoch"]
    told = f"epoch {best.iloc[0]}" if len(best) == 1 else f"epochs {best.min()} to {best.max()}"
    handles.append(Line2D([], [], marker="o", ls="", ms=4, mfc="white", mec=INK, label=f"kept: {told}"))
    return handles
