"""Average gait cycles, as curves and as bodies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.style import (
    COLUMN_IN,
    FAINT,
    MARK,
    SIGNAL,
    hide_frame,
    label_colours,
    legend_line,
    n_rows,
    new_figure,
    panels,
    readable,
    styled,
)
from affectlib.gait.accuracy import StrideAccuracy
from affectlib.gait.average import Average
from affectlib.skeleton import AXES, BONES, INDEX, side

DIRECTIONS = {"x": "forward", "y": "to the left", "z": "upward"}


@styled
def average_cycles(average: Average, *, traces: Sequence[tuple[str, str]]) -> Figure:
    """Plot the mean and standard deviation over the cycle of each label, one panel per joint and axis.

    Parameters
    ----------
    traces : sequence of (str, str)
        Joint and axis of each panel.
    """
    labels = average.labels
    colours = label_colours(labels)
    # No panel is left empty with the usual numbers of traces.
    columns = 2 if len(traces) in (2, 4) else 3
    figure = new_figure(height_in=0.7 + 1.75 * n_rows(len(traces), columns))
    grid = panels(figure, count=len(traces), columns=columns, sharex=True)
    phase = 100 * average.mean["phase"].values
    for axes, (joint, axis) in zip(grid, traces, strict=True):
        for label in labels:
            where = {"label": label, "joint": joint, "axis": axis}
            mean, sd = (100 * values.sel(where).values for values in (average.mean, average.spread))
            axes.fill_between(phase, mean - sd, mean + sd, color=colours[label], alpha=0.13, lw=0)
            axes.plot(phase, mean, color=colours[label])
        axes.set_title(f"{readable(joint)}, {DIRECTIONS[axis]}")
        axes.set_ylabel(f"{axis} (cm)")
    for axes in grid[-columns:]:
        axes.set_xlabel("gait cycle (%)")
        axes.tick_params(labelbottom=True)
    handles = [legend_line(_with_count(average, label), colours[label]) for label in labels]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4))
    return figure


def _with_count(average: Average, label: str) -> str:
    return f"{readable(label)} ({average.counts[label]} {average.unit})"


@styled
def stick_figures(average: Average, *, n_postures: int = 10) -> Figure:
    """Plot the average cycle of each label as a row of stick figures to scale, seen from the right."""
    mean, labels = average.mean, average.labels
    colours = label_colours(labels)
    step_m = 0.8
    figure = new_figure(height_in=0.55 + 1.55 * len(labels))
    floor_m = float(mean.sel(axis="z").min()) - 0.1
    z_m = (floor_m - 0.15, float(mean.sel(axis="z").max()) + 0.1)
    grid, phases = posture_rows(
        figure, len(labels), n_postures=n_postures, n_phases=mean.sizes["phase"], step_m=step_m, z_m=z_m
    )
    for axes, label in zip(grid, labels, strict=True):
        for number, phase in enumerate(phases):
            draw_body(axes, mean.sel(label=label).values[phase], colour=colours[label], x_m=number * step_m)
        axes.set_title(_with_count(average, label))
    draw_scale(grid[-1], (n_postures - 1) * step_m - 0.05, floor_m, text_gap_m=0.06)
    grid[-1].set_xlabel("gait cycle; walking to the right, right limbs dark, left limbs pale")
    return figure


def posture_rows(
    figure: Figure, count: int, *, n_postures: int, n_phases: int, step_m: float, z_m: tuple[float, float]
) -> tuple[list[Axes], list[int]]:
    """Return `count` panels for rows of postures, to scale, and the indices of their phases."""
    phases = [number * n_phases // n_postures for number in range(n_postures)]
    grid = list(figure.subplots(count, 1, squeeze=False, sharex=True)[:, 0])
    for axes in grid:
        axes.set_aspect("equal")
        hide_frame(axes)
        axes.set_xlim(-0.6 * step_m, (n_postures - 0.4) * step_m)
        axes.set_ylim(*z_m)
    names = [f"{100 * phase / n_phases:.0f} %" for phase in phases]
    grid[-1].set_xticks(np.arange(n_postures) * step_m, names)
    return grid, phases


def draw_scale(axes: Axes, left_m: float, low_m: float, *, text_gap_m: float) -> None:
    """Draw a scale bar of half a metre."""
    axes.plot([left_m, left_m + 0.5], [low_m, low_m], color="black", lw=1.5, clip_on=False)
    axes.text(left_m + 0.25, low_m - text_gap_m, "50 cm", ha="center", va="top", fontsize=7)


def draw_body(axes: Axes, position: np.ndarray, *, colour: str, x_m: float = 0.0) -> None:
    """Draw one posture seen from the walker's right, left limbs pale.

    Parameters
    ----------
    position : numpy.ndarray
        Joints in metres without heading, shape (15, 3).
    x_m : float
        Offset along the horizontal axis.
    """
    forward, up = AXES.index("x"), AXES.index("z")
    # Left limbs first, since right limbs are in front of them.
    for parent, child in sorted(BONES, key=lambda bone: side(bone[1]) != "left"):
        ends = position[[INDEX[parent], INDEX[child]]]
        axes.plot(
            x_m + ends[:, forward],
            ends[:, up],
            color=colour,
            alpha=0.35 if side(child) == "left" else 1.0,
            lw=1.3,
            solid_capstyle="round",
        )
    head = position[INDEX["head"]]
    axes.plot(x_m + head[forward], head[up], "o", color=colour, ms=5)


@styled
def stride_jitter(accuracy: StrideAccuracy, *, rate_hz: float) -> Figure:
    """Plot a histogram of detected minus true stride starts in frames, with mean and standard deviation."""
    late_frames = rate_hz * accuracy.matches["late_s"].to_numpy()
    mean, jitter = rate_hz * accuracy.bias_s, rate_hz * accuracy.jitter_s
    figure = new_figure(width_in=COLUMN_IN, height_in=2.2)
    axes = figure.subplots()
    axes.axvspan(mean - jitter, mean + jitter, color=FAINT, alpha=0.4, lw=0)
    axes.hist(late_frames, bins=60, color=SIGNAL)
    axes.axvline(mean, color=MARK, lw=1)
    axes.set_xlabel(f"detected minus true start (frames of {1000 / rate_hz:.1f} ms)")
    axes.set_ylabel(f"strides (n = {len(late_frames)})")
    axes.set_title(f"mean {mean:+.2f}, standard deviation {jitter:.2f} frames", fontweight="normal")
    return figure
