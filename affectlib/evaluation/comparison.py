"""Comparison of every model with one of them, by several tests.

Folds and random weights are drawn from a seed. With several seeds, every score of a subject is first averaged
over them, so that subjects remain the units; a test over seeds shows what depends on a single draw.
"""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from affectlib.errors import ParameterError
from affectlib.evaluation.scores import score, score_subjects
from affectlib.evaluation.statistics import Comparison, corrected_t, holm, paired_t, signed_rank

GROUP = ["library", "split", "task"]


def compare_models(
    predictions: pd.DataFrame, *, against: str, metric: str = "accuracy", seed: int = 0
) -> pd.DataFrame:
    """Compare each model with one of them, over folds, over subjects and, if there are several, over seeds.

    The paper's test over folds is of the first seed alone, since the folds of other seeds hold the same
    cycles.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per test cycle, all models on the same folds; libraries, splits and tasks are compared
        separately.
    against : str
        The model to compare with, such as AE-xyz.
    metric : str
        Score of a fold: ``"accuracy"``, ``"macro_f1"`` or ``"balanced_accuracy"``. Subjects are always
        compared by accuracy.
    seed : int
        Seed of the bootstrap intervals.

    Returns
    -------
    pandas.DataFrame
        ``library split task model against`` and the fields of
        `affectlib.evaluation.statistics.Comparison`; differences are `against` minus the model, so
        positive if `against` is better. ``p_holm`` is adjusted over the models, for each library,
        split, task and test. ``seeds`` is the number of seeds and ``seeds_ahead`` that in which the score
        of `against` is higher.

    Raises
    ------
    ParameterError
        If `against` has no predictions, or models were tested on different folds or subjects.
    """
    if against not in set(predictions["model"]):
        raise ParameterError(
            "no predictions of this model",
            where="parameter 'against'",
            found=repr(against),
            remedy=f"Choose from: {', '.join(sorted(set(predictions['model'])))}.",
        )
    rows = []
    for keys, of_task in predictions.groupby(GROUP, sort=True):
        folds, subjects = _by_fold(of_task, metric), _by_subject(of_task)
        for model in folds.columns.drop(against, errors="ignore"):
            comparisons = _all_tests(of_task, folds, subjects, against, model, seed)
            by_seed = folds.groupby("seed").mean()
            counts = {"seeds": len(by_seed), "seeds_ahead": int((by_seed[against] > by_seed[model]).sum())}
            for comparison in comparisons:
                rows.append(
                    dict(zip(GROUP, keys, strict=True))
                    | {"model": model, "against": against}
                    | asdict(comparison)
                    | counts
                )
    table = pd.DataFrame(rows)
    table["p_holm"] = table.groupby([*GROUP, "test"])["p"].transform(lambda p: holm(p.to_numpy()))
    return table


def _all_tests(
    predictions: pd.DataFrame,
    folds: pd.DataFrame,
    subjects: pd.DataFrame,
    against: str,
    model: str,
    seed: int,
) -> tuple[Comparison, ...]:
    for table, unit in ((folds, "folds"), (subjects, "subjects")):
        if against not in table or table[[against, model]].isna().any(axis=None):
            raise ParameterError(
                f"{against} and {model} were not tested on the same {unit}",
                remedy="Use the same folds and seeds for both models.",
            )
    sizes = predictions.drop_duplicates(["model", "seed", "fold"])
    seeds = folds.groupby("seed").mean()
    first = folds.xs(seeds.index[0], level="seed")
    over_seeds = (
        [paired_t(seeds[against].to_numpy(), seeds[model].to_numpy(), unit="seed")] if len(seeds) > 1 else []
    )
    return (
        paired_t(first[against].to_numpy(), first[model].to_numpy()),
        corrected_t(
            folds[against].to_numpy(),
            folds[model].to_numpy(),
            n_train=sizes["n_train"].mean(),
            n_test=sizes["n_test"].mean(),
        ),
        signed_rank(subjects[against].to_numpy(), subjects[model].to_numpy(), seed=seed),
        *over_seeds,
    )


def _by_fold(predictions: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the score of each (seed, fold), one column per model."""
    scores = score(predictions)
    chosen = scores[scores["metric"] == metric]
    if chosen.empty:
        raise ParameterError("unknown score", where="parameter 'metric'", found=repr(metric))
    return chosen.pivot(index=["seed", "fold"], columns="model", values="value")


def _by_subject(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of each subject over all folds, averaged over seeds, one column per model."""
    return score_subjects(predictions).groupby(["subject", "model"])["value"].mean().unstack("model")
