"""Statistics against scipy, hand calculation and simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from affectlib.errors import ParameterError
from affectlib.evaluation.comparison import compare_models
from affectlib.evaluation.conclusions import conclusion, verdicts
from affectlib.evaluation.statistics import (
    bootstrap_interval,
    corrected_t,
    holm,
    paired_t,
    rank_biserial,
    signed_rank,
)

FIRST = np.array([0.92, 0.95, 0.90, 0.93, 0.96])
SECOND = np.array([0.85, 0.91, 0.88, 0.84, 0.90])


def test_paired_t_is_scipys() -> None:
    ours, theirs = paired_t(FIRST, SECOND), stats.ttest_rel(FIRST, SECOND)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))
    interval = theirs.confidence_interval()
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))
    assert ours.difference == pytest.approx((FIRST - SECOND).mean())


def test_corrected_t_by_hand() -> None:
    # Differences .07 .04 .02 .09 .06: mean .056, variance .00073; (1/5 + 1/4) .00073 = .0003285.
    ours = corrected_t(FIRST, SECOND, n_train=80, n_test=20)
    assert ours.statistic == pytest.approx(0.056 / np.sqrt(0.0003285))
    assert ours.p == pytest.approx(2 * stats.t.sf(ours.statistic, 4))
    assert ours.p > paired_t(FIRST, SECOND).p
    assert ours.low < paired_t(FIRST, SECOND).low


def test_corrected_t_keeps_its_level_where_the_plain_one_does_not() -> None:
    """No difference between two models; tested again and again on parts of one and the same sample.

    Means over random fifths of a sample correlate with 1/5, which is just what the correction takes
    them to (n_test / (n_train + n_test)); so its level must come out at 5 %.
    """
    random = np.random.default_rng(0)
    runs, n, repeats = 2000, 100, 15
    naive, corrected = 0, 0
    for _ in range(runs):
        by_cycle = random.normal(size=n)
        parts = np.argsort(random.random((repeats, n)), axis=1)[:, : n // 5]
        scores = by_cycle[parts].mean(axis=1)
        naive += paired_t(scores, np.zeros(repeats)).p < 0.05
        corrected += corrected_t(scores, np.zeros(repeats), n_train=80, n_test=20).p < 0.05
    assert naive / runs > 0.3
    assert corrected / runs == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / runs))


def test_signed_rank_keeps_its_level_and_its_interval_covers() -> None:
    random = np.random.default_rng(1)
    runs = 300
    results = [signed_rank(random.normal(size=30), random.normal(size=30)) for _ in range(runs)]
    noise = 4 * np.sqrt(0.05 * 0.95 / runs)
    assert np.mean([result.p < 0.05 for result in results]) <= 0.05 + noise
    assert np.mean([result.low <= 0 <= result.high for result in results]) >= 0.93 - noise


def test_signed_rank_is_scipys_and_finds_what_is_there() -> None:
    random = np.random.default_rng(2)
    second = random.random(14)
    first = second + random.normal(0.1, 0.08, size=14)
    ours, theirs = signed_rank(first, second), stats.wilcoxon(first, second)
    assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert ours.p < 0.05
    assert ours.low > 0
    assert ours.effect > 0.5
    assert ours.unit == "subject"


def test_equal_sums_are_equal_whatever_their_rounding() -> None:
    first = np.array([0.1 + 0.2, 0.5, 0.7, 0.9])
    second = np.array([0.3, 0.4, 0.6, 0.8])
    assert signed_rank(first, second).p == signed_rank(np.round(first, 6), np.round(second, 6)).p
    assert rank_biserial(np.round(first - second, 12)) == 1


def test_rank_biserial_by_hand() -> None:
    # Ranks of |d|: 1 2 3 4; positive 1 + 3 + 4, negative 2, of 10.
    assert rank_biserial(np.array([0.1, -0.2, 0.3, 0.4, 0.0])) == pytest.approx((8 - 2) / 10)
    assert rank_biserial(np.zeros(3)) == 0


def test_no_difference_is_no_finding_and_the_same_difference_everywhere_is_one() -> None:
    for test in (paired_t, signed_rank):
        same = test(FIRST, FIRST)
        assert (same.p, same.difference) == (1.0, 0.0)
    certain = paired_t(np.full(5, 0.75), np.full(5, 0.5))
    assert (certain.p, certain.low, certain.high) == (0.0, 0.25, 0.25)


def test_bootstrap_agrees_with_scipy_and_repeats() -> None:
    values = np.random.default_rng(3).normal(0.1, 0.2, size=40)
    ours = bootstrap_interval(values, seed=1)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=1).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.004)
    assert ours == bootstrap_interval(values, seed=1)


def test_holm_by_hand() -> None:
    # .01 x 4, .02 x 3, .03 x 2 = .06 as the one before, .04 x 1 not below it.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.5, 0.6, np.nan]) == pytest.approx([1.0, 1.0, np.nan], nan_ok=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_lies_between_none_and_bonferroni_and_keeps_the_order(p: list[float]) -> None:
    adjusted = holm(p)
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= np.minimum(len(p) * np.array(p), 1) + 1e-15).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.001, 0.5))
def test_holm_rejects_what_stepping_down_rejects(p: list[float], level: float) -> None:
    rejected = np.zeros(len(p), dtype=bool)
    for step, index in enumerate(np.argsort(p, kind="stable")):
        if p[index] * (len(p) - step) > level:
            break
        rejected[index] = True
    assert ((holm(p) <= level) == rejected).all()


@pytest.mark.parametrize(
    ("first", "second"), [(FIRST, SECOND[:4]), (FIRST[:1], SECOND[:1]), (FIRST[None], SECOND[None])]
)
def test_what_cannot_be_paired_is_refused(first: np.ndarray, second: np.ndarray) -> None:
    for test in (paired_t, signed_rank):
        with pytest.raises(ParameterError, match="paired comparison"):
            test(first, second)


def test_a_fold_without_test_cycles_is_refused() -> None:
    with pytest.raises(ParameterError, match="cycles to train on"):
        corrected_t(FIRST, SECOND, n_train=80, n_test=0)


# --- the table -------------------------------------------------------------------------------


def predictions(share_right: dict[str, float], *, people: int = 12, seed: int = 0) -> pd.DataFrame:
    """Twenty cycles a person in five folds, of which each model recognises a share."""
    random = np.random.default_rng(seed)
    cycle = np.arange(people * 20)
    frames = [
        pd.DataFrame(
            {
                "library": "walks",
                "split": "cycles",
                "task": "label",
                "features": "xyz",
                "model": model,
                "seed": seed,
                "fold": cycle % 5,
                "cycle": cycle,
                "subject": [f"p{index // 20:02}" for index in cycle],
                "true": np.where(cycle % 2, "happy", "sad"),
                "predicted": np.where(
                    (random.random(len(cycle)) < share) == (cycle % 2 == 1), "happy", "sad"
                ),
                "n_train": len(cycle) * 4 // 5,
                "n_test": len(cycle) // 5,
            }
        )
        for model, share in share_right.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_every_model_is_compared_by_every_test() -> None:
    frame = predictions({"AE-xyz": 0.95, "CNN-xyz": 0.7, "SVM-xyz": 0.94})
    table = compare_models(frame, against="AE-xyz")
    assert len(table) == 6
    assert set(table["against"]) == {"AE-xyz"}
    worse = table[table["model"] == "CNN-xyz"]
    assert (worse["difference"] > 0.15).all()
    assert (worse["p_holm"] < 0.05).all()
    alike = table[table["model"] == "SVM-xyz"]
    assert (alike["p_holm"] > 0.05).all()
    for _, of_test in table.groupby("test"):
        assert of_test["p_holm"].to_numpy() == pytest.approx(holm(of_test["p"].to_numpy()))
    accuracy = frame.assign(right=frame["true"] == frame["predicted"]).groupby("model")["right"].mean()
    assert worse["difference"].to_numpy() == pytest.approx(accuracy["AE-xyz"] - accuracy["CNN-xyz"], abs=1e-9)


def test_models_on_different_folds_are_not_compared() -> None:
    frame = predictions({"AE-xyz": 0.9, "CNN-xyz": 0.7})
    missing = frame[(frame["model"] == "AE-xyz") | (frame["fold"] != 2)]
    with pytest.raises(ParameterError, match="not tested on the same folds"):
        compare_models(missing, against="AE-xyz")
    with pytest.raises(ParameterError, match="AE-xyz, CNN-xyz"):
        compare_models(frame, against="AE")
    with pytest.raises(ParameterError, match="unknown score"):
        compare_models(frame, against="AE-xyz", metric="F1")


def test_seeds_are_averaged_before_subjects_are_compared() -> None:
    frame = pd.concat([predictions({"AE-xyz": 0.9, "CNN-xyz": 0.8}, seed=seed) for seed in range(3)])
    table = compare_models(frame, against="AE-xyz").set_index("unit")
    right = frame.assign(right=frame["true"] == frame["predicted"])
    by_subject = right.groupby(["subject", "model"])["right"].mean().unstack()
    expected = signed_rank(by_subject["AE-xyz"].to_numpy(), by_subject["CNN-xyz"].to_numpy())
    subjects = table.loc["subject"]
    assert subjects["n"] == 12
    assert subjects["p"] == pytest.approx(expected.p)
    by_seed = right.groupby(["seed", "model"])["right"].mean().unstack()
    seeds = table.loc["seed"]
    assert seeds["n"] == seeds["seeds"] == 3
    assert seeds["p"] == pytest.approx(stats.ttest_rel(by_seed["AE-xyz"], by_seed["CNN-xyz"]).pvalue)
    assert seeds["seeds_ahead"] == (by_seed["AE-xyz"] > by_seed["CNN-xyz"]).sum()
    # The paper's test is of one cross-validation; that of all three accounts for their common cycles.
    first = compare_models(frame[frame["seed"] == 0], against="AE-xyz").set_index("test")
    assert table.loc["fold"].set_index("test").loc["paired t-test over folds", "p"] == pytest.approx(
        first.loc["paired t-test over folds", "p"]
    )
    assert "seed" not in set(first["unit"])
    assert table.loc["fold"]["n"].tolist() == [5, 15]


def test_a_conclusion_needs_subjects_and_every_seed() -> None:
    shares = {"AE-xyz": 0.8, "CNN-xyz": 0.5, "SVM-xyz": 0.95, "KNN-man": 0.8}
    frame = pd.concat([predictions(shares, people=20, seed=seed) for seed in range(2)])
    comparison = compare_models(frame, against="AE-xyz")
    table = verdicts(comparison).set_index("model")
    assert table["verdict"].to_dict() == {
        "CNN-xyz": "higher",
        "SVM-xyz": "lower",
        "KNN-man": "not shown to differ",
    }
    text = conclusion(table.reset_index(), split="cycles")
    assert "20 subjects, 2 seeds" in text
    assert f"higher than that of CNN-xyz ({100 * table.loc['CNN-xyz', 'difference']:+.1f} points" in text
    assert text.index("lower than that of SVM-xyz") < text.index("not shown to differ from that of KNN-man")
    # One seed in which it is the other way round, and nothing is shown.
    once = verdicts(comparison.assign(seeds_ahead=1))
    assert set(once["verdict"]) == {"not shown to differ"}
