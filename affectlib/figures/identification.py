"""Identification rates of probes on joint series and on codes."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.figures.results import CHANCE_LINE, SPLIT_WORDS, fold_points, rows_of, splits_in_order
from affectlib.figures.style import (
    COLUMN_IN,
    INK,
    PAGE_IN,
    legend_line,
    legend_point,
    model_colour,
    models_in_order,
    new_figure,
    styled,
)

INPUTS = MappingProxyType(
    {
        "manual": "manual\nfeatures",
        "xyz": "joint\nseries",
        "affect code": "affect\ncode",
        "subject code": "subject\ncode",
    }
)
"""Inputs of the probes, in the order of the bars."""


class Probe(NamedTuple):
    """A model and its input."""

    features: str
    model: str

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of this probe."""
        return frame[(frame["features"] == self.features) & (frame["model"] == self.model)]


@styled
def identification_bars(table: pd.DataFrame, *, folds: pd.DataFrame | None = None) -> Figure:
    """Plot the balanced accuracy of probes that identify subjects, one panel per split (Fig. 3).

    Bars are means over subjects with their 95 % interval over subjects, beside the chance level.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of one library, from `affectlib.evaluation.identification.identification_table`.
    folds : pandas.DataFrame, optional
        Scores of each fold, from `affectlib.evaluation.scores.score`, plotted as points.
    """
    table = rows_of(table)
    splits, probes = splits_in_order(table["split"]), _probes(table)
    points = None if folds is None else rows_of(folds, task="subject", metric="balanced_accuracy")
    wide = len(probes) * len(splits) > 4
    figure = new_figure(width_in=PAGE_IN if wide else COLUMN_IN, height_in=3.0)
    grid = figure.subplots(1, len(splits), sharey=True, squeeze=False)[0]
    for axes, split in zip(grid, splits, strict=True):
        rows = table[table["split"] == split]
        split_points = None if points is None else points[points["split"] == split]
        for x, probe in enumerate(probes):
            _bar(axes, x, probe, rows, split_points)
        for chance, n_subjects in rows[["chance", "subjects"]].drop_duplicates().to_numpy():
            axes.axhline(100 * chance, color=INK, **CHANCE_LINE)
            axes.set_title(f"{SPLIT_WORDS.get(split, split)}\nn = {n_subjects:.0f} subjects")
        names = [f"{probe.model}\n{INPUTS.get(probe.features, probe.features)}" for probe in probes]
        axes.set_xticks(range(len(probes)), names)
        axes.set_xlim(-0.6, len(probes) - 0.4)
        axes.tick_params(axis="x", length=0)
    # Room for the numbers above the bars.
    grid[0].set_ylim(0, 109)
    grid[0].set_yticks(range(0, 101, 20))
    grid[0].set_ylabel("identification rate\n(balanced accuracy, %)")
    handles = _legend(table, with_folds=points is not None)
    figure.legend(handles=handles, loc="outside lower center", ncols=3 if wide else 1)
    return figure


def _probes(table: pd.DataFrame) -> list[Probe]:
    """Probes of raw data first, then of affect codes, then of subject codes."""
    pairs = set(zip(table["features"], table["model"], strict=True))
    inputs = [name for name in INPUTS if name in set(table["features"])]
    inputs += sorted(set(table["features"]) - set(INPUTS))
    models = models_in_order(table["model"])
    return [Probe(*pair) for pair in ((name, model) for name in inputs for model in models) if pair in pairs]


def _bar(axes: Axes, x: int, probe: Probe, rows: pd.DataFrame, points: pd.DataFrame | None) -> None:
    rows = probe.rows(rows)
    if rows.empty:
        axes.text(x, 1, "not\nrun", ha="center", va="bottom", fontsize=6.5, color="0.4")
        return
    value, low, high = 100 * rows[["balanced_accuracy", "low", "high"]].iloc[0]
    axes.bar(x, value, 0.7, color=model_colour(probe.model), ec=INK, lw=0.5)
    # Points and error bar side by side, where there are both.
    offset = 0.0 if points is None else 0.18
    axes.errorbar(x + offset, value, [[value - low], [high - value]], color=INK, lw=1, capsize=2.5, zorder=5)
    top = high
    if points is not None and len(values := 100 * probe.rows(points)["value"].to_numpy()):
        fold_points(axes, x - offset, values, colour="white", width=0.12)
        top = max(high, values.max())
    axes.text(x, top + 1.5, f"{value:.0f}", ha="center", va="bottom", fontsize=7, weight="bold")


def _legend(table: pd.DataFrame, *, with_folds: bool) -> list[Line2D]:
    chance = ", ".join(f"1/{n_subjects:.0f}" for n_subjects in sorted(set(table["subjects"])))
    n_seeds = table["seeds"].max()
    interval = "95 % interval over subjects" + (f" (averaged over {n_seeds} seeds)" if n_seeds > 1 else "")
    handles = [
        legend_line(f"chance ({chance})", INK, **CHANCE_LINE),
        legend_line(interval, INK, lw=1, marker="_", ms=5),
    ]
    if with_folds:
        handles.append(legend_point("one fold", ms=3.2, mfc="white", mec=INK, mew=0.5))
    return handles
