"""Whether left and right are what their names say."""

from __future__ import annotations

import numpy as np

from affectlib.recordings.lost import thin_whole
from affectlib.skeleton import INDEX, LEFT_RIGHT

_MIRROR_SHARE = 0.75
_KNEE_BACK_M = 0.03
_KNEE_FRONT_M = 0.02
_NEARLY_ALL = 0.95
_FRAMES = 200


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


def _bend_m(position_m: np.ndarray, side: str, forward: np.ndarray) -> np.ndarray:
    """Measure how far a knee is in front of the line from hip to ankle, shape (frames,)."""
    hip, knee, ankle = (position_m[:, INDEX[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
    leg = ankle - hip
    part = ((knee - hip) * leg).sum(axis=1) / np.maximum((leg**2).sum(axis=1), 1e-12)
    off = knee - hip - part[:, None] * leg
    return np.asarray((off[:, :2] * forward).sum(axis=1))
