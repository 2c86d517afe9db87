"""Confusion matrices."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.results import SPLIT_WORDS, rows_of
from affectlib.figures.style import (
    MOST_LABELS,
    PAGE_IN,
    in_order,
    n_rows,
    new_figure,
    panels,
    readable,
    styled,
)

LETTER_IN = 0.062
"""Upper estimate of a letter's width in tick labels, in inches."""


@styled
def confusion_matrices(
    confusion: pd.DataFrame,
    *,
    models: Sequence[str] = ("CNN-xyz", "AE-xyz"),
    split: str = "cycles",
) -> Figure:
    """Plot the confusion matrix of each model, summed over folds and seeds (Fig. 2b).

    Cells have the number of test cycles and their share of the true label in per cent, which is also the
    colour.

    Parameters
    ----------
    confusion : pandas.DataFrame
        Counts of one library, from `affectlib.evaluation.scores.confusion`.
    """
    counts = {model: rows_of(confusion, task="label", split=split, model=model) for model in models}
    labels = in_order(pd.concat([rows["true"] for rows in counts.values()]))
    many = len(labels) > MOST_LABELS
    columns = 1 if many else min(len(models), 2)
    cell_in = 0.25 if many else min(0.48, 2.4 / len(labels))
    longest_in = LETTER_IN * max(len(name) for name in labels)
    upright = longest_in < cell_in
    panel_in = 0.65 + (0.1 if upright else longest_in) + max(cell_in * len(labels), 1.2)
    figure = new_figure(
        width_in=PAGE_IN if columns > 1 or many else PAGE_IN / 2,
        height_in=0.35 + n_rows(len(models), columns) * panel_in,
    )
    grid = panels(figure, count=len(models), columns=columns)
    for axes, (model, rows) in zip(grid, counts.items(), strict=True):
        table = rows.pivot_table(index="true", columns="predicted", values="count", aggfunc="sum")
        table = table.reindex(index=labels, columns=labels, fill_value=0).fillna(0).astype(int)
        _matrix(axes, table, small=many, upright=upright)
        correct, total = int(np.trace(table.to_numpy())), int(table.to_numpy().sum())
        axes.set_title(f"{model}: accuracy {100 * correct / max(total, 1):.1f} % (n = {total})")
    unit = _unit(counts[models[0]])
    caption = f"Each cell: {unit}, and their share of the true label in %. {_sentence(split)}"
    figure.supxlabel(textwrap.fill(caption, int(17 * figure.get_figwidth())), fontsize=7)
    return figure


def _matrix(axes: Axes, table: pd.DataFrame, *, small: bool, upright: bool) -> None:
    counts = table.to_numpy()
    totals = counts.sum(axis=1, keepdims=True)
    rates = 100 * counts / np.maximum(totals, 1)
    # Up to 110 %, so that the darkest blue is not too dark for its text.
    axes.imshow(rates, cmap="Blues", vmin=0, vmax=110, aspect="auto" if small else "equal")
    for (row, column), count in np.ndenumerate(counts):
        rate = rates[row, column]
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
    axes.set_yticks(
        range(len(names)), [f"{name} ({total})" for name, total in zip(names, totals[:, 0], strict=True)]
    )
    axes.set_xticks(range(len(names)), names, rotation=0 if upright else 90)
    axes.set_ylabel("true label (n)")
    axes.set_xlabel("predicted label")
    axes.spines[:].set_visible(False)
    # White lines between the cells are the grid of the minor ticks.
    borders = np.arange(1, len(names)) - 0.5
    axes.set_xticks(borders, minor=True)
    axes.set_yticks(borders, minor=True)
    axes.grid(which="minor", color="white", lw=1)
    axes.tick_params(which="both", length=0)


def _percent(rate: float) -> str:
    # Rounded to 0 % a cell would seem empty.
    return "<1 %" if rate < 0.5 else f"{rate:.0f} %"


def _unit(counts: pd.DataFrame) -> str:
    n_folds, n_seeds = counts["fold"].nunique(), counts["seed"].nunique()
    folds = f"{n_folds} fold{'s' * (n_folds > 1)}"
    cycles = f"test cycles of {folds}"
    return cycles if n_seeds == 1 else f"predictions of {cycles}, {n_seeds} seeds"


def _sentence(split: str) -> str:
    words = SPLIT_WORDS.get(split, split)
    return words[0].upper() + words[1:] + "."
