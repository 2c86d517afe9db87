"""From the time of each row to frames in even steps: rows are assigned to frames, or resampled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from affectlib.recordings.gaps import SHORT_GAP_S

FEW_SHARE = 0.02
"""Share of rows that may be dropped because their time is missing or does not increase."""

_JITTER = 0.1  # of a step: a foot at 4 m/s is then less than 1 cm off at 50 Hz
_ROUNDING = 0.55  # of the last digit: rounding moves a time by half of it at most
_UNCERTAIN = 0.45  # of a step: nearly halfway between frames, which one a row belongs to is a guess
_GAP = 1.75  # of the median step: longer steps hold lost frames
_NEAR = 0.75  # of a step: a frame farther than this from any row is bridged as a lost one
_MAX_FRAMES_PER_ROW = 100


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Times of the rows of a take, in the unit of its clock.

    Parameters
    ----------
    rows : numpy.ndarray
        Numbers of the rows that are used, in order, shape (rows,).
    time : numpy.ndarray
        Their times since the first of them, shape (rows,).
    step : float
        Time from frame to frame.
    frame : numpy.ndarray or None
        Their frames, shape (rows,); None where the rows are not in even steps.
    """

    rows: np.ndarray
    time: np.ndarray
    step: float
    frame: np.ndarray | None

    @property
    def even(self) -> bool:
        """Whether the rows are in even steps, apart from missing ones."""
        return self.frame is not None

    @property
    def skipped(self) -> int:
        """Number of frames without a row; 0 where the rows are not in even steps."""
        return 0 if self.frame is None else int(self.frame[-1]) + 1 - len(self.frame)

    def with_step(self, step: float) -> Steps:
        """Return the same rows, uneven, with frames at another step."""
        return replace(self, step=step, frame=None)


@np.errstate(all="ignore")  # files may hold any numbers; infinities are caught by the checks below
def find_steps(times: np.ndarray, position: np.ndarray) -> Steps:
    """Estimate the step between frames, and the frame of each row where the steps are even.

    Times within a tenth of a step of an even grid, or as near as their digits allow, are those of
    an even clock that was written or read late; rows that are missing leave gaps in the grid.

    Parameters
    ----------
    times : numpy.ndarray
        Time of each row in any unit, NaN where missing, shape (rows,).
    position : numpy.ndarray
        Positions, shape (rows, joints, 3); rows of equal times and positions are copies.

    Raises
    ------
    ValueError
        If more than `FEW_SHARE` of the rows have no time or one that does not increase, copies
        aside; if fewer than two times are left, or there are 100 times as many frames as rows.
    """
    if len(times) < 2:
        raise ValueError("fewer than two times")
    finite = np.isfinite(times)
    digit = _last_digit(times[finite])
    if finite.all():
        consecutive = _consecutive(times - times[0], digit)
        if consecutive is not None:
            return consecutive
    rows = _increasing_rows(times, finite, position)
    time = times[rows] - times[rows[0]]
    if not (np.diff(time) > 0).all():
        raise ValueError(f"times too close to tell apart, up to {time[-1]:g}")
    steps = np.diff(time)
    step = _typical_step(steps, digit)
    _check_span(time, step)
    frame = _frames_on_grid(time, step, digit)
    if frame is None:
        step = float(steps[steps < _GAP * np.median(steps)].mean())
        _check_span(time, step)
    return Steps(rows=rows, time=time, step=step, frame=frame)


def _last_digit(times: np.ndarray) -> float:
    """Return the resolution in which times are written: .001 for three decimals, 0 for more than nine."""
    for digits in range(10):
        scaled = times * 10.0**digits
        error = np.abs(scaled - np.rint(scaled))
        if (error <= np.maximum(1e-6, 4 * np.spacing(np.abs(scaled)))).all():
            return 10.0**-digits
    return 0.0


def _consecutive(time: np.ndarray, digit: float) -> Steps | None:
    """Return even steps where no row is missing, also if few digits make some times equal; else None."""
    number = np.arange(len(time))
    centred = number - number.mean()
    step = float(centred @ time / (centred @ centred))
    if not (0 < step < np.inf) or digit > 2 * step or (np.diff(time) < 0).any():
        return None
    deviation = time - number * step
    if np.abs(deviation - np.median(deviation)).max() > max(_JITTER * step, _ROUNDING * digit):
        return None
    return Steps(rows=number, time=time, step=step, frame=number)


