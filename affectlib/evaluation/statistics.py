"""Is one model better than another? Three answers, from the paper's to the one that generalises.

Folds of one cross-validation share most of their training data, so their scores are not independent
and a plain t-test over them finds too much. And folds over the same people say nothing about other
people: for that the person is the unit.
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
    """One test of whether two models differ.

    Parameters
    ----------
    test : str
        What was tested, in words.
    unit : str
        What counts as one observation: ``"fold"`` or ``"subject"``.
    n : int
        Number of observations.
    difference : float
        Mean of first minus second.
    low, high : float
        95 % interval of the difference.
    statistic : float
        Test statistic.
    p : float
        Two-sided p-value.
    effect : float
        Rank-biserial correlation for subjects, in [-1, 1]; NaN for folds.
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


def paired_t(first: np.ndarray, second: np.ndarray) -> Comparison:
    """Compare over folds as the paper does: the paired t-test.

    It takes folds for independent, which they are not: training sets overlap. Shown because the
    paper reports it; `corrected_t` is its honest form.

    Parameters
    ----------
    first, second : numpy.ndarray
        Scores of two models on the same folds, shape (folds,).

    Returns
    -------
    Comparison
        Two-sided.

    Raises
    ------
    ParameterError
        Unless there are at least two folds, the same for both.
    """
    difference = _differences(first, second, unit="folds")
    return _t_test(difference, "paired t-test over folds", inflation=1 / len(difference))


def corrected_t(first: np.ndarray, second: np.ndarray, *, n_train: float, n_test: float) -> Comparison:
    """Compare over folds with the variance corrected for overlapping training sets.

    The corrected resampled t-test of Nadeau & Bengio (2003, Machine Learning 52:239-281): with J
    differences of variance s^2, the variance of their mean is taken as (1/J + n_test/n_train) s^2
    instead of s^2/J.

    Parameters
    ----------
    first, second : numpy.ndarray
        Scores of two models on the same folds, of one or several repetitions, shape (folds,).
    n_train : float
        Cycles a fold trains on, on average.
    n_test : float
        Cycles a fold tests, on average.

    Returns
    -------
    Comparison
        Two-sided.

    Raises
    ------
    ParameterError
        Unless there are at least two folds, the same for both, and cycles on both sides.
    """
    difference = _differences(first, second, unit="folds")
    if n_train <= 0 or n_test <= 0:
        raise ParameterError(
            "a fold has cycles to train on and cycles to test",
            where="parameters 'n_train', 'n_test'",
            found=f"{n_train}, {n_test}",
        )
    inflation = 1 / len(difference) + n_test / n_train
    return _t_test(difference, "corrected resampled t-test over folds", inflation=inflation)


def signed_rank(first: np.ndarray, second: np.ndarray, *, seed: int = 0) -> Comparison:
    """Compare with the person as the unit: Wilcoxon signed-rank test on per-subject scores.

    Answers whether the difference would hold for other people of this kind. The interval is the
    percentile bootstrap of the mean difference over people. The effect is the matched-pairs
    rank-biserial correlation (Kerby 2014, Comprehensive Psychology 3:11.IT.3.1): the share of rank
    sums in favour minus that against.

    Parameters
    ----------
    first, second : numpy.ndarray
        One score a person for each of two models, in the same order, shape (subjects,).
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    Comparison
        Two-sided; p is 1 where no person differs.

    Raises
    ------
    ParameterError
        Unless there are at least two people, the same for both.
    """
    difference = _differences(first, second, unit="people")
    # Equal for equal: differences of rounded sums must not be ranked as if one were larger.
    difference = np.round(difference, 12)
    low, high = bootstrap_interval(difference, seed=seed)
    # The test is undefined where nobody differs; then there is nothing against equality.
    differs = bool(difference.any())
    statistic, p = stats.wilcoxon(difference) if differs else (0.0, 1.0)
    return Comparison(
        test="Wilcoxon signed-rank test over people",
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
    """Matched-pairs rank-biserial correlation.

    Parameters
    ----------
    difference : numpy.ndarray
        Paired differences, shape (pairs,); zeros are left out, as the signed-rank test does.

    Returns
    -------
    float
        From -1 (every difference negative) to 1 (every one positive); 0 without differences.
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
    """Adjust p-values of a family of tests by Holm's step-down method.

    Holm (1979, Scandinavian Journal of Statistics 6:65-70): the smallest of m p-values is multiplied
    by m, the next by m - 1, and none may fall below the one before.

    Parameters
    ----------
    p : sequence of float
        P-values; NaN is no test and stays NaN.

    Returns
    -------
    numpy.ndarray
        Adjusted p-values in the same order, shape (tests,).
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


def _t_test(difference: np.ndarray, test: str, *, inflation: float) -> Comparison:
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
        unit="fold",
        n=n,
        difference=mean,
        low=mean - margin,
        high=mean + margin,
        statistic=statistic,
        p=p,
    )
