"""The privacy-utility trade-off: utility of each release beside the success of its strongest attacker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from affectlib.evaluation.statistics import bootstrap_counts, percentile_interval
from affectlib.privacy.attackers import (
    attribute_table,
    closed_set_table,
    roc_table,
    strongest,
    verification_table,
    with_fitness,
)
from affectlib.privacy.pareto import RAW, pareto

KEYS = ("split", "release", "value")
RESAMPLES = 1000


def trade_off_table(
    frames: Mapping[str, pd.DataFrame], attacks: pd.DataFrame, *, seed: int = 0
) -> pd.DataFrame:
    """Compute utility and privacy of each release.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        ``labels``, ``naive``, ``verification``, ``linkage`` and ``gender``, each with the columns `KEYS`,
        or empty.
    attacks : pandas.DataFrame
        `attackers_table` of the same frames. Attackers that fail on raw series do not count; all count
        where raw series are not among the releases.
    seed : int
        Random seed of the bootstraps.

    Returns
    -------
    pandas.DataFrame
        One row a split, release and value, NaN where something was not measured: `KEYS`; the columns of
        `utility_table`; ``n_subjects``; of the strongest attacker ``identification`` (rank-1, a fraction),
        ``attacker``, ``rank5``, ``take_rank1``, ``normalised``, ``selected_on_training``, ``chance``;
        ``naive``, rank-1 of the strongest attacker that enrolled with raw series; ``identification_new`` of
        subjects enrolled after fitting, ``identification_new_attacker``, ``identification_new_chance``;
        ``eer`` of verification by the strongest ``scorer``, ``eer_selected_on_training``; ``linkage``
        (rank-1), ``linkage_chance``; ``gender`` (balanced accuracy). Rates have intervals ``_low`` and
        ``_high``. ``pareto_identification``, ``pareto_identification_new`` and ``pareto_eer`` mark
        Pareto-optimal rows.
    """
    keys = list(KEYS)
    n_subjects = frames["labels"].groupby(keys)["subject"].nunique().rename("n_subjects").reset_index()
    known, new = (_fit_attackers(attacks[attacks["split"] == split]) for split in ("takes", "subjects"))
    columns = ["attacker", *_ends("rank1"), "rank5", "take_rank1", "normalised", "selected_on_training"]
    new_columns = [*_ends("rank1"), "attacker", "chance"]
    new_names = {name: f"identification_new_{name}" for name in ("attacker", "chance")}
    closed_set = partial(closed_set_table, by=KEYS, seed=seed)
    table = utility_table(frames["labels"], seed=seed).merge(n_subjects, on=keys)
    for part in (
        _strongest(known, [*columns, "chance"], _renamed("rank1", "identification")),
        _strongest(frames["naive"], ["rank1"], {"rank1": "naive"}, closed_set),
        _strongest(new, new_columns, _renamed("rank1", "identification_new") | new_names),
        _strongest(
            frames["verification"],
            ["attacker", *_ends("eer"), "selected_on_training"],
            {"attacker": "scorer", "selected_on_training": "eer_selected_on_training"},
            partial(verification_table, by=KEYS),
            value="eer",
            lowest=True,
        ),
        _strongest(
            frames["linkage"],
            [*_ends("rank1"), "chance"],
            _renamed("rank1", "linkage") | {"chance": "linkage_chance"},
            closed_set,
        ),
        _strongest(
            frames["gender"],
            _ends("balanced_accuracy"),
            _renamed("balanced_accuracy", "gender"),
            partial(attribute_table, by=KEYS, seed=seed),
            value="balanced_accuracy",
        ),
    ):
        table = table.merge(part, on=keys, how="left")
    for measure, sign in (("identification", 1.0), ("identification_new", 1.0), ("eer", -1.0)):
        table[f"pareto_{measure}"] = False
        for _, rows in table.dropna(subset=[measure]).groupby("split"):
            optimal = pareto(rows["utility"].to_numpy(), sign * rows[measure].to_numpy())
            table.loc[rows.index, f"pareto_{measure}"] = optimal
    return table


def attackers_table(frames: Mapping[str, pd.DataFrame], *, seed: int = 0) -> pd.DataFrame:
    """Compute identification rates of every attacker, beside the utility of the release.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        ``labels``, ``closed_set`` and ``new_subjects``, each with the columns `KEYS`; one of the last two
        may be empty.

    Returns
    -------
    pandas.DataFrame
        One row a split, release, value and attacker: the columns of
        `affectlib.privacy.attackers.closed_set_table` and ``utility``.
    """
    attacks = pd.concat([frames["closed_set"], frames["new_subjects"]], ignore_index=True)
    utility = utility_table(frames["labels"], seed=seed)[[*KEYS, "utility"]]
    return closed_set_table(attacks, by=KEYS, seed=seed).merge(utility, on=list(KEYS))


def strongest_curves(curves: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the curve of each release's strongest scorer at the most private value.

    Parameters
    ----------
    curves : pandas.DataFrame
        The frame ``roc`` of all attacks, with the columns `KEYS`.
    table : pandas.DataFrame
        See `trade_off_table`.

    Returns
    -------
    pandas.DataFrame
        ``release value false_match false_non_match eer``.
    """
    # A high equal error rate is private.
    measured = table.dropna(subset=["eer"])
    best = measured.loc[measured.groupby("release", sort=False)["eer"].idxmax()]
    chosen = best[[*KEYS, "scorer", "eer"]].rename(columns={"scorer": "attacker"})
    merged = roc_table(curves, by=KEYS).merge(chosen, on=[*KEYS, "attacker"])
    return merged.drop(columns=["split", "attacker"])


