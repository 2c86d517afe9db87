"""The clock of a take: which column holds the times of its rows, and the rate that follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.recordings.clock_doubts import doubt_clock, doubt_count
from affectlib.recordings.clock_readings import UNITS_S, ClockReading, column_of, fits_rate, read_clock
from affectlib.recordings.clocks import TIME_S
from affectlib.recordings.even_steps import Steps, to_frames
from affectlib.recordings.library import Take
from affectlib.recordings.motion import Motion


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Times of the rows of a take.

    Parameters
    ----------
    steps : Steps or None
        Times by the clock; None where every row is the next frame.
    unit_s : float
        Unit of the clock in seconds.
    rate_hz : float or None
        Frames per second; None where only ``library.csv`` can state it.
    notes : tuple of str
        Which clock was used, and what is unusual about it.
    warnings : tuple of LibraryWarning
        Clocks that disagree with the rate.
    """

    steps: Steps | None = None
    unit_s: float = 1.0
    rate_hz: float | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()

    def to_frames(self, position: np.ndarray) -> np.ndarray:
        """Return positions on frames in even steps, shape (frames, joints, 3), NaN where a joint is lost.

        Parameters
        ----------
        position : numpy.ndarray
            Positions of the rows, NaN where a joint was not seen, shape (rows, joints, 3).
        """
        return position if self.steps is None else to_frames(position, self.steps, unit_s=self.unit_s)


def read_timeline(motion: Motion, take: Take) -> Timeline:
    """Choose the clock of a take among those of its file, and return its times.

    Times are used where their unit is certain: by the column's name, or because they fit
    ``rate_hz``. Frame numbers that skip leave gaps. A clock that is not used and disagrees with
    the rate causes a warning.

    Raises
    ------
    RecordingError
        If a column that certainly holds times cannot be used.
    """
    if not motion.clocks:
        return Timeline(rate_hz=motion.rate_hz)
    clocks = sorted(motion.clocks, key=lambda clock: (clock.name != TIME_S, clock.unit_s is None))
    candidates = (read_clock(clock, motion, take) for clock in clocks)
    readings = [reading for reading in candidates if reading is not None]
    timed = next((reading for reading in readings if reading.unit_s and reading.steps), None)
    if timed and take.rate_overrules:
        overruled = f"times of column {timed.clock.name!r} not used: rate_hz of library.csv overrules them"
        return Timeline(notes=(overruled,))
    counted = (reading for reading in readings if reading.clock.kind == "frames" and reading.steps)
    used = timed or next(counted, None)
    doubts = (doubt_clock(reading, used, take) for reading in readings if reading is not used)
    warnings = [warning for warning in doubts if warning is not None]
    notes: tuple[str, ...] = ()
    if used and not timed:
        warnings += doubt_count(used, take)
    doubted = {warning.where for warning in warnings}
    unused = [
        clock.name or "column 1"
        for clock in motion.clocks
        if not (used and clock is used.clock) and column_of(clock) not in doubted
    ]
    if unused:
        notes += (f"columns left unused: {', '.join(unused)}",)
    if used is None or used.steps is None:
        return Timeline(rate_hz=motion.rate_hz, notes=notes, warnings=tuple(warnings))
    steps, unit_s, rate_hz = used.steps, used.unit_s or 1.0, motion.rate_hz
    if timed and steps.frame is None and take.rate_hz and fits_rate(timed, take.rate_hz):
        steps = steps.with_step(1 / (take.rate_hz * unit_s))
    if timed:
        rate_hz = 1 / (steps.step * unit_s)
    return Timeline(
        steps=steps,
        unit_s=unit_s,
        rate_hz=rate_hz,
        notes=(*_notes(used, steps, rate_hz, n_rows=len(motion.position)), *notes),
        warnings=tuple(warnings),
    )


def _notes(used: ClockReading, steps: Steps, rate_hz: float | None, *, n_rows: int) -> tuple[str, ...]:
    name, notes = repr(used.clock.name), []
    if used.clock.kind != "times":
        return (f"column {name} skips {steps.skipped} frames: gaps",) if steps.skipped else ()
    unit_s = used.unit_s or 1.0
    if used.clock.name != TIME_S:
        lost = f"; they skip {steps.skipped} frames" if steps.skipped else ""
        notes.append(f"times taken from column {name} in {UNITS_S[unit_s]}{lost}")
    if len(steps.rows) < n_rows:
        notes.append(
            f"{n_rows - len(steps.rows)} of {n_rows} rows dropped whose time in column {name} is missing, "
            "goes back or stands still"
        )
    if steps.frame is None:
        low, middle, high = np.quantile(np.diff(steps.time) * unit_s, [0.0, 0.5, 1.0])
        notes.append(
            f"uneven times in column {name}, steps from {low:.4g} to {high:.4g} s (median {middle:.4g} s), "
            f"resampled to {rate_hz:.4g} Hz"
        )
    return tuple(notes)
