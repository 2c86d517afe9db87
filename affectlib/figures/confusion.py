"""Which label is taken for which."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.results import SPLIT_WORDS, rows_of
from affectlib.figures.style import MOST_LABELS, PAGE_IN, in_order, new_figure, readable, styled

LETTER_IN = 0.062
"""Width of a letter of tick labels, amply."""


@styled
def confusion_matrices(
    confusion: pd.DataFrame,
    *,
    models: Sequence[str] = ("CNN-xyz", "AE-xyz"),
    split: str = "cycles",
    task: str = "label",
) -> Figure:
    """Show for each model how often each label was taken for each (Fig. 2b).

    Parameters
    ----------
    confusion : pandas.DataFrame
        Counts of one library, as `affectlib.evaluation.scores.confusion` gives them; folds and seeds
        are added up.
    models : sequence of str
        One panel each.
    split : str
        Which split.
    task : str
        What was predicted.

    Returns
    -------
    matplotlib.figure.Figure
        Matrices with true labels down and predicted ones across: in each cell the number of test
        cycles and below it their share of the true label in per cent, which is also the colour.

    Raises
    ------
    ParameterError
        If a model has no such counts.
    """
    own = {model: rows_of(confusion, task=task, split=split, model=model) for model in models}
    labels = in_order(pd.concat([counts["truth"] for counts in own.values()]))
    many = len(labels) > MOST_LABELS
    columns = 1 if many else min(len(models), 2)
    rows = -(-len(models) // columns)
    cell_in = 0.25 if many else min(0.48, 2.4 / len(labels))
    longest_in = LETTER_IN * max(len(name) for name in labels)
    upright = longest_in < cell_in
    names_in = 0.1 if upright else longest_in
    figure = new_figure(
        width_in=PAGE_IN if columns > 1 or many else PAGE_IN / 2,
        height_in=0.35 + rows * (0.65 + names_in + max(cell_in * len(labels), 1.2)),
    )
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.ravel()[len(models) :]:
        axes.set_visible(False)
    for axes, (model, counts) in zip(grid.ravel(), own.items(), strict=False):
        table = counts.pivot_table(index="truth", columns="predicted", values="count", aggfunc="sum")
        table = table.reindex(index=labels, columns=labels, fill_value=0).fillna(0).astype(int)
        _matrix(axes, table, small=many, upright=upright)
        right, total = int(np.trace(table.to_numpy())), int(table.to_numpy().sum())
        axes.set_title(f"{model}: {100 * right / max(total, 1):.1f} % right (n = {total})")
    every = next(iter(own.values()))
    told = f"Each cell: {_unit(every)}, and their share of the true label in %. {_sentence(split)}"
    figure.supxlabel(textwrap.fill(told, int(17 * figure.get_figwidth())), fontsize=7)
    return figure


def _matrix(axes: Axes, table: pd.DataFrame, *, small: bool, upright: bool) -> None:
    counts = table.to_numpy()
    totals = counts.sum(axis=1, keepdims=True)
    rates = 100 * counts / np.maximum(totals, 1)
    axes.imshow(rates, cmap="Blues", vmin=0, vmax=110, aspect="auto" if small else "equal")
    for row, column in np.ndindex(*counts.shape):
        count, rate = counts[row, column], rates[row, column]
        axes.text(
            column,
            row,
            f"{count}\n{_percent(rate)}" if count else "0",
            ha="center",
            va="center",
            fontsize=5 if small else 7,
            linespacing=1.05,
            color="white" if rate > 65 else "0.55" if not count else "black",
        )
    names = [readable(label) for label in table.index]
    counted = [f"{name} ({total})" for name, total in zip(names, totals[:, 0], strict=True)]
    axes.set_yticks(range(len(names)), counted)
    axes.set_xticks(range(len(names)), names, rotation=0 if upright else 90)
    axes.set_ylabel("true (n)")
    axes.set_xlabel("predicted")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(1, len(names)) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, len(names)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", lw=1)
    axes.tick_params(which="minor", length=0)


def _percent(rate: float) -> str:
    return "<1 %" if rate < 0.5 else f"{rate:.0f} %"


def _unit(counts: pd.DataFrame) -> str:
    folds, seeds = counts["fold"].nunique(), counts["seed"].nunique()
    over = f"{folds} fold{'s' * (folds > 1)}"
    return f"test cycles of {over}" if seeds == 1 else f"predictions of test cycles of {over}, {seeds} seeds"


def _sentence(split: str) -> str:
    words = SPLIT_WORDS.get(split, split)
    return words[0].upper() + words[1:] + "."
