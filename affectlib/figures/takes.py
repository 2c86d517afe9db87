"""Contents of a library: counts, paths, walking speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from affectlib.figures.style import (
    COLUMN_IN,
    MARK,
    PAGE_IN,
    in_order,
    label_colours,
    legend_labels,
    legend_line,
    legend_point,
    n_rows,
    new_figure,
    panels,
    readable,
    styled,
)
from affectlib.recordings.recording import Recording
from affectlib.skeleton import INDEX, ROOT

MOST_SUBJECTS = 6
MOST_TAKES = 8


@styled
def counts_per_cell(table: pd.DataFrame, *, what: str, values: str | None = None) -> Figure:
    """Plot a heat map of the counts of each subject and label, the longer side along the page.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``subject`` and ``label``; one row per item.
    what : str
        The items, for the title ("takes", "gait cycles").
    values : str, optional
        Column to add up, where a row represents several items.
    """
    labels, subjects = in_order(table["label"]), sorted(table["subject"].astype(str).unique())
    counts = table.pivot_table(
        index="label", columns="subject", values=values, aggfunc="sum" if values else "size", fill_value=0
    ).reindex(index=labels, columns=subjects, fill_value=0)
    # The longer side along the width of the page.
    if len(labels) > len(subjects):
        counts = counts.T
    rows, columns = counts.shape
    long_names = max(len(str(name)) for name in counts.columns) > 3 and columns > 8
    figure = new_figure(width_in=PAGE_IN, height_in=0.9 + 0.26 * rows + (0.5 if long_names else 0))
    axes = figure.subplots()
    sns.heatmap(
        counts,
        ax=axes,
        annot=True,
        fmt="d",
        annot_kws={"size": 6 if columns > 20 else 7},
        cmap="Blues",
        vmin=0,
        linewidths=0.5,
        cbar=False,
    )
    axes.set_xlabel(readable(str(counts.columns.name)))
    axes.set_ylabel(readable(str(counts.index.name)))
    axes.set_xticklabels([readable(str(name)) for name in counts.columns], rotation=90 if columns > 8 else 0)
    axes.set_yticklabels([readable(str(name)) for name in counts.index], rotation=0)
    axes.tick_params(length=0)
    figure.suptitle(
        f"{what.capitalize()}: {int(counts.to_numpy().sum())} in total", x=0.01, ha="left", weight="bold"
    )
    return figure


@styled
def paths_from_above(recordings: Sequence[Recording]) -> Figure:
    """Plot the path of the pelvis from above, one panel for each of the first subjects."""
    subjects = sorted({walk.subject for walk in recordings})[:MOST_SUBJECTS]
    walks_of = {subject: _first_of_each_label(recordings, subject) for subject in subjects}
    colours = label_colours(walk.label for walks in walks_of.values() for walk in walks)
    columns = min(len(subjects), 3)
    figure = new_figure(
        width_in=PAGE_IN if columns > 1 else COLUMN_IN, height_in=0.6 + 2.3 * n_rows(len(subjects), columns)
    )
    grid = panels(figure, count=len(subjects), columns=columns)
    for axes, (subject, walks) in zip(grid, walks_of.items(), strict=True):
        for walk in walks:
            x, y = walk.position[:, INDEX[ROOT], :2].T
            axes.plot(x, y, color=colours[walk.label], lw=0.8, alpha=0.9)
            axes.plot(x[0], y[0], "o", color=colours[walk.label], ms=3)
        axes.set_title(subject)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel("x (m)")
        axes.set_ylabel("y (m)")
    handles = [*legend_labels(colours), legend_point("start", color="0.3", ms=3)]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 2 + 2 * columns))
    return figure


def _first_of_each_label(recordings: Sequence[Recording], subject: str) -> list[Recording]:
    firsts = {walk.label: walk for walk in reversed(recordings) if walk.subject == subject}
    return [firsts[label] for label in in_order(firsts)][:MOST_TAKES]


@styled
def spread_by_label(table: pd.DataFrame, *, column: str, unit: str, title: str) -> Figure:
    """Plot the median of a quantity of each subject, with quartiles over subjects, by label.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``subject``, ``label`` and `column`; one row per take or cycle.
    title : str
        Name of the quantity, for the axis.
    """
    medians = table.groupby(["subject", "label"], as_index=False)[column].median()
    labels = in_order(medians["label"])
    colours = label_colours(labels)
    figure = new_figure(width_in=PAGE_IN, height_in=0.7 + 0.34 * len(labels))
    axes = figure.subplots()
    sns.boxplot(
        medians,
        y="label",
        x=column,
        order=labels,
        ax=axes,
        width=0.55,
        fliersize=0,
        color="0.93",
        linewidth=0.7,
    )
    # Vertical jitter separates equal values; its seed is fixed so that equal results yield equal figures.
    rng = np.random.default_rng(0)
    for row, label in enumerate(labels):
        values = medians.loc[medians["label"] == label, column].to_numpy()
        axes.plot(
            values,
            row + rng.uniform(-0.16, 0.16, len(values)),
            "o",
            ms=3.5,
            color=colours[label],
            alpha=0.85,
            mec="white",
            mew=0.3,
        )
    names = [f"{readable(label)} (n = {(medians['label'] == label).sum()})" for label in labels]
    axes.set_yticks(range(len(labels)), names)
    axes.set_ylabel("")
    axes.set_xlabel(f"{title} ({unit}); one point per subject")
    return figure


@styled
def against_reference(subjects: pd.DataFrame, *, reference: Mapping[str, float], near: float) -> Figure:
    """Plot quantities of simulated subjects, in per cent of the values measured in a real take.

    Parameters
    ----------
    subjects : pandas.DataFrame
        One row per subject, one column per quantity.
    reference : mapping of str to float
        Measured values of the quantities to plot.
    near : float
        Tolerated relative deviation of the median, shaded.
    """
    names = list(reference)
    figure = new_figure(height_in=0.9 + 0.23 * len(names))
    axes = figure.subplots()
    # As in spread_by_label.
    rng = np.random.default_rng(0)
    axes.axvspan(100 * (1 - near), 100 * (1 + near), color="0.94", lw=0)
    axes.axvline(100, color=MARK, lw=1.2)
    for row, name in enumerate(names):
        values = 100 * subjects[name].to_numpy() / reference[name]
        axes.plot(values, row + rng.uniform(-0.2, 0.2, len(values)), "o", ms=2.5, color="0.6", mew=0)
        axes.plot([np.median(values)] * 2, [row - 0.35, row + 0.35], color="black", lw=1.5)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("simulated walkers, neutral takes (% of the real take)")
    handles = [
        legend_point(f"simulated subject (n = {len(subjects)})", color="0.6", ms=3),
        legend_line("median", "black"),
        legend_line("real take", MARK),
        Patch(color="0.94", label=f"± {100 * near:.0f} %"),
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
    return figure
