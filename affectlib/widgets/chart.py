"""Light charts for the explorers: panels as plain data, drawn in the browser.

A plotting library's own widget brings its whole code into the state of every chart, about five megabytes
each, which an executed notebook would then hold many times over. These charts bring some fifteen kilobytes.
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
"""One thing that is drawn; see the functions below."""

DIGITS = 5
"""Significant digits of the largest value that are sent: finer than a pixel."""


class Chart(anywidget.AnyWidget):
    """Panels of lines, dots, bars and cells.

    Attributes
    ----------
    panels : list of dict of str to object
        From `panel`; setting it draws anew.
    columns : int
        Panels side by side, where there is room.
    alt : str
        What is shown, for who cannot see it.
    picked : dict of str to object
        What was last pointed at: ``what`` (the mark's ``pick``) and ``which`` (its identifier, or row
        and column of a cell).
    """

    _esm = _STATIC / "chart.js"
    _css = _STATIC / "chart.css"

    panels: traitlets.List = traitlets.List().tag(sync=True)
    columns = traitlets.Int(1).tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    picked = traitlets.Dict().tag(sync=True)


def panel(title: str, *marks: Mark, **options: Any) -> dict[str, Any]:
    """Put marks into one panel.

    Parameters
    ----------
    title : str
        Stands above it.
    *marks : dict of str to object
        Drawn in this order.
    **options : object
        ``xlabel``, ``ylabel``; ``xlim``, ``ylim`` (pairs; otherwise they follow from the marks); ``height``
        in pixels; ``span`` in columns; ``log`` (vertical axis); ``equal`` (axes to one scale); ``down``
        (vertical axis downward); ``loose`` (room to the sides); ``xticks``, ``yticks`` (pairs of place and
        text); ``noticks``; ``zoom`` (text that names what is shown: the panel can be zoomed, and the zoom
        stays as long as this is the same).

    Returns
    -------
    dict of str to object
        For `Chart.panels`.
    """
    return {"title": title, "marks": list(marks), **options}


def line(x: Iterable[float], y: Iterable[float], *, colour: str, **options: Any) -> Mark:
    """Draw a line; it breaks where a value is not known.

    Parameters
    ----------
    x : iterable of float
        Where along the horizontal axis.
    y : iterable of float
        Where along the vertical axis.
    colour : str
        ``"#rrggbb"``, or ``"ink"`` and ``"soft"``, which follow the page's theme.
    **options : object
        ``name`` for the legend, ``width``, ``dash`` (as in SVG), ``silent`` (no values at the pointer).

    Returns
    -------
    dict of str to object
        The mark.
    """
    return {"kind": "line", "x": numbers(x), "y": numbers(y), "colour": colour, **options}


def band(x: Iterable[float], low: Iterable[float], high: Iterable[float], *, colour: str) -> Mark:
    """Shade what lies between two courses.

    Parameters
    ----------
    x : iterable of float
        Where along the horizontal axis.
    low : iterable of float
        Lower edge.
    high : iterable of float
        Upper edge.
    colour : str
        Its colour, drawn pale.

    Returns
    -------
    dict of str to object
        The mark.
    """
    return {"kind": "band", "x": numbers(x), "low": numbers(low), "high": numbers(high), "colour": colour}


def dots(x: Iterable[float], y: Iterable[float], *, colour: str, **options: Any) -> Mark:
    """Draw dots.

    Parameters
    ----------
    x : iterable of float
        Where along the horizontal axis.
    y : iterable of float
        Where along the vertical axis.
    colour : str
        Their colour.
    **options : object
        ``name``, ``size`` in pixels, ``ring`` (a ring about a pale dot), ``tips`` (text of each at the
        pointer), ``pick`` (a word: dots can be pointed at) with ``ids`` (what `Chart.picked` then names).

    Returns
    -------
    dict of str to object
        The mark.
    """
    return {"kind": "dots", "x": numbers(x), "y": numbers(y), "colour": colour, **options}


def bars(x: Sequence[int], y: Iterable[float], *, colours: Sequence[str], **options: Any) -> Mark:
    """Draw bars at whole numbers.

    Parameters
    ----------
    x : sequence of int
        Their places.
    y : iterable of float
        Their heights.
    colours : sequence of str
        One each.
    **options : object
        ``name``, ``tips``, ``pick`` and ``ids`` as for `dots`.

    Returns
    -------
    dict of str to object
        The mark.
    """
    places = [int(place) for place in x]
    return {"kind": "bars", "x": places, "y": numbers(y), "colours": list(colours), **options}


def spans(starts: Iterable[float], ends: Iterable[float], *, colour: str, **options: Any) -> Mark:
    """Shade stretches of the horizontal axis.

    Parameters
    ----------
    starts : iterable of float
        Where they begin.
    ends : iterable of float
        Where they end.
    colour : str
        Their colour, drawn pale, every other one a little stronger.
    **options : object
        ``name``; ``hatched`` for a dashed frame.

    Returns
    -------
    dict of str to object
        The mark.
    """
    return {"kind": "spans", "starts": numbers(starts), "ends": numbers(ends), "colour": colour, **options}


def rules(at: Iterable[float], *, colour: str, axis: str = "x", **options: Any) -> Mark:
    """Draw straight lines across the panel.

    Parameters
    ----------
    at : iterable of float
        Where.
    colour : str
        Their colour.
    axis : str
        On which axis the places lie: ``"x"`` for upright lines, ``"y"`` for level ones.
    **options : object
        ``name``, ``width``, ``dash``; ``counts`` if the axis shall reach them.

    Returns
    -------
    dict of str to object
        The mark.
    """
    return {"kind": "rules", "at": numbers(at), "axis": axis, "colour": colour, **options}


def errors(x: Iterable[float], low: Iterable[float], high: Iterable[float], *, colour: str) -> Mark:
    """Draw upright error bars.

    Parameters
    ----------
    x : iterable of float
        Where along the horizontal axis.
    low : iterable of float
        Lower ends.
    high : iterable of float
        Upper ends.
    colour : str
        Their colour.

    Returns
    -------
    dict of str to object
        The mark.
    """
    return {"kind": "errors", "x": numbers(x), "low": numbers(low), "high": numbers(high), "colour": colour}


def cells(values: np.ndarray, *, colour: str, **options: Any) -> Mark:
    """Draw a table of shaded cells, the first row on top in a panel that runs ``down``.

    Parameters
    ----------
    values : numpy.ndarray
        Shades, shape (rows, columns); the amount counts, not the sign.
    colour : str
        Colour of the largest.
    **options : object
        ``top`` (value of the full colour; the largest otherwise), ``texts`` and ``tips`` (rows of text),
        ``chosen`` (row and column that are framed), ``pick`` (a word: cells can be pointed at).

    Returns
    -------
    dict of str to object
        The mark.
    """
    rows = [numbers(row) for row in np.atleast_2d(values)]
    return {"kind": "cells", "values": rows, "colour": colour, **options}


def numbers(values: Iterable[float]) -> list[float | None]:
    """Write numbers as short JSON.

    Parameters
    ----------
    values : iterable of float
        Numbers; what is not finite becomes None.

    Returns
    -------
    list of float or None
        To `DIGITS` digits of the largest.
    """
    array = np.asarray(values if isinstance(values, np.ndarray | Sequence) else list(values), dtype=float)
    finite = np.isfinite(array)
    largest = float(np.abs(array[finite]).max(initial=0.0))
    decimals = DIGITS - 1 - int(np.floor(np.log10(largest))) if largest else 0
    rounded = np.round(array, max(decimals, 0)).tolist()
    return (
        rounded
        if finite.all()
        else [value if ok else None for value, ok in zip(rounded, finite, strict=True)]
    )
