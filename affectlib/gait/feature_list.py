"""The list of manual features, each with its computation, unit, description and source.

All are computed from positions relative to the pelvis, so feet are measured against the pelvis and not
against the floor. Sources are works that relate the quantity to affect, or define it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from affectlib.gait.body import Body
from affectlib.gait.trajectories import derivative, flexion_deg, shift_half_cycle, tilt_deg

X, Y, Z = 0, 1, 2
EXTREMITIES = ("head", "l_wrist", "r_wrist", "l_ankle", "r_ankle")
SIDES = (("l", "left", 1.0), ("r", "right", -1.0))
ORDERS = ((1, "speed", "m/s", "m_s"), (2, "acceleration", "m/s^2", "m_s2"), (3, "jerk", "m/s^3", "m_s3"))

DELIGIANNI = "Deligianni, Guo & Yang 2019"
HALOVIC = "Halovic & Kroos 2018"
MICHALAK = "Michalak et al. 2009"
MONTEPARE = "Montepare, Goldstein & Clausen 1987"
POLLICK = "Pollick, Paterson, Bruderlin & Sanford 2001"
ROBINSON = "Robinson, Herzog & Nigg 1987 (symmetry index)"

Measure = Callable[[Body], np.ndarray]
"""From a `Body` to a trajectory (cycles, phases), or to one value a cycle (cycles,)."""


@dataclass(frozen=True)
class Feature:
    """A feature of gait cycles.

    Parameters
    ----------
    name : str
        Column name; ends with the unit where there is one.
    unit : str
        Unit, empty for a plain ratio.
    group : str
        ``posture``, ``movement``, ``time and space``, ``symmetry`` or ``bounce``.
    meaning : str
        What is measured.
    source : str
        A work that relates this quantity to affect or defines it; empty where none is known.
    measure : callable
        From a `Body` to one value a cycle.
    """

    name: str
    unit: str
    group: str
    meaning: str
    source: str
    measure: Measure


# --- trajectories: (cycles, phases) --------------------------------------------------------------


def _from_upright(start: str, end: str, axis: int) -> Measure:
    return lambda body: tilt_deg(body.bone(start, end)[..., axis], body.bone(start, end)[..., Z])


def _from_hanging(start: str, end: str, axis: int, sign: float = 1.0) -> Measure:
    return lambda body: tilt_deg(sign * body.bone(start, end)[..., axis], -body.bone(start, end)[..., Z])


def _shoulder_raise(side: str) -> Measure:
    def measure(body: Body) -> np.ndarray:
        bone = body.bone("neck", f"{side}_shoulder")
        return tilt_deg(bone[..., Z], np.hypot(bone[..., X], bone[..., Y]))

    return measure


def _shoulder_forward(side: str, sign: float) -> Measure:
    def measure(body: Body) -> np.ndarray:
        bone = body.bone("neck", f"{side}_shoulder")
        return tilt_deg(bone[..., X], sign * bone[..., Y])

    return measure


def _flexion(above: str, joint: str, below: str) -> Measure:
    return lambda body: flexion_deg(body.joint(above), body.joint(joint), body.joint(below))


def _left_leads(body: Body) -> np.ndarray:
    return body.bone("r_ankle", "l_ankle")[..., X]


# --- values: (cycles,) ---------------------------------------------------------------------------


def _mean(trajectory: Measure) -> Measure:
    return lambda body: trajectory(body).mean(axis=1)


def _range(trajectory: Measure) -> Measure:
    return lambda body: np.ptp(trajectory(body), axis=1)


def _extent(axis: int) -> Measure:
    return lambda body: np.ptp(body.position[..., axis], axis=2).mean(axis=1)


def _root_mean_square(joint: str, order: int) -> Measure:
    return lambda body: np.sqrt((body.motion(joint, order) ** 2).mean(axis=1))


def _step_length(sign: float) -> Measure:
    return lambda body: (sign * _left_leads(body)).max(axis=1)


def _stride_length(body: Body) -> np.ndarray:
    return np.ptp(_left_leads(body), axis=1)


def _speed(body: Body) -> np.ndarray:
    return _stride_length(body) / body.duration_s


def _step_width(body: Body) -> np.ndarray:
    cycle = np.arange(len(body.position))
    between = body.bone("r_ankle", "l_ankle")
    lead = between[..., X]
    return (between[cycle, lead.argmax(axis=1), Y] + between[cycle, lead.argmin(axis=1), Y]) / 2


def _stance_share(side: str) -> Measure:
    def measure(body: Body) -> np.ndarray:
        forward = derivative(body.bone("pelvis", f"{side}_ankle")[..., X], body.duration_s, order=1)
        following = np.roll(forward, -1, axis=1)
        # Crossings of zero lie between phases, so part of an interval counts.
        backward = np.maximum(-forward, 0) + np.maximum(-following, 0)
        size = np.abs(forward) + np.abs(following)
        return (backward / np.where(size > 0, size, 1.0)).mean(axis=1)

    return measure


def _foot_lift(side: str) -> Measure:
    return lambda body: (body.joint(f"{side}_ankle")[..., Z] - body.standing_height()).max(axis=1)


def _wrist_travel(side: str) -> Measure:
    return lambda body: np.ptp(body.bone("pelvis", f"{side}_wrist")[..., X], axis=1)


def _symmetry_index(left: Measure, right: Measure) -> Measure:
    def measure(body: Body) -> np.ndarray:
        left_value, right_value = left(body), right(body)
        total = np.abs(left_value) + np.abs(right_value)
        return 2 * (left_value - right_value) / np.where(total > 0, total, 1.0)

    return measure


def _half_cycle_difference(joint: str) -> Measure:
    def measure(body: Body) -> np.ndarray:
        left, right = body.bone("pelvis", f"l_{joint}"), body.bone("pelvis", f"r_{joint}")
        mirrored = shift_half_cycle(right) * np.array([1.0, -1.0, 1.0])
        return np.sqrt(((left - mirrored) ** 2).sum(axis=2).mean(axis=1))

    return measure


def _bounce(joint: str) -> Measure:
    return lambda body: np.ptp(body.joint(joint)[..., Z] - body.standing_height(), axis=1)


def _leg_height(body: Body) -> np.ndarray:
    return (body.joint("pelvis")[..., Z] - body.standing_height()).mean(axis=1)


# --- the list ------------------------------------------------------------------------------------


def _angles() -> Iterator[tuple[str, str, str, Measure]]:
    """Yield name, meaning, source and trajectory of each angle."""
    trunk, head = ("pelvis", "neck"), ("neck", "head")
    yield "trunk_inclination", "pelvis to neck, forward from upright", MICHALAK, _from_upright(*trunk, X)
    yield "trunk_sway", "pelvis to neck, leftward from upright", MICHALAK, _from_upright(*trunk, Y)
    yield "head_inclination", "neck to head, forward from upright", DELIGIANNI, _from_upright(*head, X)
    for side, word, sign in SIDES:
        upper_arm, thigh = (f"{side}_shoulder", f"{side}_elbow"), (f"{side}_hip", f"{side}_knee")
        arm, leg = (*upper_arm, f"{side}_wrist"), (*thigh, f"{side}_ankle")
        spread, swing = _from_hanging(*upper_arm, Y, sign), _from_hanging(*upper_arm, X)
        for name, meaning, source, trajectory in (
            ("shoulder_raise", "shoulder above the neck's level", "", _shoulder_raise(side)),
            ("shoulder_forward", "shoulder in front of the neck", "", _shoulder_forward(side, sign)),
            ("arm_swing", "upper arm, forward from hanging", MONTEPARE, swing),
            ("arm_spread", "upper arm, outward from hanging", "", spread),
            ("elbow_flexion", "elbow, 0 is straight", HALOVIC, _flexion(*arm)),
            ("thigh_swing", "thigh, forward from hanging", "", _from_hanging(*thigh, X)),
            ("knee_flexion", "knee, 0 is straight", "", _flexion(*leg)),
        ):
            yield f"{side}_{name}", f"{word} {meaning}", source, trajectory


def _posture() -> Iterator[Feature]:
    for name, meaning, source, trajectory in _angles():
        for statistic, value in (("mean", _mean(trajectory)), ("range", _range(trajectory))):
            full = f"{meaning}; {statistic} over the cycle"
            yield Feature(f"{name}_{statistic}_deg", "deg", "posture", full, source, value)
    for axis, word in ((X, "depth"), (Y, "width"), (Z, "height")):
        meaning = f"{word} of the box around all joints; mean over the cycle"
        yield Feature(f"body_{word}_m", "m", "posture", meaning, "", _extent(axis))


def _movement() -> Iterator[Feature]:
    for joint in EXTREMITIES:
        source = POLLICK if "wrist" in joint else ""
        for order, word, unit, suffix in ORDERS:
            meaning = f"{word} of {joint} relative to the pelvis; root mean square over the cycle"
            value = _root_mean_square(joint, order)
            yield Feature(f"{joint}_{word}_{suffix}", unit, "movement", meaning, source, value)


def _time_and_space() -> Iterator[Feature]:
    rows: list[tuple[str, str, str, str, Measure]] = [
        ("cycle_time_s", "s", "duration of the cycle (one stride)", HALOVIC, lambda body: body.duration_s),
        (
            "cadence_steps_per_min",
            "1/min",
            "steps a minute, two a cycle",
            HALOVIC,
            lambda body: 120 / body.duration_s,
        ),
        ("stride_length_m", "m", "left and right step length together", MONTEPARE, _stride_length),
        ("walking_speed_m_s", "m/s", "stride length by cycle time", MONTEPARE, _speed),
        (
            "step_width_m",
            "m",
            "left ankle to the left of the right one, when either leads most",
            "",
            _step_width,
        ),
    ]
    for side, word, sign in SIDES:
        stance = f"part of the cycle in which the {word} ankle moves back under the pelvis"
        lift, step = (
            f"{word} ankle above the lower ankle, at most",
            f"{word} ankle in front of the other, at most",
        )
        rows += [
            (f"{side}_step_length_m", "m", step, DELIGIANNI, _step_length(sign)),
            (f"{side}_stance_share", "", stance, "", _stance_share(side)),
            (f"{side}_foot_lift_m", "m", lift, "", _foot_lift(side)),
            (
                f"{side}_wrist_travel_m",
                "m",
                f"way of the {word} wrist along x",
                MONTEPARE,
                _wrist_travel(side),
            ),
        ]
    for name, unit, meaning, source, measure in rows:
        yield Feature(name, unit, "time and space", meaning, source, measure)


def _symmetry() -> Iterator[Feature]:
    for word, left, right in (
        ("step_length", _step_length(1.0), _step_length(-1.0)),
        ("stance", _stance_share("l"), _stance_share("r")),
        ("foot_lift", _foot_lift("l"), _foot_lift("r")),
        ("wrist_travel", _wrist_travel("l"), _wrist_travel("r")),
    ):
        meaning = f"{word.replace('_', ' ')}: (left - right) / mean of both, 0 for equal sides"
        value = _symmetry_index(left, right)
        yield Feature(f"{word}_asymmetry", "", "symmetry", meaning, ROBINSON, value)
    for joint in ("wrist", "ankle"):
        meaning = f"left {joint} against the right one mirrored half a cycle later; root mean square"
        name = f"{joint}_half_cycle_difference_m"
        yield Feature(name, "m", "symmetry", meaning, "", _half_cycle_difference(joint))


def _bounces() -> Iterator[Feature]:
    for joint, source in (("pelvis", HALOVIC), ("head", MICHALAK)):
        meaning = f"height of {joint} over the lower ankle; range over the cycle"
        yield Feature(f"{joint}_bounce_m", "m", "bounce", meaning, source, _bounce(joint))
    meaning = "height of the pelvis over the lower ankle; mean over the cycle"
    yield Feature("pelvis_height_m", "m", "bounce", meaning, "", _leg_height)


FEATURES: tuple[Feature, ...] = (*_posture(), *_movement(), *_time_and_space(), *_symmetry(), *_bounces())
"""All manual features, in the order of the columns."""
