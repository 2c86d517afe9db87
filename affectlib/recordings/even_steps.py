"""From the time of each row to frames in even steps: rows find their place, or are resampled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from affectlib.recordings.gaps import SHORT_GAP_S

FEW_SHARE = 0.02
"""Share of rows that may be dropped because their time is missing, goes back or stands still."""

_JITTER = 0.1  # of a step: a foot at 4 m/s is then less than 1 cm off at 50 Hz
_NEAR = 0.75  # of a step: a frame farther than this from any row is bridged as a lost one


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Where the rows of a take stand in time.

    Parameters
    ----------
    keep : numpy.ndarray
        Rows that are used, in order, shape (kept,).
    time : numpy.ndarray
        Their times since the first of them, in the clock's unit, shape (kept,).
    step : float
        Time from frame to frame, in the clock's unit.
    frame : numpy.ndarray or None
        Frame of each kept row, shape (kept,); None where the rows are not in even steps.
    """

    keep: np.ndarray
    time: np.ndarray
    step: float
    frame: np.ndarray | None

    @property
    def skipped(self) -> int:
        """Number of frames without a row; 0 where the rows are not in even steps."""
        return 0 if self.frame is None else int(self.frame[-1]) + 1 - len(self.frame)

    def with_step(self, step: float) -> Steps:
        """Return the same rows with frames at another step.

        Parameters
        ----------
        step : float
            Time from frame to frame, in the clock's unit.

        Returns
        -------
        Steps
            Uneven ones.
        """
        return replace(self, step=step, frame=None)


@np.errstate(all="ignore")  # files may hold any numbers; what comes of odd ones is judged at the end
def find_steps(times: np.ndarray, position: np.ndarray) -> Steps:
    """Find the frames that the times of rows stand for.

    Times within a tenth of a step of an even grid, or as near as their digits allow, are those of
    an even clock that was written or read late; rows that are missing leave gaps in the grid.

    Parameters
    ----------
    times : numpy.ndarray
        Time of each row in any unit, NaN where missing, shape (rows,).
    position : numpy.ndarray
        Positions, shape (rows, joints, 3): rows whose time stands still may be copies.

    Returns
    -------
    Steps
        In even steps, or uneven.

    Raises
    ------
    ValueError
        If more than `FEW_SHARE` of the rows have no time, go back or stand still with other
        positions; if fewer than two times are left, or times spread beyond reason.
    """
    if len(times) < 2:
        raise ValueError("fewer than two times")
    finite = np.isfinite(times)
    digit = _last_digit(times[finite])
    if finite.all():
        numbered = _by_number(times - times[0], digit)
        if numbered is not None:
            return numbered
    keep = _rows_that_go_on(times, finite, position)
    time = times[keep] - times[keep[0]]
    if not (np.diff(time) > 0).all():
        raise ValueError(f"times too close to tell apart, up to {time[-1]:g}")
    step = _typical_step(np.diff(time), digit)
    _hold_together(time, step)
    number = time / step
    number -= np.median(number - np.rint(number))
    frame = np.rint(number).astype(np.int64)
    off = np.abs(number - frame).max()
    on_grid = off <= min(max(_JITTER, 0.55 * digit / step), 0.45) and (np.diff(frame) > 0).all()
    if on_grid:
        return Steps(keep=keep, time=time, step=step, frame=frame - frame[0])
    steps = np.diff(time)
    # Steps that are not nearly twice the usual one: longer ones are gaps.
    step = float(steps[steps < 1.75 * np.median(steps)].mean())
    _hold_together(time, step)
    return Steps(keep=keep, time=time, step=step, frame=None)


def _hold_together(time: np.ndarray, step: float) -> None:
    """Hold that frames at this step are not far more than there are rows."""
    if not time[-1] < 100 * len(time) * step:
        raise ValueError(f"{len(time)} rows spread over {time[-1]:g}, in steps of {step:.4g}")


def _last_digit(times: np.ndarray) -> float:
    """Estimate the smallest step in which times are written: .001 for three decimals."""
    for digits in range(10):
        scaled = times * 10.0**digits
        error = np.abs(scaled - np.rint(scaled))
        if (error <= np.maximum(1e-6, 4 * np.spacing(np.abs(scaled)))).all():
            return 10.0**-digits
    return 0.0


def _by_number(time: np.ndarray, digit: float) -> Steps | None:
    """Return even steps from row to row, if no row is missing, even where digits make times equal."""
    number = np.arange(len(time))
    centred = number - number.mean()
    step = float(centred @ time / (centred @ centred))
    if not (0 < step < np.inf) or digit > 2 * step or (np.diff(time) < 0).any():
        return None
    off = time - number * step
    if np.abs(off - np.median(off)).max() > max(_JITTER * step, 0.55 * digit):
        return None
    return Steps(keep=number, time=time, step=step, frame=number)


