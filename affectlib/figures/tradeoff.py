"""Figures of the privacy-utility trade-off: one line per release, one point per value of its parameter."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.results import SPLIT_WORDS, rows_of
from affectlib.figures.style import COLUMN_IN, FAINT, INK, PAGE_IN, new_figure, styled
from affectlib.privacy.pareto import CHANCE

RELEASE_COLOURS = MappingProxyType(
    {
        "raw": "#222222",
        "affect code": "#CC6677",
        "graded affect": "#882255",
        "posterior": "#0072B2",
        "label": "#56B4E9",
        "adversarial code": "#E69F00",
        "average person": "#117733",
        "LEACE": "#8C7A1F",
    }
)
"""Colours of the releases that the text discusses; all others are grey."""

MEASURES = MappingProxyType(
    {
        "identification": "identification rate of the strongest attacker (%)",
        "identification_new": "identification rate of new subjects, strongest attacker (%)",
        "eer": "equal error rate on new subjects, strongest attacker (%; 50: guessing)",
    }
)
"""Axis labels of measures of privacy."""

PRIVATE, GREY = "#009E73", "#777777"

WHITE_TEXT_PERCENT = 60
"""Rate above which the blue of a heat map is too dark for dark text."""

TEXT_CELLS = 20
"""Cells along each axis; the names of grey lines that end in the same cell are one text."""


@styled
def trade_off(table: pd.DataFrame, *, split: str = "takes", measure: str = "identification") -> Figure:
    """Plot the utility of each release against a measure of its privacy.

    Parameters
    ----------
    table : pandas.DataFrame
        See `affectlib.privacy.tradeoff.trade_off_table`.
    measure : str
        ``"identification"``, ``"identification_new"`` or ``"eer"``: the horizontal axis.
    """
    rows = rows_of(table, split=split).dropna(subset=[measure])
    figure = new_figure(width_in=PAGE_IN, height_in=4.4)
    axes = figure.subplots()
    for release, values in rows.groupby("release", sort=False):
        if release in RELEASE_COLOURS:
            _plot_coloured(axes, str(release), values, measure)
        else:
            x, y = 100 * values[measure], 100 * values["utility"]
            axes.plot(x, y, "o-", color=FAINT, ms=2.5, lw=0.6, zorder=2)
    _name_grey(axes, rows[~rows["release"].isin(RELEASE_COLOURS)], measure)
    optimal = rows[rows[f"pareto_{measure}"]].sort_values(measure)
    axes.plot(
        100 * optimal[measure],
        100 * optimal["utility"],
        color=INK,
        lw=0.8,
        ls=(0, (1, 2)),
        zorder=1,
        drawstyle="steps-post" if measure != "eer" else "steps-pre",
        label="Pareto-optimal",
    )
    _mark_guessing(axes, rows, measure)
    n_subjects = int(rows["n_subjects"].max())
    axes.set_xlabel(f"{MEASURES[measure]}; {SPLIT_WORDS[split]}, n = {n_subjects} subjects")
    axes.set_ylabel("recognition of the label, macro F1 (%)")
    figure.legend(loc="outside lower center", ncols=5)
    return figure


@styled
def verification_curves(curves: pd.DataFrame, *, n_subjects: int) -> Figure:
    """Plot both error rates of verification against each other, one curve a release.

    Parameters
    ----------
    curves : pandas.DataFrame
        See `affectlib.privacy.tradeoff.strongest_curves`.
    """
    figure = new_figure(width_in=COLUMN_IN, height_in=COLUMN_IN)
    axes = figure.subplots()
    axes.plot([0, 100], [100, 0], color=INK, lw=0.8, ls="--", label="guessing")
    axes.plot([0, 100], [0, 100], color=FAINT, lw=0.8, label="equal error rate")
    for release, curve in curves.groupby("release", sort=False):
        if release in RELEASE_COLOURS:
            name = _names(curve.iloc[:1]).item()
            axes.plot(
                100 * curve["false_match"],
                100 * curve["false_non_match"],
                color=RELEASE_COLOURS[str(release)],
                label=f"{name}: {100 * curve['eer'].iloc[0]:.0f} %",
            )
    axes.set(xlim=(0, 100), ylim=(0, 100), aspect="equal")
    axes.set_xlabel("false match rate (%)")
    axes.set_ylabel(f"false non-match rate (%), n = {n_subjects} subjects")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


@styled
def attackers_by_release(attacks: pd.DataFrame) -> Figure:
    """Plot the identification rate of each attacker on each release as a heat map.

    Parameters
    ----------
    attacks : pandas.DataFrame
        See `affectlib.privacy.attackers.closed_set_table`, by release and value.
    """
    rows = attacks.assign(row=_names(attacks))
    # From the release and attacker with the highest rate to those with the lowest.
    releases, attackers = (
        rows.groupby(name)["rank1"].max().sort_values(ascending=False, kind="stable").index
        for name in ("row", "attacker")
    )
    wide = 100 * rows.pivot(index="row", columns="attacker", values="rank1").loc[releases, attackers]
    figure = new_figure(width_in=PAGE_IN, height_in=1.2 + 0.17 * len(releases))
    axes = figure.subplots()
    image = axes.imshow(wide, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for (i, j), rate in np.ndenumerate(wide.to_numpy()):
        if np.isfinite(rate):
            colour = "white" if rate > WHITE_TEXT_PERCENT else INK
            axes.text(j, i, f"{rate:.0f}", ha="center", va="center", fontsize=6, color=colour)
    axes.set_xticks(range(len(attackers)), attackers, rotation=20, ha="right")
    axes.set_yticks(range(len(releases)), releases)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    chance, n_subjects = f"{100 * rows['chance'].mean():.0f} %", int(rows["n_subjects"].max())
    figure.colorbar(image, ax=axes, shrink=0.8, aspect=30)
    axes.set_xlabel(f"identification rate, rank 1 (%); chance {chance}, n = {n_subjects} subjects")
    return figure


def _names(rows: pd.DataFrame) -> pd.Series:
    """Return release and value, of a release without a parameter its name alone."""
    return (rows["release"] + " " + rows["value"].where(rows["value"] != "None", "")).str.strip()


def _plot_coloured(axes: Axes, release: str, rows: pd.DataFrame, measure: str) -> None:
    colour = RELEASE_COLOURS[release]
    x, y = 100 * rows[measure], 100 * rows["utility"]
    xerr, yerr = _interval(rows, measure), _interval(rows, "utility")
    axes.errorbar(x, y, xerr=xerr, yerr=yerr, fmt="none", ecolor=colour, elinewidth=0.5, alpha=0.5, zorder=3)
    axes.plot(x, y, "o-", color=colour, ms=4, lw=1.2, zorder=4, label=release)
    for value, at_x, at_y in zip(rows["value"], x, y, strict=True):
        if value != "None":
            axes.annotate(
                value, (at_x, at_y), xytext=(2, 3), textcoords="offset points", fontsize=6, color=colour
            )


def _name_grey(axes: Axes, rows: pd.DataFrame, measure: str) -> None:
    """Write the names of grey lines at their least useful ends; names of close ends are one text."""
    ends = rows.loc[rows.groupby("release", sort=False)["utility"].idxmin()]
    cells = [(TEXT_CELLS * ends[name]).round() for name in (measure, "utility")]
    for _, close in ends.groupby(cells, sort=False):
        axes.annotate(
            "\n".join(close["release"]),
            (100 * close[measure].mean(), 100 * close["utility"].min()),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=5.5,
            color=GREY,
        )


def _interval(rows: pd.DataFrame, name: str) -> np.ndarray:
    """Return the lengths of error bars in per cent, shape (2, rows)."""
    rate = rows[name].to_numpy()
    return 100 * np.abs(np.stack([rate - rows[f"{name}_low"], rows[f"{name}_high"] - rate]))


def _mark_guessing(axes: Axes, rows: pd.DataFrame, measure: str) -> None:
    """Mark the rates of guessing on both axes, and rates close to it; set scale and limits of privacy."""
    if measure in CHANCE:
        chance = 100 * float(rows[CHANCE[measure]].mean())
        axes.axvline(chance, color=INK, lw=0.8, ls="--", label=f"chance ({chance:.0f} %)")
        axes.axvspan(chance / 4, 2 * chance, color=PRIVATE, alpha=0.08, lw=0, label="at most twice chance")
        # Logarithmic: twice the rate is twice as bad, near chance as elsewhere.
        axes.set_xscale("log")
        ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100) if tick >= chance / 2]
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.set_xlim(chance / 2, 130)
    else:
        axes.axvline(50, color=INK, lw=0.8, ls="--", label="guessing (50 %)")
        axes.axvspan(40, 52, color=PRIVATE, alpha=0.08, lw=0, label="at least 40 %")
        axes.set_xlim(52, 0)
    guessing = 100 * float(rows["chance_f1"].mean())
    axes.axhline(guessing, color=FAINT, lw=0.8, ls="--")
    right = axes.get_xlim()[1]
    axes.text(right, guessing, "guessing the label ", ha="right", va="bottom", fontsize=6, color=GREY)
