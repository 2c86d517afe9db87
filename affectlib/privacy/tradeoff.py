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
"""Bootstrap samples of an interval of F1."""

UNCHANGED = ("rank5", "take_rank1", "normalised", "selected_on_training", "chance")
"""Columns of `attackers_table` that the trade-off has by the same names."""


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
    identification = partial(closed_set_table, seed=seed)
    n_subjects = frames["labels"].groupby(keys)["subject"].nunique().rename("n_subjects").reset_index()
    table = utility_table(frames["labels"], seed=seed).merge(n_subjects, on=keys)
    for measured in (
        _strongest(
            _fit_attackers(attacks[attacks["split"] == "takes"]),
            {"attacker": "attacker"}
            | _with_interval("rank1", "identification")
            | {name: name for name in UNCHANGED},
        ),
        _strongest(_tabulate(frames["naive"], identification), {"rank1": "naive"}),
        _strongest(
            _fit_attackers(attacks[attacks["split"] == "subjects"]),
            _with_interval("rank1", "identification_new")
            | {name: f"identification_new_{name}" for name in ("attacker", "chance")},
        ),
        _strongest(
            _tabulate(frames["verification"], verification_table),
            {"attacker": "scorer"}
            | _with_interval("eer", "eer")
            | {"selected_on_training": "eer_selected_on_training"},
            measure="eer",
            lowest=True,
        ),
        _strongest(
            _tabulate(frames["linkage"], identification),
            _with_interval("rank1", "linkage") | {"chance": "linkage_chance"},
        ),
        _strongest(
            _tabulate(frames["gender"], partial(attribute_table, seed=seed)),
            _with_interval("balanced_accuracy", "gender"),
            measure="balanced_accuracy",
        ),
    ):
        table = table.merge(measured, on=keys, how="left")
    # Costs of privacy: a low equal error rate is a high one.
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
    table = []
    for keys, predictions in labels.groupby(list(KEYS), sort=False):
        scores = {name: _macro_f1(rows, seed) for name, rows in predictions.groupby("classifier")}
        best = max(scores, key=lambda name: scores[name][0])
        table.append((*keys, *scores[best], best, 1 / predictions["true"].nunique()))
    utility = ("utility", "utility_low", "utility_high")
    return pd.DataFrame(table, columns=[*KEYS, *utility, "classifier", "chance_f1"])


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
    measured = table.dropna(subset=["eer"])
    # A high equal error rate is private.
    most_private = measured.loc[measured.groupby("release", sort=False)["eer"].idxmax()]
    chosen = most_private[[*KEYS, "scorer", "eer"]].rename(columns={"scorer": "attacker"})
    merged = roc_table(curves, by=KEYS).merge(chosen, on=[*KEYS, "attacker"])
    return merged.drop(columns=["split", "attacker"])


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Return the mean F1 score of all labels that occur, shape (...).

    As scikit-learn's `f1_score` of confusion matrices, for many at a time.

    Parameters
    ----------
    counts : numpy.ndarray
        Confusion matrices, true labels in rows, shape (..., labels, labels).
    """
    correct = np.diagonal(counts, axis1=-2, axis2=-1)
    total = counts.sum(axis=-1) + counts.sum(axis=-2)
    occurs = counts.sum(axis=-1) > 0
    f1 = np.divide(2 * correct, total, out=np.zeros(correct.shape), where=total > 0)
    return (f1 * occurs).sum(axis=-1) / occurs.sum(axis=-1)


def _macro_f1(predictions: pd.DataFrame, seed: int) -> tuple[float, float, float]:
    """Return macro F1 over all test cycles with its bootstrap interval over subjects."""
    labels = np.unique(predictions[["true", "predicted"]].to_numpy(str))
    subjects, subject = np.unique(predictions["subject"].to_numpy(str), return_inverse=True)
    confusion = np.zeros((len(subjects), len(labels), len(labels)))
    columns = (predictions[name].to_numpy(str) for name in ("true", "predicted"))
    true, predicted = (np.searchsorted(labels, column) for column in columns)
    np.add.at(confusion, (subject, true, predicted), 1)
    samples = bootstrap_counts(len(subjects), rng=np.random.default_rng(seed), resamples=RESAMPLES)
    interval = percentile_interval(macro_f1(np.tensordot(samples, confusion, axes=1)))
    return float(macro_f1(confusion.sum(axis=0))), *interval


def _fit_attackers(attacks: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of attackers that succeed on raw series; all rows where there are no raw series."""
    raw = attacks[attacks["release"] == RAW]
    return attacks if raw.empty else with_fitness(attacks, raw).query("fit")


def _tabulate(frame: pd.DataFrame, table: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """Return the table of a frame by `KEYS`; an empty frame, which may lack columns, as it is."""
    return frame if frame.empty else table(frame, by=KEYS)


def _strongest(
    attacks: pd.DataFrame, names: Mapping[str, str], *, measure: str = "rank1", lowest: bool = False
) -> pd.DataFrame:
    """Return `KEYS` and the columns in `names`, renamed, of each release's strongest attacker."""
    if attacks.empty:
        return pd.DataFrame(columns=[*KEYS, *names.values()])
    best = strongest(attacks, by=KEYS, value=measure, lowest=lowest)
    return best[[*KEYS, *names]].rename(columns=names)


def _with_interval(name: str, new: str) -> dict[str, str]:
    """Return the new names of a rate and of the ends of its interval."""
    return {f"{name}{end}": f"{new}{end}" for end in ("", "_low", "_high")}
