"""Whether a take can be a person who walks: proportions, sides, and the vertical.

What is found here is a doubt and no proof. It is a `LibraryWarning`, and the take stays usable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from affectlib.errors import LibraryWarning, RecordingError
from affectlib.recordings import lost
from affectlib.recordings.library import Take
from affectlib.recordings.vertical import estimate_vertical, slope_of_body
from affectlib.skeleton import BONES, INDEX, LEFT_RIGHT, bone_lengths_m

USUAL_LENGTH: Mapping[str, float] = MappingProxyType(
    {"knee": 0.28, "ankle": 0.28, "elbow": 0.21, "wrist": 0.165, "neck": 0.33}
)
"""Length of the bone that ends at each joint as a part of the way from ankles to head (.88 of body height),
from the segment lengths of Drillis and Contini (1966)."""

MOST_UNUSUAL = 2.0
"""Bones beyond this factor from `USUAL_LENGTH` are told; people stay within 1.3, depth cameras within 1.6."""

LEAST_LENGTH_M = 0.01
"""Joints that are closer than this on average are one joint under two names."""

LEAST_WIDTH = MappingProxyType({"shoulder": 0.09, "hip": 0.025})
"""Least distance of left and right, as a part of the way from ankles to head: a third of the usual one."""

MOST_UNEQUAL = MappingProxyType({"limbs": 1.33, "halves": 2.5})
"""Left and right limbs may differ by up to 1.26 in a depth camera's takes, and the halves of shoulders and
hips, which are short, by 1.65."""

MOST_VARIABLE = 0.3
"""Robust standard deviation of a limb's length, as a part of it: up to .25 in a depth camera's takes."""

CROSSED_M = MappingProxyType(
    {"shoulder": 0.02, "hip": 0.02, "elbow": 0.05, "knee": 0.03, "wrist": 0.15, "ankle": 0.1}
)
"""How far the left joint is on the right of the right one in half of the frames where names are swapped.
Hands and feet may cross."""

FLOOR_DEG = 5.0
"""Slope of a floor that is told if the person leans with it; level floors are measured to .4 degrees."""

SHARED_PART = 1 / 3
LEAST_LEAN_DEG = 4.5
"""Least part of the floor's slope, and least angle, by which a person leans in a tilted room. On a ramp it is
none; but what is usual differs by 4 degrees from person to person."""

LEAN_DEG = 12.0
"""Lean of the legs beyond the usual one that is told even if the floor is not seen; people stay below 8."""

NO_BODY = 4.0
"""Where at least four limbs are beyond this factor from `USUAL_LENGTH`, the points are no joints."""

TORN, TORN_S = 2.0, 0.25
"""A limb is torn where it is longer or shorter than usual by more than this factor for more than these
seconds. Limbs of people before a depth camera are so for .17 s at most."""

_LIMBS = ("knee", "ankle", "elbow", "wrist")
_BONE = MappingProxyType({child: number for number, (_, child) in enumerate(BONES)})
_STEADY = ("shoulder", "hip", "elbow", "knee")
_FRAMES = 120
_TORN_HZ = 25.0
_FEWEST = 10


def check_proportions(position_m: np.ndarray, *, file: Path) -> None:
    """Refuse points that can be no joints of a body, such as angles or forces.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, NaN where nothing was seen, shape (frames, 15, 3).
    file : Path
        The file, for the message.

    Raises
    ------
    RecordingError
        If at least four limbs are longer or shorter than usual by more than `NO_BODY` times.
    """
    some = lost.thin_whole(position_m, 30)
    if not len(some):
        return
    usual = np.array([USUAL_LENGTH[child[2:]] if child[2:] in _LIMBS else np.nan for child in _BONE])
    length_m = np.median(bone_lengths_m(some), axis=0)
    ankles = (some[:, INDEX["l_ankle"]] + some[:, INDEX["r_ankle"]]) / 2
    extent_m = float(np.median(np.linalg.norm(some[:, INDEX["head"]] - ankles, axis=1)))
    factor = length_m / (usual * extent_m)
    odd = np.flatnonzero((factor > NO_BODY) | (factor < 1 / NO_BODY))
    if len(odd) >= 4:
        parts = ", ".join(
            f"{'-'.join(BONES[bone])} {length_m[bone] * 100:.2g} cm" for bone in odd[:4].tolist()
        )
        raise RecordingError(
            "these points are no joints of a body",
            file=file,
            where="joint positions",
            found=f"{parts}, with {extent_m:.2f} m from ankles to head",
            remedy="Name joint positions in joints.json, not angles, forces or other points.",
        )


def find_doubts(position_m: np.ndarray, take: Take) -> tuple[LibraryWarning, ...]:
    """Find what makes a take doubtful although it can be read.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, NaN where nothing was seen, shape (frames, 15, 3).
    take : Take
        The take, for the messages.

    Returns
    -------
    tuple of LibraryWarning
        One a kind of doubt; none where fewer than ten frames are whole.
    """
    some = lost.thin_whole(position_m, _FRAMES)
    if len(some) < _FEWEST:
        return ()
    length_m = bone_lengths_m(some)
    usual_m = dict(zip(_BONE, np.median(length_m, axis=0).tolist(), strict=True))
    ankles = (some[:, INDEX["l_ankle"]] + some[:, INDEX["r_ankle"]]) / 2
    extent_m = float(np.median(np.linalg.norm(some[:, INDEX["head"]] - ankles, axis=1)))
    doubts = (
        (
            "joints that coincide",
            _coinciding(some, usual_m, extent_m),
            "Name other sources in joints.json; a collar bone is no shoulder.",
        ),
        (
            "proportions that no body has",
            _disproportionate(usual_m, extent_m),
            "Look whether joints.json names the right joints, or whether the file holds something else than "
            "joint positions.",
        ),
        (
            "left and right limbs of different lengths",
            _unequal(usual_m),
            "Look whether joints.json names the same joint on both sides.",
        ),
        (
            "limbs that change their length",
            _variable(length_m, usual_m),
            "Look at the take in notebook 01, and remove it if it was tracked too badly.",
        ),
        (
            "left and right of single joints are swapped",
            _crossed(some),
            "Swap them in joints.json.",
        ),
        (
            "the floor is not level",
            _tilted(some),
            'Level it by a file library.json in the library\'s folder with {"level_floor": true}, or correct '
            "the vertical in the file; otherwise the tilt counts as posture.",
        ),
    )
    return tuple(
        LibraryWarning(problem, file=take.file, found="; ".join(found), remedy=remedy)
        for problem, findings, remedy in doubts
        if (found := list(findings))
    )


def doubt_torn_limbs(
    position_m: np.ndarray, rate_hz: float, take: Take, *, start_s: float = 0.0
) -> tuple[LibraryWarning, ...]:
    """Find limbs that are much too short or too long for a while, such as a joint that sits on its neighbour.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres of one unbroken stretch, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.
    take : Take
        The take, for the message.
    start_s : float
        Time of the first frame.

    Returns
    -------
    tuple of LibraryWarning
        One for all such limbs, or none.
    """
    every = max(int(rate_hz / _TORN_HZ), 1)
    length_m = bone_lengths_m(position_m[::every])
    usual_m = np.median(length_m, axis=0)
    odd = (length_m < usual_m / TORN) | (length_m > usual_m * TORN)
    found = []
    for child, bone in _BONE.items():
        if child[2:] not in _LIMBS or not odd[:, bone].any():
            continue
        for start, stop in lost.runs(odd[:, bone]):
            if (stop - start) * every > TORN_S * rate_hz:
                torn_m = float(np.median(length_m[start:stop, bone]))
                found.append(
                    f"{BONES[bone][0]} to {child} is {100 * torn_m:.0f} cm for "
                    f"{(stop - start) * every / rate_hz:.2f} s at {start_s + start * every / rate_hz:.2f} s, "
                    f"usually {100 * usual_m[bone]:.0f} cm"
                )
    if not found:
        return ()
    return (
        LibraryWarning(
            "limbs that are torn or collapse",
            file=take.file,
            found="; ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else ""),
            remedy="Empty the joint's cells there, so that it counts as lost, or remove the take.",
        ),
    )


def _coinciding(position_m: np.ndarray, usual_m: Mapping[str, float], extent_m: float) -> Iterator[str]:
    for part, least in LEAST_WIDTH.items():
        left, right = (position_m[:, INDEX[f"{side}_{part}"]] for side in "lr")
        width_m = float(np.median(np.linalg.norm(left - right, axis=1)))
        if width_m < least * extent_m:
            yield f"l_{part} and r_{part} are {width_m * 100:.1f} cm apart"
    for parent, child in BONES:
        # A pelvis may be the midpoint of the hips, and a neck that of the shoulders: width told already.
        if usual_m[child] < LEAST_LENGTH_M and not child.endswith(("hip", "shoulder")):
            yield f"{parent} and {child} are {usual_m[child] * 100:.1f} cm apart"


def _disproportionate(usual_m: Mapping[str, float], extent_m: float) -> Iterator[str]:
    for child, length_m in usual_m.items():
        part = child.removeprefix("l_").removeprefix("r_")
        usual = USUAL_LENGTH.get(part, 0) * extent_m
        if usual and not usual / MOST_UNUSUAL <= length_m <= usual * MOST_UNUSUAL:
            parent = BONES[_BONE[child]][0]
            yield (
                f"{parent} to {child} is {length_m * 100:.3g} cm, usually {usual * 100:.0f} cm in a body "
                f"of {extent_m:.2f} m from ankles to head"
            )


def _unequal(usual_m: Mapping[str, float]) -> Iterator[str]:
    for left, right in LEFT_RIGHT:
        most = MOST_UNEQUAL["limbs" if left[2:] in _LIMBS else "halves"]
        short_m, long_m = sorted((usual_m[left], usual_m[right]))
        if long_m > most * short_m and long_m > 0.05:
            parent = BONES[_BONE[left]][0].removeprefix("l_")
            left_cm, right_cm = usual_m[left] * 100, usual_m[right] * 100
            yield f"{parent} to {left[2:]}, left {left_cm:.1f} and right {right_cm:.1f} cm"


def _variable(length_m: np.ndarray, usual_m: Mapping[str, float]) -> Iterator[str]:
    limbs = [child for child in _BONE if child[2:] in _LIMBS]
    ordered_m = np.sort(length_m[:, [_BONE[child] for child in limbs]], axis=0)
    low, high = ordered_m[len(ordered_m) // 4], ordered_m[3 * len(ordered_m) // 4]
    for child, spread_m in zip(limbs, ((high - low) / 1.349).tolist(), strict=True):
        if spread_m > MOST_VARIABLE * usual_m[child]:
            parent = BONES[_BONE[child]][0]
            yield (
                f"{parent} to {child}, {usual_m[child] * 100:.0f} cm on average, with a standard deviation "
                f"of {spread_m * 100:.0f} cm"
            )


def _crossed(position_m: np.ndarray) -> Iterator[str]:
    apart = np.stack([position_m[:, INDEX[a], :2] - position_m[:, INDEX[b], :2] for a, b in LEFT_RIGHT])
    # Hands and feet swing too far apart to say where left is.
    left = apart[[pair for pair, (joint, _) in enumerate(LEFT_RIGHT) if joint[2:] in _STEADY]].sum(axis=0)
    left /= np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-9)
    beside_m = np.median(np.einsum("pfa,fa->pf", apart, left), axis=1)
    for (joint, other), way_m in zip(LEFT_RIGHT, beside_m.tolist(), strict=True):
        if way_m < -CROSSED_M[joint[2:]]:
            yield f"{joint} is {-way_m * 100:.0f} cm to the right of {other}"


def _tilted(position_m: np.ndarray) -> Iterator[str]:
    # A person who is upright stands on a ramp, if the floor slopes at all.
    if np.degrees(np.arctan(np.linalg.norm(slope_of_body(position_m)))) < LEAST_LEAN_DEG:
        return
    estimate = estimate_vertical(position_m)
    if estimate is None:
        return
    shared = estimate.shared_part >= max(SHARED_PART, LEAST_LEAN_DEG / max(estimate.floor_deg, FLOOR_DEG))
    if estimate.floor_deg >= FLOOR_DEG and shared:
        yield (
            f"standing ankles rise or fall by {estimate.rise_m:.2f} m over {estimate.way_m[0]:.1f} m "
            f"({estimate.floor_deg:.0f} degrees), and the person leans with it"
        )
    elif estimate.body_deg >= LEAN_DEG and estimate.floor_deg < FLOOR_DEG:
        yield f"the legs lean by {estimate.body_deg:.0f} degrees more than usual"
