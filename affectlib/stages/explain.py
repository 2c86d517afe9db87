"""The stage that explains a CNN-xyz: relevance of joints and phases, and its checks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import xarray as xr

from affectlib.disk import write_netcdf
from affectlib.evaluation.splits import Fold
from affectlib.explanation.checks import randomisation_check
from affectlib.explanation.deletion import deletion_test
from affectlib.explanation.gradcam import Explanation, explain_labels
from affectlib.explanation.reproduction import reproduction_check
from affectlib.stages import trainings
from affectlib.stages.code import code_digest
from affectlib.stages.experiment import Experiment, open_experiment
from affectlib.stages.frames import read_frame
from affectlib.stages.progress import follow
from affectlib.stages.store import Store
from affectlib.stages.trainings import cnn_key, train_cnn
from affectlib.study import Study

VERSION = 2
ROOMS = ("explanation", *trainings.ROOMS, "stages.explain")

RANDOM_NETWORKS = MappingProxyType({"quick": 8, "full": 20})
"""Random networks per step of the randomisation check, by profile."""

RANDOM_ORDERS = MappingProxyType({"quick": 8, "full": 20})
"""Random orders of joints in the deletion test, by profile."""

TRAINED_AGAIN = MappingProxyType({"quick": 1, "full": 4})
"""CNNs trained again from other random weights, by profile."""

ON_PERMUTED_LABELS = MappingProxyType({"quick": 1, "full": 2})
"""CNNs trained on permuted labels, by profile."""

TABLES = ("counts", "randomisation", "deletion", "reproduction")
"""Tables of an explanation on disk."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Relevance maps of a CNN-xyz with their checks.

    Parameters
    ----------
    explanation : affectlib.explanation.gradcam.Explanation
        Maps and counts of the test cycles of one fold.
    randomisation : pandas.DataFrame
        See `affectlib.explanation.checks.randomisation_check`.
    deletion : pandas.DataFrame
        See `affectlib.explanation.deletion.deletion_test`.
    reproduction : pandas.DataFrame
        See `affectlib.explanation.reproduction.reproduction_check`.
    split : str
        Split of the fold.
    n_train : int
        Number of training cycles.
    """

    explanation: Explanation
    randomisation: pd.DataFrame
    deletion: pd.DataFrame
    reproduction: pd.DataFrame
    split: str
    n_train: int


def explain(study: Study, *, split: str = "cycles", store: Store | None = None) -> Explained:
    """Train CNN-xyz on the first fold of a split and compute relevance maps of its test cycles."""
    experiment = open_experiment(study, store=store)
    fold = experiment.first_fold(split)
    entry = experiment.store.keep(
        "explain",
        inputs={
            "cnn": cnn_key(experiment, fold),
            "networks": RANDOM_NETWORKS[study.profile],
            "orders": RANDOM_ORDERS[study.profile],
            "again": TRAINED_AGAIN[study.profile],
            "permuted": ON_PERMUTED_LABELS[study.profile],
            "seed": study.seed,
            "version": VERSION,
        },
        code=code_digest(*ROOMS),
        write=lambda folder: _write(experiment, fold, folder),
    )
    with xr.open_dataarray(entry.folder / "relevance.nc", engine="h5netcdf") as opened:
        relevance = opened.load()
    tables = {name: read_frame(entry.folder / f"{name}.csv") for name in TABLES}
    return Explained(
        explanation=Explanation(relevance=relevance, counts=tables["counts"]),
        randomisation=tables["randomisation"],
        deletion=tables["deletion"],
        reproduction=tables["reproduction"],
        split=split,
        n_train=len(fold.train),
    )


def _write(experiment: Experiment, fold: Fold, folder: Path) -> None:
    study = experiment.study
    x = experiment.series[fold.test]
    true = experiment.labels["label"].to_numpy()[fold.test]
    trained = train_cnn(experiment, fold)
    again = [
        train_cnn(experiment, fold, repeat=number) for number in range(1, 1 + TRAINED_AGAIN[study.profile])
    ]
    permuted = [
        train_cnn(experiment, fold, repeat=number, permuted=True)
        for number in range(ON_PERMUTED_LABELS[study.profile])
    ]
    with follow("relevance") as progress:
        explanation = explain_labels(trained, x, true)
        progress(1, 4, "maps")
        randomisation = randomisation_check(
            trained, x, true, again=again, n_seeds=RANDOM_NETWORKS[study.profile], seed=study.seed
        )
        progress(2, 4, "random weights")
        deletion = deletion_test(
            trained, x, true, explanation, n_orders=RANDOM_ORDERS[study.profile], seed=study.seed
        )
        progress(3, 4, "deletion of joints")
        reproduction = reproduction_check(
            trained,
            x,
            true,
            again=again,
            permuted=permuted,
            n_random=RANDOM_NETWORKS[study.profile],
            seed=study.seed,
        )
        progress(4, 4, "reproduction")
    write_netcdf(explanation.relevance, folder / "relevance.nc")
    tables = (explanation.counts, randomisation, deletion, reproduction)
    for name, table in zip(TABLES, tables, strict=True):
        table.to_csv(folder / f"{name}.csv", index=False)
