"""A walker made of footsteps, whose strides are known: feet stay where they are set down.

Independent of the demo library's walkers, which are made of joint angles. Speed and cadence say when each
foot is lifted, and where it is set down: below where the pelvis is halfway through its stance. All else
follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from affectlib.skeleton import INDEX, JOINTS

STEP_S = 0.002


@dataclass(frozen=True, kw_only=True)
class Bout:
    """Some seconds of one way to move (no cadence: standing), reached within `change_s`.

    The cadence may go on to `end_hz`, and the speed with it.
    """

    seconds: float
    stride_hz: float = 0.0
    speed_m_s: float = 0.0
    change_s: float = 0.5
    end_hz: float | None = None


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How one walker walks.

    `first_phase` is .62 where the left foot sets off, .12 where the right one does; a corner of
    `corners_deg` comes every three metres; `pauses_s` are moments and lengths of pauses within strides.
    """

    turn_deg_s: float = 0.0
    corners_deg: float = 0.0
    limp: float = 0.0
    treadmill: bool = False
    noise_m: float = 0.0
    stance: float = 0.62
    first_phase: float = 0.62
    pauses_s: tuple[tuple[float, float], ...] = ()
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Positions (frames, 15, 3) in metres, and the truth about each stride.

    A stride lasts from one moment of `bounds_s` to the next, where the left ankle is furthest ahead of the
    pelvis. `good`: it is one of walking ahead, without pause, and does not begin before the first step
    is over. `steady`: it must be found. `pace`: speed at each bound as a part of the usual one.
    """

    position: np.ndarray
    rate_hz: float
    bounds_s: np.ndarray
    good: np.ndarray
    steady: np.ndarray
    pace: np.ndarray


def walk(*bouts: Bout, rate_hz: float = 60.0, manner: Manner | None = None) -> Walk:
    """Simulate one take."""
    manner = manner or Manner()
    time_s = np.arange(0, sum(bout.seconds for bout in bouts), STEP_S)
    cadence_hz, speed_m_s = _courses(bouts, time_s)
    standing = cadence_hz < 1e-9
    for begin_s, length_s in manner.pauses_s:
        moving = 1 - _ramp((time_s - begin_s) / 0.08) + _ramp((time_s - begin_s - length_s) / 0.08)
        cadence_hz, speed_m_s = cadence_hz * moving, speed_m_s * moving
    phase = _stop_on_both_feet(manner.first_phase + np.cumsum(cadence_hz) * STEP_S, standing)
    way_m = np.cumsum(speed_m_s) * STEP_S
    heading = _heading(way_m, ~standing, manner)
    forward = np.stack([np.cos(heading), np.sin(heading), np.zeros(len(heading))], axis=1)
    path_m = np.cumsum(forward * np.gradient(way_m)[:, None], axis=0)
    place = _joints(phase, path_m, forward, speed_m_s, manner)
    ahead_m = np.sum((place[:, INDEX["l_ankle"]] - place[:, INDEX["pelvis"]]) * forward, axis=1)
    truth = _truth(time_s, phase, ahead_m, cadence_hz, speed_m_s, standing)
    if manner.treadmill:
        place = place - path_m[:, None]
    frames_s = np.arange(0, time_s[-1], 1 / rate_hz)
    columns = [np.interp(frames_s, time_s, column) for column in place.reshape(len(time_s), -1).T]
    position = np.stack(columns, axis=1).reshape(-1, len(JOINTS), 3)
    position += np.random.default_rng(manner.seed).normal(scale=manner.noise_m, size=position.shape)
    return Walk(position=position, rate_hz=rate_hz, **truth)


def judge(truth: Walk, starts_s: np.ndarray, ends_s: np.ndarray, *, tolerance: float = 0.1) -> np.ndarray:
    """Return for each found cycle the number of the true stride; -1 where it is none, -2 for one not good."""
    begin_s, end_s = truth.bounds_s[:-1], truth.bounds_s[1:]
    room_s = tolerance * (end_s - begin_s)
    verdicts = []
    for start, end in zip(starts_s, ends_s, strict=True):
        (hit,) = np.nonzero((np.abs(begin_s - start) < room_s) & (np.abs(end_s - end) < room_s))
        verdicts.append(-1 if not len(hit) else int(hit[0]) if truth.good[hit[0]] else -2)
    return np.array(verdicts, dtype=int)


def _ramp(part: np.ndarray) -> np.ndarray:
    part = np.clip(part, 0, 1)
    return part**3 * (10 - 15 * part + 6 * part**2)


def _courses(bouts: tuple[Bout, ...], time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cadence_hz = speed_m_s = np.zeros(len(time_s))
    begin_s, before_hz = 0.0, None
    for bout in bouts:
        since_s = time_s - begin_s
        end_hz = bout.stride_hz if bout.end_hz is None else bout.end_hz
        goal_hz = bout.stride_hz + (end_hz - bout.stride_hz) * np.clip(since_s / bout.seconds, 0, 1)
        goal_m_s = bout.speed_m_s * (goal_hz / bout.stride_hz if bout.stride_hz else 1)
        # Legs set off at once and go on to the last; the speed comes and goes with the steps.
        quick_s = min(bout.change_s, 0.2) if 0 in (bout.stride_hz, before_hz) else bout.change_s
        late_s = 0 if bout.stride_hz else bout.change_s - quick_s
        legs, pelvis = _ramp((since_s - late_s) / quick_s), _ramp(since_s / bout.change_s)
        if before_hz is None:
            legs = pelvis = np.ones(len(time_s))
        cadence_hz = cadence_hz + (goal_hz - cadence_hz) * legs
        speed_m_s = speed_m_s + (goal_m_s - speed_m_s) * pelvis
        begin_s, before_hz = begin_s + bout.seconds, bout.stride_hz
    return cadence_hz, speed_m_s


def _stop_on_both_feet(phase: np.ndarray, standing: np.ndarray) -> np.ndarray:
    for begin in np.flatnonzero(standing[1:] & ~standing[:-1]) + 1:
        wanted = np.ceil(2 * (phase[begin] - 0.06)) / 2 + 0.06
        last = np.searchsorted(phase, phase[begin] - 0.5)
        share = _ramp((np.arange(len(phase)) - last) / max(begin - last, 1))
        phase = phase + (wanted - phase[begin]) * share
    return phase


def _heading(way_m: np.ndarray, walking: np.ndarray, manner: Manner) -> np.ndarray:
    heading_deg = manner.turn_deg_s * np.cumsum(walking) * STEP_S
    if manner.corners_deg:
        for corner_m in np.arange(3, way_m.max() + 3, 3):
            heading_deg = heading_deg + manner.corners_deg * _ramp((way_m - corner_m) / 1.2)
    return np.radians(heading_deg)


def _joints(
    phase: np.ndarray, path_m: np.ndarray, forward: np.ndarray, speed_m_s: np.ndarray, manner: Manner
) -> np.ndarray:
    place = np.zeros((len(phase), len(JOINTS), 3))
    left = np.stack([-forward[:, 1], forward[:, 0], forward[:, 2]], axis=1)
    up = np.array([0.0, 0.0, 1.0])
    turn = 2 * np.pi * phase[:, None]
    vigour = np.clip(np.abs(speed_m_s) / 1.2, 0, 1.5)[:, None]
    sway_m, bounce_m = 0.02 * vigour * np.sin(turn - 0.4), 0.02 * vigour * np.cos(2 * turn + 0.5)
    pelvis = path_m + left * sway_m + up * (0.92 + bounce_m)
    yaw = 0.08 * vigour * np.cos(turn)

    def put(joint: str, x: np.ndarray | float, y: float, z: float) -> None:
        place[:, INDEX[joint]] = pelvis + forward * x + left * y + up * z

    put("pelvis", 0, 0, 0)
    put("neck", 0.03, 0, 0.5)
    put("head", 0.06, 0, 0.68)
    for side, sign, delay in (("l", 1, 0.0), ("r", -1, 0.5 + manner.limp)):
        swing = -sign * 0.2 * vigour * np.cos(turn)
        put(f"{side}_hip", -sign * 0.1 * yaw, sign * 0.1, 0)
        put(f"{side}_shoulder", sign * 0.18 * yaw + 0.03, sign * 0.18, 0.46)
        put(f"{side}_elbow", 0.4 * swing, sign * 0.22, 0.2)
        put(f"{side}_wrist", swing + 0.08, sign * 0.22, -0.04)
        stance = manner.stance + manner.limp * sign * 0.5
        ankle = _ankle(phase - delay, path_m + left * 0.09 * sign, stance)
        hip = place[:, INDEX[f"{side}_hip"]]
        half_m = np.linalg.norm(ankle - hip, axis=1, keepdims=True) / 2
        bend_m = np.sqrt(np.maximum(0.43**2 - half_m**2, 0.02**2))
        place[:, INDEX[f"{side}_ankle"]] = ankle
        place[:, INDEX[f"{side}_knee"]] = (hip + ankle) / 2 + forward * bend_m
    return place


def _ankle(own_phase: np.ndarray, below_m: np.ndarray, stance: float) -> np.ndarray:
    """Stand still from whole phase until `stance` after it, then swing to the next spot."""
    number = np.floor(own_phase)
    part = own_phase - number
    steps = np.arange(number[0] - 2, number[-1] + 3)
    rising = own_phase + 1e-9 * np.arange(len(own_phase))
    spots_m = below_m[np.round(np.interp(steps + stance / 2, rising, np.arange(len(rising)))).astype(int)]
    at = (number - steps[0]).astype(int)
    swing = np.clip((part - stance) / (1 - stance), 0, 1)
    share = _ramp(swing)
    ankle = spots_m[at] * (1 - share[:, None]) + spots_m[at + 1] * share[:, None]
    long = np.minimum(np.linalg.norm(spots_m[at + 1] - spots_m[at], axis=1), 1.2) / 1.2
    heel_m = 0.07 * np.clip((part - 0.6 * stance) / (0.4 * stance), 0, 1) ** 2 * (1 - share)
    ankle[:, 2] = 0.09 + long * (heel_m + 0.06 * np.sin(np.pi * swing) ** 2)
    return ankle


def _truth(
    time_s: np.ndarray,
    phase: np.ndarray,
    ahead_m: np.ndarray,
    cadence_hz: np.ndarray,
    speed_m_s: np.ndarray,
    standing: np.ndarray,
) -> dict[str, np.ndarray]:
    tops = []
    for turn in np.arange(np.ceil(phase[0] + 0.3), np.floor(phase[-1] + 0.2) + 1):
        near = np.flatnonzero((phase > turn - 0.35) & (phase < turn + 0.25))
        top = near[np.argmax(ahead_m[near])]
        if top not in (near[0], near[-1]):
            tops.append(int(top))
    walking = ~standing
    usual_hz, usual_m_s = (
        np.median(np.abs(each[walking])) if walking.any() else 1 for each in (cadence_hz, speed_m_s)
    )
    unfit = (cadence_hz < 0.25 * usual_hz) | (speed_m_s <= 0)
    first_step = np.zeros(len(time_s), dtype=bool)
    for begin in np.flatnonzero(standing[:-1] & walking[1:]) + 1:
        # The first step is over where the foot that was lifted comes down.
        first_step[begin : np.searchsorted(phase, np.ceil(2 * (phase[begin] + 0.2)) / 2)] = True
    good = [not unfit[begin:end].any() and not first_step[begin] for begin, end in pairwise(tops)]
    brisk = [speed_m_s[begin:end].min() > 0.8 * usual_m_s for begin, end in pairwise(tops)]
    return {
        "bounds_s": time_s[tops],
        "good": np.array(good, dtype=bool),
        "steady": np.array(good, dtype=bool) & np.array(brisk, dtype=bool),
        "pace": speed_m_s[tops] / usual_m_s,
    }
