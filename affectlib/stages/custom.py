"""A user's own model beside the others: any scikit-learn estimator, on the same folds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone

from affectlib.errors import ParameterError
from affectlib.evaluation.predictions import predictions_of
from affectlib.evaluation.splits import Fold
from affectlib.models.baselines import as_vectors
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.trainings import encode

VERSION = 1
ROOMS = (*trainings.ROOMS, "stages.custom")

FEATURES = ("xyz", "positions", "manual", "affect code", "subject code")
"""What a model works on: joint series as vectors at 25 phases, shape (cycles, 1125); positions in metres,
shape (cycles, phases, 15, 3); manual features; codes of the fold's autoencoder, shape (cycles, code_size)."""


@dataclass(frozen=True, kw_only=True)
class CustomModel:
    """A model of the user.

    Parameters
    ----------
    make : callable
        Returns the estimator before fitting.
    on : str
        One of `FEATURES`.
    whole_takes : bool
        Whether it answers once per take.
    description : str
        Class and parameters of the estimator; empty where they do not say everything.
    """

    name: str
    make: Callable[[], Any]
    on: str
    whole_takes: bool
    description: str


def custom_model(name: str, estimator: Any, *, on: str = "xyz", whole_takes: bool = False) -> CustomModel:
    """Return a model from a scikit-learn estimator, or from a function that returns one.

    Parameters
    ----------
    name : str
        Name in tables and figures.
    estimator : estimator or callable
        Any object with ``fit(x, y)`` and ``predict(x)``, which is copied for every fold, or a function
        without arguments that returns a new one. A ``random_state`` of None becomes the seed of the study.
    on : str
        One of `FEATURES`.
    whole_takes : bool
        Give all cycles of a take together and expect one answer: `x` is then a list with one array per take,
        shape (cycles of the take, ...), and the answer counts for each of these cycles. `MeanOverCycles`
        turns that list into vectors.

    Raises
    ------
    ParameterError
        For unknown features, or what is no estimator.
    """
    if on not in FEATURES:
        raise _refusal(name, "unknown features", repr(on), f"Choose from: {', '.join(FEATURES)}.")
    if _is_estimator(estimator):
        return CustomModel(
            name=name,
            make=lambda: clone(estimator, safe=False),
            on=on,
            whole_takes=whole_takes,
            description=describe(estimator),
        )
    if not callable(estimator):
        raise _refusal(
            name,
            "no estimator",
            type(estimator).__name__,
            "Give an object with fit and predict, or a function that returns one.",
        )
    return CustomModel(name=name, make=estimator, on=on, whole_takes=whole_takes, description="")


class MeanOverCycles(TransformerMixin, BaseEstimator):
    """The mean over the cycles of each take, as the first step of a pipeline on whole takes."""

    def fit(self, takes: Sequence[np.ndarray], y: object = None) -> MeanOverCycles:
        """Return the transformer, which has nothing to fit."""
        return self

    def transform(self, takes: Sequence[np.ndarray]) -> np.ndarray:
        """Return one vector per take, shape (takes, numbers).

        Parameters
        ----------
        takes : sequence of numpy.ndarray
            One array per take, shape (cycles, ...).
        """
        return np.stack([take.mean(axis=0).ravel() for take in takes])


def predict_custom(experiment: Experiment, fold: Fold, model: CustomModel) -> pd.DataFrame:
    """Predict the labels of a fold's test cycles by a user's model; kept if its description says all.

    Returns
    -------
    pandas.DataFrame
        Columns `affectlib.evaluation.predictions.COLUMNS`.
    """

    def frame() -> pd.DataFrame:
        return predictions_of(
            fit_and_predict(experiment, fold, model),
            fold=fold,
            labels=experiment.labels,
            task="label",
            library=experiment.cycles.attrs["library"],
            features=model.on,
            model=model.name,
            seed=fold.seed,
        )

    if not model.description:
        return frame()
    inputs = {name: getattr(model, name) for name in ("name", "on", "whole_takes", "description")}
    entry = experiment.store.keep(
        "custom",
        inputs=experiment.inputs(fold) | inputs | {"version": VERSION},
        code=code_digest(*ROOMS),
        write=lambda folder: frame().to_csv(folder / "predictions.csv", index=False),
    )
    kept = read_frame(entry.folder / "predictions.csv")
    return kept.assign(library=experiment.cycles.attrs["library"])


