"""The kernels of MiniRocket: shares of a gait cycle in which fixed convolutions exceed thresholds.

After Dempster, Schmidt and Webb (2021, arXiv:2012.08791), with three changes for gait cycles, which are
periodic, aligned in phase, and different in posture. Convolutions run around the cycle; shares are taken in
each quarter of it; and every second kernel keeps the level of the series, which kernels that sum to zero
remove. The libraries that offer the original (aeon, sktime) have none of these, and bring numba with them.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np

LENGTH, LARGE = 9, 3
"""Taps of a kernel, and how many of them are 2; all others are -1, so that it sums to zero. A kernel that
keeps the level has 1 and 0."""

KERNELS = tuple(combinations(range(LENGTH), LARGE))
"""Positions of the large taps of all 84 kernels."""

MOST_CHANNELS = 9
"""Most channels that a kernel adds up."""

QUARTERS = 4
"""Parts of the cycle in which shares are taken."""

_CHUNK = 256
"""Cycles at a time, which fit into the processor's cache."""


class _Dilated(NamedTuple):
    """A dilated kernel on some channels, and the thresholds for its output, shape (thresholds,)."""

    large: tuple[int, ...]
    dilation: int
    level: bool
    channels: np.ndarray
    thresholds: np.ndarray


class MiniRocketKernels:
    """The MiniRocket transform of multivariate periodic series.

    Parameters
    ----------
    n_thresholds : int
        Thresholds of each dilated kernel. Time and memory are in proportion.
    seed : int
        Seed of the channels of each kernel, and of the training cycles whose outputs are the thresholds.

    Attributes
    ----------
    kernels_ : list
        Dilated kernels with channels and thresholds.
    """

    def __init__(self, *, n_thresholds: int = 1, seed: int = 0) -> None:
        self.n_thresholds = n_thresholds
        self.seed = seed
        self.kernels_: list[_Dilated] = []

    def fit(self, x: np.ndarray) -> MiniRocketKernels:
        """Draw channels, and thresholds from outputs on training cycles.

        Parameters
        ----------
        x : numpy.ndarray
            z-scored series, shape (cycles, channels, phases); the phases are a multiple of `QUARTERS`.
        """
        rng = np.random.default_rng([self.seed, 9])
        most = min(x.shape[1], MOST_CHANNELS)
        self.kernels_ = []
        for large in KERNELS:
            for dilation in _dilations(x.shape[2]):
                number = len(self.kernels_)
                # Few channels are as frequent as many, on a logarithmic scale.
                count = int(2 ** rng.uniform(0, np.log2(most + 1)))
                channels = np.sort(rng.choice(x.shape[1], count, replace=False))
                example = x[rng.integers(len(x)), channels].sum(axis=0, keepdims=True)
                level = number % 2 == 1
                output = convolve(example, large, dilation=dilation, level=level)
                # Multiples of the golden ratio are spread evenly, whatever their number.
                first = self.n_thresholds * number + 1
                share = np.arange(first, first + self.n_thresholds) * (1 + np.sqrt(5)) / 2 % 1
                thresholds = np.quantile(output, share).astype(np.float32)
                self.kernels_.append(_Dilated(large, dilation, level, channels, thresholds))
        return self

    def transform(self, x: np.ndarray) -> np.ndarray:
        """Return the share of phases in each quarter in which each output exceeds each threshold.

        Parameters
        ----------
        x : numpy.ndarray
            Series, shape (cycles, channels, phases).

        Returns
        -------
        numpy.ndarray
            float32 in [0, 1], shape (cycles, features).
        """
        x = np.asarray(x, dtype=np.float32)
        chunks = [self._features(x[start : start + _CHUNK]) for start in range(0, max(len(x), 1), _CHUNK)]
        return np.concatenate(chunks)

    def _features(self, x: np.ndarray) -> np.ndarray:
        columns: list[np.ndarray] = []
        for kernel in self.kernels_:
            summed = x[:, kernel.channels].sum(axis=1)
            output = convolve(summed, kernel.large, dilation=kernel.dilation, level=kernel.level)
            quarters = output.reshape(len(x), QUARTERS, -1)
            columns += [(quarters > threshold).mean(axis=2) for threshold in kernel.thresholds]
        return np.concatenate(columns, axis=1).astype(np.float32)


def convolve(series: np.ndarray, large: tuple[int, ...], *, dilation: int, level: bool) -> np.ndarray:
    """Convolve periodic series with a dilated kernel.

    Parameters
    ----------
    series : numpy.ndarray
        Shape (cycles, phases).
    large : tuple of int
        Positions of the large taps, out of `LENGTH`.
    level : bool
        Whether the output keeps the level of the series.

    Returns
    -------
    numpy.ndarray
        Output, centred on each phase, shape (cycles, phases).
    """
    phases = series.shape[1]
    reach = LENGTH // 2 * dilation
    around = np.concatenate([series[:, phases - reach :], series, series[:, :reach]], axis=1)
    taps = [around[:, tap * dilation : tap * dilation + phases] for tap in range(LENGTH)]
    large_taps = taps[large[0]] + taps[large[1]] + taps[large[2]]
    # 2 is -1 and 3 more: the sum of all taps, and the large ones three times.
    return large_taps if level else 3 * large_taps - np.sum(taps, axis=0)


def _dilations(phases: int) -> list[int]:
    """Return dilations up to kernels as long as the cycle, evenly spaced on a logarithmic scale."""
    longest = np.log2(max((phases - 1) / (LENGTH - 1), 1))
    return sorted({int(dilation) for dilation in 2 ** np.linspace(0, longest, 32)})
