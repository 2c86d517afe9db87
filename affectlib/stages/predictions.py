"""Predictions of every model on every fold: computed once and read by all notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.predictions import predictions_of
from affectlib.evaluation.splits import Fold
from affectlib.parameters import read_count
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.custom import CustomModel, predict_custom
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.methods import (
    AFFECT_MODELS,
    MODELS,
    ON_SUBJECT_CODE,
    PROBES,
    STGCNS,
    method_of,
    needs_codes,
)
from affectlib.stages.progress import follow
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.trainings import autoencoder_entry, codes_entry, encode

VERSION = 1
ROOMS = (*trainings.ROOMS, "stages.methods", "stages.predictions")


class Job(NamedTuple):
    """The predictions of one model on one fold; without a model, only the codes of the fold."""

    model: str
    fold: Fold
    task: str

    def __str__(self) -> str:
        fold = self.fold
        return f"{self.model or 'autoencoder'}, {fold.split}, fold {fold.number + 1}, seed {fold.seed}"


def predict_labels(
    experiment: Experiment,
    splits: Sequence[str],
    *,
    models: Sequence[str] = AFFECT_MODELS,
    custom: Sequence[CustomModel] = (),
    seeds: int = 1,
) -> pd.DataFrame:
    """Predict the labels of the test cycles of every fold.

    Parameters
    ----------
    models : sequence of str
        Some of `AFFECT_MODELS` and `PEERS`.
    custom : sequence of CustomModel
        Models of the user. Results of scikit-learn's own estimators are kept; the code of others has no
        digest, so that they are fitted anew each time.
    seeds : int
        Number of repetitions with other folds and random weights. Costs time in proportion.

    Returns
    -------
    pandas.DataFrame
        Columns `affectlib.evaluation.predictions.COLUMNS`.

    Raises
    ------
    ParameterError
        For an unknown model, less than one seed, or a user's model that fails or has the name of another.
    """
    _check_names([*MODELS["label"], *(model.name for model in custom)])
    frames = [_predict_all(experiment, splits, models, "label", seeds)] if models else []
    fits = [(model, fold) for fold in _all_folds(experiment, splits, seeds) for model in custom]
    with follow("models of the user") as progress:
        for number, (model, fold) in enumerate(fits):
            frames.append(predict_custom(experiment, fold, model))
            progress(number + 1, len(fits), f"{model.name}, {fold.split}, fold {fold.number + 1}")
    return pd.concat(frames, ignore_index=True)


def predict_subjects(
    experiment: Experiment, splits: Sequence[str], *, models: Sequence[str] = PROBES, seeds: int = 1
) -> pd.DataFrame:
    """Predict the subjects of the test cycles of every fold.

    Parameters
    ----------
    splits : sequence of str
        Requested splits; ``subjects`` is ignored, as its test subjects are not in the training data.
    models : sequence of str
        Some of `PROBES`.
    seeds : int
        Number of repetitions with other folds and random weights. Costs time in proportion.

    Returns
    -------
    pandas.DataFrame
        Columns `affectlib.evaluation.predictions.COLUMNS`.

    Raises
    ------
    ParameterError
        For an unknown model, or less than one seed.
    NotApplicableError
        If no other split is requested.
    """
    closed = [split for split in splits if split != "subjects"]
    if not closed:
        raise NotApplicableError(
            "subjects can only be identified if they are in the training data",
            found="split by subjects",
            remedy="Split by takes or cycles.",
        )
    return _predict_all(experiment, closed, models, "subject", seeds)


def _predict_all(
    experiment: Experiment, splits: Sequence[str], models: Sequence[str], task: str, seeds: int
) -> pd.DataFrame:
    seeds = read_count("seeds", seeds, least=1)
    for model in models:
        if model not in MODELS[task]:
            raise ParameterError(
                "unknown model", found=model, remedy=f"Choose from: {', '.join(MODELS[task])}."
            )
    jobs = [
        Job(model, fold, task)
        for repeat in range(seeds)
        for split in splits
        for model in models
        for fold in experiment.folds(split, repeat=repeat)
    ]
    _prepare(experiment, jobs)
    return pd.concat([_predictions(experiment, job) for job in jobs], ignore_index=True)


def _all_folds(experiment: Experiment, splits: Sequence[str], seeds: int) -> list[Fold]:
    repeats = range(read_count("seeds", seeds, least=1))
    return [fold for repeat in repeats for split in splits for fold in experiment.folds(split, repeat=repeat)]


def _prepare(experiment: Experiment, jobs: Sequence[Job]) -> None:
    """Compute missing predictions, several folds at a time."""
    store = experiment.store
    missing = [job for job in jobs if not store.holds(**_entry(experiment, job))]
    with_codes = [job.fold for job in missing if needs_codes(job.model)]
    folds = {(fold.seed, fold.split, fold.number): fold for fold in with_codes}
    untrained = [fold for fold in folds.values() if not store.holds(**codes_entry(experiment, fold))]
    # Folds that another notebook is training at the moment come last.
    untrained.sort(key=lambda fold: store.is_being_made(**autoencoder_entry(experiment, fold)))
    # Trainings take longest; models that do not wait for them fill the remaining processes.
    missing.sort(key=lambda job: needs_codes(job.model))
    first = [Job("", fold, "") for fold in untrained]
    side_by_side(experiment, _compute, [(job,) for job in [*first, *missing]], what="models")


def _compute(experiment: Experiment, job: Job) -> None:
    if job.model:
        _predictions(experiment, job)
    else:
        encode(experiment, job.fold)


def _predictions(experiment: Experiment, job: Job) -> pd.DataFrame:
    def write(folder: Path) -> None:
        method = method_of(job.model, experiment, job.fold)
        fitted = method.fit(experiment.labels[job.task].to_numpy()[job.fold.train])
        frame = predictions_of(
            fitted.predict(method.x[job.fold.test]),
            fold=job.fold,
            labels=experiment.labels,
            task=job.task,
            library=experiment.cycles.attrs["library"],
            features=method.features,
            model=job.model.removesuffix(ON_SUBJECT_CODE),
            seed=job.fold.seed,
        )
        frame.to_csv(folder / "predictions.csv", index=False)

    entry = experiment.store.keep(**_entry(experiment, job), write=write)
    frame = read_frame(entry.folder / "predictions.csv")
    return frame.assign(library=experiment.cycles.attrs["library"])


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParameterError(
            "two models of one name", found=", ".join(twice), remedy="Give each model another name."
        )


def _entry(experiment: Experiment, job: Job) -> dict[str, Any]:
    return {
        "stage": "predictions",
        "inputs": experiment.inputs(job.fold)
        | {"model": job.model, "task": job.task, "version": VERSION}
        | ({"stgcn": asdict(STGCNS[experiment.study.profile])} if job.model == "STGCN-xyz" else {}),
        "code": code_digest(*ROOMS),
    }
