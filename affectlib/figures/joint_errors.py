"""How far generated motions are from real ones, joint by joint."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from affectlib.figures.style import FAINT, INK, new_figure, readable, styled
from affectlib.skeleton import JOINTS

KINDS = MappingProxyType(
    {
        "reconstruction": ("#2F6EB5", "o", "reconstruction"),
        "transfer": ("#882255", "D", "transfer"),
        "natural": (INK, "|", "one cycle to another of the same person and label"),
        "no exchange": ("0.45", "x", "no exchange: the motion that was to be changed"),
    }
)
"""Colour, marker and words of each kind of error: two results, then what to hold them against."""


@styled
def error_per_joint(table: pd.DataFrame, *, unit: str = "people") -> Figure:
    """Show for every joint how far generated motions are from real ones, beside two references.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``joint``, ``kind`` and ``error_mm``; one row a unit, joint and kind. The kinds are those
        of `KINDS`: ``"reconstruction"``, ``"transfer"``, and what to hold them against: ``"natural"``
        (how far two cycles of one person and label are from each other) and ``"no exchange"`` (how far
        the motion whose label was to be changed is). Others are shown too.
    unit : str
        What a row is, in the plural.

    Returns
    -------
    matplotlib.figure.Figure
        Means in millimetres joint by joint; where a joint has several rows, their quartiles as lines.
    """
    joints = [joint for joint in JOINTS if joint in set(table["joint"])]
    present = [str(kind) for kind in table["kind"].unique()]
    kinds = [kind for kind in KINDS if kind in present] + sorted(set(present) - set(KINDS))
    figure = new_figure(height_in=1.1 + 0.24 * len(joints))
    axes = figure.subplots()
    beside = np.linspace(-0.24, 0.24, len(kinds)) if len(kinds) > 1 else np.zeros(1)
    for kind, offset in zip(kinds, beside, strict=True):
        own = table[table["kind"] == kind].groupby("joint")["error_mm"]
        rows = np.array([number for number, joint in enumerate(joints) if joint in own.groups])
        names = [joints[row] for row in rows]
        means, low, high = (
            part[names].to_numpy() for part in (own.mean(), own.quantile(0.25), own.quantile(0.75))
        )
        colour, marker, words = KINDS.get(kind, (FAINT, "s", readable(kind)))
        axes.hlines(rows + offset, low, high, color=colour, lw=0.9, alpha=0.6)
        axes.plot(
            means,
            rows + offset,
            marker,
            ls="",
            color=colour,
            ms=5 if marker in "|x" else 4,
            label=words,
            mew=1.2,
        )
    for row in range(len(joints) - 1):
        axes.axhline(row + 0.5, color="0.92", lw=0.6, zorder=0)
    axes.set_yticks(range(len(joints)), [readable(joint) for joint in joints])
    axes.set_ylim(len(joints) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.tick_params(axis="y", length=0)
    counts = table.groupby(["joint", "kind"], observed=True).size()
    few, most = counts.min(), counts.max()
    n = f"{few}" if few == most else f"{few} to {most}"
    spread = f"; mean and quartiles over n = {n} {unit}" if most > 1 else ""
    axes.set_xlabel(f"distance to the ground truth (mm){spread}")
    figure.legend(loc="outside upper center", ncols=2)
    return figure
