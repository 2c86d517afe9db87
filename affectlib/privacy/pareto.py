"""Pareto-optimal releases, and the area under the privacy-utility trade-off."""

from __future__ import annotations

import numpy as np
import pandas as pd

RAW = "raw"
"""Name of the release that changes nothing."""

EVERY = "all together"
"""Name for all releases in one trade-off."""

AREAS = {"identification": "known_subjects", "identification_new": "new_subjects"}
CHANCE = {"identification": "chance", "identification_new": "identification_new_chance"}


def pareto(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return whether each release is Pareto-optimal, shape (releases,).

    Parameters
    ----------
    gain, cost : numpy.ndarray
        Utility and loss of privacy, shape (releases,).
    """
    at_least = (gain[None] >= gain[:, None]) & (cost[None] <= cost[:, None])
    dominated = at_least & ((gain[None] > gain[:, None]) | (cost[None] < cost[:, None]))
    return np.asarray(~dominated.any(axis=1))


def area_under_trade_off(gain: np.ndarray, cost: np.ndarray, *, worst: float, most: float) -> float:
    """Return the mean over costs from 0 to `most` of the best gain at no more than that cost.

    Parameters
    ----------
    gain, cost : numpy.ndarray
        Shape (releases,).
    worst : float
        Gain of guessing, where nothing is released.
    most : float
        Highest cost that counts.
    """
    order = np.argsort(cost)
    steps = np.clip(np.append(cost[order], most), 0, most)
    # At costs below the lowest nothing is released, and the label is guessed.
    best = np.maximum.accumulate(np.append(worst, gain[order]))
    return float((np.diff(np.append(0, steps)) * best).sum() / most)


def areas_under_trade_offs(table: pd.DataFrame) -> pd.DataFrame:
    """Compute the area under the trade-off of each release over the values of its parameter.

    Parameters
    ----------
    table : pandas.DataFrame
        See `affectlib.privacy.tradeoff.trade_off_table`.

    Returns
    -------
    pandas.DataFrame
        One row a release, and `EVERY`: areas of F1 over the identification of ``known_subjects`` and of
        ``new_subjects``, from 0 to 1, NaN where it was not measured; the best for new subjects first.
    """
    rows = []
    for release, rows_of_release in [*table.groupby("release", sort=False), (EVERY, table)]:
        row: dict[str, object] = {"release": release}
        for measure, name in AREAS.items():
            measured = rows_of_release.dropna(subset=[measure])
            gain, cost = measured["utility"].to_numpy(), measured[measure].to_numpy()
            chance = float(measured["chance_f1"].mean())
            row[name] = area_under_trade_off(gain, cost, worst=chance, most=1.0) if len(cost) else np.nan
        rows.append(row)
    order = list(AREAS.values())[::-1]
    return pd.DataFrame(rows).sort_values(order, ascending=False, kind="stable")


def most_useful(table: pd.DataFrame, measure: str, *, most: float = 2.0) -> str:
    """Return a caption with the most useful release among the private ones.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of one split of `affectlib.privacy.tradeoff.trade_off_table`.
    measure : str
        ``"identification"`` or ``"identification_new"``.
    most : float
        Identification rate up to which a release counts as private, as a multiple of chance.
    """
    private = table[table[measure] <= most * table[CHANCE[measure]]]
    best = "none"
    if len(private):
        row = private.sort_values("utility", kind="stable").iloc[-1]
        value = "" if row["value"] == "None" else f" {row['value']}"
        best = f"{row['release']}{value}, F1 {100 * row['utility']:.0f} %"
    raw = 100 * table.loc[table["release"] == RAW, "utility"].mean()
    limit = f"Most useful release with an identification rate of at most {most:g} times chance"
    return f"{limit}: {best} (raw series: {raw:.0f} %)."
