"""Reasons why a recording has no gait cycle, and the parameter that might help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from affectlib.gait.band import stride_outside_band
from affectlib.gait.intervals import LENGTH, PERIODICITY, STANDING, TURN, Interval
from affectlib.gait.preprocessing import Preprocessing

HELPS = {
    STANDING: "min_amplitude",
    LENGTH: "max_period_change",
    PERIODICITY: "min_periodicity",
    TURN: "max_turn_deg",
}
"""The parameter behind each reason to reject an interval, where there is one."""

MOST_LINES = 20
"""Most takes that are listed."""


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Why a recording has no cycle.

    Parameters
    ----------
    reason : str
        One clause.
    might_help : str
        A parameter that might help, with a value where one can be computed ("min_stride_hz=0.2"); empty
        where none does.
    """

    reason: str
    might_help: str = ""


def explain_absence(
    signal_m: np.ndarray, intervals: Sequence[Interval], *, rate_hz: float, preprocessing: Preprocessing
) -> Absence:
    """Return why none of the intervals of a recording is a cycle.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Gait signal in metres, shape (frames,).
    intervals : sequence of Interval
        Candidate cycles, all rejected.
    """
    apart_m = float(np.ptp(signal_m)) / 2
    if apart_m < preprocessing.min_step_m:
        return Absence(reason=f"nobody walks: the feet part by {apart_m:.2f} m at most")
    stride_hz = stride_outside_band(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if stride_hz < preprocessing.min_stride_hz:
        return Absence(
            reason=f"stride of about {stride_hz:.2f} Hz lies below min_stride_hz "
            f"({preprocessing.min_stride_hz:g})",
            might_help=f"min_stride_hz={max(float(f'{0.6 * stride_hz:.1g}'), 0.05):g}",
        )
    if stride_hz > preprocessing.max_stride_hz:
        return Absence(
            reason=f"stride of about {stride_hz:.2f} Hz lies above max_stride_hz "
            f"({preprocessing.max_stride_hz:g})",
            might_help=f"max_stride_hz={min(np.ceil(14 * stride_hz) / 10, 10):g}",
        )
    if not intervals:
        return Absence(reason=f"no whole stride in {len(signal_m) / rate_hz:.1f} s")
    reasons = Counter(interval.rejected for interval in intervals).most_common()
    return Absence(
        reason="; ".join(f"{count} {reason}" for reason, count in reasons),
        might_help=next((HELPS[reason] for reason, _ in reasons if reason in HELPS), ""),
    )


def takes_without_cycles(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a segmentation table of the longest recording of each take without any cycle."""
    take = ["subject", "label", "take"]
    without = table[table.groupby(take)["cycles"].transform("sum") == 0]
    return without.loc[sorted(without.groupby(take, sort=False)["duration_s"].idxmax())]


def subjects_without_cycles(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the subjects of a segmentation table that have no cycles, sorted."""
    cycles = table.groupby("subject")["cycles"].sum()
    return tuple(sorted(cycles.index[cycles == 0]))


def describe_absences(table: pd.DataFrame) -> tuple[str, ...]:
    """Return lines of text on the takes and subjects of a segmentation table that have no cycles."""
    takes, subjects = takes_without_cycles(table), subjects_without_cycles(table)
    if takes.empty:
        return ()
    all_takes = table[["subject", "label", "take"]].drop_duplicates()
    lines = [f"No gait cycle in {len(takes)} of {len(all_takes)} takes:"]
    shown = takes.head(MOST_LINES)
    for name, reason, help_ in shown[["recording", "without_cycles", "might_help"]].to_numpy(dtype=str):
        hint = f"; -p {help_}" if "=" in help_ else f"; see parameter {help_}"
        lines.append(f"  {name}: {reason}{hint if help_ else ''}")
    if len(takes) > MOST_LINES:
        lines.append(f"  and {len(takes) - MOST_LINES} more")
    if subjects:
        lines.append(
            f"No gait cycle at all of {len(subjects)} of {table['subject'].nunique()} people: "
            f"{', '.join(subjects)}"
        )
    return tuple(lines)
