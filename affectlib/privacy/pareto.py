"""Fronts: what nothing beats, what it sums up to, and which of it to take."""

from __future__ import annotations

import numpy as np
import pandas as pd

RAW = "raw"
"""Name of the release that changes nothing."""

EVERY = "all together"
"""Stands for whichever release is best at a price."""


def pareto(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Find what nothing beats: no other has as much gain at less cost, or more at as little.

    Parameters
    ----------
    gain : numpy.ndarray
        What is wanted, shape (releases,).
    cost : numpy.ndarray
        What it costs, shape (releases,).

    Returns
    -------
    numpy.ndarray
        True on the front, shape (releases,).
    """
    at_least = (gain[None] >= gain[:, None]) & (cost[None] <= cost[:, None])
    beaten = at_least & ((gain[None] > gain[:, None]) | (cost[None] < cost[:, None]))
    return np.asarray(~beaten.any(axis=1))


def area_under_trade_off(gain: np.ndarray, cost: np.ndarray, *, worst: float, most: float) -> float:
    """Summarise a front by one number: the mean gain over all costs that one may be ready to pay.

    Parameters
    ----------
    gain : numpy.ndarray
        What releases are good for, shape (releases,).
    cost : numpy.ndarray
        What they cost, shape (releases,).
    worst : float
        Gain where nothing is released, and cost as little as can be: guessing.
    most : float
        Highest cost that counts; the lowest is 0.

    Returns
    -------
    float
        Mean over costs from 0 to `most` of the best gain to be had for it; from `worst` up to 1.
    """
    order = np.argsort(cost)
    steps = np.clip(np.append(cost[order], most), 0, most)
    best = np.maximum.accumulate(np.append(worst, gain[order]))
    return float((np.diff(np.append(0, steps)) * best).sum() / most)


def areas_under_trade_offs(table: pd.DataFrame) -> pd.DataFrame:
    """Sum up each release, its parameter turned at will, by the area under its trade-off.

    Parameters
    ----------
    table : pandas.DataFrame
        As `affectlib.privacy.tradeoff.trade_off_table` gives it.

    Returns
    -------
    pandas.DataFrame
        One row a release, and `EVERY` for all of them together: `area_under_trade_off` of F1 over the
        identification of ``known_subjects`` and of ``new_subjects``, each from 0 to 1; NaN where it was not
        measured. Ordered by what new people are left with.
    """
    names = {"identification": "known_subjects", "identification_new": "new_subjects"}
    rows = []
    for release, own in [*table.groupby("release", sort=False), (EVERY, table)]:
        row: dict[str, object] = {"release": release}
        for measure, name in names.items():
            asked = own.dropna(subset=[measure])
            row[name] = np.nan
            if len(asked):
                row[name] = area_under_trade_off(
                    asked["utility"].to_numpy(),
                    asked[measure].to_numpy(),
                    worst=float(asked["chance_f1"].mean()),
                    most=1.0,
                )
        rows.append(row)
    return pd.DataFrame(rows).sort_values(list(names.values())[::-1], ascending=False, kind="stable")


def most_useful(table: pd.DataFrame, measure: str, *, most: float = 2.0) -> str:
    """Name the most useful of the releases that give little away.

    Parameters
    ----------
    table : pandas.DataFrame
        As `affectlib.privacy.tradeoff.trade_off_table` gives it, of one split.
    measure : str
        ``"identification"`` or ``"identification_new"``.
    most : float
        What counts as little, as a multiple of chance.

    Returns
    -------
    str
        A sentence for below a figure.
    """
    chance = {"identification": "chance", "identification_new": "identification_new_chance"}[measure]
    kept = table[table[measure] <= most * table[chance]].sort_values("utility", kind="stable")
    best = kept.iloc[-1] if len(kept) else None
    value = "" if best is None or best["value"] == "None" else f" {best['value']}"
    told = "none" if best is None else f"{best['release']}{value}, F1 {100 * best['utility']:.0f} %"
    raw = 100 * table.loc[table["release"] == RAW, "utility"].mean()
    limit = f"Most useful of those that name people at most {most:g} times as often as chance"
    return f"{limit}: {told} (raw series: {raw:.0f} %)."
