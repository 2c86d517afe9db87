"""Why a walk gives no gait cycle, and which parameter might change that."""

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
"""The parameter that decides on each reason to reject an interval, where one does."""

MOST_LINES = 20
"""Takes that are named one by one."""


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
    """Find out why nothing in a recording is a cycle.

    Parameters
    ----------
    signal_m : numpy.ndarray
        Gait signal in metres, shape (frames,).
    intervals : sequence of Interval
        Candidate cycles, all of them rejected.
    rate_hz : float
        Frames per second.
    preprocessing : Preprocessing
        Parameters of the search.

    Returns
    -------
    Absence
        Reason and parameter.
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
    """Choose the takes of which no piece gives a cycle.

    Parameters
    ----------
    table : pandas.DataFrame
        As `affectlib.gait.segmentation_table` returns it.

    Returns
    -------
    pandas.DataFrame
        The row of the longest piece of each such take, in the table's order.
    """
    of_take = [table[name] for name in ("subject", "label", "take")]
    silent = table[table["cycles"].groupby(of_take).transform("sum") == 0]
    longest = silent.groupby(["subject", "label", "take"], sort=False)["duration_s"].idxmax()
    return silent.loc[sorted(longest)]


def people_without_cycles(table: pd.DataFrame) -> tuple[str, ...]:
    """Name the subjects of whom no take gives a cycle.

    Parameters
    ----------
    table : pandas.DataFrame
        As `affectlib.gait.segmentation_table` returns it.

    Returns
    -------
    tuple of str
        Their names, sorted.
    """
    cycles = table.groupby("subject")["cycles"].sum()
    return tuple(sorted(cycles.index[cycles == 0]))


def describe_absences(table: pd.DataFrame) -> tuple[str, ...]:
    """Write which takes and subjects give no cycle, for a person to read.

    Parameters
    ----------
    table : pandas.DataFrame
        As `affectlib.gait.segmentation_table` returns it.

    Returns
    -------
    tuple of str
        Lines; none where every take gives a cycle.
    """
    takes, people = takes_without_cycles(table), people_without_cycles(table)
    if takes.empty:
        return ()
    of_take = table[["subject", "label", "take"]].drop_duplicates()
    lines = [f"No gait cycle in {len(takes)} of {len(of_take)} takes:"]
    shown = takes.head(MOST_LINES)
    for name, reason, help_ in shown[["recording", "without_cycles", "might_help"]].to_numpy(dtype=str):
        hint = f"; -p {help_}" if "=" in help_ else f"; see parameter {help_}"
        lines.append(f"  {name}: {reason}{hint if help_ else ''}")
    if len(takes) > MOST_LINES:
        lines.append(f"  and {len(takes) - MOST_LINES} more")
    if people:
        lines.append(
            f"No gait cycle at all of {len(people)} of {table['subject'].nunique()} people: "
            f"{', '.join(people)}"
        )
    return tuple(lines)
