"""Segmentation of recordings into resampled gait cycles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline

from affectlib.gait.alignment import align, normalise_bones
from affectlib.gait.heading import estimate_heading
from affectlib.gait.intervals import Interval
from affectlib.gait.legs import GroundPath, ground_path
from affectlib.gait.pace import walking_speed_m_s
from affectlib.gait.preprocessing import Preprocessing
from affectlib.gait.segmentation import Segmentation, find_cycles
from affectlib.recordings.recording import Recording
from affectlib.recordings.vertical import level
from affectlib.threads import one_blas_thread


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """One recording and the gait cycles found in it.

    Parameters
    ----------
    recording : Recording
        The walk, levelled where that was asked for.
    segmentation : Segmentation
        Its signal, oscillation and intervals.
    position : numpy.ndarray
        Its good cycles in metres, float32, shape (cycles, phases, 15, 3).
    """

    recording: Recording
    segmentation: Segmentation
    position: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """A recording without displacement and heading.

    Parameters
    ----------
    recording : Recording
        The walk, levelled where that was asked for.
    position : numpy.ndarray
        Aligned positions in metres, shape (frames, 15, 3).
    """

    recording: Recording
    position: np.ndarray
    path: GroundPath


def align_recording(recording: Recording, preprocessing: Preprocessing) -> Aligned:
    """Level and align one recording."""
    if preprocessing.level_floor:
        recording = replace(recording, position=level(recording.position)[0])
    rate_hz = recording.rate_hz
    heading = estimate_heading(recording.position, rate_hz=rate_hz, preprocessing=preprocessing)
    return Aligned(
        recording=recording,
        position=align(recording.position, rate_hz=rate_hz, preprocessing=preprocessing, heading=heading),
        path=ground_path(recording.position, heading),
    )


def segment(recording: Recording, *, preprocessing: Preprocessing | None = None) -> Segmented:
    """Align one recording, find its cycles and resample them."""
    preprocessing = preprocessing or Preprocessing()
    aligned = align_recording(recording, preprocessing)
    segmentation = find_cycles(
        aligned.position, rate_hz=recording.rate_hz, preprocessing=preprocessing, path=aligned.path
    )
    position = resample(aligned.position, segmentation.cycles, n_phases=preprocessing.n_phases)
    if preprocessing.normalise_bones:
        # A spline between frames shortens bones, in noisy recordings by centimetres.
        frames = normalise_bones(position.reshape(-1, *position.shape[2:]))
        position = frames.reshape(position.shape)
    return Segmented(recording=aligned.recording, segmentation=segmentation, position=position)


def resample(aligned: np.ndarray, cycles: Sequence[Interval], *, n_phases: int) -> np.ndarray:
    """Resample intervals of a walk to an equal number of samples, by cubic splines.

    Parameters
    ----------
    aligned : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).
    cycles : sequence of Interval
        Intervals [start, end).
    n_phases : int
        Samples per cycle, evenly spaced in time.

    Returns
    -------
    numpy.ndarray
        Positions in metres, float32, shape (cycles, n_phases, 15, 3).
    """
    if not cycles:
        return np.empty((0, n_phases, *aligned.shape[1:]), dtype=np.float32)
    start = np.array([cycle.start_frames for cycle in cycles])
    length = np.array([cycle.end_frames for cycle in cycles]) - start
    frames = start[:, None] + length[:, None] * np.arange(n_phases) / n_phases
    return CubicSpline(np.arange(len(aligned)), aligned)(frames).astype(np.float32)


def segment_all(
    recordings: Iterable[Recording],
    *,
    preprocessing: Preprocessing | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    workers: int = 2,
) -> list[Segmented]:
    """Segment recordings in parallel threads and return the results in their order.

    Parameters
    ----------
    progress : callable, optional
        Called with (done, total, recording's name) after each recording.
    """
    recordings = list(recordings)
    results = []
    with one_blas_thread(), ThreadPoolExecutor(workers) as pool:
        for result in pool.map(partial(segment, preprocessing=preprocessing), recordings):
            results.append(result)
            if progress is not None:
                progress(len(results), len(recordings), result.recording.name)
    return results


def segmentation_table(segmented: Sequence[Segmented]) -> pd.DataFrame:
    """Summarise the segmentation of each recording.

    Returns
    -------
    pandas.DataFrame
        One row a recording: ``recording subject label take duration_s stride_hz speed_m_s``, ``turn_deg``
        (mean absolute change of heading in a cycle), ``cycles``, ``rejected`` (counts of reasons),
        ``without_cycles`` (why there is none) and ``might_help`` (a parameter that might find some); the last
        two are empty where there are cycles.
    """
    rows = []
    for result in segmented:
        recording, segmentation = result.recording, result.segmentation
        absence = segmentation.absence
        turns_deg = [abs(cycle.turn_deg) for cycle in segmentation.cycles]
        reasons = pd.Series([interval.rejected for interval in segmentation.intervals if interval.rejected])
        rows.append(
            {
                "recording": recording.name,
                "subject": recording.subject,
                "label": recording.label,
                "take": recording.take,
                "duration_s": recording.duration_s,
                "stride_hz": segmentation.stride_hz,
                "speed_m_s": walking_speed_m_s(recording, segmentation),
                "turn_deg": np.mean(turns_deg) if turns_deg else float("nan"),
                "cycles": len(result.position),
                "rejected": "; ".join(
                    f"{count} {reason}" for reason, count in reasons.value_counts().items()
                ),
                "without_cycles": absence.reason if absence else "",
                "might_help": absence.might_help if absence else "",
            }
        )
    return pd.DataFrame(rows)
