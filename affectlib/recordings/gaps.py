"""Repair of a take: short gaps are interpolated, long ones and jumps of the whole body divide it.

A joint is lost in a frame where it is NaN (see `lost` and `measured`), or where a tracking error moved it
away (see `jumps`). Interpolation is a monotone cubic (PCHIP), which does not overshoot.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from affectlib.recordings.jumps import JUMP_M_S, find_body_jumps, mark_lone_jumps, mark_stray_runs
from affectlib.recordings.listing import join_first
from affectlib.recordings.lost import runs
from affectlib.skeleton import JOINTS

SHORT_GAP_S = 0.2
"""Longest gap that is interpolated: a fifth of a slow stride, in which a joint turns once at most."""

MIN_PIECE_S = 1.0
"""Shortest piece that is used: about one stride."""

_MAX_LISTED = 3


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An unbroken stretch of a take.

    Parameters
    ----------
    start, stop : int
        Frames of the take, half-open.
    position : numpy.ndarray
        Finite positions, shape (stop - start, 15, 3).
    interpolated_frames : int
        Frames in which at least one joint was interpolated.
    """

    start: int
    stop: int
    position: np.ndarray
    interpolated_frames: int


def repair(position_m: np.ndarray, rate_hz: float) -> list[Piece]:
    """Remove jumps, interpolate short gaps and divide the take at long ones.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).

    Returns
    -------
    list of Piece
        Pieces of at least `MIN_PIECE_S`, in order, without the edges at which a joint is lost.
    """
    if _is_whole(position_m, rate_hz):
        n_frames = len(position_m)
        whole = Piece(start=0, stop=n_frames, position=position_m, interpolated_frames=0)
        return [whole] if n_frames >= MIN_PIECE_S * rate_hz else []
    short_frames = max(int(SHORT_GAP_S * rate_hz), 1)
    tracked = position_m.copy()
    for joint in range(len(JOINTS)):
        mark_stray_runs(tracked[:, joint], rate_hz, short_frames)
    cuts = find_body_jumps(tracked, rate_hz)
    for joint in range(len(JOINTS)):
        mark_lone_jumps(tracked[:, joint], rate_hz, short_frames, cuts)
    return [
        _interpolate(tracked, start, stop)
        for start, stop in _stretches(tracked, cuts, short_frames)
        if stop - start >= MIN_PIECE_S * rate_hz
    ]


def _is_whole(position_m: np.ndarray, rate_hz: float) -> bool:
    """Decide in one pass whether no joint is lost and none is fast enough to jump, as in most takes."""
    if not np.isfinite(position_m).all():
        return False
    step_m = np.diff(position_m, axis=0)
    return bool(np.einsum("fja,fja->fj", step_m, step_m).max(initial=0) <= (JUMP_M_S / rate_hz) ** 2)


def _stretches(tracked: np.ndarray, cuts: list[int], short_frames: int) -> list[tuple[int, int]]:
    """Return half-open stretches without a long gap or cut, from their first whole frame to the last."""
    whole = np.isfinite(tracked).all(axis=(1, 2))
    broken = np.zeros(len(tracked), dtype=bool)
    for joint in range(len(JOINTS)):
        for start, stop in runs(~np.isfinite(tracked[:, joint, 0])):
            if stop - start > short_frames:
                broken[start:stop] = True
    stretches = []
    for low, high in pairwise([0, *cuts, len(tracked)]):
        for start, stop in runs(~broken[low:high]):
            good = np.flatnonzero(whole[low + start : low + stop])
            if len(good):
                stretches.append((low + start + int(good[0]), low + start + int(good[-1]) + 1))
    return stretches


def _interpolate(tracked: np.ndarray, start: int, stop: int) -> Piece:
    position = tracked[start:stop].copy()
    lost = ~np.isfinite(position[..., 0])
    frames = np.arange(stop - start)
    for joint in np.flatnonzero(lost.any(axis=0)):
        gap = lost[:, joint]
        position[gap, joint] = PchipInterpolator(frames[~gap], position[~gap, joint])(frames[gap])
    return Piece(start=start, stop=stop, position=position, interpolated_frames=int(lost.any(axis=1).sum()))


def describe_gaps(position_m: np.ndarray, rate_hz: float) -> tuple[str, ...]:
    """Return a note with joint, duration and time of the longest gaps above `SHORT_GAP_S`, or none.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, 15, 3).
    """
    lost = np.isnan(position_m[..., 0])
    joints_by_gap: dict[tuple[int, int], list[str]] = {}
    for joint in np.flatnonzero(lost.any(axis=0)).tolist():
        for start, stop in runs(lost[:, joint]):
            if stop - start > SHORT_GAP_S * rate_hz:
                joints_by_gap.setdefault((start, stop), []).append(JOINTS[joint])
    if not joints_by_gap:
        return ()
    gaps = sorted(joints_by_gap.items(), key=lambda gap: (gap[0][0] - gap[0][1], gap[0]))
    listed = [
        f"{' and '.join(joints) if len(joints) <= _MAX_LISTED else f'{len(joints)} joints'} "
        f"for {(stop - start) / rate_hz:.2f} s at {start / rate_hz:.2f} s"
        for (start, stop), joints in gaps
    ]
    return (f"not seen and left out: {join_first(listed, _MAX_LISTED)}",)
