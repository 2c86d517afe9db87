"""Reconstructed and exchanged motions as stick figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.cycles import draw_body, draw_scale
from affectlib.figures.style import (
    hide_frame,
    label_colours,
    legend_labels,
    legend_line,
    new_figure,
    readable,
    styled,
)
from affectlib.skeleton import AXES

STEP_M = 0.85
N_POSTURES = 6
TRUTH_COLOUR = "#C9C9C9"


@styled
def exchange_motions(
    inputs: Mapping[str, np.ndarray],
    generated: Mapping[str, np.ndarray],
    truths: Mapping[str, np.ndarray],
    *,
    subjects: tuple[str, str],
    labels: tuple[str, str],
    among: Sequence[str] = (),
) -> Figure:
    """Plot the inputs, reconstructions and exchanged motions of one pair, over their pale ground truth.

    Motions of label j are on the left and those of label l on the right, to scale. Titles have the mean
    distance of all joints to the ground truth in millimetres.

    Parameters
    ----------
    inputs : mapping of str to numpy.ndarray
        The two motions ``"ij"`` and ``"kl"`` in metres, each of shape (phases, 15, 3).
    generated : mapping of str to numpy.ndarray
        The decoded motions ``"ij"``, ``"kl"``, ``"kj"`` and ``"il"``, of the same shape.
    truths : mapping of str to numpy.ndarray
        Recorded motions ``"kj"`` and ``"il"``, of the same shape, where they exist. The inputs are the
        ground truth of ``"ij"`` and ``"kl"``.
    subjects : tuple of str
        Subjects i and k.
    labels : tuple of str
        Labels j and l.
    among : sequence of str
        All labels of the library, so that colours agree with its other figures.
    """
    names = dict(zip("ikjl", (*subjects, *labels), strict=True))
    colours = {label: colour for label, colour in label_colours([*labels, *among]).items() if label in labels}
    truth = {**truths, **inputs}
    motions = [*inputs.values(), *generated.values(), *truths.values()]
    heights_m = [np.asarray(motion)[..., AXES.index("z")] for motion in motions]
    low_m, high_m = min(map(np.min, heights_m)) - 0.06, max(map(np.max, heights_m)) + 0.12
    width_m = N_POSTURES * STEP_M
    strip_in = 3.4 * (high_m - low_m) / width_m
    figure = new_figure(height_in=3 * (strip_in + 0.42) + 0.55)
    grid = figure.subplots(3, 2)
    for axes, pair in zip(grid.ravel(), ("ij", "kl", "ij", "kl", "kj", "il"), strict=True):
        subject, label = names[pair[0]], names[pair[1]]
        if axes in grid[0]:
            motion, true_motion = inputs[pair], None
            title = f"Input $x_{{{pair}}}$: {subject}, {readable(label)}"
        else:
            motion, true_motion = generated[pair], truth.get(pair)
            distance = _distance(pair, motion, true_motion)
            title = rf"$\hat{{x}}_{{{pair}}}$: {subject}, {readable(label)}; {distance}"
        _strip(axes, motion, true_motion, colours[label])
        axes.set_xlim(-0.5 * STEP_M, width_m - 0.5 * STEP_M)
        axes.set_ylim(low_m, high_m)
        axes.set_title(title)
    for axes in grid[-1]:
        ticks = [f"{100 * number / N_POSTURES:.0f} %" for number in range(N_POSTURES)]
        axes.set_xticks(STEP_M * np.arange(N_POSTURES), ticks)
        axes.set_xlabel("gait cycle; walking to the right")
    draw_scale(grid[0, 1], (N_POSTURES - 1) * STEP_M - 0.1, low_m, text_gap_m=0.05)
    handles = [*legend_labels(colours), legend_line("ground truth", TRUTH_COLOUR, lw=3.2)]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _strip(axes: Axes, motion: np.ndarray, truth: np.ndarray | None, colour: str) -> None:
    for number in range(N_POSTURES):
        x_m = number * STEP_M
        if truth is not None:
            n_lines = len(axes.lines)
            draw_body(axes, truth[number * len(truth) // N_POSTURES], colour=TRUTH_COLOUR, x_m=x_m)
            # Wider, to remain visible where the generated motion covers it.
            for line in axes.lines[n_lines:]:
                line.set_linewidth(3.2)
                line.set_markersize(line.get_markersize() + 2.5)
        draw_body(axes, motion[number * len(motion) // N_POSTURES], colour=colour, x_m=x_m)
    axes.set_aspect("equal")
    axes.set_xticks([])
    hide_frame(axes)


def _distance(pair: str, motion: np.ndarray, truth: np.ndarray | None) -> str:
    if truth is None:
        return "no ground truth"
    distance_mm = 1000 * np.linalg.norm(motion - truth, axis=-1).mean()
    return f"{distance_mm:.0f} mm from $x_{{{pair}}}$"
