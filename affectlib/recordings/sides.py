"""Checks of whether joints named left and right are on the left and right."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np

from affectlib.recordings.body import forward_from
from affectlib.recordings.lost import sample_whole_frames
from affectlib.skeleton import INDEX, LEFT_RIGHT

CROSSED_M = MappingProxyType(
    {"shoulder": 0.02, "hip": 0.02, "elbow": 0.05, "knee": 0.03, "wrist": 0.15, "ankle": 0.1}
)
"""How far the left joint is to the right of the right one in half of the frames if their names are swapped.
Hands and feet may cross."""

_STEADY = ("shoulder", "hip", "elbow", "knee")
_MIRROR_SHARE = 0.75  # of the frames
# A knee that is straight, with the noise of a depth camera, is between these.
_KNEE_BACK_M = 0.03
_KNEE_FRONT_M = 0.02
_NEARLY_ALL = 0.95
_FRAMES = 200
# Joints closer than the first may just pass each other; beyond the second, one of them is lost.
_EXCHANGED_APART_M = (0.1, 1.5)
_EXCHANGED_PART = 0.5  # of the step of a joint, that remains once the sides are swapped back
_CALM_PART = 0.7  # of the step of a joint, that the steps before and after have at most
_MAX_LISTED_TIMES = 4


def describe_mirroring(position_m: np.ndarray) -> str:
    """Describe the evidence that left and right are swapped, from the knees and the direction of travel.

    Knees bend forward and people mostly walk forward. By the names of the joints:

    - knees and travel forward, or no travel: as it should be;
    - knees forward, travel backward: a person who walks backward;
    - knees and travel backward: the names are swapped or the axes are left-handed;
    - knees backward, travel forward or none: the same, and the person walks backward or on the spot. Reported
      only where the knees never bend forward and clearly backward, which no knee does: a depth camera sees
      knees that hardly bend to either side.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, may hold NaN, shape (frames, 15, 3).

    Returns
    -------
    str
        A clause; empty unless three quarters of the frames, or the largest bends of both knees, are evidence.
    """
    sample = sample_whole_frames(position_m, _FRAMES)
    if not len(sample):
        return ""
    rightward = np.mean(
        [sample[:, INDEX[right]] - sample[:, INDEX[left]] for left, right in LEFT_RIGHT], axis=0
    )
    forward = forward_from(rightward)
    bend_m = np.stack([_knee_bend_m(sample, side, forward) for side in "lr"])
    step = np.gradient(sample[:, INDEX["pelvis"], :2], axis=0) if len(sample) > 1 else 0 * forward
    travel = (step * forward).sum(axis=1)
    backward = float((bend_m.sum(axis=0) < 0).mean())
    if backward > _MIRROR_SHARE and (travel < 0).mean() > _MIRROR_SHARE:
        return (
            f"knees bend backward in {100 * backward:.0f} % of the frames and the person walks backward "
            "if the names are right"
        )
    if (bend_m < _KNEE_FRONT_M).mean() > _NEARLY_ALL and (bend_m < -_KNEE_BACK_M).mean() > 1 - _NEARLY_ALL:
        back_m = np.quantile(bend_m, 1 - _NEARLY_ALL)
        return f"knees never bend forward and backward by up to {-100 * back_m:.0f} cm if the names are right"
    return ""


def _knee_bend_m(position_m: np.ndarray, side: str, forward: np.ndarray) -> np.ndarray:
    """Compute how far a knee is in front of the line from hip to ankle, shape (frames,)."""
    hip, knee, ankle = (position_m[:, INDEX[f"{side}_{joint}"]] for joint in ("hip", "knee", "ankle"))
    leg = ankle - hip
    fraction = ((knee - hip) * leg).sum(axis=1) / np.maximum((leg**2).sum(axis=1), 1e-12)
    bend = knee - hip - fraction[:, None] * leg
    return np.asarray((bend[:, :2] * forward).sum(axis=1))


def describe_crossed(position_m: np.ndarray) -> Iterator[str]:
    """Describe pairs of joints whose left one is on the right of the right one.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z up, shape (frames, 15, 3).
    """
    apart = np.stack([position_m[:, INDEX[a], :2] - position_m[:, INDEX[b], :2] for a, b in LEFT_RIGHT])
    # Hands and feet swing too far apart to define where left is.
    left = apart[[pair for pair, (joint, _) in enumerate(LEFT_RIGHT) if joint[2:] in _STEADY]].sum(axis=0)
    left /= np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-9)
    beside_m = np.median(np.einsum("pfa,fa->pf", apart, left), axis=1)
    for (joint, other), distance_m in zip(LEFT_RIGHT, beside_m.tolist(), strict=True):
        if distance_m < -CROSSED_M[joint[2:]]:
            yield f"{joint} is {-distance_m * 100:.0f} cm to the right of {other}"


def describe_exchanges(position_m: np.ndarray, rate_hz: float) -> str:
    """Describe the frames from which left and right are swapped, if any, as where a tracker confuses them.

    A left joint is then close to where the right one was in the frame before, and vice versa.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).
    """
    left, right = (position_m[:, [INDEX[pair[side]] for pair in LEFT_RIGHT]] for side in (0, 1))
    apart_m = np.linalg.norm(left - right, axis=-1)
    stay_m = np.linalg.norm(np.diff(left, axis=0), axis=-1) + np.linalg.norm(np.diff(right, axis=0), axis=-1)
    # Before and after, the joints move as usual: a tracker that has lost them is another fault.
    calm_m = np.full_like(stay_m, np.inf)
    calm_m[1:-1] = np.maximum(stay_m[:-2], stay_m[2:])
    sudden = calm_m < _CALM_PART * stay_m
    least_m, most_m = _EXCHANGED_APART_M
    possible = (apart_m[1:] > least_m) & (apart_m[1:] < most_m) & (stay_m > apart_m[1:])
    frame, pair = np.nonzero(sudden & possible)
    swap_m = np.linalg.norm(left[frame + 1, pair] - right[frame, pair], axis=-1)
    swap_m += np.linalg.norm(right[frame + 1, pair] - left[frame, pair], axis=-1)
    exchanged = swap_m < _EXCHANGED_PART * stay_m[frame, pair]
    if not exchanged.any():
        return ""
    times_s = np.unique((frame[exchanged] + 1) / rate_hz)
    joints = [LEFT_RIGHT[number][0][2:] for number in np.unique(pair[exchanged])]
    listed = ", ".join(f"{time_s:.2f}" for time_s in times_s[:_MAX_LISTED_TIMES])
    more = f" and {len(times_s) - _MAX_LISTED_TIMES} more times" if len(times_s) > _MAX_LISTED_TIMES else ""
    return f"{', '.join(joints)} at {listed} s{more}"
