"""Every model on every fold: what each notebook of an experiment asks for, made once and read by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.predictions import predictions_of
from affectlib.evaluation.splits import Fold
from affectlib.stages import methods
from affectlib.stages.code import code_digest
from affectlib.stages.frames import read_frame
from affectlib.stages.gait import cycles, cycles_key
from affectlib.stages.methods import (
    AFFECT_MODELS,
    AUTOENCODER,
    MODELS,
    ON_SUBJECT_CODE,
    PROBES,
    code_of,
    method_of,
    needs_codes,
)
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.store import Store, open_store
from affectlib.stages.trainings import Trainings
from affectlib.study import Study


@dataclass(frozen=True, kw_only=True)
class Experiment(Trainings):
    """A study's cycles and all that is computed from them, fold by fold.

    Parameters
    ----------
    study : Study
        The study.
    store : Store
        Where results are kept.
    cycles : xarray.Dataset
        Its gait cycles.
    key : str
        Hex digest of everything the cycles were made of.
    """

    def predictions(self, model: str, split: str, *, task: str = "label") -> pd.DataFrame:
        """Let one model predict the test cycles of every fold of a split.

        Parameters
        ----------
        model : str
            One of `AFFECT_MODELS` for the task label, of `PROBES` for the task subject.
        split : str
            Which split.
        task : str
            ``"label"`` or ``"subject"``.

        Returns
        -------
        pandas.DataFrame
            Columns `affectlib.evaluation.predictions.COLUMNS`.

        Raises
        ------
        ParameterError
            For a model that the task does not have.
        """
        return self._all([(model, split)], task)

    def all_predictions(
        self, splits: Sequence[str], *, models: Sequence[str] = AFFECT_MODELS
    ) -> pd.DataFrame:
        """Let models predict the label under several splits.

        Parameters
        ----------
        splits : sequence of str
            Which splits.
        models : sequence of str
            Which of `AFFECT_MODELS`.

        Returns
        -------
        pandas.DataFrame
            Columns `affectlib.evaluation.predictions.COLUMNS`.
        """
        return self._all([(model, split) for split in splits for model in models], "label")

    def all_probes(self, splits: Sequence[str]) -> pd.DataFrame:
        """Let all probes name the walker under several splits.

        Parameters
        ----------
        splits : sequence of str
            Which splits; subjects nobody has seen cannot be named, so ``subjects`` has no probes.

        Returns
        -------
        pandas.DataFrame
            Columns `affectlib.evaluation.predictions.COLUMNS`.

        Raises
        ------
        NotApplicableError
            Where no other split is wanted.
        """
        seen = [split for split in splits if split != "subjects"]
        if not seen:
            raise NotApplicableError(
                "nobody can be named who was not seen in training",
                found="split by subjects",
                remedy="Split by takes or cycles.",
            )
        return self._all([(probe, split) for split in seen for probe in PROBES], "subject")

    def _all(self, asked: Sequence[tuple[str, str]], task: str) -> pd.DataFrame:
        known = MODELS.get(task, ())
        for model, _ in asked:
            if model not in known:
                raise ParameterError("unknown model", found=model, remedy=f"Choose from: {', '.join(known)}.")
        places = [(model, fold, task) for model, split in asked for fold in self.folds(split)]
        self.prepare(places)
        return pd.concat([self.predict_fold(*place) for place in places], ignore_index=True)

    def prepare(self, asked: Sequence[tuple[str, Fold, str]]) -> None:
        """Make predictions that are not there yet, several folds at a time, and keep them.

        Parameters
        ----------
        asked : sequence of (str, Fold, str)
            Model, fold and task of each.
        """
        missing = [each for each in asked if not self.store.holds(**self._prediction(*each))]
        folds = {(fold.split, fold.number): fold for model, fold, _ in missing if needs_codes(model)}
        train = [key for key, fold in folds.items() if not self.store.holds(**self._encoding(fold))]
        # What another notebook is training right now is asked for last.
        train.sort(key=lambda key: self.store.is_being_made(**self._training(folds[key])))
        jobs = [(model, (fold.split, fold.number), task) for model, fold, task in missing]
        # Trainings are the longest; models that do not wait for them fill the processes they leave over.
        jobs.sort(key=lambda job: needs_codes(job[0]))
        side_by_side(self, _do, [*((AUTOENCODER, key) for key in train), *jobs], what="models")

    def _prediction(self, model: str, fold: Fold, task: str) -> dict[str, Any]:
        return {
            "stage": "predictions",
            "inputs": self.inputs(fold) | {"model": model, "task": task},
            "code": code_digest(*code_of(model), also=methods.__name__),
        }

    def predict_fold(self, model: str, fold: Fold, task: str) -> pd.DataFrame:
        """Let one model predict the test cycles of one fold.

        Parameters
        ----------
        model : str
            As in `predictions`.
        fold : Fold
            The fold.
        task : str
            As in `predictions`.

        Returns
        -------
        pandas.DataFrame
            Columns `affectlib.evaluation.predictions.COLUMNS`.
        """

        def write(folder: Path) -> None:
            self._predict(model, fold, task).to_csv(folder / "predictions.csv", index=False)

        kept = self.store.keep(**self._prediction(model, fold, task), write=write)
        frame = read_frame(kept.folder / "predictions.csv")
        return frame.assign(library=self.cycles.attrs["library"])

    def _predict(self, model: str, fold: Fold, task: str) -> pd.DataFrame:
        method = method_of(model, self, fold)
        fitted = method.fit(self.labels[task].to_numpy()[fold.train])
        return predictions_of(
            fitted.predict(method.x[fold.test]),
            fold=fold,
            labels=self.labels,
            task=task,
            library=self.cycles.attrs["library"],
            features=method.features,
            model=model.removesuffix(ON_SUBJECT_CODE),
            seed=self.study.seed,
        )


def open_experiment(study: Study, *, store: Store | None = None) -> Experiment:
    """Get a study's cycles ready for models.

    Parameters
    ----------
    study : Study
        The study.
    store : Store, optional
        Where results are kept.

    Returns
    -------
    Experiment
        The experiment.

    Raises
    ------
    NotApplicableError
        Where the library has one label or one person only.
    """
    store = store or open_store()
    own = cycles(study, store=store)
    for name, what in (("label", "labels to tell apart"), ("subject", "people")):
        present = sorted(set(own[name].values))
        if len(present) < 2:
            raise NotApplicableError(
                f"this question needs at least two {what}",
                file=study.library_folder,
                found=", ".join(present),
                remedy="Add recordings, or be content with notebooks 00 to 02.",
            )
    return Experiment(study=study, store=store, cycles=own, key=cycles_key(study, store=store))


def _do(experiment: Experiment, model: str, place: tuple[str, int], task: str = "") -> None:
    fold = experiment.folds(place[0])[place[1]]
    if model == AUTOENCODER:
        experiment.codes(fold)
    else:
        experiment.predict_fold(model, fold, task)
