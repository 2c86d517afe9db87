"""Which ways to divide a library's cycles there are, and what becomes of those that there are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.models.seeds import another_seed
from affectlib.stages.experiment import Experiment
from affectlib.stages.predictions import predict_labels, predict_subjects
from affectlib.stages.store import Store
from affectlib.study import Study


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    """Two subjects, one take each of two labels: no two takes to tell apart."""
    rows = [(who, label, "1") for who in ("ann", "ben") for label in ("sad", "happy") for _ in range(4)]
    columns = dict(zip(("subject", "label", "take"), zip(*rows, strict=True), strict=True))
    columns |= {"recording": ["x"] * len(rows), "gender": [""] * len(rows)}
    cycles = xr.Dataset({name: ("cycle", list(values)) for name, values in columns.items()})
    # No two cycles alike: copies of each other would stay on one side.
    cycles["position"] = ("cycle", "phase"), np.random.default_rng(0).normal(size=(len(rows), 4))
    return Experiment(study=Study(folds=2), store=Store(tmp_path), cycles=cycles, key="k")


def test_splits_that_a_library_does_not_allow_are_told(experiment: Experiment):
    made, impossible = experiment.possible(["takes", "cycles", "subjects", "cycles"])
    assert made == ("cycles", "subjects")
    assert len(impossible) == 1
    assert impossible[0].startswith("takes: ")
    with pytest.raises(NotApplicableError, match="takes"):
        experiment.possible("takes")
    with pytest.raises(NotApplicableError, match="by takes"):
        experiment.first_fold("takes")
    assert experiment.first_fold("cycles").number == 0


@pytest.mark.parametrize("splits", ["take", ["cycles", "take"], "", [], ("c", "y"), 3, [["takes"]]])
def test_what_is_no_split_is_an_error_and_not_left_out(experiment: Experiment, splits: object):
    with pytest.raises(ParameterError, match=r"parameter 'splits'.*Choose from: cycles, takes, subjects"):
        experiment.possible(splits)


@pytest.mark.parametrize("split", ["take", "", "takes,cycles", None])
def test_one_split_is_one_of_them(experiment: Experiment, split: object):
    with pytest.raises(ParameterError, match=r"parameter 'split'.*Choose from"):
        experiment.first_fold(split)


def test_nobody_is_named_who_was_never_seen(experiment: Experiment):
    with pytest.raises(NotApplicableError, match="in the training data"):
        predict_subjects(experiment, ["subjects"])


def test_a_repetition_has_other_folds_and_seeds_and_the_same_cycles(experiment: Experiment):
    first, again = (experiment.folds("cycles", repeat=repeat) for repeat in (0, 1))
    assert {fold.seed for fold in first} == {experiment.study.seed}
    assert {fold.seed for fold in again}.isdisjoint({experiment.study.seed})
    assert any((one.test.tolist() != other.test.tolist()) for one, other in zip(first, again, strict=True))
    assert sorted(np.concatenate([fold.test for fold in again])) == list(range(16))
    assert experiment.inputs(first[0]) != experiment.inputs(again[0])
    for fold, same in zip(again, experiment.folds("cycles", repeat=1), strict=True):
        np.testing.assert_array_equal(fold.test, same.test)


def test_predictions_of_several_seeds_hold_those_of_one(experiment: Experiment):
    x = np.random.default_rng(1).normal(size=(16, 8, 15, 3)).astype(np.float32)
    cycles = experiment.cycles.drop_vars("position").assign_attrs(library="l")
    cycles["position"] = ("cycle", "phase", "joint", "axis"), x
    experiment = replace(experiment, cycles=cycles)
    one, two = (predict_labels(experiment, ["cycles"], models=["SVM-xyz"], seeds=seeds) for seeds in (1, 2))
    assert two["seed"].unique().tolist() == [0, another_seed(0, 1)]
    pd.testing.assert_frame_equal(two[two["seed"] == 0].reset_index(drop=True), one)
    assert (two.groupby("seed")["cycle"].apply(sorted).map(tuple) == tuple(range(16))).all()
    with pytest.raises(ParameterError, match="parameter 'seeds'"):
        predict_labels(experiment, ["cycles"], seeds=0)
