"""Open set: whether two walks are of one person, whom nobody has seen before.

Neither the release nor the attacker has seen the people in question. Two walks of one person are always
two takes. Every person has the same weight among genuine pairs, every two people among impostors. And
pairs of labels are weighted alike in both: without that, somebody's sad walk beside their happy one
(genuine) would be held against two sad walks (impostors), and a release that tells nothing but the
label would seem to hide people better than silence does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from affectlib.errors import ParameterError
from affectlib.privacy.attackers.pairs import Verification, pairs_of
from affectlib.privacy.attackers.preparation import fit_preparation
from affectlib.privacy.attackers.roc import equal_error_rate, roc_at
from affectlib.privacy.attackers.scorers import SCORERS
from affectlib.privacy.attackers.tables import with_selected

INNER_PEOPLE = 0.33
"""Part of the known people on whom scorers are compared before the unseen ones."""

DRAWS = 400
"""How often people are drawn anew for an interval."""

CURVE_POINTS = 101
"""False match rates from 0 to 1 at which a curve is told."""

GUESSING = 0.5
"""Equal error rate of an attacker that knows nothing."""


def verify(
    train_release: np.ndarray,
    train_subject: np.ndarray,
    train_groups: np.ndarray,
    test_release: np.ndarray,
    test_subject: np.ndarray,
    *,
    test_groups: np.ndarray,
    test_label: np.ndarray | None,
    whole_takes: bool = False,
    scorers: Iterable[str] = tuple(SCORERS),
    seed: int = 0,
) -> tuple[Verification, ...]:
    """Let every scorer compare all pairs of walks of unseen people.

    Parameters
    ----------
    train_release : numpy.ndarray
        Released walks of known people, from which scorers learn, shape (cycles, ...).
    train_subject : numpy.ndarray
        Who they are, shape (cycles,).
    train_groups : numpy.ndarray
        Their takes, each with a name of its own, shape (cycles,).
    test_release : numpy.ndarray
        Released walks of unseen people, shape (unseen cycles, ...).
    test_subject : numpy.ndarray
        Who they are, shape (unseen cycles,).
    test_groups : numpy.ndarray
        Their takes, shape (unseen cycles,).
    test_label : numpy.ndarray or None
        Their labels, shape (unseen cycles,); pairs of labels then weigh alike among genuine pairs and
        impostors. None only where there are no labels.
    whole_takes : bool
        Compare takes, each as the mean of its cycles, where otherwise one cycle is compared with one.
        A take tells more.
    scorers : iterable of str
        Names of `SCORERS`.
    seed : int
        Seed of which known people scorers are compared on.

    Returns
    -------
    tuple of Verification
        One a scorer.

    Raises
    ------
    ParameterError
        If a person is on both sides, or of the unseen there are not two people with two takes.
    """
    train_subject, subject = np.asarray(train_subject, dtype=str), np.asarray(test_subject, dtype=str)
    seen = np.intersect1d(train_subject, subject)
    if len(seen):
        raise ParameterError(
            "people to be verified were seen in training",
            found=", ".join(seen),
            remedy="Split by subjects.",
        )
    preparation = fit_preparation(train_release)
    known, asked = preparation.apply(train_release), preparation.apply(test_release)
    person = np.unique(train_subject, return_inverse=True)[1]
    train_groups, groups, label = np.asarray(train_groups), np.asarray(test_groups), test_label
    if whole_takes:
        first = np.unique(train_groups, return_index=True)[1]
        known, person, train_groups = _means(known, train_groups), person[first], train_groups[first]
        first = np.unique(groups, return_index=True)[1]
        asked, subject, groups = _means(asked, groups), subject[first], groups[first]
        label = None if label is None else np.asarray(label)[first]
    pairs = pairs_of(subject, groups, label)
    inner = _inner_error_rates(known, person, train_groups, tuple(scorers), seed=seed)
    return tuple(
        pairs.verification(name, SCORERS[name](known, person)(asked, asked), inner_eer=inner[name])
        for name in scorers
    )


def attack_open(
    train_release: np.ndarray,
    train_subject: np.ndarray,
    train_groups: np.ndarray,
    test_release: np.ndarray,
    test_subject: np.ndarray,
    *,
    test_groups: np.ndarray,
    test_label: np.ndarray | None,
    whole_takes: bool = False,
    scorers: Iterable[str] = tuple(SCORERS),
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell how well every scorer verifies unseen people, as frames that can be kept.

    Parameters
    ----------
    train_release : numpy.ndarray
        As for `verify`, shape (cycles, ...).
    train_subject : numpy.ndarray
        Likewise, shape (cycles,).
    train_groups : numpy.ndarray
        Likewise, shape (cycles,).
    test_release : numpy.ndarray
        Likewise, shape (unseen cycles, ...).
    test_subject : numpy.ndarray
        Likewise, shape (unseen cycles,).
    test_groups : numpy.ndarray
        Likewise, shape (unseen cycles,).
    test_label : numpy.ndarray or None
        Likewise, shape (unseen cycles,).
    whole_takes : bool
        Likewise.
    scorers : iterable of str
        Likewise.
    draws : int
        How often people are drawn anew, for intervals.
    seed : int
        Seed of that, and as for `verify`.

    Returns
    -------
    errors : pandas.DataFrame
        For each scorer (column ``attacker``) one row a ``draw``: ``eer``, ``n_subjects`` and
        ``inner_accuracy``, 1 less the equal error rate on known people held out in training (NaN where
        they were too few). Draw 0 is everybody once.
    curves : pandas.DataFrame
        For each scorer `CURVE_POINTS` rows: ``false_match`` from 0 to 1 and ``false_non_match``, the
        curve of operating characteristics.
    """
    verified = verify(
        train_release,
        train_subject,
        train_groups,
        test_release,
        test_subject,
        test_groups=test_groups,
        test_label=test_label,
        whole_takes=whole_takes,
        scorers=scorers,
        seed=seed,
    )
    errors = [
        pd.DataFrame(
            {
                "attacker": one.scorer,
                "draw": np.arange(draws + 1),
                "eer": np.append(one.eer, resampled(one, draws=draws, seed=seed)),
                "n_subjects": len(one.people),
                "inner_accuracy": 1 - one.inner_eer,
            }
        )
        for one in verified
    ]
    rates = np.linspace(0, 1, CURVE_POINTS)
    curves = [
        pd.DataFrame(
            {
                "attacker": one.scorer,
                "false_match": rates,
                "false_non_match": roc_at(*one.masses(), rates),
            }
        )
        for one in verified
    ]
    return pd.concat(errors, ignore_index=True), pd.concat(curves, ignore_index=True)


