"""Checks of whether a person can move as fast as a take does: limits of speed, steps that fit the rate."""

from __future__ import annotations

import numpy as np

from affectlib.errors import LibraryWarning, RecordingError
from affectlib.recordings.body import forward_from, rightward
from affectlib.recordings.library import Take
from affectlib.skeleton import INDEX, JOINTS

FASTEST_M_S = 12.5
"""The fastest sprinters reach 12.4 m/s."""

FASTEST_LIMB_M_S = 15.0
"""A sprinter's foot passes the pelvis at about 13 m/s."""

RUNNING_M_S = 2.5
"""People change from walking to running at about 2.1 m/s."""

WALK_RATIO = (0.0032, 0.011)
"""Step length over cadence, in m min: .0065 for people at any speed of their own choice (Sekiya and
Nagasaki 1998); .0026 to .0079 in recordings of real people, by the swing of their ankles."""

FASTEST_HZ = 1.75
"""Stride frequencies above this belong to sprinters."""

_USUAL_RATIO = 0.0062  # in m min, for advice
_LEAST_STEP_M = 0.2  # with shorter steps a person stands or turns
_LEAST_STRIDES = 2.0  # fewer are no regular swing
_PEAK_SHARE = 0.6  # of the power within 30 % of the stride frequency
_ENOUGH_HZ = 25.0
_TOO_FAST_SHARE = 0.05  # single jumps of the tracking are none of the person's
_FRAMES = 100


def check_speed(position_m: np.ndarray, rate_hz: float, take: Take) -> str:
    """Refuse motion faster than any person; return a note about a run, empty for a walk.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, shape (frames, 15, 3).

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
    if pelvis_m_s > FASTEST_M_S or too_fast.max() > _TOO_FAST_SHARE:
        worst = int(too_fast.argmax() if too_fast.any() else limbs_m_s.max(axis=0).argmax())
        raise RecordingError(
            "faster than any person",
            file=take.file,
            where="rate_hz",
            found=f"the pelvis moves at {pelvis_m_s:.1f} m/s, and {JOINTS[worst]} passes it at up to "
            f"{limbs_m_s[:, worst].max():.1f} m/s, with {rate_hz:g} frames per second",
            remedy="Correct the rate or the unit.",
        )
    return f"moves at {pelvis_m_s:.1f} m/s: a run, not a walk" if pelvis_m_s > RUNNING_M_S else ""


def estimate_stride(position_m: np.ndarray, rate_hz: float) -> tuple[float, float] | None:
    """Estimate stride frequency (Hz) and step length (m) from ankles that swing regularly, else None.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z up, shape (frames, 15, 3).
    """
    every = max(int(rate_hz / _ENOUGH_HZ), 1)
    position_m, rate_hz = position_m[::every], rate_hz / every
    forward = forward_from(rightward(position_m))
    apart = position_m[:, INDEX["l_ankle"], :2] - position_m[:, INDEX["r_ankle"], :2]
    swing = np.einsum("fa,fa->f", apart, forward)
    swing = swing - swing.mean()
    length = 1 << (4 * len(swing) - 1).bit_length()  # padded: finer frequencies, and a power of 2 is fast
    power = np.abs(np.fft.rfft(swing * np.hanning(len(swing)), n=length)) ** 2
    peak = int(power.argmax())
    strides = peak * len(swing) / length
    in_peak = power[int(0.7 * peak) : int(1.3 * peak) + 1].sum()
    if strides < _LEAST_STRIDES or in_peak <= _PEAK_SHARE * power.sum():
        return None
    return strides * rate_hz / len(swing), float(np.sqrt(2) * swing.std())


def rate_warnings(position_m: np.ndarray, rate_hz: float, take: Take) -> tuple[LibraryWarning, ...]:
    """Return a warning if steps take far longer or shorter than people need for them, or none.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z up, shape (frames, 15, 3).
    """
    stride = estimate_stride(position_m, rate_hz)
    if stride is None or stride[1] < _LEAST_STEP_M:
        return ()
    stride_hz, step_m = stride
    ratio = step_m / (120 * stride_hz)
    if ratio <= WALK_RATIO[1] and (ratio >= WALK_RATIO[0] or stride_hz <= FASTEST_HZ):
        return ()
    warning = LibraryWarning(
        "the rate does not fit the walk",
        file=take.file,
        where="rate_hz",
        found=f"strides of {1 / stride_hz:.2f} s with steps of {step_m:.2f} m at {rate_hz:.4g} Hz",
        remedy=f"This walk is usual at about {rate_hz * ratio / _USUAL_RATIO:.0f} Hz: find out the true "
        "rate and state it in library.csv, with an exclamation mark (120!) if the file has another.",
    )
    return (warning,)
