"""Simulation of one take of one person, from standing to the last frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.demo.affects import LABELS, TAKE_SD, Manner
from affectlib.demo.clock import Clock, draw_clock
from affectlib.demo.curves import (
    ANGLE,
    ANGLES,
    CYCLE_SD_DEG,
    STANDING_DEG,
    TAKE_SD_DEG,
    WITHIN_CYCLE,
    derivative,
    evaluate,
    kind_of,
    per_angle,
)
from affectlib.demo.kinematics import pose
from affectlib.demo.path import draw_path, walk_along
from affectlib.demo.people import TAKE_STREAM, Person
from affectlib.demo.settings import Settings
from affectlib.demo.stepping import begin_at_reach, carry, fit_stride
from affectlib.demo.variation import along_phase, autoregressive, smooth_noise

GRAVITY_M_S2 = 9.81

# Share of the centripetal lean in the line from foot to head; the hips compensate for the rest.
_LEAN = 0.42
# Loss of stride length on a bend twice as sharp as the average of a lap.
_SLOWING = 0.10
# Change of posture in a bend, in degrees for each rad/s: pelvis and chest turn ahead of the path,
# and the trunk bends forward. With the lean this makes the outer arm swing more.
_PELVIS_AHEAD_DEG_S, _CHEST_AHEAD_DEG_S, _TRUNK_FORWARD_DEG_S = 1.0, 7.0, 2.5

_STANDING = np.array([kind_of(name) in STANDING_DEG for name in ANGLES])
_STANDING_DEG = per_angle(STANDING_DEG)

_SWINGS = {
    "arm_swing": ("shoulder_flexion", "shoulder_abduction", "shoulder_rotation"),
    "elbow_swing": ("elbow_flexion",),
    "trunk_swing": ("trunk_pitch",),
    "twist": ("pelvis_yaw", "trunk_yaw"),
    "sway": ("trunk_roll", "head_roll"),
    "shoulder_lift": ("girdle_elevation",),
}
_ARM_SWING = np.array([kind_of(name) in ("shoulder_flexion", "elbow_flexion") for name in ANGLES])
_HIPS = [ANGLE["l_hip_flexion"], ANGLE["r_hip_flexion"]]
_KNEES = [ANGLE["l_knee_flexion"], ANGLE["r_knee_flexion"]]
_LEG_FLEXION = np.array([kind_of(name) in ("hip_flexion", "knee_flexion") for name in ANGLES])
_LEG = np.array([kind_of(name).startswith(("hip_", "knee_")) for name in ANGLES])
# Smoothness of noise, and of variation within a cycle: legs, which bear the body, vary more slowly than free
# limbs.
_NOISE_FRAMES, _FREE_FRAMES, _BEARING_FRAMES = 4.0, 5.0, 9.0
# A standing person only sways: noise as a fraction of that in walking.
_STANDING_NOISE = 0.3
# Both feet land ahead of or behind the body together more than independently.
_FEET_CORRELATION = 0.7
# All bends of a walk are to one side, so in a sharper turn than usual the trunk bends and turns together.
_YAW_PER_PITCH = 3.8
# The legs' timing is that of the stride; what moves above them may be early or late.
_LAG_SHARE = np.where(_LEG_FLEXION, 0.3, 1.0)
# The swing of the arms varies more from cycle to cycle than that of the legs.
_GAIN_SHARE = np.where(_LEG_FLEXION, 0.3, np.where(_ARM_SWING, 2.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class SimulatedTake:
    """One simulated take and its true parameters.

    Parameters
    ----------
    position : numpy.ndarray
        Joint positions in metres, z up, shape (frames, 15, 3).
    manner : Manner
        Manner of the take.
    speed_m_s : float
        Mean speed of the pelvis along its path over the steady strides.
    stride_s : numpy.ndarray
        Times at which the left gait phase is an integer, shape (strides + 1,).
    steady_s : float
        Time at which gait initiation ends.
    """

    position: np.ndarray
    manner: Manner
    speed_m_s: float
    stride_s: np.ndarray
    steady_s: float


def simulate_take(person: Person, label: str, take: int, *, seed: int, settings: Settings) -> SimulatedTake:
    """Simulate one take, the same for the same arguments; takes are numbered from 1."""
    key = (TAKE_STREAM, person.number, LABELS.index(label), take)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
    take_change = settings.take_scale * TAKE_SD * rng.standard_normal(TAKE_SD.shape)
    manner = person.manner.changed_by(person.effects[label] + take_change)
    series = _take_series(rng, person, label, manner, settings=settings)
    clock = draw_clock(rng, manner.stride_hz, manner.variability, settings=settings)
    stretch = _stretch(rng, clock, manner, settings=settings)
    pace_m_s = clock.gate * stretch * manner.stride_length_m * clock.frequency_hz
    path = draw_path(rng)
    turn_rad_s, slowdown = walk_along(path, pace_m_s, rate_hz=settings.rate_hz, slowing=_SLOWING)
    swing_gain = _swing_gain(stretch * slowdown, turn_rad_s, manner.speed_m_s, hip_m=person.body.hip_m)
    angles_deg = _joint_angles(rng, series, clock, swing_gain, manner, way=path.way, settings=settings)
    angles_deg += _turning(clock, turn_rad_s, manner, leg_m=person.body.leg_m)
    lean_deg = -_LEAN * np.degrees(np.arctan(pace_m_s * slowdown * turn_rad_s / GRAVITY_M_S2))
    position = pose(person.body, angles_deg, lean_deg=lean_deg)
    velocity_m_s, height_m = carry(
        position, turn_rad_s, body=person.body, bounce=manner.bounce, rate_hz=settings.rate_hz
    )
    start_rad = 0.15 * rng.standard_normal()
    heading = start_rad + np.concatenate([[0.0], np.cumsum(turn_rad_s[:-1])]) / settings.rate_hz
    steady_s = clock.stride_s[clock.stride_s >= clock.steady_s]
    start, end = (steady_s[[0, -1]] * settings.rate_hz).astype(int)
    return SimulatedTake(
        position=_to_world(position, velocity_m_s, height_m, heading, rate_hz=settings.rate_hz),
        manner=manner,
        speed_m_s=float(velocity_m_s[start:end, 0].mean()),
        stride_s=clock.stride_s,
        steady_s=clock.steady_s,
    )


def _take_series(
    rng: np.random.Generator, person: Person, label: str, manner: Manner, *, settings: Settings
) -> np.ndarray:
    """Draw the Fourier series of the joint angles in one take in degrees, shape (angles, 7), complex."""
    series = person.series + person.affect_series[label]
    series[:, 0] += settings.take_scale * per_angle(TAKE_SD_DEG) * rng.standard_normal(len(ANGLES))
    for gain, kinds in _SWINGS.items():
        series[[kind_of(name) in kinds for name in ANGLES], 1:] *= getattr(manner, gain)
    offsets = {
        "elbow_flexion": manner.elbow_deg,
        "trunk_pitch": manner.trunk_pitch_deg,
        "head_pitch": manner.head_pitch_deg,
        "girdle_elevation": manner.elevation_deg,
        "hip_flexion": manner.thigh_deg,
        "knee_flexion": manner.knee_deg,
    }
    series[:, 0] += per_angle(offsets)
    return begin_at_reach(fit_stride(series, person.body, manner.stride_length_m), person.body)


def _draw_per_cycle(
    rng: np.random.Generator, clock: Clock, n_series: int, *, settings: Settings
) -> np.ndarray:
    """Draw series of unit variance, correlated from cycle to cycle, shape (cycles, n_series)."""
    return autoregressive(rng, int(clock.phase[-1]) + 2, n_series, correlation=settings.cycle_correlation)


def _stretch(rng: np.random.Generator, clock: Clock, manner: Manner, *, settings: Settings) -> np.ndarray:
    """Draw the length of strides relative to the take's mean, shape (frames,)."""
    per_cycle = _draw_per_cycle(rng, clock, 1, settings=settings)
    spread = 0.5 * settings.cycle_gain * manner.variability
    return np.exp(spread * along_phase(per_cycle, clock.phase)[:, 0])


