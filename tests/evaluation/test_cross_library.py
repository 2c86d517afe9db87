"""Labels across libraries: what a planted effect is worth, and what must not count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from sklearn.metrics import f1_score

from affectlib.demo.anthropometry import draw_body
from affectlib.demo.curves import ANGLES, evaluate, kind_of, normative
from affectlib.demo.kinematics import pose
from affectlib.evaluation.cross_library import (
    first_cycles,
    leave_one_subject_out,
    macro_f1,
    predict_across,
)
from affectlib.skeleton import AXES, JOINTS

LABELS = ("angry", "happy", "neutral", "sad")
ELBOW_DEG = dict(zip(LABELS, (20.0, 10.0, 0.0, -10.0), strict=True))
ELBOWS = np.array([kind_of(name) == "elbow_flexion" for name in ANGLES])


def library(
    prefix: str, *, subjects: int, scale: float = 1.0, effect: float = 1.0, cycles: int = 2
) -> xr.Dataset:
    """Cycles of subjects whose elbows alone tell the label, ``scale`` times as large as people."""
    rng = np.random.default_rng(len(prefix) + subjects)
    mean_deg, swing_deg = evaluate(normative(), np.arange(50) / 50)
    body = draw_body(np.random.default_rng(0), "F")
    rows, positions = [], []
    for subject in range(subjects):
        posture_deg = 2.0 * rng.standard_normal(len(ANGLES))
        for label in LABELS:
            for _ in range(cycles):
                change_deg = (
                    posture_deg + effect * ELBOW_DEG[label] * ELBOWS + rng.standard_normal(len(ANGLES))
                )
                positions.append(scale * pose(body, mean_deg + swing_deg + change_deg))
                rows.append((f"{prefix}{subject}", label, f"{prefix}{subject}_{label}"))
    coordinates = dict(zip(("subject", "label", "recording"), zip(*rows, strict=True), strict=True))
    return xr.Dataset(
        {"position": (("cycle", "phase", "joint", "axis"), np.array(positions))},
        coords={
            "joint": list(JOINTS),
            "axis": list(AXES),
            **{name: ("cycle", np.array(values)) for name, values in coordinates.items()},
            "start_s": ("cycle", np.zeros(len(rows))),
            "end_s": ("cycle", 1.2 + 0.05 * rng.standard_normal(len(rows))),
        },
    )


def f1_by_model(predictions: pd.DataFrame) -> dict[str, float]:
    return {name: macro_f1(frame)["macro_f1"] for name, frame in predictions.groupby("model")}


def test_an_effect_carries_over_to_a_library_in_another_unit():
    test = first_cycles(library("b", subjects=6, scale=39.37))
    scores = f1_by_model(predict_across(library("a", subjects=12), test))
    assert min(scores.values()) > 0.7


def test_without_an_effect_nothing_carries_over():
    test = first_cycles(library("b", subjects=10, effect=0.0))
    assert max(f1_by_model(predict_across(library("a", subjects=12), test)).values()) < 0.55


def test_the_first_cycle_of_each_recording_remains():
    cycles = library("a", subjects=2, cycles=3)
    first = first_cycles(cycles)
    assert len(first["recording"]) == 8
    np.testing.assert_array_equal(first["position"], cycles["position"][::3])


def test_a_subject_left_out_is_not_learnt_from():
    cycles = first_cycles(library("a", subjects=8))
    # One subject has every label wrong: a model that learnt from that subject would predict the wrong labels.
    shifted = dict(zip(LABELS, (*LABELS[1:], LABELS[0]), strict=True))
    wrong = cycles["subject"].values == "a0"
    labels = np.where(wrong, [shifted[label] for label in cycles["label"].values], cycles["label"].values)
    predictions = leave_one_subject_out(cycles.assign_coords(label=("cycle", labels)))
    of_wrong = predictions[predictions["subject"] == "a0"]
    assert (of_wrong["true"] == of_wrong["predicted"]).mean() < 0.4
    assert f1_by_model(predictions[predictions["subject"] != "a0"])["logistic regression"] > 0.6


def test_intervals_are_over_subjects():
    subjects = np.repeat([f"s{k}" for k in range(10)], 4)
    right = np.array(list(LABELS) * 10)
    every = pd.DataFrame({"subject": subjects, "true": right, "predicted": right})
    assert macro_f1(every) == {"macro_f1": 1.0, "low": 1.0, "high": 1.0}
    # Half of the subjects are all right and half all wrong, which is more uncertain than every second cycle.
    lumped = every.assign(predicted=np.where(subjects < "s5", right, np.roll(right, 1)))
    spread = every.assign(predicted=np.where(np.arange(40) % 8 < 4, right, np.roll(right, 1)))
    for frame in (lumped, spread):
        expected = f1_score(frame["true"], frame["predicted"], average="macro")
        assert macro_f1(frame)["macro_f1"] == pytest.approx(expected)
    single = every.assign(subject=[str(k) for k in range(40)], predicted=lumped["predicted"])
    width = {
        name: np.diff([f["low"], f["high"]])[0]
        for name, f in (("ten", macro_f1(lumped)), ("forty", macro_f1(single)))
    }
    assert width["ten"] > 1.5 * width["forty"]
