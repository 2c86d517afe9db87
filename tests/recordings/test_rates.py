from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simple_walker import bvh_text, walk_m, write_manifest

from affectlib.recordings import check_library, open_library, read_recordings
from affectlib.recordings.speed import estimate_stride, rate_warnings


def test_stride_and_step_of_the_closed_form_walker():
    stride_hz, step_m = estimate_stride(walk_m(6.0), 60.0)
    assert stride_hz == pytest.approx(0.9, rel=0.02)
    assert step_m == pytest.approx(2 * 0.28, rel=0.02)


@pytest.mark.parametrize("heading_deg", [0, 77, 180, 301])
def test_the_way_walked_does_not_count(heading_deg):
    cosine, sine = np.cos(np.radians(heading_deg)), np.sin(np.radians(heading_deg))
    turned = walk_m(6.0, speed_m_s=0.0) @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    assert estimate_stride(turned, 60.0) == pytest.approx(estimate_stride(walk_m(6.0), 60.0))


@pytest.mark.parametrize("position", [walk_m(6.0)[:1].repeat(99, axis=0), np.zeros((60, 15, 3)), walk_m(1.0)])
def test_standing_and_single_strides_have_no_pace(position):
    assert estimate_stride(position, 60.0) is None


@pytest.mark.parametrize(
    ("said_hz", "warned"), [(24, True), (30, True), (60, False), (120, False), (240, True), (360, True)]
)
def test_a_frame_time_that_makes_a_walk_too_slow_or_too_fast_is_warned_of(tmp_path, said_hz, warned):
    # The walker is recorded at 120 Hz; at half the rate it would still be a slow walk.
    (tmp_path / "a.bvh").write_text(bvh_text(walk_m(6.0, rate_hz=120), rate_hz=said_hz))
    write_manifest(tmp_path, "a.bvh,ann,happy,1,,m,z,")
    check = check_library(tmp_path)
    rates = [warning for warning in check.findings.warnings if "rate does not fit" in warning.problem]
    assert bool(rates) == warned
    for warning in rates:
        assert 90 < float(warning.remedy.split(" at about ")[1].split()[0]) < 150
    write_manifest(tmp_path, "a.bvh,ann,happy,1,120!,m,z,")
    assert check_library(tmp_path).findings.warnings == ()


@settings(max_examples=30, deadline=None)
@given(stride_hz=st.floats(0.5, 1.3), noise_m=st.floats(0, 0.02), seed=st.integers(0, 99))
def test_the_pace_is_found_through_noise(stride_hz, noise_m, seed):
    position = walk_m(8.0)
    number = np.arange(0, len(position), stride_hz / 0.9)
    position = position[number[number < len(position)].astype(int)]
    position = position + np.random.default_rng(seed).normal(0, noise_m, position.shape)
    found_hz, _ = estimate_stride(position, 60.0)
    assert found_hz == pytest.approx(stride_hz, rel=0.05)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["body_movement_library", "kinect_walks", "bandai_walks", "paper_cycles"])
def test_rates_of_real_walks_give_no_warning_and_wrong_ones_do(real_data, name):
    library = open_library(real_data / name)
    recordings = read_recordings(library).recordings
    take = library.takes[0]
    assert not any(rate_warnings(recording.position, recording.rate_hz, take) for recording in recordings)
    for factor in (0.2, 5):
        warned = [
            bool(rate_warnings(recording.position, recording.rate_hz * factor, take))
            for recording in recordings
        ]
        assert np.mean(warned) > 0.9
