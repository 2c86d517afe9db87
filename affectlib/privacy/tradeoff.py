"""One row a release: what it keeps of the label, and what the strongest attacker gets of the person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from affectlib.privacy.attackers import (
    attribute_table,
    closed_table,
    open_table,
    roc_table,
    strongest,
    with_fitness,
)
from affectlib.privacy.pareto import RAW, pareto

KEYS = ("split", "release", "value")
RESAMPLED = 1000
IDENTIFICATION = ("identification", "identification_low", "identification_high")


def trade_off_table(
    frames: Mapping[str, pd.DataFrame], attacks: pd.DataFrame, *, seed: int = 0
) -> pd.DataFrame:
    """Put what is kept beside what is given away.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        ``labels``, ``naive``, ``verification``, ``linkage`` and ``gender``, each with the columns `KEYS`, or
        empty.
    attacks : pandas.DataFrame
        As `attackers_table` makes it of the same frames.
        On the raw series attackers prove that they can attack; without it among the releases all count.
    seed : int
        Seed of the bootstraps.

    Returns
    -------
    pandas.DataFrame
        One row a split, release and value: `KEYS`; ``utility`` and more from `utility_table`;
        ``identification`` (rank-1 of the strongest fit attacker, a fraction) with ``_low``, ``_high``,
        ``attacker``, ``rank5``, ``normalised``, ``selected_on_training`` (of the attacker chosen
        on training data), ``chance``; ``naive``, rank-1 of the strongest who enrolled with raw walks (NaN
        where the release is no series); ``identification_new`` (the same for subjects enrolled after
        fitting, among fewer: ``identification_new_chance``), ``eer`` (verification by the strongest
        ``scorer``),
        ``linkage`` to a raw gallery (rank 1) and ``gender`` (balanced accuracy), each with ``_low`` and
        ``_high``; ``n_subjects``; and whether the row is on the Pareto front, ``pareto_identification``,
        ``pareto_identification_new`` and ``pareto_eer``.
        What was not measured is NaN.
    """
    table = utility_table(frames["labels"], seed=seed)
    people = frames["labels"].groupby(list(KEYS))["subject"].nunique().rename("n_subjects").reset_index()
    table = table.merge(people, on=list(KEYS))
    known, new = (attacks[attacks["split"] == split] for split in ("takes", "subjects"))
    table = table.merge(_identification(known), on=list(KEYS), how="left")
    table = table.merge(_naive(frames["naive"], seed), on=list(KEYS), how="left")
    table = table.merge(_new_subjects(new), on=list(KEYS), how="left")
    table = table.merge(_verification(frames["verification"]), on=list(KEYS), how="left")
    table = table.merge(_linkage(frames["linkage"], seed), on=list(KEYS), how="left")
    table = table.merge(_gender(frames["gender"], seed), on=list(KEYS), how="left")
    for measure, cost in (("identification", 1.0), ("identification_new", 1.0), ("eer", -1.0)):
        table[f"pareto_{measure}"] = False
        for _, own in table.dropna(subset=[measure]).groupby("split"):
            front = pareto(own["utility"].to_numpy(), cost * own[measure].to_numpy())
            table.loc[own.index, f"pareto_{measure}"] = front
    return table


def strongest_curves(curves: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the curves of each release's strongest scorer, where the release protects best.

    Parameters
    ----------
    curves : pandas.DataFrame
        The ``roc`` of all attacks, with the columns `KEYS`.
    table : pandas.DataFrame
        As `trade_off_table` gives it.

    Returns
    -------
    pandas.DataFrame
        ``release value false_match false_non_match``, and ``eer`` as in `table`: of each release the
        value of its parameter with the highest equal error rate.
    """
    asked = table.dropna(subset=["eer"])
    best = asked.loc[asked.groupby("release", sort=False)["eer"].idxmax()]
    chosen = best[[*KEYS, "scorer", "eer"]].rename(columns={"scorer": "attacker"})
    return (
        roc_table(curves, by=KEYS).merge(chosen, on=[*KEYS, "attacker"]).drop(columns=["split", "attacker"])
    )


def attackers_table(frames: Mapping[str, pd.DataFrame], *, seed: int = 0) -> pd.DataFrame:
    """Put every attacker on every release beside what the release is good for.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        ``labels``, ``closed_set`` (known subjects, split by takes) and ``new_subjects`` (split by
        subjects), each with the columns `KEYS`; of the last two one may be empty.
    seed : int
        Seed of the bootstraps.

    Returns
    -------
    pandas.DataFrame
        One row a split, release, value and attacker: the columns of
        `affectlib.privacy.attackers.closed_table` and ``utility``.
    """
    attacks = pd.concat([frames["closed_set"], frames["new_subjects"]], ignore_index=True)
    useful = utility_table(frames["labels"], seed=seed)[[*KEYS, "utility"]]
    return closed_table(attacks, by=KEYS, seed=seed).merge(useful, on=list(KEYS))


