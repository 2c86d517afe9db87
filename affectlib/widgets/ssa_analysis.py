"""Analysis of one signal of a recording for the SSA explorer, with the steps of the segmentation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from affectlib.errors import CyclesError
from affectlib.gait import Aligned, Preprocessing, ssa
from affectlib.gait.band import choose_window_frames
from affectlib.gait.intervals import boundaries_frames
from affectlib.gait.oscillation import N_COMPONENTS, gait_signal
from affectlib.gait.segmentation import Segmentation, find_cycles, start_phase
from affectlib.skeleton import AXES, INDEX

GAIT = "left minus right ankle, forward"
"""The signal of the segmentation."""

STILL_M = 1e-6
"""A signal that moves less than this is constant up to rounding."""

OTHER_SIGNALS = {
    "left ankle, forward": ("l_ankle", "x"),
    "left wrist, forward": ("l_wrist", "x"),
    "head, upward": ("head", "z"),
}


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Analysis of one signal; intervals in frames, as in `Segmentation`."""

    signal_m: np.ndarray
    decomposition: ssa.Decomposition
    components: tuple[int, ...]
    reconstruction_m: np.ndarray
    accepted: list[tuple[float, float]]
    rejected: list[tuple[float, float]]
    message: str


def analyse(
    aligned: Aligned, preprocessing: Preprocessing, name: str, chosen: tuple[int, ...] | None
) -> Analysis:
    """Segment a recording, or apply the same steps to another signal or other components.

    Parameters
    ----------
    name : str
        `GAIT` or one of `OTHER_SIGNALS`.
    chosen : tuple of int or None
        Indices of the components; None for the oscillatory pair.

    Raises
    ------
    CyclesError
        If the signal is constant, or too short for the window.
    """
    position, rate_hz = aligned.position, aligned.recording.rate_hz
    if name == GAIT and chosen is None:
        segmentation = find_cycles(position, rate_hz=rate_hz, preprocessing=preprocessing, path=aligned.path)
        if segmentation.decomposition is None:
            raise CyclesError("the take is too short for this window", remedy="Choose a shorter one.")
        return _of_segmentation(segmentation)
    joint, axis = OTHER_SIGNALS.get(name, ("l_ankle", "x"))
    signal_m = gait_signal(position) if name == GAIT else position[:, INDEX[joint], AXES.index(axis)]
    frames = choose_window_frames(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if not np.ptp(signal_m) > STILL_M:
        raise CyclesError("this signal is constant in this take", remedy="Choose another.")
    if not frames:
        raise CyclesError("the take is too short for this window", remedy="Choose a shorter one.")
    decomposition = ssa.decompose(signal_m - signal_m.mean(), window_frames=frames, n_components=N_COMPONENTS)
    which = "detected" if chosen is None else "chosen"
    if chosen is None:
        chosen = ssa.oscillatory_pair(decomposition, rate_hz=rate_hz, band_hz=preprocessing.band_hz) or ()
    # A short window has fewer components than can be chosen.
    components = tuple(number for number in chosen if number < decomposition.n_components)
    intervals: list[tuple[float, float]] = []
    message = f"{len(components)} components: only a pair has a phase, so there are no boundaries."
    if len(components) == 2:
        pair = (components[0], components[1])
        analytic = ssa.analytic_signal(decomposition, pair)
        phase = start_phase(position[:, INDEX["l_ankle"], 0], analytic)
        intervals = list(pairwise(boundaries_frames(analytic, phase=phase)))
        hz = ssa.pair_frequency_hz(decomposition, pair, rate_hz=rate_hz)
        oscillates = f"oscillates at {hz:.2f} Hz" if np.isfinite(hz) else "does not oscillate"
        message = f"The {which} pair {oscillates}; {len(intervals)} intervals, before rejection."
    return Analysis(
        signal_m=signal_m,
        decomposition=decomposition,
        components=components,
        reconstruction_m=(
            ssa.reconstruct(decomposition, components) if components else np.zeros(len(signal_m))
        ),
        accepted=intervals,
        rejected=[],
        message=message,
    )


def _of_segmentation(segmentation: Segmentation) -> Analysis:
    assert segmentation.decomposition is not None
    bounds: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for interval in segmentation.intervals:
        bounds[bool(interval.rejected)].append((interval.start_frames, interval.end_frames))
    reasons = sorted({interval.rejected for interval in segmentation.intervals} - {""})
    message = "No oscillation found"
    if segmentation.pair:
        message = f"{len(segmentation.cycles)} cycles at {segmentation.stride_hz:.2f} Hz"
    if reasons:
        message += f"; {len(bounds[True])} intervals rejected: {', '.join(reasons)}"
    return Analysis(
        signal_m=segmentation.signal_m,
        decomposition=segmentation.decomposition,
        components=segmentation.pair or (),
        reconstruction_m=segmentation.analytic.real,
        accepted=bounds[False],
        rejected=bounds[True],
        message=f"{message}.",
    )
