"""Scores of models: accuracy fold by fold with its comparisons, F1 under every split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from affectlib.evaluation.paper import AFFECTS, TEXT, table_one_rows
from affectlib.figures.results import SPLIT_WORDS, fold_points, rows_of, splits_in_order
from affectlib.figures.style import (
    COLUMN_IN,
    INK,
    MARK,
    PAGE_IN,
    model_colour,
    models_in_order,
    new_figure,
    styled,
)

SIGNIFICANT = 0.05
METRIC_WORDS = {"macro_f1": "macro F1", "balanced_accuracy": "balanced accuracy"}
_PAPER: dict[str, Any] = {
    "marker": "D",
    "ls": "",
    "ms": 4.5,
    "mfc": "white",
    "mec": MARK,
    "mew": 1.1,
    "zorder": 5,
}


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
    figure = new_figure(width_in=_width_in(models), height_in=3.2 + above + (0.25 if above else 0))
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
    axes.set_xlabel(f"{SPLIT_WORDS.get(split, split)}; one point a fold{_repeats(own, by=['model'])}")
    if split == "cycles" and _has_papers_labels(scores):
        _papers_means(figure, axes, metric, models)
    return figure


def _papers_means(figure: Figure, axes: Axes, metric: str, models: list[str]) -> None:
    # The text's F1 contradicts Table I, so F1 is taken from there.
    source = {"accuracy": "Section IV-C", "macro_f1": "Table I"}.get(metric)
    accuracy = {model: means["accuracy"] for model, means in TEXT.items()}
    means = {"accuracy": accuracy, "macro_f1": _papers_mean_f1()}.get(metric, {})
    told = {models.index(model) + 0.34: mean for model, mean in means.items() if model in models}
    if told:
        axes.plot(list(told), list(told.values()), **_PAPER)
        key = Line2D([], [], label=f"the paper's mean ({source})", **_PAPER)
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
    paper = _papers_mean_f1() if _has_papers_labels(scores) else {}
    step = 0.87 / max(len(splits), 2)
    figure = new_figure(width_in=_width_in(models), height_in=3.1)
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
                axes.plot(x - 0.44 * step, paper[model], **_PAPER)
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
            label=f"one fold{_repeats(own, by=['model', 'split'])}",
        )
    )
    if paper:
        handles.append(Line2D([], [], label="paper, Table I (split by cycles)", **_PAPER))
    figure.legend(handles=handles, loc="outside upper center", ncols=3 if len(models) > 2 else 1)
    return figure


def _guessing(axes: Axes, scores: pd.DataFrame, own: pd.DataFrame) -> Line2D:
    """Guessing as often as each label occurs has this F1 on average; other blind guesses have less."""
    n_labels = len(_labels(scores))
    axes.axhline(100 / n_labels, color=INK, ls=(0, (4, 3)), lw=0.8, zorder=3)
    return Line2D([], [], color=INK, ls=(0, (4, 3)), lw=0.8, label=f"guessing ({100 / n_labels:.3g} %)")


def _width_in(models: list[str]) -> float:
    return PAGE_IN if len(models) > 2 else COLUMN_IN


def _labels(scores: pd.DataFrame) -> set[str]:
    return set(scores.loc[scores["task"] == "label", "label"]) - {""}


def _has_papers_labels(scores: pd.DataFrame) -> bool:
    return _labels(scores) == set(AFFECTS)


def _papers_mean_f1() -> dict[str, float]:
    rows = table_one_rows()
    means = rows[rows["metric"] == "f1"].groupby("model")["value"].mean()
    return {str(model): float(mean) for model, mean in means.items()}


def _repeats(own: pd.DataFrame, *, by: list[str]) -> str:
    """How many folds are behind a box or bar."""
    counts = own.groupby(by).size()
    few, most, seeds = counts.min(), counts.max(), own["seed"].nunique()
    return f" (n = {few if few == most else f'{few} to {most}'}{f', {seeds} seeds' if seeds > 1 else ''})"