def resampled(one: Verification, *, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Equal error rates of people drawn anew, for the bootstrap.

    Parameters
    ----------
    one : Verification
        Scores of some people.
    draws : int
        How often.
    seed : int
        Seed of the draws.

    Returns
    -------
    numpy.ndarray
        Shape (draws,).
    """
    n_people = len(one.people)
    drawn = np.random.default_rng(seed).multinomial(n_people, np.full(n_people, 1 / n_people), 3 * draws)
    # One person alone leaves nobody to be taken for: such draws are passed over.
    possible = drawn[(drawn > 0).sum(axis=1) > 1]
    return equal_error_rate(*one.masses(np.resize(possible, (draws, n_people))))


def open_table(attacks: pd.DataFrame, *, by: Sequence[str] = (), level: float = 0.95) -> pd.DataFrame:
    """Sum up the verification of unseen people, over folds and seeds.

    Each fold has people and a scorer of its own, whose scores cannot be compared with another's: error
    rates are averaged over folds and seeds.

    Parameters
    ----------
    attacks : pandas.DataFrame
        Errors as `attack_open` gives them, with columns ``fold`` and ``seed`` where there are several.
    by : sequence of str
        Columns of `attacks` to keep apart, for example release and value.
    level : float
        Coverage of the intervals, by bootstrap of the people of each fold.

    Returns
    -------
    pandas.DataFrame
        One row for each of `by` and scorer (column ``attacker``), the one chosen inside training among
        them: ``eer`` with ``eer_low`` and ``eer_high``, ``n_subjects`` and ``inner_accuracy``. For
        `affectlib.privacy.attackers.tables.strongest` the lowest is the strongest.
    """
    attacks = with_selected(attacks, by=by)
    rows = []
    for keys, own in attacks.groupby([*by, "attacker"], sort=True):
        rates = own.groupby("draw")["eer"].mean()
        low, high = np.quantile(rates.drop(0), [(1 - level) / 2, (1 + level) / 2])
        trials = own[own["draw"] == 0]
        people = (
            trials.groupby("seed")["n_subjects"].sum() if "seed" in trials else trials["n_subjects"].sum()
        )
        rows.append(
            dict(zip([*by, "attacker"], keys, strict=True))
            | {
                "eer": float(rates[0]),
                "eer_low": float(low),
                "eer_high": float(high),
                "n_subjects": int(np.max(people)),
                "inner_accuracy": float(trials["inner_accuracy"].mean()),
            }
        )
    return pd.DataFrame(rows)


def roc_table(curves: pd.DataFrame, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Average the trade-off between both kinds of errors over folds and seeds.

    Parameters
    ----------
    curves : pandas.DataFrame
        Curves as `attack_open` gives them, of any number of folds and seeds.
    by : sequence of str
        Columns to keep apart besides the scorer, for example release and value.

    Returns
    -------
    pandas.DataFrame
        `by`, ``attacker``, ``false_match`` and the mean ``false_non_match`` at it.
    """
    keys = [*by, "attacker", "false_match"]
    return curves.groupby(keys, sort=False)["false_non_match"].mean().reset_index()


def _inner_error_rates(
    known: np.ndarray, person: np.ndarray, groups: np.ndarray, scorers: tuple[str, ...], *, seed: int
) -> dict[str, float]:
    """Equal error rate of each scorer on some of the known people, learnt on the others."""
    nothing = dict.fromkeys(scorers, float("nan"))
    n_people = person.max() + 1
    n_held = round(INNER_PEOPLE * n_people)
    if n_held < 2 or n_people - n_held < 2:
        return nothing
    held = np.isin(person, np.random.default_rng(seed).permutation(n_people)[:n_held])
    learnt = np.unique(person[~held], return_inverse=True)[1]
    try:
        pairs = pairs_of(person[held], groups[held], None)
    except ParameterError:  # one take each
        return nothing
    likeness = {name: SCORERS[name](known[~held], learnt) for name in scorers}
    return {
        name: pairs.verification(name, alike(known[held], known[held])).eer
        for name, alike in likeness.items()
    }


def _means(x: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Mean vector of each group, in the order of their sorted names."""
    number = np.unique(groups, return_inverse=True)[1]
    sums = np.zeros((number.max() + 1, x.shape[1]))
    np.add.at(sums, number, x)
    return sums / np.bincount(number)[:, None]
