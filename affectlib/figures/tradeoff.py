"""Affect kept against people given away: one point a release, one line a parameter."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from affectlib.figures.results import SPLIT_WORDS, rows_of
from affectlib.figures.style import COLUMN_IN, FAINT, INK, PAGE_IN, new_figure, styled

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
"""Releases that a reader looks for first; all others are drawn in grey."""

MEASURES = MappingProxyType(
    {
        "identification": "people named rightly by the strongest attacker (%)",
        "identification_new": "new people named rightly by the strongest attacker (%)",
        "eer": "equal error rate on new people, strongest attacker (%; 50: nothing learnt)",
    }
)


@styled
def trade_off(table: pd.DataFrame, *, split: str = "takes", measure: str = "identification") -> Figure:
    """Draw what each release keeps of the affect against what it gives away of the person.

    Parameters
    ----------
    table : pandas.DataFrame
        As `affectlib.privacy.tradeoff.trade_off_table` gives it.
    split : str
        Which rows to draw.
    measure : str
        ``"identification"``, ``"identification_new"`` or ``"eer"``: the horizontal axis.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    own = rows_of(table, split=split).dropna(subset=[measure])
    figure = new_figure(width_in=PAGE_IN, height_in=4.4)
    axes = figure.subplots()
    for release, rows in own.groupby("release", sort=False):
        _line(axes, str(release), rows, measure)
    _name_the_others(axes, own[~own["release"].isin(RELEASE_COLOURS)], measure)
    front = own[own[f"pareto_{measure}"]].sort_values(measure)
    axes.plot(
        100 * front[measure],
        100 * front["utility"],
        color=INK,
        lw=0.8,
        ls=(0, (1, 2)),
        zorder=1,
        drawstyle="steps-post" if measure != "eer" else "steps-pre",
        label="best for what it gives away",
    )
    _limits(axes, own, measure)
    axes.set_xlabel(f"{MEASURES[measure]}; {SPLIT_WORDS[split]}, n = {int(own['n_subjects'].max())} people")
    axes.set_ylabel("label named rightly, macro F1 (%)")
    figure.legend(loc="outside lower center", ncols=5)
    return figure


