"""Networks trained on a fold, and the codes they give: each made once and read by all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from affectlib.evaluation.splits import Fold
from affectlib.models.cnn import FittedCnn, fit_cnn
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.seeds import another_seed
from affectlib.models.training import fit_autoencoder
from affectlib.stages.code import code_digest
from affectlib.stages.folds import Folds
from affectlib.stages.methods import AUTOENCODER, AUTOENCODERS, CNN, CNNS
from affectlib.stages.progress import follow
from affectlib.stages.store import Kept


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
class Trainings(Folds):
    """A study's cycles, and what is trained on each fold of them.

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
        def write(folder: Path) -> None:
            with follow(f"CNN-xyz{f', again ({again})' if again else ''}, {fold.split}") as progress:
                fitted = fit_cnn(
                    self.series[fold.train],
                    self.labels["label"].to_numpy()[fold.train],
                    take=fold.inner_groups,
                    settings=CNNS[self.study.profile],
                    seed=another_seed(self.study.seed, again),
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


def _told(terms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in terms.items() if name != "epoch")
