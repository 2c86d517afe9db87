"""Jumps of the tracking, and the frames that are lost because of them.

A step is a jump if it is faster than `JUMP_M_S` and does not fit the steps around it. A runner's foot is as
fast, but accelerates and slows down over many frames.
"""

from __future__ import annotations

import numpy as np

JUMP_M_S = 10.0
"""Slowest jump: about twice the speed of a walker's swinging foot."""

_ROUGH = 0.4  # least departure of a jump from the steps around it, as a fraction of its speed
_EXPLAINED = 0.25  # frames explain a jump if at most this fraction of it remains without them
_SLOWDOWN = 1.5  # how much slower than a jump the interpolation across one is
_MAX_LOOK_BACK = 200  # runs before each that are compared with it: linear time in broken takes
_BODY_SHARE = 0.5  # of the joints, which have to jump for the body to jump
_LANDING_S = 0.1  # after a switch to another place, joints reappear within this time of one another


def find_jumps(track: np.ndarray, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Find the frames in which one joint was seen, and which steps between them are jumps.

    A step across lost frames is judged by its mean speed.

    Parameters
    ----------
    track : numpy.ndarray
        Positions in metres with NaN where the joint is lost, shape (frames, 3).

    Returns
    -------
    seen : numpy.ndarray
        Frames with a position, shape (n,).
    jump : numpy.ndarray
        Whether the step from each of them to the next is a jump, shape (n - 1,).
    """
    seen = np.flatnonzero(np.isfinite(track[:, 0]))
    if len(seen) < 2:
        return seen, np.zeros(max(len(seen) - 1, 0), dtype=bool)
    velocity = np.diff(track[seen], axis=0) * (rate_hz / np.diff(seen))[:, None]
    fast = np.einsum("sa,sa->s", velocity, velocity) > JUMP_M_S**2
    return seen, _rough_steps(velocity, fast) if fast.any() else fast


def _rough_steps(velocity: np.ndarray, fast: np.ndarray) -> np.ndarray:
    """Return a mask of the fast steps that do not fit the mean of the steps around them.

    The worst of neighbouring steps are selected first and no longer count as neighbours: beside a spike, a
    runner's foot still moves smoothly.

    Parameters
    ----------
    velocity : numpy.ndarray
        Mean velocity of each step in m/s, shape (steps, 3).
    fast : numpy.ndarray
        Whether each step is fast enough for a jump, shape (steps,).
    """
    smooth = np.arange(len(velocity))
    while True:
        current = velocity[smooth]
        speed = np.linalg.norm(current, axis=1)
        # A step at either end is compared with its only neighbour.
        around = (
            np.concatenate([current[1:2], current[:-1]]) + np.concatenate([current[1:], current[-2:-1]])
        ) / 2
        departure = np.linalg.norm(current - around, axis=1) if len(current) > 1 else speed
        rough = np.where(fast[smooth] & (departure > _ROUGH * speed), departure, 0.0)
        if not rough.any():
            return ~np.isin(np.arange(len(velocity)), smooth)
        padded = np.concatenate([[0.0], rough, [0.0]])
        smooth = smooth[(rough == 0) | (rough < padded[:-2]) | (rough < padded[2:])]


def mark_stray_runs(track: np.ndarray, rate_hz: float, short_frames: int) -> None:
    """Replace, in place, short runs of frames by NaN that are not on the track of the rest.

    Jumps divide a track into runs. Those longer than a short gap remain; of the others, as many frames remain
    as can be reached from one another and from the long runs without a jump.

    Parameters
    ----------
    track : numpy.ndarray
        Positions in metres with NaN where the joint is lost, shape (frames, 3).
    short_frames : int
        Frames of a short gap.
    """
    seen, jump = find_jumps(track, rate_hz)
    if not jump.any():
        return
    runs = np.split(seen, np.flatnonzero(jump) + 1)
    for run, on_track in zip(runs, _on_track(track, runs, rate_hz, short_frames), strict=True):
        if not on_track:
            track[run[0] : run[-1] + 1] = np.nan


def _on_track(track: np.ndarray, runs: list[np.ndarray], rate_hz: float, short_frames: int) -> np.ndarray:
    """Select the runs with the fewest jumps from each to the next, then those with the most frames.

    Every run longer than `short_frames` is selected. The selection grows run by run (dynamic programming).

    Parameters
    ----------
    runs : list of numpy.ndarray
        Frames of each run, in order.

    Returns
    -------
    numpy.ndarray
        Boolean, shape (runs,).
    """
    first = np.array([run[0] for run in runs])
    last = np.array([run[-1] for run in runs])
    n_frames = np.array([len(run) for run in runs])
    jump_cost = n_frames.sum() + 1  # no number of frames outweighs a jump
    score = n_frames.copy()  # frames less costs of the best selection that ends with each run
    previous = np.full(len(runs), -1)  # the run before it in that selection
    long_run = -1  # the last long run so far, which no selection may leave out
    for run in range(len(runs)):
        start = max(long_run, run - _MAX_LOOK_BACK, 0)
        if run > start:
            distance_m = np.linalg.norm(track[first[run]] - track[last[start:run]], axis=1)
            jumps = distance_m * rate_hz > JUMP_M_S * (first[run] - last[start:run])
            gain = score[start:run] - jump_cost * jumps
            if long_run >= 0 or gain.max() > 0:
                previous[run] = start + gain.argmax()
                score[run] += gain.max()
        if n_frames[run] > short_frames:
            long_run = run
    selected = np.zeros(len(runs), dtype=bool)
    run = max(long_run, 0)
    run += int(score[run:].argmax())
    while run >= 0:
        selected[run] = True
        run = int(previous[run])
    return selected


def find_body_jumps(tracked: np.ndarray, rate_hz: float) -> list[int]:
    """Find the frames at which at least half of the body's joints land after a jump, in order.

    Parameters
    ----------
    tracked : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).
    """
    landed = np.zeros(tracked.shape[:2], dtype=bool)
    for joint in range(tracked.shape[1]):
        seen, jump = find_jumps(tracked[:, joint], rate_hz)
        landed[seen[1:][jump], joint] = True
    window = max(int(_LANDING_S * rate_hz), 1)
    cuts: list[int] = []
    for frame in np.flatnonzero(landed.any(axis=1)).tolist():
        n_landed = landed[frame : frame + window].any(axis=0).sum()
        if n_landed >= _BODY_SHARE * tracked.shape[1] and (not cuts or frame - cuts[-1] >= window):
            cuts.append(frame)
    return cuts


def mark_lone_jumps(track: np.ndarray, rate_hz: float, short_frames: int, cuts: list[int]) -> None:
    """Replace, in place, the frames by NaN at which a single joint jumps to a place where it stays.

    Most often a few frames lag behind or run ahead: without them the joint continues at the speed it had.
    Where no few frames explain the jump, as many are removed, half on each side, as it takes to interpolate
    it slower than a jump, up to a short gap.

    Parameters
    ----------
    track : numpy.ndarray
        Positions in metres with NaN where the joint is lost, shape (frames, 3).
    short_frames : int
        Frames of a short gap.
    cuts : list of int
        Frames at which the whole body jumps; those are left as they are.
    """
    seen, jump = find_jumps(track, rate_hz)
    for step in np.flatnonzero(jump):
        before, after = int(seen[step]), int(seen[step + 1])
        if not np.isfinite(track[[before, after], 0]).all() or any(before < cut <= after for cut in cuts):
            continue
        lost = _explaining_frames(track, seen, int(step), short_frames)
        if lost is None:
            distance_m = float(np.linalg.norm(track[after] - track[before]))
            frames = min(int(np.ceil(_SLOWDOWN * distance_m * rate_hz / JUMP_M_S)) - 1, short_frames)
            lost = np.arange(before - (frames - 1) // 2, after + frames // 2)
        track[lost[(lost >= 0) & (lost < len(track))]] = np.nan


def _explaining_frames(
    track: np.ndarray, seen: np.ndarray, step: int, short_frames: int
) -> np.ndarray | None:
    """Find the fewest frames beside a jump without which the joint continues at the speed it had."""
    jump_m = _departure_m(track, seen, step, step + 1)
    for count in range(1, short_frames + 1):
        fits = []
        for left, right in ((step - count, step + 1), (step, step + 1 + count)):
            if left >= 1 and right + 1 < len(seen):
                fits.append((_departure_m(track, seen, left, right), left, right))
        if fits and min(fits)[0] < _EXPLAINED * jump_m:
            _, left, right = min(fits)
            return np.asarray(seen[left + 1 : right])
    return None


def _departure_m(track: np.ndarray, seen: np.ndarray, left: int, right: int) -> float:
    """Compute how far a joint lands from where its mean velocity before and after would take it."""
    velocities = [
        (track[seen[end]] - track[seen[start]]) / (seen[end] - seen[start])
        for start, end in ((left - 1, left), (right, right + 1))
        if start >= 0 and end < len(seen)
    ]
    frames = seen[right] - seen[left]
    expected = frames * np.mean(velocities, axis=0) if velocities else 0.0
    return float(np.linalg.norm(track[seen[right]] - track[seen[left]] - expected))