@styled
def verification_curves(curves: pd.DataFrame, *, n_people: int) -> Figure:
    """Draw both kinds of errors of verification against each other, one curve a release.

    Parameters
    ----------
    curves : pandas.DataFrame
        As `affectlib.privacy.tradeoff.strongest_curves` gives it.
    n_people : int
        Unseen people that were compared.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    figure = new_figure(width_in=COLUMN_IN, height_in=COLUMN_IN)
    axes = figure.subplots()
    axes.plot([0, 100], [100, 0], color=INK, lw=0.8, ls="--", label="nothing learnt")
    axes.plot([0, 100], [0, 100], color=FAINT, lw=0.8, label="equal error rate")
    for release, own in curves.groupby("release", sort=False):
        if release in RELEASE_COLOURS:
            value = "" if own["value"].iloc[0] == "None" else f" {own['value'].iloc[0]}"
            axes.plot(
                100 * own["false_match"],
                100 * own["false_non_match"],
                color=RELEASE_COLOURS[str(release)],
                label=f"{release}{value}: {100 * own['eer'].iloc[0]:.0f} %",
            )
    axes.set(xlim=(0, 100), ylim=(0, 100), aspect="equal")
    axes.set_xlabel("two people taken for one (%)")
    axes.set_ylabel(f"one person taken for two (%), n = {n_people} people")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _line(axes: Axes, release: str, rows: pd.DataFrame, measure: str) -> None:
    colour, named = RELEASE_COLOURS.get(release, FAINT), release in RELEASE_COLOURS
    x, y = 100 * rows[measure], 100 * rows["utility"]
    order = 4 if named else 2
    if named:
        axes.errorbar(
            x,
            y,
            xerr=_bars(rows, measure),
            yerr=_bars(rows, "utility"),
            fmt="none",
            ecolor=colour,
            elinewidth=0.5,
            alpha=0.5,
            zorder=order - 1,
        )
    axes.plot(x, y, "o-", color=colour, ms=4 if named else 2.5, lw=1.2 if named else 0.6, zorder=order,
              label=release if named else None)  # fmt: skip
    if not named:
        return
    for _, row in rows.iterrows():
        if row["value"] != "None":
            axes.annotate(
                row["value"],
                (100 * row[measure], 100 * row["utility"]),
                xytext=(2, 3),
                textcoords="offset points",
                fontsize=6,
                color=colour,
            )


def _name_the_others(axes: Axes, own: pd.DataFrame, measure: str) -> None:
    """Write the names of grey lines at their least useful ends; of those that end in one place, together."""
    ends = own.loc[own.groupby("release", sort=False)["utility"].idxmin()]
    for _, near in ends.groupby([(20 * ends[measure]).round(), (20 * ends["utility"]).round()], sort=False):
        axes.annotate(
            "\n".join(near["release"]),
            (100 * near[measure].mean(), 100 * near["utility"].min()),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=5.5,
            color="#777777",
        )


def _bars(rows: pd.DataFrame, name: str) -> np.ndarray:
    middle = rows[name].to_numpy()
    bars = np.abs(np.stack([middle - rows[f"{name}_low"], rows[f"{name}_high"] - middle]))
    return 100 * bars


def _limits(axes: Axes, own: pd.DataFrame, measure: str) -> None:
    if measure != "eer":
        chance = 100 * float(
            own["chance" if measure == "identification" else "identification_new_chance"].mean()
        )
        axes.axvline(chance, color=INK, lw=0.8, ls="--", label=f"chance ({chance:.0f} %)")
        axes.axvspan(chance / 4, 2 * chance, color="#009E73", alpha=0.08, lw=0, label="at most twice chance")
        # Logarithmic: twice as often is twice as bad, near chance as elsewhere.
        axes.set_xscale("log")
        ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100) if tick >= chance / 2]
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.set_xlim(chance / 2, 130)
    else:
        axes.axvline(50, color=INK, lw=0.8, ls="--", label="nothing learnt (50 %)")
        axes.axvspan(40, 52, color="#009E73", alpha=0.08, lw=0, label="at least 40 %")
        axes.set_xlim(52, 0)
    guessing = 100 * float(own["chance_f1"].mean())
    axes.axhline(guessing, color=FAINT, lw=0.8, ls="--")
    axes.text(
        axes.get_xlim()[1],
        guessing,
        "guessing the label ",
        ha="right",
        va="bottom",
        fontsize=6,
        color="#777777",
    )


@styled
def attackers_by_release(attacks: pd.DataFrame) -> Figure:
    """Draw how often each attacker names the walker from each release.

    Parameters
    ----------
    attacks : pandas.DataFrame
        As `affectlib.privacy.attackers.closed_table` gives it, by release and value.

    Returns
    -------
    matplotlib.figure.Figure
        The figure.
    """
    value = attacks["value"].where(attacks["value"] != "None", "")
    own = attacks.assign(row=(attacks["release"] + " " + value).str.strip())
    # Raw first, then what the strongest attacker finds in each, from most to least.
    order = own.groupby("row")["rank1"].max().sort_values(ascending=False, kind="stable").index
    attackers = own.groupby("attacker")["rank1"].max().sort_values(ascending=False, kind="stable").index
    wide = 100 * own.pivot(index="row", columns="attacker", values="rank1").loc[order, attackers]
    figure = new_figure(width_in=PAGE_IN, height_in=1.2 + 0.17 * len(order))
    axes = figure.subplots()
    image = axes.imshow(wide, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for (i, j), rate in np.ndenumerate(wide.to_numpy()):
        if np.isfinite(rate):
            axes.text(
                j, i, f"{rate:.0f}", ha="center", va="center", fontsize=6, color="white" if rate > 60 else INK
            )
    axes.set_xticks(range(len(attackers)), attackers, rotation=20, ha="right")
    axes.set_yticks(range(len(order)), order)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    chance, people = f"{100 * own['chance'].mean():.0f} %", int(own["n_subjects"].max())
    figure.colorbar(image, ax=axes, shrink=0.8, aspect=30)
    axes.set_xlabel(f"people named rightly at the first guess (%); chance {chance}, n = {people} people")
    return figure