def _fit_attackers(attacks: pd.DataFrame) -> pd.DataFrame:
    raw = attacks[attacks["release"] == RAW]
    if not len(raw):
        return attacks
    return with_fitness(attacks, raw).query("fit")


def _strongest(
    attacks: pd.DataFrame,
    columns: list[str],
    names: Mapping[str, str],
    tabulate: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
    *,
    value: str = "rank1",
    lowest: bool = False,
) -> pd.DataFrame:
    """Return `KEYS` and renamed columns of each release's strongest attacker; no row without attacks."""
    if attacks.empty:
        return pd.DataFrame(columns=[*KEYS, *columns]).rename(columns=names)
    table = attacks if tabulate is None else tabulate(attacks)
    best = strongest(table, by=KEYS, value=value, lowest=lowest)
    return best[[*KEYS, *columns]].rename(columns=names)


def _ends(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high"]


def _renamed(name: str, new: str) -> dict[str, str]:
    return dict(zip(_ends(name), _ends(new), strict=True))


def utility_table(labels: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Compute the macro F1 of the label, by the better of two classifiers.

    Parameters
    ----------
    labels : pandas.DataFrame
        Frames of `affectlib.privacy.utility.classify_labels` of any number of folds and seeds, with the
        columns `KEYS`.

    Returns
    -------
    pandas.DataFrame
        One row a release and value: `KEYS`, ``utility`` (a fraction) with ``utility_low`` and
        ``utility_high``, the 95 % bootstrap interval over subjects; ``classifier``; ``chance_f1``, 1 /
        labels.
    """
    rows = []
    for keys, predictions in labels.groupby(list(KEYS), sort=False):
        scores = {name: _macro_f1(part, seed) for name, part in predictions.groupby("classifier")}
        best = max(scores, key=lambda name: scores[name][0])
        row = dict(zip([*KEYS, *_ends("utility")], [*keys, *scores[best]], strict=True))
        rows.append(row | {"classifier": best, "chance_f1": 1 / predictions["true"].nunique()})
    return pd.DataFrame(rows)


def _macro_f1(predictions: pd.DataFrame, seed: int) -> tuple[float, float, float]:
    """Return macro F1 over all test cycles with its bootstrap interval over subjects."""
    labels = np.unique(predictions[["true", "predicted"]].to_numpy(str))
    subjects, subject = np.unique(predictions["subject"].to_numpy(str), return_inverse=True)
    counts = np.zeros((len(subjects), len(labels), len(labels)))
    columns = (predictions[name].to_numpy(str) for name in ("true", "predicted"))
    true, predicted = (np.searchsorted(labels, column) for column in columns)
    np.add.at(counts, (subject, true, predicted), 1)
    samples = bootstrap_counts(len(subjects), rng=np.random.default_rng(seed), resamples=RESAMPLES)
    interval = percentile_interval(macro_f1(np.tensordot(samples, counts, axes=1)))
    return float(macro_f1(counts.sum(axis=0))), *interval


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Return the mean F1 score of all labels that occur, shape (...).

    As scikit-learn's `f1_score` of confusion matrices, for many at a time.

    Parameters
    ----------
    counts : numpy.ndarray
        Confusion matrices, true labels in rows, shape (..., labels, labels).
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    total = counts.sum(axis=-1) + counts.sum(axis=-2)
    occurs = counts.sum(axis=-1) > 0
    f1 = np.divide(2 * right, total, out=np.zeros(right.shape), where=total > 0)
    return (f1 * occurs).sum(axis=-1) / occurs.sum(axis=-1)
