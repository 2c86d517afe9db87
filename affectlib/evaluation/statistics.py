"""Tests of the difference between two models, over folds and over subjects.

Folds of one cross-validation share most of their training data, so their scores are not independent and a
plain t-test is too often significant. And folds over the same subjects say nothing about other subjects:
for that the subject has to be the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from affectlib.errors import ParameterError

RESAMPLES = 9999


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One test of the difference between two models.

    Parameters
    ----------
    test : str
        Name of the test.
    unit : str
        Unit of observation: ``"fold"``, ``"subject"`` or ``"seed"``.
    n : int
        Number of observations.
    difference : float
        Mean of first minus second.
    low, high : float
        95 % interval of the difference.
    effect : float
        Rank-biserial correlation for subjects, in [-1, 1]; NaN for folds and seeds.
    """

    test: str
    unit: str
    n: int
    difference: float
    low: float
    high: float
    statistic: float
    p: float
    effect: float = float("nan")


def paired_t(first: np.ndarray, second: np.ndarray, *, unit: str = "fold") -> Comparison:
    """Compare over folds by the paired t-test, two-sided, as the paper does, or over seeds.

    It assumes independent folds, although their training sets overlap; `corrected_t` accounts for that. Seeds
    share all subjects: over them the test is about other folds and weights, not about other subjects.

    Parameters
    ----------
    first, second : numpy.ndarray
        Scores of two models on the same folds or, averaged over folds, of the same seeds, shape (units,).
    unit : str
        ``"fold"`` or ``"seed"``.

    Raises
    ------
    ParameterError
        For fewer than two folds, or different numbers of folds.
    """
    difference = _differences(first, second, unit=f"{unit}s")
    return _t_test(difference, f"paired t-test over {unit}s", unit=unit, inflation=1 / len(difference))


def corrected_t(first: np.ndarray, second: np.ndarray, *, n_train: float, n_test: float) -> Comparison:
    """Compare over folds by the corrected resampled t-test, two-sided.

    Nadeau & Bengio (2003, Machine Learning 52:239-281): with J differences of variance s^2, the variance of
    their mean is (1/J + n_test/n_train) s^2 instead of s^2/J.

    Parameters
    ----------
    first, second : numpy.ndarray
        Scores of two models on the same folds, of one or several repetitions, shape (folds,).
    n_train, n_test : float
        Mean number of training and test cycles of a fold.

    Raises
    ------
    ParameterError
        For fewer than two folds, different numbers of folds, or no cycles on one side.
    """
    difference = _differences(first, second, unit="folds")
    if n_train <= 0 or n_test <= 0:
        raise ParameterError(
            "a fold has cycles to train on and cycles to test",
            where="parameters 'n_train', 'n_test'",
            found=f"{n_train}, {n_test}",
        )
    inflation = 1 / len(difference) + n_test / n_train
    return _t_test(difference, "corrected resampled t-test over folds", unit="fold", inflation=inflation)


def signed_rank(first: np.ndarray, second: np.ndarray, *, seed: int = 0) -> Comparison:
    """Compare over subjects by the Wilcoxon signed-rank test, two-sided; p is 1 without any difference.

    The interval is the percentile bootstrap of the mean difference over subjects. The effect is the
    matched-pairs rank-biserial correlation (Kerby 2014, Comprehensive Psychology 3:11.IT.3.1): the share
    of rank sums in favour minus that against.

    Parameters
    ----------
    first, second : numpy.ndarray
        One score per subject for each of two models, in the same order, shape (subjects,).
    seed : int
        Seed of the bootstrap.

    Raises
    ------
    ParameterError
        For fewer than two subjects, or different numbers of subjects.
    """
    difference = _differences(first, second, unit="subjects")
    # Differences of equal scores that are rounding errors must not be ranked.
    difference = np.round(difference, 12)
    low, high = bootstrap_interval(difference, seed=seed)
    # The test is undefined without differences.
    differs = bool(difference.any())
    statistic, p = stats.wilcoxon(difference) if differs else (0.0, 1.0)
    return Comparison(
        test="Wilcoxon signed-rank test over subjects",
        unit="subject",
        n=len(difference),
        difference=float(difference.mean()),
        low=low,
        high=high,
        statistic=float(statistic),
        p=float(p),
        effect=rank_biserial(difference),
    )


