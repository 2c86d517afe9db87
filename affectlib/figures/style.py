"""One look for every figure: sizes, type, and colours that mean the same everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLUMN_IN = 3.5
"""Width of a journal's column in inches."""

PAGE_IN = 7.2
"""Width of a journal's page in inches."""

AFFECT_COLOURS = MappingProxyType(
    {"angry": "#D55E00", "happy": "#E69F00", "neutral": "#6B6B6B", "sad": "#0072B2"}
)
"""The four affects, from the colour-blind-safe palette of Okabe and Ito."""

OTHER_COLOURS = ("#009E73", "#CC79A7", "#56B4E9", "#8C6D00", "#332288", "#AA4499", "#117733", "#882255")
"""For all other labels, in the order of their names."""

MODEL_COLOURS = MappingProxyType(
    {
        "KNN-man": "#DDCC77",
        "SVM-man": "#8C7A1F",
        "SVM-xyz": "#88CCEE",
        "CNN-xyz": "#2F6EB5",
        "AE-xyz": "#882255",
        "SVM-enc": "#CC6677",
        "CNN-enc": "#F0B4BC",
        "SVM-enc-S": "#117733",
    }
)
"""The paper's models in its order, then who reads codes. One hue for what a model sees: sand for
manual features, blue for joint series, red for affect codes, green for subject codes. Light and dark
within a hue, so that colour-blind eyes tell them apart too."""

CODE_COLOURS = MappingProxyType({"affect": "#CC6677", "subject": "#117733"})
"""The two codes of the autoencoder."""

INK = "#222222"
FAINT = "#B5B5B5"
SIGNAL = "#0072B2"
MARK = "#D55E00"

MOST_LABELS = 6
"""More labels than this are not drawn into one panel."""

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
    """Draw a figure in the workbook's look, whatever the settings outside.

    Parameters
    ----------
    draw : callable
        A function that makes a figure.

    Returns
    -------
    callable
        The same function inside the style.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with defaults(), mpl.rc_context(_RC):
            return draw(*args, **kwargs)

    return drawn


@contextmanager
def defaults() -> Iterator[None]:
    """Set matplotlib's own settings, and restore the user's after.

    Whatever a ``matplotlibrc``, a style or a notebook's first cell has set, equal results give equal figures.

    Yields
    ------
    None
        Nothing.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def new_figure(*, width_in: float = PAGE_IN, height_in: float) -> Figure:
    """Make an empty figure that lays itself out.

    Parameters
    ----------
    width_in : float
        Width in inches: `PAGE_IN` or `COLUMN_IN`.
    height_in : float
        Height in inches.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    return Figure(figsize=(width_in, height_in), layout="constrained")


def in_order(labels: Iterable[str]) -> list[str]:
    """Sort labels as every figure shows them: the affects first, then the others by name.

    Parameters
    ----------
    labels : iterable of str
        Labels, repeated or not.

    Returns
    -------
    list of str
        Each label once.
    """
    found = {str(label) for label in labels}
    return [label for label in AFFECT_COLOURS if label in found] + sorted(found - set(AFFECT_COLOURS))


def few_labels(labels: Iterable[str]) -> list[str]:
    """Choose labels for one panel: all where they are few, otherwise the affects and then the commonest.

    Parameters
    ----------
    labels : iterable of str
        One label per cycle or take.

    Returns
    -------
    list of str
        At most `MOST_LABELS`, in the order of `in_order`.
    """
    count = Counter(str(label) for label in labels)
    ranked = sorted(count, key=lambda label: (label not in AFFECT_COLOURS, -count[label], label))
    return in_order(ranked[:MOST_LABELS])


def label_colours(labels: Iterable[str]) -> dict[str, str]:
    """Give each label its colour: an affect's is the same in every figure of every library.

    Parameters
    ----------
    labels : iterable of str
        All labels of the library.

    Returns
    -------
    dict of str to str
        Colours by label, in the order of `in_order`.
    """
    ordered = in_order(labels)
    others = [label for label in ordered if label not in AFFECT_COLOURS]
    own = {label: OTHER_COLOURS[number % len(OTHER_COLOURS)] for number, label in enumerate(others)}
    return {label: AFFECT_COLOURS.get(label) or own[label] for label in ordered}


def models_in_order(models: Iterable[str]) -> list[str]:
    """Sort models as the paper does, those it does not have behind them by name.

    Parameters
    ----------
    models : iterable of str
        Models, repeated or not.

    Returns
    -------
    list of str
        Each model once.
    """
    found = {str(model) for model in models}
    return [model for model in MODEL_COLOURS if model in found] + sorted(found - set(MODEL_COLOURS))


def model_colour(model: str) -> str:
    """Give a model its colour, the same in every figure.

    Parameters
    ----------
    model : str
        Name of the model.

    Returns
    -------
    str
        Its colour; grey for models that are not of the paper.
    """
    return MODEL_COLOURS.get(model, FAINT)


def readable(name: str) -> str:
    """Write a name of a joint or label as a reader would.

    Parameters
    ----------
    name : str
        Such as ``"l_ankle"`` or ``"abnormal_left"``.

    Returns
    -------
    str
        Such as ``"left ankle"`` or ``"abnormal left"``.
    """
    side = {"l_": "left ", "r_": "right "}.get(name[:2], "")
    return (side + name[2:] if side else name).replace("_", " ")


def panels(figure: Figure, *, count: int, columns: int, sharex: bool = False) -> list[Axes]:
    """Divide a figure into a grid of panels and hide those left over.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    count : int
        Panels that are needed.
    columns : int
        Panels side by side.
    sharex : bool
        Whether all panels have the same horizontal axis.

    Returns
    -------
    list of matplotlib.axes.Axes
        As many as were asked for, row by row.
    """
    axes = list(np.ravel(figure.subplots(-(-count // columns), columns, squeeze=False, sharex=sharex)))
    for spare in axes[count:]:
        spare.set_visible(False)
    return axes[:count]
