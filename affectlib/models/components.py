"""Principal components up to a share of the variance and a number of components.

scikit-learn's ``PCA`` stops at one of the two only. Its scores differ from these in the last digits (by up
to 4e-12 on joint series of 853 cycles, with either exact solver), which is enough to change a prediction.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data


class LeadingComponents(TransformerMixin, BaseEstimator):
    """Project rows on the directions of highest variance.

    Parameters
    ----------
    share : float
        Share of the variance to explain; 1 for everything above rounding errors.
    most : int or None
        Maximum number of components.

    Attributes
    ----------
    mean_ : numpy.ndarray
        Mean row, shape (columns,).
    components_ : numpy.ndarray
        Orthonormal directions by decreasing variance, each with its largest entry positive, shape
        (components, columns).
    """

    def __init__(self, share: float = 1.0, most: int | None = None) -> None:
        self.share = share
        self.most = most

    def fit(self, X: np.ndarray, y: object = None) -> LeadingComponents:
        """Estimate mean and directions.

        Parameters
        ----------
        X : numpy.ndarray
            Shape (rows, columns).
        y : object
            Ignored.
        """
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self.mean_ = X.mean(axis=0)
        centred = X - self.mean_
        wide = X.shape[0] < X.shape[1]
        # With X = U S V', the rows' scalar products are U S^2 U', the columns' V S^2 V'.
        variance, vectors = eigh(centred @ centred.T if wide else centred.T @ centred)
        variance, vectors = variance[::-1].clip(min=0), vectors[:, ::-1]
        rank = int((variance > variance[0] * np.finfo(float).eps * max(X.shape)).sum())
        explained = np.cumsum(variance) / (variance.sum() or 1.0)
        n_components = max(1, min(1 + int(np.searchsorted(explained, self.share)), rank))
        n_components = n_components if self.most is None else min(n_components, self.most)
        directions = vectors[:, :n_components].T
        if wide:
            directions = directions @ centred / np.sqrt(variance[:n_components, None] + (variance[0] == 0))
        # The sign of an eigenvector depends on the solver.
        largest = directions[np.arange(n_components), np.abs(directions).argmax(axis=1)]
        self.components_ = directions * np.where(largest < 0, -1.0, 1.0)[:, None]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the scores of rows, shape (rows, components).

        Parameters
        ----------
        X : numpy.ndarray
            Shape (rows, columns).
        """
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return (X - self.mean_) @ self.components_.T