def _rows_that_go_on(times: np.ndarray, finite: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Pick the rows whose time is later than all before."""
    filled = np.where(finite, times, -np.inf)
    before = np.concatenate([[-np.inf], np.maximum.accumulate(filled)[:-1]])
    late = ~(filled > before)
    if late.any():
        copies = np.zeros(len(times), dtype=bool)
        same = (position[1:] == position[:-1]) | (np.isnan(position[1:]) & np.isnan(position[:-1]))
        copies[1:] = same.all(axis=(1, 2)) & (times[1:] == times[:-1])
        if (late & ~copies).sum() > FEW_SHARE * len(times):
            missing = int((~finite).sum())
            if missing > FEW_SHARE * len(times):
                raise ValueError(f"a time is missing in {missing} of {len(times)} rows")
            back = np.flatnonzero(late & finite & ~copies)
            raise ValueError(
                f"time goes back or stands still in {len(back)} of {len(times)} rows, "
                f"first after {before[back[0]]:.10g}"
            )
    keep = np.flatnonzero(~late)
    if len(keep) < 2:
        raise ValueError("fewer than two times")
    return keep


def _typical_step(steps: np.ndarray, digit: float) -> float:
    """Estimate the time from frame to frame where some frames may be missing."""
    typical = float(np.median(steps))
    # Where most steps are doubled by missing frames, a half or a third of the median fits them all.
    for parts in (1, 2, 3, 4):
        ratio = steps * parts / typical
        whole = np.abs(ratio - np.rint(ratio)) < 0.2
        if (whole & (ratio > 0.8)).mean() >= 0.9 and (parts == 1 or digit < 0.1 * typical / parts):
            typical /= parts
            break
    number = np.maximum(np.rint(steps / typical), 1)
    near = number <= 5
    if not near.any() or not np.isfinite(steps.sum()):
        return typical
    step = float(steps[near].sum() / number[near].sum())
    total = float(steps.sum())
    return total / max(round(total / step), 1)


def place(position: np.ndarray, steps: Steps, *, unit_s: float) -> np.ndarray:
    """Put rows on frames in even steps.

    Where the rows are in even steps, missing ones become lost frames. Where they are not, each
    joint is interpolated between the rows that saw it by a monotone cubic (PCHIP), as gaps are.
    Frames that are not near any row, and those within a long gap, are lost: `gaps.repair`
    bridges or cuts them.

    Parameters
    ----------
    position : numpy.ndarray
        Positions of all rows, NaN where a joint was not seen, shape (rows, joints, 3).
    steps : Steps
        Where the rows stand in time.
    unit_s : float
        Unit of those times in seconds.

    Returns
    -------
    numpy.ndarray
        Shape (frames, joints, 3), NaN where a joint is lost.
    """
    rows = position[steps.keep]
    if steps.frame is None:
        return _resample(rows, steps.time * unit_s, steps.step * unit_s)
    if not steps.skipped:
        return rows
    whole = np.full((steps.frame[-1] + 1, *position.shape[1:]), np.nan)
    whole[steps.frame] = rows
    return whole


def _resample(rows: np.ndarray, time_s: np.ndarray, step_s: float) -> np.ndarray:
    at_s = np.arange(int(time_s[-1] / step_s + 1e-6) + 1) * step_s
    seen = np.isfinite(rows).all(axis=-1)
    at_s[-1] = min(at_s[-1], time_s[-1])
    out = np.full((len(at_s), *rows.shape[1:]), np.nan)
    whole = seen.all(axis=0)
    groups = [np.flatnonzero(whole), *np.flatnonzero(~whole)[:, None]]
    for joints in groups:
        there = seen[:, joints].all(axis=1)
        if len(joints) and there.sum() > 1:
            known_s = time_s[there]
            curve = PchipInterpolator(known_s, rows[there][:, joints], extrapolate=False)
            out[:, joints] = np.where(_within(at_s, known_s, step_s)[:, None, None], curve(at_s), np.nan)
    return out


def _within(at_s: np.ndarray, known_s: np.ndarray, step_s: float) -> np.ndarray:
    """Whether each moment lies near a row and not inside a long gap between two."""
    after = np.clip(np.searchsorted(known_s, at_s), 1, len(known_s) - 1)
    since, until = at_s - known_s[after - 1], known_s[after] - at_s
    nearest = np.minimum(np.abs(since), np.abs(until))
    long_gap = known_s[after] - known_s[after - 1] > max(SHORT_GAP_S, 1.5 * step_s)
    return (nearest <= _NEAR * step_s) & (~long_gap | (nearest <= 1e-9 * step_s))
