"""Verification of new subjects: whether two walks are of one subject or of two.

Neither the release nor the attacker has seen the subjects. Two walks of one subject are always two takes.
Every subject has the same weight among genuine pairs, and every two subjects among impostors. Pairs of labels
have the same weights in both; otherwise a sad and a happy walk of one subject would be compared with two sad
walks of two subjects, and a release of only the label would seem to protect better than no release at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.statistics import bootstrap_counts, percentile_interval
from affectlib.privacy.attackers.pairs import Verification, pairs_of
from affectlib.privacy.attackers.preparation import fit_preparation
from affectlib.privacy.attackers.ranks import check_disjoint_subjects, group_means
from affectlib.privacy.attackers.roc import equal_error_rate, roc_at
from affectlib.privacy.attackers.scorers import SCORERS
from affectlib.privacy.attackers.tables import with_selected
from affectlib.privacy.walks import Released

VALIDATION_SHARE = 0.33
"""Share of the training subjects on whom scorers are compared before the new ones."""

DRAWS = 400
"""Number of bootstrap samples of subjects."""

CURVE_POINTS = 101
"""Number of false match rates, from 0 to 1, of a curve."""


def verify(
    train: Released,
    test: Released,
    *,
    weigh_labels: bool = True,
    whole_takes: bool = False,
    seed: int = 0,
) -> tuple[Verification, ...]:
    """Compare all pairs of walks of new subjects by every scorer.

    Parameters
    ----------
    train, test : Released
        Released cycles of known subjects, to fit scorers to, and of new subjects.
    weigh_labels : bool
        Give pairs of labels the same weights among genuine pairs and impostors.
    whole_takes : bool
        Compare takes, each as the mean of its cycles, which reveals more than single cycles.
    seed : int
        Random seed of the training subjects that are held out.

    Raises
    ------
    ParameterError
        If a subject is on both sides, or there are no two new subjects with two takes.
    """
    check_disjoint_subjects(train, test)
    preparation = fit_preparation(train.x)
    known, new = preparation.apply(train.x), preparation.apply(test.x)
    if whole_takes:
        (train, known), (test, new) = _takes(train, known), _takes(test, new)
    classes = np.unique(train.subject, return_inverse=True)[1]
    pairs = pairs_of(test.subject, test.take, test.label if weigh_labels else None)
    inner = _inner_error_rates(known, classes, train.take, seed=seed)
    return tuple(
        pairs.verification(name, fit(known, classes)(new, new), inner_eer=inner[name])
        for name, fit in SCORERS.items()
    )


def attack_verification(
    train: Released, test: Released, *, whole_takes: bool = False, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute error rates of the verification of new subjects by every scorer.

    Parameters
    ----------
    train, test : Released
        As for `verify`, like `whole_takes`.
    seed : int
        Random seed of the bootstrap, and as for `verify`.

    Returns
    -------
    errors : pandas.DataFrame
        For each scorer (column ``attacker``) one row a ``draw``: ``eer``, ``n_subjects`` and
        ``inner_accuracy``, 1 less the equal error rate on training subjects held out (NaN where they were
        too few). Draw 0 is all subjects, the others are bootstrap samples.
    curves : pandas.DataFrame
        For each scorer `CURVE_POINTS` rows: ``false_match`` from 0 to 1 and ``false_non_match``.
    """
    rates = np.linspace(0, 1, CURVE_POINTS)
    errors, curves = [], []
    for result in verify(train, test, whole_takes=whole_takes, seed=seed):
        columns = {
            "attacker": result.scorer,
            "draw": np.arange(DRAWS + 1),
            "eer": np.append(result.eer, resampled(result, seed=seed)),
            "n_subjects": len(result.subjects),
            "inner_accuracy": 1 - result.inner_eer,
        }
        errors.append(pd.DataFrame(columns))
        curve = {"false_match": rates, "false_non_match": roc_at(*result.masses(), rates)}
        curves.append(pd.DataFrame({"attacker": result.scorer, **curve}))
    return pd.concat(errors, ignore_index=True), pd.concat(curves, ignore_index=True)


