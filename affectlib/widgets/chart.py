"""Light charts for the explorers: panels as plain data, drawn in the browser.

Compared for four panels of 1,200 points: plotly 7.1's FigureWidget takes 1.8 s to create and puts its whole
code into the state of every chart, 5 MB; ipympl 0.10 redraws in .4 s, on the server, as images; bqplot 0.13
updates in milliseconds as this module does (both with .1 MB of state), but needs 36 widget models for one
here, which come and go with the marks, and a JupyterLab extension of .6 MB. This code has 15 kB, and
executed notebooks contain it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

_STATIC = Path(__file__).parent / "static"

Mark = dict[str, Any]
"""Data of one plotted object, from one of the functions below."""

DIGITS = 5
"""Significant digits of the largest value that are sent, for a resolution finer than a pixel."""


class Chart(anywidget.AnyWidget):
    """Panels of lines, dots, bars and cells.

    Attributes
    ----------
    panels : list of dict of str to object
        From `panel`; setting it redraws.
    columns : int
        Panels side by side, where there is room.
    alt : str
        Description for screen readers.
    picked : dict of str to object
        The last click: ``what`` (the mark's ``pick``) and ``which`` (its identifier, or row and column of a
        cell).
    """

    _esm = _STATIC / "chart.js"
    _css = _STATIC / "chart.css"

    panels: traitlets.List = traitlets.List().tag(sync=True)
    columns = traitlets.Int(1).tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    picked = traitlets.Dict().tag(sync=True)


def panel(title: str, *marks: Mark, **options: Any) -> dict[str, Any]:
    """Return a panel with marks, for `Chart.panels`.

    Parameters
    ----------
    **options : object
        ``xlabel``, ``ylabel``; ``xlim``, ``ylim`` (pairs; by default from the marks); ``height`` in pixels;
        ``span`` in columns; ``log`` (y axis); ``equal`` (same scale on both axes); ``down`` (y axis
        downward); ``loose`` (x margins); ``xticks``, ``yticks`` (pairs of position and text); ``noticks``;
        ``zoom`` (an identifier: the panel can be zoomed, and keeps its zoom while this is the same).
    """
    return {"title": title, "marks": list(marks), **options}


def line(x: Iterable[float], y: Iterable[float], *, colour: str, **options: Any) -> Mark:
    """Return a line, with gaps where a value is unknown.

    Parameters
    ----------
    colour : str
        ``"#rrggbb"``, or ``"ink"`` and ``"soft"``, which follow the theme of the page.
    **options : object
        ``name`` for the legend, ``width``, ``dash`` (as in SVG), ``silent`` (no values at the pointer).
    """
    return {"kind": "line", "x": numbers(x), "y": numbers(y), "colour": colour, **options}


def band(x: Iterable[float], low: Iterable[float], high: Iterable[float], *, colour: str) -> Mark:
    """Return a pale area between two lines."""
    return {"kind": "band", "x": numbers(x), "low": numbers(low), "high": numbers(high), "colour": colour}


def dots(x: Iterable[float], y: Iterable[float], *, colour: str, **options: Any) -> Mark:
    """Return points.

    Parameters
    ----------
    **options : object
        ``name``, ``size`` in pixels, ``ring`` (a ring around a pale point), ``tips`` (text of each at the
        pointer), ``pick`` (a name: points can be clicked) with ``ids`` (the values in `Chart.picked`).
    """
    return {"kind": "dots", "x": numbers(x), "y": numbers(y), "colour": colour, **options}


def bars(x: Sequence[int], y: Iterable[float], *, colours: Sequence[str], **options: Any) -> Mark:
    """Return bars at integer positions; options as in `dots`."""
    return {
        "kind": "bars",
        "x": [int(position) for position in x],
        "y": numbers(y),
        "colours": list(colours),
        **options,
    }


def spans(starts: Iterable[float], ends: Iterable[float], *, colour: str, **options: Any) -> Mark:
    """Return pale intervals of the x axis in two alternating tones.

    Parameters
    ----------
    **options : object
        ``name``; ``hatched`` for a dashed frame.
    """
    return {"kind": "spans", "starts": numbers(starts), "ends": numbers(ends), "colour": colour, **options}


def rules(at: Iterable[float], *, colour: str, axis: str = "x", **options: Any) -> Mark:
    """Return straight lines across the panel, vertical ones at positions on the x axis by default.

    Parameters
    ----------
    **options : object
        ``name``, ``width``, ``dash``; ``counts`` to include the positions in the axis limits.
    """
    return {"kind": "rules", "at": numbers(at), "axis": axis, "colour": colour, **options}


def errors(x: Iterable[float], low: Iterable[float], high: Iterable[float], *, colour: str) -> Mark:
    """Return vertical error bars."""
    return {"kind": "errors", "x": numbers(x), "low": numbers(low), "high": numbers(high), "colour": colour}


def cells(values: np.ndarray, *, colour: str, **options: Any) -> Mark:
    """Return a grid of shaded cells, the first row on top in a panel with ``down``.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (rows, columns); shades are by absolute value.
    colour : str
        Colour of the largest value.
    **options : object
        ``top`` (value of the full colour; the largest by default), ``texts`` and ``tips`` (rows of text),
        ``chosen`` (row and column with a frame), ``pick`` (a name: cells can be clicked).
    """
    rows = [numbers(row) for row in np.atleast_2d(values)]
    return {"kind": "cells", "values": rows, "colour": colour, **options}


def numbers(values: Iterable[float]) -> list[float | None]:
    """Return numbers rounded to `DIGITS` digits of the largest, None where not finite."""
    array = np.asarray(values if isinstance(values, np.ndarray | Sequence) else list(values), dtype=float)
    # JSON has no NaN, and unrounded numbers would triple the size of the state.
    finite = np.isfinite(array)
    largest = float(np.abs(array[finite]).max(initial=0.0))
    decimals = DIGITS - 1 - int(np.floor(np.log10(largest))) if largest else 0
    rounded = np.round(array, max(decimals, 0)).tolist()
    return [value if known else None for value, known in zip(rounded, finite, strict=True)]
