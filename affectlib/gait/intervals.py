"""Stretches of a walk that may be gait cycles, and what is wrong with those that are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from affectlib.gait.legs import Legs, Way
from affectlib.gait.preprocessing import Preprocessing

STANDING = "standing, starting or stopping"
PAUSED = "paused"
BACKWARDS = "walking backwards"
LENGTH = "length far from the take's stride"
PERIODICITY = "not periodic"
REACH = "boundary away from where the left foot leads most"
TURN = "turn of more than max_turn_deg"

NO_TURN_LIMIT_DEG = 360.0
"""The limit that leaves nothing out, also where a lost track makes the heading spin."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A candidate cycle and what became of it.

    Parameters
    ----------
    start_frames : float
        First moment, in frames since the recording's start (between two frames in general).
    end_frames : float
        End, exclusive.
    rejected : str
        Why it is no cycle; empty for a good one.
    turn_deg : float
        Change of heading from start to end in degrees, positive to the left; NaN where the heading is
        unknown.
    """

    start_frames: float
    end_frames: float
    rejected: str = ""
    turn_deg: float = float("nan")

    @property
    def frames(self) -> slice:
        """The frames inside."""
        return slice(int(np.ceil(self.start_frames)), int(np.ceil(self.end_frames)))


def boundaries_frames(analytic: np.ndarray, *, phase: float = 0.0) -> np.ndarray:
    """Find the moments at which the oscillation comes round to one phase.

    Parameters
    ----------
    analytic : numpy.ndarray
        Complex oscillation, shape (frames,).
    phase : float
        The phase in turns.

    Returns
    -------
    numpy.ndarray
        Moments in frames, interpolated between frames, ascending, shape (boundaries,).
    """
    turns = np.unwrap(np.angle(analytic)) / (2 * np.pi) - phase
    # Where the amplitude is next to nothing the phase may run back; only the first passing counts.
    turns = np.maximum.accumulate(turns)
    whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 1)
    after = np.searchsorted(turns, whole)
    before = np.maximum(after - 1, 0)
    step = turns[after] - turns[before]
    return before + np.divide(whole - turns[before], step, out=np.zeros_like(step), where=step > 0)


def judged_intervals(
    bounds: np.ndarray,
    *,
    signal_m: np.ndarray,
    analytic: np.ndarray,
    legs: Legs,
    way: Way | None,
    preprocessing: Preprocessing,
) -> tuple[Interval, ...]:
    """Pair neighbouring boundaries and hold each pair against every rule.

    Parameters
    ----------
    bounds : numpy.ndarray
        Moments in frames, ascending, shape (boundaries,).
    signal_m : numpy.ndarray
        Gait signal in metres, shape (frames,).
    analytic : numpy.ndarray
        Its oscillation, shape (frames,).
    legs : Legs
        Motion of the legs in the same frames.
    way : Way or None
        Heading and way over the ground; None where they are unknown, and then no rule asks for them.
    preprocessing : Preprocessing
        Limits.

    Returns
    -------
    tuple of Interval
        Candidate cycles in order of time; the first rule that one breaks is its reason.
    """
    amplitude = np.abs(analytic)
    least_m = max(preprocessing.min_amplitude * float(np.quantile(amplitude, 0.75)), preprocessing.min_step_m)
    turns_deg = np.full(max(len(bounds) - 1, 0), np.nan) if way is None else way.turns_deg(bounds)
    intervals = [
        Interval(start_frames=float(start), end_frames=float(end), turn_deg=float(turn_deg))
        for (start, end), turn_deg in zip(pairwise(bounds), turns_deg, strict=True)
    ]
    intervals = [
        replace(one, rejected=_objection_of_wave(one, signal_m, analytic, least_m, legs, preprocessing))
        for one in intervals
    ]
    # What is usual is measured where the oscillation alone has no objection.
    legs = legs.relative_to([one.frames for one in intervals if not one.rejected])
    return tuple(
        one if one.rejected else replace(one, rejected=_objection_of_legs(one, legs, back, preprocessing))
        for one, back in zip(intervals, legs.backwards(bounds, way), strict=True)
    )


def _objection_of_wave(
    one: Interval,
    signal_m: np.ndarray,
    analytic: np.ndarray,
    least_m: float,
    legs: Legs,
    preprocessing: Preprocessing,
) -> str:
    span = one.frames
    if np.abs(analytic[span]).min(initial=np.inf) < least_m:
        return STANDING
    change = (one.end_frames - one.start_frames) / legs.period_frames - 1
    if abs(change) > preprocessing.max_period_change:
        return LENGTH
    signal = signal_m[span]
    residual = signal - analytic[span].real
    if np.var(residual) > (1 - preprocessing.min_periodicity) * np.var(signal):
        return PERIODICITY
    return ""


def _objection_of_legs(one: Interval, legs: Legs, back: bool, preprocessing: Preprocessing) -> str:
    if back:
        return BACKWARDS
    rest = legs.rest_before_or_in(one.start_frames, one.end_frames)
    if rest is not None:
        return PAUSED if legs.is_pause(rest) else STANDING
    if legs.late(one.start_frames, one.end_frames):
        return REACH
    if abs(one.turn_deg) > preprocessing.max_turn_deg < NO_TURN_LIMIT_DEG:
        return TURN
    return ""
