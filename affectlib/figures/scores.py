"""Scores of models under every split."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from affectlib.evaluation.paper import table_one_rows
from affectlib.figures.results import (
    CHANCE_LINE,
    PAPER_MARK,
    fold_counts,
    fold_points,
    has_paper_labels,
    labels_of,
    rows_of,
    splits_in_order,
    width_in,
)
from affectlib.figures.style import (
    INK,
    legend_line,
    legend_point,
    model_colour,
    models_in_order,
    new_figure,
    styled,
)

CROWDED_BARS = 15
"""Number of bars above which names are turned and broken."""


@styled
def f1_by_split(scores: pd.DataFrame) -> Figure:
    """Plot the macro F1 of each model under every split: means over folds, which are the points.

    The mean F1 of the paper's Table I is marked on its own split if the library has its affects.

    Parameters
    ----------
    scores : pandas.DataFrame
        Scores of one library, from `affectlib.evaluation.scores.score`.
    """
    rows = rows_of(scores, task="label", metric="macro_f1")
    models, splits = models_in_order(rows["model"]), splits_in_order(rows["split"])
    paper = _paper_means() if has_paper_labels(scores) else {}
    step = 0.87 / max(len(splits), 2)
    figure = new_figure(width_in=width_in(models), height_in=3.1)
    axes = figure.subplots()
    ticks: dict[float, str] = {}
    for position, model in enumerate(models):
        for number, split in enumerate(splits):
            values = 100 * rows.loc[(rows["model"] == model) & (rows["split"] == split), "value"].to_numpy()
            x = position + (number - (len(splits) - 1) / 2) * step
            ticks[x] = split
            if len(values):
                axes.bar(x, values.mean(), 0.9 * step, color=model_colour(model), ec=INK, lw=0.5)
                fold_points(axes, x, values, colour="white", width=0.25 * step)
            if split == "cycles" and model in paper:
                axes.plot(x - 0.44 * step, paper[model], **PAPER_MARK)
    # The tick of the middle of three splits coincides with the model's own tick.
    axes.xaxis.remove_overlapping_locs = False
    # Bars of many models are narrower than the names below them.
    crowded = len(models) * len(splits) > CROWDED_BARS
    names = [model.replace("-", "-\n") if crowded else model for model in models]
    axes.set_xticks(range(len(models)), names, fontsize=8, weight="bold")
    axes.set_xticks(list(ticks), list(ticks.values()), minor=True, fontsize=6, rotation=90 if crowded else 0)
    axes.tick_params(axis="x", which="major", length=0, pad=36 if crowded else 15)
    axes.tick_params(axis="x", which="minor", length=0, pad=3)
    axes.set_xlim(-0.55, len(models) - 0.45)
    axes.set_ylim(0, 104)
    axes.set_ylabel("macro F1 (%)")
    # Guessing each label as often as it occurs has this F1 on average; other blind guesses have a lower one.
    chance = 100 / len(labels_of(scores))
    axes.axhline(chance, color=INK, zorder=3, **CHANCE_LINE)
    counts = fold_counts(rows, by=["model", "split"])
    handles = [
        legend_line(f"chance ({chance:.3g} %)", INK, **CHANCE_LINE),
        legend_point(f"one fold{counts}", ms=3.4, mfc="white", mec=INK, mew=0.5),
    ]
    if paper:
        handles.append(legend_point("paper, Table I (split by cycles)", **PAPER_MARK))
    figure.legend(handles=handles, loc="outside upper center", ncols=3 if len(models) > 2 else 1)
    return figure


def _paper_means() -> dict[str, float]:
    # The mean over Table I, since the F1 in the text of Section IV-C contradicts it.
    rows = table_one_rows()
    means = rows[rows["metric"] == "f1"].groupby("model")["value"].mean()
    return {str(model): float(mean) for model, mean in means.items()}
