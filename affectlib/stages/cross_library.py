"""The stage that trains on the study's library and tests on recorded people: what a simulation is worth."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from affectlib.errors import NotApplicableError
from affectlib.evaluation.cross_library import first_cycles, leave_one_subject_out, macro_f1, predict_across
from affectlib.stages.code import code_digest
from affectlib.stages.frames import read_frame
from affectlib.stages.gait import cycles, cycles_key
from affectlib.stages.store import Store, open_store
from affectlib.study import Study

VERSION = 1
ROOMS = ("recordings", "gait", "models", "evaluation", "stages.cross_library")

DATA_VARIABLE = "AFFECTLIB_TEST_DATA"
"""Environment variable with the folder of recordings of people, which are no part of this project."""

PAPER_CYCLES = "paper_cycles"
"""Folder with one cycle of fifteen of the paper's subjects in each affect, four times over."""


def recorded_people(folder: str = "") -> Path | None:
    """Return the folder of a library of recorded people: the one named, else the paper's if it is there."""
    default = Path(os.environ.get(DATA_VARIABLE, "")) / PAPER_CYCLES
    if folder:
        return Path(folder)
    return default if DATA_VARIABLE in os.environ and default.is_dir() else None


def across_libraries(study: Study, *, recorded: Path, store: Store | None = None) -> pd.DataFrame:
    """Score labels of recorded people, learnt from the study's library and from each other.

    The first cycle of each take is tested, since a take of `PAPER_CYCLES` is one cycle four times over.

    Returns
    -------
    pandas.DataFrame
        One row a classifier and training library: ``trained_on model features subjects macro_f1 low high``,
        with the 95 % interval over subjects.

    Raises
    ------
    NotApplicableError
        If the libraries do not have the same labels.
    """
    store = store or open_store()
    people = Study(library=str(recorded), preprocessing=study.preprocessing)

    def write(folder: Path) -> None:
        train, test = cycles(study, store=store), first_cycles(cycles(people, store=store))
        if set(train["label"].values) != set(test["label"].values):
            raise NotApplicableError(
                "training and test library need the same labels",
                found=f"{sorted(set(train['label'].values))} and {sorted(set(test['label'].values))}",
                remedy="Name another library of recorded people.",
            )
        sources = {
            train.attrs["library"]: predict_across(train, test),
            "other recorded subjects": leave_one_subject_out(test),
        }
        rows = [
            {
                "trained_on": source,
                "model": model,
                "features": features,
                "subjects": frame["subject"].nunique(),
                **macro_f1(frame),
            }
            for source, predictions in sources.items()
            for (model, features), frame in predictions.groupby(["model", "features"])
        ]
        pd.DataFrame(rows).to_csv(folder / "scores.csv", index=False)

    entry = store.keep(
        "cross_library",
        inputs={
            "train": cycles_key(study, store=store),
            "test": cycles_key(people, store=store),
            "version": VERSION,
        },
        code=code_digest(*ROOMS),
        write=write,
    )
    return read_frame(entry.folder / "scores.csv")
