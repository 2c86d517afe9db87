"""Every model against one of them, by every test, as a table."""

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
    """Compare each model with one of them, over folds and over people.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row a test cycle, every model on the same folds; of any number of libraries, splits and
        tasks, which are compared each on their own.
    against : str
        The model to compare with, the paper's AE-xyz for one.
    metric : str
        Score of a fold: ``"accuracy"``, ``"macro_f1"`` or ``"balanced_accuracy"``. People are always
        compared by their share of right predictions.
    seed : int
        Seed of the bootstrap intervals.

    Returns
    -------
    pandas.DataFrame
        ``library split task model against`` and the fields of
        `affectlib.evaluation.statistics.Comparison`; differences are `against` minus the model, so
        positive where `against` is better. ``p_holm`` is adjusted over the models, for each library,
        split, task and test.

    Raises
    ------
    ParameterError
        Where `against` has no predictions, or models were tested on different folds or people.
    """
    if against not in set(predictions["model"]):
        raise ParameterError(
            "no predictions of this model",
            where="parameter 'against'",
            found=repr(against),
            remedy=f"Choose from: {', '.join(sorted(set(predictions['model'])))}.",
        )
    rows = []
    for keys, own in predictions.groupby(GROUP, sort=True):
        folds, people = _by_fold(own, metric), _by_subject(own)
        for model in folds.columns.drop(against, errors="ignore"):
            for comparison in _all_tests(own, folds, people, against, model, seed):
                rows.append(
                    dict(zip(GROUP, keys, strict=True))
                    | {"model": model, "against": against}
                    | asdict(comparison)
                )
    table = pd.DataFrame(rows)
    table["p_holm"] = table.groupby([*GROUP, "test"])["p"].transform(lambda p: holm(p.to_numpy()))
    return table


def _all_tests(
    own: pd.DataFrame, folds: pd.DataFrame, people: pd.DataFrame, against: str, model: str, seed: int
) -> tuple[Comparison, ...]:
    for table, unit in ((folds, "folds"), (people, "people")):
        if against not in table or table[[against, model]].isna().any(axis=None):
            raise ParameterError(
                f"{against} and {model} were not tested on the same {unit}",
                remedy="Give both models the same folds and seeds.",
            )
    sizes = own.drop_duplicates(["model", "seed", "fold"])
    return (
        paired_t(folds[against].to_numpy(), folds[model].to_numpy()),
        corrected_t(
            folds[against].to_numpy(),
            folds[model].to_numpy(),
            n_train=sizes["n_train"].mean(),
            n_test=sizes["n_test"].mean(),
        ),
        signed_rank(people[against].to_numpy(), people[model].to_numpy(), seed=seed),
    )


def _by_fold(own: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Score of each (seed, fold) by model."""
    scores = score(own)
    chosen = scores[scores["metric"] == metric]
    if chosen.empty:
        raise ParameterError("unknown score", where="parameter 'metric'", found=repr(metric))
    return chosen.pivot(index=["seed", "fold"], columns="model", values="value")


def _by_subject(own: pd.DataFrame) -> pd.DataFrame:
    """Share of right predictions of each person by model, over all folds and seeds."""
    counts = score_subjects(own).groupby(["subject", "model"])[["right", "cycles"]].sum()
    return (counts["right"] / counts["cycles"]).unstack("model")
