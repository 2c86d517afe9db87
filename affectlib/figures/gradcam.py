"""Relevance of joints over the gait cycle, as heat maps and on the body, and its sanity checks."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from affectlib.figures.cycles import draw_body, posture_rows
from affectlib.figures.style import (
    FAINT,
    INK,
    MARK,
    SIGNAL,
    in_order,
    legend_line,
    n_rows,
    new_figure,
    panels,
    readable,
    styled,
)
from affectlib.gait.average import Average
from affectlib.skeleton import AXES, INDEX, JOINTS, side

GROUPS = tuple(
    (where, tuple(joint for joint in JOINTS if side(joint) == where)) for where in ("middle", "left", "right")
)
"""Joints in the order of the heat maps: the middle of the body, then each side from the shoulder down."""

ROWS = tuple(joint for _, group in GROUPS for joint in group)

_MAP = "YlOrRd"
_POSTURE_STEP_M = 1.2
_DOT_PT = (1.5, 8.5)  # diameter of markers without relevance, and what the highest relevance adds


@styled
def relevance_maps(
    relevance: xr.DataArray, counts: pd.DataFrame, *, labels: Sequence[str] | None = None
) -> Figure:
    """Plot a heat map of relevance over joints and phases for each label, with a common colour scale.

    Parameters
    ----------
    relevance : xarray.DataArray
        Dimensions (label, phase, joint), in multiples of a uniform distribution; NaN where a label has no
        map.
    counts : pandas.DataFrame
        Columns ``label``, ``tested`` and ``averaged``, in cycles.
    labels : sequence of str, optional
        Labels to plot; all by default.
    """
    labels = in_order(relevance["label"].values if labels is None else labels)
    # No panel is left empty with two to four labels.
    columns = 2 if len(labels) in (2, 4) else min(len(labels), 3)
    figure = new_figure(height_in=0.75 + 2.2 * n_rows(len(labels), columns))
    grid = panels(figure, count=len(labels), columns=columns, sharex=True)
    shown = relevance.sel(label=labels, joint=list(ROWS))
    scale = Normalize(0, _top(shown))
    for number, (axes, label) in enumerate(zip(grid, labels, strict=True)):
        heat = shown.sel(label=label).transpose("joint", "phase").values
        if np.isfinite(heat).all():
            # Phases are points of a closed cycle: each cell extends half way to its neighbours.
            half = 50 / heat.shape[1]
            axes.imshow(
                heat,
                cmap=_MAP,
                norm=scale,
                aspect="auto",
                interpolation="nearest",
                extent=(-half, 100 - half, len(ROWS) - 0.5, -0.5),
            )
        else:
            axes.set_xlim(0, 100)
            axes.set_ylim(len(ROWS) - 0.5, -0.5)
            axes.text(50, len(ROWS) / 2, "no relevance map", ha="center", va="center", color="0.4")
        _group_rows(axes, named=number % columns == 0)
        # Long names wrap to the width of a panel; the padding is for the count below.
        axes.set_title(fill(readable(label), 60 // columns), pad=13)
        n_cycles = counts[counts["label"] == label][["averaged", "tested"]].sum()
        text = f"n = {n_cycles['averaged']} of {n_cycles['tested']} cycles"
        axes.annotate(text, (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", size=7)
        axes.spines[:].set_visible(False)
        axes.set_xticks(range(0, 101, 25))
        axes.tick_params(labelbottom=True)
    for axes in grid[-columns:]:
        axes.set_xlabel("gait cycle (%)")
    _scale_bar(figure, scale, grid)
    return figure


@styled
def relevance_on_body(average: Average, relevance: xr.DataArray, *, n_postures: int = 6) -> Figure:
    """Plot relevance on the body of the average cycle of each label, as area and colour of joints.

    Bodies are to scale, seen from the right and slightly from the front and above, so that the left side is
    visible.

    Parameters
    ----------
    relevance : xarray.DataArray
        Dimensions (label, phase, joint) with the phases of `average`, in multiples of a uniform distribution.
    """
    mean, labels = average.mean, in_order(average.labels)
    relevance = relevance.sel(label=labels)
    scale = Normalize(0, _top(relevance))
    bodies = {label: _seen_from_the_side(mean.sel(label=label)) for label in labels}
    low = min(float(body[..., AXES.index("z")].min()) for body in bodies.values())
    high = max(float(body[..., AXES.index("z")].max()) for body in bodies.values())
    figure = new_figure(height_in=0.8 + 1.75 * len(labels))
    grid, phases = posture_rows(
        figure,
        len(labels),
        n_postures=n_postures,
        n_phases=mean.sizes["phase"],
        step_m=_POSTURE_STEP_M,
        z_m=(low - 0.1, high + 0.1),
    )
    for axes, label in zip(grid, labels, strict=True):
        values = relevance.sel(label=label).transpose("phase", "joint").values
        for number, phase in enumerate(phases):
            x_m = number * _POSTURE_STEP_M
            draw_body(axes, bodies[label][phase], colour="0.62", x_m=x_m)
            _mark_joints(axes, bodies[label][phase], values[phase], scale, x_m=x_m)
        axes.set_title(f"{readable(label)} (average of {average.counts[label]} {average.unit})")
    grid[-1].set_xlabel("gait cycle; walking to the right, left limbs pale and further back")
    _scale_bar(figure, scale, grid, shrink=min(0.9, 3 / figure.get_figheight()))
    return figure


@styled
def relevance_checks(randomisation: pd.DataFrame, deletion: pd.DataFrame) -> Figure:
    """Plot the two sanity checks of relevance maps: parameter randomisation and deletion of joints.

    Parameters
    ----------
    randomisation : pandas.DataFrame
        Rank correlations with the map of the trained network: columns ``network random_layers
        rank_correlation low high n_networks``.
    deletion : pandas.DataFrame
        Accuracy after joints are removed: columns ``order joints_gone accuracy_percent low high n_cycles``.
    """
    figure = new_figure(height_in=2.9)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
    _correlations(left, randomisation)
    _accuracies(right, deletion)
    return figure


def _correlations(axes: Axes, table: pd.DataFrame) -> None:
    rows = table.to_dict("records")
    for y, row in enumerate(rows):
        # Without networks to compare there is a label, but no point.
        if not np.isfinite(row["rank_correlation"]):
            continue
        colour = SIGNAL if row["random_layers"] == 0 else MARK
        axes.plot([row["low"], row["high"]], [y, y], color=colour, lw=1.4, solid_capstyle="butt")
        axes.plot(row["rank_correlation"], y, "o", color=colour, ms=4.5)
    n_layers = table["random_layers"].max()
    names = [f"{_network(int(row['random_layers']), n_layers)}\n(n = {row['n_networks']})" for row in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.axvline(0, color=FAINT, lw=0.8, zorder=0)
    axes.set_xlim(min(-0.25, float(table["low"].min()) - 0.05), 1.02)
    axes.set_xlabel("rank correlation with the map")
    axes.set_title("Parameter randomisation")


def _network(random_layers: int, n_layers: int) -> str:
    if random_layers == 0:
        return "retrained"
    if random_layers == n_layers:
        return "all layers random"
    return "last layer random" if random_layers == 1 else f"last {random_layers} layers random"


_ORDERS = {"least relevant first": SIGNAL, "random": "0.45", "most relevant first": MARK}


def _accuracies(axes: Axes, table: pd.DataFrame) -> None:
    for order, colour in _ORDERS.items():
        rows = table[table["order"] == order]
        if rows["low"].notna().any():
            axes.fill_between(rows["joints_gone"], rows["low"], rows["high"], color=colour, alpha=0.15, lw=0)
        axes.plot(rows["joints_gone"], rows["accuracy_percent"], color=colour, marker="o", ms=2.5)
    axes.set_ylim(0, 102)
    axes.set_xlabel("joints removed")
    axes.set_ylabel(f"accuracy (%; n = {int(table['n_cycles'].max())} cycles)")
    axes.set_title("Deletion of joints")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(handles=[legend_line(order, colour) for order, colour in _ORDERS.items()], loc="lower left")


def _top(relevance: xr.DataArray) -> float:
    # Without any relevance the scale still needs an upper end.
    highest = float(relevance.max(skipna=True))
    return highest if np.isfinite(highest) and highest > 0 else 1.0


def _group_rows(axes: Axes, *, named: bool) -> None:
    axes.set_yticks(range(len(ROWS)), [readable(joint) for joint in ROWS] if named else [])
    axes.tick_params(axis="y", length=0)
    for border in np.cumsum([len(group) for _, group in GROUPS])[:-1]:
        axes.axhline(border - 0.5, color="white", lw=2.5)


def _scale_bar(figure: Figure, scale: Normalize, beside: list[Axes], *, shrink: float = 0.9) -> None:
    bar = figure.colorbar(ScalarMappable(scale, _MAP), ax=beside, shrink=shrink, aspect=35, pad=0.02)
    bar.set_label("relevance (1 = uniform)")
    bar.outline.set_visible(False)
    bar.ax.axhline(1, color=INK, lw=0.8)


def _seen_from_the_side(mean: xr.DataArray) -> np.ndarray:
    """Shift points on the left forward and up, as in an oblique projection."""
    position = mean.transpose("phase", "joint", "axis").values.copy()
    position[..., AXES.index("x")] += 0.6 * position[..., AXES.index("y")]
    position[..., AXES.index("z")] += 0.25 * position[..., AXES.index("y")]
    return position


def _mark_joints(axes: Axes, body: np.ndarray, values: np.ndarray, scale: Normalize, *, x_m: float) -> None:
    if not np.isfinite(values).all():
        return
    small, large = _DOT_PT
    # From back to front.
    for joint in sorted(JOINTS, key=lambda name: ("left", "middle", "right").index(side(name))):
        forward, _, up = body[INDEX[joint]]
        share = np.clip(values[INDEX[joint]] / scale.vmax, 0, 1)
        axes.plot(
            x_m + forward,
            up,
            "o",
            # The area beyond the smallest marker is proportional to the relevance.
            ms=np.hypot(small, large * np.sqrt(share)),
            mfc=ScalarMappable(scale, _MAP).to_rgba(values[INDEX[joint]]),
            mec=INK,
            mew=0.35,
            zorder=4,
        )
