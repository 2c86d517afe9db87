"""The list of manual features, each with its computation, unit, description and source.

All are computed from positions relative to the pelvis, so feet are measured against the pelvis and not
against the floor. Sources are works that relate the quantity to affect, or define it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from affectlib.gait.body import Body
from affectlib.gait.trajectories import derivative, flexion_deg, shift_half_cycle, tilt_deg

X, Y = 0, 1
EXTREMITIES = ("head", "l_wrist", "r_wrist", "l_ankle", "r_ankle")
SIDES = (("l", "left", 1.0), ("r", "right", -1.0))

DELIGIANNI = "Deligianni, Guo & Yang 2019"
HALOVIC = "Halovic & Kroos 2018"
MICHALAK = "Michalak et al. 2009"
MONTEPARE = "Montepare, Goldstein & Clausen 1987"
POLLICK = "Pollick, Paterson, Bruderlin & Sanford 2001"
ROBINSON = "Robinson, Herzog & Nigg 1987 (symmetry index)"


@dataclass(frozen=True, kw_only=True)
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
    measure: Callable[[Body], np.ndarray]


# --- trajectories, each from a Body to (cycles, phases) ------------------------------------------------


def _from_upright(body: Body, start: str, end: str, axis: int) -> np.ndarray:
    bone = body.bone(start, end)
    return tilt_deg(bone[..., axis], bone[..., 2])


def _from_hanging(body: Body, start: str, end: str, axis: int, sign: float = 1.0) -> np.ndarray:
    bone = body.bone(start, end)
    return tilt_deg(sign * bone[..., axis], -bone[..., 2])


def _shoulder_raise(body: Body, side: str) -> np.ndarray:
    bone = body.bone("neck", f"{side}_shoulder")
    return tilt_deg(bone[..., 2], np.hypot(bone[..., 0], bone[..., 1]))


def _shoulder_forward(body: Body, side: str, sign: float) -> np.ndarray:
    bone = body.bone("neck", f"{side}_shoulder")
    return tilt_deg(bone[..., 0], sign * bone[..., 1])


def _flexion(body: Body, above: str, joint: str, below: str) -> np.ndarray:
    return flexion_deg(body.joint(above), body.joint(joint), body.joint(below))


def _left_leads(body: Body) -> np.ndarray:
    return body.bone("r_ankle", "l_ankle")[..., 0]


# --- values, each from a Body to (cycles,) -------------------------------------------------------


def _mean(trajectory: Callable[[Body], np.ndarray], body: Body) -> np.ndarray:
    return trajectory(body).mean(axis=1)


def _range(trajectory: Callable[[Body], np.ndarray], body: Body) -> np.ndarray:
    return np.ptp(trajectory(body), axis=1)


def _extent(axis: int, body: Body) -> np.ndarray:
    return np.ptp(body.position[..., axis], axis=2).mean(axis=1)


def _root_mean_square(name: str, order: int, body: Body) -> np.ndarray:
    return np.sqrt((body.motion(name, order) ** 2).mean(axis=1))


def _step_length(sign: float, body: Body) -> np.ndarray:
    return (sign * _left_leads(body)).max(axis=1)


def _stride_length(body: Body) -> np.ndarray:
    return np.ptp(_left_leads(body), axis=1)


def _step_width(body: Body) -> np.ndarray:
    cycle = np.arange(len(body.position))
    between = body.bone("r_ankle", "l_ankle")
    lead = between[..., 0]
    return (between[cycle, lead.argmax(axis=1), 1] + between[cycle, lead.argmin(axis=1), 1]) / 2


def _stance_share(side: str, body: Body) -> np.ndarray:
    forward = derivative(body.bone("pelvis", f"{side}_ankle")[..., 0], body.duration_s, order=1)
    following = np.roll(forward, -1, axis=1)
    # Crossings of zero lie between phases, so part of an interval counts.
    backward = np.maximum(-forward, 0) + np.maximum(-following, 0)
    size = np.abs(forward) + np.abs(following)
    return (backward / np.where(size > 0, size, 1.0)).mean(axis=1)


def _foot_lift(side: str, body: Body) -> np.ndarray:
    return (body.joint(f"{side}_ankle")[..., 2] - body.standing_height()).max(axis=1)


def _wrist_travel(side: str, body: Body) -> np.ndarray:
    return np.ptp(body.bone("pelvis", f"{side}_wrist")[..., 0], axis=1)


def _symmetry_index(
    left: Callable[[Body], np.ndarray], right: Callable[[Body], np.ndarray], body: Body
) -> np.ndarray:
    left_value, right_value = left(body), right(body)
    total = np.abs(left_value) + np.abs(right_value)
    return 2 * (left_value - right_value) / np.where(total > 0, total, 1.0)


def _half_cycle_difference(joint: str, body: Body) -> np.ndarray:
    left, right = body.bone("pelvis", f"l_{joint}"), body.bone("pelvis", f"r_{joint}")
    mirrored = shift_half_cycle(right) * np.array([1.0, -1.0, 1.0])
    return np.sqrt(((left - mirrored) ** 2).sum(axis=2).mean(axis=1))


def _bounce(joint: str, body: Body) -> np.ndarray:
    return np.ptp(body.joint(joint)[..., 2] - body.standing_height(), axis=1)


def _leg_height(body: Body) -> np.ndarray:
    return (body.joint("pelvis")[..., 2] - body.standing_height()).mean(axis=1)


# --- the list ------------------------------------------------------------------------------------


def _angles() -> Iterator[tuple[str, str, str, Callable[[Body], np.ndarray]]]:
    """Yield name, meaning, source and trajectory of each angle."""
    yield (
        "trunk_inclination",
        "pelvis to neck, forward from upright",
        MICHALAK,
        partial(_from_upright, start="pelvis", end="neck", axis=X),
    )
    yield (
        "trunk_sway",
        "pelvis to neck, leftward from upright",
        MICHALAK,
        partial(_from_upright, start="pelvis", end="neck", axis=Y),
    )
    yield (
        "head_inclination",
        "neck to head, forward from upright",
        DELIGIANNI,
        partial(_from_upright, start="neck", end="head", axis=X),
    )
    for side, word, sign in SIDES:
        upper, elbow, wrist = f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist"
        hip, knee, ankle = f"{side}_hip", f"{side}_knee", f"{side}_ankle"
        yield (
            f"{side}_shoulder_raise",
            f"{word} shoulder above the neck's level",
            "",
            partial(_shoulder_raise, side=side),
        )
        yield (
            f"{side}_shoulder_forward",
            f"{word} shoulder in front of the neck",
            "",
            partial(_shoulder_forward, side=side, sign=sign),
        )
        yield (
            f"{side}_arm_swing",
            f"{word} upper arm, forward from hanging",
            MONTEPARE,
            partial(_from_hanging, start=upper, end=elbow, axis=X),
        )
        yield (
            f"{side}_arm_spread",
            f"{word} upper arm, outward from hanging",
            "",
            partial(_from_hanging, start=upper, end=elbow, axis=Y, sign=sign),
        )
        yield (
            f"{side}_elbow_flexion",
            f"{word} elbow, 0 is straight",
            HALOVIC,
            partial(_flexion, above=upper, joint=elbow, below=wrist),
        )
        yield (
            f"{side}_thigh_swing",
            f"{word} thigh, forward from hanging",
            "",
            partial(_from_hanging, start=hip, end=knee, axis=X),
        )
        yield (
            f"{side}_knee_flexion",
            f"{word} knee, 0 is straight",
            "",
            partial(_flexion, above=hip, joint=knee, below=ankle),
        )


def _posture() -> Iterator[Feature]:
    for name, meaning, source, trajectory in _angles():
        for statistic, value in (("mean", _mean), ("range", _range)):
            yield Feature(
                name=f"{name}_{statistic}_deg",
                unit="deg",
                group="posture",
                meaning=f"{meaning}; {statistic} over the cycle",
                source=source,
                measure=partial(value, trajectory),
            )
    for axis, word in enumerate(("depth", "width", "height")):
        yield Feature(
            name=f"body_{word}_m",
            unit="m",
            group="posture",
            meaning=f"{word} of the box around all joints; mean over the cycle",
            source="",
            measure=partial(_extent, axis),
        )


def _movement() -> Iterator[Feature]:
    for joint in EXTREMITIES:
        for order, word, unit, suffix in (
            (1, "speed", "m/s", "m_s"),
            (2, "acceleration", "m/s^2", "m_s2"),
            (3, "jerk", "m/s^3", "m_s3"),
        ):
            yield Feature(
                name=f"{joint}_{word}_{suffix}",
                unit=unit,
                group="movement",
                meaning=f"{word} of {joint} relative to the pelvis; root mean square over the cycle",
                source=POLLICK if "wrist" in joint else "",
                measure=partial(_root_mean_square, joint, order),
            )


def _time_and_space() -> Iterator[Feature]:
    feature = partial(Feature, group="time and space")
    yield feature(
        name="cycle_time_s",
        unit="s",
        meaning="duration of the cycle (one stride)",
        source=HALOVIC,
        measure=lambda body: body.duration_s,
    )
    yield feature(
        name="cadence_steps_per_min",
        unit="1/min",
        meaning="steps a minute, two a cycle",
        source=HALOVIC,
        measure=lambda body: 120 / body.duration_s,
    )
    yield feature(
        name="stride_length_m",
        unit="m",
        meaning="left and right step length together",
        source=MONTEPARE,
        measure=_stride_length,
    )
    yield feature(
        name="walking_speed_m_s",
        unit="m/s",
        meaning="stride length by cycle time",
        source=MONTEPARE,
        measure=lambda body: _stride_length(body) / body.duration_s,
    )
    yield feature(
        name="step_width_m",
        unit="m",
        meaning="left ankle to the left of the right one, when either leads most",
        source="",
        measure=_step_width,
    )
    for side, word, sign in SIDES:
        yield feature(
            name=f"{side}_step_length_m",
            unit="m",
            meaning=f"{word} ankle in front of the other, at most",
            source=DELIGIANNI,
            measure=partial(_step_length, sign),
        )
        yield feature(
            name=f"{side}_stance_share",
            unit="",
            meaning=f"part of the cycle in which the {word} ankle moves back under the pelvis",
            source="",
            measure=partial(_stance_share, side),
        )
        yield feature(
            name=f"{side}_foot_lift_m",
            unit="m",
            meaning=f"{word} ankle above the lower ankle, at most",
            source="",
            measure=partial(_foot_lift, side),
        )
        yield feature(
            name=f"{side}_wrist_travel_m",
            unit="m",
            meaning=f"way of the {word} wrist along x",
            source=MONTEPARE,
            measure=partial(_wrist_travel, side),
        )


def _symmetry() -> Iterator[Feature]:
    for word, left, right in (
        ("step_length", partial(_step_length, 1.0), partial(_step_length, -1.0)),
        ("stance", partial(_stance_share, "l"), partial(_stance_share, "r")),
        ("foot_lift", partial(_foot_lift, "l"), partial(_foot_lift, "r")),
        ("wrist_travel", partial(_wrist_travel, "l"), partial(_wrist_travel, "r")),
    ):
        yield Feature(
            name=f"{word}_asymmetry",
            unit="",
            group="symmetry",
            meaning=f"{word.replace('_', ' ')}: (left - right) / mean of both, 0 for equal sides",
            source=ROBINSON,
            measure=partial(_symmetry_index, left, right),
        )
    for joint in ("wrist", "ankle"):
        yield Feature(
            name=f"{joint}_half_cycle_difference_m",
            unit="m",
            group="symmetry",
            meaning=f"left {joint} against the right one mirrored half a cycle later; root mean square",
            source="",
            measure=partial(_half_cycle_difference, joint),
        )


def _bounces() -> Iterator[Feature]:
    for joint in ("pelvis", "head"):
        yield Feature(
            name=f"{joint}_bounce_m",
            unit="m",
            group="bounce",
            meaning=f"height of {joint} over the lower ankle; range over the cycle",
            source=MICHALAK if joint == "head" else HALOVIC,
            measure=partial(_bounce, joint),
        )
    yield Feature(
        name="pelvis_height_m",
        unit="m",
        group="bounce",
        meaning="height of the pelvis over the lower ankle; mean over the cycle",
        source="",
        measure=_leg_height,
    )


FEATURES: tuple[Feature, ...] = (*_posture(), *_movement(), *_time_and_space(), *_symmetry(), *_bounces())
"""All manual features, in the order of the columns."""
