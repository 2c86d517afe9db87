"""Errors of generated motions joint by joint."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from affectlib.figures.style import FAINT, INK, new_figure, readable, styled, value_range
from affectlib.skeleton import JOINTS


class Kind(NamedTuple):
    """Appearance of one kind of error."""

    colour: str
    marker: str
    text: str


KINDS = MappingProxyType(
    {
        "reconstruction": Kind("#2F6EB5", "o", "reconstruction"),
        "transfer": Kind("#CC6677", "D", "transfer, single source cycles"),
        "transfer, averaged codes": Kind("#882255", "s", "transfer, averaged codes"),
        "affect-blind mean": Kind("#D55E00", "^", "affect-blind mean of the subject"),
        "additive mean": Kind("#009E73", "v", "additive mean of subject and label"),
        "no exchange": Kind("0.45", "x", "no exchange"),
        "natural": Kind(INK, "|", "another recorded cycle of the same cell"),
    }
)
"""Kinds of errors: those of networks, then what they are compared with."""


@styled
def error_per_joint(table: pd.DataFrame) -> Figure:
    """Plot the mean error of each joint with its quartiles, beside what it is compared with.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``joint``, ``kind`` and ``error_mm``; one row per subject, joint and kind. Kinds are those of
        `KINDS`, and any others.
    """
    joints = [joint for joint in JOINTS if joint in set(table["joint"])]
    present = {str(kind) for kind in table["kind"]}
    kinds = [kind for kind in KINDS if kind in present] + sorted(present.difference(KINDS))
    # A row has room for four kinds.
    row_in = 0.06 * max(len(kinds), 4)
    figure = new_figure(height_in=1.1 + row_in * len(joints))
    axes = figure.subplots()
    # Kinds lie above each other within the row of a joint.
    offsets = np.linspace(-0.32, 0.32, len(kinds)) if len(kinds) > 1 else np.zeros(1)
    for kind, offset in zip(kinds, offsets, strict=True):
        errors = table[table["kind"] == kind].groupby("joint")["error_mm"]
        names = [joint for joint in joints if joint in errors.groups]
        rows = np.array([joints.index(joint) for joint in names]) + offset
        statistics = errors.mean(), errors.quantile(0.25), errors.quantile(0.75)
        means, low, high = (values[names].to_numpy() for values in statistics)
        look = KINDS.get(kind, Kind(FAINT, "s", readable(kind)))
        axes.hlines(rows, low, high, color=look.colour, lw=0.9, alpha=0.6)
        # Line markers look smaller than filled ones.
        size = 5 if look.marker in "|x" else 4
        axes.plot(means, rows, look.marker, ls="", color=look.colour, ms=size, label=look.text, mew=1.2)
    for row in range(len(joints) - 1):
        axes.axhline(row + 0.5, color="0.92", lw=0.6, zorder=0)
    axes.set_yticks(range(len(joints)), [readable(joint) for joint in joints])
    # The head is at the top.
    axes.set_ylim(len(joints) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.tick_params(axis="y", length=0)
    counts = table.groupby(["joint", "kind"], observed=True).size()
    spread = f"; mean and quartiles over n = {value_range(counts)} subjects" if counts.max() > 1 else ""
    axes.set_xlabel(f"distance to the ground truth (mm){spread}")
    figure.legend(loc="outside upper center", ncols=2)
    return figure
