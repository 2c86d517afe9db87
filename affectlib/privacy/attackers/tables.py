"""What attacks came to: how often people are named, by whom, against chance, and whether to believe it."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError

SELECTED = "chosen on training data"
"""Stands for whichever attacker was best in tuning, fold by fold, without a look at what is attacked."""

RESAMPLES = 2000

RATES = MappingProxyType({"rank1": ("rank", 1), "rank5": ("rank", 5), "take_rank1": ("take_rank", 1)})
"""What counts as a hit: a column of attacks, and the last place that counts."""


def people_interval(
    values: np.ndarray, *, level: float = 0.95, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Percentile bootstrap interval of a mean over people and seeds, both drawn anew.

    Parameters
    ----------
    values : numpy.ndarray
        One value a seed and person, NaN where a person was not attacked, shape (seeds, people).
    level : float
        Coverage.
    seed : int
        Seed of the resampling.
    resamples : int
        How often to resample.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    rng = np.random.default_rng(seed)
    n_seeds, n_people = values.shape
    # How often each seed and each person is drawn: a mean over draws is a weighted mean.
    seeds = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=resamples)
    people = rng.multinomial(n_people, np.full(n_people, 1 / n_people), size=resamples)
    sums = np.einsum("rs,sp,rp->r", seeds, filled, people)
    counts = np.einsum("rs,sp,rp->r", seeds, known.astype(float), people)
    low, high = np.quantile(sums[counts > 0] / counts[counts > 0], [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def with_selected(attacks: pd.DataFrame, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add the attacker that tuning alone would have chosen.

    The best attacker on what is attacked is a choice made with the answers in hand: it flatters the
    attacker, and is on the safe side for whoever releases. This row is what an attacker without the
    answers would have reached.

    Parameters
    ----------
    attacks : pandas.DataFrame
        As `affectlib.privacy.attackers.closed.attack_closed` gives it, of any number of folds.
    by : sequence of str
        Columns that tell one enrolment from another (release, value, seed); ``fold`` and ``seed``
        count where present.

    Returns
    -------
    pandas.DataFrame
        The same rows, and for each enrolment those of its chosen attacker once more, by the name of
        `SELECTED`.
    """
    keys = [*by, *(name for name in ("seed", "fold") if name in attacks and name not in by)]
    parts = [attacks]
    for _, own in attacks.groupby(keys, sort=True) if keys else [((), attacks)]:
        inner = own.groupby("attacker", sort=False)["inner_accuracy"].first()
        if inner.notna().any():
            parts.append(own[own["attacker"] == inner.idxmax()].assign(attacker=SELECTED))
    return pd.concat(parts, ignore_index=True)


