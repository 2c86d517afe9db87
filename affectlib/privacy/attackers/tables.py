"""Tables of identification attacks: rates with intervals, strongest attackers, and their fitness."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.statistics import bootstrap_counts, percentile_interval

SELECTED = "chosen on training data"
"""Name for the attacker with the highest inner accuracy, fold by fold, whichever that is."""

RESAMPLES = 2000

RATES = MappingProxyType({"rank1": ("rank", 1), "rank5": ("rank", 5), "take_rank1": ("take_rank", 1)})
"""Rates of identification: a column of ranks, and the last rank that counts."""


def subjects_interval(values: np.ndarray, *, level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a mean with subjects and seeds both resampled.

    Parameters
    ----------
    values : numpy.ndarray
        One value a seed and subject, NaN where a subject was not attacked, shape (seeds, subjects).
    """
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    rng = np.random.default_rng(seed)
    seeds, subjects = (bootstrap_counts(size, rng=rng, resamples=RESAMPLES) for size in values.shape)
    # A mean over a sample is a mean weighted by counts; cells without attacks have no weight.
    sums = np.einsum("rs,sp,rp->r", seeds, filled, subjects)
    counts = np.einsum("rs,sp,rp->r", seeds, known.astype(float), subjects)
    return percentile_interval(sums[counts > 0] / counts[counts > 0], level=level)


def with_selected(attacks: pd.DataFrame, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add rows of the attacker that would be selected on training data alone.

    The best attacker on test data is selected with knowledge of the answers, which errs on the side of
    caution; the added rows show what is reached without it.

    Parameters
    ----------
    by : sequence of str
        Columns that identify a release; ``fold`` and ``seed`` are added where present.

    Returns
    -------
    pandas.DataFrame
        All rows, and those of each selected attacker again under the name `SELECTED`.
    """
    keys = [*by, *(name for name in ("seed", "fold") if name in attacks and name not in by)]
    frames = [attacks]
    for _, attack in attacks.groupby(keys, sort=True) if keys else [((), attacks)]:
        inner = attack.groupby("attacker", sort=False)["inner_accuracy"].first()
        if inner.notna().any():
            frames.append(attack[attack["attacker"] == inner.idxmax()].assign(attacker=SELECTED))
    return pd.concat(frames, ignore_index=True)


def closed_set_table(
    attacks: pd.DataFrame, *, by: Sequence[str] = (), level: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Compute identification rates in which every subject has the same weight.

    Parameters
    ----------
    attacks : pandas.DataFrame
        Frames of `affectlib.privacy.attackers.closed_set.attack_closed_set`, with columns ``fold`` and
        ``seed`` where there are several.
    by : sequence of str
        Columns that identify a release, for example release and value.
    level : float
        Coverage of the bootstrap intervals over subjects and seeds, as of all tables.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by` and attacker, `SELECTED` among them: ``rank1``, ``rank5`` and
        ``take_rank1`` (scores averaged over a take), each with ``_low`` and ``_high``; ``chance``
        (1 / subjects); ``normalised``, (rank1 - chance) / (1 - chance), with its interval; ``n_subjects``
        and ``inner_accuracy``.
    """
    attacks = with_selected(attacks, by=by)
    rows = []
    for keys, attack in attacks.groupby([*by, "attacker"], sort=True):
        chance = float((1 / attack["n_subjects"]).mean())
        rates: dict[str, float] = {}
        for name, (column, last) in RATES.items():
            values = _subject_means(attack.assign(hit=attack[column] <= last))
            low, high = subjects_interval(values, level=level, seed=seed)
            rates |= {name: float(np.nanmean(values)), f"{name}_low": low, f"{name}_high": high}
        for end in ("", "_low", "_high"):
            rates[f"normalised{end}"] = (rates[f"rank1{end}"] - chance) / (1 - chance)
        rows.append(
            dict(zip([*by, "attacker"], keys, strict=True))
            | rates
            | {
                "chance": chance,
                "n_subjects": int(attack["n_subjects"].max()),
                "inner_accuracy": float(attack["inner_accuracy"].mean()),
            }
        )
    return pd.DataFrame(rows)


def strongest(
    table: pd.DataFrame, *, by: Sequence[str] = (), value: str = "rank1", lowest: bool = False
) -> pd.DataFrame:
    """Return the row of each release's strongest attacker.

    Parameters
    ----------
    by : sequence of str
        Columns that identify a release.
    value : str
        Column to compare by.
    lowest : bool
        Whether the lowest value is the strongest attack, as for an equal error rate.

    Returns
    -------
    pandas.DataFrame
        With ``selected_on_training``, the `value` of `SELECTED` (NaN without).
    """
    rows = []
    for _, attacks in table.groupby(list(by), sort=True) if by else [((), table)]:
        single = attacks[attacks["attacker"] != SELECTED]
        selected = attacks.loc[attacks["attacker"] == SELECTED, value]
        best = int((single[value] if lowest else -single[value]).to_numpy().argmin())
        reached = selected.iloc[0] if len(selected) else float("nan")
        rows.append(single.iloc[best].to_dict() | {"selected_on_training": reached})
    return pd.DataFrame(rows)


def with_fitness(table: pd.DataFrame, raw: pd.DataFrame) -> pd.DataFrame:
    """Add the column ``fit``: whether an attacker's failure is evidence of privacy.

    An attacker whose whole interval on raw data is not above chance is unfit.

    Parameters
    ----------
    table : pandas.DataFrame
        Results on releases, with a column ``attacker``.
    raw : pandas.DataFrame
        Results of the same attackers on raw data, one row an attacker: ``rank1_low`` and ``chance``.

    Raises
    ------
    ParameterError
        If an attacker was not tried on raw data.
    """
    untried = sorted(set(table["attacker"]) - set(raw["attacker"]))
    if untried:
        raise ParameterError(
            "attackers were not tried on raw data, so that their fitness is unknown",
            found=", ".join(untried),
            remedy="Attack raw data by the same attackers first.",
        )
    fit = raw.loc[raw["rank1_low"] > raw["chance"], "attacker"]
    return table.assign(fit=table["attacker"].isin(fit))


def _subject_means(attack: pd.DataFrame) -> np.ndarray:
    """Return the rate of hits of each seed and subject, NaN where there was no attack."""
    seed = attack["seed"] if "seed" in attack else pd.Series(0, index=attack.index, name="seed")
    return attack.groupby([seed, "subject"])["hit"].mean().unstack("subject").to_numpy(dtype=float)
