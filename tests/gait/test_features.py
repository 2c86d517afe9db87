"""Manual features: closed-form motions, scaling laws, mirrored walkers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from walkers import on_the_spot

from affectlib.errors import CyclesError
from affectlib.gait import make_cycles
from affectlib.gait.features import FEATURES, feature_table, manual_features
from affectlib.gait.trajectories import HARMONICS, derivative, flexion_deg, shift_half_cycle, tilt_deg
from affectlib.recordings import open_library, read_recordings
from affectlib.skeleton import AXES, INDEX, JOINTS, LEFT_RIGHT

PHASE = np.arange(100) / 100
DURATION_S = 1.25


def as_cycles(position: np.ndarray, duration_s: float = DURATION_S) -> xr.Dataset:
    """Give cycles of shape (cycles, phases, 15, 3) the form that features are taken from."""
    return xr.Dataset(
        {"position": (("cycle", "phase", "joint", "axis"), position)},
        coords={
            "joint": list(JOINTS),
            "axis": list(AXES),
            "start_s": ("cycle", np.full(len(position), 3.0)),
            "end_s": ("cycle", np.full(len(position), 3.0 + duration_s)),
        },
    )


def features_of(position: np.ndarray, duration_s: float = DURATION_S) -> pd.Series:
    return manual_features(as_cycles(position[None], duration_s)).iloc[0]


def walker(seed: int = 0, size_m: float = 0.03) -> np.ndarray:
    """The closed-form walker, each joint with a smooth course of its own on top; pelvis at rest."""
    random = np.random.default_rng(seed)
    position = on_the_spot(PHASE)
    for harmonic in (1, 2, 3):
        for wave in (np.cos, np.sin):
            own = random.normal(scale=size_m / harmonic, size=(1, len(JOINTS), 3))
            own[:, INDEX["pelvis"]] = 0
            position = position + own * wave(2 * np.pi * harmonic * PHASE)[:, None, None]
    return position


def mirrored(position: np.ndarray) -> np.ndarray:
    """Left and right exchanged."""
    other = position * np.array([1.0, -1.0, 1.0])
    for left, right in LEFT_RIGHT:
        swapped = other[:, [INDEX[right], INDEX[left]]].copy()
        other[:, [INDEX[left], INDEX[right]]] = swapped
    return other


# --- derivatives -----------------------------------------------------------------------------


def test_uniform_motion_has_its_velocity_and_no_acceleration() -> None:
    velocity_m_s = np.array([0.7, -0.2, 0.05])
    course = (PHASE * DURATION_S)[None, :, None] * velocity_m_s + 3.0
    assert derivative(course, np.array([DURATION_S]), order=1) == pytest.approx(
        np.broadcast_to(velocity_m_s, course.shape), abs=1e-9
    )
    for order in (2, 3):
        assert derivative(course, np.array([DURATION_S]), order=order) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("turns", [1, 2, HARMONICS])
def test_on_a_circle_speed_acceleration_and_jerk_are_radius_times_powers_of_the_rate(turns: int) -> None:
    angle = 2 * np.pi * turns * PHASE
    course = 0.3 * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)[None]
    rate = 2 * np.pi * turns / DURATION_S
    for order in (1, 2, 3):
        size = np.linalg.norm(derivative(course, np.array([DURATION_S]), order=order), axis=-1)
        assert size == pytest.approx(np.full_like(size, 0.3 * rate**order), rel=1e-9)


@given(st.integers(8, 60), st.integers(0, 2**32 - 1))
def test_derivatives_of_low_harmonics_and_a_drift_are_exact_for_any_number_of_phases(
    n: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    phase, harmonics = np.arange(n) / n, np.arange(1, min(HARMONICS, (n - 2) // 2) + 1)
    weights, drift = random.normal(size=len(harmonics)), random.normal()
    angle = 2 * np.pi * phase[:, None] * harmonics
    course = (np.sin(angle) @ weights + drift * phase)[None]
    expected = (np.cos(angle) @ (weights * 2 * np.pi * harmonics) + drift) / DURATION_S
    scale = np.abs(weights * 2 * np.pi * harmonics).sum() + abs(drift)
    assert derivative(course, np.array([DURATION_S]), order=1)[0] == pytest.approx(expected, abs=1e-6 * scale)


def test_each_cycle_is_measured_by_its_own_duration() -> None:
    course = np.sin(2 * np.pi * PHASE)[None, :].repeat(2, axis=0)
    one, twice = derivative(course, np.array([1.0, 2.0]), order=2)
    assert twice == pytest.approx(one / 4)


@pytest.mark.parametrize("n", [100, 101])
def test_half_a_cycle_later_is_half_a_cycle_later(n: int) -> None:
    phase = np.arange(n) / n
    course = (np.cos(2 * np.pi * phase) + 0.3 * np.sin(6 * np.pi * phase))[None]
    later = np.cos(2 * np.pi * (phase + 0.5)) + 0.3 * np.sin(6 * np.pi * (phase + 0.5))
    assert shift_half_cycle(course)[0] == pytest.approx(later, abs=1e-12)


# --- angles ----------------------------------------------------------------------------------


@given(st.floats(0, 180))
def test_flexion_is_the_angle_by_which_a_limb_is_bent(angle_deg: float) -> None:
    bend = np.radians(angle_deg)
    above, joint = np.array([0.0, 0, 1]), np.zeros(3)
    below = 0.4 * np.array([np.sin(bend), 0, -np.cos(bend)])
    assert flexion_deg(above, joint, below) == pytest.approx(angle_deg, abs=1e-6)


def test_tilt_is_signed() -> None:
    assert tilt_deg(np.array([1.0, -1.0, 0.0]), np.array([1.0, 1.0, 1.0])) == pytest.approx([45, -45, 0])


def test_a_trunk_that_leans_forward_by_twenty_degrees_does_so() -> None:
    position = on_the_spot(PHASE)
    lean = np.radians(20)
    position[:, INDEX["neck"]] = 0.5 * np.array([np.sin(lean), 0, np.cos(lean)])
    features = features_of(position)
    assert features["trunk_inclination_mean_deg"] == pytest.approx(20)
    assert features["trunk_inclination_range_deg"] == pytest.approx(0, abs=1e-6)


# --- the walker in closed form ----------------------------------------------------------------


def test_the_closed_form_walker_has_the_measures_it_was_built_with() -> None:
    features = features_of(on_the_spot(PHASE))
    expected = {
        "cycle_time_s": DURATION_S,
        "cadence_steps_per_min": 120 / DURATION_S,
        "l_step_length_m": 0.6,
        "r_step_length_m": 0.6,
        "stride_length_m": 1.2,
        "walking_speed_m_s": 1.2 / DURATION_S,
        "step_width_m": 0.24,
        "l_wrist_travel_m": 0.3,
        "l_foot_lift_m": 0.0,
        "pelvis_height_m": 0.84,
        "pelvis_bounce_m": 0.0,
        "head_bounce_m": 0.0,
        "l_ankle_speed_m_s": 0.3 * 2 * np.pi / DURATION_S / np.sqrt(2),
        "l_ankle_acceleration_m_s2": 0.3 * (2 * np.pi / DURATION_S) ** 2 / np.sqrt(2),
        "l_ankle_jerk_m_s3": 0.3 * (2 * np.pi / DURATION_S) ** 3 / np.sqrt(2),
        "head_speed_m_s": 0.0,
        "body_width_m": 0.52,
        "body_height_m": 0.68 + 0.84,
        "ankle_half_cycle_difference_m": 0.0,
    }
    assert features[list(expected)].to_dict() == pytest.approx(expected, abs=1e-9)


def test_bounce_is_the_pelvis_over_the_foot_that_carries() -> None:
    position = on_the_spot(PHASE)
    # The pelvis stays at the origin, so a pelvis that rises is feet that sink; the right foot swings high.
    position[:, INDEX["l_ankle"], 2] = -0.84 - 0.02 * np.cos(4 * np.pi * PHASE)
    position[:, INDEX["r_ankle"], 2] = -0.60
    features = features_of(position)
    assert features["pelvis_bounce_m"] == pytest.approx(0.04)
    assert features["r_foot_lift_m"] == pytest.approx(0.26)
    assert features["l_foot_lift_m"] == pytest.approx(0.0)


# --- laws ------------------------------------------------------------------------------------

UNITS = {feature.name: feature.unit for feature in FEATURES}
LENGTH_POWER = {"m": 1, "m/s": 1, "m/s^2": 1, "m/s^3": 1}
TIME_POWER = {"m/s": -1, "m/s^2": -2, "m/s^3": -3, "s": 1, "1/min": -1}


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_body_changes_lengths_in_proportion_and_nothing_else(seed: int) -> None:
    small, large = features_of(walker(seed)), features_of(1.3 * walker(seed))
    factor = pd.Series({name: 1.3 ** LENGTH_POWER.get(unit, 0) for name, unit in UNITS.items()})
    assert large.to_numpy() == pytest.approx((small * factor).to_numpy(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_slower_walk_changes_rates_in_proportion_and_nothing_else(seed: int) -> None:
    fast, slow = features_of(walker(seed)), features_of(walker(seed), 2 * DURATION_S)
    factor = pd.Series({name: 2.0 ** TIME_POWER.get(unit, 0) for name, unit in UNITS.items()})
    assert slow.to_numpy() == pytest.approx((fast * factor).to_numpy(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_mirrored_walker_has_sides_exchanged_and_asymmetries_reversed(seed: int) -> None:
    own, other = features_of(walker(seed)), features_of(mirrored(walker(seed)))
    exchanged = {"l_": "r_", "r_": "l_"}
    for name in own.index:
        partner = exchanged.get(name[:2], name[:2]) + name[2:]
        reverses = name.endswith("asymmetry") or name == "trunk_sway_mean_deg"
        assert other[partner] == pytest.approx(-own[name] if reverses else own[name], abs=1e-9), name


@pytest.mark.parametrize("seed", range(3))
def test_where_a_cycle_begins_and_where_the_body_stands_changes_nothing(seed: int) -> None:
    own = features_of(walker(seed))
    later = features_of(np.roll(walker(seed), 37, axis=0))
    elsewhere = features_of(walker(seed) + np.array([0.4, -2.0, 1.1]))
    assert later.to_numpy() == pytest.approx(own.to_numpy(), abs=1e-6)
    assert elsewhere.to_numpy() == pytest.approx(own.to_numpy(), abs=1e-6)


def test_a_walker_whose_halves_are_alike_is_symmetric_and_one_who_limps_is_not() -> None:
    even = features_of(on_the_spot(PHASE))
    limping = on_the_spot(PHASE)
    limping[:, INDEX["l_ankle"], 0] *= 0.5
    names = [name for name in even.index if name.endswith(("asymmetry", "difference_m"))]
    assert len(names) == 6
    assert even[names].to_numpy() == pytest.approx(0, abs=1e-9)
    assert features_of(limping)["ankle_half_cycle_difference_m"] == pytest.approx(0.15 / np.sqrt(2))


def test_asymmetry_is_the_difference_of_the_sides_by_their_mean() -> None:
    position = on_the_spot(PHASE)
    position[:, INDEX["l_ankle"], 0] += 0.1
    position[:, INDEX["l_wrist"], 0] *= 0.5
    position[:, INDEX["l_ankle"], 2] += 0.06 * np.maximum(np.sin(2 * np.pi * PHASE), 0)
    position[:, INDEX["r_ankle"], 2] += 0.02 * np.maximum(-np.sin(2 * np.pi * PHASE), 0)
    features = features_of(position)
    assert features["step_length_asymmetry"] == pytest.approx((0.7 - 0.5) / 0.6)
    assert features["wrist_travel_asymmetry"] == pytest.approx((0.15 - 0.3) / 0.225)
    assert features["foot_lift_asymmetry"] == pytest.approx((0.06 - 0.02) / 0.04)


def test_stance_is_the_part_of_the_cycle_in_which_a_foot_moves_back() -> None:
    position = on_the_spot(PHASE)
    angle = 2 * np.pi * PHASE
    position[:, INDEX["l_ankle"], 0] = 0.2 * np.cos(angle)
    position[:, INDEX["r_ankle"], 0] = 0.1 * (np.sin(angle) + 0.25 * np.sin(2 * angle))
    features = features_of(position)
    assert features["l_stance_share"] == pytest.approx(0.5, abs=1e-6)
    # The derivative cos + cos(2 .) / 2 is negative between its zeros, where cos is (sqrt(3) - 1) / 2.
    right = 1 - np.arccos((np.sqrt(3) - 1) / 2) / np.pi
    assert features["r_stance_share"] == pytest.approx(right, abs=1e-3)
    assert features["stance_asymmetry"] == pytest.approx(2 * (0.5 - right) / (0.5 + right), abs=4e-3)


# --- the frame -------------------------------------------------------------------------------


def test_one_row_a_cycle_computed_from_this_cycle_alone() -> None:
    position = np.stack([walker(seed) for seed in range(4)])
    together = manual_features(as_cycles(position))
    assert len(together) == 4
    assert together.iloc[2].to_numpy() == pytest.approx(features_of(position[2]).to_numpy())


def test_columns_name_their_units_and_the_table_describes_them_all() -> None:
    table = feature_table()
    assert table["name"].is_unique
    assert list(table["name"]) == list(manual_features(as_cycles(walker()[None])))
    assert set(table["group"]) == {"posture", "movement", "time and space", "symmetry", "bounce"}
    suffix = {"deg": "_deg", "m": "_m", "m/s": "_m_s", "m/s^2": "_m_s2", "m/s^3": "_m_s3", "s": "_s"}
    for row in table.itertuples():
        assert row.meaning
        assert row.name.endswith(suffix.get(row.unit, ""))


def test_cycles_without_duration_or_with_holes_are_refused() -> None:
    with pytest.raises(CyclesError, match="finite positions"):
        manual_features(as_cycles(walker()[None], duration_s=0.0))
    holed = walker()
    holed[3, 4, 1] = np.nan
    with pytest.raises(CyclesError, match="finite positions"):
        manual_features(as_cycles(holed[None]))


def test_people_who_feign_a_limp_are_seen_to_limp(real_data: Path) -> None:
    library = open_library(real_data / "kinect_walks")
    cycles = make_cycles(
        read_recordings(library).recordings,
        library_name=library.name,
        simulated=False,
        library_fingerprint="",
    )
    features = manual_features(cycles)
    assert np.isfinite(features.to_numpy()).all()
    by_label = features.groupby(cycles["label"].values).median()
    limp, normal = by_label.loc[["abnormal_left", "abnormal_right"]], by_label.loc["normal"]
    assert (limp["ankle_half_cycle_difference_m"] > 1.2 * normal["ankle_half_cycle_difference_m"]).all()
    assert (limp["stride_length_m"] < 0.85 * normal["stride_length_m"]).all()
    # The knee that is held stiff is the one on the side of the name.
    assert by_label.loc["abnormal_left", "l_knee_flexion_range_deg"] < normal["l_knee_flexion_range_deg"] - 8
    assert by_label.loc["abnormal_right", "r_knee_flexion_range_deg"] < normal["r_knee_flexion_range_deg"] - 8
