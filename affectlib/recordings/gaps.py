"""What a sensor lost: found, bridged where short, cut out where long.

A joint is lost in a frame where it is NaN, exactly at the origin, or flung away by a jump of
the tracking. Short gaps are bridged joint by joint with a monotone cubic (PCHIP), which does
not overshoot; a gap that is too long for that, and a jump of the whole body to another place,
divide the take.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from affectlib.skeleton import INDEX

JUMP_M_S = 10.0
"""Faster than this, a joint has jumped: about twice the speed of a walker's swinging foot."""

SHORT_GAP_S = 0.2
"""Longest gap that is bridged: a fifth of a slow stride, in which a joint turns once at most."""

MIN_PIECE_S = 1.0
"""Shortest piece that is kept: about one stride."""

_BODY_SHARE = 0.5


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


def mark_lost(position: np.ndarray) -> np.ndarray:
    """Put NaN wherever a joint was not seen: NaN or infinite in part, or exactly at the origin.

    Sensors such as the Kinect write zeros for what they lose. A pelvis that is at the origin
    in every frame is no loss: it is how root-centred files look.

    Parameters
    ----------
    position : numpy.ndarray
        Positions, shape (frames, 15, 3).

    Returns
    -------
    numpy.ndarray
        Shape (frames, 15, 3), lost joints NaN in all three axes; the input itself where
        nothing is lost.
    """
    seen = np.isfinite(position).all()
    if seen and (position[..., 0] != 0).all():
        return position
    zero = (position == 0).all(axis=-1)
    pelvis = INDEX["pelvis"]
    if zero[:, pelvis].all() and not zero.all():
        zero[:, pelvis] = False
    lost = zero if seen else zero | ~np.isfinite(position).all(axis=-1)
    return np.where(lost[..., None], np.nan, position)


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
        _drop_flung(tracked[:, joint], rate_hz, short_frames)
    cuts = _body_jumps(tracked, rate_hz)
    for joint in range(position_m.shape[1]):
        _open_lone_jumps(tracked[:, joint], rate_hz, short_frames, cuts)
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


def _jumps(track: np.ndarray, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Find seen frames of one joint, and which steps between them are too fast.

    A step over lost frames is judged by the time that went by.
    """
    seen = np.flatnonzero(np.isfinite(track[:, 0]))
    if len(seen) < 2:
        return seen, np.zeros(max(len(seen) - 1, 0), dtype=bool)
    way_m = np.linalg.norm(np.diff(track[seen], axis=0), axis=1)
    return seen, way_m * rate_hz > JUMP_M_S * np.diff(seen)


def _drop_flung(track: np.ndarray, rate_hz: float, short_frames: int) -> None:
    """Lose, in place, runs between two jumps that last no longer than a short gap.

    The shortest runs go first, never two neighbours at once, and the rest is judged anew, so
    that one frame of noise does not take its good neighbours with it. A run at either end of
    the take counts too: a jump right after the start flings what was before it.
    """
    while True:
        seen, jump = _jumps(track, rate_hz)
        if not jump.any():
            return
        edges = np.concatenate([[0], np.flatnonzero(jump) + 1, [len(seen)]])
        lengths = np.diff(edges)
        if lengths.min() > short_frames:
            return
        last = -2
        for run in np.flatnonzero(lengths == lengths.min()).tolist():
            if run > last + 1:
                track[seen[edges[run] : edges[run + 1]]] = np.nan
                last = run


def _body_jumps(tracked: np.ndarray, rate_hz: float) -> list[int]:
    """Frames at which at least half of the body's joints land after a jump."""
    landed = np.zeros(tracked.shape[:2], dtype=bool)
    for joint in range(tracked.shape[1]):
        seen, jump = _jumps(tracked[:, joint], rate_hz)
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


def _open_lone_jumps(track: np.ndarray, rate_hz: float, short_frames: int, cuts: list[int]) -> None:
    """Open, in place, a short gap around the jump of a single joint that stays where it lands.

    A sensor that had held a joint still and finds it again makes such a step; bridging it
    keeps the take whole.
    """
    seen, jump = _jumps(track, rate_hz)
    half = short_frames // 2
    for before, after in zip(seen[:-1][jump], seen[1:][jump], strict=True):
        if not any(before < cut <= after for cut in cuts):
            track[max(before - half + 1, 0) : after + half] = np.nan


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


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Find the stretches in which a mask is true.

    Parameters
    ----------
    mask : numpy.ndarray
        Booleans, shape (n,).

    Returns
    -------
    list of tuple of int
        ``(start, stop)``, half-open, in order.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
