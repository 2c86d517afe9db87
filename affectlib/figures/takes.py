"""What a library holds: counts, paths, how fast people walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from affectlib.figures.style import (
    COLUMN_IN,
    MARK,
    PAGE_IN,
    in_order,
    label_colours,
    new_figure,
    panels,
    readable,
    styled,
)
from affectlib.recordings.recording import Recording
from affectlib.skeleton import INDEX, ROOT

MOST_PEOPLE = 6
MOST_TAKES = 8


@styled
def counts_per_cell(table: pd.DataFrame, *, what: str, values: str | None = None) -> Figure:
    """Show how much there is for each person and label, and what is missing.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``subject`` and ``label``; one row a thing that is counted.
    what : str
        What is counted, for the title ("takes", "gait cycles").
    values : str, optional
        Column to add up, where a row stands for several things.

    Returns
    -------
    matplotlib.figure.Figure
        A heat map with the counts written in; the longer side lies along the page.
    """
    labels, subjects = in_order(table["label"]), sorted(table["subject"].astype(str).unique())
    counts = table.pivot_table(
        index="label", columns="subject", values=values, aggfunc="sum" if values else "size", fill_value=0
    ).reindex(index=labels, columns=subjects, fill_value=0)
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
        f"{what.capitalize()}: {int(counts.to_numpy().sum())} in all", x=0.01, ha="left", weight="bold"
    )
    return figure


@styled
def paths_from_above(recordings: Sequence[Recording]) -> Figure:
    """Show where people walked: the pelvis seen from above, one panel a person.

    Parameters
    ----------
    recordings : sequence of Recording
        Walks; the first people and takes of each are drawn.

    Returns
    -------
    matplotlib.figure.Figure
        Paths in metres, start marked, coloured by label.
    """
    people = sorted({walk.subject for walk in recordings})[:MOST_PEOPLE]
    drawn = {who: _first_of_each_label(recordings, who) for who in people}
    colours = label_colours(walk.label for walks in drawn.values() for walk in walks)
    columns = min(len(people), 3)
    figure = new_figure(
        width_in=PAGE_IN if columns > 1 else COLUMN_IN, height_in=0.6 + 2.3 * -(-len(people) // columns)
    )
    for axes, who in zip(panels(figure, count=len(people), columns=columns), people, strict=True):
        for walk in drawn[who]:
            x, y = walk.position[:, INDEX[ROOT], :2].T
            axes.plot(x, y, color=colours[walk.label], lw=0.8, alpha=0.9)
            axes.plot(x[0], y[0], "o", color=colours[walk.label], ms=3)
        axes.set_title(who)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel("x (m)")
        axes.set_ylabel("y (m)")
    handles = [Line2D([], [], color=colour, label=readable(label)) for label, colour in colours.items()]
    handles.append(Line2D([], [], color="0.3", marker="o", ls="", ms=3, label="start"))
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 2 + 2 * columns))
    return figure


def _first_of_each_label(recordings: Sequence[Recording], who: str) -> list[Recording]:
    own = [walk for walk in recordings if walk.subject == who]
    firsts = {walk.label: walk for walk in reversed(own)}
    return [firsts[label] for label in in_order(firsts)][:MOST_TAKES]


@styled
def spread_by_label(table: pd.DataFrame, *, column: str, unit: str, title: str) -> Figure:
    """Show one number per take or cycle for every label, people as points.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``subject``, ``label`` and the one to show.
    column : str
        What to show.
    unit : str
        Its unit.
    title : str
        What it is, for the axis.

    Returns
    -------
    matplotlib.figure.Figure
        One point per person and label (the median), with the quartiles over people as a box.
    """
    people = table.groupby(["subject", "label"], as_index=False)[column].median()
    labels = in_order(people["label"])
    colours = label_colours(labels)
    figure = new_figure(width_in=PAGE_IN, height_in=0.7 + 0.34 * len(labels))
    axes = figure.subplots()
    sns.boxplot(
        people,
        y="label",
        x=column,
        order=labels,
        ax=axes,
        width=0.55,
        fliersize=0,
        color="0.93",
        linewidth=0.7,
    )
    rng = np.random.default_rng(0)
    for row, label in enumerate(labels):
        values = people.loc[people["label"] == label, column].to_numpy()
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
    axes.set_yticks(
        range(len(labels)),
        [f"{readable(label)} (n = {(people['label'] == label).sum()})" for label in labels],
    )
    axes.set_ylabel("")
    axes.set_xlabel(f"{title} ({unit}); one point a person")
    return figure


@styled
def against_reference(people: pd.DataFrame, *, reference: Mapping[str, float], near: float) -> Figure:
    """Hold simulated people against numbers measured on a real one.

    Parameters
    ----------
    people : pandas.DataFrame
        One row a person, one column a quantity.
    reference : mapping of str to float
        The measured value of each column to show, in the same unit.
    near : float
        How far the median may be from it, as a part of it: shaded.

    Returns
    -------
    matplotlib.figure.Figure
        Per quantity the people as points and their median as a bar, in per cent of the measured value.
    """
    names = list(reference)
    figure = new_figure(height_in=0.9 + 0.23 * len(names))
    axes = figure.subplots()
    rng = np.random.default_rng(0)
    axes.axvspan(100 * (1 - near), 100 * (1 + near), color="0.94", lw=0)
    axes.axvline(100, color=MARK, lw=1.2)
    for row, name in enumerate(names):
        values = 100 * people[name].to_numpy() / reference[name]
        axes.plot(values, row + rng.uniform(-0.2, 0.2, len(values)), "o", ms=2.5, color="0.6", mew=0)
        axes.plot([np.median(values)] * 2, [row - 0.35, row + 0.35], color="black", lw=1.5)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("simulated walkers, neutral takes (% of the genuine take)")
    figure.legend(
        handles=[
            Line2D(
                [], [], marker="o", ls="", color="0.6", ms=3, label=f"simulated person (n = {len(people)})"
            ),
            Line2D([], [], color="black", label="their median"),
            Line2D([], [], color=MARK, label="genuine take"),
            Patch(color="0.94", label=f"± {100 * near:.0f} %"),
        ],
        loc="outside upper center",
        ncols=4,
    )
    return figure