def closed_table(
    attacks: pd.DataFrame, *, by: Sequence[str] = (), level: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Tell how often each attacker names the walker, every person counting the same.

    Parameters
    ----------
    attacks : pandas.DataFrame
        As `affectlib.privacy.attackers.closed.attack_closed` gives it, of any number of folds and
        seeds (columns ``fold`` and ``seed`` where there are several).
    by : sequence of str
        Columns of `attacks` to keep apart, for example release and value.
    level : float
        Coverage of the intervals.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by` and attacker, `SELECTED` among them: ``rank1``, ``rank5`` and
        ``take_rank1`` (a whole take at once), each with ``_low`` and ``_high``, the interval over
        people and seeds; ``chance`` (1 / people); ``normalised``, (rank1 - chance) / (1 - chance), 0
        for guessing and 1 for certainty, with its interval; ``n_subjects`` and ``inner_accuracy``.
    """
    attacks = with_selected(attacks, by=by)
    rows = []
    for keys, own in attacks.groupby([*by, "attacker"], sort=True):
        chance = float((1 / own["n_subjects"]).mean())
        rates: dict[str, float] = {}
        place, shape = _cells(own)
        for name, (column, most) in RATES.items():
            values = _means(own[column].to_numpy() <= most, place, shape)
            low, high = people_interval(values, level=level, seed=seed)
            rates |= {name: float(np.nanmean(values)), f"{name}_low": low, f"{name}_high": high}
        for end in ("", "_low", "_high"):
            rates[f"normalised{end}"] = (rates[f"rank1{end}"] - chance) / (1 - chance)
        rows.append(
            dict(zip([*by, "attacker"], keys, strict=True))
            | rates
            | {
                "chance": chance,
                "n_subjects": int(own["n_subjects"].max()),
                "inner_accuracy": float(own["inner_accuracy"].mean()),
            }
        )
    return pd.DataFrame(rows)


def strongest(
    table: pd.DataFrame, *, by: Sequence[str] = (), value: str = "rank1", lowest: bool = False
) -> pd.DataFrame:
    """Keep the strongest attacker of each release, and say what the one chosen inside reached.

    Parameters
    ----------
    table : pandas.DataFrame
        As `closed_table` gives it, or any other with the columns `by`, ``attacker`` and `value`.
    by : sequence of str
        Columns that tell releases apart.
    value : str
        Column to compare by.
    lowest : bool
        Whether the lowest value is the strongest attack, as for an equal error rate.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by`: that of the strongest attacker, and ``selected_on_training``, the `value` of
        `SELECTED` (NaN without one).
    """
    rows = []
    for _, own in table.groupby(list(by), sort=True) if by else [((), table)]:
        single = own[own["attacker"] != SELECTED]
        inside = own.loc[own["attacker"] == SELECTED, value]
        best = int((single[value] if lowest else -single[value]).to_numpy().argmin())
        rows.append(
            single.iloc[best].to_dict()
            | {"selected_on_training": inside.iloc[0] if len(inside) else float("nan")}
        )
    return pd.DataFrame(rows)


def with_fitness(
    table: pd.DataFrame,
    raw: pd.DataFrame,
    *,
    low: str = "rank1_low",
    chance: str | float = "chance",
    lowest: bool = False,
) -> pd.DataFrame:
    """Say of each attacker whether its failure means anything.

    An attacker that cannot beat chance on raw data, by its whole interval, is unfit: that it names
    nobody from a release is no sign of privacy.

    Parameters
    ----------
    table : pandas.DataFrame
        Results on releases, with a column ``attacker``.
    raw : pandas.DataFrame
        Results of the same attackers on raw data, one row an attacker.
    low : str
        Column of `raw` with the end of the interval that lies towards chance.
    chance : str or float
        Column of `raw` with what guessing gives, or the number itself.
    lowest : bool
        Whether low values are strong attacks.

    Returns
    -------
    pandas.DataFrame
        `table` with the column ``fit``.

    Raises
    ------
    ParameterError
        If an attacker was never tried on raw data.
    """
    level = raw[chance] if isinstance(chance, str) else chance
    able = raw[low] < level if lowest else raw[low] > level
    fit = dict(zip(raw["attacker"], able.astype(bool), strict=True))
    untried = sorted(set(table["attacker"]) - set(fit))
    if untried:
        raise ParameterError(
            "attackers were not tried on raw data, so that nobody knows whether they can attack",
            found=", ".join(untried),
            remedy="Attack raw data by the same attackers first.",
        )
    return table.assign(fit=table["attacker"].map(fit).astype(bool))


def _cells(attacks: pd.DataFrame) -> tuple[np.ndarray, tuple[int, int]]:
    """Where each attack stands in a flat table of seeds by people, and that table's shape."""
    seeds, seed = np.unique(attacks.get("seed", np.zeros(len(attacks))), return_inverse=True)
    people, person = np.unique(attacks["subject"].to_numpy(dtype=str), return_inverse=True)
    return seed * len(people) + person, (len(seeds), len(people))


def _means(hit: np.ndarray, place: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Rate of hits of each seed and person, NaN where there was no attack."""
    n_cells = shape[0] * shape[1]
    attacks = np.bincount(place, minlength=n_cells)
    hits = np.bincount(place, weights=hit, minlength=n_cells)
    return np.divide(hits, attacks, out=np.full(n_cells, np.nan), where=attacks > 0).reshape(shape)
