"""Transfers to cells without training cycles, in a world in which subject and label add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_world
import xarray as xr

from affectlib.errors import NotApplicableError
from affectlib.evaluation.motion_transfers import compare_transfers
from affectlib.stages import experiment as experiments
from affectlib.stages import held_out_cells
from affectlib.stages.experiment import Experiment
from affectlib.stages.held_out_cells import MEAN, SINGLE, held_out_errors
from affectlib.stages.store import Store
from affectlib.study import Study

NOISE_M = 0.004


def open_world(root: Path, noise_m: float = NOISE_M) -> Experiment:
    x, subject, label, take = small_world.cycles(noise_m=noise_m, repeats=2)
    coordinates = {"subject": subject, "label": label, "take": take.astype(str)}
    coordinates |= {"recording": np.full(len(x), ""), "gender": np.full(len(x), "")}
    dataset = xr.Dataset(
        {"position": (("cycle", "phase", "joint", "axis"), x)},
        coords={name: ("cycle", values) for name, values in coordinates.items()},
        attrs={"library": "small world"},
    )
    return Experiment(study=Study(folds=2), store=Store(root), cycles=dataset, key="small")


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        long_enough = small_world.settings(n_steps=240, learning_rate=0.01)
        patch.setattr(experiments, "AUTOENCODERS", {"quick": long_enough})
        patch.setattr(held_out_cells, "CELL_FOLDS", {"quick": 2})
        yield open_world(tmp_path_factory.mktemp("cells"))


@pytest.fixture(scope="module")
def errors(experiment: Experiment) -> pd.DataFrame:
    return held_out_errors(experiment)


def test_errors_are_of_cells_that_training_did_not_see(errors: pd.DataFrame) -> None:
    cells = errors.groupby(["fold", "subject"])["label"].nunique()
    assert (cells == 1).all()
    assert errors["joint"].nunique() == 15
    assert errors["error_mm"].notna().all()
    assert set(errors["target"]) == {MEAN, SINGLE}


def test_what_adds_up_is_found_by_adding_and_by_the_decoder(errors: pd.DataFrame) -> None:
    table = compare_transfers(errors).set_index(["target", "kind"])["error_mm"]
    assert table[MEAN, "additive mean"] < table[MEAN, "natural"] < table[MEAN, "affect-blind mean"]
    assert table[MEAN, "transfer, averaged codes"] < 0.7 * table[MEAN, "affect-blind mean"]
    assert table[MEAN, "transfer, averaged codes"] <= table[MEAN, "transfer"]
    assert table[MEAN, "no exchange"] > table[MEAN, "transfer"]
    # Noise of three axes has a mean length of 1.6 standard deviations; two cycles differ by that of both.
    assert table[SINGLE, "natural"] == pytest.approx(1000 * NOISE_M * 1.6 * np.sqrt(2), rel=0.1)
    assert table[MEAN, "natural"] == pytest.approx(1000 * NOISE_M * 1.6 * np.sqrt(4 / 3), rel=0.1)


def test_a_second_call_only_reads_and_other_inputs_compute_again(
    experiment: Experiment, errors: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_out_cells, "_of_fold", None)
    pd.testing.assert_frame_equal(held_out_errors(experiment), errors)
    for changed in (replace(experiment, key="other"), replace(experiment, study=Study(folds=2, seed=1))):
        with pytest.raises(TypeError):
            held_out_errors(changed)


def test_a_library_without_such_cells_is_said(experiment: Experiment) -> None:
    first = experiment.cycles.isel(cycle=experiment.cycles["subject"].values == "s0")
    with pytest.raises(NotApplicableError, match="no transfer"):
        held_out_errors(replace(experiment, cycles=first))
