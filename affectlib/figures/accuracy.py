"""Accuracy of each model fold by fold, and what tests say of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.figures.results import (
    PAPER_MARK,
    SPLIT_WORDS,
    fold_points,
    has_papers_labels,
    papers_means,
    repeats,
    rows_of,
    width_in,
)
from affectlib.figures.style import INK, model_colour, models_in_order, new_figure, styled

SIGNIFICANT = 0.05
METRIC_WORDS = {"macro_f1": "macro F1", "balanced_accuracy": "balanced accuracy"}


@styled
def accuracy_boxes(
    scores: pd.DataFrame,
    comparison: pd.DataFrame | None = None,
    *,
    split: str = "cycles",
    metric: str = "accuracy",
) -> Figure:
    """Show each model's accuracy over folds, and above it what the tests say (Fig. 2c).

    Parameters
    ----------
    scores : pandas.DataFrame
        Scores of one library, as `affectlib.evaluation.scores.score` gives them.
    comparison : pandas.DataFrame, optional
        As `affectlib.evaluation.comparison.compare_models` gives it; without it, as with a single fold,
        no P-values are shown.
    split : str
        Which split.
    metric : str
        ``"accuracy"``, ``"macro_f1"`` or ``"balanced_accuracy"``.

    Returns
    -------
    matplotlib.figure.Figure
        A box per model over its folds, which are the points, in per cent; above, for every test in the
        comparison, the Holm-adjusted P-values. The means that the paper tells are marked on its
        split where the library has the paper's affects.

    Raises
    ------
    ParameterError
        If there are no such scores.
    """
    own = rows_of(scores, task="label", split=split, metric=metric)
    models = models_in_order(own["model"])
    tests = None if comparison is None else _tests(comparison, split)
    above = 0 if tests is None else 0.29 * len(tests)
    figure = new_figure(width_in=width_in(models), height_in=3.2 + above + (0.25 if above else 0))
    if tests is None:
        axes = figure.subplots()
    else:
        top, axes = figure.subplots(2, 1, sharex=True, height_ratios=(above, 2.3))
        _p_values(top, tests, models)
    for place, model in enumerate(models):
        values = 100 * own.loc[own["model"] == model, "value"].to_numpy()
        _box(axes, place, values, model_colour(model))
    axes.set_xticks(range(len(models)), models)
    axes.set_xlim(-0.6, len(models) - 0.4)
    axes.set_ylabel(f"{METRIC_WORDS.get(metric, metric)} (%)")
    axes.set_xlabel(f"{SPLIT_WORDS.get(split, split)}; one point a fold{repeats(own, by=['model'])}")
    if split == "cycles" and has_papers_labels(scores):
        _papers_means(figure, axes, metric, models)
    return figure


def _papers_means(figure: Figure, axes: Axes, metric: str, models: list[str]) -> None:
    means, source = papers_means(metric), {"accuracy": "Section IV-C"}.get(metric, "Table I")
    told = {models.index(model) + 0.34: mean for model, mean in means.items() if model in models}
    if told:
        axes.plot(list(told), list(told.values()), **PAPER_MARK)
        key = Line2D([], [], label=f"the paper's mean ({source})", **PAPER_MARK)
        figure.legend(handles=[key], loc="outside lower right")


def _box(axes: Axes, place: int, values: np.ndarray, colour: str) -> None:
    if len(values) > 1:
        axes.boxplot(
            [values],
            positions=[place],
            widths=0.5,
            patch_artist=True,
            showfliers=False,
            boxprops={"facecolor": colour, "alpha": 0.45, "edgecolor": INK, "linewidth": 0.7},
            medianprops={"color": INK, "linewidth": 1.4},
            whiskerprops={"color": INK, "linewidth": 0.7},
            capprops={"color": INK, "linewidth": 0.7},
        )
    fold_points(axes, place, values, colour=colour, width=0.13)


def _tests(comparison: pd.DataFrame, split: str) -> pd.DataFrame | None:
    """P-values by test and model; the name of the model compared with is the columns' name."""
    own = comparison[(comparison["split"] == split) & (comparison["task"] == "label")]
    if own.empty:
        return None
    tests = own.pivot(index="test", columns="model", values="p_holm").reindex(own["test"].unique())
    return tests.rename_axis(columns=str(own["against"].iloc[0]))


def _p_values(axes: Axes, tests: pd.DataFrame, models: list[str]) -> None:
    for row, (_, values) in enumerate(tests.iterrows()):
        for place, model in enumerate(models):
            p = values.get(model, np.nan)
            told = "" if np.isnan(p) else p_text(p)
            bold = "bold" if p < SIGNIFICANT else "normal"
            axes.text(place, row, told, ha="center", va="center", fontsize=7, weight=bold)
    reference = str(tests.columns.name)
    if reference in models:
        axes.text(
            models.index(reference), (len(tests) - 1) / 2, "reference", ha="center", va="center", fontsize=7
        )
    axes.set_yticks(range(len(tests)), [str(test).replace(" over ", "\nover ") for test in tests.index])
    axes.set_ylim(len(tests) - 0.5, -0.5)
    axes.set_title(f"P against {reference}, Holm-adjusted; bold below {SIGNIFICANT}")
    axes.tick_params(length=0, labelbottom=False)
    axes.spines[:].set_visible(False)


def p_text(p: float) -> str:
    """Write a P-value as journals do.

    Parameters
    ----------
    p : float
        The P-value.

    Returns
    -------
    str
        Such as ``"0.012"`` or ``"< 0.001"``.
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
