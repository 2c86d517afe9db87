"""Who walked? How far that can be told from motions and from codes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.figures.results import SPLIT_WORDS, fold_points, rows_of, splits_in_order
from affectlib.figures.style import COLUMN_IN, INK, PAGE_IN, model_colour, models_in_order, new_figure, styled

SEEN = MappingProxyType(
    {
        "manual": "manual\nfeatures",
        "xyz": "joint\nseries",
        "affect code": "affect\ncode",
        "subject code": "subject\ncode",
    }
)
"""What a probe sees, in the order of the bars."""

_CHANCE: dict[str, Any] = {"color": INK, "ls": (0, (4, 3)), "lw": 0.8}


@styled
def identification_bars(table: pd.DataFrame, *, folds: pd.DataFrame | None = None) -> Figure:
    """Show how well probes name the walker, from raw data and from either code (Fig. 3).

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of one library, as `affectlib.evaluation.identification.identification_table` gives them.
    folds : pandas.DataFrame, optional
        Scores fold by fold, as `affectlib.evaluation.scores.score` gives them, to be drawn as points.

    Returns
    -------
    matplotlib.figure.Figure
        One panel a split; one bar for everything a probe sees: balanced accuracy in per cent (mean over
        seeds), its 95 % interval over people and the level of chance.

    Raises
    ------
    ParameterError
        If there are rows of several libraries.
    """
    own = rows_of(table)
    splits = splits_in_order(own["split"])
    probes = _probes(own)
    points = None if folds is None else rows_of(folds, task="subject", metric="balanced_accuracy")
    wide = len(probes) * len(splits) > 4
    figure = new_figure(width_in=PAGE_IN if wide else COLUMN_IN, height_in=3.0)
    grid = figure.subplots(1, len(splits), sharey=True, squeeze=False)[0]
    for axes, split in zip(grid, splits, strict=True):
        here = own[own["split"] == split]
        for place, (features, model) in enumerate(probes):
            _bar(axes, place, _of(here, features, model), None if points is None else points, split)
        for chance, people in here[["chance", "subjects"]].drop_duplicates().to_numpy():
            axes.axhline(100 * chance, **_CHANCE)
            axes.set_title(f"{SPLIT_WORDS.get(split, split)}\nn = {people:.0f} people")
        axes.set_xticks(range(len(probes)), [f"{model}\n{SEEN.get(seen, seen)}" for seen, model in probes])
        axes.set_xlim(-0.6, len(probes) - 0.4)
        axes.tick_params(axis="x", length=0)
    grid[0].set_ylim(0, 109)
    grid[0].set_yticks(range(0, 101, 20))
    grid[0].set_ylabel("people named rightly\n(balanced accuracy, %)")
    figure.legend(handles=_keys(own, points), loc="outside lower center", ncols=3 if wide else 1)
    return figure


def _probes(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of what is seen and by which probe: raw data first, then affect codes, then subject codes."""
    pairs = set(zip(table["features"], table["model"], strict=True))
    seen = [name for name in SEEN if name in set(table["features"])]
    seen += sorted(set(table["features"]) - set(SEEN))
    models = models_in_order(table["model"])
    return [(features, model) for features in seen for model in models if (features, model) in pairs]


def _of(frame: pd.DataFrame, features: str, model: str) -> pd.DataFrame:
    return frame[(frame["features"] == features) & (frame["model"] == model)]


def _bar(axes: Axes, place: int, rows: pd.DataFrame, points: pd.DataFrame | None, split: str) -> None:
    if rows.empty:
        axes.text(place, 1, "not\ntried", ha="center", va="bottom", fontsize=6.5, color="0.4")
        return
    means = 100 * rows[["balanced_accuracy", "low", "high"]].mean()
    value, low, high = means
    model = str(rows["model"].iloc[0])
    axes.bar(place, value, 0.7, color=model_colour(model), ec=INK, lw=0.5)
    beside = 0.0 if points is None else 0.18
    axes.errorbar(
        place + beside, value, [[value - low], [high - value]], color=INK, lw=1, capsize=2.5, zorder=5
    )
    top = high
    if points is not None:
        own = _of(points[points["split"] == split], str(rows["features"].iloc[0]), model)
        if len(own):
            values = 100 * own["value"].to_numpy()
            fold_points(axes, place - beside, values, colour="white", width=0.12)
            top = max(high, values.max())
    axes.text(place, top + 1.5, f"{value:.0f}", ha="center", va="bottom", fontsize=7, weight="bold")


def _keys(table: pd.DataFrame, points: pd.DataFrame | None) -> list[Line2D]:
    chances = sorted(set(table["subjects"]))
    guess = ", ".join(f"1/{people:.0f}" for people in chances)
    seeds = table["seed"].nunique()
    interval = "95 % interval over people" + (f" (mean of {seeds} seeds)" if seeds > 1 else "")
    handles = [
        Line2D([], [], label=f"chance ({guess})", **_CHANCE),
        Line2D([], [], color=INK, lw=1, marker="_", ms=5, label=interval),
    ]
    if points is not None:
        handles.append(
            Line2D([], [], marker="o", ls="", ms=3.2, mfc="white", mec=INK, mew=0.5, label="one fold")
        )
    return handles
