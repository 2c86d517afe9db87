"""Which column of a take says when its rows were taken, and what follows for its frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from affectlib.errors import LibraryWarning
from affectlib.recordings.clock_doubts import doubt_clock, doubt_count
from affectlib.recordings.clock_readings import UNITS_S, ClockReading, column_of, fits_rate, read_clock
from affectlib.recordings.clocks import TIME_S, Clock
from affectlib.recordings.even_steps import Steps, place
from affectlib.recordings.library import Take
from affectlib.recordings.motion import Motion


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Where the rows of a take stand in time.

    Parameters
    ----------
    steps : Steps or None
        What the clock says; None where every row is the next frame.
    unit_s : float
        Unit of the clock in seconds.
    rate_hz : float or None
        Frames per second; None where only ``library.csv`` can say it.
    notes : tuple of str
        Which clock was used and what it shows.
    warnings : tuple of LibraryWarning
        Clocks that disagree with the rate.
    """

    steps: Steps | None = None
    unit_s: float = 1.0
    rate_hz: float | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[LibraryWarning, ...] = ()

    def place(self, position: np.ndarray) -> np.ndarray:
        """Put rows on frames in even steps.

        Parameters
        ----------
        position : numpy.ndarray
            Positions of the rows, NaN where a joint was not seen, shape (rows, joints, 3).

        Returns
        -------
        numpy.ndarray
            Shape (frames, joints, 3), NaN where a joint is lost.
        """
        return position if self.steps is None else place(position, self.steps, unit_s=self.unit_s)


def read_timeline(motion: Motion, take: Take) -> Timeline:
    """Find the clock of a take and what it says.

    Times are used where their unit is certain: by the column's name, or because they fit
    ``rate_hz``. Frame numbers that skip leave gaps. A clock that is not used and disagrees with
    the rate gives a warning.

    Parameters
    ----------
    motion : Motion
        The take's file, with its `Motion.clocks`.
    take : Take
        The take: its rate, and whether that overrules the file.

    Returns
    -------
    Timeline
        Every row the next frame where there is no clock.

    Raises
    ------
    RecordingError
        If a column that certainly holds times cannot be used.
    """
    if not motion.clocks:
        return Timeline(rate_hz=motion.rate_hz)
    readings = [
        reading
        for clock in _in_order(motion.clocks)
        if (reading := read_clock(clock, motion, take)) is not None
    ]
    timed = next((reading for reading in readings if reading.unit_s and reading.steps), None)
    if timed and take.rate_overrules:
        overruled = f"times of column {timed.clock.name!r} not used: rate_hz of library.csv overrules them"
        return Timeline(notes=(overruled,))
    counted = next(
        (reading for reading in readings if reading.clock.kind == "frames" and reading.steps), None
    )
    used = timed or counted
    warnings = [
        warning
        for reading in readings
        if reading is not used and (warning := doubt_clock(reading, used, take)) is not None
    ]
    notes: tuple[str, ...] = ()
    if counted is used and used is not None:
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
    steps = used.steps
    if timed and steps.frame is None and take.rate_hz and fits_rate(timed, take.rate_hz):
        steps = steps.with_step(1 / (take.rate_hz * (timed.unit_s or 1)))
    rate_hz = 1 / (steps.step * (timed.unit_s or 1)) if timed else motion.rate_hz
    return Timeline(
        steps=steps,
        unit_s=used.unit_s or 1.0,
        rate_hz=rate_hz,
        notes=(*_notes(used, steps, rate_hz, n_rows=len(motion.position)), *notes),
        warnings=tuple(warnings),
    )


def _notes(used: ClockReading, steps: Steps, rate_hz: float | None, *, n_rows: int) -> tuple[str, ...]:
    name, notes = repr(used.clock.name), []
    if used.clock.kind != "times":
        return (f"column {name} skips {steps.skipped} frames: gaps",) if steps.skipped else ()
    if used.clock.name != TIME_S:
        unit = UNITS_S[used.unit_s or 1.0]
        lost = f"; they skip {steps.skipped} frames" if steps.skipped else ""
        notes.append(f"times taken from column {name} in {unit}{lost}")
    if len(steps.keep) < n_rows:
        notes.append(
            f"{n_rows - len(steps.keep)} of {n_rows} rows dropped whose time in column {name} is missing, "
            "goes back or stands still"
        )
    if steps.frame is None:
        change_s = np.diff(steps.time) * (used.unit_s or 1)
        low, middle, high = np.quantile(change_s, [0.0, 0.5, 1.0])
        notes.append(
            f"uneven times in column {name}, steps from {low:.4g} to {high:.4g} s (median {middle:.4g} s), "
            f"resampled to {rate_hz:.4g} Hz"
        )
    return tuple(notes)


def _in_order(clocks: Sequence[Clock]) -> list[Clock]:
    return sorted(clocks, key=lambda clock: (clock.name != TIME_S, clock.unit_s is None))
