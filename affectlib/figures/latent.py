"""Maps of the codes: what lies together before training and after it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.errors import ParameterError
from affectlib.figures.style import label_colours, new_figure, readable, styled

CODES = ("affect", "subject")
WHEN = ("before", "after")
MARKERS = "os^Dv"
"""Labels whose colour is taken already have another marker."""


@styled
def latent_maps(maps: pd.DataFrame, *, who: str = "test cycles", seed: int = 0) -> Figure:
    """Show t-SNE maps of the codes before and after training, by label and by person (Fig. 2a).

    Parameters
    ----------
    maps : pandas.DataFrame
        One row a cycle and map: ``code`` (``"affect"``, ``"subject"``), ``when`` (``"before"``,
        ``"after"``), ``x``, ``y``, ``subject``, ``label``.
    who : str
        Which cycles, for the caption.
    seed : int
        Seed of the order in which points are drawn over each other.

    Returns
    -------
    matplotlib.figure.Figure
        Before training above, after it below; each code twice, coloured by label and by person. Axes
        of t-SNE have no unit and no meaning but nearness.

    Raises
    ------
    ParameterError
        If there is no map of either code.
    """
    codes = [code for code in CODES if code in set(maps["code"])]
    whens = [when for when in WHEN if when in set(maps["when"])]
    if not codes or not whens:
        raise ParameterError(
            "no maps to draw",
            found=f"codes {sorted(set(maps['code']))}, when {sorted(set(maps['when']))}",
            remedy=f"Give codes of {', '.join(CODES)} and times of {', '.join(WHEN)}.",
        )
    looks = {"label": _by_label(maps), "subject": _by_person(maps)}
    columns = [(code, by) for code in codes for by in looks]
    each = 1.72 if len(columns) == 4 else 2.7
    rows = -(-len(looks["label"]) // 6)
    figure = new_figure(width_in=each * len(columns) + 0.3, height_in=each * len(whens) + 0.6 + 0.17 * rows)
    grid = figure.subplots(len(whens), len(columns), squeeze=False)
    for row, when in zip(grid, whens, strict=True):
        for axes, (code, by) in zip(row, columns, strict=True):
            own = maps[(maps["code"] == code) & (maps["when"] == when)]
            _map(axes, own.sample(frac=1, random_state=seed), by, looks[by])
        row[0].set_ylabel(f"{when} training\nt-SNE 2")
    for axes, (code, by) in zip(grid[0], columns, strict=True):
        axes.set_title(f"{code} code,\nby {'person' if by == 'subject' else 'label'}")
    for axes in grid[-1]:
        axes.set_xlabel("t-SNE 1")
    _caption(figure, maps, looks, who)
    return figure


Look = dict[str, tuple[str | tuple[float, float, float], str]]
"""Colour and marker of each label or person."""


def _by_label(maps: pd.DataFrame) -> Look:
    colours, taken, look = label_colours(maps["label"]), list[str](), Look()
    for label, colour in colours.items():
        look[label] = colour, MARKERS[taken.count(colour) % len(MARKERS)]
        taken.append(colour)
    return look


def _by_person(maps: pd.DataFrame) -> Look:
    people = sorted(set(maps["subject"].astype(str)))
    # Neighbours on the circle of hues are told apart by lightness.
    dark, light = (sns.husl_palette(len(people), l=lightness, s=0.9) for lightness in (0.45, 0.72))
    return {who: ((dark, light)[number % 2][number], "o") for number, who in enumerate(people)}


def _map(axes: Axes, own: pd.DataFrame, by: str, look: Look) -> None:
    names = own[by].astype(str).to_numpy()
    size = float(np.clip(2500 / max(len(own), 1), 2.5, 14))
    for marker in MARKERS:
        drawn = np.array([look[name][1] == marker for name in names], dtype=bool)
        if drawn.any():
            colours = [look[name][0] for name in names[drawn]]
            # As one image: thousands of marks four times over would make the SVG megabytes.
            axes.scatter(
                own["x"].to_numpy()[drawn],
                own["y"].to_numpy()[drawn],
                s=size,
                c=colours,
                marker=marker,
                linewidths=0,
                alpha=0.8,
                rasterized=True,
            )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color("0.75")
    axes.margins(0.06)
    axes.set_box_aspect(1)


def _caption(figure: Figure, maps: pd.DataFrame, looks: dict[str, Look], who: str) -> None:
    handles = [
        Line2D([], [], ls="", marker=marker, color=colour, ms=4, label=readable(label))
        for label, (colour, marker) in looks["label"].items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 6))
    people = len(looks["subject"])
    told = f"{people} people, one colour each" if people > 1 else "one person"
    counts = maps.groupby(["code", "when"]).size()
    cycles = str(counts.min()) if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}"
    figure.suptitle(f"{cycles} {who} a map; {told}", x=0.01, ha="left", fontsize=8)
