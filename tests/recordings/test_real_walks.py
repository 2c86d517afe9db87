"""Recorded people, from their files to gait cycles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from affectlib.demo import genuine
from affectlib.gait import (
    Segmented,
    cycle_deviations_mm,
    make_cycles,
    segment,
    segment_all,
    segmentation_table,
)
from affectlib.recordings import open_library, read_recordings
from affectlib.skeleton import JOINTS

STEADY_S = 2.0


def segmented(folder: Path) -> list[Segmented]:
    return segment_all(read_recordings(open_library(folder)).recordings)


def test_the_genuine_take_gives_its_strides(real_data: Path) -> None:
    (walk,) = read_recordings(open_library(real_data / "body_movement_library")).recordings
    found = segment(walk).segmentation
    assert 18 <= len(found.cycles) <= 20
    assert found.stride_hz == pytest.approx(0.82, abs=0.02)
    # About 1.7 s of standing come first.
    assert found.cycles[0].start_frames / walk.rate_hz > 1.7


def test_the_reported_genuine_numbers_are_what_the_take_measures(real_data: Path) -> None:
    walks = read_recordings(open_library(real_data / "body_movement_library")).recordings
    table = segmentation_table(segment_all(walks))
    assert table.loc[0, "speed_m_s"] == pytest.approx(genuine.SPEED_M_S, abs=5e-4)
    assert table.loc[0, "stride_hz"] == pytest.approx(genuine.STRIDE_HZ, abs=5e-4)
    cycles = make_cycles(walks, library_name="", simulated=False, library_fingerprint="")
    measured = cycle_deviations_mm(cycles).iloc[0]
    for joint, deviation_mm in genuine.CYCLE_DEVIATIONS_MM.items():
        assert measured[joint] == pytest.approx(deviation_mm, abs=0.05), joint


def test_nearly_every_kinect_take_gives_a_cycle(real_data: Path) -> None:
    table = segmentation_table(segmented(real_data / "kinect_walks"))
    takes = table.groupby(["subject", "label", "take"]).agg({"duration_s": "max", "cycles": "sum"})
    tracked = takes[takes["duration_s"] >= STEADY_S]
    assert len(tracked) >= 80
    assert (tracked["cycles"] > 0).mean() >= 0.95
    assert tracked["cycles"].sum() >= 120


def test_acted_walks_of_two_seconds_all_give_cycles(real_data: Path) -> None:
    table = segmentation_table(segmented(real_data / "bandai_walks"))
    assert (table.loc[table["duration_s"] >= STEADY_S, "cycles"] > 0).all()
    walking = table[table["cycles"] > 0]
    assert walking["stride_hz"].between(0.4, 1.4).all()
    assert walking["speed_m_s"].between(0.3, 2.2).all()


def test_angry_actors_walk_faster_than_sad_ones(real_data: Path) -> None:
    table = segmentation_table(segmented(real_data / "bandai_walks"))
    speed: pd.Series = table.groupby("label")["speed_m_s"].mean()
    assert speed["angry"] > speed["neutral"] > speed["sad"]


@pytest.mark.parametrize("name", ["body_movement_library", "kinect_walks", "bandai_walks"])
def test_cycles_of_people_look_ahead_and_stand_upright(name: str, real_data: Path) -> None:
    bend_m = []
    for one in segmented(real_data / name):
        if not len(one.position):
            continue
        average = dict(zip(JOINTS, one.position.mean(axis=(0, 1)), strict=True))
        walk = one.recording.name
        assert average["head"][2] - average["l_ankle"][2] > 1.0, walk
        assert average["l_shoulder"][1] > average["r_shoulder"][1], f"{walk}: left shoulder not on the left"
        bend_m.append(average["r_knee"][0] - (average["r_hip"][0] + average["r_ankle"][0]) / 2)
    assert np.mean(bend_m) > 0.01, "knees bend backwards"
