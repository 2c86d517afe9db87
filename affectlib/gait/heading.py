"""The heading: the direction of the trunk, averaged over one stride.

Hips and shoulders turn with every step. A low-pass filter in seconds would pass more of that rotation at a
slow cadence than at a fast one, so that cadence could be read from the posture. A mean over exactly one
stride passes none of it at any cadence, and the cycles keep all.
"""

from __future__ import annotations

import numpy as np

from affectlib.gait.oscillation import find_stride
from affectlib.gait.preprocessing import Preprocessing
from affectlib.gait.ssa import pair_frequency_hz
from affectlib.skeleton import INDEX


def trunk_direction(position: np.ndarray) -> np.ndarray:
    """Compute the direction that hips and shoulders face, frame by frame.

    It is the horizontal normal of the hip line and the shoulder line, both scaled to unit length, so that
    their counter-rotation within a stride largely cancels.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (frames, 15, 3); with or without displacement.

    Returns
    -------
    numpy.ndarray
        Unwrapped direction in radians, anticlockwise from the world's x axis, shape (frames,).
    """
    leftward = _horizontal_unit(position, "l_hip", "r_hip") + _horizontal_unit(
        position, "l_shoulder", "r_shoulder"
    )
    return np.unwrap(np.arctan2(-leftward[:, 0], leftward[:, 1]))


def estimate_heading(
    position: np.ndarray, *, rate_hz: float, preprocessing: Preprocessing | None = None
) -> np.ndarray:
    """Estimate the heading as the mean direction of the trunk over one stride around each frame.

    Parameters
    ----------
    position : numpy.ndarray
        Positions in metres, shape (frames, 15, 3); with or without displacement.

    Returns
    -------
    numpy.ndarray
        Unwrapped heading in radians, anticlockwise from the world's x axis, shape (frames,).
    """
    preprocessing = preprocessing or Preprocessing()
    direction = trunk_direction(position)
    stride_frames = _stride_frames(position, direction, rate_hz=rate_hz, preprocessing=preprocessing)
    return mean_over_strides(direction, stride_frames=stride_frames, strides=preprocessing.heading_strides)


def mean_over_strides(direction: np.ndarray, *, stride_frames: float, strides: float = 1.0) -> np.ndarray:
    """Average a direction over a window of strides around each frame.

    Parameters
    ----------
    direction : numpy.ndarray
        Unwrapped direction in radians, shape (frames,). Beyond its ends the last stride is repeated and goes
        on turning as it did, so that a steady turn with any rotation within the stride is averaged alike
        everywhere.
    stride_frames : float
        Length of a stride; at most the take is averaged over.
    strides : float
        Window in strides; 0 leaves the direction as it is.

    Returns
    -------
    numpy.ndarray
        Radians, shape (frames,).
    """
    stride_frames = min(stride_frames, len(direction) - 1)
    width_frames = strides * stride_frames
    if width_frames <= 1:
        return direction
    # All frames within the window count fully and the two at its ends by what lies within.
    whole, part = divmod((width_frames - 1) / 2, 1)
    weights = np.concatenate([[part], np.ones(2 * int(whole) + 1), [part]]) / width_frames
    pad = int(whole) + 1
    before = _continuation(direction[::-1], stride_frames, pad)[::-1]
    after = _continuation(direction, stride_frames, pad)
    return np.convolve(np.concatenate([before, direction, after]), weights, mode="valid")


def _continuation(direction: np.ndarray, stride_frames: float, count: int) -> np.ndarray:
    """Return `count` frames after the end: the last stride again, turned on by the turn of one stride."""
    frames = np.arange(len(direction))
    # Half a stride of frames decides on the turn: single frames at the end of tracking are often bad.
    late = frames[int(np.ceil(max(stride_frames, frames[-1] - stride_frames / 2))) :]
    turn = np.median(direction[late] - np.interp(late - stride_frames, frames, direction))
    beyond = frames[-1] + np.arange(1, count + 1)
    times = np.ceil((beyond - frames[-1]) / stride_frames)
    return np.interp(beyond - times * stride_frames, frames, direction) + times * turn


def _stride_frames(
    position: np.ndarray, direction: np.ndarray, *, rate_hz: float, preprocessing: Preprocessing
) -> float:
    """Estimate the length of a stride, which the heading needs before cycles are cut.

    The feet are compared along the trunk itself: its rotation of some degrees changes their distance by a
    hundredth. Without a stride it is the longest that is searched for, as far as the take is long.
    """
    feet = position[:, [INDEX["l_ankle"], INDEX["r_ankle"]], :2]
    apart = feet[:, 0] - feet[:, 1]
    signal_m = apart[:, 0] * np.cos(direction) + apart[:, 1] * np.sin(direction)
    decomposition, pair = find_stride(signal_m, rate_hz=rate_hz, preprocessing=preprocessing)
    if decomposition is None or pair is None:
        return min(rate_hz / preprocessing.min_stride_hz, len(position) / 2)
    return rate_hz / pair_frequency_hz(decomposition, pair, rate_hz=rate_hz)


def _horizontal_unit(position: np.ndarray, left: str, right: str) -> np.ndarray:
    line = position[:, INDEX[left], :2] - position[:, INDEX[right], :2]
    return line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-9)