def rank_biserial(difference: np.ndarray) -> float:
    """Return the matched-pairs rank-biserial correlation, in [-1, 1]; 0 without differences.

    Parameters
    ----------
    difference : numpy.ndarray
        Paired differences, shape (pairs,); zeros are ignored, as in the signed-rank test.
    """
    differing = difference[difference != 0]
    if not len(differing):
        return 0.0
    ranks = stats.rankdata(np.abs(differing))
    return float((ranks * np.sign(differing)).sum() / ranks.sum())


def bootstrap_interval(
    values: np.ndarray, *, level: float = 0.95, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a mean over independent units.

    Parameters
    ----------
    values : numpy.ndarray
        One value a unit, shape (units,).
    level : float
        Coverage.
    seed : int
        Random seed.
    resamples : int
        Number of bootstrap samples.
    """
    rng = np.random.default_rng(seed)
    return percentile_interval(bootstrap_means(values, rng=rng, resamples=resamples), level=level)


def bootstrap_means(values: np.ndarray, *, rng: np.random.Generator, resamples: int) -> np.ndarray:
    """Return the means of bootstrap samples, shape (resamples,).

    Parameters
    ----------
    values : numpy.ndarray
        One value a unit, shape (units,).
    """
    values = np.asarray(values, dtype=float)
    return values[rng.integers(len(values), size=(resamples, len(values)))].mean(axis=1)


def bootstrap_counts(n_units: int, *, rng: np.random.Generator, resamples: int) -> np.ndarray:
    """Return how often each unit occurs in each bootstrap sample, shape (resamples, units).

    For statistics other than a mean, which take the counts as weights.
    """
    # The same samples as of `bootstrap_means` in distribution, but another use of the generator.
    return rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=resamples)


def percentile_interval(estimates: np.ndarray, *, level: float = 0.95) -> tuple[float, float]:
    """Return the central interval of bootstrap estimates.

    Parameters
    ----------
    estimates : numpy.ndarray
        Estimates from bootstrap samples, shape (resamples,).
    level : float
        Coverage.
    """
    low, high = np.quantile(estimates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def holm(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjust p-values of a family of tests by Holm's step-down method, in the same order, shape (tests,).

    Holm (1979, Scandinavian Journal of Statistics 6:65-70): the smallest of m p-values is multiplied
    by m, the next by m - 1, and none may be below the one before. NaN is no test and stays NaN.
    """
    p = np.asarray(p, dtype=float)
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    weighted = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(weighted), 1.0)
    return adjusted


def _differences(first: np.ndarray, second: np.ndarray, *, unit: str) -> np.ndarray:
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.shape != second.shape or first.ndim != 1 or len(first) < 2:
        raise ParameterError(
            f"a paired comparison needs the same {unit} for both models, two at least",
            found=f"shapes {first.shape} and {second.shape}",
        )
    return first - second


def _t_test(difference: np.ndarray, test: str, *, unit: str, inflation: float) -> Comparison:
    """Student's test of a mean whose variance is `inflation` times the differences' variance."""
    mean, n = float(difference.mean()), len(difference)
    error = float(np.sqrt(inflation * difference.var(ddof=1)))
    margin = stats.t.ppf(0.975, n - 1) * error
    # Where every fold says the same, a difference is beyond doubt and no difference is none.
    certain = 0.0 if mean == 0 else float(np.copysign(np.inf, mean))
    statistic = mean / error if error > 0 else certain
    p = float(2 * stats.t.sf(abs(statistic), n - 1))
    return Comparison(
        test=test,
        unit=unit,
        n=n,
        difference=mean,
        low=mean - margin,
        high=mean + margin,
        statistic=statistic,
        p=p,
    )
