"""Scores of models under every split."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.figures.results import (
    PAPER_MARK,
    fold_points,
    has_papers_labels,
    labels_of,
    papers_means,
    repeats,
    rows_of,
    splits_in_order,
    width_in,
)
from affectlib.figures.style import INK, model_colour, models_in_order, new_figure, styled


@styled
def f1_by_split(scores: pd.DataFrame) -> Figure:
    """Show each model's macro F1 under the paper's split and under the honest ones.

    Parameters
    ----------
    scores : pandas.DataFrame
        Scores of one library under one or several splits, as `affectlib.evaluation.scores.score`
        gives them.

    Returns
    -------
    matplotlib.figure.Figure
        For every model one bar a split (mean over folds, which are the points) in per cent, and the
        level of guessing. The mean F1 of the paper's Table I is marked on its split where the library
        has the paper's affects.

    Raises
    ------
    ParameterError
        If there are no such scores.
    """
    own = rows_of(scores, task="label", metric="macro_f1")
    models, splits = models_in_order(own["model"]), splits_in_order(own["split"])
    paper = papers_means("macro_f1") if has_papers_labels(scores) else {}
    step = 0.87 / max(len(splits), 2)
    figure = new_figure(width_in=width_in(models), height_in=3.1)
    axes = figure.subplots()
    ticks: dict[float, str] = {}
    for place, model in enumerate(models):
        for number, split in enumerate(splits):
            values = 100 * own.loc[(own["model"] == model) & (own["split"] == split), "value"].to_numpy()
            x = place + (number - (len(splits) - 1) / 2) * step
            ticks[x] = split
            if len(values):
                axes.bar(x, values.mean(), 0.9 * step, color=model_colour(model), ec=INK, lw=0.5)
                fold_points(axes, x, values, colour="white", width=0.25 * step)
            if split == "cycles" and model in paper:
                axes.plot(x - 0.44 * step, paper[model], **PAPER_MARK)
    # The middle one of three splits stands where the model's own tick stands.
    axes.xaxis.remove_overlapping_locs = False
    axes.set_xticks(range(len(models)), models, fontsize=8, weight="bold")
    axes.set_xticks(list(ticks), list(ticks.values()), minor=True, fontsize=6)
    axes.tick_params(axis="x", which="major", length=0, pad=15)
    axes.tick_params(axis="x", which="minor", length=0, pad=3)
    axes.set_xlim(-0.55, len(models) - 0.45)
    axes.set_ylim(0, 104)
    axes.set_ylabel("macro F1 (%)")
    handles = [_guessing(axes, scores, own)]
    handles.append(
        Line2D(
            [],
            [],
            marker="o",
            ls="",
            ms=3.4,
            mfc="white",
            mec=INK,
            mew=0.5,
            label=f"one fold{repeats(own, by=['model', 'split'])}",
        )
    )
    if paper:
        handles.append(Line2D([], [], label="paper, Table I (split by cycles)", **PAPER_MARK))
    figure.legend(handles=handles, loc="outside upper center", ncols=3 if len(models) > 2 else 1)
    return figure


def _guessing(axes: Axes, scores: pd.DataFrame, own: pd.DataFrame) -> Line2D:
    """Guessing as often as each label occurs has this F1 on average; other blind guesses have less."""
    n_labels = len(labels_of(scores))
    axes.axhline(100 / n_labels, color=INK, ls=(0, (4, 3)), lw=0.8, zorder=3)
    return Line2D([], [], color=INK, ls=(0, (4, 3)), lw=0.8, label=f"guessing ({100 / n_labels:.3g} %)")