def fit_and_predict(experiment: Experiment, fold: Fold, model: CustomModel) -> np.ndarray:
    """Fit a user's model to the training cycles of a fold and predict the labels of its test cycles.

    Returns
    -------
    numpy.ndarray
        Predicted labels, shape (n_test,).

    Raises
    ------
    ParameterError
        If the estimator fails, or its answers are not one known target per row.
    """
    x, target = _features(experiment, fold, model.on), experiment.labels["label"].to_numpy()
    take = experiment.labels.groupby(["subject", "label", "take"]).ngroup().to_numpy()

    def rows(cycles: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return the rows of some cycles, a cycle of each row, and the row of each cycle."""
        if not model.whole_takes:
            return x[cycles], cycles, np.arange(len(cycles))
        _, first, row = np.unique(take[cycles], return_index=True, return_inverse=True)
        return [x[cycles[row == number]] for number in range(len(first))], cycles[first], row

    train, train_cycle, _ = rows(fold.train)
    test, test_cycle, row = rows(fold.test)
    estimator = _with_seed(model, fold.seed)
    try:
        answers = np.asarray(estimator.fit(train, target[train_cycle]).predict(test))
    except Exception as error:
        raise _refusal(model.name, "the estimator failed", f"{type(error).__name__}: {error}") from error
    if answers.shape != (len(test_cycle),):
        raise _refusal(model.name, f"{len(test_cycle)} rows need as many answers", f"shape {answers.shape}")
    known = set(target[train_cycle])
    unknown = sorted({str(answer) for answer in answers} - known)
    if unknown:
        raise _refusal(
            model.name,
            "an answer that is no label of the training cycles",
            ", ".join(unknown[:5]),
            f"Predict one of: {', '.join(sorted(known)[:10])}.",
        )
    return answers.astype(str)[row]


def describe(estimator: Any) -> str:
    """Return class and parameters of a scikit-learn estimator as JSON; empty where they do not say all.

    The code of scikit-learn's own classes is known by its version; a user's class or function is not.
    """
    try:
        return json.dumps(_described(estimator), sort_keys=True)
    except TypeError:
        return ""


def _described(value: Any) -> Any:
    if isinstance(value, BaseEstimator) and type(value).__module__.split(".")[0] in ("sklearn", "affectlib"):
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        return {"class": kind, "parameters": _described(value.get_params(deep=False))}
    if isinstance(value, dict):
        return {str(key): _described(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_described(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{type(value)} has no description")


def _features(experiment: Experiment, fold: Fold, on: str) -> np.ndarray:
    if on == "xyz":
        return as_vectors(experiment.model_input)
    if on == "positions":
        return experiment.series
    if on == "manual":
        return experiment.manual
    codes = encode(experiment, fold)
    return codes.affect if on == "affect code" else codes.subject


def _with_seed(model: CustomModel, seed: int) -> Any:
    try:
        estimator = model.make()
    except Exception as error:
        raise _refusal(model.name, "the function failed", f"{type(error).__name__}: {error}") from error
    if not _is_estimator(estimator):
        raise _refusal(
            model.name,
            "the function returned no estimator",
            type(estimator).__name__,
            "Return an object with fit and predict.",
        )
    if isinstance(estimator, BaseEstimator):
        parameters = estimator.get_params()
        unset = [name for name, value in parameters.items() if value is None]
        estimator.set_params(**{name: seed for name in unset if name.split("__")[-1] == "random_state"})
    return estimator


def _is_estimator(value: Any) -> bool:
    # A class is a function that returns an estimator.
    return not isinstance(value, type) and hasattr(value, "fit") and hasattr(value, "predict")


def _refusal(name: str, problem: str, found: str, remedy: str | None = None) -> ParameterError:
    return ParameterError(problem, where=f"model '{name}'", found=found, remedy=remedy)
