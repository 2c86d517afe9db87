"""Positions after each step of the alignment, and the heading that it removes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from affectlib.figures.style import MARK, SIGNAL, new_figure, readable, styled
from affectlib.skeleton import AXES, INDEX

_COLOURS = {"l_ankle": SIGNAL, "r_ankle": MARK}
_AXES = ("x", "y")


@styled
def alignment_steps(
    steps: Mapping[str, np.ndarray],
    *,
    rate_hz: float,
    start_s: float = 0.0,
) -> Figure:
    """Plot the horizontal positions of both ankles after each step, one row per step.

    Parameters
    ----------
    steps : mapping of str to numpy.ndarray
        Positions in metres after each named step, each of shape (frames, 15, 3).
    """
    figure = new_figure(height_in=0.6 + 1.25 * len(steps))
    grid = figure.subplots(len(steps), len(_AXES), sharex=True, squeeze=False)
    for row, (name, position) in zip(grid, steps.items(), strict=True):
        time_s = start_s + np.arange(len(position)) / rate_hz
        for axes, axis in zip(row, _AXES, strict=True):
            for joint, colour in _COLOURS.items():
                course_m = position[:, INDEX[joint], AXES.index(axis)]
                axes.plot(time_s, course_m, color=colour, lw=0.9, label=readable(joint))
            axes.set_ylabel(f"{axis} (m)")
        row[0].set_title(name)
    for axes in grid[-1]:
        axes.set_xlabel("time (s)")
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


@styled
def heading_over_time(
    direction_deg: np.ndarray, heading_deg: np.ndarray, *, rate_hz: float, start_s: float = 0.0
) -> Figure:
    """Plot the direction of the trunk, the heading that is removed, and the residual.

    Parameters
    ----------
    direction_deg, heading_deg : numpy.ndarray
        Direction of hips and shoulders in degrees: frame by frame, and over a stride; shape (frames,).
    """
    figure = new_figure(height_in=2.8)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    time_s = start_s + np.arange(len(direction_deg)) / rate_hz
    top.plot(time_s, direction_deg, color="0.6", lw=0.8, label="trunk, frame by frame")
    top.plot(time_s, heading_deg, color=MARK, lw=1.2, label="mean over a stride (removed)")
    top.set_ylabel("direction (°)")
    top.legend(loc="best")
    bottom.plot(time_s, direction_deg - heading_deg, color=SIGNAL, lw=0.8)
    bottom.axhline(0, color="0.7", lw=0.6)
    bottom.set_ylabel("residual (°)")
    bottom.set_xlabel("time (s)")
    return figure
