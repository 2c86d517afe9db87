"""Average gait cycles, as curves and as bodies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.figures.style import (
    COLUMN_IN,
    FAINT,
    MARK,
    SIGNAL,
    label_colours,
    new_figure,
    panels,
    readable,
    styled,
)
from affectlib.gait.accuracy import StrideAccuracy
from affectlib.gait.average import Average
from affectlib.skeleton import AXES, BONES, INDEX, side


@styled
def average_cycles(average: Average, *, traces: Sequence[tuple[str, str]]) -> Figure:
    """Show the average cycle of each label for some telling joints, with its spread.

    Parameters
    ----------
    average : Average
        Mean and spread per label.
    traces : sequence of (str, str)
        Joints and axes to draw, one panel each.

    Returns
    -------
    matplotlib.figure.Figure
        Positions in centimetres over the cycle in per cent, one standard deviation shaded.
    """
    labels = average.labels
    colours = label_colours(labels)
    columns = 2 if len(traces) in (2, 4) else 3
    figure = new_figure(height_in=0.7 + 1.75 * -(-len(traces) // columns))
    grid = panels(figure, count=len(traces), columns=columns, sharex=True)
    phase = 100 * average.mean["phase"].values
    for axes, (joint, axis) in zip(grid, traces, strict=True):
        for label in labels:
            where = {"label": label, "joint": joint, "axis": axis}
            curve, around = (100 * part.sel(where).values for part in (average.mean, average.spread))
            axes.fill_between(phase, curve - around, curve + around, color=colours[label], alpha=0.13, lw=0)
            axes.plot(phase, curve, color=colours[label])
        axes.set_title(f"{readable(joint)}, {_DIRECTION[axis]}")
        axes.set_ylabel(f"{axis} (cm)")
    for axes in grid[-columns:]:
        axes.set_xlabel("gait cycle (%)")
        axes.tick_params(labelbottom=True)
    handles = [Line2D([], [], color=colours[label], label=_with_count(average, label)) for label in labels]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4))
    return figure


def _with_count(average: Average, label: str) -> str:
    return f"{readable(label)} ({average.counts[label]} {average.unit})"


_DIRECTION = {"x": "forward", "y": "to the left", "z": "upward"}


@styled
def stick_figures(average: Average, *, n_postures: int = 10) -> Figure:
    """Show the average cycle of each label as a strip of bodies seen from the right.

    Parameters
    ----------
    average : Average
        Mean and spread per label.
    n_postures : int
        Bodies per strip, evenly spaced over the cycle.

    Returns
    -------
    matplotlib.figure.Figure
        One row a label, to scale; the right limbs, which are nearer, are drawn strong and the left ones pale.
    """
    mean, labels = average.mean, average.labels
    colours = label_colours(labels)
    step_m = 0.8
    figure = new_figure(height_in=0.55 + 1.55 * len(labels))
    grid = figure.subplots(len(labels), 1, squeeze=False, sharex=True)[:, 0]
    chosen = np.arange(n_postures) * mean.sizes["phase"] // n_postures
    floor_m = float(mean.sel(axis="z").min()) - 0.1
    for axes, label in zip(grid, labels, strict=True):
        for number, phase in enumerate(chosen):
            draw_body(axes, mean.sel(label=label).values[phase], colour=colours[label], x_m=number * step_m)
        axes.set_title(_with_count(average, label))
        axes.set_aspect("equal")
        axes.set_yticks([])
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.tick_params(length=0)
        axes.set_xlim(-0.6 * step_m, (n_postures - 0.4) * step_m)
        axes.set_ylim(floor_m - 0.15, float(mean.sel(axis="z").max()) + 0.1)
    scale_m = 0.5
    left_m = (n_postures - 1) * step_m - 0.05
    grid[-1].plot([left_m, left_m + scale_m], [floor_m, floor_m], color="black", lw=1.5, clip_on=False)
    grid[-1].text(left_m + scale_m / 2, floor_m - 0.06, "50 cm", ha="center", va="top", fontsize=7)
    grid[-1].set_xticks(
        np.arange(n_postures) * step_m, [f"{100 * phase / mean.sizes['phase']:.0f} %" for phase in chosen]
    )
    grid[-1].set_xlabel("gait cycle; walking to the right, right limbs strong, left limbs pale")
    return figure


def draw_body(axes: Axes, position: np.ndarray, *, colour: str, x_m: float = 0.0) -> None:
    """Draw one posture seen from the walker's right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw; metres on both axes.
    position : numpy.ndarray
        Joints in metres, heading removed, shape (15, 3).
    colour : str
        Colour of trunk and right limbs; the left ones are drawn pale.
    x_m : float
        Where along the axes the pelvis stands.
    """
    forward, up = AXES.index("x"), AXES.index("z")
    for pale in (True, False):
        for parent, child in BONES:
            if (side(child) == "left") != pale:
                continue
            ends = position[[INDEX[parent], INDEX[child]]]
            axes.plot(
                x_m + ends[:, forward],
                ends[:, up],
                color=colour,
                alpha=0.35 if pale else 1.0,
                lw=1.3,
                solid_capstyle="round",
            )
    head = position[INDEX["head"]]
    axes.plot(x_m + head[forward], head[up], "o", color=colour, ms=5)


@styled
def stride_jitter(accuracy: StrideAccuracy, *, rate_hz: float) -> Figure:
    """Show how found stride starts differ from true ones.

    Parameters
    ----------
    accuracy : StrideAccuracy
        Found cycles against true strides.
    rate_hz : float
        Frames per second.

    Returns
    -------
    matplotlib.figure.Figure
        Histogram of found minus true in frames, with mean and one standard deviation.
    """
    late_frames = rate_hz * accuracy.matches["late_s"].to_numpy()
    mean, jitter = rate_hz * accuracy.bias_s, rate_hz * accuracy.jitter_s
    figure = new_figure(width_in=COLUMN_IN, height_in=2.2)
    axes = figure.subplots()
    axes.axvspan(mean - jitter, mean + jitter, color=FAINT, alpha=0.4, lw=0)
    axes.hist(late_frames, bins=60, color=SIGNAL)
    axes.axvline(mean, color=MARK, lw=1)
    axes.set_xlabel(f"found minus true start (frames of {1000 / rate_hz:.1f} ms)")
    axes.set_ylabel(f"strides (n = {len(late_frames)})")
    axes.set_title(f"mean {mean:+.2f}, standard deviation {jitter:.2f} frames", fontweight="normal")
    return figure
