"""Singular spectrum analysis of one signal, step by step.

The notation is that of Golyandina, Korobeynikov and Zhigljavsky, *Singular Spectrum Analysis with R*
(2018), the paper's reference [9]: a series of length N is embedded with window L into an L x K
trajectory matrix (K = N - L + 1), whose singular value decomposition gives eigentriples; some are
grouped and averaged along the antidiagonals back into a series. A periodic component is a pair of
eigentriples of equal frequency, a quarter of a period apart; that pair carries its own phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.signal import fftconvolve


@dataclass(frozen=True, kw_only=True)
class Decomposition:
    """Eigentriples of a trajectory matrix, strongest first.

    Parameters
    ----------
    singular_values : numpy.ndarray
        Square roots of the eigenvalues of X X^T, shape (components,).
    left : numpy.ndarray
        Left singular vectors (eigenvectors, windows of the series), shape (L, components).
    right : numpy.ndarray
        Right singular vectors (over lags), shape (K, components).
    norm2 : float
        Squared Frobenius norm of the whole trajectory matrix, for shares.
    """

    singular_values: np.ndarray
    left: np.ndarray
    right: np.ndarray
    norm2: float

    @property
    def n_components(self) -> int:
        """Number of eigentriples."""
        return len(self.singular_values)

    @property
    def n_samples(self) -> int:
        """Length N of the series."""
        return len(self.left) + len(self.right) - 1

    @property
    def shares(self) -> np.ndarray:
        """Share of the trajectory matrix' squared norm of each eigentriple, shape (components,)."""
        return self.singular_values**2 / max(self.norm2, np.finfo(float).tiny)


def embed(series: np.ndarray, *, window_frames: int) -> np.ndarray:
    """Return the trajectory matrix of a series.

    Parameters
    ----------
    series : numpy.ndarray
        Signal, shape (N,).
    window_frames : int
        Window L, 2 <= L <= N.

    Returns
    -------
    numpy.ndarray
        Hankel matrix X with X[l, k] = series[l + k], shape (L, K): a read-only view.

    Raises
    ------
    ValueError
        If the window does not fit the series.
    """
    if not 2 <= window_frames <= len(series):
        raise ValueError(f"window of {window_frames} frames does not fit a series of {len(series)}")
    return np.lib.stride_tricks.sliding_window_view(series, window_frames).T


def decompose(series: np.ndarray, *, window_frames: int, n_components: int | None = None) -> Decomposition:
    """Compute the singular value decomposition of the trajectory matrix, without components that are zero.

    The smaller Gram matrix is decomposed (L x L or K x K), which takes milliseconds where the full
    decomposition of X would take seconds.

    Parameters
    ----------
    series : numpy.ndarray
        Signal, shape (N,).
    n_components : int, optional
        Number of eigentriples, strongest first; all by default.
    """
    trajectory = embed(np.asarray(series, dtype=float), window_frames=window_frames)
    window, lags = trajectory.shape
    wide = window <= lags
    gram = trajectory @ trajectory.T if wide else trajectory.T @ trajectory
    values, vectors = np.linalg.eigh(gram)
    values, vectors = values[::-1], vectors[:, ::-1]
    nonzero = values > max(values[0], 0.0) * len(values) * np.finfo(float).eps
    count = int(nonzero.sum()) if n_components is None else min(int(nonzero.sum()), n_components)
    singular_values, vectors = np.sqrt(values[:count]), vectors[:, :count]
    other = (trajectory.T if wide else trajectory) @ vectors / singular_values
    left, right = (vectors, other) if wide else (other, vectors)
    return Decomposition(singular_values=singular_values, left=left, right=right, norm2=float(np.trace(gram)))


def reconstruct(decomposition: Decomposition, components: tuple[int, ...]) -> np.ndarray:
    """Reconstruct a series from a group of eigentriples by diagonal averaging.

    Returns
    -------
    numpy.ndarray
        The group's part of the series, shape (N,).
    """
    group = list(components)
    return _average_antidiagonals(
        decomposition.left[:, group], decomposition.right[:, group] * decomposition.singular_values[group]
    ).sum(axis=1)


