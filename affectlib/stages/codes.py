"""What the codes look like and what the decoder makes of them, on cycles no training has seen."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from sklearn.manifold import TSNE

from affectlib.evaluation.splits import Fold
from affectlib.models.pairs import Square, draw_squares, make_grid
from affectlib.models.untrained import untrained_autoencoder
from affectlib.skeleton import JOINTS
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.progress import follow
from affectlib.stages.trainings import train_autoencoder

VERSION = 1
ROOMS = (*trainings.ROOMS, "stages.codes")

LATENT_CYCLES = MappingProxyType({"quick": 300, "full": 1200})
"""Most test cycles that a map shows, by profile; t-SNE costs more than its number of points."""


def latent_maps(experiment: Experiment, fold: Fold) -> pd.DataFrame:
    """Map the codes of a fold's test cycles to the plane by t-SNE, before and after training.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    fold : Fold
        One of its folds.

    Returns
    -------
    pandas.DataFrame
        One row a cycle, code and time: ``code`` (affect, subject), ``when`` (before, after), ``x``,
        ``y``, ``cycle``, ``subject``, ``label``.
    """
    most = LATENT_CYCLES[experiment.study.profile]

    def write(folder: Any) -> None:
        rng = np.random.default_rng([experiment.study.seed, 4])
        shown = np.sort(rng.permutation(fold.test)[:most])
        x, labels = experiment.series[shown], experiment.labels.iloc[shown]
        trained = train_autoencoder(experiment, fold)
        raw = untrained_autoencoder(experiment.series[fold.train], seed=experiment.study.seed)
        frames = []
        with follow("t-SNE") as progress:
            for when, fitted in (("before", raw), ("after", trained)):
                for code, values in (("affect", fitted.affect_code(x)), ("subject", fitted.subject_code(x))):
                    place = _plane(values, seed=experiment.study.seed)
                    frames.append(
                        pd.DataFrame(
                            {
                                "code": code,
                                "when": when,
                                "x": place[:, 0],
                                "y": place[:, 1],
                                "cycle": shown,
                                "subject": labels["subject"].to_numpy(),
                                "label": labels["label"].to_numpy(),
                            }
                        )
                    )
                    progress(len(frames), 4, f"{code} code {when} training")
        pd.concat(frames, ignore_index=True).to_csv(folder / "maps.csv", index=False)

    kept = experiment.store.keep(
        "latents",
        inputs=experiment.inputs(fold) | {"cycles_shown": most, "version": VERSION},
        code=code_digest(*ROOMS),
        write=write,
    )
    return read_frame(kept.folder / "maps.csv")


def _plane(codes: np.ndarray, *, seed: int) -> np.ndarray:
    # Few points have few neighbours; one thread, so that equal runs give equal maps.
    perplexity = min(30.0, max(2.0, (len(codes) - 1) / 4))
    return TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1).fit_transform(codes)


def motion_errors(experiment: Experiment, fold: Fold) -> pd.DataFrame:
    """Measure reconstruction and exchange on a fold's test cycles, joint by joint.

    An exchanged motion has no one true counterpart: the ground truth of person k in affect j is any of
    their test cycles, drawn at random. So the natural distance of two such cycles stands beside it, and
    the distance of doing nothing, leaving person k in their own affect l.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    fold : Fold
        One of its folds.

    Returns
    -------
    pandas.DataFrame
        ``subject joint kind error_mm`` with the kinds ``reconstruction``, ``transfer``, ``natural``,
        ``no exchange``: mean Euclidean distance over phases and cycles of a person.
    """
    fitted, x, square = (
        train_autoencoder(experiment, fold),
        experiment.series[fold.test],
        _squares(experiment, fold),
    )
    usable = square.has_kl & square.has_kj
    anchor = np.flatnonzero(usable)
    kl, kj = square.kl[usable], square.kj[usable]
    other = _another_of_the_same_cell(experiment, fold)
    paired = np.flatnonzero(other >= 0)
    subjects = experiment.labels["subject"].to_numpy()[fold.test]
    parts = [
        _distances("reconstruction", fitted.reconstruct(x), x, subjects),
        _distances("natural", x[other[paired]], x[paired], subjects[paired]),
    ]
    if len(anchor):
        made = fitted.transfer(x[anchor], x[kl])
        parts.append(_distances("transfer", made, x[kj], subjects[kl]))
        parts.append(_distances("no exchange", x[kl], x[kj], subjects[kl]))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One exchange of codes between two test cycles, with everything it is compared with.

    Parameters
    ----------
    subjects : tuple of str
        Who i and k are.
    labels : tuple of str
        What j and l are.
    inputs : dict of str to numpy.ndarray
        ``ij`` and ``kl`` in metres, each of shape (phases, 15, 3).
    generated : dict of str to numpy.ndarray
        ``ij``, ``kl``, ``kj``, ``il`` as the decoder makes them, each of shape (phases, 15, 3).
    truths : dict of str to numpy.ndarray
        Recorded ``kj`` and ``il``, where they exist, each of shape (phases, 15, 3).
    """

    subjects: tuple[str, str]
    labels: tuple[str, str]
    inputs: dict[str, np.ndarray]
    generated: dict[str, np.ndarray]
    truths: dict[str, np.ndarray]


