"""Transfers to cells, (subject, label) pairs, that were held out of training, and what they have to beat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.evaluation.cells import make_cell_folds
from affectlib.evaluation.reference_motions import (
    additive_means,
    affect_blind_means,
    cell_means,
    distance_mm,
    means_of_others,
    partner_of_each,
)
from affectlib.evaluation.splits import Fold
from affectlib.skeleton import JOINTS
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.side_by_side import side_by_side
from affectlib.stages.trainings import encode, train_autoencoder

VERSION = 1
ROOMS = (*trainings.ROOMS, "stages.held_out_cells")

CELL_FOLDS = MappingProxyType({"quick": 1, "full": 4})
"""Trainings with held-out cells, by profile; with four labels, four hold out every cell once."""

N_SOURCES = 10
"""Pairs of source cycles per held-out cell; more make the error of single sources steadier."""

MEAN, SINGLE = "mean cycle", "single cycles"
"""Targets of the distances: the mean of a cell's recorded cycles, or each of them. Single cycles vary from
stride to stride, by more than most methods differ."""


def held_out_errors(experiment: Experiment) -> pd.DataFrame:
    """Compute errors of transfers to cells that the autoencoder was not trained on, joint by joint.

    The affect code is of another subject in the held-out label, the subject code of the held-out subject in
    another label; both sources are training cycles.

    Returns
    -------
    pandas.DataFrame
        ``fold subject label joint kind target error_mm``, the Euclidean distance averaged over phases and
        cycles. Kinds are ``transfer`` (pairs of single source cycles), ``transfer, averaged codes`` (over all
        source cycles, subjects weighted equally), ``no exchange`` (the source of the subject code,
        reconstructed), ``affect-blind mean`` and ``additive mean``
        (`affectlib.evaluation.reference_motions`), and ``natural`` (another recorded cycle of the cell).
        Targets are `MEAN` and `SINGLE`.

    Raises
    ------
    NotApplicableError
        If the library has no cell that can be held out.
    """
    try:
        folds = make_cell_folds(
            experiment.labels,
            n_folds=CELL_FOLDS[experiment.study.profile],
            seed=experiment.study.seed,
            copies=experiment.copies,
        )
    except ParameterError as error:
        raise NotApplicableError("no transfer to a cell without training cycles", found=str(error)) from error
    missing = [fold for fold in folds if not experiment.store.holds(**_entry(experiment, fold))]
    side_by_side(experiment, _errors, [(fold,) for fold in missing], what="held-out cells", weight=5)
    return pd.concat([_errors(experiment, fold) for fold in folds], ignore_index=True)


def _errors(experiment: Experiment, fold: Fold) -> pd.DataFrame:
    def write(folder: Path) -> None:
        rows = pd.concat(_of_fold(experiment, fold), ignore_index=True)
        rows.insert(0, "fold", fold.number)
        rows.to_csv(folder / "errors.csv", index=False)

    entry = experiment.store.keep(**_entry(experiment, fold), write=write)
    return read_frame(entry.folder / "errors.csv")


def _entry(experiment: Experiment, fold: Fold) -> dict[str, Any]:
    inputs = experiment.inputs(fold) | {"sources": N_SOURCES, "version": VERSION}
    return {"stage": "held_out_cells", "inputs": inputs, "code": code_digest(*ROOMS)}


def _of_fold(experiment: Experiment, fold: Fold) -> Iterator[pd.DataFrame]:
    """Iterate over the errors of each held-out cell."""
    fitted, codes = train_autoencoder(experiment, fold), encode(experiment, fold)
    subjects, row = np.unique(experiment.labels["subject"], return_inverse=True)
    names, column = np.unique(experiment.labels["label"], return_inverse=True)
    take, x = experiment.labels["take"].to_numpy(), experiment.series.astype(np.float64)
    train, shape = fold.train, (len(subjects), len(names))
    means = cell_means(x[train], row[train], column[train], shape)
    blind, additive = affect_blind_means(means), additive_means(means)
    cell = np.ravel_multi_index((row, column), shape)
    rng = np.random.default_rng([fold.seed, 6])
    for subject, label in zip(*np.unravel_index(np.unique(cell[fold.test]), shape), strict=True):
        of_label, of_subject = train[column[train] == label], train[row[train] == subject]
        affect, person = rng.choice(of_label, N_SOURCES), rng.choice(of_subject, N_SOURCES)
        averaged = (
            _balanced_mean(codes.affect[of_label], row[of_label]),
            _balanced_mean(codes.subject[of_subject], column[of_subject]),
        )
        motions = {
            "transfer": fitted.decode(codes.affect[affect], codes.subject[person], x.shape[1]),
            "transfer, averaged codes": fitted.decode(*averaged, x.shape[1]),
            "no exchange": fitted.decode(codes.affect[person], codes.subject[person], x.shape[1]),
            "affect-blind mean": blind[subject][None],
            "additive mean": additive[subject, label][None],
        }
        recorded = fold.test[(row[fold.test] == subject) & (column[fold.test] == label)]
        errors = _distances(motions, x[recorded], take[recorded])
        yield errors.assign(subject=subjects[subject], label=names[label])


def _balanced_mean(codes: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the mean over the means of groups, shape (1, code size)."""
    return np.mean([codes[group == name].mean(axis=0) for name in np.unique(group)], axis=0)[None]


def _distances(motions: dict[str, np.ndarray], recorded: np.ndarray, take: np.ndarray) -> pd.DataFrame:
    """Return ``joint kind target error_mm`` of a cell's motions."""
    partner = recorded[partner_of_each(take)]
    errors = {("natural", MEAN): distance_mm(recorded, means_of_others(recorded))}
    if len(recorded) > 1:
        errors["natural", SINGLE] = distance_mm(recorded, partner)
    for kind, generated in motions.items():
        errors[kind, MEAN] = distance_mm(generated, recorded.mean(axis=0))
        errors[kind, SINGLE] = distance_mm(generated[:, None], recorded)
    frames = [
        pd.DataFrame({"joint": JOINTS, "kind": kind, "target": target, "error_mm": error_mm})
        for (kind, target), error_mm in errors.items()
    ]
    return pd.concat(frames, ignore_index=True)
