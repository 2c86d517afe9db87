"""Clocks that are not used and disagree with what is: each gives a warning."""

from __future__ import annotations

from affectlib.errors import LibraryWarning
from affectlib.recordings.clock_readings import (
    TOLERANCE,
    UNITS_S,
    ClockReading,
    column_of,
    possible_units,
)
from affectlib.recordings.even_steps import Steps
from affectlib.recordings.library import Take


def doubt_count(used: ClockReading, take: Take) -> list[LibraryWarning]:
    """Warn of frame numbers that do not count by one.

    Parameters
    ----------
    used : ClockReading
        Frame numbers, with steps.
    take : Take
        The take.

    Returns
    -------
    list of LibraryWarning
        One, or none.
    """
    assert used.steps is not None
    if round(used.steps.step) == 1:
        return []
    return [
        LibraryWarning(
            "frame numbers do not count by one",
            file=take.file,
            where=column_of(used.clock),
            found=f"steps of {used.steps.step:g}",
            remedy="If rows were left out on export, rate_hz in library.csv must be that of the rows; "
            "number the rows by one to confirm it.",
        )
    ]


def doubt_clock(reading: ClockReading, used: ClockReading | None, take: Take) -> LibraryWarning | None:
    """Warn of a clock that is not used and disagrees with what is.

    Parameters
    ----------
    reading : ClockReading
        The clock.
    used : ClockReading or None
        The clock that is used.
    take : Take
        The take, with the rate that ``library.csv`` states.

    Returns
    -------
    LibraryWarning or None
        None where it agrees, or may be no clock.
    """
    rate_hz = take.rate_hz or (used.rate_hz if used and used.unit_s else None)
    found = _disagreement(reading, used, rate_hz)
    if found is None:
        return None
    counts = reading.clock.kind != "times" and "frames" in found
    return LibraryWarning(
        f"a column that looks like {'frame numbers' if counts else 'times'} is not used",
        file=take.file,
        where=column_of(reading.clock),
        found=found,
        remedy="Remove it if the rows are in even steps; if not, name it "
        + ("frame." if counts else "time_s, time_ms, time_us or time_ns after its unit."),
    )


def _disagreement(reading: ClockReading, used: ClockReading | None, rate_hz: float | None) -> str | None:
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
    reading: ClockReading, steps: Steps, rate_hz: float | None, *, named: bool, skipped: int
) -> str | None:
    """Say which rates a clock would mean, if none of them is the one that is used."""
    units = [reading.unit_s] if reading.unit_s else possible_units(steps)
    rates = {unit_s: 1 / (steps.step * unit_s) for unit_s in units}
    alike = [unit_s for unit_s in units if rate_hz and abs(rates[unit_s] / rate_hz - 1) <= TOLERANCE]
    if alike:
        return f"it skips {steps.skipped} frames" if steps.skipped != skipped else None
    if not named or not units:
        return None
    words = " or ".join(f"{rates[unit_s]:.4g} Hz in {UNITS_S[unit_s]}" for unit_s in units)
    against = f", where rate_hz is {rate_hz:.4g}" if rate_hz else ""
    return f"steps of {steps.step:.4g}: {words}{against}"
