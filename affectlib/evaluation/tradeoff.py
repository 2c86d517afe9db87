"""One row a release: what it keeps of the label, and what the strongest attacker gets of the person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from affectlib.evaluation.attackers import (
    attribute_table,
    closed_table,
    open_table,
    strongest,
    with_fitness,
)

KEYS = ("split", "release", "value")
RESAMPLED = 1000
RAW = "raw"
IDENTIFICATION = ("identification", "identification_low", "identification_high")


def trade_off_table(frames: Mapping[str, pd.DataFrame], *, seed: int = 0) -> pd.DataFrame:
    """Put what is kept beside what is given away.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        ``labels``, ``closed``, ``fresh``, ``open``, ``linkage`` and ``gender``, each with the columns
        `KEYS`, or empty.
        On the raw series attackers prove that they can attack; without it among the releases all count.
    seed : int
        Seed of the bootstraps.

    Returns
    -------
    pandas.DataFrame
        One row a split, release and value: `KEYS`; ``utility`` and more from `utility_table`;
        ``identification`` (rank-1 of the strongest fit attacker, a fraction) with ``_low``, ``_high``,
        ``attacker``, ``rank5``, ``normalised``, ``inside`` (of the attacker chosen without a look at
        test data), ``chance``; of new people ``fresh`` (the same for people enrolled after the release was
        fitted, among fewer: ``fresh_chance``), ``eer`` (verification by the strongest ``scorer``),
        ``linkage`` to a raw gallery (rank 1) and ``gender`` (balanced accuracy), each with ``_low`` and
        ``_high``; ``people``; and whether the row is on the Pareto front, ``front_identification``,
        ``front_fresh`` and ``front_eer``.
        What was not measured is NaN.
    """
    table = utility_table(frames["labels"], seed=seed)
    people = frames["labels"].groupby(list(KEYS))["subject"].nunique().rename("people").reset_index()
    table = table.merge(people, on=list(KEYS))
    table = table.merge(_identification(frames["closed"], seed), on=list(KEYS), how="left")
    table = table.merge(_fresh(frames["fresh"], seed), on=list(KEYS), how="left")
    table = table.merge(_verification(frames["open"]), on=list(KEYS), how="left")
    table = table.merge(_linkage(frames["linkage"], seed), on=list(KEYS), how="left")
    table = table.merge(_gender(frames["gender"], seed), on=list(KEYS), how="left")
    for measure, cost in (("identification", 1.0), ("fresh", 1.0), ("eer", -1.0)):
        table[f"front_{measure}"] = False
        for _, own in table.dropna(subset=[measure]).groupby("split"):
            front = pareto(own["utility"].to_numpy(), cost * own[measure].to_numpy())
            table.loc[own.index, f"front_{measure}"] = front
    return table


def most_useful(table: pd.DataFrame, measure: str, *, most: float = 2.0) -> str:
    """Name the most useful of the releases that give little away.

    Parameters
    ----------
    table : pandas.DataFrame
        As `trade_off_table` gives it, of one split.
    measure : str
        ``"identification"`` or ``"fresh"``.
    most : float
        What counts as little, as a multiple of chance.

    Returns
    -------
    str
        A sentence for below a figure.
    """
    chance = {"identification": "chance", "fresh": "fresh_chance"}[measure]
    kept = table[table[measure] <= most * table[chance]].sort_values("utility", kind="stable")
    best = kept.iloc[-1] if len(kept) else None
    value = "" if best is None or best["value"] == "None" else f" {best['value']}"
    told = "none" if best is None else f"{best['release']}{value}, F1 {100 * best['utility']:.0f} %"
    raw = 100 * table.loc[table["release"] == RAW, "utility"].mean()
    limit = f"Most useful of those that name people at most {most:g} times as often as chance"
    return f"{limit}: {told} (raw series: {raw:.0f} %)."


def attackers_table(frames: Mapping[str, pd.DataFrame], *, seed: int = 0) -> pd.DataFrame:
    """Put every attacker on every release beside what the release is good for.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        As for `trade_off_table`: ``labels``, and ``closed`` or ``fresh``.
    seed : int
        Seed of the bootstraps.

    Returns
    -------
    pandas.DataFrame
        One row a split, release, value and attacker: the columns of
        `affectlib.evaluation.attackers.closed_table` and ``utility``.
    """
    attacks = pd.concat([frames["closed"], frames["fresh"]], ignore_index=True)
    useful = utility_table(frames["labels"], seed=seed)[[*KEYS, "utility"]]
    return closed_table(attacks, by=KEYS, seed=seed).merge(useful, on=list(KEYS))


def _identification(closed: pd.DataFrame, seed: int) -> pd.DataFrame:
    names = {f"rank1{end}": f"identification{end}" for end in ("", "_low", "_high")}
    kept = [*KEYS, "attacker", *names, "rank5", "walk_rank1", "normalised", "inside", "chance"]
    if closed.empty:
        return pd.DataFrame(columns=kept).rename(columns=names)
    every = closed_table(closed, by=KEYS, seed=seed)
    raw = every[every["release"] == RAW]
    fit = with_fitness(every, raw) if len(raw) else every.assign(fit=True)
    if not fit["fit"].any():
        return pd.DataFrame(columns=kept).rename(columns=names)  # nobody can attack: nothing is known
    return strongest(fit[fit["fit"]], by=KEYS)[kept].rename(columns=names)


def _fresh(attacks: pd.DataFrame, seed: int) -> pd.DataFrame:
    names = {name: name.replace("identification", "fresh") for name in IDENTIFICATION}
    names |= {"attacker": "fresh_attacker", "chance": "fresh_chance"}
    return _identification(attacks, seed)[[*KEYS, *names]].rename(columns=names)


def _verification(attacks: pd.DataFrame) -> pd.DataFrame:
    kept = [*KEYS, "scorer", "eer", "eer_low", "eer_high", "eer_inside"]
    if attacks.empty:
        return pd.DataFrame(columns=kept)
    best = strongest(open_table(attacks, by=KEYS), by=KEYS, value="eer", lowest=True)
    return best.rename(columns={"attacker": "scorer", "inside": "eer_inside"})[kept]


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
        As `affectlib.evaluation.utility.recognise` gives it, of any number of folds and seeds, with the
        columns `KEYS`.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row a release and value: `KEYS`, ``utility`` (macro F1 of the better classifier, a fraction) with
        ``utility_low`` and ``utility_high``, the 95 % interval over people; ``classifier``; ``guessing``, one
        over the number of labels.
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
        rows.append(row | {"classifier": best, "guessing": 1 / own["truth"].nunique()})
    return pd.DataFrame(rows)


def _macro_f1(own: pd.DataFrame, seed: int) -> tuple[float, float, float]:
    """Macro F1 over all test cycles and its interval when other people might have been recorded."""
    names = np.unique(own[["truth", "predicted"]].to_numpy(str))
    people, person = np.unique(own["subject"].to_numpy(str), return_inverse=True)
    counts = np.zeros((len(people), len(names), len(names)))
    truth, predicted = (np.searchsorted(names, own[name].to_numpy(str)) for name in ("truth", "predicted"))
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


def area_under_front(gain: np.ndarray, cost: np.ndarray, *, worst: float, most: float) -> float:
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
