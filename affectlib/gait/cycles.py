"""The `Cycles` dataset: gait cycles of many recordings as one labelled array, in memory and on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from affectlib import __version__
from affectlib.disk import write_netcdf, writing
from affectlib.errors import CyclesError
from affectlib.gait.cutting import Segmented, segment_all
from affectlib.gait.preprocessing import Preprocessing
from affectlib.recordings.recording import Recording
from affectlib.skeleton import AXES, JOINTS

DIMENSIONS = ("cycle", "phase", "joint", "axis")
LABELS = ("subject", "label", "take", "recording", "gender")
TIMES = ("start_s", "end_s")
TURN = "turn_deg"


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
    """Segment recordings and return their cycles as one `Cycles` dataset, see `collect`.

    Parameters
    ----------
    library_name : str
        Name of the library, for titles.
    simulated : bool
        Whether the walkers are simulated; every figure says so.
    library_fingerprint : str
        Digest of the library's files.
    progress : callable, optional
        Called with (done, total, recording's name) after each recording.
    workers : int
        Threads; the expensive steps release Python's global lock.
    """
    preprocessing = preprocessing or Preprocessing()
    return collect(
        segment_all(recordings, preprocessing=preprocessing, progress=progress, workers=workers),
        preprocessing=preprocessing,
        library_name=library_name,
        simulated=simulated,
        library_fingerprint=library_fingerprint,
    )


def collect(
    segmented: Sequence[Segmented],
    *,
    preprocessing: Preprocessing,
    library_name: str,
    simulated: bool,
    library_fingerprint: str,
) -> xr.Dataset:
    """Return the cycles of many recordings as one labelled array.

    Returns
    -------
    xarray.Dataset
        ``position (cycle, phase, joint, axis)`` in metres, float32; phase in [0, 1); per cycle the
        coordinates ``subject label take recording gender start_s end_s`` (times in seconds since the
        take began) and ``turn_deg`` (change of heading from start to end, positive to the left);
        attributes ``library library_fingerprint simulated preprocessing affectlib_version``.

    Raises
    ------
    CyclesError
        If there is no cycle at all.
    """
    pairs = [(result.recording, cycle) for result in segmented for cycle in result.segmentation.cycles]
    if not pairs:
        raise _nothing_found(segmented, library_name)
    times = np.array(
        [
            recording.start_s + np.array([cycle.start_frames, cycle.end_frames]) / recording.rate_hz
            for recording, cycle in pairs
        ]
    )
    labels = {
        name: (
            "cycle",
            np.array([getattr(recording, "name" if name == "recording" else name) for recording, _ in pairs]),
        )
        for name in LABELS
    }
    return xr.Dataset(
        {"position": (DIMENSIONS, np.concatenate([result.position for result in segmented]), {"units": "m"})},
        coords={
            "phase": np.arange(preprocessing.n_phases) / preprocessing.n_phases,
            "joint": list(JOINTS),
            "axis": list(AXES),
            **labels,
            **{name: ("cycle", times[:, column], {"units": "s"}) for column, name in enumerate(TIMES)},
            TURN: ("cycle", np.array([cycle.turn_deg for _, cycle in pairs]), {"units": "deg"}),
        },
        attrs={
            "library": library_name,
            "library_fingerprint": library_fingerprint,
            "simulated": int(simulated),
            "preprocessing": preprocessing.to_json(),
            "affectlib_version": __version__,
        },
    )


def _nothing_found(segmented: Sequence[Segmented], library_name: str) -> CyclesError:
    absences = [absence for result in segmented if (absence := result.segmentation.absence) is not None]
    reasons = Counter(absence.reason for absence in absences).most_common(3)
    helps = Counter(absence.might_help for absence in absences if absence.might_help).most_common(1)
    look = "Look at their gait signals (notebook 02), and at axes, units and rates."
    return CyclesError(
        f"no gait cycle in any of {len(segmented)} recordings of {library_name}",
        found="; ".join(f"{reason} ({count})" for reason, count in reasons) or None,
        remedy=f"The parameter {helps[0][0]} might help. {look}" if helps else look,
    )


def save_cycles(cycles: xr.Dataset, path: str | Path) -> Path:
    """Write a `Cycles` dataset as netCDF, whole or not at all, and return its path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with writing(path):
            write_netcdf(cycles, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def load_cycles(path: str | Path) -> xr.Dataset:
    """Load a `Cycles` dataset from a netCDF file and validate it.

    Raises
    ------
    CyclesError
        If there is no such file, or it is not a Cycles file.
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
    if TURN not in cycles.variables:
        # Files of earlier versions lack it.
        cycles = cycles.assign_coords(
            {TURN: ("cycle", np.full(cycles.sizes["cycle"], np.nan), {"units": "deg"})}
        )
    return cycles.assign_coords({name: ("cycle", cycles[name].values.astype(str)) for name in LABELS})


def _validate(cycles: xr.Dataset, path: Path) -> None:
    missing = [name for name in ("position", *LABELS, *TIMES) if name not in cycles.variables]
    if missing:
        fault = f"without {', '.join(missing)}"
    elif cycles["position"].dims != DIMENSIONS:
        fault = f"position has dimensions {cycles['position'].dims}"
    elif tuple(cycles["joint"].values) != JOINTS:
        fault = f"joints {', '.join(map(str, cycles['joint'].values))}"
    elif TURN in cycles.variables and cycles[TURN].dims != DIMENSIONS[:1]:
        fault = f"{TURN} has dimensions {cycles[TURN].dims}"
    else:
        return
    raise CyclesError(
        "not a Cycles file",
        file=path,
        found=fault,
        remedy="Write it again with 'affectlib cycles LIBRARY OUT.nc'.",
    )
