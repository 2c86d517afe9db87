"""Whether left and right are what their names say."""

from __future__ import annotations

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.recordings.library import Take
from affectlib.recordings.lost import thin_whole
from affectlib.skeleton import INDEX, LEFT_RIGHT

_MIRROR_SHARE = 0.75
_KNEE_BACK_M = 0.03
_KNEE_FRONT_M = 0.02
_NEARLY_ALL = 0.95
_FRAMES = 200
_EXCHANGED_M = (0.1, 1.5)
_EXCHANGED_PART = 0.5
_CALM_PART = 0.7


def is_mirrored(position_m: np.ndarray) -> bool:
    """Decide whether left and right are swapped, from the knees and the way walked.

    Knees bend forward and people mostly walk forward, as seen from the names of the joints:

    - knees forward, way forward or none: as it should be;
    - knees forward, way backward: a person who walks backward;
    - knees backward, way backward: the names are swapped or the axes are left-handed;
    - knees backward, way forward or none: the same, and the person walks backward or on the spot. Told
      only where the knees never bend forward and clearly backward, which no knee does; a depth
      camera sees knees that hardly bend on either side.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, may hold NaN, shape (frames, 15, 3).

    Returns
    -------
    bool
        True only where three quarters of the frames, or the largest bends of both knees, say so.
    """
    return bool(against_names(position_m))


def against_names(position_m: np.ndarray) -> str:
    """Describe what speaks against the names of left and right (see `is_mirrored`).

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, z up, may hold NaN, shape (frames, 15, 3).

    Returns
    -------
    str
        A clause; empty where nothing does.
    """
    some = thin_whole(position_m, _FRAMES)
    if not len(some):
        return ""
    across = np.mean([some[:, INDEX[right]] - some[:, INDEX[left]] for left, right in LEFT_RIGHT], axis=0)
    forward = np.stack([-across[:, 1], across[:, 0]], axis=1)
    forward /= np.maximum(np.linalg.norm(forward, axis=1, keepdims=True), 1e-9)
    bend_m = np.stack([_bend_m(some, side, forward) for side in "lr"])
    step = np.gradient(some[:, INDEX["pelvis"], :2], axis=0) if len(some) > 1 else 0 * forward
    way = (step * forward).sum(axis=1)
    backward = float((bend_m.sum(axis=0) < 0).mean())
    if backward > _MIRROR_SHARE and (way < 0).mean() > _MIRROR_SHARE:
        return (
            f"knees bend backward in {100 * backward:.0f} % of the frames and the person walks backward "
            "if the names are right"
        )
    if (bend_m < _KNEE_FRONT_M).mean() > _NEARLY_ALL and (bend_m < -_KNEE_BACK_M).mean() > 1 - _NEARLY_ALL:
        back_m = np.quantile(bend_m, 1 - _NEARLY_ALL)
        return f"knees never bend forward and backward by up to {-100 * back_m:.0f} cm if the names are right"
    return ""


def doubt_exchanges(position_m: np.ndarray, rate_hz: float, take: Take) -> tuple[LibraryWarning, ...]:
    """Find frames from which left and right are swapped, as where a tracker confuses the sides.

    A left joint is then close to where the right one was in the frame before, and the right one to
    where the left one was.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.
    take : Take
        The take, for the message.

    Returns
    -------
    tuple of LibraryWarning
        One that names joints and times, or none.
    """
    left, right = (position_m[:, [INDEX[pair[side]] for pair in LEFT_RIGHT]] for side in (0, 1))
    apart_m = np.linalg.norm(left - right, axis=-1)
    stay_m = np.linalg.norm(np.diff(left, axis=0), axis=-1) + np.linalg.norm(np.diff(right, axis=0), axis=-1)
    # Before and after, the joints move as usual: a tracker that has lost them is another fault.
    calm_m = np.full_like(stay_m, np.inf)
    calm_m[1:-1] = np.maximum(stay_m[:-2], stay_m[2:])
    sudden = calm_m < _CALM_PART * stay_m
    least_m, most_m = _EXCHANGED_M
    possible = (apart_m[1:] > least_m) & (apart_m[1:] < most_m) & (stay_m > apart_m[1:])
    frame, pair = np.nonzero(sudden & possible)
    across_m = np.linalg.norm(left[frame + 1, pair] - right[frame, pair], axis=-1)
    across_m += np.linalg.norm(right[frame + 1, pair] - left[frame, pair], axis=-1)
    exchanged = across_m < _EXCHANGED_PART * stay_m[frame, pair]
    if not exchanged.any():
        return ()
    times_s = np.unique((frame[exchanged] + 1) / rate_hz)
    joints = [LEFT_RIGHT[number][0][2:] for number in np.unique(pair[exchanged])]
    return (
        LibraryWarning(
            "left and right change places within the take",
            file=take.file,
            found=f"{', '.join(joints)} at {', '.join(f'{time_s:.2f}' for time_s in times_s[:4])} s"
            + (f" and {len(times_s) - 4} more times" if len(times_s) > 4 else ""),
            remedy="Swap them back between those times, or remove the take.",
        ),
    )


def _bend_m(position_m: np.ndarray, side: str, forward: np.ndarray) -> np.ndarray:
    """Measure how far a knee is in front of the line from hip to ankle, shape (frames,)."""
    hip, knee, ankle = (position_m[:, INDEX[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
    leg = ankle - hip
    part = ((knee - hip) * leg).sum(axis=1) / np.maximum((leg**2).sum(axis=1), 1e-12)
    off = knee - hip - part[:, None] * leg
    return np.asarray((off[:, :2] * forward).sum(axis=1))