def _identification(attacks: pd.DataFrame) -> pd.DataFrame:
    names = {f"rank1{end}": f"identification{end}" for end in ("", "_low", "_high")}
    kept = [*KEYS, "attacker", *names, "rank5", "take_rank1", "normalised", "selected_on_training", "chance"]
    raw = attacks[attacks["release"] == RAW]
    fit = with_fitness(attacks, raw) if len(raw) else attacks.assign(fit=True)
    if not fit["fit"].any():
        return pd.DataFrame(columns=kept).rename(columns=names)  # nobody can attack: nothing is known
    return strongest(fit[fit["fit"]], by=KEYS)[kept].rename(columns=names)


def _new_subjects(attacks: pd.DataFrame) -> pd.DataFrame:
    names = {name: name.replace("identification", "identification_new") for name in IDENTIFICATION}
    names |= {"attacker": "identification_new_attacker", "chance": "identification_new_chance"}
    return _identification(attacks)[[*KEYS, *names]].rename(columns=names)


def _naive(attacks: pd.DataFrame, seed: int) -> pd.DataFrame:
    if attacks.empty:
        return pd.DataFrame(columns=[*KEYS, "naive"])
    best = strongest(closed_table(attacks, by=KEYS, seed=seed), by=KEYS)
    return best.rename(columns={"rank1": "naive"})[[*KEYS, "naive"]]


def _verification(attacks: pd.DataFrame) -> pd.DataFrame:
    kept = [*KEYS, "scorer", "eer", "eer_low", "eer_high", "eer_selected_on_training"]
    if attacks.empty:
        return pd.DataFrame(columns=kept)
    best = strongest(open_table(attacks, by=KEYS), by=KEYS, value="eer", lowest=True)
    return best.rename(columns={"attacker": "scorer", "selected_on_training": "eer_selected_on_training"})[
        kept
    ]


def _linkage(attacks: pd.DataFrame, seed: int) -> pd.DataFrame:
    names = {
        "rank1": "linkage",
        "rank1_low": "linkage_low",
        "rank1_high": "linkage_high",
        "chance": "linkage_chance",
    }
    if attacks.empty:
        return pd.DataFrame(columns=[*KEYS, *names.values()])
    return strongest(closed_table(attacks, by=KEYS, seed=seed), by=KEYS)[[*KEYS, *names]].rename(
        columns=names
    )


def _gender(attacks: pd.DataFrame, seed: int) -> pd.DataFrame:
    names = {f"balanced_accuracy{end}": f"gender{end}" for end in ("", "_low", "_high")}
    if attacks.empty:
        return pd.DataFrame(columns=[*KEYS, *names.values()])
    every = attribute_table(attacks, by=KEYS, seed=seed)
    return strongest(every, by=KEYS, value="balanced_accuracy")[[*KEYS, *names]].rename(columns=names)


def utility_table(labels: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Tell how well the label is named from each release, by the better of two classifiers.

    Parameters
    ----------
    labels : pandas.DataFrame
        As `affectlib.privacy.utility.recognise` gives it, of any number of folds and seeds, with the
        columns `KEYS`.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row a release and value: `KEYS`, ``utility`` (macro F1 of the better classifier, a fraction) with
        ``utility_low`` and ``utility_high``, the 95 % interval over people; ``classifier``; ``chance_f1``,
        one over the number of labels.
    """
    rows = []
    for keys, own in labels.groupby(list(KEYS), sort=False):
        found = {name: _macro_f1(part, seed) for name, part in own.groupby("classifier")}
        best = max(found, key=lambda name: found[name][0])
        middle, low, high = found[best]
        row = dict(zip(KEYS, keys, strict=True)) | {
            "utility": middle,
            "utility_low": low,
            "utility_high": high,
        }
        rows.append(row | {"classifier": best, "chance_f1": 1 / own["true"].nunique()})
    return pd.DataFrame(rows)


def _macro_f1(own: pd.DataFrame, seed: int) -> tuple[float, float, float]:
    """Macro F1 over all test cycles and its interval when other people might have been recorded."""
    names = np.unique(own[["true", "predicted"]].to_numpy(str))
    people, person = np.unique(own["subject"].to_numpy(str), return_inverse=True)
    counts = np.zeros((len(people), len(names), len(names)))
    truth, predicted = (np.searchsorted(names, own[name].to_numpy(str)) for name in ("true", "predicted"))
    np.add.at(counts, (person, truth, predicted), 1)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), RESAMPLED)
    scores = macro_f1(np.tensordot(drawn, counts, axes=1))
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(macro_f1(counts.sum(axis=0))), float(low), float(high)


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Average the F1 scores of all labels that occur.

    Parameters
    ----------
    counts : numpy.ndarray
        How often each label (rows) was taken for each (columns), shape (..., labels, labels).

    Returns
    -------
    numpy.ndarray
        Macro F1, shape (...).
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    total = counts.sum(axis=-1) + counts.sum(axis=-2)
    occurs = counts.sum(axis=-1) > 0
    f1 = np.divide(2 * right, total, out=np.zeros(right.shape), where=total > 0)
    return (f1 * occurs).sum(axis=-1) / occurs.sum(axis=-1)
