"""Two-dimensional maps of the codes before and after training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.errors import ParameterError
from affectlib.figures.style import (
    label_colours,
    legend_point,
    n_rows,
    new_figure,
    readable,
    styled,
    value_range,
)

CODES = ("affect", "subject")
WHEN = ("before", "after")
MARKERS = "os^Dv"
"""Markers of the labels that have the same colour."""


RGB = tuple[float, float, float]


class Look(NamedTuple):
    """Appearance of one label or subject."""

    colour: str | RGB
    marker: str


@styled
def latent_maps(maps: pd.DataFrame, *, seed: int = 0) -> Figure:
    """Plot t-SNE maps of the codes before and after training, by label and by subject (Fig. 2a).

    Parameters
    ----------
    maps : pandas.DataFrame
        One row per cycle and map: ``code`` (``"affect"``, ``"subject"``), ``when`` (``"before"``,
        ``"after"``), ``x``, ``y``, ``subject``, ``label``.
    seed : int
        Random seed of the order in which points are drawn over each other.

    Raises
    ------
    ParameterError
        If there is no map of either code.
    """
    codes = [code for code in CODES if code in set(maps["code"])]
    whens = [when for when in WHEN if when in set(maps["when"])]
    if not codes or not whens:
        raise ParameterError(
            "no maps to plot",
            found=f"codes {sorted(set(maps['code']))}, when {sorted(set(maps['when']))}",
            remedy=f"Pass maps of the codes {', '.join(CODES)}, {' or '.join(WHEN)} training.",
        )
    looks = {"label": _by_label(maps), "subject": _by_subject(maps)}
    columns = [(code, by) for code in codes for by in looks]
    panel_in = 1.72 if len(columns) == 4 else 2.7
    legend_in = 0.17 * n_rows(len(looks["label"]), 6)
    figure = new_figure(
        width_in=panel_in * len(columns) + 0.3, height_in=panel_in * len(whens) + 0.6 + legend_in
    )
    grid = figure.subplots(len(whens), len(columns), squeeze=False)
    for row, when in zip(grid, whens, strict=True):
        for axes, (code, by) in zip(row, columns, strict=True):
            points = maps[(maps["code"] == code) & (maps["when"] == when)]
            _map(axes, points.sample(frac=1, random_state=seed), by, looks[by])
        row[0].set_ylabel(f"{when} training\nt-SNE 2")
    for axes, (code, by) in zip(grid[0], columns, strict=True):
        axes.set_title(f"{code} code,\nby {by}")
    for axes in grid[-1]:
        axes.set_xlabel("t-SNE 1")
    _caption(figure, maps, looks)
    return figure


def _by_label(maps: pd.DataFrame) -> dict[str, Look]:
    looks: dict[str, Look] = {}
    for label, colour in label_colours(maps["label"]).items():
        n_same = sum(look.colour == colour for look in looks.values())
        looks[label] = Look(colour, MARKERS[n_same % len(MARKERS)])
    return looks


def _by_subject(maps: pd.DataFrame) -> dict[str, Look]:
    return {subject: Look(colour, "o") for subject, colour in subject_colours(maps["subject"]).items()}


def subject_colours(subjects: pd.Series) -> dict[str, RGB]:
    """Return a colour per subject; neighbouring hues differ in lightness."""
    unique = sorted(set(subjects.astype(str)))
    palettes = [sns.husl_palette(len(unique), l=lightness, s=0.9) for lightness in (0.45, 0.72)]
    return {subject: palettes[number % 2][number] for number, subject in enumerate(unique)}


def _map(axes: Axes, points: pd.DataFrame, by: str, looks: dict[str, Look]) -> None:
    names = points[by].astype(str).to_numpy()
    # Smaller points in larger libraries, where they would cover each other.
    size = float(np.clip(2500 / max(len(points), 1), 2.5, 14))
    for marker in MARKERS:
        shown = np.array([looks[name].marker == marker for name in names], dtype=bool)
        if shown.any():
            axes.scatter(
                points["x"].to_numpy()[shown],
                points["y"].to_numpy()[shown],
                s=size,
                c=[looks[name].colour for name in names[shown]],
                marker=marker,
                linewidths=0,
                alpha=0.8,
                # As vectors, thousands of points in eight panels would make the SVG megabytes large.
                rasterized=True,
            )
    # Coordinates of t-SNE have no unit; only distances between neighbours have a meaning.
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color("0.75")
    axes.margins(0.06)
    axes.set_box_aspect(1)


def _caption(figure: Figure, maps: pd.DataFrame, looks: dict[str, dict[str, Look]]) -> None:
    handles = [
        legend_point(readable(label), marker=look.marker, color=look.colour, ms=4)
        for label, look in looks["label"].items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 6))
    n_subjects = len(looks["subject"])
    subjects = f"{n_subjects} subjects, one colour each" if n_subjects > 1 else "one subject"
    n_cycles = value_range(maps.groupby(["code", "when"]).size())
    figure.suptitle(f"{n_cycles} test cycles per map; {subjects}", x=0.01, ha="left", fontsize=8)
