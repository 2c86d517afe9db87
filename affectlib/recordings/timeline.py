"""Which column of a take says when its rows were taken, and what follows for its frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from affectlib.errors import LibraryWarning, RecordingError
from affectlib.recordings.clocks import TIME_S, Clock
from affectlib.recordings.even_steps import Steps, find_steps, place
from affectlib.recordings.library import Take
from affectlib.recordings.motion import RATES_HZ, Motion

UNITS_S: Mapping[float, str] = MappingProxyType(
    {1.0: "s", 1e-3: "ms", 1e-6: "µs", 1e-7: "100 ns", 1e-9: "ns"}
)
"""Units that clocks count in, and their names."""

_TICKS_HZ = 100.0
_TOLERANCE = 0.02
_UNEVEN_TOLERANCE = 0.1


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


@dataclass(frozen=True)
class _Reading:
    """One clock, read: steps in its unit, or why there are none."""

    clock: Clock
    steps: Steps | None = None
    fault: str | None = None
    unit_s: float | None = None

    @property
    def rate_hz(self) -> float:
        assert self.steps is not None
        return 1 / (self.steps.step * (self.unit_s or 1))


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
        reading for clock in _in_order(motion.clocks) if (reading := _read(clock, motion, take)) is not None
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
        if reading is not used and (warning := _doubt(reading, used, take)) is not None
    ]
    notes: tuple[str, ...] = ()
    if counted is used and used is not None:
        warnings += _steps_of_frames(used, take)
    doubted = {warning.where for warning in warnings}
    unused = [
        clock.name or "column 1"
        for clock in motion.clocks
        if not (used and clock is used.clock) and _where(clock) not in doubted
    ]
    if unused:
        notes += (f"columns left unused: {', '.join(unused)}",)
    if used is None or used.steps is None:
        return Timeline(rate_hz=motion.rate_hz, notes=notes, warnings=tuple(warnings))
    steps = used.steps
    if timed and steps.frame is None and take.rate_hz and _fits(timed, take.rate_hz):
        steps = steps.with_step(1 / (take.rate_hz * (timed.unit_s or 1)))
    rate_hz = 1 / (steps.step * (timed.unit_s or 1)) if timed else motion.rate_hz
    return Timeline(
        steps=steps,
        unit_s=used.unit_s or 1.0,
        rate_hz=rate_hz,
        notes=(*_notes(used, steps, rate_hz, n_rows=len(motion.position)), *notes),
        warnings=tuple(warnings),
    )


def _in_order(clocks: Sequence[Clock]) -> list[Clock]:
    return sorted(clocks, key=lambda clock: (clock.name != TIME_S, clock.unit_s is None))


def _where(clock: Clock) -> str:
    return f"column {clock.name or 1!r}"


def _read(clock: Clock, motion: Motion, take: Take) -> _Reading | None:
    """Read one clock; None where the column is no clock at all."""
    certain = clock.name == TIME_S
    if not certain and not _goes_on(clock.values):
        fault = _other_count(clock, take.rate_hz) if clock.kind == "times" and take.rate_hz else None
        return _Reading(clock, fault=fault) if fault else None
    try:
        reading = _Reading(clock, find_steps(clock.values, motion.position))
    except ValueError as error:
        if clock.unit_s is None or take.rate_overrules:
            return _Reading(clock, fault=str(error))
        raise _unusable(clock, str(error), take) from None
    if clock.kind != "times":
        return reading
    return _with_unit(reading, take)


def _goes_on(values: np.ndarray) -> bool:
    """Whether numbers rise from row to row, as those of a clock do, with few faults."""
    change = np.diff(values[np.isfinite(values)])
    return len(change) > 0.5 * len(values) and bool((change > 0).mean() >= 0.3 and (change < 0).mean() <= 0.1)


def _other_count(clock: Clock, rate_hz: float) -> str | None:
    """Say how many rows a coarse clock, such as one of whole seconds, counts, if not those of the rate."""
    changes = np.flatnonzero(np.diff(clock.values) != 0) + 1
    if len(changes) < 3 or not (np.diff(clock.values) >= 0).all():
        return None
    rows, span = int(changes[-1] - changes[0]), float(clock.values[changes[-1]] - clock.values[changes[0]])
    for unit_s in [clock.unit_s] if clock.unit_s else UNITS_S:
        expected = rate_hz * span * unit_s
        if abs(rows - expected) <= 2 + _TOLERANCE * rows:
            return None
    return f"{rows} rows in {span:.6g} {UNITS_S[clock.unit_s] if clock.unit_s else 'of its units'}"


def _with_unit(reading: _Reading, take: Take) -> _Reading:
    """Find the unit of times: by name, or the one in which they fit the rate."""
    clock, steps = reading.clock, reading.steps
    assert steps is not None
    possible = _possible(steps)
    if clock.unit_s is not None:
        reading = _Reading(clock, steps, unit_s=clock.unit_s)
        if clock.unit_s not in possible and not take.rate_overrules:
            raise _wrong_unit(reading, possible, take)
        return reading
    readings = [_Reading(clock, steps, unit_s=unit_s) for unit_s in possible]
    if take.rate_hz:
        readings = [reading for reading in readings if _fits(reading, take.rate_hz)]
    # Whole steps of one are row numbers, whatever their name.
    counts = steps.step == 1 and not take.rate_hz
    return readings[0] if len(readings) == 1 and not counts else reading


def _possible(steps: Steps) -> list[float]:
    """List the units in which times make a rate that can be."""
    rates = {unit_s: 1 / (steps.step * unit_s) for unit_s in UNITS_S}
    # Ticks of 100 ns are those of depth cameras, which are slow.
    most = {unit_s: _TICKS_HZ if unit_s == 1e-7 else RATES_HZ[1] for unit_s in UNITS_S}
    return [unit_s for unit_s, rate_hz in rates.items() if RATES_HZ[0] <= rate_hz <= most[unit_s]]


def _fits(reading: _Reading, rate_hz: float) -> bool:
    steps = reading.steps
    assert steps is not None
    off = abs(reading.rate_hz / rate_hz - 1)
    if steps.frame is not None or off <= _TOLERANCE:
        return off <= _TOLERANCE
    step = 1 / (rate_hz * (reading.unit_s or 1))
    low, high = np.quantile(np.diff(steps.time), [0.05, 0.95])
    return bool(off <= _UNEVEN_TOLERANCE or low * 0.98 <= step <= high * 1.02)


def _unusable(clock: Clock, fault: str, take: Take) -> RecordingError:
    return RecordingError(
        "times that cannot be used",
        file=take.file,
        where=_where(clock),
        found=fault,
        remedy="Mend the times; or remove the column and state rate_hz in library.csv, if the rows are in "
        "even steps.",
    )


def _wrong_unit(reading: _Reading, possible: Sequence[float], take: Take) -> RecordingError:
    steps, clock = reading.steps, reading.clock
    assert steps is not None
    assert reading.unit_s is not None
    others = " or ".join(f"{UNITS_S[unit_s]} ({1 / (steps.step * unit_s):.4g} Hz)" for unit_s in possible)
    perhaps = f"Perhaps the times are in {others}: name the column time_s, time_ms, time_us or time_ns; "
    return RecordingError(
        "rate that cannot be right",
        file=take.file,
        where=_where(clock),
        found=f"steps of {steps.step:.4g} {UNITS_S[reading.unit_s]}, {reading.rate_hz:.4g} Hz",
        remedy=(perhaps if others else "") + "rates between {:g} and {:g} Hz can be read.".format(*RATES_HZ),
    )


def _notes(used: _Reading, steps: Steps, rate_hz: float | None, *, n_rows: int) -> tuple[str, ...]:
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


def _steps_of_frames(used: _Reading, take: Take) -> list[LibraryWarning]:
    assert used.steps is not None
    if round(used.steps.step) == 1:
        return []
    return [
        LibraryWarning(
            "frame numbers do not count by one",
            file=take.file,
            where=_where(used.clock),
            found=f"steps of {used.steps.step:g}",
            remedy="If rows were left out on export, rate_hz in library.csv must be that of the rows; "
            "number the rows by one to confirm it.",
        )
    ]


def _doubt(reading: _Reading, used: _Reading | None, take: Take) -> LibraryWarning | None:
    """Warn of a clock that is not used and disagrees with what is."""
    rate_hz = take.rate_hz or (used.rate_hz if used and used.unit_s else None)
    found = _disagreement(reading, used, rate_hz)
    if found is None:
        return None
    counts = reading.clock.kind != "times" and "frames" in found
    return LibraryWarning(
        f"a column that looks like {'frame numbers' if counts else 'times'} is not used",
        file=take.file,
        where=_where(reading.clock),
        found=found,
        remedy="Remove it if the rows are in even steps; if not, name it "
        + ("frame." if counts else "time_s, time_ms, time_us or time_ns after its unit."),
    )


def _disagreement(reading: _Reading, used: _Reading | None, rate_hz: float | None) -> str | None:
    steps, kind = reading.steps, reading.clock.kind
    if steps is None:
        return reading.fault if kind in ("times", "frames") else None
    timed = used is not None and used.unit_s is not None
    counts = steps.step == 1 and steps.frame is not None
    if counts and (kind != "times" or not reading.unit_s):
        even = not timed or (used is not None and used.steps is not None and used.steps.frame is not None)
        other = used.steps.skipped if used is not None and used.steps is not None else 0
        if even and steps.skipped and not other:
            return (
                f"it skips {steps.skipped} frames, which {'other times' if timed else 'nothing else'} shows"
            )
        return None
    if kind == "unknown" and rate_hz is None:
        return None
    skipped = used.steps.skipped if used is not None and used.steps is not None else 0
    return _other_rate(reading, steps, rate_hz, named=kind == "times", skipped=skipped)


def _other_rate(
    reading: _Reading, steps: Steps, rate_hz: float | None, *, named: bool, skipped: int
) -> str | None:
    """Say which rates a clock would mean, if none of them is the one that is used."""
    units = [reading.unit_s] if reading.unit_s else _possible(steps)
    rates = {unit_s: 1 / (steps.step * unit_s) for unit_s in units}
    alike = [unit_s for unit_s in units if rate_hz and abs(rates[unit_s] / rate_hz - 1) <= _TOLERANCE]
    if alike:
        return f"it skips {steps.skipped} frames" if steps.skipped != skipped else None
    if not named or not units:
        return None
    words = " or ".join(f"{rates[unit_s]:.4g} Hz in {UNITS_S[unit_s]}" for unit_s in units)
    against = f", where rate_hz is {rate_hz:.4g}" if rate_hz else ""
    return f"steps of {steps.step:.4g}: {words}{against}"
