"""The networks trained on a fold, and the codes of the autoencoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from affectlib.evaluation.splits import Fold, permute_among_takes
from affectlib.models.cnn import FittedCnn, fit_cnn
from affectlib.models.fitted import FittedAutoencoder
from affectlib.models.seeds import another_seed
from affectlib.models.training import fit_autoencoder
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.progress import follow
from affectlib.stages.store import Entry

VERSION = 1
ROOMS = ("recordings", "gait", "models", "evaluation", "stages.experiment", "stages.trainings")


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Codes of all cycles by one fold's autoencoder.

    Parameters
    ----------
    affect : numpy.ndarray
        Shape (cycles, affect_size).
    subject : numpy.ndarray
        Shape (cycles, subject_size).
    """

    affect: np.ndarray
    subject: np.ndarray


def train_autoencoder(experiment: Experiment, fold: Fold) -> FittedAutoencoder:
    """Return the two-encoder autoencoder of a fold; an interrupted training is resumed."""
    entry = autoencoder_entry(experiment, fold)
    name = f"{experiment.key[:16]}-{entry['code'][:16]}-{fold.split}-{fold.number}-{fold.seed}.safetensors"
    checkpoint = experiment.store.root / "checkpoints" / name

    def write(folder: Path) -> None:
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        with follow(f"autoencoder, {fold.split}, fold {fold.number + 1}") as progress:
            fitted = fit_autoencoder(
                experiment.model_input[fold.train],
                experiment.labels["subject"].to_numpy()[fold.train],
                experiment.labels["label"].to_numpy()[fold.train],
                groups=fold.inner_groups,
                settings=experiment.autoencoder_settings,
                seed=fold.seed,
                checkpoint=checkpoint,
                progress=lambda done, total, terms: progress(done, total, _losses(terms)),
            )
        fitted.save(folder / "autoencoder")
        checkpoint.unlink(missing_ok=True)

    return FittedAutoencoder.load(experiment.store.keep(**entry, write=write).folder / "autoencoder")


def encode(experiment: Experiment, fold: Fold) -> Codes:
    """Return the codes of all cycles, training and test, by a fold's autoencoder."""

    def write(folder: Path) -> None:
        fitted = train_autoencoder(experiment, fold)
        np.save(folder / "affect.npy", fitted.affect_code(experiment.model_input), allow_pickle=False)
        np.save(folder / "subject.npy", fitted.subject_code(experiment.model_input), allow_pickle=False)

    folder = experiment.store.keep(**codes_entry(experiment, fold), write=write).folder
    return Codes(affect=np.load(folder / "affect.npy"), subject=np.load(folder / "subject.npy"))


def train_cnn(experiment: Experiment, fold: Fold, *, repeat: int = 0, permuted: bool = False) -> FittedCnn:
    """Return the CNN-xyz of a fold, trained to predict the label.

    Parameters
    ----------
    repeat : int
        0 for the network whose scores are reported; 1, 2, ... for networks that differ from it only in
        their random weights.
    permuted : bool
        Permute labels among takes, so that nothing can be learnt of them.
    """
    return FittedCnn.load(_cnn(experiment, fold, repeat, permuted).folder / "cnn")


def cnn_key(experiment: Experiment, fold: Fold) -> str:
    """Return the hex digest of everything that a fold's CNN-xyz depends on."""
    return _cnn(experiment, fold, 0, False).key


def autoencoder_entry(experiment: Experiment, fold: Fold) -> dict[str, Any]:
    """Return the stage, inputs and code of a fold's autoencoder, as `Store.keep` takes them."""
    inputs = experiment.inputs(fold) | {"version": VERSION}
    return {"stage": "autoencoder", "inputs": inputs, "code": code_digest(*ROOMS)}


def codes_entry(experiment: Experiment, fold: Fold) -> dict[str, Any]:
    """Return the stage, inputs and code of a fold's codes, as `Store.keep` takes them."""
    return autoencoder_entry(experiment, fold) | {"stage": "codes"}


def _cnn(experiment: Experiment, fold: Fold, repeat: int, permuted: bool) -> Entry:
    def write(folder: Path) -> None:
        rows = experiment.labels.iloc[fold.train]
        seed = another_seed(fold.seed, repeat)
        label = permute_among_takes(rows, seed=seed) if permuted else rows["label"].to_numpy()
        with follow(f"CNN-xyz{f', repeat {repeat}' if repeat else ''}, {fold.split}") as progress:
            fitted = fit_cnn(
                experiment.model_input[fold.train],
                label,
                groups=fold.inner_groups,
                settings=experiment.cnn_settings,
                seed=seed,
                progress=lambda done, total, terms: progress(done, total, f"epoch {done}"),
            )
        fitted.save(folder / "cnn")

    inputs = experiment.inputs(fold) | {"repeat": repeat, "permuted": permuted, "version": VERSION}
    return experiment.store.keep("cnn", inputs=inputs, code=code_digest(*ROOMS), write=write)


def _losses(terms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in terms.items() if name != "epoch")
