"""Gait cycles of many walks as one labelled array, on disk and in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from scipy.interpolate import CubicSpline

from affectlib import __version__
from affectlib.errors import CyclesError
from affectlib.gait.alignment import align
from affectlib.gait.preprocessing import Preprocessing
from affectlib.gait.segmentation import Interval, Segmentation, find_cycles
from affectlib.recordings.recording import Recording
from affectlib.skeleton import AXES, JOINTS

DIMENSIONS = ("cycle", "phase", "joint", "axis")
LABELS = ("subject", "label", "take", "recording", "gender")
TIMES = ("start_s", "end_s")


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """One recording and the gait cycles found in it.

    Parameters
    ----------
    recording : Recording
        The walk.
    segmentation : Segmentation
        Its signal, oscillation and intervals.
    position : numpy.ndarray
        Its good cycles in metres, float32, shape (cycles, phases, 15, 3).
    """

    recording: Recording
    segmentation: Segmentation
    position: np.ndarray


def segment(recording: Recording, *, preprocessing: Preprocessing | None = None) -> Segmented:
    """Align one recording, find its cycles and resample them.

    Parameters
    ----------
    recording : Recording
        The walk.
    preprocessing : Preprocessing, optional
        Parameters; the defaults otherwise.

    Returns
    -------
    Segmented
        Cycles and how they were found; no cycles where nobody walks.
    """
    preprocessing = preprocessing or Preprocessing()
    aligned = align(recording.position, rate_hz=recording.rate_hz, preprocessing=preprocessing)
    segmentation = find_cycles(aligned, rate_hz=recording.rate_hz, preprocessing=preprocessing)
    position = resample(aligned, segmentation.cycles, n_phases=preprocessing.n_phases)
    return Segmented(recording=recording, segmentation=segmentation, position=position)


def resample(aligned: np.ndarray, cycles: Sequence[Interval], *, n_phases: int) -> np.ndarray:
    """Cut intervals out of a walk and give each the same number of samples.

    Parameters
    ----------
    aligned : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).
    cycles : sequence of Interval
        Where to cut.
    n_phases : int
        Samples per cycle, evenly spaced in time over [start, end).

    Returns
    -------
    numpy.ndarray
        Cubic-spline values in metres, float32, shape (cycles, n_phases, 15, 3).
    """
    if not cycles:
        return np.empty((0, n_phases, *aligned.shape[1:]), dtype=np.float32)
    start = np.array([cycle.start_frames for cycle in cycles])
    length = np.array([cycle.end_frames for cycle in cycles]) - start
    frames = start[:, None] + length[:, None] * np.arange(n_phases) / n_phases
    return CubicSpline(np.arange(len(aligned)), aligned)(frames).astype(np.float32)


def make_cycles(
    recordings: Iterable[Recording],
    *,
    preprocessing: Preprocessing | None = None,
    library_name: str,
    simulated: bool,
    library_fingerprint: str,
    progress: Callable[[int, int, str], None] | None = None,
    workers: int = 2,
) -> xr.Dataset:
    """Turn recordings into one `Cycles` dataset.

    Parameters
    ----------
    recordings : iterable of Recording
        The walks.
    preprocessing : Preprocessing, optional
        Parameters; the defaults otherwise.
    library_name : str
        Where the walks come from, for titles.
    simulated : bool
        Whether the walkers are simulated; every figure says so.
    library_fingerprint : str
        Digest of the library's files.
    progress : callable, optional
        Called with (done, total, recording's name) after each recording.
    workers : int
        Threads; the heavy steps run outside Python's lock.

    Returns
    -------
    xarray.Dataset
        See `collect`.

    Raises
    ------
    CyclesError
        If no recording gives a cycle.
    """
    preprocessing = preprocessing or Preprocessing()
    return collect(
        segment_all(recordings, preprocessing=preprocessing, progress=progress, workers=workers),
        preprocessing=preprocessing,
        library_name=library_name,
        simulated=simulated,
        library_fingerprint=library_fingerprint,
    )


def segment_all(
    recordings: Iterable[Recording],
    *,
    preprocessing: Preprocessing | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    workers: int = 2,
) -> list[Segmented]:
    """Segment many recordings side by side.

    Parameters
    ----------
    recordings : iterable of Recording
        The walks.
    preprocessing : Preprocessing, optional
        Parameters; the defaults otherwise.
    progress : callable, optional
        Called with (done, total, recording's name) after each recording.
    workers : int
        Threads.

    Returns
    -------
    list of Segmented
        One for each recording, in their order.
    """
    recordings = list(recordings)
    results = []
    with ThreadPoolExecutor(workers) as pool:
        for result in pool.map(lambda one: segment(one, preprocessing=preprocessing), recordings):
            results.append(result)
            if progress is not None:
                progress(len(results), len(recordings), result.recording.name)
    return results


def collect(
    segmented: Sequence[Segmented],
    *,
    preprocessing: Preprocessing,
    library_name: str,
    simulated: bool,
    library_fingerprint: str,
) -> xr.Dataset:
    """Put the cycles of many recordings into one labelled array.

    Parameters
    ----------
    segmented : sequence of Segmented
        Recordings with their cycles.
    preprocessing : Preprocessing
        The parameters they were made with.
    library_name : str
        Where the walks come from.
    simulated : bool
        Whether the walkers are simulated.
    library_fingerprint : str
        Digest of the library's files.

    Returns
    -------
    xarray.Dataset
        ``position (cycle, phase, joint, axis)`` in metres, float32; phase in [0, 1); per cycle the
        coordinates ``subject label take recording gender start_s end_s`` (times in seconds since the
        take began); attributes ``library library_fingerprint simulated preprocessing
        affectlib_version``.

    Raises
    ------
    CyclesError
        If there is no cycle at all.
    """
    counts = [len(one.position) for one in segmented]
    if not sum(counts):
        raise CyclesError(
            f"no gait cycle in any of {len(counts)} recordings of {library_name}",
            remedy="Look at their gait signals (notebook 02) and hold axes, units and rate against 'affectlib check'.",
        )
    spans = [(one, cycle) for one in segmented for cycle in one.segmentation.cycles]
    times = np.array(
        [
            one.recording.start_s + np.array([cycle.start_frames, cycle.end_frames]) / one.recording.rate_hz
            for one, cycle in spans
        ]
    )
    owners = [one.recording for one, _ in spans]
    labels = {
        name: (
            "cycle",
            np.array([getattr(owner, "name" if name == "recording" else name) for owner in owners]),
        )
        for name in LABELS
    }
    return xr.Dataset(
        {"position": (DIMENSIONS, np.concatenate([one.position for one in segmented]), {"units": "m"})},
        coords={
            "phase": np.arange(preprocessing.n_phases) / preprocessing.n_phases,
            "joint": list(JOINTS),
            "axis": list(AXES),
            **labels,
            **{name: ("cycle", times[:, column], {"units": "s"}) for column, name in enumerate(TIMES)},
        },
        attrs={
            "library": library_name,
            "library_fingerprint": library_fingerprint,
            "simulated": int(simulated),
            "preprocessing": preprocessing.to_json(),
            "affectlib_version": __version__,
        },
    )


def segmentation_table(segmented: Sequence[Segmented]) -> pd.DataFrame:
    """Tell, recording by recording, what became of the walk.

    Parameters
    ----------
    segmented : sequence of Segmented
        Recordings with their cycles.

    Returns
    -------
    pandas.DataFrame
        One row a recording: ``recording subject label take duration_s stride_hz cycles`` and
        ``rejected`` (reason and number, empty where nothing was).
    """
    rows = []
    for one in segmented:
        recording, segmentation = one.recording, one.segmentation
        reasons = pd.Series([interval.rejected for interval in segmentation.intervals if interval.rejected])
        rows.append(
            {
                "recording": recording.name,
                "subject": recording.subject,
                "label": recording.label,
                "take": recording.take,
                "duration_s": recording.duration_s,
                "stride_hz": segmentation.stride_hz,
                "cycles": len(one.position),
                "rejected": "; ".join(
                    f"{count} {reason}" for reason, count in reasons.value_counts().items()
                ),
            }
        )
    return pd.DataFrame(rows)


def save_cycles(cycles: xr.Dataset, path: str | Path) -> Path:
    """Write cycles as netCDF, whole or not at all.

    Parameters
    ----------
    cycles : xarray.Dataset
        A `Cycles` dataset.
    path : str or Path
        File to write; an existing one is replaced.

    Returns
    -------
    Path
        The file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        cycles.to_netcdf(partial, engine="h5netcdf")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def load_cycles(path: str | Path) -> xr.Dataset:
    """Read a Cycles file and hold it against the contract.

    Parameters
    ----------
    path : str or Path
        A netCDF file that `save_cycles` wrote.

    Returns
    -------
    xarray.Dataset
        A `Cycles` dataset, in memory.

    Raises
    ------
    CyclesError
        If there is no such file, or it is no Cycles file.
    """
    path = Path(path)
    if not path.is_file():
        raise CyclesError(
            "no such file", file=path, remedy="Write one with 'affectlib cycles LIBRARY OUT.nc'."
        )
    try:
        cycles = xr.load_dataset(path, engine="h5netcdf")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise CyclesError(
            "not a readable netCDF file",
            file=path,
            found=str(error),
            remedy="Write it again with 'affectlib cycles'.",
        ) from error
    _validate(cycles, path)
    return cycles.assign_coords({name: ("cycle", cycles[name].values.astype(str)) for name in LABELS})


def _validate(cycles: xr.Dataset, path: Path) -> None:
    missing = [name for name in ("position", *LABELS, *TIMES) if name not in cycles.variables]
    if missing:
        objection = f"without {', '.join(missing)}"
    elif cycles["position"].dims != DIMENSIONS:
        objection = f"position has dimensions {cycles['position'].dims}"
    elif tuple(cycles["joint"].values) != JOINTS:
        objection = f"joints {', '.join(map(str, cycles['joint'].values))}"
    else:
        return
    raise CyclesError(
        "not a Cycles file",
        file=path,
        found=objection,
        remedy="Write it again with 'affectlib cycles LIBRARY OUT.nc'.",
    )
