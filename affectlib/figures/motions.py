"""What the decoder makes of two motions: their reconstructions and the exchanged ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.figures.cycles import draw_body
from affectlib.figures.style import label_colours, new_figure, readable, styled
from affectlib.skeleton import AXES

STEP_M = 0.85
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
    n_postures: int = 6,
) -> Figure:
    """Show the motions of one exchange of codes as stick figures, over their ground truth.

    Parameters
    ----------
    inputs : mapping of str to numpy.ndarray
        The two motions in metres, ``"ij"`` and ``"kl"``, each of shape (phases, 15, 3).
    generated : mapping of str to numpy.ndarray
        What the decoder made, ``"ij"``, ``"kl"``, ``"kj"``, ``"il"``, of the same shape.
    truths : mapping of str to numpy.ndarray
        Motions of the exchanged pairs, ``"kj"`` and ``"il"``, of the same shape; one that does not
        exist is left out. The inputs themselves are the truth of ``"ij"`` and ``"kl"``.
    subjects : tuple of str
        Who i and k are.
    labels : tuple of str
        What j and l are.
    among : sequence of str
        All labels of the library, so that these two have the colours of its other figures.
    n_postures : int
        Bodies per strip, evenly spaced over the cycle.

    Returns
    -------
    matplotlib.figure.Figure
        Above the inputs, then their reconstructions, then the exchanged motions, all of label j on the
        left and all of label l on the right, to scale. The ground truth is pale behind; the mean
        distance of all joints to it is told in millimetres.
    """
    who = dict(zip("ikjl", (*subjects, *labels), strict=True))
    every_colour = label_colours([*labels, *among])
    colours = {label: colour for label, colour in every_colour.items() if label in labels}
    truth = {**truths, **inputs}
    every = [*inputs.values(), *generated.values(), *truths.values()]
    heights = [np.asarray(motion)[..., AXES.index("z")] for motion in every]
    low_m, high_m = min(map(np.min, heights)) - 0.06, max(map(np.max, heights)) + 0.12
    width_m = n_postures * STEP_M
    strip_in = 3.4 * (high_m - low_m) / width_m
    figure = new_figure(height_in=3 * (strip_in + 0.42) + 0.55)
    grid = figure.subplots(3, 2)
    for axes, name in zip(grid.ravel(), ("ij", "kl", "ij", "kl", "kj", "il"), strict=True):
        is_input = axes in grid[0]
        motion, behind = (inputs[name], None) if is_input else (generated[name], truth.get(name))
        _strip(axes, motion, behind, colours[who[name[1]]], n_postures)
        axes.set_xlim(-0.5 * STEP_M, width_m - 0.5 * STEP_M)
        axes.set_ylim(low_m, high_m)
        axes.set_title(_title(name, who, motion, behind, is_input=is_input))
    for axes in grid[-1]:
        ticks = [f"{100 * number / n_postures:.0f} %" for number in range(n_postures)]
        axes.set_xticks(STEP_M * np.arange(n_postures), ticks)
        axes.set_xlabel("gait cycle; walking to the right")
    _scale_bar(grid[0, 1], low_m, (n_postures - 1) * STEP_M)
    _keys(figure, colours)
    return figure


def _strip(axes: Axes, motion: np.ndarray, behind: np.ndarray | None, colour: str, n_postures: int) -> None:
    for number in range(n_postures):
        x_m = number * STEP_M
        if behind is not None:
            drawn = len(axes.lines)
            draw_body(axes, behind[number * len(behind) // n_postures], colour=TRUTH_COLOUR, x_m=x_m)
            # Wider, so that it is seen where the generated motion covers it.
            for line in axes.lines[drawn:]:
                line.set_linewidth(3.2)
                line.set_markersize(line.get_markersize() + 2.5)
        draw_body(axes, motion[number * len(motion) // n_postures], colour=colour, x_m=x_m)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def _title(
    name: str, who: Mapping[str, str], motion: np.ndarray, behind: np.ndarray | None, *, is_input: bool
) -> str:
    subject, label = who[name[0]], readable(who[name[1]])
    if is_input:
        return f"Input $x_{{{name}}}$: {subject}, {label}"
    first = rf"$\hat{{x}}_{{{name}}}$: {subject}, {label}"
    if behind is None:
        return f"{first}; no ground truth"
    distance_mm = 1000 * np.linalg.norm(motion - behind, axis=-1).mean()
    return f"{first}; {distance_mm:.0f} mm from $x_{{{name}}}$"


def _scale_bar(axes: Axes, low_m: float, left_m: float) -> None:
    ends = [left_m - 0.1, left_m + 0.4]
    axes.plot(ends, [low_m, low_m], color="black", lw=1.5, clip_on=False)
    axes.text(left_m + 0.15, low_m - 0.05, "50 cm", ha="center", va="top", fontsize=7)


def _keys(figure: Figure, colours: Mapping[str, str]) -> None:
    handles = [Line2D([], [], color=colour, label=readable(label)) for label, colour in colours.items()]
    handles.append(Line2D([], [], color=TRUTH_COLOUR, lw=3.2, label="ground truth"))
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
