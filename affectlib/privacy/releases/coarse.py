"""Releases that reduce the resolution of a cycle, in time or in space, without training.

After Hanisch et al. (2023), arXiv:2203.04179, as those of `posture`, except Gaussian noise. Cycles are
periodic, so that windows continue at the other end. Positions are in metres.
"""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
from scipy.ndimage import uniform_filter1d

from affectlib.privacy.releases.release import Release


def coarsen(x: np.ndarray, *, step_m: float) -> np.ndarray:
    """Round positions to a grid of width `step_m`, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    return (np.round(np.asarray(x, dtype=np.float64) / step_m) * step_m).astype(np.float32)


def keep_phases(x: np.ndarray, *, n_kept: int) -> np.ndarray:
    """Keep evenly spaced phases from the first on and interpolate linearly between them, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    """
    n_phases = x.shape[1]
    kept = (np.arange(min(n_kept, n_phases)) * n_phases) // min(n_kept, n_phases)
    # Interpolation is linear in the kept phases: unit vectors give their weights in all phases.
    weights = np.stack(
        [np.interp(np.arange(n_phases), kept, row, period=n_phases) for row in np.eye(len(kept))], axis=1
    )
    return np.einsum("pk,ckja->cpja", weights, x[:, kept], optimize=True).astype(np.float32)


def smooth(x: np.ndarray, *, window: float) -> np.ndarray:
    """Compute the rolling mean over phases, same shape.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    window : float
        Width as a share of the cycle, rounded to an odd number of phases.
    """
    reach = int(window * x.shape[1] / 2)
    mean = uniform_filter1d(np.asarray(x, dtype=np.float64), 2 * reach + 1, axis=1, mode="wrap")
    return mean.astype(np.float32)


def add_noise(x: np.ndarray, *, deviation_m: float, seed: int) -> np.ndarray:
    """Add Gaussian noise, independent between phases, joint axes and cycles, same shape.

    The random generator of each cycle is seeded with the cycle's content, so that a cycle is always released
    in the same way, and noise cannot be averaged out over several releases.

    Parameters
    ----------
    x : numpy.ndarray
        Shape (cycles, phases, 15, 3).
    deviation_m : float
        Standard deviation in metres.
    """
    x = np.ascontiguousarray(x, dtype=np.float32)
    noise = np.empty_like(x)
    for cycle, noise_of_cycle in zip(x, noise, strict=True):
        content = int.from_bytes(hashlib.sha256(cycle.tobytes()).digest()[:16], "little")
        rng = np.random.default_rng([seed, content])
        noise_of_cycle[:] = rng.standard_normal(cycle.shape, dtype=np.float32)
    return x + np.float32(deviation_m) * noise


COARSE = (
    Release(
        name="coarser time",
        parameter="phases kept",
        values=(10, 5, 3, 2),
        kind="series",
        fit=lambda train, value, seed: partial(keep_phases, n_kept=value),
        description="A few phases of the cycle, with straight lines between them.",
    ),
    Release(
        name="coarser space",
        parameter="grid in m",
        values=(0.05, 0.1, 0.2, 0.4),
        kind="series",
        fit=lambda train, value, seed: partial(coarsen, step_m=value),
        description="Positions rounded to a grid.",
    ),
    Release(
        name="rolling mean",
        parameter="window in cycles",
        values=(0.1, 0.25, 0.5, 0.9),
        kind="series",
        fit=lambda train, value, seed: partial(smooth, window=value),
        description="Every phase replaced by the mean over a window around it.",
    ),
    Release(
        name="Gaussian noise",
        parameter="deviation in m",
        values=(0.05, 0.1, 0.2, 0.4),
        kind="series",
        fit=lambda train, value, seed: partial(add_noise, deviation_m=value, seed=seed),
        description="Independent noise on every coordinate, the same whenever a cycle is released.",
    ),
)
"""Releases of reduced resolution."""