def exchange(experiment: Experiment, fold: Fold) -> Exchange:
    """Exchange the codes of one pair of test cycles: the first that has both ground truths.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    fold : Fold
        One of its folds.

    Returns
    -------
    Exchange
        The four motions of the paper's Fig. 1 with their ground truths.
    """
    fitted, x, square = (
        train_autoencoder(experiment, fold),
        experiment.series[fold.test],
        _squares(experiment, fold),
    )
    labels = experiment.labels.iloc[fold.test]
    complete = square.has_kl.astype(int) + square.has_kj + square.has_il
    ij = int(np.argmax(complete))
    kl, kj, il = int(square.kl[ij]), int(square.kj[ij]), int(square.il[ij])
    pair = [[ij], [kl]]
    made = {
        name: fitted.transfer(x[affect], x[subject])[0]
        for name, affect, subject in (
            ("ij", pair[0], pair[0]),
            ("kl", pair[1], pair[1]),
            ("kj", pair[0], pair[1]),
            ("il", pair[1], pair[0]),
        )
    }
    truths = {"kj": (kj, square.has_kj[ij]), "il": (il, square.has_il[ij])}
    return Exchange(
        subjects=(labels["subject"].iloc[ij], labels["subject"].iloc[kl]),
        labels=(labels["label"].iloc[ij], labels["label"].iloc[kl]),
        inputs={"ij": x[ij], "kl": x[kl]},
        generated=made,
        truths={name: x[cycle] for name, (cycle, exists) in truths.items() if exists},
    )


def histories(experiment: Experiment, folds: tuple[Fold, ...]) -> pd.DataFrame:
    """Collect the courses of all trainings.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    folds : tuple of Fold
        Whose autoencoders.

    Returns
    -------
    pandas.DataFrame
        The trainings' histories, with a column ``fold``.
    """
    return pd.concat(
        [train_autoencoder(experiment, fold).history.assign(fold=fold.number) for fold in folds],
        ignore_index=True,
    )


def mean_error_mm(errors: pd.DataFrame) -> pd.Series:
    """Average errors over joints and people, each person counting the same.

    Parameters
    ----------
    errors : pandas.DataFrame
        From `motion_errors`.

    Returns
    -------
    pandas.Series
        Millimetres by kind.
    """
    moving = errors[errors["joint"] != "pelvis"]
    return moving.groupby(["kind", "subject"])["error_mm"].mean().groupby("kind").mean()


def _squares(experiment: Experiment, fold: Fold) -> Square:
    labels = experiment.labels.iloc[fold.test]
    subject, label = labels["subject"].to_numpy(), labels["label"].to_numpy()
    grid = make_grid(subject, label)
    return draw_squares(grid, grid.cells(subject, label), np.random.default_rng([experiment.study.seed, 3]))


def _another_of_the_same_cell(experiment: Experiment, fold: Fold) -> np.ndarray:
    """For each test cycle the next one of its person and label, from another take if there is one; -1."""
    labels = experiment.labels.iloc[fold.test].reset_index(drop=True)
    other = np.full(len(labels), -1)
    for _, cell in labels.groupby(["subject", "label"]):
        for cycle in cell.index:
            rest = cell.drop(index=cycle)
            elsewhere = rest[rest["take"] != cell.loc[cycle, "take"]]
            choice = elsewhere if len(elsewhere) else rest
            if len(choice):
                other[cycle] = choice.index[cycle % len(choice)]
    return other


def _distances(kind: str, made: np.ndarray, truth: np.ndarray, subject: np.ndarray) -> pd.DataFrame:
    error_mm = 1000 * np.linalg.norm(made - truth, axis=-1).mean(axis=1)
    wide = pd.DataFrame(error_mm, columns=list(JOINTS)).groupby(np.asarray(subject)).mean()
    tidy = wide.rename_axis("subject").reset_index().melt("subject", var_name="joint", value_name="error_mm")
    return tidy.assign(kind=kind)[["subject", "joint", "kind", "error_mm"]]
