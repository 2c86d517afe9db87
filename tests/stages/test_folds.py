"""Which ways to divide a library's cycles there are, and what becomes of those that there are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from affectlib.errors import NotApplicableError, ParameterError
from affectlib.stages.experiment import Experiment
from affectlib.stages.predictions import predict_subjects
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
