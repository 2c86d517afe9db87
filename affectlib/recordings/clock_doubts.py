"""Warnings about clocks that are not used and disagree with the one that is."""

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
    """Return a warning where the frame numbers that are used do not count by one, else an empty list."""
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
    """Return a warning where an unused clock disagrees with the one that is used or the stated rate.

    There is none where the column may be no clock.
    """
    rate_hz = take.rate_hz or (used.rate_hz if used and used.unit_s else None)
    found = _disagreement(reading, used, rate_hz)
    if found is None:
        return None
    # Without steps, the column may hold uneven times under a name for frame numbers.
    counts = reading.clock.kind != "times" and reading.steps is not None
    return LibraryWarning(
        f"a column that looks like {'frame numbers' if counts else 'times'} is not used",
        file=take.file,
        where=column_of(reading.clock),
        found=found,
        remedy="Remove it if the rows are in even steps; if not, name it "
        + ("frame." if counts else "time_s, time_ms, time_us or time_ns after its unit."),
    )


def _disagreement(reading: ClockReading, used: ClockReading | None, rate_hz: float | None) -> str | None:
    """Describe how an unused clock disagrees with the used one or the rate; None where it does not."""
    steps, kind = reading.steps, reading.clock.kind
    if steps is None:
        return reading.fault if kind in ("times", "frames") else None
    numbers_rows = steps.even and steps.step == 1
    if numbers_rows and (kind != "times" or not reading.unit_s):
        return _skipped_frames(steps, used)
    if kind == "unknown" and rate_hz is None:
        return None
    return _other_rate(reading, steps, used, rate_hz)


def _skipped_frames(steps: Steps, used: ClockReading | None) -> str | None:
    """Describe the frames that a column of row numbers skips, unless the used clock may skip them too."""
    is_timed = used is not None and used.unit_s is not None
    used_steps = used.steps if used else None
    may_skip = used_steps is not None and (used_steps.skipped or (is_timed and not used_steps.even))
    if may_skip or not steps.skipped:
        return None
    return f"it skips {steps.skipped} frames, which {'other times' if is_timed else 'nothing else'} shows"


def _other_rate(
    reading: ClockReading, steps: Steps, used: ClockReading | None, rate_hz: float | None
) -> str | None:
    """Describe the rates that a clock may have, if none of them is the one that is used."""
    units = [reading.unit_s] if reading.unit_s else possible_units(steps)
    rates_hz = {unit_s: 1 / (steps.step * unit_s) for unit_s in units}
    if rate_hz and any(abs(rate / rate_hz - 1) <= TOLERANCE for rate in rates_hz.values()):
        used_skipped = used.steps.skipped if used and used.steps else 0
        return f"it skips {steps.skipped} frames" if steps.skipped != used_skipped else None
    if reading.clock.kind != "times" or not units:
        return None
    rates = " or ".join(f"{rates_hz[unit_s]:.4g} Hz in {UNITS_S[unit_s]}" for unit_s in units)
    against = f", where rate_hz is {rate_hz:.4g}" if rate_hz else ""
    return f"steps of {steps.step:.4g}: {rates}{against}"
