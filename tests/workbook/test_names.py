"""Names that look like missing values, numbers or truth values reach the end of every stage as they are."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_world import cnn_settings, settings
from walkers import in_the_room, on_the_spot

from affectlib import stages
from affectlib.evaluation.scores import read_scores, score, write_scores
from affectlib.recordings import check_library
from affectlib.recordings.formats.ptd import write_ptd
from affectlib.stages import experiment as experiments
from affectlib.stages.frames import NAMES, read_frame
from affectlib.stages.latents import latent_maps
from affectlib.stages.store import Store
from affectlib.study import Study

SUBJECTS = ("NA", "01", "1", "None", 'Ann, "A." O\'Hara')
LABELS = ("PA", "NA", "null", "nan", "True", "1e5", "non affect")
TAKES = ("1", "01")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody in every label and take, four seconds each."""
    folder = tmp_path_factory.mktemp("named") / "NA"
    folder.mkdir()
    time_s = np.arange(0, 6, 1 / 60)
    rows = []
    for number, (subject, label, take) in enumerate(product(SUBJECTS, LABELS, TAKES)):
        stride_hz = 0.8 + 0.03 * SUBJECTS.index(subject) + 0.02 * LABELS.index(label)
        position = on_the_spot(stride_hz * time_s, 1 + 0.01 * number)
        path_m = np.column_stack([time_s * 1.1, np.zeros_like(time_s)])
        write_ptd(folder / f"{number}.ptd", in_the_room(position, heading=0 * time_s, path_m=path_m))
        rows.append((f"{number}.ptd", subject, label, take, 60, "in", "z", ""))
    with (folder / "library.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(
            [("file", "subject", "label", "take", "rate_hz", "unit", "up", "gender"), *rows]
        )
    return folder


@pytest.fixture(scope="module")
def study(library: Path) -> Study:
    return Study(library=str(library), profile="quick")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("named_store"))


@pytest.fixture(scope="module")
def experiment(study: Study, store: Store):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiments, "AUTOENCODERS", {"quick": settings(n_steps=5)})
        patch.setattr(experiments, "CNNS", {"quick": cnn_settings(n_steps=5)})
        yield stages.open_experiment(study, store=store)


def check_names(frame: pd.DataFrame, column: str = "subject", among: tuple[str, ...] = SUBJECTS) -> None:
    assert set(frame[column]) == set(among), column


def test_looking_through_and_cutting(library: Path, study: Study, store: Store) -> None:
    for takes in (check_library(library).takes, stages.load(study, store=store).takes):
        check_names(takes)
        check_names(takes, "label", LABELS)
        check_names(takes, "take", TAKES)
    assert stages.load(study, store=store).library.name == "NA"
    for table in (stages.segmentation(study, store=store), stages.cycles(study, store=store)):
        table = table if isinstance(table, pd.DataFrame) else table[[*NAMES_OF_CYCLES]].to_dataframe()
        check_names(table)
        check_names(table, "label", LABELS)
        check_names(table, "take", TAKES)


NAMES_OF_CYCLES = ("subject", "label", "take", "gender")


def test_people_with_such_names_can_be_left_out(study: Study, store: Store) -> None:
    left = stages.load(Study(library=study.library, leave_out="NA,01"), store=store)
    check_names(left.takes, among=SUBJECTS[2:])


def test_predictions_and_scores(experiment: stages.Experiment, tmp_path: Path) -> None:
    predictions = stages.predict_labels(experiment, ("takes",), models=("KNN-man", "CNN-xyz"))
    check_names(predictions)
    check_names(predictions, "true", LABELS)
    assert set(predictions["predicted"]) <= set(LABELS)
    assert set(predictions["library"]) == {"NA"}
    probes = stages.predict_subjects(experiment, ("takes",), models=("SVM-enc",))
    check_names(probes, "true")
    assert set(probes["predicted"]) <= set(SUBJECTS)
    scores = read_scores(write_scores(score(predictions), tmp_path / "scores.csv"))
    check_names(scores, "label", ("", *LABELS))


def test_maps_of_codes(experiment: stages.Experiment) -> None:
    maps = latent_maps(experiment, experiment.folds("takes")[0])
    check_names(maps)
    check_names(maps, "label", LABELS)


def test_a_kept_table_comes_back_as_it_was(tmp_path: Path) -> None:
    names = [
        *SUBJECTS,
        *LABELS,
        "",
        " NA",
        "NA ",
        "<NA>",
        "#N/A",
        "-1.#IND",
        "NaT",
        "inf",
        "0x1F",
        "2020-01-01",
        "a\nb",
    ]
    frame = pd.DataFrame(dict.fromkeys(NAMES, names) | {"value": np.linspace(0, 1, len(names))})
    frame.loc[0, "value"] = np.nan
    frame.to_csv(tmp_path / "frame.csv", index=False)
    pd.testing.assert_frame_equal(read_frame(tmp_path / "frame.csv"), frame)
    assert read_frame(tmp_path / "frame.csv", text=["value"])["value"][0] == ""
