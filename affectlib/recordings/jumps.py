"""Jumps of the tracking: which frames of a joint are on its track, and which were flung off it.

A step is a jump where it is faster than `JUMP_M_S` and does not fit the steps around it. A runner's
foot is as fast, but gets there and back over many frames.
"""

from __future__ import annotations

import numpy as np

JUMP_M_S = 10.0
"""Slower than this, nothing has jumped: about twice the speed of a walker's swinging foot."""

_ROUGH = 0.4
_EXPLAINED = 0.25
_STEEPEST = 1.5
_LOOK_BACK = 200
_BODY_SHARE = 0.5


def find_jumps(track: np.ndarray, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Find the seen frames of one joint, and which steps between them are jumps.

    A step over lost frames is judged by the time that went by.

    Parameters
    ----------
    track : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 3).
    rate_hz : float
        Frames per second.

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
    return seen, _rough(velocity, fast) if fast.any() else fast


def _rough(velocity: np.ndarray, fast: np.ndarray) -> np.ndarray:
    """Choose among fast steps those that do not lie between the steps around them, the worst first.

    What has been chosen no longer counts as a step around another: beside a spike, a runner's foot is
    still on its way. Of fast steps in a row that lead from one place to another, the outer ones go first.
    """
    smooth = np.arange(len(velocity))
    while True:
        some = velocity[smooth]
        speed = np.linalg.norm(some, axis=1)
        # A step at either end is compared with the one beside it.
        around = (np.concatenate([some[1:2], some[:-1]]) + np.concatenate([some[1:], some[-2:-1]])) / 2
        off = np.linalg.norm(some - around, axis=1) if len(some) > 1 else speed
        bad = np.where(fast[smooth] & (off > _ROUGH * speed), off, 0.0)
        if not bad.any():
            return ~np.isin(np.arange(len(velocity)), smooth)
        padded = np.concatenate([[0.0], bad, [0.0]])
        smooth = smooth[(bad == 0) | (bad < padded[:-2]) | (bad < padded[2:])]


def drop_flung(track: np.ndarray, rate_hz: float, short_frames: int) -> None:
    """Lose, in place, short runs of frames that are not on the track of the rest.

    Jumps divide a track into runs. Those that last longer than a short gap stay; of the others, as
    many frames stay as can be reached from one another and from the long ones without a jump.

    Parameters
    ----------
    track : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 3).
    rate_hz : float
        Frames per second.
    short_frames : int
        Frames of a short gap.
    """
    seen, jump = find_jumps(track, rate_hz)
    if not jump.any():
        return
    first = np.concatenate([[0], np.flatnonzero(jump) + 1])
    last = np.concatenate([first[1:] - 1, [len(seen) - 1]])
    length = last - first + 1
    for run in np.flatnonzero(~_on_track(track, seen[first], seen[last], length, rate_hz, short_frames)):
        track[seen[first[run] : last[run] + 1]] = np.nan


def _on_track(
    track: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    length: np.ndarray,
    rate_hz: float,
    short_frames: int,
) -> np.ndarray:
    """Choose runs: first as few jumps between them as possible, then as many frames as possible."""
    count = len(first)
    must = length > short_frames
    a_jump = float(length.sum() + 1)
    best = np.empty(count)
    source = np.full(count, -1)
    no_earlier = 0  # no chosen run ends before the last one that has to stay
    for run in range(count):
        best[run] = length[run] if no_earlier == 0 else -np.inf
        low = max(no_earlier - 1, run - _LOOK_BACK, 0)
        if run > low:
            earlier = np.arange(low, run)
            way_m = np.linalg.norm(track[first[run]] - track[last[low:run]], axis=1)
            jumps = way_m * rate_hz > JUMP_M_S * (first[run] - last[low:run])
            score = best[earlier] - a_jump * jumps + length[run]
            if no_earlier > 0 or score.max() > best[run]:
                source[run] = earlier[score.argmax()]
                best[run] = score.max()
        if must[run]:
            no_earlier = run + 1
    chosen = np.zeros(count, dtype=bool)
    low = max(no_earlier - 1, 0)
    run = low + int(best[low:].argmax())
    while run >= 0:
        chosen[run] = True
        run = int(source[run])
    return chosen


def find_body_jumps(tracked: np.ndarray, rate_hz: float) -> list[int]:
    """Find the frames at which at least half of the body's joints land after a jump.

    Parameters
    ----------
    tracked : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    list of int
        Frames, in order.
    """
    landed = np.zeros(tracked.shape[:2], dtype=bool)
    for joint in range(tracked.shape[1]):
        seen, jump = find_jumps(tracked[:, joint], rate_hz)
        landed[seen[1:][jump], joint] = True
    # After a switch to another place, joints reappear within a few frames of one another.
    count = np.zeros(len(tracked), dtype=int)
    window = max(int(0.1 * rate_hz), 1)
    for frame in np.flatnonzero(landed.any(axis=1)):
        count[frame] = landed[frame : frame + window].any(axis=0).sum()
    cuts: list[int] = []
    for frame in np.flatnonzero(count >= _BODY_SHARE * tracked.shape[1]):
        if not cuts or frame - cuts[-1] >= window:
            cuts.append(int(frame))
    return cuts


def open_lone_jumps(track: np.ndarray, rate_hz: float, short_frames: int, cuts: list[int]) -> None:
    """Lose, in place, what makes a single joint jump to where it stays.

    Most often a few frames lag behind or run ahead: without them the joint goes on at the speed it
    had. Where no few frames explain the jump, as many are opened as it takes to bridge it slower
    than a jump, half on each side, up to a short gap.

    Parameters
    ----------
    track : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 3).
    rate_hz : float
        Frames per second.
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
        lost = _explaining(track, seen, int(step), short_frames)
        if lost is None:
            way_m = float(np.linalg.norm(track[after] - track[before]))
            frames = min(int(np.ceil(_STEEPEST * way_m * rate_hz / JUMP_M_S)) - 1, short_frames)
            lost = np.arange(before - (frames - 1) // 2, after + frames // 2)
        track[lost[(lost >= 0) & (lost < len(track))]] = np.nan


def _explaining(track: np.ndarray, seen: np.ndarray, step: int, short_frames: int) -> np.ndarray | None:
    """Find the fewest frames beside a jump without which the joint goes on at the speed it had."""
    jump_m = _off_m(track, seen, step, step + 1)
    for count in range(1, short_frames + 1):
        fits = []
        for left, right in ((step - count, step + 1), (step, step + 1 + count)):
            if left >= 1 and right + 1 < len(seen):
                fits.append((_off_m(track, seen, left, right), left, right))
        if fits and min(fits)[0] < _EXPLAINED * jump_m:
            _, left, right = min(fits)
            return np.asarray(seen[left + 1 : right])
    return None


def _off_m(track: np.ndarray, seen: np.ndarray, left: int, right: int) -> float:
    """Measure how far a joint lands from where it would be at the mean of its speeds before and after."""
    velocities = [
        (track[seen[end]] - track[seen[start]]) / (seen[end] - seen[start])
        for start, end in ((left - 1, left), (right, right + 1))
        if start >= 0 and end < len(seen)
    ]
    frames = seen[right] - seen[left]
    expected = frames * np.mean(velocities, axis=0) if velocities else 0.0
    return float(np.linalg.norm(track[seen[right]] - track[seen[left]] - expected))
