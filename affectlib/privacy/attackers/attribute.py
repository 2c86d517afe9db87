"""What a release tells of people nobody has seen: gender, or whatever else is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.privacy.attackers.closed import run_attackers
from affectlib.privacy.attackers.enrolment import Attacker
from affectlib.privacy.attackers.tables import RESAMPLES, with_selected

COLUMNS = ("attacker", "cycle", "subject", "true", "predicted", "inner_accuracy")
"""Columns of a frame of attribute attacks, in their order."""


def attack_attribute(
    train_release: np.ndarray,
    train_value: np.ndarray,
    train_subject: np.ndarray,
    test_release: np.ndarray,
    test_value: np.ndarray,
    test_subject: np.ndarray,
    *,
    attackers: Iterable[Attacker | str] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Let every attacker tell an attribute of unseen people.

    Parameters
    ----------
    train_release : numpy.ndarray
        Released walks of known people, shape (cycles, ...).
    train_value : numpy.ndarray
        Their attribute, text, empty where it is unknown, shape (cycles,).
    train_subject : numpy.ndarray
        Who they are, shape (cycles,); tuning holds whole people out.
    test_release : numpy.ndarray
        Released walks of unseen people, shape (unseen cycles, ...).
    test_value : numpy.ndarray
        Their attribute, empty where it is unknown, shape (unseen cycles,).
    test_subject : numpy.ndarray
        Who they are, shape (unseen cycles,).
    attackers : iterable of Attacker or str, optional
        As for `affectlib.privacy.attackers.closed.attack_closed`.
    seed : int
        Seed of tuning and training.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`, one row an attacker and cycle of which the attribute is known. No row
        where the known people have no two values of it.

    Raises
    ------
    ParameterError
        If a person is on both sides.
    """
    train_value, test_value = np.asarray(train_value, dtype=str), np.asarray(test_value, dtype=str)
    train_subject, test_subject = np.asarray(train_subject, dtype=str), np.asarray(test_subject, dtype=str)
    both = np.intersect1d(train_subject, test_subject)
    if len(both):
        raise ParameterError(
            "people were learnt from whose attribute is asked",
            found=", ".join(both),
            remedy="Split by subjects.",
        )
    known, asked = train_value != "", np.isin(test_value, np.unique(train_value[train_value != ""]))
    values, classes = np.unique(train_value[known], return_inverse=True)
    if len(values) < 2 or not asked.any():
        return pd.DataFrame(columns=list(COLUMNS))
    found = run_attackers(
        np.asarray(train_release)[known],
        classes,
        train_subject[known],
        np.asarray(test_release)[asked],
        attackers=attackers,
        seed=seed,
    )
    frames = [
        pd.DataFrame(
            {
                "attacker": name,
                "cycle": np.flatnonzero(asked),
                "subject": test_subject[asked],
                "true": test_value[asked],
                "predicted": values[scores.argmax(axis=1)],
                "inner_accuracy": inner,
            }
        )
        for name, scores, inner, _ in found
    ]
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def attribute_table(
    attacks: pd.DataFrame, *, by: Sequence[str] = (), level: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Tell how well an attribute is told, every value counting the same, and every person of a value.

    Parameters
    ----------
    attacks : pandas.DataFrame
        As `attack_attribute` gives it, of any number of folds and seeds.
    by : sequence of str
        Columns of `attacks` to keep apart, for example release and value.
    level : float
        Coverage of the intervals, by bootstrap over the people of each value.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by` and attacker: ``balanced_accuracy`` with ``_low`` and ``_high``,
        ``chance`` (1 / values) and ``n_subjects``; empty where `attacks` is.
    """
    if attacks.empty:
        return pd.DataFrame()
    attacks = with_selected(attacks, by=by)
    rows = []
    for keys, own in attacks.groupby([*by, "attacker"], sort=True):
        hits = own.assign(hit=own["true"] == own["predicted"]).groupby(["true", "subject"])["hit"].mean()
        rng = np.random.default_rng(seed)
        means, drawn = [], []
        for _, people in hits.groupby(level="true"):
            rates = people.to_numpy()
            means.append(rates.mean())
            drawn.append(rates[rng.integers(len(rates), size=(RESAMPLES, len(rates)))].mean(axis=1))
        low, high = np.quantile(np.mean(drawn, axis=0), [(1 - level) / 2, (1 + level) / 2])
        rows.append(
            dict(zip([*by, "attacker"], keys, strict=True))
            | {
                "balanced_accuracy": float(np.mean(means)),
                "balanced_accuracy_low": float(low),
                "balanced_accuracy_high": float(high),
                "chance": 1 / len(means),
                "n_subjects": len(hits.index.unique("subject")),
            }
        )
    return pd.DataFrame(rows)