def w_correlation(decomposition: Decomposition, *, n_components: int = 10) -> np.ndarray:
    """Compute the correlation between reconstructed components, weighted by how often a sample enters X.

    Near 1 off the diagonal: two eigentriples belong together; near 0: they are separable
    (Golyandina et al. 2018, Section 1.3).

    Returns
    -------
    numpy.ndarray
        Symmetric matrix with ones on the diagonal, shape (components, components).
    """
    count = min(n_components, decomposition.n_components)
    components = np.stack([reconstruct(decomposition, (component,)) for component in range(count)])
    weights = _antidiagonal_lengths(len(decomposition.left), len(decomposition.right))
    inner = (components * weights) @ components.T
    norm = np.sqrt(np.diag(inner))
    return inner / np.outer(norm, norm)


def pair_frequency_hz(decomposition: Decomposition, pair: tuple[int, int], *, rate_hz: float) -> float:
    """Estimate the frequency of two eigentriples by ESPRIT on their plane.

    The eigenvectors of one oscillation span a plane that a shift by one frame only rotates, so the
    least-squares shift matrix has the eigenvalues exp(+-2 pi i f / rate) (Golyandina et al. 2018,
    Section 3.1). Eigenvectors of different oscillations have no such common rotation.

    Returns
    -------
    float
        Frequency in hertz; NaN where the two do not rotate into each other.
    """
    plane = decomposition.left[:, list(pair)]
    shift = np.linalg.lstsq(plane[:-1], plane[1:], rcond=None)[0]
    root = np.linalg.eigvals(shift)[0]
    return float(abs(np.angle(root)) * rate_hz / (2 * np.pi)) if np.imag(root) else float("nan")


def oscillatory_pair(
    decomposition: Decomposition,
    *,
    rate_hz: float,
    band_hz: tuple[float, float],
    n_components: int = 8,
) -> tuple[int, int] | None:
    """Return the strongest pair of eigentriples that forms an oscillation within a band of frequencies.

    Parameters
    ----------
    n_components : int
        Number of the strongest eigentriples that are candidates.

    Returns
    -------
    tuple of int or None
        The pair, stronger eigentriple first; None where there is none.
    """
    shares = decomposition.shares
    # An oscillation's power is spread evenly over its pair, so the weaker member decides: a strong
    # component with an arbitrary partner does not win over the true pair.
    candidates = sorted(
        combinations(range(min(n_components, decomposition.n_components)), 2),
        key=lambda pair: (shares[pair[1]], shares[pair[0]]),
        reverse=True,
    )
    for pair in candidates:
        if band_hz[0] <= pair_frequency_hz(decomposition, pair, rate_hz=rate_hz) <= band_hz[1]:
            return pair
    return None


def analytic_signal(decomposition: Decomposition, pair: tuple[int, int]) -> np.ndarray:
    """Compute amplitude and phase of an oscillatory pair from the pair itself.

    With u1, u2 and v1, v2 the pair's singular vectors (each a quarter of a period apart) the matrix
    (u1 + i u2)(s1 v1 - i s2 v2)^T has the pair's own rank-two part of X as its real part and the same
    motion a quarter of a period later as its imaginary part; both are averaged along the
    antidiagonals. Unlike a Hilbert transform this needs no whole number of periods and holds up to
    the ends of the series.

    Returns
    -------
    numpy.ndarray
        Complex signal, shape (N,): the real part equals ``reconstruct(decomposition, pair)``, the
        angle is the phase in radians and grows with time.
    """
    first, second = pair
    scale = decomposition.singular_values
    rotating = decomposition.left[:, first] + 1j * decomposition.left[:, second]
    turning = (
        scale[first] * decomposition.right[:, first] - 1j * scale[second] * decomposition.right[:, second]
    )
    signal = _average_antidiagonals(rotating[:, None], turning[:, None])[:, 0]
    forward = np.sum(signal[1:] * np.conj(signal[:-1])).imag >= 0
    return signal if forward else np.conj(signal)


def _average_antidiagonals(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the series of the rank-one matrices left[:, c] right[:, c]^T: a convolution over the overlap."""
    sums = fftconvolve(left, right, axes=0)
    lengths = _antidiagonal_lengths(len(left), len(right))
    return sums / lengths[:, None]


def _antidiagonal_lengths(window: int, lags: int) -> np.ndarray:
    samples = np.arange(window + lags - 1)
    return np.minimum.reduce([samples + 1, samples[::-1] + 1, np.full_like(samples, min(window, lags))])
