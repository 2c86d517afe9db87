"""Inference of an attribute of new subjects, such as their gender, from a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from affectlib.evaluation.statistics import bootstrap_means, percentile_interval
from affectlib.privacy.attackers.classifiers import ATTACKERS
from affectlib.privacy.attackers.closed_set import run_attackers
from affectlib.privacy.attackers.ranks import check_disjoint_subjects
from affectlib.privacy.attackers.tables import RESAMPLES, with_selected
from affectlib.privacy.walks import Released

COLUMNS = ("attacker", "cycle", "subject", "true", "predicted", "inner_accuracy", "n_train")
"""Columns of a frame of attribute attacks."""


def attack_attribute(
    train: Released,
    test: Released,
    *,
    attackers: Iterable[str] = tuple(ATTACKERS),
    seed: int = 0,
) -> pd.DataFrame:
    """Predict the gender of new subjects by every attacker.

    Parameters
    ----------
    train, test : Released
        Released cycles of known and of new subjects; those without gender are left out.
    attackers : iterable of str
        As for `affectlib.privacy.attackers.closed_set.attack_closed_set`.

    Returns
    -------
    pandas.DataFrame
        One row an attacker and test cycle with the columns `COLUMNS`; empty where the training cycles
        do not have two genders.

    Raises
    ------
    ParameterError
        If a subject is on both sides.
    """
    check_disjoint_subjects(train, test)
    train = train.at(train.gender != "")
    genders, classes = np.unique(train.gender, return_inverse=True)
    tested = np.flatnonzero(np.isin(test.gender, genders))
    if len(genders) < 2 or not len(tested):
        return pd.DataFrame(columns=list(COLUMNS))
    # Hyper-parameters are selected on whole subjects held out.
    results = run_attackers(train.x, classes, train.subject, test.x[tested], attackers=attackers, seed=seed)
    frames = [
        pd.DataFrame(
            {
                "attacker": result.attacker,
                "cycle": tested,
                "subject": test.subject[tested],
                "true": test.gender[tested],
                "predicted": genders[result.scores.argmax(axis=1)],
                "inner_accuracy": result.fitted.inner_accuracy,
                "n_train": len(train),
            }
        )
        for result in results
    ]
    return pd.concat(frames, ignore_index=True)


def attribute_table(
    attacks: pd.DataFrame, *, by: Sequence[str] = (), level: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Compute balanced accuracy, in which every subject of a class has the same weight.

    Parameters
    ----------
    attacks : pandas.DataFrame
        Frames of `attack_attribute` of any number of folds and seeds.
    by : sequence of str
        Columns that identify a release, for example release and value.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by` and attacker: ``balanced_accuracy`` with ``_low`` and ``_high``,
        ``chance`` (1 / classes) and ``n_subjects``; empty where `attacks` is.
    """
    if attacks.empty:
        return pd.DataFrame()
    attacks = with_selected(attacks, by=by)
    attacks = attacks.assign(right=attacks["true"] == attacks["predicted"])
    rows = []
    # Resampled within classes, so that each sample has subjects of all.
    for keys, attack in attacks.groupby([*by, "attacker"], sort=True):
        rates = attack.groupby(["true", "subject"])["right"].mean()
        classes = [rate.to_numpy() for _, rate in rates.groupby(level="true")]
        rng = np.random.default_rng(seed)
        samples = [bootstrap_means(subjects, rng=rng, resamples=RESAMPLES) for subjects in classes]
        low, high = percentile_interval(np.mean(samples, axis=0), level=level)
        rows.append(
            dict(zip([*by, "attacker"], keys, strict=True))
            | {
                "balanced_accuracy": float(np.mean([subjects.mean() for subjects in classes])),
                "balanced_accuracy_low": low,
                "balanced_accuracy_high": high,
                "chance": 1 / len(classes),
                "n_subjects": len(rates.index.unique("subject")),
            }
        )
    return pd.DataFrame(rows)
