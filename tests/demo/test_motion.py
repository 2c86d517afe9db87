"""The simulated walk itself: bodies, stance, standing, truth, and how it compares with a real walk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from affectlib.demo.affects import CORRELATION, EFFECTS, LABELS, MANNER, MOST_GAIN, PERSON_SD, Manner
from affectlib.demo.anthropometry import draw_body
from affectlib.demo.clock import draw_clock
from affectlib.demo.curves import (
    ANGLE,
    ANGLES,
    N_HARMONICS,
    derivative,
    evaluate,
    fourier_coefficients,
    normative,
    shift_phase,
)
from affectlib.demo.kinematics import pose, rotation
from affectlib.demo.path import Path as FloorPath
from affectlib.demo.path import walk_along
from affectlib.demo.people import draw_person, subject_code
from affectlib.demo.settings import Settings
from affectlib.demo.simulate import simulate_take
from affectlib.demo.stepping import begin_at_reach, fit_stride, stride_length_m
from affectlib.demo.variation import autoregressive, smooth_noise
from affectlib.recordings.formats.ptd import read_ptd
from affectlib.skeleton import BONES, INDEX, LEFT_RIGHT, bone_lengths_m

SETTINGS = Settings()
QUIET = replace(
    SETTINGS, cycle_offset=0.0, cycle_gain=0.0, cycle_phase=0.0, cycle_time=0.0, noise_deg=0.0, take_scale=0.0
)
PEOPLE = 6


@pytest.fixture(scope="module")
def people():
    return [draw_person(number, seed=0, settings=SETTINGS) for number in range(PEOPLE)]


@pytest.fixture(scope="module")
def neutral(people):
    return [simulate_take(person, "neutral", 1, seed=0, settings=SETTINGS) for person in people]


def walking(take):
    return slice(int(take.steady_s * SETTINGS.rate_hz), None)


def reach_m(position):
    """How far the left ankle is ahead of the pelvis along the smoothed way of the pelvis."""
    way = gaussian_filter1d(position[:, INDEX["pelvis"], :2], 20, axis=0)
    ahead = np.gradient(way, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    return ((position[:, INDEX["l_ankle"], :2] - position[:, INDEX["pelvis"], :2]) * ahead).sum(axis=1)


# Bodies and kinematics


def test_bones_are_constant_and_equal_left_and_right(people, neutral):
    ends = [child for _, child in BONES]
    for person, take in zip(people, neutral, strict=True):
        bones_m = bone_lengths_m(take.position)
        assert np.ptp(bones_m, axis=0).max() < 1e-9
        for left, right in LEFT_RIGHT:
            assert bones_m[0, ends.index(left)] == pytest.approx(bones_m[0, ends.index(right)], abs=1e-9)
        assert bones_m[0, ends.index("l_knee")] == pytest.approx(person.body.thigh_m)


def test_the_pelvis_is_the_midpoint_of_the_hips(neutral):
    position = neutral[0].position
    middle = (position[:, INDEX["l_hip"]] + position[:, INDEX["r_hip"]]) / 2
    np.testing.assert_allclose(position[:, INDEX["pelvis"]], middle, atol=1e-12)


@pytest.mark.parametrize(
    ("axis", "start", "end"),
    [("x", (0, 1, 0), (0, 0, 1)), ("y", (0, 0, 1), (1, 0, 0)), ("z", (1, 0, 0), (0, 1, 0))],
)
def test_rotations_are_right_handed(axis, start, end):
    turned = rotation(axis, np.array([90.0])) @ np.array(start, dtype=float)
    np.testing.assert_allclose(turned[0], end, atol=1e-12)


@pytest.mark.parametrize(
    ("angle", "joint", "towards"),
    [
        ("l_hip_flexion", "l_knee", (1, 0, 0)),
        ("l_hip_abduction", "l_knee", (0, 1, 0)),
        ("r_hip_abduction", "r_knee", (0, -1, 0)),
        ("l_knee_flexion", "l_ankle", (-1, 0, 0)),
        ("r_shoulder_flexion", "r_elbow", (1, 0, 0)),
        ("r_shoulder_abduction", "r_wrist", (0, -1, 0)),
        ("l_elbow_flexion", "l_wrist", (1, 0, 0)),
        ("l_girdle_elevation", "l_shoulder", (0, 0, 1)),
        ("r_girdle_protraction", "r_shoulder", (1, 0, 0)),
        ("trunk_pitch", "neck", (1, 0, 0)),
        ("trunk_roll", "head", (0, -1, 0)),
        ("head_pitch", "head", (1, 0, 0)),
        ("pelvis_yaw", "r_hip", (1, 0, 0)),
        ("trunk_yaw", "l_shoulder", (-1, 0, 0)),
    ],
)
def test_each_angle_moves_its_joint_where_its_name_says(angle, joint, towards):
    body = draw_body(np.random.default_rng(0), "F")
    angles_deg = np.zeros((2, len(ANGLES)))
    angles_deg[1, ANGLE[angle]] = 20.0
    rest, moved = pose(body, angles_deg)[:, INDEX[joint]]
    assert np.dot(moved - rest, towards) > 0.01


def test_knees_and_elbows_never_bend_backwards():
    body = draw_body(np.random.default_rng(0), "M")
    angles_deg = np.zeros((1, len(ANGLES)))
    angles_deg[0, [ANGLE["l_knee_flexion"], ANGLE["l_elbow_flexion"]]] = -40.0
    place = pose(body, angles_deg)[0]
    assert place[INDEX["l_ankle"], 0] - place[INDEX["l_knee"], 0] < 1e-3
    assert place[INDEX["l_wrist"], 0] - place[INDEX["l_elbow"], 0] > -1e-3


# Curves


@given(
    phase=st.floats(0, 1),
    harmonic=st.integers(1, N_HARMONICS),
    amplitude=st.floats(0.1, 50),
)
def test_fourier_series_reproduce_a_sampled_harmonic(phase, harmonic, amplitude):
    percent = np.arange(0, 100, 0.5)
    coefficients = fourier_coefficients(
        percent, amplitude * np.cos(2 * np.pi * harmonic * (percent / 100 - phase))
    )
    _, swing = evaluate(coefficients[None], np.array([phase]))
    assert swing[0, 0] == pytest.approx(amplitude, rel=1e-3)


def test_the_right_side_follows_half_a_cycle_later():
    phase = np.linspace(0, 1, 50)
    _, swing = evaluate(normative(), phase)
    _, later = evaluate(normative(), phase + 0.5)
    np.testing.assert_allclose(
        swing[:, ANGLE["r_knee_flexion"]], later[:, ANGLE["l_knee_flexion"]], atol=1e-9
    )


def test_shift_and_derivative_agree_with_the_series():
    series, step = normative(), 1e-6
    _, here = evaluate(series, np.array([0.3]))
    _, shifted = evaluate(shift_phase(series, 0.3), np.array([0.0]))
    np.testing.assert_allclose(shifted, here, atol=1e-9)
    _, after = evaluate(series, np.array([0.3 + step]))
    np.testing.assert_allclose(
        (after - here) / step, evaluate(derivative(series), np.array([0.3]))[1], atol=0.1
    )


# Steps, path, clock


@hypothesis_settings(deadline=None, max_examples=15)
@given(number=st.integers(0, 29), target_m=st.floats(0.7, 1.4))
def test_fitted_strides_have_the_length_asked_for_and_begin_at_reach(number, target_m):
    person = draw_person(number, seed=3, settings=SETTINGS)
    fitted = begin_at_reach(fit_stride(person.series, person.body, target_m), person.body)
    assert stride_length_m(fitted, person.body) == pytest.approx(target_m, rel=0.01)
    mean_deg, swing_deg = evaluate(fitted, np.arange(-200, 200) / 400)
    ahead = pose(person.body, mean_deg + swing_deg)[:, INDEX["l_ankle"], 0]
    assert abs(np.argmax(ahead) - 200) <= 2


def test_the_path_closes_and_is_a_triangle_of_the_right_size():
    path = FloorPath(lap_m=9.4, corner=1.0, start_rad=0.0)
    distance_m = np.arange(0, 9.4, 0.001)
    heading = np.cumsum(path.curvature(distance_m)) * 0.001
    way = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0) * 0.001
    assert heading[-1] == pytest.approx(2 * np.pi, abs=1e-2)
    assert np.linalg.norm(way[-1] - way[0]) < 0.02
    assert np.all((np.ptp(way, axis=0) > 2.7) & (np.ptp(way, axis=0) < 3.6))
    curvature = path.curvature(distance_m)
    corners = (curvature[1:-1] > curvature[:-2]) & (curvature[1:-1] >= curvature[2:])
    assert corners.sum() == 3


@pytest.mark.parametrize("way", [1, -1])
def test_a_bend_slows_the_walker_either_way(way):
    path = FloorPath(lap_m=9.4, corner=1.0, start_rad=0.0, way=way)
    turn, slowdown = walk_along(path, np.full(1200, 0.9), rate_hz=60.0, slowing=0.1)
    assert (way * turn > 0).all()
    assert np.corrcoef(way * turn, slowdown)[0, 1] < -0.95
    assert slowdown.mean() == pytest.approx(1.0, abs=0.02)


@hypothesis_settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), stride_hz=st.floats(0.6, 1.2), variability=st.floats(0.5, 2))
def test_phase_is_whole_at_the_strides_and_never_runs_back(seed, stride_hz, variability):
    clock = draw_clock(np.random.default_rng(seed), stride_hz, variability, settings=SETTINGS)
    time_s = np.arange(SETTINGS.n_frames) / SETTINGS.rate_hz
    at_stride = np.interp(clock.stride_s, time_s, clock.phase)
    assert np.abs(at_stride - np.round(at_stride)).max() < 1e-3
    assert np.all(np.diff(np.round(at_stride)) == 1)
    assert np.all(np.diff(clock.phase) > 0)
    assert clock.stride_s[-1] <= time_s[-1]
    assert np.all(clock.gate[time_s < SETTINGS.stand_s - 0.31] == 0)
    assert np.all(clock.gate[time_s >= clock.steady_s] == 1)


def test_variation_has_unit_variance_and_the_memory_asked_for():
    series = autoregressive(np.random.default_rng(1), 50, 4000, correlation=0.5)
    assert series.std() == pytest.approx(1, abs=0.02)
    assert np.mean(series[1:] * series[:-1]) == pytest.approx(0.5, abs=0.02)
    noise = smooth_noise(np.random.default_rng(1), 400, 300, width_frames=4.0)
    assert noise.std() == pytest.approx(1, abs=0.03)
    assert np.mean(noise[8:] * noise[:-8]) == pytest.approx(np.exp(-1), abs=0.03)


# Whole takes


def test_the_lead_in_stands_still(neutral):
    for take in neutral:
        still = take.position[: int(1.3 * SETTINGS.rate_hz)]
        assert still.std(axis=0).max() < 0.006
        speed = np.linalg.norm(np.gradient(still[:, INDEX["pelvis"]], 1 / 60, axis=0), axis=1)
        assert speed.max() < 0.1


def test_the_bearing_foot_does_not_slide(neutral):
    slides = []
    for take in neutral:
        ankles = take.position[walking(take)][:, [INDEX["l_ankle"], INDEX["r_ankle"]]]
        speed = np.linalg.norm(np.gradient(ankles[..., :2], 1 / 60, axis=0), axis=2)
        slides.append(np.median(speed.min(axis=1)) / take.speed_m_s)
        assert ankles[..., 2].min() > 0.03
    # .07 in the genuine take.
    assert np.mean(slides) < 0.14


def test_the_pelvis_moves_smoothly(neutral):
    for take in neutral:
        pelvis = take.position[walking(take)][:, INDEX["pelvis"]]
        velocity = np.gradient(pelvis, 1 / 60, axis=0)
        assert np.ptp(pelvis[:, 2]) < 0.15
        assert np.linalg.norm(np.gradient(velocity, 1 / 60, axis=0), axis=1).max() < 30


def test_strides_of_the_truth_are_where_the_left_foot_is_furthest_ahead(people):
    person = people[2]
    take = simulate_take(person, "neutral", 1, seed=0, settings=QUIET)
    assert peak_errors_frames(take).std() < 0.7
    assert abs(peak_errors_frames(take).mean()) < 1.0


def test_variation_moves_the_furthest_reach_by_frames_only(neutral):
    for take in neutral:
        errors = peak_errors_frames(take)
        assert np.abs(errors).max() <= 6
        assert errors.std() < 2.0


def peak_errors_frames(take):
    reach = gaussian_filter1d(reach_m(take.position), 1)
    strides = np.round(take.stride_s[take.stride_s >= take.steady_s][:-1] * SETTINGS.rate_hz).astype(int)
    return np.array([np.argmax(reach[frame - 12 : frame + 13]) - 12 for frame in strides])


def test_true_speed_is_the_speed_of_the_pelvis(neutral):
    for take in neutral:
        frames = (take.stride_s[take.stride_s >= take.steady_s][[0, -1]] * SETTINGS.rate_hz).astype(int)
        way = gaussian_filter1d(take.position[:, INDEX["pelvis"], :2], 10, axis=0)[frames[0] : frames[1]]
        walked = np.linalg.norm(np.diff(way, axis=0), axis=1).sum() / ((frames[1] - frames[0]) / 60)
        assert take.speed_m_s == pytest.approx(walked, rel=0.03)


def test_a_seed_determines_the_walk(people):
    again = simulate_take(
        draw_person(3, seed=0, settings=SETTINGS), "sad", 2, seed=0, settings=SETTINGS
    ).position
    np.testing.assert_array_equal(
        again, simulate_take(people[3], "sad", 2, seed=0, settings=SETTINGS).position
    )
    other_take = simulate_take(people[3], "sad", 1, seed=0, settings=SETTINGS).position
    other_person = draw_person(3, seed=1, settings=SETTINGS)
    assert np.abs(again - other_take).max() > 0.05
    assert other_person.body != people[3].body


def test_people_walk_both_ways_round(people):
    turns = []
    for person in people:
        for take in (1, 2):
            position = simulate_take(person, "neutral", take, seed=0, settings=SETTINGS).position
            leftward = position[:, INDEX["l_hip"], :2] - position[:, INDEX["r_hip"], :2]
            angle = np.unwrap(np.arctan2(leftward[:, 1], leftward[:, 0]))
            turns.append((angle[-1] - angle[0]) / (2 * np.pi))
    # Some two laps of the triangle in each take.
    assert min(turns) < -1 < 1 < max(turns)
    assert min(np.abs(turns)) > 1


# People and affects


def test_thousands_of_people_have_codes_and_none_is_that_of_a_real_one():
    real = "ale ali alx amc bar boo chr dav din dun ele emm gra ian jan jen jua kat lin mac mar mil ndy"
    real += " pet rac ros she shi ste vas"
    codes = [subject_code(number) for number in range(3000)]
    assert len(set(codes)) == 3000
    assert all(code.isalpha() and code.islower() for code in codes)
    assert all(len(code) == 3 for code in codes[:30])
    assert not set(codes) & set(real.split())


def test_people_differ_as_their_tables_say():
    everyone = [draw_person(number, seed=0, settings=SETTINGS) for number in range(400)]
    for label, sd in PERSON_SD.items():
        effects = np.array([person.effects[label] for person in everyone])
        np.testing.assert_allclose(effects.mean(axis=0), EFFECTS[label], atol=0.2 * sd.max())
        np.testing.assert_allclose(effects.std(axis=0), sd, rtol=0.15)
    angry, happy = (
        np.array([person.effects[label] for person in everyone]).T for label in ("angry", "happy")
    )
    pace, length = (MANNER.index(name) for name in ("stride_hz", "stride_length_m"))
    # One factor: 0.70 x 0.79.
    assert np.corrcoef(angry[pace], angry[length])[0, 1] == pytest.approx(0.55, abs=0.12)
    # The same people show more of it in another affect.
    assert np.corrcoef(angry[pace], happy[pace])[0, 1] == pytest.approx(CORRELATION[1, 2], abs=0.12)


def test_women_and_men_alternate_and_differ_in_stature():
    everyone = [draw_person(number, seed=0, settings=SETTINGS) for number in range(30)]
    assert [person.gender for person in everyone] == ["F", "M"] * 15
    stature = {g: np.mean([p.body.stature_m for p in everyone if p.gender == g]) for g in "FM"}
    assert stature["M"] - stature["F"] > 0.05


def test_effects_go_the_way_the_sources_say():
    effect = {label: dict(zip(MANNER, EFFECTS[label], strict=True)) for label in LABELS}
    for label in ("angry", "happy"):
        assert effect[label]["stride_length_m"] > 0
        assert effect[label]["arm_swing"] > 0
    assert effect["angry"]["stride_hz"] > effect["happy"]["stride_hz"]
    for name in ("stride_hz", "stride_length_m", "arm_swing", "elbow_swing"):
        assert effect["sad"][name] < 0
    assert effect["sad"]["sway"] > 0
    assert effect["sad"]["head_pitch_deg"] > 0
    assert not EFFECTS["neutral"].any()


def test_sad_walkers_are_slower_than_angry_ones(people):
    def mean_speed(label):
        takes = [simulate_take(person, label, 1, seed=0, settings=SETTINGS) for person in people]
        return np.mean([take.speed_m_s for take in takes])

    assert mean_speed("sad") < 0.95 * mean_speed("neutral")
    assert mean_speed("neutral") < 0.97 * mean_speed("angry")


def test_a_manner_changes_gains_by_factors_and_angles_by_degrees():
    manner = Manner(stride_hz=0.8, stride_length_m=1.0, elbow_deg=3.0)
    change = np.array(
        [np.log(1.25) if name == "stride_hz" else 2.0 * (name == "elbow_deg") for name in MANNER]
    )
    changed = manner.changed_by(change)
    assert changed.stride_hz == pytest.approx(1.0)
    assert changed.elbow_deg == pytest.approx(5.0)
    assert changed.stride_length_m == manner.stride_length_m
    assert manner.changed_by(np.full(len(MANNER), 9.0)).arm_swing == MOST_GAIN


# Against a real walk


def test_neutral_walks_are_as_fast_as_the_genuine_one(neutral):
    speed = [take.speed_m_s for take in neutral]
    rate = [1 / np.diff(take.stride_s[take.stride_s >= take.steady_s]).mean() for take in neutral]
    assert min(speed) < 0.88 < max(speed)
    assert min(rate) < 0.82 < max(rate)
    assert np.median(speed) == pytest.approx(0.88, rel=0.12)
    assert np.median(rate) == pytest.approx(0.82, rel=0.12)


@pytest.mark.real_data
def test_joint_height_and_lift_are_like_the_genuine_walk(real_data, neutral):
    file = real_data / "body_movement_library" / "ale_pt" / "ale_walk_nu_1_fin.ptd"
    if not file.is_file():
        pytest.skip(f"no genuine recording at {file}")
    genuine = read_ptd(file)
    assert len(genuine) == len(neutral[0].position)
    lift = np.ptp(genuine[120:, INDEX["l_ankle"], 2])
    lifts = [np.ptp(take.position[walking(take), INDEX["l_ankle"], 2]) for take in neutral]
    assert 0.6 * lift < np.median(lifts) < 1.7 * lift
    tall = np.median(genuine[120:, INDEX["head"], 2])
    heights = [np.median(take.position[walking(take), INDEX["head"], 2]) for take in neutral]
    assert min(heights) - 0.15 < tall < max(heights) + 0.15
