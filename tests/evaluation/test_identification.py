"""Identification on planted truth: people who differ in size alone, people who do not differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from walkers import in_the_room, on_the_spot, recording

from affectlib.evaluation.identification import above_chance, identification_table
from affectlib.evaluation.predictions import predictions_of
from affectlib.evaluation.splits import make_folds
from affectlib.gait import Preprocessing, make_cycles
from affectlib.models.baselines import fit_baseline
from affectlib.recordings import open_library, read_recordings
from affectlib.recordings.recording import Recording

PEOPLE = 6


def walk(size: float, *, seed: int, seconds: float = 12.0, rate_hz: float = 60.0) -> np.ndarray:
    """One walk of somebody of this size: pace, swing and posture drawn anew for every take."""
    random = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    position = on_the_spot(time_s * random.uniform(0.8, 0.95), random.uniform(0.85, 1.15)) * size
    position = position + random.normal(scale=0.008, size=(1, *position.shape[1:]))
    path_m = np.stack([0.9 * time_s, 0 * time_s], axis=1)
    room = in_the_room(position, heading=np.zeros(len(time_s)), path_m=path_m)
    return room + random.normal(scale=0.003, size=room.shape)


def people_who_differ_in_size() -> list[Recording]:
    sizes = np.linspace(0.75, 1.25, PEOPLE)
    return [
        recording(
            walk(size, seed=100 * person + 10 * label + take),
            subject=f"p{person}",
            label=f"label{label}",
            take=str(take),
            name=f"p{person}_{label}_{take}",
        )
        for person, size in enumerate(sizes)
        for label in range(2)
        for take in range(2)
    ]


def probed(cycles: xr.Dataset, *, split: str = "takes") -> pd.DataFrame:
    labels = cycles[["subject", "label", "take"]].to_dataframe().reset_index(drop=True)
    x, subject = cycles["position"].values, labels["subject"].to_numpy()
    keys = {"library": cycles.attrs["library"], "features": "xyz", "model": "SVM-xyz", "seed": 0}
    frames = []
    for fold in make_folds(labels, split=split):
        fitted = fit_baseline("SVM-xyz", x[fold.train], subject[fold.train], groups=fold.inner_groups)
        predicted = fitted.predict(x[fold.test])
        frames.append(predictions_of(predicted, fold=fold, labels=labels, task="subject", **keys))
    return pd.concat(frames, ignore_index=True)


def cut(recordings: list[Recording], *, normalise_bones: bool) -> xr.Dataset:
    return make_cycles(
        recordings,
        preprocessing=Preprocessing(normalise_bones=normalise_bones),
        library_name="sizes",
        simulated=True,
        library_fingerprint="",
    )


def test_identity_that_is_only_size_is_gone_with_one_body_for_all() -> None:
    recordings = people_who_differ_in_size()
    own = identification_table(probed(cut(recordings, normalise_bones=False))).iloc[0]
    alike = identification_table(probed(cut(recordings, normalise_bones=True))).iloc[0]
    assert own["chance"] == alike["chance"] == pytest.approx(1 / PEOPLE)
    assert own["balanced_accuracy"] > 0.8
    assert own["times_chance"] > 4.8
    # Chance lies within what the people's scores leave open, and far from the other result.
    assert alike["low"] <= 1 / PEOPLE + 0.05
    assert alike["balanced_accuracy"] < own["balanced_accuracy"] / 2


def test_cycles_of_one_take_on_both_sides_give_even_strangers_away() -> None:
    """Why the paper's split flatters: each take has its own posture, whoever walks."""
    cycles = cut(people_who_differ_in_size(), normalise_bones=True)
    by_cycles = identification_table(probed(cycles, split="cycles")).iloc[0]["balanced_accuracy"]
    by_takes = identification_table(probed(cycles)).iloc[0]["balanced_accuracy"]
    assert by_cycles > by_takes + 0.2


def predictions(right: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Predictions in which each person was named so often of so many times."""
    rows = [
        (subject, "right" if cycle < hits else "wrong")
        for subject, (hits, cycles) in right.items()
        for cycle in range(cycles)
    ]
    frame = pd.DataFrame(rows, columns=["subject", "predicted"])
    frame["predicted"] = np.where(frame["predicted"] == "right", frame["subject"], "nobody")
    keys = {"library": "l", "split": "takes", "task": "subject", "features": "xyz", "model": "SVM-xyz"}
    return frame.assign(true=frame["subject"], seed=0, fold=0, cycle=range(len(frame)), **keys)


def test_everybody_counts_the_same() -> None:
    table = identification_table(predictions({"ada": (90, 90), "bob": (0, 10)})).iloc[0]
    assert table["accuracy"] == pytest.approx(0.9)
    assert table["balanced_accuracy"] == pytest.approx(0.5)
    assert table["chance"] == 0.5
    assert table["times_chance"] == pytest.approx(1.0)
    assert (table["low"], table["high"]) == (0, 1)
    assert identification_table(predictions({"ada": (1, 2)}), n_subjects=20).iloc[0]["chance"] == 0.05


def test_seeds_are_averaged_within_subjects() -> None:
    frames = [predictions({"ada": (right, 10), "bob": (0, 10)}).assign(seed=right) for right in (2, 6)]
    table = identification_table(pd.concat(frames)).iloc[0]
    assert table["seeds"] == 2
    assert table["balanced_accuracy"] == pytest.approx((0.4 + 0) / 2)
    assert (table["low"], table["high"]) == pytest.approx((0, 0.4))


def test_probes_above_chance_are_named_with_what_they_see() -> None:
    table = identification_table(
        pd.concat(
            [
                predictions(dict.fromkeys(("ada", "bob", "eve"), (9, 10))),
                predictions({"ada": (9, 9), "bob": (0, 9), "eve": (0, 9)}).assign(features="affect code"),
            ]
        )
    )
    assert (
        above_chance(table)
        == "Above chance by their intervals: SVM-xyz on the joint series (split by takes)."
    )
    assert above_chance(table.assign(low=0)) == "Above chance by their intervals: none."


def test_other_tasks_are_left_out() -> None:
    frame = predictions({"ada": (1, 2), "bob": (1, 2)})
    both = pd.concat([frame, frame.assign(task="label", predicted="sad")])
    pd.testing.assert_frame_equal(identification_table(both), identification_table(frame))


def test_real_people_are_recognised_by_their_walk(real_data: Path) -> None:
    library = open_library(real_data / "kinect_walks")
    cycles = make_cycles(
        read_recordings(library).recordings,
        library_name=library.name,
        simulated=False,
        library_fingerprint="",
    )
    table = identification_table(probed(cycles)).iloc[0]
    assert table["subjects"] == 14
    assert table["low"] > 5 * table["chance"]
