"""Reproduction of relevance maps by other networks."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.style import FAINT, MARK, SIGNAL, new_figure, readable, styled

PANELS = MappingProxyType(
    {
        "map": ("Map", "rank correlation"),
        "label-specific map": ("Map minus mean over labels", "rank correlation"),
        "deletion gap": ("Deletion gap", "accuracy (points)"),
    }
)
"""Title and unit of each statistic."""

KNOWS_LABELS = "trained again"
"""The networks that could have learnt the labels; no other may come near them."""


@styled
def reproduction_checks(table: pd.DataFrame) -> Figure:
    """Plot statistics of maps by networks that could have learnt the labels and by others.

    Parameters
    ----------
    table : pandas.DataFrame
        From `affectlib.explanation.reproduction.reproduction_check`: mean over networks with their interval.
    """
    statistics = [name for name in PANELS if name in set(table["statistic"])]
    figure = new_figure(height_in=1.9)
    grid = figure.subplots(1, len(statistics), sharey=True, squeeze=False)[0]
    for axes, statistic in zip(grid, statistics, strict=True):
        _panel(axes, table[table["statistic"] == statistic])
        title, unit = PANELS[statistic]
        axes.set_title(title)
        axes.set_xlabel(unit)
    return figure


def _panel(axes: Axes, table: pd.DataFrame) -> None:
    rows = table.to_dict("records")
    for y, row in enumerate(rows):
        # Without networks there is a label, but no point.
        if row["n_networks"] == 0:
            continue
        colour = SIGNAL if row["network"] == KNOWS_LABELS else MARK
        axes.plot([row["low"], row["high"]], [y, y], color=colour, lw=1.4, solid_capstyle="butt")
        axes.plot(row["value"], y, "o", color=colour, ms=4.5)
    axes.set_yticks(
        range(len(rows)), [f"{readable(row['network'])}\n(n = {row['n_networks']})" for row in rows]
    )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvline(0, color=FAINT, lw=0.8, zorder=0)