def _swing_gain(stretch: np.ndarray, turn_rad_s: np.ndarray, speed_m_s: float, *, hip_m: float) -> np.ndarray:
    """Compute the amplitude of the joint angles relative to that of the take, shape (frames, angles).

    Parameters
    ----------
    stretch : numpy.ndarray
        Length of strides relative to the take's mean, shape (frames,).
    turn_rad_s : numpy.ndarray
        Rate of turning to the left, negative to the right, shape (frames,).
    """
    gain = np.ones((len(stretch), len(ANGLES)))
    gain[:, _LEG_FLEXION] = stretch[:, None]
    # The path of the inner foot round a bend is shorter.
    shorter = np.clip(turn_rad_s * hip_m / speed_m_s, -0.4, 0.4)
    gain[:, ANGLE["l_hip_flexion"]] *= 1 - shorter
    gain[:, ANGLE["r_hip_flexion"]] *= 1 + shorter
    return gain


def _joint_angles(
    rng: np.random.Generator,
    series: np.ndarray,
    clock: Clock,
    swing_gain: np.ndarray,
    manner: Manner,
    *,
    way: int,
    settings: Settings,
) -> np.ndarray:
    """Simulate the joint angles of a walk straight ahead in degrees, shape (frames, angles).

    Parameters
    ----------
    series : numpy.ndarray
        Fourier series of the angles in degrees, complex, shape (angles, 7).
    swing_gain : numpy.ndarray
        Relative amplitude of the angles, shape (frames, angles).
    way : int
        1 where bends are to the left, -1 where to the right.
    """
    offset_deg, gain, lag = _cycle_variation(rng, clock, manner, way=way, settings=settings)
    mean_deg, swing_deg = evaluate(series, clock.phase)
    # To first order, a joint that lags is behind by the lag times its rate of change.
    swing_deg = swing_deg - lag * evaluate(derivative(series), clock.phase)[1]
    walking_deg = mean_deg + offset_deg + swing_deg * (swing_gain * gain)
    standing_deg = np.where(_STANDING, _STANDING_DEG, mean_deg)
    noise_deg = _angle_noise(rng, clock, manner, settings=settings)
    return standing_deg + clock.gate[:, None] * (walking_deg - standing_deg) + noise_deg


