"""Whether the rate of a take fits the walk: steps of some length take about some time."""

from __future__ import annotations

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.recordings.library import Take
from affectlib.skeleton import INDEX

WALK_RATIO = (0.0032, 0.011)
"""Step length over cadence, in m min: .0065 for people at any speed of their own choice (Sekiya and
Nagasaki 1998); .0026 to .0079 in recordings of real people, by the swing of their ankles."""

FASTEST_HZ = 1.75
"""Strides above this belong to sprinters."""

_USUAL_RATIO = 0.0062
_LEAST_STEP_M = 0.2
_LEAST_STRIDES = 2.0
_SHARE = 0.6
_ENOUGH_HZ = 25.0


def estimate_stride(position_m: np.ndarray, rate_hz: float) -> tuple[float, float] | None:
    """Estimate stride frequency and step length from how the ankles pass each other.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z up, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    tuple of (float, float) or None
        Frequency in Hz and length in metres; None where the ankles do not swing regularly.
    """
    every = max(int(rate_hz / _ENOUGH_HZ), 1)
    position_m, rate_hz = position_m[::every], rate_hz / every
    across = sum(
        position_m[:, INDEX[f"r_{joint}"], :2] - position_m[:, INDEX[f"l_{joint}"], :2]
        for joint in ("shoulder", "hip")
    )
    ahead = np.stack([-across[:, 1], across[:, 0]], axis=1)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    apart = position_m[:, INDEX["l_ankle"], :2] - position_m[:, INDEX["r_ankle"], :2]
    swing = np.einsum("fa,fa->f", apart, ahead)
    swing = swing - swing.mean()
    length = 1 << (4 * len(swing) - 1).bit_length()  # padded: finer frequencies, and quick
    power = np.abs(np.fft.rfft(swing * np.hanning(len(swing)), n=length)) ** 2
    peak = int(power.argmax())
    strides = peak * len(swing) / length
    if (
        strides < _LEAST_STRIDES
        or not power[int(0.7 * peak) : int(1.3 * peak) + 1].sum() > _SHARE * power.sum()
    ):
        return None
    return strides * rate_hz / len(swing), float(np.sqrt(2) * swing.std())


def doubt_rate(position_m: np.ndarray, rate_hz: float, take: Take) -> tuple[LibraryWarning, ...]:
    """Warn of a rate with which steps take far longer or shorter than people take for them.

    Parameters
    ----------
    position_m : numpy.ndarray
        Finite positions in metres, z up, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.
    take : Take
        The take, for the message.

    Returns
    -------
    tuple of LibraryWarning
        One with the rate that would fit; none where the rate does, or where nobody walks.
    """
    stride = estimate_stride(position_m, rate_hz)
    if stride is None or stride[1] < _LEAST_STEP_M:
        return ()
    stride_hz, step_m = stride
    ratio = step_m / (120 * stride_hz)
    if ratio <= WALK_RATIO[1] and (ratio >= WALK_RATIO[0] or stride_hz <= FASTEST_HZ):
        return ()
    doubt = LibraryWarning(
        "the rate does not fit the walk",
        file=take.file,
        where="rate_hz",
        found=f"strides of {1 / stride_hz:.2f} s with steps of {step_m:.2f} m at {rate_hz:.4g} Hz",
        remedy=f"People walk so at about {rate_hz * ratio / _USUAL_RATIO:.0f} Hz: look for the true rate and "
        "state it in library.csv, with an exclamation mark (120!) where the file says another.",
    )
    return (doubt,)
