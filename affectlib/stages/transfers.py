"""Reconstructed and transferred motions of test cycles, and errors of reconstruction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from affectlib.evaluation.reference_motions import partner_of_each
from affectlib.evaluation.splits import Fold
from affectlib.models.pairs import Square, draw_squares, make_grid
from affectlib.skeleton import JOINTS
from affectlib.stages.experiment import Experiment
from affectlib.stages.trainings import train_autoencoder


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One exchange of codes between two test cycles: the four motions of the paper's Fig. 1.

    Parameters
    ----------
    subjects : tuple of str
        Subjects i and k.
    labels : tuple of str
        Affects j and l.
    inputs : dict of str to numpy.ndarray
        ``ij`` and ``kl`` in metres, each of shape (phases, 15, 3).
    generated : dict of str to numpy.ndarray
        ``ij``, ``kl``, ``kj``, ``il`` by the decoder, each of shape (phases, 15, 3).
    ground_truth : dict of str to numpy.ndarray
        Recorded ``kj`` and ``il``, if they exist, each of shape (phases, 15, 3).
    """

    subjects: tuple[str, str]
    labels: tuple[str, str]
    inputs: dict[str, np.ndarray]
    generated: dict[str, np.ndarray]
    ground_truth: dict[str, np.ndarray]


def exchange(experiment: Experiment, fold: Fold) -> Exchange:
    """Exchange the codes of a pair of test cycles, the first with both ground truths."""
    fitted, square = train_autoencoder(experiment, fold), _squares(experiment, fold)
    x, labels = experiment.series[fold.test], experiment.labels.iloc[fold.test]
    ij = int(np.argmax(square.has_kl.astype(int) + square.has_kj + square.has_il))
    kl = int(square.kl[ij])
    recorded = {"kj": (square.kj[ij], square.has_kj[ij]), "il": (square.il[ij], square.has_il[ij])}
    # By name: the cycle of the affect, then that of the subject.
    pairs = {"ij": (ij, ij), "kl": (kl, kl), "kj": (ij, kl), "il": (kl, ij)}
    return Exchange(
        subjects=(labels["subject"].iloc[ij], labels["subject"].iloc[kl]),
        labels=(labels["label"].iloc[ij], labels["label"].iloc[kl]),
        inputs={"ij": x[ij], "kl": x[kl]},
        generated={
            name: fitted.transfer(x[[affect]], x[[subject]])[0] for name, (affect, subject) in pairs.items()
        },
        ground_truth={name: x[cycle] for name, (cycle, exists) in recorded.items() if exists},
    )


def motion_errors(experiment: Experiment, fold: Fold) -> pd.DataFrame:
    """Compute errors of the reconstruction of a fold's test cycles, joint by joint.

    Transfers are measured on cells that training did not see (`affectlib.stages.held_out_errors`).

    Returns
    -------
    pandas.DataFrame
        ``subject joint kind error_mm`` with the kinds ``reconstruction`` and, for comparison, ``natural``:
        the distance of two recorded cycles of the same subject and label, of different takes if possible.
        Euclidean distance averaged over phases and cycles of a subject.
    """
    fitted = train_autoencoder(experiment, fold)
    labels = experiment.labels.iloc[fold.test]
    x, subjects = experiment.series[fold.test], labels["subject"].to_numpy()
    frames = [_distances("reconstruction", fitted.reconstruct(x), x, subjects)]
    partner = np.arange(len(x))
    for cell in labels.groupby(["subject", "label"]).indices.values():
        partner[cell] = cell[partner_of_each(labels["take"].to_numpy()[cell])]
    paired = np.flatnonzero(partner != np.arange(len(x)))
    if len(paired):
        frames.append(_distances("natural", x[partner[paired]], x[paired], subjects[paired]))
    return pd.concat(frames, ignore_index=True)


def mean_error_mm(errors: pd.DataFrame) -> pd.Series:
    """Average the errors from `motion_errors` over joints, then over subjects; returns them by kind."""
    moving = errors[errors["joint"] != "pelvis"]
    return moving.groupby(["kind", "subject"])["error_mm"].mean().groupby("kind").mean()


def _squares(experiment: Experiment, fold: Fold) -> Square:
    labels = experiment.labels.iloc[fold.test]
    subject, label = labels["subject"].to_numpy(), labels["label"].to_numpy()
    grid = make_grid(subject, label)
    return draw_squares(grid, grid.cells(subject, label), np.random.default_rng([fold.seed, 3]))


def _distances(kind: str, generated: np.ndarray, target: np.ndarray, subject: np.ndarray) -> pd.DataFrame:
    error_mm = 1000 * np.linalg.norm(generated - target, axis=-1).mean(axis=1)
    wide = pd.DataFrame(error_mm, columns=list(JOINTS)).groupby(np.asarray(subject)).mean()
    tidy = wide.rename_axis("subject").reset_index().melt("subject", var_name="joint", value_name="error_mm")
    return tidy.assign(kind=kind)[["subject", "joint", "kind", "error_mm"]]
