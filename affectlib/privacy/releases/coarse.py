"""Releases that blur a cycle, in time or in space, and need no training: what is lost is lost for good.

After Hanisch et al. (2023), arXiv:2203.04179, as those of `posture`; Gaussian noise is everyone's.
Cycles are periodic, so every window goes on at the other end.
"""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
from scipy.ndimage import uniform_filter1d

from affectlib.privacy.releases.release import Function, Release
from affectlib.privacy.walks import Walks


def coarsen(x: np.ndarray, *, step_m: float) -> np.ndarray:
    """Round positions to a grid.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    step_m : float
        Width of the grid in metres.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    return (np.round(np.asarray(x, dtype=np.float64) / step_m) * step_m).astype(np.float32)


def keep_phases(x: np.ndarray, *, n_kept: int) -> np.ndarray:
    """Keep a few phases and draw straight lines between them.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    n_kept : int
        Phases kept, evenly spread from the first one on.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape: the kept phases and nothing of the others.
    """
    n_phases = x.shape[1]
    kept = (np.arange(min(n_kept, n_phases)) * n_phases) // min(n_kept, n_phases)
    weights = np.stack(
        [np.interp(np.arange(n_phases), kept, row, period=n_phases) for row in np.eye(len(kept))], axis=1
    )
    return np.einsum("pk,ckja->cpja", weights, x[:, kept], optimize=True).astype(np.float32)


def smooth(x: np.ndarray, *, window: float) -> np.ndarray:
    """Replace every phase by the mean over a window around it.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    window : float
        Part of the cycle; rounded to an odd number of phases.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    reach = int(window * x.shape[1] / 2)
    mean = uniform_filter1d(np.asarray(x, dtype=np.float64), 2 * reach + 1, axis=1, mode="wrap")
    return mean.astype(np.float32)


def add_noise(x: np.ndarray, *, deviation_m: float, seed: int) -> np.ndarray:
    """Add Gaussian noise to every coordinate, independent between phases, joints and cycles.

    The chance of each cycle is seeded with its own content: a cycle that is released twice is released
    the same way, wherever it stands, so that nobody can average the noise away by asking again.

    Parameters
    ----------
    x : numpy.ndarray
        Positions in metres, shape (cycles, phases, 15, 3).
    deviation_m : float
        Standard deviation in metres.
    seed : int
        Seed.

    Returns
    -------
    numpy.ndarray
        Positions in metres, same shape.
    """
    x = np.ascontiguousarray(x, dtype=np.float32)
    noise = np.empty_like(x)
    for cycle, own in zip(x, noise, strict=True):
        content = int.from_bytes(hashlib.sha256(cycle.tobytes()).digest()[:16], "little")
        own[:] = np.random.default_rng([seed, content]).standard_normal(cycle.shape, dtype=np.float32)
    return x + np.float32(deviation_m) * noise


def _fit_coarsen(train: Walks, value: float, seed: int) -> Function:
    return partial(coarsen, step_m=value)


def _fit_keep_phases(train: Walks, value: int, seed: int) -> Function:
    return partial(keep_phases, n_kept=value)


def _fit_smooth(train: Walks, value: float, seed: int) -> Function:
    return partial(smooth, window=value)


def _fit_noise(train: Walks, value: float, seed: int) -> Function:
    return partial(add_noise, deviation_m=value, seed=seed)


COARSE = (
    Release(
        name="coarser time",
        parameter="phases kept",
        values=(10, 5, 3, 2),
        kind="series",
        fit=_fit_keep_phases,
        description="A few phases of the cycle, with straight lines between them.",
    ),
    Release(
        name="coarser space",
        parameter="grid in m",
        values=(0.05, 0.1, 0.2, 0.4),
        kind="series",
        fit=_fit_coarsen,
        description="Positions rounded to a grid.",
    ),
    Release(
        name="rolling mean",
        parameter="window in cycles",
        values=(0.1, 0.25, 0.5, 0.9),
        kind="series",
        fit=_fit_smooth,
        description="Every phase replaced by the mean over a window around it.",
    ),
    Release(
        name="Gaussian noise",
        parameter="deviation in m",
        values=(0.05, 0.1, 0.2, 0.4),
        kind="series",
        fit=_fit_noise,
        description="Independent noise on every coordinate, the same whenever a cycle is released.",
    ),
)
"""Releases that blur."""
