"""Interpret one clock of a take: its steps, and the unit in which it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.clocks import TIME_S, Clock
from affectlib.recordings.even_steps import Steps, find_steps
from affectlib.recordings.library import Take
from affectlib.recordings.motion import RATES_HZ, Motion

UNITS_S: Mapping[float, str] = MappingProxyType(
    {1.0: "s", 1e-3: "ms", 1e-6: "µs", 1e-7: "100 ns", 1e-9: "ns"}
)
"""Units of clocks in seconds, and their names."""

TOLERANCE = 0.02
"""Relative difference up to which two rates are the same."""

_UNEVEN_TOLERANCE = 0.1
_TICKS_HZ = 100.0  # ticks of 100 ns are those of depth cameras, which are slow


@dataclass(frozen=True)
class ClockReading:
    """The steps of a clock in its unit, or the reason why it has none.

    Parameters
    ----------
    unit_s : float or None
        Unit of times in seconds; None where it is not certain, and for frame numbers.
    """

    clock: Clock
    steps: Steps | None = None
    fault: str | None = None
    unit_s: float | None = None

    @property
    def rate_hz(self) -> float:
        """Frames per second, or per unit where the unit is not certain."""
        assert self.steps is not None
        return 1 / (self.steps.step * (self.unit_s or 1))


def column_of(clock: Clock) -> str:
    """Return a clock's column for messages, such as ``column 'time_s'``."""
    return f"column {clock.name or 1!r}"


def read_clock(clock: Clock, motion: Motion, take: Take) -> ClockReading | None:
    """Return the steps and unit of one clock, None where the column is no clock at all.

    Raises
    ------
    RecordingError
        If its unit is certain and its times cannot be used, or their rate is implausible.
    """
    certain = clock.name == TIME_S
    if not certain and not _increases(clock.values):
        fault = _coarse_count(clock, take.rate_hz) if clock.kind == "times" and take.rate_hz else None
        return ClockReading(clock, fault=fault) if fault else None
    try:
        reading = ClockReading(clock, find_steps(clock.values, motion.position))
    except ValueError as error:
        if clock.unit_s is None or take.rate_overrules:
            return ClockReading(clock, fault=str(error))
        raise _unusable(clock, str(error), take) from None
    if clock.kind != "times":
        return reading
    return _with_unit(reading, take)


def _increases(values: np.ndarray) -> bool:
    """Return whether numbers increase from row to row, as those of a clock do, with few exceptions."""
    change = np.diff(values[np.isfinite(values)])
    return len(change) > 0.5 * len(values) and bool((change > 0).mean() >= 0.3 and (change < 0).mean() <= 0.1)


def _coarse_count(clock: Clock, rate_hz: float) -> str | None:
    """Describe how many rows a coarse clock, such as one of whole seconds, counts, unless the rate agrees."""
    changes = np.flatnonzero(np.diff(clock.values) != 0) + 1
    if len(changes) < 3 or not (np.diff(clock.values) >= 0).all():
        return None
    rows, span = int(changes[-1] - changes[0]), float(clock.values[changes[-1]] - clock.values[changes[0]])
    for unit_s in [clock.unit_s] if clock.unit_s else UNITS_S:
        expected = rate_hz * span * unit_s
        if abs(rows - expected) <= 2 + TOLERANCE * rows:
            return None
    return f"{rows} rows in {span:.6g} {UNITS_S[clock.unit_s] if clock.unit_s else 'of its units'}"


def _with_unit(reading: ClockReading, take: Take) -> ClockReading:
    """Add the unit of times: that of the name, or the only one in which they fit the rate."""
    clock, steps = reading.clock, reading.steps
    assert steps is not None
    possible = possible_units(steps)
    if clock.unit_s is not None:
        reading = ClockReading(clock, steps, unit_s=clock.unit_s)
        if clock.unit_s not in possible and not take.rate_overrules:
            raise _wrong_unit(reading, possible, take)
        return reading
    readings = [ClockReading(clock, steps, unit_s=unit_s) for unit_s in possible]
    if take.rate_hz:
        readings = [reading for reading in readings if fits_rate(reading, take.rate_hz)]
    # Steps of exactly one are row numbers, whatever their name.
    counts = steps.step == 1 and not take.rate_hz
    return readings[0] if len(readings) == 1 and not counts else reading


def possible_units(steps: Steps) -> list[float]:
    """Return the units of `UNITS_S` in which times have a plausible rate."""
    rates = {unit_s: 1 / (steps.step * unit_s) for unit_s in UNITS_S}
    highest = {unit_s: _TICKS_HZ if unit_s == 1e-7 else RATES_HZ[1] for unit_s in UNITS_S}
    return [unit_s for unit_s, rate_hz in rates.items() if RATES_HZ[0] <= rate_hz <= highest[unit_s]]


def fits_rate(reading: ClockReading, rate_hz: float) -> bool:
    """Return whether times have the rate that ``library.csv`` states.

    Even times must have it to 2 %; the steps of uneven ones must include its step.
    """
    steps = reading.steps
    assert steps is not None
    difference = abs(reading.rate_hz / rate_hz - 1)
    if steps.frame is not None or difference <= TOLERANCE:
        return difference <= TOLERANCE
    step = 1 / (rate_hz * (reading.unit_s or 1))
    low, high = np.quantile(np.diff(steps.time), [0.05, 0.95])
    return bool(difference <= _UNEVEN_TOLERANCE or low * 0.98 <= step <= high * 1.02)


def _unusable(clock: Clock, fault: str, take: Take) -> RecordingError:
    return RecordingError(
        "times that cannot be used",
        file=take.file,
        where=column_of(clock),
        found=fault,
        remedy="Correct the times; or remove the column and state rate_hz in library.csv, if the rows are in "
        "even steps.",
    )


def _wrong_unit(reading: ClockReading, possible: Sequence[float], take: Take) -> RecordingError:
    steps, clock = reading.steps, reading.clock
    assert steps is not None
    assert reading.unit_s is not None
    others = " or ".join(f"{UNITS_S[unit_s]} ({1 / (steps.step * unit_s):.4g} Hz)" for unit_s in possible)
    perhaps = f"Perhaps the times are in {others}: name the column time_s, time_ms, time_us or time_ns; "
    return RecordingError(
        "rate that cannot be right",
        file=take.file,
        where=column_of(clock),
        found=f"steps of {steps.step:.4g} {UNITS_S[reading.unit_s]}, {reading.rate_hz:.4g} Hz",
        remedy=(perhaps if others else "") + "rates between {:g} and {:g} Hz can be read.".format(*RATES_HZ),
    )
