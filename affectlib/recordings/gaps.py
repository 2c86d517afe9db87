"""What was lost is bridged where it is short and cut out where it is long.

A joint is lost in a frame where it is NaN (see `affectlib.recordings.lost`), or flung away by a
jump of the tracking. Short gaps are bridged joint by joint with a monotone cubic (PCHIP), which does
not overshoot; a gap that is too long for that, and a jump of the whole body to another place,
divide the take.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from affectlib.recordings.jumps import JUMP_M_S, drop_flung, find_body_jumps, open_lone_jumps
from affectlib.recordings.lost import runs

SHORT_GAP_S = 0.2
"""Longest gap that is bridged: a fifth of a slow stride, in which a joint turns once at most."""

MIN_PIECE_S = 1.0
"""Shortest piece that is kept: about one stride."""


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
        Frames in which at least one joint was bridged.
    """

    start: int
    stop: int
    position: np.ndarray
    interpolated_frames: int


def repair(position_m: np.ndarray, rate_hz: float) -> list[Piece]:
    """Take jumps out, bridge short gaps and divide the take at long ones.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where nothing was seen, shape (frames, 15, 3).
    rate_hz : float
        Frames per second.

    Returns
    -------
    list of Piece
        Pieces of at least `MIN_PIECE_S`, in order; edges with lost joints are trimmed.
    """
    if _is_whole(position_m, rate_hz):
        n_frames = len(position_m)
        whole = Piece(start=0, stop=n_frames, position=position_m, interpolated_frames=0)
        return [whole] if n_frames >= MIN_PIECE_S * rate_hz else []
    short_frames = max(int(SHORT_GAP_S * rate_hz), 1)
    tracked = position_m.copy()
    for joint in range(position_m.shape[1]):
        drop_flung(tracked[:, joint], rate_hz, short_frames)
    cuts = find_body_jumps(tracked, rate_hz)
    for joint in range(position_m.shape[1]):
        open_lone_jumps(tracked[:, joint], rate_hz, short_frames, cuts)
    pieces = []
    for start, stop in _stretches(tracked, cuts, short_frames):
        if stop - start >= MIN_PIECE_S * rate_hz:
            pieces.append(_bridge(tracked, start, stop))
    return pieces


def _is_whole(position_m: np.ndarray, rate_hz: float) -> bool:
    """Tell whether nothing was lost and nothing jumps: most takes, told in one go."""
    if not np.isfinite(position_m).all():
        return False
    step_m = np.diff(position_m, axis=0)
    return bool(np.einsum("fja,fja->fj", step_m, step_m).max(initial=0) <= (JUMP_M_S / rate_hz) ** 2)


def _stretches(tracked: np.ndarray, cuts: list[int], short_frames: int) -> list[tuple[int, int]]:
    """Give the stretches, half-open, that hold no long gap and no cut, without lossy edges."""
    whole = np.isfinite(tracked).all(axis=(1, 2))
    broken = np.zeros(len(tracked), dtype=bool)
    for joint in range(tracked.shape[1]):
        for start, stop in runs(~np.isfinite(tracked[:, joint, 0])):
            if stop - start > short_frames:
                broken[start:stop] = True
    stretches = []
    bounds = [0, *cuts, len(tracked)]
    for low, high in pairwise(bounds):
        for start, stop in runs(~broken[low:high]):
            good = np.flatnonzero(whole[low + start : low + stop])
            if len(good):
                stretches.append((low + start + int(good[0]), low + start + int(good[-1]) + 1))
    return stretches


def _bridge(tracked: np.ndarray, start: int, stop: int) -> Piece:
    position = tracked[start:stop].copy()
    lost = ~np.isfinite(position[..., 0])
    frames = np.arange(stop - start)
    for joint in np.flatnonzero(lost.any(axis=0)):
        gone = lost[:, joint]
        position[gone, joint] = PchipInterpolator(frames[~gone], position[~gone, joint])(frames[gone])
    return Piece(start=start, stop=stop, position=position, interpolated_frames=int(lost.any(axis=1).sum()))
