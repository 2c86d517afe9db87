"""Accuracy of each model over folds, with the P-values of tests between models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.evaluation.paper import TEXT
from affectlib.figures.results import (
    PAPER_MARK,
    SPLIT_WORDS,
    fold_counts,
    fold_points,
    has_paper_labels,
    rows_of,
    width_in,
)
from affectlib.figures.style import INK, legend_point, model_colour, models_in_order, new_figure, styled

SIGNIFICANT = 0.05


@styled
def accuracy_boxes(
    scores: pd.DataFrame,
    comparison: pd.DataFrame | None = None,
    *,
    split: str = "cycles",
) -> Figure:
    """Plot the accuracy of each model over folds, below the P-values of tests between models (Fig. 2c).

    The means given in the paper are marked on its own split if the library has its affects.

    Parameters
    ----------
    scores : pandas.DataFrame
        Scores of one library, from `affectlib.evaluation.scores.score`.
    comparison : pandas.DataFrame, optional
        From `affectlib.evaluation.comparison.compare_models`; no P-values are plotted without it.
    """
    rows = rows_of(scores, task="label", split=split, metric="accuracy")
    models = models_in_order(rows["model"])
    tests = None if comparison is None else _tests(comparison, split)
    above_in = 0 if tests is None else 0.29 * len(tests)
    figure = new_figure(width_in=width_in(models), height_in=3.2 + above_in + (0.25 if above_in else 0))
    if tests is None:
        axes = figure.subplots()
    else:
        top, axes = figure.subplots(2, 1, sharex=True, height_ratios=(above_in, 2.3))
        _p_values(top, tests, models)
    for x, model in enumerate(models):
        _box(axes, x, 100 * rows.loc[rows["model"] == model, "value"].to_numpy(), model_colour(model))
    axes.set_xticks(range(len(models)), models)
    axes.set_xlim(-0.6, len(models) - 0.4)
    axes.set_ylabel("accuracy (%)")
    axes.set_xlabel(f"{SPLIT_WORDS.get(split, split)}; one point per fold{fold_counts(rows, by=['model'])}")
    if split == "cycles" and has_paper_labels(scores):
        _mark_paper_means(figure, axes, models)
    return figure


def _mark_paper_means(figure: Figure, axes: Axes, models: list[str]) -> None:
    known = {model: mean["accuracy"] for model, mean in TEXT.items() if model in models}
    means = {models.index(model) + 0.34: mean for model, mean in known.items()}
    if means:
        # To the right of each box, since the means are of other data.
        axes.plot(list(means), list(means.values()), **PAPER_MARK)
        entry = legend_point("mean in the paper (Section IV-C)", **PAPER_MARK)
        figure.legend(handles=[entry], loc="outside lower right")


def _box(axes: Axes, x: int, values: np.ndarray, colour: str) -> None:
    # A single fold has no quartiles.
    if len(values) > 1:
        thin = {"color": INK, "linewidth": 0.7}
        axes.boxplot(
            [values],
            positions=[x],
            widths=0.5,
            patch_artist=True,
            showfliers=False,
            boxprops={"facecolor": colour, "alpha": 0.45, "edgecolor": INK, "linewidth": 0.7},
            medianprops={"color": INK, "linewidth": 1.4},
            whiskerprops=thin,
            capprops=thin,
        )
    fold_points(axes, x, values, colour=colour, width=0.13)


def _tests(comparison: pd.DataFrame, split: str) -> pd.DataFrame | None:
    """P-values by test and model; the name of the reference model is the name of the columns."""
    rows = comparison[(comparison["split"] == split) & (comparison["task"] == "label")]
    if rows.empty:
        return None
    tests = rows.pivot(index="test", columns="model", values="p_holm").reindex(rows["test"].unique())
    return tests.rename_axis(columns=str(rows["against"].iloc[0]))


def _p_values(axes: Axes, tests: pd.DataFrame, models: list[str]) -> None:
    centred: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7}
    for y, (_, values) in enumerate(tests.iterrows()):
        for x, model in enumerate(models):
            p = values.get(model, np.nan)
            weight = "bold" if p < SIGNIFICANT else "normal"
            axes.text(x, y, "" if np.isnan(p) else p_text(p), weight=weight, **centred)
    reference = str(tests.columns.name)
    if reference in models:
        axes.text(models.index(reference), (len(tests) - 1) / 2, "reference", **centred)
    axes.set_yticks(range(len(tests)), [str(test).replace(" over ", "\nover ") for test in tests.index])
    # Tests from top to bottom, in the order of the comparison.
    axes.set_ylim(len(tests) - 0.5, -0.5)
    axes.set_title(f"P against {reference}, Holm-adjusted; bold below {SIGNIFICANT}")
    axes.tick_params(length=0, labelbottom=False)
    axes.spines[:].set_visible(False)


def p_text(p: float) -> str:
    """Return a P-value in the style of journals, such as "0.012" or "< 0.001"."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