def resampled(result: Verification, *, seed: int = 0) -> np.ndarray:
    """Return equal error rates of bootstrap samples of subjects, shape (`DRAWS`,)."""
    n_subjects = len(result.subjects)
    counts = bootstrap_counts(n_subjects, rng=np.random.default_rng(seed), resamples=3 * DRAWS)
    # A sample of one subject alone has no impostors; such samples are replaced by others.
    counts = counts[(counts > 0).sum(axis=1) > 1]
    return equal_error_rate(*result.masses(np.resize(counts, (DRAWS, n_subjects))))


def verification_table(attacks: pd.DataFrame, *, by: Sequence[str] = (), level: float = 0.95) -> pd.DataFrame:
    """Average equal error rates over folds and seeds.

    Each fold has other subjects and another fitted scorer, so that scores cannot be pooled.

    Parameters
    ----------
    attacks : pandas.DataFrame
        Errors of `attack_verification`, with columns ``fold`` and ``seed`` where there are several.
    by : sequence of str
        Columns that identify a release, for example release and value.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by` and scorer (column ``attacker``), `SELECTED` among them: ``eer`` with
        ``eer_low`` and ``eer_high``, ``n_subjects`` and ``inner_accuracy``. The lowest rate is the
        strongest attack.
    """
    attacks = with_selected(attacks, by=by)
    rows = []
    for keys, attack in attacks.groupby([*by, "attacker"], sort=True):
        rates = attack.groupby("draw")["eer"].mean()
        low, high = percentile_interval(rates.drop(0).to_numpy(), level=level)
        trials = attack[attack["draw"] == 0]
        by_seed = trials.groupby("seed") if "seed" in trials else trials
        rows.append(
            dict(zip([*by, "attacker"], keys, strict=True))
            | {
                "eer": float(rates[0]),
                "eer_low": low,
                "eer_high": high,
                "n_subjects": int(np.max(by_seed["n_subjects"].sum())),
                "inner_accuracy": float(trials["inner_accuracy"].mean()),
            }
        )
    return pd.DataFrame(rows)


def roc_table(curves: pd.DataFrame, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Average the curves of `attack_verification` over folds and seeds.

    Returns
    -------
    pandas.DataFrame
        `by`, ``attacker``, ``false_match`` and the mean ``false_non_match``.
    """
    keys = [*by, "attacker", "false_match"]
    return curves.groupby(keys, sort=False)["false_non_match"].mean().reset_index()


def _inner_error_rates(
    x: np.ndarray, classes: np.ndarray, take: np.ndarray, *, seed: int
) -> dict[str, float]:
    """Return the equal error rate of each scorer on some training subjects, fitted to the others."""
    unknown = dict.fromkeys(SCORERS, float("nan"))
    n_subjects = classes.max() + 1
    n_validation = round(VALIDATION_SHARE * n_subjects)
    if n_validation < 2 or n_subjects - n_validation < 2:
        return unknown
    validation = np.isin(classes, np.random.default_rng(seed).permutation(n_subjects)[:n_validation])
    others = np.unique(classes[~validation], return_inverse=True)[1]
    try:
        pairs = pairs_of(classes[validation], take[validation], None)
    except ParameterError:  # one take a subject
        return unknown
    rates = {}
    for name, fit in SCORERS.items():
        likeness = fit(x[~validation], others)
        rates[name] = pairs.verification(name, likeness(x[validation], x[validation])).eer
    return rates


def _takes(cycles: Released, x: np.ndarray) -> tuple[Released, np.ndarray]:
    """Return the first cycle of each take, for its labels, and the mean vectors of takes."""
    _, first, number = np.unique(cycles.take, return_index=True, return_inverse=True)
    return cycles.at(first), group_means(x, number)
