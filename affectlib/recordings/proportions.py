"""Checks of whether the bones of a take are those of a body: proportions, symmetry, constant lengths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.body import extent_m
from affectlib.recordings.listing import join_first
from affectlib.recordings.lost import runs, sample_whole_frames
from affectlib.skeleton import BONES, INDEX, LEFT_RIGHT, PARENT, bone_lengths_m

USUAL_LENGTH: Mapping[str, float] = MappingProxyType(
    {"knee": 0.28, "ankle": 0.28, "elbow": 0.21, "wrist": 0.165, "neck": 0.33}
)
"""Length of the bone that ends at each joint as a part of the distance from ankles to head (.88 of body
height), from the segment lengths of Drillis and Contini (1966)."""

MOST_UNUSUAL = 2.0
"""Bones beyond this factor from `USUAL_LENGTH` are reported; people are within 1.3, depth cameras in 1.6."""

LEAST_LENGTH_M = 0.01
"""Joints that are closer than this on average are one joint under two names."""

LEAST_WIDTH = MappingProxyType({"shoulder": 0.09, "hip": 0.025})
"""Least distance of left and right, as a part of that from ankles to head: a third of the usual one."""

MOST_UNEQUAL = MappingProxyType({"limbs": 1.33, "halves": 2.5})
"""Left and right limbs may differ by up to 1.26 in a depth camera's takes, and the halves of shoulders and
hips, which are short, by 1.65."""

MOST_VARIABLE = 0.3
"""Robust standard deviation of a limb's length, as a part of it: up to .25 in a depth camera's takes."""

NO_BODY = 4.0
"""If at least four limbs are beyond this factor from `USUAL_LENGTH`, the points are no joints."""

TORN, TORN_S = 2.0, 0.25
"""A limb is torn where it is longer or shorter than usual by more than this factor for more than these
seconds. Limbs of people before a depth camera are so for .17 s at most."""

_LIMBS = tuple(child for child in PARENT if child[2:] in ("knee", "ankle", "elbow", "wrist"))
_BONE = MappingProxyType({child: number for number, (_, child) in enumerate(BONES)})
_TORN_HZ = 25.0  # six samples of `TORN_S`
_MAX_LISTED = 3


def check_proportions(position_m: np.ndarray, *, file: Path) -> None:
    """Refuse points that cannot be joints of a body, such as angles or forces.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, NaN where a joint is lost, shape (frames, 15, 3).

    Raises
    ------
    RecordingError
        If at least four limbs are longer or shorter than usual by more than `NO_BODY` times.
    """
    sample = sample_whole_frames(position_m, 30)
    if not len(sample):
        return
    body_m = extent_m(sample)
    length_m = median_lengths_m(bone_lengths_m(sample))
    odd = [
        f"{PARENT[child]}-{child} {length_m[child] * 100:.2g} cm"
        for child in _LIMBS
        if not 1 / NO_BODY <= length_m[child] / (USUAL_LENGTH[child[2:]] * body_m) <= NO_BODY
    ]
    if len(odd) >= 4:
        raise RecordingError(
            "these points are not the joints of a body",
            file=file,
            where="joint positions",
            found=f"{', '.join(odd[:4])}, with {body_m:.2f} m from ankles to head",
            remedy="Name joint positions in joints.json, not angles, forces or other points.",
        )


def median_lengths_m(length_m: np.ndarray) -> dict[str, float]:
    """Return the median length of each bone by the joint at which it ends.

    Parameters
    ----------
    length_m : numpy.ndarray
        Lengths of bones in metres, shape (frames, 14).
    """
    return dict(zip(_BONE, np.median(length_m, axis=0).tolist(), strict=True))


def describe_coinciding(
    position_m: np.ndarray, median_m: Mapping[str, float], body_m: float
) -> Iterator[str]:
    """Describe joints that are at one place, and shoulders or hips that are too close together.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, shape (frames, 15, 3).
    median_m : mapping
        Median length of each bone by the joint at which it ends.
    body_m : float
        Distance from ankles to head.
    """
    for part, least in LEAST_WIDTH.items():
        left, right = (position_m[:, INDEX[f"{side}_{part}"]] for side in "lr")
        width_m = float(np.median(np.linalg.norm(left - right, axis=1)))
        if width_m < least * body_m:
            yield f"l_{part} and r_{part} are {width_m * 100:.1f} cm apart"
    for parent, child in BONES:
        # A pelvis may be the midpoint of the hips, a neck that of the shoulders: their width is checked here.
        if median_m[child] < LEAST_LENGTH_M and not child.endswith(("hip", "shoulder")):
            yield f"{parent} and {child} are {median_m[child] * 100:.1f} cm apart"


def describe_disproportionate(median_m: Mapping[str, float], body_m: float) -> Iterator[str]:
    """Describe bones of an unusual length for the distance from ankles to head."""
    for child, length_m in median_m.items():
        usual_m = USUAL_LENGTH.get(child.removeprefix("l_").removeprefix("r_"), 0) * body_m
        if usual_m and not usual_m / MOST_UNUSUAL <= length_m <= usual_m * MOST_UNUSUAL:
            yield (
                f"{PARENT[child]} to {child} is {length_m * 100:.3g} cm, usually {usual_m * 100:.0f} cm in a "
                f"body of {body_m:.2f} m from ankles to head"
            )


def describe_unequal(median_m: Mapping[str, float]) -> Iterator[str]:
    """Describe pairs of left and right bones of different lengths."""
    for left, right in LEFT_RIGHT:
        most = MOST_UNEQUAL["limbs" if left in _LIMBS else "halves"]
        short_m, long_m = sorted((median_m[left], median_m[right]))
        if long_m > most * short_m and long_m > 0.05:
            left_cm, right_cm = median_m[left] * 100, median_m[right] * 100
            parent = PARENT[left].removeprefix("l_")
            yield f"{parent} to {left[2:]}, left {left_cm:.1f} and right {right_cm:.1f} cm"


def describe_variable(length_m: np.ndarray, median_m: Mapping[str, float]) -> Iterator[str]:
    """Describe limbs whose length varies too much.

    Parameters
    ----------
    length_m : numpy.ndarray
        Lengths of bones in metres, shape (frames, 14).
    median_m : mapping
        Median length of each bone by the joint at which it ends.
    """
    ordered_m = np.sort(length_m[:, [_BONE[child] for child in _LIMBS]], axis=0)
    low, high = ordered_m[len(ordered_m) // 4], ordered_m[3 * len(ordered_m) // 4]
    # The interquartile range of a normal distribution is 1.349 standard deviations.
    for child, deviation_m in zip(_LIMBS, ((high - low) / 1.349).tolist(), strict=True):
        if deviation_m > MOST_VARIABLE * median_m[child]:
            yield (
                f"{PARENT[child]} to {child}, {median_m[child] * 100:.0f} cm on average, with a standard "
                f"deviation of {deviation_m * 100:.0f} cm"
            )


def describe_torn(position_m: np.ndarray, rate_hz: float, *, start_s: float) -> str:
    """Describe limbs, if any, that are far too short or long for a while, as if two joints were at one place.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres of one unbroken stretch, shape (frames, 15, 3).
    start_s : float
        Time of the first frame.
    """
    every = max(int(rate_hz / _TORN_HZ), 1)
    length_m = bone_lengths_m(position_m[::every])
    usual_m = np.median(length_m, axis=0)
    odd = (length_m < usual_m / TORN) | (length_m > usual_m * TORN)
    torn = []
    for child in _LIMBS:
        bone = _BONE[child]
        for start, stop in runs(odd[:, bone]):
            if (stop - start) * every > TORN_S * rate_hz:
                torn_m = float(np.median(length_m[start:stop, bone]))
                torn.append(
                    f"{PARENT[child]} to {child} is {100 * torn_m:.0f} cm for "
                    f"{(stop - start) * every / rate_hz:.2f} s at {start_s + start * every / rate_hz:.2f} s, "
                    f"usually {100 * usual_m[bone]:.0f} cm"
                )
    return join_first(torn, _MAX_LISTED, separator="; ")