def _increasing_rows(times: np.ndarray, finite: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Return the numbers of the rows whose time is later than all before, if nearly all rows are."""
    filled = np.where(finite, times, -np.inf)
    latest = np.concatenate([[-np.inf], np.maximum.accumulate(filled)[:-1]])
    increases = filled > latest
    if not increases.all():
        faulty = ~increases & ~_copies_of_previous(times, position)
        most = FEW_SHARE * len(times)
        missing = int((~finite).sum())
        if faulty.sum() > most and missing > most:
            raise ValueError(f"a time is missing in {missing} of {len(times)} rows")
        if faulty.sum() > most:
            back = np.flatnonzero(faulty & finite)
            raise ValueError(
                f"time goes back or stands still in {len(back)} of {len(times)} rows, "
                f"first after {latest[back[0]]:.10g}"
            )
    rows = np.flatnonzero(increases)
    if len(rows) < 2:
        raise ValueError("fewer than two times")
    return rows


def _copies_of_previous(times: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Return whether each row has the time and the positions of the row before, shape (rows,)."""
    same = (position[1:] == position[:-1]) | (np.isnan(position[1:]) & np.isnan(position[:-1]))
    copies = same.all(axis=(1, 2)) & (times[1:] == times[:-1])
    return np.concatenate([[False], copies])


def _typical_step(steps: np.ndarray, digit: float) -> float:
    """Estimate the time from frame to frame where some frames may be missing.

    Parameters
    ----------
    steps : numpy.ndarray
        Times from row to row, positive, shape (rows - 1,).
    digit : float
        Resolution of the times.
    """
    typical = float(np.median(steps))
    # Where missing frames double most steps, a half or a third of the median divides them all.
    for divisor in (1, 2, 3, 4):
        ratio = steps * divisor / typical
        is_multiple = (np.abs(ratio - np.rint(ratio)) < 0.2) & (ratio > 0.8)
        # Coarse digits make steps multiples of anything.
        if is_multiple.mean() >= 0.9 and (divisor == 1 or digit < 0.1 * typical / divisor):
            typical /= divisor
            break
    n_frames = np.maximum(np.rint(steps / typical), 1)
    short = n_frames <= 5  # the number of frames in a longer gap is not certain yet
    total = float(steps.sum())
    if not short.any() or not np.isfinite(total):
        return typical
    step = float(steps[short].sum() / n_frames[short].sum())
    # A whole number of frames in the whole span: rounded times matter least there.
    return total / max(round(total / step), 1)


def _check_span(time: np.ndarray, step: float) -> None:
    """Check that there are not far more frames at this step than rows."""
    if not time[-1] < _MAX_FRAMES_PER_ROW * len(time) * step:
        raise ValueError(f"{len(time)} rows spread over {time[-1]:g}, in steps of {step:.4g}")


def _frames_on_grid(time: np.ndarray, step: float, digit: float) -> np.ndarray | None:
    """Return the frame of each row, from 0, shape (rows,); None where the rows are not in even steps."""
    number = time / step
    number -= np.median(number - np.rint(number))
    frame = np.rint(number).astype(np.int64)
    tolerance = min(max(_JITTER, _ROUNDING * digit / step), _UNCERTAIN)
    even = np.abs(number - frame).max() <= tolerance and (np.diff(frame) > 0).all()
    return frame - frame[0] if even else None


def to_frames(position: np.ndarray, steps: Steps, *, unit_s: float) -> np.ndarray:
    """Return positions on frames in even steps.

    Missing rows become lost frames where steps are even. Where they are not, each joint is
    interpolated between the rows that saw it by a monotone cubic (PCHIP), as gaps are. Frames that
    are not near any row, and those within a long gap, are lost: `gaps.repair` bridges or cuts them.

    Parameters
    ----------
    position : numpy.ndarray
        Positions of all rows, NaN where a joint was not seen, shape (rows, joints, 3).
    unit_s : float
        Unit of the times of `steps` in seconds.

    Returns
    -------
    numpy.ndarray
        Shape (frames, joints, 3), NaN where a joint is lost.
    """
    seen = position[steps.rows]
    if steps.frame is None:
        return _resample(seen, steps.time * unit_s, steps.step * unit_s)
    if not steps.skipped:
        return seen
    frames = np.full((steps.frame[-1] + 1, *position.shape[1:]), np.nan)
    frames[steps.frame] = seen
    return frames


def _resample(position: np.ndarray, time_s: np.ndarray, step_s: float) -> np.ndarray:
    """Interpolate rows at uneven times to frames `step_s` apart, shape (frames, joints, 3)."""
    frame_s = np.arange(int(time_s[-1] / step_s + 1e-6) + 1) * step_s
    frame_s[-1] = min(frame_s[-1], time_s[-1])
    seen = np.isfinite(position).all(axis=-1)
    resampled = np.full((len(frame_s), *position.shape[1:]), np.nan)
    complete = seen.all(axis=0)
    # Joints that every row saw share one interpolation.
    for joints in [np.flatnonzero(complete), *np.flatnonzero(~complete)[:, None]]:
        rows = seen[:, joints].all(axis=1)
        if len(joints) and rows.sum() > 1:
            row_s = time_s[rows]
            curve = PchipInterpolator(row_s, position[rows][:, joints], extrapolate=False)
            near = _near_rows(frame_s, row_s, step_s)[:, None, None]
            resampled[:, joints] = np.where(near, curve(frame_s), np.nan)
    return resampled


def _near_rows(frame_s: np.ndarray, row_s: np.ndarray, step_s: float) -> np.ndarray:
    """Return whether each frame is near a row and not inside a long gap between two."""
    after = np.clip(np.searchsorted(row_s, frame_s), 1, len(row_s) - 1)
    nearest = np.minimum(np.abs(frame_s - row_s[after - 1]), np.abs(row_s[after] - frame_s))
    long_gap = row_s[after] - row_s[after - 1] > max(SHORT_GAP_S, 1.5 * step_s)
    return (nearest <= _NEAR * step_s) & (~long_gap | (nearest <= 1e-9 * step_s))
