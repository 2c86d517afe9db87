"""Gait cycles of walkers made of footsteps: standing, pauses, walking backwards, changes of pace."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from stepping_walker import Bout, Manner, Walk, judge, walk
from walkers import on_the_spot, recording

from affectlib.gait import Preprocessing, segment
from affectlib.gait.segmentation import Segmentation

STANDING = "standing, starting or stopping"


def found(truth: Walk, **parameters: float) -> Segmentation:
    taken = recording(truth.position, rate_hz=truth.rate_hz)
    return segment(taken, preprocessing=Preprocessing(**parameters)).segmentation


def cycles_s(segmentation: Segmentation) -> np.ndarray:
    spans = [(cycle.start_frames, cycle.end_frames) for cycle in segmentation.cycles]
    return np.array(spans).reshape(-1, 2) / segmentation.rate_hz


def verdicts(truth: Walk, segmentation: Segmentation) -> np.ndarray:
    return judge(truth, *cycles_s(segmentation).T)


def drawn_walks(seed: int) -> Iterator[Walk]:
    random = np.random.default_rng(seed)
    pace = {"stride_hz": random.uniform(0.65, 1.1), "speed_m_s": random.uniform(0.7, 1.4)}
    change_s = random.uniform(0.3, 1.6)
    stand, stop = Bout(seconds=random.uniform(0.5, 2.5)), Bout(seconds=2, change_s=0.8)
    walking = Bout(seconds=6, change_s=change_s, **pace)
    back = Bout(seconds=6, stride_hz=pace["stride_hz"], speed_m_s=-0.6 * pace["speed_m_s"])
    kinds = [
        ((stand, walking, stop, walking, stop), {}),
        ((stand, walking, walking), {"corners_deg": 120}),
        ((walking, walking), {"turn_deg_s": 30, "limp": random.uniform(-0.1, 0.1)}),
        ((stand, walking), {"treadmill": True}),
        ((walking, walking), {"pauses_s": ((random.uniform(4, 8), 0.4),)}),
        ((walking, stop, back), {}),
        ((Bout(seconds=random.uniform(12, 18), stride_hz=0.6, speed_m_s=0.7, end_hz=1.1),), {}),
        ((Bout(seconds=5, stride_hz=1.4, speed_m_s=3),), {"stance": 0.36}),
        ((stand, Bout(seconds=12, stride_hz=0.45, speed_m_s=0.45, change_s=change_s)), {}),
    ]
    for bouts, manner in kinds:
        yield walk(
            *bouts,
            rate_hz=random.choice([25.0, 30.0, 60.0, 100.0, 250.0]),
            manner=Manner(
                noise_m=random.choice([0.0, 0.002, 0.005, 0.01]),
                first_phase=random.choice([0.12, 0.62]),
                seed=seed,
                **manner,
            ),
        )


def test_nearly_every_cycle_is_a_stride_and_nearly_every_stride_is_found() -> None:
    right = wrong = steady = missed = 0
    for seed in (1000, 1001, 1002, 1003):
        for truth in drawn_walks(seed):
            judged = verdicts(truth, found(truth))
            right, wrong = right + (judged >= 0).sum(), wrong + (judged < 0).sum()
            missed += len(set(np.flatnonzero(truth.steady)) - set(judged))
            steady += truth.steady.sum()
    assert right / (right + wrong) >= 0.99
    assert 1 - missed / steady >= 0.95


@pytest.mark.parametrize("treadmill", [False, True])
@pytest.mark.parametrize("noise_m", [0.0, 0.01])
def test_walking_backwards_is_named_and_gives_no_cycle(treadmill: bool, noise_m: float) -> None:
    manner = Manner(treadmill=treadmill, noise_m=noise_m)
    segmentation = found(walk(Bout(seconds=10, stride_hz=0.9, speed_m_s=-0.6), manner=manner))
    assert not segmentation.cycles
    assert [one.rejected for one in segmentation.intervals].count("walking backwards") >= 6
    assert "walking backwards" in segmentation.absence.reason


def test_a_film_played_backwards_gives_no_cycle() -> None:
    forwards = walk(Bout(seconds=10, stride_hz=0.9, speed_m_s=1.1))
    assert len(found(forwards).cycles) >= 7
    assert not segment(recording(forwards.position[::-1])).position.size


def test_of_a_walk_there_and_backwards_only_the_way_there_is_kept() -> None:
    ahead, back = (Bout(seconds=8, stride_hz=0.9, speed_m_s=speed) for speed in (1.1, -0.7))
    truth = walk(ahead, Bout(seconds=1.5, change_s=0.7), back)
    segmentation = found(truth)
    assert (verdicts(truth, segmentation) >= 0).all()
    assert len(segmentation.cycles) >= 5
    assert segmentation.cycles[-1].end_frames < 8.5 * truth.rate_hz


@pytest.mark.parametrize("pause_s", [0.4, 0.7])
@pytest.mark.parametrize("moment_s", [5.0, 5.3, 5.6, 5.9])
def test_a_pause_costs_the_cycles_that_it_touches(moment_s: float, pause_s: float) -> None:
    truth = walk(
        Bout(seconds=12, stride_hz=0.85, speed_m_s=1.1), manner=Manner(pauses_s=((moment_s, pause_s),))
    )
    segmentation = found(truth)
    starts_s, ends_s = cycles_s(segmentation).T
    assert not ((starts_s < moment_s + pause_s) & (ends_s > moment_s + 0.1)).any()
    assert len(starts_s) >= 6
    assert {one.rejected for one in segmentation.intervals} & {"paused", STANDING}


@pytest.mark.parametrize("end_hz", [0.6, 1.1])
def test_strides_within_a_changing_cadence_are_whole_strides(end_hz: float) -> None:
    bout = Bout(seconds=14, stride_hz=1.7 - end_hz, speed_m_s=1.0, end_hz=end_hz)
    for rate_hz in (30.0, 100.0):
        truth = walk(bout, rate_hz=rate_hz)
        segmentation = found(truth)
        assert (verdicts(truth, segmentation) >= 0).all()
        strides = np.interp(cycles_s(segmentation), truth.bounds_s, np.arange(len(truth.bounds_s)))
        assert np.ptp(strides, axis=1) == pytest.approx(1, abs=0.08)
        assert len(segmentation.cycles) >= 0.8 * (len(truth.bounds_s) - 1)


@pytest.mark.parametrize("stride_hz", [0.15, 0.2, 0.25, 0.33, 0.37, 1.9, 2.4, 3.0])
def test_a_stride_outside_the_band_is_named_with_a_parameter_that_finds_it(stride_hz: float) -> None:
    bout = Bout(seconds=22, stride_hz=stride_hz, speed_m_s=1.2 * stride_hz)
    truth = walk(bout, manner=Manner(noise_m=0.003, stance=0.62 if stride_hz < 1 else 0.4))
    absence = found(truth).absence
    assert f"about {stride_hz:.2f} Hz lies {'below min' if stride_hz < 1 else 'above max'}_" in absence.reason
    name, value = absence.might_help.split("=")
    again = found(truth, **{name: float(value)})
    assert again.absence is None
    assert len(again.cycles) >= 0.7 * truth.steady.sum() > 0
    assert (verdicts(truth, again) >= 0).all()


def test_standing_is_not_a_slow_stride() -> None:
    standing = walk(Bout(seconds=10), manner=Manner(noise_m=0.002))
    assert found(standing).absence.reason.startswith("nobody walks: the feet part by 0.0")


def test_a_turn_is_measured_and_left_out_on_request() -> None:
    truth = walk(Bout(seconds=12, stride_hz=0.9, speed_m_s=1.1), manner=Manner(turn_deg_s=-36))
    turns_deg = [cycle.turn_deg for cycle in found(truth).cycles]
    assert turns_deg == pytest.approx([-40] * len(turns_deg), abs=2)
    assert len(found(truth, max_turn_deg=45).cycles) == len(turns_deg)
    straight = found(truth, max_turn_deg=35)
    assert not straight.cycles
    assert "turn of more than max_turn_deg" in straight.absence.reason
    assert straight.absence.might_help == "max_turn_deg"


@pytest.mark.parametrize("change_s", [0.4, 0.9, 1.5])
@pytest.mark.parametrize("first_phase", [0.12, 0.62])
@pytest.mark.parametrize("treadmill", [False, True])
def test_no_cycle_begins_in_standing_or_in_the_first_step(
    change_s: float, first_phase: float, treadmill: bool
) -> None:
    for rate_hz, noise_m in ((25.0, 0.0), (60.0, 0.01), (120.0, 0.003)):
        bouts = (
            Bout(seconds=1.6),
            Bout(seconds=7, stride_hz=0.8, speed_m_s=1.0, change_s=change_s),
            Bout(seconds=2, change_s=0.8),
            Bout(seconds=6, stride_hz=0.8, speed_m_s=1.0, change_s=change_s),
        )
        manner = Manner(first_phase=first_phase, treadmill=treadmill, noise_m=noise_m)
        truth = walk(*bouts, rate_hz=rate_hz, manner=manner)
        segmentation = found(truth)
        assert len(segmentation.cycles) >= 6
        judged = verdicts(truth, segmentation)
        assert (judged >= 0).all()
        pace = np.interp(cycles_s(segmentation)[:, 0], truth.bounds_s, truth.pace)
        assert pace.min() > 0.5


@pytest.mark.parametrize("stride_hz", [0.5, 1.2])
def test_legs_that_swing_like_a_sine_do_not_rest(stride_hz: float) -> None:
    sine = recording(on_the_spot(stride_hz * np.arange(0, 12, 1 / 60)))
    segmentation = segment(sine).segmentation
    assert {interval.rejected for interval in segmentation.intervals} == {""}


def test_walking_backwards_after_standing_is_seen() -> None:
    truth = walk(
        Bout(seconds=3),
        Bout(seconds=9, stride_hz=0.9, speed_m_s=-0.6),
        manner=Manner(noise_m=0.01, treadmill=True),
    )
    assert not found(truth).cycles
