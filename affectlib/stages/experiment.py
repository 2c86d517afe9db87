"""Every model on every fold: what each stage of an experiment needs, made once and read by all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.predictions import COLUMNS, predictions_of
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.gait.features import manual_features
from affectlib.models.cnn import FittedCnn, fit_cnn
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.training import fit_autoencoder
from affectlib.stages import methods
from affectlib.stages.code import code_digest
from affectlib.stages.gait import cycles, cycles_key
from affectlib.stages.methods import (
    AFFECT_MODELS,
    AUTOENCODER,
    AUTOENCODERS,
    CNN,
    CNNS,
    MODELS,
    ON_SUBJECT_CODE,
    PROBES,
    code_of,
    method_of,
    needs_codes,
)
from affectlib.stages.progress import follow
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.store import Kept, Store, open_store
from affectlib.study import Study


@dataclass(frozen=True, kw_only=True)
class Codes:
    """All cycles of a library as one fold's autoencoder encodes them.

    Parameters
    ----------
    affect : numpy.ndarray
        Affect codes, shape (cycles, affect_size).
    subject : numpy.ndarray
        Subject codes, shape (cycles, subject_size).
    """

    affect: np.ndarray
    subject: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Experiment:
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

    study: Study
    store: Store
    cycles: xr.Dataset
    key: str

    @cached_property
    def labels(self) -> pd.DataFrame:
        """One row a cycle: ``subject label take recording gender``."""
        names = ["subject", "label", "take", "recording", "gender"]
        return pd.DataFrame({name: self.cycles[name].values.astype(str) for name in names})

    @cached_property
    def series(self) -> np.ndarray:
        """Positions in metres, shape (cycles, phases, 15, 3)."""
        return self.cycles["position"].values

    @cached_property
    def manual(self) -> np.ndarray:
        """Manual features, shape (cycles, features)."""
        return manual_features(self.cycles).to_numpy()

    def folds(self, split: str) -> tuple[Fold, ...]:
        """Divide the cycles.

        Parameters
        ----------
        split : str
            ``"cycles"``, ``"takes"`` or ``"subjects"``.

        Returns
        -------
        tuple of Fold
            As many as the study has folds.
        """
        return make_folds(self.labels, split=split, n_folds=self.study.folds or 2, seed=self.study.seed)

    def possible(self, splits: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Tell which ways to divide the cycles this library allows.

        Parameters
        ----------
        splits : sequence of str
            Splits that are wanted.

        Returns
        -------
        tuple of (tuple of str, tuple of str)
            The splits that can be made, and why the others cannot.

        Raises
        ------
        NotApplicableError
            Where none can be made.
        """
        made, objections = [], []
        for split in splits:
            try:
                self.folds(split)
                made.append(split)
            except ParameterError as error:
                objections.append(f"{split}: {error}")
        if not made:
            raise NotApplicableError("no way to divide the cycles into folds", found="; ".join(objections))
        return tuple(made), tuple(objections)

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
            Which splits; people nobody has seen cannot be named, so ``subjects`` is left out.

        Returns
        -------
        pandas.DataFrame
            Columns `affectlib.evaluation.predictions.COLUMNS`.
        """
        seen = [split for split in splits if split != "subjects"]
        if not seen:
            return pd.DataFrame(columns=list(COLUMNS))
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
        text = ("library", "split", "task", "features", "model", "subject", "truth", "predicted")
        frame = pd.read_csv(kept.folder / "predictions.csv", dtype=dict.fromkeys(text, str))
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

    def autoencoder(self, fold: Fold) -> FittedAutoencoder:
        """Train the two-encoder autoencoder on a fold's training cycles.

        Parameters
        ----------
        fold : Fold
            The fold.

        Returns
        -------
        FittedAutoencoder
            Read from disk where it was trained before; a training that was stopped goes on.
        """
        checkpoints = self.store.root / "checkpoints"
        training = self._training(fold)

        def write(folder: Path) -> None:
            checkpoints.mkdir(parents=True, exist_ok=True)
            name = f"{self.key[:16]}-{training['code'][:16]}-{fold.split}-{fold.number}.safetensors"
            with follow(f"autoencoder, {fold.split}, fold {fold.number + 1}") as progress:
                fitted = fit_autoencoder(
                    self.series[fold.train],
                    self.labels["subject"].to_numpy()[fold.train],
                    self.labels["label"].to_numpy()[fold.train],
                    take=fold.inner_groups,
                    settings=AUTOENCODERS[self.study.profile],
                    seed=self.study.seed,
                    checkpoint=checkpoints / name,
                    progress=lambda done, total, terms: progress(done, total, _told(terms)),
                )
            fitted.save(folder / "autoencoder")
            (checkpoints / name).unlink(missing_ok=True)

        kept = self.store.keep(**training, write=write)
        return FittedAutoencoder.load(kept.folder / "autoencoder")

    def cnn(self, fold: Fold, *, again: int = 0) -> FittedCnn:
        """Train CNN-xyz to name the label on a fold's training cycles.

        Parameters
        ----------
        fold : Fold
            The fold.
        again : int
            0 for the network whose scores are reported; 1, 2, ... for others that differ from it in
            nothing but their random weights.

        Returns
        -------
        FittedCnn
            Read from disk where it was trained before.
        """
        return FittedCnn.load(self._cnn(fold, again).folder / "cnn")

    def cnn_key(self, fold: Fold) -> str:
        """Name everything that a fold's CNN-xyz was made of.

        Parameters
        ----------
        fold : Fold
            The fold.

        Returns
        -------
        str
            Hex digest.
        """
        return self._cnn(fold, 0).key

    def _cnn(self, fold: Fold, again: int) -> Kept:
        # Far apart: the next seed's study shall not be explained with this one's second CNN.
        seed = self.study.seed + 1_000_003 * again

        def write(folder: Path) -> None:
            with follow(f"CNN-xyz{f', again ({again})' if again else ''}, {fold.split}") as progress:
                fitted = fit_cnn(
                    self.series[fold.train],
                    self.labels["label"].to_numpy()[fold.train],
                    take=fold.inner_groups,
                    settings=CNNS[self.study.profile],
                    seed=seed,
                    progress=lambda done, total, terms: progress(done, total, f"epoch {done}"),
                )
            fitted.save(folder / "cnn")

        inputs = self.inputs(fold) | {"again": again}
        return self.store.keep("cnn", inputs=inputs, code=code_digest(CNN), write=write)

    def _training(self, fold: Fold) -> dict[str, Any]:
        return {"stage": "autoencoder", "inputs": self.inputs(fold), "code": code_digest(AUTOENCODER)}

    def codes(self, fold: Fold) -> Codes:
        """Encode all cycles with a fold's autoencoder.

        Parameters
        ----------
        fold : Fold
            The fold.

        Returns
        -------
        Codes
            Of training and test cycles.
        """

        def write(folder: Path) -> None:
            fitted = self.autoencoder(fold)
            np.save(folder / "affect.npy", fitted.affect_code(self.series), allow_pickle=False)
            np.save(folder / "subject.npy", fitted.subject_code(self.series), allow_pickle=False)

        kept = self.store.keep(**self._encoding(fold), write=write)
        parts = {part: np.load(kept.folder / f"{part}.npy") for part in ("affect", "subject")}
        return Codes(**parts)

    def _encoding(self, fold: Fold) -> dict[str, Any]:
        return self._training(fold) | {"stage": "codes"}

    def inputs(self, fold: Fold) -> dict[str, Any]:
        """Name what everything computed on a fold depends on.

        Parameters
        ----------
        fold : Fold
            The fold.

        Returns
        -------
        dict of str to object
            For `Store.keep`.
        """
        return {
            "cycles": self.key,
            "split": fold.split,
            "fold": fold.number,
            "folds": self.study.folds,
            "seed": self.study.seed,
            "autoencoder": asdict(AUTOENCODERS[self.study.profile]),
            "cnn": asdict(CNNS[self.study.profile]),
        }


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


def _told(terms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in terms.items() if name != "epoch")


def _do(experiment: Experiment, model: str, place: tuple[str, int], task: str = "") -> None:
    fold = experiment.folds(place[0])[place[1]]
    if model == AUTOENCODER:
        experiment.codes(fold)
    else:
        experiment.predict_fold(model, fold, task)
