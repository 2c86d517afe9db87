"""Whether a motion is as fast as a person can be."""

from __future__ import annotations

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.library import Take
from affectlib.skeleton import INDEX, JOINTS

FASTEST_M_S = 12.5
"""The fastest sprinters reach 12.4 m/s."""

FASTEST_LIMB_M_S = 15.0
"""A sprinter's foot passes the pelvis at about 13 m/s."""

RUNNING_M_S = 2.5
"""People change from walking to running at about 2.1 m/s."""

_OFTEN = 0.05
_FRAMES = 100


def check_speed(position_m: np.ndarray, rate_hz: float, take: Take) -> str:
    """Refuse what is faster than any person, and return a note about what is faster than a walk.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.
    take : Take
        The take, for the message.

    Returns
    -------
    str
        A note; empty for a walk.

    Raises
    ------
    RecordingError
        If the pelvis moves faster than `FASTEST_M_S` in half of the frames, or another joint passes it
        faster than `FASTEST_LIMB_M_S` in a twentieth.
    """
    every = max(len(position_m) // _FRAMES, 1)
    velocity = (position_m[1::every] - position_m[:-1:every]) * rate_hz
    pelvis = velocity[:, INDEX["pelvis"]]
    pelvis_m_s = float(np.median(np.linalg.norm(pelvis, axis=1)))
    limbs_m_s = np.linalg.norm(velocity - pelvis[:, None], axis=-1)
    too_fast = (limbs_m_s > FASTEST_LIMB_M_S).mean(axis=0)
    if pelvis_m_s > FASTEST_M_S or too_fast.max() > _OFTEN:
        worst = int(too_fast.argmax() if too_fast.any() else limbs_m_s.max(axis=0).argmax())
        raise RecordingError(
            "faster than any person",
            file=take.file,
            where="rate_hz",
            found=f"the pelvis moves at {pelvis_m_s:.1f} m/s, and {JOINTS[worst]} passes it at up to "
            f"{limbs_m_s[:, worst].max():.1f} m/s, with {rate_hz:g} frames per second",
            remedy="Correct the rate or the unit.",
        )
    return f"moves at {pelvis_m_s:.1f} m/s: a run, no walk" if pelvis_m_s > RUNNING_M_S else ""