def _cycle_variation(
    rng: np.random.Generator, clock: Clock, manner: Manner, *, way: int, settings: Settings
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw the variation of the joint angles from cycle to cycle, in three arrays of shape (frames, angles).

    Returns
    -------
    offset_deg, gain, lag : numpy.ndarray
        Change of the mean in degrees, relative amplitude, and delay in cycles.
    """
    per_cycle = _draw_per_cycle(rng, clock, 3 * len(ANGLES), settings=settings)
    left, right = _HIPS
    independence = np.sqrt(1 - _FEET_CORRELATION**2)
    per_cycle[:, right] = _FEET_CORRELATION * per_cycle[:, left] + independence * per_cycle[:, right]
    variation = manner.variability * along_phase(np.clip(per_cycle, -2.5, 2.5), clock.phase)
    offset, gain_change, lag_change = np.split(variation, 3, axis=1)
    offset_deg = settings.cycle_offset * per_angle(CYCLE_SD_DEG) * offset
    offset_deg[:, ANGLE["trunk_yaw"]] += way * _YAW_PER_PITCH * offset_deg[:, ANGLE["trunk_pitch"]]
    # The knee compensates for the hip, so that the foot lands where it should.
    offset_deg[:, _KNEES] += offset_deg[:, _HIPS]
    gain = np.exp(settings.cycle_gain * _GAIN_SHARE * gain_change)
    lag = settings.cycle_phase * _LAG_SHARE * lag_change
    return offset_deg, gain, lag


def _angle_noise(rng: np.random.Generator, clock: Clock, manner: Manner, *, settings: Settings) -> np.ndarray:
    """Draw the variation of the joint angles within cycles in degrees, shape (frames, angles)."""
    shape = len(clock.phase), len(ANGLES)
    gate = clock.gate[:, None]
    noise_deg = settings.noise_deg * smooth_noise(rng, *shape, width_frames=_NOISE_FRAMES)
    free = smooth_noise(rng, *shape, width_frames=_FREE_FRAMES)
    bearing = smooth_noise(rng, *shape, width_frames=_BEARING_FRAMES)
    within_deg = (
        settings.cycle_offset * manner.variability * per_angle(CYCLE_SD_DEG) * per_angle(WITHIN_CYCLE)
    )
    noise_deg += gate * within_deg * np.where(_LEG, bearing, free)
    return noise_deg * (_STANDING_NOISE + (1 - _STANDING_NOISE) * gate)


def _turning(clock: Clock, turn_rad_s: np.ndarray, manner: Manner, *, leg_m: float) -> np.ndarray:
    """Compute the change of the joint angles in bends in degrees, shape (frames, angles)."""
    change_deg = np.zeros((len(turn_rad_s), len(ANGLES)))
    change_deg[:, ANGLE["pelvis_yaw"]] = _PELVIS_AHEAD_DEG_S * turn_rad_s
    change_deg[:, ANGLE["trunk_yaw"]] = _CHEST_AHEAD_DEG_S * turn_rad_s
    change_deg[:, ANGLE["trunk_pitch"]] = _TRUNK_FORWARD_DEG_S * np.abs(turn_rad_s)
    # A foot that stays put while the body turns by w dt over it moves sideways by -w x dt in the
    # body's frame; x swings by a quarter stride, so its integral swings a quarter cycle later.
    reach_m = manner.stride_length_m / 4
    for side, sign, lag in (("l", 1.0, 0.0), ("r", -1.0, 0.5)):
        swing = np.sin(2 * np.pi * (clock.phase + lag)) / (2 * np.pi * manner.stride_hz)
        aside_m = -turn_rad_s * reach_m * swing * clock.gate
        change_deg[:, ANGLE[f"{side}_hip_abduction"]] = sign * np.degrees(aside_m / leg_m)
    return change_deg


def _to_world(
    position: np.ndarray,
    velocity_m_s: np.ndarray,
    height_m: np.ndarray,
    heading: np.ndarray,
    *,
    rate_hz: float,
) -> np.ndarray:
    """Turn joints around the pelvis into the heading and move them along the path, shape (frames, 15, 3)."""
    cos, sin = np.cos(heading), np.sin(heading)
    to_world = np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1)
    path_m = np.cumsum(np.einsum("tij,tj->ti", to_world, velocity_m_s), axis=0) / rate_hz
    moved = position.copy()
    moved[..., :2] = np.einsum("tij,tkj->tki", to_world, position[..., :2])
    moved[..., :2] += (path_m - path_m[0])[:, None, :]
    moved[..., 2] += height_m[:, None]
    return moved
