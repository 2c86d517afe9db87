"""Segmentation of walks into gait cycles by the phase of the SSA pair.

A cycle starts at one phase of the oscillation and ends, exclusive, where that phase returns. The phase
is chosen once per recording, where the left ankle on average is furthest ahead of the pelvis, just before
left heel strike: the oscillation is a sine, strides are not, and the position of the sine's peak within
the stride differs between walkers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.gait.absence import Absence, explain_absence
from affectlib.gait.intervals import Interval, boundaries_frames, judge_intervals
from affectlib.gait.legs import GroundPath, leg_motion
from affectlib.gait.oscillation import find_stride, gait_signal
from affectlib.gait.preprocessing import Preprocessing
from affectlib.gait.ssa import (
    Decomposition,
    analytic_signal,
    pair_frequency_hz,
)
from affectlib.skeleton import INDEX

N_HARMONICS = 4
"""Harmonics of the stride in the average trajectory of the ankle; more would follow noise in short takes."""

LATEST_START = 0.15
"""Largest distance of a cycle's start from the peak of the oscillation, in turns."""


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """The gait signal of one recording, its oscillation and its cycles.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Gait signal in metres, shape (frames,).
    decomposition : Decomposition or None
        Eigentriples of the signal less its mean; None where the recording is too short.
    pair : tuple of int or None
        The eigentriples of the stride; None where nothing oscillates.
    analytic : numpy.ndarray
        Complex oscillation in metres, shape (frames,); zeros where there is no pair.
    stride_hz : float
        Frequency of the pair; NaN where there is none.
    start_phase : float
        Phase of the oscillation at which cycles start, in turns.
    intervals : tuple of Interval
        Candidate cycles in order of time, good and rejected.
    absence : Absence or None
        Why there is no cycle; None where there is one.
    """

    signal_m: np.ndarray
    rate_hz: float
    decomposition: Decomposition | None
    pair: tuple[int, int] | None
    analytic: np.ndarray
    stride_hz: float
    start_phase: float
    intervals: tuple[Interval, ...]
    absence: Absence | None = None

    @property
    def cycles(self) -> tuple[Interval, ...]:
        """The good intervals."""
        return tuple(interval for interval in self.intervals if not interval.rejected)


def find_cycles(
    aligned: np.ndarray,
    *,
    rate_hz: float,
    preprocessing: Preprocessing | None = None,
    path: GroundPath | None = None,
) -> Segmentation:
    """Segment a walk into gait cycles by singular spectrum analysis (the paper's Section IV-B).

    Parameters
    ----------
    aligned : numpy.ndarray
        Positions in metres without displacement and heading, shape (frames, 15, 3).
    path : GroundPath, optional
        Heading and path over the ground. Without it turns are unknown, and walking backwards is detected from
        the feet alone.
    """
    preprocessing = preprocessing or Preprocessing()
    signal_m = gait_signal(aligned)
    decomposition, pair = find_stride(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if decomposition is None or pair is None:
        analytic, stride_hz, phase = np.zeros(len(signal_m), dtype=complex), float("nan"), 0.0
        intervals: tuple[Interval, ...] = ()
    else:
        analytic = analytic_signal(decomposition, pair)
        stride_hz = pair_frequency_hz(decomposition, pair, rate_hz=rate_hz)
        phase = start_phase(aligned[:, INDEX["l_ankle"], 0], analytic)
        intervals = judge_intervals(
            boundaries_frames(analytic, phase=phase),
            signal_m=signal_m,
            analytic=analytic,
            legs=leg_motion(aligned, period_frames=rate_hz / stride_hz),
            path=path,
            preprocessing=preprocessing,
        )
    absence = None
    if all(interval.rejected for interval in intervals):
        absence = explain_absence(signal_m, intervals, rate_hz=rate_hz, preprocessing=preprocessing)
    return Segmentation(
        signal_m=signal_m,
        rate_hz=rate_hz,
        decomposition=decomposition,
        pair=pair,
        analytic=analytic,
        stride_hz=stride_hz,
        start_phase=phase,
        intervals=intervals,
        absence=absence,
    )


def start_phase(left_ankle_m: np.ndarray, analytic: np.ndarray) -> float:
    """Estimate the phase at which the left ankle on average is furthest ahead of the pelvis.

    The ankle's trajectory is fitted by a Fourier series in the oscillation's phase, each frame weighted
    with the oscillation's amplitude, so that standing does not count.

    Parameters
    ----------
    left_ankle_m : numpy.ndarray
        Forward position of the left ankle in metres, shape (frames,).
    analytic : numpy.ndarray
        Complex oscillation, shape (frames,).

    Returns
    -------
    float
        Phase in turns, within `LATEST_START` of zero.
    """
    orders = np.arange(N_HARMONICS + 1)
    weight = np.abs(analytic)
    basis = _fourier(np.angle(analytic) / (2 * np.pi), orders)
    coefficients = np.linalg.lstsq(basis * weight[:, None], left_ankle_m * weight, rcond=None)[0]
    candidates = np.linspace(-LATEST_START, LATEST_START, 2001)
    return float(candidates[np.argmax(_fourier(candidates, orders) @ coefficients)])


def _fourier(turns: np.ndarray, orders: np.ndarray) -> np.ndarray:
    angle = 2 * np.pi * turns[:, None] * orders
    return np.concatenate([np.cos(angle), np.sin(angle[:, 1:])], axis=1)
