"""The common style of all figures: sizes, fonts, colours with one meaning everywhere, and legend entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from itertools import cycle
from types import MappingProxyType
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

COLUMN_IN = 3.5
"""Width of a journal column in inches."""

PAGE_IN = 7.2
"""Width of a journal page in inches."""

AFFECT_COLOURS = MappingProxyType(
    {"angry": "#D55E00", "happy": "#E69F00", "neutral": "#6B6B6B", "sad": "#0072B2"}
)
"""The four affects, from the colour-blind-safe palette of Okabe and Ito."""

OTHER_COLOURS = ("#009E73", "#CC79A7", "#56B4E9", "#8C6D00", "#332288", "#AA4499", "#117733", "#882255")
"""Colours of all other labels, in alphabetical order of the labels."""

MODEL_COLOURS = MappingProxyType(
    {
        "KNN-man": "#DDCC77",
        "SVM-man": "#8C7A1F",
        "SVM-xyz": "#88CCEE",
        "CNN-xyz": "#2F6EB5",
        "AE-xyz": "#882255",
        "MiniRocket-xyz": "#CDEBE6",
        "STGCN-xyz": "#1B3A6B",
        "SVM-enc": "#CC6677",
        "CNN-enc": "#F0B4BC",
        "SVM-enc-S": "#117733",
    }
)
"""The paper's models in its order, peers, then classifiers of codes. One hue per kind of input: sand for
manual features, blue for joint series, red for affect codes, green for subject codes. Models within a hue
differ in lightness, so that colour-blind readers can distinguish them too."""

CODE_COLOURS = MappingProxyType({"affect": "#CC6677", "subject": "#117733"})
"""The two codes of the autoencoder."""

INK = "#222222"
FAINT = "#B5B5B5"
SIGNAL = "#0072B2"
MARK = "#D55E00"

MOST_LABELS = 6
"""Most labels in one panel."""

# Text stays text in SVG ("none"), so that it can be searched and edited.
_RC: dict[Any, Any] = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "figure.facecolor": "white",
    "svg.fonttype": "none",
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorate a function so that its figure has this style, whatever matplotlib settings are in force."""

    @wraps(draw)
    def draw_styled(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with defaults(), mpl.rc_context(_RC):
            return draw(*args, **kwargs)

    return draw_styled


@contextmanager
def defaults() -> Iterator[None]:
    """Use matplotlib's default settings inside the context.

    Equal results then yield equal figures, independent of a ``matplotlibrc``, a style or a notebook's first
    cell.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def new_figure(*, width_in: float = PAGE_IN, height_in: float) -> Figure:
    """Return an empty figure with constrained layout."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def in_order(labels: Iterable[str]) -> list[str]:
    """Return the unique labels in the order of every figure: the four affects, then the others by name."""
    return _known_first(labels, AFFECT_COLOURS)


def models_in_order(models: Iterable[str]) -> list[str]:
    """Return the unique models in the paper's order, then the others by name."""
    return _known_first(models, MODEL_COLOURS)


def _known_first(names: Iterable[str], known: Iterable[str]) -> list[str]:
    unique = {str(name) for name in names}
    return [name for name in known if name in unique] + sorted(unique.difference(known))


def few_labels(labels: Iterable[str]) -> list[str]:
    """Return at most `MOST_LABELS` labels for one panel: the affects, then the most frequent others."""
    count = Counter(str(label) for label in labels)
    ranked = sorted(count, key=lambda label: (label not in AFFECT_COLOURS, -count[label], label))
    return in_order(ranked[:MOST_LABELS])


def label_colours(labels: Iterable[str]) -> dict[str, str]:
    """Return the colour of each label; that of an affect is the same for every library."""
    ordered = in_order(labels)
    others = [label for label in ordered if label not in AFFECT_COLOURS]
    affects = {label: AFFECT_COLOURS[label] for label in ordered if label in AFFECT_COLOURS}
    return affects | dict(zip(others, cycle(OTHER_COLOURS), strict=False))


def model_colour(model: str) -> str:
    """Return the colour of a model; grey for models that are not in the paper."""
    return MODEL_COLOURS.get(model, FAINT)


def readable(name: str) -> str:
    """Return the name of a joint or label in plain words, such as "left ankle" for ``"l_ankle"``."""
    side = {"l_": "left ", "r_": "right "}.get(name[:2], "")
    return (side + name[2:] if side else name).replace("_", " ")


def value_range(values: pd.Series) -> str:
    """Return the smallest and largest value, such as "4 to 5", or "5" where they are equal."""
    low, high = values.min(), values.max()
    return f"{low}" if low == high else f"{low} to {high}"


def n_rows(count: int, columns: int) -> int:
    """Return the number of rows of a grid with `count` panels."""
    return -(-count // columns)


def panels(figure: Figure, *, count: int, columns: int, sharex: bool = False) -> list[Axes]:
    """Return `count` panels of a grid, row by row; surplus ones are hidden."""
    axes = list(np.ravel(figure.subplots(n_rows(count, columns), columns, squeeze=False, sharex=sharex)))
    for surplus in axes[count:]:
        surplus.set_visible(False)
    return axes[:count]


def hide_frame(axes: Axes) -> None:
    """Remove the y axis, the frame and the tick marks, as around drawings of bodies."""
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)


def legend_line(label: str, colour: str, **style: Any) -> Line2D:
    """Return a line as a legend entry."""
    return Line2D([], [], color=colour, label=label, **style)


def legend_point(label: str, **style: Any) -> Line2D:
    """Return a marker as a legend entry."""
    return Line2D([], [], label=label, **{"marker": "o", "ls": ""} | style)


def legend_labels(colours: Mapping[str, str]) -> list[Line2D]:
    """Return one legend entry per label."""
    return [legend_line(readable(label), colour) for label, colour in colours.items()]
