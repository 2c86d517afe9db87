"""Speed, variability, averages and stride accuracy on planted truths."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from walkers import in_the_room, on_the_spot, recording

from affectlib.gait import (
    average_cycle,
    cycle_deviations_mm,
    make_cycles,
    segment,
    segmentation_table,
    stride_accuracy,
)

TIME_S = np.arange(0, 12, 1 / 60)
SOURCE = {"library_name": "closed form", "simulated": True, "library_fingerprint": "f00d"}


@pytest.mark.parametrize("speed_m_s", [0.5, 1.2])
@pytest.mark.parametrize("radius_m", [2.0, 1e6])
def test_speed_is_the_walkers_own_in_circles_and_straight_on(speed_m_s: float, radius_m: float) -> None:
    heading = speed_m_s * TIME_S / radius_m
    path_m = radius_m * np.stack([np.sin(heading), 1 - np.cos(heading)], axis=1)
    walk = recording(in_the_room(on_the_spot(0.9 * TIME_S), heading=heading, path_m=path_m))
    assert segmentation_table([segment(walk)]).loc[0, "speed_m_s"] == pytest.approx(speed_m_s, rel=0.02)


def test_standing_still_has_no_speed() -> None:
    table = segmentation_table([segment(recording(on_the_spot(0 * TIME_S)))])
    assert np.isnan(table.loc[0, "speed_m_s"])
    assert table.loc[0, "cycles"] == 0


def test_deviation_is_zero_for_equal_cycles_and_known_for_two_kinds() -> None:
    cycles = make_cycles([recording(on_the_spot(0.9 * TIME_S))], **SOURCE)
    cycles["position"][:] = cycles["position"].values[:1]
    cycles["position"].loc[{"joint": "head", "axis": "z"}][::2] += 0.004
    half = cycles.isel(cycle=slice(0, cycles.sizes["cycle"] // 2 * 2))
    row = cycle_deviations_mm(half).iloc[0]
    # Two equal groups 4 mm apart on one of three axes: a standard deviation of 2 mm, a third of it.
    assert row["head"] == pytest.approx(2 / 3, rel=1e-3)
    assert row["l_wrist"] == pytest.approx(0, abs=1e-3)


def test_every_person_counts_the_same_however_many_cycles() -> None:
    short, long = TIME_S[: 60 * 5], TIME_S
    walks = [
        recording(on_the_spot(0.9 * short), subject="ada", name="ada"),
        recording(on_the_spot(0.9 * long, 0.5), subject="bob", name="bob"),
    ]
    cycles = make_cycles(walks, **SOURCE)
    found = average_cycle(cycles)
    ada, bob = (
        cycles["position"].isel(cycle=cycles["subject"] == who).mean("cycle").values for who in ("ada", "bob")
    )
    np.testing.assert_allclose(found.mean.sel(label="neutral").values, (ada + bob) / 2, atol=1e-6)
    np.testing.assert_allclose(found.spread.sel(label="neutral").values, np.abs(ada - bob) / 2, atol=1e-6)
    assert found.counts == {"neutral": 2}
    assert found.unit == "subjects"


def test_one_person_is_averaged_over_cycles() -> None:
    found = average_cycle(make_cycles([recording(on_the_spot(0.9 * TIME_S))], **SOURCE))
    assert found.unit == "cycles"
    assert found.counts["neutral"] >= 8


def test_labels_of_a_single_person_are_averaged_over_cycles_with_all_others() -> None:
    walks = [
        recording(on_the_spot(0.9 * TIME_S), subject=who, label=label, name=f"{who}/{label}")
        for who, label in (("ada", "sad"), ("bob", "sad"), ("ada", "happy"))
    ]
    found = average_cycle(make_cycles(walks, **SOURCE))
    assert found.unit == "cycles"
    assert found.counts["sad"] == 2 * found.counts["happy"]


def strides(start_s: list[float], steady: int = 1) -> pd.DataFrame:
    return pd.DataFrame(
        {"recording": "a", "start_s": start_s, "end_s": np.add(start_s, 1.0), "steady": steady}
    )


def test_perfect_cycles_are_perfect() -> None:
    truth = strides([0.0, 1.0, 2.0])
    accuracy = stride_accuracy(truth, truth)
    assert (accuracy.recall, accuracy.precision, accuracy.jitter_s) == (1, 1, 0)


def test_missed_invented_and_late_cycles_are_counted() -> None:
    truth = strides([0.0, 1.0, 2.0, 3.0])
    found = strides([0.1, 1.3, 1.9, 7.0])
    accuracy = stride_accuracy(found, truth)
    assert accuracy.recall == 2 / 4
    assert accuracy.precision == 2 / 4
    assert accuracy.bias_s == pytest.approx(0)
    assert accuracy.jitter_s == pytest.approx(0.1)


def test_unsteady_strides_may_be_found_or_not() -> None:
    truth = pd.concat([strides([0.0], steady=0), strides([1.0, 2.0])], ignore_index=True)
    assert stride_accuracy(strides([1.0, 2.0]), truth).recall == 1
    assert stride_accuracy(strides([0.0, 1.0, 2.0]), truth).precision == 1


def test_a_recording_without_cycles_lowers_recall() -> None:
    truth = pd.concat([strides([0.0]), strides([0.0]).assign(recording="b")], ignore_index=True)
    assert stride_accuracy(strides([0.0]), truth).recall == 0.5


def test_a_constant_delay_of_one_take_is_no_jitter_within_it() -> None:
    truth = pd.concat([strides([0.0, 1.0]), strides([0.0, 1.0]).assign(recording="b")], ignore_index=True)
    found = truth.assign(start_s=truth["start_s"] + np.where(truth["recording"] == "a", 0.1, -0.1))
    accuracy = stride_accuracy(found, truth)
    assert accuracy.jitter_s == pytest.approx(0.1)
    assert accuracy.jitter_within_takes_s == pytest.approx(0, abs=1e-12)
