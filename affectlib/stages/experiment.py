"""Every model on every fold: what each stage of an experiment needs, made once and read by all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.predictions import COLUMNS, predictions_of
from affectlib.evaluation.splits import Fold, make_folds
from affectlib.gait.features import manual_features
from affectlib.models.baselines import BASELINES, fit_baseline
from affectlib.models.cnn import CnnSettings, fit_cnn
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.training import AutoencoderSettings, fit_autoencoder
from affectlib.stages.code import code_digest
from affectlib.stages.gait import cycles, cycles_key
from affectlib.stages.progress import follow
from affectlib.stages.store import Store, open_store
from affectlib.study import Study

AFFECT_MODELS = ("KNN-man", "SVM-man", "SVM-xyz", "CNN-xyz", "AE-xyz")
"""The paper's five models of Table I."""

ON_SUBJECT_CODE = " on E_S"

PROBES = ("SVM-xyz", "SVM-enc", "CNN-enc", f"SVM-enc{ON_SUBJECT_CODE}")
"""Who walked? From the raw series, from the affect code (twice), and from the subject code."""

AUTOENCODER = "affectlib.models.training"
"""The module whose code, with all that it imports, makes an autoencoder."""


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
        known = {"label": AFFECT_MODELS, "subject": PROBES}.get(task, ())
        if model not in known:
            raise ParameterError("unknown model", found=model, remedy=f"Choose from: {', '.join(known)}.")
        folds = self.folds(split)
        with follow(f"{model}, {task}, {split}") as progress:
            frames = []
            for fold in folds:
                frames.append(self._fold_predictions(model, fold, task))
                progress(len(frames), len(folds), f"fold {fold.number + 1}")
        return pd.concat(frames, ignore_index=True)

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
        return pd.concat(
            [self.predictions(model, split) for split in splits for model in models], ignore_index=True
        )

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
        frames = [self.predictions(probe, split, task="subject") for split in seen for probe in PROBES]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))

    def _fold_predictions(self, model: str, fold: Fold, task: str) -> pd.DataFrame:
        kept = self.store.keep(
            "predictions",
            inputs=self.inputs(fold) | {"model": model, "task": task},
            code=code_digest(*_code_of(model), also=__name__),
            write=lambda folder: self._predict(model, fold, task).to_csv(
                folder / "predictions.csv", index=False
            ),
        )
        text = ("library", "split", "task", "features", "model", "subject", "truth", "predicted")
        frame = pd.read_csv(kept.folder / "predictions.csv", dtype=dict.fromkeys(text, str))
        return frame.assign(library=self.cycles.attrs["library"])

    def _predict(self, model: str, fold: Fold, task: str) -> pd.DataFrame:
        features, x, fit = self._method(model, fold)
        target = self.labels[task].to_numpy()
        fitted = fit(x[fold.train], target[fold.train], fold.inner_groups, self.study.seed)
        return predictions_of(
            fitted.predict(x[fold.test]),
            fold=fold,
            labels=self.labels,
            task=task,
            library=self.cycles.attrs["library"],
            features=features,
            model=model.removesuffix(ON_SUBJECT_CODE),
            seed=self.study.seed,
        )

    def _method(self, model: str, fold: Fold) -> tuple[str, np.ndarray, Callable[..., Any]]:
        """Features' name, inputs of all cycles, and how to fit to the training ones."""
        if model in BASELINES:
            manual = BASELINES[model].features == "manual"
            return ("manual" if manual else "xyz"), (self.manual if manual else self.series), _shallow(model)
        if model == "CNN-xyz":
            return "xyz", self.series, _cnn
        codes = self.codes(fold)
        if model.endswith(ON_SUBJECT_CODE):
            return "subject code", codes.subject, _shallow("SVM-xyz")
        return "affect code", codes.affect, (_shallow("SVM-xyz") if model == "SVM-enc" else _cnn)

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
        code = code_digest(AUTOENCODER, also=__name__)

        def write(folder: Path) -> None:
            checkpoints.mkdir(parents=True, exist_ok=True)
            checkpoint = checkpoints / f"{self.key[:16]}-{code[:16]}-{fold.split}-{fold.number}.safetensors"
            with follow(f"autoencoder, {fold.split}, fold {fold.number + 1}") as progress:
                fitted = fit_autoencoder(
                    self.series[fold.train],
                    self.labels["subject"].to_numpy()[fold.train],
                    self.labels["label"].to_numpy()[fold.train],
                    take=fold.inner_groups,
                    settings=AutoencoderSettings(),
                    seed=self.study.seed,
                    checkpoint=checkpoint,
                    progress=lambda done, total, terms: progress(done, total, _told(terms)),
                )
            fitted.save(folder / "autoencoder")
            checkpoint.unlink(missing_ok=True)

        kept = self.store.keep("autoencoder", inputs=self.inputs(fold), code=code, write=write)
        return FittedAutoencoder.load(kept.folder / "autoencoder")

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

        code = code_digest(AUTOENCODER, also=__name__)
        kept = self.store.keep("codes", inputs=self.inputs(fold), code=code, write=write)
        parts = {part: np.load(kept.folder / f"{part}.npy") for part in ("affect", "subject")}
        return Codes(**parts)

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


def _code_of(model: str) -> tuple[str, ...]:
    common = ("affectlib.evaluation.splits", "affectlib.evaluation.predictions", "affectlib.gait.features")
    if model in BASELINES:
        return (*common, "affectlib.models.baselines")
    return (*common, "affectlib.models.baselines", "affectlib.models.cnn", AUTOENCODER)


def _shallow(name: str) -> Callable[..., Any]:
    return partial(_fit_shallow, name)


def _fit_shallow(name: str, x: np.ndarray, target: np.ndarray, groups: np.ndarray | None, seed: int) -> Any:
    return fit_baseline(name, x, target, groups=groups, seed=seed)


def _cnn(x: np.ndarray, target: np.ndarray, groups: np.ndarray | None, seed: int) -> Any:
    return fit_cnn(x, target, take=groups, settings=CnnSettings(), seed=seed)


def _told(terms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in terms.items() if name != "epoch")
