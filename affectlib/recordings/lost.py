"""Lost points: those that were not seen although a file has numbers for them.

Software that cannot leave a gap writes something else: zeros, a number such as -9999, the last value again
and again (see `held`), or a straight line to the next value (see `measured`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from affectlib.skeleton import INDEX, JOINTS

_UNIT_INDEPENDENT_MAX = 1e6  # a kilometre in millimetres


def mark_lost(position: np.ndarray, *, root: int | None = None) -> np.ndarray:
    """Replace points that were not seen by NaN: partly NaN or infinite, at the origin, or a placeholder.

    A placeholder is one number in all three axes, such as -9999 or the largest float, that is repeated,
    consists of nines, or lies beyond a kilometre. Lost points are NaN in all three axes; the input itself is
    returned where nothing is lost.

    Parameters
    ----------
    position : numpy.ndarray
        Positions of joints or markers in any unit, shape (frames, points, 3).
    root : int, optional
        Point that may be at the origin in every frame, as in files that are centred on it.
    """
    finite = np.isfinite(position).all()
    if finite and (position[..., 0] != position[..., 1]).all():
        return position
    lost = (position[..., 0] == position[..., 1]) & (position[..., 1] == position[..., 2])
    if root is not None and lost[:, root].all() and not lost.all() and not np.ptp(position[:, root]):
        lost[:, root] = False
    for point in np.flatnonzero(lost.any(axis=0)):
        lost[lost[:, point], point] = _is_placeholder(position[lost[:, point], point, 0])
    if not finite:
        lost |= ~np.isfinite(position).all(axis=-1)
    return np.where(lost[..., None], np.nan, position) if lost.any() else position


def _is_placeholder(value: np.ndarray) -> np.ndarray:
    """Decide which of the numbers that one point has in all three axes mean "not seen"."""
    _, number, count = np.unique(value, return_inverse=True, return_counts=True)
    nines = np.array([f"{abs(x):.10g}".strip("9.") == "" and abs(x) >= 99 for x in value])
    return (value == 0) | (count[number] > 1) | nines | (np.abs(value) >= _UNIT_INDEPENDENT_MAX)


@dataclass(frozen=True)
class LostSpan:
    """Frames, half-open, in which a joint, or the whole body (`joint` is then empty), was not measured."""

    joint: str
    start: int
    stop: int


def mark_spans(position_m: np.ndarray, spans: Sequence[LostSpan]) -> np.ndarray:
    """Return positions with NaN in the given spans; the input itself if there are none.

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres, shape (frames, 15, 3).
    """
    if not spans:
        return position_m
    marked = position_m.copy()
    for span in spans:
        marked[span.start : span.stop, INDEX[span.joint] if span.joint else slice(None)] = np.nan
    return marked


def describe_spans(spans: Sequence[LostSpan], rate_hz: float, verb: str, reason: str) -> tuple[str, ...]:
    """Return one note per joint: what it does when and how long, why it is lost, and in how many frames."""
    by_joint: dict[str, list[LostSpan]] = {}
    for span in spans:
        by_joint.setdefault(span.joint, []).append(span)
    notes = []
    for joint, group in by_joint.items():
        longest = max(group, key=lambda span: span.stop - span.start)
        frames = len({frame for span in group for frame in range(span.start, span.stop)})
        notes.append(
            f"{joint or 'the body'} {verb} at {longest.start / rate_hz:.2f} s for "
            f"{(longest.stop - longest.start) / rate_hz:.2f} s{reason} "
            f"({frames} frame{'s' if frames > 1 else ''} in all, counted as lost)"
        )
    return tuple(notes)


def always_lost(position: np.ndarray) -> list[str]:
    """Return the names of the joints that are lost in every frame.

    Parameters
    ----------
    position : numpy.ndarray
        Positions with NaN where a joint is lost, shape (frames, 15, 3).
    """
    lost = ~np.isfinite(position).all(axis=-1)
    return [JOINTS[joint] for joint in np.flatnonzero(lost.all(axis=0))]


def sample_whole_frames(position_m: np.ndarray, at_most: int) -> np.ndarray:
    """Return evenly spaced frames in which no joint is lost, shape (fewer frames, joints, 3).

    Parameters
    ----------
    position_m : numpy.ndarray
        Positions in metres with NaN where a joint is lost, shape (frames, joints, 3).
    at_most : int
        Number of frames that are enough; less than twice as many are returned, none if no frame is whole.
    """
    sample = position_m[:: max(len(position_m) // at_most, 1)]
    if np.isfinite(sample).all():
        return sample
    # In this order: a sample of a take that loses every other frame may hold no whole frame.
    whole = position_m[np.isfinite(position_m).all(axis=(1, 2))]
    return whole[:: max(len(whole) // at_most, 1)]


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return the stretches in which a mask is true as half-open ``(start, stop)``, in order.

    Parameters
    ----------
    mask : numpy.ndarray
        Booleans, shape (n,).
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
